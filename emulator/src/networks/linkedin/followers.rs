//! Who follows an organisation: how many, how many more after each day, and who they are.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/follower-statistics>

use chrono::{DateTime, Datelike as _, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{denied, granted, illegal, names, organization_urn, organizations_of, reading};
use crate::answer::Answer;
use crate::call::Call;
use crate::world::World;

/// How far back it tells, and how long it takes until a day is told.
const BACK: TimeDelta = TimeDelta::days(365);
const UNTOLD: TimeDelta = TimeDelta::days(2);

/// How many there are.
const FOLLOWERS: i64 = 321;

/// A list of parts, the field that says which, and the parts with what they come to.
type Facet = (&'static str, &'static str, &'static [(&'static str, i64)]);

/// Of which parts, in hundredths of the followers, by the numbers that have names elsewhere. An industry and a place that have none are among them.
const FACETS: [Facet; 7] = [
    ("followerCountsByAssociationType", "associationType", &[("EMPLOYEE", 1)]),
    ("followerCountsByGeoCountry", "geo", &[(names::GREECE, 60), (names::GERMANY, 20), ("urn:li:geo:1", 10)]),
    ("followerCountsByGeo", "geo", &[(names::ATHENS, 40), (names::BERLIN, 10)]),
    ("followerCountsByIndustry", "industry", &[("urn:li:industry:4", 50), ("urn:li:industry:99999", 20)]),
    ("followerCountsBySeniority", "seniority", &[("urn:li:seniority:3", 30), ("urn:li:seniority:10", 10)]),
    ("followerCountsByFunction", "function", &[("urn:li:function:8", 40), ("urn:li:function:25", 20)]),
    (
        "followerCountsByStaffCountRange",
        "staffCountRange",
        &[("SIZE_1", 10), ("SIZE_2_TO_10", 20), ("SIZE_10001_OR_MORE", 30)],
    ),
];

/// How many there are.
pub(super) fn size(call: &Call, world: &World, urn: &str) -> Result<Answer, Answer> {
    reading(call, world, urn)?;
    if call.query("edgeType") != Some("COMPANY_FOLLOWED_BY_MEMBER") {
        return Err(illegal("edgeType must be COMPANY_FOLLOWED_BY_MEMBER"));
    }
    Ok(Answer::json(200, &json!({ "firstDegreeSize": FOLLOWERS })))
}

/// The beginning and the end in `(timeRange:(start:1,end:2),timeGranularityType:DAY)`.
fn interval(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let range = text.strip_prefix("(timeRange:(start:")?.strip_suffix("),timeGranularityType:DAY)")?;
    let (start, end) = range.split_once(",end:")?;
    let moment = |text: &str| DateTime::from_timestamp_millis(text.parse().ok()?);
    Some((moment(start)?, moment(end)?))
}

/// How many more there were after a day.
fn gains(day: DateTime<Utc>) -> (i64, i64) {
    let number = day.num_days_from_ce();
    (i64::from(number % 2 == 0), i64::from(number % 5 == 0))
}

/// Who they are: of an organisation whose name begins with `few`, nobody knows. Of these lists the number of those who came by
/// advertisements means nothing.
fn lifetime(name: &str, organization: &str) -> Answer {
    let mut element = json!({ "organizationalEntity": organization });
    for (list, field, parts) in FACETS {
        let parts: &[(&str, i64)] = if name.starts_with("few") { &[] } else { parts };
        let part = |(id, share): &(&str, i64)| {
            let counts = json!({ "organicFollowerCount": FOLLOWERS * share / 100, "paidFollowerCount": 5 });
            json!({ "followerCounts": counts, field: id })
        };
        element[list] = parts.iter().map(part).collect();
    }
    Answer::json(200, &json!({ "paging": { "start": 0, "count": 10, "links": [] }, "elements": [element] }))
}

/// How many more there were after each day, or who they are.
pub(super) fn statistics(call: &Call, world: &World) -> Result<Answer, Answer> {
    const KNOWN: [&str; 3] = ["q", "organizationalEntity", "timeIntervals"];
    if let Some((stray, _)) = call.queries().iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
        return Err(illegal(&format!("Unexpected parameter {stray}")));
    }
    if call.query("q") != Some("organizationalEntity") {
        return Err(illegal("q must be organizationalEntity"));
    }
    let person = granted(call, world, "rw_organization_admin")?.account;
    let organization = call.query("organizationalEntity").unwrap_or_default();
    let own = organizations_of(&person).into_iter().find(|(name, _)| organization_urn(world, name) == organization);
    let (name, _) = own.ok_or_else(|| denied("the member has no role in the organization"))?;
    let Some(intervals) = call.query("timeIntervals") else {
        return Ok(lifetime(&name, organization));
    };
    let (start, end) = interval(intervals).ok_or_else(|| illegal("Invalid timeIntervals"))?;
    let now = world.now();
    if start >= end || now - start > BACK {
        return Err(illegal("the time range must be within the last 12 months"));
    }
    let midnight = |at: DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let last = end.min(midnight(now) - UNTOLD);
    let mut day = midnight(start);
    let mut elements: Vec<Value> = Vec::new();
    while day < last {
        let next = day + TimeDelta::days(1);
        let (organic, paid) = gains(day);
        elements.push(json!({
            "timeRange": { "start": day.timestamp_millis(), "end": next.timestamp_millis() },
            "followerGains": { "organicFollowerGain": organic, "paidFollowerGain": paid },
            "organizationalEntity": organization,
        }));
        day = next;
    }
    Ok(Answer::json(200, &json!({ "paging": { "start": 0, "count": 10, "links": [] }, "elements": elements })))
}
