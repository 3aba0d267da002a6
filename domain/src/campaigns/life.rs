//! How a campaign goes on: asked for, approved, begun, canceled, put away.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::campaigns::campaign::{self, CampaignState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, IntoActiveModel as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::ActivateCampaign;
use crate::approvals::{self, Money, NewRequest};
use crate::calendar::day_begins;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::permission::{Action, Permit, Relation};
use crate::trust;

/// A campaign that is about to change, with the right to it; its row is locked.
pub(super) async fn begin(
    context: &Context,
    action: Action,
    campaign_id: Uuid,
) -> Result<(Permit<'_>, campaign::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "campaignId");
    let seen = context.one(campaign::Entity::visible([campaign_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let row = context.one(campaign::Entity::visible([campaign_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// The state of a campaign in words: put away counts before what it was.
pub(super) fn standing(row: &campaign::Model) -> String {
    if row.archived_at.is_some() { "ARCHIVED".to_owned() } else { row.state.to_value() }
}

fn wrong_state(row: &campaign::Model) -> UserError {
    UserError::at(Code::WrongState, "campaignId").text("state", standing(row))
}

/// That a campaign is neither over nor put away.
pub(super) fn going_on(wrong: &mut Complaints, row: &campaign::Model) {
    if row.archived_at.is_some() || matches!(row.state, CampaignState::Closed | CampaignState::Canceled) {
        wrong.add(wrong_state(row));
    }
}

/// Asks for a planned campaign to be approved, with its planned budget as the amount.
pub async fn submit_campaign(
    context: &Context,
    campaign_id: Uuid,
) -> Result<(campaign::Model, approval_request::Model), Failure> {
    let (permit, row) = begin(context, Action::CampaignWrite, campaign_id).await?;
    if row.state != CampaignState::Planned || row.archived_at.is_some() {
        return Err(wrong_state(&row).into());
    }
    let (id, version, name, authors) = (row.id, row.version, row.name.clone(), row.authors.clone());
    let amount = row.planned_minor.zip(row.currency.clone()).map(|(minor, currency)| Money { minor, currency });
    let changed = campaign::ActiveModel {
        state: Set(CampaignState::InApproval),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let request = NewRequest {
        kind: ApprovalKind::Campaign,
        subject_id: id,
        subject_version: version,
        authors,
        amount,
        title: name,
    };
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "campaign.submit", id, json!({ "version": version })).await?;
    Ok((row, request))
}

/// Locks the campaign that a request is about, for the approval engine.
pub(crate) async fn lock(context: &Context, campaign_id: Uuid) -> Result<Relation, Failure> {
    let select = campaign::Entity::visible([campaign_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "campaignId"))?;
    let own = context.signed_in()?.user_id == row.created_by;
    Ok(Relation { own, assigned: false })
}

/// What came of the request. One that is void was ended by a change of the campaign, which says itself where it is.
pub(crate) async fn approval_ended(
    context: &Context,
    permit: Permit<'_>,
    campaign_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let state = match state {
        RequestState::Approved => CampaignState::Approved,
        RequestState::ChangesRequested | RequestState::Withdrawn => CampaignState::Planned,
        RequestState::Voided => return Ok(()),
        RequestState::Pending => return Err(Fault::broken("a request that has not ended").into()),
    };
    let row = context.one(campaign::Entity::one_in_brand(permit.brand_id, campaign_id)).await?;
    let row = row.ok_or_else(|| Fault::broken("a request without its campaign"))?;
    if state == CampaignState::Approved {
        let at = day_begins(permit.tx(), row.brand_id, row.starts_on).await?.max(context.now);
        enqueue(permit, ActivateCampaign.kind(), row.id, at, context.now).await?;
    }
    let changed = campaign::ActiveModel { state: Set(state), updated_at: Set(context.now), ..row.into_active_model() };
    changed.update(permit.tx()).await?;
    Ok(())
}

/// Begins an approved campaign now.
pub async fn activate_campaign(context: &Context, campaign_id: Uuid) -> Result<campaign::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignRun, campaign_id).await?;
    if row.state != CampaignState::Approved {
        return Err(wrong_state(&row).into());
    }
    cancel(permit, ActivateCampaign.kind(), &[row.id], context.now).await?;
    set_active(permit, row, context.now).await
}

/// Writes that a campaign runs.
pub(super) async fn set_active(
    permit: Permit<'_>,
    row: campaign::Model,
    now: DateTime<Utc>,
) -> Result<campaign::Model, Failure> {
    let began = row.activated_at.unwrap_or(now);
    let changed = campaign::ActiveModel {
        state: Set(CampaignState::Active),
        activated_at: Set(Some(began)),
        updated_at: Set(now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, now, "campaign.activate", row.id, json!({})).await?;
    Ok(row)
}

/// The campaign that an activation is about, if it is to begin now; or when.
pub(super) enum Due {
    /// It runs already, was planned anew or is over.
    Never,
    /// Not before this moment.
    At(DateTime<Utc>),
    /// Now.
    Now(Box<campaign::Model>),
}

/// Looks whether a campaign is to begin, and locks it.
pub(super) async fn due(
    tx: &impl ConnectionTrait,
    (brand_id, campaign_id): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Due, Failure> {
    let row = campaign::Entity::one_in_brand(brand_id, campaign_id).lock_exclusive().one(tx).await?;
    let Some(row) = row.filter(|row| row.state == CampaignState::Approved) else { return Ok(Due::Never) };
    let at = day_begins(tx, row.brand_id, row.starts_on).await?;
    Ok(if at > now { Due::At(at) } else { Due::Now(Box::new(row)) })
}

/// Gives a campaign up, with a reason. Its posts stay as they are.
pub async fn cancel_campaign(
    context: &Context,
    campaign_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<campaign::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignCancel, campaign_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    going_on(&mut wrong, &row);
    let reason = wrong.text("reason", reason, 1000).to_owned();
    wrong.check()?;
    approvals::void(context, permit, ApprovalKind::Campaign, row.id).await?;
    cancel(permit, ActivateCampaign.kind(), &[row.id], context.now).await?;
    let was = row.state.to_value();
    let changed = campaign::ActiveModel {
        state: Set(CampaignState::Canceled),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "campaign.cancel", row.id, json!({ "was": was, "reason": reason })).await?;
    Ok(row)
}

/// Puts a campaign away that is planned or over.
pub async fn archive_campaign(context: &Context, campaign_id: Uuid) -> Result<campaign::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignWrite, campaign_id).await?;
    let may = matches!(row.state, CampaignState::Planned | CampaignState::Closed | CampaignState::Canceled);
    if !may || row.archived_at.is_some() {
        return Err(wrong_state(&row).into());
    }
    set_archived(context, permit, row, Some(context.now)).await
}

/// Brings a campaign back.
pub async fn restore_campaign(context: &Context, campaign_id: Uuid) -> Result<campaign::Model, Failure> {
    let (permit, row) = begin(context, Action::CampaignWrite, campaign_id).await?;
    if row.archived_at.is_none() {
        return Err(UserError::at(Code::WrongState, "campaignId").text("state", "LIVE").into());
    }
    set_archived(context, permit, row, None).await
}

async fn set_archived(
    context: &Context,
    permit: Permit<'_>,
    row: campaign::Model,
    at: Option<DateTime<Utc>>,
) -> Result<campaign::Model, Failure> {
    let changed =
        campaign::ActiveModel { archived_at: Set(at), updated_at: Set(context.now), ..row.into_active_model() };
    let row = changed.update(permit.tx()).await?;
    let action = if at.is_some() { "campaign.archive" } else { "campaign.restore" };
    trust::record(permit, context.now, action, row.id, json!({})).await?;
    Ok(row)
}
