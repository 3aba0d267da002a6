//! Matomo's Reporting API (<https://developer.matomo.org/api-reference/reporting-api>), by POST with the key in the body: since Matomo 5
//! keys are taken from nowhere else unless they are made so.
//!
//! - Visits and bounces of a day are those of `VisitsSummary.get`. `Referrers.getReferrerType` says how they came, `getSocials` and
//!   `getWebsites` from where; what these leave over stands without a name, so that the day is whole.
//! - It counts actions and no page views for each referrer, so that page views are missing.
//! - Days are those of the site's own time zone there.

use std::collections::HashMap;

use chrono::NaiveDate;
use diwan_entity::insights::web_day::Channel;
use rust_decimal::Decimal;
use serde_json::Value;

use super::call::{Asking, MOST_BYTES, Site, Trouble, count, days, decimal, nearest};
use super::said::{Counted, Days, Gathered, GoalRow};
use crate::finance::{MOST_MINOR, exponent, is_currency};

/// The most websites that are kept by name for a day; the others are kept together.
const MOST_WEBSITES: usize = 50;
/// The most goals of a site.
const MOST_GOALS: usize = 50;

/// What it says, in English, where a key is none of its own or does not read a site.
const REFUSALS: [&str; 6] = [
    "provided token",
    "token_auth",
    "access for the website",
    "access for at least one website",
    "must be logged in",
    "unexpected website was found",
];

/// What a range of days answers, by the day.
type ByDay = HashMap<NaiveDate, Value>;

/// Asks one method.
async fn call(ask: &Asking<'_>, method: &str, besides: &[(&str, &str)]) -> Result<Value, Trouble> {
    let url = ask.base.join("index.php").map_err(|_| Trouble::new("ADDRESS", "not an address"))?;
    let mut form = vec![
        ("module", "API"),
        ("format", "JSON"),
        ("method", method),
        ("idSite", ask.site_id),
        ("language", "en"),
        ("token_auth", ask.token),
    ];
    form.extend_from_slice(besides);
    let request = ask.http.post(url).max_response_bytes(MOST_BYTES).header("accept", "application/json").form(&form);
    let answer = request.send().await.map_err(|error| Trouble::of_http(&error))?;
    let told: Option<Value> = answer.json().ok();
    // Errors come with status 200, too.
    let failed = told.as_ref().filter(|told| told.get("result").and_then(Value::as_str) == Some("error"));
    if let Some(failed) = failed {
        let said = failed.get("message").and_then(Value::as_str).unwrap_or_default();
        if REFUSALS.iter().any(|words| said.contains(words)) {
            return Err(Trouble::new("REFUSED", ask.without_key(said)));
        }
        // Any other, such as one of its database, is a fault of the server.
        return Err(Trouble::new("AWAY", ask.without_key(said)));
    }
    if answer.status.as_u16() != 200 {
        return Err(Trouble::of_status(&answer, None, ask.now));
    }
    told.ok_or_else(|| Trouble::new("NOT_ANALYTICS", "the answer is no JSON"))
}

/// What it says of the site. Fails where the key does not read it.
pub(super) async fn site(ask: &Asking<'_>) -> Result<Site, Trouble> {
    let told = call(ask, "SitesManager.getSiteFromId", &[]).await?;
    let told = told.as_array().and_then(|rows| rows.first()).unwrap_or(&told);
    if told.get("idsite").is_none() {
        return Err(Trouble::new("NOT_ANALYTICS", "it knows no site"));
    }
    let text = |name: &str| {
        let text: Option<String> = told.get(name).and_then(Value::as_str).map(|text| text.chars().take(200).collect());
        text.filter(|text| !text.is_empty() && !text.contains('\0'))
    };
    let currency = text("currency").filter(|code| is_currency(code));
    Ok(Site { name: text("name"), time_zone: text("timezone"), currency })
}

async fn by_day(
    ask: &Asking<'_>,
    range: (NaiveDate, NaiveDate),
    (method, besides): (&str, &[(&str, &str)]),
) -> Result<ByDay, Trouble> {
    let date = format!("{},{}", range.0, range.1);
    let mut with = vec![("period", "day"), ("date", date.as_str())];
    with.extend_from_slice(besides);
    let Value::Object(mut told) = call(ask, method, &with).await? else {
        return Err(Trouble::new("NOT_ANALYTICS", format!("{method} tells no days")));
    };
    let of = |day: NaiveDate| {
        let told = told.remove(&day.to_string());
        told.map(|told| (day, told)).ok_or_else(|| Trouble::new("NOT_ANALYTICS", format!("{method} leaves out {day}")))
    };
    days(range).map(of).collect()
}

