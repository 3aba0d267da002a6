//! The files of a report: which there are, where they lie, and the signed link by which one is fetched.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_file::{self, ReportFormat};
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use diwan_platform::storage::{Key, Served};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use url::Url;
use uuid::Uuid;

use super::deliver::{ending, mime_type};
use super::share::may_open;
use crate::context::{Context, Services};
use crate::error::{Code, Failure};
use crate::insights::{OpenedReport, report_key};
use crate::permission::Action;

/// The kind of object that files of reports are.
pub const FILE_KIND: &str = "reportfile";
/// What a link to a file is signed for; the file's own id stands in it.
const PURPOSE: &str = "report file";
/// How long such a link is good.
const LINK_LIFETIME: Duration = Duration::minutes(15);

/// Where a file of a report lies: under its own id, so that no two attempts at a report ever write to one place.
pub fn report_file_key(brand_id: Uuid, file_id: Uuid) -> Key<'static> {
    Key::new(FILE_KIND, brand_id, file_id)
}

/// Where this file of a report lies. Months that were made before files had rows got rows with the ids of their reports.
pub(in crate::insights) fn stored(file: &report_file::Model) -> Key<'static> {
    if file.id == file.report_id {
        report_key(file.brand_id, file.report_id)
    } else {
        report_file_key(file.brand_id, file.id)
    }
}

/// What a report is called; one of a month, by the month.
pub fn title_of(run: &report_run::Model) -> String {
    run.title.clone().unwrap_or_else(|| run.month.format("%Y-%m").to_string())
}

/// The files of a report, in the order of their formats. Whoever asks has been found to see it.
pub(super) async fn files_of(context: &Context, run: &report_run::Model) -> Result<Vec<report_file::Model>, Failure> {
    let mut files = context.all(of_runs(&[run.id])).await?;
    files.sort_unstable_by_key(|file| file.format);
    Ok(files)
}

/// The file of a report in this format, for whoever has proved to see it.
pub(in crate::insights) async fn file_of(
    tx: &impl ConnectionTrait,
    run: &report_run::Model,
    format: ReportFormat,
) -> Result<Option<report_file::Model>, DbErr> {
    of_runs(&[run.id])
        .filter(report_file::Column::BrandId.eq(run.brand_id))
        .filter(report_file::Column::Format.eq(format))
        .one(tx)
        .await
}

fn of_runs(run_ids: &[Uuid]) -> sea_orm::Select<report_file::Entity> {
    report_file::Entity::find()
        .filter(report_file::Column::ReportId.is_in(run_ids.iter().copied()))
        .order_by_asc(report_file::Column::Id)
}

/// The files of these reports, in the brands where the caller may run them; for a program, of those reports that it may open.
pub async fn files_of_reports(context: &Context, run_ids: &[Uuid]) -> Result<Vec<report_file::Model>, Failure> {
    let mut rows = context.all(of_runs(run_ids)).await?;
    rows.retain(|row| context.may(Action::ReportRun, row.brand_id));
    if let Some(actor) = context.actor().filter(|actor| actor.scopes.is_some())
        && !rows.is_empty()
    {
        let runs = context.all(report_run::Entity::visible(run_ids.iter().copied())).await?;
        let open: HashSet<Uuid> = runs.iter().filter(|run| may_open(&actor, run)).map(|run| run.id).collect();
        rows.retain(|row| open.contains(&row.report_id));
    }
    Ok(rows)
}

/// A link that fetches a file for the next quarter of an hour, and its end.
pub fn file_link(context: &Context, file: &report_file::Model) -> Result<(Url, DateTime<Utc>), Failure> {
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: file.brand_id, id: file.id, expires_at };
    let token = signed::sign(&context.services.keys, PURPOSE, link);
    Ok((context.services.link(&format!("downloads/{token}"))?, expires_at))
}

/// The file behind such a link; none where it is a link to something else.
pub(crate) async fn open_file(services: &Services, token: &str) -> Result<Option<OpenedReport>, Failure> {
    let link = match signed::verify(&services.keys, PURPOSE, token, services.now()) {
        Ok(link) => link,
        Err(LinkError::Invalid) => return Ok(None),
        Err(LinkError::Expired) => return Err(Code::LinkExpired.into()),
    };
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let file = report_file::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    let run = match &file {
        Some(file) => report_run::Entity::one_in_brand(link.brand_id, file.report_id).one(&tx).await?,
        None => None,
    };
    tx.rollback().await?;
    let (file, run) = file.zip(run.filter(|run| run.state == ReportState::Ready)).ok_or(Code::LinkInvalid)?;
    let format = file.format;
    let disposition = format!("attachment; filename=\"report-{}.{}\"", run.to_day.format("%F"), ending(format));
    let mime_type = mime_type(format);
    let from = services.storage.open(stored(&file), Served { mime_type, disposition: &disposition }).await?;
    Ok(Some(OpenedReport { from, disposition, mime_type }))
}
