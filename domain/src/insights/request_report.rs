//! Asking for a report, and the signed link by which it is fetched.

use chrono::{DateTime, Datelike as _, Duration, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use diwan_platform::storage::{Key, Opened, Served};
use sea_orm::{ActiveValue::Set, EntityTrait};
use url::Url;
use uuid::Uuid;

use super::reports::{file_of, open_file, stored};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::{tenancy, trust};

/// What a download link is signed for.
pub const DOWNLOAD_PURPOSE: &str = "report download";

const LINK_LIFETIME: Duration = Duration::minutes(15);

/// The kind of runs that are a month.
const MONTH: &str = "MONTH";

/// The kind of object that months were before files had rows.
pub const REPORT_KIND: &str = "report";

/// Where the file of such a month lies.
pub fn report_key(brand_id: Uuid, report_id: Uuid) -> Key<'static> {
    Key::new(REPORT_KIND, brand_id, report_id)
}

/// A brand's month as a PDF.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// The brand.
    pub brand_id: Uuid,
    /// The first day of the month, in the brand's time zone.
    pub month: NaiveDate,
    /// The language; the brand's unless given.
    pub locale: Option<Locale>,
}

/// Has a report rendered.
pub async fn request_report(context: &Context, new: NewReport) -> Result<report_run::Model, Failure> {
    let permit = context.permit(Action::ReportRun, new.brand_id).await?;
    let brand = tenancy::brands_by_ids(context, &[new.brand_id]).await?.pop().ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    if new.month.day() != 1 || new.month.year() < 2000 {
        return Err(UserError::at(Code::Invalid, "month").into());
    }
    if new.month > context.now.with_timezone(&zone).date_naive() {
        return Err(UserError::at(Code::MonthInFuture, "month").into());
    }
    let after =
        new.month.checked_add_months(Months::new(1)).ok_or_else(|| Fault::broken("a month beyond the calendar"))?;
    let run = report_run::Entity::insert(report_run::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        kind: Set(MONTH.to_owned()),
        month: Set(new.month),
        from_day: Set(new.month),
        to_day: Set(after.pred_opt().unwrap_or(new.month)),
        locale: Set(new.locale.unwrap_or(brand.locale)),
        state: Set(ReportState::Requested),
        requested_by: Set(permit.person()?),
        token_id: Set(context.signed_in()?.token_id),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    enqueue(permit, super::RenderReport.kind(), run.id, context.now, context.now).await?;
    trust::record(permit, context.now, "report.request", run.id, serde_json::json!({ "month": new.month })).await?;
    Ok(run)
}

/// A link that fetches a month's PDF for the next quarter of an hour, and its end.
pub fn download_link(context: &Context, run: &report_run::Model) -> Result<(Url, DateTime<Utc>), Failure> {
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: run.brand_id, id: run.id, expires_at };
    let token = signed::sign(&context.services.keys, DOWNLOAD_PURPOSE, link);
    Ok((context.services.link(&format!("downloads/{token}"))?, expires_at))
}

/// A report as a reader gets it.
#[derive(Debug)]
pub struct OpenedReport {
    /// The bytes, or where they are.
    pub from: Opened,
    /// The value of `Content-Disposition`.
    pub disposition: String,
    /// What a reader's program is told that it is.
    pub mime_type: &'static str,
}

/// What a reader's program is told that a report is.
pub const REPORT_TYPE: &str = "application/pdf";

/// The file behind a link to a month's PDF, or to a file of any report.
pub async fn open_download(services: &Services, token: &str) -> Result<OpenedReport, Failure> {
    if let Some(file) = open_file(services, token).await? {
        return Ok(file);
    }
    let link =
        signed::verify(&services.keys, DOWNLOAD_PURPOSE, token, services.now()).map_err(|error| match error {
            LinkError::Invalid => Code::LinkInvalid,
            LinkError::Expired => Code::LinkExpired,
        })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let run = report_run::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    let run = run.filter(|run| run.state == ReportState::Ready && run.kind == MONTH);
    let file = match &run {
        Some(run) => file_of(&tx, run, ReportFormat::Pdf).await?,
        None => None,
    };
    tx.rollback().await?;
    let (run, file) = run.zip(file).ok_or(Code::LinkInvalid)?;
    let disposition = format!("attachment; filename=\"report-{}.pdf\"", run.month.format("%Y-%m"));
    let served = Served { mime_type: REPORT_TYPE, disposition: &disposition };
    let from = services.storage.open(stored(&file), served).await?;
    Ok(OpenedReport { from, disposition, mime_type: REPORT_TYPE })
}
