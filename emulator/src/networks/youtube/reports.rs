//! The YouTube Analytics API, version 2: subscribers of a channel by day, and its viewers by age and gender or by country.
//! <https://developers.google.com/youtube/analytics/reference/reports/query>

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{KEY, NOBODY, channel_id};
use crate::answer::Answer;
use crate::call::Call;
use crate::networks::google::{may, refused};
use crate::world::World;

/// Who may read. <https://www.googleapis.com/discovery/v1/apis/youtubeAnalytics/v2/rest>
const READ: &[&str] = &["yt-analytics.readonly", "youtube.readonly", "youtube"];

/// How many days pass until one is told.
const UNTOLD: Days = Days::new(3);

fn invalid(message: &str) -> Answer {
    refused(400, "badRequest", message)
}

fn date(call: &Call, name: &str) -> Result<NaiveDate, Answer> {
    let missing = || refused(400, "required", &format!("Required parameter: {name}"));
    let text = call.query(name).ok_or_else(missing)?;
    text.parse().map_err(|_| invalid(&format!("Invalid value '{text}' for {name}: it must be YYYY-MM-DD")))
}

/// What day it is at YouTube.
fn today(now: DateTime<Utc>) -> NaiveDate {
    (now - TimeDelta::hours(8)).date_naive()
}

/// Who came and who went on a day: mostly as many.
fn subscribers(day: NaiveDate) -> (i64, i64) {
    (if day.num_days_from_ce() % 90 == 0 { 2 } else { 1 }, 1)
}

/// A table, of columns of a dimension and of a metric after them.
fn table(dimensions: &[&str], (metric, kind): (&str, &str), rows: &[Value]) -> Answer {
    let column = |name: &str, of: &str, kind: &str| json!({ "name": name, "columnType": of, "dataType": kind });
    let mut columns: Vec<Value> = dimensions.iter().map(|name| column(name, "DIMENSION", "STRING")).collect();
    columns.push(column(metric, "METRIC", kind));
    Answer::json(200, &json!({ "kind": "youtubeAnalytics#resultTable", "columnHeaders": columns, "rows": rows }))
}

/// That what is counted is this, and in which order, if one is asked for; and that the days are days.
fn only_of(call: &Call, (metric, sort): (&str, &str)) -> Result<(), Answer> {
    if call.query("metrics") != Some(metric) || call.query("sort").is_some_and(|by| by != sort) {
        return Err(invalid("The query is not supported. Check the documentation for supported queries."));
    }
    if date(call, "startDate")? > date(call, "endDate")? {
        return Err(invalid("Invalid time range: endDate is before startDate"));
    }
    Ok(())
}

/// Who sees films, in hundredths of those who are logged in.
/// <https://developers.google.com/youtube/analytics/channel_reports#demographics-reports>
fn viewers(call: &Call) -> Result<Answer, Answer> {
    only_of(call, ("viewerPercentage", "ageGroup"))?;
    let rows = [
        ("age18-24", "female", 25.5),
        ("age18-24", "male", 24.5),
        ("age25-34", "male", 40.0),
        ("age65-", "user_specified", 10.0),
    ];
    let rows = rows.map(|(age, gender, percent)| json!([age, gender, percent]));
    Ok(table(&["ageGroup", "gender"], ("viewerPercentage", "FLOAT"), &rows))
}

/// From where films are seen, the most often first.
fn countries(call: &Call) -> Result<Answer, Answer> {
    only_of(call, ("views", "-views"))?;
    let rows = [("GR", 60), ("DE", 30), ("ZZ", 10)].map(|(country, views)| json!([country, views]));
    Ok(table(&["country"], ("views", "INTEGER"), &rows))
}

/// A table of one channel: of its days, of who sees its films, or of where. No other reports are told.
pub(super) fn query(call: &Call, world: &World) -> Result<Answer, Answer> {
    const KNOWN: [&str; 6] = ["ids", "startDate", "endDate", "metrics", "dimensions", "sort"];
    if let Some((stray, _)) = call.queries().iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
        return Err(invalid(&format!("Invalid JSON payload received. Unknown name \"{stray}\"")));
    }
    let account = may(KEY, call, world, READ)?.account;
    let own = format!("channel=={}", channel_id(&account, world));
    if account == NOBODY || !call.query("ids").is_some_and(|ids| ids == own || ids == "channel==MINE") {
        return Err(refused(403, "forbidden", "Forbidden"));
    }
    match call.query("dimensions") {
        Some("ageGroup,gender") => return viewers(call),
        Some("country") => return countries(call),
        _ => {}
    }
    if call.query("dimensions") != Some("day") || call.query("sort").is_some_and(|sort| sort != "day") {
        return Err(invalid("The query is not supported. Check the documentation for supported queries."));
    }
    let metrics: Vec<&str> = call.query("metrics").unwrap_or_default().split(',').collect();
    if let Some(unknown) = metrics.iter().find(|metric| !["subscribersGained", "subscribersLost"].contains(metric)) {
        return Err(invalid(&format!("Unknown identifier ({unknown}) given in field parameters.metrics.")));
    }
    let (first, last) = (date(call, "startDate")?, date(call, "endDate")?);
    if first > last {
        return Err(invalid("Invalid time range: endDate is before startDate"));
    }
    let told = today(world.now()).checked_sub_days(UNTOLD).unwrap_or(first);
    let days = first.iter_days().take_while(|day| *day <= last && *day <= told);
    let rows: Vec<Vec<Value>> = days
        .map(|day| {
            let (gained, lost) = subscribers(day);
            let number = |metric: &&str| json!(if *metric == "subscribersGained" { gained } else { lost });
            std::iter::once(json!(day.to_string())).chain(metrics.iter().map(number)).collect()
        })
        .collect();
    let column = |name: &str, of: &str, kind: &str| json!({ "name": name, "columnType": of, "dataType": kind });
    let mut columns = vec![column("day", "DIMENSION", "STRING")];
    columns.extend(metrics.iter().map(|metric| column(metric, "METRIC", "INTEGER")));
    let mut table = json!({ "kind": "youtubeAnalytics#resultTable", "columnHeaders": columns });
    if !rows.is_empty() {
        table["rows"] = json!(rows);
    }
    Ok(Answer::json(200, &table))
}
