//! Schedules: a report that is made each week, month or quarter and sent to those who are named. Written, paused, struck out.
//!
//! A schedule makes its reports in the name of whoever wrote it last, with the rights that they have then: `schedule_job.rs`. Whoever writes one
//! must be allowed to run the report and to share it, since its letters carry a link.
//!
//! Its job goes before its row wherever both are locked.

use std::collections::{BTreeSet, HashSet};

use chrono::{NaiveTime, Timelike as _, Weekday};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_delivery;
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_schedule::{self, Cadence};
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::schedule_job::RunReportSchedule;
use super::schedule_times::Times;
use super::share::right_to_share;
use super::{TemplateChoice, audience_of};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::permission::{Action, Permit};
use crate::tenancy::{self, looks_like_an_address};
use crate::trust;

/// The most schedules of a brand.
const MOST_SCHEDULES: u64 = 50;
/// The most people to whom one report goes.
const MOST_RECIPIENTS: usize = 20;

/// A schedule, as it is written.
#[derive(Debug, Clone)]
pub struct ScheduleRule {
    /// 1 to 200 characters.
    pub name: String,
    /// What the report is made of.
    pub template: TemplateChoice,
    /// How often.
    pub cadence: Cadence,
    /// The day of the week; of weekly ones alone.
    pub weekday: Option<Weekday>,
    /// The day of the month, or of the first month of a quarter, 1 to 31; of all others. A shorter month has its last day.
    pub month_day: Option<i32>,
    /// The local time in the brand's time zone, to the minute.
    pub time: NaiveTime,
    /// In which formats; each once.
    pub formats: Vec<ReportFormat>,
    /// Addresses outside.
    pub emails: Vec<String>,
    /// People of the brand. With the addresses, 1 to 20.
    pub member_ids: Vec<Uuid>,
    /// The language of the report and its letters; the brand's unless given.
    pub locale: Option<Locale>,
}

/// What is kept of a rule once it was checked.
struct Kept {
    name: String,
    template: TemplateChoice,
    times: Times,
    formats: Vec<String>,
    emails: Vec<String>,
    member_ids: Vec<Uuid>,
    locale: Locale,
    zone: Tz,
}

/// What the reports of a schedule are made of.
pub(super) fn template_of(row: &report_schedule::Model) -> Result<TemplateChoice, Failure> {
    match (row.template_id, &row.built_in) {
        (Some(id), _) => Ok(TemplateChoice::Own(id)),
        (None, Some(audience)) => Ok(TemplateChoice::BuiltIn(ReportAudience::try_from_value(audience)?)),
        (None, None) => Err(Fault::broken("a schedule without a template").into()),
    }
}

#[derive(FromQueryResult)]
struct Reachable {
    user_id: Uuid,
}

