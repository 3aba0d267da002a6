//! Mutations of payments.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::payments::{self as domain, PaymentContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::payments::payment;

use super::types::Payment;
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// What is said of a payment: the whole of it.
#[derive(InputObject)]
struct PaymentInput {
    /// In a word, 1 to 200 characters.
    title: String,
    /// For which deliverable of the contract. Null: for a day or for hours.
    deliverable_id: Option<ID>,
    /// From which day on, in the brand's time zone. Needed where it is for a day.
    due_on: Option<NaiveDate>,
    /// How much, in minor units of the contract's currency, 1 to 10^15, and with the other payments no more than the fee.
    amount_minor: Long,
    /// Which part of it is withheld for the tax office, in basis points, 0 to 10000. Null: of a new payment what is said of
    /// whoever is paid, of another as it was.
    withholding_basis_points: Option<i32>,
}

impl PaymentInput {
    fn into_domain(self) -> Result<PaymentContent, Failure> {
        let deliverable_id = self.deliverable_id.map(|id| Kind::Deliverable.parse(&id, "payment.deliverableId"));
        Ok(PaymentContent {
            title: self.title,
            deliverable_id: deliverable_id.transpose()?,
            due_on: self.due_on,
            amount_minor: self.amount_minor.0,
            withholding_bp: self.withholding_basis_points,
        })
    }
}

/// A payment to plan.
#[derive(InputObject)]
struct CreatePaymentInput {
    /// Of which contract, one that is not over.
    contract_id: ID,
    /// What is said of it.
    payment: PaymentInput,
}

/// A payment to say anew.
#[derive(InputObject)]
struct UpdatePaymentInput {
    /// Which.
    payment_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is said of it from now on: the whole of it.
    payment: PaymentInput,
}

/// A payment to ask for.
#[derive(InputObject)]
struct SubmitPaymentInput {
    /// Which.
    payment_id: ID,
    /// The version that was read.
    version: i32,
}

/// A payment to take back.
#[derive(InputObject)]
struct RecallPaymentInput {
    /// Which.
    payment_id: ID,
    /// The version that was read.
    version: i32,
}

/// A payment to do without.
#[derive(InputObject)]
struct CancelPaymentInput {
    /// Which.
    payment_id: ID,
    /// The version that was read.
    version: i32,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// A payment that the bank has made.
#[derive(InputObject)]
struct PayPaymentInput {
    /// Which.
    payment_id: ID,
    /// The version that was read.
    version: i32,
    /// What it is known by at the bank, up to 200 characters.
    #[graphql(default)]
    reference: String,
}

/// The answer of what changes a payment.
#[derive(SimpleObject)]
struct PaymentPayload {
    /// The payment, when it was done.
    payment: Option<Payment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitPayment`.
#[derive(SimpleObject)]
struct SubmitPaymentPayload {
    /// The payment, when it was done.
    payment: Option<Payment>,
    /// The approval that was asked for.
    approval_request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<payment::Model, Failure>,
) -> Result<PaymentPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(PaymentPayload { payment: row.map(|row| Payment { op: op.clone(), row }), user_errors })
}

/// Mutations of payments.
#[derive(Default)]
pub struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Plans a payment of a contract. It is blocked until the contract is signed, its deliverable accepted or its day there, and the money
    /// committed. For MID and above.
    async fn create_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract and what is said of it.")] input: CreatePaymentInput,
    ) -> Result<PaymentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Contract.parse(&input.contract_id, "contractId")?;
            domain::create_payment(context, id, input.payment.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says a payment anew that is blocked or due. For MID and above.
    async fn update_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment and what is said of it.")] input: UpdatePaymentInput,
    ) -> Result<PaymentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Payment.parse(&input.payment_id, "paymentId")?;
            domain::update_payment(context, id, input.version, input.payment.into_domain()?).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Asks for a payment that is due: it is decided by the brand's chain for payments and up the ladder of limits. `withdrawRequest` or
    /// `recallPayment` takes it back. For MID and above.
    async fn submit_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment.")] input: SubmitPaymentInput,
    ) -> Result<SubmitPaymentPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Payment.parse(&input.payment_id, "paymentId")?;
            domain::submit_payment(context, id, input.version).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let (row, approval) = rows.unzip();
        Ok(SubmitPaymentPayload {
            payment: row.map(|row| Payment { op: op.clone(), row }),
            approval_request: approval.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Takes a payment back that is decided about or approved: it is due again, and can be said anew. For MID and above.
    async fn recall_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment.")] input: RecallPaymentInput,
    ) -> Result<PaymentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Payment.parse(&input.payment_id, "paymentId")?;
            domain::recall_payment(context, id, input.version).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Does without a payment that did not go to the bank. For MID and above.
    async fn cancel_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment and the reason.")] input: CancelPaymentInput,
    ) -> Result<PaymentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Payment.parse(&input.payment_id, "paymentId")?;
            domain::cancel_payment(context, id, input.version, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Notes that the bank has made a payment that was exported: the budget is charged. Never for oneself. For SENIOR and above.
    async fn pay_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment.")] input: PayPaymentInput,
    ) -> Result<PaymentPayload> {
        let command = async |context: &Domain| {
            let id = Kind::Payment.parse(&input.payment_id, "paymentId")?;
            domain::pay_payment(context, id, input.version, &input.reference).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
