//! How a promotion goes on: planned, asked for, approved, begun, ended or given up; and what is booked meanwhile.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::finance::budget_entry::SourceKind;
use diwan_entity::promotion::ad_boost::{self, BoostState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::StartBoost;
use super::content::BoostContent;
use super::rights::check_rights;
use super::state::goes;
use crate::approvals::{self, Money, NewRequest};
use crate::calendar::day_begins;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::{Charge, Source, commit_charge, committed_for, release_charge};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::permission::{Action, Permit, Relation};
use crate::trust;

fn not_there() -> UserError {
    UserError::at(Code::NotFound, "boostId")
}

/// A promotion that is about to change, with the right to it; its row is locked.
pub(super) async fn begin(
    context: &Context,
    action: Action,
    boost_id: Uuid,
) -> Result<(Permit<'_>, ad_boost::Model), Failure> {
    let seen = context.one(ad_boost::Entity::visible([boost_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let row = context.one(ad_boost::Entity::visible([boost_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

pub(super) fn wrong_state(row: &ad_boost::Model) -> UserError {
    UserError::at(Code::WrongState, "boostId").text("state", row.state.to_value())
}

/// Checks the version that was read, and that a promotion goes from where it is to `to`.
fn may_go(row: &ad_boost::Model, version: i32, to: BoostState) -> Complaints {
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if !goes(row.state, to) {
        wrong.add(wrong_state(row));
    }
    wrong
}

/// Something to book for a promotion, on its line.
pub(super) fn charge(row: &ad_boost::Model, minor: i64, reference: String) -> Result<Charge, Failure> {
    let line_id = row.line_id.ok_or_else(|| Fault::broken("a promotion without its line"))?;
    let source = Source { kind: SourceKind::Boost, id: row.id, reference };
    Ok(Charge { line_id, minor, source, reason: row.name.clone() })
}

/// Lets go of what is set aside and was not spent. Answers how much that was.
async fn release_rest(context: &Context, permit: Permit<'_>, row: &ad_boost::Model) -> Result<i64, Failure> {
    let open = committed_for(context, row.brand_id, (SourceKind::Boost, row.id)).await?;
    if open > 0 {
        release_charge(context, permit, charge(row, open, "rest".to_owned())?).await?;
    }
    Ok(open)
}

/// Writes a promotion down. Nobody is asked yet.
pub async fn create_boost(
    context: &Context,
    brand_id: Uuid,
    content: BoostContent,
) -> Result<ad_boost::Model, Failure> {
    let permit = context.permit(Action::PromotionWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let checked = content.check(context, permit, &mut wrong, None).await?;
    wrong.check()?;
    let person = permit.person()?;
    let row = ad_boost::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        state: Set(BoostState::Draft),
        created_by: Set(person),
        authors: Set(vec![person]),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        started_at: Set(None),
        ended_at: Set(None),
        version: Set(1),
        ..checked.said(ad_boost::ActiveModel { ..Default::default() })
    };
    let row = ad_boost::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "boost.create", row.id, json!({})).await?;
    Ok(row)
}

/// Says a draft anew: the whole of it.
pub async fn update_boost(
    context: &Context,
    boost_id: Uuid,
    version: i32,
    content: BoostContent,
) -> Result<ad_boost::Model, Failure> {
    let (permit, row) = begin(context, Action::PromotionWrite, boost_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state != BoostState::Draft {
        wrong.add(wrong_state(&row));
    }
    let checked = content.check(context, permit, &mut wrong, row.campaign_id).await?;
    wrong.check()?;
    let authors = approvals::with_author(row.authors.clone(), permit.person()?);
    let version = row.version + 1;
    let changed = ad_boost::ActiveModel {
        authors: Set(authors),
        updated_at: Set(context.now),
        version: Set(version),
        ..checked.said(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "boost.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Asks for a draft to be approved, with what it may cost as the amount. It needs a line that pays it and, for a post, the rights to
/// advertise with what it shows.
pub async fn submit_boost(
    context: &Context,
    boost_id: Uuid,
    version: i32,
) -> Result<(ad_boost::Model, approval_request::Model), Failure> {
    let (permit, row) = begin(context, Action::PromotionWrite, boost_id).await?;
    let mut wrong = may_go(&row, version, BoostState::InApproval);
    if row.line_id.is_none() {
        wrong.add(UserError::at(Code::BudgetLineRequired, "boostId"));
    }
    check_rights(context, permit, &row, &mut wrong).await?;
    wrong.check()?;
    let row = set_state(context, permit, row, BoostState::InApproval).await?;
    let request = NewRequest {
        kind: ApprovalKind::Boost,
        subject_id: row.id,
        subject_version: row.version,
        authors: row.authors.clone(),
        amount: Some(Money { minor: row.planned_minor, currency: row.currency.clone() }),
        title: row.name.clone(),
    };
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "boost.submit", row.id, json!({ "version": row.version })).await?;
    Ok((row, request))
}

async fn set_state(
    context: &Context,
    permit: Permit<'_>,
    row: ad_boost::Model,
    state: BoostState,
) -> Result<ad_boost::Model, Failure> {
    let changed = ad_boost::ActiveModel { state: Set(state), updated_at: Set(context.now), ..row.into_active_model() };
    Ok(changed.update(permit.tx()).await?)
}

/// Locks the promotion that an approval is about, for the approval engine.
pub(crate) async fn lock(context: &Context, boost_id: Uuid) -> Result<Relation, Failure> {
    let select = ad_boost::Entity::visible([boost_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    Ok(Relation { own: row.authors.contains(&context.signed_in()?.user_id), assigned: false })
}

/// What came of the approval: where it was given, what it may cost is set aside in the same transaction, once. A request that is void
/// was ended by whoever gave the promotion up, which says itself where it is.
pub(crate) async fn approval_ended(
    context: &Context,
    permit: Permit<'_>,
    boost_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let state = match state {
        RequestState::Approved => BoostState::Approved,
        RequestState::ChangesRequested | RequestState::Withdrawn => BoostState::Draft,
        RequestState::Voided => return Ok(()),
        RequestState::Pending => return Err(Fault::broken("a request that has not ended").into()),
    };
    let row = context.one(ad_boost::Entity::one_in_brand(permit.brand_id, boost_id)).await?;
    let row = row.ok_or_else(|| Fault::broken("a request without its promotion"))?;
    if state == BoostState::Approved {
        let reference = format!("version {}", row.version);
        commit_charge(context, permit, charge(&row, row.planned_minor, reference)?).await?;
        let at = day_begins(permit.tx(), row.brand_id, row.starts_on).await?.max(context.now);
        enqueue(permit, StartBoost.kind(), row.id, at, context.now).await?;
    }
    set_state(context, permit, row, state).await?;
    Ok(())
}

/// Notes that an approved promotion runs, before its first day.
pub async fn start_boost(context: &Context, boost_id: Uuid, version: i32) -> Result<ad_boost::Model, Failure> {
    let (permit, row) = begin(context, Action::PromotionRun, boost_id).await?;
    may_go(&row, version, BoostState::Running).check()?;
    cancel(permit, StartBoost.kind(), &[row.id], context.now).await?;
    set_running(permit, row, context.now).await
}

/// Writes that a promotion runs.
pub(super) async fn set_running(
    permit: Permit<'_>,
    row: ad_boost::Model,
    now: DateTime<Utc>,
) -> Result<ad_boost::Model, Failure> {
    let changed = ad_boost::ActiveModel {
        state: Set(BoostState::Running),
        started_at: Set(Some(now)),
        updated_at: Set(now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, now, "boost.start", row.id, json!({})).await?;
    Ok(row)
}

/// The promotion that is to begin now; none where it runs already or was given up. Its row is locked.
pub(super) async fn due(
    tx: &impl ConnectionTrait,
    (brand_id, boost_id): (Uuid, Uuid),
) -> Result<Option<ad_boost::Model>, Failure> {
    let row = ad_boost::Entity::one_in_brand(brand_id, boost_id).lock_exclusive().one(tx).await?;
    Ok(row.filter(|row| row.state == BoostState::Approved))
}

/// Ends a promotion that runs: what was set aside and not spent is free again. What comes later of its days is still recorded, from what
/// is left of its line.
pub async fn end_boost(context: &Context, boost_id: Uuid, version: i32) -> Result<ad_boost::Model, Failure> {
    let (permit, row) = begin(context, Action::PromotionRun, boost_id).await?;
    may_go(&row, version, BoostState::Ended).check()?;
    let released = release_rest(context, permit, &row).await?;
    let changed = ad_boost::ActiveModel {
        state: Set(BoostState::Ended),
        ended_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "boost.end", row.id, json!({ "released": released })).await?;
    Ok(row)
}

/// Gives up a promotion that has not begun, with a reason of 1 to 1000 characters: what was asked or approved counts no more, and what
/// was set aside is free again.
pub async fn cancel_boost(
    context: &Context,
    boost_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<ad_boost::Model, Failure> {
    let (permit, row) = begin(context, Action::PromotionRun, boost_id).await?;
    let mut wrong = may_go(&row, version, BoostState::Canceled);
    let reason = wrong.text("reason", reason, 1000).to_owned();
    wrong.check()?;
    approvals::void(context, permit, ApprovalKind::Boost, row.id).await?;
    cancel(permit, StartBoost.kind(), &[row.id], context.now).await?;
    let released = release_rest(context, permit, &row).await?;
    let was = row.state.to_value();
    let row = set_state(context, permit, row, BoostState::Canceled).await?;
    let detail = json!({ "was": was, "reason": reason, "released": released });
    trust::record(permit, context.now, "boost.cancel", row.id, detail).await?;
    Ok(row)
}
