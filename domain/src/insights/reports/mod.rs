//! Reports that are made of blocks: their templates, how they look, how they are asked for and made; and how they leave the house.

mod blocks;
mod compose;
mod deliver;
mod files;
mod gather;
mod job;
mod look;
mod machine;
mod own_host;
mod own_host_job;
mod schedule;
mod schedule_job;
mod schedule_times;
mod share;
mod share_page;
mod templates;

pub use blocks::{BlockKind, ChartBy, DIVISIBLE, MOST_BLOCKS, MOST_POSTS, ReportBlock, blocks_of, built_in, hides};
pub(super) use compose::COMPOSED;
pub use compose::{NewComposed, ReportTexts, cancel_report, compose_report};
pub use deliver::{DeliverReport, ending, format_of, mime_type};
pub(super) use deliver::{run_ended, run_revived};
pub use files::{FILE_KIND, file_link, files_of_reports, report_file_key, title_of};
pub(super) use files::{file_of, open_file, stored};
pub(super) use job::{begin_end, may_have, note_files, refuse, render, store};
pub use look::{ACCENT, ReportLook, report_look, set_report_look};
pub(crate) use own_host::address;
pub use own_host::{CHALLENGE_PATH, OwnHost, own_host, report_host, set_report_host};
pub use own_host_job::ProveReportHost;
pub use schedule::{
    ScheduleRule, create_report_schedule, delete_report_schedule, pause_report_schedule, report_deliveries,
    report_schedules, update_report_schedule,
};
pub use schedule_job::RunReportSchedule;
pub use share::{NewShare, ReportShare, SHARED_AT_MOST, report_shares, revoke_report_share, share_report};
pub use share_page::{SharedFile, SharedPage, SharedReport, open_shared_file, open_shared_report};
pub use templates::{
    ReportTemplateContent, TemplateChoice, archive_report_template, audience_of, create_report_template,
    report_templates, report_templates_by_ids, update_report_template,
};
