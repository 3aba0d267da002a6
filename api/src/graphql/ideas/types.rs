//! Ideas as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::ideas as domain;
use diwan_entity::calendar::idea;

use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::curation::SourceItem;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::ContentPillar;
use crate::graphql::tenancy::{Brand, User};

/// The column of the board in which an idea is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "idea::IdeaState")]
pub enum IdeaState {
    /// Nobody has looked at it.
    New,
    /// Somebody finds out what there is to it.
    Exploring,
    /// It can be made.
    Ready,
    /// It became a post.
    Taken,
}

/// Where an idea was found.
#[derive(SimpleObject)]
pub struct IdeaSource {
    /// What it is called; null where nobody said.
    title: Option<String>,
    /// Its address; null where it has none.
    url: Option<String>,
    /// Whose it is; null where nobody said.
    credit: Option<String>,
}

/// What might become a post.
pub struct Idea {
    pub op: Op,
    pub row: idea::Model,
}

/// What might become a post.
#[Object]
impl Idea {
    /// The idea's id.
    pub async fn id(&self) -> ID {
        Kind::Idea.id(self.row.id)
    }
    /// What it is in short, 1 to 200 characters.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// What there is to it: plain text, up to 5000 characters.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// The column of the board in which it is, or was before it was put away.
    async fn state(&self) -> IdeaState {
        self.row.state.into()
    }
    /// Its place in the column, from 1 on without gaps; null once it became a post or is put away.
    async fn position(&self) -> Option<i32> {
        self.row.position
    }
    /// What it would be for; null: nothing in particular.
    async fn pillar(&self) -> Result<Option<ContentPillar>> {
        let Some(id) = self.row.pillar_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ContentPillar { op: self.op.clone(), row }))
    }
    /// The day for which somebody would like it.
    async fn wished_for(&self) -> Option<NaiveDate> {
        self.row.wished_for
    }
    /// Up to 10 short words, in lower case.
    async fn tags(&self) -> &[String] {
        &self.row.tags
    }
    /// Whose it is to work on; null where it is nobody's, or the caller does not see that person.
    async fn assignee(&self) -> Result<Option<User>> {
        let Some(id) = self.row.assignee_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Where it was found; null where nothing of that is known.
    async fn source(&self) -> Option<IdeaSource> {
        let domain::IdeaSource { title, url, credit } = domain::IdeaSource::of(&self.row)?;
        Some(IdeaSource { title, url, credit })
    }
    /// What a feed brought and it was made of; null where it was made of none, or that is no longer kept.
    async fn source_item(&self) -> Result<Option<SourceItem>> {
        let Some(id) = self.row.item_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SourceItem { op: self.op.clone(), row }))
    }
    /// The post that it became.
    async fn post(&self) -> Result<Option<Post>> {
        let Some(id) = self.row.post_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// Who wrote it down; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed, was moved or given to somebody. That others made room for it does not count.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Counts the changes of what it says, and being put away and brought back; a change names the version from which it started.
    /// Moving it and giving it to somebody leave it as it is.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A column of the board.
#[derive(SimpleObject)]
pub struct IdeaColumn {
    /// Which.
    state: IdeaState,
    /// How many ideas are in it, shown or not.
    count: Long,
    /// The first of them in their order; of `TAKEN`, the last that were taken. `ideas` has all.
    ideas: Vec<Idea>,
}

/// The ideas of a brand in columns.
#[derive(SimpleObject)]
pub struct IdeaBoard {
    /// All columns, in their order, also those in which nothing is.
    columns: Vec<IdeaColumn>,
}

impl IdeaBoard {
    /// As the domain has it.
    pub fn of(op: &Op, columns: Vec<domain::Column>) -> Self {
        let columns = columns.into_iter().map(|column| IdeaColumn {
            state: column.state.into(),
            count: Long(column.count),
            ideas: column.ideas.into_iter().map(|row| Idea { op: op.clone(), row }).collect(),
        });
        Self { columns: columns.collect() }
    }
}
