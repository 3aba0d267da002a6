//! Conversions that come as a file: asked for, sent to a signed address, recorded there.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::tracking::conversion_import::{self, ConversionImportState as State, RowPolicy};
use diwan_platform::db;
use diwan_platform::signed::{self, Link};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, DatabaseTransaction, EntityTrait as _,
    IntoActiveModel as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::record::{Batch, Outcome, Recorded, Way, record};
use super::table::{self, MOST_BYTES, Read};
use crate::context::{Context, Services};
use crate::error::{Arg, Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// What the address of an import is signed for.
const PURPOSE: &str = "conversion import";
/// How long it takes a file.
const LIFETIME: Duration = Duration::minutes(15);
/// The most refused rows that are kept.
const MOST_KEPT: usize = 500;
/// The most reasons that are kept of each.
const MOST_REASONS: usize = 10;

/// An import that waits for its file, and where to send it with `PUT`.
#[derive(Debug)]
pub struct RequestedConversions {
    /// The import.
    pub import: conversion_import::Model,
    /// Where to.
    pub url: Url,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Makes an import that waits for its file.
pub async fn request_conversion_import(
    context: &Context,
    brand_id: Uuid,
    source: &str,
    policy: RowPolicy,
) -> Result<RequestedConversions, Failure> {
    let permit = context.permit(Action::ConversionRecord, brand_id).await?;
    let mut wrong = Complaints::default();
    let source = wrong.text("source", source, 100);
    wrong.check()?;
    let row = conversion_import::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        source: Set(source.to_owned()),
        state: Set(State::AwaitingFile),
        error_policy: Set(policy),
        recorded: Set(0),
        known: Set(0),
        refused: Set(0),
        report: Set(json!([])),
        requested_by: Set(permit.person()?),
        created_at: Set(context.now),
        finished_at: Set(None),
    };
    let import = conversion_import::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "conversion_import.request", import.id, json!({ "source": source })).await?;
    let expires_at = context.now + LIFETIME;
    let token = signed::sign(&context.services.keys, PURPOSE, Link { brand_id, id: import.id, expires_at });
    let url = context.services.link(&format!("conversions/{token}"))?;
    Ok(RequestedConversions { import, url, expires_at })
}

/// One import, or the refusal.
pub async fn conversion_import(context: &Context, id: Uuid) -> Result<conversion_import::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "id");
    let import = context.one(conversion_import::Entity::visible([id])).await?.ok_or_else(not_there)?;
    context.permit(Action::ConversionRecord, import.brand_id).await?;
    Ok(import)
}

/// A file on its way in.
#[derive(Debug)]
pub struct ConversionReceiver {
    services: Arc<Services>,
    link: Link,
    bytes: Vec<u8>,
}

/// Begins to receive the file that `token` was made for.
pub async fn receive_conversion_import(services: Arc<Services>, token: &str) -> Result<ConversionReceiver, Failure> {
    let link = signed::verify(&services.keys, PURPOSE, token, services.now()).map_err(|error| match error {
        signed::LinkError::Invalid => UserError::new(Code::LinkInvalid),
        signed::LinkError::Expired => UserError::new(Code::LinkExpired),
    })?;
    let tx = services.db.write().await?;
    waiting(&tx, link).await?;
    tx.rollback().await?;
    Ok(ConversionReceiver { services, link, bytes: Vec::new() })
}

/// The import, locked, with the right that its address gives: each takes one file, as long as the brand is not archived.
async fn waiting(tx: &DatabaseTransaction, link: Link) -> Result<(Permit<'_>, conversion_import::Model), Failure> {
    #[derive(sea_orm::FromQueryResult)]
    struct Standing {
        agency_id: Uuid,
        archived: bool,
    }
    if !db::scalar::<bool>(tx, "select app.enter_brand($1)", [link.brand_id.into()]).await? {
        return Err(Code::LinkInvalid.into());
    }
    let sql = "select agency_id, archived_at is not null as archived from brand where id = $1";
    let standing: Standing = db::one(tx, sql, [link.brand_id.into()]).await?.ok_or(Code::LinkInvalid)?;
    if standing.archived {
        return Err(Code::BrandArchived.into());
    }
    let import = conversion_import::Entity::one_in_brand(link.brand_id, link.id).lock_exclusive().one(tx).await?;
    let import = import.filter(|import| import.state == State::AwaitingFile).ok_or(Code::LinkInvalid)?;
    let actor_id = Some(import.requested_by);
    Ok((Permit { tx, brand_id: link.brand_id, actor_id, agency_id: standing.agency_id }, import))
}

