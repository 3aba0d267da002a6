//! How steps and requests end: decided or taken back. What is void because what it is about changed: `void.rs`.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_entry::EntryKind;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::{self, StepState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::decide::{lock_request, not_there, over, steps_of};
use super::ground::Ground;
use super::history::{self, Entry};
use super::state::{Happening, next_state};
use super::{RemindApprovers, letters, subjects};
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::jobs::{Job as _, cancel};
use crate::permission::{Permit, Relation};
use crate::trust;

/// Ends a step that is open, with its reminders.
pub(super) async fn close_step(
    context: &Context,
    permit: Permit<'_>,
    step: &approval_step::Model,
    state: StepState,
) -> Result<(), Failure> {
    approval_step::Entity::update_many()
        .col_expr(approval_step::Column::State, Expr::value(state))
        .col_expr(approval_step::Column::ClosedAt, Expr::value(context.now))
        .filter(approval_step::Column::BrandId.eq(step.brand_id))
        .filter(approval_step::Column::Id.eq(step.id))
        .exec(permit.tx())
        .await?;
    if step.due_hours.is_some() {
        cancel(permit, RemindApprovers.kind(), &[step.id], context.now).await?;
    }
    Ok(())
}

/// Notes that something happened to a request, which goes on.
pub(super) async fn touch(
    context: &Context,
    permit: Permit<'_>,
    request: &approval_request::Model,
) -> Result<(), Failure> {
    write_state(context, permit, request, request.state).await
}

async fn write_state(
    context: &Context,
    permit: Permit<'_>,
    request: &approval_request::Model,
    state: RequestState,
) -> Result<(), Failure> {
    let decided_at = (state != RequestState::Pending).then(|| request.decided_at.unwrap_or(context.now));
    approval_request::Entity::update_many()
        .col_expr(approval_request::Column::State, Expr::value(state))
        .col_expr(approval_request::Column::DecidedAt, Expr::value(decided_at))
        .col_expr(approval_request::Column::Version, Expr::value(request.version + 1))
        .filter(approval_request::Column::BrandId.eq(request.brand_id))
        .filter(approval_request::Column::Id.eq(request.id))
        .exec(permit.tx())
        .await?;
    Ok(())
}

/// Brings a request to its end: what it is about is told, and whoever asked. Steps that waited are closed.
pub(super) async fn close_request(
    context: &Context,
    permit: Permit<'_>,
    ground: &Ground,
    request: &approval_request::Model,
    happening: Happening,
    comment: Option<&str>,
) -> Result<(), Failure> {
    let state = next_state(request.state, happening).ok_or_else(|| over(request))?;
    write_state(context, permit, request, state).await?;
    approval_step::Entity::update_many()
        .col_expr(approval_step::Column::State, Expr::value(StepState::Closed))
        .col_expr(approval_step::Column::ClosedAt, Expr::value(context.now))
        .filter(approval_step::Column::BrandId.eq(request.brand_id))
        .filter(approval_step::Column::RequestId.eq(request.id))
        .filter(approval_step::Column::State.is_in([StepState::Waiting, StepState::Open]))
        .exec(permit.tx())
        .await?;
    subjects::ended(context, permit, request, state).await?;
    letters::tell_requester(permit.tx(), &context.services, ground, request, state, permit.actor_id, comment).await
}

/// Takes a request back: by whoever asked, or by those who may ask for whatever is of this kind.
pub async fn withdraw(context: &Context, request_id: Uuid) -> Result<approval_request::Model, Failure> {
    let actor = context.signed_in()?;
    let (request, _) = lock_request(context, request_id).await?;
    let own = Relation { own: request.requested_by == actor.user_id, assigned: false };
    let permit = context.permit_on(subjects::action_to_ask(request.kind), request.brand_id, own).await?;
    if request.state != RequestState::Pending {
        return Err(over(&request).into());
    }
    end_early(context, permit, &request, Happening::Withdrawn, EntryKind::Withdrawn).await?;
    trust::record(permit, context.now, "approval.withdraw", request.id, serde_json::json!({})).await?;
    Ok(context.one(approval_request::Entity::visible([request.id])).await?.ok_or_else(not_there)?)
}

async fn end_early(
    context: &Context,
    permit: Permit<'_>,
    request: &approval_request::Model,
    happening: Happening,
    entry: EntryKind,
) -> Result<(), Failure> {
    let ground = Ground::of(permit.tx(), request, context.now).await?;
    history::write(permit.tx(), request, &ground, vec![Entry::of_request(entry, permit.actor_id)], context.now).await?;
    let open = steps_of(context, request).await?;
    if let Some(open) = open.iter().find(|step| step.state == StepState::Open) {
        close_step(context, permit, open, StepState::Closed).await?;
    } else if request.state == RequestState::Pending {
        return Err(Fault::broken("a pending request without an open step").into());
    }
    close_request(context, permit, &ground, request, happening, None).await
}

/// The version of something that is approved; none while nothing of it is.
pub(crate) async fn approved_version(
    context: &Context,
    brand_id: Uuid,
    kind: ApprovalKind,
    subject_id: Uuid,
) -> Result<Option<i32>, Failure> {
    let approved = approval_request::Entity::in_brand(brand_id)
        .filter(approval_request::Column::Kind.eq(kind))
        .filter(approval_request::Column::SubjectId.eq(subject_id))
        .filter(approval_request::Column::State.eq(RequestState::Approved));
    Ok(context.all(approved).await?.into_iter().map(|request| request.subject_version).max())
}
