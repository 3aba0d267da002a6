//! Accepting what was handed in, sending it back, and doing without it.

use diwan_entity::contracts::contract;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_entity::payments::deliverable_check::{CheckKind, CheckOutcome};
use diwan_platform::db;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::checks::latest;
use super::contract::{going_on, in_force};
use super::letters::{Occasion, write_to_whose_it_is};
use super::queries::{begin, wrong_state};
use super::remind_job::follow_due_day;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::payments;
use crate::permission::{Action, Permit};
use crate::trust;

/// On whose word something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// That of whoever decides, who alone has looked.
    Theirs,
    /// The product's, which has found it on a page that anybody can read.
    Products,
}

/// That whoever decides has not handed it in themselves. Where it counts on their word, nor may they hold the link by which it was
/// handed in: whoever was shown its address may have sent the file as well.
pub(super) async fn four_eyes(permit: Permit<'_>, row: &deliverable::Model, word: Word) -> Result<(), Failure> {
    let own = row.submitted_by.is_some() && row.submitted_by == permit.actor_id;
    let link = row.submitted_link_id.filter(|_| word == Word::Theirs);
    if !own && link.is_none() {
        return Ok(());
    }
    let sql = "select a.four_eyes and ($1 or exists (
        select from public_link l where l.brand_id = $2 and l.id = $3 and l.created_by = $4)) from agency a";
    let values = [own.into(), row.brand_id.into(), link.into(), permit.actor_id.into()];
    if db::scalar::<bool>(permit.tx(), sql, values).await? { Err(Code::FourEyes.into()) } else { Ok(()) }
}

/// That it was found published and, where the contract says so, disclosed.
async fn was_found(context: &Context, contract: &contract::Model, row: &deliverable::Model) -> Result<(), Failure> {
    if row.asset_id.is_some() {
        return Ok(());
    }
    let found = latest(context, row).await?;
    let passed = |kind| found.iter().any(|found| found.kind == kind && found.outcome == CheckOutcome::Passed);
    if !passed(CheckKind::Published) {
        return Err(UserError::at(Code::NotFoundPublished, "deliverableId").into());
    }
    if !contract.disclosure.is_empty() && !passed(CheckKind::Disclosed) {
        let error = UserError::at(Code::NotFoundDisclosed, "deliverableId");
        return Err(error.text("words", contract.disclosure.clone()).into());
    }
    Ok(())
}

/// Accepts what was handed in. Payments that wait for it are due, where nothing else holds them back.
pub async fn accept_deliverable(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
) -> Result<deliverable::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) =
        begin(context, Action::DeliverableDecide, (deliverable_id, version), &mut wrong).await?;
    if row.state != DeliverableState::Submitted {
        wrong.add(wrong_state(&row));
    }
    if let Err(not_signed) = in_force(&contract) {
        wrong.add(not_signed);
    }
    wrong.check()?;
    let word = if row.asset_id.is_some() { Word::Theirs } else { Word::Products };
    four_eyes(permit, &row, word).await?;
    was_found(context, &contract, &row).await?;
    let row = end(context, permit, row, (DeliverableState::Accepted, String::new())).await?;
    trust::record(permit, context.now, "deliverable.accept", row.id, json!({ "submission": row.submission })).await?;
    payments::unblock(permit, context.now, contract.id).await?;
    Ok(row)
}

/// Sends back what was handed in, with the reason: it can be handed in again. Whoever hands it in is written to, the other side with a link.
pub async fn send_deliverable_back(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<deliverable::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) =
        begin(context, Action::DeliverableDecide, (deliverable_id, version), &mut wrong).await?;
    if row.state != DeliverableState::Submitted {
        wrong.add(wrong_state(&row));
    }
    let reason = a_reason(&mut wrong, reason, 2000);
    wrong.check()?;
    let (version, me) = (row.version + 1, permit.person()?);
    let changed = deliverable::ActiveModel {
        state: Set(DeliverableState::SentBack),
        reason: Set(reason),
        decided_at: Set(Some(context.now)),
        decided_by: Set(Some(me)),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = json!({ "submission": row.submission });
    trust::record(permit, context.now, "deliverable.send_back", row.id, detail).await?;
    if going_on(&contract).is_ok() {
        let about = (&contract, &row);
        write_to_whose_it_is(&context.services, permit, context.now, about, Occasion::SentBack).await?;
        follow_due_day(permit, context.now, &row).await?;
    }
    Ok(row)
}

/// Does without a deliverable that is not accepted. Payments that wait for it stay blocked, until they are planned otherwise.
pub async fn withdraw_deliverable(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<deliverable::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, _, row) = begin(context, Action::DeliverableWrite, (deliverable_id, version), &mut wrong).await?;
    if matches!(row.state, DeliverableState::Accepted | DeliverableState::Withdrawn) {
        wrong.add(wrong_state(&row));
    }
    let reason = a_reason(&mut wrong, reason, 2000);
    wrong.check()?;
    let row = end(context, permit, row, (DeliverableState::Withdrawn, reason)).await?;
    trust::record(permit, context.now, "deliverable.withdraw", row.id, json!({})).await?;
    Ok(row)
}

/// A reason that must be there.
pub(super) fn a_reason(wrong: &mut Complaints, reason: &str, most: usize) -> String {
    if reason.trim().is_empty() {
        wrong.add(UserError::at(Code::ReasonRequired, "reason"));
    } else {
        wrong.text("reason", reason, most);
    }
    reason.trim().to_owned()
}

/// Brings a deliverable to its end. Links by which it was handed in tell so until their time is over.
async fn end(
    context: &Context,
    permit: Permit<'_>,
    row: deliverable::Model,
    (state, reason): (DeliverableState, String),
) -> Result<deliverable::Model, Failure> {
    let (version, me) = (row.version + 1, permit.person()?);
    let changed = deliverable::ActiveModel {
        state: Set(state),
        reason: Set(reason),
        decided_at: Set(Some(context.now)),
        decided_by: Set(Some(me)),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    Ok(changed.update(permit.tx()).await?)
}
