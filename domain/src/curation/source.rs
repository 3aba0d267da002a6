//! Which feeds a brand follows.

use chrono::Duration;
use diwan_entity::InBrand as _;
use diwan_entity::curation::source::{self, SourceState};
use diwan_platform::http::is_web;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::fetch_job::FetchSource;
use super::politeness::{LEAST_MINUTES, MOST_MINUTES};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most feeds of a brand.
const MOST: u64 = 200;
/// Asked for at once, a feed is still not read oftener than this.
const SOONEST: Duration = Duration::minutes(5);

/// A feed to follow.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Of which brand.
    pub brand_id: Uuid,
    /// Where it is.
    pub url: String,
    /// What the team calls it; what it calls itself unless given.
    pub title: Option<String>,
    /// The least time between two readings, in minutes: 15 to 10080.
    pub every_minutes: i32,
}

/// A change.
#[derive(Debug, Clone)]
pub struct SourceChange {
    /// Which source.
    pub source_id: Uuid,
    /// The version from which the change started.
    pub version: i32,
    /// What the team calls it.
    pub title: Option<String>,
    /// The least time between two readings, in minutes.
    pub every_minutes: Option<i32>,
    /// Whether it is not read for now.
    pub paused: Option<bool>,
}

fn check_interval(wrong: &mut Complaints, minutes: i32) {
    if !(LEAST_MINUTES..=MOST_MINUTES).contains(&minutes) {
        wrong.add(UserError::at(Code::Invalid, "everyMinutes"));
    }
}

/// Follows a feed. It is read at once, and then again and again.
pub async fn create_source(context: &Context, new: NewSource) -> Result<source::Model, Failure> {
    let permit = context.permit(Action::SourceManage, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let title = new.title.as_deref().map(|title| wrong.text("title", title, 300).to_owned()).unwrap_or_default();
    check_interval(&mut wrong, new.every_minutes);
    let text = wrong.text("url", &new.url, 2000);
    let url = Url::parse(text).ok().filter(is_web).map(|mut url| {
        url.set_fragment(None);
        url
    });
    match &url {
        None => wrong.add(UserError::at(Code::Invalid, "url")),
        Some(url) if context.services.http.check(url).is_err() || url.as_str().len() > 2000 => {
            wrong.add(UserError::at(Code::AddressNotAllowed, "url"));
        }
        Some(_) => {}
    }
    wrong.check()?;
    let url = url.map(String::from).unwrap_or_default();
    let known = source::Entity::in_brand(new.brand_id);
    if context.one(known.clone().filter(source::Column::Url.eq(&url))).await?.is_some() {
        return Err(UserError::at(Code::AlreadyExists, "url").into());
    }
    let known = known.count(permit.tx()).await?;
    if known >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", known + 1).into());
    }
    let row = source::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        url: Set(url),
        title: Set(title),
        state: Set(SourceState::Active),
        every_minutes: Set(new.every_minutes),
        failures: Set(0),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    let row = source::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    enqueue(permit, FetchSource.kind(), row.id, context.now, context.now).await?;
    trust::record(permit, context.now, "source.create", row.id, json!({ "url": row.url })).await?;
    Ok(row)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, source::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "sourceId");
    let row = context.one(source::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::SourceManage, row.brand_id).await?;
    let row = context.one(source::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Changes what is given. A feed that is taken up again is read at once.
pub async fn update_source(context: &Context, change: SourceChange) -> Result<source::Model, Failure> {
    let (permit, row) = lock(context, change.source_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    if let Some(title) = &change.title {
        wrong.text("title", title, 300);
    }
    if let Some(minutes) = change.every_minutes {
        check_interval(&mut wrong, minutes);
    }
    wrong.check()?;
    let before = row.state;
    let state = match change.paused {
        Some(true) => SourceState::Paused,
        Some(false) => SourceState::Active,
        None => before,
    };
    let mut new = row.into_active_model();
    if let Some(title) = change.title {
        new.title = Set(title.trim().to_owned());
    }
    if let Some(minutes) = change.every_minutes {
        new.every_minutes = Set(minutes);
    }
    new.state = Set(state);
    new.version = Set(change.version + 1);
    let row = new.update(permit.tx()).await?;
    match state {
        SourceState::Active if before != SourceState::Active => look_soon(context, permit, &row).await?,
        SourceState::Paused => cancel(permit, FetchSource.kind(), &[row.id], context.now).await?,
        SourceState::Active | SourceState::Gone => {}
    }
    trust::record(permit, context.now, "source.update", row.id, json!({ "state": state })).await?;
    Ok(row)
}

async fn look_soon(context: &Context, permit: Permit<'_>, row: &source::Model) -> Result<(), Failure> {
    let soonest = row.fetched_at.map_or(context.now, |at| at + SOONEST).max(context.now);
    enqueue(permit, FetchSource.kind(), row.id, soonest, context.now).await?;
    Ok(())
}

/// Reads a feed now, or as soon as five minutes have passed since it was last read.
pub async fn refresh_source(context: &Context, id: Uuid) -> Result<source::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    if row.state != SourceState::Active {
        let state = if row.state == SourceState::Paused { "PAUSED" } else { "GONE" };
        return Err(UserError::at(Code::WrongState, "sourceId").text("state", state).into());
    }
    look_soon(context, permit, &row).await?;
    trust::record(permit, context.now, "source.refresh", row.id, json!({})).await?;
    Ok(row)
}

/// No longer follows a feed; what it brought goes with it. Drafts that were made of it stay, with source and credit.
pub async fn delete_source(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    cancel(permit, FetchSource.kind(), &[row.id], context.now).await?;
    source::Entity::delete_many()
        .filter(source::Column::BrandId.eq(row.brand_id))
        .filter(source::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "source.delete", row.id, json!({ "url": row.url })).await?;
    Ok(row.id)
}

/// The feeds of a brand, newest first.
pub async fn sources(context: &Context, brand_id: Uuid, page: Page) -> Result<Slice<source::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    newest_first(context, source::Entity::in_brand(brand_id), source::Column::Id, page).await
}

/// Feeds by id.
pub async fn sources_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<source::Model>, Failure> {
    Ok(context.all(source::Entity::visible(ids.iter().copied())).await?)
}
