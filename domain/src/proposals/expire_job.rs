//! The end of a proposal that nobody answered.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::proposals::proposal::{self, ProposalState};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DbErr, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::letters::{News, tell_sender};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::trust;

/// Ends one proposal when its last day is over. Waits in the outbox until then; whoever answers meanwhile is measured by the clock, not
/// by this job.
#[derive(Debug)]
pub struct ExpireProposal;

#[async_trait]
impl Job for ExpireProposal {
    fn kind(&self) -> &'static str {
        "expire_proposal"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let select = proposal::Entity::one_in_brand(scope.brand_id, scope.subject_id()).lock_exclusive();
        let open = |row: &proposal::Model| matches!(row.state, ProposalState::Sent | ProposalState::Viewed);
        let found = select.one(scope.tx()).await?.filter(open);
        let Some((row, expires_at)) = found.and_then(|row| row.expires_at.map(|at| (row, at))) else {
            return scope.finish(Next::Done).await;
        };
        if expires_at > scope.now {
            return scope.finish(Next::Again(expires_at)).await;
        }
        let changed = proposal::ActiveModel {
            state: Set(ProposalState::Expired),
            ended_at: Set(Some(expires_at)),
            updated_at: Set(scope.now),
            ..row.into_active_model()
        };
        let row = changed.update(scope.tx()).await?;
        tell_sender(scope.tx(), &work.services, scope.now, &row, News::Expired).await?;
        trust::record(scope.permit().await?, scope.now, "proposal.expire", row.id, json!({})).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // It cannot be accepted past its time in any case; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
