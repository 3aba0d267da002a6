//! Beginning an approved campaign on its first day.

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use super::life::{Due, due, set_active};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Begins one campaign. Waits in the outbox until its first day.
#[derive(Debug)]
pub struct ActivateCampaign;

#[async_trait]
impl Job for ActivateCampaign {
    fn kind(&self) -> &'static str {
        "activate_campaign"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        match due(scope.tx(), (scope.brand_id, scope.subject_id()), scope.now).await? {
            Due::Never => scope.finish(Next::Done).await,
            Due::At(at) => scope.finish(Next::Again(at)).await,
            Due::Now(row) => {
                set_active(scope.permit().await?, *row, scope.now).await?;
                scope.finish(Next::Done).await
            }
        }
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The campaign is approved still, and begins by hand; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
