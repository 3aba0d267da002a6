//! Expenses as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::finance;
use diwan_entity::calendar::asset;
use diwan_entity::finance::{budget, budget_line, exchange_rate, expense};

use super::rates::ExchangeRate;
use super::types::{BudgetCategory, BudgetLine, money};
use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::media::Asset;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// How far an expense has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "expense::ExpenseState")]
pub enum ExpenseState {
    /// It is being written.
    Draft,
    /// It is being decided.
    InApproval,
    /// It was approved, and is booked as spent.
    Approved,
    /// It was paid.
    Paid,
    /// It came back to whoever handed it in.
    SentBack,
    /// It was taken back or given up.
    Withdrawn,
}

/// Money that somebody spent for a brand.
pub struct Expense {
    pub op: Op,
    pub row: expense::Model,
}

/// Money that somebody spent for a brand. Those below MID see their own.
#[Object]
impl Expense {
    /// The expense's id.
    pub async fn id(&self) -> ID {
        Kind::Expense.id(self.row.id)
    }
    /// The day of the receipt.
    async fn spent_on(&self) -> NaiveDate {
        self.row.spent_on
    }
    /// For what.
    async fn category(&self) -> BudgetCategory {
        self.row.category.into()
    }
    /// Who was paid, 1 to 200 characters.
    async fn vendor(&self) -> &str {
        &self.row.vendor
    }
    /// Up to 2000 characters.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// How much, tax included.
    async fn amount(&self) -> Money {
        money(self.row.amount_minor, &self.row.currency)
    }
    /// The tax within the amount; null where nothing is said of it.
    async fn tax(&self) -> Option<Money> {
        self.row.tax_minor.map(|minor| money(minor, &self.row.currency))
    }
    /// The receipt; null where there is none, or where the caller does not see the file.
    async fn receipt(&self) -> Result<Option<Asset>> {
        let Some(id) = self.row.receipt_asset_id else { return Ok(None) };
        Ok(self.op.load::<asset::Model>(id).await?.map(|row| Asset { op: self.op.clone(), row }))
    }
    /// Who paid it and gets it back; null where the company paid, or when the caller does not see that person.
    async fn reimburse_to(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.reimburse_to).await
    }
    /// On which line of a budget it is booked; null where none was named, and for those who see no budgets.
    async fn line(&self) -> Result<Option<BudgetLine>> {
        let Some(id) = self.row.line_id else { return Ok(None) };
        Ok(self.op.load::<budget_line::Model>(id).await?.map(|row| BudgetLine { op: self.op.clone(), row }))
    }
    /// What is booked on the line, in its currency; null until it is known, and for those who see no budgets.
    async fn booked(&self) -> Result<Option<Money>> {
        let Some((id, minor)) = self.row.line_id.zip(self.row.booked_minor) else { return Ok(None) };
        let Some(line) = self.op.load::<budget_line::Model>(id).await? else { return Ok(None) };
        let budget: budget::Model = self.op.must_load(line.budget_id).await?;
        Ok(Some(money(minor, &budget.currency)))
    }
    /// By which rate it was converted; null where nothing was, and for those who see no budgets.
    async fn rate(&self) -> Result<Option<ExchangeRate>> {
        let Some(id) = self.row.rate_id else { return Ok(None) };
        Ok(self.op.load::<exchange_rate::Model>(id).await?.map(|row| ExchangeRate { op: self.op.clone(), row }))
    }
    /// How far it has come.
    async fn state(&self) -> ExpenseState {
        self.row.state.into()
    }
    /// Who wrote it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        User::of(&self.op, Some(self.row.created_by)).await
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// When it was noted as paid.
    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.row.paid_at
    }
    /// Who noted that; null when the caller does not see that person.
    async fn paid_by(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.paid_by).await
    }
    /// What the payment is known by at the bank.
    async fn payment_reference(&self) -> &str {
        &self.row.payment_reference
    }
    /// Counts its changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Queries for expenses.
#[derive(Default)]
pub struct ExpenseQuery;

#[Object]
impl ExpenseQuery {
    /// The expenses of a brand, newest first. Those below MID see their own.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn expenses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only those in this state.")] state: Option<ExpenseState>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Expense>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(finance::expenses(op, brand_id, state.map(Into::into), page).await)?;
        Ok(connection(slice, |row| row.id, |row| Expense { op: op.clone(), row }))
    }
}
