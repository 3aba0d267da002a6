//! What somebody fills in on a landing page: a conversion and a lead, once.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::tracking::conversion::ConversionKind;
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_entity::tracking::landing_page::{self, LandingAction};
use diwan_entity::tracking::lead::{self, LeadState};
use diwan_entity::tracking::tracked_link;
use diwan_platform::signed::verify;
use diwan_platform::{db, ids};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::super::contact::Contact;
use super::super::conversion::{NewConversion, Touch};
use super::super::record::{Batch, Outcome, Way, record};
use super::content::{AskedField, FormField, asked_of, typed};
use super::visit::{CameBy, FORM_GOOD_FOR, LandingView, enter, purpose, show};
use crate::approvals::Money;
use crate::context::Services;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Permit;
use crate::trust;

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 5000;

/// What a form sends.
#[derive(Clone, Default)]
pub struct SentForm {
    /// Names the form, as it was shown.
    pub ticket: String,
    /// A name.
    pub name: String,
    /// An address of mail.
    pub email: String,
    /// A telephone.
    pub phone: String,
    /// What they want to say.
    pub message: String,
    /// Whether they agree.
    pub consent: bool,
    /// What stands in the field that people do not see.
    pub trap: String,
    /// By what they came.
    pub came_by: CameBy,
}

/// Says nothing of anybody.
impl std::fmt::Debug for SentForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SentForm(..)")
    }
}

/// What came of it.
#[derive(Debug)]
pub enum SubmittedForm {
    /// It counts, or counted before. With the end of the page's address.
    Done(String),
    /// Nothing was written, for these reasons. With what the visitor sees now.
    Refused(Box<LandingView>, Vec<UserError>),
}

/// What was checked.
struct Checked {
    /// Of the form, and so of the submission.
    id: Uuid,
    shown_at: DateTime<Utc>,
    contact: Option<Contact>,
    message: String,
}

/// Takes what somebody filled in. None where there is no such page, or it has no form.
pub async fn submit_landing_form(
    services: &Services,
    code: &str,
    sent: SentForm,
) -> Result<Option<SubmittedForm>, Failure> {
    let now = services.now();
    let tx = services.db.write().await?;
    let Some((row, agency_id)) = enter(&tx, code).await? else { return Ok(None) };
    if row.action != LandingAction::Form {
        return Ok(None);
    }
    // Whoever fills in what nobody sees is told what everybody is told.
    if !sent.trap.trim().is_empty() {
        return Ok(Some(SubmittedForm::Done(row.slug)));
    }
    let came_by = sent.came_by.clone().tidy();
    let checked = match check(services, &row, sent, now) {
        Ok(checked) => checked,
        Err(Failure::Refused(errors)) => {
            let view = show(services, &tx, (&row, came_by), now).await?;
            tx.rollback().await?;
            return Ok(Some(SubmittedForm::Refused(Box::new(view), errors)));
        }
        Err(fault) => return Err(fault),
    };
    // The ticket is the proof of the right, and the audit trail is told of no person.
    let permit = Permit { tx: &tx, brand_id: row.brand_id, actor_id: None, agency_id };
    if write_submission(permit, &row, &checked, (&came_by, now)).await? {
        write_lead(services, permit, (&row, &checked, &came_by), now).await?;
    }
    tx.commit().await?;
    Ok(Some(SubmittedForm::Done(row.slug)))
}

/// What is right in it, in itself. What the page does not ask for is not looked at.
fn check(
    services: &Services,
    row: &landing_page::Model,
    sent: SentForm,
    now: DateTime<Utc>,
) -> Result<Checked, Failure> {
    let mut wrong = Complaints::default();
    let SentForm { ticket, name, email, phone, message, consent, .. } = sent;
    let asked = asked_of(row);
    let only = |field: FormField, text: String| {
        if asked.iter().any(|asked| asked.field == field) { typed(&text).trim().to_owned() } else { String::new() }
    };
    let contact = Contact {
        name: only(FormField::Name, name),
        email: only(FormField::Email, email),
        phone: only(FormField::Phone, phone),
    };
    let message = only(FormField::Message, message);
    for AskedField { field, .. } in asked.iter().filter(|asked| asked.required) {
        let text = match field {
            FormField::Name => &contact.name,
            FormField::Email => &contact.email,
            FormField::Phone => &contact.phone,
            FormField::Message => &message,
        };
        if text.is_empty() {
            wrong.add(UserError::at(Code::Invalid, field.key()));
        }
    }
    let contact = contact.check(&mut wrong);
    if !message.is_empty() {
        wrong.text(FormField::Message.key(), &message, LONGEST_MESSAGE);
    }
    if !consent {
        wrong.add(UserError::at(Code::Invalid, "consent"));
    }
    let link = verify(&services.keys, &purpose(row), &ticket, now).ok();
    if link.is_none() {
        wrong.add(UserError::at(Code::LinkExpired, "ticket"));
    }
    wrong.check()?;
    let link = link.ok_or_else(|| Fault::broken("a form without its ticket"))?;
    Ok(Checked { id: link.id, shown_at: link.expires_at - FORM_GOOD_FOR, contact, message })
}

