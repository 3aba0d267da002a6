//! Finding out an hour before something is due whether its account still works, while there is time to mend it.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{ErrorKind, Limits, NOT_OFFERED, NetworkError};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::accounts::{Unusable, Usable, needs_reconnect};
use super::refresh::usable_account;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue_each};
use crate::permission::Permit;

/// How long before something is due its account is checked. What is due until then needs no check of its own.
const AHEAD: Duration = Duration::hours(1);

/// What is due sooner than this after it was planned is not checked before: its publication finds out in time.
const SOONEST: Duration = Duration::minutes(10);

/// How long after a network was away it is asked again.
const AGAIN: Duration = Duration::minutes(5);

/// Checks an account when something is due within the hour, and then waits for what is due next on it.
#[derive(Debug)]
pub struct CheckConnection;

/// What a check came to.
enum Checked {
    /// The account works, with these limits where the network has just told them.
    Works(Option<Limits>),
    /// A person must connect it again; the team has been told.
    Broken,
    /// The network does not tell now.
    Later(Duration),
}

/// Asks for checks of accounts on which something is planned, in one statement.
pub(super) async fn check_before(
    now: DateTime<Utc>,
    planned: impl IntoIterator<Item = (Permit<'_>, Uuid, DateTime<Utc>)>,
) -> Result<(), DbErr> {
    let mut first: HashMap<Uuid, (Permit<'_>, DateTime<Utc>)> = HashMap::new();
    for (permit, account_id, due_at) in planned.into_iter().filter(|(.., due_at)| *due_at - now > SOONEST) {
        let known = first.entry(account_id).or_insert((permit, due_at));
        known.1 = known.1.min(due_at);
    }
    let mut wanted: Vec<_> =
        first.into_iter().map(|(id, (permit, due_at))| (permit, id, (due_at - AHEAD).max(now))).collect();
    wanted.sort_unstable_by_key(|(_, id, _)| *id);
    enqueue_each(CheckConnection.kind(), &wanted, now).await
}

#[async_trait]
impl Job for CheckConnection {
    fn kind(&self) -> &'static str {
        "check_connection"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let row = social_account::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(row) = row.filter(|row| row.state == AccountState::Connected) else {
            return scope.finish(Next::Done).await;
        };
        let covered = row.checked_at.map_or(scope.now, |at| (at + AHEAD).max(scope.now));
        let Some(due_at) = due_after(&scope, &row, covered).await? else {
            return scope.finish(Next::Done).await;
        };
        let at = (due_at - AHEAD).max(row.closed_until.unwrap_or(scope.now));
        if at > scope.now {
            return scope.finish(Next::Again(at)).await;
        }
        scope.commit().await?;
        let checked = check(work, &row).await?;
        let scope = work.begin().await?;
        let covered = match checked {
            Checked::Broken => return scope.finish(Next::Done).await,
            // While there is time for another try, and an answer would still be worth something.
            Checked::Later(wait) if scope.now + wait < due_at => {
                let at = scope.now + wait;
                return scope.finish(Next::Again(at)).await;
            }
            Checked::Later(_) => due_at,
            Checked::Works(limits) => {
                write(&scope, &row, limits).await?;
                scope.now + AHEAD
            }
        };
        match due_after(&scope, &row, covered).await? {
            Some(due_at) => {
                let at = (due_at - AHEAD).max(scope.now);
                scope.finish(Next::Again(at)).await
            }
            None => scope.finish(Next::Done).await,
        }
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What is due finds out by itself; the job shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// When the first of what is scheduled on the account is due after this moment.
async fn due_after(
    scope: &Scope,
    row: &social_account::Model,
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, JobError> {
    let sql = "select min(due_at) from publication
      where brand_id = $1 and social_account_id = $2 and state in ('SCHEDULED', 'QUEUED', 'SENDING')
        and due_at > $3";
    Ok(db::scalar(scope.tx(), sql, [row.brand_id.into(), row.id.into(), after.into()]).await?)
}

async fn check(work: &Work, row: &social_account::Model) -> Result<Checked, JobError> {
    let (usable, error) = match usable_account(work, row).await? {
        Ok(usable) => {
            let Usable { network, account, .. } = &usable;
            match network.check(work.services.outside(*network), account).await {
                Ok(limits) => return Ok(Checked::Works(limits)),
                Err(error) => (Some(usable), error),
            }
        }
        Err(Unusable::NeedsReconnect) => return Ok(Checked::Broken),
        Err(Unusable::Network(error)) => (None, error),
    };
    tracing::info!(account_id = %row.id, error = %error, "an account was checked before something is due on it");
    match (error.kind, usable) {
        (ErrorKind::Reconnect, Some(usable)) => {
            let scope = work.begin().await?;
            let marked = needs_reconnect(&scope, row, &usable.sealed, &error.to_string()).await?;
            scope.commit().await?;
            // Where somebody renewed it meanwhile, that is what is to be checked.
            Ok(if marked { Checked::Broken } else { Checked::Later(Duration::seconds(1)) })
        }
        // It has no way to tell, and that it answered is all there is to know.
        _ if error.code == NOT_OFFERED => Ok(Checked::Works(None)),
        _ => Ok(later(&error)),
    }
}

fn later(error: &NetworkError) -> Checked {
    let asked = error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).unwrap_or_default();
    Checked::Later(asked.clamp(AGAIN, Duration::days(7)))
}

/// Writes that the account works.
async fn write(scope: &Scope, row: &social_account::Model, limits: Option<Limits>) -> Result<(), JobError> {
    let mut update = social_account::Entity::update_many()
        .col_expr(social_account::Column::CheckedAt, Expr::value(scope.now))
        .filter(social_account::Column::BrandId.eq(row.brand_id))
        .filter(social_account::Column::Id.eq(row.id));
    if let Some(limits) = limits {
        let limits = serde_json::to_value(limits).map_err(|_| Fault::broken("limits cannot be written"))?;
        update = update.col_expr(social_account::Column::Limits, Expr::value(limits));
    }
    update.exec(scope.tx()).await?;
    Ok(())
}
