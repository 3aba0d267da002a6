//! Influencers as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::influencers as domain;
use diwan_entity::influencers::{
    influencer, influencer_block, influencer_exclusivity, influencer_profile, influencer_rate, influencer_share,
};
use diwan_entity::tenancy::brand;

use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// What an influencer is paid for.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "influencer_rate::RateFormat")]
pub enum InfluencerFormat {
    /// A post.
    Post,
    /// A story, which goes by itself.
    Story,
    /// A film.
    Video,
    /// A broadcast.
    Live,
    /// An article.
    Article,
    /// Being somewhere in person.
    Appearance,
    /// Several of these together.
    Bundle,
    /// Something else.
    Other,
}

/// Something that is known of those who follow a profile.
#[derive(SimpleObject)]
pub struct AudienceFact {
    /// What, such as `women, 25 to 34`.
    name: String,
    /// As its source writes it, such as `41 %`.
    value: String,
    /// Of which day it is.
    on: NaiveDate,
    /// Who says so.
    source: String,
}

/// How many follow a profile, as somebody says on a day.
#[derive(SimpleObject)]
pub struct FollowerCount {
    /// How many.
    count: Long,
    /// On which day.
    on: NaiveDate,
    /// Who says so.
    source: String,
}

/// Where an influencer is.
#[derive(SimpleObject)]
pub struct InfluencerProfile {
    /// The network's key; also of networks that are only counted for.
    network: String,
    /// The name there, without a leading `@`.
    handle: String,
    /// Its address; null where nobody said.
    url: Option<String>,
    /// How many follow; null where it is not known.
    followers: Option<FollowerCount>,
    /// What is known of those who follow.
    audience: Vec<AudienceFact>,
}

impl InfluencerProfile {
    fn of(op: &Op, row: influencer_profile::Model) -> Result<Self> {
        let facts = op.query(domain::audience_of(&row))?.into_iter();
        let audience =
            facts.map(|fact| AudienceFact { name: fact.name, value: fact.value, on: fact.on, source: fact.source });
        let followers = row.followers.zip(row.followers_on).zip(row.followers_source);
        Ok(Self {
            network: row.network,
            handle: row.handle,
            url: row.url,
            followers: followers.map(|((count, on), source)| FollowerCount { count: Long(count), on, source }),
            audience: audience.collect(),
        })
    }
}

/// What an influencer asks for.
#[derive(SimpleObject)]
pub struct InfluencerRate {
    /// On which network; null: on any.
    network: Option<String>,
    /// For what.
    format: InfluencerFormat,
    /// How much.
    amount: Money,
    /// What it includes.
    note: String,
}

/// How an influencer is reached.
#[derive(SimpleObject)]
pub struct InfluencerContact {
    /// Whom to ask for; empty: not known.
    name: String,
    /// Their address for mail; empty: not known.
    email: String,
    /// Their number; empty: not known.
    phone: String,
}

/// For whom else an influencer works, and for nobody beside.
pub struct InfluencerExclusivity {
    pub op: Op,
    pub row: influencer_exclusivity::Model,
}

/// For whom else an influencer works, and for nobody beside.
#[Object]
impl InfluencerExclusivity {
    /// Its id.
    async fn id(&self) -> ID {
        Kind::Exclusivity.id(self.row.id)
    }
    /// To whom it was given.
    async fn competitor(&self) -> &str {
        &self.row.competitor
    }
    /// For what.
    async fn category(&self) -> &str {
        &self.row.category
    }
    /// From which day; null: it has begun.
    async fn starts_on(&self) -> Option<NaiveDate> {
        self.row.starts_on
    }
    /// Its last day; null: not known.
    async fn until_on(&self) -> Option<NaiveDate> {
        self.row.until_on
    }
    /// How it is known.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// Who recorded it; null when the caller does not see that person.
    async fn recorded_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.recorded_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}

/// That nobody works with an influencer.
pub struct InfluencerBlock {
    op: Op,
    row: influencer_block::Model,
}

