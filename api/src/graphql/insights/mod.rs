//! Numbers and reports.

mod mutations;
mod types;

pub use mutations::InsightsMutation;
pub use types::{Download, ReportRun};
