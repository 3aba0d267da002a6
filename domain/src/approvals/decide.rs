//! Deciding: approving the open step, or asking for changes.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_entry::{self, EntryKind};
use diwan_entity::approvals::approval_request::{self, RequestState};
use diwan_entity::approvals::approval_step::{self, StepAudience, StepMode, StepState};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use sea_orm::{ActiveEnum as _, ColumnTrait, QueryFilter, QueryOrder, QuerySelect as _};
use uuid::Uuid;

use super::close::{close_request, close_step, touch};
use super::ground::Ground;
use super::history::{self, Entry};
use super::open::{asked_of, open_step, who};
use super::seats::{Seat, all_decided};
use super::state::{Happening, next_state};
use super::subjects;
use crate::context::{Actor, Context};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::written;
use crate::messages;
use crate::permission::{Action, Permit, Relation};
use crate::trust;

/// What somebody says of a request.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Which request.
    pub request_id: Uuid,
    /// The step that they mean, counted from 1; whichever is open when none is named.
    pub step: Option<i32>,
    /// What they say about it, up to 5000 characters.
    pub comment: Option<String>,
}

/// Approves the open step. The last step's approval is the request's.
pub async fn approve(context: &Context, decision: Decision) -> Result<approval_request::Model, Failure> {
    decide(context, decision, EntryKind::Approved).await
}

/// Sends it back. Says what is to be changed.
pub async fn request_changes(context: &Context, decision: Decision) -> Result<approval_request::Model, Failure> {
    decide(context, decision, EntryKind::ChangesRequested).await
}

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "requestId")
}

pub(super) fn over(request: &approval_request::Model) -> UserError {
    UserError::at(Code::WrongState, "requestId").text("state", request.state.to_value())
}

/// A request with what it is about, both locked: the subject first.
pub(super) async fn lock_request(
    context: &Context,
    request_id: Uuid,
) -> Result<(approval_request::Model, Relation), Failure> {
    let select = || approval_request::Entity::visible([request_id]);
    let request = context.one(select()).await?.ok_or_else(not_there)?;
    let relation = match subjects::lock(context, &request).await {
        Err(Failure::Refused(_)) => return Err(not_there().into()),
        other => other?,
    };
    let request = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((request, relation))
}

/// The right to decide: one's own, or that of somebody for whom one stands in, whatever one's own level.
async fn permit_to_decide<'a>(
    context: &'a Context,
    actor: &Actor,
    ground: &Ground,
    brand_id: Uuid,
    relation: Relation,
) -> Result<Permit<'a>, Failure> {
    let refusal = match context.permit_on(Action::ApprovalDecide, brand_id, relation).await {
        Ok(permit) => return Ok(permit),
        Err(refusal) => refusal,
    };
    let forbidden =
        matches!(&refusal, Failure::Refused(errors) if errors.iter().any(|error| error.code == Code::Forbidden));
    let rule = Action::ApprovalDecide.rule();
    let stands_in = absentees(ground, actor).any(|seat| rule.allows(seat.kind, Some(seat.level), None));
    if forbidden && stands_in && actor.scopes.is_none() {
        let agency_id = actor.agency_id;
        return Ok(Permit { tx: context.own_tx(), brand_id, actor_id: Some(actor.user_id), agency_id });
    }
    Err(refusal)
}

/// Those for whom somebody stands in now. Both have a place in the brand and are of one kind.
fn absentees<'a>(ground: &'a Ground, actor: &'a Actor) -> impl Iterator<Item = &'a Seat> {
    let here = ground.seat(actor.user_id).is_some();
    ground.seats.iter().filter(move |seat| here && seat.delegate_id == Some(actor.user_id) && seat.kind == actor.kind)
}

fn check(decision: &Decision, verdict: EntryKind) -> Result<Option<String>, Failure> {
    let mut wrong = Complaints::default();
    let comment = decision.comment.as_deref().map(str::trim).filter(|comment| !comment.is_empty());
    let comment = comment.map(|comment| wrong.text("comment", comment, 5000).to_owned());
    if comment.is_none() && verdict == EntryKind::ChangesRequested {
        wrong.add(UserError::at(Code::ReasonRequired, "comment"));
    }
    wrong.check()?;
    Ok(comment)
}

