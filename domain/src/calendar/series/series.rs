//! Writing down a post that comes again.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::PostState;
use diwan_entity::calendar::post_series::{self, RepeatMode};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::copy::retract;
use super::extend_job::ExtendSeries;
use crate::calendar::load_post;
use crate::calendar::slots::{Recurrence, SlotRule};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most series of a brand that have not ended.
const MOST: u64 = 200;

/// A post that is to come again.
#[derive(Debug, Clone)]
pub struct NewSeries {
    /// Which post: each time is a copy of what it says then.
    pub post_id: Uuid,
    /// When.
    pub rule: SlotRule,
    /// What becomes of the copies.
    pub mode: RepeatMode,
}

impl From<&post_series::Model> for Recurrence {
    fn from(row: &post_series::Model) -> Self {
        Self { rule: row.rule.clone(), at: row.at_time, starts_on: row.starts_on, ends_on: row.ends_on }
    }
}

/// Lets a post come again. Its copies are made up to 60 days ahead.
pub async fn create_series(context: &Context, new: NewSeries) -> Result<post_series::Model, Failure> {
    let post = load_post(context, new.post_id, false).await?;
    let permit = context.permit(Action::SeriesManage, post.brand_id).await?;
    let mut wrong = Complaints::default();
    let rule = new.rule.check(&mut wrong, "rule");
    if matches!(post.state, PostState::Canceled | PostState::Archived) {
        wrong.add(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()));
    }
    wrong.check()?;
    let living = post_series::Entity::in_brand(post.brand_id).filter(post_series::Column::EndedAt.is_null());
    let known = living.count(permit.tx()).await?;
    if known >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", known + 1).into());
    }
    let row = post_series::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(post.brand_id),
        post_id: Set(post.id),
        rule: Set(rule.rule),
        at_time: Set(rule.at),
        starts_on: Set(rule.starts_on),
        ends_on: Set(rule.ends_on),
        mode: Set(new.mode),
        ended_at: Set(None),
        in_name_of: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = post_series::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    enqueue(permit, ExtendSeries.kind(), row.id, context.now, context.now).await?;
    trust::record(permit, context.now, "post_series.create", row.id, json!({ "rule": row.rule })).await?;
    Ok(row)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, post_series::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "seriesId");
    let row = context.one(post_series::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::SeriesManage, row.brand_id).await?;
    let row = context.one(post_series::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    if row.ended_at.is_some() {
        return Err(UserError::at(Code::WrongState, "seriesId").text("state", "ENDED").into());
    }
    Ok((permit, row))
}

/// Writes a series anew. Copies that are to come and that nobody has touched are put away and made anew; from now on it runs in the
/// caller's name.
pub async fn update_series(
    context: &Context,
    id: Uuid,
    version: i32,
    (rule, mode): (SlotRule, RepeatMode),
) -> Result<post_series::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let rule = rule.check(&mut wrong, "rule");
    wrong.check()?;
    let retracted = retract(permit, &[row.id], context.now).await?;
    let mut change = row.into_active_model();
    change.rule = Set(rule.rule);
    change.at_time = Set(rule.at);
    change.starts_on = Set(rule.starts_on);
    change.ends_on = Set(rule.ends_on);
    change.mode = Set(mode);
    change.in_name_of = Set(permit.person()?);
    change.version = Set(version + 1);
    let row = change.update(permit.tx()).await?;
    enqueue(permit, ExtendSeries.kind(), row.id, context.now, context.now).await?;
    let detail = json!({ "rule": row.rule, "retracted": retracted });
    trust::record(permit, context.now, "post_series.update", row.id, detail).await?;
    Ok(row)
}

/// Ends a series for good. Copies that are to come and that nobody has touched are put away; the others stay.
pub async fn end_series(context: &Context, id: Uuid) -> Result<post_series::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let retracted = retract(permit, &[row.id], context.now).await?;
    let mut change = row.into_active_model();
    change.ended_at = Set(Some(context.now));
    let row = change.update(permit.tx()).await?;
    trust::record(permit, context.now, "post_series.end", row.id, json!({ "retracted": retracted })).await?;
    Ok(row)
}

/// The series of a brand, newest first.
pub async fn series(context: &Context, brand_id: Uuid, page: Page) -> Result<Slice<post_series::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    newest_first(context, post_series::Entity::in_brand(brand_id), post_series::Column::Id, page).await
}

/// Series by id.
pub async fn series_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<post_series::Model>, Failure> {
    Ok(context.all(post_series::Entity::visible(ids.iter().copied())).await?)
}
