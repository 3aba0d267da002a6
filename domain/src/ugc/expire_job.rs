//! The end of a grant's term.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::ugc::ugc_grant::{self, GrantState};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DbErr, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing;
use crate::trust;

/// Ends a grant whose term is over, and takes what it covered off the schedule. It is about the grant.
#[derive(Debug)]
pub struct ExpireUgcGrant;

#[async_trait]
impl Job for ExpireUgcGrant {
    fn kind(&self) -> &'static str {
        "expire_ugc_grant"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let select = ugc_grant::Entity::one_in_brand(scope.brand_id, scope.subject_id()).lock_exclusive();
        let found = select.one(scope.tx()).await?.filter(|row| row.state == GrantState::Granted);
        let Some((row, ends_at)) = found.and_then(|row| row.ends_at.map(|ends_at| (row, ends_at))) else {
            return scope.finish(Next::Done).await;
        };
        if ends_at > scope.now {
            return scope.finish(Next::Again(ends_at)).await;
        }
        let permit = scope.permit().await?;
        let version = row.version + 1;
        let ended = ugc_grant::ActiveModel {
            state: Set(GrantState::Expired),
            ended_at: Set(Some(ends_at)),
            version: Set(version),
            ..row.into_active_model()
        };
        let row = ended.update(scope.tx()).await?;
        let stopped = publishing::withhold_without_grant(permit, scope.now, row.asset_id).await?;
        let detail = json!({ "asset": row.asset_id, "publications": stopped });
        trust::record(permit, scope.now, "ugc_grant.expire", row.id, detail).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The term is looked at before anything is sent, and this job is there to be run again.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
