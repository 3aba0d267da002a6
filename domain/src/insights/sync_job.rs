//! Reading the numbers of a publication, with its account's where those are due, and an account's own each day.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::metric_gap::GapReason;
use diwan_entity::insights::{metric_reading, metric_sample};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{
    Account, AccountMetrics, ErrorKind, Metric, Missing, Network, NetworkError, Outside, PostMetrics,
};
use diwan_platform::db;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, DbErr, EntityTrait, FromQueryResult};
use uuid::Uuid;

use super::budget::{self, Asking, Booked};
use super::gaps::{not_read, read_again};
use super::own_numbers::take_along;
use super::rename::renamed;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing::{Unusable, Usable, usable_account};

/// How long after an account was connected its own numbers are first read.
pub(crate) const FIRST_OF_ACCOUNT: Duration = Duration::minutes(15);
/// How often the numbers of an account are read.
pub(super) const ACCOUNT_EVERY: Duration = Duration::days(1);
/// How soon they are asked for again where they could not be read.
const ACCOUNT_AGAIN: Duration = Duration::hours(6);
/// The numbers of an account; the others are of posts.
const OF_ACCOUNT: [Metric; 3] = [Metric::Followers, Metric::Following, Metric::Posts];
/// What of the account is due so soon is read with a publication where the network tells of many in one request.
pub(super) const ALONG: Duration = Duration::minutes(5);
/// How long the jobs of those wait that are read along, in case this run does not end. Longer than [`ALONG`], or another job of the account
/// that runs beside this one would read them along once more.
pub(super) const ALONG_AGAIN: Duration = Duration::minutes(6);
/// What is older is not read along: its own job ends when it is read no more.
const OLDEST_ALONG: Duration = Duration::days(29);
/// The longest that a network can ask for patience.
pub(super) const LONGEST_WAIT: Duration = Duration::days(1);

/// Reads the numbers of one publication, or of one account.
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

/// A post whose numbers are read.
#[derive(FromQueryResult)]
struct Post {
    id: Uuid,
    remote_id: String,
    published_at: DateTime<Utc>,
    /// When its own job was due, if it is read along.
    due_at: Option<DateTime<Utc>>,
}

/// Whose numbers are read: an account's, with a post's or alone.
struct Subject {
    account: social_account::Model,
    post: Option<Post>,
}

impl Subject {
    /// None where there is nothing to read: the publication is not on its network, or the account has been disconnected.
    async fn load(scope: &Scope) -> Result<Option<Self>, JobError> {
        let id = scope.subject_id();
        let row = publication::Entity::one_in_brand(scope.brand_id, id).one(scope.tx()).await?;
        let account_id = row.as_ref().map_or(id, |row| row.social_account_id);
        let account = social_account::Entity::one_in_brand(scope.brand_id, account_id).one(scope.tx()).await?;
        match (row, account) {
            (None, None) => Ok(None),
            (None, Some(account)) => {
                let counts = diwan_networks::network(&account.network).is_some_and(counts_accounts);
                let is_there = counts && account.state != AccountState::Disconnected;
                Ok(is_there.then_some(Self { account, post: None }))
            }
            (Some(row), _) if row.state != PublicationState::Published => Ok(None),
            (Some(_), None) => Err(Fault::broken("a publication without its account").into()),
            (Some(row), Some(account)) => {
                let (Some(remote_id), Some(published_at)) = (row.remote_id, row.published_at) else {
                    return Err(Fault::broken("a published publication without its id").into());
                };
                Ok(Some(Self { account, post: Some(Post { id: row.id, remote_id, published_at, due_at: None }) }))
            }
        }
    }

    /// Takes the account's own numbers along with a post's, where its network tells any. Answers when their own job was due.
    async fn own_numbers(&self, scope: &Scope) -> Result<Option<DateTime<Utc>>, DbErr> {
        let counts = diwan_networks::network(&self.account.network).is_some_and(counts_accounts);
        if self.post.is_some() && counts { take_along(scope, &self.account).await } else { Ok(None) }
    }

    /// Books what is to be asked. Without room in what the network allows: when it will be. If it would have been read again by then, that is a gap.
    async fn wait_for_room(&self, scope: &Scope, with_account: bool) -> Result<Option<DateTime<Utc>>, JobError> {
        let Some(network) = diwan_networks::network(&self.account.network) else { return Ok(None) };
        let post = self.post.as_ref();
        let asking = Asking {
            whose: (&self.account).into(),
            posts: post.filter(|_| counts_posts(network)).map(|post| scope.now - post.published_at < budget::YOUNG),
            account: with_account && counts_accounts(network),
            comments: false,
            past: false,
        };
        let at = match budget::book(scope, network, &asking).await? {
            Booked::Now => return Ok(None),
            Booked::At(at) => at,
            Booked::Full => scope.now + ACCOUNT_EVERY,
        };
        let again = post.map_or(Some(scope.now + ACCOUNT_EVERY), |post| next_sync(post.published_at, scope.now));
        if again.is_none_or(|again| at >= again) {
            not_read(scope, self.account.id, &[(post.map(|post| post.id), GapReason::RateLimit)]).await?;
        }
        Ok(Some(at))
    }

