//! Feeds and their items as the API shows them.

use async_graphql::{Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::curation::ItemFilter;
use diwan_domain::{Failure, messages};
use diwan_entity::curation::{curated_post, source, source_item};

use crate::graphql::context::Op;
use crate::graphql::ideas::{Idea, OfItem};
use crate::graphql::loaders::Loadable as _;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Brand;

/// Whether a feed is read.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "source::SourceState")]
pub enum SourceState {
    /// It is read again and again.
    Active,
    /// Somebody paused it.
    Paused,
    /// Its server says that it is gone for good, and is not asked again.
    Gone,
}

/// Why a feed could not be read, and the next step.
#[derive(SimpleObject)]
struct SourceTrouble {
    /// For programs: `ADDRESS`, `AWAY`, `GONE`, `NOT_A_FEED`, `REDIRECTS`, `REFUSED`, `TOO_LARGE`.
    kind: String,
    /// What happened and the next step, in the caller's language.
    message: String,
    /// More, for operators.
    detail: Option<String>,
}

/// A feed that a brand follows: RSS, Atom or JSON Feed.
pub struct Source {
    pub op: Op,
    pub row: source::Model,
}

/// A feed that a brand follows: RSS, Atom or JSON Feed.
#[Object]
impl Source {
    /// The source's id.
    pub async fn id(&self) -> ID {
        Kind::Source.id(self.row.id)
    }
    /// Where it is.
    async fn url(&self) -> &str {
        &self.row.url
    }
    /// What the team calls it, or what it calls itself; empty before it was read.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// Whether it is read.
    async fn state(&self) -> SourceState {
        self.row.state.into()
    }
    /// The least time between two readings, in minutes. It is longer where the feed or its server asks for it, and while it fails.
    async fn every_minutes(&self) -> i32 {
        self.row.every_minutes
    }
    /// When it was last asked for.
    async fn fetched_at(&self) -> Option<DateTime<Utc>> {
        self.row.fetched_at
    }
    /// When it was last read, or had not changed.
    async fn succeeded_at(&self) -> Option<DateTime<Utc>> {
        self.row.succeeded_at
    }
    /// Readings in a row that failed.
    async fn failures(&self) -> i32 {
        self.row.failures
    }
    /// Why the last reading failed.
    async fn trouble(&self) -> Option<SourceTrouble> {
        let kind = self.row.trouble.clone()?;
        let message = messages::source_trouble(self.op.locale(), &kind);
        Some(SourceTrouble { kind, message, detail: self.row.trouble_detail.clone() })
    }
    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
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

/// What a feed brought. All of it is plain text.
pub struct SourceItem {
    pub op: Op,
    pub row: source_item::Model,
}

/// What a feed brought. All of it is plain text.
#[Object]
impl SourceItem {
    /// The item's id.
    pub async fn id(&self) -> ID {
        Kind::SourceItem.id(self.row.id)
    }
    /// Where it is read.
    async fn url(&self) -> Option<&str> {
        self.row.url.as_deref()
    }
    /// Its title.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// What it says, at most 5000 characters.
    async fn summary(&self) -> &str {
        &self.row.summary
    }
    /// Who wrote it, as the feed names them; empty where it names nobody.
    async fn author(&self) -> &str {
        &self.row.author
    }
    /// When it was published, as the feed says.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.row.published_at
    }
    /// When it was first seen.
    async fn found_at(&self) -> DateTime<Utc> {
        self.row.found_at
    }
    /// When somebody put it away.
    async fn dismissed_at(&self) -> Option<DateTime<Utc>> {
        self.row.dismissed_at
    }
    /// The idea that was made of it; null where none was, or the board is not the caller's to see.
    async fn idea(&self) -> Result<Option<Idea>> {
        let made = self.op.load_of::<OfItem>(self.row.id).await?.into_iter().next();
        Ok(made.map(|of| of.0).filter(|row| row.may_read(&self.op)).map(|row| Idea { op: self.op.clone(), row }))
    }
    /// The feed.
    async fn source(&self) -> Result<Source> {
        Ok(Source { op: self.op.clone(), row: self.op.must_load(self.row.source_id).await? })
    }
}

/// What a post was made of. It is named for good, whatever becomes of the feed.
pub struct CuratedFrom {
    pub op: Op,
    pub row: curated_post::Model,
}

/// What a post was made of. It is named for good, whatever becomes of the feed.
#[Object]
impl CuratedFrom {
    /// What the feed was called.
    async fn source_title(&self) -> &str {
        &self.row.source_title
    }
    /// Where it is read.
    async fn source_url(&self) -> Option<&str> {
        self.row.source_url.as_deref()
    }
    /// Who wrote it, as the feed named them; empty where it named nobody.
    async fn credit(&self) -> &str {
        &self.row.credit
    }
    /// The item; null when it is no longer kept, or not the caller's to see.
    async fn item(&self) -> Result<Option<SourceItem>> {
        let Some(id) = self.row.item_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SourceItem { op: self.op.clone(), row }))
    }
}

/// Which items.
#[derive(InputObject, Default)]
pub struct SourceItemFilterInput {
    /// Only of this feed.
    source_id: Option<ID>,
    /// Those that were put away, instead of those that were not.
    #[graphql(default)]
    dismissed: bool,
}

impl SourceItemFilterInput {
    /// As the domain takes it.
    pub fn into_domain(self) -> Result<ItemFilter, Failure> {
        let source_id = self.source_id.map(|id| Kind::Source.parse(&id, "filter.sourceId")).transpose()?;
        Ok(ItemFilter { source_id, dismissed: self.dismissed })
    }
}
