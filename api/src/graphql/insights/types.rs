//! Reports as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::insights;
use diwan_entity::insights::report_run;

use super::report_templates::{ReportAudience, ReportTemplate};
use super::reports::{NoMachineSummary, ReportFile};
use crate::graphql::context::Op;
use crate::graphql::media::hex;
use crate::graphql::publishing::Trouble;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::Locale;

/// Whether a report is there.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_run::ReportState")]
pub enum ReportState {
    /// Being rendered.
    Requested,
    /// Ready to fetch.
    Ready,
    /// It could not be rendered.
    Failed,
    /// It was taken back before it was there.
    Canceled,
}

/// Where a file can be fetched for a while, by whoever has the link.
#[derive(SimpleObject)]
pub struct Download {
    /// Where.
    pub url: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// One rendering of a report; the result never changes afterwards.
pub struct ReportRun {
    pub op: Op,
    pub row: report_run::Model,
}

/// One rendering of a report; the result never changes afterwards.
#[Object]
impl ReportRun {
    /// The report's id.
    pub async fn id(&self) -> ID {
        Kind::Report.id(self.row.id)
    }
    /// The first day of the month that it is about; of a report made of blocks, of the month in which its period begins.
    async fn month(&self) -> NaiveDate {
        self.row.month
    }
    /// Its language.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// Whether it is there.
    async fn state(&self) -> ReportState {
        self.row.state.into()
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was finished.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
    /// Whether it is made of the blocks of a template, and not a month.
    async fn composed(&self) -> bool {
        self.row.audience.is_some()
    }
    /// What it is called; null for a month.
    async fn title(&self) -> Option<&str> {
        self.row.title.as_deref()
    }
    /// For whom it is; null for a month, which anybody may read.
    async fn audience(&self) -> Option<ReportAudience> {
        self.row.audience.map(Into::into)
    }
    /// Of which template it was made; null of one that is built in, and of a month.
    async fn template(&self) -> Result<Option<ReportTemplate>> {
        let Some(id) = self.row.template_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| ReportTemplate { op: self.op.clone(), row }))
    }
    /// The first day that it is about, by the brand's clock.
    async fn from(&self) -> NaiveDate {
        self.row.from_day
    }
    /// The last day, which is part of it.
    async fn to(&self) -> NaiveDate {
        self.row.to_day
    }
    /// How far it has come, in hundredths; 100 once it is there.
    async fn progress(&self) -> i32 {
        self.row.progress.into()
    }
    /// Why the summary that a program was to write is not in it; null where it is, or none was wanted.
    async fn summary_missing(&self) -> Option<NoMachineSummary> {
        NoMachineSummary::of(self.row.note.as_deref()?)
    }
    /// How many pictures, the logo among them, do not stand in it because they might not be shown when it was made: their time was over or had
    /// not come, they were archived, or users had made them.
    async fn pictures_left_out(&self) -> i32 {
        self.row.pictures_left_out
    }
    /// Its files, once it is there.
    async fn files(&self) -> Result<Vec<ReportFile>> {
        ReportFile::of(&self.op, self.row.id).await
    }
    /// Size of the PDF of a month in bytes; of other reports see `files`.
    async fn byte_size(&self) -> Option<Long> {
        self.row.byte_size.map(Long)
    }
    /// SHA-256 of the PDF of a month, hexadecimal.
    async fn sha256(&self) -> Option<String> {
        self.row.sha256.as_deref().map(hex)
    }
    /// A signed link to the PDF of a month that expires; a new one with every read.
    async fn download(&self) -> Result<Option<Download>> {
        if self.row.state != report_run::ReportState::Ready || self.row.audience.is_some() {
            return Ok(None);
        }
        let (url, expires_at) = self.op.query(insights::download_link(&self.op, &self.row))?;
        Ok(Some(Download { url: url.to_string(), expires_at }))
    }
    /// Why it could not be rendered.
    async fn error(&self) -> Option<Trouble> {
        self.row.error.as_deref().map(|kind| Trouble::new(self.op.locale(), kind, None))
    }
}
