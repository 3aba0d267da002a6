//! Reading requests, and which of them wait for the caller. Row-level security decides what is seen.

use std::collections::{HashMap, HashSet};

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_entry::{self, EntryKind};
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::approvals::approval_step::{self, StepAudience, StepState};
use diwan_entity::approvals::{approval_limit, brand_approval_limit};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tenancy::{agency, brand};
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

use super::decide::names_of;
use super::delegation::{PlaceOfAbsentee, places_of_absentees};
use super::ladder::Limits;
use super::open::asked_of;
use super::seats::{Matter, Seat};
use crate::context::{Actor, Context};
use crate::error::{Failure, Fault};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<RequestState>,
    /// Of one of these kinds; of any when empty.
    pub kinds: Vec<ApprovalKind>,
    /// Only those that wait for the caller.
    pub mine: bool,
}

/// A brand's requests, newest first.
pub async fn approval_requests(
    context: &Context,
    brand_id: Uuid,
    filter: RequestFilter,
    page: Page,
) -> Result<Slice<approval_request::Model>, Failure> {
    context.permit_some(Action::ApprovalRead, brand_id).await?;
    let mut select = approval_request::Entity::in_brand(brand_id);
    if !filter.states.is_empty() {
        select = select.filter(approval_request::Column::State.is_in(filter.states));
    }
    if !filter.kinds.is_empty() {
        select = select.filter(approval_request::Column::Kind.is_in(filter.kinds));
    }
    if filter.mine {
        select = waiting(context, select).await?;
    }
    newest_first(context, select, approval_request::Column::Id, page).await
}

/// The requests that wait for the caller, in every brand, newest first.
pub async fn approvals_waiting(context: &Context, page: Page) -> Result<Slice<approval_request::Model>, Failure> {
    context.signed_in()?;
    let select = waiting(context, approval_request::Entity::find()).await?;
    newest_first(context, select, approval_request::Column::Id, page).await
}

/// Those of them that wait for the caller.
async fn waiting(
    context: &Context,
    select: Select<approval_request::Entity>,
) -> Result<Select<approval_request::Entity>, Failure> {
    let pending = select.clone().filter(approval_request::Column::State.eq(RequestState::Pending));
    let pending = context.all(pending).await?;
    let mine = decidable(context, &pending).await?;
    Ok(select.filter(approval_request::Column::Id.is_in(mine)))
}

/// Requests by id.
pub async fn requests_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<approval_request::Model>, Failure> {
    Ok(context.all(approval_request::Entity::visible(ids.iter().copied())).await?)
}

/// The requests about these things, oldest first.
pub async fn requests_about(context: &Context, subject_ids: &[Uuid]) -> Result<Vec<approval_request::Model>, Failure> {
    let select = approval_request::Entity::find()
        .filter(approval_request::Column::SubjectId.is_in(subject_ids.iter().copied()))
        .order_by_asc(approval_request::Column::Id);
    let rows = context.all(select).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ApprovalRead, row.brand_id)).collect())
}

/// The steps of these requests, in order.
pub async fn steps_of_requests(context: &Context, ids: &[Uuid]) -> Result<Vec<approval_step::Model>, Failure> {
    let select = approval_step::Entity::find()
        .filter(approval_step::Column::RequestId.is_in(ids.iter().copied()))
        .order_by_asc(approval_step::Column::Position);
    Ok(context.all(select).await?)
}

/// What happened to these requests, in order.
pub async fn history_of_requests(context: &Context, ids: &[Uuid]) -> Result<Vec<approval_entry::Model>, Failure> {
    let select = approval_entry::Entity::find()
        .filter(approval_entry::Column::RequestId.is_in(ids.iter().copied()))
        .order_by_asc(approval_entry::Column::Seq);
    Ok(context.all(select).await?)
}

/// Whether the caller can decide about a request now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decidable {
    /// Which request.
    pub request_id: Uuid,
    /// Whether they can.
    pub can: bool,
}

/// Whether the caller can decide about these requests now. A constant number of statements.
pub async fn can_decide(context: &Context, ids: &[Uuid]) -> Result<Vec<Decidable>, Failure> {
    let requests = requests_by_ids(context, ids).await?;
    let mine = decidable(context, &requests).await?;
    Ok(ids.iter().map(|id| Decidable { request_id: *id, can: mine.contains(id) }).collect())
}

