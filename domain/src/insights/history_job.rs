//! How many followed an account before it was connected, as far as its network tells (`Capabilities::history`).
//!
//! One run reads one range of days, newest first, and writes it. Where it goes on is where the numbers that are there begin, so that whatever
//! breaks off is taken up there, and what is read twice adds nothing. Beside what was read at the time nothing is written. Days of which the network
//! tells nothing stay a hole: what lies before it is read all the same.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{AccountHistory, ErrorKind, FollowersThen, FollowersTold, Metric, Network, NetworkError};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult};
use uuid::Uuid;

use super::budget::{self, Asking, Booked};
use super::figures::FRESH;
use super::sync_job::{FIRST_OF_ACCOUNT, LONGEST_WAIT};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing::{Unusable, Usable, usable_account};

/// How long after an account was connected its past is read: when its own numbers have been, on which the past is reckoned.
pub(crate) const PAST_OF_ACCOUNT: Duration = Duration::minutes(2 * FIRST_OF_ACCOUNT.num_minutes());
/// How soon it is tried again where nothing could be read.
const AGAIN: Duration = Duration::hours(6);
/// How long after it was connected it is waited for its own numbers.
const WAITED_FOR_NUMBERS: Duration = Duration::days(2);
/// A number that was read so near to a moment stands for it.
const NEAR: Duration = Duration::hours(12);

/// Whether the network tells of the past of accounts.
pub(crate) fn tells_of_the_past(network: &str) -> bool {
    diwan_networks::network(network).is_some_and(|network| network.capabilities().history.is_some())
}

/// Reads how many followed an account before it was connected.
#[derive(Debug)]
pub struct ReadAccountHistory;

/// Whose past is read.
struct Subject {
    account: social_account::Model,
    network: &'static dyn Network,
    history: AccountHistory,
}

/// Where the numbers begin that are there without a break up to now.
#[derive(FromQueryResult)]
struct First {
    sampled_at: DateTime<Utc>,
    value: i64,
}

/// What is to be read.
struct Range {
    from: DateTime<Utc>,
    /// Where the numbers begin that are there.
    until: DateTime<Utc>,
    /// How many followed then.
    followers: i64,
}

impl Subject {
    /// None where there is nothing to read.
    async fn load(scope: &Scope) -> Result<Option<Self>, JobError> {
        let row = social_account::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(account) = row.filter(|row| row.state == AccountState::Connected) else { return Ok(None) };
        let Some(network) = diwan_networks::network(&account.network) else { return Ok(None) };
        let history = network.capabilities().history;
        Ok(history.map(|history| Self { account, network, history }))
    }

    /// Where the numbers begin that are there, by a figure's own measure of what still stands; none where there are none. Before a hole that stays:
    /// where those begin that are older.
    async fn first(&self, scope: &Scope, hole: Option<DateTime<Utc>>) -> Result<Option<First>, DbErr> {
        let sql = "select s.sampled_at, s.value from (
            select s.sampled_at, s.value, lag(s.sampled_at) over (order by s.sampled_at) as before from metric_sample s
            where s.brand_id = $1 and s.social_account_id = $2 and s.publication_id is null and s.metric = $3
              and s.sampled_at >= $4 and s.sampled_at <= $5) s
          where (s.before is null or s.before < s.sampled_at - make_interval(secs => $6))
            and ($7::timestamptz is null or s.sampled_at < $7::timestamptz)
          order by s.sampled_at desc limit 1";
        let values = [
            scope.brand_id.into(),
            self.account.id.into(),
            Metric::Followers.as_str().into(),
            self.oldest(scope.now).into(),
            scope.now.into(),
            db::seconds(FRESH).into(),
            hole.into(),
        ];
        db::one(scope.tx(), sql, values).await
    }

    /// Before this the network tells nothing.
    fn oldest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - Duration::days(self.history.days.into())
    }

    /// The next range; none when all that the network tells is there.
    fn range(&self, first: &First, now: DateTime<Utc>) -> Option<Range> {
        let oldest = self.oldest(now);
        let until = first.sampled_at;
        let from = oldest.max(until - Duration::days(self.history.at_once.into()));
        (until - oldest > Duration::days(1)).then_some(Range { from, until, followers: first.value })
    }

    /// When all is told of the days before: what came on them and is told later would be missing from all that is older, for ever.
    fn told_at(&self, first: &First) -> DateTime<Utc> {
        first.sampled_at + Duration::days(self.history.told_after.into())
    }

    /// Books the request. Without room in what the network allows: when it will be.
    async fn wait_for_room(&self, scope: &Scope) -> Result<Option<DateTime<Utc>>, JobError> {
        let asking = Asking { whose: (&self.account).into(), posts: None, account: true, comments: false, past: true };
        Ok(match budget::book(scope, self.network, &asking).await? {
            Booked::Now => None,
            Booked::At(at) => Some(at),
            Booked::Full => Some(scope.now + Duration::days(1)),
        })
    }
}

