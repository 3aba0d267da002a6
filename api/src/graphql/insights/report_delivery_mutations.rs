//! Sharing reports, and scheduling them.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveTime, Utc, Weekday};
use diwan_domain::insights::{self as domain, NewShare, ScheduleRule, TemplateChoice};
use diwan_domain::{Code, Context as Domain, Failure, UserError};

use super::report_delivery::{ReportCadence, ReportSchedule, ReportShare};
use super::report_templates::ReportAudience;
use super::reports::ReportFormat;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::Locale;

/// A link that is wanted.
#[derive(InputObject)]
struct ShareReportInput {
    /// Which report: one that is `READY`.
    report_id: ID,
    /// Until when it is good; at most a year from now.
    expires_at: DateTime<Utc>,
    /// The language of the page around the report; the report's own unless given.
    language: Option<Locale>,
}

/// The answer of `shareReport`.
#[derive(SimpleObject)]
struct ShareReportPayload {
    /// The link, when it was made.
    share: Option<ReportShare>,
    /// Its address, shown this once: whoever has it reads the report and fetches its files.
    url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A link to end.
#[derive(InputObject)]
struct RevokeReportShareInput {
    /// Which.
    share_id: ID,
}

/// The answer of `revokeReportShare`.
#[derive(SimpleObject)]
struct RevokeReportSharePayload {
    /// The link; it opens nothing any more.
    share: Option<ReportShare>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A schedule, as it is written.
#[derive(InputObject)]
struct ReportScheduleInput {
    /// What it is called, 1 to 200 characters: the subject of its letters.
    name: String,
    /// A template of the brand. This or `builtIn`.
    template_id: Option<ID>,
    /// The built-in template for these readers. This or `templateId`.
    built_in: Option<ReportAudience>,
    /// How often.
    cadence: ReportCadence,
    /// The day of the week, 1 is Monday and 7 is Sunday: of weekly ones, and of these alone.
    weekday: Option<i32>,
    /// The day of the month, or of the first month of a quarter, 1 to 31: of all others. A shorter month has its last day.
    month_day: Option<i32>,
    /// The local time in the brand's time zone, such as `09:00`. A time that a change of the clocks skips is as much later; one that they
    /// repeat is the earlier of the two.
    time: String,
    /// The formats in which the report is made, each once.
    formats: Vec<ReportFormat>,
    /// Addresses outside. With the members, 1 to 20.
    #[graphql(default)]
    emails: Vec<String>,
    /// People of the brand.
    #[graphql(default)]
    member_ids: Vec<ID>,
    /// The language of the report and its letters; the brand's unless given.
    language: Option<Locale>,
}

impl ReportScheduleInput {
    fn into_domain(self) -> Result<ScheduleRule, Failure> {
        let invalid = |field: &str| UserError::at(Code::Invalid, &format!("schedule.{field}"));
        let template = match (self.template_id, self.built_in) {
            (Some(id), None) => TemplateChoice::Own(Kind::ReportTemplate.parse(&id, "schedule.templateId")?),
            (None, Some(audience)) => TemplateChoice::BuiltIn(audience.into()),
            _ => return Err(invalid("templateId").into()),
        };
        let weekday = |number: i32| {
            let day = u8::try_from(number - 1).ok().and_then(|day| Weekday::try_from(day).ok());
            day.ok_or_else(|| invalid("weekday"))
        };
        let members = self.member_ids.iter().map(|id| Kind::User.parse(id, "schedule.memberIds"));
        Ok(ScheduleRule {
            name: self.name,
            template,
            cadence: self.cadence.into(),
            weekday: self.weekday.map(weekday).transpose()?,
            month_day: self.month_day,
            time: NaiveTime::parse_from_str(&self.time, "%H:%M").map_err(|_| invalid("time"))?,
            formats: self.formats.into_iter().map(Into::into).collect(),
            emails: self.emails,
            member_ids: members.collect::<Result<_, _>>()?,
            locale: self.language.map(Into::into),
        })
    }
}

/// A schedule to make.
#[derive(InputObject)]
struct CreateReportScheduleInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    schedule: ReportScheduleInput,
}

/// The answer of `createReportSchedule`.
#[derive(SimpleObject)]
struct CreateReportSchedulePayload {
    /// The schedule, when it was made.
    schedule: Option<ReportSchedule>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A schedule to write anew.
#[derive(InputObject)]
struct UpdateReportScheduleInput {
    /// Which.
    schedule_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on, all of it.
    schedule: ReportScheduleInput,
}

/// The answer of `updateReportSchedule`.
#[derive(SimpleObject)]
struct UpdateReportSchedulePayload {
    /// The schedule, when it was changed.
    schedule: Option<ReportSchedule>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A schedule to pause or to let go on.
#[derive(InputObject)]
struct PauseReportScheduleInput {
    /// Which.
    schedule_id: ID,
    /// The version from which the change started.
    version: i32,
    /// Whether it is paused from now on; otherwise it goes on, in the caller's name.
    paused: bool,
}

/// The answer of `pauseReportSchedule`.
#[derive(SimpleObject)]
struct PauseReportSchedulePayload {
    /// The schedule, as it is now.
    schedule: Option<ReportSchedule>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A schedule to strike out.
#[derive(InputObject)]
struct DeleteReportScheduleInput {
    /// Which.
    schedule_id: ID,
}

/// The answer of `deleteReportSchedule`.
#[derive(SimpleObject)]
struct DeleteReportSchedulePayload {
    /// The id of what was struck out.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of shared and scheduled reports.
#[derive(Default)]
pub struct ReportDeliveryMutation;

#[Object]
impl ReportDeliveryMutation {
    /// Makes a link by which whoever has it reads a report without signing in, and fetches its files. For MID and above; of reports
    /// for the team or for those who lead it for SENIOR and above.
    async fn share_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: ShareReportInput,
    ) -> Result<ShareReportPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let report_id = Kind::Report.parse(&input.report_id, "reportId")?;
            let locale = input.language.map(Into::into);
            domain::share_report(context, NewShare { report_id, expires_at: input.expires_at, locale }).await
        };
        let (made, user_errors) = op.command(command).await?;
        let (row, url) = made.unzip();
        let share = row.map(|row| ReportShare { op: op.clone(), row });
        Ok(ShareReportPayload { share, url: url.map(|url| url.to_string()), user_errors })
    }

