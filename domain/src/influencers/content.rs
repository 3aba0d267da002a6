//! What is said of somebody: where they are, what they cost, how they are reached.

use chrono::NaiveDate;
use diwan_entity::influencers::influencer_rate::RateFormat;
use diwan_entity::influencers::{influencer, influencer_profile, influencer_rate};
use diwan_networks::{NetworkKey, text_rules};
use diwan_platform::http::is_web;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::approvals::Money;
use crate::calendar::looks_like_a_language;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::media::tidy_tags;
use crate::strategy::{date, maybe_text};

/// The most profiles of somebody.
const MOST_PROFILES: usize = 20;
/// The most rates of somebody.
const MOST_RATES: usize = 50;
/// The most that is known of those who follow a profile.
const MOST_FACTS: usize = 30;
/// The most languages of somebody.
const MOST_LANGUAGES: usize = 20;
/// The most countries of somebody.
const MOST_MARKETS: usize = 50;
/// The most tags of somebody.
const MOST_TAGS: usize = 20;
/// The longest address, in characters.
const LONGEST_URL: usize = 2000;

/// What is said of somebody: the whole of it.
#[derive(Debug, Clone, Default)]
pub struct InfluencerContent {
    /// 1 to 200 characters.
    pub name: String,
    /// What they speak to their public, BCP 47, up to 20.
    pub languages: Vec<String>,
    /// Where their public is, ISO 3166-1 alpha-2, up to 50.
    pub markets: Vec<String>,
    /// Up to 20 of at most 50 characters; kept in lower case, none twice.
    pub tags: Vec<String>,
    /// For the team, up to 5000 characters.
    pub notes: String,
    /// How to reach them.
    pub contact: Contact,
    /// Up to 20, in their order; none twice.
    pub profiles: Vec<ProfileContent>,
    /// Up to 50, in their order.
    pub rates: Vec<RateContent>,
}

/// How to reach somebody. What is empty is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Whom to ask for, up to 200 characters.
    pub name: String,
    /// Up to 254 characters.
    pub email: String,
    /// Up to 50 characters, as it is dialled.
    pub phone: String,
}

/// Where somebody is.
#[derive(Debug, Clone, Default)]
pub struct ProfileContent {
    /// A network's key, also of those that are only counted for.
    pub network: String,
    /// Up to 200 characters, with or without `@`.
    pub handle: String,
    /// An address of the web, up to 2000 characters. Nobody calls it.
    pub url: Option<String>,
    /// How many follow: never without its day and its source.
    pub followers: Option<i64>,
    /// On which day.
    pub followers_on: Option<NaiveDate>,
    /// Who says so, 1 to 300 characters.
    pub followers_source: Option<String>,
    /// What is known of those who follow, up to 30.
    pub audience: Vec<AudienceFact>,
}

/// Something that is known of those who follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudienceFact {
    /// What, such as `women, 25 to 34`: 1 to 200 characters.
    pub name: String,
    /// As its source writes it, such as `41 %`: 1 to 200 characters.
    pub value: String,
    /// Of which day it is.
    pub on: NaiveDate,
    /// Who says so, 1 to 300 characters.
    pub source: String,
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct RateContent {
    /// On which network; none: on any.
    pub network: Option<String>,
    /// For what.
    pub format: RateFormat,
    /// How much; zero is for nothing.
    pub amount: Money,
    /// What it includes, up to 500 characters.
    pub note: String,
}

/// Whether a network is one that is connected or counted for here.
pub(crate) fn is_known_network(key: &str) -> bool {
    NetworkKey::parse(key).is_some() || text_rules().iter().any(|rules| rules.key == key)
}

/// That a network is known.
fn check_network(wrong: &mut Complaints, path: &str, key: &str) {
    if !is_known_network(key) {
        wrong.add(UserError::at(Code::UnknownNetwork, path).text("network", key.chars().take(64).collect::<String>()));
    }
}

/// A name at a network, without a leading `@`.
pub(crate) fn handle_of(wrong: &mut Complaints, path: &str, handle: &str) -> String {
    let handle = handle.trim().trim_start_matches('@');
    let handle = wrong.text(path, handle, 200);
    if handle.chars().any(|c| c.is_whitespace() || c.is_control()) {
        wrong.add(UserError::at(Code::Invalid, path));
    }
    handle.to_owned()
}

