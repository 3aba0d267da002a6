//! Contracts as the API shows them.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::contracts as domain;
use diwan_entity::contracts::{contract, contract_comment, contract_document, contract_signature, contract_version};

use super::record::{
    ContractChanges, ContractClause, ContractComment, ContractDocument, ContractSignature, ContractVersion, clauses,
};
use crate::graphql::approvals::Money;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::finance::BudgetLine;
use crate::graphql::influencers::Influencer;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, Locale, User};

/// With whom a contract is made.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "contract::ContractKind")]
pub enum ContractKind {
    /// An influencer.
    Influencer,
    /// Another agency.
    Agency,
    /// Somebody who sells things or services.
    Vendor,
    /// A freelancer.
    Freelancer,
}

/// How far a contract has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "contract::ContractState")]
pub enum ContractState {
    /// It is being written.
    Draft,
    /// The other side has been told of it, or it came back to be changed.
    Negotiating,
    /// Somebody decides whether we want it.
    InApproval,
    /// We want it, and its fee is committed.
    Approved,
    /// Both sides were asked to sign.
    Sent,
    /// Both sides have signed; its first day is still to come.
    Signed,
    /// It runs.
    Active,
    /// It was carried out.
    Completed,
    /// One side did not want it.
    Declined,
    /// It was ended before it was carried out.
    Terminated,
    /// The other side broke it.
    Breached,
}

/// What a brand agrees on with somebody.
pub struct Contract {
    pub op: Op,
    pub row: contract::Model,
}

impl Contract {
    pub(super) fn of(op: &Op, row: contract::Model) -> Self {
        Self { op: op.clone(), row }
    }
}

/// What a brand agrees on with somebody.
#[Object]
impl Contract {
    /// The contract's id.
    pub async fn id(&self) -> ID {
        Kind::Contract.id(self.row.id)
    }
    /// With whom it is made.
    async fn kind(&self) -> ContractKind {
        self.row.kind.into()
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// How far it has come.
    async fn state(&self) -> ContractState {
        self.row.state.into()
    }
    /// The contract that it amends; null: it is one by itself.
    async fn amends(&self) -> Result<Option<Contract>> {
        let Some(id) = self.row.amends_id else { return Ok(None) };
        Ok(self.op.load::<contract::Model>(id).await?.map(|row| Self::of(&self.op, row)))
    }
    /// What amends it, oldest first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn amendments(&self) -> Result<Vec<Contract>> {
        let rows = self.op.load_of::<contract::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| Self::of(&self.op, row)).collect())
    }
    /// The influencer; null where it is with nobody of the directory.
    async fn influencer(&self) -> Result<Option<Influencer>> {
        let Some(id) = self.row.influencer_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Influencer { op: self.op.clone(), row }))
    }
    /// The freelancer; null where it is with nobody who has an account, and when the caller does not see that person.
    async fn person(&self) -> Result<Option<User>> {
        let Some(id) = self.row.person_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// How the other side is named in it.
    async fn party_name(&self) -> &str {
        &self.row.party_name
    }
    /// Where they live or sit; empty: not said.
    async fn party_address(&self) -> &str {
        &self.row.party_address
    }
    /// Where the link to sign goes; empty: it is handed over in another way.
    async fn party_email(&self) -> &str {
        &self.row.party_email
    }
    /// The language of the document.
    async fn language(&self) -> Locale {
        self.row.locale.into()
    }
    /// For which campaign; null for none, and for those who see no campaigns.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// What it costs; of an amendment, what it costs besides.
    async fn fee(&self) -> Money {
        Money { minor: Long(self.row.fee_minor), currency: self.row.currency.clone() }
    }
    /// The line of a budget on which the fee is committed; null for none, and for those who see no budgets.
    async fn line(&self) -> Result<Option<BudgetLine>> {
        let Some(id) = self.row.line_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| BudgetLine { op: self.op.clone(), row }))
    }
    /// The first day, in the brand's time zone; null: not said yet.
    async fn starts_on(&self) -> Option<NaiveDate> {
        self.row.starts_on
    }
    /// The last day, in the brand's time zone; null: it runs until somebody ends it.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// For whom they do not work meanwhile; empty: for anybody.
    async fn exclusivity(&self) -> &str {
        &self.row.exclusivity
    }
    /// The last day of that.
    async fn exclusive_until(&self) -> Option<NaiveDate> {
        self.row.exclusive_until
    }
    /// What stands in each post to disclose it; empty: nothing has to.
    async fn disclosure(&self) -> &str {
        &self.row.disclosure
    }
    /// What may be done with what they make; empty: nothing is said of it.
    async fn usage_rights(&self) -> &str {
        &self.row.usage_rights
    }
    /// The last day of that.
    async fn usage_until(&self) -> Option<NaiveDate> {
        self.row.usage_until
    }
    /// Its clauses.
    async fn clauses(&self) -> Result<Vec<ContractClause>> {
        clauses(&self.op, &self.row.clauses)
    }
    /// How many days before its end the team is told.
    async fn remind_days(&self) -> i32 {
        self.row.remind_days
    }
    /// From which version on the other side sees it; null: they do not.
    async fn shared_version(&self) -> Option<i32> {
        self.row.shared_version
    }
    /// Who is to sign for us; null while nobody is named, and when the caller does not see that person.
    async fn signer(&self) -> Result<Option<User>> {
        let Some(id) = self.row.signer_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Its versions, newest first; the other side sees those that were shared.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn versions(&self) -> Result<Vec<ContractVersion>> {
        let rows = self.op.load_of::<contract_version::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ContractVersion { op: self.op.clone(), row }).collect())
    }
    /// What differs between two of its versions, word by word.
    async fn changes(
        &self,
        #[graphql(desc = "The version before.")] from: i32,
        #[graphql(desc = "The version now.")] to: i32,
    ) -> Result<ContractChanges> {
        Ok(self.op.query(domain::contract_changes(&self.op, &self.row, (from, to)).await)?.into())
    }
    /// What was said about it that the caller reads, oldest first.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn comments(&self) -> Result<Vec<ContractComment>> {
        let rows = self.op.load_of::<contract_comment::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ContractComment { op: self.op.clone(), row }).collect())
    }
    /// Its documents, newest first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn documents(&self) -> Result<Vec<ContractDocument>> {
        let rows = self.op.load_of::<contract_document::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ContractDocument { op: self.op.clone(), row }).collect())
    }
    /// The signatures under its documents, in the order in which they were given. One under a document that was taken back counts no more.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn signatures(&self) -> Result<Vec<ContractSignature>> {
        let rows = self.op.load_of::<contract_signature::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ContractSignature { op: self.op.clone(), row }).collect())
    }
    /// When both sides were asked to sign.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.row.sent_at
    }
    /// When the second side signed.
    async fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.row.signed_at
    }
    /// When it ended, or was found to be broken.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
    /// Why; empty where nobody said.
    async fn end_reason(&self) -> &str {
        &self.row.end_reason
    }
    /// Who began it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Who looks after it: whoever began it, until their work is handed over; null when the caller does not see that person.
    async fn owner(&self) -> Result<Option<User>> {
        let id = self.row.owner_id.unwrap_or(self.row.created_by);
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
    /// Which version it is: a change names the one from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
