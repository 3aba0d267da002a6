//! Second factors: an authenticator app, recovery codes, and proving again who one is. Passkeys have a folder of their own.

use diwan_entity::tenancy::agency;
use diwan_entity::trust::totp;
use diwan_platform::crypto::{Place, random, sha256};
use diwan_platform::totp as codes;
use diwan_platform::{db, password};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, EntityTrait as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::audit::{record_own, record_refusal};
use super::passkeys::{Purpose, take_passkey};
use super::passwords::oneself;
use super::sessions::own_session;
use super::throttle::Throttle;
use super::{MAX_PASSWORD, Outcome, PasskeyAnswer, passkeys};
use crate::context::{Actor, Context};
use crate::error::{Code, Failure, Fault, UserError};

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;

/// What somebody can show besides a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// An authenticator app.
    pub totp: bool,
    /// Passkeys.
    pub passkeys: i64,
    /// Recovery codes that were not used.
    pub recovery_codes: i64,
}

impl Factors {
    /// Whether a password alone is not enough.
    pub fn any(self) -> bool {
        self.totp || self.passkeys > 0
    }
}

/// What somebody shows to prove that it is still they.
#[derive(Clone)]
pub enum Proof {
    /// Their password.
    Password(String),
    /// A code of the authenticator app.
    Code(String),
    /// A recovery code.
    RecoveryCode(String),
    /// A passkey, in a ceremony that was begun for this.
    Passkey(PasskeyAnswer),
}

/// A secret for an authenticator app, shown once.
#[derive(Debug, Clone)]
pub struct NewTotp {
    /// The secret in base32, to type.
    pub secret: String,
    /// The same as an address, for a QR code.
    pub uri: String,
}

fn place(user_id: Uuid) -> Place {
    Place { brand_id: Uuid::nil(), row_id: user_id, column: "totp.sealed_secret" }
}

/// What the caller can show.
pub async fn factors(context: &Context) -> Result<Factors, Failure> {
    factors_of(context, context.signed_in()?.user_id).await
}

/// What somebody can show, read in their own scope.
pub(super) async fn factors_of(context: &Context, user_id: Uuid) -> Result<Factors, Failure> {
    let totp = context.one(totp::Entity::find_by_id(user_id)).await?.is_some_and(|row| row.confirmed_at.is_some());
    let sql = "select count(*) from recovery_code where user_id = $1 and used_at is null";
    let recovery_codes = db::scalar(context.own_tx(), sql, [user_id.into()]).await?;
    Ok(Factors { totp, passkeys: passkeys::count(context, user_id).await?, recovery_codes })
}

/// Makes a secret for the caller's authenticator app. It counts once a code of it was shown.
pub async fn begin_totp(context: &Context) -> Result<NewTotp, Failure> {
    let actor = context.signed_in()?;
    own_session(&actor)?;
    let kept = context.one(totp::Entity::find_by_id(actor.user_id)).await?;
    if kept.is_some_and(|row| row.confirmed_at.is_some()) {
        return Err(Code::AlreadyExists.into());
    }
    let secret: [u8; codes::SECRET_BYTES] = random()?;
    totp::Entity::insert(totp::ActiveModel {
        user_id: Set(actor.user_id),
        sealed_secret: Set(context.services.keys.seal(place(actor.user_id), &secret)?),
        created_at: Set(context.now),
        confirmed_at: Set(None),
        last_step: Set(0),
    })
    .on_conflict(
        OnConflict::column(totp::Column::UserId)
            .update_columns([totp::Column::SealedSecret, totp::Column::CreatedAt])
            .to_owned(),
    )
    .exec_without_returning(context.own_tx())
    .await?;
    let agency = context.one(agency::Entity::find_by_id(actor.agency_id)).await?;
    let issuer = agency.map_or_else(|| "Diwan".to_owned(), |agency| agency.name.replace(':', " "));
    let email = oneself(context, actor.user_id).await?.email.unwrap_or_default();
    let secret = data_encoding::BASE32_NOPAD.encode(&secret);
    Ok(NewTotp { uri: uri(&issuer, &email, &secret)?, secret })
}

/// The address that authenticator apps read from a QR code.
fn uri(issuer: &str, email: &str, secret: &str) -> Result<String, Fault> {
    let mut uri = Url::parse("otpauth://totp").map_err(|error| Fault::broken(error.to_string()))?;
    uri.set_path(&format!("/{issuer}:{email}"));
    uri.query_pairs_mut().extend_pairs([
        ("secret", secret),
        ("issuer", issuer),
        ("algorithm", "SHA1"),
        ("digits", "6"),
        ("period", "30"),
    ]);
    // Some apps show a plus as it is.
    Ok(uri.as_str().replace('+', "%20"))
}

/// Takes the first code of the authenticator app, which is a second factor from now on. Answers recovery codes with the
/// caller's first factor; whoever had one keeps the codes that they have.
pub async fn confirm_totp(context: &Context, code: &str) -> Result<Option<Vec<String>>, Failure> {
    let actor = context.signed_in()?;
    let session_id = own_session(&actor)?;
    let kept = context.one(totp::Entity::find_by_id(actor.user_id)).await?.ok_or(Code::ChallengeExpired)?;
    if kept.confirmed_at.is_some() {
        return Err(Code::AlreadyExists.into());
    }
    if !take_code(context, actor.user_id, code, false).await? {
        return Err(UserError::at(Code::SecondFactorWrong, "code").into());
    }
    let first = !factors_of(context, actor.user_id).await?.any();
    let values = [actor.user_id.into(), context.now.into()];
    run(context, "update totp set confirmed_at = $2 where user_id = $1", values).await?;
    run(context, "update session set second_factor = true where id = $1", [session_id.into()]).await?;
    let recovery_codes = if first { Some(new_recovery_codes(context, actor.user_id).await?) } else { None };
    record_own(context, &actor, "second_factor.add", json!({ "kind": "TOTP" })).await?;
    Ok(recovery_codes)
}

