//! Writing contracts: begun, said anew, amended.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::contracts::contract::{self, ContractKind, ContractState};
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_entity::links::public_link::LinkPurpose;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::approval::release;
use super::content::{Clause, ContractTerms, check_clauses, kept};
use super::send::{Occasion, party, write_to};
use super::state::{step, wrong_state};
use super::templates::clauses_from_template;
use super::versions::save_version;
use super::words::Names;
use crate::approvals;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::public_links::{self, Whose};
use crate::trust;

/// Where the clauses of a new contract come from.
#[derive(Debug, Clone)]
pub enum ContractBody {
    /// They are written.
    Clauses(Vec<Clause>),
    /// A template of the same kind, filled in.
    Template {
        /// Which.
        template_id: Uuid,
        /// Values of its variables by their names.
        values: Vec<(String, String)>,
    },
}

/// A contract to begin.
#[derive(Debug, Clone)]
pub struct NewContract {
    /// Of which brand.
    pub brand_id: Uuid,
    /// With whom.
    pub kind: ContractKind,
    /// The signed contract that it amends.
    pub amends_id: Option<Uuid>,
    /// What is agreed on.
    pub terms: ContractTerms,
    /// Its clauses.
    pub body: ContractBody,
}

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "contractId")
}

/// A contract that is about to change, with the right to it; its row is locked. Nobody but staff has a right that this asks for.
pub(super) async fn begin(
    context: &Context,
    action: Action,
    contract_id: Uuid,
) -> Result<(Permit<'_>, contract::Model), Failure> {
    let seen = context.one(contract::Entity::visible([contract_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let select = contract::Entity::visible([contract_id]).lock_exclusive();
    Ok((permit, context.one(select).await?.ok_or_else(not_there)?))
}

/// That a contract may be amended: it was signed, is not over, and amends nothing itself.
async fn check_amended(
    context: &Context,
    brand_id: Uuid,
    (amends_id, kind): (Uuid, ContractKind),
    wrong: &mut Complaints,
) -> Result<(), Failure> {
    match context.one(contract::Entity::one_in_brand(brand_id, amends_id)).await? {
        None => wrong.add(UserError::at(Code::NotFound, "amendsId")),
        Some(row) if !matches!(row.state, ContractState::Signed | ContractState::Active) => {
            wrong.add(UserError::at(Code::WrongState, "amendsId").text("state", row.state.to_value()));
        }
        Some(row) if row.amends_id.is_some() => wrong.add(UserError::at(Code::Invalid, "amendsId")),
        Some(row) if row.kind != kind => wrong.add(UserError::at(Code::Invalid, "kind")),
        Some(_) => {}
    }
    Ok(())
}

/// Begins a contract, or an amendment of one. Nobody outside sees it yet.
pub async fn create_contract(context: &Context, new: NewContract) -> Result<contract::Model, Failure> {
    let NewContract { brand_id, kind, amends_id, terms, body } = new;
    let permit = context.permit(Action::ContractWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    terms.check(context, brand_id, kind, &mut wrong).await?;
    if let Some(id) = amends_id {
        check_amended(context, brand_id, (id, kind), &mut wrong).await?;
    }
    let clauses = match &body {
        ContractBody::Clauses(clauses) => check_clauses(&mut wrong, "clauses", clauses),
        ContractBody::Template { template_id, values } => {
            clauses_from_template(context, (brand_id, kind, *template_id), &terms, values, &mut wrong).await?
        }
    };
    wrong.check()?;
    let row = contract::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        kind: Set(kind),
        amends_id: Set(amends_id),
        state: Set(ContractState::Draft),
        clauses: Set(kept(&clauses)?),
        shared_version: Set(None),
        signer_id: Set(None),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        sent_at: Set(None),
        signed_at: Set(None),
        ended_at: Set(None),
        end_reason: Set(String::new()),
        version: Set(1),
        ..terms.said(contract::ActiveModel { ..Default::default() })
    };
    let row = contract::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    save_version(permit, context.now, &row).await?;
    let detail = json!({ "kind": kind.to_value(), "amends": amends_id });
    trust::record(permit, context.now, "contract.create", row.id, detail).await?;
    Ok(row)
}

/// Says a contract anew that was not signed yet: the whole of it. Where it was decided about, approved or sent, it goes back to be
/// negotiated: its approval is void, what was committed for it is released, and its links and a signature of one side count no more.
pub async fn update_contract(
    context: &Context,
    (contract_id, version): (Uuid, i32),
    terms: ContractTerms,
    clauses: &[Clause],
) -> Result<contract::Model, Failure> {
    let (permit, row) = begin(context, Action::ContractWrite, contract_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let back = !matches!(row.state, ContractState::Draft | ContractState::Negotiating);
    if back && let Err(error) = step(&row, ContractState::Negotiating) {
        wrong.add(error);
    }
    terms.check(context, row.brand_id, row.kind, &mut wrong).await?;
    let clauses = check_clauses(&mut wrong, "clauses", clauses);
    wrong.check()?;
    let (was, was_with) = (row.state, with_whom(&row));
    if back {
        take_back(context, permit, &row).await?;
        public_links::revoke_of(permit, context.now, (LinkPurpose::SignContract, row.id), None).await?;
    }
    let version = row.version + 1;
    let changed = contract::ActiveModel {
        state: Set(if back { ContractState::Negotiating } else { was }),
        clauses: Set(kept(&clauses)?),
        updated_at: Set(context.now),
        version: Set(version),
        ..terms.said(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    save_version(permit, context.now, &row).await?;
    if was_with != with_whom(&row) {
        // Whoever it was negotiated with before reads no more of it.
        let links = (LinkPurpose::NegotiateContract, row.id);
        public_links::revoke_of(permit, context.now, links, Some(Whose::Outside)).await?;
    }
    let detail = json!({ "version": version, "was": was.to_value() });
    trust::record(permit, context.now, "contract.update", row.id, detail).await?;
    Ok(row)
}

/// Whom a contract is with, and where they are written to.
fn with_whom(row: &contract::Model) -> (String, String, Option<Uuid>, Option<Uuid>) {
    (row.party_name.clone(), row.party_email.clone(), row.influencer_id, row.person_id)
}

/// Ends what was begun about a contract that is not signed: its approval, and what was committed. Its links still say what became of it.
pub(super) async fn take_back(context: &Context, permit: Permit<'_>, row: &contract::Model) -> Result<(), Failure> {
    if matches!(row.state, ContractState::InApproval | ContractState::Approved | ContractState::Sent) {
        approvals::void(context, permit, ApprovalKind::Contract, row.id).await?;
    }
    if matches!(row.state, ContractState::Approved | ContractState::Sent) {
        release(context, permit, row, "Taken back").await?;
    }
    Ok(())
}

/// Shows a contract to the other side from its present version on: a freelancer sees it in the product, everybody else gets a link by
/// which they read and discuss it, by mail where it is known where to. Answers the link, too, which is shown this once.
pub async fn negotiate_contract(
    context: &Context,
    contract_id: Uuid,
    version: i32,
) -> Result<(contract::Model, Option<Url>), Failure> {
    let (permit, row) = begin(context, Action::ContractWrite, contract_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let again = row.state == ContractState::Negotiating && row.shared_version.is_none();
    if row.state != ContractState::Draft && !again {
        wrong.add(wrong_state(&row));
    }
    wrong.check()?;
    let changed = contract::ActiveModel {
        state: Set(ContractState::Negotiating),
        shared_version: Set(Some(version)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "contract.negotiate", row.id, json!({ "version": version })).await?;
    let outside =
        if row.person_id.is_some() { None } else { party(permit, context.now, &row, ContractSide::Theirs).await? };
    let Some(person) = outside else { return Ok((row, None)) };
    let names = Names::of(context, row.brand_id).await?;
    let about = (person, Occasion::Negotiated);
    let (url, _) = write_to(&context.services, permit, context.now, (&row, &names), about).await?;
    Ok((row, Some(url)))
}
