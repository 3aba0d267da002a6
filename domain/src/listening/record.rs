//! Days of mentions that somebody sends: from a file, or from a program.
//!
//! All of what is sent at a time is recorded, or nothing. The same again changes nothing; said otherwise it replaces what was said before.

use std::collections::{HashMap, HashSet};

use chrono::{Duration, NaiveDate};
use diwan_entity::InBrand as _;
use diwan_entity::listening::listening_monitor;
use diwan_entity::listening::mention_source::{self, MentionSourceKind};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    Select,
};
use serde_json::json;
use uuid::Uuid;

use super::csv_file::{MOST_MENTION_BYTES, read};
use super::monitors::listed;
use super::write::{DayRow, MOST_COUNT, write};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::not_ahead;
use crate::insights::days_came;
use crate::permission::{Action, Permit};
use crate::trust;

/// The most days at a time.
pub const MOST_MENTION_ROWS: usize = 1000;
/// The most sources that send, of a brand.
const MOST_SOURCES: u64 = 20;
/// How long after days were sent alerts are looked at.
const LOOKED_AT_AFTER: Duration = Duration::minutes(5);
/// The most reasons that are told at a time.
const MOST_TOLD: usize = 200;

/// How often something was spoken of on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mentions {
    /// Of which monitor.
    pub monitor_id: Uuid,
    /// Which day, by the brand's clock.
    pub day: NaiveDate,
    /// How often, 0 to 10^12.
    pub mentions: i64,
}

/// What came of days that were sent.
#[derive(Debug, Clone)]
pub struct RecordedMentions {
    /// Of which source.
    pub source: mention_source::Model,
    /// How many rows were new.
    pub recorded: usize,
    /// How many replaced what was said before.
    pub restated: usize,
    /// How many had been said before.
    pub known: usize,
}

/// What is sent: each with its place, below which field refusals name that.
type Sent = Vec<(String, Result<Mentions, Vec<UserError>>)>;

/// Records days that a program sends, up to 1000 together.
pub async fn record_mentions(
    context: &Context,
    (brand_id, source): (Uuid, &str),
    days: Vec<Mentions>,
) -> Result<RecordedMentions, Failure> {
    let permit = context.permit(Action::MentionRecord, brand_id).await?;
    if days.is_empty() {
        return Err(UserError::at(Code::Invalid, "mentions").into());
    }
    if days.len() > MOST_MENTION_ROWS {
        let many = UserError::at(Code::TooMany, "mentions").number("limit", MOST_MENTION_ROWS);
        return Err(many.number("actual", days.len()).into());
    }
    let known = listed(context, brand_id).await?;
    let known: HashMap<Uuid, listening_monitor::Model> = known.into_iter().map(|row| (row.id, row)).collect();
    let sent = days.into_iter().enumerate().map(|(place, said)| {
        let there = known.get(&said.monitor_id).is_some_and(|monitor| takes(monitor, said.day));
        let said = there.then_some(said).ok_or_else(|| vec![UserError::at(Code::NotFound, "monitorId")]);
        (format!("mentions.{place}"), said)
    });
    record(context, permit, (source, MentionSourceKind::Api), sent.collect()).await
}

/// Records the rows of a file: up to 5000 of them, 500,000 bytes. Refusals name the line in which a row begins, counted from 1.
pub async fn import_mentions(
    context: &Context,
    brand_id: Uuid,
    source: &str,
    csv: &str,
) -> Result<RecordedMentions, Failure> {
    let permit = context.permit(Action::MentionRecord, brand_id).await?;
    if csv.len() > MOST_MENTION_BYTES {
        return Err(UserError::at(Code::FileTooLarge, "csv").number("limit", MOST_MENTION_BYTES).into());
    }
    let lines = read(csv).map_err(|error| Failure::from(error).within("csv"))?;
    let names = named(context, brand_id).await?;
    let sent = lines.into_iter().map(|(line, row)| {
        let said = row.and_then(|row| {
            if let Some(monitor_id) = of_that_name(&names, &row.monitor, row.day) {
                return Ok(Mentions { monitor_id, day: row.day, mentions: row.mentions });
            }
            let shown: String = row.monitor.chars().take(100).collect();
            Err(vec![UserError::at(Code::NoSuchName, "monitor").text("value", shown)])
        });
        (format!("csv.{line}"), said)
    });
    record(context, permit, (source, MentionSourceKind::Csv), sent.collect()).await
}

/// Monitors by their names in small letters: of one name, first the one that is not archived, then the newest.
async fn named(context: &Context, brand_id: Uuid) -> Result<HashMap<String, Vec<listening_monitor::Model>>, Failure> {
    let mut names: HashMap<String, Vec<listening_monitor::Model>> = HashMap::new();
    for row in listed(context, brand_id).await? {
        names.entry(row.name.to_lowercase()).or_default().push(row);
    }
    Ok(names)
}

