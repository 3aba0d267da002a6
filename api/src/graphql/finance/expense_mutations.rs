//! Mutations of expenses.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::approvals::Money;
use diwan_domain::finance::{self, ExpenseContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::finance::expense;

use super::expenses::Expense;
use super::types::BudgetCategory;
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// What is said of an expense: the whole of it.
#[derive(InputObject)]
struct ExpenseInput {
    /// The day of the receipt.
    spent_on: NaiveDate,
    /// For what.
    category: BudgetCategory,
    /// Who was paid, 1 to 200 characters.
    vendor: String,
    /// Up to 2000 characters.
    #[graphql(default)]
    note: String,
    /// How much, tax included, in minor units of the currency, 1 to 10^15.
    amount_minor: Long,
    /// ISO 4217.
    currency: String,
    /// The tax within the amount, in minor units.
    tax_minor: Option<Long>,
    /// The receipt: a file of the library. It is needed to hand the expense in.
    receipt_asset_id: Option<ID>,
    /// Who paid it and gets it back: oneself or, for MID and above, anybody who works for the brand. Null where the company paid.
    reimburse_to_id: Option<ID>,
    /// On which line of a budget it is booked. For MID and above; for others whoever decides names it.
    line_id: Option<ID>,
}

impl ExpenseInput {
    fn into_domain(self) -> Result<ExpenseContent, Failure> {
        let parse = |kind: Kind, id: Option<ID>, field| id.map(|id| kind.parse(&id, field)).transpose();
        Ok(ExpenseContent {
            spent_on: self.spent_on,
            category: self.category.into(),
            vendor: self.vendor,
            note: self.note,
            amount: Money { minor: self.amount_minor.0, currency: self.currency },
            tax_minor: self.tax_minor.map(|Long(minor)| minor),
            receipt_asset_id: parse(Kind::Asset, self.receipt_asset_id, "expense.receiptAssetId")?,
            reimburse_to: parse(Kind::User, self.reimburse_to_id, "expense.reimburseToId")?,
            line_id: parse(Kind::BudgetLine, self.line_id, "expense.lineId")?,
        })
    }
}

/// An expense to write down.
#[derive(InputObject)]
struct CreateExpenseInput {
    /// Of which brand.
    brand_id: ID,
    /// What is said of it.
    expense: ExpenseInput,
}

/// An expense to say anew.
#[derive(InputObject)]
struct UpdateExpenseInput {
    /// Which.
    expense_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it from now on: the whole of it.
    expense: ExpenseInput,
}

/// An expense to hand in.
#[derive(InputObject)]
struct SubmitExpenseInput {
    /// Which.
    expense_id: ID,
    /// The version that was read.
    version: i32,
}

/// An expense to give up.
#[derive(InputObject)]
struct DiscardExpenseInput {
    /// Which.
    expense_id: ID,
    /// The version that was read.
    version: i32,
}

/// The line of an expense that was handed in.
#[derive(InputObject)]
struct SetExpenseLineInput {
    /// Which expense.
    expense_id: ID,
    /// The version that was read.
    version: i32,
    /// On which line of an open budget it is booked.
    line_id: ID,
}

/// A payment of an expense.
#[derive(InputObject)]
struct PayExpenseInput {
    /// Which expense.
    expense_id: ID,
    /// The version that was read.
    version: i32,
    /// What the payment is known by at the bank, up to 200 characters.
    #[graphql(default)]
    reference: String,
}

/// The answer of what changes an expense.
#[derive(SimpleObject)]
struct ExpensePayload {
    /// The expense, when it was done.
    expense: Option<Expense>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitExpense`.
#[derive(SimpleObject)]
struct SubmitExpensePayload {
    /// The expense, when it was done.
    expense: Option<Expense>,
    /// The approval that was asked for.
    approval_request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<expense::Model, Failure>,
) -> Result<ExpensePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ExpensePayload { expense: row.map(|row| Expense { op: op.clone(), row }), user_errors })
}

/// Mutations of expenses.
#[derive(Default)]
pub struct ExpenseMutation;

#[Object]
impl ExpenseMutation {
    /// Writes an expense down. Nobody is asked yet. For everybody who works for the brand.
    async fn create_expense(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said of it.")] input: CreateExpenseInput,
    ) -> Result<ExpensePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            finance::create_expense(context, brand_id, input.expense.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says an expense anew that is a draft or came back. Whoever wrote it, and MID and above.
    async fn update_expense(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The expense and what is said of it.")] input: UpdateExpenseInput,
    ) -> Result<ExpensePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Expense.parse(&input.expense_id, "expenseId")?;
            finance::update_expense(context, id, input.version, input.expense.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Hands an expense in, with its receipt: its amount is set aside on its line, converted by the brand's rate of its day, and it is decided
    /// by the brand's chain for expenses and up the ladder of limits. `withdrawRequest` takes it back. Whoever wrote it, and MID and above.
    async fn submit_expense(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The expense.")] input: SubmitExpenseInput,
    ) -> Result<SubmitExpensePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Expense.parse(&input.expense_id, "expenseId")?;
            finance::submit_expense(context, id, input.version).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let (row, approval) = rows.unzip();
        Ok(SubmitExpensePayload {
            expense: row.map(|row| Expense { op: op.clone(), row }),
            approval_request: approval.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Gives up an expense that is a draft or came back. Whoever wrote it, and MID and above.
    async fn discard_expense(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The expense.")] input: DiscardExpenseInput,
    ) -> Result<ExpensePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Expense.parse(&input.expense_id, "expenseId")?;
            finance::discard_expense(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Names the line on which an expense that was handed in is booked. What was set aside on another is let go; on this one it is spent from
    /// what is left, when it is approved. For MID and above.
    async fn set_expense_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The expense and the line.")] input: SetExpenseLineInput,
    ) -> Result<ExpensePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Expense.parse(&input.expense_id, "expenseId")?;
            let line_id = Kind::BudgetLine.parse(&input.line_id, "lineId")?;
            finance::set_expense_line(context, id, input.version, line_id).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Notes that an approved expense was paid; never for oneself. For MID and above.
    async fn pay_expense(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The expense and the payment.")] input: PayExpenseInput,
    ) -> Result<ExpensePayload> {
        let command = async |context: &Domain| {
            let id = Kind::Expense.parse(&input.expense_id, "expenseId")?;
            finance::pay_expense(context, id, input.version, &input.reference).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
