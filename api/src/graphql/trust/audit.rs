//! The audit trail: reading it, and having it exported.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Json, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use diwan_domain::trust::{self, EventFilter, Period};
use diwan_domain::{Code, Failure, UserError};
use diwan_entity::trust::{audit_anchor, audit_event};
use diwan_platform::ids;
use uuid::Uuid;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// Something that was done. Events are a chain: nobody can change one unseen.
pub struct AuditEvent {
    op: Op,
    row: audit_event::Model,
}

/// Something that was done. Events are a chain: nobody can change one unseen.
#[Object]
impl AuditEvent {
    /// What was done, named `thing.verb`.
    async fn action(&self) -> &str {
        &self.row.action
    }
    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at
    }
    /// By whom; null when Diwan did it by itself, or when the caller does not see the person.
    async fn actor(&self) -> Result<Option<User>> {
        let Some(id) = self.row.actor_id else {
            return Ok(None);
        };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// The id of whoever did it, also where the person is not seen.
    async fn actor_id(&self) -> Option<ID> {
        self.row.actor_id.map(|id| Kind::User.id(id))
    }
    /// In which brand; null for what is the agency's.
    async fn brand(&self) -> Result<Option<Brand>> {
        let Some(id) = self.row.brand_id else {
            return Ok(None);
        };
        Ok(self.op.load(id).await?.map(|row| Brand { op: self.op.clone(), row }))
    }
    /// The id of what it was done to. It begins with the thing of `action`.
    async fn subject_id(&self) -> ID {
        let thing = self.row.action.split('.').next().unwrap_or_default();
        ID(ids::encode(thing, self.row.subject_id))
    }
    /// What about it matters later.
    async fn detail(&self) -> Json<serde_json::Value> {
        Json(self.row.detail.clone())
    }
    /// Its place in the agency's chain.
    async fn seq(&self) -> Option<i64> {
        self.row.seq
    }
    /// Its hash, in hex: over the hash before it and everything that it says.
    async fn hash(&self) -> Option<String> {
        self.row.hash.as_deref().map(|hash| HEXLOWER.encode(hash))
    }
}

/// How far the chain was at a time, signed. Keep some of them elsewhere: `diwan audit verify --anchor` checks an export
/// against them.
pub struct AuditAnchor {
    row: audit_anchor::Model,
}

/// How far the chain was at a time, signed. Keep some of them elsewhere: `diwan audit verify --anchor` checks an export
/// against them.
#[Object]
impl AuditAnchor {
    /// The last event's place in the chain.
    async fn seq(&self) -> i64 {
        self.row.seq
    }
    /// That event's hash, in hex.
    async fn hash(&self) -> String {
        HEXLOWER.encode(&self.row.hash)
    }
    /// When it was signed.
    async fn at(&self) -> DateTime<Utc> {
        self.row.at
    }
    /// The key's id in `/.well-known/audit-jwks.json`.
    async fn key_id(&self) -> &str {
        &self.row.kid
    }
    /// The statement as a compact JWS, signed with Ed25519.
    async fn signature(&self) -> &str {
        &self.row.signature
    }
}

/// Which events are wanted. What is left out is not asked.
#[derive(InputObject, Default)]
struct AuditFilter {
    /// Of these actions, at most 50.
    actions: Option<Vec<String>>,
    /// Done by this person.
    actor_id: Option<ID>,
    /// Done to this.
    subject_id: Option<ID>,
    /// From this time on.
    from: Option<DateTime<Utc>>,
    /// Before this time.
    until: Option<DateTime<Utc>>,
}

impl AuditFilter {
    fn parse(self) -> Result<EventFilter, Failure> {
        let actor = self.actor_id.map(|id| Kind::User.parse(&id, "filter.actorId")).transpose()?;
        let subject = self.subject_id.map(|id| any_id(&id, "filter.subjectId")).transpose()?;
        let actions = self.actions.unwrap_or_default();
        Ok(EventFilter { actions, actor_id: actor, subject_id: subject, from: self.from, until: self.until })
    }
}

/// An id of whatever kind.
fn any_id(id: &ID, field: &str) -> Result<Uuid, Failure> {
    let found = ids::split(id).map(|(_, id)| id);
    found.ok_or_else(|| UserError::at(Code::NotFound, field).into())
}

/// Queries of the audit trail.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done, newest first: in a brand, or in the whole agency. For DIRECTOR and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four, and each is an argument of the field")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this brand; in the whole agency when left out.")] brand_id: Option<ID>,
        #[graphql(desc = "Only these.")] filter: Option<AuditFilter>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, AuditEvent>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let read = async || {
            let brand_id = brand_id.map(|id| Kind::Brand.parse(&id, "brandId")).transpose()?;
            trust::audit_events(op, brand_id, filter.unwrap_or_default().parse()?, page).await
        };
        let slice = op.query(read().await)?;
        Ok(connection(slice, |row| row.id, |row| AuditEvent { op: op.clone(), row }))
    }

    /// The anchors of the audit trail, newest first: one an hour while something happens. For DIRECTOR and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn audit_anchors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, AuditAnchor>> {
        let op = Op::of(ctx)?;
        let page = Window { first, after, last, before }.page()?;
        let slice = op.query(trust::audit_anchors(op, page).await)?;
        Ok(connection(slice, |row| row.id, |row| AuditAnchor { row }))
    }
}

/// What to export.
#[derive(InputObject)]
struct ExportAuditInput {
    /// From the first event at or after this time on; from the very first when left out.
    from: Option<DateTime<Utc>>,
    /// To the last event before this time; to the newest when left out.
    until: Option<DateTime<Utc>>,
}

/// A link to the exported trail.
#[derive(SimpleObject)]
struct AuditExport {
    /// Where to fetch it. Whoever has the link can: keep it secret.
    url: String,
    /// Until when.
    expires_at: DateTime<Utc>,
}

/// The answer of `exportAudit`.
#[derive(SimpleObject)]
struct ExportAuditPayload {
    /// The link, when it was granted.
    export: Option<AuditExport>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of the audit trail.
#[derive(Default)]
pub struct AuditMutation;

#[Object]
impl AuditMutation {
    /// Gives a link to the audit trail as a file, for 15 minutes. `diwan audit verify` checks the file without the database.
    /// For CMO.
    async fn export_audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to export.")] input: ExportAuditInput,
    ) -> Result<ExportAuditPayload> {
        let op = Op::of(ctx)?;
        let period = Period { from: input.from, until: input.until };
        let (link, user_errors) = op.command(async |context| trust::export_audit(context, period).await).await?;
        let export = link.map(|(url, expires_at)| AuditExport { url: url.into(), expires_at });
        Ok(ExportAuditPayload { export, user_errors })
    }
}
