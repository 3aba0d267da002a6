//! Reading deliverables, and finding one to change.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_entity::payments::deliverable_check;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::contract::lock_contract;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit, Relation};

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "deliverableId")
}

pub(super) fn wrong_state(row: &deliverable::Model) -> UserError {
    UserError::at(Code::WrongState, "deliverableId").text("state", row.state.to_value())
}

/// How the caller stands to a deliverable.
pub fn deliverable_relation(context: &Context, row: &deliverable::Model) -> Relation {
    let me = context.actor().map(|actor| actor.user_id);
    Relation { own: me == Some(row.created_by), assigned: me.is_some() && me == row.assignee_id }
}

/// A deliverable that the caller may read; others are not there.
pub(super) async fn seen(context: &Context, deliverable_id: Uuid) -> Result<deliverable::Model, Failure> {
    let row = context.one(deliverable::Entity::visible([deliverable_id])).await?.ok_or_else(not_there)?;
    let relation = deliverable_relation(context, &row);
    if !context.extent(Action::DeliverableRead, row.brand_id).is_some_and(|extent| extent.covers(relation)) {
        return Err(not_there().into());
    }
    Ok(row)
}

/// The row itself, locked.
pub(super) async fn lock(context: &Context, deliverable_id: Uuid) -> Result<deliverable::Model, Failure> {
    let select = deliverable::Entity::visible([deliverable_id]).lock_exclusive();
    Ok(context.one(select).await?.ok_or_else(not_there)?)
}

/// A deliverable with a right to it; its contract and then its row are locked.
pub(super) async fn begin<'a>(
    context: &'a Context,
    action: Action,
    (deliverable_id, version): (Uuid, i32),
    wrong: &mut Complaints,
) -> Result<(Permit<'a>, contract::Model, deliverable::Model), Failure> {
    let seen = seen(context, deliverable_id).await?;
    let permit = context.permit(action, seen.brand_id).await?;
    let contract = lock_contract(context, seen.brand_id, seen.contract_id).await?;
    let row = lock(context, deliverable_id).await?;
    wrong.version(row.version, version);
    Ok((permit, contract, row))
}

/// Which deliverables are wanted.
#[derive(Debug, Clone, Default)]
pub struct DeliverableFilter {
    /// Of this contract; of any when none.
    pub contract_id: Option<Uuid>,
    /// In one of these states; in any when empty.
    pub states: Vec<DeliverableState>,
    /// Given to this person; to anybody or nobody when none.
    pub assignee_id: Option<Uuid>,
}

/// The deliverables of a brand, newest first. Freelancers see those that are given to them.
pub async fn deliverables(
    context: &Context,
    brand_id: Uuid,
    filter: &DeliverableFilter,
    page: Page,
) -> Result<Slice<deliverable::Model>, Failure> {
    context.permit_some(Action::DeliverableRead, brand_id).await?;
    let mut select = deliverable::Entity::in_brand(brand_id);
    if let Some(id) = filter.contract_id {
        select = select.filter(deliverable::Column::ContractId.eq(id));
    }
    if !filter.states.is_empty() {
        select = select.filter(deliverable::Column::State.is_in(filter.states.iter().copied()));
    }
    if let Some(id) = filter.assignee_id {
        select = select.filter(deliverable::Column::AssigneeId.eq(id));
    }
    newest_first(context, select, deliverable::Column::Id, page).await
}

/// Deliverables by id.
pub async fn deliverables_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<deliverable::Model>, Failure> {
    Ok(context.all(deliverable::Entity::visible(ids.iter().copied())).await?)
}

/// What was found at these deliverables, oldest first.
pub async fn checks_of_deliverables(context: &Context, ids: &[Uuid]) -> Result<Vec<deliverable_check::Model>, Failure> {
    let select = deliverable_check::Entity::find()
        .filter(deliverable_check::Column::DeliverableId.is_in(ids.iter().copied()))
        .order_by_asc(deliverable_check::Column::CheckedAt)
        .order_by_asc(deliverable_check::Column::Id);
    Ok(context.all(select).await?)
}
