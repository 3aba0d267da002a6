//! Signing a contract: each side puts its name to one and the same file.
//!
//! What is signed is named by the digest of its bytes, which whoever signs has read and sends back. The signature keeps the name that
//! was typed, when and from where, and that digest; the database refuses one of any other file (`app.guard_contract_signature`).

use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::contracts::contract_document::{self, DocumentPart};
use diwan_entity::contracts::contract_signature::{self, ContractSide};
use diwan_entity::links::public_link::{self, LinkPurpose};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::days::follow_days;
use super::document::ready_document;
use super::draft::begin;
use super::end::decline;
use super::page::{SigningView, open_signing};
use super::send::{check_signer, render};
use super::state::{is_over, step, wrong_state};
use crate::approvals::Ground;
use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::payments;
use crate::permission::{Action, Permit};
use crate::public_links::{self, Answered, Caller, PublicLink};
use crate::trust;

/// What is put under a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The name as it was typed, 1 to 200 characters.
    pub name: String,
    /// The SHA-256 of the document that was read, in hexadecimal.
    pub document: String,
    /// Who is at the other end.
    pub caller: Caller,
}

/// Who signs.
#[derive(Debug, Clone, Copy)]
struct Signer {
    side: ContractSide,
    user_id: Option<Uuid>,
    link_id: Option<Uuid>,
}

/// What somebody does on the page of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningAct {
    /// They sign.
    Sign {
        /// The name as it was typed.
        name: String,
    },
    /// They decline, with a reason of 1 to 2000 characters.
    Decline {
        /// Why.
        reason: String,
    },
}

/// The signatures of what a contract says now.
pub(super) async fn signatures_now(
    context: &Context,
    row: &contract::Model,
) -> Result<Vec<contract_signature::Model>, Failure> {
    let Some(document) = ready_document(context, row, DocumentPart::ToSign).await? else { return Ok(Vec::new()) };
    let select = contract_signature::Entity::in_brand(row.brand_id)
        .filter(contract_signature::Column::DocumentId.eq(document.id));
    Ok(context.all(select).await?)
}

/// Signs a contract for us, as the person who is signed in.
pub async fn sign_contract(context: &Context, contract_id: Uuid, signing: Signing) -> Result<contract::Model, Failure> {
    let (permit, row) = begin(context, Action::ContractSign, contract_id).await?;
    let signer = Signer { side: ContractSide::Ours, user_id: Some(permit.person()?), link_id: None };
    put(context, permit, row, signer, signing).await
}

/// Which side a link is for.
pub(super) fn side_of(link: &PublicLink) -> ContractSide {
    if link.user_id.is_some() { ContractSide::Ours } else { ContractSide::Theirs }
}

/// The contract of a link, locked.
async fn of_link(context: &Context, link: &PublicLink) -> Result<contract::Model, Failure> {
    let select = contract::Entity::one_in_brand(link.brand_id, link.subject_id).lock_exclusive();
    Ok(context.one(select).await?.ok_or(Code::LinkInvalid)?)
}

/// Does what the holder of a link wants, in a transaction of its own.
pub async fn answer_signing(
    services: &Arc<Services>,
    secret: &str,
    (act, document): (SigningAct, String),
    caller: Caller,
) -> Result<Answered<SigningView>, Failure> {
    let done = public_links::act(services, secret, LinkPurpose::SignContract, async |context, link| {
        let permit = link.permit(context);
        let row = of_link(context, link).await?;
        match act {
            SigningAct::Sign { name } => {
                let signed = signatures_now(context, &row).await?;
                // Sent again, it is done already.
                if !signed.iter().any(|signature| signature.link_id == Some(link.id)) {
                    let signer = Signer { side: side_of(link), user_id: link.user_id, link_id: Some(link.id) };
                    put(context, permit, row, signer, Signing { name, document, caller }).await?;
                }
            }
            SigningAct::Decline { reason } => {
                if side_of(link) == ContractSide::Ours {
                    return Err(Code::LinkInvalid.into());
                }
                let reason = reason.replace("\r\n", "\n");
                decline(context, permit, row, &reason, Some(link.id)).await?;
            }
        }
        public_links::used(permit, context.now, link).await?;
        Ok(())
    });
    done.await?.answered(open_signing(services, secret)).await
}

