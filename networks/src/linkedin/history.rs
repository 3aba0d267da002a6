//! How many more followed a page after each day of the last twelve months. Days are those of UTC, and the last two are not told yet.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/follower-statistics>

use chrono::{DateTime, NaiveTime, Utc};
use serde_json::Value;

use super::wire::{Api, Elements, encoded};
use crate::call::{Step, read};
use crate::error::NetworkError;
use crate::history::{FollowersThen, FollowersTold};

/// The beginning of a moment's day.
fn day(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// What is told of one day.
fn told(element: &Value) -> Option<FollowersThen> {
    let at = DateTime::from_timestamp_millis(element["timeRange"]["start"].as_i64()?)?;
    let gains = &element["followerGains"];
    let (organic, paid) = (gains["organicFollowerGain"].as_i64(), gains["paidFollowerGain"].as_i64());
    let gained = organic.or(paid)? + organic.and(paid).unwrap_or_default();
    Some(FollowersThen { at, told: FollowersTold::GainedAfter(gained) })
}

/// Of the days that begin between these moments.
pub async fn read_days(
    api: &Api<'_>,
    page: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<FollowersThen>, NetworkError> {
    let (start, end) = (day(from), day(until));
    if start >= end {
        return Ok(Vec::new());
    }
    let path = format!(
        "/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={}\
         &timeIntervals=(timeRange:(start:{},end:{}),timeGranularityType:DAY)",
        encoded(page),
        start.timestamp_millis(),
        end.timestamp_millis()
    );
    let answer = api.send(api.get(&path)?, Step::Repeatable).await?;
    let days: Elements<Value> = read(&answer, Step::Repeatable)?;
    Ok(days.elements.iter().filter_map(told).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_gains_are_added_and_none_is_no_number() {
        let gained = |gains: Value| told(&json!({ "timeRange": { "start": 86_400_000 }, "followerGains": gains }));
        let expected = |gained| {
            let at = DateTime::from_timestamp(86_400, 0)?;
            Some(FollowersThen { at, told: FollowersTold::GainedAfter(gained) })
        };
        assert_eq!(gained(json!({ "organicFollowerGain": 3, "paidFollowerGain": 2 })), expected(5));
        assert_eq!(gained(json!({ "organicFollowerGain": -1 })), expected(-1));
        assert_eq!(gained(json!({ "paidFollowerGain": 2 })), expected(2));
        assert_eq!(gained(json!({})), None);
    }
}
