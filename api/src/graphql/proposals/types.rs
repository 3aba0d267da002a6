//! Proposals as the API shows them.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::proposals as domain;
use diwan_entity::approvals::approval_request;
use diwan_entity::projects::project;
use diwan_entity::proposals::{proposal, proposal_acceptance, proposal_comment, proposal_template, proposal_version};

use super::projects::Project;
use super::version::{ProposalVersion, money};
use crate::graphql::approvals::{ApprovalRequest, Money};
use crate::graphql::context::Op;
use crate::graphql::insights::Download;
use crate::graphql::media::hex;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, Locale, User};

/// How far a proposal has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "proposal::ProposalState")]
pub enum ProposalState {
    /// It is being written.
    Draft,
    /// The team reviews it, or has and it was not sent yet: see `reviewedAt`.
    InReview,
    /// The client has it.
    Sent,
    /// The client has seen it.
    Viewed,
    /// The client said yes.
    Accepted,
    /// The client said no.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// It was given up or taken back.
    Withdrawn,
}

/// That a client accepted a proposal. It stays as it was written.
pub struct ProposalAcceptance {
    op: Op,
    row: proposal_acceptance::Model,
    currency: String,
}

/// That a client accepted a proposal. It stays as it was written.
#[Object]
impl ProposalAcceptance {
    /// The name that was typed.
    async fn signer_name(&self) -> &str {
        &self.row.signer_name
    }
    /// When.
    async fn signed_at(&self) -> DateTime<Utc> {
        self.row.signed_at
    }
    /// The address on the network from which it was signed; null for clients.
    async fn address(&self) -> Option<&str> {
        domain::reads_whole(&self.op, self.row.brand_id).then_some(self.row.address.as_str())
    }
    /// SHA-256 of the document with the options that were taken, hexadecimal.
    async fn document_sha256(&self) -> String {
        hex(&self.row.document_sha256)
    }
    /// The document with the options that were taken: JSON, word for word what was accepted.
    async fn document(&self) -> &str {
        &self.row.document
    }
    /// The signed file: what was accepted, with a page that says by whom, when and from where. Null until it was made, which follows the
    /// acceptance; and for clients, who have it on the page of their link.
    async fn file(&self) -> Result<Option<Download>> {
        if !domain::reads_whole(&self.op, self.row.brand_id) {
            return Ok(None);
        }
        let link = self.op.query(domain::acceptance_file_link(&self.op, &self.row))?;
        Ok(link.map(|(url, expires_at)| Download { url: url.to_string(), expires_at }))
    }
    /// SHA-256 of the signed file, hexadecimal; null until it was made.
    async fn file_sha256(&self) -> Option<String> {
        self.row.file_sha256.as_deref().map(hex)
    }
    /// How many options were taken.
    async fn options_taken(&self) -> i32 {
        i32::try_from(self.row.chosen.len()).unwrap_or(i32::MAX)
    }
    /// What was accepted comes to this without tax.
    async fn net(&self) -> Money {
        money(self.row.net_minor, &self.currency)
    }
    /// The tax on it.
    async fn tax(&self) -> Money {
        money(self.row.tax_minor, &self.currency)
    }
    /// What is to be paid.
    async fn gross(&self) -> Money {
        money(self.row.net_minor + self.row.tax_minor, &self.currency)
    }
    /// The project that it opened; null for those who see no projects.
    async fn project(&self) -> Result<Option<Project>> {
        let row: Option<project::Model> = self.op.load(self.row.project_id).await?;
        Ok(row.map(|row| Project { op: self.op.clone(), row }))
    }
}

/// What the client or the team said about a proposal; both read it.
pub struct ProposalComment {
    pub op: Op,
    pub row: proposal_comment::Model,
}

