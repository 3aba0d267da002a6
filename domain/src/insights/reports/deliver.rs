//! Sending a report of a schedule when it is ready: a link to everybody whom the schedule names, once.
//!
//! The link, the letters, whom they went to and the end of the delivery are one transaction. Who is named is looked up then: whoever was
//! struck from the schedule, or has left the brand, gets nothing. All get the same link, so that what is counted is the report and no person.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_delivery::{self, DeliveryState};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_entity::insights::report_template::{self, ReportAudience};
use diwan_entity::insights::{report_letter, report_schedule};
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _,
    FromQueryResult, IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::{may_have, share};
use crate::calendar::day_start;
use crate::context::Services;
use crate::error::{Arg, Fault};
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue};
use crate::messages::{date_in_words, time_in_words};
use crate::notices;
use crate::permission::{Action, Permit};
use crate::trust::{self, Letter, queue_letters};

/// How long the link in a letter is good.
const LETTERS_GOOD_FOR: Duration = Duration::days(90);
/// How soon a report that is not ready is looked at again, where nobody says that it is.
const LOOK_AGAIN: Duration = Duration::minutes(5);

/// What a reader's program is told that a file is.
pub fn mime_type(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Pdf => "application/pdf",
        ReportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ReportFormat::Csv => "text/csv; charset=utf-8",
        ReportFormat::Html => "text/html; charset=utf-8",
    }
}

/// How the names of such files end.
pub fn ending(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Pdf => "pdf",
        ReportFormat::Xlsx => "xlsx",
        ReportFormat::Csv => "csv",
        ReportFormat::Html => "html",
    }
}

/// The format of files whose names end so.
pub fn format_of(name_ending: &str) -> Option<ReportFormat> {
    [ReportFormat::Pdf, ReportFormat::Xlsx, ReportFormat::Csv, ReportFormat::Html]
        .into_iter()
        .find(|format| ending(*format) == name_ending)
}

/// For the transaction that ends the run of a report, however it ends: where a schedule waits for it, it is sent, or they are told.
pub(crate) async fn run_ended(permit: Permit<'_>, now: DateTime<Utc>, report_id: Uuid) -> Result<(), DbErr> {
    let sql =
        "select exists (select from report_delivery where brand_id = $1 and report_id = $2 and state = 'WAITING')";
    if db::scalar::<bool>(permit.tx(), sql, [permit.brand_id.into(), report_id.into()]).await? {
        enqueue(permit, DeliverReport.kind(), report_id, now, now).await?;
    }
    Ok(())
}

