//! Renewing an account's secrets: by one worker at a time, whichever machine it is on.
//!
//! Many networks take a refresh token once. Of two that use it at the same time one is refused, and some networks end the whole
//! authorization for it. So whoever renews takes the right to it in PostgreSQL first (`refreshing_by`, `refreshing_until`), and no
//! transaction is open while the network is asked. Others wait, also where the token in hand might still do: a network may end it the
//! moment it gives a new one.
//!
//! Where the answer is lost (no answer, a crash), nobody knows whether the old refresh token still counts. It is tried again once the
//! right has run out; a network that has taken it refuses it then, and a person connects the account again.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{ErrorKind, NetworkError};
use diwan_platform::db;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect as _};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::accounts::{Unusable, Usable, needs_reconnect, opened, place, seal};
use super::keep_account_job::KeepAccount;
use crate::error::Fault;
use crate::jobs::{Job as _, JobError, Work, enqueue};
use crate::permission::Permit;

/// How often somebody who waits for another's renewal looks whether it has come.
const LOOK: StdDuration = StdDuration::from_millis(250);

/// How often what a network gave is tried to be kept while the database is away, a second apart.
const TRIES: u32 = 10;

/// The network and the account, its secrets opened, and renewed if they are about to expire. May call the network, so no transaction
/// may be open.
pub async fn usable_account(work: &Work, row: &social_account::Model) -> Result<Result<Usable, Unusable>, JobError> {
    let Some(usable) = opened(&work.services.keys, row)? else {
        return Ok(Err(Unusable::NeedsReconnect));
    };
    if !usable.network.is_stale(&usable.account, work.services.now()) {
        return Ok(Ok(usable));
    }
    // Whoever holds the right lets it go, or has fallen silent: then it runs out with what would be its lease.
    let patience = work.services.timing.lease.to_std().unwrap_or_default() + LOOK * 4;
    let until = Instant::now() + patience;
    loop {
        match take_right(work, row).await? {
            Right::Ours(usable) => return renew(work, row, *usable).await,
            Right::Renewed(usable) => return Ok(Ok(*usable)),
            Right::Gone => return Ok(Err(Unusable::NeedsReconnect)),
            Right::Failed(wait) => {
                let error = NetworkError {
                    retry_after: wait.to_std().ok(),
                    ..NetworkError::new(ErrorKind::Retry, "refresh_failed", "the account could not be renewed")
                };
                return Ok(Err(Unusable::Network(error)));
            }
            Right::Others if Instant::now() >= until => {
                let detail = "the account is being renewed for a long time";
                return Ok(Err(Unusable::Network(NetworkError::new(ErrorKind::Retry, "refresh_pending", detail))));
            }
            Right::Others => sleep(LOOK).await,
        }
    }
}

/// How long after such a renewal another is not tried: whoever is refused with what has just been given is refused for good.
const RENEWED: Duration = Duration::minutes(1);

/// The network has refused secrets that should still be good: it may have ended them early, as networks do. Renews them once. True when
/// there is something to try again with.
pub(super) async fn renew_refused(work: &Work, row: &social_account::Model, sealed: &[u8]) -> Result<bool, JobError> {
    let scope = work.begin().await?;
    let now = scope.now;
    let select = social_account::Entity::one_in_brand(row.brand_id, row.id).lock(LockType::NoKeyUpdate);
    let Some(row) = select.one(scope.tx()).await? else { return Ok(false) };
    let Some(mut usable) = opened(&work.services.keys, &row)? else { return Ok(false) };
    if usable.sealed != sealed {
        return Ok(true);
    }
    match (row.refreshing_by, row.refreshing_until.filter(|until| *until > now)) {
        (None, Some(_)) => return Ok(false),
        (Some(by), Some(_)) if by != work.job_id => return Ok(true),
        _ => {}
    }
    set_right(scope.tx(), &row, Some(work.job_id), Some(now + work.services.timing.lease)).await?;
    scope.commit().await?;
    let out = work.services.outside(usable.network);
    // As if they had ended long ago.
    let (renewed, by, rest) = match usable.network.refresh(out, &usable.account, now + Duration::days(3650)).await {
        Ok(Some(fresh)) => {
            let anew = seal(&work.services.keys, place(row.brand_id, row.id), &fresh.0)?;
            let before = std::mem::replace(&mut usable.sealed, anew);
            usable.account.credentials = fresh;
            keep(work, &row, &usable, before).await?;
            (true, None, RENEWED)
        }
        Ok(None) => (false, None, RENEWED),
        Err(error) if matches!(error.kind, ErrorKind::Reconnect | ErrorKind::Ask | ErrorKind::Content) => {
            (false, None, RENEWED)
        }
        // It was not done, or nobody knows: this job tries again, and the others let it.
        Err(_) => (true, Some(work.job_id), work.services.timing.first_retry * 4),
    };
    let scope = work.begin().await?;
    set_right(scope.tx(), &row, by, Some(scope.now + rest)).await?;
    scope.commit().await?;
    Ok(renewed)
}

