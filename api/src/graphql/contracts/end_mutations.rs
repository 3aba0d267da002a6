//! Mutations that end a contract.

use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::Context as Domain;
use diwan_domain::contracts as domain;

use super::mutations::{ContractPayload, answer, which};
use crate::graphql::context::Op;

/// A contract to complete.
#[derive(InputObject)]
struct CompleteContractInput {
    /// Which.
    contract_id: ID,
}

/// A contract to give up.
#[derive(InputObject)]
struct DeclineContractInput {
    /// Which.
    contract_id: ID,
    /// Why, 1 to 2000 characters.
    reason: String,
}

/// A contract to terminate.
#[derive(InputObject)]
struct TerminateContractInput {
    /// Which.
    contract_id: ID,
    /// Why, 1 to 2000 characters.
    reason: String,
}

/// A contract that was broken.
#[derive(InputObject)]
struct ReportContractBreachInput {
    /// Which.
    contract_id: ID,
    /// How, 1 to 2000 characters.
    reason: String,
}

/// Mutations that end a contract.
#[derive(Default)]
pub struct ContractEndMutation;

#[Object]
impl ContractEndMutation {
    /// Gives a contract up that was not signed by both sides. What was committed is released. One that is being decided about is taken back
    /// first. For MID and above.
    async fn decline_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, and why.")] input: DeclineContractInput,
    ) -> Result<ContractPayload> {
        let command =
            async |context: &Domain| domain::decline_contract(context, which(&input.contract_id)?, &input.reason).await;
        answer(Op::of(ctx)?, command).await
    }

    /// Completes a contract that was carried out. What is still committed is released. For SENIOR and above.
    async fn complete_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract.")] input: CompleteContractInput,
    ) -> Result<ContractPayload> {
        let command = async |context: &Domain| domain::complete_contract(context, which(&input.contract_id)?).await;
        answer(Op::of(ctx)?, command).await
    }

    /// Terminates a signed contract, and with it what amends it. What is not delivered is withdrawn, what is not paid is not paid any more,
    /// and what is still committed is released. For SENIOR and above.
    async fn terminate_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, and why.")] input: TerminateContractInput,
    ) -> Result<ContractPayload> {
        let command = async |context: &Domain| {
            domain::terminate_contract(context, which(&input.contract_id)?, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Notes that the other side broke a signed contract. It can be terminated for it. For SENIOR and above.
    async fn report_contract_breach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, and how it was broken.")] input: ReportContractBreachInput,
    ) -> Result<ContractPayload> {
        let command = async |context: &Domain| {
            domain::report_contract_breach(context, which(&input.contract_id)?, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
