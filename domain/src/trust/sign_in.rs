//! Signing in with a password, and with a second factor where there is one.

use chrono::Duration;
use diwan_entity::trust::session::SignInMethod;
use diwan_platform::crypto::{sha256, token};
use diwan_platform::{db, password};
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::audit::record_refusal;
use super::passkeys::{Purpose, take_passkey};
use super::passwords::oneself;
use super::second_factor::{Factors, Proof, factors_of, take_code, take_recovery_code};
use super::sessions::{BY_PASSWORD, Proven, Session, begin_session};
use super::throttle::Throttle;
use super::{MAX_PASSWORD, Outcome};
use crate::context::{Actor, Context};
use crate::error::{Code, Failure, UserError};

/// How long somebody has to show the second factor.
const CHALLENGE: Duration = Duration::minutes(5);

/// An address and a password.
#[derive(Clone)]
pub struct Credentials {
    /// The address; case does not matter.
    pub email: String,
    /// The password.
    pub password: String,
    /// What an earlier sign-in gave to this device.
    pub device_token: Option<String>,
}

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// What the client says it is.
    pub user_agent: String,
    /// Its address, or what stands for it.
    pub peer: String,
}

/// A second factor is owed.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Names the sign-in, for the next step.
    pub token: String,
    /// What can be shown.
    pub factors: Factors,
    /// For how long, in seconds.
    pub expires_in: i64,
}

/// What comes of a right password.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// A session.
    Session(Session),
    /// A second factor is owed.
    Challenge(Challenge),
}

#[derive(FromQueryResult)]
struct Found {
    user_id: Uuid,
    password_hash: Option<String>,
}

/// Signs in whoever knows the password. A refusal inside must be committed: failures are counted.
pub async fn sign_in(
    context: &Context,
    credentials: Credentials,
    origin: &Origin,
) -> Result<Outcome<SignedIn>, Failure> {
    let email = credentials.email.trim().to_lowercase();
    if credentials.password.len() > MAX_PASSWORD || email.len() > MAX_PASSWORD || email.contains('\0') {
        return Err(Code::WrongCredentials.into());
    }
    let tx = context.own_tx();
    let found: Option<Found> = db::one(tx, "select * from app.sign_in_by_email($1)", [email.clone().into()]).await?;
    let about = found.as_ref().map_or_else(Uuid::nil, |found| found.user_id);
    let device = sha256(credentials.device_token.as_deref().unwrap_or_default().as_bytes()).to_vec();
    let values = [device.clone().into(), about.into()];
    let known: bool = db::scalar(tx, "select app.is_known_device($1, $2)", values).await?;
    let device = known.then_some(device);

    let throttle = Throttle::of_sign_in(&email, device.as_deref(), &origin.peer);
    if let Some(refused) = throttle.hold(context).await? {
        return Ok(Err(refused));
    }
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let right = password::verify(credentials.password, hash).await;
    let Some(found) = found.filter(|_| right) else {
        throttle.failed(context).await?;
        record_refusal(context, "session.refused", about, json!({ "with": "password" })).await?;
        return Ok(Err(UserError::new(Code::WrongCredentials)));
    };
    let actor = context.enter_unproved(found.user_id).await?.ok_or(Code::WrongCredentials)?;
    let factors = factors_of(context, actor.user_id).await?;
    if factors.any() {
        return Ok(Ok(SignedIn::Challenge(
            challenge(context, actor.user_id, device, factors, SignInMethod::Password).await?,
        )));
    }
    throttle.succeeded(context).await?;
    let session = begin_session(context, actor.user_id, BY_PASSWORD, &origin.user_agent).await?;
    Ok(Ok(SignedIn::Session(know_device(context, session, device).await?)))
}

/// Asks for a second factor after a first one, which was shown by `method`.
pub(super) async fn challenge(
    context: &Context,
    user_id: Uuid,
    device: Option<Vec<u8>>,
    factors: Factors,
    method: SignInMethod,
) -> Result<Challenge, Failure> {
    let token = token("challenge")?;
    let sql = "insert into sign_in_challenge (token_hash, user_id, device_hash, created_at, expires_at, method)
      values ($1, $2, $3, $4, $5, $6)";
    let values = [
        sha256(token.as_bytes()).to_vec().into(),
        user_id.into(),
        device.into(),
        context.now.into(),
        (context.now + CHALLENGE).into(),
        method.to_value().into(),
    ];
    context.own_tx().execute_raw(db::statement(sql, values)).await?;
    Ok(Challenge { token, factors, expires_in: CHALLENGE.num_seconds() })
}

