//! Plausible's Stats API, version 2 (<https://plausible.io/docs/stats-api>), with the key as a bearer.
//!
//! - It gives a bounce rate in hundredths and no bounces: these are the rate by the visits, rounded half away from zero. It rounds its rate,
//!   so that the bounces of a day with very many visits are near and not exact.
//! - How visits came is told from the name of the source ([`super::channel`]).
//! - Days are those of the site's own time zone there. A day without visits is left out of an answer about it, and stands with a zero.

use chrono::NaiveDate;
use diwan_entity::insights::web_day::Channel;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::{Asking, MOST_BYTES, Site, Trouble, count, days, decimal, nearest};
use super::said::{Counted, Days, Gathered, GoalRow};

/// The most rows of an answer, as it allows; there may be another after it.
const PAGE: usize = 10_000;
/// The most answers that are read for one range.
const MOST_PAGES: usize = 50;

/// A row of an answer: by what it is grouped, and the numbers in the order in which they were asked for.
struct Row {
    day: NaiveDate,
    name: String,
    metrics: Vec<Value>,
}

async fn query(ask: &Asking<'_>, body: &Value) -> Result<Vec<Value>, Trouble> {
    let url = ask.base.join("api/v2/query").map_err(|_| Trouble::new("ADDRESS", "not an address"))?;
    let request = ask.http.post(url).max_response_bytes(MOST_BYTES).bearer(ask.token).json(body);
    let answer = request.send().await.map_err(|error| Trouble::of_http(&error))?;
    let told: Option<Value> = answer.json().ok();
    if answer.status.as_u16() != 200 {
        let said = told.as_ref().and_then(|told| told.get("error")).and_then(Value::as_str);
        let said = said.map(|said| ask.without_key(said));
        return Err(Trouble::of_status(&answer, said.as_deref(), ask.now));
    }
    let rows = told.as_ref().and_then(|told| told.get("results")).and_then(Value::as_array);
    rows.cloned().ok_or_else(|| Trouble::new("NOT_ANALYTICS", "the answer has no results"))
}

/// Numbers of a range by the day and something else.
async fn by_day(
    ask: &Asking<'_>,
    range: (NaiveDate, NaiveDate),
    (dimension, metrics): (&str, &[&str]),
) -> Result<Vec<Row>, Trouble> {
    let mut all = Vec::new();
    for page in 0..MOST_PAGES {
        let body = json!({
            "site_id": ask.site_id,
            "metrics": metrics,
            "date_range": [range.0, range.1],
            "dimensions": ["time:day", dimension],
            "order_by": [["time:day", "asc"], [dimension, "asc"]],
            "pagination": { "limit": PAGE, "offset": page * PAGE },
        });
        let told = query(ask, &body).await?;
        let last = told.len() < PAGE;
        for told in &told {
            let row = row(told, metrics.len()).filter(|row| row.day >= range.0 && row.day <= range.1);
            all.push(row.ok_or_else(|| Trouble::new("NOT_ANALYTICS", "a row that cannot be read"))?);
        }
        if last {
            return Ok(all);
        }
    }
    Err(Trouble::new("TOO_LARGE", format!("more than {} rows", MOST_PAGES * PAGE)))
}

fn row(told: &Value, metrics: usize) -> Option<Row> {
    let [day, name] = told.get("dimensions")?.as_array()?.as_slice() else { return None };
    let day = day.as_str()?.get(..10)?.parse().ok()?;
    let told = told.get("metrics")?.as_array().filter(|told| told.len() == metrics)?;
    Some(Row { day, name: name.as_str()?.to_owned(), metrics: told.clone() })
}

/// What it says of the site, which is nothing. Fails where the key does not read it.
pub(super) async fn site(ask: &Asking<'_>) -> Result<Site, Trouble> {
    let body = json!({ "site_id": ask.site_id, "metrics": ["visits"], "date_range": "day" });
    query(ask, &body).await?;
    Ok(Site::default())
}

/// What it counted on these days.
pub(super) async fn read(ask: &Asking<'_>, range: (NaiveDate, NaiveDate)) -> Result<Days, Trouble> {
    let visits = by_day(ask, range, ("visit:source", &["visits", "bounce_rate", "pageviews"])).await?;
    let goals = by_day(ask, range, ("event:goal", &["events"])).await?;
    let mut gathered = Gathered::default();
    for day in days(range).filter(|day| !visits.iter().any(|row| row.day == *day)) {
        let none = Counted { sessions: 0, bounces: Some(0), page_views: Some(0) };
        gathered.add(day, (Some(Channel::Direct), ""), none);
    }
    for row in &visits {
        gathered.add(row.day, (None, &row.name), counted(&row.metrics));
    }
    Ok(Days { visits: gathered.rows(), goals: goals.iter().filter_map(reached).collect() })
}

/// Visits, bounces by their rate, page views.
fn counted(metrics: &[Value]) -> Counted {
    let sessions = count(metrics.first()).unwrap_or_default();
    let bounces = decimal(metrics.get(1)).and_then(|rate| {
        let bounces = Decimal::from(sessions).checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED)?;
        nearest(bounces)
    });
    Counted { sessions, bounces: bounces.or((sessions == 0).then_some(0)), page_views: count(metrics.get(2)) }
}

fn reached(row: &Row) -> Option<GoalRow> {
    let completions = count(row.metrics.first()).filter(|count| *count > 0)?;
    let name: String = row.name.chars().filter(|c| !c.is_control()).take(200).collect();
    let goal = name.trim().to_owned();
    (!goal.is_empty()).then_some(GoalRow { day: row.day, goal, completions, value_minor: None, currency: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounces_are_reckoned_from_the_rate() {
        let of = |visits: i64, rate: Value| counted(&[json!(visits), rate, json!(9)]).bounces;
        assert_eq!(of(3, json!(33)), Some(1));
        assert_eq!(of(8, json!(37.5)), Some(3));
        assert_eq!(of(10, json!(45)), Some(5), "half away from zero");
        assert_eq!(of(10, json!(100)), Some(10));
        assert_eq!((of(10, json!(null)), of(0, json!(null))), (None, Some(0)));
    }

    #[test]
    fn a_row_is_of_a_day_and_a_name() {
        let told = row(&json!({ "dimensions": ["2026-07-01", "Google"], "metrics": [5, 40, 9] }), 3).unwrap();
        assert_eq!((told.day.to_string().as_str(), told.name.as_str()), ("2026-07-01", "Google"));
        for wrong in [
            json!({}),
            json!({ "dimensions": ["2026-07-01"], "metrics": [5, 40, 9] }),
            json!({ "dimensions": ["2026-07-01", "Google"], "metrics": [5] }),
            json!({ "dimensions": ["soon", "Google"], "metrics": [5, 40, 9] }),
        ] {
            assert!(row(&wrong, 3).is_none(), "{wrong}");
        }
    }
}