/// How many followed at each moment, reckoned from how many did at the end of the range. What would be less than none is not known.
fn followers(range: &Range, mut told: Vec<FollowersThen>) -> Vec<(DateTime<Utc>, i64)> {
    told.retain(|then| range.from <= then.at && then.at < range.until);
    told.sort_by_key(|then| std::cmp::Reverse(then.at));
    told.dedup_by_key(|then| then.at);
    let mut later = range.followers;
    let mut known = Vec::with_capacity(told.len());
    for then in told {
        later = match then.told {
            FollowersTold::Total(total) => total,
            FollowersTold::GainedAfter(gained) => later.saturating_sub(gained),
        };
        if later < 0 {
            break;
        }
        known.push((then.at, later));
    }
    known
}

/// Writes what was not read at the time, in one statement. Answers how much that was.
async fn write(scope: &Scope, account_id: Uuid, known: Vec<(DateTime<Utc>, i64)>) -> Result<u64, DbErr> {
    if known.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = known.iter().map(|_| scope.new_id()).collect();
    let (times, numbers): (Vec<DateTime<Utc>>, Vec<i64>) = known.into_iter().unzip();
    let sql = "insert into metric_sample (id, brand_id, social_account_id, metric, value, sampled_at)
      select t.id, $1, $2, $3, t.value, t.at from unnest($4::uuid[], $5::bigint[], $6::timestamptz[]) t (id, value, at)
      where not exists (select from metric_sample s where s.brand_id = $1 and s.social_account_id = $2 and s.publication_id is null
        and s.metric = $3 and s.sampled_at > t.at - make_interval(secs => $7) and s.sampled_at < t.at + make_interval(secs => $7))
      on conflict do nothing";
    let values = [
        scope.brand_id.into(),
        account_id.into(),
        Metric::Followers.as_str().into(),
        ids.into(),
        numbers.into(),
        times.into(),
        db::seconds(NEAR).into(),
    ];
    Ok(scope.tx().execute_raw(db::statement(sql, values)).await?.rows_affected())
}

/// When it is asked again after a failure. What the network will not tell is left: whoever connects the account again asks anew.
fn after(error: &NetworkError, now: DateTime<Utc>) -> Next {
    if matches!(error.kind, ErrorKind::Content | ErrorKind::Ask | ErrorKind::Reconnect) {
        return Next::Done;
    }
    let wait = error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).map(|wait| wait.min(LONGEST_WAIT));
    Next::Again(now + wait.unwrap_or(AGAIN))
}

/// What came of reading one range.
enum Came {
    /// The job goes on so.
    On(Next),
    /// The network told nothing of the days before this moment, but may of older ones.
    Nothing(DateTime<Utc>),
}

