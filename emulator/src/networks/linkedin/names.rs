//! The names of LinkedIn's numbers.
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/locations/geo>,
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/industrytaxonomyversions>,
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/functions>,
//! <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/methods>

use serde_json::{Value, json};

use super::{denied, granted, illegal, list_of};
use crate::answer::Answer;
use crate::call::Call;
use crate::world::World;

pub(super) const GREECE: &str = "urn:li:geo:104677530";
pub(super) const GERMANY: &str = "urn:li:geo:101282230";
pub(super) const ATHENS: &str = "urn:li:geo:90009473";
pub(super) const BERLIN: &str = "urn:li:geo:90009712";

const PLACES: [(&str, &str); 4] = [
    (GREECE, "Greece"),
    (GERMANY, "Germany"),
    (ATHENS, "Athens Metropolitan Area"),
    (BERLIN, "Berlin Metropolitan Area"),
];

const INDUSTRIES: [(&str, &str); 2] =
    [("urn:li:industry:4", "Software Development"), ("urn:li:industry:96", "IT Services and IT Consulting")];

const SENIORITIES: [&str; 10] =
    ["Unpaid", "Training", "Entry", "Senior", "Manager", "Director", "VP", "CXO", "Partner", "Owner"];

const FUNCTIONS: [&str; 26] = [
    "Accounting",
    "Administrative",
    "Arts and Design",
    "Business Development",
    "Community and Social Services",
    "Consulting",
    "Education",
    "Engineering",
    "Entrepreneurship",
    "Finance",
    "Healthcare Services",
    "Human Resources",
    "Information Technology",
    "Legal",
    "Marketing",
    "Media and Communication",
    "Military and Protective Services",
    "Operations",
    "Product Management",
    "Program and Project Management",
    "Purchasing",
    "Quality Assurance",
    "Real Estate",
    "Research",
    "Sales",
    "Customer Success and Support",
];

/// Whoever has a token may ask, with these parameters alone, and in the second version of the protocol: lists are written so. Some applications
/// may not ask for several numbers at once; here, those of people whose name begins with `unnamed`.
fn asking(call: &Call, world: &World, parameters: &[&str]) -> Result<(), Answer> {
    let granted = granted(call, world, "openid")?;
    if granted.account.starts_with("unnamed") && parameters.contains(&"ids") {
        return Err(denied("Not enough permissions to access: BATCH_GET"));
    }
    if call.header("x-restli-protocol-version") != Some("2.0.0") {
        return Err(illegal("X-RestLi-Protocol-Version must be 2.0.0"));
    }
    match call.queries().iter().find(|(name, _)| !parameters.contains(&name.as_str())) {
        Some((stray, _)) => Err(illegal(&format!("Unexpected parameter {stray}"))),
        None => Ok(()),
    }
}

/// A name in the language that is told where none is asked for.
fn localized(name: &str) -> Value {
    json!({ "localized": { "en_US": name } })
}

/// The names of these numbers; what has none is an error beside them.
fn batch(call: &Call, known: &[(&str, &str)], shown: impl Fn(u64, &(&str, &str)) -> Value) -> Result<Answer, Answer> {
    let ids = call.query("ids").and_then(list_of).filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| illegal("ids must be a list"))?;
    let mut found = json!({ "results": {}, "statuses": {}, "errors": {} });
    for id in ids {
        let number: u64 = id.parse().map_err(|_| illegal("an id is a number"))?;
        match known.iter().find(|(urn, _)| urn.rsplit(':').next() == Some(id)) {
            Some(one) => found["results"][id] = shown(number, one),
            None => found["errors"][id] = json!({ "status": 404 }),
        }
    }
    Ok(Answer::json(200, &found))
}

/// The names of places.
pub(super) fn places(call: &Call, world: &World) -> Result<Answer, Answer> {
    asking(call, world, &["ids"])?;
    batch(call, &PLACES, |id, (_, name)| {
        let locale = json!({ "country": "US", "language": "en" });
        json!({ "id": id, "defaultLocalizedName": { "locale": locale, "value": name } })
    })
}

/// The names of industries.
pub(super) fn industries(call: &Call, world: &World) -> Result<Answer, Answer> {
    asking(call, world, &["ids"])?;
    batch(call, &INDUSTRIES, |id, (urn, name)| json!({ "id": id, "$URN": urn, "name": localized(name) }))
}

/// All names of one kind, ten at once unless it is said how many.
fn all(call: &Call, kind: &str, names: &[&str]) -> Result<Answer, Answer> {
    let number =
        |name: &str, usual: usize| call.query(name).map_or(Ok(usual), |value| value.parse().map_err(|_| illegal(name)));
    let (start, count) = (number("start", 0)?, number("count", 10)?);
    let one = |(id, name): (u64, &&str)| {
        let urn = format!("urn:li:{kind}:{id}");
        json!({ "id": id, "$URN": urn, "name": localized(name) })
    };
    let elements: Vec<_> = (1..).zip(names).map(one).skip(start).take(count).collect();
    let paging = json!({ "start": start, "count": count, "total": names.len(), "links": [] });
    Ok(Answer::json(200, &json!({ "paging": paging, "elements": elements })))
}

/// The names of what people do.
pub(super) fn functions(call: &Call, world: &World) -> Result<Answer, Answer> {
    asking(call, world, &["start", "count"])?;
    all(call, "function", &FUNCTIONS)
}

/// The names of how high they stand.
pub(super) fn seniorities(call: &Call, world: &World) -> Result<Answer, Answer> {
    asking(call, world, &["start", "count"])?;
    all(call, "seniority", &SENIORITIES)
}
