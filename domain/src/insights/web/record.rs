//! Numbers of a site that somebody sends: from a file, or from a program.
//!
//! All of what is sent at a time is recorded, or nothing. The same again changes nothing; said otherwise it replaces what was said before.

use chrono::Duration;
use diwan_entity::InBrand as _;
use diwan_entity::insights::web_source::{self, WebSourceKind, WebSourceState};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, Select};
use serde_json::json;
use uuid::Uuid;

use super::connect::MOST_SOURCES;
use super::csv_file::{MOST_WEB_BYTES, read};
use super::said::{Said, WebGoal, WebVisits, check};
use super::write::write;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::insights::alerts::days_came;
use crate::permission::{Action, Permit};
use crate::trust;

/// The most visits and goals at a time.
pub const MOST_WEB_ROWS: usize = 1000;
/// How long after visits were sent alerts are looked at.
const LOOKED_AT_AFTER: Duration = Duration::minutes(5);
/// The most reasons that are told at a time.
const MOST_TOLD: usize = 200;

/// What came of numbers that were sent.
#[derive(Debug, Clone)]
pub struct RecordedWeb {
    /// Of which site.
    pub source: web_source::Model,
    /// How many rows were new.
    pub recorded: usize,
    /// How many replaced what was said before.
    pub restated: usize,
    /// How many had been said before.
    pub known: usize,
}

/// What is sent: each with its place, and below which field refusals name that.
type Sent = Vec<(String, Result<Said, Vec<UserError>>)>;

/// Records visits and goals that a program sends, up to 1000 together.
pub async fn record_web_analytics(
    context: &Context,
    (brand_id, source): (Uuid, &str),
    (visits, goals): (Vec<WebVisits>, Vec<WebGoal>),
) -> Result<RecordedWeb, Failure> {
    let permit = context.permit(Action::WebAnalyticsRecord, brand_id).await?;
    let actual = visits.len() + goals.len();
    if actual == 0 {
        return Err(UserError::at(Code::Invalid, "visits").into());
    }
    if actual > MOST_WEB_ROWS {
        let many = UserError::at(Code::TooMany, "visits").number("limit", MOST_WEB_ROWS).number("actual", actual);
        return Err(many.into());
    }
    let visits =
        visits.into_iter().enumerate().map(|(place, said)| (format!("visits.{place}"), Ok(Said::Visits(said))));
    let goals = goals.into_iter().enumerate().map(|(place, said)| (format!("goals.{place}"), Ok(Said::Goal(said))));
    record(context, permit, (source, WebSourceKind::Api), visits.chain(goals).collect()).await
}

/// Records the rows of a file: up to 5000 of them, 500,000 bytes. Refusals name the line in which a row begins, counted from 1.
pub async fn import_web_analytics(
    context: &Context,
    brand_id: Uuid,
    source: &str,
    csv: &str,
) -> Result<RecordedWeb, Failure> {
    let permit = context.permit(Action::WebAnalyticsRecord, brand_id).await?;
    if csv.len() > MOST_WEB_BYTES {
        return Err(UserError::at(Code::FileTooLarge, "csv").number("limit", MOST_WEB_BYTES).into());
    }
    let rows = read(csv).map_err(|error| Failure::from(error).within("csv"))?;
    let sent = rows.into_iter().map(|(line, row)| (format!("csv.{line}"), row)).collect();
    record(context, permit, (source, WebSourceKind::Csv), sent).await
}

async fn record(
    context: &Context,
    permit: Permit<'_>,
    (name, kind): (&str, WebSourceKind),
    said: Sent,
) -> Result<RecordedWeb, Failure> {
    let mut wrong = Complaints::default();
    let name = wrong.text("source", name, 100);
    wrong.check()?;
    let days = check(context, said).map_err(|mut errors| {
        errors.truncate(MOST_TOLD);
        Failure::Refused(errors)
    })?;
    let source = source_of(context, permit, (name, kind)).await?;
    let counts = write(permit.tx(), (permit.brand_id, source.id), &days, context.now).await?;
    // Who sends visits often has alerts looked at once for many of them.
    days_came(permit, context.now + LOOKED_AT_AFTER, context.now).await?;
    let detail = json!({ "recorded": counts.new, "restated": counts.restated, "known": counts.known });
    trust::record(permit, context.now, "web_source.record", source.id, detail).await?;
    Ok(RecordedWeb { source, recorded: counts.new, restated: counts.restated, known: counts.known })
}

fn named(brand_id: Uuid, name: &str) -> Select<web_source::Entity> {
    let same = Expr::expr(Func::lower(Expr::col(web_source::Column::Name))).eq(Func::lower(Expr::val(name.to_owned())));
    web_source::Entity::in_brand(brand_id).filter(same).lock_exclusive()
}

/// The site of this name, made where there is none, and held until the end of the transaction.
async fn source_of(
    context: &Context,
    permit: Permit<'_>,
    (name, kind): (&str, WebSourceKind),
) -> Result<web_source::Model, Failure> {
    if let Some(row) = context.one(named(permit.brand_id, name)).await? {
        return sent(row);
    }
    let known = web_source::Entity::in_brand(permit.brand_id).count(permit.tx()).await?;
    if known >= MOST_SOURCES {
        let many = UserError::at(Code::TooMany, "source").number("limit", MOST_SOURCES).number("actual", known + 1);
        return Err(many.into());
    }
    let row = web_source::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        name: Set(name.to_owned()),
        kind: Set(kind),
        state: Set(WebSourceState::Connected),
        failures: Set(0),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    };
    // Somebody else may send the first numbers of the same site at this moment.
    let same = OnConflict::new().do_nothing().to_owned();
    web_source::Entity::insert(row).on_conflict(same).exec_without_returning(permit.tx()).await?;
    let row = context.one(named(permit.brand_id, name)).await?;
    sent(row.ok_or_else(|| Fault::broken("a source that was just made is not there"))?)
}

/// Refuses a source that is asked: nobody sends its numbers.
fn sent(row: web_source::Model) -> Result<web_source::Model, Failure> {
    if row.base_url.is_some() { Err(UserError::at(Code::AlreadyExists, "source").into()) } else { Ok(row) }
}
