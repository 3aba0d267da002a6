//! Renewing an account that nobody uses, before its secrets die.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account::{self, AccountState};
use sea_orm::DbErr;
use uuid::Uuid;

use super::accounts::Unusable;
use super::refresh::usable_account;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// How long after a network found nothing to renew, or could not, it is asked again.
const AGAIN: Duration = Duration::hours(1);

/// Renews an account when its secrets are due for it (`social_account.refresh_due_at`). Waits in the outbox until then; whoever renews
/// the account meanwhile moves the time.
#[derive(Debug)]
pub struct KeepAccount;

#[async_trait]
impl Job for KeepAccount {
    fn kind(&self) -> &'static str {
        "keep_account"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some((row, due)) = to_renew(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        if due > scope.now {
            return scope.finish(Next::Again(due)).await;
        }
        scope.commit().await?;
        let pause = match usable_account(work, &row).await? {
            Ok(_) | Err(Unusable::NeedsReconnect) => AGAIN,
            Err(Unusable::Network(error)) => {
                tracing::info!(account_id = %row.id, error = %error, "an account that nobody uses could not be renewed");
                error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).unwrap_or_default().max(AGAIN)
            }
        };
        let scope = work.begin().await?;
        let next = match to_renew(&scope).await? {
            Some((_, due)) => Next::Again(if due > scope.now { due } else { scope.now + pause }),
            None => Next::Done,
        };
        scope.finish(next).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The account works until its secrets die; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// The account and when it is due to be renewed; none where that is never.
async fn to_renew(scope: &Scope) -> Result<Option<(social_account::Model, DateTime<Utc>)>, JobError> {
    let row = social_account::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
    let row = row.filter(|row| row.state == AccountState::Connected);
    Ok(row.and_then(|row| Some((row.refresh_due_at?, row))).map(|(due, row)| (row, due)))
}
