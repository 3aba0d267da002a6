//! Numbers and reports.

mod figures;
mod mutations;
mod types;

pub use figures::InsightsQuery;
pub use mutations::InsightsMutation;
pub use types::{Download, ReportRun};
