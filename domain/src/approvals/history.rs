//! A request's history: rows that are written once.

use chrono::{DateTime, Utc};
use diwan_entity::approvals::approval_entry::{self, EntryKind};
use diwan_entity::approvals::approval_request;
use diwan_entity::approvals::approval_step;
use diwan_entity::tenancy::app_user::Level;
use diwan_platform::ids;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};
use uuid::Uuid;

use super::ground::Ground;
use super::open::asked_of;
use super::seats::Asked;

/// What happened.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub kind: EntryKind,
    pub step: Option<(Uuid, Asked)>,
    pub actor_id: Option<Uuid>,
    pub on_behalf_of: Option<Uuid>,
    pub comment: Option<String>,
    pub level: Option<Level>,
}

impl Entry {
    pub fn of_request(kind: EntryKind, actor_id: Option<Uuid>) -> Self {
        Self { kind, step: None, actor_id, on_behalf_of: None, comment: None, level: None }
    }

    pub fn of_step(kind: EntryKind, step: &approval_step::Model) -> Self {
        let step = Some((step.id, asked_of(step)));
        Self { kind, step, actor_id: None, on_behalf_of: None, comment: None, level: None }
    }

    pub fn by(self, actor_id: Uuid) -> Self {
        Self { actor_id: Some(actor_id), ..self }
    }

    pub fn level(self, level: Option<Level>) -> Self {
        Self { level, ..self }
    }
}

/// Writes what happened, in this order, in one statement. Clients see the steps that ask clients, with what staff who are named
/// beside them say there, and how the whole goes on.
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    request: &approval_request::Model,
    ground: &Ground,
    entries: Vec<Entry>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    write_of(tx, ground, entries.into_iter().map(|entry| (request, entry)).collect(), now).await
}

/// The same of several requests of a brand.
pub(super) async fn write_of(
    tx: &impl ConnectionTrait,
    ground: &Ground,
    entries: Vec<(&approval_request::Model, Entry)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows = entries.into_iter().map(|(request, entry)| {
        let for_client = match &entry.step {
            Some((_, asked)) => ground.asks_clients(asked) && entry.kind != EntryKind::Delegated,
            None => entry.kind != EntryKind::Escalated,
        };
        approval_entry::ActiveModel {
            id: Set(ids::new_id(now)),
            brand_id: Set(request.brand_id),
            request_id: Set(request.id),
            step_id: Set(entry.step.map(|(id, _)| id)),
            kind: Set(entry.kind),
            at: Set(now),
            actor_id: Set(entry.actor_id),
            actor_name: Set(entry.actor_id.and_then(|id| ground.name(id))),
            on_behalf_of: Set(entry.on_behalf_of),
            on_behalf_of_name: Set(entry.on_behalf_of.and_then(|id| ground.name(id))),
            comment: Set(entry.comment),
            for_client: Set(for_client),
            level: Set(entry.level),
            ..Default::default()
        }
    });
    approval_entry::Entity::insert_many(rows).exec_without_returning(tx).await.map(|_| ())
}
