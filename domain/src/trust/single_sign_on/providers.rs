//! The agency's identity providers: adding, changing, removing and listing them.

use std::net::IpAddr;

use diwan_entity::trust::identity_provider::{self, ProviderSecondFactor, ProviderState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, FromQueryResult, IntoActiveModel as _,
    ModelTrait as _, PaginatorTrait as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use url::{Host, Url};
use uuid::Uuid;

use super::secret_place;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most providers of an agency.
const MOST: u64 = 20;
/// The most scopes, and the most return addresses.
const MOST_SCOPES: usize = 20;
/// The most domains.
const MOST_DOMAINS: usize = 100;

/// A provider to add.
#[derive(Clone)]
pub struct NewProvider {
    /// What people see.
    pub name: String,
    /// Its address, as its metadata writes it.
    pub issuer: String,
    /// As what it knows this installation.
    pub client_id: String,
    /// With which secret.
    pub client_secret: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Domains of addresses by which somebody is recognised the first time; none: any.
    pub allowed_domains: Vec<String>,
    /// Where a browser may be sent afterwards.
    pub return_addresses: Vec<String>,
    /// Whether people can sign in there.
    pub enabled: bool,
    /// Whether it counts as two factors.
    pub second_factor: ProviderSecondFactor,
    /// Whether somebody whom nobody invited gets an account.
    pub creates_people: bool,
}

/// A change of a provider; what is left out stays. Its issuer stays: another is another provider.
#[derive(Clone, Default)]
pub struct ProviderChange {
    /// The version that the change started from.
    pub version: i32,
    /// See [`NewProvider`].
    pub name: Option<String>,
    /// See [`NewProvider`].
    pub client_id: Option<String>,
    /// See [`NewProvider`].
    pub client_secret: Option<String>,
    /// See [`NewProvider`].
    pub scopes: Option<Vec<String>>,
    /// See [`NewProvider`].
    pub allowed_domains: Option<Vec<String>>,
    /// See [`NewProvider`].
    pub return_addresses: Option<Vec<String>>,
    /// See [`NewProvider`].
    pub enabled: Option<bool>,
    /// See [`NewProvider`].
    pub second_factor: Option<ProviderSecondFactor>,
    /// See [`NewProvider`].
    pub creates_people: Option<bool>,
}

/// What a sign-in page shows of a provider.
#[derive(Debug, Clone, FromQueryResult)]
pub struct SignInProvider {
    /// Its id.
    pub id: Uuid,
    /// What people see.
    pub name: String,
}

/// Adds a provider. The worker reads its metadata before anybody can sign in there.
pub async fn add_identity_provider(context: &Context, new: NewProvider) -> Result<identity_provider::Model, Failure> {
    let permit = context.permit_agency(Action::SecurityUpdate).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 100).to_owned();
    let issuer = issuer(context, &mut wrong, &new.issuer);
    let client_id = wrong.text("clientId", &new.client_id, 500).to_owned();
    let client_secret = wrong.text("clientSecret", &new.client_secret, 1000).to_owned();
    let scopes = scopes(&mut wrong, new.scopes);
    let allowed_domains = domains(&mut wrong, &new.allowed_domains);
    let return_addresses = return_addresses(&mut wrong, new.return_addresses);
    newcomers(&mut wrong, new.creates_people, &allowed_domains);
    wrong.check()?;
    if identity_provider::Entity::find().count(permit.tx()).await? >= MOST {
        return Err(UserError::new(Code::TooMany).number("limit", MOST).into());
    }
    let id = context.new_id();
    let row = identity_provider::Entity::insert(identity_provider::ActiveModel {
        id: Set(id),
        agency_id: Set(permit.agency_id),
        name: Set(name),
        issuer: Set(issuer),
        client_id: Set(client_id),
        client_secret: Set(context.services.keys.seal(secret_place(id), client_secret.as_bytes())?),
        scopes: Set(scopes),
        allowed_domains: Set(allowed_domains),
        return_addresses: Set(return_addresses),
        enabled: Set(new.enabled),
        second_factor: Set(new.second_factor),
        creates_people: Set(new.creates_people),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    enqueue(permit, super::DiscoverProvider.kind(), id, context.now, context.now).await?;
    trust::record(permit, context.now, "identity_provider.add", id, settings(&row)).await?;
    Ok(row)
}

/// Changes a provider. Its metadata is read anew; what was read before is used until then.
pub async fn update_identity_provider(
    context: &Context,
    id: Uuid,
    change: ProviderChange,
) -> Result<identity_provider::Model, Failure> {
    let (permit, row) = lock(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    let mut new = row.clone();
    if let Some(name) = &change.name {
        wrong.text("name", name, 100).clone_into(&mut new.name);
    }
    if let Some(client_id) = &change.client_id {
        wrong.text("clientId", client_id, 500).clone_into(&mut new.client_id);
    }
    if let Some(secret) = &change.client_secret {
        let secret = wrong.text("clientSecret", secret, 1000);
        new.client_secret = context.services.keys.seal(secret_place(id), secret.as_bytes())?;
    }
    if let Some(given) = change.scopes {
        new.scopes = scopes(&mut wrong, given);
    }
    if let Some(given) = change.allowed_domains {
        new.allowed_domains = domains(&mut wrong, &given);
    }
    if let Some(given) = change.return_addresses {
        new.return_addresses = return_addresses(&mut wrong, given);
    }
    new.enabled = change.enabled.unwrap_or(new.enabled);
    new.second_factor = change.second_factor.unwrap_or(new.second_factor);
    new.creates_people = change.creates_people.unwrap_or(new.creates_people);
    newcomers(&mut wrong, new.creates_people, &new.allowed_domains);
    wrong.check()?;
    let detail = json!({ "from": settings(&row), "to": settings(&new), "secret": change.client_secret.is_some() });
    let changed = identity_provider::ActiveModel {
        name: Set(new.name),
        client_id: Set(new.client_id),
        client_secret: Set(new.client_secret),
        scopes: Set(new.scopes),
        allowed_domains: Set(new.allowed_domains),
        return_addresses: Set(new.return_addresses),
        enabled: Set(new.enabled),
        second_factor: Set(new.second_factor),
        creates_people: Set(new.creates_people),
        state: Set(ProviderState::Pending),
        trouble: Set(None),
        version: Set(new.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    enqueue(permit, super::DiscoverProvider.kind(), id, context.now, context.now).await?;
    trust::record(permit, context.now, "identity_provider.update", id, detail).await?;
    Ok(row)
}

/// Removes a provider, with what it knows people as. Sessions that were begun there go on.
pub async fn remove_identity_provider(context: &Context, id: Uuid) -> Result<(), Failure> {
    let (permit, row) = lock(context, id).await?;
    let detail = settings(&row);
    row.delete(permit.tx()).await?;
    Ok(trust::record(permit, context.now, "identity_provider.remove", id, detail).await?)
}

/// The agency's providers, by name.
pub async fn identity_providers(context: &Context) -> Result<Vec<identity_provider::Model>, Failure> {
    context.permit_agency(Action::SecurityUpdate).await?;
    let select = identity_provider::Entity::find()
        .order_by_asc(identity_provider::Column::Name)
        .order_by_asc(identity_provider::Column::Id);
    Ok(context.all(select).await?)
}

/// Where anybody can sign in: enabled, and known.
pub async fn sign_in_providers(context: &Context) -> Result<Vec<SignInProvider>, Failure> {
    Ok(context.rows("select * from app.sign_in_providers()", []).await?)
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, identity_provider::Model), Failure> {
    let permit = context.permit_agency(Action::SecurityUpdate).await?;
    let row = context.one(identity_provider::Entity::find_by_id(id).lock_exclusive()).await?;
    Ok((permit, row.ok_or_else(|| UserError::at(Code::NotFound, "identityProviderId"))?))
}

/// What stands on the audit trail: everything but the secret.
fn settings(row: &identity_provider::Model) -> serde_json::Value {
    json!({
        "name": row.name,
        "issuer": row.issuer,
        "client_id": row.client_id,
        "scopes": row.scopes,
        "allowed_domains": row.allowed_domains,
        "return_addresses": row.return_addresses,
        "enabled": row.enabled,
        "second_factor": row.second_factor.to_value(),
        "creates_people": row.creates_people,
    })
}

/// An address without query and fragment (OpenID Connect Discovery 1.0, §3), kept as it is written, because it is compared
/// letter by letter.
fn issuer(context: &Context, wrong: &mut Complaints, given: &str) -> String {
    let given = wrong.text("issuer", given, 500);
    match Url::parse(given) {
        Ok(url) if url.query().is_none() && url.fragment().is_none() => {
            if context.services.http.check(&url).is_err() {
                wrong.add(UserError::at(Code::AddressNotAllowed, "issuer"));
            }
        }
        _ if given.is_empty() => {}
        _ => wrong.add(UserError::at(Code::Invalid, "issuer")),
    }
    given.to_owned()
}

fn few(wrong: &mut Complaints, path: &str, list: &[String], limit: usize) {
    if list.len() > limit {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", limit));
    }
}

/// Scope tokens (RFC 6749, §3.3).
fn scopes(wrong: &mut Complaints, given: Vec<String>) -> Vec<String> {
    few(wrong, "scopes", &given, MOST_SCOPES);
    let fits = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    for (index, scope) in given.iter().enumerate() {
        if scope.is_empty() || scope.len() > 100 || !scope.chars().all(fits) {
            wrong.add(UserError::at(Code::Invalid, &format!("scopes.{index}")));
        }
    }
    given
}

fn domains(wrong: &mut Complaints, given: &[String]) -> Vec<String> {
    few(wrong, "allowedDomains", given, MOST_DOMAINS);
    let mut all = Vec::with_capacity(given.len());
    for (index, domain) in given.iter().enumerate() {
        let domain = domain.trim().trim_start_matches('@').to_lowercase();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
        if domain.is_empty() || domain.len() > 253 || !domain.chars().all(fits) {
            wrong.add(UserError::at(Code::Invalid, &format!("allowedDomains.{index}")));
        }
        all.push(domain);
    }
    all
}

/// Addresses of applications: of the web by https, or on the person's own machine (RFC 8252, §7.3).
fn return_addresses(wrong: &mut Complaints, given: Vec<String>) -> Vec<String> {
    few(wrong, "returnAddresses", &given, MOST_SCOPES);
    let fits = |address: &str| {
        Url::parse(address).is_ok_and(|url| {
            let at_home = match url.host() {
                Some(Host::Ipv4(v4)) => IpAddr::V4(v4).is_loopback(),
                Some(Host::Ipv6(v6)) => IpAddr::V6(v6).is_loopback(),
                Some(Host::Domain(name)) => name == "localhost",
                None => false,
            };
            let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
            plain && (url.scheme() == "https" && url.has_host() || url.scheme() == "http" && at_home)
        })
    };
    for (index, address) in given.iter().enumerate() {
        if address.len() > 500 || !fits(address) {
            wrong.add(UserError::at(Code::Invalid, &format!("returnAddresses.{index}")));
        }
    }
    given
}

/// Accounts are made for people of named domains only: else whoever can register at the provider would get one.
fn newcomers(wrong: &mut Complaints, creates_people: bool, domains: &[String]) {
    if creates_people && domains.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "allowedDomains"));
    }
}
