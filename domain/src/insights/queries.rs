//! Reading numbers and reports.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_run;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// A publication's newest number of one metric. `metric` and `value` are null where its numbers were read and the network
/// gave none.
#[derive(Debug, Clone, FromQueryResult)]
pub struct LatestNumbers {
    /// Whose numbers.
    pub publication_id: Uuid,
    /// In which brand.
    pub brand_id: Uuid,
    /// The metric's name.
    pub metric: Option<String>,
    /// Its value.
    pub value: Option<i64>,
    /// When it was read; for a null metric, when the numbers were last asked for.
    pub sampled_at: DateTime<Utc>,
}

const LATEST: &str = "
  (select distinct on (publication_id, metric) publication_id, brand_id, metric, value, sampled_at
   from metric_sample where publication_id = any ($1)
   order by publication_id, metric, sampled_at desc)
  union all
  (select publication_id, brand_id, null, null, max(read_at) from metric_reading where publication_id = any ($1)
   group by publication_id, brand_id)";

/// The newest numbers of these publications, in the brands where the caller may read numbers.
pub async fn latest_numbers(context: &Context, publication_ids: &[Uuid]) -> Result<Vec<LatestNumbers>, Failure> {
    let rows: Vec<LatestNumbers> = context.rows(LATEST, [publication_ids.to_vec().into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::MetricsRead, row.brand_id)).collect())
}

/// The newest numbers of these publications, for a job that runs in their brand's scope.
pub async fn latest_numbers_unchecked(
    tx: &impl ConnectionTrait,
    publication_ids: &[Uuid],
) -> Result<Vec<LatestNumbers>, DbErr> {
    diwan_platform::db::all(tx, LATEST, [publication_ids.to_vec().into()]).await
}

/// The brand's reports, newest first.
pub async fn report_runs(context: &Context, brand_id: Uuid, page: Page) -> Result<Slice<report_run::Model>, Failure> {
    context.permit(Action::ReportRun, brand_id).await?;
    newest_first(context, report_run::Entity::in_brand(brand_id), report_run::Column::Id, page).await
}

/// Reports by id, in the brands where the caller may run them.
pub async fn reports_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<report_run::Model>, Failure> {
    let rows = context.all(report_run::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ReportRun, row.brand_id)).collect())
}
