//! Writing leads down and changing what is said of them.

use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign;
use diwan_entity::tracking::conversion::{self, ConversionKind};
use diwan_entity::tracking::lead::{self, LeadState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::contact::Contact;
use super::conversion::check_value;
use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// What is said of a lead: the whole of it.
#[derive(Debug, Clone, Default)]
pub struct LeadContent {
    /// Where it comes from, 1 to 100 characters.
    pub source: String,
    /// How to reach them; none: nothing is known, or what was known is erased.
    pub contact: Option<Contact>,
    /// What they want, up to 5000 characters.
    pub note: String,
    /// What it may be worth.
    pub value: Option<Money>,
    /// The campaign that it comes from.
    pub campaign_id: Option<Uuid>,
}

/// A lead to write down.
#[derive(Debug, Clone)]
pub struct NewLead {
    /// Of which brand.
    pub brand_id: Uuid,
    /// The conversion of the kind `LEAD` that it is of, once.
    pub conversion_id: Option<Uuid>,
    /// What is said of it.
    pub content: LeadContent,
}

/// What was checked, and how to reach them.
async fn check(
    context: &Context,
    wrong: &mut Complaints,
    brand_id: Uuid,
    content: LeadContent,
) -> Result<LeadContent, Failure> {
    let source = wrong.text("lead.source", &content.source, 100).to_owned();
    let note = content.note.trim().to_owned();
    if !note.is_empty() {
        wrong.text("lead.note", &note, 5000);
    }
    check_value(wrong, "lead.value", content.value.as_ref());
    let contact = content.contact.and_then(|contact| contact.check(wrong));
    if let Some(id) = content.campaign_id
        && context.one(campaign::Entity::one_in_brand(brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "lead.campaignId"));
    }
    Ok(LeadContent { source, contact, note, value: content.value, campaign_id: content.campaign_id })
}

fn onto(
    context: &Context,
    content: LeadContent,
    (brand_id, id): (Uuid, Uuid),
    mut row: lead::ActiveModel,
) -> Result<lead::ActiveModel, Failure> {
    let seal = |contact: Contact| contact.seal(&context.services, brand_id, id);
    row.source = Set(content.source);
    row.contact = Set(content.contact.map(seal).transpose()?);
    row.note = Set(content.note);
    row.value_minor = Set(content.value.as_ref().map(|value| value.minor));
    row.currency = Set(content.value.map(|value| value.currency));
    row.campaign_id = Set(content.campaign_id);
    row.updated_at = Set(context.now);
    Ok(row)
}

/// Writes a lead down. Of a conversion it takes the value where none is said.
pub async fn create_lead(context: &Context, new: NewLead) -> Result<lead::Model, Failure> {
    const FIELD: &str = "conversionId";
    let NewLead { brand_id, conversion_id, content } = new;
    let permit = context.permit(Action::LeadWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let mut content = check(context, &mut wrong, brand_id, content).await?;
    if let Some(id) = conversion_id {
        let row = context.one(conversion::Entity::one_in_brand(brand_id, id)).await?;
        let known = lead::Entity::in_brand(brand_id).filter(lead::Column::ConversionId.eq(id));
        match row {
            None => wrong.add(UserError::at(Code::NotFound, FIELD)),
            Some(row) if row.kind != ConversionKind::Lead => wrong.add(UserError::at(Code::Invalid, FIELD)),
            Some(_) if context.one(known).await?.is_some() => wrong.add(UserError::at(Code::AlreadyExists, FIELD)),
            Some(row) => {
                let worth = row.value_minor.zip(row.currency).map(|(minor, currency)| Money { minor, currency });
                content.value = content.value.or(worth);
            }
        }
    }
    wrong.check()?;
    let id = context.new_id();
    let row = lead::ActiveModel {
        id: Set(id),
        brand_id: Set(brand_id),
        conversion_id: Set(conversion_id),
        state: Set(LeadState::New),
        created_by: Set(Some(permit.person()?)),
        created_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    let row = onto(context, content, (brand_id, id), row)?;
    let row = lead::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "lead.create", row.id, json!({ "conversion": conversion_id })).await?;
    Ok(row)
}

/// Says a lead anew, in whichever state it is: also what is known of somebody is erased so.
pub async fn update_lead(
    context: &Context,
    lead_id: Uuid,
    version: i32,
    content: LeadContent,
) -> Result<lead::Model, Failure> {
    let (permit, row) = lock(context, lead_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let content = check(context, &mut wrong, row.brand_id, content).await?;
    wrong.check()?;
    let (at, erased) = ((row.brand_id, row.id), row.contact.is_some() && content.contact.is_none());
    let mut changed = onto(context, content, at, row.into_active_model())?;
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "lead.update", row.id, json!({ "contact_erased": erased })).await?;
    Ok(row)
}

/// How to reach a lead that the caller has read.
pub fn contact_of(context: &Context, row: &lead::Model) -> Result<Option<Contact>, Failure> {
    if !context.may(Action::LeadRead, row.brand_id) {
        return Err(Code::NotFound.into());
    }
    Contact::open(&context.services, row)
}

/// A lead that is about to change, with the right to it.
pub(super) async fn lock(context: &Context, lead_id: Uuid) -> Result<(Permit<'_>, lead::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "leadId");
    let seen = context.one(lead::Entity::visible([lead_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::LeadWrite, seen.brand_id).await?;
    let locked = lead::Entity::one_in_brand(seen.brand_id, lead_id).lock_exclusive();
    let row = context.one(locked).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}
