//! Standing in: who decides in somebody's place while they are away. Everybody sets their own; what they set, and where they
//! stand in, ends when their work is handed over.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::approvals::delegation;
use diwan_entity::tenancy::app_user;
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Permit;
use crate::trust;

/// How far ahead a time away may reach.
const HORIZON: Duration = Duration::days(2 * 366);

/// A time away.
#[derive(Debug, Clone)]
pub struct NewDelegation {
    /// Who stands in: somebody with the same kind of account.
    pub to: Uuid,
    /// From when on.
    pub starts_at: DateTime<Utc>,
    /// Until when, within two years.
    pub ends_at: DateTime<Utc>,
    /// Why, up to 1000 characters.
    pub reason: String,
}

/// The caller's own permit: what they decide may be decided by whom they name. It is no brand's.
fn own(context: &Context) -> Result<Permit<'_>, Failure> {
    let actor = context.signed_in()?;
    Ok(Permit {
        tx: context.own_tx(),
        brand_id: Uuid::nil(),
        actor_id: Some(actor.user_id),
        agency_id: actor.agency_id,
    })
}

/// Names who stands in for the caller; it takes the place of what they set before.
pub async fn set_delegation(context: &Context, new: NewDelegation) -> Result<delegation::Model, Failure> {
    let actor = context.signed_in()?;
    if actor.scopes.is_some() {
        return Err(Code::Forbidden.into());
    }
    let permit = own(context)?;
    let select = app_user::Entity::find().filter(app_user::Column::Id.eq(new.to));
    let to = context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "to"))?;
    let mut wrong = Complaints::default();
    if to.id == actor.user_id {
        wrong.add(UserError::at(Code::NotYourself, "to"));
    }
    if to.kind != actor.kind {
        wrong.add(UserError::at(Code::KindMismatch, "to").text("kind", to.kind.to_value()));
    }
    if to.deactivated_at.is_some() {
        wrong.add(UserError::at(Code::PersonDeactivated, "to"));
    }
    if new.ends_at <= context.now {
        wrong.add(UserError::at(Code::TimeInPast, "endsAt"));
    } else if new.ends_at <= new.starts_at {
        wrong.add(UserError::at(Code::Invalid, "endsAt"));
    }
    let limit = context.now + HORIZON;
    if new.ends_at > limit {
        wrong.add(UserError::at(Code::TimeTooFar, "endsAt").text("limit", limit.format("%F").to_string()));
    }
    let reason = new.reason.trim();
    if !reason.is_empty() {
        wrong.text("reason", reason, 1000);
    }
    wrong.check()?;
    // One at a time: whoever sets two at once gets one after the other.
    let me = app_user::Entity::find().filter(app_user::Column::Id.eq(actor.user_id)).lock_exclusive();
    context.one(me).await?;
    end_open(context, permit, actor.user_id).await?;
    let row = delegation::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(actor.agency_id),
        kind: Set(actor.kind),
        from_id: Set(actor.user_id),
        to_id: Set(to.id),
        starts_at: Set(new.starts_at.max(context.now)),
        ends_at: Set(new.ends_at),
        reason: Set(reason.to_owned()),
        created_at: Set(context.now),
        ended_at: Set(None),
    };
    let row = delegation::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = serde_json::json!({ "to": row.to_id, "from": row.starts_at, "until": row.ends_at });
    trust::record(permit, context.now, "delegation.set", row.id, detail).await?;
    Ok(row)
}

async fn end_open(context: &Context, permit: Permit<'_>, from: Uuid) -> Result<(), Failure> {
    delegation::Entity::update_many()
        .col_expr(delegation::Column::EndedAt, Expr::value(context.now))
        .filter(delegation::Column::FromId.eq(from))
        .filter(delegation::Column::EndedAt.is_null())
        .exec(permit.tx())
        .await?;
    Ok(())
}

/// Ends what the caller set: from now on they decide themselves.
pub async fn end_delegation(context: &Context, delegation_id: Uuid) -> Result<delegation::Model, Failure> {
    let actor = context.signed_in()?;
    let permit = own(context)?;
    let not_there = || UserError::at(Code::NotFound, "delegationId");
    let select = || delegation::Entity::find().filter(delegation::Column::Id.eq(delegation_id));
    let mine = select().filter(delegation::Column::FromId.eq(actor.user_id)).lock_exclusive();
    let row = context.one(mine).await?.ok_or_else(not_there)?;
    if row.ended_at.is_some() {
        return Err(UserError::at(Code::WrongState, "delegationId").text("state", "ENDED").into());
    }
    end_open(context, permit, actor.user_id).await?;
    trust::record(permit, context.now, "delegation.end", row.id, serde_json::json!({})).await?;
    Ok(context.one(select()).await?.ok_or_else(not_there)?)
}

/// Ends who stands in for somebody, and for whom they do, with the hand-over of their work. A delegation is of no one brand, so
/// it ends where `brand_ids`, in which the caller may say so, are all in which the person has a place; it ends nowhere without
/// them. Answers how many ended, and how many stay.
pub(crate) async fn end_delegations_of(
    context: &Context,
    person_id: Uuid,
    brand_ids: Option<Vec<Uuid>>,
) -> Result<(usize, usize), Failure> {
    #[derive(FromQueryResult)]
    struct Row {
        delegation_id: Uuid,
        ended: bool,
    }
    let permit = own(context)?;
    let sql = "select * from app.end_delegations($1, $2, $3)";
    let rows: Vec<Row> = context.rows(sql, [person_id.into(), brand_ids.into(), context.now.into()]).await?;
    let ended = rows.iter().filter(|row| row.ended);
    let events = ended.clone().map(|row| (permit, row.delegation_id, serde_json::json!({ "handed_over": person_id })));
    trust::record_many(permit, context.now, "delegation.end", events).await?;
    let ended = ended.count();
    Ok((ended, rows.len() - ended))
}

/// What counts now or will: where the caller is away, and where they stand in.
pub async fn delegations(context: &Context) -> Result<Vec<delegation::Model>, Failure> {
    let actor = context.signed_in()?;
    let either = Condition::any()
        .add(delegation::Column::FromId.eq(actor.user_id))
        .add(delegation::Column::ToId.eq(actor.user_id));
    let select = delegation::Entity::find()
        .filter(either)
        .filter(delegation::Column::EndedAt.is_null())
        .filter(delegation::Column::EndsAt.gt(context.now))
        .order_by_asc(delegation::Column::Id);
    Ok(context.all(select).await?)
}

/// Delegations by id, of the caller or to them.
pub async fn delegations_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<delegation::Model>, Failure> {
    Ok(context.all(delegation::Entity::find().filter(delegation::Column::Id.is_in(ids.iter().copied()))).await?)
}

/// A place of somebody for whom the caller stands in now; in every brand when none is named.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct PlaceOfAbsentee {
    pub user_id: Uuid,
    pub kind: String,
    pub brand_id: Option<Uuid>,
    pub level: String,
}

/// The places of those for whom the caller stands in now.
pub(super) async fn places_of_absentees(context: &Context) -> Result<Vec<PlaceOfAbsentee>, Failure> {
    Ok(db::all(context.own_tx(), "select * from app.places_of_absentees($1)", [context.now.into()]).await?)
}
