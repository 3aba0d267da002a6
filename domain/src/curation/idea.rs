//! An idea of what a feed brought, with source and credit named.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea;
use diwan_entity::curation::{source, source_item};
use uuid::Uuid;

use super::text::cut;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::ideas::{IdeaContent, IdeaSource, LONGEST_NOTE, LONGEST_TITLE, write_idea};
use crate::permission::Action;

/// Puts an item onto the ideas board of its brand, once. Its source stays named when the feed is long gone.
pub async fn save_item_as_idea(context: &Context, item_id: Uuid) -> Result<idea::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "itemId");
    let item = context.one(source_item::Entity::visible([item_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::IdeaWrite, item.brand_id).await?;
    let source = context.one(source::Entity::one_in_brand(item.brand_id, item.source_id)).await?;
    let source = source.ok_or_else(not_there)?;
    write_idea(context, permit, content_of(item, source), Some(item_id)).await
}

/// A title that is too long for an idea is cut there, and whole at the head of the note.
fn content_of(item: source_item::Model, source: source::Model) -> IdeaContent {
    let title = cut(&item.title, LONGEST_TITLE);
    let whole = if title == item.title { item.summary } else { format!("{}\n\n{}", item.title, item.summary) };
    let source_title = if source.title.is_empty() { source.url } else { source.title };
    IdeaContent {
        title,
        note: cut(whole.trim_end(), LONGEST_NOTE),
        pillar_id: None,
        wished_for: None,
        tags: Vec::new(),
        source: IdeaSource {
            title: Some(source_title),
            url: item.url,
            credit: (!item.author.is_empty()).then_some(item.author),
        },
    }
}
