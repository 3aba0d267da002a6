//! Reports as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::insights;
use diwan_entity::insights::report_run;

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
    /// The first day of the month that it is about.
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
    /// Size of the PDF in bytes.
    async fn byte_size(&self) -> Option<Long> {
        self.row.byte_size.map(Long)
    }
    /// SHA-256 of the PDF, hexadecimal.
    async fn sha256(&self) -> Option<String> {
        self.row.sha256.as_deref().map(hex)
    }
    /// A signed link to the PDF that expires; a new one with every read.
    async fn download(&self) -> Result<Option<Download>> {
        if self.row.state != report_run::ReportState::Ready {
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