/// Whose it is to renew an account.
enum Right {
    /// This job's, with the secrets as they are now.
    Ours(Box<Usable>),
    /// Somebody has just done it.
    Renewed(Box<Usable>),
    /// Another job is at it.
    Others,
    /// It failed a moment ago, and is not tried before so long.
    Failed(Duration),
    /// The account is not connected any more.
    Gone,
}

async fn take_right(work: &Work, row: &social_account::Model) -> Result<Right, JobError> {
    let scope = work.begin().await?;
    let now = scope.now;
    // Not so strong that publications which name the account would have to wait.
    let select = social_account::Entity::one_in_brand(row.brand_id, row.id).lock(LockType::NoKeyUpdate);
    let Some(row) = select.one(scope.tx()).await? else { return Ok(Right::Gone) };
    let Some(usable) = opened(&work.services.keys, &row)? else { return Ok(Right::Gone) };
    if !usable.network.is_stale(&usable.account, now) {
        return Ok(Right::Renewed(Box::new(usable)));
    }
    let pending = row.refreshing_until.filter(|until| *until > now);
    match (row.refreshing_by, pending) {
        (None, Some(until)) => return Ok(Right::Failed(until - now)),
        // What this job itself held, it left behind: a job is in one worker's hands.
        (Some(by), Some(_)) if by != work.job_id => return Ok(Right::Others),
        _ => {}
    }
    set_right(scope.tx(), &row, Some(work.job_id), Some(now + work.services.timing.lease)).await?;
    scope.commit().await?;
    Ok(Right::Ours(Box::new(usable)))
}

/// Gives the right, or takes it back.
async fn set_right(
    tx: &impl ConnectionTrait,
    row: &social_account::Model,
    by: Option<Uuid>,
    until: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    social_account::Entity::update_many()
        .col_expr(social_account::Column::RefreshingBy, Expr::value(by))
        .col_expr(social_account::Column::RefreshingUntil, Expr::value(until))
        .filter(social_account::Column::BrandId.eq(row.brand_id))
        .filter(social_account::Column::Id.eq(row.id))
        .exec(tx)
        .await
        .map(|_| ())
}

/// Asks the network, with the right in hand, and gives the right back.
async fn renew(
    work: &Work,
    row: &social_account::Model,
    mut usable: Usable,
) -> Result<Result<Usable, Unusable>, JobError> {
    let out = work.services.outside(usable.network);
    match usable.network.refresh(out, &usable.account, work.services.now()).await {
        Ok(None) => {
            let scope = work.begin().await?;
            set_right(scope.tx(), row, None, None).await?;
            scope.commit().await?;
            Ok(Ok(usable))
        }
        Ok(Some(fresh)) => {
            let sealed = seal(&work.services.keys, place(row.brand_id, row.id), &fresh.0)?;
            let before = std::mem::replace(&mut usable.sealed, sealed);
            usable.account.credentials = fresh;
            if keep(work, row, &usable, before).await? { Ok(Ok(usable)) } else { as_stored_now(work, row).await }
        }
        Err(error) if error.kind == ErrorKind::Reconnect => {
            let scope = work.begin().await?;
            let marked = needs_reconnect(&scope, row, &usable.sealed, &error.to_string()).await?;
            if marked {
                set_right(scope.tx(), row, None, None).await?;
            }
            scope.commit().await?;
            if marked { Ok(Err(Unusable::NeedsReconnect)) } else { as_stored_now(work, row).await }
        }
        Err(error) => {
            let scope = work.begin().await?;
            let asked = error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).unwrap_or_default();
            let pause = asked.clamp(work.services.timing.first_retry * 4, Duration::days(7));
            set_right(scope.tx(), row, None, Some(scope.now + pause)).await?;
            scope.commit().await?;
            Ok(Err(Unusable::Network(error)))
        }
    }
}