const SUBMISSION: &str = "
  insert into landing_submission (id, brand_id, page_id, page_version, campaign_id, consent, utm_source, utm_medium, utm_campaign,
    utm_content, utm_term, submitted_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing";

/// Writes the submission down, unless it is there. Whoever sends the same at the same moment waits for the other and finds it there.
async fn write_submission(
    permit: Permit<'_>,
    row: &landing_page::Model,
    checked: &Checked,
    (came_by, now): (&CameBy, DateTime<Utc>),
) -> Result<bool, Failure> {
    let utm = came_by.utm.clone();
    let values = [
        checked.id.into(),
        row.brand_id.into(),
        row.id.into(),
        row.version.into(),
        row.campaign_id.into(),
        row.consent.clone().into(),
        utm.source.into(),
        utm.medium.into(),
        utm.campaign.into(),
        utm.content.into(),
        utm.term.into(),
        now.into(),
    ];
    let written = permit.tx().execute_raw(db::statement(SUBMISSION, values)).await?;
    Ok(written.rows_affected() > 0)
}

/// The short link by which the visitor came, if it is one of the brand.
async fn touches(permit: Permit<'_>, checked: &Checked, came_by: &CameBy) -> Result<Vec<Touch>, Failure> {
    if came_by.link.is_empty() {
        return Ok(Vec::new());
    }
    let known =
        tracked_link::Entity::in_brand(permit.brand_id).filter(tracked_link::Column::Code.eq(came_by.link.as_str()));
    let known = known.one(permit.tx()).await?;
    Ok(known.map(|link| Touch { code: link.code, at: checked.shown_at }).into_iter().collect())
}

/// Records the conversion and writes the lead down.
async fn write_lead(
    services: &Services,
    permit: Permit<'_>,
    (row, checked, came_by): (&landing_page::Model, &Checked, &CameBy),
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let source = format!("landing:{}", row.slug);
    let value = row.value_minor.zip(row.currency.clone()).map(|(minor, currency)| Money { minor, currency });
    let conversion = NewConversion {
        external_id: checked.id.to_string(),
        kind: ConversionKind::Lead,
        name: None,
        occurred_at: now,
        value,
        touches: touches(permit, checked, came_by).await?,
    };
    let batch = Batch { source: source.clone(), policy: RowPolicy::RejectEverything, conversions: vec![conversion] };
    let way = Way { submission: Some(checked.id), ..Way::default() };
    let mut recorded = record(permit, now, batch, way).await?;
    let Some(Outcome::Recorded(conversion)) = recorded.outcomes.pop() else {
        return Err(Fault::broken("a submission that is new, of a conversion that is not").into());
    };
    let lead_id = ids::new_id(now);
    let seal = |contact: &Contact| contact.seal(services, row.brand_id, lead_id);
    let lead = lead::ActiveModel {
        id: Set(lead_id),
        brand_id: Set(row.brand_id),
        conversion_id: Set(Some(conversion.id)),
        campaign_id: Set(row.campaign_id),
        source: Set(source),
        contact: Set(checked.contact.as_ref().map(seal).transpose()?),
        note: Set(checked.message.clone()),
        value_minor: Set(row.value_minor),
        currency: Set(row.currency.clone()),
        state: Set(LeadState::New),
        created_by: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        version: Set(1),
        ..Default::default()
    };
    lead::Entity::insert(lead).exec_without_returning(permit.tx()).await?;
    let detail = json!({ "submission": checked.id, "lead": lead_id });
    trust::record(permit, now, "landing_page.submit", row.id, detail).await?;
    Ok(())
}
