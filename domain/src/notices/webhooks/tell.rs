//! Queueing what webhooks are told.

use chrono::{DateTime, Utc};
use diwan_entity::trust::notice::NoticeKind;
use diwan_entity::trust::webhook_endpoint;
use diwan_platform::{db, ids};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _,
};
use serde_json::Value;
use uuid::Uuid;

use crate::permission::Permit;

/// Tells the webhooks of the permit's brand, and the agency's, that want to be told of this kind. For the worker, who sees both.
pub(in crate::notices) async fn tell(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    kind: NoticeKind,
    data: Value,
) -> Result<(), DbErr> {
    let kind = kind.to_value();
    let endpoints: Vec<Uuid> = webhook_endpoint::Entity::find()
        .filter(
            Condition::any()
                .add(webhook_endpoint::Column::BrandId.eq(permit.brand_id))
                .add(webhook_endpoint::Column::BrandId.is_null()),
        )
        .filter(webhook_endpoint::Column::Active.eq(true))
        .filter(webhook_endpoint::Column::DeletedAt.is_null())
        .all(permit.tx())
        .await?
        .into_iter()
        .filter(|endpoint| endpoint.kinds.contains(&kind))
        .map(|endpoint| endpoint.id)
        .collect();
    if endpoints.is_empty() {
        return Ok(());
    }
    queue(permit, now, endpoints, (&kind, data)).await
}

/// Queues a delivery to each of these, with its job, in one statement. It is about the permit's brand, or about none.
pub(super) async fn queue(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    endpoints: Vec<Uuid>,
    (kind, data): (&str, Value),
) -> Result<(), DbErr> {
    let new = || endpoints.iter().map(|_| ids::new_id(now)).collect::<Vec<_>>();
    let brand_id = (!permit.brand_id.is_nil()).then_some(permit.brand_id);
    let values = [
        new().into(),
        new().into(),
        endpoints.clone().into(),
        ids::new_id(now).into(),
        kind.into(),
        brand_id.into(),
        data.into(),
        now.into(),
    ];
    let sql = "select app.queue_deliveries($1, $2, $3, $4, $5, $6, $7, $8)";
    permit.tx().execute_raw(db::statement(sql, values)).await.map(|_| ())
}