/// Takes the authenticator app away again.
pub async fn remove_totp(context: &Context, proof: Proof) -> Result<Outcome<()>, Failure> {
    let actor = context.signed_in()?;
    if !factors_of(context, actor.user_id).await?.totp {
        return Err(Code::NotFound.into());
    }
    if let Err(refused) = prove_again(context, &actor, proof, "").await? {
        return Ok(Err(refused));
    }
    run(context, "delete from totp where user_id = $1", [actor.user_id.into()]).await?;
    after_removal(context, &actor).await?;
    record_own(context, &actor, "second_factor.remove", json!({ "kind": "TOTP" })).await?;
    Ok(Ok(()))
}

/// Whoever has no factor left has no use for recovery codes, and sessions that were begun by a password or a provider stand on
/// that alone: what the provider itself showed is shown again at the next sign-in.
pub(super) async fn after_removal(context: &Context, actor: &Actor) -> Result<(), Failure> {
    if factors_of(context, actor.user_id).await?.any() {
        return Ok(());
    }
    run(context, "delete from recovery_code where user_id = $1", [actor.user_id.into()]).await?;
    let sql =
        "update session set second_factor = false where user_id = $1 and method in ('PASSWORD', 'SINGLE_SIGN_ON')";
    run(context, sql, [actor.user_id.into()]).await
}

/// Makes new recovery codes; the ones before are void.
pub async fn renew_recovery_codes(context: &Context, proof: Proof) -> Result<Outcome<Vec<String>>, Failure> {
    let actor = context.signed_in()?;
    if !factors_of(context, actor.user_id).await?.any() {
        return Err(Code::NotFound.into());
    }
    if let Err(refused) = prove_again(context, &actor, proof, "").await? {
        return Ok(Err(refused));
    }
    let codes = new_recovery_codes(context, actor.user_id).await?;
    record_own(context, &actor, "second_factor.renew_codes", json!({})).await?;
    Ok(Ok(codes))
}

pub(super) async fn new_recovery_codes(context: &Context, user_id: Uuid) -> Result<Vec<String>, Failure> {
    run(context, "delete from recovery_code where user_id = $1", [user_id.into()]).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        // 80 bits: too many to guess, few enough to write down.
        let code = data_encoding::BASE32_NOPAD.encode(&random::<10>()?).to_lowercase();
        let values = [user_id.into(), recovery_hash(&code).into()];
        run(context, "insert into recovery_code (user_id, code_hash) values ($1, $2)", values).await?;
        codes.push([&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-"));
    }
    Ok(codes)
}

/// What is kept of a recovery code, however it is typed.
fn recovery_hash(code: &str) -> Vec<u8> {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    sha256(typed.to_ascii_lowercase().as_bytes()).to_vec()
}

/// Takes a code of the authenticator app, once. In the person's own scope.
pub(super) async fn take_code(context: &Context, user_id: Uuid, code: &str, confirmed: bool) -> Result<bool, Failure> {
    use sea_orm::QuerySelect as _;
    let row = context.one(totp::Entity::find_by_id(user_id).lock_exclusive()).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_some() == confirmed) else {
        return Ok(false);
    };
    let secret = context.services.keys.open(place(user_id), &row.sealed_secret)?;
    let given: String = code.chars().filter(|c| !c.is_whitespace()).take(7).collect();
    let Some(step) = codes::accepted_step(&secret, &given, context.now.timestamp(), row.last_step) else {
        return Ok(false);
    };
    run(context, "update totp set last_step = $2 where user_id = $1", [user_id.into(), step.into()]).await?;
    Ok(true)
}

/// Takes a recovery code, once. In the person's own scope.
pub(super) async fn take_recovery_code(context: &Context, user_id: Uuid, code: &str) -> Result<bool, Failure> {
    let sql = "update recovery_code set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null";
    let values = [user_id.into(), recovery_hash(code).into(), context.now.into()];
    let done = context.own_tx().execute_raw(db::statement(sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Whether it is still the person themselves, and not whoever found their session open. Failures are counted, so a refusal
/// inside must be committed.
pub(super) async fn prove_again(
    context: &Context,
    actor: &Actor,
    proof: Proof,
    path: &str,
) -> Result<Outcome<()>, Failure> {
    let throttle = Throttle::of_session(own_session(actor)?);
    if let Some(refused) = throttle.hold(context).await? {
        return Ok(Err(refused));
    }
    let (right, code, field) = match proof {
        Proof::Password(given) => {
            let hash = oneself(context, actor.user_id).await?.password_hash;
            let right = given.len() <= MAX_PASSWORD && password::verify(given, hash).await;
            (right, Code::WrongCredentials, "password")
        }
        Proof::Code(given) => (take_code(context, actor.user_id, &given, true).await?, Code::SecondFactorWrong, "code"),
        Proof::RecoveryCode(given) => {
            (take_recovery_code(context, actor.user_id, &given).await?, Code::SecondFactorWrong, "recoveryCode")
        }
        Proof::Passkey(answer) => {
            let right = take_passkey(context, actor.user_id, Purpose::Proof, &answer).await?;
            (right, Code::PasskeyRefused, "passkey")
        }
    };
    if right {
        throttle.succeeded(context).await?;
        return Ok(Ok(()));
    }
    throttle.failed(context).await?;
    record_refusal(context, "session.proof_refused", actor.user_id, json!({ "with": field })).await?;
    Ok(Err(UserError::at(code, if path.is_empty() { field } else { path })))
}

async fn run(context: &Context, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> Result<(), Failure> {
    context.own_tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}