    /// Ends a link to a report. For whoever may make it.
    async fn revoke_report_share(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: RevokeReportShareInput,
    ) -> Result<RevokeReportSharePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::ReportShare.parse(&input.share_id, "shareId")?;
            domain::revoke_report_share(context, id).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RevokeReportSharePayload { share: row.map(|row| ReportShare { op: op.clone(), row }), user_errors })
    }

    /// Has a report made and sent again and again. For MID and above; of reports for the team or for those who lead it for SENIOR and
    /// above, since its letters carry links.
    async fn create_report_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule.")] input: CreateReportScheduleInput,
    ) -> Result<CreateReportSchedulePayload> {
        let op = Op::of(ctx)?;
        let CreateReportScheduleInput { brand_id, schedule } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            domain::create_report_schedule(context, brand_id, schedule.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateReportSchedulePayload { schedule: row.map(|row| ReportSchedule { op: op.clone(), row }), user_errors })
    }

    /// Writes a schedule anew; it runs in the caller's name from then on. Whoever may make it.
    async fn update_report_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule and what it says.")] input: UpdateReportScheduleInput,
    ) -> Result<UpdateReportSchedulePayload> {
        let op = Op::of(ctx)?;
        let UpdateReportScheduleInput { schedule_id, version, schedule } = input;
        let command = async |context: &Domain| {
            let id = Kind::ReportSchedule.parse(&schedule_id, "scheduleId")?;
            domain::update_report_schedule(context, id, version, schedule.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateReportSchedulePayload { schedule: row.map(|row| ReportSchedule { op: op.clone(), row }), user_errors })
    }

    /// Pauses a schedule, or lets it go on; what came due meanwhile is not made up for. Whoever may make it.
    async fn pause_report_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule.")] input: PauseReportScheduleInput,
    ) -> Result<PauseReportSchedulePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::ReportSchedule.parse(&input.schedule_id, "scheduleId")?;
            domain::pause_report_schedule(context, id, input.version, input.paused).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(PauseReportSchedulePayload { schedule: row.map(|row| ReportSchedule { op: op.clone(), row }), user_errors })
    }

    /// Strikes a schedule out. Reports that were sent, and the links to them, stay. For MID and above.
    async fn delete_report_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The schedule.")] input: DeleteReportScheduleInput,
    ) -> Result<DeleteReportSchedulePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::ReportSchedule.parse(&input.schedule_id, "scheduleId")?;
            domain::delete_report_schedule(context, id).await
        };
        let (id, user_errors) = op.command(command).await?;
        Ok(DeleteReportSchedulePayload { deleted_id: id.map(|id| Kind::ReportSchedule.id(id)), user_errors })
    }
}
