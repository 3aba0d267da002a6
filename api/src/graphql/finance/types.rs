//! Budgets as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::finance::{self as domain, BudgetForecast as Forecast, Position};
use diwan_entity::campaigns::campaign;
use diwan_entity::finance::{budget, budget_entry, budget_line};

use crate::graphql::approvals::Money;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// Whether anything is booked on a budget.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "budget::BudgetState")]
pub enum BudgetState {
    /// It is.
    Open,
    /// Not any more.
    Closed,
}

/// For what the money of a line is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "budget_line::LineCategory", name = "BudgetCategory")]
pub enum BudgetCategory {
    /// Paid promotion.
    Ads,
    /// Influencers' fees.
    Influencers,
    /// Pictures, films, sound, print.
    Production,
    /// Freelancers' fees.
    Freelancers,
    /// The team's own hours.
    Staff,
    /// Programs and subscriptions.
    Tools,
    /// Anything else.
    Other,
}

/// What an entry of the ledger does.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "budget_entry::BookingKind", name = "BudgetEntryKind")]
pub enum BudgetEntryKind {
    /// Gives a line money.
    Allocate,
    /// Sets a part of what is left aside.
    Commit,
    /// Lets go of what was set aside.
    Release,
    /// Spends, from what was set aside or from what is left.
    Spend,
    /// Takes back what was spent.
    Refund,
    /// Corrects what a line was given, upwards or downwards; two of them move money between lines.
    Adjust,
    /// Allows more to be set aside and spent than was given.
    Overdraw,
}

/// What an entry of the ledger is for.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "budget_entry::SourceKind", name = "BudgetEntrySource")]
pub enum BudgetEntrySource {
    /// Somebody booked it by hand.
    Manual,
    /// Money that was moved between lines.
    Transfer,
    /// A request that was approved.
    Request,
    /// An expense.
    Expense,
    /// A contract.
    Contract,
    /// A paid promotion.
    Boost,
    /// A proposal that a client accepted.
    Proposal,
}

pub(super) fn money(minor: i64, currency: &str) -> Money {
    Money { minor: Long(minor), currency: currency.to_owned() }
}

/// Where money stands. All amounts are in one currency.
#[derive(SimpleObject)]
pub struct BudgetBalance {
    /// What was given.
    allocated: Money,
    /// How much more may be committed and spent than was given.
    overdraft: Money,
    /// What is set aside and not spent.
    committed: Money,
    /// What is spent.
    spent: Money,
    /// What was given and is neither set aside nor spent; below zero where more was allowed.
    left: Money,
}

impl BudgetBalance {
    pub(super) fn of(position: Position, currency: &str) -> Self {
        Self {
            allocated: money(position.allocated, currency),
            overdraft: money(position.overdraft, currency),
            committed: money(position.committed, currency),
            spent: money(position.spent, currency),
            left: money(position.left(), currency),
        }
    }
}

/// How spending goes on if it goes on as until now. Rounded half to even.
#[derive(SimpleObject)]
pub struct SpendingOutlook {
    /// What was spent divided by the days that are gone, today among them.
    burn_per_day: Money,
    /// What will have been spent on the last day: what was spent, times the days of the period, by those that are gone.
    projected_spend: Money,
}

impl SpendingOutlook {
    fn of(outlook: domain::Outlook, currency: &str) -> Self {
        Self {
            burn_per_day: money(outlook.burn_per_day, currency),
            projected_spend: money(outlook.projected_spend, currency),
        }
    }
}

/// Where a line stands, and how spending goes on.
#[derive(SimpleObject)]
pub struct BudgetLineForecast {
    /// The line.
    line: BudgetLine,
    /// How spending goes on; null before the first day.
    outlook: Option<SpendingOutlook>,
}

/// Where a budget stands, and how spending goes on.
#[derive(SimpleObject)]
pub struct BudgetForecast {
    /// The first day of the period: the budget's own, or else its campaign's.
    starts_on: NaiveDate,
    /// The last day.
    ends_on: NaiveDate,
    /// How many days the period has.
    days: Long,
    /// How many of them are gone, today in the brand's time zone among them.
    elapsed_days: Long,
    /// All lines together.
    balance: BudgetBalance,
    /// How spending goes on; null before the first day.
    outlook: Option<SpendingOutlook>,
    /// Line by line, in their order.
    lines: Vec<BudgetLineForecast>,
}

/// What may be spent, for a time or a campaign.
pub struct Budget {
    pub op: Op,
    pub row: budget::Model,
}

