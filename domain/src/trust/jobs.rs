//! Jobs as people see them.

use diwan_entity::InBrand as _;
use diwan_entity::trust::job::{self, JobState};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::record;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, kinds, rerun_by};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::tenancy::DeleteBrand;

/// The jobs of these ids that the caller sees.
pub async fn jobs_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<job::Model>, Failure> {
    Ok(context.all(job::Entity::visible(ids.iter().copied())).await?)
}

/// The brand's jobs in these states, newest first; in any state when none is named.
pub async fn jobs(
    context: &Context,
    brand_id: Uuid,
    states: Vec<JobState>,
    page: Page,
) -> Result<Slice<job::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let mut select = job::Entity::in_brand(brand_id);
    if !states.is_empty() {
        select = select.filter(job::Column::State.is_in(states));
    }
    newest_first(context, select, job::Column::Id, page).await
}

/// Work that is no single brand's, newest first: letters, and the end of brands, which show nothing themselves any more. For those who may order a brand to be deleted.
pub async fn agency_jobs(context: &Context, states: Vec<JobState>, page: Page) -> Result<Slice<job::Model>, Failure> {
    context.permit_agency(Action::BrandDelete).await?;
    let own = Condition::any().add(job::Column::BrandId.is_null()).add(job::Column::Kind.eq(DeleteBrand.kind()));
    let mut select = job::Entity::find().filter(own);
    if !states.is_empty() {
        select = select.filter(job::Column::State.is_in(states));
    }
    newest_first(context, select, job::Column::Id, page).await
}

/// Runs a job again that was set aside.
pub async fn rerun_job(context: &Context, job_id: Uuid) -> Result<job::Model, Failure> {
    let job = context.one(job::Entity::visible([job_id]).lock_exclusive()).await?.ok_or(Code::NotFound)?;
    // The agency's own work says by itself how to go on, to those who see it: agency-wide levels.
    let brand_id = job.brand_id.ok_or_else(|| UserError::at(Code::NotRerunnable, "jobId"))?;
    let permit = context.permit(rerun_by(&job.kind), brand_id).await?;
    if job.state != JobState::SetAside {
        return Err(UserError::at(Code::WrongState, "jobId").text("state", job.state.to_value()).into());
    }
    let same = job::Entity::in_brand(brand_id)
        .filter(job::Column::Kind.eq(&job.kind))
        .filter(job::Column::SubjectId.eq(job.subject_id))
        .filter(job::Column::State.is_in([JobState::Pending, JobState::Handed, JobState::Running]));
    if context.one(same).await?.is_some() {
        return Err(UserError::at(Code::AlreadyExists, "jobId").into());
    }
    let kind = job.kind.clone();
    let known = kinds().into_iter().find(|known| known.kind() == kind);
    let revived = match known {
        Some(known) => known.revive(permit, job.subject_id).await?,
        None => false,
    };
    if !revived {
        return Err(UserError::at(Code::NotRerunnable, "jobId").into());
    }
    let mut row = job.into_active_model();
    row.state = Set(JobState::Pending);
    row.due_at = Set(context.now);
    row.failures = Set(0);
    row.finished_at = Set(None);
    let job = row.update(permit.tx()).await?;
    record(permit, context.now, "job.rerun", job.id, serde_json::json!({ "kind": kind })).await?;
    Ok(job)
}
