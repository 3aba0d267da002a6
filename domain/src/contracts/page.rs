//! What the holder of a link sees of a contract, and the file that they sign.

use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::contracts::contract_document::DocumentPart;
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::tenancy::agency::Locale;

use super::content::{Clause, clauses_of};
use super::document::{OpenedDocument, open, ready_document};
use super::sign::{side_of, signatures_now};
use super::state::is_over;
use super::words::{Names, between, kind_in_words, moment, terms};
use crate::context::{Context, Services};
use crate::error::{Code, Failure};
use crate::public_links::{self, Found, Opened, PublicLink};

/// How the holder of a link stands to the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningStanding {
    /// They are asked to sign.
    Asked,
    /// They have signed, and the other side has not.
    Waiting,
    /// Both sides have signed.
    Signed,
    /// It was declined.
    Declined,
    /// It was signed, and is over.
    Over,
}

/// A signature as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSignature {
    /// For whom.
    pub side: String,
    /// The name that was typed.
    pub name: String,
    /// When, in words.
    pub when: String,
}

/// What the holder of a link sees. Everything in words is in their language.
#[derive(Debug, Clone)]
pub struct SigningView {
    /// Their language.
    pub locale: Locale,
    /// Their name.
    pub reader: String,
    /// What kind of contract it is.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Between whom.
    pub between: String,
    /// What each term is called, and what it is.
    pub terms: Vec<(String, String)>,
    /// Its clauses, in the language of the contract.
    pub clauses: Vec<Clause>,
    /// The SHA-256 of the document, in hexadecimal, which a signature names; empty where there is none.
    pub document: String,
    /// How they stand to it.
    pub standing: SigningStanding,
    /// Whether they may decline: the other side does, we take back.
    pub may_decline: bool,
    /// Who has signed.
    pub signatures: Vec<ShownSignature>,
    /// Until when the link works.
    pub expires_at: String,
}

/// What a link opens now. Nothing is written.
pub async fn open_signing(services: &Arc<Services>, secret: &str) -> Result<Opened<SigningView>, Failure> {
    public_links::open(services, secret, LinkPurpose::SignContract, view).await
}

/// The file that is signed; once both sides have signed, the one with their signatures.
pub async fn signing_document(services: &Arc<Services>, secret: &str) -> Result<OpenedDocument, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let Found::Open(link) = public_links::find(&context, secret, LinkPurpose::SignContract).await? else {
        return Err(Code::LinkExpired.into());
    };
    let row = of_link(&context, &link).await?;
    let signed = ready_document(&context, &row, DocumentPart::Signed).await?;
    let document = match signed {
        Some(signed) => Some(signed),
        None => ready_document(&context, &row, DocumentPart::ToSign).await?,
    };
    context.roll_back().await?;
    open(services, &document.ok_or(Code::NotFound)?).await
}

async fn of_link(context: &Context, link: &PublicLink) -> Result<contract::Model, Failure> {
    let select = contract::Entity::one_in_brand(link.brand_id, link.subject_id);
    Ok(context.one(select).await?.ok_or(Code::LinkInvalid)?)
}

async fn view(context: &Context, link: &PublicLink) -> Result<SigningView, Failure> {
    let row = of_link(context, link).await?;
    let names = Names::of(context, row.brand_id).await?;
    let zone = names.zone()?;
    let locale = link.locale;
    let document = ready_document(context, &row, DocumentPart::ToSign).await?.and_then(|document| document.sha256);
    let signatures = signatures_now(context, &row).await?;
    let mine = side_of(link);
    let standing = match row.state {
        ContractState::Declined => SigningStanding::Declined,
        ContractState::Signed | ContractState::Active => SigningStanding::Signed,
        state if is_over(state) => SigningStanding::Over,
        _ if signatures.iter().any(|signature| signature.side == mine) => SigningStanding::Waiting,
        _ => SigningStanding::Asked,
    };
    let shown = signatures.iter().map(|signature| ShownSignature {
        side: if signature.side == ContractSide::Ours { names.agency.clone() } else { row.party_name.clone() },
        name: signature.name.clone(),
        when: moment(locale, zone, signature.signed_at),
    });
    Ok(SigningView {
        locale,
        reader: link.person_name.clone(),
        kind: kind_in_words(locale, &row),
        title: row.title.clone(),
        between: between(locale, &names, &row),
        terms: terms(locale, &row),
        clauses: clauses_of(&row.clauses)?,
        document: document.map(|hash| data_encoding::HEXLOWER.encode(&hash)).unwrap_or_default(),
        standing,
        may_decline: mine == ContractSide::Theirs,
        signatures: shown.collect(),
        expires_at: moment(locale, zone, link.expires_at),
    })
}
