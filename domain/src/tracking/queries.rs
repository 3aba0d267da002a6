//! Reading links, conversions and leads.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::tracking::conversion::ConversionKind;
use diwan_entity::tracking::lead::LeadState;
use diwan_entity::tracking::{conversion, conversion_touch, lead, tracked_link};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::conversion::is_known;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first, pattern};
use crate::permission::Action;

/// Which links are wanted.
#[derive(Debug, Clone, Default)]
pub struct LinkFilter {
    /// Of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Of this post.
    pub post_id: Option<Uuid>,
    /// Whose name or target holds this, in any case; up to 200 characters.
    pub search: Option<String>,
    /// Those that were put away, instead of those that were not.
    pub archived: bool,
}

/// The links of a brand, newest first.
pub async fn tracked_links(
    context: &Context,
    brand_id: Uuid,
    filter: LinkFilter,
    page: Page,
) -> Result<Slice<tracked_link::Model>, Failure> {
    context.permit(Action::TrackedLinkRead, brand_id).await?;
    let away = tracked_link::Column::ArchivedAt;
    let mut all = Condition::all().add(if filter.archived { away.is_not_null() } else { away.is_null() });
    if let Some(id) = filter.campaign_id {
        all = all.add(tracked_link::Column::CampaignId.eq(id));
    }
    if let Some(id) = filter.post_id {
        all = all.add(tracked_link::Column::PostId.eq(id));
    }
    if let Some(pattern) = pattern(filter.search.as_deref(), "filter.search")? {
        all = all.add(Expr::cust_with_values("name || ' ' || target_url ilike $1", [pattern]));
    }
    let select = tracked_link::Entity::in_brand(brand_id).filter(all);
    newest_first(context, select, tracked_link::Column::Id, page).await
}

/// Links by id, in the brands where the caller may read them.
pub async fn tracked_links_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<tracked_link::Model>, Failure> {
    let rows = context.all(tracked_link::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::TrackedLinkRead, row.brand_id)).collect())
}

/// Which conversions are wanted.
#[derive(Debug, Clone, Default)]
pub struct ConversionFilter {
    /// Of one of these kinds; of any when empty.
    pub kinds: Vec<ConversionKind>,
    /// From this source, 1 to 100 characters.
    pub source: Option<String>,
    /// At this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// The conversions of a brand, those that were recorded last first.
pub async fn conversions(
    context: &Context,
    brand_id: Uuid,
    filter: ConversionFilter,
    page: Page,
) -> Result<Slice<conversion::Model>, Failure> {
    context.permit(Action::ConversionRead, brand_id).await?;
    let mut wrong = Complaints::default();
    if let Some(source) = &filter.source {
        wrong.text("filter.source", source, 100);
    }
    for (path, at) in [("filter.from", filter.from), ("filter.to", filter.to)] {
        if at.is_some_and(|at| !is_known(at)) {
            wrong.add(UserError::at(Code::Invalid, path));
        }
    }
    wrong.check()?;
    let mut all = Condition::all();
    if !filter.kinds.is_empty() {
        all = all.add(conversion::Column::Kind.is_in(filter.kinds));
    }
    if let Some(source) = filter.source {
        all = all.add(conversion::Column::Source.eq(source.trim()));
    }
    if let Some(from) = filter.from {
        all = all.add(conversion::Column::OccurredAt.gte(from));
    }
    if let Some(to) = filter.to {
        all = all.add(conversion::Column::OccurredAt.lt(to));
    }
    let select = conversion::Entity::in_brand(brand_id).filter(all);
    newest_first(context, select, conversion::Column::Id, page).await
}

/// Conversions by id, in the brands where the caller may read them.
pub async fn conversions_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<conversion::Model>, Failure> {
    let rows = context.all(conversion::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ConversionRead, row.brand_id)).collect())
}

/// The touches of conversions that the caller has read, the earliest first.
pub async fn touches_of(context: &Context, conversions: &[Uuid]) -> Result<Vec<conversion_touch::Model>, Failure> {
    let select = conversion_touch::Entity::find()
        .filter(conversion_touch::Column::ConversionId.is_in(conversions.to_vec()))
        .order_by_asc(conversion_touch::Column::ConversionId)
        .order_by_asc(conversion_touch::Column::Position);
    let rows = context.all(select).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ConversionRead, row.brand_id)).collect())
}

/// The leads of a brand in one of these states, in any when empty; newest first.
pub async fn leads(
    context: &Context,
    brand_id: Uuid,
    states: Vec<LeadState>,
    page: Page,
) -> Result<Slice<lead::Model>, Failure> {
    context.permit(Action::LeadRead, brand_id).await?;
    let mut select = lead::Entity::in_brand(brand_id);
    if !states.is_empty() {
        select = select.filter(lead::Column::State.is_in(states));
    }
    newest_first(context, select, lead::Column::Id, page).await
}

/// Leads by id, in the brands where the caller may read them.
pub async fn leads_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<lead::Model>, Failure> {
    let rows = context.all(lead::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::LeadRead, row.brand_id)).collect())
}
