//! Mutations of hours.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::payments::{self as domain, HoursContent, NewWorkRate};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::payments::time_entry;
use uuid::Uuid;

use super::hours::{TimeEntry, WorkRate};
use super::types::Payment;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// What is said of hours: the whole of it.
#[derive(InputObject)]
struct HoursInput {
    /// On which day, by the brand's clocks; not ahead.
    worked_on: NaiveDate,
    /// How long, 1 to 1440.
    minutes: i32,
    /// At what, 1 to 2000 characters.
    note: String,
    /// By which contract they are paid, one of the person's own that is signed. Freelancers need it; the team has none.
    contract_id: Option<ID>,
    /// For which campaign the team's hours count.
    campaign_id: Option<ID>,
}

impl HoursInput {
    fn into_domain(self) -> Result<HoursContent, Failure> {
        let parse = |kind: Kind, id: Option<ID>, field| id.map(|id| kind.parse(&id, field)).transpose();
        Ok(HoursContent {
            worked_on: self.worked_on,
            minutes: self.minutes,
            note: self.note,
            contract_id: parse(Kind::Contract, self.contract_id, "hours.contractId")?,
            campaign_id: parse(Kind::Campaign, self.campaign_id, "hours.campaignId")?,
        })
    }
}

/// Hours to hand in.
#[derive(InputObject)]
struct LogHoursInput {
    /// In which brand.
    brand_id: ID,
    /// Who worked; oneself when left out. Those below MID hand in their own.
    person_id: Option<ID>,
    /// What is said of them.
    hours: HoursInput,
}

/// Hours to say anew.
#[derive(InputObject)]
struct UpdateHoursInput {
    /// Which.
    time_entry_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of them from now on: the whole of it.
    hours: HoursInput,
}

/// Hours to take back.
#[derive(InputObject)]
struct WithdrawHoursInput {
    /// Which.
    time_entry_id: ID,
    /// The version that was read.
    version: i32,
}

/// Hours to accept.
#[derive(InputObject)]
struct AcceptHoursInput {
    /// Of which brand.
    brand_id: ID,
    /// Which, 1 to 100.
    time_entry_ids: Vec<ID>,
}

/// Hours to send back.
#[derive(InputObject)]
struct SendHoursBackInput {
    /// Which.
    time_entry_id: ID,
    /// The version that was read.
    version: i32,
    /// Why, 1 to 2000 characters.
    reason: String,
}

/// Hours to pay.
#[derive(InputObject)]
struct PayHoursInput {
    /// Under which contract.
    contract_id: ID,
    /// What the payment is called, 1 to 200 characters.
    title: String,
    /// Which, 1 to 100, all of them accepted and not paid yet.
    time_entry_ids: Vec<ID>,
}

/// What an hour of somebody costs.
#[derive(InputObject)]
struct SetWorkRateInput {
    /// In which brand.
    brand_id: ID,
    /// Whose.
    person_id: ID,
    /// By which contract they are paid. Null: they are of the team.
    contract_id: Option<ID>,
    /// What an hour costs, in minor units, 1 to 10^12.
    minor_per_hour: Long,
    /// ISO 4217; that of the contract, where there is one.
    currency: String,
    /// From which day on.
    starts_on: NaiveDate,
}

