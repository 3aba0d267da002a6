//! Days that matter, and dates in four calendars.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::calendar::{self as domain, DayRule};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::special_day;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::plain::plain_object;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, CalendarSystem};

/// A date as one of the calendars counts it.
#[derive(SimpleObject)]
pub struct LocalDate {
    /// Whose count it is.
    system: CalendarSystem,
    /// The year.
    year: i32,
    /// The month's place in its year, from 1; up to 13 in a Hebrew leap year.
    month: i32,
    /// The month's name by the calendar's own count: `M01` to `M12`; a leap month has the number of the month before it and an
    /// `L`, so that Adar I is `M05L`, and `M06` is Adar or Adar II.
    month_code: String,
    /// The day of the month, from 1.
    day: i32,
}

impl LocalDate {
    /// As the API shows it.
    pub fn new(date: domain::LocalDate) -> Self {
        Self {
            system: date.system.into(),
            year: date.year,
            month: date.month.into(),
            month_code: date.month_code,
            day: date.day.into(),
        }
    }
}

/// A special day on a day of a view.
#[derive(SimpleObject)]
pub struct SpecialDayOccurrence {
    /// Which; a `SpecialDay`.
    special_day_id: ID,
    /// What it is called.
    name: String,
    /// The Gregorian date on which it falls.
    date: NaiveDate,
    /// The same day as its own calendar counts it.
    local: LocalDate,
    /// Whose it is; null for the agency's, which stand in every brand's calendar.
    brand_id: Option<ID>,
}

impl SpecialDayOccurrence {
    /// As the API shows it.
    pub fn new(found: domain::Occurrence) -> Self {
        Self {
            special_day_id: Kind::SpecialDay.id(found.row.id),
            date: found.date,
            local: LocalDate::new(found.local),
            brand_id: found.row.brand_id.map(|id| Kind::Brand.id(id)),
            name: found.row.name,
        }
    }
}

plain_object!(LocalDate {
    "system" => system, "year" => year, "month" => month, "monthCode" => month_code, "day" => day,
});
plain_object!(SpecialDayOccurrence {
    "specialDayId" => special_day_id, "name" => name, "date" => date, "local" => local, "brandId" => brand_id,
});

/// A day that matters to the agency, in all its brands, or to one brand.
pub struct SpecialDay {
    pub op: Op,
    pub row: special_day::Model,
}

/// A day that matters to the agency, in all its brands, or to one brand.
#[Object]
impl SpecialDay {
    /// The special day's id.
    pub async fn id(&self) -> ID {
        Kind::SpecialDay.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// The calendar in which it is counted.
    async fn calendar_system(&self) -> CalendarSystem {
        self.row.system.into()
    }
    /// Only in this year of that calendar; null: every year.
    async fn year(&self) -> Option<i32> {
        self.row.year
    }
    /// The month by the calendar's own count, such as `M01`.
    async fn month_code(&self) -> &str {
        &self.row.month_code
    }
    /// The day of the month. In a year whose month is shorter, it is the month's last day.
    async fn day(&self) -> i32 {
        self.row.day.into()
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand; null for the agency's.
    async fn brand(&self) -> Result<Option<Brand>> {
        let Some(id) = self.row.brand_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Brand { op: self.op.clone(), row }))
    }
}

/// A special day, as it is written. Each year lacks something: a day that its month does not have that year falls on the month's
/// last day, and Adar I, in a year without it, on Adar.
#[derive(InputObject)]
struct SpecialDayInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// The calendar in which it is counted.
    calendar_system: CalendarSystem,
    /// Only in this year of that calendar; every year unless given.
    year: Option<i32>,
    /// The month by the calendar's own count: `M01` to `M12`, or `M05L` for Adar I.
    month_code: String,
    /// The day of the month, from 1.
    day: i32,
}

/// A special day to write down.
#[derive(InputObject)]
struct CreateSpecialDayInput {
    /// Whose; the agency's, for all its brands, unless given.
    brand_id: Option<ID>,
    /// The day.
    special_day: SpecialDayInput,
}

/// A special day to write anew.
#[derive(InputObject)]
struct UpdateSpecialDayInput {
    /// Which.
    special_day_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The whole of it.
    special_day: SpecialDayInput,
}

/// A special day to strike out.
#[derive(InputObject)]
struct DeleteSpecialDayInput {
    /// Which.
    special_day_id: ID,
}

/// The answer of what writes a special day.
#[derive(SimpleObject)]
struct SpecialDayPayload {
    /// The special day, when it was written.
    special_day: Option<SpecialDay>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `deleteSpecialDay`.
#[derive(SimpleObject)]
struct DeleteSpecialDayPayload {
    /// The id that it had, when it was struck out.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

impl SpecialDayInput {
    fn into_domain(self) -> DayRule {
        DayRule {
            name: self.name,
            system: self.calendar_system.into(),
            year: self.year,
            month_code: self.month_code,
            day: self.day,
        }
    }
}

async fn of_day(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<special_day::Model, Failure>,
) -> Result<SpecialDayPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(SpecialDayPayload { special_day: row.map(|row| SpecialDay { op: op.clone(), row }), user_errors })
}

/// Mutations of special days.
#[derive(Default)]
pub struct SpecialDayMutation;

#[Object]
impl SpecialDayMutation {
    /// Writes down a special day of a brand, for MID and above; or of the agency, for DIRECTOR and above, agency-wide.
    async fn create_special_day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The special day.")] input: CreateSpecialDayInput,
    ) -> Result<SpecialDayPayload> {
        let command = async |context: &Domain| {
            let brand_id = input.brand_id.map(|id| Kind::Brand.parse(&id, "brandId")).transpose()?;
            domain::create_special_day(context, brand_id, input.special_day.into_domain()).await
        };
        of_day(Op::of(ctx)?, command).await
    }

    /// Writes a special day anew. For whoever may write it down.
    async fn update_special_day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The special day.")] input: UpdateSpecialDayInput,
    ) -> Result<SpecialDayPayload> {
        let command = async |context: &Domain| {
            let id = Kind::SpecialDay.parse(&input.special_day_id, "specialDayId")?;
            domain::update_special_day(context, id, input.version, input.special_day.into_domain()).await
        };
        of_day(Op::of(ctx)?, command).await
    }

    /// Strikes a special day out. For whoever may write it down.
    async fn delete_special_day(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which special day.")] input: DeleteSpecialDayInput,
    ) -> Result<DeleteSpecialDayPayload> {
        let command = async |context: &Domain| {
            domain::delete_special_day(context, Kind::SpecialDay.parse(&input.special_day_id, "specialDayId")?).await
        };
        let (id, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(DeleteSpecialDayPayload { deleted_id: id.map(|id| Kind::SpecialDay.id(id)), user_errors })
    }
}
