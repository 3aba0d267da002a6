//! Reading projects and what belongs to them.

use diwan_entity::InBrand as _;
use diwan_entity::projects::project::{self, ProjectState};
use diwan_entity::projects::{project_campaign, work_item};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// Which projects are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProjectFilter {
    /// In this state; in any when none.
    pub state: Option<ProjectState>,
}

/// The projects of a brand, newest first.
pub async fn projects(
    context: &Context,
    brand_id: Uuid,
    filter: ProjectFilter,
    page: Page,
) -> Result<Slice<project::Model>, Failure> {
    context.permit(Action::ProjectRead, brand_id).await?;
    let mut select = project::Entity::in_brand(brand_id);
    if let Some(state) = filter.state {
        select = select.filter(project::Column::State.eq(state));
    }
    newest_first(context, select, project::Column::Id, page).await
}

/// Projects by id.
pub async fn projects_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<project::Model>, Failure> {
    Ok(context.all(project::Entity::visible(ids.iter().copied())).await?)
}

/// Parts of work breakdowns by id.
pub async fn work_items_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<work_item::Model>, Failure> {
    Ok(context.all(work_item::Entity::visible(ids.iter().copied())).await?)
}

/// The work breakdowns of these projects, each part followed by what is below it.
pub async fn work_items_of_projects(context: &Context, ids: &[Uuid]) -> Result<Vec<work_item::Model>, Failure> {
    let select = work_item::Entity::find().filter(work_item::Column::ProjectId.is_in(ids.iter().copied()));
    let mut rows = context.all(select).await?;
    // Numbers are compared part by part: 1.10 comes after 1.9.
    let parts =
        |row: &work_item::Model| -> Vec<u32> { row.number.split('.').filter_map(|part| part.parse().ok()).collect() };
    rows.sort_by_cached_key(|row| (row.project_id, parts(row)));
    Ok(rows)
}

/// The campaigns of these projects.
pub async fn campaigns_of_projects(context: &Context, ids: &[Uuid]) -> Result<Vec<project_campaign::Model>, Failure> {
    let select = project_campaign::Entity::find()
        .filter(project_campaign::Column::ProjectId.is_in(ids.iter().copied()))
        .order_by_asc(project_campaign::Column::CampaignId);
    Ok(context.all(select).await?)
}
