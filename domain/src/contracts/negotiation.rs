//! What the other side reads of a contract that is negotiated, and says about it, by a link that signs nothing.
//!
//! The page shows what the contract says now, and what was said so that both sides read it: never what the team said among itself. It
//! takes comments while the contract is negotiated; what is decided, sent or over is told.

use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::contracts::contract_comment::{self, ContractVisibility};
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::tenancy::agency::Locale;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::content::{Clause, clauses_of};
use super::state::{is_over, wrong_state};
use super::words::{Names, between, kind_in_words, moment, terms};
use crate::context::{Context, Services};
use crate::error::{Arg, Code, Complaints, Failure, UserError};
use crate::messages::message;
use crate::notices;
use crate::public_links::{self, Answered, Opened, PublicLink, Remark, typed};
use crate::trust;

/// The most that both sides say to each other about a contract, in comments.
const MOST_COMMENTS: u64 = 500;

/// How far a contract is, for whoever negotiates it with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NegotiationStanding {
    /// They may say something.
    Open,
    /// We decide about it.
    Deciding,
    /// It was sent to be signed, by another link.
    Sent,
    /// Both sides have signed.
    Signed,
    /// It was declined.
    Declined,
    /// It was signed, and is over.
    Over,
}

impl NegotiationStanding {
    fn of(state: ContractState) -> Self {
        match state {
            ContractState::Draft | ContractState::Negotiating => Self::Open,
            ContractState::InApproval | ContractState::Approved => Self::Deciding,
            ContractState::Sent => Self::Sent,
            ContractState::Declined => Self::Declined,
            state if is_over(state) => Self::Over,
            _ => Self::Signed,
        }
    }
}

/// What the holder of a link sees. Everything in words is in their language.
#[derive(Debug, Clone)]
pub struct NegotiationView {
    /// Their language.
    pub locale: Locale,
    /// Their name.
    pub reader: String,
    /// Whose contract it is.
    pub agency: String,
    /// What kind of contract it is.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Between whom.
    pub between: String,
    /// Which version it is.
    pub version: String,
    /// What each term is called, and what it is.
    pub terms: Vec<(String, String)>,
    /// Its clauses, in the language of the contract.
    pub clauses: Vec<Clause>,
    /// How far it is.
    pub standing: NegotiationStanding,
    /// What both sides have said to each other, oldest first, up to 500.
    pub said: Vec<Remark>,
    /// Until when the link works.
    pub expires_at: String,
    /// Names what is sent from this page, so that it counts once.
    pub once: Uuid,
}

/// What a link opens now. Nothing is written.
pub async fn open_negotiation(services: &Arc<Services>, secret: &str) -> Result<Opened<NegotiationView>, Failure> {
    public_links::open(services, secret, LinkPurpose::NegotiateContract, view).await
}

/// Says something to the team, 1 to 5000 characters, as the other side of the contract. `once` names it: said again, it is there
/// already. Its owner and the team are told.
pub async fn comment_by_link(
    services: &Arc<Services>,
    secret: &str,
    (once, body): (Uuid, &str),
) -> Result<Answered<NegotiationView>, Failure> {
    let said = public_links::act(services, secret, LinkPurpose::NegotiateContract, async |context, link| {
        say(context, link, once, body).await
    });
    said.await?.answered(open_negotiation(services, secret)).await
}

async fn say(context: &Context, link: &PublicLink, once: Uuid, body: &str) -> Result<(), Failure> {
    let select = contract::Entity::one_in_brand(link.brand_id, link.subject_id).lock_exclusive();
    let row = context.one(select).await?.ok_or(Code::LinkInvalid)?;
    // The page names what it sends: the same again is there already.
    if context.one(contract_comment::Entity::one_in_brand(link.brand_id, once)).await?.is_some() {
        return Ok(());
    }
    let mut wrong = Complaints::default();
    let body = typed(body);
    let body = wrong.text("comment", &body, 5000).to_owned();
    wrong.check()?;
    if row.state != ContractState::Negotiating || row.shared_version.is_none() {
        return Err(wrong_state(&row).into());
    }
    let there = between_both(context, &row).await?.len();
    if u64::try_from(there).is_ok_and(|there| there >= MOST_COMMENTS) {
        let many = UserError::at(Code::TooMany, "comment").number("limit", MOST_COMMENTS);
        return Err(many.number("actual", there + 1).into());
    }
    let permit = link.permit(context);
    let comment = contract_comment::ActiveModel {
        id: Set(once),
        brand_id: Set(row.brand_id),
        contract_id: Set(row.id),
        number: Set(row.version),
        visibility: Set(ContractVisibility::Party),
        author_id: Set(None),
        author_name: Set(row.party_name.clone()),
        body: Set(body),
        created_at: Set(context.now),
    };
    contract_comment::Entity::insert(comment).exec_without_returning(permit.tx()).await?;
    let about = (row.id, row.title.as_str(), row.party_name.as_str());
    notices::contract_commented(permit, context.now, about, row.owner_id.unwrap_or(row.created_by)).await?;
    let detail = json!({ "link": link.id, "comment": once });
    trust::record(permit, context.now, "contract.comment", row.id, detail).await?;
    Ok(())
}

/// What both sides have said to each other about a contract, oldest first.
async fn between_both(context: &Context, row: &contract::Model) -> Result<Vec<contract_comment::Model>, Failure> {
    let select = contract_comment::Entity::in_brand(row.brand_id)
        .filter(contract_comment::Column::ContractId.eq(row.id))
        .filter(contract_comment::Column::Visibility.eq(ContractVisibility::Party))
        .order_by_asc(contract_comment::Column::Id)
        .limit(MOST_COMMENTS);
    Ok(context.all(select).await?)
}

async fn view(context: &Context, link: &PublicLink) -> Result<NegotiationView, Failure> {
    let row = context.one(contract::Entity::one_in_brand(link.brand_id, link.subject_id)).await?;
    let row = row.filter(|row| row.shared_version.is_some()).ok_or(Code::LinkInvalid)?;
    let names = Names::of(context, row.brand_id).await?;
    let zone = names.zone()?;
    let locale = link.locale;
    let said = between_both(context, &row).await?.into_iter().map(|comment| Remark {
        by: comment.author_name,
        at: moment(locale, zone, comment.created_at),
        text: comment.body,
    });
    Ok(NegotiationView {
        locale,
        reader: link.person_name.clone(),
        kind: kind_in_words(locale, &row),
        title: row.title.clone(),
        between: between(locale, &names, &row),
        version: message(locale, "contract-version", &[("number", Arg::Number(row.version.into()))]),
        terms: terms(locale, &row),
        clauses: clauses_of(&row.clauses)?,
        standing: NegotiationStanding::of(row.state),
        said: said.collect(),
        expires_at: moment(locale, zone, link.expires_at),
        once: context.new_id(),
        agency: names.agency,
    })
}
