//! Old numbers: of each month what figures are made of stays, and what networks answered goes.
//!
//! What has to stay, and the proof that the totals are what they were, is in the database (`app.roll_up_metrics`, `m0070`): it looks across
//! all brands. A figure that looks at numbers in a new way may need some that are no longer there.

use chrono::{DateTime, Months, NaiveDate, Utc};
use diwan_platform::db;
use diwan_platform::kept::KeptFor;
use sea_orm::{DbErr, FromQueryResult};

use crate::Services;

/// The largest part that is packed, in bytes without its indexes: whoever reads numbers waits meanwhile, here for some seconds.
const LARGEST_PACKED: i64 = 1 << 30;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RollUpOutcome {
    /// What figures are not made of is deleted.
    RolledUp,
    /// The room of those that went was given back; they went at least an hour before.
    Packed,
    /// Somebody held the month for longer than is waited; it is as it was.
    Busy,
    /// The room is not given back, as that would keep readers waiting for long: the owner packs it.
    TooLarge,
    /// Why not, as the database says: totals that would not be what they were, for one. It is as it was.
    Failed(String),
}

/// A step that was done, or left for this pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledUp {
    /// `metric_sample` or `metric_reading`.
    pub of_table: String,
    /// The first day of the month, by UTC.
    pub month: NaiveDate,
    /// What came of it.
    pub outcome: RollUpOutcome,
    /// How many rows the month had before it was rolled up; 0 where it is not.
    pub rows_before: i64,
    /// How many were left; 0 where it is not.
    pub rows_after: i64,
}

#[derive(FromQueryResult)]
struct Row {
    part: String,
    of_table: String,
    month: NaiveDate,
    outcome: String,
    rows_before: i64,
    rows_after: i64,
    trouble: Option<String>,
}

/// Does the next step of a pass: one month of one table, in one transaction. None where there is nothing to do, or where somebody is at it. What
/// could not be done is added to `left`, the parts that this pass leaves out from then on: none at its beginning. An error where the database
/// could not be asked.
pub async fn roll_up_metrics(
    services: &Services,
    kept: KeptFor,
    left: &mut Vec<String>,
) -> Result<Option<RolledUp>, DbErr> {
    let now = services.now();
    let before = |months: u32| now.checked_sub_months(Months::new(months)).unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    let values = [
        before(kept.samples_months).into(),
        before(kept.answers_months).into(),
        now.into(),
        LARGEST_PACKED.into(),
        left.clone().into(),
    ];
    let sql = "select * from app.roll_up_metrics($1, $2, $3, $4, $5)";
    let Some(row) = db::one::<Row>(services.db.unscoped(), sql, values).await? else { return Ok(None) };
    let Row { part, of_table, month, outcome, rows_before, rows_after, trouble } = row;
    let outcome = match outcome.as_str() {
        "ROLLED_UP" => RollUpOutcome::RolledUp,
        "PACKED" => RollUpOutcome::Packed,
        "BUSY" => RollUpOutcome::Busy,
        "TOO_LARGE" => RollUpOutcome::TooLarge,
        _ => RollUpOutcome::Failed(trouble.unwrap_or(outcome)),
    };
    if !matches!(outcome, RollUpOutcome::RolledUp | RollUpOutcome::Packed) {
        left.push(part);
    }
    Ok(Some(RolledUp { of_table, month, outcome, rows_before, rows_after }))
}
