//! Asking for the report of a schedule, at each of its times, once for each period.
//!
//! What came due while nobody could work is made up for once: the report of the last period, and then the next time. It is asked for in the
//! name of whoever answers for the schedule, as they would by hand, and with the row of the delivery in the same transaction: a run that dies
//! afterwards finds it there. Where they may not any more, or the template is gone, the schedule is paused and they and the team are told.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{Duration, NaiveDate, Weekday};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_delivery::{self, DeliveryState};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_schedule;
use diwan_entity::tenancy::agency::WeekStart;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _,
    FromQueryResult, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::schedule::template_of;
use super::schedule_times::Times;
use super::share::right_to_share;
use super::{NewComposed, audience_of, compose_report};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault, UserError};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::notices;
use crate::permission::{Action, Permit};

/// The most that two local clocks are apart (from UTC-12 to UTC+14), and an hour that is skipped.
const APART: Duration = Duration::hours(27);

/// Asks for the reports of one schedule.
#[derive(Debug)]
pub struct RunReportSchedule;

#[derive(FromQueryResult)]
struct Place {
    time_zone: String,
    week_start: String,
}

#[async_trait]
impl Job for RunReportSchedule {
    fn kind(&self) -> &'static str {
        "run_report_schedule"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = report_schedule::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(row) = found.filter(|row| row.paused_at.is_none()) else { return scope.finish(Next::Done).await };
        if scope.now < row.next_at {
            return scope.finish(Next::Again(row.next_at)).await;
        }
        scope.commit().await?;
        let refused = ask(&work.services, row.id, row.in_name_of).await?;
        let scope = work.begin().await?;
        let found = report_schedule::Entity::one_in_brand(scope.brand_id, row.id).lock_exclusive().one(scope.tx());
        let Some(now) = found.await?.filter(|now| now.paused_at.is_none()) else {
            return scope.finish(Next::Done).await;
        };
        let Some(refused) = refused else {
            let next = now.next_at.max(scope.now);
            return scope.finish(Next::Again(next)).await;
        };
        // Nothing is made while a brand rests, and too many reports at once are too many for now: neither is for people to mend.
        let wait = match refused {
            Code::BrandArchived => Some(Duration::days(1)),
            Code::TooMany => Some(Duration::minutes(15)),
            _ => None,
        };
        if let Some(wait) = wait {
            let later = scope.now + wait;
            return scope.finish(Next::Again(later)).await;
        }
        if (now.version, now.in_name_of) != (row.version, row.in_name_of) {
            // Somebody wrote it anew meanwhile: then in their name.
            let soon = scope.now;
            return scope.finish(Next::Again(soon)).await;
        }
        pause(&scope, now, Some(refused)).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        let select = report_schedule::Entity::one_in_brand(scope.brand_id, scope.subject_id()).lock_exclusive();
        match select.one(scope.tx()).await?.filter(|row| row.paused_at.is_none()) {
            Some(row) => pause(scope, row, None).await,
            None => Ok(()),
        }
    }

    /// One that is paused goes on when somebody says so, in their name.
    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        let found = report_schedule::Entity::one_in_brand(permit.brand_id, subject_id).one(permit.tx()).await?;
        Ok(found.is_some_and(|row| row.paused_at.is_none()))
    }
}

/// Pauses a schedule by which nothing can be made, and tells those who answer for it. Without a reason the product itself was at fault.
async fn pause(scope: &Scope, row: report_schedule::Model, trouble: Option<Code>) -> Result<(), JobError> {
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.paused_at = Set(Some(scope.now));
    change.trouble = Set(trouble.map(Code::name));
    change.version = Set(version);
    let row = change.update(scope.tx()).await?;
    notices::report_not_sent(scope.permit().await?, scope.now, (&row, true)).await?;
    Ok(())
}

