//! Insights: numbers read from the networks, and reports. A missing number is missing, never zero.

mod figures;
mod gaps;
pub mod kpi;
mod queries;
mod report_job;
mod request_report;
mod sync_job;
mod sync_metrics;

pub use figures::{
    Against, AskedInsights, COUNTED_FOR, ContentTypeFigures, Insights, KpiFigure, NoFigure, Period, insights,
};
pub use queries::{LatestNumbers, latest_numbers, latest_numbers_unchecked, report_runs, reports_by_ids};
pub use report_job::RenderReport;
pub use request_report::{
    DOWNLOAD_PURPOSE, NewReport, OpenedReport, REPORT_KIND, REPORT_TYPE, download_link, open_download, report_key,
    request_report,
};
pub(crate) use sync_job::FIRST_OF_ACCOUNT;
pub use sync_job::{SyncMetrics, next_sync};
pub use sync_metrics::sync_metrics;
