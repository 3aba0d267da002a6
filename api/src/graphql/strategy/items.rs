//! Audiences, challenges, channels, plans.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::strategy::{challenge, channel_choice, content_plan, persona};

use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Brand;

/// A target audience, or a narrower one within it.
pub struct Persona {
    pub op: Op,
    pub row: persona::Model,
}

/// A target audience, or a narrower one within it.
#[Object]
impl Persona {
    /// The audience's id.
    pub async fn id(&self) -> ID {
        Kind::Persona.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Who they are.
    async fn description(&self) -> &str {
        &self.row.description
    }
    /// Age, place, income and the like.
    async fn demographics(&self) -> &str {
        &self.row.demographics
    }
    /// What they care for.
    async fn interests(&self) -> &[String] {
        &self.row.interests
    }
    /// Why they do not buy.
    async fn objections(&self) -> &[String] {
        &self.row.objections
    }
    /// The audience within which this is a narrower one; null for one that stands alone.
    async fn parent(&self) -> Result<Option<Persona>> {
        let Some(id) = self.row.parent_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Persona { op: self.op.clone(), row }))
    }
    /// The narrower audiences within it, oldest first, without those that were put away.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn sub_targets(&self) -> Result<Vec<Persona>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| Persona { op: self.op.clone(), row }).collect())
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// What kind of thing holds a brand back.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "challenge::ChallengeKind")]
pub enum ChallengeKind {
    /// Few people come to its pages.
    WeakTraffic,
    /// Nobody knows it.
    NoAwareness,
    /// Those who bought do not come back.
    FallingLoyalty,
    /// It is spoken ill of.
    PoorReputation,
    /// It sells with difficulty.
    HardSales,
    /// It has no site, shop, payment or the like.
    MissingDigitalInfrastructure,
    /// Its people do not work digitally.
    MissingDigitalCulture,
}

/// What holds a brand back.
pub struct Challenge {
    pub op: Op,
    pub row: challenge::Model,
}

/// What holds a brand back.
#[Object]
impl Challenge {
    /// The challenge's id.
    pub async fn id(&self) -> ID {
        Kind::Challenge.id(self.row.id)
    }
    /// What kind of thing it is.
    async fn kind(&self) -> ChallengeKind {
        self.row.kind.into()
    }
    /// In a few words.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// In more.
    async fn description(&self) -> &str {
        &self.row.description
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Where a brand is or is not, and why.
pub struct ChannelChoice {
    pub op: Op,
    pub row: channel_choice::Model,
}

/// Where a brand is or is not, and why.
#[Object]
impl ChannelChoice {
    /// The choice's id.
    pub async fn id(&self) -> ID {
        Kind::Channel.id(self.row.id)
    }
    /// What the channel is called.
    async fn channel(&self) -> &str {
        &self.row.channel
    }
    /// Whether the brand is there.
    async fn chosen(&self) -> bool {
        self.row.chosen
    }
    /// Why.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// How content is made, brought out and made known.
pub struct ContentPlan {
    pub op: Op,
    pub row: content_plan::Model,
}

/// How content is made, brought out and made known.
#[Object]
impl ContentPlan {
    /// The plan's id.
    pub async fn id(&self) -> ID {
        Kind::ContentPlan.id(self.row.id)
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// Who makes what, and how.
    async fn production(&self) -> &str {
        &self.row.production
    }
    /// Where it comes out, and how often.
    async fn distribution(&self) -> &str {
        &self.row.distribution
    }
    /// How it is made known.
    async fn promotion(&self) -> &str {
        &self.row.promotion
    }
    /// Its first day, if it has one.
    async fn starts_on(&self) -> Option<NaiveDate> {
        self.row.starts_on
    }
    /// Its last day, if it has one.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