/// That nobody works with an influencer.
#[Object]
impl InfluencerBlock {
    /// Why.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// In which brand; null: in the whole agency.
    async fn brand(&self) -> Result<Option<Brand>> {
        let Some(id) = self.row.brand_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Brand { op: self.op.clone(), row }))
    }
    /// Who said so; null when the caller does not see that person.
    async fn blocked_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.blocked_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Since when.
    async fn blocked_at(&self) -> DateTime<Utc> {
        self.row.blocked_at
    }
}

/// Somebody whom brands work with; the agency's, and shared with brands on purpose.
pub struct Influencer {
    pub op: Op,
    pub row: influencer::Model,
}

impl Influencer {
    async fn may_read_terms(&self) -> Result<bool> {
        let shares = self.op.load_of::<influencer_share::Model>(self.row.id).await?;
        Ok(domain::may_read_terms(&self.op, &shares))
    }
}

/// Somebody whom brands work with; the agency's, and shared with brands on purpose.
#[Object]
impl Influencer {
    /// The influencer's id.
    pub async fn id(&self) -> ID {
        Kind::Influencer.id(self.row.id)
    }
    /// What they are called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What they speak to their public, BCP 47.
    async fn languages(&self) -> &[String] {
        &self.row.languages
    }
    /// Where their public is, ISO 3166-1 alpha-2.
    async fn markets(&self) -> &[String] {
        &self.row.markets
    }
    /// Up to 20 short words, in lower case.
    async fn tags(&self) -> &[String] {
        &self.row.tags
    }
    /// What the team notes of them.
    async fn notes(&self) -> &str {
        &self.row.notes
    }
    /// Where they are, in their order.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn profiles(&self) -> Result<Vec<InfluencerProfile>> {
        let rows = self.op.load_of::<influencer_profile::Model>(self.row.id).await?;
        rows.into_iter().map(|row| InfluencerProfile::of(&self.op, row)).collect()
    }
    /// How they are reached; null below MID.
    async fn contact(&self) -> Result<Option<InfluencerContact>> {
        Ok(self.may_read_terms().await?.then(|| InfluencerContact {
            name: self.row.contact_name.clone(),
            email: self.row.contact_email.clone(),
            phone: self.row.contact_phone.clone(),
        }))
    }
    /// What they ask for, in its order; null below MID.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn rates(&self) -> Result<Option<Vec<InfluencerRate>>> {
        if !self.may_read_terms().await? {
            return Ok(None);
        }
        let rows = self.op.load_of::<influencer_rate::Model>(self.row.id).await?;
        let rate = |row: influencer_rate::Model| InfluencerRate {
            network: row.network,
            format: row.format.into(),
            amount: Money { minor: Long(row.amount_minor), currency: row.currency },
            note: row.note,
        };
        Ok(Some(rows.into_iter().map(rate).collect()))
    }
    /// For whom else they work, and for nobody beside; also in the past and later. At most 100.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn exclusivities(&self) -> Result<Vec<InfluencerExclusivity>> {
        let rows = self.op.load_of::<influencer_exclusivity::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| InfluencerExclusivity { op: self.op.clone(), row }).collect())
    }
    /// Where nobody works with them: in the agency, and in those brands that the caller sees.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn blocks(&self) -> Result<Vec<InfluencerBlock>> {
        let rows = self.op.load_of::<influencer_block::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| InfluencerBlock { op: self.op.clone(), row }).collect())
    }
    /// With which of the caller's brands they are shared.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn brands(&self) -> Result<Vec<Brand>> {
        let shares = self.op.load_of::<influencer_share::Model>(self.row.id).await?;
        let loads = shares.into_iter().map(|share| self.op.load::<brand::Model>(share.brand_id));
        let brands = futures::future::try_join_all(loads).await?;
        Ok(brands.into_iter().flatten().map(|row| Brand { op: self.op.clone(), row }).collect())
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When they were added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When what is said of them last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when they are put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
}
