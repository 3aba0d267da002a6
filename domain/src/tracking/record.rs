//! Recording conversions, in as many statements for hundreds as for one.

use std::collections::{HashMap, HashSet};

use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_entity::tracking::{conversion, conversion_touch};
use diwan_platform::{db, ids};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::code::is_code;
use super::conversion::{MOST_CONVERSIONS, NewConversion};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Conversions from one source.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Who says so, 1 to 100 characters.
    pub source: String,
    /// What comes of those that are refused.
    pub policy: RowPolicy,
    /// What is said.
    pub conversions: Vec<NewConversion>,
}

/// What came of one conversion.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was recorded.
    Recorded(Box<conversion::Model>),
    /// The same had been recorded before.
    Known(Box<conversion::Model>),
    /// It was not recorded, and why.
    Refused(Vec<UserError>),
}

/// What came of a batch, in its order.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// What came of each.
    pub outcomes: Vec<Outcome>,
}

impl Recorded {
    /// How many were recorded, known before, refused.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Outcome) -> bool| self.outcomes.iter().filter(|outcome| wanted(outcome)).count();
        (
            count(|outcome| matches!(outcome, Outcome::Recorded(_))),
            count(|outcome| matches!(outcome, Outcome::Known(_))),
            count(|outcome| matches!(outcome, Outcome::Refused(_))),
        )
    }
}

/// By which way a conversion came.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Way {
    pub(super) endpoint_id: Option<Uuid>,
    pub(super) import_id: Option<Uuid>,
    /// A form of a landing page.
    pub(super) submission: Option<Uuid>,
}

impl Way {
    /// Whether nobody of the agency records it: a server does, or whoever filled in a form.
    fn is_strangers(self) -> bool {
        self.endpoint_id.is_some() || self.submission.is_some()
    }
}

/// Records conversions that somebody sends: up to 500, each once for its source and id.
pub async fn record_conversions(context: &Context, brand_id: Uuid, batch: Batch) -> Result<Recorded, Failure> {
    let permit = context.permit(Action::ConversionRecord, brand_id).await?;
    let (most, actual) = (MOST_CONVERSIONS, batch.conversions.len());
    if actual == 0 {
        return Err(UserError::at(Code::Invalid, "conversions").into());
    }
    if actual > most {
        let error = UserError::at(Code::TooMany, "conversions").number("limit", most).number("actual", actual);
        return Err(error.into());
    }
    let recorded = record(permit, context.now, batch, Way::default()).await?;
    let (new, known, refused) = recorded.counts();
    let detail = json!({ "recorded": new, "known": known, "refused": refused });
    trust::record(permit, context.now, "conversion.record", brand_id, detail).await?;
    Ok(recorded)
}

/// Records a batch. By [`RowPolicy::RejectEverything`] one that is refused refuses all of them; the caller rolls back.
pub(super) async fn record(
    permit: Permit<'_>,
    now: chrono::DateTime<chrono::Utc>,
    mut batch: Batch,
    way: Way,
) -> Result<Recorded, Failure> {
    let mut wrong = Complaints::default();
    let source = wrong.text("source", &batch.source, 100).to_owned();
    wrong.check()?;
    for conversion in &mut batch.conversions {
        conversion.external_id = conversion.external_id.trim().to_owned();
        conversion.name = conversion.name.as_deref().map(|name| name.trim().to_owned());
        conversion.touches.sort_by_key(|touch| touch.at);
    }
    let links = links(permit, &batch.conversions).await?;
    let complaints: Vec<Vec<UserError>> =
        batch.conversions.iter().map(|conversion| complaints(conversion, now, &links)).collect();
    let all_right = complaints.iter().all(Vec::is_empty);
    if !all_right && batch.policy == RowPolicy::RejectEverything {
        return Err(refused(complaints));
    }
    let right: Vec<&NewConversion> =
        batch.conversions.iter().zip(&complaints).filter(|(_, wrong)| wrong.is_empty()).map(|(one, _)| one).collect();
    let inserted = insert(permit, now, (&source, &right), way).await?;
    touch(permit, &inserted, &links).await?;
    let outcomes = outcomes(permit, &source, (&batch.conversions, complaints), inserted).await?;
    let failed = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Refused(_)));
    if failed && batch.policy == RowPolicy::RejectEverything {
        let errors = outcomes.into_iter().map(|outcome| match outcome {
            Outcome::Refused(errors) => errors,
            Outcome::Recorded(_) | Outcome::Known(_) => Vec::new(),
        });
        return Err(refused(errors.collect()));
    }
    Ok(Recorded { outcomes })
}

/// Every row that was refused, by its place.
fn refused(rows: Vec<Vec<UserError>>) -> Failure {
    let errors = rows.into_iter().enumerate().flat_map(|(index, errors)| {
        errors.into_iter().map(move |mut error| {
            let place = ["conversions".to_owned(), index.to_string()];
            error.field = place.into_iter().chain(error.field).collect();
            error
        })
    });
    Failure::Refused(errors.collect())
}

fn complaints(
    conversion: &NewConversion,
    now: chrono::DateTime<chrono::Utc>,
    links: &HashMap<String, Uuid>,
) -> Vec<UserError> {
    let mut wrong = Complaints::default();
    conversion.check(&mut wrong, "", now);
    match wrong.check() {
        Err(Failure::Refused(errors)) => return errors,
        Err(Failure::Fault(_)) | Ok(()) => {}
    }
    let unknown = conversion.touches.iter().enumerate().filter(|(_, touch)| !links.contains_key(&touch.code));
    unknown.map(|(index, _)| UserError::at(Code::NotFound, &format!("touches.{index}.code"))).collect()
}

