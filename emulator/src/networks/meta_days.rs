//! Numbers of days, as the insights of Facebook tell them: of whole days of California, each with the moment of its end.
//! <https://developers.facebook.com/docs/graph-api/reference/insights>

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::facebook::parameters::Parameters;
use super::meta;
use crate::answer::Answer;

/// When a day ends: midnight in California, by its clock of winter.
const END: TimeDelta = TimeDelta::hours(8);

fn invalid(message: &str) -> Answer {
    meta::error(400, 100, None, message)
}

fn moment(parameters: &Parameters, name: &str) -> Result<DateTime<Utc>, Answer> {
    let wrong = || invalid(&format!("Param {name} must be a unix timestamp"));
    let seconds = parameters.needed(name)?.parse().map_err(|_| wrong())?;
    DateTime::from_timestamp(seconds, 0).ok_or_else(wrong)
}

/// The days of a metric that ended between the moments that are asked for, by how old they are now, in days. No more than `most` days are told at
/// once, and none that is older than `oldest`.
pub(super) fn days(
    parameters: &Parameters,
    (metric, now): (&str, DateTime<Utc>),
    (most, oldest): (i64, i64),
    value: impl Fn(i64) -> i64,
) -> Result<Value, Answer> {
    parameters.only(&["metric", "period", "since", "until"])?;
    if parameters.needed("period")? != "day" {
        return Err(invalid(&format!("Incompatible period for the metric {metric}: it is served by day")));
    }
    let (since, until) = (moment(parameters, "since")?, moment(parameters, "until")?);
    if since >= until {
        return Err(invalid("(since) must be before (until)"));
    }
    if until - since > TimeDelta::days(most) {
        return Err(invalid(&format!("There cannot be more than {most} days between since and until")));
    }
    if now - since > TimeDelta::days(oldest) {
        return Err(invalid(&format!("(since) must be within the last {oldest} days")));
    }
    let first = since.date_naive().and_time(NaiveTime::MIN).and_utc() + END;
    let days = (0..=most).map(|day| first + TimeDelta::days(day));
    let days = days.filter(|end| *end > since && *end <= until && *end <= now);
    let values: Vec<_> = days
        .map(|end| {
            let at = end.format("%Y-%m-%dT%H:%M:%S+0000").to_string();
            json!({ "value": value((now - end).num_days()), "end_time": at })
        })
        .collect();
    Ok(json!({ "data": [{ "name": metric, "period": "day", "values": values }] }))
}
