//! Handing hours in.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign;
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::payments::time_entry::{self, TimeEntryState};
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, FromQueryResult, IntoActiveModel as _,
    QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Extent, Permit, Relation};
use crate::trust;

/// The most that somebody works on a day, in minutes.
const MOST_MINUTES: i32 = 24 * 60;

/// What is said of hours: the whole of it.
#[derive(Debug, Clone)]
pub struct HoursContent {
    /// On which day, by the brand's clocks; not ahead.
    pub worked_on: NaiveDate,
    /// How long, 1 to 1440.
    pub minutes: i32,
    /// At what, 1 to 2000 characters.
    pub note: String,
    /// By which contract they are paid: one of the person's own. Freelancers need it; the team has none.
    pub contract_id: Option<Uuid>,
    /// For which campaign the team's hours count.
    pub campaign_id: Option<Uuid>,
}

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "timeEntryId")
}

pub(super) fn wrong_state(row: &time_entry::Model) -> UserError {
    UserError::at(Code::WrongState, "timeEntryId").text("state", row.state.to_value())
}

/// Whether the caller reads the hours of everybody.
pub(super) fn reads_all(context: &Context, brand_id: Uuid) -> bool {
    context.extent(Action::HoursRead, brand_id) == Some(Extent::Any)
}

/// How the caller stands to hours of this person.
fn relation_to(context: &Context, person_id: Uuid) -> Result<Relation, Failure> {
    Ok(Relation { own: context.signed_in()?.user_id == person_id, assigned: false })
}

#[derive(FromQueryResult)]
struct Person {
    kind: String,
    today: NaiveDate,
}

impl HoursContent {
    async fn check(
        &self,
        context: &Context,
        permit: Permit<'_>,
        person_id: Uuid,
        wrong: &mut Complaints,
    ) -> Result<(), Failure> {
        let sql = "select h.kind, ($2::timestamptz at time zone b.time_zone)::date as today
          from app.brand_people($1, $2) h join brand b on b.id = $1 where h.user_id = $3 and h.kind in ('STAFF', 'FREELANCER')";
        let values = [permit.brand_id.into(), context.now.into(), person_id.into()];
        let person: Option<Person> = db::one(permit.tx(), sql, values).await?;
        wrong.text("hours.note", &self.note, 2000);
        if !(1..=MOST_MINUTES).contains(&self.minutes) {
            wrong.add(UserError::at(Code::Invalid, "hours.minutes"));
        }
        let Some(person) = person else {
            wrong.add(UserError::at(Code::NotFound, "personId"));
            return Ok(());
        };
        let long_ago = self.worked_on < NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
        if self.worked_on > person.today || long_ago {
            wrong.add(UserError::at(Code::Invalid, "hours.workedOn"));
        }
        if let Some(id) = self.contract_id {
            let found = context.one(contract::Entity::one_in_brand(permit.brand_id, id)).await?;
            match found.filter(|contract| contract.person_id == Some(person_id)) {
                None => wrong.add(UserError::at(Code::NotFound, "hours.contractId")),
                Some(contract) if !matches!(contract.state, ContractState::Signed | ContractState::Active) => {
                    let error = UserError::at(Code::WrongState, "hours.contractId");
                    wrong.add(error.text("state", contract.state.to_value()));
                }
                Some(_) => {}
            }
        } else if person.kind == "FREELANCER" {
            wrong.add(UserError::at(Code::Invalid, "hours.contractId"));
        }
        if let Some(id) = self.campaign_id {
            let there = context.one(campaign::Entity::one_in_brand(permit.brand_id, id)).await?.is_some();
            if self.contract_id.is_some() {
                // Those of a contract count for its campaign.
                wrong.add(UserError::at(Code::Invalid, "hours.campaignId"));
            } else if !there {
                wrong.add(UserError::at(Code::NotFound, "hours.campaignId"));
            }
        }
        Ok(())
    }

    fn said(self, row: time_entry::ActiveModel, by: Uuid) -> time_entry::ActiveModel {
        time_entry::ActiveModel {
            said_by: Set(by),
            worked_on: Set(self.worked_on),
            minutes: Set(self.minutes),
            note: Set(self.note.trim().to_owned()),
            contract_id: Set(self.contract_id),
            campaign_id: Set(self.campaign_id),
            state: Set(TimeEntryState::Submitted),
            decided_by: Set(None),
            decided_at: Set(None),
            reason: Set(String::new()),
            ..row
        }
    }
}

/// Hands hours in: one's own or, for MID and above, of anybody who works for the brand.
pub async fn log_hours(
    context: &Context,
    brand_id: Uuid,
    person_id: Uuid,
    content: HoursContent,
) -> Result<time_entry::Model, Failure> {
    let permit = context.permit_on(Action::HoursWrite, brand_id, relation_to(context, person_id)?).await?;
    let mut wrong = Complaints::default();
    content.check(context, permit, person_id, &mut wrong).await?;
    wrong.check()?;
    let me = permit.person()?;
    let row = time_entry::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        person_id: Set(person_id),
        created_by: Set(me),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..content.said(time_entry::ActiveModel { ..Default::default() }, me)
    };
    let row = time_entry::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "hours.log", row.id, json!({ "minutes": row.minutes })).await?;
    Ok(row)
}

/// Hours with the right to write them, that nobody has accepted; their row is locked. What the caller may not read is not there.
async fn begin<'a>(
    context: &'a Context,
    (entry_id, version): (Uuid, i32),
    wrong: &mut Complaints,
) -> Result<(Permit<'a>, time_entry::Model), Failure> {
    let seen = context.one(time_entry::Entity::visible([entry_id])).await?.ok_or_else(not_there)?;
    let relation = relation_to(context, seen.person_id)?;
    if !context.extent(Action::HoursRead, seen.brand_id).is_some_and(|extent| extent.covers(relation)) {
        return Err(not_there().into());
    }
    let permit = context.permit_on(Action::HoursWrite, seen.brand_id, relation).await?;
    let row = context.one(time_entry::Entity::visible([entry_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    wrong.version(row.version, version);
    if !matches!(row.state, TimeEntryState::Submitted | TimeEntryState::SentBack) {
        wrong.add(wrong_state(&row));
    }
    Ok((permit, row))
}

/// Says hours anew that nobody has accepted: the whole of it. What was sent back is handed in again by that.
pub async fn update_hours(
    context: &Context,
    entry_id: Uuid,
    version: i32,
    content: HoursContent,
) -> Result<time_entry::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (entry_id, version), &mut wrong).await?;
    content.check(context, permit, row.person_id, &mut wrong).await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = content.said(row.into_active_model(), permit.person()?);
    let changed = time_entry::ActiveModel { updated_at: Set(context.now), version: Set(version), ..changed };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "hours.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Takes hours back that nobody has accepted.
pub async fn withdraw_hours(context: &Context, entry_id: Uuid, version: i32) -> Result<time_entry::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (entry_id, version), &mut wrong).await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = time_entry::ActiveModel {
        state: Set(TimeEntryState::Withdrawn),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "hours.withdraw", row.id, json!({})).await?;
    Ok(row)
}