/// An address of the web that nobody calls; none where nothing is written.
pub(crate) fn web_address(wrong: &mut Complaints, path: &str, url: Option<&str>) -> Option<String> {
    let written = url.map(str::trim).filter(|url| !url.is_empty())?;
    match Url::parse(written).ok().filter(is_web) {
        None => {
            wrong.add(UserError::at(Code::Invalid, path));
            None
        }
        Some(parsed) if parsed.as_str().len() > LONGEST_URL => {
            let long = UserError::at(Code::TooLong, path).number("limit", LONGEST_URL);
            wrong.add(long.number("actual", parsed.as_str().len()));
            None
        }
        Some(parsed) => Some(parsed.into()),
    }
}

/// Countries by their codes, in capitals.
pub(super) fn markets(wrong: &mut Complaints, path: &str, markets: &[String]) -> Vec<String> {
    if !at_most(wrong, path, markets.len(), MOST_MARKETS) {
        return Vec::new();
    }
    let mut read: Vec<String> = Vec::with_capacity(markets.len());
    for (index, market) in markets.iter().enumerate() {
        let market = market.trim().to_ascii_uppercase();
        if market.len() != 2 || !market.bytes().all(|byte| byte.is_ascii_uppercase()) {
            wrong.add(UserError::at(Code::Invalid, &format!("{path}.{index}")));
        } else if !read.contains(&market) {
            read.push(market);
        }
    }
    read
}

/// That a list is not too long.
pub(crate) fn at_most(wrong: &mut Complaints, path: &str, actual: usize, most: usize) -> bool {
    if actual > most {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", most).number("actual", actual));
    }
    actual <= most
}

impl InfluencerContent {
    /// What can be told from the content alone.
    pub(super) fn check(&self, wrong: &mut Complaints) -> Self {
        let name = wrong.text("influencer.name", &self.name, 200).to_owned();
        let path = "influencer.languages";
        if at_most(wrong, path, self.languages.len(), MOST_LANGUAGES) {
            for (index, tag) in self.languages.iter().enumerate() {
                if !looks_like_a_language(tag) || self.languages[..index].contains(tag) {
                    wrong.add(UserError::at(Code::Invalid, &format!("{path}.{index}")));
                }
            }
        }
        Self {
            name,
            languages: self.languages.clone(),
            markets: markets(wrong, "influencer.markets", &self.markets),
            tags: tidy_tags(wrong, "influencer.tags", &self.tags, MOST_TAGS),
            notes: maybe_text(wrong, "influencer.notes", &self.notes, 5000),
            contact: self.contact.check(wrong),
            profiles: self.check_profiles(wrong),
            rates: self.check_rates(wrong),
        }
    }

    fn check_profiles(&self, wrong: &mut Complaints) -> Vec<ProfileContent> {
        if !at_most(wrong, "influencer.profiles", self.profiles.len(), MOST_PROFILES) {
            return Vec::new();
        }
        let mut read: Vec<ProfileContent> = Vec::with_capacity(self.profiles.len());
        for (index, profile) in self.profiles.iter().enumerate() {
            let path = format!("influencer.profiles.{index}");
            let profile = profile.check(wrong, &path);
            let same = |other: &ProfileContent| {
                other.network == profile.network && other.handle.to_lowercase() == profile.handle.to_lowercase()
            };
            if read.iter().any(same) {
                wrong.add(UserError::at(Code::AlreadyExists, &format!("{path}.handle")));
            }
            read.push(profile);
        }
        read
    }

    fn check_rates(&self, wrong: &mut Complaints) -> Vec<RateContent> {
        if !at_most(wrong, "influencer.rates", self.rates.len(), MOST_RATES) {
            return Vec::new();
        }
        let mut read = Vec::with_capacity(self.rates.len());
        for (index, rate) in self.rates.iter().enumerate() {
            let path = |field: &str| format!("influencer.rates.{index}.{field}");
            if let Some(network) = &rate.network {
                check_network(wrong, &path("network"), network);
            }
            wrong.currency(&path("currency"), &rate.amount.currency);
            if rate.amount.minor < 0 {
                wrong.add(UserError::at(Code::Invalid, &path("amountMinor")));
            }
            let note = maybe_text(wrong, &path("note"), &rate.note, 500);
            read.push(RateContent { note, ..rate.clone() });
        }
        read
    }

    /// Writes what stands on the row itself.
    pub(super) fn onto(&self, row: influencer::ActiveModel) -> influencer::ActiveModel {
        influencer::ActiveModel {
            name: Set(self.name.clone()),
            languages: Set(self.languages.clone()),
            markets: Set(self.markets.clone()),
            tags: Set(self.tags.clone()),
            notes: Set(self.notes.clone()),
            contact_name: Set(self.contact.name.clone()),
            contact_email: Set(self.contact.email.clone()),
            contact_phone: Set(self.contact.phone.clone()),
            ..row
        }
    }

