//! Numbers of days, as the insights of Facebook write them.
//! <https://developers.facebook.com/docs/graph-api/reference/insights>

use chrono::{DateTime, Utc};
use serde_json::Value;

/// What is asked for the days of a metric between two moments.
pub(crate) fn asked(
    metric: &'static str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> [(&'static str, String); 4] {
    [
        ("metric", metric.to_owned()),
        ("period", "day".to_owned()),
        ("since", from.timestamp().to_string()),
        ("until", until.timestamp().to_string()),
    ]
}

/// The number of each day, with the moment at which the day ended. A day without a number is left out.
pub(crate) fn days(list: &Value, metric: &str) -> Vec<(DateTime<Utc>, i64)> {
    let found = list["data"].as_array().into_iter().flatten();
    let values = found.filter(|one| one["name"] == metric && one["period"] == "day");
    let values = values.filter_map(|one| one["values"].as_array()).flatten();
    values.filter_map(|day| Some((moment(day["end_time"].as_str()?)?, day["value"].as_i64()?))).collect()
}

/// A moment as the Graph API writes it: `2026-11-26T10:00:00+0000`.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z");
    moment.or_else(|_| DateTime::parse_from_rfc3339(text)).ok().map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_day_without_a_number_is_left_out() {
        let list = json!({ "data": [
            { "name": "page_follows", "period": "day", "values": [
                { "value": 7, "end_time": "2026-11-25T08:00:00+0000" },
                { "end_time": "2026-11-26T08:00:00+0000" },
                { "value": 9, "end_time": "2026-11-27T08:00:00+0000" },
            ] },
            { "name": "page_follows", "period": "week", "values": [{ "value": 1, "end_time": "2026-11-27T08:00:00+0000" }] },
            { "name": "other", "period": "day", "values": [{ "value": 2, "end_time": "2026-11-27T08:00:00+0000" }] },
        ] });
        let told: Vec<_> = days(&list, "page_follows").into_iter().map(|(at, value)| (at.timestamp(), value)).collect();
        assert_eq!(told, [(1_795_593_600, 7), (1_795_766_400, 9)]);
        assert_eq!(days(&Value::Null, "page_follows"), []);
    }
}
