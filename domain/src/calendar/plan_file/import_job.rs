//! Running an import: the file is read off the async threads, and what comes of it is written in one transaction.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_import::{self, ImportState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait as _, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::RowOutcome;
use super::apply::{known_rows, make};
use super::plan::{Ground, check};
use super::receive::READS;
use super::request::import_key;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Runs one import.
#[derive(Debug)]
pub struct ImportContentPlan;

#[async_trait]
impl Job for ImportContentPlan {
    fn kind(&self) -> &'static str {
        "import_content_plan"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = content_import::Entity::one_in_brand(scope.brand_id, work.claim.subject_id).one(scope.tx()).await?;
        let Some(import) = found.filter(|import| import.state == ImportState::Queued) else {
            return scope.finish(Next::Done).await;
        };
        scope.commit().await?;
        let bytes = work.services.storage.get(import_key(import.brand_id, import.id)).await.map_err(Fault::from)?;
        let turn = READS.acquire().await.map_err(|_| Fault::broken("no more plans are read"))?;
        let table = tokio::task::spawn_blocking(move || super::read::read(&bytes))
            .await
            .map_err(|error| Fault::broken(format!("reading a plan ended badly: {error}")))?
            // It was read before it was counted.
            .map_err(|error| Fault::broken(format!("a plan that was received cannot be read: {error:?}")))?;
        drop(turn);
        let scope = work.begin().await?;
        // Whoever had it run makes the posts: their right was asked then.
        let permit = Permit { actor_id: import.run_by, ..scope.permit().await? };
        let ground = Ground::load(permit, import.calendar_system, scope.now).await?;
        let mut plan = ground.plan(&table);
        known_rows(permit, &import, &mut plan).await?;
        check(permit, &ground, &mut plan).await?;
        let count = |outcome| plan.reports.iter().filter(|report| report.outcome == outcome).count();
        let (refused, known) = (count(RowOutcome::Refused), count(RowOutcome::Known));
        let posts = plan.posts.len();
        let write = !import.dry_run && (refused == 0 || import.skip_invalid);
        if write {
            make(permit, &import, scope.now, &mut plan).await?;
        }
        let report =
            serde_json::to_value(&plan.reports).map_err(|error| Fault::broken(format!("a report: {error}")))?;
        let number = |count: usize| i32::try_from(count).map_err(|_| Fault::broken("rows beyond their limit"));
        let sql =
            "update content_import set state = $3, finished_at = $4, posts = $5, refused = $6, known = $7, report = $8
          where brand_id = $1 and id = $2";
        let values = [
            import.brand_id.into(),
            import.id.into(),
            (if write { "IMPORTED" } else { "CHECKED" }).into(),
            scope.now.into(),
            number(posts)?.into(),
            number(refused)?.into(),
            number(known)?.into(),
            report.into(),
        ];
        scope.tx().execute_raw(db::statement(sql, values)).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        content_import::Entity::update_many()
            .col_expr(content_import::Column::State, Expr::value(ImportState::Failed))
            .col_expr(content_import::Column::FinishedAt, Expr::value(scope.now))
            .col_expr(content_import::Column::Error, Expr::value("GAVE_UP"))
            .filter(content_import::Column::Id.eq(scope.subject_id()))
            .filter(content_import::Column::State.eq(ImportState::Queued))
            .exec(scope.tx())
            .await?;
        Ok(())
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        let revived = content_import::Entity::update_many()
            .col_expr(content_import::Column::State, Expr::value(ImportState::Queued))
            .col_expr(content_import::Column::FinishedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(content_import::Column::Error, Expr::value(Option::<String>::None))
            .filter(content_import::Column::BrandId.eq(permit.brand_id))
            .filter(content_import::Column::Id.eq(subject_id))
            .filter(content_import::Column::State.eq(ImportState::Failed))
            .exec(permit.tx())
            .await?;
        Ok(revived.rows_affected > 0)
    }
}