/// Those of these requests about which the caller can decide now.
async fn decidable(context: &Context, requests: &[approval_request::Model]) -> Result<HashSet<Uuid>, Failure> {
    let actor = context.signed_in()?;
    let pending: Vec<_> = requests.iter().filter(|request| request.state == RequestState::Pending).collect();
    if pending.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Uuid> = pending.iter().map(|request| request.id).collect();
    let steps = approval_step::Entity::find()
        .filter(approval_step::Column::RequestId.is_in(ids.iter().copied()))
        .filter(approval_step::Column::State.eq(StepState::Open));
    let steps: HashMap<Uuid, approval_step::Model> =
        context.all(steps).await?.into_iter().map(|step| (step.request_id, step)).collect();
    let made = approval_entry::Entity::find()
        .filter(approval_entry::Column::StepId.is_in(steps.values().map(|step| step.id)))
        .filter(approval_entry::Column::Kind.eq(EntryKind::Approved));
    let made = context.all(made).await?;
    let archived = brand::Entity::find()
        .filter(brand::Column::Id.is_in(pending.iter().map(|request| request.brand_id)))
        .filter(brand::Column::ArchivedAt.is_not_null());
    let archived: HashSet<Uuid> = context.all(archived).await?.into_iter().map(|brand| brand.id).collect();
    let four_eyes = context.one(agency::Entity::find()).await?.is_none_or(|agency| agency.four_eyes);
    let places = places_of_absentees(context).await?;
    let money = steps.values().any(|step| step.audience == StepAudience::Limit);
    let limits = if money { AllLimits::load(context).await? } else { AllLimits::default() };

    let mut mine = HashSet::new();
    for request in pending {
        let Some(step) = steps.get(&request.id).filter(|_| !archived.contains(&request.brand_id)) else { continue };
        let limits = limits.of(request);
        let matter = Matter { authors: &request.authors, four_eyes, minor: request.amount_minor, limits: &limits };
        let decided = names_of(made.iter().filter(|entry| entry.step_id == Some(step.id)));
        if matter.is_of(actor.user_id) || decided.contains(&actor.user_id) || !actor.may_decide() {
            continue;
        }
        let asked = asked_of(step);
        let seats = seats_of(&actor, &places, request.brand_id)?;
        let free = |seat: &&Seat| !matter.is_of(seat.user_id) && !decided.contains(&seat.user_id);
        if seats.iter().filter(free).any(|seat| asked.admits(seat, &matter)) {
            mine.insert(request.id);
        }
    }
    Ok(mine)
}

impl Actor {
    /// Whether they decide at all: a token may be good for less than its holder.
    fn may_decide(&self) -> bool {
        self.scopes.is_none() && self.kind != UserKind::Integration
    }
}

/// The caller's own place in a brand, and those of whom they stand in for there.
fn seats_of(actor: &Actor, places: &[PlaceOfAbsentee], brand_id: Uuid) -> Result<Vec<Seat>, Fault> {
    let Some(level) = actor.level_in(brand_id) else { return Ok(Vec::new()) };
    let mut seats = vec![Seat { user_id: actor.user_id, kind: actor.kind, level, delegate_id: None }];
    let here = |place: &&PlaceOfAbsentee| place.brand_id.is_none_or(|id| id == brand_id);
    for place in places.iter().filter(here) {
        let kind = UserKind::try_from_value(&place.kind)?;
        let level = Level::try_from_value(&place.level)?;
        if kind == actor.kind {
            seats.push(Seat { user_id: place.user_id, kind, level, delegate_id: Some(actor.user_id) });
        }
    }
    Ok(seats)
}

#[derive(Default)]
struct AllLimits {
    agency: Vec<approval_limit::Model>,
    brands: Vec<brand_approval_limit::Model>,
}

impl AllLimits {
    async fn load(context: &Context) -> Result<Self, Failure> {
        Ok(Self {
            agency: context.all(approval_limit::Entity::find()).await?,
            brands: context.all(brand_approval_limit::Entity::find()).await?,
        })
    }

    fn of(&self, request: &approval_request::Model) -> Limits {
        let currency = request.currency.as_deref().unwrap_or_default();
        let agency = self.agency.iter().filter(|row| row.kind == request.kind && row.currency == currency);
        let brand = self
            .brands
            .iter()
            .filter(|row| row.brand_id == request.brand_id && row.kind == request.kind && row.currency == currency);
        Limits {
            agency: agency.map(|row| (row.level, row.amount_minor)).collect(),
            brand: brand.map(|row| (row.level, row.amount_minor)).collect(),
        }
    }
}
