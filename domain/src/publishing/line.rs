//! Whose turn it is on an account: in order, at the account's pace, and not while the network asks for patience. What is said here is
//! said in PostgreSQL, so that it holds for all workers together.
//!
//! Publications of an account go out in the order of their times. One that is still to be begun waits for those before it that are due
//! and still to be begun, or being sent now. It does not wait for one that is put off for another try, looked up, paused or left to a
//! person, nor for one whose job has failed or whose worker is silent: that can take hours, and what was promised for its own time is
//! worth more than the order. For the same reason one that is tried again or looked up waits for nobody before it.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::Pace;
use diwan_platform::db;
use sea_orm::ConnectionTrait as _;

use crate::jobs::{Job as _, JobError, Scope};

/// How long a publication waits for each before it in line. It is called when its turn comes; this is in case nobody calls.
const EACH: Duration = Duration::milliseconds(500);

/// How long those behind the first wait at least, in case nobody calls: longer than a worker that died is missed.
const UNCALLED: Duration = Duration::seconds(15);

/// Whoever begins takes from what is due also what would come due within so long, as an interval: as long as somebody of the line begins
/// more often than that, nobody in it comes due before it is called, however long the line is. Shorter than [`UNCALLED`], so that who waits is
/// written anew only every few seconds.
const SOON: &str = "interval '10 seconds'";

/// The most that are counted of those before it, and the most places that one waits: whatever stands in line asks again before long.
pub(super) const MOST_COUNTED: i64 = 20;

/// How many stand before the publication `p` in line now (`$3`), as an expression; `$4` is the kind of its job, `$5` [`MOST_COUNTED`]. A
/// job that has failed, or whose worker is silent, holds up nobody.
pub(super) const EARLIER: &str = "case when p.state in ('SCHEDULED', 'QUEUED') then (select count(*) from (
    select from publication e
    where e.brand_id = p.brand_id and e.social_account_id = p.social_account_id and e.state in ('SCHEDULED', 'QUEUED', 'SENDING')
      and (e.due_at, e.id) < (p.due_at, p.id) and e.due_at <= $3
      and exists (select from job j where j.brand_id = e.brand_id and j.kind = $4 and j.subject_id = e.id
        and j.state in ('PENDING', 'HANDED', 'RUNNING') and j.failures = 0
        and (j.lease_expires_at is null or j.lease_expires_at > $3))
    limit $5) ahead) else 0 end";

/// Whether somebody stands behind the publication `p` in line whose job is due now or soon, as an expression with the same parameters.
pub(super) fn followed() -> String {
    format!(
        "p.state in ('SCHEDULED', 'QUEUED') and exists (
           select from publication l join job j on j.brand_id = l.brand_id and j.kind = $4 and j.subject_id = l.id and j.state = 'PENDING'
           where l.brand_id = p.brand_id and l.social_account_id = p.social_account_id and l.state in ('SCHEDULED', 'QUEUED')
             and (l.due_at, l.id) > (p.due_at, p.id) and l.due_at <= $3 and j.due_at <= $3 + {SOON} and j.failures = 0)"
    )
}

/// The job of the next in line on the account `$2` of the brand `$1`, now (`$4`) that the publication `$5` has left it; `$3` is its kind.
/// With its own time, so that it stands where it stood among what is due.
pub(super) const NEXT: &str = "select j.id, p.due_at from publication p
    join job j on j.brand_id = p.brand_id and j.kind = $3 and j.subject_id = p.id and j.state = 'PENDING'
  where p.brand_id = $1 and p.social_account_id = $2 and p.state in ('SCHEDULED', 'QUEUED') and p.due_at <= $4
    and p.id <> $5 and j.failures = 0
  order by p.due_at, p.id limit 1 for update of j skip locked";

/// Where a publication stands in its account's line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// How many are before it.
    pub(super) earlier: i64,
    /// Whether somebody behind it is due now or soon.
    pub(super) followed: bool,
}

/// When the publication is to ask again; none if nothing is before it. A look-up waits for nobody, but for the network's patience.
pub(super) async fn before(
    scope: &Scope,
    row: &publication::Model,
    account: &social_account::Model,
    place: Place,
) -> Result<Option<DateTime<Utc>>, JobError> {
    if let Some(until) = closed(scope, account) {
        return Ok(Some(until));
    }
    if !matches!(row.state, PublicationState::Scheduled | PublicationState::Queued) {
        return Ok(None);
    }
    // Also by one that is not the first: of many that are due in one instant it need not be the first that begins, and each that begins
    // before it leaves fewer to begin in vain.
    if place.followed {
        hold_back(scope, row).await?;
    }
    let earlier = i32::try_from(place.earlier).unwrap_or(i32::MAX);
    Ok((earlier > 0).then(|| scope.now + EACH * earlier))
}

