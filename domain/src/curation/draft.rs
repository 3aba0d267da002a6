//! A draft of what a feed brought, with source and credit named.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::{calendar, post};
use diwan_entity::curation::{curated_post, source, source_item};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use crate::calendar::{NewPost, PostContent, VariantContent, create_post};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::strategy::PostMarks;
use crate::trust;

/// An item to make a draft of.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Which item.
    pub item_id: Uuid,
    /// In which calendar of the item's brand.
    pub calendar_id: Uuid,
    /// For these accounts of the brand, up to 50.
    pub account_ids: Vec<Uuid>,
}

/// Writes a draft that says the item's title, where it is read, and whose it is. Somebody makes a post of it; the source stays named.
pub async fn draft_from_item(context: &Context, new: NewDraft) -> Result<post::Model, Failure> {
    let item = context.one(source_item::Entity::visible([new.item_id])).await?;
    let item = item.ok_or_else(|| UserError::at(Code::NotFound, "itemId"))?;
    let permit = context.permit(Action::PostCreate, item.brand_id).await?;
    // In the item's own brand: what one client follows is no other client's business.
    if context.one(calendar::Entity::one_in_brand(item.brand_id, new.calendar_id)).await?.is_none() {
        return Err(UserError::at(Code::NotFound, "calendarId").into());
    }
    let source = context.one(source::Entity::one_in_brand(item.brand_id, item.source_id)).await?;
    let source = source.ok_or_else(|| UserError::at(Code::NotFound, "itemId"))?;
    let source_title = if source.title.is_empty() { source.url } else { source.title };
    let text = text_of(&item, &source_title);
    // One text for all: whoever makes a post of it changes it once, or gives an account its own.
    let variants =
        new.account_ids.iter().map(|id| VariantContent { social_account_id: *id, ..VariantContent::default() });
    let content = PostContent {
        title: item.title.clone(),
        base_text: Some(text),
        variants: variants.collect(),
        marks: PostMarks::default(),
    };
    let post = create_post(context, NewPost { calendar_id: new.calendar_id, content }).await.map_err(as_asked)?;
    let row = curated_post::Model {
        brand_id: item.brand_id,
        post_id: post.id,
        item_id: Some(item.id),
        source_title,
        source_url: item.url,
        credit: item.author,
    };
    name_source(permit, row).await?;
    trust::record(permit, context.now, "source_item.draft", item.id, json!({ "post": post.id })).await?;
    Ok(post)
}

/// Names for good what a post was made of.
pub(crate) async fn name_source(permit: Permit<'_>, row: curated_post::Model) -> Result<(), Failure> {
    let row = row.into_active_model().reset_all();
    curated_post::Entity::insert(row).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// A refusal of a variant, at the account that was named for it.
fn as_asked(failure: Failure) -> Failure {
    let Failure::Refused(errors) = failure else { return failure };
    let at_account = |error: UserError| match error.field.as_slice() {
        [first, place, ..] if first == "variants" => {
            let field = vec!["socialAccountIds".to_owned(), place.clone()];
            UserError { field, ..error }
        }
        _ => error,
    };
    Failure::Refused(errors.into_iter().map(at_account).collect())
}

fn text_of(item: &source_item::Model, source_title: &str) -> String {
    let credit =
        if item.author.is_empty() { source_title.to_owned() } else { format!("{}, {source_title}", item.author) };
    let parts = [Some(item.title.clone()), item.url.clone(), Some(format!("— {credit}"))];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// What these posts were made of, where they were made of something.
pub async fn curated_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<curated_post::Model>, Failure> {
    let rows = curated_post::Entity::find().filter(curated_post::Column::PostId.is_in(post_ids.iter().copied()));
    Ok(context.all(rows).await?)
}
