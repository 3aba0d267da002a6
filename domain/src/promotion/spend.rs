//! What the days of a promotion cost and brought, as somebody reports it, and what is booked for that.
//!
//! A report is known by its day and the sender's id of it. The same again changes nothing; said otherwise it replaces what was said
//! before, and the difference is booked. Reports are looked at in their order, each with what the ones before it leave: one that would
//! take more than the promotion has set aside and its line has left is refused with what that is, and the others go on.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::finance::budget_entry::SourceKind;
use diwan_entity::promotion::ad_boost::{self, BoostState};
use diwan_entity::promotion::ad_boost_day;
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_platform::ids;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::life::{begin, charge, wrong_state};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::{MOST_MINOR, Room, commit_charge, not_ahead, refund_charge, room_for, spend_charge, written};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most reports at a time.
pub const MOST_REPORTS: usize = 500;

/// What a day cost and brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayReport {
    /// Which day, as the network counts days.
    pub day: NaiveDate,
    /// The sender's id of the report, 1 to 200 characters: an ad, a placement. A day has one of each.
    pub source_id: String,
    /// What it cost, in minor units of the promotion's currency.
    pub spend_minor: i64,
    /// How often it was shown; none where nobody said. So are the others.
    pub impressions: Option<i64>,
    /// How often it was followed.
    pub clicks: Option<i64>,
    /// How often it brought what its objective wants.
    pub conversions: Option<i64>,
    /// How many people saw it; no more than it was shown.
    pub reach: Option<i64>,
}

/// A report with its place in what was sent, or what is wrong with how it is written.
pub(super) type Placed = (i64, Result<DayReport, Vec<UserError>>);

/// How reports are recorded.
#[derive(Debug, Clone, Copy)]
pub struct Recording {
    /// Of which promotion.
    pub boost_id: Uuid,
    /// What comes of those that are refused.
    pub policy: RowPolicy,
    /// Whether nothing is written and only told what would come of them.
    pub dry_run: bool,
}

/// What came of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOutcome {
    /// It was recorded.
    Recorded,
    /// It replaced what was said before: what that cost, in minor units.
    Restated(i64),
    /// The same had been recorded before.
    Known,
    /// It was not recorded, and why.
    Refused(Vec<UserError>),
}

/// What came of reports.
#[derive(Debug, Clone)]
pub struct RecordedDays {
    /// The promotion, with what it has spent now.
    pub boost: ad_boost::Model,
    /// What came of each, in their order, with its place: of a list from 0 on, of a file the line in which it begins, from 1 on.
    pub outcomes: Vec<(i64, DayOutcome)>,
    /// By how much the promotion has spent more than before, in minor units; below zero where it has spent less.
    pub booked_minor: i64,
    /// Whether it was written. Not where it was a dry run.
    pub written: bool,
}

impl RecordedDays {
    /// How many were recorded, restated, known before, refused.
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for (_, outcome) in &self.outcomes {
            counts[match outcome {
                DayOutcome::Recorded => 0,
                DayOutcome::Restated(_) => 1,
                DayOutcome::Known => 2,
                DayOutcome::Refused(_) => 3,
            }] += 1;
        }
        counts
    }
}

/// Records up to 500 reports.
pub async fn record_spend(
    context: &Context,
    recording: Recording,
    reports: Vec<DayReport>,
) -> Result<RecordedDays, Failure> {
    let actual = reports.len();
    if actual == 0 {
        return Err(UserError::at(Code::Invalid, "reports").into());
    }
    if actual > MOST_REPORTS {
        let many = UserError::at(Code::TooMany, "reports").number("limit", MOST_REPORTS).number("actual", actual);
        return Err(many.into());
    }
    let placed = (0..).zip(reports).map(|(place, report)| (place, Ok(report))).collect();
    record(context, recording, "reports", placed).await
}

/// Records reports; refusals name their places below `field`. The statements are as many for hundreds of them as for one.
pub(super) async fn record(
    context: &Context,
    recording: Recording,
    field: &str,
    placed: Vec<Placed>,
) -> Result<RecordedDays, Failure> {
    let (permit, row) = begin(context, Action::PromotionSpendRecord, recording.boost_id).await?;
    if !matches!(row.state, BoostState::Running | BoostState::Ended) {
        return Err(wrong_state(&row).into());
    }
    let looked_at = check(context, &row, placed);
    let known = known(context, &row, &looked_at).await?;
    let room = room(context, permit, &row, &looked_at, &known).await?;
    let decided = decide(looked_at, &known, room.as_ref());
    let refused = decided.iter().any(|each| matches!(each.outcome, DayOutcome::Refused(_)));
    if refused && !recording.dry_run && recording.policy == RowPolicy::RejectEverything {
        return Err(refusal(field, decided));
    }
    let booked_minor: i64 = decided.iter().map(|each| each.difference).sum();
    if !recording.dry_run {
        write(context, permit, &row, &decided).await?;
        book(context, permit, (&row, booked_minor), room.as_ref()).await?;
    }
    let spent_minor = row.spent_minor + booked_minor;
    let outcomes = decided.into_iter().map(|each| (each.place, each.outcome)).collect();
    let boost = ad_boost::Model { spent_minor, ..row };
    let recorded = RecordedDays { boost, outcomes, booked_minor, written: !recording.dry_run };
    if recorded.written {
        let [new, restated, same, refused] = recorded.counts();
        let detail = json!({
            "recorded": new, "restated": restated, "known": same, "refused": refused, "minor": booked_minor,
        });
        trust::record(permit, context.now, "boost.record_spend", recorded.boost.id, detail).await?;
    }
    Ok(recorded)
}

