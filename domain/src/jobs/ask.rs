//! Asking for work, and taking it back: rows of the outbox, written in the caller's transaction.

use chrono::{DateTime, Utc};
use diwan_entity::trust::job::{self, JobState};
use diwan_platform::ids;
use diwan_platform::traces::traceparent;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, InsertMany, QueryFilter};
use uuid::Uuid;

use crate::permission::Permit;

/// Asks for work, in the caller's transaction. Asked for twice while it waits, it is done once: the earlier time counts.
pub async fn enqueue(
    permit: Permit<'_>,
    kind: &str,
    subject_id: Uuid,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Uuid, DbErr> {
    let insert = outbox_rows(kind, [(permit, subject_id, due_at)], now);
    let rows = insert.exec_with_returning(permit.tx()).await?;
    rows.first().map(|row| row.id).ok_or_else(|| DbErr::RecordNotInserted)
}

/// Asks for the same work on many subjects, in one statement.
pub async fn enqueue_many(
    permit: Permit<'_>,
    kind: &str,
    subject_ids: &[Uuid],
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows = outbox_rows(kind, subject_ids.iter().map(|id| (permit, *id, due_at)), now);
    rows.exec_without_returning(permit.tx()).await.map(|_| ())
}

/// Asks for the same work on many subjects, each named once, at a time of its own and in a brand of its own, in one statement.
pub async fn enqueue_each(
    kind: &str,
    wanted: &[(Permit<'_>, Uuid, DateTime<Utc>)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some((permit, ..)) = wanted.first() else { return Ok(()) };
    outbox_rows(kind, wanted.iter().copied(), now).exec_without_returning(permit.tx()).await.map(|_| ())
}

fn outbox_rows<'a>(
    kind: &str,
    wanted: impl IntoIterator<Item = (Permit<'a>, Uuid, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> InsertMany<job::ActiveModel> {
    let rows = wanted.into_iter().map(|(permit, subject_id, due_at)| job::ActiveModel {
        id: Set(ids::new_id(now)),
        // The nil id: the agency's own work.
        brand_id: Set((!permit.brand_id.is_nil()).then_some(permit.brand_id)),
        kind: Set(kind.to_owned()),
        subject_id: Set(subject_id),
        requested_by: Set(permit.actor_id),
        state: Set(JobState::Pending),
        due_at: Set(due_at),
        created_at: Set(now),
        trace: Set(traceparent()),
        ..Default::default()
    });
    let conflict = OnConflict::columns([job::Column::BrandId, job::Column::Kind, job::Column::SubjectId])
        .target_and_where(Expr::cust("state in ('PENDING', 'HANDED', 'RUNNING')"))
        .value(job::Column::DueAt, Expr::cust("least(job.due_at, excluded.due_at)"))
        .to_owned();
    job::Entity::insert_many(rows).on_conflict(conflict)
}

/// Takes back work that waits. Work that has begun ends by itself when it sees its subject. Asking and taking back may wait for a job whose
/// run has a transaction open, so a run never waits for what its callers hold: who takes both takes the subject before its job.
pub async fn cancel(permit: Permit<'_>, kind: &str, subject_ids: &[Uuid], now: DateTime<Utc>) -> Result<(), DbErr> {
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(JobState::Canceled))
        .col_expr(job::Column::FinishedAt, Expr::value(now))
        .filter(job::Column::BrandId.eq(permit.brand_id))
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::SubjectId.is_in(subject_ids.iter().copied()))
        .filter(job::Column::State.is_in([JobState::Pending, JobState::Handed]))
        .exec(permit.tx())
        .await
        .map(|_| ())
}