async fn decide(context: &Context, decision: Decision, verdict: EntryKind) -> Result<approval_request::Model, Failure> {
    let actor = context.signed_in()?;
    let (request, relation) = lock_request(context, decision.request_id).await?;
    let ground = Ground::of(context.own_tx(), &request, context.now).await?;
    let permit = permit_to_decide(context, &actor, &ground, request.brand_id, relation).await?;
    let comment = check(&decision, verdict)?;
    if request.state != RequestState::Pending {
        return Err(over(&request).into());
    }
    let steps = steps_of(context, &request).await?;
    let open = steps.iter().find(|step| step.state == StepState::Open);
    let open = open.ok_or_else(|| Fault::broken("a pending request without an open step"))?;
    if decision.step.is_some_and(|step| step != open.position) {
        return Err(UserError::at(Code::ChangedMeanwhile, "step").number("current", open.position).into());
    }
    let made = decisions_of(context, &request).await?;
    let principal = entitled(context, &actor, &ground, &request, open, &made, decision.step.is_some())?;

    let entry = Entry::of_step(verdict, open).by(actor.user_id);
    let on_behalf_of = (principal != actor.user_id).then_some(principal);
    let entry = Entry { on_behalf_of, comment: comment.clone(), ..entry };
    history::write(permit.tx(), &request, &ground, vec![entry], context.now).await?;
    let detail = actor.says_how(serde_json::json!({ "step": open.position, "on_behalf_of": on_behalf_of }));
    let action = if verdict == EntryKind::Approved { "approval.approve" } else { "approval.request_changes" };
    trust::record(permit, context.now, action, request.id, detail).await?;

    if verdict == EntryKind::ChangesRequested {
        close_step(context, permit, open, StepState::ChangesRequested).await?;
        close_request(context, permit, &ground, &request, Happening::ChangesRequested, comment.as_deref()).await?;
    } else {
        let mut decided: Vec<Uuid> = names_of(made.iter().filter(|entry| entry.step_id == Some(open.id)));
        decided.extend([actor.user_id, principal]);
        let matter = ground.matter_of(&request);
        if open.mode == StepMode::Any || all_decided(&asked_of(open), &ground.seats, &matter, &decided) {
            close_step(context, permit, open, StepState::Approved).await?;
            let next = steps.iter().find(|step| step.position > open.position);
            let happening = Happening::StepApproved { last: next.is_none() };
            match next {
                Some(next) if next_state(request.state, happening) == Some(RequestState::Pending) => {
                    open_step(context, permit, &ground, &request, next).await?;
                    touch(context, permit, &request).await?;
                }
                _ => close_request(context, permit, &ground, &request, happening, comment.as_deref()).await?,
            }
        } else {
            touch(context, permit, &request).await?;
        }
    }
    Ok(context.one(approval_request::Entity::visible([request.id])).await?.ok_or_else(not_there)?)
}

/// In whose place the caller decides: their own or that of somebody for whom they stand in. Or why they do not.
fn entitled(
    context: &Context,
    actor: &Actor,
    ground: &Ground,
    request: &approval_request::Model,
    open: &approval_step::Model,
    made: &[approval_entry::Model],
    step_named: bool,
) -> Result<Uuid, Failure> {
    let matter = ground.matter_of(request);
    let me = actor.user_id;
    if matter.is_of(me) {
        return Err(Code::FourEyes.into());
    }
    let asked = asked_of(open);
    let decided = names_of(made.iter().filter(|entry| entry.step_id == Some(open.id)));
    let before = made.iter().any(|entry| entry.actor_id == Some(me) && entry.step_id != Some(open.id));
    // Whoever has decided and repeats it does not mean the next step, unless they say so.
    if decided.contains(&me) || (before && !step_named) {
        return Err(Code::AlreadyDecided.into());
    }
    let own = ground.seat(me).filter(|seat| asked.admits(seat, &matter));
    if own.is_some() {
        return Ok(me);
    }
    let places: Vec<&Seat> = absentees(ground, actor).filter(|seat| asked.admits(seat, &matter)).collect();
    let free = |seat: &&&Seat| !matter.is_of(seat.user_id) && !decided.contains(&seat.user_id);
    if let Some(seat) = places.iter().find(free) {
        return Ok(seat.user_id);
    }
    if places.iter().any(|seat| matter.is_of(seat.user_id)) {
        return Err(Code::FourEyes.into());
    }
    if !places.is_empty() {
        return Err(Code::AlreadyDecided.into());
    }
    let level = ground.seat(me).map(|seat| seat.level);
    if let (StepAudience::Limit, UserKind::Staff, Some(level), Some(currency)) =
        (open.audience, actor.kind, level.filter(|level| *level >= Level::Mid), request.currency.clone())
    {
        let limit = ground.limits.of(level).unwrap_or(0);
        return Err(UserError::new(Code::LimitExceeded)
            .text("limit", written(limit, &currency))
            .text("currency", currency)
            .into());
    }
    // Clients and freelancers have no directory: they are not told names.
    let who = match (open.audience, actor.kind) {
        (StepAudience::People, UserKind::Client | UserKind::Freelancer) => {
            messages::message(context.locale(), "approval-who-team", &[])
        }
        _ => who(context.locale(), &asked, ground),
    };
    Err(UserError::new(Code::NotYourTurn).text("who", who).into())
}

/// Who decided, and for whom.
pub(super) fn names_of<'a>(entries: impl Iterator<Item = &'a approval_entry::Model>) -> Vec<Uuid> {
    entries.flat_map(|entry| [entry.actor_id, entry.on_behalf_of]).flatten().collect()
}

pub(super) async fn steps_of(
    context: &Context,
    request: &approval_request::Model,
) -> Result<Vec<approval_step::Model>, Failure> {
    let steps = approval_step::Entity::in_brand(request.brand_id)
        .filter(approval_step::Column::RequestId.eq(request.id))
        .order_by_asc(approval_step::Column::Position);
    Ok(context.all(steps).await?)
}

pub(super) async fn decisions_of(
    context: &Context,
    request: &approval_request::Model,
) -> Result<Vec<approval_entry::Model>, Failure> {
    let made = approval_entry::Entity::in_brand(request.brand_id)
        .filter(approval_entry::Column::RequestId.eq(request.id))
        .filter(approval_entry::Column::Kind.is_in([EntryKind::Approved, EntryKind::ChangesRequested]));
    Ok(context.all(made).await?)
}