/// What it counted on these days.
pub(super) async fn read(
    ask: &Asking<'_>,
    range: (NaiveDate, NaiveDate),
    currency: Option<&str>,
) -> Result<Days, Trouble> {
    let summaries = by_day(ask, range, ("VisitsSummary.get", &[])).await?;
    let types = by_day(ask, range, ("Referrers.getReferrerType", &[("filter_limit", "-1")])).await?;
    let most = MOST_WEBSITES.to_string();
    // A large site has thousands of these a day; of those beyond the largest only the sum is kept.
    let named = [
        ("filter_limit", most.as_str()),
        ("filter_sort_column", "nb_visits"),
        ("filter_sort_order", "desc"),
        ("showColumns", "label,nb_visits,bounce_count"),
    ];
    let socials = by_day(ask, range, ("Referrers.getSocials", &named)).await?;
    let websites = by_day(ask, range, ("Referrers.getWebsites", &named)).await?;
    let mut gathered = Gathered::default();
    for day in days(range) {
        let of = |all: &ByDay| all.get(&day).cloned().unwrap_or_default();
        let named = [(Channel::Social, rows(&of(&socials))), (Channel::Referral, rows(&of(&websites)))];
        gather(&mut gathered, day, (counted(&of(&summaries)), &rows(&of(&types))), &named);
    }
    let mut goals = Vec::new();
    for (id, name) in goals_of(&call(ask, "Goals.getGoals", &[("filter_limit", "-1")]).await?) {
        let told = by_day(ask, range, ("Goals.get", &[("idGoal", id.as_str())])).await?;
        goals.extend(days(range).filter_map(|day| reached(day, &name, told.get(&day)?, currency)));
    }
    Ok(Days { visits: gathered.rows(), goals })
}

/// What a row counts; nothing where there is none.
fn counted(row: &Value) -> Counted {
    let sessions = count(row.get("nb_visits")).unwrap_or_default();
    let bounces = count(row.get("bounce_count")).or((sessions == 0).then_some(0));
    Counted { sessions, bounces, page_views: None }
}

/// The rows of a table, with what each is called and what it counts.
fn rows(table: &Value) -> Vec<(String, Value)> {
    let rows = table.as_array().map(Vec::as_slice).unwrap_or_default();
    let label = |row: &Value| row.get("label").and_then(Value::as_str).unwrap_or_default().to_owned();
    rows.iter().map(|row| (label(row), row.clone())).collect()
}

/// The channel of a row of `getReferrerType`: by its number, or by its name in English where an older server tells none.
fn channel(label: &str, row: &Value) -> Channel {
    match count(row.get("referrer_type")) {
        Some(1) => Channel::Direct,
        Some(2) => Channel::Search,
        Some(3) => Channel::Referral,
        Some(6) => Channel::Campaign,
        Some(7) => Channel::Social,
        Some(_) => Channel::Other,
        None => match label {
            "Direct Entry" => Channel::Direct,
            "Search Engines" => Channel::Search,
            "Websites" => Channel::Referral,
            "Campaigns" => Channel::Campaign,
            "Social Networks" => Channel::Social,
            _ => Channel::Other,
        },
    }
}

/// The visits of a day: each channel, by names where these are told, so that all add up to what the day has in all.
fn gather(
    gathered: &mut Gathered,
    day: NaiveDate,
    (all, types): (Counted, &[(String, Value)]),
    named: &[(Channel, Vec<(String, Value)>)],
) {
    if all.sessions == 0 {
        gathered.add(day, (Some(Channel::Direct), ""), all);
        return;
    }
    let mut left = all;
    for (label, row) in types {
        let (channel, mut rest) = (channel(label, row), counted(row));
        left = left.without(rest);
        let parts = named.iter().find(|(of, _)| *of == channel).map(|(_, rows)| rows.as_slice()).unwrap_or_default();
        for (name, row) in parts.iter().take(MOST_WEBSITES) {
            let part = counted(row);
            if part.sessions == 0 || part.sessions > rest.sessions {
                continue;
            }
            gathered.add(day, (Some(channel), name), part);
            rest = rest.without(part);
        }
        if rest.sessions > 0 {
            gathered.add(day, (Some(channel), ""), rest);
        }
    }
    if left.sessions > 0 {
        gathered.add(day, (Some(Channel::Other), ""), left);
    }
}

