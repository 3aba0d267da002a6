//! Deciding, and setting who decides.

use async_graphql::{Context, Object, Result};
use diwan_domain::Context as Domain;
use diwan_domain::approvals::{self, NewChain, NewDelegation};
use diwan_entity::approvals::{approval_chain, approval_request, delegation};

use super::inputs::{
    ApproveRequestInput, ApproveRequestPayload, ArchiveApprovalChainInput, ArchiveApprovalChainPayload,
    EndDelegationInput, EndDelegationPayload, RequestChangesInput, RequestChangesPayload, SetApprovalChainInput,
    SetApprovalChainPayload, SetApprovalLimitInput, SetApprovalLimitPayload, SetBrandApprovalLimitInput,
    SetBrandApprovalLimitPayload, SetDelegationInput, SetDelegationPayload, WithdrawRequestInput,
    WithdrawRequestPayload,
};
use super::limits::{ApprovalLimit, Delegation};
use super::types::{ApprovalChain, ApprovalRequest};
use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;

/// Mutations of approvals.
#[derive(Default)]
pub struct ApprovalMutation;

fn request(op: &Op, row: Option<approval_request::Model>) -> Option<ApprovalRequest> {
    row.map(|row| ApprovalRequest { op: op.clone(), row })
}

fn chain(op: &Op, row: Option<approval_chain::Model>) -> Option<ApprovalChain> {
    row.map(|row| ApprovalChain { op: op.clone(), row })
}

fn stand_in(op: &Op, row: Option<delegation::Model>) -> Option<Delegation> {
    row.map(|row| Delegation { op: op.clone(), row })
}

fn limits(rows: Option<Vec<approvals::Limit>>) -> Option<Vec<ApprovalLimit>> {
    rows.map(|rows| rows.into_iter().map(Into::into).collect())
}

#[Object]
impl ApprovalMutation {
    /// Approves the step that is open. For whom the step asks: MID and above, or the client; never on one's own.
    async fn approve_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: ApproveRequestInput,
    ) -> Result<ApproveRequestPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| approvals::approve(context, input.into_domain()?).await;
        let (row, user_errors) = op.command(command).await?;
        Ok(ApproveRequestPayload { request: request(op, row), user_errors })
    }

    /// Sends a request back, with what is to be changed. For whom the open step asks.
    async fn request_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision, with a comment.")] input: RequestChangesInput,
    ) -> Result<RequestChangesPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| approvals::request_changes(context, input.into_domain()?).await;
        let (row, user_errors) = op.command(command).await?;
        Ok(RequestChangesPayload { request: request(op, row), user_errors })
    }

    /// Takes a request back. For whoever asked, and for MID and above.
    async fn withdraw_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: WithdrawRequestInput,
    ) -> Result<WithdrawRequestPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            approvals::withdraw(context, Kind::Approval.parse(&input.request_id, "requestId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(WithdrawRequestPayload { request: request(op, row), user_errors })
    }

    /// Sets who approves what in a brand. What is being decided goes on as it began. For SENIOR and above.
    async fn set_approval_chain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The chain.")] input: SetApprovalChainInput,
    ) -> Result<SetApprovalChainPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let steps = input.steps.into_iter().enumerate().map(|(index, step)| step.into_domain(index));
            let steps = steps.collect::<Result<_, _>>()?;
            let new = NewChain { brand_id, kind: input.kind.into(), steps, version: input.version };
            approvals::set_approval_chain(context, new).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetApprovalChainPayload { chain: chain(op, row), user_errors })
    }

    /// Puts a chain away: from then on anyone of MID or above approves. For SENIOR and above.
    async fn archive_approval_chain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which chain.")] input: ArchiveApprovalChainInput,
    ) -> Result<ArchiveApprovalChainPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Chain.parse(&input.chain_id, "chainId")?;
            approvals::archive_approval_chain(context, id, input.version).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(ArchiveApprovalChainPayload { chain: chain(op, row), user_errors })
    }

    /// Sets up to which amount a level may decide, agency-wide. For the CMO.
    async fn set_approval_limit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The limit.")] input: SetApprovalLimitInput,
    ) -> Result<SetApprovalLimitPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| approvals::set_approval_limit(context, input.into()).await;
        let (rows, user_errors) = op.command(command).await?;
        Ok(SetApprovalLimitPayload { limits: limits(rows), user_errors })
    }

    /// Sets up to which amount a level may decide in one brand. For DIRECTOR and above, of levels below their own.
    async fn set_brand_approval_limit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The limit.")] input: SetBrandApprovalLimitInput,
    ) -> Result<SetBrandApprovalLimitPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            approvals::set_brand_approval_limit(context, brand_id, input.into()).await
        };
        let (rows, user_errors) = op.command(command).await?;
        Ok(SetBrandApprovalLimitPayload { limits: limits(rows), user_errors })
    }

    /// Names who decides in the caller's place while they are away; it takes the place of what they set before.
    async fn set_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and when.")] input: SetDelegationInput,
    ) -> Result<SetDelegationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let to = Kind::User.parse(&input.to, "to")?;
            let SetDelegationInput { starts_at, ends_at, reason, .. } = input;
            approvals::set_delegation(context, NewDelegation { to, starts_at, ends_at, reason }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetDelegationPayload { delegation: stand_in(op, row), user_errors })
    }

    /// Ends a delegation of the caller's.
    async fn end_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delegation.")] input: EndDelegationInput,
    ) -> Result<EndDelegationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            approvals::end_delegation(context, Kind::Delegation.parse(&input.delegation_id, "delegationId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(EndDelegationPayload { delegation: stand_in(op, row), user_errors })
    }
}
