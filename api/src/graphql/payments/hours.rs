//! Hours as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::payments::{self as domain, HoursFilter};
use diwan_entity::campaigns::campaign;
use diwan_entity::contracts::contract;
use diwan_entity::payments::{payment, time_entry, work_rate};

use super::types::{Payment, money};
use crate::graphql::approvals::Money;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::contracts::Contract;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// How far hours have come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "time_entry::TimeEntryState")]
pub enum TimeEntryState {
    /// They were handed in.
    Submitted,
    /// They were accepted, at the rate of their day.
    Accepted,
    /// They came back.
    SentBack,
    /// They were taken back.
    Withdrawn,
}

/// What an hour of somebody costs from a day on. It stays as it was written.
pub struct WorkRate {
    pub(super) op: Op,
    pub(super) row: work_rate::Model,
}

/// What an hour of somebody costs from a day on. It stays as it was written.
#[Object]
impl WorkRate {
    /// Whose; null when the caller does not see that person.
    async fn person(&self) -> Result<Option<User>> {
        User::of(&self.op, Some(self.row.person_id)).await
    }
    /// By which contract they are paid; null for the team.
    async fn contract(&self) -> Result<Option<Contract>> {
        let Some(id) = self.row.contract_id else { return Ok(None) };
        Ok(self.op.load::<contract::Model>(id).await?.map(|row| Contract { op: self.op.clone(), row }))
    }
    /// What an hour costs.
    async fn per_hour(&self) -> Money {
        money(self.row.minor_per_hour, &self.row.currency)
    }
    /// From which day on.
    async fn starts_on(&self) -> NaiveDate {
        self.row.starts_on
    }
    /// When it was set.
    async fn set_at(&self) -> DateTime<Utc> {
        self.row.set_at
    }
}

/// Hours that somebody worked.
pub struct TimeEntry {
    pub op: Op,
    pub row: time_entry::Model,
}

/// Hours that somebody worked. Those below MID see their own.
#[Object]
impl TimeEntry {
    /// The id of these hours.
    pub async fn id(&self) -> ID {
        Kind::TimeEntry.id(self.row.id)
    }
    /// Who worked; null when the caller does not see that person.
    async fn person(&self) -> Result<Option<User>> {
        User::of(&self.op, Some(self.row.person_id)).await
    }
    /// By which contract they are paid; null for the team.
    async fn contract(&self) -> Result<Option<Contract>> {
        let Some(id) = self.row.contract_id else { return Ok(None) };
        Ok(self.op.load::<contract::Model>(id).await?.map(|row| Contract { op: self.op.clone(), row }))
    }
    /// For which campaign the team's hours count.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.row.campaign_id else { return Ok(None) };
        Ok(self.op.load::<campaign::Model>(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// On which day, by the brand's clocks.
    async fn worked_on(&self) -> NaiveDate {
        self.row.worked_on
    }
    /// How long, 1 to 1440.
    async fn minutes(&self) -> i32 {
        self.row.minutes
    }
    /// At what.
    async fn note(&self) -> &str {
        &self.row.note
    }
    /// How far they have come.
    async fn state(&self) -> TimeEntryState {
        self.row.state.into()
    }
    /// By which rate they were reckoned; null until they are accepted.
    async fn rate(&self) -> Result<Option<WorkRate>> {
        let Some(id) = self.row.rate_id else { return Ok(None) };
        Ok(self.op.load::<work_rate::Model>(id).await?.map(|row| WorkRate { op: self.op.clone(), row }))
    }
    /// What they came to, rounded half to even; null until they are accepted.
    async fn fee(&self) -> Option<Money> {
        Some(money(self.row.fee_minor?, self.row.currency.as_deref()?))
    }
    /// The payment by which they are paid; null until there is one, and for the team.
    async fn payment(&self) -> Result<Option<Payment>> {
        let Some(id) = self.row.payment_id else { return Ok(None) };
        Ok(self.op.load::<payment::Model>(id).await?.map(|row| Payment { op: self.op.clone(), row }))
    }
    /// When they were accepted or sent back.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.row.decided_at
    }
    /// Who did that; null when the caller does not see that person.
    async fn decided_by(&self) -> Result<Option<User>> {
        User::of(&self.op, self.row.decided_by).await
    }
    /// Why they were sent back.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// When they were handed in first.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts their changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Their brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Which hours are wanted.
#[derive(InputObject, Default)]
struct TimeEntryFilterInput {
    /// Of this person; of anybody when left out. Those below MID see their own alone.
    person_id: Option<ID>,
    /// Under this contract; under any or none when left out.
    contract_id: Option<ID>,
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<TimeEntryState>,
}

/// Queries for hours.
#[derive(Default)]
pub struct HoursQuery;

#[Object]
impl HoursQuery {
    /// The hours of a brand, newest first. Those below MID see their own.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn time_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<TimeEntryFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, TimeEntry>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let TimeEntryFilterInput { person_id, contract_id, states } = filter.unwrap_or_default();
        let parse = |kind: Kind, id: Option<ID>, field| op.query(id.map(|id| kind.parse(&id, field)).transpose());
        let filter = HoursFilter {
            person_id: parse(Kind::User, person_id, "filter.personId")?,
            contract_id: parse(Kind::Contract, contract_id, "filter.contractId")?,
            states: states.into_iter().map(Into::into).collect(),
        };
        let slice = op.query(domain::time_entries(op, brand_id, &filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| TimeEntry { op: op.clone(), row }))
    }

    /// What hours cost in a brand, those that were set last first. Those below MID see their own.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn work_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Of this person; of everybody when left out.")] person_id: Option<ID>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, WorkRate>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let person_id = op.query(person_id.map(|id| Kind::User.parse(&id, "personId")).transpose())?;
        let slice = op.query(domain::work_rates(op, brand_id, person_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| WorkRate { op: op.clone(), row }))
    }
}
