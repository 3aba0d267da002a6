//! Beginning to sign in at a provider, as a stranger.

use diwan_platform::crypto::{sha256, token};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use url::Url;
use uuid::Uuid;

use super::oidc::{Known, Secrets};
use super::{LIFETIME, Pending};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::trust::throttle::Throttle;
use crate::trust::{Origin, Outcome};

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub struct BegunSignOn {
    /// Where to send the browser.
    pub authorization_url: Url,
    /// The client's own proof that it began this.
    pub ticket: String,
    /// For how long, in seconds.
    pub expires_in: i64,
}

#[derive(FromQueryResult)]
struct Asked {
    client_id: String,
    scopes: Vec<String>,
    metadata: serde_json::Value,
    return_addresses: Vec<String>,
}

/// Begins a sign-in. `return_address` is where the browser goes in the end, one of the provider's; without one it stays at a
/// page that shows the code of return.
pub async fn begin_single_sign_on(
    context: &Context,
    provider_id: Uuid,
    return_address: Option<String>,
    origin: &Origin,
) -> Result<Outcome<BegunSignOn>, Failure> {
    if let Some(refused) = Throttle::of_address(&origin.peer).hold(context).await? {
        return Ok(Err(refused));
    }
    let sql = "select * from app.provider_to_ask($1)";
    let asked: Option<Asked> = db::one(context.own_tx(), sql, [provider_id.into()]).await?;
    let asked = asked.ok_or_else(|| UserError::at(Code::NotFound, "identityProviderId"))?;
    if return_address.as_ref().is_some_and(|address| !asked.return_addresses.contains(address)) {
        return Err(UserError::at(Code::Invalid, "redirectUri").into());
    }
    let (id, services) = (context.new_id(), &context.services);
    let (ticket, state) = (token("ticket")?, token("state")?);
    let pending = Pending { nonce: token("nonce")?, verifier: token("pkce")?, code: None };
    let secrets = Secrets { state: &state, nonce: &pending.nonce, verifier: &pending.verifier };
    let known = Known::read(&asked.metadata, None)?;
    let authorization_url =
        known.authorize(&asked.client_id, &asked.scopes, services.single_sign_on_redirect()?, &secrets);
    let values = [
        id.into(),
        provider_id.into(),
        sha256(ticket.as_bytes()).to_vec().into(),
        sha256(state.as_bytes()).to_vec().into(),
        pending.seal(services, id)?.into(),
        return_address.into(),
        context.now.into(),
        (context.now + LIFETIME).into(),
    ];
    let insert = db::statement("select app.begin_single_sign_on($1, $2, $3, $4, $5, $6, $7, $8)", values);
    context.own_tx().execute_raw(insert).await?;
    Ok(Ok(BegunSignOn { authorization_url, ticket, expires_in: LIFETIME.num_seconds() }))
}
