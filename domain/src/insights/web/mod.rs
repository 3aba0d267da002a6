//! Web analytics: visits of a brand's pages, and goals that were reached there, as somebody else counts them.
//!
//! Decided here:
//! - A source counts the visits of one site. Its numbers are sent (CSV, API) or asked for (Matomo, Plausible); who asks is the worker alone.
//! - A day is one of the site's own clock, and stands for the day of that date of the brand. Where the two are in different time zones, a
//!   day begins some hours earlier or later than the brand's.
//! - What a source says of a day replaces what it said before. A day without a row was not read; a day without visits has a zero.
//! - The key of a server is sealed, and goes when the connection ends. A server that refuses it is not asked again before a person connects it
//!   anew; one that is away is, ever more seldom.
//! - Nothing is kept of who visited: servers are asked for sums.

mod call;
mod channel;
mod connect;
mod csv_file;
mod matomo;
mod plausible;
mod queries;
mod record;
mod said;
mod sync_job;
mod write;

pub use call::WEB_TROUBLES;
pub use connect::{NewWebConnection, connect_web_analytics, disconnect_web_analytics, sync_web_analytics};
pub use csv_file::{MOST_WEB_BYTES, MOST_WEB_LINES};
pub use queries::{
    WebAnalytics, WebDay, WebGoalSum, WebReferrer, WebSums, web_analytics, web_sources, web_sources_by_ids,
};
pub use record::{MOST_WEB_ROWS, RecordedWeb, import_web_analytics, record_web_analytics};
pub use said::{WebGoal, WebVisits};
pub use sync_job::SyncWeb;
pub(crate) use sync_job::{minute_of, next_reading, wait};
pub(crate) use write::{Counts, write_days};
