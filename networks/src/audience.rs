//! Who follows an account, or sees what it publishes: by age, gender, country, city and what people work, as far as a network tells it.

use crate::error::{ErrorKind, NetworkError};

/// By what an audience is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AudienceDimension {
    /// Ages in years: `13-17`, `18-24`, `25-34`, `35-44`, `45-54`, `55-64`, `65+`.
    Age,
    /// `FEMALE`, `MALE`, and `OTHER` for what is said otherwise or not at all.
    Gender,
    /// Both at once: `25-34 FEMALE`.
    AgeGender,
    /// Countries by their two letters of ISO 3166-1: `GR`.
    Country,
    /// Cities, as the network names them: `Athens, Attica`.
    City,
    /// In which industry people work, as the network names it in English: `Software Development`.
    Industry,
    /// How high they stand where they work, as the network names it in English: `Director`.
    Seniority,
    /// What they do there, as the network names it in English: `Engineering`.
    JobFunction,
    /// How many work where they do: `1`, `2-10`, `10001+`.
    CompanySize,
}

impl AudienceDimension {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Age,
        Self::Gender,
        Self::AgeGender,
        Self::Country,
        Self::City,
        Self::Industry,
        Self::Seniority,
        Self::JobFunction,
        Self::CompanySize,
    ];

    /// The name as stored and as used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Age => "AGE",
            Self::Gender => "GENDER",
            Self::AgeGender => "AGE_GENDER",
            Self::Country => "COUNTRY",
            Self::City => "CITY",
            Self::Industry => "INDUSTRY",
            Self::Seniority => "SENIORITY",
            Self::JobFunction => "JOB_FUNCTION",
            Self::CompanySize => "COMPANY_SIZE",
        }
    }

    /// The dimension of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == name)
    }
}

/// Who an audience is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudienceOf {
    /// Those who follow the account.
    Followers,
    /// Those who saw what it published, whether they follow it or not.
    Viewers,
}

impl AudienceOf {
    /// The name as stored and as used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Followers => "FOLLOWERS",
            Self::Viewers => "VIEWERS",
        }
    }
}

/// In what the parts of an audience are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudienceUnit {
    /// People.
    People,
    /// How often something was seen.
    Views,
    /// Millionths of the whole.
    Share,
}

impl AudienceUnit {
    /// The name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "PEOPLE",
            Self::Views => "VIEWS",
            Self::Share => "SHARE",
        }
    }

    /// The unit of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::People, Self::Views, Self::Share].into_iter().find(|unit| unit.as_str() == name)
    }
}

/// What a network tells of audiences, as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudienceOffer {
    /// Of whom.
    pub of: AudienceOf,
    /// By what.
    pub dimensions: &'static [AudienceDimension],
    /// How many requests it takes to read all of it.
    pub requests: u32,
    /// Where the network says so.
    pub source: &'static str,
}

/// Why a network does not tell an account's audience now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudienceMissing {
    /// It knows too few people of the account to tell anything about them.
    TooFew,
    /// Whoever connected the account did not agree to this: it must be connected again.
    NeedsReconnect,
    /// It does not serve this.
    NotServed,
}

impl AudienceMissing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TooFew, Self::NeedsReconnect, Self::NotServed];

    /// The name as stored and as used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooFew => "TOO_FEW",
            Self::NeedsReconnect => "NEEDS_RECONNECT",
            Self::NotServed => "NOT_SERVED",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|missing| missing.as_str() == name)
    }

    /// What a refusal says of the audience alone. None of one that is about more than that, or that will pass.
    pub(crate) fn of(error: &NetworkError) -> Option<Self> {
        match (error.kind, error.code) {
            (ErrorKind::Reconnect, "scope_missing" | "permission_missing") => Some(Self::NeedsReconnect),
            (ErrorKind::Content, _) | (ErrorKind::Ask, "forbidden") => Some(Self::NotServed),
            _ => None,
        }
    }
}

/// The key of what a network counts without knowing which part it is of (`ZZ` among countries): it belongs to the whole, and is no part of its own.
pub const UNKNOWN_PART: &str = "UNKNOWN";

/// A part of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudiencePart {
    /// Which, as [`AudienceDimension`] says, or [`UNKNOWN_PART`].
    pub key: String,
    /// How much, in the unit of what it is a part of; not negative.
    pub amount: i64,
}

/// An audience by one dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceSlice {
    /// By what.
    pub dimension: AudienceDimension,
    /// In what its parts are told.
    pub unit: AudienceUnit,
    /// Each part once, in any order, and at least one that is known; or why there are none.
    pub told: Result<Vec<AudiencePart>, AudienceMissing>,
}

