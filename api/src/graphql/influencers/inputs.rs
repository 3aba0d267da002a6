//! What is said of influencers.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diwan_domain::approvals::Money;
use diwan_domain::influencers as domain;

use super::types::InfluencerFormat;
use crate::graphql::scalars::Long;

/// Something that is known of those who follow a profile.
#[derive(InputObject)]
struct AudienceFactInput {
    /// What, such as `women, 25 to 34`: 1 to 200 characters.
    name: String,
    /// As its source writes it, such as `41 %`: 1 to 200 characters.
    value: String,
    /// Of which day it is.
    on: NaiveDate,
    /// Who says so, 1 to 300 characters.
    source: String,
}

/// Where an influencer is.
#[derive(InputObject)]
struct InfluencerProfileInput {
    /// The network's key, as in `networks` or `countText`.
    network: String,
    /// The name there, up to 200 characters, with or without `@`. Nobody else of the directory has it.
    handle: String,
    /// Its address, with http or https, up to 2000 characters. Nobody calls it.
    url: Option<String>,
    /// How many follow: never without its day and its source.
    followers: Option<Long>,
    /// On which day.
    followers_on: Option<NaiveDate>,
    /// Who says so, 1 to 300 characters.
    followers_source: Option<String>,
    /// What is known of those who follow, up to 30.
    #[graphql(default)]
    audience: Vec<AudienceFactInput>,
}

/// What an influencer asks for.
#[derive(InputObject)]
struct InfluencerRateInput {
    /// On which network; on any when left out.
    network: Option<String>,
    /// For what.
    format: InfluencerFormat,
    /// How much, in the smallest unit of the currency; 0 is for nothing.
    amount_minor: Long,
    /// ISO 4217.
    currency: String,
    /// What it includes, up to 500 characters.
    #[graphql(default)]
    note: String,
}

/// How an influencer is reached. What is left out is not known.
#[derive(InputObject, Default)]
struct InfluencerContactInput {
    /// Whom to ask for, up to 200 characters.
    #[graphql(default)]
    name: String,
    /// Their address for mail.
    #[graphql(default)]
    email: String,
    /// Their number, up to 50 characters.
    #[graphql(default)]
    phone: String,
}

/// What is said of an influencer: the whole of it.
#[derive(InputObject)]
pub(super) struct InfluencerInput {
    /// What they are called, 1 to 200 characters.
    name: String,
    /// What they speak to their public, BCP 47, up to 20.
    #[graphql(default)]
    languages: Vec<String>,
    /// Where their public is, ISO 3166-1 alpha-2, up to 50.
    #[graphql(default)]
    markets: Vec<String>,
    /// Up to 20 short words of at most 50 characters; kept in lower case, each once.
    #[graphql(default)]
    tags: Vec<String>,
    /// What the team notes of them, up to 5000 characters.
    #[graphql(default)]
    notes: String,
    /// How they are reached.
    contact: Option<InfluencerContactInput>,
    /// Where they are, up to 20, in their order.
    #[graphql(default)]
    profiles: Vec<InfluencerProfileInput>,
    /// What they ask for, up to 50, in its order.
    #[graphql(default)]
    rates: Vec<InfluencerRateInput>,
}

impl From<InfluencerProfileInput> for domain::ProfileContent {
    fn from(input: InfluencerProfileInput) -> Self {
        let fact = |AudienceFactInput { name, value, on, source }| domain::AudienceFact { name, value, on, source };
        Self {
            network: input.network,
            handle: input.handle,
            url: input.url,
            followers: input.followers.map(|Long(followers)| followers),
            followers_on: input.followers_on,
            followers_source: input.followers_source,
            audience: input.audience.into_iter().map(fact).collect(),
        }
    }
}

impl From<InfluencerRateInput> for domain::RateContent {
    fn from(input: InfluencerRateInput) -> Self {
        let InfluencerRateInput { network, format, amount_minor: Long(minor), currency, note } = input;
        Self { network, format: format.into(), amount: Money { minor, currency }, note }
    }
}

impl From<InfluencerInput> for domain::InfluencerContent {
    fn from(input: InfluencerInput) -> Self {
        let InfluencerContactInput { name, email, phone } = input.contact.unwrap_or_default();
        Self {
            name: input.name,
            languages: input.languages,
            markets: input.markets,
            tags: input.tags,
            notes: input.notes,
            contact: domain::Contact { name, email, phone },
            profiles: input.profiles.into_iter().map(Into::into).collect(),
            rates: input.rates.into_iter().map(Into::into).collect(),
        }
    }
}