impl ConversionReceiver {
    /// Takes the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.bytes.len() + bytes.len() > MOST_BYTES {
            return Err(UserError::new(Code::FileTooLarge).number("limit", MOST_BYTES).into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads the file and records what is in it. What is no file of this kind leaves nothing behind, and the address can be used
    /// again. A file whose rows are refused is the import's one file.
    pub async fn finish(self) -> Result<conversion_import::Model, Failure> {
        let bytes = self.bytes;
        let rows = tokio::task::spawn_blocking(move || table::read(&bytes))
            .await
            .map_err(|error| Fault::broken(format!("reading conversions ended badly: {error}")))??;
        let now = self.services.now();
        let tx = self.services.db.write().await?;
        let (permit, import) = waiting(&tx, self.link).await?;
        let outcomes = import_rows(permit, now, &import, rows).await?;
        let import = end(permit, now, import, outcomes).await?;
        tx.commit().await?;
        Ok(import)
    }
}

/// What came of the rows, by their lines. By [`RowPolicy::RejectEverything`] nothing is recorded where one is refused.
async fn import_rows(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    import: &conversion_import::Model,
    rows: Vec<(i64, Read)>,
) -> Result<Vec<(i64, Outcome)>, Failure> {
    let (mut lines, mut conversions, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (line, row) in rows {
        match row {
            Ok(conversion) => {
                lines.push(line);
                conversions.push(conversion);
            }
            Err(errors) => outcomes.push((line, Outcome::Refused(errors))),
        }
    }
    // Recorded one by one, and taken back where that is asked for: what is to be told are all rows that are refused.
    let batch = Batch { source: import.source.clone(), policy: RowPolicy::RejectFailedRows, conversions };
    permit.tx().execute_unprepared("savepoint rows").await?;
    let recorded = record(permit, now, batch, Way { import_id: Some(import.id), ..Way::default() }).await?;
    outcomes.extend(lines.into_iter().zip(recorded.outcomes));
    outcomes.sort_by_key(|(line, _)| *line);
    let refused = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Refused(_)));
    if refused && import.error_policy == RowPolicy::RejectEverything {
        permit.tx().execute_unprepared("rollback to savepoint rows").await?;
    }
    permit.tx().execute_unprepared("release savepoint rows").await?;
    Ok(outcomes)
}

/// Writes down what came of the file.
async fn end(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    import: conversion_import::Model,
    outcomes: Vec<(i64, Outcome)>,
) -> Result<conversion_import::Model, Failure> {
    let (lines, outcomes): (Vec<i64>, Vec<Outcome>) = outcomes.into_iter().unzip();
    let recorded = Recorded { outcomes };
    let (new, known, refused) = recorded.counts();
    let nothing = refused > 0 && import.error_policy == RowPolicy::RejectEverything;
    let new = if nothing { 0 } else { new };
    let kept = lines.into_iter().zip(recorded.outcomes).filter_map(|(line, outcome)| match outcome {
        Outcome::Refused(errors) => Some(RefusedRow::new(line, &errors)),
        Outcome::Recorded(_) | Outcome::Known(_) => None,
    });
    let kept: Vec<RefusedRow> = kept.take(MOST_KEPT).collect();
    let number = |count: usize| i32::try_from(count).map_err(|_| Fault::broken("rows beyond their limit"));
    let mut row = import.into_active_model();
    row.state = Set(if nothing { State::Refused } else { State::Recorded });
    row.recorded = Set(number(new)?);
    row.known = Set(number(known)?);
    row.refused = Set(number(refused)?);
    row.report = Set(serde_json::to_value(kept).map_err(|error| Fault::broken(error.to_string()))?);
    row.finished_at = Set(Some(now));
    let row = row.update(permit.tx()).await?;
    // Nobody is signed in where the file arrives; the trail tells who asked for its address.
    let detail = json!({ "recorded": new, "known": known, "refused": refused, "by": row.requested_by });
    trust::record(Permit { actor_id: None, ..permit }, now, "conversion_import.receive", row.id, detail).await?;
    Ok(row)
}

/// A row that was refused, as it is kept: with codes and values, so that it is told in the language of whoever reads.
#[derive(Serialize, Deserialize)]
struct RefusedRow {
    /// The line in which it begins, counted from 1.
    line: i64,
    errors: Vec<Kept>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    code: String,
    field: Vec<String>,
    texts: HashMap<String, String>,
    numbers: HashMap<String, i64>,
}

impl RefusedRow {
    fn new(line: i64, errors: &[UserError]) -> Self {
        let keep = |error: &UserError| {
            let (mut texts, mut numbers) = (HashMap::new(), HashMap::new());
            for (name, value) in &error.args {
                match value {
                    Arg::Text(text) => drop(texts.insert((*name).to_owned(), text.clone().into_owned())),
                    Arg::Number(number) => drop(numbers.insert((*name).to_owned(), *number)),
                }
            }
            Kept { code: error.code.name(), field: error.field.clone(), texts, numbers }
        };
        Self { line, errors: errors.iter().take(MOST_REASONS).map(keep).collect() }
    }
}

/// The names of values that the reasons for refusing a row have.
const NAMES: [&str; 6] = ["limit", "actual", "currency", "source", "id", "value"];

impl Kept {
    fn error(self) -> Option<UserError> {
        let code = *Code::ALL.iter().find(|code| code.name() == self.code)?;
        let mut error = UserError { code, field: self.field, args: Vec::new() };
        for name in NAMES {
            if let Some(text) = self.texts.get(name) {
                error = error.text(name, text.clone());
            }
            if let Some(number) = self.numbers.get(name) {
                error = error.number(name, *number);
            }
        }
        Some(error)
    }
}

/// The rows that were refused, by the lines in which they begin, and why; the first 500 of them, with the first ten reasons of each.
pub fn refused_rows(import: &conversion_import::Model) -> Result<Vec<(i64, Vec<UserError>)>, Failure> {
    let rows: Vec<RefusedRow> = serde_json::from_value(import.report.clone())
        .map_err(|error| Fault::broken(format!("the report of an import: {error}")))?;
    Ok(rows.into_iter().map(|row| (row.line, row.errors.into_iter().filter_map(Kept::error).collect())).collect())
}
