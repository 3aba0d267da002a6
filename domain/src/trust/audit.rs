//! The audit trail: what was done, written in the transaction that does it. The chain is the database's (migration `m0004`).

use chrono::{DateTime, Utc};
use diwan_entity::trust::audit_event;
use diwan_platform::{db, ids};
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, DbErr, EntityTrait};
use serde_json::Value;
use uuid::Uuid;

use crate::context::{Actor, Context};
use crate::permission::Permit;

/// Records an action, named `thing.verb`, and what about it matters later. No secrets and no content in `detail`.
pub async fn record(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    action: &str,
    subject_id: Uuid,
    detail: Value,
) -> Result<(), DbErr> {
    let event = event(permit, now, action, subject_id, detail);
    audit_event::Entity::insert(event).exec_without_returning(permit.tx()).await.map(|_| ())
}

/// Records the same action on many subjects, each under its own permit, in one statement through `permit`.
pub async fn record_many<'a>(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    action: &str,
    subjects: impl Iterator<Item = (Permit<'a>, Uuid, Value)> + Send,
) -> Result<(), DbErr> {
    let events: Vec<_> =
        subjects.map(|(permit, subject, detail)| event(permit, now, action, subject, detail)).collect();
    if events.is_empty() {
        return Ok(());
    }
    audit_event::Entity::insert_many(events).exec_without_returning(permit.tx()).await.map(|_| ())
}

fn event(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    action: &str,
    subject_id: Uuid,
    detail: Value,
) -> audit_event::ActiveModel {
    audit_event::ActiveModel {
        id: Set(ids::new_id(now)),
        agency_id: Set(permit.agency_id),
        brand_id: Set((!permit.brand_id.is_nil()).then_some(permit.brand_id)),
        at: Set(now),
        actor_id: Set(permit.actor_id),
        action: Set(action.to_owned()),
        subject_id: Set(subject_id),
        detail: Set(detail),
        ..Default::default()
    }
}

/// Records what somebody did to their own way in, which needs no permit.
pub(super) async fn record_own(context: &Context, actor: &Actor, action: &str, detail: Value) -> Result<(), DbErr> {
    let permit = Permit {
        tx: context.own_tx(),
        brand_id: Uuid::nil(),
        actor_id: Some(actor.user_id),
        agency_id: actor.agency_id,
    };
    record(permit, context.now, action, actor.user_id, detail).await
}

/// Records what a stranger was refused, about somebody or, with the nil id, about nobody who exists.
pub(super) async fn record_refusal(context: &Context, action: &str, about: Uuid, detail: Value) -> Result<(), DbErr> {
    let sql = "select app.record_refusal($1, $2, $3, $4, $5)";
    let values = [context.new_id().into(), context.now.into(), action.into(), about.into(), detail.into()];
    context.own_tx().execute_raw(db::statement(sql, values)).await.map(|_| ())
}
