//! What is approved, each kind in its own domain: it is locked before its request, and told what came of it.

use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::permission::{Action, Permit, Relation};
use crate::{calendar, campaigns, contracts, finance, payments, promotion, proposals};

/// What somebody must be allowed who asks for an approval of this kind, or takes it back.
pub(super) fn action_to_ask(kind: ApprovalKind) -> Action {
    match kind {
        ApprovalKind::Campaign => Action::CampaignWrite,
        ApprovalKind::Budget => Action::FinancialRequestWrite,
        ApprovalKind::Contract => Action::ContractWrite,
        ApprovalKind::Proposal => Action::ProposalWrite,
        ApprovalKind::Payment => Action::PaymentWrite,
        ApprovalKind::Boost => Action::PromotionWrite,
        ApprovalKind::Expense => Action::ExpenseWrite,
        ApprovalKind::Post => Action::PostSubmit,
    }
}

/// Locks what a request is about, and says how the caller stands to it.
pub(super) async fn lock(context: &Context, request: &approval_request::Model) -> Result<Relation, Failure> {
    match request.kind {
        ApprovalKind::Post => {
            let post = calendar::load_post(context, request.subject_id, true).await?;
            calendar::relation_to(context, &post).await
        }
        ApprovalKind::Campaign => campaigns::lock(context, request.subject_id).await,
        ApprovalKind::Budget => finance::lock_request(context, request.subject_id).await,
        ApprovalKind::Contract => contracts::lock_contract(context, request.subject_id).await,
        ApprovalKind::Proposal => proposals::lock_proposal(context, request.subject_id).await,
        ApprovalKind::Payment => payments::lock_payment(context, request.subject_id).await,
        ApprovalKind::Boost => promotion::lock(context, request.subject_id).await,
        ApprovalKind::Expense => finance::lock_expense(context, request.subject_id).await,
    }
}

/// It is the client's turn: from now on they see it.
pub(super) async fn sent_to_client(
    context: &Context,
    permit: Permit<'_>,
    request: &approval_request::Model,
) -> Result<(), Failure> {
    match request.kind {
        ApprovalKind::Post => calendar::sent_to_client(context, permit, request.subject_id).await,
        ApprovalKind::Budget
        | ApprovalKind::Contract
        | ApprovalKind::Expense
        | ApprovalKind::Payment
        | ApprovalKind::Boost
        | ApprovalKind::Proposal
        | ApprovalKind::Campaign => Ok(()),
    }
}

/// A request has come to this end.
pub(super) async fn ended(
    context: &Context,
    permit: Permit<'_>,
    request: &approval_request::Model,
    state: RequestState,
) -> Result<(), Failure> {
    match request.kind {
        ApprovalKind::Post => calendar::review_ended(context, permit, request.subject_id, state).await,
        ApprovalKind::Campaign => campaigns::approval_ended(context, permit, request.subject_id, state).await,
        ApprovalKind::Budget => finance::request_ended(context, permit, request.subject_id, state).await,
        ApprovalKind::Contract => contracts::approval_ended(context, permit, request.subject_id, state).await,
        ApprovalKind::Proposal => proposals::proposal_reviewed(context, permit, request.subject_id, state).await,
        ApprovalKind::Payment => payments::payments_ended(context, permit, &[request.subject_id], state).await,
        ApprovalKind::Boost => promotion::approval_ended(context, permit, request.subject_id, state).await,
        ApprovalKind::Expense => finance::expense_ended(context, permit, request.subject_id, state).await,
    }
}

/// Requests of one kind have come to this end together.
pub(super) async fn all_ended(
    context: &Context,
    permit: Permit<'_>,
    (kind, state): (ApprovalKind, RequestState),
    requests: &[approval_request::Model],
) -> Result<(), Failure> {
    if kind == ApprovalKind::Payment {
        let ids: Vec<Uuid> = requests.iter().map(|request| request.subject_id).collect();
        return payments::payments_ended(context, permit, &ids, state).await;
    }
    // Of every other kind one is void at a time.
    for request in requests {
        ended(context, permit, request, state).await?;
    }
    Ok(())
}
