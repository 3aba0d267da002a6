//! The end of a brand: every row in every table and every stored file. The brand stays as a nameless row, to which its
//! audit trail refers.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::tenancy::brand;
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::{Action, Permit};
use crate::{calendar, contracts, insights, media, proposals, trust};

/// What is left of the name.
const NAMELESS: &str = "(deleted)";

/// Deletes a brand whose time has come.
#[derive(Debug)]
pub struct DeleteBrand;

#[async_trait]
impl Job for DeleteBrand {
    fn kind(&self) -> &'static str {
        "delete_brand"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        // Locked, so that an order that is being taken back is taken back.
        let row = brand::Entity::in_brand(scope.brand_id).lock_exclusive().one(scope.tx()).await?;
        let Some(row) = row.filter(|row| row.deletion_due_at.is_some_and(|due| due <= scope.now)) else {
            return scope.finish(Next::Done).await;
        };
        if row.deleted_at.is_none() {
            bury(&scope).await?;
        }
        let brand_id = scope.brand_id;
        // The files go once the rows are gone for good; this job's own row stays until then, so that it goes on here.
        scope.commit().await?;
        let kinds = [
            media::KINDS,
            calendar::PLAN_KINDS,
            &[insights::REPORT_KIND, insights::reports::FILE_KIND, proposals::PDF_KIND, contracts::CONTRACT_KIND],
        ]
        .concat();
        work.services.storage.remove_brand(brand_id, &kinds).await.map_err(crate::Fault::from)?;
        let scope = work.begin().await?;
        purge(&scope, None).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The brand stays archived with its time past; taking the order back and giving it again tries anew.
        Ok(())
    }

    /// The brand takes no more changes, and may be nameless by now: whoever may order its end may order it again.
    fn rerun_by(&self) -> Action {
        Action::BrandDelete
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

async fn bury(scope: &Scope) -> Result<(), JobError> {
    let rows = purge(scope, Some(scope.job_id())).await?;
    brand::Entity::update_many()
        .col_expr(brand::Column::Name, Expr::value(NAMELESS))
        .col_expr(brand::Column::DeletedAt, Expr::value(scope.now))
        .filter(brand::Column::Id.eq(scope.brand_id))
        .exec(scope.tx())
        .await?;
    let detail = serde_json::json!({ "rows": rows });
    trust::record(scope.permit().await?, scope.now, "brand.purge", scope.brand_id, detail).await?;
    Ok(())
}

async fn purge(scope: &Scope, but_job: Option<Uuid>) -> Result<i64, DbErr> {
    let values = [scope.brand_id.into(), but_job.into(), scope.now.into()];
    db::scalar(scope.tx(), "select app.purge_brand($1, $2, $3)", values).await
}
