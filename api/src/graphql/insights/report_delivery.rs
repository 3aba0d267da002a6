//! Reports that leave the house: links by which they are read, and schedules by which they are made and sent.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::{Context as Domain, Failure, insights as domain};
use diwan_entity::insights::{report_delivery, report_file, report_schedule, report_template};
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use super::report_templates::ReportAudience;
use super::reports::ReportFormat;
use super::types::ReportRun;
use crate::graphql::context::Op;
use crate::graphql::loaders::Grouped;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, Locale, User};

/// How often a report is made, and of what.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_schedule::Cadence")]
pub enum ReportCadence {
    /// Each week, of the week that has ended, by the day on which the brand's weeks begin.
    Weekly,
    /// Each month, of the month before.
    Monthly,
    /// In January, April, July and October, of the quarter before.
    Quarterly,
}

/// How far a scheduled report has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_delivery::DeliveryState")]
pub enum ReportDeliveryState {
    /// It is being made, and sent when it is ready.
    Waiting,
    /// It was written to everybody whom the schedule named then.
    Sent,
    /// It was made, and there was nobody any more to write to.
    Nobody,
    /// It could not be made or sent; those who answer for it were told.
    Failed,
}

/// A link by which whoever has it reads a report without signing in. Its address is shown once, when it is made.
pub struct ReportShare {
    pub op: Op,
    pub row: domain::ReportShare,
}

/// A link by which whoever has it reads a report without signing in. Its address is shown once, when it is made.
#[Object]
impl ReportShare {
    /// The link's id.
    async fn id(&self) -> ID {
        Kind::ReportShare.id(self.row.id)
    }
    /// The report that it opens.
    async fn report(&self) -> Result<ReportRun> {
        Ok(ReportRun { op: self.op.clone(), row: self.op.must_load(self.row.report_id).await? })
    }
    /// Who made it; null: a schedule did, and nobody of the team was shown it.
    async fn created_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.created_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Until when it is good.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
    /// When it was ended before that.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.row.revoked_at
    }
    /// How often it was opened: a number, and nothing of who did.
    async fn views(&self) -> Long {
        Long(self.row.views)
    }
    /// When it was last opened.
    async fn last_viewed_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_viewed_at
    }
}

impl Grouped for report_delivery::Model {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::report_deliveries(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.schedule_id
    }
}

/// One report of a schedule.
struct ReportDelivery {
    op: Op,
    row: report_delivery::Model,
}

/// One report of a schedule.
#[Object]
impl ReportDelivery {
    /// The report, from when it was asked for.
    async fn report(&self) -> Result<ReportRun> {
        Ok(ReportRun { op: self.op.clone(), row: self.op.must_load(self.row.report_id).await? })
    }
    /// How far it has come.
    async fn state(&self) -> ReportDeliveryState {
        self.row.state.into()
    }
    /// The last day that it is about.
    async fn to(&self) -> NaiveDate {
        self.row.to_day
    }
    /// When it was asked for.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.row.asked_at
    }
    /// When it was sent, or ended otherwise.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
}

/// A report that is made each week, month or quarter, and a link to it written to everybody whom it names. It is made with the rights
/// of whoever wrote the schedule last; where they may not any more, it is paused and they and the team are told. What came due while
/// nobody could work is made up for once, with the last period.
pub struct ReportSchedule {
    pub op: Op,
    pub row: report_schedule::Model,
}

/// A report that is made each week, month or quarter, and a link to it written to everybody whom it names. It is made with the rights
/// of whoever wrote the schedule last; where they may not any more, it is paused and they and the team are told. What came due while
/// nobody could work is made up for once, with the last period.
#[Object]
impl ReportSchedule {
    /// The schedule's id.
    async fn id(&self) -> ID {
        Kind::ReportSchedule.id(self.row.id)
    }
    /// What it is called: the subject of its letters.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// The template of the brand; null: a built-in one.
    async fn template_id(&self) -> Option<ID> {
        self.row.template_id.map(|id| Kind::ReportTemplate.id(id))
    }
    /// For whom the built-in template is; null: it is one of the brand's own.
    async fn built_in(&self) -> Option<ReportAudience> {
        let audience = report_template::ReportAudience::try_from_value(self.row.built_in.as_ref()?).ok()?;
        Some(audience.into())
    }
    /// How often.
    async fn cadence(&self) -> ReportCadence {
        self.row.cadence.into()
    }
    /// The day of the week, 1 is Monday and 7 is Sunday; of weekly ones alone.
    async fn weekday(&self) -> Option<i32> {
        self.row.weekday.map(i32::from)
    }
    /// The day of the month, or of the first month of the quarter; a shorter month has its last. Null for weekly ones.
    async fn month_day(&self) -> Option<i32> {
        self.row.month_day.map(i32::from)
    }
    /// The local time in the brand's time zone, such as `09:00`.
    async fn time(&self) -> String {
        self.row.at_time.format("%H:%M").to_string()
    }
    /// The formats in which the report is made.
    async fn formats(&self) -> Vec<ReportFormat> {
        let known = |format: &String| report_file::ReportFormat::try_from_value(format).ok().map(Into::into);
        self.row.formats.iter().filter_map(known).collect()
    }
    /// The addresses outside to which it goes.
    async fn emails(&self) -> &[String] {
        &self.row.emails
    }
    /// The people of the brand to whom it goes, as far as the caller sees them. Whoever leaves the brand gets nothing more.
    async fn members(&self) -> Result<Vec<User>> {
        let ids = self.row.member_ids.iter();
        let found = futures::future::try_join_all(ids.map(|id| self.op.load(*id))).await?;
        Ok(found.into_iter().flatten().map(|row| User { op: self.op.clone(), row }).collect())
    }
    /// The language of the report and its letters.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// Since when it is paused; null: it is not.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.row.paused_at
    }
    /// Why it paused by itself: a value of `ErrorCode`.
    async fn trouble(&self) -> Option<&str> {
        self.row.trouble.as_deref()
    }
    /// When the next report is made; null while it is paused.
    async fn next_at(&self) -> Option<DateTime<Utc>> {
        self.row.paused_at.is_none().then_some(self.row.next_at)
    }
    /// With whose rights it makes reports.
    async fn in_name_of(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.in_name_of).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// What it made, the newest first, at most 100.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn deliveries(&self) -> Result<Vec<ReportDelivery>> {
        let rows = self.op.load_of::<report_delivery::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ReportDelivery { op: self.op.clone(), row }).collect())
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Queries for shared and scheduled reports.
#[derive(Default)]
pub struct ReportDeliveryQuery;

#[Object]
impl ReportDeliveryQuery {
    /// The links to a report, the newest first, those that have ended among them; never more than 200. For whoever may share it.
    #[graphql(complexity = "5 + 20 * child_complexity")]
    async fn report_shares(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which report.")] report_id: ID,
    ) -> Result<Vec<ReportShare>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Report.parse(&report_id, "reportId"))?;
        let rows = op.query(domain::report_shares(op, id).await)?;
        Ok(rows.into_iter().map(|row| ReportShare { op: op.clone(), row }).collect())
    }

    /// The schedules by which a brand's reports are made, in the order in which they were made; never more than 50. For MID and above.
    #[graphql(complexity = "5 + 20 * child_complexity")]
    async fn report_schedules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<ReportSchedule>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::report_schedules(op, id).await)?;
        Ok(rows.into_iter().map(|row| ReportSchedule { op: op.clone(), row }).collect())
    }
}