/// A sign-in for which a second factor is owed.
#[derive(FromQueryResult)]
pub(super) struct Owed {
    user_id: Uuid,
    device_hash: Option<Vec<u8>>,
}

/// Opens the scope of whoever owes a second factor, and holds the challenge until the transaction ends.
pub(super) async fn open_challenge(context: &Context, challenge_token: &str) -> Result<(Actor, Owed), Failure> {
    let gone = || UserError::at(Code::ChallengeExpired, "challengeToken");
    let values = [sha256(challenge_token.as_bytes()).to_vec().into(), context.now.into()];
    let owed: Option<Owed> = db::one(context.own_tx(), "select * from app.open_challenge($1, $2)", values).await?;
    let owed = owed.ok_or_else(gone)?;
    let actor = context.enter_unproved(owed.user_id).await?.ok_or_else(gone)?;
    Ok((actor, owed))
}

/// Finishes a sign-in with the second factor. A refusal inside must be committed: failures are counted.
pub async fn complete_sign_in(
    context: &Context,
    challenge_token: &str,
    proof: Proof,
    origin: &Origin,
) -> Result<Outcome<Session>, Failure> {
    let (actor, owed) = open_challenge(context, challenge_token).await?;
    let token_hash = sha256(challenge_token.as_bytes()).to_vec();
    let email = oneself(context, actor.user_id).await?.email.unwrap_or_default();
    let throttle = Throttle::of_sign_in(&email, owed.device_hash.as_deref(), &origin.peer);
    if let Some(refused) = throttle.hold(context).await? {
        return Ok(Err(refused));
    }
    let (right, with) = match proof {
        Proof::Code(code) => (take_code(context, actor.user_id, &code, true).await?, "code"),
        Proof::RecoveryCode(code) => (take_recovery_code(context, actor.user_id, &code).await?, "recoveryCode"),
        Proof::Passkey(answer) => {
            (take_passkey(context, actor.user_id, Purpose::SecondFactor, &answer).await?, "passkey")
        }
        // The password was shown already.
        Proof::Password(_) => (false, "code"),
    };
    if !right {
        let sql = "update sign_in_challenge set failures = failures + 1 where token_hash = $1";
        context.own_tx().execute_raw(db::statement(sql, [token_hash.into()])).await?;
        throttle.failed(context).await?;
        record_refusal(context, "session.refused", actor.user_id, json!({ "with": with })).await?;
        let code = if with == "passkey" { Code::PasskeyRefused } else { Code::SecondFactorWrong };
        return Ok(Err(UserError::at(code, with)));
    }
    let sql = "update sign_in_challenge set ended_at = $2 where token_hash = $1 returning method";
    let values = [token_hash.into(), context.now.into()];
    let method: String = db::scalar(context.own_tx(), sql, values).await?;
    throttle.succeeded(context).await?;
    let proven = Proven { method: SignInMethod::try_from_value(&method)?, second_factor: true };
    let session = begin_session(context, actor.user_id, proven, &origin.user_agent).await?;
    Ok(Ok(know_device(context, session, owed.device_hash).await?))
}

/// Remembers the device of somebody who has just signed in.
pub(super) async fn know_device(
    context: &Context,
    mut session: Session,
    known: Option<Vec<u8>>,
) -> Result<Session, Failure> {
    let (sql, hash) = if let Some(hash) = known {
        ("update known_device set last_used_at = $3 where token_hash = $1 and user_id = $2", hash)
    } else {
        let token = token("device")?;
        let hash = sha256(token.as_bytes()).to_vec();
        session.device_token = Some(token);
        ("insert into known_device (token_hash, user_id, created_at, last_used_at) values ($1, $2, $3, $3)", hash)
    };
    let values = [hash.into(), session.actor.user_id.into(), context.now.into()];
    context.own_tx().execute_raw(db::statement(sql, values)).await?;
    Ok(session)
}