/// Whether days of a monitor are taken: of what is archived those on which it is compared, however late they come, or these days could never
/// be compared.
fn takes(monitor: &listening_monitor::Model, day: NaiveDate) -> bool {
    monitor.compared_until.is_none_or(|until| (monitor.compared_from..=until).contains(&day))
}

/// Whose day that is: of the monitor of this name that is compared on it, or else of the one that is not archived.
fn of_that_name(names: &HashMap<String, Vec<listening_monitor::Model>>, name: &str, day: NaiveDate) -> Option<Uuid> {
    let mut taking = names.get(&name.to_lowercase())?.iter().filter(|monitor| takes(monitor, day));
    let first = taking.next()?;
    let compared = std::iter::once(first).chain(taking).find(|monitor| monitor.compared_from <= day);
    Some(compared.unwrap_or(first).id)
}

/// What of it is kept, or everything that is wrong: below the place of each. What is said twice at a time is refused the second time: which
/// of both counts nobody said.
fn check(context: &Context, sent: Sent) -> Result<Vec<DayRow>, Failure> {
    let (mut days, mut seen, mut wrong) = (Vec::with_capacity(sent.len()), HashSet::new(), Vec::new());
    for (place, said) in sent {
        let checked = said.and_then(|Mentions { monitor_id, day, mentions }| {
            let mut wrong = Complaints::default();
            not_ahead(context, &mut wrong, "day", day);
            if !(0..=MOST_COUNT).contains(&mentions) {
                wrong.add(UserError::at(Code::Invalid, "mentions"));
            }
            if !seen.insert((monitor_id, day)) {
                wrong.add(UserError::at(Code::AlreadyExists, "day"));
            }
            match wrong.check() {
                Err(Failure::Refused(errors)) => Err(errors),
                Err(Failure::Fault(_)) | Ok(()) => Ok(DayRow { monitor_id, day, mentions }),
            }
        });
        match checked {
            Ok(row) => days.push(row),
            Err(errors) => wrong.extend(errors.into_iter().map(|error| UserError {
                field: place.split('.').map(str::to_owned).chain(error.field).collect(),
                ..error
            })),
        }
    }
    wrong.truncate(MOST_TOLD);
    if wrong.is_empty() { Ok(days) } else { Err(Failure::Refused(wrong)) }
}

async fn record(
    context: &Context,
    permit: Permit<'_>,
    (name, kind): (&str, MentionSourceKind),
    sent: Sent,
) -> Result<RecordedMentions, Failure> {
    let mut wrong = Complaints::default();
    let name = wrong.text("source", name, 100);
    wrong.check()?;
    let days = check(context, sent)?;
    let source = source_of(context, permit, (name, kind)).await?;
    let counts = write(permit.tx(), (permit.brand_id, source.id), &days, context.now).await?;
    // Who sends days often has alerts looked at once for many of them.
    days_came(permit, context.now + LOOKED_AT_AFTER, context.now).await?;
    let detail = json!({ "recorded": counts.new, "restated": counts.restated, "known": counts.known });
    trust::record(permit, context.now, "mention_source.record", source.id, detail).await?;
    Ok(RecordedMentions { source, recorded: counts.new, restated: counts.restated, known: counts.known })
}

fn of_name(brand_id: Uuid, name: &str) -> Select<mention_source::Entity> {
    let same =
        Expr::expr(Func::lower(Expr::col(mention_source::Column::Name))).eq(Func::lower(Expr::val(name.to_owned())));
    mention_source::Entity::in_brand(brand_id).filter(same).lock_exclusive()
}

/// The source of this name, made where there is none, and held until the end of the transaction.
async fn source_of(
    context: &Context,
    permit: Permit<'_>,
    (name, kind): (&str, MentionSourceKind),
) -> Result<mention_source::Model, Failure> {
    if let Some(row) = context.one(of_name(permit.brand_id, name)).await? {
        return Ok(row);
    }
    let sending = mention_source::Column::Name.is_not_null();
    let known = mention_source::Entity::in_brand(permit.brand_id).filter(sending).count(permit.tx()).await?;
    if known >= MOST_SOURCES {
        let many = UserError::at(Code::TooMany, "source").number("limit", MOST_SOURCES).number("actual", known + 1);
        return Err(many.into());
    }
    let row = mention_source::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        kind: Set(kind),
        name: Set(Some(name.to_owned())),
        failures: Set(0),
        created_by: Set(Some(permit.person()?)),
        created_at: Set(context.now),
        ..Default::default()
    };
    // Somebody else may send the first days of the same source at this moment.
    let same = OnConflict::new().do_nothing().to_owned();
    mention_source::Entity::insert(row).on_conflict(same).exec_without_returning(permit.tx()).await?;
    let row = context.one(of_name(permit.brand_id, name)).await?;
    Ok(row.ok_or_else(|| Fault::broken("a source that was just made is not there"))?)
}