    /// The rows of the profiles of somebody of this agency.
    pub(super) fn profile_rows(
        &self,
        context: &Context,
        (agency_id, influencer_id): (Uuid, Uuid),
    ) -> Result<Vec<influencer_profile::ActiveModel>, Failure> {
        let row = |(position, profile): (i16, &ProfileContent)| {
            let audience = serde_json::to_value(&profile.audience)
                .map_err(|error| Fault::broken(format!("facts about an audience: {error}")))?;
            Ok(influencer_profile::ActiveModel {
                id: Set(context.new_id()),
                agency_id: Set(agency_id),
                influencer_id: Set(influencer_id),
                position: Set(position),
                network: Set(profile.network.clone()),
                handle: Set(profile.handle.clone()),
                url: Set(profile.url.clone()),
                followers: Set(profile.followers),
                followers_on: Set(profile.followers_on),
                followers_source: Set(profile.followers_source.clone()),
                audience: Set(audience),
            })
        };
        (1..).zip(&self.profiles).map(row).collect()
    }

    /// The rows of the rates likewise.
    pub(super) fn rate_rows(
        &self,
        context: &Context,
        (agency_id, influencer_id): (Uuid, Uuid),
    ) -> Vec<influencer_rate::ActiveModel> {
        let row = |(position, rate): (i16, &RateContent)| influencer_rate::ActiveModel {
            id: Set(context.new_id()),
            agency_id: Set(agency_id),
            influencer_id: Set(influencer_id),
            position: Set(position),
            network: Set(rate.network.clone()),
            format: Set(rate.format),
            amount_minor: Set(rate.amount.minor),
            currency: Set(rate.amount.currency.clone()),
            note: Set(rate.note.clone()),
        };
        (1..).zip(&self.rates).map(row).collect()
    }
}

impl Contact {
    fn check(&self, wrong: &mut Complaints) -> Self {
        let email = maybe_text(wrong, "influencer.contact.email", &self.email, 254);
        let looks = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if !email.is_empty() && (!looks || email.contains(char::is_whitespace)) {
            wrong.add(UserError::at(Code::Invalid, "influencer.contact.email"));
        }
        Self {
            name: maybe_text(wrong, "influencer.contact.name", &self.name, 200),
            email,
            phone: maybe_text(wrong, "influencer.contact.phone", &self.phone, 50),
        }
    }
}

impl ProfileContent {
    fn check(&self, wrong: &mut Complaints, path: &str) -> Self {
        let at = |field: &str| format!("{path}.{field}");
        check_network(wrong, &at("network"), &self.network);
        let handle = handle_of(wrong, &at("handle"), &self.handle);
        let known = (self.followers.is_some(), self.followers_on.is_some(), self.followers_source.is_some());
        if known != (false, false, false) && known != (true, true, true) {
            wrong.add(UserError::at(Code::Invalid, &at("followers")));
        }
        if self.followers.is_some_and(|followers| followers < 0) {
            wrong.add(UserError::at(Code::Invalid, &at("followers")));
        }
        date(wrong, &at("followersOn"), self.followers_on);
        let source = self.followers_source.as_deref();
        let source = source.map(|source| wrong.text(&at("followersSource"), source, 300).to_owned());
        let mut audience = Vec::new();
        if at_most(wrong, &at("audience"), self.audience.len(), MOST_FACTS) {
            for (index, fact) in self.audience.iter().enumerate() {
                let at = |field: &str| format!("{path}.audience.{index}.{field}");
                date(wrong, &at("on"), Some(fact.on));
                audience.push(AudienceFact {
                    name: wrong.text(&at("name"), &fact.name, 200).to_owned(),
                    value: wrong.text(&at("value"), &fact.value, 200).to_owned(),
                    on: fact.on,
                    source: wrong.text(&at("source"), &fact.source, 300).to_owned(),
                });
            }
        }
        let url = web_address(wrong, &at("url"), self.url.as_deref());
        Self { network: self.network.clone(), handle, url, followers_source: source, audience, ..*self }
    }
}

/// What is known of those who follow a profile.
pub fn audience_of(profile: &influencer_profile::Model) -> Result<Vec<AudienceFact>, Failure> {
    Ok(serde_json::from_value(profile.audience.clone())
        .map_err(|error| Fault::broken(format!("the audience of profile {}: {error}", profile.id)))?)
}
