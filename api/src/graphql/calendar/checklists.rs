//! What is to be done to a post, as the API shows it.

use async_graphql::{ID, Object, Result};
use chrono::{DateTime, Utc};
use diwan_entity::calendar::checklist_item;

use super::checklist_templates::ChecklistTemplate;
use super::types::Post;
use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::User;

/// Something to do to a post before it goes out.
pub struct ChecklistItem {
    pub op: Op,
    pub row: checklist_item::Model,
}

/// Something to do to a post before it goes out.
#[Object]
impl ChecklistItem {
    /// The item's id.
    pub async fn id(&self) -> ID {
        Kind::ChecklistItem.id(self.row.id)
    }
    /// Its place in the checklist, counted from 1, without gaps.
    async fn position(&self) -> i32 {
        self.row.position.into()
    }
    /// What is to be done.
    async fn text(&self) -> &str {
        &self.row.text
    }
    /// Whether the post should not go on while it is not ticked: the brand says whether that warns or blocks.
    async fn required(&self) -> bool {
        self.row.required
    }
    /// Of which template it is; null: it was written for this post, or the caller does not see templates.
    async fn template(&self) -> Result<Option<ChecklistTemplate>> {
        let Some(id) = self.row.template_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ChecklistTemplate { op: self.op.clone(), row }))
    }
    /// Who does it; null: whoever does, or somebody whom the caller does not see.
    async fn assignee(&self) -> Result<Option<User>> {
        let Some(id) = self.row.assignee_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was ticked; null: it is not.
    async fn ticked_at(&self) -> Option<DateTime<Utc>> {
        self.row.ticked_at
    }
    /// Who ticked it first; null while nobody has, or when the caller does not see that person.
    async fn ticked_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.ticked_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes of what is to be done, not the ticks; a change and a tick name the version that was read.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// The post.
    async fn post(&self) -> Result<Post> {
        Ok(Post { op: self.op.clone(), row: self.op.must_load(self.row.post_id).await? })
    }
}
