//! Archiving a brand, bringing it back, ordering its end, and taking the order back.

use chrono::Duration;
use diwan_entity::tenancy::brand;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use uuid::Uuid;

use super::brands::{lock_brand, refuse_taken_name};
use super::{DeleteBrand, agency};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::permission::{Action, Permit};
use crate::{publishing, trust};

/// A brand that is archived as it should be or should not be; `state` says what it is instead.
fn wrong_state(state: &'static str) -> Failure {
    UserError::at(Code::WrongState, "brandId").text("state", state).into()
}

/// Archives a brand: what is planned is taken off the schedule, what is being sent ends by itself, and nothing else changes
/// in it from then on.
pub async fn archive_brand(context: &Context, brand_id: Uuid) -> Result<brand::Model, Failure> {
    let row = lock_brand(context, brand_id).await?;
    let permit = context.permit(Action::BrandArchive, brand_id).await?;
    if row.archived_at.is_some() {
        return Err(wrong_state("ARCHIVED"));
    }
    let taken_off = publishing::unschedule_all(context, permit).await?;
    let mut changed = row.into_active_model();
    changed.archived_at = Set(Some(context.now));
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "publications_taken_off": taken_off });
    trust::record(permit, context.now, "brand.archive", brand_id, detail).await?;
    Ok(row)
}

/// Brings an archived brand back. What was taken off the schedule is planned anew by people.
pub async fn restore_brand(context: &Context, brand_id: Uuid) -> Result<brand::Model, Failure> {
    let row = lock_brand(context, brand_id).await?;
    let permit = context.permit(Action::BrandArchive, brand_id).await?;
    if row.archived_at.is_none() {
        return Err(wrong_state("ACTIVE"));
    }
    if row.deletion_due_at.is_some() {
        return Err(wrong_state("TO_BE_DELETED"));
    }
    refuse_taken_name(context, &row.name, Some(row.id)).await?;
    let mut changed = row.into_active_model();
    changed.archived_at = Set(None);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "brand.restore", brand_id, serde_json::json!({})).await?;
    Ok(row)
}

/// Orders an archived brand to be deleted after the agency's days of grace.
pub async fn delete_brand(context: &Context, brand_id: Uuid) -> Result<brand::Model, Failure> {
    let row = lock_brand(context, brand_id).await?;
    let permit = context.permit(Action::BrandDelete, brand_id).await?;
    if row.archived_at.is_none() {
        return Err(wrong_state("ACTIVE"));
    }
    if row.deletion_due_at.is_some() {
        return Err(wrong_state("TO_BE_DELETED"));
    }
    let due_at = context.now + Duration::days(agency(context).await?.deletion_grace_days.into());
    let row = set_due(permit, row, Some(due_at)).await?;
    enqueue(permit, DeleteBrand.kind(), brand_id, due_at, context.now).await?;
    trust::record(permit, context.now, "brand.delete", brand_id, serde_json::json!({ "due_at": due_at })).await?;
    Ok(row)
}

/// Takes the order to delete a brand back: it stays archived.
pub async fn keep_brand(context: &Context, brand_id: Uuid) -> Result<brand::Model, Failure> {
    let row = lock_brand(context, brand_id).await?;
    let permit = context.permit(Action::BrandDelete, brand_id).await?;
    if row.deletion_due_at.is_none() {
        return Err(wrong_state(if row.archived_at.is_some() { "ARCHIVED" } else { "ACTIVE" }));
    }
    let row = set_due(permit, row, None).await?;
    cancel(permit, DeleteBrand.kind(), &[brand_id], context.now).await?;
    trust::record(permit, context.now, "brand.keep", brand_id, serde_json::json!({})).await?;
    Ok(row)
}

async fn set_due(
    permit: Permit<'_>,
    row: brand::Model,
    due_at: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<brand::Model, Failure> {
    let mut changed = row.into_active_model();
    changed.deletion_due_at = Set(due_at);
    Ok(changed.update(permit.tx()).await?)
}