    /// What else of the account is due now or soon, up to what the network tells in the same request. Their own jobs wait meanwhile, also
    /// those that were handed over: whoever has one finds that it is not due. A post that the network would not tell of when it was asked
    /// last is asked for alone: it may be why a network refuses all of them.
    async fn along(&self, scope: &Scope) -> Result<Vec<Post>, JobError> {
        let (Some(network), Some(own)) = (diwan_networks::network(&self.account.network), &self.post) else {
            return Ok(Vec::new());
        };
        let most = network.posts_counted_at_once().saturating_sub(1);
        if most == 0 {
            return Ok(Vec::new());
        }
        let sql = "with due as (
            select j.id, j.due_at, p.id as publication_id, p.remote_id, p.published_at from job j
              join publication p on p.brand_id = j.brand_id and p.id = j.subject_id
            where j.brand_id = $1 and j.kind = $3 and j.state in ('PENDING', 'HANDED') and j.due_at <= $4 and j.failures = 0
              and p.social_account_id = $2 and p.state = 'PUBLISHED' and p.remote_id is not null and p.published_at > $5
              and not exists (select from metric_gap g where g.brand_id = j.brand_id and g.social_account_id = $2
                and g.publication_id in (p.id, $8) and g.ended_at is null and g.reason = 'NETWORK')
            order by j.due_at limit $6 for update of j skip locked)
          update job set state = 'PENDING', handed_at = null, due_at = $7 from due where job.id = due.id
          returning due.publication_id as id, due.remote_id, due.published_at, due.due_at";
        let values = [
            scope.brand_id.into(),
            self.account.id.into(),
            SyncMetrics.kind().into(),
            (scope.now + ALONG).into(),
            (scope.now - OLDEST_ALONG).into(),
            i64::try_from(most).unwrap_or(i64::MAX).into(),
            (scope.now + ALONG_AGAIN).into(),
            own.id.into(),
        ];
        Ok(db::all(scope.tx(), sql, values).await?)
    }

    /// Asks the network, for the numbers of its post and of those that are read along, and for the account's own. Also
    /// whether it refused to tell of all of them at once. No transaction is open.
    async fn read(
        &self,
        network: &dyn Network,
        (out, account): (Outside<'_>, &Account),
        (along, with_account): (&[Post], bool),
    ) -> (Vec<Reading>, bool) {
        let mut refused_all = false;
        let mut readings = Vec::with_capacity(along.len() + 2);
        if let Some(post) = &self.post {
            let mut posts: Vec<&Post> = std::iter::once(post).chain(along).collect();
            let mut ids: Vec<String> = posts.iter().map(|post| post.remote_id.clone()).collect();
            let mut told = network.post_metrics(out, account, &ids).await;
            let refused = told.as_ref().is_err_and(|error| matches!(error.kind, ErrorKind::Content | ErrorKind::Ask));
            if refused && !along.is_empty() {
                // One of the others may be why it refuses all of them.
                refused_all = true;
                posts.truncate(1);
                ids.truncate(1);
                told = network.post_metrics(out, account, &ids).await;
            }
            match told {
                Ok(told) => {
                    let mut told = told.into_iter();
                    readings.extend(posts.iter().map(|post| Reading::of_post(post.id, told.next())));
                }
                // The others are asked for on their own.
                Err(error) => readings.push(Reading::failed(Some(post.id), &error)),
            }
            // What a network never says of a post is no gap.
            for reading in &mut readings {
                if reading.gap == Some(GapReason::NotServed) && !counts_posts(network) {
                    reading.gap = None;
                }
            }
        }
        // A network that has just refused is not asked for more.
        let refused = readings.iter().any(|reading| reading.gap == Some(GapReason::Network));
        if with_account && !refused && counts_accounts(network) {
            readings.push(Reading::of_account(network.account_metrics(out, account).await));
        }
        (readings, refused_all)
    }

    /// When it is read next, not before the network wants to be asked again.
    fn next(&self, now: DateTime<Utc>, failed: bool, asked: Option<DateTime<Utc>>) -> Next {
        if let Some(post) = &self.post {
            return asked.max(next_sync(post.published_at, now)).map_or(Next::Done, Next::Again);
        }
        let at = if failed { now + ACCOUNT_AGAIN } else { budget::own_moment(self.account.id, now + ACCOUNT_EVERY) };
        Next::Again(asked.map_or(at, |asked| asked.max(at)))
    }
}

