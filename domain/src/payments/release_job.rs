//! The day of a payment has come.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::payments::payment::{self, PaymentState};
use sea_orm::DbErr;
use uuid::Uuid;

use super::content::due_at;
use super::unblock::unblock;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Makes one payment due whose day has come, where nothing else holds it back. Waits in the outbox until then.
#[derive(Debug)]
pub struct ReleasePayment;

#[async_trait]
impl Job for ReleasePayment {
    fn kind(&self) -> &'static str {
        "release_payment"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let row = payment::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(row) = row.filter(|row| row.state == PaymentState::Blocked) else {
            return scope.finish(Next::Done).await;
        };
        let permit = scope.permit().await?;
        // The day may have been moved meanwhile.
        if let Some(at) = due_at(permit, row.due_on).await?.filter(|at| *at > scope.now) {
            return scope.finish(Next::Again(at)).await;
        }
        unblock(permit, scope.now, row.contract_id).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // It is blocked still, and asked again with whatever else happens to its contract; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
