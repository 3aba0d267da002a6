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
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::jobs::{Hands, Job as _, JobError, Scope};

/// How long a publication waits for each before it in line. It is called when its turn comes; this is in case nobody calls.
const EACH: Duration = Duration::milliseconds(500);

/// How long a publication waits at least while one before it is being sent: its upload may take minutes, and whoever ends it calls the next.
const WHILE_SENDING: Duration = Duration::seconds(2);

/// How long those that a worker has taken wait at least, in case nobody calls: longer than a worker that died is missed.
const UNCALLED: Duration = Duration::seconds(15);

/// Whoever begins takes also what would come due within so long, as an interval: as long as somebody of the line begins more often than that,
/// nobody in it comes due before it is called, however long the line is. Shorter than [`UNCALLED`], so that who waits is written anew only
/// every few seconds.
const SOON: &str = "interval '10 seconds'";

/// Whether no worker was handed the job `j` with a line: what it waits for there is a hand. What lies in a queue is in none.
const IN_NO_HAND: &str = "(j.state = 'PENDING' or j.line_owner is null)";

/// The most that are taken of a line in one statement: no longer than that are their jobs locked, and whatever is left is taken by the next of it
/// that begins.
const AT_ONCE: i64 = 256;

/// The most places that whoever is taken waits for beyond [`UNCALLED`]: who is not called, because the call was lost, asks again after 45 s at
/// the latest.
const MOST_WAITED: i64 = 60;

/// The most that are counted of those before it, and the most places that whoever begins in vain waits: it asks again before long.
pub(super) const MOST_COUNTED: i64 = 20;

/// How many stand before the publication `p` in line now (`$3`), and whether one of them is being sent, as a row; `$4` is the kind of its job,
/// `$5` [`MOST_COUNTED`]. A job that has failed, or whose worker is silent, holds up nobody.
pub(super) const EARLIER: &str = "select count(*) as earlier, coalesce(bool_or(counted.sending), false) as sending from (
    select e.state = 'SENDING' as sending from publication e
    where p.state in ('SCHEDULED', 'QUEUED')
      and e.brand_id = p.brand_id and e.social_account_id = p.social_account_id and e.state in ('SCHEDULED', 'QUEUED', 'SENDING')
      and (e.due_at, e.id) < (p.due_at, p.id) and e.due_at <= $3
      and exists (select from job j where j.brand_id = e.brand_id and j.kind = $4 and j.subject_id = e.id
        and j.state in ('PENDING', 'HANDED', 'RUNNING') and j.failures = 0
        and (j.lease_expires_at is null or j.lease_expires_at > $3))
    limit $5) counted";

/// Whether somebody stands in line with the publication `p` whose job is due now or soon and not begun, as an expression with the same
/// parameters.
pub(super) fn others_due() -> String {
    format!(
        "p.state in ('SCHEDULED', 'QUEUED') and exists (
           select from publication l
             join job j on j.brand_id = l.brand_id and j.kind = $4 and j.subject_id = l.id and j.state in ('PENDING', 'HANDED')
           where l.brand_id = p.brand_id and l.social_account_id = p.social_account_id and l.state in ('SCHEDULED', 'QUEUED')
             and l.id <> p.id and l.due_at <= $3 and j.due_at <= $3 + {SOON} and j.failures = 0 and {IN_NO_HAND})"
    )
}

/// The job of the next in line on the account `$2` of the brand `$1`, now (`$4`) that the publication `$5` has left it; `$3` is its kind.
/// With its own time, so that it stands where it stood among what is due. The job alone is locked, so that its time may be one that
/// somebody is changing: whoever begins looks again ([`not_yet`]).
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
    /// Whether one of them is being sent.
    pub(super) sending: bool,
    /// Whether somebody before it or behind it is due now or soon, and not begun.
    pub(super) others_due: bool,
}

