//! Reading promotions. Row-level security decides what is seen; permissions are asked where a brand's list is read.

use diwan_entity::InBrand as _;
use diwan_entity::promotion::ad_boost::{self, BoostState};
use diwan_entity::promotion::ad_boost_day;
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which promotions are wanted.
#[derive(Debug, Clone, Default)]
pub struct BoostFilter {
    /// In one of these states; in any when empty.
    pub states: Vec<BoostState>,
    /// For this campaign; for any or none when none.
    pub campaign_id: Option<Uuid>,
    /// Of this post; of any or none when none.
    pub post_id: Option<Uuid>,
}

/// The promotions of a brand, newest first.
pub async fn boosts(
    context: &Context,
    brand_id: Uuid,
    filter: BoostFilter,
    page: Page,
) -> Result<Slice<ad_boost::Model>, Failure> {
    context.permit(Action::PromotionRead, brand_id).await?;
    let mut select = ad_boost::Entity::in_brand(brand_id);
    if !filter.states.is_empty() {
        select = select.filter(ad_boost::Column::State.is_in(filter.states));
    }
    if let Some(id) = filter.campaign_id {
        select = select.filter(ad_boost::Column::CampaignId.eq(id));
    }
    if let Some(id) = filter.post_id {
        select = select.filter(ad_boost::Column::PostId.eq(id));
    }
    newest_first(context, select, ad_boost::Column::Id, page).await
}

/// Promotions by id.
pub async fn boosts_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<ad_boost::Model>, Failure> {
    Ok(context.all(ad_boost::Entity::visible(ids.iter().copied())).await?)
}

/// A promotion with the right to do something, or the refusal.
async fn permitted(context: &Context, action: Action, boost_id: Uuid) -> Result<ad_boost::Model, Failure> {
    let row = context.one(ad_boost::Entity::visible([boost_id])).await?;
    let row = row.ok_or_else(|| UserError::at(Code::NotFound, "boostId"))?;
    context.permit(action, row.brand_id).await?;
    Ok(row)
}

/// A promotion with what was reported of its days, what was first reported last first.
pub async fn boost_days(
    context: &Context,
    boost_id: Uuid,
    page: Page,
) -> Result<(ad_boost::Model, Slice<ad_boost_day::Model>), Failure> {
    let boost = permitted(context, Action::PromotionRead, boost_id).await?;
    let select = ad_boost_day::Entity::in_brand(boost.brand_id).filter(ad_boost_day::Column::BoostId.eq(boost_id));
    let days = newest_first(context, select, ad_boost_day::Column::Id, page).await?;
    Ok((boost, days))
}

/// The promotion of which somebody reports.
pub(super) async fn boost_to_record(context: &Context, boost_id: Uuid) -> Result<ad_boost::Model, Failure> {
    permitted(context, Action::PromotionSpendRecord, boost_id).await
}
