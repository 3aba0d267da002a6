//! Reading campaigns. Row-level security decides what is seen; permissions are asked where a brand's list is read.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign::{self, CampaignState};
use diwan_entity::campaigns::{campaign_channel, campaign_persona, campaign_target, campaign_task};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which campaigns are wanted.
#[derive(Debug, Clone, Default)]
pub struct CampaignFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<CampaignState>,
    /// Of which a day is this one or a later one.
    pub from: Option<NaiveDate>,
    /// Of which a day is this one or an earlier one.
    pub to: Option<NaiveDate>,
    /// Those that were put away, instead of those that were not.
    pub archived: bool,
}

/// The campaigns of a brand, newest first.
pub async fn campaigns(
    context: &Context,
    brand_id: Uuid,
    filter: CampaignFilter,
    page: Page,
) -> Result<Slice<campaign::Model>, Failure> {
    context.permit(Action::CampaignRead, brand_id).await?;
    let away = campaign::Column::ArchivedAt;
    let mut all = Condition::all().add(if filter.archived { away.is_not_null() } else { away.is_null() });
    if !filter.states.is_empty() {
        all = all.add(campaign::Column::State.is_in(filter.states));
    }
    if let Some(from) = filter.from {
        all = all.add(campaign::Column::EndsOn.gte(from));
    }
    if let Some(to) = filter.to {
        all = all.add(campaign::Column::StartsOn.lte(to));
    }
    newest_first(context, campaign::Entity::in_brand(brand_id).filter(all), campaign::Column::Id, page).await
}

/// Campaigns by id.
pub async fn campaigns_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign::Model>, Failure> {
    Ok(context.all(campaign::Entity::visible(ids.iter().copied())).await?)
}

/// The targets of these campaigns, in their order.
pub async fn targets_of_campaigns(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign_target::Model>, Failure> {
    let select = campaign_target::Entity::find()
        .filter(campaign_target::Column::CampaignId.is_in(ids.iter().copied()))
        .filter(campaign_target::Column::RemovedAt.is_null())
        .order_by_asc(campaign_target::Column::Position);
    Ok(context.all(select).await?)
}

/// Targets by id, also those that were taken out.
pub async fn targets_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign_target::Model>, Failure> {
    Ok(context.all(campaign_target::Entity::visible(ids.iter().copied())).await?)
}

/// For whom these campaigns are.
pub async fn personas_of_campaigns(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign_persona::Model>, Failure> {
    let select = campaign_persona::Entity::find()
        .filter(campaign_persona::Column::CampaignId.is_in(ids.iter().copied()))
        .order_by_asc(campaign_persona::Column::PersonaId);
    Ok(context.all(select).await?)
}

/// Where these campaigns are.
pub async fn channels_of_campaigns(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign_channel::Model>, Failure> {
    let select = campaign_channel::Entity::find()
        .filter(campaign_channel::Column::CampaignId.is_in(ids.iter().copied()))
        .order_by_asc(campaign_channel::Column::SocialAccountId);
    Ok(context.all(select).await?)
}

/// What has to be done for these campaigns, in the order in which it was written down.
pub async fn tasks_of_campaigns(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign_task::Model>, Failure> {
    let select = campaign_task::Entity::find()
        .filter(campaign_task::Column::CampaignId.is_in(ids.iter().copied()))
        .order_by_asc(campaign_task::Column::Id);
    Ok(context.all(select).await?)
}

/// Tasks by id.
pub async fn tasks_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<campaign_task::Model>, Failure> {
    Ok(context.all(campaign_task::Entity::visible(ids.iter().copied())).await?)
}
