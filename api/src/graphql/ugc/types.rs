//! Grants as the API shows them.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use diwan_entity::ugc::ugc_grant;

use crate::graphql::context::Op;
use crate::graphql::media::Asset;
use crate::graphql::scalars::Kind;
use crate::graphql::templates::ContentTemplate;
use crate::graphql::tenancy::{Brand, User};

/// How far a grant is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "ugc_grant::GrantState")]
pub enum UgcGrantState {
    /// They were asked.
    Asked,
    /// They allowed it.
    Granted,
    /// They said no.
    Refused,
    /// Its term is over.
    Expired,
    /// They took it back.
    Revoked,
}

/// What somebody allowed their work to be used for.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "ugc_grant::GrantScope")]
pub enum UgcScope {
    /// Posts.
    Organic,
    /// Advertising.
    Paid,
    /// Posts and advertising.
    Both,
}

/// What somebody was asked for what they made, and what they allowed.
pub struct UgcGrant {
    pub op: Op,
    pub row: ugc_grant::Model,
}

/// What somebody was asked for what they made, and what they allowed.
#[Object]
impl UgcGrant {
    /// The grant's id.
    pub async fn id(&self) -> ID {
        Kind::UgcGrant.id(self.row.id)
    }
    /// The file that they made.
    async fn asset(&self) -> Result<Option<Asset>> {
        Ok(self.op.load(self.row.asset_id).await?.map(|row| Asset { op: self.op.clone(), row }))
    }
    /// What they are called; empty: not known.
    async fn author_name(&self) -> &str {
        &self.row.author_name
    }
    /// Their name at the network, without a leading `@`.
    async fn author_handle(&self) -> &str {
        &self.row.author_handle
    }
    /// The key of the network where they are.
    async fn network(&self) -> &str {
        &self.row.network
    }
    /// What they were asked, word for word. People ask it at the network; it is sent by nobody else.
    async fn message(&self) -> &str {
        &self.row.message
    }
    /// From which template the words are; null: from none.
    async fn template(&self) -> Result<Option<ContentTemplate>> {
        let Some(id) = self.row.template_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ContentTemplate { op: self.op.clone(), row }))
    }
    /// How far it is.
    async fn state(&self) -> UgcGrantState {
        self.row.state.into()
    }
    /// What they allowed it for; null where they did not.
    async fn scope(&self) -> Option<UgcScope> {
        self.row.scope.map(Into::into)
    }
    /// Keys of the networks for which they allowed it; empty: any.
    async fn networks(&self) -> &[String] {
        &self.row.networks
    }
    /// Where they allowed it, as they said it. To keep to it is for people: networks show posts everywhere.
    async fn territory(&self) -> &str {
        &self.row.territory
    }
    /// From when on they allowed it.
    async fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.row.starts_at
    }
    /// Until when, not at this time any more; null: for ever.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.row.ends_at
    }
    /// A file that proves it.
    async fn evidence(&self) -> Result<Option<Asset>> {
        let Some(id) = self.row.evidence_asset_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Asset { op: self.op.clone(), row }))
    }
    /// An address that proves it.
    async fn evidence_url(&self) -> Option<&str> {
        self.row.evidence_url.as_deref()
    }
    /// What is noted of the answer.
    async fn evidence_note(&self) -> &str {
        &self.row.evidence_note
    }
    /// Who asked; null when the caller does not see that person.
    async fn asked_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.asked_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was asked.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.row.asked_at
    }
    /// Who recorded the answer; null where there is none, or the caller does not see that person.
    async fn answered_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.answered_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When the answer was recorded.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at
    }
    /// Since when it holds no more.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
    /// Why it was taken back.
    async fn end_reason(&self) -> &str {
        &self.row.end_reason
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
