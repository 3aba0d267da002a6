//! Asking for numbers and reports.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::Context as Domain;
use diwan_domain::insights::{self, NewReport};

use super::types::ReportRun;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Locale;
use crate::graphql::trust::Job;

/// Whose numbers are wanted.
#[derive(InputObject)]
struct SyncMetricsInput {
    /// A publication that is on its network.
    publication_id: ID,
}

/// The answer of `syncMetrics`.
#[derive(SimpleObject)]
struct SyncMetricsPayload {
    /// The job that reads the numbers; `PENDING` again, for the next reading, once it has.
    job: Option<Job>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A report that is wanted.
#[derive(InputObject)]
struct RequestReportInput {
    /// Of which brand.
    brand_id: ID,
    /// The first day of the month, such as `2026-11-01`, in the brand's time zone.
    month: NaiveDate,
    /// The language; the brand's unless given.
    locale: Option<Locale>,
}

/// The answer of `requestReport`.
#[derive(SimpleObject)]
struct RequestReportPayload {
    /// The report: read it again until it is `READY` or `FAILED`.
    report: Option<ReportRun>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of numbers and reports.
#[derive(Default)]
pub struct InsightsMutation;

#[Object]
impl InsightsMutation {
    /// Has a publication's numbers read now. For MID and above.
    async fn sync_metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose numbers.")] input: SyncMetricsInput,
    ) -> Result<SyncMetricsPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Publication.parse(&input.publication_id, "publicationId")?;
            insights::sync_metrics(context, id).await
        };
        let (id, user_errors) = op.command(command).await?;
        let job = match id {
            Some(id) => Some(Job { op: op.clone(), row: op.must_load(id).await? }),
            None => None,
        };
        Ok(SyncMetricsPayload { job, user_errors })
    }

    /// Has a brand's month rendered as a PDF. For MID and above.
    async fn request_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: RequestReportInput,
    ) -> Result<RequestReportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let new = NewReport { brand_id, month: input.month, locale: input.locale.map(Into::into) };
            insights::request_report(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RequestReportPayload { report: row.map(|row| ReportRun { op: op.clone(), row }), user_errors })
    }
}
