//! What the holder of a report's link sees: the report, and its files.
//!
//! A link that was never made, one that was ended and one whose time is over read alike.

use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::insights::report_file::{self, ReportFormat};
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_entity::insights::report_share;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::source::Source;
use diwan_platform::storage::{Opened, Served};
use diwan_reports::report::FILES_PLACE;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::deliver::{ending, mime_type};
use super::files::{files_of, stored, title_of};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault};
use crate::public_links::{self, Found, Outcome, PublicLink};

/// How much of a page is read to find the place, in bytes: its head is some thousands, and the place comes right after.
const HEAD: u64 = 64 * 1024;

/// A report as the holder of a link sees it.
#[derive(Debug)]
pub struct SharedReport {
    /// The language of the page around it.
    pub locale: Locale,
    /// What the report is called.
    pub title: String,
    /// The formats in which it can be fetched.
    pub formats: Vec<ReportFormat>,
    /// The page itself, where it was made.
    pub page: Option<SharedPage>,
}

/// A report's own page, around the place for what else there is of the report. Most of it is where it is stored.
#[derive(Debug)]
pub struct SharedPage {
    /// Up to that place.
    pub before: String,
    /// From there on, as far as it was read to find the place.
    pub after: Vec<u8>,
    /// What is behind, to be read as it is sent.
    pub rest: Source,
}

impl SharedPage {
    async fn of(page: &Source) -> Result<Self, Fault> {
        let unreadable = |error: std::io::Error| Fault::broken(format!("the page of a report: {error}"));
        let head = page.read(0..HEAD).await.map_err(unreadable)?;
        let place = head.windows(FILES_PLACE.len()).position(|part| part == FILES_PLACE.as_bytes());
        let (before, after) = match place {
            Some(place) => (&head[..place], &head[place + FILES_PLACE.len()..]),
            None => (&head[..0], &head[..]),
        };
        let before = std::str::from_utf8(before).map_err(|_| Fault::broken("the page of a report is no text"))?;
        Ok(Self { before: before.to_owned(), after: after.to_vec(), rest: page.part(HEAD..u64::MAX) })
    }
}

/// One of its files.
#[derive(Debug)]
pub struct SharedFile {
    /// The bytes, or where they are.
    pub from: Opened,
    /// What a reader's program is told that it is.
    pub mime_type: &'static str,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

/// Opens a report by its link, and counts that it was opened.
pub async fn open_shared_report(services: &Arc<Services>, secret: &str) -> Result<SharedReport, Failure> {
    // Counted first and by itself: a number, and nothing of who looked.
    let count = async |context: &Context, link: &PublicLink| {
        let permit = link.permit(context);
        report_share::Entity::update_many()
            .col_expr(report_share::Column::Views, Expr::col(report_share::Column::Views).add(1))
            .col_expr(report_share::Column::LastViewedAt, Expr::value(context.now))
            .filter(report_share::Column::BrandId.eq(link.brand_id))
            .filter(report_share::Column::Id.eq(link.id))
            .exec(permit.tx())
            .await?;
        Ok(())
    };
    match public_links::act(services, secret, LinkPurpose::Report, count).await? {
        Outcome::Done(()) => {}
        Outcome::Refused(errors) => return Err(Failure::Refused(errors)),
        Outcome::Ended(..) => return Err(Code::LinkInvalid.into()),
    }
    let (link, run, files) = look(services, secret).await?;
    let page = match files.iter().find(|file| file.format == ReportFormat::Html) {
        Some(file) => Some(SharedPage::of(&services.storage.source(stored(file)).await?).await?),
        None => None,
    };
    let formats = files.iter().map(|file| file.format).collect();
    Ok(SharedReport { locale: link.locale, title: title_of(&run), formats, page })
}

/// A file of a report by its link.
pub async fn open_shared_file(
    services: &Arc<Services>,
    secret: &str,
    format: ReportFormat,
) -> Result<SharedFile, Failure> {
    let (_, run, files) = look(services, secret).await?;
    let file = files.iter().find(|file| file.format == format).ok_or(Code::LinkInvalid)?;
    let disposition = format!("attachment; filename=\"report-{}.{}\"", run.to_day.format("%F"), ending(format));
    let mime_type = mime_type(format);
    let from = services.storage.open(stored(file), Served { mime_type, disposition: &disposition }).await?;
    Ok(SharedFile { from, mime_type, disposition })
}

/// What a link opens.
async fn look(
    services: &Arc<Services>,
    secret: &str,
) -> Result<(PublicLink, report_run::Model, Vec<report_file::Model>), Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let Found::Open(link) = public_links::find(&context, secret, LinkPurpose::Report).await? else {
        return Err(Code::LinkInvalid.into());
    };
    let run = context.one(report_run::Entity::one_in_brand(link.brand_id, link.subject_id)).await?;
    let run = run.filter(|run| run.state == ReportState::Ready).ok_or(Code::LinkInvalid)?;
    let files = files_of(&context, &run).await?;
    context.roll_back().await?;
    Ok((link, run, files))
}
