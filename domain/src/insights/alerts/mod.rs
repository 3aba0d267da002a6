//! Alerts: what people want to be told of a brand's figures, looked at each day.
//!
//! Decided here:
//! - An alert is about one KPI, of the brand or of one of its accounts, in the last days that are over by the brand's clock. Each day is looked at
//!   two hours after its end, and once more when an alert is made or said anew, or visits have come to be known since. Of days on which nobody
//!   could look, the last is.
//! - It tells of a figure beyond a threshold, of a target that is missed so far (the rule of `targets`), or of a figure that is unusual for its
//!   own season ([`season`]): beside the same weekdays of the eight weeks before, each as it was known as long after its end, since a post goes on
//!   gathering for days. Weeks before the brand or the account was there are unknown.
//! - What is missing is no alarm, and takes none back: a figure of which a part is missing that was there before (an account whose readings
//!   fail, a day that a source of visits has not told) is missing.
//! - An alarm is an event, and is told once: to those whom the alert names, as far as they are staff of the brand and may read numbers; where
//!   none of them is any more, to whoever looks after it. It stays open, or seen, until the figure is back or the alert is said anew.
//! - Alerts are for MID and above, who may read everything that figures are made of.

mod check_job;
mod look;
mod manage;
mod queries;
mod season;

pub use check_job::CheckAlerts;
pub(crate) use check_job::days_came;
pub use manage::{
    AlertRule, MOST_ALERTS, MOST_WINDOW, acknowledge_insight_alert_event, create_insight_alert, delete_insight_alert,
    update_insight_alert,
};
pub use queries::{
    FiguresOfEvent, ShownAlert, events_of_alerts, figures_of, insight_alert_events, insight_alert_events_by_ids,
    insight_alerts, insight_alerts_by_ids,
};
