//! Who the audience of a brand's accounts is, as the API shows it.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::insights::{self as domain, AskedAudience, NoProfile};
use diwan_networks::AudienceDimension as Dimension;

use crate::graphql::context::Op;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::{Kind, Long};

/// By what an audience is divided.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Dimension")]
enum AudienceDimension {
    /// Ages in years: `18-24`, `65+`.
    Age,
    /// `FEMALE`, `MALE`, and `OTHER` for what is said otherwise or not at all.
    Gender,
    /// Both at once: `25-34 FEMALE`.
    AgeGender,
    /// Countries by their two letters of ISO 3166-1: `GR`.
    Country,
    /// Cities, as each network names them.
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

/// Of whom a network tells.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum AudienceOf {
    /// Those who follow the account.
    Followers,
    /// Those who saw what it published in the 90 days before, whether they follow it or not.
    Viewers,
}

/// Why the audience of an account is not known.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "NoProfile")]
enum NoAudience {
    /// The network does not tell it.
    NotOffered,
    /// It was not read in the five weeks before.
    NotRead,
    /// The network knows too few people of the account.
    TooFew,
    /// The account must be connected again, by somebody who agrees that this is read.
    NeedsReconnect,
    /// The network does not serve it for this account.
    NotServed,
}

/// A part of an audience.
#[derive(SimpleObject)]
struct AudiencePart {
    /// Which, as its dimension says.
    key: String,
    /// Of the people of whom it is known: a decimal in hundredths.
    share: String,
    /// How many followers that are; of viewers, as many as there would be if followers were like them. Null where nobody knows how many follow.
    people: Option<Long>,
}

/// The audience of one account.
#[derive(SimpleObject)]
struct AccountAudience {
    /// Which account.
    account: SocialAccount,
    /// How many follow it; null where that was not read in the week before.
    followers: Option<Long>,
    /// Of whom the network tells.
    of: Option<AudienceOf>,
    /// On which day it was read, by the brand's clock.
    read_on: Option<NaiveDate>,
    /// Its parts: ages, genders and sizes of companies in their order, all else by its size, at most 100.
    parts: Vec<AudiencePart>,
    /// Of how many of its followers this is known: a decimal in hundredths.
    known_percent: Option<String>,
    /// Why it is not known.
    no_audience: Option<NoAudience>,
}

/// Audiences by one dimension.
#[derive(SimpleObject)]
struct AudienceBy {
    /// By what.
    dimension: AudienceDimension,
    /// All accounts together, each weighed with its followers: ages, genders and sizes of companies in their order, all else by its size, at
    /// most 100.
    parts: Vec<AudiencePart>,
    /// Of how many of the followers of all accounts this is known: a decimal in hundredths. Null where nobody knows how many follow.
    known_percent: Option<String>,
    /// Each account by itself.
    accounts: Vec<AccountAudience>,
    /// The networks of the accounts that are not part of what is told together.
    missing_networks: Vec<String>,
}

/// Who the audience of a brand's accounts is. What is missing is null, or named; never zero.
#[derive(SimpleObject)]
struct AudienceProfile {
    /// As it was known on this day.
    at: NaiveDate,
    /// How many follow the accounts, as far as that is known.
    followers: Option<Long>,
    /// By each dimension.
    by: Vec<AudienceBy>,
}

fn parts(told: Vec<domain::AudienceShare>) -> Vec<AudiencePart> {
    let part =
        |one: domain::AudienceShare| AudiencePart { key: one.key, share: one.share, people: one.people.map(Long) };
    told.into_iter().map(part).collect()
}

fn account(op: &Op, one: domain::AccountAudience) -> AccountAudience {
    let (told, no_audience) = match one.told {
        Ok(told) => (Some(told), None),
        Err(why) => (None, Some(why.into())),
    };
    let (shown, known_percent) = told.map_or((Vec::new(), None), |told| (parts(told.parts), told.known_percent));
    let of = one.audience.map(|of| if of == "VIEWERS" { AudienceOf::Viewers } else { AudienceOf::Followers });
    AccountAudience {
        account: SocialAccount { op: op.clone(), row: one.account },
        followers: one.followers.map(Long),
        of,
        read_on: one.read_on,
        parts: shown,
        known_percent,
        no_audience,
    }
}

/// Reading audiences.
#[derive(Default)]
pub struct AudienceQuery;

#[Object]
impl AudienceQuery {
    /// Who follows a brand's accounts, or sees what they publish: by age, gender, country, city and what people work, as far as their networks
    /// tell it. It is read once a week. For MID and above.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn audience_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "As it was known on which day, by the brand's clock; today unless given.")] at: Option<
            NaiveDate,
        >,
        #[graphql(desc = "Of which accounts alone, up to 100; of all of them unless given.")] account_ids: Option<
            Vec<ID>,
        >,
    ) -> Result<AudienceProfile> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let ids = account_ids.unwrap_or_default();
        let ids = ids.iter().enumerate().map(|(place, id)| Kind::Account.parse(id, &format!("accountIds.{place}")));
        let account_ids = op.query(ids.collect::<Result<Vec<_>, _>>())?;
        let found = op.query(domain::audience_profile(op, AskedAudience { brand_id, at, account_ids }).await)?;
        let by = |one: domain::AudienceBy| AudienceBy {
            dimension: one.dimension.into(),
            parts: parts(one.combined.parts),
            known_percent: one.combined.known_percent,
            accounts: one.accounts.into_iter().map(|one| account(op, one)).collect(),
            missing_networks: one.missing_networks,
        };
        Ok(AudienceProfile {
            at: found.at,
            followers: found.followers.map(Long),
            by: found.by.into_iter().map(by).collect(),
        })
    }
}
