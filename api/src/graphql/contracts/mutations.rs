//! Mutations that bring a contract to its signatures.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::contracts::{self as domain, NewContract, ResentLink, Signing};
use diwan_domain::public_links::Caller;
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::contracts::contract;
use uuid::Uuid;

use super::inputs::{ContractClauseInput, ContractTermsInput, ContractValueInput, body, clauses};
use super::record::{ContractComment, ContractDocument, ContractSide, ContractVisibility};
use super::types::{Contract, ContractKind};
use crate::graphql::approvals::ApprovalRequest;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A contract to begin.
#[derive(InputObject)]
struct CreateContractInput {
    /// Of which brand.
    brand_id: ID,
    /// With whom.
    kind: ContractKind,
    /// The signed contract that it amends.
    amends_id: Option<ID>,
    /// What is agreed on.
    terms: ContractTermsInput,
    /// Its clauses, at most 100; or a template.
    #[graphql(default)]
    clauses: Vec<ContractClauseInput>,
    /// The template of the same kind from which its clauses come.
    template_id: Option<ID>,
    /// Values of the template's variables. Without one, `title`, `agency`, `brand`, `party_name`, `party_address`, `fee`, `starts_on`,
    /// `ends_on`, `exclusivity`, `exclusive_until`, `disclosure`, `usage_rights` and `usage_until` say what the terms say.
    #[graphql(default)]
    values: Vec<ContractValueInput>,
}

/// A contract to say anew.
#[derive(InputObject)]
struct UpdateContractInput {
    /// Which.
    contract_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What is agreed on from now on: the whole of it.
    terms: ContractTermsInput,
    /// Its clauses from now on: all of them.
    clauses: Vec<ContractClauseInput>,
}

/// A contract to share.
#[derive(InputObject)]
struct NegotiateContractInput {
    /// Which.
    contract_id: ID,
    /// The version that was read.
    version: i32,
}

/// A contract to have decided.
#[derive(InputObject)]
struct SubmitContractInput {
    /// Which.
    contract_id: ID,
    /// The version that was read.
    version: i32,
}

/// Something to say about a contract.
#[derive(InputObject)]
struct CommentOnContractInput {
    /// Which.
    contract_id: ID,
    /// Who reads it.
    visibility: ContractVisibility,
    /// What, 1 to 5000 characters.
    body: String,
}

/// A contract to send.
#[derive(InputObject)]
struct SendContractInput {
    /// Which.
    contract_id: ID,
    /// The version that was read.
    version: i32,
    /// Who signs for us: staff of SENIOR or above.
    signer_id: ID,
}

/// A link to make.
#[derive(InputObject)]
struct CreateSigningLinkInput {
    /// For which contract.
    contract_id: ID,
    /// For which side.
    side: ContractSide,
}

/// A link that was lost.
#[derive(InputObject)]
struct ResendContractLinkInput {
    /// To which contract.
    contract_id: ID,
    /// Of which side.
    side: ContractSide,
}

/// A signature to give.
#[derive(InputObject)]
struct SignContractInput {
    /// Under which contract.
    contract_id: ID,
    /// The name under which it is signed, 1 to 200 characters.
    name: String,
    /// The SHA-256 of the document that was read, in hexadecimal, as `documents` has it.
    document_sha256: String,
}

/// The answer of what changes a contract.
#[derive(SimpleObject)]
pub(super) struct ContractPayload {
    /// The contract, when it was done.
    contract: Option<Contract>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `negotiateContract`.
#[derive(SimpleObject)]
struct NegotiateContractPayload {
    /// The contract, when it was done.
    contract: Option<Contract>,
    /// Where the other side reads and discusses it. It is shown this once; whoever has it can write as the other side. Null where a
    /// freelancer sees it in the product.
    url: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `submitContract`.
#[derive(SimpleObject)]
struct SubmitContractPayload {
    /// The contract, when it was done.
    contract: Option<Contract>,
    /// The approval that was asked for.
    approval_request: Option<ApprovalRequest>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `commentOnContract`.
#[derive(SimpleObject)]
struct CommentOnContractPayload {
    /// What was said.
    comment: Option<ContractComment>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `sendContract`.
#[derive(SimpleObject)]
struct SendContractPayload {
    /// The contract, when it was done.
    contract: Option<Contract>,
    /// The document that is made. When it is ready, the contract is sent.
    document: Option<ContractDocument>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `createSigningLink`.
#[derive(SimpleObject)]
struct CreateSigningLinkPayload {
    /// Its address, shown this once: whoever has it signs. To be handed to the person whom it is for and nobody else.
    url: Option<String>,
    /// Until when it works.
    expires_at: Option<DateTime<Utc>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `resendContractLink`.
#[derive(SimpleObject)]
struct ResendContractLinkPayload {
    /// The contract, when it was done.
    contract: Option<Contract>,
    /// The address of the new link, shown this once; null where it signs: then the letter alone has it.
    url: Option<String>,
    /// Until when it works.
    expires_at: Option<DateTime<Utc>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

pub(super) fn which(id: &ID) -> Result<Uuid, Failure> {
    Kind::Contract.parse(id, "contractId")
}

pub(super) async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<contract::Model, Failure>,
) -> Result<ContractPayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ContractPayload { contract: row.map(|row| Contract::of(op, row)), user_errors })
}

/// Mutations that bring a contract to its signatures.
#[derive(Default)]
pub struct ContractMutation;

#[Object]
impl ContractMutation {
    /// Begins a contract, or an amendment of a signed one. Nobody outside sees it yet. For MID and above.
    async fn create_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is agreed on, and the clauses.")] input: CreateContractInput,
    ) -> Result<ContractPayload> {
        let command = async |context: &Domain| {
            let amends_id = input.amends_id.map(|id| Kind::Contract.parse(&id, "amendsId")).transpose()?;
            if input.template_id.is_some() && !input.clauses.is_empty() {
                return Err(UserError::at(Code::Invalid, "clauses").into());
            }
            let new = NewContract {
                brand_id: Kind::Brand.parse(&input.brand_id, "brandId")?,
                kind: input.kind.into(),
                amends_id,
                terms: input.terms.into_domain()?,
                body: body(input.clauses, input.template_id.as_ref(), input.values)?,
            };
            domain::create_contract(context, new).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says a contract anew that was not signed by both sides: the whole of it. One that was decided about, approved or sent goes back to
    /// be negotiated: its approval is void, what was committed is released, and its links end. For MID and above.
    async fn update_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, and what it says from now on.")] input: UpdateContractInput,
    ) -> Result<ContractPayload> {
        let command = async |context: &Domain| {
            let id = which(&input.contract_id)?;
            let (terms, clauses) = (input.terms.into_domain()?, clauses(input.clauses));
            domain::update_contract(context, (id, input.version), terms, &clauses).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Shares a contract with the other side, from this version on: a freelancer sees it in the product, everybody else gets a link by which
    /// they read and discuss it, by mail where `partyEmail` says where to. For MID and above.
    async fn negotiate_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract.")] input: NegotiateContractInput,
    ) -> Result<NegotiateContractPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            domain::negotiate_contract(context, which(&input.contract_id)?, input.version).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (row, url) = done.unzip();
        Ok(NegotiateContractPayload {
            contract: row.map(|row| Contract::of(op, row)),
            url: url.flatten().map(Into::into),
            user_errors,
        })
    }

    /// Says something about a contract. Freelancers do about their own, so that the team reads it; otherwise for MID and above.
    async fn comment_on_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, and what is said.")] input: CommentOnContractInput,
    ) -> Result<CommentOnContractPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = which(&input.contract_id)?;
            domain::comment_on_contract(context, id, input.visibility.into(), &input.body).await
        };
        let (row, user_errors) = op.command(command).await?;
        let comment = row.map(|row| ContractComment { op: op.clone(), row });
        Ok(CommentOnContractPayload { comment, user_errors })
    }

