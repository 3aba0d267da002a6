//! The agency as the API shows it, and its settings.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use diwan_domain::calendar;
use diwan_domain::publishing;
use diwan_domain::tenancy::{self, AgencyChange, Opening, SecurityChange};
use diwan_domain::trust;
use diwan_entity::tenancy::agency;

use super::types::{CalendarSystem, Locale, WeekStart};
use crate::graphql::calendar::SpecialDay;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::PublishingPause;
use crate::graphql::scalars::Kind;
use crate::graphql::trust::{Job, JobState};

/// The organisation that runs this installation.
pub struct Agency {
    pub op: Op,
    pub row: agency::Model,
}

/// The organisation that runs this installation.
#[Object]
impl Agency {
    /// The agency's id.
    pub async fn id(&self) -> ID {
        Kind::Agency.id(self.row.id)
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Its language.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// IANA time zone.
    async fn time_zone(&self) -> &str {
        &self.row.time_zone
    }
    /// ISO 4217 code.
    async fn base_currency(&self) -> &str {
        &self.row.base_currency
    }
    /// The day on which a week begins.
    async fn week_start(&self) -> WeekStart {
        self.row.week_start.into()
    }
    /// The calendar in which dates are read.
    async fn calendar_system(&self) -> CalendarSystem {
        self.row.calendar_system.into()
    }
    /// The special days of the agency, which stand in every brand's calendar; in the order in which they were written, up to
    /// 500.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn special_days(&self) -> Result<Vec<SpecialDay>> {
        let rows = self.op.query(calendar::special_days(&self.op, None).await)?;
        Ok(rows.into_iter().map(|row| SpecialDay { op: self.op.clone(), row }).collect())
    }
    /// When somebody is there, in the order of the week.
    async fn business_hours(&self) -> Result<Vec<BusinessHours>> {
        business_hours(&self.op, &self.row.business_hours)
    }
    /// Work that is no single brand's, newest first: letters, and the end of brands. For a CMO.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn jobs(
        &self,
        #[graphql(desc = "Only in these states; in any when left out.")] states: Option<Vec<JobState>>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Job>> {
        let page = Window { first, after, last, before }.page()?;
        let states = states.unwrap_or_default().into_iter().map(Into::into).collect();
        let slice = self.op.query(trust::agency_jobs(&self.op, states, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Job { op: self.op.clone(), row }))
    }
    /// What holds the whole agency's publishing back now, if it is. For the agency's staff; others see none.
    async fn publishing_pause(&self) -> Result<Option<PublishingPause>> {
        let row = self.op.query(publishing::agency_pause(&self.op).await)?;
        Ok(row.map(|row| PublishingPause { op: self.op.clone(), row }))
    }
    /// How long an archived brand waits between the order to delete it and its end, in days.
    async fn deletion_grace_days(&self) -> i32 {
        self.row.deletion_grace_days
    }
    /// Whether everybody needs a second factor to sign in.
    async fn require_second_factor(&self) -> bool {
        self.row.require_second_factor
    }
    /// Whether nobody approves what they wrote or asked for.
    async fn four_eyes(&self) -> bool {
        self.row.four_eyes
    }
    /// Counts the changes of the settings; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Whether whoever asks works for it.
    async fn mine(&self) -> bool {
        self.op.actor().is_some_and(|actor| actor.agency_id == self.row.id)
    }
}

/// A time on a day of the week during which somebody is there.
#[derive(SimpleObject)]
pub struct BusinessHours {
    /// 1 is Monday, 7 is Sunday.
    day: i32,
    /// Minutes after midnight, 0 to 1439, in the time zone of whose hours they are.
    from: i32,
    /// Minutes after midnight, later than `from`, up to 1440.
    to: i32,
}

/// Business hours as they are kept.
pub fn business_hours(op: &Op, kept: &serde_json::Value) -> Result<Vec<BusinessHours>> {
    let openings = op.query(tenancy::openings(kept).map_err(Into::into))?;
    Ok(openings.into_iter().map(|Opening { day, from, to }| BusinessHours { day, from, to }).collect())
}

