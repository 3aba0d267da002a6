//! Insights: the tables of this domain, one file each.

pub mod metric_gap;
pub mod metric_reading;
pub mod metric_sample;
pub mod report_run;