/// Keeps what the network gave, whether or not this worker still has its lease: the old secrets may be worth nothing any more, and
/// these are kept only where the old ones still stand. False when they do not.
async fn keep(work: &Work, row: &social_account::Model, fresh: &Usable, before: Vec<u8>) -> Result<bool, JobError> {
    let mut tries = 1;
    loop {
        match try_keep(work, row, fresh, &before).await {
            Err(JobError::Fault(Fault::Database(error))) if tries < TRIES => {
                tracing::warn!(account_id = %row.id, %error, tries, "new secrets could not be kept; trying again");
                tries += 1;
                sleep(StdDuration::from_secs(1)).await;
            }
            ended => return ended,
        }
    }
}

async fn try_keep(work: &Work, row: &social_account::Model, fresh: &Usable, before: &[u8]) -> Result<bool, JobError> {
    let now = work.services.now();
    let tx = work.services.db.write().await?;
    if !db::scalar::<bool>(&tx, "select app.enter_brand($1)", [row.brand_id.into()]).await? {
        return Err(Fault::broken("an account's brand is gone").into());
    }
    let due = fresh.network.refresh_due(&fresh.account);
    // The job before the account: so does whoever runs it.
    if let Some(due) = due {
        let agency_id = db::scalar(&tx, "select agency_id from brand where id = $1", [row.brand_id.into()]).await?;
        let permit = Permit { tx: &tx, brand_id: row.brand_id, actor_id: None, agency_id };
        enqueue(permit, KeepAccount.kind(), row.id, due, now).await?;
    }
    let stored = social_account::Entity::update_many()
        .col_expr(social_account::Column::Credentials, Expr::value(fresh.sealed.clone()))
        .col_expr(social_account::Column::RefreshDueAt, Expr::value(due))
        .col_expr(social_account::Column::RefreshingBy, Expr::value(Option::<Uuid>::None))
        .col_expr(social_account::Column::RefreshingUntil, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(social_account::Column::BrandId.eq(row.brand_id))
        .filter(social_account::Column::Id.eq(row.id))
        .filter(social_account::Column::State.eq(AccountState::Connected))
        // What is sealed is never twice the same, so an answer that was lost is told by it from somebody else's secrets.
        .filter(social_account::Column::Credentials.is_in([before.to_vec(), fresh.sealed.clone()]))
        .exec(&tx)
        .await?;
    if stored.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// The account with the secrets that somebody else has just stored.
async fn as_stored_now(work: &Work, row: &social_account::Model) -> Result<Result<Usable, Unusable>, JobError> {
    let scope = work.begin().await?;
    let row = social_account::Entity::one_in_brand(row.brand_id, row.id).one(scope.tx()).await?;
    scope.commit().await?;
    let usable = match row {
        Some(row) => opened(&work.services.keys, &row)?,
        None => None,
    };
    Ok(usable.ok_or(Unusable::NeedsReconnect))
}

/// When these secrets are to be renewed though nobody uses the account.
pub(super) fn refresh_due(network: &str, account: &diwan_networks::Connected) -> Option<DateTime<Utc>> {
    diwan_networks::network(network)?.refresh_due(&account.clone().into_account())
}
