//! Reporting what the days of promotions cost and brought.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::promotion::{self, DayOutcome, DayReport, RecordedDays, Recording};
use diwan_domain::{Context as Domain, Failure};

use super::types::{AdBoost, money};
use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::publishing::BulkErrorPolicy;
use crate::graphql::scalars::{Kind, Long};

/// What a day cost and brought. What is left out is not said, which is another thing than 0.
#[derive(InputObject)]
struct AdDayInput {
    /// Which day, as the network counts days: not in the future, and not before the promotion began.
    day: NaiveDate,
    /// The sender's id of the report, 1 to 200 characters, such as an ad: a day has one report of each.
    source_id: String,
    /// What it cost, in minor units of the promotion's currency, 0 to 10^15.
    spend_minor: Long,
    /// How often it was shown.
    impressions: Option<Long>,
    /// How often it was followed.
    clicks: Option<Long>,
    /// How often it brought what the objective wants.
    conversions: Option<Long>,
    /// How many people saw it: no more than it was shown.
    reach: Option<Long>,
}

impl AdDayInput {
    fn into_domain(self) -> DayReport {
        let count = |count: Option<Long>| count.map(|Long(count)| count);
        DayReport {
            day: self.day,
            source_id: self.source_id,
            spend_minor: self.spend_minor.0,
            impressions: count(self.impressions),
            clicks: count(self.clicks),
            conversions: count(self.conversions),
            reach: count(self.reach),
        }
    }
}

/// Days to report.
#[derive(InputObject)]
struct RecordAdSpendInput {
    /// Of which promotion.
    boost_id: ID,
    /// 1 to 500.
    reports: Vec<AdDayInput>,
    /// What comes of those that are refused.
    #[graphql(default_with = "BulkErrorPolicy::RejectEverything")]
    error_policy: BulkErrorPolicy,
    /// Whether nothing is written and only told what would come of them; then refused reports stand in `results` alone.
    #[graphql(default)]
    dry_run: bool,
}

/// A file of days to report.
#[derive(InputObject)]
struct ImportAdSpendInput {
    /// Of which promotion.
    boost_id: ID,
    /// CSV, up to 200,000 bytes and 1000 rows. The first row names the columns: `day` (as 2026-03-01), `id` and `spend` (as `12.50`, in the
    /// currency's own unit), and, where wanted, `currency`, `impressions`, `clicks`, `conversions` and `reach`.
    csv: String,
    /// What comes of rows that are refused.
    #[graphql(default_with = "BulkErrorPolicy::RejectEverything")]
    error_policy: BulkErrorPolicy,
    /// Whether nothing is written and only told what would come of the rows; then refused rows stand in `results` alone.
    #[graphql(default)]
    dry_run: bool,
}

/// What came of a report.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum AdDayOutcome {
    /// It was recorded.
    Recorded,
    /// It replaced what was said of this day before, and the difference was booked.
    Restated,
    /// The same had been recorded before.
    Known,
    /// It was not recorded: `userErrors` says why.
    Refused,
}

/// What came of a report.
#[derive(SimpleObject)]
struct AdDayResult {
    /// Its place: in `reports` from 0 on, or the line of the file in which it begins, from 1 on.
    place: i32,
    /// What came of it.
    outcome: AdDayOutcome,
    /// What was said to have been spent before, where that was replaced.
    spend_before: Option<Money>,
    /// What must be mended in it. `BUDGET_EXCEEDED` names what is left for it.
    user_errors: Vec<Refused>,
}

/// The answer of `recordAdSpend` and `importAdSpend`.
#[derive(SimpleObject)]
struct AdSpendPayload {
    /// The promotion, with what it has spent; after a dry run, with what it would have.
    boost: Option<AdBoost>,
    /// What came of each report, in their order; empty where everything was refused.
    results: Vec<AdDayResult>,
    /// By how much more was spent than before; below zero where it is less. Null where everything was refused.
    difference: Option<Money>,
    /// Whether it was written.
    written: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

fn result(op: &Op, currency: &str, (place, outcome): (i64, DayOutcome)) -> AdDayResult {
    let told = |outcome| AdDayResult {
        place: i32::try_from(place).unwrap_or(i32::MAX),
        outcome,
        spend_before: None,
        user_errors: Vec::new(),
    };
    match outcome {
        DayOutcome::Recorded => told(AdDayOutcome::Recorded),
        DayOutcome::Known => told(AdDayOutcome::Known),
        DayOutcome::Restated(minor) => {
            AdDayResult { spend_before: Some(money(minor, currency)), ..told(AdDayOutcome::Restated) }
        }
        DayOutcome::Refused(errors) => {
            let user_errors = errors.iter().map(|error| Refused::new(op.locale(), error)).collect();
            AdDayResult { user_errors, ..told(AdDayOutcome::Refused) }
        }
    }
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<RecordedDays, Failure>,
) -> Result<AdSpendPayload> {
    let (recorded, user_errors) = op.command(command).await?;
    let Some(RecordedDays { boost, outcomes, booked_minor, written }) = recorded else {
        return Ok(AdSpendPayload { boost: None, results: Vec::new(), difference: None, written: false, user_errors });
    };
    let results = outcomes.into_iter().map(|outcome| result(op, &boost.currency, outcome)).collect();
    Ok(AdSpendPayload {
        results,
        difference: Some(money(booked_minor, &boost.currency)),
        written,
        boost: Some(AdBoost { op: op.clone(), row: boost }),
        user_errors,
    })
}

/// Mutations that report what was spent.
#[derive(Default)]
pub struct AdSpendMutation;

#[Object]
impl AdSpendMutation {
    /// Reports what days of a promotion cost and brought, each known by its day and id: the same again is `KNOWN`, said otherwise it
    /// replaces what was said before, and the difference is booked. It is spent from what was set aside and then from what the line has left;
    /// a report beyond that is refused (`BUDGET_EXCEEDED`). For MID and above, and for programs.
    #[graphql(complexity = "1 + input.reports.len() * (1 + child_complexity)")]
    async fn record_ad_spend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion and its days.")] input: RecordAdSpendInput,
    ) -> Result<AdSpendPayload> {
        let RecordAdSpendInput { boost_id, reports, error_policy, dry_run } = input;
        let command = async |context: &Domain| {
            let boost_id = Kind::AdBoost.parse(&boost_id, "boostId")?;
            let recording = Recording { boost_id, policy: error_policy.into(), dry_run };
            let reports = reports.into_iter().map(AdDayInput::into_domain).collect();
            promotion::record_spend(context, recording, reports).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// The same from a file. Refusals name the line in which a row begins. For MID and above, and for programs.
    #[graphql(complexity = "1 + input.csv.len() / 200 * (1 + child_complexity)")]
    async fn import_ad_spend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The promotion and the file.")] input: ImportAdSpendInput,
    ) -> Result<AdSpendPayload> {
        let ImportAdSpendInput { boost_id, csv, error_policy, dry_run } = input;
        let command = async |context: &Domain| {
            let boost_id = Kind::AdBoost.parse(&boost_id, "boostId")?;
            let recording = Recording { boost_id, policy: error_policy.into(), dry_run };
            promotion::import_spend(context, recording, &csv).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
