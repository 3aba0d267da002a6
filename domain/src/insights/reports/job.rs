//! Making a report of blocks: gathered in one snapshot with the rights of whoever asked for it, rendered off the async threads, stored under
//! names of this attempt alone.
//!
//! Nothing of it is there before all of it is: the rows of its files are written with its end, in one short transaction, and name what this
//! attempt stored before. A worker that dies on the way, or lost the job and goes on writing, has done nothing that counts: what it stored has
//! no row, so nobody reads it, and it goes with the brand. Whoever takes the report back is heard between the steps, and at the end by the lock
//! on its row.

use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::insights::report_file::{self, ReportFormat};
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_platform::crypto::sha256;
use diwan_platform::ids;
use diwan_reports::report::{Report, report_csv, report_html, report_pdf, report_xlsx};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::deliver::run_ended;
use super::files::report_file_key;
use super::gather::{Gathered, gather, on_behalf};
use super::machine;
use crate::context::Services;
use crate::error::{Failure, Fault};
use crate::jobs::{JobError, Next, Scope, Work};
use crate::permission::Action;

/// How far a report has come once its figures are there, in hundredths.
const GATHERED: i16 = 30;
/// And once all its files are made, before they are stored.
const RENDERED: i16 = 95;
/// Why a report failed whose asker may not read it any more: a trouble in words.
const NOT_ALLOWED: &str = "NOT_ALLOWED";