/// What can be told from a report alone. A day that was reported twice at a time is refused the second time: which of both counts
/// nobody said.
fn check(context: &Context, row: &ad_boost::Model, placed: Vec<Placed>) -> Vec<Placed> {
    let mut seen = HashSet::new();
    let check = |(place, report): Placed| {
        let checked = report.and_then(|report| {
            let report = DayReport { source_id: report.source_id.trim().to_owned(), ..report };
            let mut wrong = report.complaints(context, row);
            if !seen.insert((report.day, report.source_id.clone())) {
                wrong.push(UserError::at(Code::AlreadyExists, "sourceId"));
            }
            if wrong.is_empty() { Ok(report) } else { Err(wrong) }
        });
        (place, checked)
    };
    placed.into_iter().map(check).collect()
}

/// The first day that a promotion can have cost anything: a network may count days otherwise than the brand.
fn first_day(row: &ad_boost::Model) -> NaiveDate {
    let began = row.started_at.map_or(row.starts_on, |at: DateTime<Utc>| at.date_naive().min(row.starts_on));
    began.checked_sub_days(Days::new(1)).unwrap_or(began)
}

impl DayReport {
    fn complaints(&self, context: &Context, row: &ad_boost::Model) -> Vec<UserError> {
        let mut wrong = Complaints::default();
        if self.day < first_day(row) {
            wrong.add(UserError::at(Code::Invalid, "day"));
        }
        not_ahead(context, &mut wrong, "day", self.day);
        wrong.text("sourceId", &self.source_id, 200);
        if !(0..=MOST_MINOR).contains(&self.spend_minor) {
            wrong.add(UserError::at(Code::Invalid, "spendMinor"));
        }
        for (name, count) in
            [("impressions", self.impressions), ("clicks", self.clicks), ("conversions", self.conversions)]
        {
            if count.is_some_and(|count| count < 0) {
                wrong.add(UserError::at(Code::Invalid, name));
            }
        }
        let shown = self.impressions.unwrap_or(i64::MAX);
        if self.reach.is_some_and(|reach| reach < 0 || reach > shown) {
            wrong.add(UserError::at(Code::Invalid, "reach"));
        }
        match wrong.check() {
            Err(Failure::Refused(errors)) => errors,
            Err(Failure::Fault(_)) | Ok(()) => Vec::new(),
        }
    }

    fn is_said_by(&self, row: &ad_boost_day::Model) -> bool {
        (self.spend_minor, self.impressions, self.clicks, self.conversions, self.reach)
            == (row.spend_minor, row.impressions, row.clicks, row.conversions, row.reach)
    }
}

/// What was reported of the same days before, by day and the sender's id.
type Known = HashMap<(NaiveDate, String), ad_boost_day::Model>;

async fn known(context: &Context, row: &ad_boost::Model, placed: &[Placed]) -> Result<Known, Failure> {
    let days: HashSet<NaiveDate> =
        placed.iter().filter_map(|(_, report)| report.as_ref().ok()).map(|report| report.day).collect();
    if days.is_empty() {
        return Ok(Known::new());
    }
    let select = ad_boost_day::Entity::in_brand(row.brand_id)
        .filter(ad_boost_day::Column::BoostId.eq(row.id))
        .filter(ad_boost_day::Column::Day.is_in(days));
    let rows = context.all(select).await?;
    Ok(rows.into_iter().map(|row| ((row.day, row.source_id.clone()), row)).collect())
}

fn before<'a>(known: &'a Known, report: &DayReport) -> Option<&'a ad_boost_day::Model> {
    known.get(&(report.day, report.source_id.clone()))
}

/// By how much more a report says was spent than before.
fn difference(known: &Known, report: &DayReport) -> i64 {
    report.spend_minor - before(known, report).map_or(0, |row| row.spend_minor)
}

/// What may be booked; none where nothing is to be booked, so that results are recorded of a promotion whose budget is closed, too.
async fn room(
    context: &Context,
    permit: Permit<'_>,
    row: &ad_boost::Model,
    placed: &[Placed],
    known: &Known,
) -> Result<Option<Room>, Failure> {
    let costs = |report: &DayReport| difference(known, report) != 0;
    if !placed.iter().filter_map(|(_, report)| report.as_ref().ok()).any(costs) {
        return Ok(None);
    }
    let line_id = row.line_id.ok_or_else(|| Fault::broken("a promotion without its line"))?;
    room_for(context, permit, line_id, (SourceKind::Boost, row.id)).await.map(Some)
}