/// For the transaction that has a failed report made once more: where its delivery failed, that waits again. Answers whether it does.
pub(crate) async fn run_revived(permit: Permit<'_>, report_id: Uuid) -> Result<bool, DbErr> {
    // Held first: where it is about to fail at this moment, it has by the time it is looked at.
    let held = report_delivery::Entity::in_brand(permit.brand_id)
        .filter(report_delivery::Column::ReportId.eq(report_id))
        .lock_exclusive();
    if held.one(permit.tx()).await?.is_none() {
        return Ok(false);
    }
    let revived = report_delivery::Entity::update_many()
        .col_expr(report_delivery::Column::State, Expr::value(DeliveryState::Waiting))
        .col_expr(report_delivery::Column::EndedAt, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(report_delivery::Column::BrandId.eq(permit.brand_id))
        .filter(report_delivery::Column::ReportId.eq(report_id))
        .filter(report_delivery::Column::State.eq(DeliveryState::Failed))
        .exec(permit.tx())
        .await?;
    Ok(revived.rows_affected > 0)
}

/// Sends one report of a schedule.
#[derive(Debug)]
pub struct DeliverReport;

#[async_trait]
impl Job for DeliverReport {
    fn kind(&self) -> &'static str {
        "deliver_report"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(delivery) = waiting(&scope).await? else { return scope.finish(Next::Done).await };
        let run = report_run::Entity::one_in_brand(scope.brand_id, delivery.report_id).one(scope.tx()).await?;
        let run = run.ok_or_else(|| Fault::broken("a delivery without its report"))?;
        match run.state {
            ReportState::Ready => return hand_out(work, scope, &run).await,
            ReportState::Requested => {
                let later = scope.now + LOOK_AGAIN;
                return scope.finish(Next::Again(later)).await;
            }
            ReportState::Failed | ReportState::Canceled => not_made(&scope, delivery).await?,
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        match waiting(scope).await? {
            Some(delivery) => not_made(scope, delivery).await,
            None => Ok(()),
        }
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        run_revived(permit, subject_id).await
    }
}

/// Sends a report that is ready, if whoever it was made for in name may still have it and send it. That is asked with no transaction open but
/// its own.
async fn hand_out(work: &Work, scope: Scope, run: &report_run::Model) -> Result<(), JobError> {
    scope.commit().await?;
    let besides = [Action::ReportScheduleManage, share::right_to_share(run.audience)];
    let may = may_have(&work.services, run, &besides).await?;
    let scope = work.begin().await?;
    let Some(delivery) = waiting(&scope).await? else { return scope.finish(Next::Done).await };
    if may {
        let state = send(&work.services, &scope, &delivery, run).await?;
        end(&scope, delivery, state).await?;
    } else {
        not_made(&scope, delivery).await?;
    }
    scope.finish(Next::Done).await
}

/// The delivery that waits for the job's report, locked.
async fn waiting(scope: &Scope) -> Result<Option<report_delivery::Model>, DbErr> {
    report_delivery::Entity::in_brand(scope.brand_id)
        .filter(report_delivery::Column::ReportId.eq(scope.subject_id()))
        .filter(report_delivery::Column::State.eq(DeliveryState::Waiting))
        .lock_exclusive()
        .one(scope.tx())
        .await
}

async fn schedule_of(scope: &Scope, delivery: &report_delivery::Model) -> Result<report_schedule::Model, JobError> {
    let row = report_schedule::Entity::one_in_brand(scope.brand_id, delivery.schedule_id).one(scope.tx()).await?;
    Ok(row.ok_or_else(|| Fault::broken("a delivery without its schedule"))?)
}

async fn end(scope: &Scope, delivery: report_delivery::Model, state: DeliveryState) -> Result<(), JobError> {
    let mut change = delivery.into_active_model();
    change.state = Set(state);
    change.ended_at = Set(Some(scope.now));
    change.update(scope.tx()).await?;
    Ok(())
}

/// The report was not made, or could not be sent: those who answer for it are told.
async fn not_made(scope: &Scope, delivery: report_delivery::Model) -> Result<(), JobError> {
    let schedule = schedule_of(scope, &delivery).await?;
    end(scope, delivery, DeliveryState::Failed).await?;
    notices::report_not_sent(scope.permit().await?, scope.now, (&schedule, false)).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Member {
    email: String,
    locale: String,
}

/// Whom it is written to now, each address once, with the language of whoever reads it.
async fn recipients(scope: &Scope, schedule: &report_schedule::Model) -> Result<BTreeMap<String, Locale>, JobError> {
    let mut all: BTreeMap<String, Locale> =
        schedule.emails.iter().map(|email| (email.to_lowercase(), schedule.locale)).collect();
    if !schedule.member_ids.is_empty() {
        let sql = "select email, locale from app.brand_people($1, $2) where email is not null and user_id = any ($3)";
        let values = [scope.brand_id.into(), scope.now.into(), schedule.member_ids.clone().into()];
        let members: Vec<Member> = db::all(scope.tx(), sql, values).await?;
        for member in members {
            all.insert(member.email.to_lowercase(), Locale::try_from_value(&member.locale)?);
        }
    }
    Ok(all)
}

/// Whether the report is still what the schedule sends. Whoever was named for another one, by somebody who may send only that, gets none that was
/// asked for before.
async fn is_for_them(
    scope: &Scope,
    schedule: &report_schedule::Model,
    run: &report_run::Model,
) -> Result<bool, JobError> {
    let audience = match (schedule.template_id, &schedule.built_in) {
        (Some(id), _) => {
            let template = report_template::Entity::one_in_brand(scope.brand_id, id).one(scope.tx()).await?;
            template.map(|template| template.audience)
        }
        (None, Some(audience)) => Some(ReportAudience::try_from_value(audience)?),
        (None, None) => None,
    };
    Ok(run.template_id == schedule.template_id && audience.is_some() && run.audience == audience)
}

#[derive(FromQueryResult)]
struct Place {
    brand: String,
    time_zone: String,
    calendar_system: String,
}

/// Writes the letters. Answers how the delivery ended.
async fn send(
    services: &Services,
    scope: &Scope,
    delivery: &report_delivery::Model,
    run: &report_run::Model,
) -> Result<DeliveryState, JobError> {
    let schedule = schedule_of(scope, delivery).await?;
    let whom = recipients(scope, &schedule).await?;
    if whom.is_empty() || schedule.paused_at.is_some() || !is_for_them(scope, &schedule, run).await? {
        return Ok(DeliveryState::Nobody);
    }
    let permit = scope.permit().await?;
    let expires_at = scope.now + LETTERS_GOOD_FOR;
    let link = (schedule.name.as_str(), schedule.locale, expires_at, false);
    let (share_id, url) = share::make(services, permit, scope.now, run.id, link).await?;
    let sql = "select b.name as brand, b.time_zone, a.calendar_system from brand b join agency a on a.id = b.agency_id
      where b.id = $1";
    let place: Option<Place> = db::one(scope.tx(), sql, [scope.brand_id.into()]).await?;
    let place = place.ok_or_else(|| Fault::broken("a report of a brand that is gone"))?;
    let system = CalendarSystem::try_from_value(&place.calendar_system)?;
    let zone = place.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let text = |text: String| Arg::Text(text.into());
    let letters = whom.iter().map(|(email, locale)| Letter {
        to: email.clone(),
        locale: *locale,
        template: "report-ready",
        args: vec![
            ("brand", text(place.brand.clone())),
            ("title", text(schedule.name.clone())),
            ("from", text(date_in_words(*locale, system, zone, day_start(zone, run.from_day)))),
            ("to", text(date_in_words(*locale, system, zone, day_start(zone, run.to_day)))),
            ("when", text(time_in_words(*locale, system, zone, expires_at))),
        ],
        link: Some(url.clone()),
    });
    let letters: Vec<Letter> = letters.collect();
    // Written with the letters: nobody gets the same report twice.
    let rows = whom.keys().map(|email| report_letter::ActiveModel {
        id: Set(scope.new_id()),
        brand_id: Set(scope.brand_id),
        delivery_id: Set(delivery.id),
        recipient: Set(email.clone()),
        queued_at: Set(scope.now),
    });
    report_letter::Entity::insert_many(rows).exec_without_returning(scope.tx()).await?;
    queue_letters(scope.tx(), services, letters).await?;
    let detail = json!({ "schedule": schedule.id, "share": share_id, "letters": whom.len() });
    trust::record(permit, scope.now, "report.deliver", run.id, detail).await?;
    Ok(DeliveryState::Sent)
}