/// Whether the time of a publication that has not begun is still to come: it was called, or was in a queue, while somebody moved it.
pub(super) fn not_yet(scope: &Scope, row: &publication::Model) -> bool {
    matches!(row.state, PublicationState::Scheduled | PublicationState::Queued) && row.due_at > scope.now
}

/// When the publication is to ask again; none if nothing is before it. A look-up waits for nobody, but for the network's patience.
pub(super) async fn before(
    (scope, hands): (&Scope, &Hands),
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
    // Also by one that is not the first: of many that are due in one instant it need not be the first that begins.
    let called = place.others_due && take_line(scope, hands, row, place.earlier > 0).await?;
    let earlier = i32::try_from(place.earlier).unwrap_or(i32::MAX);
    let uncalled = if called { UNCALLED } else { Duration::zero() };
    let least = if place.sending { WHILE_SENDING } else { Duration::zero() };
    Ok((earlier > 0).then(|| scope.now + (uncalled + EACH * earlier).max(least)))
}

/// Takes the account's line for the worker that begins one of it: what is due or soon will be is held back until it is called, also what
/// lies in a queue already. Or each would be begun, only to find that it waits, again and again, and of many thousands there would be no hand
/// left for those whose turn it is. Where nobody before it is at work, the first of the line is called, and the worker goes on with it; true then.
/// Where a worker has the first of those before it in hand, that one goes on with the line, so that it is taken in that worker's name.
/// Each waits half a second longer than the one before it, so that of a line that goes on few are made to wait a second time; of a short grace
/// no longer than a second before it would be too late.
///
/// One at a time takes a line, and nobody waits for that. What would be too late until it is called stays as it is, and so does everything
/// where the job of who begins has failed before: nobody waits for that.
async fn take_line(scope: &Scope, hands: &Hands, own: &publication::Model, waits: bool) -> Result<bool, JobError> {
    let sql = format!(
        "with line as (
           select pg_try_advisory_xact_lock(hashtextextended('diwan.line.' || $2::text, 0)) as ours, coalesce(front.led, false) as led, front.owner
           from (select) one left join lateral (
             select j.state = 'RUNNING' as led, case j.state when 'RUNNING' then j.lease_owner when 'HANDED' then j.line_owner end as owner
             from publication e
               join job j on j.brand_id = e.brand_id and j.kind = $5 and j.subject_id = e.id and j.state in ('PENDING', 'HANDED', 'RUNNING')
             where e.brand_id = $1 and e.social_account_id = $2 and e.state in ('SCHEDULED', 'QUEUED', 'SENDING')
               and (e.due_at, e.id) < ($3, $4) and e.due_at <= $6 and j.failures = 0
               and (j.lease_expires_at is null or j.lease_expires_at > $6)
             order by e.due_at, e.id limit 1) front on true),
         waiting as (
           select j.id, p.due_at, p.id as place, (p.due_at, p.id) < ($3, $4) as ahead,
             p.due_at + make_interval(secs => b.publish_grace_seconds) as missed_at
           from publication p
             join brand b on b.id = p.brand_id
             join job j on j.brand_id = p.brand_id and j.kind = $5 and j.subject_id = p.id and j.state in ('PENDING', 'HANDED')
           where (select ours from line) and p.brand_id = $1 and p.social_account_id = $2 and p.state in ('SCHEDULED', 'QUEUED')
             and p.id <> $4 and p.due_at <= $6 and j.due_at <= $6 + {SOON} and j.failures = 0 and {IN_NO_HAND}
             and ((p.due_at, p.id) > ($3, $4) or not (select led from line))
             and exists (select from job own where own.id = $10 and own.failures = 0)
           order by p.due_at, p.id limit $9 for update of j skip locked),
         taken as (
           select w.id, w.due_at, w.missed_at, least($6 + make_interval(secs => $7) + make_interval(secs => $8) * least(w.number, {MOST_WAITED}),
               w.missed_at - interval '1 second') as until,
             w.ahead and w.number = 1 and not exists (select from publication e
               join job j on j.brand_id = e.brand_id and j.kind = $5 and j.subject_id = e.id and j.state in ('PENDING', 'HANDED', 'RUNNING')
               where e.brand_id = $1 and e.social_account_id = $2 and e.state in ('SCHEDULED', 'QUEUED', 'SENDING')
                 and (e.due_at, e.id) < (w.due_at, w.place) and j.failures = 0
                 and (j.lease_expires_at is null or j.lease_expires_at > $6)) as called
           from (select *, row_number() over (order by due_at, place) as number from waiting) w),
         held as (
           update job set due_at = case when t.called then t.due_at else t.until end,
             state = case when t.called and $12 then 'HANDED' else 'PENDING' end,
             handed_at = case when t.called and $12 then $6 else job.handed_at end,
             line_owner = case when not t.called or $12 then coalesce(line.owner, $11) end,
             lined_at = case when t.called and not $12 then null when job.line_owner = coalesce(line.owner, $11) then job.lined_at else $6 end
           from taken t cross join line where job.id = t.id and (t.called or t.until > $6 + make_interval(secs => $7))
           returning job.id, t.called),
         own as (
           update job set line_owner = $11, lined_at = case when job.line_owner = $11 then job.lined_at else $6 end
           from held where held.called and job.id = $10)
         select id from held where called"
    );
    let place = if waits { hands.place() } else { None };
    let values = [
        own.brand_id.into(),
        own.social_account_id.into(),
        own.due_at.into(),
        own.id.into(),
        super::Publish.kind().into(),
        scope.now.into(),
        db::seconds(UNCALLED).into(),
        db::seconds(EACH).into(),
        AT_ONCE.into(),
        scope.job_id().into(),
        hands.name().into(),
        place.is_some().into(),
    ];
    let Some(called) = scope.tx().query_one_raw(db::statement(&sql, values)).await? else { return Ok(false) };
    if let Some(place) = place {
        hands.go_on_with(called.try_get("", "id")?, place);
    }
    Ok(true)
}

