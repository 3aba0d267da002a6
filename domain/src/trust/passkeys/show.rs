//! Showing a passkey: to sign in with it alone, as a second factor, or as a proof within a session.

use diwan_entity::trust::passkey;
use diwan_entity::trust::session::SignInMethod;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _};
use sea_orm::{QueryFilter as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential, WebauthnError};

use super::ceremony::{self, Ceremony, Purpose};
use super::{Answer, own};
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::trust::audit::record_refusal;
use crate::trust::sessions::{Proven, begin_session};
use crate::trust::sign_in::open_challenge;
use crate::trust::throttle::Throttle;
use crate::trust::{Origin, Outcome, Session};

/// Why a passkey was not accepted: for the audit trail, never for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The answer is not one of WebAuthn.
    Malformed,
    /// The ceremony is unknown, over or spent.
    Ceremony,
    /// Nobody has this passkey, or not any more.
    Unknown,
    /// The counter of signatures did not go up: there may be a copy of the passkey.
    Counter,
    /// The signature, or what it is over: challenge, origin, relying party, verification of the user.
    Assertion,
}

impl Refusal {
    fn name(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::Ceremony => "CEREMONY",
            Self::Unknown => "UNKNOWN",
            Self::Counter => "COUNTER",
            Self::Assertion => "ASSERTION",
        }
    }
}

/// Begins a sign-in with a passkey: with it alone, or, given the challenge that a right password was answered with, as the
/// second factor of that sign-in.
pub async fn begin_passkey_sign_in(context: &Context, challenge_token: Option<&str>) -> Result<Ceremony, Failure> {
    let Some(token) = challenge_token else {
        return ceremony::begin_showing(context, Purpose::SignIn, &[]).await;
    };
    let actor = open_challenge(context, token).await?.0;
    let passkeys = own::all(context, actor.user_id).await?;
    if passkeys.is_empty() {
        return Err(Code::PasskeyRefused.into());
    }
    ceremony::begin_showing(context, Purpose::SecondFactor, &passkeys).await
}

/// Signs in whoever shows a passkey. A refusal inside must be committed: the ceremony is spent and the failure counted.
pub async fn sign_in_with_passkey(
    context: &Context,
    answer: &Answer,
    origin: &Origin,
) -> Result<Outcome<Session>, Failure> {
    let throttle = Throttle::of_address(&origin.peer);
    if let Some(refused) = throttle.hold(context).await? {
        return Ok(Err(refused));
    }
    let (about, why) = match recognise(context, answer).await? {
        Ok(user_id) => {
            let proven = Proven { method: SignInMethod::Passkey, second_factor: true };
            return Ok(Ok(begin_session(context, user_id, proven, &origin.user_agent).await?));
        }
        Err(refused) => refused,
    };
    throttle.failed(context).await?;
    let detail = json!({ "with": "passkey", "because": why.name() });
    record_refusal(context, "session.refused", about, detail).await?;
    Ok(Err(UserError::at(Code::PasskeyRefused, "credential")))
}

/// Whose passkey it is, or about whom it was refused and why.
async fn recognise(context: &Context, answer: &Answer) -> Result<Result<Uuid, (Uuid, Refusal)>, Failure> {
    let state = ceremony::take(context, Purpose::SignIn, &answer.ceremony_token).await?;
    let Some(shown) = read(answer) else { return Ok(Err((Uuid::nil(), Refusal::Malformed))) };
    // Nothing of this is believed before the signature was checked with the key of this person.
    let handle = shown.get_user_unique_id().and_then(|handle| Uuid::from_slice(handle).ok());
    let Some(handle) = handle else { return Ok(Err((Uuid::nil(), Refusal::Malformed))) };
    let Some(actor) = context.enter_unproved(handle).await? else {
        return Ok(Err((Uuid::nil(), Refusal::Unknown)));
    };
    let checked = check(context, actor.user_id, state, &shown).await?;
    Ok(checked.map(|()| actor.user_id).map_err(|why| (actor.user_id, why)))
}

/// Whether somebody shows a passkey of theirs, in their own scope. The ceremony is spent, so a refusal must be committed.
pub(in crate::trust) async fn take_passkey(
    context: &Context,
    user_id: Uuid,
    purpose: Purpose,
    answer: &Answer,
) -> Result<bool, Failure> {
    let state = ceremony::take(context, purpose, &answer.ceremony_token).await?;
    let Some(shown) = read(answer) else { return Ok(false) };
    let checked = check(context, user_id, state, &shown).await?;
    if let Err(why) = checked {
        tracing::info!(%user_id, because = why.name(), "a passkey was not accepted");
    }
    Ok(checked.is_ok())
}

fn read(answer: &Answer) -> Option<PublicKeyCredential> {
    serde_json::from_value(answer.credential.clone()).ok()
}

/// Checks what was shown as WebAuthn Level 3 section 7.2 says, and keeps the counter of signatures.
async fn check(
    context: &Context,
    user_id: Uuid,
    state: Option<DiscoverableAuthentication>,
    shown: &PublicKeyCredential,
) -> Result<Result<(), Refusal>, Failure> {
    let Some(state) = state else { return Ok(Err(Refusal::Ceremony)) };
    // Where the person is known already, an authenticator need not name them; if it does, it must be them.
    if shown.get_user_unique_id().is_some_and(|handle| handle != user_id.as_bytes()) {
        return Ok(Err(Refusal::Unknown));
    }
    // Locked, so that of two answers at once the second sees the counter of the first.
    let kept = passkey::Entity::find()
        .filter(passkey::Column::UserId.eq(user_id))
        .filter(passkey::Column::CredentialId.eq(shown.get_credential_id().to_vec()))
        .lock_exclusive();
    let Some(row) = context.one(kept).await? else { return Ok(Err(Refusal::Unknown)) };
    let mut known: Passkey = serde_json::from_value(row.credential.clone())
        .map_err(|error| Fault::broken(format!("a kept passkey: {error}")))?;
    let party = ceremony::relying_party(&context.services, "Diwan")?;
    let result = match party.finish_discoverable_authentication_v2(shown, state, &known) {
        Ok(result) if result.user_verified() => result,
        Ok(_) => return Ok(Err(Refusal::Assertion)),
        Err(WebauthnError::CredentialPossibleCompromise) => {
            tracing::warn!(%user_id, passkey_id = %row.id, "a passkey's counter did not go up: there may be a copy of it");
            return Ok(Err(Refusal::Counter));
        }
        Err(error) => {
            tracing::debug!(%user_id, %error, "a passkey was not accepted");
            return Ok(Err(Refusal::Assertion));
        }
    };
    known.update_credential(&result);
    let mut changed = row.into_active_model();
    changed.credential = Set(ceremony::to_json(&known)?);
    changed.last_used_at = Set(Some(context.now));
    changed.update(context.own_tx()).await?;
    Ok(Ok(()))
}
