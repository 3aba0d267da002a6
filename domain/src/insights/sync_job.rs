//! Reading a publication's numbers, and its account's with them.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::{metric_reading, metric_sample};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account;
use diwan_networks::{Metric, NetworkError};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait};
use uuid::Uuid;

use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing::{Unusable, Usable, usable_account};

/// Reads the numbers of one publication.
#[derive(Debug)]
pub struct SyncMetrics;

/// When a publication's numbers are read next: often while it is young, then seldom; none after 30 days. Most of what a post
/// gets, it gets in its first two days.
pub fn next_sync(published_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let age = now - published_at;
    let wait = if age < Duration::hours(1) {
        Duration::minutes(15)
    } else if age < Duration::hours(12) {
        Duration::hours(1)
    } else if age < Duration::days(3) {
        Duration::hours(6)
    } else if age < Duration::days(30) {
        Duration::days(1)
    } else {
        return None;
    };
    Some(now + wait)
}

/// Numbers as one reading gave them.
struct Reading {
    publication_id: Option<Uuid>,
    values: Vec<(Metric, i64)>,
    raw: serde_json::Value,
}

#[async_trait]
impl Job for SyncMetrics {
    fn kind(&self) -> &'static str {
        "sync_metrics"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let row = publication::Entity::one_in_brand(scope.brand_id, work.claim.subject_id).one(scope.tx()).await?;
        let Some(row) = row.filter(|row| row.state == PublicationState::Published) else {
            return scope.finish(Next::Done).await;
        };
        let account = social_account::Entity::one_in_brand(row.brand_id, row.social_account_id).one(scope.tx()).await?;
        let account = account.ok_or_else(|| Fault::broken("a publication without its account"))?;
        // The network wants nothing of the account until then.
        if let Some(until) = account.closed_until.filter(|until| *until > scope.now) {
            return scope.finish(Next::Again(until)).await;
        }
        let Some(_turn) = work.services.turns.take(account.id) else {
            let at = scope.now + Duration::seconds(30);
            return scope.finish(Next::Again(at)).await;
        };
        scope.commit().await?;
        let (Some(remote_id), Some(published_at)) = (row.remote_id.clone(), row.published_at) else {
            return Err(Fault::broken("a published publication without its id").into());
        };
        let outcome = match usable_account(work, &account).await? {
            Ok(Usable { network, account, .. }) => {
                let out = work.services.outside(network);
                read(
                    network.post_metrics(out, &account, &[remote_id]).await,
                    network.account_metrics(out, &account).await,
                    row.id,
                )
            }
            // Whoever connects the account again gets the next numbers; until then they are missing.
            Err(Unusable::NeedsReconnect) => Ok(Vec::new()),
            Err(Unusable::Network(error)) => Err(error),
        };
        let scope = work.begin().await?;
        let mut asked = None;
        match outcome {
            Ok(readings) => write(&scope, account.id, readings).await?,
            Err(error) => {
                // The network's trouble is not ours: these numbers are missing, the next ones will come.
                tracing::info!(publication_id = %row.id, error = %error, "numbers could not be read");
                let wait = error.retry_after.and_then(|wait| Duration::from_std(wait).ok());
                asked = wait.map(|wait| scope.now + wait.min(Duration::days(1)));
            }
        }
        match asked.max(next_sync(published_at, scope.now)) {
            Some(at) => scope.finish(Next::Again(at)).await,
            None => scope.finish(Next::Done).await,
        }
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The publication stays as it is, its numbers missing from here on: the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

fn read(
    posts: Result<Vec<diwan_networks::PostMetrics>, NetworkError>,
    account: Result<diwan_networks::AccountMetrics, NetworkError>,
    publication_id: Uuid,
) -> Result<Vec<Reading>, NetworkError> {
    let mut readings: Vec<Reading> = posts?
        .into_iter()
        .map(|post| Reading { publication_id: Some(publication_id), values: post.values, raw: post.raw })
        .collect();
    let account = account?;
    readings.push(Reading { publication_id: None, values: account.values, raw: account.raw });
    Ok(readings)
}

/// Two statements, however many numbers there are.
async fn write(scope: &Scope, account_id: Uuid, readings: Vec<Reading>) -> Result<(), JobError> {
    let mut samples = Vec::new();
    let mut raw = Vec::new();
    for reading in readings {
        for (metric, value) in reading.values {
            samples.push(metric_sample::ActiveModel {
                id: Set(scope.new_id()),
                brand_id: Set(scope.brand_id),
                social_account_id: Set(account_id),
                publication_id: Set(reading.publication_id),
                metric: Set(metric.as_str().to_owned()),
                value: Set(value),
                sampled_at: Set(scope.now),
            });
        }
        raw.push(metric_reading::ActiveModel {
            id: Set(scope.new_id()),
            brand_id: Set(scope.brand_id),
            social_account_id: Set(account_id),
            publication_id: Set(reading.publication_id),
            raw: Set(reading.raw),
            read_at: Set(scope.now),
        });
    }
    if !samples.is_empty() {
        let same_instant = OnConflict::new().do_nothing().to_owned();
        metric_sample::Entity::insert_many(samples)
            .on_conflict(same_instant)
            .exec_without_returning(scope.tx())
            .await?;
    }
    if !raw.is_empty() {
        metric_reading::Entity::insert_many(raw).exec_without_returning(scope.tx()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_older_the_seldomer_until_it_ends(age in 0..60*24*60_i64, older in 0..60*24*60_i64) {
            let published = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
            let wait = |minutes: i64| {
                let now = published + Duration::minutes(minutes);
                next_sync(published, now).map_or(Duration::MAX, |at| at - now)
            };
            prop_assert!(wait(age) >= Duration::minutes(15));
            prop_assert!(wait(age + older) >= wait(age));
        }
    }
}
