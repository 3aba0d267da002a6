//! Reading templates and hashtag sets.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::{content_template, hashtag_set};
use sea_orm::QueryFilter as _;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition};
use uuid::Uuid;

use super::shelf::Kept;
use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first, pattern};
use crate::permission::Action;

/// Those in use or those that were put away, and of these what holds the text that is looked for.
fn filter<E: Kept>(archived: bool, search: Option<&str>, holds: &'static str) -> Result<Condition, Failure> {
    let away = E::ARCHIVED_AT;
    let all = Condition::all().add(if archived { away.is_not_null() } else { away.is_null() });
    let holds = |pattern| -> SimpleExpr { Expr::cust_with_values(holds, [pattern]) };
    Ok(all.add_option(pattern(search, "search")?.map(holds)))
}

/// The templates of a brand, newest first. `search`: whose name, description or text holds this, in any case.
pub async fn content_templates(
    context: &Context,
    brand_id: Uuid,
    (archived, search): (bool, Option<&str>),
    page: Page,
) -> Result<Slice<content_template::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let holds = "name || ' ' || description || ' ' || text ilike $1";
    let all = filter::<content_template::Entity>(archived, search, holds)?;
    newest_first(context, content_template::Entity::in_brand(brand_id).filter(all), content_template::Column::Id, page)
        .await
}

/// Templates by id.
pub async fn content_templates_by_ids(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<content_template::Model>, Failure> {
    Ok(context.all(content_template::Entity::visible(ids.iter().copied())).await?)
}

/// The hashtag sets of a brand, newest first. `search`: whose name or hashtags hold this, in any case.
pub async fn hashtag_sets(
    context: &Context,
    brand_id: Uuid,
    (archived, search): (bool, Option<&str>),
    page: Page,
) -> Result<Slice<hashtag_set::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let holds = "name || ' #' || array_to_string(hashtags, ' #') ilike $1";
    let all = filter::<hashtag_set::Entity>(archived, search, holds)?;
    newest_first(context, hashtag_set::Entity::in_brand(brand_id).filter(all), hashtag_set::Column::Id, page).await
}

/// Hashtag sets by id.
pub async fn hashtag_sets_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<hashtag_set::Model>, Failure> {
    Ok(context.all(hashtag_set::Entity::visible(ids.iter().copied())).await?)
}