/// Puts a signature under the document of a contract whose row is locked. With the second, the contract is signed.
async fn put(
    context: &Context,
    permit: Permit<'_>,
    row: contract::Model,
    signer: Signer,
    signing: Signing,
) -> Result<contract::Model, Failure> {
    step(&row, ContractState::Signed)?;
    let mut wrong = Complaints::default();
    if let Some(id) = row.amends_id {
        // Shared, so that it does not end meanwhile: whoever ends it looks for what amends it.
        let amended = context.one(contract::Entity::one_in_brand(row.brand_id, id).lock_shared()).await?;
        if let Some(over) = amended.filter(|amended| is_over(amended.state)) {
            wrong.add(UserError::at(Code::WrongState, "amendsId").text("state", over.state.to_value()));
        }
    }
    let name = wrong.text("name", &signing.name, 200).to_owned();
    wrong.check()?;
    let document = ready_document(context, &row, DocumentPart::ToSign).await?.ok_or_else(|| wrong_state(&row))?;
    let hash = document.sha256.clone().ok_or_else(|| wrong_state(&row))?;
    if data_encoding::HEXLOWER.encode(&hash) != signing.document {
        return Err(UserError::at(Code::ChangedMeanwhile, "document").number("current", row.version).into());
    }
    let before = signatures_now(context, &row).await?;
    if before.iter().any(|signature| signature.side == signer.side) {
        return Err(UserError::at(Code::AlreadyExists, "contractId").into());
    }
    if let (ContractSide::Ours, Some(user_id)) = (signer.side, signer.user_id) {
        check_ours(context, permit, &row, user_id).await?;
    }
    let signature = signature_row(context, (&row, &document), signer, name, signing.caller, hash.clone());
    let signature = contract_signature::Entity::insert(signature).exec_with_returning(permit.tx()).await?;
    let detail = json!({
        "side": signer.side.to_value(),
        "version": row.version,
        "sha256": data_encoding::HEXLOWER.encode(&hash),
        "signature": signature.id,
        "link": signer.link_id,
    });
    trust::record(permit, context.now, "contract.sign", row.id, detail).await?;
    if before.is_empty() { Ok(row) } else { signed(context, permit, row).await }
}

/// That somebody may sign for us now, and as long as four eyes are needed, has made no link for the other side: nobody holds both ends.
async fn check_ours(
    context: &Context,
    permit: Permit<'_>,
    row: &contract::Model,
    user_id: Uuid,
) -> Result<(), Failure> {
    let ground = Ground::load(permit.tx(), row.brand_id, ApprovalKind::Contract, None, context.now).await?;
    check_signer(&ground, user_id)?;
    let made = public_link::Entity::in_brand(row.brand_id)
        .filter(public_link::Column::Purpose.eq(LinkPurpose::SignContract))
        .filter(public_link::Column::SubjectId.eq(row.id))
        .filter(public_link::Column::UserId.is_null())
        .filter(public_link::Column::CreatedBy.eq(user_id));
    if ground.four_eyes && context.one(made).await?.is_some() {
        return Err(UserError::at(Code::ContractBothSides, "contractId").into());
    }
    Ok(())
}

fn signature_row(
    context: &Context,
    (row, document): (&contract::Model, &contract_document::Model),
    signer: Signer,
    name: String,
    caller: Caller,
    hash: Vec<u8>,
) -> contract_signature::ActiveModel {
    // Nobody signs from nowhere: what stands in for an address that is not known is told as such.
    let address = if caller.address.trim().is_empty() { "unknown".to_owned() } else { caller.address };
    contract_signature::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        contract_id: Set(row.id),
        document_id: Set(document.id),
        side: Set(signer.side),
        name: Set(name),
        user_id: Set(signer.user_id),
        link_id: Set(signer.link_id),
        address: Set(address.chars().take(100).collect()),
        user_agent: Set(caller.user_agent.replace('\0', "").chars().take(500).collect()),
        document_sha256: Set(hash),
        signed_at: Set(context.now),
    }
}

/// Both sides have signed: the document with their signatures is made, and what follows by days is planned.
async fn signed(context: &Context, permit: Permit<'_>, row: contract::Model) -> Result<contract::Model, Failure> {
    let changed = contract::ActiveModel {
        state: Set(ContractState::Signed),
        signed_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    render(permit, context.now, context.new_id(), &row, DocumentPart::Signed).await?;
    follow_days(context, permit, &row).await?;
    payments::unblock(permit, context.now, row.id).await?;
    trust::record(permit, context.now, "contract.signed", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}

/// The signatures of these contracts that the caller sees, in the order in which they were given.
pub async fn signatures_of_contracts(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<contract_signature::Model>, Failure> {
    let select = contract_signature::Entity::find()
        .filter(contract_signature::Column::ContractId.is_in(ids.iter().copied()))
        .order_by_asc(contract_signature::Column::Id);
    Ok(context.all(select).await?)
}
