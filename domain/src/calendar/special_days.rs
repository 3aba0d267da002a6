//! Days that matter: to the agency, for all its brands, or to one brand. A day is kept as its own calendar counts it, once or
//! every year; what falls where in years that lack it is the rule of [`super::dates`].

use chrono::NaiveDate;
use diwan_entity::calendar::special_day;
use diwan_entity::tenancy::agency::CalendarSystem;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::dates::{LocalDate, YearlyDay, local_date};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::{tenancy, trust};

/// The most special days of the agency, and the most of a brand.
const MOST: u64 = 500;

/// A special day, as it is written.
#[derive(Debug, Clone)]
pub struct DayRule {
    /// What it is called, 1 to 200 characters.
    pub name: String,
    /// Whose count it is.
    pub system: CalendarSystem,
    /// Only in this year of that calendar; every year unless given.
    pub year: Option<i32>,
    /// The month, `M01` to `M12`; `M05L` is Adar I.
    pub month_code: String,
    /// The day of the month, from 1.
    pub day: i32,
}

/// A special day on a day of a span.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// The Gregorian date.
    pub date: NaiveDate,
    /// The same day as its own calendar counts it.
    pub local: LocalDate,
    /// Which special day.
    pub row: special_day::Model,
}

impl DayRule {
    fn check(&self, wrong: &mut Complaints) -> String {
        let name = wrong.text("name", &self.name, 200).to_owned();
        match YearlyDay::new(self.system, &self.month_code, self.day) {
            None => wrong.add(UserError::at(Code::Invalid, "day")),
            Some(yearly) => {
                let there = |year: i32| (1..=9999).contains(&year) && yearly.exactly_in_year(year).is_some();
                if self.year.is_some_and(|year| !there(year)) {
                    wrong.add(UserError::at(Code::Invalid, "year"));
                }
            }
        }
        name
    }
}

/// The right to write what is the brand's, or the agency's.
async fn permit(context: &Context, brand_id: Option<Uuid>) -> Result<Permit<'_>, Failure> {
    match brand_id {
        Some(brand_id) => context.permit(Action::SpecialDayManage, brand_id).await,
        None => context.permit_agency(Action::AgencyDayManage).await,
    }
}

/// Writes down a special day of a brand, or of the agency.
pub async fn create_special_day(
    context: &Context,
    brand_id: Option<Uuid>,
    rule: DayRule,
) -> Result<special_day::Model, Failure> {
    let permit = permit(context, brand_id).await?;
    let mut wrong = Complaints::default();
    let name = rule.check(&mut wrong);
    wrong.check()?;
    let known = context.all(of(brand_id).limit(MOST)).await?.len();
    if u64::try_from(known).unwrap_or(MOST) >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).number("actual", known + 1).into());
    }
    let row = special_day::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(permit.agency_id),
        brand_id: Set(brand_id),
        name: Set(name),
        system: Set(rule.system),
        year: Set(rule.year),
        month_code: Set(rule.month_code),
        day: Set(i16::try_from(rule.day).unwrap_or_default()),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = special_day::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "special_day.create", row.id, json!({})).await?;
    Ok(row)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, special_day::Model), Failure> {
    context.signed_in()?;
    let row = context.one(special_day::Entity::find_by_id(id)).await?;
    let row = row.ok_or_else(|| UserError::at(Code::NotFound, "specialDayId"))?;
    let permit = permit(context, row.brand_id).await?;
    let locked = context.one(special_day::Entity::find_by_id(id).lock_exclusive()).await?;
    Ok((permit, locked.ok_or_else(|| UserError::at(Code::NotFound, "specialDayId"))?))
}

/// Writes a special day anew.
pub async fn update_special_day(
    context: &Context,
    id: Uuid,
    version: i32,
    rule: DayRule,
) -> Result<special_day::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let name = rule.check(&mut wrong);
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.name = Set(name);
    changed.system = Set(rule.system);
    changed.year = Set(rule.year);
    changed.month_code = Set(rule.month_code);
    changed.day = Set(i16::try_from(rule.day).unwrap_or_default());
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "special_day.update", row.id, json!({})).await?;
    Ok(row)
}

/// Strikes a special day out.
pub async fn delete_special_day(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    special_day::Entity::delete_by_id(row.id).exec(permit.tx()).await?;
    trust::record(permit, context.now, "special_day.delete", row.id, json!({})).await?;
    Ok(row.id)
}

fn of(brand_id: Option<Uuid>) -> sea_orm::Select<special_day::Entity> {
    let owner = match brand_id {
        Some(id) => special_day::Column::BrandId.eq(id),
        None => special_day::Column::BrandId.is_null(),
    };
    special_day::Entity::find().filter(owner).order_by_asc(special_day::Column::Id)
}

/// The special days of a brand, or of the agency, in the order in which they were written; there are never more than 500.
pub async fn special_days(context: &Context, brand_id: Option<Uuid>) -> Result<Vec<special_day::Model>, Failure> {
    match brand_id {
        Some(brand_id) => drop(context.permit_some(Action::BrandRead, brand_id).await?),
        None => drop(tenancy::agency(context).await?),
    }
    Ok(context.all(of(brand_id).limit(MOST)).await?)
}

/// Special days by id.
pub async fn special_days_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<special_day::Model>, Failure> {
    Ok(context.all(special_day::Entity::find().filter(special_day::Column::Id.is_in(ids.iter().copied()))).await?)
}

/// The special days of these brands and of the agency that fall on the days from one to another, in order. One statement.
pub(super) async fn occurrences(
    context: &Context,
    brand_ids: &[Uuid],
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Occurrence>, Failure> {
    let wanted =
        special_day::Column::BrandId.is_null().or(special_day::Column::BrandId.is_in(brand_ids.iter().copied()));
    let rows = context.all(special_day::Entity::find().filter(wanted).order_by_asc(special_day::Column::Id)).await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(yearly) = YearlyDay::new(row.system, &row.month_code, row.day.into()) else { continue };
        let dates: Vec<NaiveDate> = match row.year {
            Some(year) => yearly.in_year(year).into_iter().filter(|date| (first..=last).contains(date)).collect(),
            None => yearly.between(first, last).collect(),
        };
        found.extend(dates.into_iter().map(|date| Occurrence {
            date,
            local: local_date(row.system, date),
            row: row.clone(),
        }));
    }
    found.sort_by_key(|occurrence| (occurrence.date, occurrence.row.id));
    Ok(found)
}