/// Until when the network wants nothing of the account.
fn closed(scope: &Scope, account: &social_account::Model) -> Option<DateTime<Utc>> {
    account.closed_until.filter(|until| *until > scope.now && account.state == AccountState::Connected)
}

/// Calls the next in line, now that one has left it. It goes through the queue, and is in no worker's hands until it begins.
pub(super) async fn call_next(scope: &Scope, left: &publication::Model) -> Result<(), JobError> {
    let sql = format!(
        "update job set due_at = next.due_at, line_owner = null, lined_at = null from ({NEXT}) next where job.id = next.id"
    );
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

/// Calls the first in each line in which these publications of these brands stood, now that a person has taken them out of it or moved them: the
/// one that was called may have been one of them.
pub(super) async fn call_first(
    on: &impl ConnectionTrait,
    (brand_ids, publication_ids): (&[Uuid], &[Uuid]),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sql = "update job set due_at = first.due_at, line_owner = null, lined_at = null
      from (select distinct brand_id, social_account_id from publication where brand_id = any ($1) and id = any ($2)) line
        cross join lateral (select j.id, p.due_at from publication p
            join job j on j.brand_id = p.brand_id and j.kind = $3 and j.subject_id = p.id and j.state = 'PENDING'
          where p.brand_id = line.brand_id and p.social_account_id = line.social_account_id and p.state in ('SCHEDULED', 'QUEUED')
            and p.due_at <= $4 and j.failures = 0
          order by p.due_at, p.id limit 1 for update of j skip locked) first
      where job.id = first.id and job.due_at > $4";
    let kind = super::Publish.kind();
    let values = [brand_ids.to_vec().into(), publication_ids.to_vec().into(), kind.into(), now.into()];
    on.execute_raw(db::statement(sql, values)).await?;
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
