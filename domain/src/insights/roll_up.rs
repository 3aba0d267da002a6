//! Old numbers: of each month what figures are made of stays, and what networks answered goes.
//!
//! What has to stay, and the proof that the totals are what they were, is in the database (`app.roll_up_metrics`, `m0070`): it looks across
//! all brands. A figure that looks at numbers in a new way may need some that are no longer there.

use chrono::{DateTime, Months, NaiveDate, Utc};
use diwan_platform::db;
use diwan_platform::kept::KeptFor;
use sea_orm::{DbErr, FromQueryResult};

use crate::Services;

/// A step that was done.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct RolledUp {
    /// `metric_sample` or `metric_reading`.
    pub of_table: String,
    /// The first day of the month, by UTC.
    pub month: NaiveDate,
    /// How many rows the month had.
    pub rows_before: i64,
    /// How many were left.
    pub rows_after: i64,
    /// Whether the room of those that went was given back; they went at least an hour before.
    pub packed: bool,
}

/// Does the next step: one month of one table, in one transaction. None where there is nothing to do, or where somebody is at it. An error
/// where the totals would not be what they were: then nothing was done.
pub async fn roll_up_metrics(services: &Services, kept: KeptFor) -> Result<Option<RolledUp>, DbErr> {
    let now = services.now();
    let before = |months: u32| now.checked_sub_months(Months::new(months)).unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    let values = [before(kept.samples_months).into(), before(kept.answers_months).into(), now.into()];
    db::one(services.db.unscoped(), "select * from app.roll_up_metrics($1, $2, $3)", values).await
}