/// A time on a day of the week during which somebody is there.
#[derive(InputObject)]
pub struct BusinessHoursInput {
    /// 1 is Monday, 7 is Sunday.
    day: i32,
    /// Minutes after midnight, 0 to 1439.
    from: i32,
    /// Minutes after midnight, later than `from`, up to 1440. The hours of one day do not overlap.
    to: i32,
}

/// Business hours as the domain has them.
pub fn to_openings(hours: Vec<BusinessHoursInput>) -> Vec<Opening> {
    hours.into_iter().map(|BusinessHoursInput { day, from, to }| Opening { day, from, to }).collect()
}

/// What was said of a value that can be taken away: nothing, to take it away, or the value.
#[expect(clippy::option_option, reason = "unsaid, taken away, and given are three things")]
pub fn said<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// A change of the agency's settings. What is left out stays.
#[derive(InputObject)]
struct UpdateAgencyInput {
    /// The version from which the change started.
    version: i32,
    /// Its name, 1 to 200 characters.
    name: Option<String>,
    /// Its language, and every new brand's.
    locale: Option<Locale>,
    /// IANA time zone, such as `Europe/Athens`.
    time_zone: Option<String>,
    /// ISO 4217 code, such as `EUR`.
    base_currency: Option<String>,
    /// The day on which a week begins.
    week_start: Option<WeekStart>,
    /// The calendar in which dates are read.
    calendar_system: Option<CalendarSystem>,
    /// When somebody is there: the whole of it, up to 70 entries.
    business_hours: Option<Vec<BusinessHoursInput>>,
    /// How long an archived brand waits between the order to delete it and its end, 1 to 365 days.
    deletion_grace_days: Option<i32>,
}

/// A change of what binds everybody. What is left out stays.
#[derive(InputObject)]
struct UpdateSecurityInput {
    /// The version of the agency from which the change started.
    version: i32,
    /// Whether everybody needs a second factor to sign in.
    require_second_factor: Option<bool>,
    /// Whether nobody approves what they wrote or asked for.
    four_eyes: Option<bool>,
}

/// The answer of `updateAgency` and `updateSecurity`.
#[derive(SimpleObject)]
struct AgencyPayload {
    /// The agency, when it was changed.
    agency: Option<Agency>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of the agency's settings.
#[derive(Default)]
pub struct AgencyMutation;

#[Object]
impl AgencyMutation {
    /// Changes the agency's settings. For the CMO.
    async fn update_agency(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateAgencyInput,
    ) -> Result<AgencyPayload> {
        let op = Op::of(ctx)?;
        let change = AgencyChange {
            version: input.version,
            name: input.name,
            locale: input.locale.map(Into::into),
            time_zone: input.time_zone,
            base_currency: input.base_currency,
            week_start: input.week_start.map(Into::into),
            calendar_system: input.calendar_system.map(Into::into),
            business_hours: input.business_hours.map(to_openings),
            deletion_grace_days: input.deletion_grace_days,
        };
        let (row, user_errors) = op.command(async |context| tenancy::update_agency(context, change).await).await?;
        Ok(AgencyPayload { agency: row.map(|row| Agency { op: op.clone(), row }), user_errors })
    }

    /// Changes how people sign in and whether four eyes are needed. For the CMO; what it was before stands on the audit
    /// trail.
    async fn update_security(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateSecurityInput,
    ) -> Result<AgencyPayload> {
        let op = Op::of(ctx)?;
        let UpdateSecurityInput { version, require_second_factor, four_eyes } = input;
        let change = SecurityChange { version, require_second_factor, four_eyes };
        let (row, user_errors) = op.command(async |context| tenancy::update_security(context, change).await).await?;
        Ok(AgencyPayload { agency: row.map(|row| Agency { op: op.clone(), row }), user_errors })
    }
}
