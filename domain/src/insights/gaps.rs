//! Gaps in the numbers: since when those of an account or a publication could not be read, and why.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::metric_gap::{self, GapReason};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::jobs::{JobError, Scope};

/// The most gaps that are told at a time.
const MOST_GAPS: u64 = 100;

/// Notes that the numbers of an account, or of one of its publications, could not be read: a gap begins, or goes on.
pub(super) async fn not_read(
    scope: &Scope,
    account_id: Uuid,
    publication_id: Option<Uuid>,
    reason: GapReason,
) -> Result<(), JobError> {
    let sql = "insert into metric_gap (id, brand_id, social_account_id, publication_id, reason, began_at)
      values ($1, $2, $3, $4, $5, $6)
      on conflict (brand_id, social_account_id, publication_id) where ended_at is null
      do update set reason = excluded.reason, tries = metric_gap.tries + 1";
    let values = [
        scope.new_id().into(),
        scope.brand_id.into(),
        account_id.into(),
        publication_id.into(),
        reason.to_value().into(),
        scope.now.into(),
    ];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// Notes that they were read: a gap that is open ends.
pub(super) async fn read_again(scope: &Scope, account_id: Uuid, publication_id: Option<Uuid>) -> Result<(), JobError> {
    let whose = match publication_id {
        Some(id) => metric_gap::Column::PublicationId.eq(id),
        None => metric_gap::Column::PublicationId.is_null(),
    };
    metric_gap::Entity::update_many()
        .col_expr(metric_gap::Column::EndedAt, Expr::value(scope.now))
        .filter(metric_gap::Column::BrandId.eq(scope.brand_id))
        .filter(metric_gap::Column::SocialAccountId.eq(account_id))
        .filter(whose)
        .filter(metric_gap::Column::EndedAt.is_null())
        .exec(scope.tx())
        .await?;
    Ok(())
}

/// The gaps of a brand's numbers that touch a time, the newest first, at most 100. Whoever calls has asked for the right to numbers.
pub(super) async fn gaps_between(
    context: &Context,
    brand_id: Uuid,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<metric_gap::Model>, Failure> {
    let open = metric_gap::Column::EndedAt.is_null();
    let gaps = metric_gap::Entity::in_brand(brand_id)
        .filter(metric_gap::Column::BeganAt.lt(end))
        .filter(Condition::any().add(open).add(metric_gap::Column::EndedAt.gte(start)))
        .order_by_desc(metric_gap::Column::BeganAt)
        .order_by_desc(metric_gap::Column::Id)
        .limit(MOST_GAPS);
    Ok(context.all(gaps).await?)
}
