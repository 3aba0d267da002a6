//! Mutations of budgets and their lines.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::finance::{self, BudgetContent, Commitments, LineContent, NewBudget};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::finance::budget;

use super::types::{Budget, BudgetCategory, BudgetLine};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What is said of a budget: the whole of it. It has a period of its own, a campaign, or both.
#[derive(InputObject)]
struct BudgetInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// Its first day, in the brand's time zone; with `endsOn`.
    starts_on: Option<NaiveDate>,
    /// Its last day, at most ten years after the first.
    ends_on: Option<NaiveDate>,
    /// The campaign that it is for, whose period it has unless it has its own.
    campaign_id: Option<ID>,
}

impl BudgetInput {
    fn into_domain(self) -> Result<BudgetContent, Failure> {
        let period = match (self.starts_on, self.ends_on) {
            (Some(from), Some(to)) => Some((from, to)),
            (None, None) => None,
            (None, Some(_)) => return Err(UserError::at(Code::Invalid, "budget.startsOn").into()),
            (Some(_), None) => return Err(UserError::at(Code::Invalid, "budget.endsOn").into()),
        };
        let campaign_id = self.campaign_id.map(|id| Kind::Campaign.parse(&id, "budget.campaignId")).transpose()?;
        Ok(BudgetContent { name: self.name, period, campaign_id })
    }
}

/// A line to add.
#[derive(InputObject)]
struct BudgetLineInput {
    /// What it is called, 1 to 200 characters; unlike the other lines of the budget, in any case.
    name: String,
    /// For what its money is.
    category: BudgetCategory,
}

fn lines(lines: Vec<BudgetLineInput>) -> Vec<LineContent> {
    lines.into_iter().map(|line| LineContent { name: line.name, category: line.category.into() }).collect()
}

/// A budget to make.
#[derive(InputObject)]
struct CreateBudgetInput {
    /// Of which brand.
    brand_id: ID,
    /// Of all its amounts, ISO 4217; for good.
    currency: String,
    /// What is said of it.
    budget: BudgetInput,
    /// Its first lines, up to 200.
    #[graphql(default)]
    lines: Vec<BudgetLineInput>,
}

/// What is said of a budget from now on: the whole of it.
#[derive(InputObject)]
struct UpdateBudgetInput {
    /// Which budget.
    budget_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it.
    budget: BudgetInput,
}

/// Lines to add.
#[derive(InputObject)]
struct AddBudgetLinesInput {
    /// To which budget.
    budget_id: ID,
    /// The lines; a budget has up to 200.
    lines: Vec<BudgetLineInput>,
}

/// What is said of a line from now on.
#[derive(InputObject)]
struct UpdateBudgetLineInput {
    /// Which line.
    line_id: ID,
    /// What it is called, 1 to 200 characters.
    name: String,
    /// For what its money is.
    category: BudgetCategory,
}

/// What becomes of what is set aside when a budget is closed.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum OpenCommitments {
    /// With any the budget is not closed.
    Refuse,
    /// It is let go.
    Release,
    /// It goes on in `followingBudgetId`, on the lines of the same names.
    CarryOver,
}

/// A budget to close.
#[derive(InputObject)]
struct CloseBudgetInput {
    /// Which budget.
    budget_id: ID,
    /// The version that was read.
    version: i32,
    /// What becomes of what is set aside.
    #[graphql(default_with = "OpenCommitments::Refuse")]
    commitments: OpenCommitments,
    /// Where it goes on: an open budget of the brand in the same currency. With `CARRY_OVER` alone.
    following_budget_id: Option<ID>,
}

/// The answer of what changes a budget.
#[derive(SimpleObject)]
struct BudgetPayload {
    /// The budget, when it was carried out.
    budget: Option<Budget>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `addBudgetLines`.
#[derive(SimpleObject)]
struct AddBudgetLinesPayload {
    /// The new lines, in their order.
    lines: Option<Vec<BudgetLine>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `updateBudgetLine`.
#[derive(SimpleObject)]
struct UpdateBudgetLinePayload {
    /// The line, when it was changed.
    line: Option<BudgetLine>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_budget(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<budget::Model, Failure>,
) -> Result<BudgetPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(BudgetPayload { budget: row.map(|row| Budget { op: op.clone(), row }), user_errors })
}

/// Mutations of budgets and their lines.
#[derive(Default)]
pub struct BudgetMutation;

#[Object]
impl BudgetMutation {
    /// Makes a budget with its lines. Nothing is given to them yet. For MID and above.
    async fn create_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget.")] input: CreateBudgetInput,
    ) -> Result<BudgetPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let content = input.budget.into_domain()?;
            let new = NewBudget { brand_id, currency: input.currency, content, lines: lines(input.lines) };
            finance::create_budget(context, new).await
        };
        of_budget(Op::of(ctx)?, command).await
    }

    /// Says an open budget anew, unless somebody else has changed it meanwhile. For MID and above.
    async fn update_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateBudgetInput,
    ) -> Result<BudgetPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Budget.parse(&input.budget_id, "budgetId")?;
            finance::update_budget(context, id, input.version, input.budget.into_domain()?).await
        };
        of_budget(Op::of(ctx)?, command).await
    }

    /// Adds lines at the end of an open budget, all or none. For MID and above.
    async fn add_budget_lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lines.")] input: AddBudgetLinesInput,
    ) -> Result<AddBudgetLinesPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Budget.parse(&input.budget_id, "budgetId")?;
            finance::add_budget_lines(context, id, lines(input.lines)).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let lines = rows.map(|rows| rows.into_iter().map(|row| BudgetLine { op: op.clone(), row }).collect());
        Ok(AddBudgetLinesPayload { lines, user_errors })
    }

    /// Says a line of an open budget anew. What was booked on it stays. For MID and above.
    async fn update_budget_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateBudgetLineInput,
    ) -> Result<UpdateBudgetLinePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::BudgetLine.parse(&input.line_id, "lineId")?;
            let content = LineContent { name: input.name, category: input.category.into() };
            finance::update_budget_line(context, id, content).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateBudgetLinePayload { line: row.map(|row| BudgetLine { op: op.clone(), row }), user_errors })
    }

    /// Closes a budget for good: nothing is booked on it any more. For SENIOR and above.
    async fn close_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which budget, and what becomes of what is set aside.")] input: CloseBudgetInput,
    ) -> Result<BudgetPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Budget.parse(&input.budget_id, "budgetId")?;
            let following = input.following_budget_id.map(|id| Kind::Budget.parse(&id, "followingBudgetId"));
            let commitments = match (input.commitments, following.transpose()?) {
                (OpenCommitments::Refuse, None) => Commitments::Refuse,
                (OpenCommitments::Release, None) => Commitments::Release,
                (OpenCommitments::CarryOver, Some(next)) if next != id => Commitments::CarryOver(next),
                _ => return Err(UserError::at(Code::Invalid, "followingBudgetId").into()),
            };
            finance::close_budget(context, id, input.version, commitments).await
        };
        of_budget(Op::of(ctx)?, command).await
    }
}
