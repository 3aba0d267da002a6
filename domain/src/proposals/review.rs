//! The review within the team, up the ladder of limits by the discount that is given away.

use std::collections::BTreeSet;

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::proposals::proposal::{self, ProposalState};
use diwan_entity::proposals::proposal_version;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::price::Totals;
use super::queries::version_with_lines;
use super::write::{begin, expect, not_there};
use crate::approvals::{self, Money, NewRequest};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit, Relation};
use crate::trust;

/// Everybody who wrote a version of a proposal.
async fn authors_of(context: &Context, row: &proposal::Model) -> Result<BTreeSet<Uuid>, Failure> {
    let select =
        proposal_version::Entity::in_brand(row.brand_id).filter(proposal_version::Column::ProposalId.eq(row.id));
    let written = context.all(select).await?.into_iter().map(|version| version.written_by);
    Ok(written.chain([row.created_by]).collect())
}

/// Hands a draft in for review. The amount is what is taken off the prices of all its lines, also of those that the client may leave.
pub async fn submit_proposal(
    context: &Context,
    proposal_id: Uuid,
    version: i32,
) -> Result<(proposal::Model, approval_request::Model), Failure> {
    let (permit, row) = begin(context, Action::ProposalWrite, proposal_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    expect(&mut wrong, &row, &[ProposalState::Draft]);
    let (_, lines) = version_with_lines(context, &row, row.version).await?.ok_or_else(|| gone(&row))?;
    if lines.is_empty() {
        wrong.add(UserError::at(Code::ProposalWithoutLines, "proposalId"));
    }
    wrong.check()?;
    let authors = authors_of(context, &row).await?;
    let (id, created_title) = (row.id, row.title.clone());
    let amount = Money { minor: Totals::of(&lines).discount, currency: row.currency.clone() };
    let changed = proposal::ActiveModel {
        state: Set(ProposalState::InReview),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let request = NewRequest {
        kind: ApprovalKind::Proposal,
        subject_id: id,
        subject_version: row.version,
        authors: authors.into_iter().collect(),
        amount: Some(amount),
        title: created_title,
    };
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "proposal.submit", id, json!({ "version": row.version })).await?;
    Ok((row, request))
}

/// A proposal without its newest version.
pub(super) fn gone(row: &proposal::Model) -> Fault {
    Fault::broken(format!("proposal {} without its version {}", row.id, row.version))
}

/// Locks the proposal that a request is about, for the approval engine.
pub(crate) async fn lock_proposal(context: &Context, proposal_id: Uuid) -> Result<Relation, Failure> {
    let select = proposal::Entity::visible([proposal_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    Ok(Relation { own: context.signed_in()?.user_id == row.created_by, assigned: false })
}

/// What came of the review. A request that is void was ended by a change of the proposal, which says itself where it is.
pub(crate) async fn proposal_reviewed(
    context: &Context,
    permit: Permit<'_>,
    proposal_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let row = context.one(proposal::Entity::one_in_brand(permit.brand_id, proposal_id)).await?;
    let row = row.ok_or_else(|| Fault::broken("a review without its proposal"))?;
    let changed = match state {
        // It stays in review until it is sent, which is another step.
        RequestState::Approved => {
            proposal::ActiveModel { reviewed_at: Set(Some(context.now)), ..row.into_active_model() }
        }
        RequestState::ChangesRequested | RequestState::Withdrawn => {
            proposal::ActiveModel { state: Set(ProposalState::Draft), ..row.into_active_model() }
        }
        RequestState::Voided => return Ok(()),
        RequestState::Pending => return Err(Fault::broken("a review that has not ended").into()),
    };
    proposal::ActiveModel { updated_at: Set(context.now), ..changed }.update(permit.tx()).await?;
    Ok(())
}
