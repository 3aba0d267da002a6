//! What is kept of a contract: versions, what was said, documents, signatures.

use async_graphql::{Enum, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::contracts as domain;
use diwan_entity::contracts::{contract_comment, contract_document, contract_signature, contract_version};

use crate::graphql::approvals::Money;
use crate::graphql::calendar::{TextPiece, text_pieces};
use crate::graphql::context::Op;
use crate::graphql::scalars::Long;
use crate::graphql::tenancy::User;

/// A clause of a contract.
#[derive(SimpleObject)]
pub struct ContractClause {
    /// What it is about; empty where it has no heading.
    heading: String,
    /// What it says.
    text: String,
}

/// Clauses as they are kept.
pub(super) fn clauses(op: &Op, kept: &serde_json::Value) -> Result<Vec<ContractClause>> {
    let clauses = op.query(domain::clauses_of(kept))?;
    Ok(clauses.into_iter().map(|clause| ContractClause { heading: clause.heading, text: clause.text }).collect())
}

/// A version of a contract: what it said when it was saved. It stays as it was.
pub struct ContractVersion {
    pub op: Op,
    pub row: contract_version::Model,
}

impl ContractVersion {
    fn terms(&self) -> Result<domain::ContractTerms> {
        Ok(self.op.query(domain::saved_terms(&self.row))?.terms)
    }
}

/// A version of a contract: what it said when it was saved. It stays as it was.
#[Object]
impl ContractVersion {
    /// Which, counted from 1.
    async fn number(&self) -> i32 {
        self.row.number
    }
    /// What the contract was called.
    async fn title(&self) -> Result<String> {
        Ok(self.terms()?.title)
    }
    /// How the other side was named.
    async fn party_name(&self) -> Result<String> {
        Ok(self.terms()?.party_name)
    }
    /// What it cost.
    async fn fee(&self) -> Result<Money> {
        let terms = self.terms()?;
        Ok(Money { minor: Long(terms.fee_minor), currency: terms.currency })
    }
    /// The first day; null where nobody had said.
    async fn starts_on(&self) -> Result<Option<NaiveDate>> {
        Ok(self.terms()?.starts_on)
    }
    /// The last day; null: without an end.
    async fn ends_on(&self) -> Result<Option<NaiveDate>> {
        Ok(self.terms()?.ends_on)
    }
    /// Its clauses.
    async fn clauses(&self) -> Result<Vec<ContractClause>> {
        clauses(&self.op, &self.row.clauses)
    }
    /// Who saved it; null when the caller does not see that person.
    async fn author(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.author_id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When.
    async fn saved_at(&self) -> DateTime<Utc> {
        self.row.saved_at
    }
}

/// A term of a contract that may differ between versions.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::ContractTerm")]
pub enum ContractTerm {
    /// What it is called.
    Title,
    /// The name of the other side.
    PartyName,
    /// Their address.
    PartyAddress,
    /// Where the link to sign goes.
    PartyEmail,
    /// The language of the document.
    Language,
    /// What it costs.
    Fee,
    /// The first day.
    StartsOn,
    /// The last day.
    EndsOn,
    /// For whom they do not work meanwhile.
    Exclusivity,
    /// The last day of that.
    ExclusiveUntil,
    /// What discloses it in posts.
    Disclosure,
    /// What may be done with what they make.
    UsageRights,
    /// The last day of that.
    UsageUntil,
}

/// A term that differs between two versions.
#[derive(SimpleObject)]
pub struct ContractTermChange {
    /// Which.
    term: ContractTerm,
    /// What it said, and says; what is not agreed on is empty.
    pieces: Vec<TextPiece>,
}

/// A clause that differs between two versions.
#[derive(SimpleObject)]
pub struct ContractClauseChange {
    /// Its place before, counted from 1; null where it is new.
    before: Option<usize>,
    /// Its place now, counted from 1; null where it is gone.
    now: Option<usize>,
    /// What its heading said, and says.
    heading: Vec<TextPiece>,
    /// What it said, and says.
    text: Vec<TextPiece>,
}

/// What differs between two versions of a contract.
#[derive(SimpleObject)]
pub struct ContractChanges {
    /// Terms.
    terms: Vec<ContractTermChange>,
    /// Clauses, in the order in which they stand; those that are the same in both are left out.
    clauses: Vec<ContractClauseChange>,
}

impl From<domain::ContractChanges> for ContractChanges {
    fn from(changes: domain::ContractChanges) -> Self {
        let term = |change: domain::TermChange| ContractTermChange {
            term: change.term.into(),
            pieces: text_pieces(change.pieces),
        };
        let clause = |change: domain::ClauseChange| ContractClauseChange {
            before: change.before,
            now: change.now,
            heading: text_pieces(change.heading),
            text: text_pieces(change.text),
        };
        Self {
            terms: changes.terms.into_iter().map(term).collect(),
            clauses: changes.clauses.into_iter().map(clause).collect(),
        }
    }
}

/// Who reads what is said about a contract.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "contract_comment::ContractVisibility")]
pub enum ContractVisibility {
    /// The team.
    Internal,
    /// The other side as well.
    Party,
}

/// What was said about a contract while it was negotiated.
pub struct ContractComment {
    pub op: Op,
    pub row: contract_comment::Model,
}

/// What was said about a contract while it was negotiated.
#[Object]
impl ContractComment {
    /// About which version.
    async fn version(&self) -> i32 {
        self.row.number
    }
    /// Who reads it.
    async fn visibility(&self) -> ContractVisibility {
        self.row.visibility.into()
    }
    /// Whether the other side said it, by its link.
    async fn by_other_side(&self) -> bool {
        self.row.author_id.is_none()
    }
    /// Who said it; null where the other side did by its link, and when the caller does not see that person.
    async fn author(&self) -> Result<Option<User>> {
        let Some(id) = self.row.author_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Their name, as it was then.
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

/// What a document of a contract is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "contract_document::DocumentPart")]
pub enum ContractDocumentPart {
    /// What is put before both sides.
    ToSign,
    /// The same with the page of signatures.
    Signed,
}

/// How far a document of a contract is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "contract_document::DocumentState")]
pub enum ContractDocumentState {
    /// It is being made.
    Rendering,
    /// It can be fetched, and does not change any more.
    Ready,
    /// It could not be made; the job says why, and can be run again.
    Failed,
    /// The contract had changed when it was ready.
    Void,
}

/// Where a document can be fetched for a quarter of an hour.
#[derive(SimpleObject)]
pub struct ContractDownload {
    /// The address.
    url: String,
    /// Until when it works.
    expires_at: DateTime<Utc>,
}

/// A contract as a PDF file.
pub struct ContractDocument {
    pub op: Op,
    pub row: contract_document::Model,
}

/// A contract as a PDF file.
#[Object]
impl ContractDocument {
    /// Of which version.
    async fn version(&self) -> i32 {
        self.row.number
    }
    /// What it is.
    async fn part(&self) -> ContractDocumentPart {
        self.row.part.into()
    }
    /// How far it is.
    async fn state(&self) -> ContractDocumentState {
        self.row.state.into()
    }
    /// The SHA-256 of its bytes, in hexadecimal; null while it is not ready.
    async fn sha256(&self) -> Option<String> {
        self.row.sha256.as_deref().map(|hash| data_encoding::HEXLOWER.encode(hash))
    }
    /// How large it is, in bytes.
    async fn byte_size(&self) -> Option<Long> {
        self.row.byte_size.map(Long)
    }
    /// Where it can be fetched; null while it is not ready.
    async fn download(&self) -> Result<Option<ContractDownload>> {
        let link = self.op.query(domain::document_link(&self.op, &self.row))?;
        Ok(link.map(|(url, expires_at)| ContractDownload { url: url.into(), expires_at }))
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was ready, or given up.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
}

/// For whom somebody signs.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "contract_signature::ContractSide")]
pub enum ContractSide {
    /// For the agency and the brand.
    Ours,
    /// For the other side.
    Theirs,
}

/// A signature under the document of a contract. It stays as it was given.
pub struct ContractSignature {
    pub op: Op,
    pub row: contract_signature::Model,
}

/// A signature under the document of a contract. It stays as it was given.
#[Object]
impl ContractSignature {
    /// For whom.
    async fn side(&self) -> ContractSide {
        self.row.side.into()
    }
    /// The name as it was typed.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Who of the agency signed; null for the other side, and when the caller does not see that person.
    async fn user(&self) -> Result<Option<User>> {
        let Some(id) = self.row.user_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Whether it was given on the page of a link, without signing in.
    async fn by_link(&self) -> bool {
        self.row.link_id.is_some()
    }
    /// From which address on the network.
    async fn address(&self) -> &str {
        &self.row.address
    }
    /// The SHA-256 of the file that was signed, in hexadecimal.
    async fn document_sha256(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.row.document_sha256)
    }
    /// When.
    async fn signed_at(&self) -> DateTime<Utc> {
        self.row.signed_at
    }
}
