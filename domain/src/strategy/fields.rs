//! What the inputs of a strategy have in common.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use diwan_entity::InBrand;
use sea_orm::{ModelTrait, QuerySelect as _};
use uuid::Uuid;

use super::items::take_turns;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};

/// The most live things of one kind that a brand has.
pub(super) const MOST_ITEMS: usize = 500;

/// A text that may be empty, without the space around it.
pub(crate) fn maybe_text(wrong: &mut Complaints, path: &str, value: &str, max: usize) -> String {
    let value = value.trim();
    if !value.is_empty() {
        wrong.text(path, value, max);
    }
    value.to_owned()
}

/// A list of texts, each there and none twice.
pub(super) fn texts(wrong: &mut Complaints, path: &str, values: &[String], most: usize, max: usize) -> Vec<String> {
    if values.len() > most {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", most).number("actual", values.len()));
        return Vec::new();
    }
    let mut read: Vec<String> = Vec::with_capacity(values.len());
    for (place, value) in values.iter().enumerate() {
        let path = format!("{path}.{place}");
        let value = wrong.text(&path, value, max).to_owned();
        if read.contains(&value) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        }
        read.push(value);
    }
    read
}

/// A thing that is about to change, with the right to it: its row is locked when it is the caller's turn to change the
/// brand's strategy.
pub(super) async fn begin<'a, E: InBrand>(
    context: &'a Context,
    action: Action,
    id: Uuid,
    field: &str,
) -> Result<(Permit<'a>, E::Model), Failure>
where
    E::Model: ModelTrait<Entity = E> + Send,
{
    let seen = context.one(E::visible([id])).await?.ok_or_else(|| UserError::at(Code::NotFound, field))?;
    let brand_id: Uuid = seen.get(E::BRAND).unwrap();
    let permit = context.permit(action, brand_id).await?;
    take_turns(permit).await?;
    Ok((permit, lock::<E>(context, id, field).await?))
}

/// Another thing that must stay as it is meanwhile, locked; or the refusal.
pub(super) async fn lock<E: InBrand>(context: &Context, id: Uuid, field: &str) -> Result<E::Model, Failure>
where
    E::Model: Send,
{
    let select = E::visible([id]).lock_exclusive();
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, field))?)
}

/// That a thing has not been put away.
pub(super) fn live(wrong: &mut Complaints, archived_at: Option<DateTime<Utc>>, field: &str) {
    if archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, field).text("state", "ARCHIVED"));
    }
}

/// A day that the database knows.
pub(crate) fn date(wrong: &mut Complaints, path: &str, day: Option<NaiveDate>) {
    if day.is_some_and(|day| !(1..=9999).contains(&day.year())) {
        wrong.add(UserError::at(Code::Invalid, path));
    }
}
