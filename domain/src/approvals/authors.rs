//! Writing at what is decided about, where that alone does not take the request away.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::{self, StepMode, StepState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::decide::{decisions_of, names_of, steps_of};
use super::ground::Ground;
use super::open::{asked_of, with_author};
use super::seats::all_decided;
use crate::context::Context;
use crate::error::Failure;
use crate::permission::Permit;

/// The caller has written at this thing, which is called so from now on: where a request about it waits, they are one of its authors, and
/// do not decide it. Answers whether the request stands. It does not where their voice has counted already, or where a step would be left
/// that nobody decides any more: the thing is to be asked for anew. The caller has locked the thing.
pub(crate) async fn written_at(
    context: &Context,
    permit: Permit<'_>,
    (kind, subject_id): (ApprovalKind, Uuid),
    title: &str,
) -> Result<bool, Failure> {
    let waiting = approval_request::Entity::in_brand(permit.brand_id)
        .filter(approval_request::Column::Kind.eq(kind))
        .filter(approval_request::Column::SubjectId.eq(subject_id))
        .filter(approval_request::Column::State.eq(RequestState::Pending))
        .lock_exclusive();
    let Some(request) = context.one(waiting).await? else { return Ok(true) };
    let named = with_author(request.authors.clone(), permit.person()?);
    let values = [permit.brand_id.into(), named.into()];
    let mut authors: Vec<Uuid> = db::scalar(permit.tx(), "select app.with_makers($1, $2)", values).await?;
    authors.sort_unstable();
    if authors != request.authors && !stands(context, permit, &request, &authors).await? {
        return Ok(false);
    }
    approval_request::Entity::update_many()
        .col_expr(approval_request::Column::Authors, Expr::value(authors))
        .col_expr(approval_request::Column::Title, Expr::value(title.to_owned()))
        .col_expr(approval_request::Column::Version, Expr::value(request.version + 1))
        .filter(approval_request::Column::BrandId.eq(request.brand_id))
        .filter(approval_request::Column::Id.eq(request.id))
        .exec(permit.tx())
        .await?;
    Ok(true)
}

/// Whether a request that waits can be decided when these are its authors.
async fn stands(
    context: &Context,
    permit: Permit<'_>,
    request: &approval_request::Model,
    authors: &[Uuid],
) -> Result<bool, Failure> {
    let ground = Ground::of(permit.tx(), request, context.now).await?;
    let matter = ground.matter(authors, request.amount_minor);
    let made = decisions_of(context, request).await?;
    if names_of(made.iter()).into_iter().any(|decided| matter.is_of(decided)) {
        return Ok(false);
    }
    let can_be_decided = |step: &approval_step::Model| {
        let asked = asked_of(step);
        match step.state {
            StepState::Open => {
                let decided = names_of(made.iter().filter(|entry| entry.step_id == Some(step.id)));
                !asked.deciders(&ground.seats, &matter).is_empty()
                    && (step.mode == StepMode::Any || !all_decided(&asked, &ground.seats, &matter, &decided))
            }
            StepState::Waiting => {
                let asked = asked.open(&ground.seats, &matter);
                !asked.deciders(&ground.seats, &matter).is_empty()
            }
            StepState::Approved | StepState::ChangesRequested | StepState::Closed => true,
        }
    };
    Ok(steps_of(context, request).await?.iter().all(can_be_decided))
}
