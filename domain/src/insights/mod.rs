//! Insights: numbers read from the networks, and reports. A missing number is missing, never zero.

pub mod alerts;
mod audience;
mod budget;
mod compare_brands;
mod counting;
pub mod explore;
mod figures;
mod gaps;
mod history_job;
pub mod kpi;
mod own_numbers;
mod place;
mod queries;
mod rename;
mod report_job;
pub mod reports;
mod request_report;
mod roll_up;
mod sync_job;
mod sync_metrics;
mod targets;
mod web;

pub use alerts::CheckAlerts;
pub(crate) use alerts::days_came;
pub use audience::{
    AccountAudience, AskedAudience, AudienceBy, AudienceProfile, AudienceShare, CombinedAudience, NoProfile,
    ReadAudience, audience_profile,
};
pub(crate) use audience::{first_reading, is_offered};
pub(crate) use budget::{Asking, Booked, book, put_off, take_turn};
pub use compare_brands::{
    AskedBrands, BrandFigures, ComparedBrands, KpiMedian, MOST_COMPARED, MOST_OF_MEDIAN, compare_brands,
};
pub(crate) use figures::possible;
pub use figures::{
    Against, AskedInsights, COUNTED_FOR, ContentTypeFigures, Insights, KpiFigure, NoFigure, Period, insights,
};
pub use history_job::ReadAccountHistory;
pub(crate) use history_job::{PAST_OF_ACCOUNT, tells_of_the_past};
pub use queries::{LatestNumbers, latest_numbers, latest_numbers_unchecked, report_runs, reports_by_ids};
pub use report_job::RenderReport;
pub use reports::{
    CHALLENGE_PATH, DeliverReport, NewComposed, NewShare, OwnHost, ProveReportHost, ReportShare, RunReportSchedule,
    SHARED_AT_MOST, ScheduleRule, SharedFile, SharedPage, SharedReport, TemplateChoice, audience_of, cancel_report,
    compose_report, create_report_schedule, delete_report_schedule, ending, format_of, mime_type, open_shared_file,
    open_shared_report, own_host, pause_report_schedule, report_deliveries, report_host, report_schedules,
    report_shares, revoke_report_share, set_report_host, share_report, update_report_schedule,
};
pub use request_report::{
    DOWNLOAD_PURPOSE, NewReport, OpenedReport, REPORT_KIND, REPORT_TYPE, download_link, open_download, report_key,
    request_report,
};
pub use roll_up::{RollUpOutcome, RolledUp, roll_up_metrics};
pub(crate) use sync_job::FIRST_OF_ACCOUNT;
pub use sync_job::{SyncMetrics, next_sync};
pub use sync_metrics::sync_metrics;
pub(crate) use targets::name_of;
pub use targets::{KpiTarget, Standing, TOLERANCE_BP, TargetBasis, kpi_of_name, reason_of_target};
pub(crate) use web::{Counts, minute_of, next_reading, wait, write_days};
pub use web::{
    MOST_WEB_BYTES, MOST_WEB_LINES, MOST_WEB_ROWS, NewWebConnection, RecordedWeb, SyncWeb, WEB_TROUBLES, WebAnalytics,
    WebDay, WebGoal, WebGoalSum, WebReferrer, WebSums, WebVisits, connect_web_analytics, disconnect_web_analytics,
    import_web_analytics, record_web_analytics, sync_web_analytics, web_analytics, web_sources, web_sources_by_ids,
};
