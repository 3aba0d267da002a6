//! What feeds brought.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::curation::source_item;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust;

/// Which items.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Only of this feed.
    pub source_id: Option<Uuid>,
    /// Those that were put away, instead of those that were not.
    pub dismissed: bool,
}

/// What the feeds of a brand brought, newest first.
pub async fn items(
    context: &Context,
    brand_id: Uuid,
    filter: ItemFilter,
    page: Page,
) -> Result<Slice<source_item::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let mut select = source_item::Entity::in_brand(brand_id).filter(if filter.dismissed {
        source_item::Column::DismissedAt.is_not_null()
    } else {
        source_item::Column::DismissedAt.is_null()
    });
    if let Some(id) = filter.source_id {
        select = select.filter(source_item::Column::SourceId.eq(id));
    }
    newest_first(context, select, source_item::Column::Id, page).await
}

/// Items by id.
pub async fn items_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<source_item::Model>, Failure> {
    Ok(context.all(source_item::Entity::visible(ids.iter().copied())).await?)
}

/// Puts an item away, or takes it up again.
pub async fn dismiss_item(context: &Context, id: Uuid, dismissed: bool) -> Result<source_item::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "itemId");
    let row = context.one(source_item::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::SourceItemDismiss, row.brand_id).await?;
    let at: Option<DateTime<Utc>> = dismissed.then(|| row.dismissed_at.unwrap_or(context.now));
    source_item::Entity::update_many()
        .col_expr(source_item::Column::DismissedAt, Expr::value(at))
        .filter(source_item::Column::BrandId.eq(row.brand_id))
        .filter(source_item::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "source_item.dismiss", row.id, json!({ "dismissed": dismissed })).await?;
    Ok(context.one(source_item::Entity::visible([id])).await?.ok_or_else(not_there)?)
}