/// The goals of a site, by their numbers.
fn goals_of(told: &Value) -> Vec<(String, String)> {
    let rows: Vec<&Value> = match told {
        Value::Object(rows) => rows.values().collect(),
        Value::Array(rows) => rows.iter().collect(),
        _ => Vec::new(),
    };
    let goal = |row: &&Value| {
        let name: String = row.get("name")?.as_str()?.chars().filter(|c| !c.is_control()).take(200).collect();
        let name = name.trim().to_owned();
        (!name.is_empty()).then_some((count(row.get("idgoal"))?.to_string(), name))
    };
    rows.iter().filter_map(goal).take(MOST_GOALS).collect()
}

/// How often a goal was reached on a day; none where it was not. Without a value set on the goal it says a revenue of 0: that is none.
fn reached(day: NaiveDate, goal: &str, row: &Value, currency: Option<&str>) -> Option<GoalRow> {
    let completions = count(row.get("nb_conversions")).filter(|count| *count > 0)?;
    let worth = currency.and_then(|code| Some((minor(decimal(row.get("revenue"))?, code)?, code.to_owned())));
    let (value_minor, currency) = worth.filter(|(minor, _)| *minor > 0).unzip();
    Some(GoalRow { day, goal: goal.to_owned(), completions, value_minor, currency })
}

fn minor(amount: Decimal, currency: &str) -> Option<i64> {
    let unit = Decimal::from(10_i64.checked_pow(exponent(currency)?)?);
    nearest(amount.checked_mul(unit)?).filter(|minor| (0..=MOST_MINOR).contains(minor))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
    }

    fn gathered(summary: &Value, types: &Value, socials: &Value, websites: &Value) -> Vec<(Channel, String, i64, i64)> {
        let mut all = Gathered::default();
        let named = [(Channel::Social, rows(socials)), (Channel::Referral, rows(websites))];
        gather(&mut all, day(), (counted(summary), &rows(types)), &named);
        let row = |row: super::super::said::VisitRow| (row.channel, row.referrer, row.sessions, row.bounces.unwrap());
        all.rows().into_iter().map(row).collect()
    }

    #[test]
    fn a_day_is_told_whole_whatever_its_parts_leave_out() {
        let types = json!([
            { "label": "Direct Entry", "nb_visits": 10, "bounce_count": 6, "referrer_type": 1 },
            { "label": "Social Networks", "nb_visits": 8, "bounce_count": "3", "referrer_type": 7 },
            { "label": "Websites", "nb_visits": 5, "bounce_count": 1, "referrer_type": 3 },
        ]);
        let socials = json!([
            { "label": "Twitter", "nb_visits": 4, "bounce_count": 2 },
            { "label": "Facebook", "nb_visits": 3, "bounce_count": 1 },
        ]);
        let websites = json!([{ "label": "news.example", "nb_visits": 5, "bounce_count": 1 }]);
        let summary = json!({ "nb_visits": 25, "bounce_count": 11, "nb_actions": 80 });
        let expected = [
            (Channel::Direct, "", 10, 6),
            (Channel::Social, "", 1, 0),
            (Channel::Social, "facebook", 3, 1),
            (Channel::Social, "x", 4, 2),
            (Channel::Referral, "news.example", 5, 1),
            (Channel::Other, "", 2, 1),
        ];
        let found = gathered(&summary, &types, &socials, &websites);
        assert_eq!(found, expected.map(|(channel, name, visits, bounces)| (channel, name.to_owned(), visits, bounces)));
        let nobody = gathered(&json!([]), &json!([]), &json!([]), &json!([]));
        assert_eq!(nobody, [(Channel::Direct, String::new(), 0, 0)]);
    }

    #[test]
    fn goals_come_with_what_they_are_worth_where_that_is_told() {
        let told = json!({ "1": { "idgoal": "1", "name": "Sign-up" }, "4": { "idgoal": 4, "name": " Order\n" } });
        let goals = [("1", "Sign-up"), ("4", "Order")].map(|(id, name)| (id.to_owned(), name.to_owned()));
        assert_eq!(goals_of(&told), goals);
        assert!(goals_of(&json!([])).is_empty());
        let of = |row: Value, currency| {
            reached(day(), "Order", &row, currency).map(|row| (row.completions, row.value_minor))
        };
        assert_eq!(of(json!({ "nb_conversions": 3, "revenue": 29.97 }), Some("EUR")), Some((3, Some(2997))));
        assert_eq!(of(json!({ "nb_conversions": 3, "revenue": 0 }), Some("EUR")), Some((3, None)));
        assert_eq!(of(json!({ "nb_conversions": 3, "revenue": 29.97 }), None), Some((3, None)));
        assert_eq!(of(json!({ "nb_conversions": 0 }), None), None);
        assert_eq!(of(json!([]), None), None);
    }
}
