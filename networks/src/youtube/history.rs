//! How many subscribers a channel had more after each day, by the YouTube Analytics API, version 2.
//! <https://developers.google.com/youtube/analytics/reference/reports/query>

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::analytics::{Asked, Report, Row, report};
use crate::error::NetworkError;
use crate::google::Api;
use crate::history::{FollowersThen, FollowersTold};

/// When a day begins: "a day is by the clock of the Pacific". Of its two clocks the one of winter, so that a moment is an hour late in summer.
const MIDNIGHT: TimeDelta = TimeDelta::hours(8);

/// What is told of each day from the first of which something is to the last that was asked for. On a day that has no row nobody came or went.
fn days(told: &Report, last: NaiveDate) -> Vec<FollowersThen> {
    let day = |row: Row<'_>| {
        let date: NaiveDate = row.text("day")?.parse().ok()?;
        Some((date, row.whole("subscribersGained")? - row.whole("subscribersLost")?))
    };
    let gains: BTreeMap<NaiveDate, i64> = told.rows().filter_map(day).collect();
    let Some((first, _)) = gains.first_key_value() else { return Vec::new() };
    let then = |date: NaiveDate| {
        let at = date.and_hms_opt(0, 0, 0)?.and_utc() + MIDNIGHT;
        let gained = gains.get(&date).copied().unwrap_or_default();
        Some(FollowersThen { at, told: FollowersTold::GainedAfter(gained) })
    };
    first.iter_days().take_while(|date| *date <= last).filter_map(then).collect()
}

/// Of the days that ended between these moments. The last two or three before now are not told yet, and must not be asked for: they would be days on
/// which nobody came.
pub async fn read_days(
    api: &Api<'_>,
    channel: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<FollowersThen>, NetworkError> {
    let date = |at: DateTime<Utc>| (at - MIDNIGHT).date_naive();
    let (first, end) = (date(from), date(until));
    let Some(last) = end.pred_opt().filter(|last| *last >= first) else { return Ok(Vec::new()) };
    let asked = Asked {
        channel,
        days: (first, last),
        metrics: "subscribersGained,subscribersLost",
        dimensions: "day",
        more: &[("sort", "day")],
    };
    Ok(days(&report(api, asked).await?, last))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn rows_are_read_by_the_names_of_their_columns_and_a_day_without_one_had_nobody() {
        let columns = |names: [&str; 3]| names.map(|name| json!({ "name": name, "dataType": "STRING" }));
        let table = |names, rows: Value| -> Report {
            serde_json::from_value(json!({ "columnHeaders": columns(names), "rows": rows })).unwrap()
        };
        let names = ["subscribersLost", "day", "subscribersGained"];
        let last = NaiveDate::from_ymd_opt(1970, 1, 5).unwrap();
        let told = days(&table(names, json!([[1, "1970-01-02", 4], [5, "1970-01-04", 0], [1, "no day", 1]])), last);
        let told: Vec<_> = told.into_iter().map(|then| (then.at.timestamp(), then.told)).collect();
        assert_eq!(
            told,
            [(1, 3), (2, 0), (3, -5), (4, 0)]
                .map(|(day, gained)| (day * 86_400 + 28_800, FollowersTold::GainedAfter(gained)))
        );
        assert_eq!(days(&table(["day", "views", "likes"], json!([["1970-01-02", 4, 1]])), last), []);
        let nothing: Report = serde_json::from_value(json!({ "columnHeaders": columns(names) })).unwrap();
        assert_eq!(days(&nothing, last), []);
    }
}
