//! Accepting hours at the rate of their day, and sending them back.

use diwan_entity::InBrand as _;
use diwan_entity::payments::time_entry::{self, TimeEntryState};
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::hours::{not_there, wrong_state};
use super::withhold::fee_of;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most hours that are accepted at a time.
pub(super) const MOST: usize = 100;

/// The rate that holds for hours.
#[derive(FromQueryResult)]
struct Rated {
    entry_id: Uuid,
    rate_id: Uuid,
    minor_per_hour: i64,
    currency: String,
}

/// That a list of hours is neither empty nor too long, and names none twice.
pub(super) fn check_list(wrong: &mut Complaints, ids: &[Uuid]) {
    if ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "timeEntryIds"));
    }
    if ids.len() > MOST {
        let error = UserError::at(Code::TooMany, "timeEntryIds").number("limit", MOST);
        wrong.add(error.number("actual", ids.len()));
        return;
    }
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            wrong.add(UserError::at(Code::AlreadyExists, &format!("timeEntryIds.{index}")));
        }
    }
}

/// Hours of a brand, locked in the order of their ids, and answered in the order in which they were named.
pub(super) async fn lock_entries(
    context: &Context,
    brand_id: Uuid,
    ids: &[Uuid],
) -> Result<Vec<time_entry::Model>, Failure> {
    let select = time_entry::Entity::in_brand(brand_id)
        .filter(time_entry::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(time_entry::Column::Id)
        .lock_exclusive();
    let mut rows = context.all(select).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    let mut wrong = Complaints::default();
    for (index, id) in ids.iter().enumerate() {
        if rows.iter().all(|row| row.id != *id) {
            wrong.add(UserError::at(Code::NotFound, &format!("timeEntryIds.{index}")));
        }
    }
    wrong.check()?;
    Ok(rows)
}

/// The rate of each of these hours: the newest of the person and the contract that begins on their day or before.
async fn rates_of(permit: Permit<'_>, ids: &[Uuid]) -> Result<Vec<Rated>, Failure> {
    let sql = "select t.id as entry_id, r.id as rate_id, r.minor_per_hour, r.currency
      from time_entry t cross join lateral (
        select r.* from work_rate r
        where r.brand_id = t.brand_id and r.person_id = t.person_id and r.contract_id is not distinct from t.contract_id
          and r.starts_on <= t.worked_on
        order by r.starts_on desc, r.id desc limit 1
      ) r
      where t.brand_id = $1 and t.id = any ($2)";
    Ok(db::all(permit.tx(), sql, [permit.brand_id.into(), ids.to_vec().into()]).await?)
}

/// Accepts hours of a brand, all or none, at the rate of their day. Nobody accepts their own, nor what they wrote
/// for somebody else. The number of statements does not grow with
/// theirs.
pub async fn accept_hours(context: &Context, brand_id: Uuid, ids: &[Uuid]) -> Result<Vec<time_entry::Model>, Failure> {
    let permit = context.permit(Action::HoursDecide, brand_id).await?;
    let me = permit.person()?;
    let mut wrong = Complaints::default();
    check_list(&mut wrong, ids);
    wrong.check()?;
    let rows = lock_entries(context, brand_id, ids).await?;
    let rates = rates_of(permit, ids).await?;
    let mut wrong = Complaints::default();
    let (mut rate_ids, mut fees, mut currencies) = (Vec::new(), Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        let at = format!("timeEntryIds.{index}");
        if row.state != TimeEntryState::Submitted {
            wrong.add(UserError::at(Code::WrongState, &at).text("state", row.state.to_value()));
        }
        if row.person_id == me || row.said_by == me {
            wrong.add(UserError::at(Code::FourEyes, &at));
        }
        let rate = rates.iter().find(|rate| rate.entry_id == row.id);
        let reckoned = rate.and_then(|rate| Some((rate, fee_of(row.minutes, rate.minor_per_hour)?)));
        match reckoned {
            Some((rate, fee)) => {
                rate_ids.push(rate.rate_id);
                fees.push(fee);
                currencies.push(rate.currency.clone());
            }
            None => {
                wrong.add(UserError::at(Code::WorkRateMissing, &at).text("day", row.worked_on.to_string()));
            }
        }
    }
    wrong.check()?;
    let sql =
        "update time_entry t set state = 'ACCEPTED', rate_id = n.rate_id, fee_minor = n.fee, currency = n.currency,
        decided_by = $6, decided_at = $7, updated_at = $7, version = t.version + 1
      from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[]) n (id, rate_id, fee, currency)
      where t.brand_id = $1 and t.id = n.id";
    let values = [
        brand_id.into(),
        ids.to_vec().into(),
        rate_ids.into(),
        fees.into(),
        currencies.into(),
        me.into(),
        context.now.into(),
    ];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    let accepted = ids.iter().map(|id| (permit, *id, json!({})));
    trust::record_many(permit, context.now, "hours.accept", accepted).await?;
    lock_entries(context, brand_id, ids).await
}

/// Sends hours back, with the reason.
pub async fn send_hours_back(
    context: &Context,
    entry_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<time_entry::Model, Failure> {
    let seen = context.one(time_entry::Entity::visible([entry_id])).await?.ok_or_else(not_there)?;
    if !super::hours::reads_all(context, seen.brand_id) && context.signed_in()?.user_id != seen.person_id {
        return Err(not_there().into());
    }
    let permit = context.permit(Action::HoursDecide, seen.brand_id).await?;
    let row = context.one(time_entry::Entity::visible([entry_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state != TimeEntryState::Submitted {
        wrong.add(wrong_state(&row));
    }
    if reason.trim().is_empty() {
        wrong.add(UserError::at(Code::ReasonRequired, "reason"));
    } else {
        wrong.text("reason", reason, 2000);
    }
    wrong.check()?;
    let (version, me) = (row.version + 1, permit.person()?);
    let changed = time_entry::ActiveModel {
        state: Set(TimeEntryState::SentBack),
        reason: Set(reason.trim().to_owned()),
        decided_by: Set(Some(me)),
        decided_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "hours.send_back", row.id, json!({})).await?;
    Ok(row)
}
