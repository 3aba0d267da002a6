//! Writing a proposal: each change is another version, kept whole.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::proposals::proposal::{self, ProposalState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::content::{Offer, ProposalContent, write_version};
use crate::approvals;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// A proposal that is about to change, with the right to it; its row is locked. What the caller may not read is not there.
pub(super) async fn begin(
    context: &Context,
    action: Action,
    proposal_id: Uuid,
) -> Result<(Permit<'_>, proposal::Model), Failure> {
    let seen = context.one(proposal::Entity::visible([proposal_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let row = context.one(proposal::Entity::visible([proposal_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "proposalId")
}

/// That a proposal is in one of these states.
pub(super) fn expect(wrong: &mut Complaints, row: &proposal::Model, states: &[ProposalState]) {
    if !states.contains(&row.state) {
        wrong.add(UserError::at(Code::WrongState, "proposalId").text("state", row.state.to_value()));
    }
}

/// Writes a proposal down. Nobody is asked yet, and no client sees it.
pub async fn create_proposal(
    context: &Context,
    brand_id: Uuid,
    content: ProposalContent,
) -> Result<proposal::Model, Failure> {
    let permit = context.permit(Action::ProposalWrite, brand_id).await?;
    create(context, permit, content, None).await
}

/// The same, made from a template or from nothing.
pub(super) async fn create(
    context: &Context,
    permit: Permit<'_>,
    content: ProposalContent,
    template_id: Option<Uuid>,
) -> Result<proposal::Model, Failure> {
    let mut wrong = Complaints::default();
    let (content, amounts) = content.check(&mut wrong);
    wrong.check()?;
    let row = proposal::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        state: Set(ProposalState::Draft),
        version: Set(1),
        template_id: Set(template_id),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        ..said(&content.offer, proposal::ActiveModel { ..Default::default() })
    };
    let row = proposal::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    write_version(context, permit, (row.id, 1), &content, &amounts).await?;
    trust::record(permit, context.now, "proposal.create", row.id, json!({ "template": template_id })).await?;
    Ok(row)
}

/// What the row says of the newest version.
fn said(offer: &Offer, row: proposal::ActiveModel) -> proposal::ActiveModel {
    proposal::ActiveModel {
        title: Set(offer.title.clone()),
        locale: Set(offer.locale),
        currency: Set(offer.currency.clone()),
        valid_until: Set(offer.valid_until),
        ..row
    }
}

/// Says a proposal anew that is not with the client: the whole of it, as another version. What was asked for or approved is void.
pub async fn update_proposal(
    context: &Context,
    proposal_id: Uuid,
    version: i32,
    content: ProposalContent,
) -> Result<proposal::Model, Failure> {
    let (permit, row) = begin(context, Action::ProposalWrite, proposal_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    expect(&mut wrong, &row, &[ProposalState::Draft, ProposalState::InReview]);
    let (content, amounts) = content.check(&mut wrong);
    wrong.check()?;
    let voided = row.state == ProposalState::InReview;
    if voided {
        approvals::void(context, permit, ApprovalKind::Proposal, row.id).await?;
    }
    let version = row.version + 1;
    let changed = proposal::ActiveModel {
        state: Set(ProposalState::Draft),
        reviewed_at: Set(None),
        updated_at: Set(context.now),
        version: Set(version),
        ..said(&content.offer, row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    write_version(context, permit, (row.id, version), &content, &amounts).await?;
    let detail = json!({ "version": version, "voided": voided });
    trust::record(permit, context.now, "proposal.update", row.id, detail).await?;
    Ok(row)
}