    /// Has a contract decided, by the brand's chain for contracts and up the ladder of limits to the level that covers its fee. When it is
    /// approved, the fee is committed on its line. `withdrawRequest` takes it back. For MID and above.
    async fn submit_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract.")] input: SubmitContractInput,
    ) -> Result<SubmitContractPayload> {
        let op = Op::of(ctx)?;
        let command =
            async |context: &Domain| domain::submit_contract(context, which(&input.contract_id)?, input.version).await;
        let (rows, user_errors) = op.command(command).await?;
        let (row, approval) = rows.unzip();
        Ok(SubmitContractPayload {
            contract: row.map(|row| Contract::of(op, row)),
            approval_request: approval.map(|row| ApprovalRequest { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Has an approved contract made into a document and sent to both sides, each with a link to sign it by. For MID and above.
    async fn send_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, and who signs for us.")] input: SendContractInput,
    ) -> Result<SendContractPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = which(&input.contract_id)?;
            let signer_id = Kind::User.parse(&input.signer_id, "signerId")?;
            domain::send_contract(context, (id, input.version), signer_id).await
        };
        let (rows, user_errors) = op.command(command).await?;
        let (row, document) = rows.unzip();
        Ok(SendContractPayload {
            contract: row.map(|row| Contract::of(op, row)),
            document: document.map(|row| ContractDocument { op: op.clone(), row }),
            user_errors,
        })
    }

    /// Makes a new link by which a side signs a contract that was sent, to be handed over in another way than mail; the links that this
    /// side had are good no more. Whoever is to sign for us makes their own link, and none for the other side. For MID and above.
    async fn create_signing_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which contract, and for which side.")] input: CreateSigningLinkInput,
    ) -> Result<CreateSigningLinkPayload> {
        let command = async |context: &Domain| {
            domain::create_signing_link(context, which(&input.contract_id)?, input.side.into()).await
        };
        let (made, user_errors) = Op::of(ctx)?.command(command).await?;
        let (url, expires_at) = made.unzip();
        Ok(CreateSigningLinkPayload { url: url.map(Into::into), expires_at, user_errors })
    }

    /// Writes to a side of a contract with a new link, and ends those that this side had: to read and discuss it while it is negotiated, to
    /// sign it when it was sent, to look at it when both have signed. For MID and above.
    async fn resend_contract_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which contract, and of which side.")] input: ResendContractLinkInput,
    ) -> Result<ResendContractLinkPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            domain::resend_contract_link(context, which(&input.contract_id)?, input.side.into()).await
        };
        let (sent, user_errors) = op.command(command).await?;
        let mut payload = ResendContractLinkPayload { contract: None, url: None, expires_at: None, user_errors };
        if let Some(ResentLink { contract, url, expires_at }) = sent {
            payload.contract = Some(Contract::of(op, contract));
            (payload.url, payload.expires_at) = (url.map(Into::into), Some(expires_at));
        }
        Ok(payload)
    }

    /// Signs a contract for us, as the caller. With the second side's signature it is signed. For SENIOR and above.
    async fn sign_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract, the name, and the document that was read.")] input: SignContractInput,
    ) -> Result<ContractPayload> {
        let op = Op::of(ctx)?;
        let origin = &op.facts().origin;
        let caller = Caller { address: origin.peer.clone(), user_agent: origin.user_agent.clone() };
        let command = async |context: &Domain| {
            let signing = Signing { name: input.name, document: input.document_sha256, caller };
            domain::sign_contract(context, which(&input.contract_id)?, signing).await
        };
        answer(op, command).await
    }
}
