//! Writing slots down. A change holds for the days that nobody has taken: what is planned stays where it is.

use chrono::{NaiveDate, NaiveTime};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{calendar, evergreen_queue, slot};
use diwan_entity::publishing::social_account;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::rule::{Recurrence, RuleInput};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most slots of a brand.
const MOST: u64 = 300;

/// When a slot is.
#[derive(Debug, Clone)]
pub struct SlotRule {
    /// On which days.
    pub days: RuleInput,
    /// The local time, to the minute.
    pub time: NaiveTime,
    /// From this day on.
    pub starts_on: NaiveDate,
    /// The last day; without an end unless given.
    pub ends_on: Option<NaiveDate>,
}

/// A slot to make.
#[derive(Debug, Clone)]
pub struct NewSlot {
    /// In which brand.
    pub brand_id: Uuid,
    /// For posts of this calendar.
    pub calendar_id: Option<Uuid>,
    /// For posts to this account. With a calendar, both must fit.
    pub social_account_id: Option<Uuid>,
    /// Only for this evergreen queue.
    pub queue_id: Option<Uuid>,
    /// When.
    pub rule: SlotRule,
}

impl From<&slot::Model> for Recurrence {
    fn from(row: &slot::Model) -> Self {
        Self { rule: row.rule.clone(), at: row.at_time, starts_on: row.starts_on, ends_on: row.ends_on }
    }
}

impl SlotRule {
    pub(crate) fn check(&self, wrong: &mut Complaints, prefix: &str) -> Recurrence {
        Recurrence::of_input(wrong, prefix, &self.days, self.time, (self.starts_on, self.ends_on))
    }
}

/// Makes a slot.
pub async fn create_slot(context: &Context, new: NewSlot) -> Result<slot::Model, Failure> {
    let permit = context.permit(Action::SlotManage, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let rule = new.rule.check(&mut wrong, "rule");
    if new.calendar_id.is_none() && new.social_account_id.is_none() {
        wrong.add(UserError::at(Code::Invalid, "calendarId"));
    }
    if let Some(id) = new.calendar_id {
        match context.one(calendar::Entity::one_in_brand(new.brand_id, id)).await? {
            None => wrong.add(UserError::at(Code::NotFound, "calendarId")),
            Some(row) if row.archived_at.is_some() => {
                wrong.add(UserError::at(Code::WrongState, "calendarId").text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
    }
    if let Some(id) = new.social_account_id
        && context.one(social_account::Entity::one_in_brand(new.brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "socialAccountId"));
    }
    if let Some(id) = new.queue_id
        && context.one(evergreen_queue::Entity::one_in_brand(new.brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "queueId"));
    }
    wrong.check()?;
    let known = slot::Entity::in_brand(new.brand_id).count(permit.tx()).await?;
    if known >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", known + 1).into());
    }
    let row = slot::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        calendar_id: Set(new.calendar_id),
        social_account_id: Set(new.social_account_id),
        queue_id: Set(new.queue_id),
        rule: Set(rule.rule),
        at_time: Set(rule.at),
        starts_on: Set(rule.starts_on),
        ends_on: Set(rule.ends_on),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = slot::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    changed(context, permit, "slot.create", &row).await?;
    Ok(row)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, slot::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "slotId");
    let row = context.one(slot::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::SlotManage, row.brand_id).await?;
    let row = context.one(slot::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Writes anew when a slot is.
pub async fn update_slot(context: &Context, id: Uuid, version: i32, rule: SlotRule) -> Result<slot::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let rule = rule.check(&mut wrong, "rule");
    wrong.check()?;
    let mut change = row.into_active_model();
    change.rule = Set(rule.rule);
    change.at_time = Set(rule.at);
    change.starts_on = Set(rule.starts_on);
    change.ends_on = Set(rule.ends_on);
    change.version = Set(version + 1);
    let row = change.update(permit.tx()).await?;
    changed(context, permit, "slot.update", &row).await?;
    Ok(row)
}

/// Strikes a slot out. The posts in it keep their times.
pub async fn delete_slot(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    slot::Entity::delete_many()
        .filter(slot::Column::BrandId.eq(row.brand_id))
        .filter(slot::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "slot.delete", row.id, json!({})).await?;
    Ok(row.id)
}

/// Writes the trail; the queue that the slot is for looks at it anew.
async fn changed(context: &Context, permit: Permit<'_>, what: &str, row: &slot::Model) -> Result<(), Failure> {
    if let Some(queue_id) = row.queue_id {
        crate::calendar::series::fill_soon(context, permit, queue_id).await?;
    }
    let detail = json!({ "rule": row.rule, "time": row.at_time.format("%R").to_string() });
    Ok(trust::record(permit, context.now, what, row.id, detail).await?)
}

/// The slots of a brand, in the order in which they were written; there are never more than 300.
pub async fn slots(context: &Context, brand_id: Uuid) -> Result<Vec<slot::Model>, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    Ok(context.all(slot::Entity::in_brand(brand_id).order_by_asc(slot::Column::Id)).await?)
}

/// Slots by id.
pub async fn slots_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<slot::Model>, Failure> {
    Ok(context.all(slot::Entity::visible(ids.iter().copied())).await?)
}
