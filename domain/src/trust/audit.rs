//! The audit trail: what was done, written in the transaction that does it. The chain is the database's (migration `m0004`).

use chrono::{DateTime, Utc};
use diwan_entity::trust::audit_event;
use diwan_platform::ids;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait};
use serde_json::Value;
use uuid::Uuid;

use crate::permission::Permit;

/// Records an action, named `thing.verb`, and what about it matters later. No secrets and no content in `detail`.
pub async fn record(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    action: &str,
    subject_id: Uuid,
    detail: Value,
) -> Result<(), DbErr> {
    let event = audit_event::ActiveModel {
        id: Set(ids::new_id(now)),
        agency_id: Set(permit.agency_id),
        brand_id: Set((!permit.brand_id.is_nil()).then_some(permit.brand_id)),
        at: Set(now),
        actor_id: Set(permit.actor_id),
        action: Set(action.to_owned()),
        subject_id: Set(subject_id),
        detail: Set(detail),
        ..Default::default()
    };
    audit_event::Entity::insert(event).exec_without_returning(permit.tx()).await.map(|_| ())
}
