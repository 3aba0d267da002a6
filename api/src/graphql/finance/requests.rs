//! Financial requests as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::finance;
use diwan_entity::finance::{budget, budget_entry, budget_line, financial_request};

use super::types::{BudgetEntry, BudgetLine, money};
use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// How far a financial request has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "financial_request::FinancialRequestState")]
pub enum FinancialRequestState {
    /// It is being written.
    Draft,
    /// It is being decided.
    InApproval,
    /// It was approved, and the line has the money.
    Approved,
    /// It came back to whoever asked.
    SentBack,
    /// It was taken back or given up.
    Withdrawn,
}

/// More money that is asked for, for a line of a budget.
pub struct FinancialRequest {
    pub op: Op,
    pub row: financial_request::Model,
}

/// More money that is asked for, for a line of a budget.
#[Object]
impl FinancialRequest {
    /// The request's id.
    pub async fn id(&self) -> ID {
        Kind::FinancialRequest.id(self.row.id)
    }
    /// In a word, 1 to 300 characters.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// How much.
    async fn amount(&self) -> Result<Money> {
        let line: budget_line::Model = self.op.must_load(self.row.line_id).await?;
        let budget: budget::Model = self.op.must_load(line.budget_id).await?;
        Ok(money(self.row.amount_minor, &budget.currency))
    }
    /// For which line.
    async fn line(&self) -> Result<BudgetLine> {
        Ok(BudgetLine { op: self.op.clone(), row: self.op.must_load(self.row.line_id).await? })
    }
    /// Why.
    async fn why(&self) -> &str {
        &self.row.why
    }
    /// What it is to bring.
    async fn expected_result(&self) -> &str {
        &self.row.expected_result
    }
    /// What else would do; empty where nothing is said of it.
    async fn alternatives(&self) -> &str {
        &self.row.alternatives
    }
    /// By when it is needed.
    async fn needed_by(&self) -> Option<NaiveDate> {
        self.row.needed_by
    }
    /// How far it has come.
    async fn state(&self) -> FinancialRequestState {
        self.row.state.into()
    }
    /// What was booked when it was approved.
    async fn entry(&self) -> Result<Option<BudgetEntry>> {
        let Some(id) = self.row.entry_id else { return Ok(None) };
        Ok(self.op.load::<budget_entry::Model>(id).await?.map(|row| BudgetEntry { op: self.op.clone(), row }))
    }
    /// Who asks; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Who looks after it: whoever asks, until their work is handed over; null when the caller does not see that person.
    async fn owner(&self) -> Result<Option<User>> {
        let id = self.row.owner_id.unwrap_or(self.row.created_by);
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Counts the changes of what is asked; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Queries for financial requests.
#[derive(Default)]
pub struct FinancialRequestQuery;

#[Object]
impl FinancialRequestQuery {
    /// The financial requests of a brand, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn financial_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only those in this state.")] state: Option<FinancialRequestState>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, FinancialRequest>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(finance::financial_requests(op, brand_id, state.map(Into::into), page).await)?;
        Ok(connection(slice, |row| row.id, |row| FinancialRequest { op: op.clone(), row }))
    }
}