/// Whether the network gives numbers of posts.
fn counts_posts(network: &dyn Network) -> bool {
    network.capabilities().metrics.iter().any(|metric| !OF_ACCOUNT.contains(metric))
}

/// Whether it gives numbers of accounts.
fn counts_accounts(network: &dyn Network) -> bool {
    network.capabilities().metrics.iter().any(|metric| OF_ACCOUNT.contains(metric))
}

/// What came of asking for the numbers of a publication or of an account.
#[derive(Default)]
struct Reading {
    publication_id: Option<Uuid>,
    values: Vec<(Metric, i64)>,
    /// What the network answered; none where it did not.
    raw: Option<serde_json::Value>,
    /// Why there are no numbers.
    gap: Option<GapReason>,
    /// How long the network wants to be left alone.
    wait: Option<Duration>,
    /// What the account is called by now.
    handle: Option<String>,
}

impl Reading {
    fn failed(publication_id: Option<Uuid>, error: &NetworkError) -> Self {
        // The network's trouble is not ours: these numbers are missing, the next ones will come.
        tracing::info!(publication_id = ?publication_id, error = %error, "numbers could not be read");
        let wait = error.retry_after.and_then(|wait| Duration::from_std(wait).ok());
        Self { publication_id, gap: Some(GapReason::Network), wait, ..Self::default() }
    }

    fn of_post(id: Uuid, told: Option<PostMetrics>) -> Self {
        match told {
            Some(post) => Self::given(Some(id), post.values, post.raw, post.missing),
            None => Self { publication_id: Some(id), gap: Some(GapReason::NotServed), ..Self::default() },
        }
    }

    fn of_account(told: Result<AccountMetrics, NetworkError>) -> Self {
        match told {
            Ok(told) => Self { handle: told.handle, ..Self::given(None, told.values, told.raw, told.missing) },
            Err(error) => Self::failed(None, &error),
        }
    }

    fn given(
        publication_id: Option<Uuid>,
        values: Vec<(Metric, i64)>,
        raw: serde_json::Value,
        missing: Option<Missing>,
    ) -> Self {
        let gap = values.is_empty().then_some(match missing {
            Some(Missing::Gone) => GapReason::Gone,
            Some(Missing::NotServed) | None => GapReason::NotServed,
        });
        Self { publication_id, values, raw: Some(raw), gap, ..Self::default() }
    }
}

