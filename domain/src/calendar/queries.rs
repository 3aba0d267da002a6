//! Reading calendars, assets, posts and variants. Row-level security decides what is seen; permissions are asked where a
//! brand's list is read.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::{asset, calendar, post_variant, variant_asset};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// The brand's calendars, newest first; archived ones instead of those that are used.
pub async fn calendars(
    context: &Context,
    brand_id: Uuid,
    archived: bool,
    page: Page,
) -> Result<Slice<calendar::Model>, Failure> {
    context.permit(Action::BrandRead, brand_id).await?;
    let at = calendar::Column::ArchivedAt;
    let select = calendar::Entity::in_brand(brand_id).filter(if archived { at.is_not_null() } else { at.is_null() });
    newest_first(context, select, calendar::Column::Id, page).await
}

/// Calendars by id.
pub async fn calendars_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<calendar::Model>, Failure> {
    Ok(context.all(calendar::Entity::visible(ids.iter().copied())).await?)
}

/// Assets by id.
pub async fn assets_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<asset::Model>, Failure> {
    Ok(context.all(asset::Entity::visible(ids.iter().copied())).await?)
}

/// Which posts are wanted.
#[derive(Debug, Clone, Default)]
pub struct PostFilter {
    /// In one of these states; any when empty.
    pub states: Vec<PostState>,
    /// In this calendar.
    pub calendar_id: Option<Uuid>,
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Due at this time or later.
    pub due_from: Option<DateTime<Utc>>,
    /// Due before this time.
    pub due_before: Option<DateTime<Utc>>,
}

/// The brand's posts, newest first.
pub async fn posts(
    context: &Context,
    brand_id: Uuid,
    filter: PostFilter,
    page: Page,
) -> Result<Slice<post::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    let mut select = post::Entity::in_brand(brand_id);
    if !filter.states.is_empty() {
        select = select.filter(post::Column::State.is_in(filter.states));
    }
    if let Some(calendar_id) = filter.calendar_id {
        select = select.filter(post::Column::CalendarId.eq(calendar_id));
    }
    if let Some(campaign_id) = filter.campaign_id {
        select = select.filter(post::Column::CampaignId.eq(campaign_id));
    }
    if let Some(from) = filter.due_from {
        select = select.filter(post::Column::DueAt.gte(from));
    }
    if let Some(before) = filter.due_before {
        select = select.filter(post::Column::DueAt.lt(before));
    }
    newest_first(context, select, post::Column::Id, page).await
}

/// Posts by id.
pub async fn posts_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<post::Model>, Failure> {
    Ok(context.all(post::Entity::visible(ids.iter().copied())).await?)
}

/// The variants of these posts, in the order in which they were written.
pub async fn variants_of_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<post_variant::Model>, Failure> {
    let select = post_variant::Entity::find()
        .filter(post_variant::Column::PostId.is_in(post_ids.iter().copied()))
        .order_by_asc(post_variant::Column::Id);
    Ok(context.all(select).await?)
}

/// Variants by id.
pub async fn variants_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<post_variant::Model>, Failure> {
    Ok(context.all(post_variant::Entity::visible(ids.iter().copied())).await?)
}

/// Which assets these variants show, in order.
pub async fn variant_assets(context: &Context, variant_ids: &[Uuid]) -> Result<Vec<variant_asset::Model>, Failure> {
    let select = variant_asset::Entity::find()
        .filter(variant_asset::Column::VariantId.is_in(variant_ids.iter().copied()))
        .order_by_asc(variant_asset::Column::Position);
    Ok(context.all(select).await?)
}