/// Asks for the report that is due, in a transaction of its own with the rights that the person has now. Answers why not.
async fn ask(services: &Arc<Services>, schedule_id: Uuid, by: Uuid) -> Result<Option<Code>, Fault> {
    let context = Context::stranger(Arc::clone(services), services.db.write().await?);
    match carry_out(&context, schedule_id, by).await {
        Ok(()) => {
            context.commit().await?;
            Ok(None)
        }
        Err(Failure::Refused(errors)) => {
            context.roll_back().await?;
            Ok(errors.first().map(|error| error.code).or(Some(Code::Invalid)))
        }
        Err(Failure::Fault(fault)) => Err(fault),
    }
}

async fn carry_out(context: &Context, schedule_id: Uuid, by: Uuid) -> Result<(), Failure> {
    context.enter_user(by, None).await.map_err(|failure| match failure {
        Failure::Refused(_) => Code::PersonDeactivated.into(),
        fault @ Failure::Fault(_) => fault,
    })?;
    let not_there = || UserError::at(Code::NotFound, "scheduleId");
    let select = report_schedule::Entity::visible([schedule_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    // Somebody else's by now, paused, or asked for already.
    if row.in_name_of != by || row.paused_at.is_some() || context.now < row.next_at {
        return Ok(());
    }
    let permit = context.permit(Action::ReportScheduleManage, row.brand_id).await?;
    let (zone, week_start) = place(context, row.brand_id).await?;
    let times = Times::from(&row);
    let beyond = || Fault::broken("the end of the calendar");
    let due = times.last(zone, context.now).ok_or_else(beyond)?;
    let (from, to) = times.period(week_start, due.on).ok_or_else(beyond)?;
    let next_at = times.next(zone, context.now).ok_or_else(beyond)?.at;
    // Both ends: a month ends with its quarter, and what was sent each month may be sent each quarter now.
    let known = report_delivery::Entity::in_brand(row.brand_id)
        .filter(report_delivery::Column::ScheduleId.eq(row.id))
        .filter(report_delivery::Column::FromDay.eq(from))
        .filter(report_delivery::Column::ToDay.eq(to))
        .count(permit.tx())
        .await?;
    // Further before its time than two clocks can be apart, it is the time before: the brand has moved westward since.
    let is_that = due.at > row.next_at - APART;
    if known == 0 && is_that {
        request(context, permit, &row, (from, to)).await?;
    }
    let mut change = row.into_active_model();
    change.next_at = Set(next_at);
    change.update(permit.tx()).await?;
    Ok(())
}

/// Asks for the report of these days, and notes that it is to be sent.
async fn request(
    context: &Context,
    permit: Permit<'_>,
    row: &report_schedule::Model,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(), Failure> {
    let template = template_of(row)?;
    let audience = audience_of(context, row.brand_id, template).await?;
    context.permit(right_to_share(Some(audience)), row.brand_id).await?;
    let formats = row.formats.iter().map(ReportFormat::try_from_value).collect::<Result<Vec<_>, _>>()?;
    let new = NewComposed {
        brand_id: row.brand_id,
        template,
        from,
        to,
        title: Some(row.name.clone()),
        locale: Some(row.locale),
        formats,
        ..NewComposed::default()
    };
    let run = compose_report(context, new).await?;
    let delivery = report_delivery::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        schedule_id: Set(row.id),
        report_id: Set(run.id),
        from_day: Set(from),
        to_day: Set(to),
        state: Set(DeliveryState::Waiting),
        asked_at: Set(context.now),
        ended_at: Set(None),
    };
    report_delivery::Entity::insert(delivery).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// By which clock days are counted, and on which day weeks begin.
async fn place(context: &Context, brand_id: Uuid) -> Result<(Tz, Weekday), Failure> {
    let sql = "select b.time_zone, coalesce(b.week_start, a.week_start) as week_start
      from brand b join agency a on a.id = b.agency_id where b.id = $1";
    let found: Vec<Place> = context.rows(sql, [brand_id.into()]).await?;
    let place = found.into_iter().next().ok_or(Code::NotFound)?;
    let week_start = match WeekStart::try_from_value(&place.week_start)? {
        WeekStart::Monday => Weekday::Mon,
        WeekStart::Saturday => Weekday::Sat,
        WeekStart::Sunday => Weekday::Sun,
    };
    let zone = place.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    Ok((zone, week_start))
}
