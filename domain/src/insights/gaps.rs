//! Gaps in the numbers: since when those of an account or a publication could not be read, and why.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::metric_gap::{self, GapReason};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::jobs::{JobError, Scope};

/// The most gaps that are told at a time.
const MOST_GAPS: u64 = 100;

/// Notes that the numbers of an account (none) or of its publications, each named once, could not be read: a gap begins, or goes on.
pub(super) async fn not_read(
    scope: &Scope,
    account_id: Uuid,
    whose: &[(Option<Uuid>, GapReason)],
) -> Result<(), JobError> {
    if whose.is_empty() {
        return Ok(());
    }
    let gaps = whose.iter().map(|(publication_id, reason)| metric_gap::ActiveModel {
        id: Set(scope.new_id()),
        brand_id: Set(scope.brand_id),
        social_account_id: Set(account_id),
        publication_id: Set(*publication_id),
        reason: Set(*reason),
        began_at: Set(scope.now),
        ..Default::default()
    });
    let columns = [metric_gap::Column::BrandId, metric_gap::Column::SocialAccountId, metric_gap::Column::PublicationId];
    let open = OnConflict::columns(columns)
        .target_and_where(Expr::cust("ended_at is null"))
        .value(metric_gap::Column::Reason, Expr::cust("excluded.reason"))
        .value(metric_gap::Column::Tries, Expr::cust("metric_gap.tries + 1"))
        .to_owned();
    metric_gap::Entity::insert_many(gaps).on_conflict(open).exec_without_returning(scope.tx()).await?;
    Ok(())
}

/// Notes that the numbers of an account (none) or of its publications were read: a gap that is open ends.
pub(super) async fn read_again(scope: &Scope, account_id: Uuid, whose: &[Option<Uuid>]) -> Result<(), JobError> {
    if whose.is_empty() {
        return Ok(());
    }
    let publications = metric_gap::Column::PublicationId.is_in(whose.iter().copied().flatten());
    let own = whose.contains(&None).then(|| metric_gap::Column::PublicationId.is_null());
    metric_gap::Entity::update_many()
        .col_expr(metric_gap::Column::EndedAt, Expr::value(scope.now))
        .filter(metric_gap::Column::BrandId.eq(scope.brand_id))
        .filter(metric_gap::Column::SocialAccountId.eq(account_id))
        .filter(Condition::any().add(publications).add_option(own))
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
