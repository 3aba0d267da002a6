//! What was asked for or approved has changed: requests and approvals count no more. However many they are, in a constant number of
//! statements.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_entry::EntryKind;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::{self, StepState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::decide::over;
use super::ground::Ground;
use super::history::{self, Entry};
use super::state::{Happening, next_state};
use super::{RemindApprovers, letters, subjects};
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::jobs::{Job as _, cancel};
use crate::permission::Permit;
use crate::trust;

/// The request or the approval of this thing counts no more. The caller has locked the thing.
pub(crate) async fn void(
    context: &Context,
    permit: Permit<'_>,
    kind: ApprovalKind,
    subject_id: Uuid,
) -> Result<(), Failure> {
    void_all(context, permit, kind, &[subject_id]).await
}

/// The requests and the approvals of these things count no more. The caller has locked the things.
pub(crate) async fn void_all(
    context: &Context,
    permit: Permit<'_>,
    kind: ApprovalKind,
    subject_ids: &[Uuid],
) -> Result<(), Failure> {
    if subject_ids.is_empty() {
        return Ok(());
    }
    let standing = approval_request::Entity::in_brand(permit.brand_id)
        .filter(approval_request::Column::Kind.eq(kind))
        .filter(approval_request::Column::SubjectId.is_in(subject_ids.iter().copied()))
        .filter(approval_request::Column::State.is_in([RequestState::Pending, RequestState::Approved]))
        .order_by_asc(approval_request::Column::Id)
        .lock_exclusive();
    let requests = context.all(standing).await?;
    let Some(first) = requests.first() else { return Ok(()) };
    // What an end needs of the brand is its people, the same for all of them.
    let ground = Ground::of(permit.tx(), first, context.now).await?;
    let entries = requests.iter().map(|request| (request, Entry::of_request(EntryKind::Voided, permit.actor_id)));
    history::write_of(permit.tx(), &ground, entries.collect(), context.now).await?;
    close_steps(context, permit, &requests).await?;
    let ids: Vec<Uuid> = requests.iter().map(|request| request.id).collect();
    let sql = "update approval_request set state = $3, decided_at = coalesce(decided_at, $4), version = version + 1
      where brand_id = $1 and id = any ($2)";
    let state = next_state(first.state, Happening::Voided).ok_or_else(|| over(first))?;
    let values = [permit.brand_id.into(), ids.into(), state.to_value().into(), context.now.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    subjects::all_ended(context, permit, (kind, state), &requests).await?;
    letters::tell_requesters(permit.tx(), &context.services, &ground, &requests, state, permit.actor_id).await?;
    let events = requests.iter().map(|request| (permit, request.id, json!({})));
    trust::record_many(permit, context.now, "approval.void", events).await?;
    Ok(())
}

/// Ends the steps of requests that wait, with the reminders of those that are open.
async fn close_steps(
    context: &Context,
    permit: Permit<'_>,
    requests: &[approval_request::Model],
) -> Result<(), Failure> {
    let of = || approval_step::Column::RequestId.is_in(requests.iter().map(|request| request.id));
    let open = approval_step::Entity::in_brand(permit.brand_id)
        .filter(of())
        .filter(approval_step::Column::State.eq(StepState::Open));
    let open = context.all(open).await?;
    let has_one = |request: &approval_request::Model| open.iter().any(|step| step.request_id == request.id);
    if requests.iter().any(|request| request.state == RequestState::Pending && !has_one(request)) {
        return Err(Fault::broken("a pending request without an open step").into());
    }
    approval_step::Entity::update_many()
        .col_expr(approval_step::Column::State, Expr::value(StepState::Closed))
        .col_expr(approval_step::Column::ClosedAt, Expr::value(context.now))
        .filter(approval_step::Column::BrandId.eq(permit.brand_id))
        .filter(of())
        .filter(approval_step::Column::State.is_in([StepState::Waiting, StepState::Open]))
        .exec(permit.tx())
        .await?;
    let reminded: Vec<Uuid> = open.iter().filter(|step| step.due_hours.is_some()).map(|step| step.id).collect();
    if !reminded.is_empty() {
        cancel(permit, RemindApprovers.kind(), &reminded, context.now).await?;
    }
    Ok(())
}
