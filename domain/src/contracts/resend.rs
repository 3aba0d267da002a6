//! Links to a contract that were lost: a new one, by mail, in place of those before.

use chrono::{DateTime, Utc};
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::contracts::contract_signature::ContractSide;
use sea_orm::ActiveEnum as _;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::draft::begin;
use super::send::{Occasion, party, write_to};
use super::sign::signatures_now;
use super::state::wrong_state;
use super::words::Names;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Action;
use crate::public_links::{self, Whose};
use crate::trust;

/// A link that was made anew.
#[derive(Debug, Clone)]
pub struct ResentLink {
    /// The contract that it is about.
    pub contract: contract::Model,
    /// Its address, shown this once; none where it signs: then the letter alone has it.
    pub url: Option<Url>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// Writes to a side of a contract with a new link, and ends those that this side had: to read and discuss it while it is negotiated, to
/// sign it when it was sent, to look at it when both have signed. One that signs goes by mail alone, to the address that was approved with
/// the contract: nobody of the team comes to hold it, so that it takes nobody's right to sign for us (see `create_signing_link`).
pub async fn resend_contract_link(
    context: &Context,
    contract_id: Uuid,
    side: ContractSide,
) -> Result<ResentLink, Failure> {
    let (permit, row) = begin(context, Action::ContractSend, contract_id).await?;
    let occasion = occasion(&row)?;
    if occasion == Occasion::Negotiated && (side == ContractSide::Ours || row.person_id.is_some()) {
        return Err(UserError::at(Code::Invalid, "side").into());
    }
    let signs = occasion == Occasion::ToSign;
    if signs && signatures_now(context, &row).await?.iter().any(|signature| signature.side == side) {
        return Err(UserError::at(Code::AlreadyExists, "side").into());
    }
    let person = party(permit, context.now, &row, side).await?;
    let person = person.ok_or_else(|| UserError::at(Code::NotAMember, "side"))?;
    // Without an address it is handed over in another way: `create_signing_link`.
    if signs && person.email.is_empty() {
        return Err(UserError::at(Code::Invalid, "side").into());
    }
    let whose = person.user_id.map_or(Whose::Outside, Whose::Person);
    public_links::revoke_of(permit, context.now, (occasion.purpose(), row.id), Some(whose)).await?;
    let names = Names::of(context, row.brand_id).await?;
    let (url, expires_at) =
        write_to(&context.services, permit, context.now, (&row, &names), (person, occasion)).await?;
    let detail = json!({ "side": side.to_value(), "purpose": occasion.purpose().to_value() });
    trust::record(permit, context.now, "contract.resend_link", row.id, detail).await?;
    Ok(ResentLink { contract: row, url: (!signs).then_some(url), expires_at })
}

/// What a link to a contract is for now.
fn occasion(row: &contract::Model) -> Result<Occasion, UserError> {
    match row.state {
        ContractState::Negotiating if row.shared_version.is_some() => Ok(Occasion::Negotiated),
        ContractState::Sent => Ok(Occasion::ToSign),
        ContractState::Signed
        | ContractState::Active
        | ContractState::Completed
        | ContractState::Terminated
        | ContractState::Breached => Ok(Occasion::Signed),
        _ => Err(wrong_state(row)),
    }
}
