//! Who follows a page: by country, metropolitan area, industry, seniority, job function and size of company, of each the largest 100.
//! LinkedIn tells places and jobs by its own numbers, whose names are asked for elsewhere; of a country its English name alone.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/follower-statistics>,
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/locations/geo>,
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/industrytaxonomyversions>,
//! <https://learn.microsoft.com/en-us/linkedin/shared/references/v2/standardized-data/functions>

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::countries;
use super::wire::{Api, Elements, Found, encoded};
use crate::audience::{AudienceDimension, AudienceMissing, AudienceSlice, AudienceUnit, city, name};
use crate::call::{Step, read};
use crate::error::NetworkError;

/// By what followers are divided.
pub(super) const DIMENSIONS: [AudienceDimension; 6] = [
    AudienceDimension::Country,
    AudienceDimension::City,
    AudienceDimension::Industry,
    AudienceDimension::Seniority,
    AudienceDimension::JobFunction,
    AudienceDimension::CompanySize,
];

/// How many requests it takes: one for all the numbers of followers, and one each for the names of places, industries, seniorities and functions.
pub(super) const REQUESTS: u32 = 5;

/// The most that is told of one dimension.
const MOST: usize = 100;

/// Where the names of LinkedIn's numbers are.
#[derive(Clone, Copy)]
enum Names {
    /// Here, asked for by their numbers.
    ByNumber(&'static str),
    /// Here, all of them: they are few.
    All(&'static str),
    /// Nowhere: what is told says it by itself.
    Said,
}

impl Names {
    /// Where they are asked for.
    fn place(self) -> Option<&'static str> {
        match self {
            Self::ByNumber(place) | Self::All(place) => Some(place),
            Self::Said => None,
        }
    }
}

/// Names by their numbers.
type Named = HashMap<String, String>;

/// Where one dimension is told.
#[derive(Clone, Copy)]
struct Facet {
    /// Of the list with its parts.
    list: &'static str,
    /// Which of its fields says which part.
    field: &'static str,
    names: Names,
    /// How a name is written here; none for one that says nothing.
    key: fn(&str) -> Option<String>,
}

fn facet(dimension: AudienceDimension) -> Facet {
    let geo = Names::ByNumber("/v2/geo");
    match dimension {
        AudienceDimension::Country => {
            Facet { list: "followerCountsByGeoCountry", field: "geo", names: geo, key: countries::code }
        }
        AudienceDimension::City => Facet { list: "followerCountsByGeo", field: "geo", names: geo, key: city },
        AudienceDimension::Industry => {
            let names = Names::ByNumber("/v2/industryTaxonomyVersions/DEFAULT/industries");
            Facet { list: "followerCountsByIndustry", field: "industry", names, key: name }
        }
        AudienceDimension::Seniority => {
            let names = Names::All("/v2/seniorities");
            Facet { list: "followerCountsBySeniority", field: "seniority", names, key: name }
        }
        AudienceDimension::JobFunction => {
            let names = Names::All("/v2/functions");
            Facet { list: "followerCountsByFunction", field: "function", names, key: name }
        }
        // Of those beside the size of companies nothing is asked.
        _ => Facet { list: "followerCountsByStaffCountRange", field: "staffCountRange", names: Names::Said, key: size },
    }
}

const fn what(dimension: AudienceDimension) -> (AudienceDimension, AudienceUnit) {
    (dimension, AudienceUnit::People)
}

/// What is said of an account whose followers LinkedIn does not tell.
pub(super) fn not_served() -> Vec<AudienceSlice> {
    let missing = |dimension| AudienceSlice::missing(what(dimension), AudienceMissing::NotServed);
    DIMENSIONS.into_iter().map(missing).collect()
}

/// Reads the followers of a page by each dimension. One whose names LinkedIn does not tell this application is not served: its numbers alone
/// say nothing to anybody.
pub(super) async fn followers(api: &Api<'_>, page: &str) -> Result<Vec<AudienceSlice>, NetworkError> {
    let path = format!(
        "/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={}",
        encoded(page)
    );
    let Some(told) = asked::<Elements<Value>>(api, &path).await? else { return Ok(not_served()) };
    let told = told.elements.into_iter().next().unwrap_or_default();
    let told = DIMENSIONS.map(|dimension| (dimension, facet(dimension), parts(facet(dimension), &told)));
    let mut known: HashMap<&'static str, Option<Named>> = HashMap::new();
    for (_, facet, _) in &told {
        let Some(place) = facet.names.place().filter(|place| !known.contains_key(place)) else { continue };
        let here = told.iter().filter(|(_, other, _)| other.names.place() == Some(place));
        let ids = here.flat_map(|(.., parts)| parts.iter().map(|(id, _)| id.as_str()));
        let ids: Vec<&str> = ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).collect();
        known.insert(place, names(api, facet.names, &ids).await?);
    }
    let slice = |(dimension, facet, parts): (AudienceDimension, Facet, Vec<(String, i64)>)| {
        let names = match facet.names.place().map(|place| known.get(place).and_then(Option::as_ref)) {
            Some(Some(names)) => Some(names),
            Some(None) => return AudienceSlice::missing(what(dimension), AudienceMissing::NotServed),
            None => None,
        };
        let some = !parts.is_empty();
        let keyed = keyed(facet, names, parts);
        // Numbers without a name are not too few people.
        if some && keyed.is_empty() {
            return AudienceSlice::missing(what(dimension), AudienceMissing::NotServed);
        }
        AudienceSlice::of(what(dimension), keyed)
    };
    Ok(told.into_iter().map(slice).collect())
}