/// Makes the report. `scope` is the transaction in which it was found to be wanted.
pub(in crate::insights) async fn render(work: &Work, scope: Scope, run: report_run::Model) -> Result<(), JobError> {
    scope.commit().await?;
    let gathered = match gather(&work.services, &run).await {
        Ok(gathered) => gathered,
        Err(Failure::Refused(_)) => return refuse(work, &run).await,
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    let Gathered { mut report, pictures, machine } = gathered;
    if !come(work, run.id, GATHERED).await? {
        return stop(work).await;
    }
    let left_out = pictures.left_out;
    pictures.fetch(&work.services, &mut report).await;
    let note = match machine {
        Some(place) => machine::write(work, &run, &mut report, place).await?,
        None => None,
    };
    let formats = run.formats.iter().flatten().map(ReportFormat::try_from_value).collect::<Result<Vec<_>, _>>()?;
    let report = Arc::new(report);
    let mut files = Vec::with_capacity(formats.len());
    for (done, format) in (1_i16..).zip(formats.iter().copied()) {
        files.push((format, made(Arc::clone(&report), format).await?));
        let all = i16::try_from(formats.len()).unwrap_or(1).max(1);
        if !come(work, run.id, GATHERED + (RENDERED - GATHERED) * done / all).await? {
            return stop(work).await;
        }
    }
    // Asked again: making it takes a while, and what is refused now must not be read.
    if !may_have(&work.services, &run, &[]).await? {
        return refuse(work, &run).await;
    }
    keep(work, &run, &files, (note, left_out)).await
}

/// Whether whoever asked for a report may still have it. With `besides`, whether they also may do these.
pub(in crate::insights) async fn may_have(
    services: &Arc<Services>,
    run: &report_run::Model,
    besides: &[Action],
) -> Result<bool, JobError> {
    let asked = async {
        let context = on_behalf(services, run).await?;
        for action in besides {
            context.permit(*action, run.brand_id).await?;
        }
        context.roll_back().await?;
        Ok::<(), Failure>(())
    };
    match asked.await {
        Ok(()) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// One file of it.
async fn made(report: Arc<Report>, format: ReportFormat) -> Result<Vec<u8>, Fault> {
    let render = move || match format {
        ReportFormat::Pdf => report_pdf(&report),
        ReportFormat::Xlsx => report_xlsx(&report),
        ReportFormat::Csv => report_csv(&report),
        ReportFormat::Html => report_html(&report),
    };
    let made = tokio::task::spawn_blocking(render).await;
    let made = made.map_err(|error| Fault::broken(format!("rendering ended badly: {error}")))?;
    made.map_err(|error| Fault::broken(format!("rendering: {error}")))
}

/// Says how far it has come. False when nobody wants it any more.
async fn come(work: &Work, run_id: Uuid, progress: i16) -> Result<bool, JobError> {
    let scope = work.begin().await?;
    let said = report_run::Entity::update_many()
        .col_expr(report_run::Column::Progress, Expr::value(progress))
        .filter(report_run::Column::BrandId.eq(scope.brand_id))
        .filter(report_run::Column::Id.eq(run_id))
        .filter(report_run::Column::State.eq(ReportState::Requested))
        .exec(scope.tx())
        .await?;
    scope.commit().await?;
    Ok(said.rows_affected > 0)
}

/// Ends the job of a report that was taken back.
async fn stop(work: &Work) -> Result<(), JobError> {
    work.begin().await?.finish(Next::Done).await
}

/// Whether a report is still wanted; its row is locked, so that it is until this transaction ends.
async fn is_wanted(scope: &Scope, run_id: Uuid) -> Result<bool, JobError> {
    let select = report_run::Entity::one_in_brand(scope.brand_id, run_id).lock_exclusive();
    Ok(select.one(scope.tx()).await?.is_some_and(|run| run.state == ReportState::Requested))
}

/// A file that lies in the store, of which no row says so yet.
#[derive(Debug)]
pub(in crate::insights) struct StoredFile {
    id: Uuid,
    format: ReportFormat,
    byte_size: i64,
    sha256: Vec<u8>,
}

/// Stores the files of this attempt, each under an id of its own. No transaction is open meanwhile, however slow the store is.
pub(in crate::insights) async fn store(
    work: &Work,
    brand_id: Uuid,
    files: &[(ReportFormat, Vec<u8>)],
) -> Result<Vec<StoredFile>, JobError> {
    let mut stored = Vec::with_capacity(files.len());
    for (format, bytes) in files {
        let id = ids::new_id(work.services.now());
        let byte_size = i64::try_from(bytes.len()).map_err(|_| Fault::broken("a report beyond all limits"))?;
        stored.push(StoredFile { id, format: *format, byte_size, sha256: sha256(bytes).to_vec() });
        if let Err(error) = work.services.storage.put(report_file_key(brand_id, id), bytes).await {
            discard(work, brand_id, &stored).await;
            return Err(Fault::from(error).into());
        }
    }
    Ok(stored)
}

/// Removes what was stored and is not wanted. What cannot be removed has no row and no reader, and goes with the brand.
async fn discard(work: &Work, brand_id: Uuid, files: &[StoredFile]) {
    for file in files {
        if let Err(error) = work.services.storage.remove(report_file_key(brand_id, file.id)).await {
            tracing::warn!(file = %file.id, %error, "a file that no report has is still in the store");
        }
    }
}

/// The transaction that ends a report whose files are stored: the fence and the row of the run are held. None where nobody wants it any more;
/// its job is over then.
pub(in crate::insights) async fn begin_end(
    work: &Work,
    run: &report_run::Model,
    files: &[StoredFile],
) -> Result<Option<Scope>, JobError> {
    let scope = match work.begin().await {
        Ok(scope) => scope,
        Err(error) => {
            discard(work, run.brand_id, files).await;
            return Err(error);
        }
    };
    if is_wanted(&scope, run.id).await? {
        return Ok(Some(scope));
    }
    scope.finish(Next::Done).await?;
    discard(work, run.brand_id, files).await;
    Ok(None)
}

/// Notes the files of a report, in the transaction that makes it ready.
pub(in crate::insights) async fn note_files(
    scope: &Scope,
    run_id: Uuid,
    files: Vec<StoredFile>,
) -> Result<(), JobError> {
    let rows = files.into_iter().map(|file| report_file::ActiveModel {
        id: Set(file.id),
        brand_id: Set(scope.brand_id),
        report_id: Set(run_id),
        format: Set(file.format),
        byte_size: Set(file.byte_size),
        sha256: Set(file.sha256),
        created_at: Set(scope.now),
    });
    report_file::Entity::insert_many(rows).exec_without_returning(scope.tx()).await?;
    Ok(())
}

/// Stores the files, and then ends the report with rows that name them.
async fn keep(
    work: &Work,
    run: &report_run::Model,
    files: &[(ReportFormat, Vec<u8>)],
    (note, left_out): (Option<&'static str>, i32),
) -> Result<(), JobError> {
    let stored = store(work, run.brand_id, files).await?;
    let Some(scope) = begin_end(work, run, &stored).await? else { return Ok(()) };
    note_files(&scope, run.id, stored).await?;
    let ready = report_run::Entity::update_many()
        .col_expr(report_run::Column::State, Expr::value(ReportState::Ready))
        .col_expr(report_run::Column::FinishedAt, Expr::value(scope.now))
        .col_expr(report_run::Column::Progress, Expr::value(100_i16))
        .col_expr(report_run::Column::PicturesLeftOut, Expr::value(left_out))
        .col_expr(report_run::Column::Note, Expr::value(note.map(str::to_owned)));
    of(ready, run).exec(scope.tx()).await?;
    run_ended(scope.permit().await?, scope.now, run.id).await?;
    scope.finish(Next::Done).await
}

/// Whoever asked for it may not read it any more, or is gone.
pub(in crate::insights) async fn refuse(work: &Work, run: &report_run::Model) -> Result<(), JobError> {
    let scope = work.begin().await?;
    let failed = report_run::Entity::update_many()
        .col_expr(report_run::Column::State, Expr::value(ReportState::Failed))
        .col_expr(report_run::Column::FinishedAt, Expr::value(scope.now))
        .col_expr(report_run::Column::Error, Expr::value(NOT_ALLOWED));
    let failed = of(failed, run).exec(scope.tx()).await?;
    if failed.rows_affected > 0 {
        run_ended(scope.permit().await?, scope.now, run.id).await?;
    }
    scope.finish(Next::Done).await
}

/// The run, as long as it is wanted.
fn of(
    update: sea_orm::UpdateMany<report_run::Entity>,
    run: &report_run::Model,
) -> sea_orm::UpdateMany<report_run::Entity> {
    update
        .filter(report_run::Column::BrandId.eq(run.brand_id))
        .filter(report_run::Column::Id.eq(run.id))
        .filter(report_run::Column::State.eq(ReportState::Requested))
}