impl ScheduleRule {
    /// Checks everything that can be wrong, and the rights that it takes.
    async fn check(self, context: &Context, mut wrong: Complaints, brand_id: Uuid) -> Result<Kept, Failure> {
        let name = wrong.text("schedule.name", &self.name, 200).to_owned();
        let invalid = |field: &str| UserError::at(Code::Invalid, &format!("schedule.{field}"));
        let day = match (self.cadence, self.weekday, self.month_day) {
            (Cadence::Weekly, Some(day), None) => day.number_from_monday(),
            (Cadence::Monthly | Cadence::Quarterly, None, Some(day)) if (1..=31).contains(&day) => day.unsigned_abs(),
            (Cadence::Weekly, ..) => {
                wrong.add(invalid("weekday"));
                1
            }
            _ => {
                wrong.add(invalid("monthDay"));
                1
            }
        };
        if self.time.second() != 0 || self.time.nanosecond() != 0 {
            wrong.add(invalid("time"));
        }
        let formats: BTreeSet<String> = self.formats.iter().map(sea_orm::ActiveEnum::to_value).collect();
        if formats.is_empty() || formats.len() != self.formats.len() {
            wrong.add(invalid("formats"));
        }
        let emails: BTreeSet<String> = self.emails.iter().map(|email| email.trim().to_lowercase()).collect();
        if emails.iter().any(|email| email.chars().count() > 254 || !looks_like_an_address(email)) {
            wrong.add(invalid("emails"));
        }
        let member_ids: BTreeSet<Uuid> = self.member_ids.iter().copied().collect();
        let recipients = emails.len() + member_ids.len();
        if recipients == 0 {
            wrong.add(invalid("emails"));
        } else if recipients > MOST_RECIPIENTS {
            let many = UserError::at(Code::TooMany, "schedule.emails").number("limit", MOST_RECIPIENTS);
            wrong.add(many.number("actual", recipients));
        }
        if !member_ids.is_empty() && recipients <= MOST_RECIPIENTS {
            let sql = "select user_id from app.brand_people($1, $2) where email is not null and user_id = any ($3)";
            let ids: Vec<Uuid> = member_ids.iter().copied().collect();
            let there: Vec<Reachable> = context.rows(sql, [brand_id.into(), context.now.into(), ids.into()]).await?;
            let there: HashSet<Uuid> = there.into_iter().map(|one| one.user_id).collect();
            if member_ids.iter().any(|id| !there.contains(id)) {
                wrong.add(UserError::at(Code::NotFound, "schedule.memberIds"));
            }
        }
        let audience = match audience_of(context, brand_id, self.template).await {
            Ok(audience) => Some(audience),
            Err(Failure::Refused(errors)) => {
                for error in errors {
                    wrong.add(error);
                }
                None
            }
            Err(fault @ Failure::Fault(_)) => return Err(fault),
        };
        wrong.check()?;
        context.permit(Action::ReportRun, brand_id).await?;
        context.permit(right_to_share(audience), brand_id).await?;
        let brand = tenancy::brands_by_ids(context, &[brand_id]).await?.pop().ok_or(Code::NotFound)?;
        Ok(Kept {
            name,
            template: self.template,
            times: Times { cadence: self.cadence, day, at: self.time },
            formats: formats.into_iter().collect(),
            emails: emails.into_iter().collect(),
            member_ids: member_ids.into_iter().collect(),
            locale: self.locale.unwrap_or(brand.locale),
            zone: brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?,
        })
    }
}

impl Kept {
    /// The columns that a rule decides.
    fn write(
        self,
        context: &Context,
        permit: Permit<'_>,
        row: &mut report_schedule::ActiveModel,
    ) -> Result<(), Failure> {
        let (template_id, built_in) = match self.template {
            TemplateChoice::Own(id) => (Some(id), None),
            TemplateChoice::BuiltIn(audience) => (None, Some(audience.to_value())),
        };
        let day = i16::try_from(self.times.day).ok();
        let weekly = self.times.cadence == Cadence::Weekly;
        let next = self.times.next(self.zone, context.now).ok_or_else(|| Fault::broken("the end of the calendar"))?;
        row.name = Set(self.name);
        row.template_id = Set(template_id);
        row.built_in = Set(built_in);
        row.cadence = Set(self.times.cadence);
        row.weekday = Set(day.filter(|_| weekly));
        row.month_day = Set(day.filter(|_| !weekly));
        row.at_time = Set(self.times.at);
        row.formats = Set(self.formats);
        row.emails = Set(self.emails);
        row.member_ids = Set(self.member_ids);
        row.locale = Set(self.locale);
        row.in_name_of = Set(permit.person()?);
        row.next_at = Set(next.at);
        Ok(())
    }
}

/// Makes a schedule. The first report is made at the next of its times.
pub async fn create_report_schedule(
    context: &Context,
    brand_id: Uuid,
    rule: ScheduleRule,
) -> Result<report_schedule::Model, Failure> {
    let permit = context.permit(Action::ReportScheduleManage, brand_id).await?;
    let kept = rule.check(context, Complaints::default(), brand_id).await?;
    let known = report_schedule::Entity::in_brand(brand_id).count(permit.tx()).await?;
    if known >= MOST_SCHEDULES {
        return Err(UserError::new(Code::TooMany).number("limit", MOST_SCHEDULES).number("actual", known + 1).into());
    }
    let mut row = report_schedule::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        paused_at: Set(None),
        trouble: Set(None),
        created_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    kept.write(context, permit, &mut row)?;
    let row = report_schedule::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    enqueue(permit, RunReportSchedule.kind(), row.id, row.next_at, context.now).await?;
    told(context, permit, "report_schedule.create", &row).await?;
    Ok(row)
}

