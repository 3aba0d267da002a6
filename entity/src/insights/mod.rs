//! Insights: the tables of this domain, one file each.

pub mod audience_reading;
pub mod insight_alert;
pub mod insight_alert_event;
pub mod metric_gap;
pub mod metric_reading;
pub mod metric_sample;
pub mod report_delivery;
pub mod report_file;
pub mod report_host;
pub mod report_letter;
pub mod report_look;
pub mod report_run;
pub mod report_schedule;
pub mod report_share;
pub mod report_summary;
pub mod report_template;
pub mod web_day;
pub mod web_goal_day;
pub mod web_source;
