//! What a brand has to do with influencers, as the API shows it.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::influencers as domain;
use diwan_entity::influencers::{
    influencer_outreach, influencer_result, influencer_shortlist, influencer_shortlist_item,
};

use super::types::Influencer;
use crate::graphql::context::Op;
use crate::graphql::publishing::Publication;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// What was decided of somebody on a shortlist.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "influencer_shortlist_item::ItemState")]
pub enum ShortlistState {
    /// Nothing yet.
    Proposed,
    /// The brand wants them.
    Approved,
    /// The brand does not want them.
    Rejected,
}

/// How somebody was spoken to.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "influencer_outreach::OutreachChannel")]
pub enum OutreachChannel {
    /// By mail.
    Email,
    /// By a message at a network.
    DirectMessage,
    /// By telephone.
    Phone,
    /// In person, or in a call with a picture.
    Meeting,
    /// By whoever speaks for them.
    Agent,
    /// In another way.
    Other,
}

/// Somebody on a shortlist.
pub struct ShortlistItem {
    op: Op,
    row: influencer_shortlist_item::Model,
}

/// Somebody on a shortlist.
#[Object]
impl ShortlistItem {
    /// Who; null where they are not shared with the brand any more.
    async fn influencer(&self) -> Result<Option<Influencer>> {
        Ok(self.op.load(self.row.influencer_id).await?.map(|row| Influencer { op: self.op.clone(), row }))
    }
    /// What was decided.
    async fn state(&self) -> ShortlistState {
        self.row.state.into()
    }
    /// Why they, or why not.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// Who proposed them; null when the caller does not see that person.
    async fn proposed_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.proposed_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When they were proposed.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.row.proposed_at
    }
    /// Who decided; null where nobody did, or the caller does not see that person.
    async fn decided_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.decided_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }
}

/// Whom a brand thinks of for something.
pub struct InfluencerShortlist {
    pub op: Op,
    pub row: influencer_shortlist::Model,
}

/// Whom a brand thinks of for something.
#[Object]
impl InfluencerShortlist {
    /// The shortlist's id.
    pub async fn id(&self) -> ID {
        Kind::Shortlist.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What it is for.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// For which campaign; null: for none in particular.
    async fn campaign_id(&self) -> Option<ID> {
        self.row.campaign_id.map(|id| Kind::Campaign.id(id))
    }
    /// Who is on it, in the order in which they were proposed; at most 500.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn items(&self) -> Result<Vec<ShortlistItem>> {
        let rows = self.op.load_of::<influencer_shortlist_item::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ShortlistItem { op: self.op.clone(), row }).collect())
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Who began it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was begun.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed; who is on it does not count.
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

/// What was said to an influencer for a brand, and what came of it.
pub struct InfluencerOutreach {
    pub op: Op,
    pub row: influencer_outreach::Model,
}

/// What was said to an influencer for a brand, and what came of it.
#[Object]
impl InfluencerOutreach {
    /// Its id.
    pub async fn id(&self) -> ID {
        Kind::Outreach.id(self.row.id)
    }
    /// To whom; null where they are not shared with the brand any more.
    async fn influencer(&self) -> Result<Option<Influencer>> {
        Ok(self.op.load(self.row.influencer_id).await?.map(|row| Influencer { op: self.op.clone(), row }))
    }
    /// How.
    async fn channel(&self) -> OutreachChannel {
        self.row.channel.into()
    }
    /// When.
    async fn said_at(&self) -> DateTime<Utc> {
        self.row.said_at
    }
    /// By whom; null when the caller does not see that person.
    async fn said_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.said_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// What.
    async fn message(&self) -> &str {
        &self.row.message
    }
    /// What they answered; null: nothing yet.
    async fn answer(&self) -> Option<&str> {
        Some(self.row.answer.as_str()).filter(|answer| !answer.is_empty())
    }
    /// When they answered.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at
    }
    /// On which day somebody asks again; null: nobody does.
    async fn follow_up_on(&self) -> Option<NaiveDate> {
        self.row.follow_up_on
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A figure that somebody states.
#[derive(SimpleObject)]
pub struct StatedNumber {
    /// Of what.
    name: String,
    /// How many.
    value: Long,
}

/// What an influencer brought a brand.
pub struct InfluencerResult {
    pub op: Op,
    pub row: influencer_result::Model,
}

/// What an influencer brought a brand.
#[Object]
impl InfluencerResult {
    /// Its id.
    pub async fn id(&self) -> ID {
        Kind::InfluencerResult.id(self.row.id)
    }
    /// Who; null where they are not shared with the brand any more.
    async fn influencer(&self) -> Result<Option<Influencer>> {
        Ok(self.op.load(self.row.influencer_id).await?.map(|row| Influencer { op: self.op.clone(), row }))
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// The publication that it was; null where it was none of the brand's own accounts.
    async fn publication(&self) -> Result<Option<Publication>> {
        let Some(id) = self.row.publication_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Publication { op: self.op.clone(), row }))
    }
    /// Where it is; null where nobody said.
    async fn url(&self) -> Option<&str> {
        self.row.url.as_deref()
    }
    /// On which day.
    async fn happened_on(&self) -> NaiveDate {
        self.row.happened_on
    }
    /// Figures as somebody states them.
    async fn numbers(&self) -> Result<Vec<StatedNumber>> {
        let numbers = self.op.query(domain::numbers_of(&self.row))?.into_iter();
        Ok(numbers.map(|number| StatedNumber { name: number.name, value: Long(number.value) }).collect())
    }
    /// Who states them.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// Whether the advertising was named as such; null: not known.
    async fn disclosed(&self) -> Option<bool> {
        self.row.disclosed
    }
    /// What else there is to say.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// Who recorded it; null when the caller does not see that person.
    async fn recorded_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.recorded_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
