//! Reading a server that counts visits: first its last 90 days, then each day what is new, with the two days before again, since servers
//! restate them.
//!
//! Days are written in parts of 30, each with how far it went, so that whoever takes the work up goes on from there; what is written again is
//! the same. Days before the first on which the server knows of a visit are left out: it may not have counted yet.

use async_trait::async_trait;
use chrono::{DateTime, Days as Later, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::web_source::{self, WebSourceKind, WebSourceState};
use diwan_entity::tenancy::brand;
use diwan_platform::db;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, DbErr, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use url::Url;
use uuid::Uuid;

use super::call::{Asking, Site, Trouble};
use super::connect::place;
use super::said::Days;
use super::write::replace;
use super::{matomo, plausible};
use crate::calendar::day_start;
use crate::error::Fault;
use crate::insights::alerts::days_came;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::notices;
use crate::permission::Permit;

/// How many days are read at first.
const FIRST_DAYS: u64 = 90;
/// How many days before the last one that was read are read again.
const AGAIN: u64 = 2;
/// How many days are read at a time.
const PART: u64 = 30;
/// How long after the brand's midnight a day is read: the site may be in another time zone.
const AFTER_MIDNIGHT: Duration = Duration::hours(3);
/// How soon a server that failed is asked again; twice as long for each failure.
const FIRST_WAIT: Duration = Duration::minutes(30);
/// The longest wait, and the longest that a server can ask for.
const LONGEST_WAIT: Duration = Duration::days(1);

/// Reads one source.
#[derive(Debug)]
pub struct SyncWeb;

/// A source with what it takes to ask it.
struct Subject {
    source: web_source::Model,
    zone: Tz,
    /// The first day of which anything is known.
    first: Option<NaiveDate>,
}

impl Subject {
    /// None where there is nothing to ask.
    async fn load(scope: &Scope) -> Result<Option<Self>, JobError> {
        let found = web_source::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(source) = found.filter(is_asked) else { return Ok(None) };
        let brand = brand::Entity::find_by_id(scope.brand_id).one(scope.tx()).await?;
        let brand = brand.ok_or_else(|| Fault::broken("a source without its brand"))?;
        let zone = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        let sql = "select min(d.day) from web_day d where d.brand_id = $1 and d.source_id = $2";
        let first = db::scalar(scope.tx(), sql, [scope.brand_id.into(), source.id.into()]).await?;
        Ok(Some(Self { source, zone, first }))
    }

    /// What is to be read now, in parts, the oldest first.
    fn parts(&self, now: DateTime<Utc>) -> Vec<(NaiveDate, NaiveDate)> {
        let today = now.with_timezone(&self.zone).date_naive();
        let before = |day: NaiveDate, days: u64| day.checked_sub_days(Later::new(days)).unwrap_or(day);
        let (first, last) = (before(today, FIRST_DAYS), before(today, 1));
        let mut from = self.source.read_until.map_or(first, |until| before(until, AGAIN).max(first)).min(last);
        let mut parts = Vec::new();
        while from <= last {
            let to = from.checked_add_days(Later::new(PART - 1)).map_or(last, |to| to.min(last));
            parts.push((from, to));
            let Some(next) = to.succ_opt() else { break };
            from = next;
        }
        parts
    }
}

fn is_asked(source: &web_source::Model) -> bool {
    source.base_url.is_some() && matches!(source.state, WebSourceState::Checking | WebSourceState::Connected)
}

/// The source, held, if it is still asked with the same key; otherwise how the job goes on: what this run has heard says nothing about
/// another key, with which it begins at once.
async fn held(scope: &Scope, source: &web_source::Model) -> Result<Result<web_source::Model, Next>, JobError> {
    let found = web_source::Entity::one_in_brand(scope.brand_id, source.id).lock_exclusive().one(scope.tx()).await?;
    Ok(match found.filter(is_asked) {
        None => Err(Next::Done),
        Some(row) if row.token != source.token => Err(Next::Again(scope.now)),
        Some(row) => Ok(row),
    })
}

async fn site(kind: WebSourceKind, ask: &Asking<'_>) -> Result<Site, Trouble> {
    match kind {
        WebSourceKind::Plausible => plausible::site(ask).await,
        WebSourceKind::Matomo | WebSourceKind::Csv | WebSourceKind::Api => matomo::site(ask).await,
    }
}

async fn read(source: &web_source::Model, ask: &Asking<'_>, part: (NaiveDate, NaiveDate)) -> Result<Days, Trouble> {
    match source.kind {
        WebSourceKind::Plausible => plausible::read(ask, part).await,
        WebSourceKind::Matomo | WebSourceKind::Csv | WebSourceKind::Api => {
            matomo::read(ask, part, source.currency.as_deref()).await
        }
    }
}

/// Leaves out the days before the first with a visit, of these and of what is known. Answers which that is.
fn from_first_visit(days: &mut Days, known: Option<NaiveDate>) -> Option<NaiveDate> {
    let visited = days.visits.iter().filter(|row| row.sessions > 0).map(|row| row.day);
    let first = visited.chain(known).min();
    days.visits.retain(|row| first.is_some_and(|first| row.day >= first));
    first
}

/// Writes what was read. False where the source is not asked any more.
async fn keep(
    work: &Work,
    subject: &mut Subject,
    (mut days, part): (Days, (NaiveDate, NaiveDate)),
) -> Result<bool, JobError> {
    let scope = work.begin().await?;
    let row = match held(&scope, &subject.source).await? {
        Ok(row) => row,
        Err(next) => {
            scope.finish(next).await?;
            return Ok(false);
        }
    };
    subject.first = from_first_visit(&mut days, subject.first);
    replace(scope.tx(), (scope.brand_id, row.id), part, (&days, scope.now)).await?;
    let until = row.read_until.max(Some(part.1));
    let mut row = row.into_active_model();
    row.read_until = Set(until);
    row.update(scope.tx()).await?;
    scope.commit().await?;
    Ok(true)
}

/// Notes what a server says of the site: its key is right. False where the source is not asked any more.
async fn checked(work: &Work, subject: &mut Subject, site: Site) -> Result<bool, JobError> {
    let scope = work.begin().await?;
    let row = match held(&scope, &subject.source).await? {
        Ok(row) => row,
        Err(next) => {
            scope.finish(next).await?;
            return Ok(false);
        }
    };
    let mut row = row.into_active_model();
    row.state = Set(WebSourceState::Connected);
    row.site_name = Set(site.name);
    row.time_zone = Set(site.time_zone);
    row.currency = Set(site.currency);
    row.told_at = Set(None);
    subject.source = row.update(scope.tx()).await?;
    scope.commit().await?;
    Ok(true)
}

/// Notes that nothing could be read, and when the server is asked again; not before a person connects it anew where it goes on refusing the key.
/// People are told of that once, until it answers again: whoever tries one wrong key after another is not told of each.
async fn failed(work: &Work, subject: &Subject, trouble: &Trouble) -> Result<(), JobError> {
    tracing::info!(source_id = %subject.source.id, trouble = trouble.kind, "visits could not be read");
    let scope = work.begin().await?;
    let row = match held(&scope, &subject.source).await? {
        Ok(row) => row,
        Err(next) => return scope.finish(next).await,
    };
    let refused_since = (trouble.kind == "REFUSED").then(|| row.refused_since.unwrap_or(scope.now));
    let over = trouble.is_final(row.state, refused_since.map(|since| scope.now - since));
    let (failures, told_at) = (row.failures.saturating_add(1), row.told_at);
    let detail: String = trouble.detail.chars().filter(|c| !c.is_control()).take(500).collect();
    let mut row = row.into_active_model();
    row.asked_at = Set(Some(scope.now));
    row.failures = Set(failures);
    row.refused_since = Set(refused_since);
    row.trouble = Set(Some(trouble.kind.to_owned()));
    row.trouble_detail = Set(Some(detail));
    if over {
        row.state = Set(WebSourceState::Failed);
        row.told_at = Set(Some(told_at.unwrap_or(scope.now)));
    }
    let row = row.update(scope.tx()).await?;
    if over && told_at.is_none() {
        notices::web_source_failed(scope.permit().await?, scope.now, &row).await?;
    }
    let next = if over { Next::Done } else { Next::Again(scope.now + wait(failures, trouble.retry_after)) };
    scope.finish(next).await
}

/// How long a server that failed so often is left alone.
pub(crate) fn wait(failures: i32, asked: Option<Duration>) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 10)).unwrap_or_default();
    let wait = FIRST_WAIT.checked_mul(1 << doublings).unwrap_or(LONGEST_WAIT);
    wait.max(asked.unwrap_or_else(Duration::zero)).min(LONGEST_WAIT)
}

