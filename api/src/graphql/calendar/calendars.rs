//! Mutations of calendars.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::calendar::{self as domain, CalendarChange, Look};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::calendar;
use uuid::Uuid;

use super::types::Calendar;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A calendar to make.
#[derive(InputObject)]
struct CreateCalendarInput {
    /// In which brand.
    brand_id: ID,
    /// Its name, 1 to 200 characters, unlike that of any other calendar of the brand.
    name: String,
    /// Its colour, `#rrggbb`.
    #[graphql(default_with = "Look::default().colour")]
    colour: String,
    /// Whether clients of the brand see what is approved or further on in it.
    #[graphql(default = true)]
    shared_with_client: bool,
}

/// A change of a calendar. What is left out stays.
#[derive(InputObject)]
struct UpdateCalendarInput {
    /// Which calendar.
    calendar_id: ID,
    /// The version from which the change started.
    version: i32,
    /// Its name, 1 to 200 characters, unlike that of any other calendar of the brand.
    name: Option<String>,
    /// Its colour, `#rrggbb`.
    colour: Option<String>,
}

/// A calendar to share with the client, or not to.
#[derive(InputObject)]
struct ShareCalendarInput {
    /// Which calendar.
    calendar_id: ID,
    /// Whether clients of the brand see what is approved or further on in it. What is sent to them they see in any case.
    shared: bool,
}

/// A calendar to archive.
#[derive(InputObject)]
struct ArchiveCalendarInput {
    /// Which calendar.
    calendar_id: ID,
}

/// A calendar to bring back.
#[derive(InputObject)]
struct RestoreCalendarInput {
    /// Which calendar.
    calendar_id: ID,
}

/// The answer of what changes a calendar.
#[derive(SimpleObject)]
struct CalendarPayload {
    /// The calendar, when it was changed.
    calendar: Option<Calendar>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `createCalendar`.
#[derive(SimpleObject)]
struct CreateCalendarPayload {
    /// The calendar, when it was made.
    calendar: Option<Calendar>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

fn calendar_id(id: &ID) -> Result<Uuid, Failure> {
    Kind::Calendar.parse(id, "calendarId")
}

async fn of_calendar(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<calendar::Model, Failure>,
) -> Result<CalendarPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(CalendarPayload { calendar: row.map(|row| Calendar { op: op.clone(), row }), user_errors })
}

/// Mutations of calendars.
#[derive(Default)]
pub struct CalendarsMutation;

#[Object]
impl CalendarsMutation {
    /// Makes a calendar. For MID and above.
    async fn create_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The calendar.")] input: CreateCalendarInput,
    ) -> Result<CreateCalendarPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let look = Look { colour: input.colour, shared_with_client: input.shared_with_client };
            domain::create_calendar(context, Kind::Brand.parse(&input.brand_id, "brandId")?, &input.name, look).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateCalendarPayload { calendar: row.map(|row| Calendar { op: op.clone(), row }), user_errors })
    }

    /// Changes a calendar's name and colour. For MID and above.
    async fn update_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateCalendarInput,
    ) -> Result<CalendarPayload> {
        let command = async |context: &Domain| {
            let UpdateCalendarInput { calendar_id: id, version, name, colour } = input;
            let change = CalendarChange { calendar_id: calendar_id(&id)?, version, name, colour };
            domain::update_calendar(context, change).await
        };
        of_calendar(Op::of(ctx)?, command).await
    }

    /// Lets clients see a calendar, or takes it from their sight. For SENIOR and above.
    async fn share_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The calendar, and whether it is shared.")] input: ShareCalendarInput,
    ) -> Result<CalendarPayload> {
        let command = async |context: &Domain| {
            domain::share_calendar(context, calendar_id(&input.calendar_id)?, input.shared).await
        };
        of_calendar(Op::of(ctx)?, command).await
    }

    /// Puts a calendar away: nothing new is planned in it, and what was stays to be read. Refused while posts of it are
    /// scheduled. For MID and above.
    async fn archive_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which calendar.")] input: ArchiveCalendarInput,
    ) -> Result<CalendarPayload> {
        let command =
            async |context: &Domain| domain::archive_calendar(context, calendar_id(&input.calendar_id)?).await;
        of_calendar(Op::of(ctx)?, command).await
    }

    /// Brings an archived calendar back. For MID and above.
    async fn restore_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which calendar.")] input: RestoreCalendarInput,
    ) -> Result<CalendarPayload> {
        let command =
            async |context: &Domain| domain::restore_calendar(context, calendar_id(&input.calendar_id)?).await;
        of_calendar(Op::of(ctx)?, command).await
    }
}
