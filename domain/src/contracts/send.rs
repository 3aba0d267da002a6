//! Sending a contract to be signed, and the links by which both sides do.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::contracts::contract_document::{self, DocumentPart, DocumentState};
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::RenderContract;
use super::draft::begin;
use super::sign::signatures_now;
use super::state::{step, wrong_state};
use super::words::{Names, moment};
use crate::approvals::Ground;
use crate::context::{Context, Services};
use crate::error::{Arg, Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::public_links::{self, GOOD_FOR, LinkFor, NewLink, Whose};
use crate::trust::{self, Letter};

/// How long whoever signed may look at what they signed.
const KEPT_FOR: Duration = Duration::days(90);

/// Has an approved contract made into the document that both sides sign. When it is ready, the contract is sent: each side gets a
/// link, by mail where it is known where to. The signer is staff of the brand who may sign for it.
pub async fn send_contract(
    context: &Context,
    (contract_id, version): (Uuid, i32),
    signer_id: Uuid,
) -> Result<(contract::Model, contract_document::Model), Failure> {
    let (permit, row) = begin(context, Action::ContractSend, contract_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if let Err(error) = step(&row, ContractState::Sent) {
        wrong.add(error);
    }
    let ground = Ground::load(permit.tx(), row.brand_id, ApprovalKind::Contract, None, context.now).await?;
    if let Err(error) = check_signer(&ground, signer_id) {
        wrong.add(error);
    }
    let rendering = contract_document::Entity::in_brand(row.brand_id)
        .filter(contract_document::Column::ContractId.eq(row.id))
        .filter(contract_document::Column::Number.eq(row.version))
        .filter(contract_document::Column::State.eq(DocumentState::Rendering));
    if context.one(rendering).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, "contractId"));
    }
    wrong.check()?;
    let changed = contract::ActiveModel {
        signer_id: Set(Some(signer_id)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let document = render(permit, context.now, context.new_id(), &row, DocumentPart::ToSign).await?;
    let detail = json!({ "version": row.version, "signer": signer_id });
    trust::record(permit, context.now, "contract.send", row.id, detail).await?;
    Ok((row, document))
}

/// That somebody is staff of the brand who may sign for it, as they are now.
pub(super) fn check_signer(ground: &Ground, user_id: Uuid) -> Result<(), UserError> {
    let seat = ground.seat(user_id).ok_or_else(|| UserError::at(Code::NotAMember, "signerId"))?;
    if seat.kind != UserKind::Staff {
        return Err(UserError::at(Code::KindMismatch, "signerId").text("kind", seat.kind.to_value()));
    }
    if !Action::ContractSign.rule().allows(seat.kind, Some(seat.level), None) {
        let level = Action::ContractSign.rule().level_to_ask().to_value();
        let error = UserError::at(Code::Forbidden, "signerId").text("action", Action::ContractSign.name());
        return Err(error.text("level", level));
    }
    Ok(())
}

/// Asks for a document of a contract, as it is now.
pub(super) async fn render(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    id: Uuid,
    row: &contract::Model,
    part: DocumentPart,
) -> Result<contract_document::Model, Failure> {
    let document = contract_document::ActiveModel {
        id: Set(id),
        brand_id: Set(row.brand_id),
        contract_id: Set(row.id),
        number: Set(row.version),
        part: Set(part),
        state: Set(DocumentState::Rendering),
        sha256: Set(None),
        byte_size: Set(None),
        requested_by: Set(permit.actor_id),
        created_at: Set(now),
        finished_at: Set(None),
    };
    let document = contract_document::Entity::insert(document).exec_with_returning(permit.tx()).await?;
    enqueue(permit, RenderContract.kind(), document.id, now, now).await?;
    Ok(document)
}

/// Who signs for a side.
pub(super) async fn party(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    row: &contract::Model,
    side: ContractSide,
) -> Result<Option<LinkFor>, Failure> {
    if side == ContractSide::Theirs {
        return Ok(Some(LinkFor {
            user_id: None,
            name: row.party_name.clone(),
            email: row.party_email.clone(),
            locale: row.locale,
        }));
    }
    let Some(signer_id) = row.signer_id else { return Ok(None) };
    let ground = Ground::load(permit.tx(), row.brand_id, ApprovalKind::Contract, None, now).await?;
    // Whoever has left since is not asked: a colleague signs, or the contract is sent anew.
    Ok(ground.person(signer_id).map(|person| LinkFor {
        user_id: Some(signer_id),
        name: person.name.clone(),
        email: person.email.clone().unwrap_or_default(),
        locale: person.locale,
    }))
}

/// What a letter about a contract is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// It is negotiated.
    Negotiated,
    /// It is to be signed.
    ToSign,
    /// Both sides have signed.
    Signed,
}