/// What the trail is told of a schedule: to how many it goes, not to whom.
async fn told(context: &Context, permit: Permit<'_>, what: &str, row: &report_schedule::Model) -> Result<(), Failure> {
    let recipients = row.emails.len() + row.member_ids.len();
    let detail =
        json!({ "cadence": row.cadence.to_value(), "recipients": recipients, "paused": row.paused_at.is_some() });
    Ok(trust::record(permit, context.now, what, row.id, detail).await?)
}

/// The right to change a schedule, and what stands there now; its job is asked for at this moment, so that nobody else holds it.
async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, report_schedule::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "scheduleId");
    let row = context.one(report_schedule::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ReportScheduleManage, row.brand_id).await?;
    // The job looks at the row and finds its next time there.
    enqueue(permit, RunReportSchedule.kind(), row.id, context.now, context.now).await?;
    let row = context.one(report_schedule::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Writes a schedule anew; from now on it runs in the caller's name. A pause stays.
pub async fn update_report_schedule(
    context: &Context,
    id: Uuid,
    version: i32,
    rule: ScheduleRule,
) -> Result<report_schedule::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let kept = rule.check(context, wrong, row.brand_id).await?;
    let mut change = row.into_active_model();
    kept.write(context, permit, &mut change)?;
    change.version = Set(version + 1);
    let row = change.update(permit.tx()).await?;
    told(context, permit, "report_schedule.update", &row).await?;
    Ok(row)
}

/// Pauses a schedule, or lets it go on in the caller's name: what came due meanwhile is not made up for.
pub async fn pause_report_schedule(
    context: &Context,
    id: Uuid,
    version: i32,
    paused: bool,
) -> Result<report_schedule::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    wrong.check()?;
    if row.paused_at.is_some() == paused {
        return Ok(row);
    }
    let mut change = row.clone().into_active_model();
    if paused {
        change.paused_at = Set(Some(context.now));
    } else {
        let audience = audience_of(context, row.brand_id, template_of(&row)?).await?;
        context.permit(Action::ReportRun, row.brand_id).await?;
        context.permit(right_to_share(Some(audience)), row.brand_id).await?;
        let zone: String =
            db::scalar(permit.tx(), "select time_zone from brand where id = $1", [row.brand_id.into()]).await?;
        let zone: Tz = zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        let next = Times::from(&row).next(zone, context.now);
        change.next_at = Set(next.ok_or_else(|| Fault::broken("the end of the calendar"))?.at);
        change.paused_at = Set(None);
        change.in_name_of = Set(permit.person()?);
    }
    change.trouble = Set(None);
    change.version = Set(version + 1);
    let row = change.update(permit.tx()).await?;
    told(context, permit, "report_schedule.pause", &row).await?;
    Ok(row)
}

/// Strikes a schedule out. A report that is being made for it is sent to nobody; those that were sent stay.
pub async fn delete_report_schedule(context: &Context, id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = lock(context, id).await?;
    cancel(permit, RunReportSchedule.kind(), &[row.id], context.now).await?;
    report_schedule::Entity::delete_many()
        .filter(report_schedule::Column::BrandId.eq(row.brand_id))
        .filter(report_schedule::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "report_schedule.delete", row.id, json!({})).await?;
    Ok(row.id)
}

/// The schedules of a brand, in the order in which they were made; there are never more than 50.
pub async fn report_schedules(context: &Context, brand_id: Uuid) -> Result<Vec<report_schedule::Model>, Failure> {
    context.permit(Action::ReportRun, brand_id).await?;
    let all = report_schedule::Entity::in_brand(brand_id).order_by_asc(report_schedule::Column::Id);
    Ok(context.all(all).await?)
}

/// What these schedules made, in the brands where the caller may run reports: of each the newest first, at most 100.
pub async fn report_deliveries(
    context: &Context,
    schedule_ids: &[Uuid],
) -> Result<Vec<report_delivery::Model>, Failure> {
    let sql = "select d.* from report_schedule s cross join lateral (
        select * from report_delivery d where d.brand_id = s.brand_id and d.schedule_id = s.id order by d.id desc limit 100) d
      where s.id = any ($1) order by d.id desc";
    let rows: Vec<report_delivery::Model> = context.rows(sql, [schedule_ids.to_vec().into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ReportRun, row.brand_id)).collect())
}
