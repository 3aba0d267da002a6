//! The caller's notices.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::notices::{self as domain, MOST_READ, Read};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::trust::notice;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::insights::{InsightAlertEvent, WebSource};
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::{Publication, SocialAccount};
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::Brand;

/// What people are told of.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "notice::NoticeKind")]
pub enum NoticeKind {
    /// A publication failed.
    PublicationFailed,
    /// A person must say what became of a publication, or of the rest of it.
    PublicationUnconfirmed,
    /// A publication was not sent in time.
    PublicationMissed,
    /// A network accepts an account no longer.
    AccountDisconnected,
    /// A webhook was switched off, since nothing arrived for a day.
    WebhookDisabled,
    /// A contract ends soon.
    ContractEnding,
    /// The other side of a contract that is negotiated said something about it.
    ContractCommented,
    /// Something that a contract promises is due in three days, or overdue.
    DeliverableDue,
    /// A scheduled report could not be made or sent, or its schedule was paused.
    ReportNotSent,
    /// A figure of the brand is as one of its alerts describes.
    InsightAlert,
    /// A server that counts visits refuses its key, or is none that can be read: it is not asked any more. Told once, until it answers again.
    WebSourceFailed,
    /// The agency's own host for shared reports was given up: it does not lead here. Told to those who lead the agency, and to its own webhooks alone.
    ReportHostLost,
}

/// Something that the caller should know.
pub struct Notice {
    pub op: Op,
    pub row: notice::Model,
}

impl Notice {
    fn is_about_publication(&self) -> bool {
        use notice::NoticeKind as K;
        matches!(self.row.kind, K::PublicationFailed | K::PublicationUnconfirmed | K::PublicationMissed)
    }
}

/// Something that the caller should know.
#[Object]
impl Notice {
    /// The notice's id.
    pub async fn id(&self) -> ID {
        Kind::Notice.id(self.row.id)
    }
    /// Of what it tells.
    async fn kind(&self) -> NoticeKind {
        self.row.kind.into()
    }
    /// What happened and the next step, in the caller's language.
    async fn message(&self) -> String {
        domain::in_words(self.op.locale(), &self.row)
    }
    /// When it happened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When the caller read it.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.row.read_at
    }
    /// The brand; null where it is the agency's, and where the caller does not see it any more.
    async fn brand(&self) -> Result<Option<Brand>> {
        let Some(id) = self.row.brand_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Brand { op: self.op.clone(), row }))
    }
    /// The publication; null where it is about something else or several, and where the caller does not see it.
    async fn publication(&self) -> Result<Option<Publication>> {
        if !self.is_about_publication() {
            return Ok(None);
        }
        Ok(self.op.load(self.row.subject_id).await?.map(|row| Publication { op: self.op.clone(), row }))
    }
    /// The account that was disconnected; null where it is about something else.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        if self.row.kind != notice::NoticeKind::AccountDisconnected {
            return Ok(None);
        }
        Ok(self.op.load(self.row.subject_id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// What an alert tells of; null where it is about something else, and where the caller may not read it or it is not kept any more.
    async fn insight_alert_event(&self) -> Result<Option<InsightAlertEvent>> {
        if self.row.kind != notice::NoticeKind::InsightAlert {
            return Ok(None);
        }
        Ok(self.op.load(self.row.subject_id).await?.map(|row| InsightAlertEvent { op: self.op.clone(), row }))
    }
    /// What is not asked for visits any more; null where it is about something else, and where the caller may not read it.
    async fn web_source(&self) -> Result<Option<WebSource>> {
        if self.row.kind != notice::NoticeKind::WebSourceFailed {
            return Ok(None);
        }
        Ok(self.op.load(self.row.subject_id).await?.map(|row| WebSource { op: self.op.clone(), row }))
    }
}

/// Queries for notices.
#[derive(Default)]
pub struct NoticeQuery;

#[Object]
impl NoticeQuery {
    /// The caller's notices, newest first. For people.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that were not read.", default)] unread_only: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Notice>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let slice = op.query(domain::notices(op, unread_only, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Notice { op: op.clone(), row }))
    }

    /// How many notices the caller has not read. For people.
    async fn unread_notices(&self, ctx: &Context<'_>) -> Result<Long> {
        let op = Op::of(ctx)?;
        Ok(op.query(domain::unread_notices(op).await)?.into())
    }
}

/// Which notices.
#[derive(OneofObject)]
enum WhichNotices {
    /// These, up to 100.
    NoticeIds(Vec<ID>),
    /// All of the caller's. Always `true`.
    All(bool),
}

/// Notices to mark as read.
#[derive(InputObject)]
struct MarkNoticesReadInput {
    /// Which.
    which: WhichNotices,
}

/// The answer of `markNoticesRead`.
#[derive(SimpleObject)]
struct MarkNoticesReadPayload {
    /// How many were marked: those that were read before are not among them.
    marked: Option<Long>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

impl WhichNotices {
    fn into_domain(self) -> Result<Read, Failure> {
        match self {
            Self::NoticeIds(ids) if ids.len() > MOST_READ => {
                let error = UserError::at(Code::TooMany, "which.noticeIds").number("limit", MOST_READ);
                Err(error.number("actual", ids.len()).into())
            }
            Self::NoticeIds(ids) => {
                let ids = ids.iter().map(|id| Kind::Notice.parse(id, "which.noticeIds"));
                Ok(Read::These(ids.collect::<Result<_, _>>()?))
            }
            Self::All(true) => Ok(Read::All),
            Self::All(false) => Err(UserError::at(Code::Invalid, "which.all").into()),
        }
    }
}

/// Mutations of notices.
#[derive(Default)]
pub struct NoticeMutation;

#[Object]
impl NoticeMutation {
    /// Marks notices of the caller's as read. Somebody else's stay as they are. For people.
    async fn mark_notices_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: MarkNoticesReadInput,
    ) -> Result<MarkNoticesReadPayload> {
        let command = async |context: &Domain| domain::mark_notices_read(context, input.which.into_domain()?).await;
        let (marked, user_errors) = Op::of(ctx)?.command(command).await?;
        Ok(MarkNoticesReadPayload { marked: marked.map(Into::into), user_errors })
    }
}