/// A report about which was decided.
struct Decided {
    place: i64,
    outcome: DayOutcome,
    /// What is written; none where nothing is.
    report: Option<DayReport>,
    /// How often the day was restated, once it is written.
    restated: i32,
    difference: i64,
}

/// Decides about each report with what the ones before it leave.
fn decide(placed: Vec<Placed>, known: &Known, room: Option<&Room>) -> Vec<Decided> {
    let mut booked: i64 = 0;
    let mut decided = Vec::with_capacity(placed.len());
    for (place, report) in placed {
        let refused =
            |errors| Decided { place, outcome: DayOutcome::Refused(errors), report: None, restated: 0, difference: 0 };
        let report = match report {
            Ok(report) => report,
            Err(errors) => {
                decided.push(refused(errors));
                continue;
            }
        };
        let more = difference(known, &report);
        if more != 0
            && let Some(error) = room.and_then(|room| beyond(room, booked, more))
        {
            decided.push(refused(vec![error]));
            continue;
        }
        booked += more;
        let (outcome, restated) = match before(known, &report) {
            None => (DayOutcome::Recorded, 0),
            Some(row) if report.is_said_by(row) => (DayOutcome::Known, row.restated),
            Some(row) => (DayOutcome::Restated(row.spend_minor), row.restated.saturating_add(1)),
        };
        let report = (outcome != DayOutcome::Known).then_some(report);
        decided.push(Decided { place, outcome, report, restated, difference: more });
    }
    decided
}

/// Why no more than `booked` minor units can be booked `more`: the line has not so much left, or not so much was spent of which a part
/// would be taken back.
fn beyond(room: &Room, booked: i64, more: i64) -> Option<UserError> {
    let refuse = |code, minor| {
        let error = UserError::at(code, "spendMinor").text("amount", written(minor, &room.currency));
        error.text("currency", room.currency.clone())
    };
    let after = booked.saturating_add(more);
    let (most, least) = (room.open.saturating_add(room.left), room.spent.saturating_neg());
    if more > 0 && after > most {
        return Some(refuse(Code::BudgetExceeded, most - booked));
    }
    (more < 0 && after < least).then(|| refuse(Code::MoreThanBooked, booked - least))
}

/// Every report that was refused, by its place.
fn refusal(field: &str, decided: Vec<Decided>) -> Failure {
    let errors = decided.into_iter().flat_map(|each| {
        let errors = if let DayOutcome::Refused(errors) = each.outcome { errors } else { Vec::new() };
        errors.into_iter().map(move |error| {
            let place = [field.to_owned(), each.place.to_string()];
            UserError { field: place.into_iter().chain(error.field).collect(), ..error }
        })
    });
    Failure::Refused(errors.collect())
}

/// Writes what is new or said otherwise.
async fn write(
    context: &Context,
    permit: Permit<'_>,
    boost: &ad_boost::Model,
    decided: &[Decided],
) -> Result<(), Failure> {
    use ad_boost_day::Column;
    let person = permit.person()?;
    let row = |each: &Decided| {
        let report = each.report.as_ref()?;
        Some(ad_boost_day::ActiveModel {
            id: Set(ids::new_id(context.now)),
            brand_id: Set(boost.brand_id),
            boost_id: Set(boost.id),
            day: Set(report.day),
            source_id: Set(report.source_id.clone()),
            spend_minor: Set(report.spend_minor),
            impressions: Set(report.impressions),
            clicks: Set(report.clicks),
            conversions: Set(report.conversions),
            reach: Set(report.reach),
            restated: Set(each.restated),
            recorded_by: Set(person),
            recorded_at: Set(context.now),
        })
    };
    let rows: Vec<ad_boost_day::ActiveModel> = decided.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let again = OnConflict::columns([Column::BrandId, Column::BoostId, Column::Day, Column::SourceId])
        .update_columns([
            Column::SpendMinor,
            Column::Impressions,
            Column::Clicks,
            Column::Conversions,
            Column::Reach,
            Column::Restated,
            Column::RecordedBy,
            Column::RecordedAt,
        ])
        .to_owned();
    ad_boost_day::Entity::insert_many(rows).on_conflict(again).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// Books the difference: spent from what is set aside first and from what is left after that, or taken back. While a promotion runs,
/// what is taken back is set aside again as far as its plan goes, so that it is there when the days cost what was planned.
async fn book(
    context: &Context,
    permit: Permit<'_>,
    (row, minor): (&ad_boost::Model, i64),
    room: Option<&Room>,
) -> Result<(), Failure> {
    let Some(room) = room.filter(|_| minor != 0) else { return Ok(()) };
    let reference = context.new_id().to_string();
    if minor > 0 {
        spend_charge(context, permit, charge(row, minor, reference)?, room.open.min(minor)).await?;
        return Ok(());
    }
    let back = minor.saturating_neg();
    refund_charge(context, permit, charge(row, back, reference.clone())?).await?;
    let lacking = row.planned_minor.saturating_sub(row.spent_minor - back).saturating_sub(room.open);
    let again = lacking.min(back);
    if row.state == BoostState::Running && again > 0 {
        commit_charge(context, permit, charge(row, again, reference)?).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "spend_tests.rs"]
mod tests;
