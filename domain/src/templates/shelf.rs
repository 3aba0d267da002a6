//! What templates and hashtag sets have in common: they are named, counted, put away and brought back.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand;
use diwan_entity::calendar::{content_template, hashtag_set};
use diwan_platform::db;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most of one kind that a brand has, without those that were put away.
const MOST: u64 = 500;

/// A kind of thing on the shelf.
pub(super) trait Kept: InBrand<Model: Send + Sync> {
    /// What it is called on the audit trail.
    const KIND: &'static str;
    /// The input field that names one.
    const FIELD: &'static str;
    /// The column that no two of a brand have alike, without those that were put away.
    const NAME: Self::Column;
    /// Since when it is put away.
    const ARCHIVED_AT: Self::Column;
    /// When it last changed.
    const UPDATED_AT: Self::Column;
    /// Counts the changes.
    const VERSION: Self::Column;

    /// Its brand, its name, its version, and since when it is put away.
    fn standing(row: &Self::Model) -> Standing<'_>;
}

/// How a row stands.
pub(super) struct Standing<'a> {
    pub brand_id: Uuid,
    pub name: &'a str,
    pub version: i32,
    pub archived_at: Option<DateTime<Utc>>,
}

impl Kept for content_template::Entity {
    const KIND: &'static str = "content_template";
    const FIELD: &'static str = "contentTemplateId";
    const NAME: Self::Column = content_template::Column::Name;
    const ARCHIVED_AT: Self::Column = content_template::Column::ArchivedAt;
    const UPDATED_AT: Self::Column = content_template::Column::UpdatedAt;
    const VERSION: Self::Column = content_template::Column::Version;

    fn standing(row: &content_template::Model) -> Standing<'_> {
        Standing { brand_id: row.brand_id, name: &row.name, version: row.version, archived_at: row.archived_at }
    }
}

impl Kept for hashtag_set::Entity {
    const KIND: &'static str = "hashtag_set";
    const FIELD: &'static str = "hashtagSetId";
    const NAME: Self::Column = hashtag_set::Column::Name;
    const ARCHIVED_AT: Self::Column = hashtag_set::Column::ArchivedAt;
    const UPDATED_AT: Self::Column = hashtag_set::Column::UpdatedAt;
    const VERSION: Self::Column = hashtag_set::Column::Version;

    fn standing(row: &hashtag_set::Model) -> Standing<'_> {
        Standing { brand_id: row.brand_id, name: &row.name, version: row.version, archived_at: row.archived_at }
    }
}

/// Lets one at a time change what a brand has on the shelf.
pub(super) async fn take_turns(permit: Permit<'_>) -> Result<(), Failure> {
    let turn = db::statement("select app.lock_templates($1)", [permit.brand_id.into()]);
    permit.tx().execute_raw(turn).await?;
    Ok(())
}

/// One that the caller sees, or the refusal.
pub(super) async fn seen<E: Kept>(context: &Context, id: Uuid, field: &str) -> Result<E::Model, Failure> {
    Ok(context.one(E::visible([id])).await?.ok_or_else(|| UserError::at(Code::NotFound, field))?)
}

/// One that is about to change, with the right to it: it is the caller's turn, and the row is locked.
pub(super) async fn begin<E: Kept>(context: &Context, id: Uuid) -> Result<(Permit<'_>, E::Model), Failure> {
    let brand_id = E::standing(&seen::<E>(context, id, E::FIELD).await?).brand_id;
    let permit = context.permit(Action::TemplateManage, brand_id).await?;
    take_turns(permit).await?;
    // Read again: what counts is how it stands now that it is our turn.
    let row = context.one(E::visible([id]).lock_exclusive()).await?;
    Ok((permit, row.ok_or_else(|| UserError::at(Code::NotFound, E::FIELD))?))
}

/// That one has not been put away.
pub(super) fn live(wrong: &mut Complaints, archived_at: Option<DateTime<Utc>>, field: &str) {
    if archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, field).text("state", "ARCHIVED"));
    }
}

/// That the brand may have one more.
pub(super) async fn has_room<E: Kept>(permit: Permit<'_>, wrong: &mut Complaints, field: &str) -> Result<(), Failure> {
    let there = E::in_brand(permit.brand_id).filter(E::ARCHIVED_AT.is_null()).count(permit.tx()).await?;
    if there >= MOST {
        wrong.add(UserError::at(Code::TooMany, field).number("limit", MOST).number("actual", there + 1));
    }
    Ok(())
}

/// That no other of the brand has this name, without those that were put away.
pub(super) async fn name_is_free<E: Kept>(
    permit: Permit<'_>,
    wrong: &mut Complaints,
    (name, own): (&str, Option<Uuid>),
    field: &str,
) -> Result<(), Failure> {
    let same = Expr::expr(Func::lower(Expr::col(E::NAME))).eq(Func::lower(Expr::val(name.to_owned())));
    let mut others = E::in_brand(permit.brand_id).filter(same).filter(E::ARCHIVED_AT.is_null());
    if let Some(own) = own {
        others = others.filter(E::ID.ne(own));
    }
    if others.count(permit.tx()).await? > 0 {
        wrong.add(UserError::at(Code::AlreadyExists, field));
    }
    Ok(())
}

/// Puts one away.
pub(super) async fn archive<E: Kept>(context: &Context, id: Uuid, version: i32) -> Result<E::Model, Failure> {
    let (permit, row) = begin::<E>(context, id).await?;
    let standing = E::standing(&row);
    let mut wrong = Complaints::default();
    wrong.version(standing.version, version);
    live(&mut wrong, standing.archived_at, E::FIELD);
    wrong.check()?;
    set_archived::<E>(context, permit, (id, Some(context.now))).await
}

/// Brings one back, if its name is still free.
pub(super) async fn restore<E: Kept>(context: &Context, id: Uuid, version: i32) -> Result<E::Model, Failure> {
    let (permit, row) = begin::<E>(context, id).await?;
    let standing = E::standing(&row);
    let mut wrong = Complaints::default();
    wrong.version(standing.version, version);
    if standing.archived_at.is_none() {
        wrong.add(UserError::at(Code::WrongState, E::FIELD).text("state", "LIVE"));
    }
    has_room::<E>(permit, &mut wrong, E::FIELD).await?;
    name_is_free::<E>(permit, &mut wrong, (standing.name, Some(id)), E::FIELD).await?;
    wrong.check()?;
    set_archived::<E>(context, permit, (id, None)).await
}

async fn set_archived<E: Kept>(
    context: &Context,
    permit: Permit<'_>,
    (id, at): (Uuid, Option<DateTime<Utc>>),
) -> Result<E::Model, Failure> {
    let changed = E::update_many()
        .col_expr(E::ARCHIVED_AT, Expr::value(at))
        .col_expr(E::UPDATED_AT, Expr::value(context.now))
        .col_expr(E::VERSION, Expr::col(E::VERSION).add(1))
        .filter(E::BRAND.eq(permit.brand_id))
        .filter(E::ID.eq(id))
        .exec_with_returning(permit.tx())
        .await?;
    let action = format!("{}.{}", E::KIND, if at.is_some() { "archive" } else { "restore" });
    trust::record(permit, context.now, &action, id, json!({})).await?;
    Ok(changed.into_iter().next().ok_or_else(|| UserError::at(Code::NotFound, E::FIELD))?)
}
