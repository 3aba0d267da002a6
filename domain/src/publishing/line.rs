//! Whose turn it is on an account: in order, at the account's pace, and not while the network asks for patience. What is said here is
//! said in PostgreSQL, so that it holds for all workers together.
//!
//! Publications of an account go out in the order of their times. One waits for those before it that are to be sent now; it does not
//! wait for one that is tried again, looked up, paused or left to a person, nor for one whose job fails: that can take hours, and what
//! was promised for its own time is worth more than the order.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::Pace;
use diwan_platform::db;
use sea_orm::ConnectionTrait as _;

use crate::jobs::{Job as _, JobError, Scope};

/// How long a publication waits for each before it in line. It is called when its turn comes; this is in case nobody calls.
const EACH: Duration = Duration::milliseconds(500);

/// The most that are counted of those before it.
const MOST_COUNTED: i64 = 20;

/// When the publication is to ask again; none if nothing is before it. A look-up waits for nobody, but for the network's patience.
pub(super) async fn before(
    scope: &Scope,
    row: &publication::Model,
    account: &social_account::Model,
) -> Result<Option<DateTime<Utc>>, JobError> {
    if let Some(until) = closed(scope, account) {
        return Ok(Some(until));
    }
    if !matches!(row.state, PublicationState::Scheduled | PublicationState::Queued) {
        return Ok(None);
    }
    // A job that has failed, or whose worker is silent, holds up nobody.
    let sql = "select count(*) from (
        select from publication p
        where p.brand_id = $1 and p.social_account_id = $2 and p.state in ('SCHEDULED', 'QUEUED', 'SENDING')
          and (p.due_at, p.id) < ($3, $4) and p.due_at <= $5
          and exists (select from job j where j.brand_id = p.brand_id and j.kind = $6 and j.subject_id = p.id
            and j.state in ('PENDING', 'HANDED', 'RUNNING') and j.failures = 0
            and (j.lease_expires_at is null or j.lease_expires_at > $5))
        limit $7) earlier";
    let values = [
        row.brand_id.into(),
        row.social_account_id.into(),
        row.due_at.into(),
        row.id.into(),
        scope.now.into(),
        super::Publish.kind().into(),
        MOST_COUNTED.into(),
    ];
    let earlier: i64 = db::scalar(scope.tx(), sql, values).await?;
    let earlier = i32::try_from(earlier).unwrap_or(i32::MAX);
    Ok((earlier > 0).then(|| scope.now + EACH * earlier))
}

/// Until when the network wants nothing of the account.
fn closed(scope: &Scope, account: &social_account::Model) -> Option<DateTime<Utc>> {
    account.closed_until.filter(|until| *until > scope.now && account.state == AccountState::Connected)
}

/// Calls the next in line, now that one has left it.
pub(super) async fn call_next(scope: &Scope, left: &publication::Model) -> Result<(), JobError> {
    // With its own time, so that it stands where it stood among what is due.
    let sql = "update job set due_at = next.due_at from (
        select j.id, p.due_at from publication p
          join job j on j.brand_id = p.brand_id and j.kind = $3 and j.subject_id = p.id and j.state = 'PENDING'
        where p.brand_id = $1 and p.social_account_id = $2 and p.state in ('SCHEDULED', 'QUEUED') and p.due_at <= $4
          and p.id <> $5 and j.failures = 0
        order by p.due_at, p.id limit 1 for update of j skip locked) next
      where job.id = next.id and job.due_at > $4";
    let values = [
        left.brand_id.into(),
        left.social_account_id.into(),
        super::Publish.kind().into(),
        scope.now.into(),
        left.id.into(),
    ];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// Notes that the network asks for patience: nothing of the account is sent before then.
pub(super) async fn close(scope: &Scope, row: &publication::Model, until: DateTime<Utc>) -> Result<(), JobError> {
    let sql = "update social_account set closed_until = greatest(closed_until, $3) where brand_id = $1 and id = $2";
    let values = [row.brand_id.into(), row.social_account_id.into(), until.into()];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// Takes a place in the account's pace. If there is none now, when there is one.
///
/// The pace is a bucket that holds [`Pace::most`] and fills evenly, kept as one moment: until when what was taken has used it up
/// (the generic cell rate algorithm, <https://www.itu.int/rec/T-REC-I.371>). Should a network count more strictly, it says so, and
/// [`close`] keeps to that.
pub(super) async fn take_pace(
    scope: &Scope,
    row: &publication::Model,
    pace: Pace,
) -> Result<Option<DateTime<Utc>>, JobError> {
    let per = i64::try_from(pace.per.as_millis()).unwrap_or(i64::MAX);
    let each = Duration::milliseconds(per / i64::from(pace.most.max(1)));
    let slack = Duration::milliseconds(per) - each;
    let sql = "update social_account a
        set paced_until = case when b.until - make_interval(secs => $5) <= $3 then b.until + make_interval(secs => $4)
          else a.paced_until end
      from (select id, greatest(paced_until, $3) as until from social_account where brand_id = $1 and id = $2
        for no key update) b
      where a.brand_id = $1 and a.id = b.id returning b.until";
    let values = [
        row.brand_id.into(),
        row.social_account_id.into(),
        scope.now.into(),
        seconds(each).into(),
        seconds(slack).into(),
    ];
    let until: DateTime<Utc> = db::scalar(scope.tx(), sql, values).await?;
    let at = until - slack;
    Ok((at > scope.now).then_some(at))
}

#[expect(clippy::cast_precision_loss, reason = "paces are at most days")]
fn seconds(of: Duration) -> f64 {
    of.num_milliseconds() as f64 / 1000.0
}