/// What may be spent, for a time or a campaign.
#[Object]
impl Budget {
    /// The budget's id.
    pub async fn id(&self) -> ID {
        Kind::Budget.id(self.row.id)
    }
    /// What it is called, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Its own first day, in the brand's time zone; null where it has the period of its campaign.
    async fn starts_on(&self) -> Option<NaiveDate> {
        self.row.starts_on
    }
    /// Its own last day.
    async fn ends_on(&self) -> Option<NaiveDate> {
        self.row.ends_on
    }
    /// The campaign that it is for.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load::<campaign::Model>(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// Of all its amounts, ISO 4217. It never changes.
    async fn currency(&self) -> &str {
        &self.row.currency
    }
    /// Whether anything is booked on it.
    async fn state(&self) -> BudgetState {
        self.row.state.into()
    }
    /// Its lines, in their order.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn lines(&self) -> Result<Vec<BudgetLine>> {
        let rows = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| BudgetLine { op: self.op.clone(), row }).collect())
    }
    /// All lines together.
    async fn balance(&self) -> Result<BudgetBalance> {
        let rows: Vec<budget_line::Model> = self.op.load_of(self.row.id).await?;
        Ok(BudgetBalance::of(Position::sum(&rows), &self.row.currency))
    }
    /// Where it stands, and how spending goes on.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn forecast(&self) -> Result<Option<BudgetForecast>> {
        let found: Vec<Forecast> = self.op.load_of(self.row.id).await?;
        Ok(found.into_iter().next().map(|forecast| {
            let currency = &forecast.currency;
            let outlook = |of: Option<domain::Outlook>| of.map(|of| SpendingOutlook::of(of, currency));
            BudgetForecast {
                starts_on: forecast.from,
                ends_on: forecast.to,
                days: Long(forecast.days),
                elapsed_days: Long(forecast.elapsed_days),
                balance: BudgetBalance::of(forecast.position, currency),
                outlook: outlook(forecast.outlook),
                lines: forecast
                    .lines
                    .into_iter()
                    .map(|of| BudgetLineForecast {
                        line: BudgetLine { op: self.op.clone(), row: of.line },
                        outlook: outlook(of.outlook),
                    })
                    .collect(),
            }
        }))
    }
    /// Who made it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When what is said of it last changed, or when it was closed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// When it was closed.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }
    /// Counts the changes of what is said of it; a change names the version from which it started. What is booked leaves it as it is.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A part of a budget.
pub struct BudgetLine {
    pub op: Op,
    pub row: budget_line::Model,
}

/// A part of a budget.
#[Object]
impl BudgetLine {
    /// The line's id.
    pub async fn id(&self) -> ID {
        Kind::BudgetLine.id(self.row.id)
    }
    /// What it is called, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// For what its money is.
    async fn category(&self) -> BudgetCategory {
        self.row.category.into()
    }
    /// Its place in the budget, from 1 on.
    async fn position(&self) -> i32 {
        self.row.position
    }
    /// Where it stands.
    async fn balance(&self) -> Result<BudgetBalance> {
        let budget: budget::Model = self.op.must_load(self.row.budget_id).await?;
        Ok(BudgetBalance::of(Position::of(&self.row), &budget.currency))
    }
    /// Where its commitments went when its budget was closed; what is booked on it afterwards is booked there.
    async fn carried_to(&self) -> Result<Option<BudgetLine>> {
        let Some(id) = self.row.carried_to else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| BudgetLine { op: self.op.clone(), row }))
    }
    /// Its budget.
    async fn budget(&self) -> Result<Budget> {
        Ok(Budget { op: self.op.clone(), row: self.op.must_load(self.row.budget_id).await? })
    }
}

/// What was booked on a line. It stays as it was written.
pub struct BudgetEntry {
    pub op: Op,
    pub row: budget_entry::Model,
}

impl BudgetEntry {
    async fn money(&self, minor: i64) -> Result<Money> {
        let budget: budget::Model = self.op.must_load(self.row.budget_id).await?;
        Ok(money(minor, &budget.currency))
    }
}

/// What was booked on a line. It stays as it was written.
#[Object]
impl BudgetEntry {
    /// The entry's id.
    pub async fn id(&self) -> ID {
        Kind::BudgetEntry.id(self.row.id)
    }
    /// What it does.
    async fn kind(&self) -> BudgetEntryKind {
        self.row.kind.into()
    }
    /// How much; below zero only where it corrects downwards.
    async fn amount(&self) -> Result<Money> {
        self.money(self.row.amount_minor).await
    }
    /// How much of what it spends was set aside before.
    async fn drawn(&self) -> Result<Money> {
        self.money(self.row.drawn_minor).await
    }
    /// What it is for.
    async fn source(&self) -> BudgetEntrySource {
        self.row.source_kind.into()
    }
    /// Why.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// Who booked it; null when the product did, or when the caller does not see that person.
    async fn booked_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.actor_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When.
    async fn booked_at(&self) -> DateTime<Utc> {
        self.row.booked_at
    }
    /// On which line.
    async fn line(&self) -> Result<BudgetLine> {
        Ok(BudgetLine { op: self.op.clone(), row: self.op.must_load(self.row.line_id).await? })
    }
}
