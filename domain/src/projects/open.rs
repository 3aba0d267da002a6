//! Opening a project, in the transaction of what opens it.

use diwan_entity::projects::project::{self, ProjectState};
use diwan_entity::projects::{project_campaign, work_item};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::plan::{ProjectPlan, WorkContent, numbered};
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::permission::Permit;
use crate::trust;

/// A project to open.
#[derive(Debug, Clone)]
pub(crate) struct NewProject {
    /// What it is planned to be.
    pub plan: ProjectPlan,
    /// What is to be done.
    pub scope: Vec<WorkContent>,
    /// The proposal that opens it.
    pub proposal_id: Uuid,
    /// What it may spend.
    pub budget_id: Uuid,
    /// Its campaigns.
    pub campaign_ids: Vec<Uuid>,
    /// On whose behalf it is opened.
    pub created_by: Uuid,
}

/// Opens a project with its work breakdown and its campaigns. Four statements, whatever their number. The caller has asked for the right.
pub(crate) async fn open_project(
    context: &Context,
    permit: Permit<'_>,
    new: NewProject,
) -> Result<project::Model, Failure> {
    let row = project::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        name: Set(new.plan.name),
        title: Set(new.plan.title),
        starts_on: Set(new.plan.starts_on),
        ends_on: Set(new.plan.ends_on),
        state: Set(ProjectState::Open),
        proposal_id: Set(Some(new.proposal_id)),
        budget_id: Set(Some(new.budget_id)),
        created_by: Set(new.created_by),
        owner_id: Set(None),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        closed_at: Set(None),
        lessons: Set(None),
        version: Set(1),
    };
    let row = project::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let places =
        numbered(&new.scope).map_err(|place| Fault::broken(format!("a scope that stands nowhere at {place}")))?;
    let ids: Vec<Uuid> = places.iter().map(|_| context.new_id()).collect();
    let items = new.scope.iter().zip(&places).zip(&ids).map(|((work, place), id)| work_item::ActiveModel {
        id: Set(*id),
        brand_id: Set(permit.brand_id),
        project_id: Set(row.id),
        parent_id: Set(place.parent.and_then(|parent| ids.get(parent)).copied()),
        position: Set(place.position),
        number: Set(place.number.clone()),
        title: Set(work.title.clone()),
        detail: Set(work.detail.clone()),
        created_at: Set(context.now),
    });
    let items: Vec<work_item::ActiveModel> = items.collect();
    if !items.is_empty() {
        work_item::Entity::insert_many(items).exec_without_returning(permit.tx()).await?;
    }
    let held = new.campaign_ids.iter().map(|campaign_id| project_campaign::ActiveModel {
        brand_id: Set(permit.brand_id),
        project_id: Set(row.id),
        campaign_id: Set(*campaign_id),
    });
    let held: Vec<project_campaign::ActiveModel> = held.collect();
    if !held.is_empty() {
        project_campaign::Entity::insert_many(held).exec_without_returning(permit.tx()).await?;
    }
    let detail = json!({ "proposal": new.proposal_id, "budget": new.budget_id, "campaigns": new.campaign_ids });
    trust::record(permit, context.now, "project.open", row.id, detail).await?;
    Ok(row)
}
