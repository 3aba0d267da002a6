//! Every change of the clocks of ten years: days neither overlap nor leave a gap, local times mean what the rule says, and 09:00
//! stays 09:00.
//!
//! A part of the zones is tested each time. All of them:
//!
//! ```text
//! DIWAN_TEST_ALL_ZONES=1 cargo test -p diwan-domain --test domain zones
//! ```

use anyhow::{Result, ensure};
use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use diwan_domain::calendar::{Count, Span, at_wall_clock, day_start, days_later};
use diwan_entity::tenancy::agency::{CalendarSystem, WeekStart};

const FIRST_YEAR: i32 = 2024;
const LAST_YEAR: i32 = 2033;
/// Of the zones, every so many is tested each time, and these.
const EVERY: usize = 11;
const ALWAYS: [&str; 10] = [
    "Europe/Athens",
    "Asia/Tehran",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Apia",
];

fn zones() -> Vec<Tz> {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
    let all = std::env::var_os("DIWAN_TEST_ALL_ZONES").is_some();
    let wanted =
        TZ_VARIANTS.iter().enumerate().filter(|(at, zone)| all || at % EVERY == 0 || ALWAYS.contains(&zone.name()));
    wanted.map(|(_, zone)| *zone).collect()
}

fn offset(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

/// The first moments of new offsets.
fn changes(zone: Tz) -> Vec<DateTime<Utc>> {
    let new_year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().unwrap_or_default();
    let (mut at, end) = (new_year(FIRST_YEAR), new_year(LAST_YEAR + 1));
    let mut found = Vec::new();
    while at < end {
        let next = at + Duration::hours(12);
        if offset(zone, at) != offset(zone, next) {
            let (mut low, mut high) = (at.timestamp(), next.timestamp());
            while low + 1 < high {
                let middle = low + (high - low) / 2;
                let moment = DateTime::from_timestamp(middle, 0).unwrap_or_default();
                if offset(zone, moment) == offset(zone, at) { low = middle } else { high = middle }
            }
            found.extend(DateTime::from_timestamp(high, 0));
        }
        at = next;
    }
    found
}

fn check_days(zone: Tz, around: NaiveDate) -> Result<()> {
    let count = Count { system: CalendarSystem::Gregorian, week_start: WeekStart::Monday, zone };
    let days = count.days(Span::Agenda(7), around - Days::new(3));
    ensure!(days.len() == 7);
    for pair in days.windows(2) {
        ensure!(pair[0].ends_at == pair[1].starts_at, "{zone}: a gap after {}", pair[0].date);
    }
    for day in days {
        let hours = day.ends_at - day.starts_at;
        ensure!((Duration::zero()..=Duration::hours(26)).contains(&hours), "{zone}: {} has {hours}", day.date);
        let date_at = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        ensure!(date_at(day.starts_at - Duration::seconds(1)) < day.date, "{zone}: {} begins too late", day.date);
        if hours > Duration::zero() {
            ensure!(date_at(day.starts_at) == day.date, "{zone}: {} begins too early", day.date);
            ensure!(date_at(day.ends_at - Duration::seconds(1)) <= day.date, "{zone}: {} ends too late", day.date);
        }
    }
    Ok(())
}

fn check_clock(zone: Tz, change: DateTime<Utc>, around: NaiveDate) -> Result<()> {
    let before = offset(zone, change - Duration::seconds(1));
    let gap = Duration::seconds(i64::from(offset(zone, change) - before));
    for quarter in 0..3 * 96 {
        let local = (around - Days::new(1)).and_time(NaiveTime::MIN) + Duration::minutes(15 * quarter);
        let at = at_wall_clock(zone, local);
        let shown = at.with_timezone(&zone).naive_local();
        match zone.from_local_datetime(&local) {
            LocalResult::Single(only) => ensure!(at == only.to_utc() && shown == local, "{zone}: {local} is {at}"),
            LocalResult::Ambiguous(earlier, later) => {
                ensure!(earlier < later && at == earlier.to_utc() && shown == local, "{zone}: {local} is {at}");
            }
            LocalResult::None => ensure!(shown == local + gap, "{zone}: {local} is skipped and becomes {shown}"),
        }
        // The next day, the same time; and back.
        let next = days_later(zone, at, 1).unwrap_or_default();
        let wanted = shown + Duration::days(1);
        if !matches!(zone.from_local_datetime(&wanted), LocalResult::None) {
            ensure!(next.with_timezone(&zone).naive_local() == wanted, "{zone}: a day after {shown}");
            let back = days_later(zone, next, -1).unwrap_or_default();
            ensure!(back.with_timezone(&zone).naive_local() == shown, "{zone}: a day before {wanted}");
        }
    }
    Ok(())
}

/// A month of mornings, one a day: none lost, none twice.
fn check_mornings(zone: Tz, around: NaiveDate) -> Result<()> {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    let first = at_wall_clock(zone, (around - Days::new(14)).and_time(nine));
    let mut last = None;
    for day in 0..28 {
        let at = days_later(zone, first, day).unwrap_or_default();
        let local = at.with_timezone(&zone).naive_local();
        ensure!(local.time() == nine, "{zone}: 09:00 became {local}");
        ensure!(local.date() == around - Days::new(14) + Duration::days(day), "{zone}: {local}");
        ensure!(last.is_none_or(|last| last < at), "{zone}: {local} comes twice");
        last = Some(at);
    }
    Ok(())
}

#[test]
fn no_day_and_no_time_is_lost_or_doubled_where_the_clocks_change() -> Result<()> {
    let (mut tested, mut seen) = (0, 0);
    for zone in zones() {
        for change in changes(zone) {
            let around = change.with_timezone(&zone).date_naive();
            check_days(zone, around)?;
            check_clock(zone, change, around)?;
            check_mornings(zone, around)?;
            seen += 1;
        }
        // And where nothing changes.
        let date = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap_or_default();
        ensure!(day_start(zone, date).with_timezone(&zone).date_naive() == date);
        tested += 1;
    }
    println!("{tested} zones, {seen} changes of the clocks");
    ensure!(tested > 50 && seen > 200);
    Ok(())
}
