//! Handing a deliverable in from outside, by a link that is its own credential (`public_links`).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset;
use diwan_entity::contracts::contract;
use diwan_entity::links::public_link::LinkPurpose;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_entity::tenancy::agency::Locale;
use sea_orm::QuerySelect as _;
use url::Url;
use uuid::Uuid;

use super::contract::going_on;
use super::hand_in::{HandedIn, HandedInBy, is_open, take};
use super::letters::{Occasion, make_link};
use super::place::Place;
use super::queries::{begin, not_there, seen, wrong_state};
use crate::calendar::day_start;
use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, Fault};
use crate::messages::{date_in_words, time_in_words};
use crate::permission::{Action, Permit};
use crate::public_links::{self, Answered, Opened, PublicLink};

/// A link that was made. Its address is shown this once.
#[derive(Debug)]
pub struct DeliverableLink {
    /// What is handed in by it.
    pub deliverable: deliverable::Model,
    /// Where.
    pub url: Url,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// Whether it was also sent by mail.
    pub mailed: bool,
}

/// Makes a link by which the other side of the contract hands a deliverable in, in the language of the contract, and writes it to them where
/// the contract says where to. It works for 30 days, and those that were made before go on working until they are ended.
pub async fn create_deliverable_link(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
) -> Result<DeliverableLink, Failure> {
    let (permit, contract, row) = may_link(context, deliverable_id, version).await?;
    make(context, permit, (contract, row)).await
}

/// The same where a link was lost: those that were made before have ended.
pub async fn resend_deliverable_link(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
) -> Result<DeliverableLink, Failure> {
    let (permit, contract, row) = may_link(context, deliverable_id, version).await?;
    let ended = public_links::revoke_of(permit, context.now, (LinkPurpose::Deliverable, row.id), None).await?;
    let detail = serde_json::json!({ "links": ended });
    crate::trust::record(permit, context.now, "deliverable.resend_link", row.id, detail).await?;
    make(context, permit, (contract, row)).await
}

/// A deliverable for which a link may be made: nothing of it is over.
async fn may_link(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
) -> Result<(Permit<'_>, contract::Model, deliverable::Model), Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) =
        begin(context, Action::DeliverableWrite, (deliverable_id, version), &mut wrong).await?;
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    if matches!(row.state, DeliverableState::Accepted | DeliverableState::Withdrawn) {
        wrong.add(wrong_state(&row));
    }
    wrong.check()?;
    Ok((permit, contract, row))
}

async fn make(
    context: &Context,
    permit: Permit<'_>,
    (contract, row): (contract::Model, deliverable::Model),
) -> Result<DeliverableLink, Failure> {
    let about = (&contract, &row);
    let (url, expires_at, mailed) = make_link(&context.services, permit, context.now, about, Occasion::Asked).await?;
    Ok(DeliverableLink { deliverable: row, url, expires_at, mailed })
}

/// Ends the links by which a deliverable is handed in.
pub async fn revoke_deliverable_links(context: &Context, deliverable_id: Uuid) -> Result<deliverable::Model, Failure> {
    let row = seen(context, deliverable_id).await?;
    let permit = context.permit(Action::DeliverableWrite, row.brand_id).await?;
    let ended = public_links::revoke_of(permit, context.now, (LinkPurpose::Deliverable, row.id), None).await?;
    let detail = serde_json::json!({ "links": ended });
    crate::trust::record(permit, context.now, "deliverable.revoke_links", row.id, detail).await?;
    Ok(row)
}

/// What the holder of a link sees.
#[derive(Debug)]
pub struct DeliverablePage {
    /// The language that they read.
    pub locale: Locale,
    /// Who they are.
    pub reader: String,
    /// The agency.
    pub agency: String,
    /// The brand.
    pub brand: String,
    /// What is to be handed in, in a word.
    pub title: String,
    /// What it is to be.
    pub brief: String,
    /// The last day, in words.
    pub due_on: String,
    /// What must stand in it, so that everybody knows it for advertising; empty where nothing must.
    pub disclosure: String,
    /// How far it has come.
    pub state: DeliverableState,
    /// Why it was sent back.
    pub reason: String,
    /// What was handed in last: its address, if it was one.
    pub link: Option<String>,
    /// Or what the file was called.
    pub file: Option<String>,
    /// What was said of it.
    pub note: String,
    /// The version that is shown; what is handed in names it.
    pub version: i32,
    /// Until when the link works, in words.
    pub expires_at: String,
}

async fn show(context: &Context, link: &PublicLink) -> Result<DeliverablePage, Failure> {
    let row = context.one(deliverable::Entity::one_in_brand(link.brand_id, link.subject_id)).await?;
    let row = row.ok_or(Code::LinkInvalid)?;
    let contract = context.one(contract::Entity::one_in_brand(link.brand_id, row.contract_id)).await?;
    let contract = contract.ok_or_else(|| Fault::broken("a deliverable without its contract"))?;
    let file = match row.asset_id {
        Some(id) => context.one(asset::Entity::one_in_brand(link.brand_id, id)).await?.map(|asset| asset.file_name),
        None => None,
    };
    let Place { brand, agency, zone, system } = Place::read(link.permit(context).tx(), link.brand_id).await?;
    Ok(DeliverablePage {
        locale: link.locale,
        reader: link.person_name.clone(),
        agency,
        brand,
        title: row.title,
        brief: row.brief,
        due_on: date_in_words(link.locale, system, zone, day_start(zone, row.due_on)),
        disclosure: contract.disclosure,
        state: row.state,
        reason: row.reason,
        link: row.link,
        file,
        note: row.note,
        version: row.version,
        expires_at: time_in_words(link.locale, system, zone, link.expires_at),
    })
}

/// What a link opens, if it is good. Looking changes nothing.
pub async fn open_deliverable(services: &Arc<Services>, secret: &str) -> Result<Opened<DeliverablePage>, Failure> {
    public_links::open(services, secret, LinkPurpose::Deliverable, show).await
}

/// Hands in an address by a link. Sent twice, it counts once: the second names a version that is not shown any more.
pub async fn hand_in_by_link(
    services: &Arc<Services>,
    secret: &str,
    version: i32,
    (address, note): (&str, &str),
) -> Result<Answered<DeliverablePage>, Failure> {
    let handed = HandedIn { link: Some(address.to_owned()), note: note.to_owned(), ..HandedIn::default() };
    let done = public_links::act(services, secret, LinkPurpose::Deliverable, async |context, link| {
        let mut wrong = Complaints::default();
        let row = open_row(context, link, version, &mut wrong).await?;
        let handed = handed.check(&mut wrong);
        wrong.check()?;
        let permit = link.permit(context);
        take(permit, context.now, row, (handed, HandedInBy::Link(link.id))).await?;
        public_links::used(permit, context.now, link).await?;
        Ok(())
    });
    done.await?.answered(open_deliverable(services, secret)).await
}

/// The deliverable of a link, locked; what keeps it from being handed in now is complained of.
pub(super) async fn open_row(
    context: &Context,
    link: &PublicLink,
    version: i32,
    wrong: &mut Complaints,
) -> Result<deliverable::Model, Failure> {
    let select = deliverable::Entity::one_in_brand(link.brand_id, link.subject_id).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    wrong.version(row.version, version);
    if let Err(not_open) = is_open(&row) {
        wrong.add(not_open);
    }
    Ok(row)
}
