//! The way of a lead: `NEW`, `QUALIFIED`, `HANDED_OVER`, and then `WON` or `LOST`. It may be lost from anywhere.

use diwan_entity::tracking::lead::{self, LeadState};
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::leads::lock;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Permit;
use crate::trust;

/// How a lead ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// They bought. Only what was handed over can be won.
    Won,
    /// They did not.
    Lost,
}

/// A lead that is about to go from one of these states.
async fn begin<'a>(
    context: &'a Context,
    (lead_id, version): (Uuid, i32),
    wrong: &mut Complaints,
    from: &[LeadState],
) -> Result<(Permit<'a>, lead::Model), Failure> {
    let (permit, row) = lock(context, lead_id).await?;
    wrong.version(row.version, version);
    if !from.contains(&row.state) {
        wrong.add(UserError::at(Code::WrongState, "leadId").text("state", row.state.to_value()));
    }
    Ok((permit, row))
}

async fn end(
    context: &Context,
    permit: Permit<'_>,
    mut changed: lead::ActiveModel,
    state: LeadState,
) -> Result<lead::Model, Failure> {
    let version = changed.version.take().unwrap_or_default();
    changed.state = Set(state);
    changed.version = Set(version + 1);
    changed.updated_at = Set(context.now);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "lead.state", row.id, json!({ "state": row.state.to_value() })).await?;
    Ok(row)
}

/// A text that may be left out.
fn words<'a>(wrong: &mut Complaints, field: &str, text: &'a str) -> &'a str {
    if text.trim().is_empty() { "" } else { wrong.text(field, text, 2000) }
}

/// Says that a lead is one that sales should talk to.
pub async fn qualify_lead(context: &Context, lead_id: Uuid, version: i32) -> Result<lead::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (lead_id, version), &mut wrong, &[LeadState::New]).await?;
    wrong.check()?;
    end(context, permit, row.into_active_model(), LeadState::Qualified).await
}

/// Hands a lead over to sales: to whom, 1 to 200 characters, and with which words, up to 2000.
pub async fn hand_over_lead(
    context: &Context,
    lead_id: Uuid,
    version: i32,
    (to, note): (&str, &str),
) -> Result<lead::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (lead_id, version), &mut wrong, &[LeadState::Qualified]).await?;
    let to = wrong.text("to", to, 200).to_owned();
    let note = words(&mut wrong, "note", note).to_owned();
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.handed_to = Set(Some(to));
    changed.handed_note = Set(Some(note));
    changed.handed_over_at = Set(Some(context.now));
    end(context, permit, changed, LeadState::HandedOver).await
}

/// Says how a lead ended, with why, up to 2000 characters. What is lost says why.
pub async fn close_lead(
    context: &Context,
    lead_id: Uuid,
    version: i32,
    (closing, note): (Closing, &str),
) -> Result<lead::Model, Failure> {
    let (from, state): (&[LeadState], _) = match closing {
        Closing::Won => (&[LeadState::HandedOver], LeadState::Won),
        Closing::Lost => (&[LeadState::New, LeadState::Qualified, LeadState::HandedOver], LeadState::Lost),
    };
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (lead_id, version), &mut wrong, from).await?;
    let note = words(&mut wrong, "note", note).to_owned();
    if closing == Closing::Lost && note.is_empty() {
        wrong.add(UserError::at(Code::ReasonRequired, "note"));
    }
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.closed_note = Set(Some(note));
    changed.closed_at = Set(Some(context.now));
    end(context, permit, changed, state).await
}