/// When a source is read next: some hours after the brand's next midnight, each at another minute.
pub(crate) fn next_reading(zone: Tz, now: DateTime<Utc>, source_id: Uuid) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let tomorrow = today.succ_opt().unwrap_or(today);
    (day_start(zone, tomorrow) + AFTER_MIDNIGHT + minute_of(source_id)).max(now + Duration::hours(1))
}

/// Within which minute of its hour a source is asked, so that not all are at once.
pub(crate) fn minute_of(source_id: Uuid) -> Duration {
    Duration::minutes(i64::try_from(source_id.as_u128() % 60).unwrap_or_default())
}

#[async_trait]
impl Job for SyncWeb {
    fn kind(&self) -> &'static str {
        "sync_web"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(mut subject) = Subject::load(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        let archived = "select archived_at is not null from brand where id = $1";
        if db::scalar(scope.tx(), archived, [scope.brand_id.into()]).await? {
            let later = scope.now + LONGEST_WAIT;
            return scope.finish(Next::Again(later)).await;
        }
        let now = scope.now;
        scope.commit().await?;
        let source = subject.source.clone();
        let (Some(base), Some(site_id), Some(sealed)) = (&source.base_url, &source.site_id, &source.token) else {
            return Err(Fault::broken("a source that is asked without its address or key").into());
        };
        let opened = work.services.keys.open(place(source.brand_id, source.id), sealed).map_err(Fault::from)?;
        let token = String::from_utf8(opened).map_err(|_| Fault::broken("a key is no text"))?;
        let base = Url::parse(base).map_err(|_| Fault::broken("a source's address cannot be read"))?;
        let ask = Asking { http: &work.services.http, base, site_id, token: &token, now };
        if source.state == WebSourceState::Checking {
            let told = match site(source.kind, &ask).await {
                Ok(told) => told,
                Err(trouble) => return failed(work, &subject, &trouble).await,
            };
            if !checked(work, &mut subject, told).await? {
                return Ok(());
            }
        }
        for part in subject.parts(now) {
            let days = match read(&subject.source, &ask, part).await {
                Ok(days) => days,
                Err(trouble) => return failed(work, &subject, &trouble).await,
            };
            if !keep(work, &mut subject, (days, part)).await? {
                return Ok(());
            }
        }
        let scope = work.begin().await?;
        let row = match held(&scope, &subject.source).await? {
            Ok(row) => row,
            Err(next) => return scope.finish(next).await,
        };
        let mut row = row.into_active_model();
        row.asked_at = Set(Some(scope.now));
        row.read_at = Set(Some(scope.now));
        row.failures = Set(0);
        row.trouble = Set(None);
        row.trouble_detail = Set(None);
        row.refused_since = Set(None);
        row.update(scope.tx()).await?;
        days_came(scope.permit().await?, scope.now, scope.now).await?;
        let next = next_reading(subject.zone, scope.now, source.id);
        scope.finish(Next::Again(next)).await
    }