/// What the client or the team said about a proposal; both read it.
#[Object]
impl ProposalComment {
    /// The comment's id.
    pub async fn id(&self) -> ID {
        Kind::ProposalComment.id(self.row.id)
    }
    /// About which version.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Whether the client said it, by the page.
    async fn by_client(&self) -> bool {
        self.row.author_id.is_none()
    }
    /// Who of the team said it; null where the client did, or the caller does not see that person.
    async fn author(&self) -> Result<Option<User>> {
        let Some(id) = self.row.author_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// The name of whoever said it.
    async fn author_name(&self) -> &str {
        &self.row.author_name
    }
    /// What.
    async fn body(&self) -> &str {
        &self.row.body
    }
    /// When.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// What a client is offered. Clients see those that were sent to their brand.
pub struct Proposal {
    pub op: Op,
    pub row: proposal::Model,
}

impl Proposal {
    fn version_row(&self, row: proposal_version::Model) -> ProposalVersion {
        ProposalVersion { op: self.op.clone(), row }
    }
}

/// What a client is offered. Clients see those that were sent to their brand.
#[Object]
impl Proposal {
    /// The proposal's id.
    pub async fn id(&self) -> ID {
        Kind::Proposal.id(self.row.id)
    }
    /// What it is called, in its newest version.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// How far it has come.
    async fn state(&self) -> ProposalState {
        self.row.state.into()
    }
    /// The language in which the client reads it.
    async fn locale(&self) -> Locale {
        self.row.locale.into()
    }
    /// Of all its amounts, ISO 4217.
    async fn currency(&self) -> &str {
        &self.row.currency
    }
    /// The last day on which it can be accepted, in the brand's time zone.
    async fn valid_until(&self) -> NaiveDate {
        self.row.valid_until
    }
    /// The number of its newest version; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// What it says: its newest version.
    async fn content(&self) -> Result<Option<ProposalVersion>> {
        let rows = self.op.load_of::<proposal_version::Model>(self.row.id).await?;
        let newest = rows.into_iter().find(|row| row.number == self.row.version);
        Ok(newest.map(|row| self.version_row(row)))
    }
    /// All its versions, newest first. Clients see the one that they were sent.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn versions(&self) -> Result<Vec<ProposalVersion>> {
        let rows = self.op.load_of::<proposal_version::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| self.version_row(row)).collect())
    }
    /// What the client and the team said about it, oldest first, up to 500.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn comments(&self) -> Result<Vec<ProposalComment>> {
        let rows = self.op.load_of::<proposal_comment::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ProposalComment { op: self.op.clone(), row }).collect())
    }
    /// The reviews of it, newest first. For the agency's staff; clients are shown none.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn reviews(&self) -> Result<Vec<ApprovalRequest>> {
        let rows = self.op.load_of::<approval_request::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ApprovalRequest { op: self.op.clone(), row }).collect())
    }
    /// When its newest version was approved by the team.
    async fn reviewed_at(&self) -> Option<DateTime<Utc>> {
        self.row.reviewed_at
    }
    /// When it was sent.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.row.sent_at
    }
    /// Who sent it; null when the caller does not see that person.
    async fn sent_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.sent_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// The name of whoever answers for the client.
    async fn client_name(&self) -> Option<&str> {
        self.row.client_name.as_deref()
    }
    /// Where they were written to; null where the link was handed over in another way.
    async fn client_email(&self) -> Option<&str> {
        self.row.client_email.as_deref()
    }
    /// When it was first seen by the client.
    async fn viewed_at(&self) -> Option<DateTime<Utc>> {
        self.row.viewed_at
    }
    /// From this moment on it cannot be accepted any more.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.expires_at
    }
    /// When it was accepted, declined, withdrawn or over.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
    /// Why the client said no.
    async fn decline_reason(&self) -> Option<&str> {
        self.row.decline_reason.as_deref()
    }
    /// How it was accepted.
    async fn acceptance(&self) -> Result<Option<ProposalAcceptance>> {
        let rows = self.op.load_of::<proposal_acceptance::Model>(self.row.id).await?;
        let currency = self.row.currency.clone();
        Ok(rows.into_iter().next().map(|row| ProposalAcceptance { op: self.op.clone(), row, currency }))
    }
    /// From which template it was made; null: from none, and for clients.
    async fn template(&self) -> Result<Option<ProposalTemplate>> {
        let Some(id) = self.row.template_id else { return Ok(None) };
        let row: Option<proposal_template::Model> = self.op.load(id).await?;
        Ok(row.map(|row| ProposalTemplate { op: self.op.clone(), row }))
    }
    /// Who began it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Who looks after it and is told what the client says: whoever sent it or, before, began it, until their work is handed over; null when
    /// the caller does not see that person.
    async fn owner(&self) -> Result<Option<User>> {
        let id = self.row.owner_id.or(self.row.sent_by).unwrap_or(self.row.created_by);
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was begun.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A proposal from which others are made.
pub struct ProposalTemplate {
    pub op: Op,
    pub row: proposal_template::Model,
}

/// A proposal from which others are made.
#[Object]
impl ProposalTemplate {
    /// The template's id.
    pub async fn id(&self) -> ID {
        Kind::ProposalTemplate.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// The title of the proposal from which it was made.
    async fn title(&self) -> Result<String> {
        Ok(self.op.query(domain::content_of(&self.row))?.offer.title)
    }
    /// How many lines it has.
    async fn line_count(&self) -> Result<i32> {
        let content = self.op.query(domain::content_of(&self.row))?;
        Ok(i32::try_from(content.lines.len()).unwrap_or(i32::MAX))
    }
    /// Who kept it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was kept.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was put away; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
