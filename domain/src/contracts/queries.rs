//! Reading contracts.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractKind, ContractState};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Relation};

/// Which contracts are wanted.
#[derive(Debug, Clone, Default)]
pub struct ContractFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<ContractState>,
    /// Of this kind.
    pub kind: Option<ContractKind>,
    /// With this influencer.
    pub influencer_id: Option<Uuid>,
    /// For this campaign.
    pub campaign_id: Option<Uuid>,
}

/// How the caller stands to a contract: with whom it is, that one is given to.
pub(super) fn relation_to(context: &Context, row: &contract::Model) -> Result<Relation, Failure> {
    let me = context.signed_in()?.user_id;
    Ok(Relation { own: false, assigned: row.person_id == Some(me) })
}

/// Whether the caller may read a contract that row-level security shows.
pub fn may_read_contract(context: &Context, row: &contract::Model) -> bool {
    let assigned = context.actor().is_some_and(|actor| row.person_id == Some(actor.user_id));
    let relation = Relation { own: false, assigned };
    context.extent(Action::ContractRead, row.brand_id).is_some_and(|extent| extent.covers(relation))
}

/// The contracts of a brand that the caller sees, newest first.
pub async fn contracts(
    context: &Context,
    brand_id: Uuid,
    filter: &ContractFilter,
    page: Page,
) -> Result<Slice<contract::Model>, Failure> {
    context.permit_some(Action::ContractRead, brand_id).await?;
    let mut all = Condition::all();
    if !filter.states.is_empty() {
        all = all.add(contract::Column::State.is_in(filter.states.iter().copied()));
    }
    if let Some(kind) = filter.kind {
        all = all.add(contract::Column::Kind.eq(kind));
    }
    if let Some(id) = filter.influencer_id {
        all = all.add(contract::Column::InfluencerId.eq(id));
    }
    if let Some(id) = filter.campaign_id {
        all = all.add(contract::Column::CampaignId.eq(id));
    }
    newest_first(context, contract::Entity::in_brand(brand_id).filter(all), contract::Column::Id, page).await
}

/// Contracts by id.
pub async fn contracts_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<contract::Model>, Failure> {
    Ok(context.all(contract::Entity::visible(ids.iter().copied())).await?)
}

/// What amends these contracts, oldest first.
pub async fn amendments_of_contracts(context: &Context, ids: &[Uuid]) -> Result<Vec<contract::Model>, Failure> {
    let select = contract::Entity::find()
        .filter(contract::Column::AmendsId.is_in(ids.iter().copied()))
        .order_by_asc(contract::Column::Id);
    Ok(context.all(select).await?)
}
