//! Mutations of financial requests.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::finance::{self, RequestContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::finance::financial_request;

use super::requests::FinancialRequest;
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// What is asked for, and the case for it: the whole of it.
#[derive(InputObject)]
struct FinancialRequestInput {
    /// For which line of an open budget.
    line_id: ID,
    /// In a word, 1 to 300 characters.
    title: String,
    /// How much, in minor units of the budget's currency, 1 to 10^15.
    amount_minor: Long,
    /// Why, 1 to 5000 characters.
    why: String,
    /// What it is to bring, 1 to 5000 characters.
    expected_result: String,
    /// What else would do, up to 5000 characters.
    #[graphql(default)]
    alternatives: String,
    /// By when it is needed.
    needed_by: Option<NaiveDate>,
}

impl FinancialRequestInput {
    fn into_domain(self) -> Result<RequestContent, Failure> {
        Ok(RequestContent {
            line_id: Kind::BudgetLine.parse(&self.line_id, "request.lineId")?,
            title: self.title,
            amount_minor: self.amount_minor.0,
            why: self.why,
            expected_result: self.expected_result,
            alternatives: self.alternatives,
            needed_by: self.needed_by,
        })
    }
}

/// A financial request to write down.
#[derive(InputObject)]
struct CreateFinancialRequestInput {
    /// Of which brand.
    brand_id: ID,
    /// What is asked for.
    request: FinancialRequestInput,
}

/// A financial request to say anew.
#[derive(InputObject)]
struct UpdateFinancialRequestInput {
    /// Which.
    request_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is asked for from now on: the whole of it.
    request: FinancialRequestInput,
}

/// A financial request to have decided.
#[derive(InputObject)]
struct SubmitFinancialRequestInput {
    /// Which.
    request_id: ID,
    /// The version that was read.
    version: i32,
}

/// A financial request to give up.
#[derive(InputObject)]
struct DiscardFinancialRequestInput {
    /// Which.
    request_id: ID,
    /// The version that was read.
    version: i32,
}

/// The answer of what changes a financial request.
#[derive(SimpleObject)]
struct FinancialRequestPayload {
    /// The request, when it was done.
    request: Option<FinancialRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitFinancialRequest`.
#[derive(SimpleObject)]
struct SubmitFinancialRequestPayload {
    /// The request, when it was done.
    request: Option<FinancialRequest>,
    /// The approval that was asked for.
    approval_request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<financial_request::Model, Failure>,
) -> Result<FinancialRequestPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(FinancialRequestPayload { request: row.map(|row| FinancialRequest { op: op.clone(), row }), user_errors })
}

/// Mutations of financial requests.
#[derive(Default)]
pub struct FinancialRequestMutation;

#[Object]
impl FinancialRequestMutation {
    /// Writes down that more money is needed. Nobody is asked yet. For MID and above.
    async fn create_financial_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked for.")] input: CreateFinancialRequestInput,
    ) -> Result<FinancialRequestPayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            finance::create_financial_request(context, brand_id, input.request.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says a request anew that is a draft or came back. For MID and above.
    async fn update_financial_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and what is asked for.")] input: UpdateFinancialRequestInput,
    ) -> Result<FinancialRequestPayload> {
        let command = async |context: &Domain| {
            let id = Kind::FinancialRequest.parse(&input.request_id, "requestId")?;
            finance::update_financial_request(context, id, input.version, input.request.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Has a request decided, by the brand's chain for budgets and up the ladder of limits. When it is approved, its line is given the money at
    /// once. `withdrawRequest` takes it back. For MID and above.
    async fn submit_financial_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: SubmitFinancialRequestInput,
    ) -> Result<SubmitFinancialRequestPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::FinancialRequest.parse(&input.request_id, "requestId")?;
            finance::submit_financial_request(context, id, input.version).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let (row, approval) = rows.unzip();
        Ok(SubmitFinancialRequestPayload {
            request: row.map(|row| FinancialRequest { op: op.clone(), row }),
            approval_request: approval.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Gives up a request that is a draft or came back. For MID and above.
    async fn discard_financial_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: DiscardFinancialRequestInput,
    ) -> Result<FinancialRequestPayload> {
        let command = async |context: &Domain| {
            let id = Kind::FinancialRequest.parse(&input.request_id, "requestId")?;
            finance::discard_financial_request(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