impl AudienceSlice {
    /// Of what a network said: parts of one key are one. Where it said nothing, or of nobody what they are, it knows too few.
    pub(crate) fn of(
        (dimension, unit): (AudienceDimension, AudienceUnit),
        said: impl IntoIterator<Item = (String, i64)>,
    ) -> Self {
        let mut parts: Vec<AudiencePart> = Vec::new();
        for (key, amount) in said.into_iter().filter(|(_, amount)| *amount > 0) {
            match parts.iter_mut().find(|part| part.key == key) {
                Some(part) => part.amount = part.amount.saturating_add(amount),
                None => parts.push(AudiencePart { key, amount }),
            }
        }
        let is_known = parts.iter().any(|part| part.key != UNKNOWN_PART);
        let told = if is_known { Ok(parts) } else { Err(AudienceMissing::TooFew) };
        Self { dimension, unit, told }
    }

    /// One that is not told.
    pub(crate) fn missing((dimension, unit): (AudienceDimension, AudienceUnit), why: AudienceMissing) -> Self {
        Self { dimension, unit, told: Err(why) }
    }
}

/// Years of age as networks write them (`25-34`, `age25-34`, `65+`, `age65-`).
pub(crate) fn age(said: &str) -> Option<String> {
    let years = said.trim().trim_start_matches("age");
    let number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(from) = years.strip_suffix(['+', '-']) {
        return number(from).then(|| format!("{from}+"));
    }
    let (from, to) = years.split_once('-')?;
    (number(from) && number(to)).then(|| format!("{from}-{to}"))
}

/// A gender as networks write it (`F`, `female`).
pub(crate) fn gender(said: &str) -> &'static str {
    match said.trim().to_ascii_lowercase().as_str() {
        "f" | "female" => "FEMALE",
        "m" | "male" => "MALE",
        _ => "OTHER",
    }
}

/// A country by its two letters; none where nobody knows which (`ZZ`).
pub(crate) fn country(said: &str) -> Option<String> {
    let code = said.trim().to_ascii_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_code && code != "ZZ").then_some(code)
}

/// A city.
pub(crate) fn city(said: &str) -> Option<String> {
    name(said)
}

/// What a network calls something.
pub(crate) fn name(said: &str) -> Option<String> {
    let name: String = said.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn keys_are_written_in_one_way() {
        let ages = ["25-34", "age25-34", "65+", "age65-", "", "old", "-", "25-", "1234-5"].map(age);
        let some = |text: &str| Some(text.to_owned());
        let expected = [some("25-34"), some("25-34"), some("65+"), some("65+"), None, None, None, some("25+"), None];
        assert_eq!(ages, expected);
        assert_eq!(["F", "male", "U", "user_specified"].map(gender), ["FEMALE", "MALE", "OTHER", "OTHER"]);
        assert_eq!(["gr", "ZZ", "GRC", ""].map(country), [some("GR"), None, None, None]);
        assert_eq!((city(" Athens, Attica "), city(" ")), (some("Athens, Attica"), None));
    }

    #[test]
    fn parts_of_one_key_are_one_and_nothing_is_too_few() {
        let what = (AudienceDimension::Gender, AudienceUnit::People);
        let said = [("OTHER", 2), ("FEMALE", 5), ("OTHER", 1), ("MALE", 0)].map(|(key, n)| (key.to_owned(), n));
        let part = |key: &str, amount| AudiencePart { key: key.to_owned(), amount };
        assert_eq!(AudienceSlice::of(what, said).told, Ok(vec![part("OTHER", 3), part("FEMALE", 5)]));
        assert_eq!(AudienceSlice::of(what, []).told, Err(AudienceMissing::TooFew));
        let unknown = AudienceSlice::of(what, [(UNKNOWN_PART.to_owned(), 5)]);
        assert_eq!(unknown.told, Err(AudienceMissing::TooFew));
    }

    #[test]
    fn a_refusal_of_more_than_the_audience_is_one() {
        let of = |kind, code| AudienceMissing::of(&NetworkError::new(kind, code, ""));
        assert_eq!(of(ErrorKind::Reconnect, "scope_missing"), Some(AudienceMissing::NeedsReconnect));
        assert_eq!(of(ErrorKind::Reconnect, "token_refused"), None);
        assert_eq!(of(ErrorKind::Content, "rejected"), Some(AudienceMissing::NotServed));
        assert_eq!(of(ErrorKind::RateLimited, "rate_limited"), None);
    }

    #[test]
    fn what_is_offered_has_names_requests_and_a_source() {
        let mut offers = 0;
        for network in registry() {
            let Some(offer) = network.capabilities().audience else { continue };
            assert!(!offer.dimensions.is_empty() && offer.requests > 0, "{}", network.capabilities().key);
            assert!(offer.source.starts_with("https://"), "{}", network.capabilities().key);
            offers += 1;
        }
        assert!(offers >= 4, "{offers}");
        for dimension in AudienceDimension::ALL {
            assert_eq!(AudienceDimension::parse(dimension.as_str()), Some(dimension));
        }
        for missing in AudienceMissing::ALL {
            assert_eq!(AudienceMissing::parse(missing.as_str()), Some(missing));
        }
    }
}