/// Takes what stands behind it from what is due or soon will be, until it is called: or each of them would be handed over, only to find that
/// it waits, again and again, and of many thousands there would be no hand left for those whose turn it is. What would be too late by then
/// stays as it is, and so does everything behind one whose own job has failed: nobody waits for that.
async fn hold_back(scope: &Scope, first: &publication::Model) -> Result<(), JobError> {
    let sql = format!(
        "update job set due_at = behind.until from (
        select l.id, l.missed_at,
          $6 + make_interval(secs => $7) + make_interval(secs => $8) * least(row_number() over (order by l.due_at, l.place), $9) as until
        from (
          select j.id, p.due_at, p.id as place, p.due_at + make_interval(secs => b.publish_grace_seconds) as missed_at
          from publication p
            join brand b on b.id = p.brand_id
            join job j on j.brand_id = p.brand_id and j.kind = $5 and j.subject_id = p.id and j.state = 'PENDING'
          where p.brand_id = $1 and p.social_account_id = $2 and p.state in ('SCHEDULED', 'QUEUED')
            and (p.due_at, p.id) > ($3, $4) and p.due_at <= $6 and j.due_at <= $6 + {SOON} and j.failures = 0
            and exists (select from job own where own.id = $10 and own.failures = 0)
          for update of j skip locked) l) behind
      where job.id = behind.id and behind.until < behind.missed_at"
    );
    let values = [
        first.brand_id.into(),
        first.social_account_id.into(),
        first.due_at.into(),
        first.id.into(),
        super::Publish.kind().into(),
        scope.now.into(),
        db::seconds(UNCALLED).into(),
        db::seconds(EACH).into(),
        MOST_COUNTED.into(),
        scope.job_id().into(),
    ];
    scope.tx().execute_raw(db::statement(&sql, values)).await?;
    Ok(())
}

/// Until when the network wants nothing of the account.
fn closed(scope: &Scope, account: &social_account::Model) -> Option<DateTime<Utc>> {
    account.closed_until.filter(|until| *until > scope.now && account.state == AccountState::Connected)
}

/// Calls the next in line, now that one has left it.
pub(super) async fn call_next(scope: &Scope, left: &publication::Model) -> Result<(), JobError> {
    let sql =
        format!("update job set due_at = next.due_at from ({NEXT}) next where job.id = next.id and job.due_at > $4");
    let values = [
        left.brand_id.into(),
        left.social_account_id.into(),
        super::Publish.kind().into(),
        scope.now.into(),
        left.id.into(),
    ];
    scope.tx().execute_raw(db::statement(&sql, values)).await?;
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
/// The last moments are kept, [`Pace::most`] of them, so that no time as long as [`Pace::per`] ever holds more. Should a network count
/// more strictly, it says so, and [`close`] keeps to that.
pub(super) async fn take_pace(
    scope: &Scope,
    row: &publication::Model,
    pace: Pace,
) -> Result<Option<DateTime<Utc>>, JobError> {
    let per = Duration::from_std(pace.per).unwrap_or(Duration::MAX);
    let most = i32::try_from(pace.most.max(1)).unwrap_or(i32::MAX);
    // The place of the oldest of the last moments becomes free first.
    let sql = "update social_account a
        set paced_at = case when b.free_at > $3 then b.paced_at else b.paced_at[cardinality(b.paced_at) - $5 + 2 :] || $3::timestamptz end
      from (select id, paced_at,
          coalesce(paced_at[cardinality(paced_at) - $5 + 1] + make_interval(secs => $4), $3) as free_at
        from social_account where brand_id = $1 and id = $2 for no key update) b
      where a.brand_id = $1 and a.id = b.id returning b.free_at";
    let values =
        [row.brand_id.into(), row.social_account_id.into(), scope.now.into(), db::seconds(per).into(), most.into()];
    let at: DateTime<Utc> = db::scalar(scope.tx(), sql, values).await?;
    Ok((at > scope.now).then_some(at))
}
