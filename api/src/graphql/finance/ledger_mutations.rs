//! Mutations of the ledger. Each writes entries that stay.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::finance::{self, Booking, Transfer};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::finance::budget_entry;

use super::types::BudgetEntry;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// Money to give to a line.
#[derive(InputObject)]
struct AllocateBudgetInput {
    /// To which line.
    line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// What may be spent above what was given.
#[derive(InputObject)]
struct OverdrawBudgetInput {
    /// On which line.
    line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// Money to set aside.
#[derive(InputObject)]
struct CommitBudgetInput {
    /// On which line.
    line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// What was set aside and is let go.
#[derive(InputObject)]
struct ReleaseBudgetInput {
    /// On which line.
    line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// What was spent and came back.
#[derive(InputObject)]
struct RefundBudgetInput {
    /// On which line.
    line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// What a line was given, corrected.
#[derive(InputObject)]
struct AdjustBudgetInput {
    /// On which line.
    line_id: ID,
    /// By how much, in minor units of the budget's currency: above zero upwards, below zero downwards, by no more than what is left.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// Money to spend.
#[derive(InputObject)]
struct SpendBudgetInput {
    /// From which line.
    line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// How much of it was set aside by hand before; the rest comes from what is left.
    #[graphql(default_with = "Long(0)")]
    drawn_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// Money to move.
#[derive(InputObject)]
struct TransferBudgetInput {
    /// From which line.
    from_line_id: ID,
    /// To which other line of the same budget.
    to_line_id: ID,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// The answer of what books on a budget.
#[derive(SimpleObject)]
struct BookingPayload {
    /// What was booked, when it was.
    entry: Option<BudgetEntry>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `transferBudget`.
#[derive(SimpleObject)]
struct TransferBudgetPayload {
    /// What was booked on the line that gave and on the one that received, when it was.
    entries: Option<Vec<BudgetEntry>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_entry(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<budget_entry::Model, Failure>,
) -> Result<BookingPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(BookingPayload { entry: row.map(|row| BudgetEntry { op: op.clone(), row }), user_errors })
}

fn booking(line_id: &ID, Long(minor): Long, reason: String) -> Result<Booking, Failure> {
    Ok(Booking { line_id: Kind::BudgetLine.parse(line_id, "lineId")?, minor, reason })
}

/// Mutations of the ledger.
#[derive(Default)]
pub struct LedgerMutation;

#[Object]
impl LedgerMutation {
    /// Gives a line money. What somebody gives in a budget by hand, together, is within their own limit for budgets (`approvalLimits`); more is
    /// asked for. For MID and above.
    async fn allocate_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: AllocateBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            finance::allocate(context, booking(&input.line_id, input.amount_minor, input.reason)?).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Allows more to be set aside and spent on a line than was given. Within the caller's own limit, as giving is. For MID and above.
    async fn overdraw_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: OverdrawBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            finance::overdraw(context, booking(&input.line_id, input.amount_minor, input.reason)?).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Sets a part of what is left aside. For MID and above.
    async fn commit_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: CommitBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            finance::commit(context, booking(&input.line_id, input.amount_minor, input.reason)?).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Lets go of what was set aside by hand. For MID and above.
    async fn release_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: ReleaseBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            finance::release(context, booking(&input.line_id, input.amount_minor, input.reason)?).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Takes back what was spent. For MID and above.
    async fn refund_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: RefundBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            finance::refund(context, booking(&input.line_id, input.amount_minor, input.reason)?).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Corrects what a line was given: upwards within the caller's own limit, downwards by no more than what is left. For MID and above.
    async fn adjust_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: AdjustBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            finance::adjust(context, booking(&input.line_id, input.amount_minor, input.reason)?).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Spends, from what was set aside by hand, from what is left, or from both. For MID and above.
    async fn spend_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line and the amount.")] input: SpendBudgetInput,
    ) -> Result<BookingPayload> {
        let command = async |context: &Domain| {
            let Long(drawn) = input.drawn_minor;
            finance::spend(context, booking(&input.line_id, input.amount_minor, input.reason)?, drawn).await
        };
        of_entry(Op::of(ctx)?, command).await
    }

    /// Moves what is left of a line to another line of the same budget: two entries, both or none. What the budget has stays the same.
    /// For MID and above.
    async fn transfer_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lines and the amount.")] input: TransferBudgetInput,
    ) -> Result<TransferBudgetPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let from = Kind::BudgetLine.parse(&input.from_line_id, "fromLineId")?;
            let to = Kind::BudgetLine.parse(&input.to_line_id, "toLineId")?;
            let Long(minor) = input.amount_minor;
            finance::transfer(context, Transfer { from, to, minor, reason: input.reason }).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let entries = rows.map(|rows| rows.into_iter().map(|row| BudgetEntry { op: op.clone(), row }).collect());
        Ok(TransferBudgetPayload { entries, user_errors })
    }
}
