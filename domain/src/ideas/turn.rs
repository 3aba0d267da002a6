//! An idea that becomes a post.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea::{self, IdeaState};
use diwan_entity::calendar::{calendar, post};
use diwan_entity::curation::curated_post;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::content::IdeaSource;
use super::place::{begin, close_gap, on_board};
use crate::calendar::{NewPost, create_post};
use crate::context::Context;
use crate::curation::name_source;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Makes a draft of an idea, once. The draft has the idea's pillar unless it says another, and names the idea's source for good.
pub async fn turn_idea_into_post(
    context: &Context,
    idea_id: Uuid,
    mut new: NewPost,
) -> Result<(idea::Model, post::Model), Failure> {
    let (permit, row) = begin(context, Action::IdeaWrite, idea_id).await?;
    let mut wrong = Complaints::default();
    on_board(&mut wrong, &row);
    wrong.check()?;
    // In the idea's own brand: what is thought of for one client is no other client's business.
    if context.one(calendar::Entity::one_in_brand(row.brand_id, new.calendar_id)).await?.is_none() {
        return Err(UserError::at(Code::NotFound, "post.calendarId").into());
    }
    if new.content.marks.pillar_id.is_none() {
        new.content.marks.pillar_id = row.pillar_id.map(Some);
    }
    let post = create_post(context, new).await.map_err(|failure| failure.within("post"))?;
    credit(permit, &row, post.id).await?;
    let (column, left) = (row.state, row.position);
    let changed = idea::ActiveModel {
        state: Set(IdeaState::Taken),
        position: Set(None),
        post_id: Set(Some(post.id)),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    close_gap(permit, column, left).await?;
    trust::record(permit, context.now, "idea.take", row.id, json!({ "post": post.id })).await?;
    Ok((row, post))
}

/// Names with the post where the idea was found, if that is known.
async fn credit(permit: Permit<'_>, idea: &idea::Model, post_id: Uuid) -> Result<(), Failure> {
    let Some(source) = IdeaSource::of(idea) else { return Ok(()) };
    let credit = source.credit.unwrap_or_default();
    // A source has a name there: its address, or whose it is, where it has no other.
    let name = source.title.or_else(|| source.url.clone()).unwrap_or_else(|| credit.clone());
    let row = curated_post::Model {
        brand_id: idea.brand_id,
        post_id,
        item_id: idea.item_id,
        source_title: name,
        source_url: source.url,
        credit,
    };
    name_source(permit, row).await
}