impl Occasion {
    /// What the link in the letter is good for.
    pub fn purpose(self) -> LinkPurpose {
        if self == Self::Negotiated { LinkPurpose::NegotiateContract } else { LinkPurpose::SignContract }
    }

    fn good_for(self) -> Duration {
        if self == Self::Signed { KEPT_FOR } else { GOOD_FOR }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Negotiated => "contract-to-read",
            Self::ToSign => "contract-to-sign",
            Self::Signed => "contract-signed",
        }
    }
}

/// Makes a link for somebody and writes to them, where it is known where to. Answers its address and its end.
pub(super) async fn write_to(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (row, names): (&contract::Model, &Names),
    (person, occasion): (LinkFor, Occasion),
) -> Result<(Url, DateTime<Utc>), Failure> {
    let expires_at = now + occasion.good_for();
    let (name, to, locale) = (person.name.clone(), person.email.clone(), person.locale);
    let new = NewLink {
        purpose: occasion.purpose(),
        subject_id: row.id,
        person,
        expires_at,
        shown: occasion != Occasion::ToSign,
    };
    let (_, link) = public_links::make(services, permit, now, new).await?;
    if !to.is_empty() {
        let letter = Letter {
            to,
            locale,
            template: occasion.template(),
            args: vec![
                ("name", Arg::Text(name.into())),
                ("title", Arg::Text(row.title.clone().into())),
                ("brand", Arg::Text(names.brand.clone().into())),
                ("when", Arg::Text(moment(locale, names.zone()?, expires_at).into())),
            ],
            link: Some(link.clone()),
        };
        trust::queue_letter(permit.tx(), services, letter).await?;
    }
    Ok((link, expires_at))
}

/// Makes a link for each side and writes to them.
pub(super) async fn write_to_both(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (row, names): (&contract::Model, &Names),
    occasion: Occasion,
) -> Result<(), Failure> {
    for side in [ContractSide::Theirs, ContractSide::Ours] {
        let Some(person) = party(permit, now, row, side).await? else { continue };
        write_to(services, permit, now, (row, names), (person, occasion)).await?;
    }
    Ok(())
}

/// Makes a new link for a side that has not signed a contract that was sent, to be handed over by whoever makes it; those that were
/// made for this side before are good no more. Whoever is to sign for us makes their own, so that nobody signs in their name, and as
/// long as four eyes are needed, they make none for the other side. Answers its address, which is shown this once, and its end.
pub async fn create_signing_link(
    context: &Context,
    contract_id: Uuid,
    side: ContractSide,
) -> Result<(Url, DateTime<Utc>), Failure> {
    let (permit, row) = begin(context, Action::ContractSend, contract_id).await?;
    let me = permit.person()?;
    if row.state != ContractState::Sent {
        return Err(wrong_state(&row).into());
    }
    let signatures = signatures_now(context, &row).await?;
    if signatures.iter().any(|signature| signature.side == side) {
        return Err(UserError::at(Code::AlreadyExists, "side").into());
    }
    let ground = Ground::load(permit.tx(), row.brand_id, ApprovalKind::Contract, None, context.now).await?;
    if side == ContractSide::Ours && row.signer_id != Some(me) {
        let who = row.signer_id.and_then(|id| ground.name(id)).unwrap_or_default();
        return Err(UserError::at(Code::NotYourTurn, "side").text("who", who).into());
    }
    let is_ours = row.signer_id == Some(me) || signatures.iter().any(|signature| signature.user_id == Some(me));
    if side == ContractSide::Theirs && ground.four_eyes && is_ours {
        return Err(UserError::at(Code::ContractBothSides, "side").into());
    }
    let person = party(permit, context.now, &row, side).await?;
    let person = person.ok_or_else(|| UserError::at(Code::NotAMember, "side"))?;
    let whose = person.user_id.map_or(Whose::Outside, Whose::Person);
    public_links::revoke_of(permit, context.now, (LinkPurpose::SignContract, row.id), Some(whose)).await?;
    let expires_at = context.now + GOOD_FOR;
    let new = NewLink { purpose: LinkPurpose::SignContract, subject_id: row.id, person, expires_at, shown: true };
    let (_, link) = public_links::make(&context.services, permit, context.now, new).await?;
    Ok((link, expires_at))
}
