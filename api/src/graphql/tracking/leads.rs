//! Leads as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::tracking as domain;
use diwan_entity::tracking::lead;

use super::conversions::Conversion;
use crate::graphql::approvals::Money;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// How far a lead has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "lead::LeadState")]
pub enum LeadState {
    /// Nobody has looked at it.
    New,
    /// Sales should talk to them.
    Qualified,
    /// Sales has it.
    HandedOver,
    /// They bought.
    Won,
    /// They did not.
    Lost,
}

/// How to reach somebody; what is not known is empty.
#[derive(SimpleObject)]
struct LeadContact {
    /// A name.
    name: String,
    /// An address of mail.
    email: String,
    /// A telephone.
    phone: String,
}

/// How a lead was handed over to sales.
#[derive(SimpleObject)]
struct LeadHandOver {
    /// To whom.
    to: String,
    /// With which words.
    note: String,
    /// When.
    at: DateTime<Utc>,
}

/// Somebody who might buy.
pub struct Lead {
    pub op: Op,
    pub row: lead::Model,
}

/// Somebody who might buy, until sales has won or lost them. For MID and above.
#[Object]
impl Lead {
    /// The lead's id.
    pub async fn id(&self) -> ID {
        Kind::Lead.id(self.row.id)
    }
    /// How far it has come.
    async fn state(&self) -> LeadState {
        self.row.state.into()
    }
    /// Where it comes from.
    async fn source(&self) -> &str {
        &self.row.source
    }
    /// How to reach them; null where nothing is known, or it was erased.
    async fn contact(&self) -> Result<Option<LeadContact>> {
        let contact = self.op.query(domain::contact_of(&self.op, &self.row))?;
        Ok(contact.map(|domain::Contact { name, email, phone }| LeadContact { name, email, phone }))
    }
    /// What they want.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// What it may be worth.
    async fn value(&self) -> Option<Money> {
        Some(Money { minor: Long(self.row.value_minor?), currency: self.row.currency.clone()? })
    }
    /// The conversion that it is of.
    async fn conversion(&self) -> Result<Option<Conversion>> {
        let Some(id) = self.row.conversion_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Conversion { op: self.op.clone(), row }))
    }
    /// The campaign that it comes from.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// How it was handed over to sales; null until then.
    async fn hand_over(&self) -> Option<LeadHandOver> {
        let (to, note) = (self.row.handed_to.clone()?, self.row.handed_note.clone()?);
        Some(LeadHandOver { to, note, at: self.row.handed_over_at? })
    }
    /// Why it was won or lost; null until then.
    async fn closed_note(&self) -> Option<&str> {
        self.row.closed_note.as_deref()
    }
    /// When it was won or lost.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }
    /// Who wrote it down; null where they did so themselves on a landing page, or the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.created_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Queries for leads.
#[derive(Default)]
pub struct LeadQuery;

#[Object]
impl LeadQuery {
    /// The leads of a brand, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "In one of these states; in any when empty.", default)] states: Vec<LeadState>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Lead>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let states = states.into_iter().map(Into::into).collect();
        let slice = op.query(domain::leads(op, brand_id, states, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Lead { op: op.clone(), row }))
    }
}
