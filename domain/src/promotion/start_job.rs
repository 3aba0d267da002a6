//! Beginning an approved promotion on its first day.

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use super::life::{due, set_running};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Begins one promotion. Waits in the outbox until its first day, which does not change any more.
#[derive(Debug)]
pub struct StartBoost;

#[async_trait]
impl Job for StartBoost {
    fn kind(&self) -> &'static str {
        "start_boost"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        if let Some(row) = due(scope.tx(), (scope.brand_id, scope.subject_id())).await? {
            set_running(scope.permit().await?, row, scope.now).await?;
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The promotion is approved still, and begins by hand; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
