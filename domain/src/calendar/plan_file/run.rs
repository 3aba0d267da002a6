//! Having a received plan looked at, or its posts made.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_import::{self, ImportState};
use diwan_entity::tenancy::app_user;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::trust;

/// How an import is run.
#[derive(Debug, Clone, Copy)]
pub struct ImportRun {
    /// Which import.
    pub import_id: Uuid,
    /// Whether only to look.
    pub dry_run: bool,
    /// Whether rows that must be mended are left out, instead of keeping all others from being made.
    pub skip_invalid: bool,
}

/// Has an import run. Nothing is made by a dry run, nor where a row must be mended and is not to be skipped; then it can be run
/// again.
pub async fn import_content_plan(context: &Context, run: ImportRun) -> Result<content_import::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "importId");
    let select = content_import::Entity::visible([run.import_id]);
    let import = context.one(select.clone().lock_exclusive()).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ContentImport, import.brand_id).await?;
    let state = match import.state {
        ImportState::Received | ImportState::Checked | ImportState::Failed => None,
        ImportState::AwaitingFile => Some("AWAITING_FILE"),
        ImportState::Queued => Some("QUEUED"),
        ImportState::Imported => Some("IMPORTED"),
    };
    if let Some(state) = state {
        return Err(UserError::at(Code::WrongState, "importId").text("state", state).into());
    }
    let person = permit.person()?;
    let user = app_user::Entity::find().filter(app_user::Column::Id.eq(person));
    let user = context.one(user).await?.ok_or_else(|| Fault::broken("somebody acts who is not there"))?;
    content_import::Entity::update_many()
        .col_expr(content_import::Column::State, Expr::value(ImportState::Queued))
        .col_expr(content_import::Column::DryRun, Expr::value(run.dry_run))
        .col_expr(content_import::Column::SkipInvalid, Expr::value(run.skip_invalid))
        .col_expr(content_import::Column::CalendarSystem, Expr::value(user.calendar_system))
        .col_expr(content_import::Column::RunBy, Expr::value(person))
        .col_expr(content_import::Column::FinishedAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .col_expr(content_import::Column::Error, Expr::value(Option::<String>::None))
        .filter(content_import::Column::BrandId.eq(import.brand_id))
        .filter(content_import::Column::Id.eq(import.id))
        .exec(permit.tx())
        .await?;
    enqueue(permit, super::ImportContentPlan.kind(), import.id, context.now, context.now).await?;
    let detail = serde_json::json!({ "dryRun": run.dry_run, "skipInvalid": run.skip_invalid });
    trust::record(permit, context.now, "content_import.run", import.id, detail).await?;
    Ok(context.one(select).await?.ok_or_else(not_there)?)
}