    async fn give_up(&self, scope: &Scope, reason: &str) -> Result<(), JobError> {
        let source = web_source::Entity::one_in_brand(scope.brand_id, scope.subject_id());
        if let Some(row) = source.lock_exclusive().one(scope.tx()).await?.filter(is_asked) {
            let mut row = row.into_active_model();
            row.trouble = Set(Some("GAVE_UP".to_owned()));
            row.trouble_detail = Set(Some(reason.chars().take(500).collect()));
            row.update(scope.tx()).await?;
        }
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_fails_is_left_alone_for_longer_and_longer() {
        assert_eq!(wait(1, None), Duration::minutes(30));
        assert_eq!(wait(3, None), Duration::hours(2));
        assert_eq!(wait(2000, None), Duration::days(1));
        assert_eq!(wait(1, Some(Duration::hours(5))), Duration::hours(5));
        assert_eq!(wait(1, Some(Duration::days(400))), Duration::days(1));
    }

    #[test]
    fn a_source_is_read_in_the_morning_of_the_brand() {
        let now: DateTime<Utc> = "2026-03-28T10:00:00Z".parse().unwrap();
        // Athens puts its clocks forward in this night, at three.
        let next = next_reading(chrono_tz::Europe::Athens, now, Uuid::from_u128(60 * 7 + 5));
        assert_eq!(next, "2026-03-29T01:05:00Z".parse::<DateTime<Utc>>().unwrap());
        let late = next_reading(chrono_tz::UTC, "2026-03-28T23:59:00Z".parse().unwrap(), Uuid::nil());
        assert_eq!(late, "2026-03-29T03:00:00Z".parse::<DateTime<Utc>>().unwrap());
    }
}
