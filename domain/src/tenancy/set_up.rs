//! The first run: a one-time token, printed where only the operator sees it, makes the agency and its CMO.

use diwan_entity::tenancy::agency::{self, Locale};
use diwan_entity::tenancy::app_user::{self, Level, UserKind};
use diwan_platform::crypto::{sha256, token};
use diwan_platform::{db, password};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Permit;
use crate::trust::{self, Session};

/// Whether the first-run set-up has been done; a stranger may know. Answers only while PostgreSQL does.
pub async fn is_set_up(services: &Services) -> Result<bool, Fault> {
    Ok(db::scalar(services.db.unscoped(), "select app.is_set_up()", []).await?)
}

/// A new set-up token, which replaces the one before. None when the set-up has been done.
pub async fn offer_setup(services: &Services) -> Result<Option<String>, Fault> {
    let token = token("setup")?;
    let hash = sha256(token.as_bytes()).to_vec();
    let offered: bool =
        db::scalar(services.db.unscoped(), "select app.offer_setup($1, $2)", [hash.into(), services.now().into()])
            .await?;
    Ok(offered.then_some(token))
}

/// The agency and its first person.
#[derive(Debug, Clone)]
pub struct NewAgency {
    /// What was printed at the first start.
    pub setup_token: String,
    /// The agency's name.
    pub agency_name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// ISO 4217 code, upper case.
    pub base_currency: String,
    /// The language of the agency and of its first person.
    pub locale: Locale,
    /// The CMO's name.
    pub name: String,
    /// The CMO's address.
    pub email: String,
    /// The CMO's password.
    pub password: String,
}

/// Makes the agency and its CMO, and signs them in.
pub async fn set_up_agency(
    context: &Context,
    new: NewAgency,
    user_agent: &str,
) -> Result<(agency::Model, Session), Failure> {
    if db::scalar(context.own_tx(), "select app.is_set_up()", []).await? {
        return Err(Code::AlreadySetUp.into());
    }
    let mut wrong = Complaints::default();
    let agency_name = wrong.text("agencyName", &new.agency_name, 200).to_owned();
    let name = wrong.text("name", &new.name, 200).to_owned();
    let email = wrong.text("email", &new.email, 254).to_lowercase();
    wrong.time_zone("timeZone", &new.time_zone);
    if !looks_like_an_address(&email) {
        wrong.add(UserError::at(Code::Invalid, "email"));
    }
    wrong.currency("baseCurrency", &new.base_currency);
    trust::check_password(&mut wrong, "password", &new.password, &[&name, &email, &agency_name]);
    wrong.check()?;

    let user_id = context.new_id();
    let token = sha256(new.setup_token.trim().as_bytes()).to_vec();
    let values = [token.into(), user_id.into(), context.now.into()];
    if !db::scalar::<bool>(context.own_tx(), "select app.enter_setup($1, $2, $3)", values).await? {
        return Err(UserError::at(Code::WrongSetupToken, "setupToken").into());
    }
    let password_hash = password::hash(new.password).await.map_err(|error| Fault::broken(error.to_string()))?;
    let agency = agency::Entity::insert(agency::ActiveModel {
        id: Set(context.new_id()),
        name: Set(agency_name),
        locale: Set(new.locale),
        time_zone: Set(new.time_zone),
        base_currency: Set(new.base_currency),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(context.own_tx())
    .await?;
    app_user::Entity::insert(app_user::ActiveModel {
        id: Set(user_id),
        agency_id: Set(agency.id),
        kind: Set(UserKind::Staff),
        email: Set(Some(email)),
        name: Set(name),
        password_hash: Set(Some(password_hash)),
        locale: Set(new.locale),
        agency_level: Set(Some(Level::Cmo)),
        created_at: Set(context.now),
        joined_at: Set(Some(context.now)),
        ..Default::default()
    })
    .exec_without_returning(context.own_tx())
    .await?;
    let permit =
        Permit { tx: context.own_tx(), brand_id: uuid::Uuid::nil(), actor_id: Some(user_id), agency_id: agency.id };
    trust::record(permit, context.now, "agency.set_up", agency.id, serde_json::json!({})).await?;
    let session = trust::start_session(context, user_id, user_agent).await?;
    Ok((agency, session))
}

/// Only the plain mistakes: whether mail arrives is what tells a good address.
pub(crate) fn looks_like_an_address(email: &str) -> bool {
    let parts = email.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
}
