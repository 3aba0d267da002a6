//! Ceremonies: a challenge that is given out once, kept here, and good for one answer.

use chrono::Duration;
use diwan_entity::trust::passkey;
use diwan_platform::crypto::{sha256, token};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, TryGetable as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault};

/// How long a challenge is good (the longest that WebAuthn Level 3 section 5.4 recommends to wait for a person).
const CEREMONY: Duration = Duration::minutes(5);

/// What a ceremony is for. One that was begun for one thing ends in nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::trust) enum Purpose {
    /// Making a passkey.
    Register,
    /// Signing in with one alone.
    SignIn,
    /// The second factor of a sign-in.
    SecondFactor,
    /// Proving within a session that it is still the person.
    Proof,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Register => "REGISTER",
            Self::SignIn => "SIGN_IN",
            Self::SecondFactor => "SECOND_FACTOR",
            Self::Proof => "PROOF",
        }
    }
}

/// A ceremony that was begun.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// Names it, for the answer.
    pub token: String,
    /// What the browser is given: `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
    pub options: Value,
    /// For how long it is good, in seconds.
    pub expires_in: i64,
}

/// The product as authenticators know it: by the domain of `DIWAN_PUBLIC_URL`, reached at that address and no other.
pub(super) fn relying_party(services: &Services, name: &str) -> Result<Webauthn, Failure> {
    let url = &services.public_url;
    // A passkey belongs to a domain: at a bare address of the net there is none (WebAuthn Level 3 section 5.1.3).
    let Some(domain) = url.domain() else {
        tracing::warn!("DIWAN_PUBLIC_URL names no domain, so there are no passkeys");
        return Err(Code::PasskeyRefused.into());
    };
    let built = WebauthnBuilder::new(domain, url).and_then(|builder| builder.rp_name(name).build());
    built.map_err(|error| Fault::broken(format!("DIWAN_PUBLIC_URL: {error}")).into())
}

/// Begins a ceremony: of whoever's scope it is, or, for [`Purpose::SignIn`], of a stranger.
pub(super) async fn begin(
    context: &Context,
    purpose: Purpose,
    state: &(impl Serialize + Sync),
    options: Value,
) -> Result<Ceremony, Failure> {
    let token = token("ceremony")?;
    let values = [
        sha256(token.as_bytes()).to_vec().into(),
        purpose.name().into(),
        to_json(state)?.into(),
        context.now.into(),
        (context.now + CEREMONY).into(),
    ];
    let sql = "select app.begin_passkey_ceremony($1, $2, $3, $4, $5)";
    context.own_tx().execute_raw(db::statement(sql, values)).await?;
    Ok(Ceremony { token, options, expires_in: CEREMONY.num_seconds() })
}

/// Begins a ceremony in which a passkey is shown: one of these, or, without any, whichever the authenticator finds.
pub(super) async fn begin_showing(
    context: &Context,
    purpose: Purpose,
    allowed: &[passkey::Model],
) -> Result<Ceremony, Failure> {
    let (challenge, state) = relying_party(&context.services, "Diwan")?
        .start_discoverable_authentication()
        .map_err(|error| Fault::broken(error.to_string()))?;
    let mut options = to_json(&challenge.public_key)?;
    options["allowCredentials"] = descriptors(allowed);
    begin(context, purpose, &state, options).await
}

/// Passkeys as a browser is told of them.
pub(super) fn descriptors(passkeys: &[passkey::Model]) -> Value {
    let each = |row: &passkey::Model| {
        let id = data_encoding::BASE64URL_NOPAD.encode(&row.credential_id);
        let mut descriptor = json!({ "type": "public-key", "id": id });
        // Where the authenticator said so; browsers take no null here.
        let transports = &row.credential["cred"]["transports"];
        if transports.is_array() {
            descriptor["transports"] = transports.clone();
        }
        descriptor
    };
    passkeys.iter().map(each).collect()
}

/// Spends a ceremony, whatever comes of it. None when it is unknown, over, spent, for something else or another person's.
pub(super) async fn take<S: DeserializeOwned>(
    context: &Context,
    purpose: Purpose,
    token: &str,
) -> Result<Option<S>, Failure> {
    let values = [sha256(token.as_bytes()).to_vec().into(), purpose.name().into(), context.now.into()];
    let statement = db::statement("select app.take_passkey_ceremony($1, $2, $3)", values);
    let row = context.own_tx().query_one_raw(statement).await?;
    let state = row.map(|row| Option::<Value>::try_get_by(&row, 0).map_err(sea_orm::DbErr::from)).transpose()?;
    let state = state.flatten().map(serde_json::from_value).transpose();
    state.map_err(|error| Fault::broken(format!("the state of a ceremony: {error}")).into())
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|error| Fault::broken(error.to_string()))
}
