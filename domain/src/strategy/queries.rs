//! Reading a strategy.

use diwan_entity::InBrand;
use diwan_entity::strategy::objective::ObjectiveKind;
use diwan_entity::strategy::{
    brand_profile, challenge, channel_choice, content_pillar, content_plan, kpi, objective, persona,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// A table whose rows can be put away.
pub trait Archivable: InBrand {
    /// Since when a row is away.
    const ARCHIVED_AT: Self::Column;
}

impl Archivable for persona::Entity {
    const ARCHIVED_AT: persona::Column = persona::Column::ArchivedAt;
}
impl Archivable for challenge::Entity {
    const ARCHIVED_AT: challenge::Column = challenge::Column::ArchivedAt;
}
impl Archivable for objective::Entity {
    const ARCHIVED_AT: objective::Column = objective::Column::ArchivedAt;
}
impl Archivable for kpi::Entity {
    const ARCHIVED_AT: kpi::Column = kpi::Column::ArchivedAt;
}
impl Archivable for content_pillar::Entity {
    const ARCHIVED_AT: content_pillar::Column = content_pillar::Column::ArchivedAt;
}
impl Archivable for channel_choice::Entity {
    const ARCHIVED_AT: channel_choice::Column = channel_choice::Column::ArchivedAt;
}
impl Archivable for content_plan::Entity {
    const ARCHIVED_AT: content_plan::Column = content_plan::Column::ArchivedAt;
}

/// The brand's things of one kind, newest first: those in use, or those that were put away.
pub async fn items<E: Archivable>(
    context: &Context,
    brand_id: Uuid,
    archived: bool,
    page: Page,
) -> Result<Slice<E::Model>, Failure>
where
    E::Model: Send,
{
    context.permit(Action::StrategyRead, brand_id).await?;
    let away = if archived { E::ARCHIVED_AT.is_not_null() } else { E::ARCHIVED_AT.is_null() };
    newest_first(context, E::in_brand(brand_id).filter(away), E::ID, page).await
}

/// What the brand wants, newest first: of one kind or of any.
pub async fn objectives(
    context: &Context,
    brand_id: Uuid,
    kind: Option<ObjectiveKind>,
    archived: bool,
    page: Page,
) -> Result<Slice<objective::Model>, Failure> {
    context.permit(Action::StrategyRead, brand_id).await?;
    let away = objective::Column::ArchivedAt;
    let away = if archived { away.is_not_null() } else { away.is_null() };
    let mut select = objective::Entity::in_brand(brand_id).filter(away);
    if let Some(kind) = kind {
        select = select.filter(objective::Column::Kind.eq(kind));
    }
    newest_first(context, select, objective::Column::Id, page).await
}

/// Things of one kind by id.
pub async fn by_ids<E: InBrand>(context: &Context, ids: &[Uuid]) -> Result<Vec<E::Model>, Failure>
where
    E::Model: Send,
{
    Ok(context.all(E::visible(ids.iter().copied())).await?)
}

/// Profiles by id, in any version.
pub async fn profiles_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<brand_profile::Model>, Failure> {
    by_ids::<brand_profile::Entity>(context, ids).await
}

/// The live narrower audiences within these, oldest first.
pub async fn sub_targets_of_personas(context: &Context, ids: &[Uuid]) -> Result<Vec<persona::Model>, Failure> {
    let select = persona::Entity::find()
        .filter(persona::Column::ParentId.is_in(ids.iter().copied()))
        .filter(persona::Column::ArchivedAt.is_null())
        .order_by_asc(persona::Column::Id);
    Ok(context.all(select).await?)
}

/// What stands under these objectives and is in use, oldest first.
pub async fn children_of_objectives(context: &Context, ids: &[Uuid]) -> Result<Vec<objective::Model>, Failure> {
    let select = objective::Entity::find()
        .filter(objective::Column::ParentId.is_in(ids.iter().copied()))
        .filter(objective::Column::ArchivedAt.is_null())
        .order_by_asc(objective::Column::Id);
    Ok(context.all(select).await?)
}

/// The live KPIs that measure these objectives, oldest first.
pub async fn kpis_of_objectives(context: &Context, ids: &[Uuid]) -> Result<Vec<kpi::Model>, Failure> {
    let select = kpi::Entity::find()
        .filter(kpi::Column::ObjectiveId.is_in(ids.iter().copied()))
        .filter(kpi::Column::ArchivedAt.is_null())
        .order_by_asc(kpi::Column::Id);
    Ok(context.all(select).await?)
}