/// The answer of what changes hours.
#[derive(SimpleObject)]
struct TimeEntryPayload {
    /// The hours, when it was done.
    time_entry: Option<TimeEntry>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `acceptHours`.
#[derive(SimpleObject)]
struct AcceptHoursPayload {
    /// The hours, in the order in which they were named; none where one was refused.
    time_entries: Vec<TimeEntry>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `payHours`.
#[derive(SimpleObject)]
struct PayHoursPayload {
    /// The payment, when it was made.
    payment: Option<Payment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `setWorkRate`.
#[derive(SimpleObject)]
struct SetWorkRatePayload {
    /// The rate, when it was set.
    work_rate: Option<WorkRate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<time_entry::Model, Failure>,
) -> Result<TimeEntryPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(TimeEntryPayload { time_entry: row.map(|row| TimeEntry { op: op.clone(), row }), user_errors })
}

fn entries(ids: &[ID]) -> Result<Vec<Uuid>, Failure> {
    let parse = |(index, id)| Kind::TimeEntry.parse(id, &format!("timeEntryIds.{index}"));
    ids.iter().enumerate().map(parse).collect()
}

/// Mutations of hours.
#[derive(Default)]
pub struct HoursMutation;

#[Object]
impl HoursMutation {
    /// Hands hours in. For everybody who works for the brand, their own; for MID and above anybody's.
    async fn log_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hours.")] input: LogHoursInput,
    ) -> Result<TimeEntryPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let person_id = match &input.person_id {
                Some(id) => Kind::User.parse(id, "personId")?,
                None => context.signed_in()?.user_id,
            };
            domain::log_hours(context, brand_id, person_id, input.hours.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says hours anew that nobody has accepted; what came back is handed in by that. Whoever worked, and MID and above.
    async fn update_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hours and what is said of them.")] input: UpdateHoursInput,
    ) -> Result<TimeEntryPayload> {
        let command = async |context: &Domain| {
            let id = Kind::TimeEntry.parse(&input.time_entry_id, "timeEntryId")?;
            domain::update_hours(context, id, input.version, input.hours.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Takes hours back that nobody has accepted. Whoever worked, and MID and above.
    async fn withdraw_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hours.")] input: WithdrawHoursInput,
    ) -> Result<TimeEntryPayload> {
        let command = async |context: &Domain| {
            let id = Kind::TimeEntry.parse(&input.time_entry_id, "timeEntryId")?;
            domain::withdraw_hours(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Accepts hours, all or none, at the rate of their day. For MID and above, never one's own nor what one wrote
    /// for somebody else.
    async fn accept_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hours.")] input: AcceptHoursInput,
    ) -> Result<AcceptHoursPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::accept_hours(context, brand_id, &entries(&input.time_entry_ids)?).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let rows = rows.unwrap_or_default().into_iter();
        let time_entries = rows.map(|row| TimeEntry { op: op.clone(), row }).collect();
        Ok(AcceptHoursPayload { time_entries, user_errors })
    }

    /// Sends hours back, with the reason. For MID and above.
    async fn send_hours_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hours and the reason.")] input: SendHoursBackInput,
    ) -> Result<TimeEntryPayload> {
        let command = async |context: &Domain| {
            let id = Kind::TimeEntry.parse(&input.time_entry_id, "timeEntryId")?;
            domain::send_hours_back(context, id, input.version, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Makes one payment of accepted hours under a contract; it is approved and exported like any other. For MID and above.
    async fn pay_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract and the hours.")] input: PayHoursInput,
    ) -> Result<PayHoursPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Contract.parse(&input.contract_id, "contractId")?;
            domain::pay_hours(context, id, &input.title, &entries(&input.time_entry_ids)?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(PayHoursPayload { payment: row.map(|row| Payment { op: op.clone(), row }), user_errors })
    }

    /// Sets what an hour of somebody costs from a day on. For SENIOR and above.
    async fn set_work_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rate.")] input: SetWorkRateInput,
    ) -> Result<SetWorkRatePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let contract_id = input.contract_id.as_ref().map(|id| Kind::Contract.parse(id, "contractId"));
            let new = NewWorkRate {
                person_id: Kind::User.parse(&input.person_id, "personId")?,
                contract_id: contract_id.transpose()?,
                minor_per_hour: input.minor_per_hour.0,
                currency: input.currency,
                starts_on: input.starts_on,
            };
            domain::set_work_rate(context, brand_id, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetWorkRatePayload { work_rate: row.map(|row| WorkRate { op: op.clone(), row }), user_errors })
    }
}
