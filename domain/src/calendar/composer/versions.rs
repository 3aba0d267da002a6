//! The versions of a post: each saved content stays, and can be brought back.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, Partnership};
use diwan_entity::calendar::post_version;
use diwan_networks::Options;
use diwan_platform::{db, ids};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, DbErr, QueryFilter as _};
use serde::Deserialize;
use uuid::Uuid;

use super::changes::{ContentChange, changes_between};
use crate::calendar::update_post::{PostChange, change_post};
use crate::calendar::validate::load_post;
use crate::calendar::{PostContent, VariantContent};
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::strategy::PostMarks;

/// What a post said, as `app.content_of_post` keeps it (migration `m0032`). What older versions lack is what posts had before there
/// was such a thing: one text for each account, and nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SavedContent {
    /// For the team.
    pub title: String,
    /// What it was for.
    pub pillar_id: Option<Uuid>,
    /// What stood behind it.
    pub partnership: Option<Partnership>,
    /// What was said wherever an account had no text of its own.
    #[serde(default)]
    pub base_text: Option<String>,
    /// What each account would have said, in order.
    pub variants: Vec<SavedVariant>,
}

/// What one account would have said.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SavedVariant {
    /// The account.
    pub account_id: Uuid,
    /// The text, also where it was the base text.
    pub text: String,
    /// Whether it was its own; otherwise it was the base text.
    #[serde(default = "own")]
    pub own_text: bool,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Images in order.
    pub asset_ids: Vec<Uuid>,
    /// What followed it as a thread.
    #[serde(default)]
    pub thread: Vec<String>,
    /// What the account would have answered to it.
    #[serde(default)]
    pub first_comment: Option<String>,
    /// The page shown as a card.
    #[serde(default)]
    pub link: Option<String>,
    /// Settings that only its network knows.
    #[serde(default)]
    pub options: Options,
}

fn own() -> bool {
    true
}

/// A version to bring back.
#[derive(Debug, Clone, Copy)]
pub struct RestorePost {
    /// Of which post.
    pub post_id: Uuid,
    /// The version that it has now.
    pub version: i32,
    /// The version whose content it gets.
    pub from: i32,
}

/// Keeps what these posts say now as a version of each. One statement, however many there are.
pub(in crate::calendar) async fn save_versions(
    permit: Permit<'_>,
    post_ids: &[Uuid],
    (by, now): (Uuid, DateTime<Utc>),
    restored_from: Option<i32>,
) -> Result<(), DbErr> {
    let new: Vec<Uuid> = post_ids.iter().map(|_| ids::new_id(now)).collect();
    let sql = "insert into post_version (id, brand_id, post_id, version, content, restored_from, saved_by, saved_at)
      select n.id, p.brand_id, p.id, p.version, app.content_of_post(p.brand_id, p.id), $4, $5, $6
      from unnest($2::uuid[], $3::uuid[]) n (id, post_id) join post p on p.brand_id = $1 and p.id = n.post_id";
    let values =
        [permit.brand_id.into(), new.into(), post_ids.to_vec().into(), restored_from.into(), by.into(), now.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await.map(|_| ())
}

/// What a version says.
pub fn saved_content(row: &post_version::Model) -> Result<SavedContent, Failure> {
    let read = serde_json::from_value(row.content.clone());
    Ok(read.map_err(|error| Fault::broken(format!("version {} of post {}: {error}", row.version, row.post_id)))?)
}

/// The versions of a post, newest first. For the team, and freelancers to whom the post is given.
pub async fn post_versions(
    context: &Context,
    post: &post::Model,
    page: Page,
) -> Result<Slice<post_version::Model>, Failure> {
    context.permit_some(Action::PostHistoryRead, post.brand_id).await?;
    let select = post_version::Entity::in_brand(post.brand_id).filter(post_version::Column::PostId.eq(post.id));
    newest_first(context, select, post_version::Column::Id, page).await
}

async fn version_of(context: &Context, post: &post::Model, version: i32) -> Result<Option<SavedContent>, Failure> {
    let select = post_version::Entity::in_brand(post.brand_id)
        .filter(post_version::Column::PostId.eq(post.id))
        .filter(post_version::Column::Version.eq(version));
    context.one(select).await?.as_ref().map(saved_content).transpose()
}

/// What a version changed since another, by default since the one before; the first one since nothing.
pub async fn post_changes(
    context: &Context,
    row: &post_version::Model,
    since: Option<i32>,
) -> Result<Vec<ContentChange>, Failure> {
    context.permit_some(Action::PostHistoryRead, row.brand_id).await?;
    let post = load_post(context, row.post_id, false).await?;
    let before = match (version_of(context, &post, since.unwrap_or(row.version - 1)).await?, since) {
        (Some(before), _) => before,
        (None, Some(_)) => return Err(UserError::at(Code::NotFound, "since").into()),
        (None, None) => SavedContent::default(),
    };
    Ok(changes_between(&before, &saved_content(row)?))
}

/// Brings an earlier version back as the newest: what came in between stays in the history. The same is asked as of any change, so
/// that an account or a file that is gone is told of, and an approval is void.
pub async fn restore_post(context: &Context, restore: RestorePost) -> Result<post::Model, Failure> {
    let post = load_post(context, restore.post_id, true).await?;
    // The right to the post itself is asked for with the change.
    context.permit_some(Action::PostHistoryRead, post.brand_id).await?;
    let saved = version_of(context, &post, restore.from).await?;
    let saved = saved.ok_or_else(|| UserError::at(Code::NotFound, "from"))?;
    let content = PostContent {
        title: saved.title,
        base_text: saved.base_text,
        variants: saved
            .variants
            .into_iter()
            .map(|variant| VariantContent {
                social_account_id: variant.account_id,
                text: variant.own_text.then_some(variant.text),
                language: variant.language,
                asset_ids: variant.asset_ids,
                thread: variant.thread,
                first_comment: variant.first_comment,
                link: variant.link,
                options: variant.options,
            })
            .collect(),
        marks: PostMarks { pillar_id: Some(saved.pillar_id), partnership: Some(saved.partnership) },
    };
    change_post(context, PostChange { post_id: post.id, version: restore.version, content }, Some(restore.from)).await
}