#[async_trait]
impl Job for SyncMetrics {
    fn kind(&self) -> &'static str {
        "sync_metrics"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(subject) = Subject::load(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        let _turn = match budget::take_turn(work, &scope, &subject.account).await? {
            Ok(turn) => turn,
            Err(at) => return scope.finish(Next::Again(at)).await,
        };
        let own = subject.own_numbers(&scope).await?;
        // The account's own job has its time again, whatever comes of it.
        let mut times: Vec<(Uuid, DateTime<Utc>)> =
            own.map(|due_at| (subject.account.id, due_at)).into_iter().collect();
        let with_account = subject.post.is_none() || own.is_some();
        if let Some(at) = subject.wait_for_room(&scope, with_account).await? {
            put_forward(&scope, times).await?;
            return scope.finish(Next::Again(at)).await;
        }
        scope.commit().await?;
        let publication_id = subject.post.as_ref().map(|post| post.id);
        let mut along = Vec::new();
        let (readings, refused_all) = match usable_account(work, &subject.account).await? {
            Ok(Usable { network, account, .. }) => {
                // Of an account that cannot be used the others keep their times.
                if subject.post.is_some() && network.posts_counted_at_once() > 1 {
                    let scope = work.begin().await?;
                    along = subject.along(&scope).await?;
                    scope.commit().await?;
                }
                let out = work.services.outside(network);
                subject.read(network, (out, &account), (&along, with_account)).await
            }
            // Whoever connects the account again gets the next numbers; until then they are missing.
            Err(Unusable::NeedsReconnect) => {
                let gap = Some(GapReason::NeedsReconnect);
                (vec![Reading { publication_id, gap, ..Reading::default() }], false)
            }
            Err(Unusable::Network(error)) => (vec![Reading::failed(publication_id, &error)], false),
        };
        let scope = work.begin().await?;
        let failed = readings.iter().any(|reading| reading.gap.is_some());
        let wait = readings.iter().filter_map(|reading| reading.wait).max();
        let asked = wait.map(|wait| scope.now + wait.min(LONGEST_WAIT));
        let is_read = |post: &Post| readings.iter().any(|reading| reading.publication_id == Some(post.id));
        // What was read is read next when it would be had its own job done it. What was not because of another is due as it was.
        let due = |post: &Post| {
            let again = post.due_at.filter(|_| refused_all);
            let at = if is_read(post) { next_sync(post.published_at, scope.now) } else { again };
            at.map(|at| (post.id, at))
        };
        times.extend(along.iter().filter_map(due));
        put_forward(&scope, times).await?;
        let handle = readings.iter().find_map(|reading| reading.handle.clone());
        write(&scope, subject.account.id, readings).await?;
        if let Some(until) = asked {
            budget::put_off(&scope, subject.account.id, until).await?;
        }
        // As the last: others wait for the account's row until this ends.
        renamed(&scope, &subject.account, handle.as_deref()).await?;
        let next = subject.next(scope.now, failed, asked);
        scope.finish(next).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The publication stays as it is, its numbers missing from here on: a gap says so, and the job itself shows the trouble.
        if let Some(Subject { account, post }) = Subject::load(scope).await? {
            not_read(scope, account.id, &[(post.map(|post| post.id), GapReason::GaveUp)]).await?;
        }
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// Says when the jobs are due of what was taken along, but for those that were put off meanwhile because the network asked for patience.
async fn put_forward(scope: &Scope, times: Vec<(Uuid, DateTime<Utc>)>) -> Result<(), JobError> {
    if times.is_empty() {
        return Ok(());
    }
    let (ids, times): (Vec<Uuid>, Vec<DateTime<Utc>>) = times.into_iter().unzip();
    let sql = "with waiting as (
        select j.id, read.next from unnest($3::uuid[], $4::timestamptz[]) read (id, next)
          join job j on j.brand_id = $1 and j.kind = $2 and j.subject_id = read.id and j.state = 'PENDING'
            and j.due_at <= $5
        for update of j skip locked)
      update job j set due_at = w.next from waiting w where j.id = w.id";
    let latest = scope.now + ALONG_AGAIN;
    let values = [scope.brand_id.into(), SyncMetrics.kind().into(), ids.into(), times.into(), latest.into()];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// Two statements for the numbers and two for the gaps, however many there are.
async fn write(scope: &Scope, account_id: Uuid, readings: Vec<Reading>) -> Result<(), JobError> {
    let mut samples = Vec::new();
    let mut answers = Vec::new();
    let (mut missing, mut there) = (Vec::new(), Vec::new());
    for Reading { publication_id, values, raw, gap, .. } in readings {
        match gap {
            Some(reason) => missing.push((publication_id, reason)),
            None => there.push(publication_id),
        }
        for (metric, value) in values {
            samples.push(metric_sample::ActiveModel {
                id: Set(scope.new_id()),
                brand_id: Set(scope.brand_id),
                social_account_id: Set(account_id),
                publication_id: Set(publication_id),
                metric: Set(metric.as_str().to_owned()),
                value: Set(value),
                sampled_at: Set(scope.now),
            });
        }
        if let Some(raw) = raw {
            answers.push(metric_reading::ActiveModel {
                id: Set(scope.new_id()),
                brand_id: Set(scope.brand_id),
                social_account_id: Set(account_id),
                publication_id: Set(publication_id),
                raw: Set(raw),
                read_at: Set(scope.now),
            });
        }
    }
    not_read(scope, account_id, &missing).await?;
    read_again(scope, account_id, &there).await?;
    if !samples.is_empty() {
        let same_instant = OnConflict::new().do_nothing().to_owned();
        metric_sample::Entity::insert_many(samples)
            .on_conflict(same_instant)
            .exec_without_returning(scope.tx())
            .await?;
    }
    if !answers.is_empty() {
        metric_reading::Entity::insert_many(answers).exec_without_returning(scope.tx()).await?;
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

    #[test]
    fn networks_without_numbers_are_known() {
        let of = |key: &str| {
            let network = diwan_networks::network(key).unwrap();
            (counts_posts(network), counts_accounts(network))
        };
        assert_eq!((of("mastodon"), of("youtube")), ((true, true), (true, true)));
        assert_eq!((of("telegram"), of("google_business")), ((false, true), (false, false)));
    }

    #[test]
    fn no_numbers_are_a_gap_and_some_are_none() {
        let given = |values, missing| Reading::given(None, values, serde_json::Value::Null, missing).gap;
        assert_eq!(given(vec![(Metric::Likes, 0)], None), None);
        // What could be counted counts, also where the network serves nothing itself.
        assert_eq!(given(vec![(Metric::Posts, 3)], Some(Missing::NotServed)), None);
        assert_eq!(given(Vec::new(), Some(Missing::NotServed)), Some(GapReason::NotServed));
        assert_eq!(given(Vec::new(), Some(Missing::Gone)), Some(GapReason::Gone));
        assert_eq!(given(Vec::new(), None), Some(GapReason::NotServed));
    }
}