/// Reads one range and writes it: that before the newest number that has none before it, or before a hole that stays.
async fn read(
    work: &Work,
    scope: Scope,
    (subject, hole): (&Subject, Option<DateTime<Utc>>),
) -> Result<(Scope, Came), JobError> {
    let Some(first) = subject.first(&scope, hole).await? else {
        let waits = hole.is_none() && scope.now < subject.account.connected_at + WAITED_FOR_NUMBERS;
        let next = if waits { Next::Again(scope.now + AGAIN) } else { Next::Done };
        return Ok((scope, Came::On(next)));
    };
    let Some(range) = subject.range(&first, scope.now) else { return Ok((scope, Came::On(Next::Done))) };
    let told_at = subject.told_at(&first);
    if told_at > scope.now {
        return Ok((scope, Came::On(Next::Again(told_at))));
    }
    scope.commit().await?;
    // The months that the range touches have parts of their own. Making one waits for all who read numbers, so nothing was read before.
    let scope = work.begin().await?;
    let _made: i32 = db::scalar(scope.tx(), "select app.make_metric_parts($1)", [range.from.into()]).await?;
    if let Some(at) = subject.wait_for_room(&scope).await? {
        return Ok((scope, Came::On(Next::Again(at))));
    }
    scope.commit().await?;
    let told = match usable_account(work, &subject.account).await? {
        Ok(Usable { network, account, .. }) => {
            let out = work.services.outside(network);
            network.account_history(out, &account, (range.from, range.until)).await
        }
        Err(Unusable::NeedsReconnect) => return Ok((work.begin().await?, Came::On(Next::Done))),
        Err(Unusable::Network(error)) => Err(error),
    };
    let scope = work.begin().await?;
    let came = match told {
        Ok(told) => match write(&scope, subject.account.id, followers(&range, told)).await? {
            0 if range.from > subject.oldest(scope.now) => Came::Nothing(range.until),
            // The network tells nothing more.
            0 => Came::On(Next::Done),
            _ => Came::On(Next::Again(scope.now)),
        },
        Err(error) => {
            tracing::info!(account_id = %subject.account.id, error = %error, "the past of an account could not be read");
            let next = after(&error, scope.now);
            if let Next::Again(until) = next
                && error.retry_after.is_some()
            {
                budget::put_off(&scope, subject.account.id, until).await?;
            }
            Came::On(next)
        }
    };
    Ok((scope, came))
}

#[async_trait]
impl Job for ReadAccountHistory {
    fn kind(&self) -> &'static str {
        "read_account_history"
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
        let (mut scope, mut hole) = (scope, None);
        loop {
            let (later, came) = read(work, scope, (&subject, hole)).await?;
            match came {
                Came::On(next) => return later.finish(next).await,
                Came::Nothing(before) => (scope, hole) = (later, Some(before)),
            }
        }
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What was read stays; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * 86_400, 0).unwrap()
    }

    fn range(from: i64, until: i64, followers: i64) -> Range {
        Range { from: at(from), until: at(until), followers }
    }

    proptest! {
        /// Whoever came on each day: the past ends where it began, in whatever order and however divided it is told.
        #[test]
        fn what_came_since_is_taken_off(gained in prop::collection::vec(-5_i64..50, 1..200), cut in 0_usize..200) {
            let days = i64::try_from(gained.len())?;
            let cut = i64::try_from(cut)? % days;
            let now = 10_000 + gained.iter().sum::<i64>();
            let mut told: Vec<_> = (0..).zip(&gained)
                .map(|(day, gained)| FollowersThen { at: at(day), told: FollowersTold::GainedAfter(*gained) }).collect();
            told.reverse();
            let whole = followers(&range(0, days, now), told.clone());
            prop_assert_eq!(whole.last().copied(), Some((at(0), 10_000)));
            let mut parts = followers(&range(cut, days, now), told.clone());
            let (from, left) = parts.last().copied().unwrap_or((at(days), now));
            prop_assert_eq!(from, at(cut));
            parts.extend(followers(&Range { from: at(0), until: from, followers: left }, told));
            prop_assert_eq!(parts, whole);
        }
    }

    #[test]
    fn totals_stand_for_themselves_and_less_than_none_is_not_known() {
        let total = |day, total| FollowersThen { at: at(day), told: FollowersTold::Total(total) };
        let known = followers(&range(1, 4, 9), vec![total(0, 1), total(1, 5), total(3, 8), total(4, 9)]);
        assert_eq!(known, [(at(3), 8), (at(1), 5)]);
        let gained = |day, gained| FollowersThen { at: at(day), told: FollowersTold::GainedAfter(gained) };
        let known = followers(&range(0, 4, 9), vec![gained(0, 1), gained(1, 5), gained(2, 3), gained(3, 4)]);
        assert_eq!(known, [(at(3), 5), (at(2), 2)]);
    }

    #[test]
    fn what_a_network_will_not_tell_is_not_asked_again() {
        let now = at(1);
        for kind in [ErrorKind::Content, ErrorKind::Ask, ErrorKind::Reconnect] {
            assert_eq!(after(&NetworkError::new(kind, "any", ""), now), Next::Done);
        }
        let mut busy = NetworkError::new(ErrorKind::RateLimited, "any", "");
        assert_eq!(after(&busy, now), Next::Again(now + AGAIN));
        busy.retry_after = Some(std::time::Duration::from_mins(5));
        assert_eq!(after(&busy, now), Next::Again(now + Duration::minutes(5)));
    }
}