/// Asks for something that is not told everybody; none where it is not told here.
async fn asked<T: DeserializeOwned>(api: &Api<'_>, path: &str) -> Result<Option<T>, NetworkError> {
    match api.find(path).await {
        Ok(Found::There(answer)) => read(&answer, Step::Repeatable).map(Some),
        Ok(Found::Nothing | Found::NotServed) => Ok(None),
        Err(error) if AudienceMissing::of(&error).is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The parts of one dimension: what stands behind the last colon of its name, and how many followers. Those who came by advertisements are
/// among them: of these lists, LinkedIn says, the other number means nothing.
fn parts(facet: Facet, told: &Value) -> Vec<(String, i64)> {
    let part = |part: &Value| {
        let id = part[facet.field].as_str()?.rsplit(':').next()?;
        let followers = part["followerCounts"]["organicFollowerCount"].as_i64()?;
        (!id.is_empty()).then(|| (id.to_owned(), followers))
    };
    told[facet.list].as_array().into_iter().flatten().filter_map(part).take(MOST).collect()
}

/// The names of these numbers; none where they are not told.
async fn names(api: &Api<'_>, names: Names, ids: &[&str]) -> Result<Option<Named>, NetworkError> {
    if ids.is_empty() {
        return Ok(Some(Named::new()));
    }
    let told = match names {
        Names::Said => Some(Named::new()),
        Names::ByNumber(place) => {
            let told = asked::<Value>(api, &format!("{place}?ids=List({})", ids.join(","))).await?;
            told.as_ref().map(by_id)
        }
        // Fewer are told unless it is said how many are wanted.
        Names::All(place) => {
            let told = asked::<Elements<Value>>(api, &format!("{place}?start=0&count={MOST}")).await?;
            let one = |one: &Value| Some((one["id"].as_i64()?.to_string(), named(one)?));
            told.map(|told| told.elements.iter().filter_map(one).collect())
        }
    };
    Ok(told)
}

/// What a batch says.
fn by_id(told: &Value) -> Named {
    let results = told["results"].as_object().into_iter().flatten();
    results.filter_map(|(id, one)| Some((id.clone(), named(one)?))).collect()
}

/// The English name: of a place in one language, of all else in several.
fn named(one: &Value) -> Option<String> {
    let of_place = one["defaultLocalizedName"]["value"].as_str();
    of_place.or_else(|| one["name"]["localized"]["en_US"].as_str()).map(str::to_owned)
}

/// The parts by their keys; without names, by what they say themselves. What has no name is none.
fn keyed(facet: Facet, names: Option<&Named>, parts: Vec<(String, i64)>) -> Vec<(String, i64)> {
    let part = |(id, followers): (String, i64)| {
        let name = match names {
            Some(names) => names.get(&id).map(String::as_str),
            None => Some(id.as_str()),
        };
        Some(((facet.key)(name?)?, followers))
    };
    parts.into_iter().filter_map(part).collect()
}

/// A size of companies: `SIZE_2_TO_10`, `SIZE_10001_OR_MORE`.
fn size(said: &str) -> Option<String> {
    let range = said.strip_prefix("SIZE_")?;
    let number = |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(from) = range.strip_suffix("_OR_MORE") {
        return number(from).then(|| format!("{from}+"));
    }
    match range.split_once("_TO_") {
        Some((from, to)) => (number(from) && number(to)).then(|| format!("{from}-{to}")),
        None => number(range).then(|| range.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::audience::AudiencePart;

    #[test]
    fn sizes_are_written_as_ages_are() {
        let said = ["SIZE_1", "SIZE_2_TO_10", "SIZE_10001_OR_MORE", "SIZE_", "SIZE_X", "SIZE_1_TO_", "10"].map(size);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(said, [some("1"), some("2-10"), some("10001+"), None, None, None, None]);
    }

    #[test]
    fn numbers_are_told_by_their_names_and_what_has_none_is_left_out() {
        let told = json!({ "followerCountsByGeoCountry": [
            { "geo": "urn:li:geo:103644278", "followerCounts": { "organicFollowerCount": 7, "paidFollowerCount": 3 } },
            { "geo": "urn:li:geo:2", "followerCounts": { "organicFollowerCount": 5 } },
            { "geo": "urn:li:geo:3", "followerCounts": { "organicFollowerCount": 4 } },
            { "geo": "urn:li:geo:", "followerCounts": { "organicFollowerCount": 4 } },
            { "followerCounts": { "organicFollowerCount": 4 } },
        ] });
        let locale = json!({ "country": "US", "language": "en" });
        let geo = |name: &str| json!({ "defaultLocalizedName": { "locale": locale, "value": name } });
        let names = by_id(&json!({ "results": { "103644278": geo("United States"), "2": geo("Atlantis"), "3": {} } }));
        let country = facet(AudienceDimension::Country);
        let parts = parts(country, &told);
        assert_eq!(parts.len(), 3);
        let slice = AudienceSlice::of(what(AudienceDimension::Country), keyed(country, Some(&names), parts));
        assert_eq!(slice.told, Ok(vec![AudiencePart { key: "US".to_owned(), amount: 7 }]));
    }

    #[test]
    fn a_name_is_english_and_nobody_told_of_is_nothing() {
        let function =
            json!({ "name": { "localized": { "en_US": "Finance" } }, "id": 10, "$URN": "urn:li:function:10" });
        assert_eq!(named(&function), Some("Finance".to_owned()));
        assert_eq!(named(&json!({ "name": { "localized": { "de_DE": "Finanzen" } } })), None);
        for dimension in DIMENSIONS {
            assert!(parts(facet(dimension), &Value::Null).is_empty());
        }
        let why = not_served().into_iter().map(|slice| (slice.dimension, slice.told.err()));
        let expected = DIMENSIONS.map(|dimension| (dimension, Some(AudienceMissing::NotServed)));
        assert_eq!(why.collect::<Vec<_>>(), expected);
    }
}