/// The brand's links of these codes, also of those that were put away: they were followed before.
async fn links(permit: Permit<'_>, conversions: &[NewConversion]) -> Result<HashMap<String, Uuid>, Failure> {
    #[derive(FromQueryResult)]
    struct Row {
        code: String,
        id: Uuid,
    }
    let all = conversions.iter().flat_map(|one| &one.touches).map(|touch| touch.code.as_str());
    let codes: HashSet<&str> = all.filter(|code| is_code(code)).collect();
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    let sql = "select code, id from tracked_link where brand_id = $1 and code = any ($2)";
    let rows: Vec<Row> = db::all(permit.tx(), sql, [permit.brand_id.into(), codes.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.id)).collect())
}

/// What was written, with what it was written from.
type Inserted<'a> = HashMap<&'a str, (&'a NewConversion, conversion::Model)>;

/// Writes those whose id the source has not used: of several with one id the first. Whoever sends the same at the same moment waits
/// for the other and finds it there.
async fn insert<'a>(
    permit: Permit<'_>,
    now: chrono::DateTime<chrono::Utc>,
    (source, conversions): (&str, &[&'a NewConversion]),
    way: Way,
) -> Result<Inserted<'a>, Failure> {
    let mut firsts: HashMap<&str, &'a NewConversion> = HashMap::new();
    let mut rows = Vec::with_capacity(conversions.len());
    // All in one order, so that two who send the same do not wait for each other.
    let mut conversions = conversions.to_vec();
    conversions.sort_by(|one, other| one.external_id.cmp(&other.external_id));
    for conversion in conversions {
        if firsts.contains_key(conversion.external_id.as_str()) {
            continue;
        }
        firsts.insert(&conversion.external_id, conversion);
        rows.push(conversion::ActiveModel {
            id: Set(ids::new_id(now)),
            brand_id: Set(permit.brand_id),
            kind: Set(conversion.kind),
            name: Set(conversion.name.clone()),
            source: Set(source.to_owned()),
            external_id: Set(conversion.external_id.clone()),
            digest: Set(conversion.digest().to_vec()),
            occurred_at: Set(conversion.occurred_at),
            value_minor: Set(conversion.value.as_ref().map(|value| value.minor)),
            currency: Set(conversion.value.as_ref().map(|value| value.currency.clone())),
            endpoint_id: Set(way.endpoint_id),
            import_id: Set(way.import_id),
            submission_id: Set(way.submission),
            recorded_by: Set(if way.is_strangers() { None } else { Some(permit.person()?) }),
            recorded_at: Set(now),
        });
    }
    let known = [conversion::Column::BrandId, conversion::Column::Source, conversion::Column::ExternalId];
    let skip = OnConflict::columns(known).do_nothing().to_owned();
    let mut written = Vec::with_capacity(rows.len());
    // PostgreSQL takes 65,535 values at a time.
    for part in rows.chunks(4000) {
        let insert = conversion::Entity::insert_many(part.to_vec()).on_conflict(skip.clone());
        written.extend(insert.exec_with_returning(permit.tx()).await?);
    }
    let inserted = written.into_iter().filter_map(|row| {
        let (id, conversion) = firsts.get_key_value(row.external_id.as_str())?;
        Some((*id, (*conversion, row)))
    });
    Ok(inserted.collect())
}

/// Writes the touches of what was written, the earliest first.
async fn touch(permit: Permit<'_>, inserted: &Inserted<'_>, links: &HashMap<String, Uuid>) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (conversion, row) in inserted.values() {
        for (touch, position) in conversion.touches.iter().zip(1_i16..) {
            let link_id = *links.get(&touch.code).ok_or_else(|| Fault::broken("a touch without its link"))?;
            rows.push(conversion_touch::ActiveModel {
                brand_id: Set(permit.brand_id),
                conversion_id: Set(row.id),
                position: Set(position),
                link_id: Set(link_id),
                touched_at: Set(touch.at),
            });
        }
    }
    for part in rows.chunks(10_000) {
        conversion_touch::Entity::insert_many(part.to_vec()).exec_without_returning(permit.tx()).await?;
    }
    Ok(())
}

/// What came of each, in the order of the batch.
async fn outcomes(
    permit: Permit<'_>,
    source: &str,
    (conversions, complaints): (&[NewConversion], Vec<Vec<UserError>>),
    mut inserted: Inserted<'_>,
) -> Result<Vec<Outcome>, Failure> {
    let others: HashSet<&str> = conversions.iter().map(|one| one.external_id.as_str()).collect();
    let mut known: HashMap<String, conversion::Model> = HashMap::new();
    if inserted.len() < conversions.len() {
        let rows = conversion::Entity::find()
            .filter(conversion::Column::BrandId.eq(permit.brand_id))
            .filter(conversion::Column::Source.eq(source))
            .filter(conversion::Column::ExternalId.is_in(others))
            .all(permit.tx())
            .await?;
        known = rows.into_iter().map(|row| (row.external_id.clone(), row)).collect();
    }
    let outcome = |(conversion, wrong): (&NewConversion, Vec<UserError>)| -> Result<Outcome, Failure> {
        let id = conversion.external_id.as_str();
        if !wrong.is_empty() {
            return Ok(Outcome::Refused(wrong));
        }
        if let Some((_, row)) = inserted.remove(id) {
            return Ok(Outcome::Recorded(Box::new(row)));
        }
        let row = known.get(id).ok_or_else(|| Fault::broken("a conversion that is neither new nor known"))?;
        if row.digest == conversion.digest() {
            return Ok(Outcome::Known(Box::new(row.clone())));
        }
        let differs = UserError::at(Code::ConversionDiffers, "id").text("source", source.to_owned());
        Ok(Outcome::Refused(vec![differs.text("id", id.to_owned())]))
    };
    conversions.iter().zip(complaints).map(outcome).collect()
}
