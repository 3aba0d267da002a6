//! One's own passkeys: adding, naming and removing them.

use chrono::Duration;
use diwan_entity::tenancy::agency;
use diwan_entity::trust::{passkey, session};
use diwan_platform::db;
use sea_orm::QueryOrder as _;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::PasskeyRegistration;

use super::Answer;
use super::ceremony::{self, Ceremony, Purpose};
use crate::context::{Actor, Context};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::trust::Outcome;
use crate::trust::audit::record_own;
use crate::trust::passwords::oneself;
use crate::trust::second_factor::{Proof, after_removal, factors_of, new_recovery_codes, prove_again};
use crate::trust::sessions::own_session;

/// The most passkeys that somebody has.
pub const MAX_PASSKEYS: usize = 20;

/// The longest name of a passkey, in characters.
const MAX_NAME: usize = 100;

/// How long after a session began whoever holds it need not prove again who they are.
const FRESH: Duration = Duration::minutes(10);

/// The caller's passkeys, the oldest first.
pub async fn passkeys(context: &Context) -> Result<Vec<passkey::Model>, Failure> {
    all(context, context.signed_in()?.user_id).await
}

/// Somebody's passkeys, read in their own scope.
pub(super) async fn all(context: &Context, user_id: Uuid) -> Result<Vec<passkey::Model>, Failure> {
    let select = passkey::Entity::find().filter(passkey::Column::UserId.eq(user_id)).order_by_asc(passkey::Column::Id);
    Ok(context.all(select).await?)
}

/// How many passkeys somebody has, read in their own scope.
pub(in crate::trust) async fn count(context: &Context, user_id: Uuid) -> Result<i64, Failure> {
    let sql = "select count(*) from passkey where user_id = $1";
    Ok(db::scalar(context.own_tx(), sql, [user_id.into()]).await?)
}

/// Begins to make a passkey for the caller. Whoever holds one can sign in with it alone, so a session that is older than
/// 10 minutes needs a proof. A refusal inside must be committed: it is counted.
pub async fn begin_passkey_registration(context: &Context, proof: Option<Proof>) -> Result<Outcome<Ceremony>, Failure> {
    let actor = context.signed_in()?;
    let session_id = own_session(&actor)?;
    if let Some(proof) = proof {
        if let Err(refused) = prove_again(context, &actor, proof, "").await? {
            return Ok(Err(refused));
        }
    } else {
        let session = context.one(session::Entity::find_by_id(session_id)).await?;
        if session.is_none_or(|session| session.created_at + FRESH <= context.now) {
            return Ok(Err(UserError::at(Code::Invalid, "proof")));
        }
    }
    let known = all(context, actor.user_id).await?;
    if known.len() >= MAX_PASSKEYS {
        return Ok(Err(UserError::new(Code::TooMany).number("limit", MAX_PASSKEYS).number("actual", known.len() + 1)));
    }
    let agency = context.one(agency::Entity::find_by_id(actor.agency_id)).await?;
    let agency = agency.map_or_else(|| "Diwan".to_owned(), |agency| agency.name);
    let email = oneself(context, actor.user_id).await?.email.unwrap_or_default();
    let exclude = known.iter().map(|row| row.credential_id.clone()).collect();
    let (challenge, state) = ceremony::relying_party(&context.services, &agency)?
        .start_passkey_registration(actor.user_id, &email, &actor.name, Some(exclude))
        .map_err(|error| Fault::broken(error.to_string()))?;
    let mut options = ceremony::to_json(&challenge.public_key)?;
    options["excludeCredentials"] = ceremony::descriptors(&known);
    // The library leaves it to the authenticator whether the passkey is found without an address; here it must be.
    options["authenticatorSelection"]["residentKey"] = "required".into();
    options["authenticatorSelection"]["requireResidentKey"] = true.into();
    Ok(Ok(ceremony::begin(context, Purpose::Register, &state, options).await?))
}

/// Adds the passkey that an authenticator has made. Answers recovery codes with the caller's first factor. A refusal inside
/// must be committed: the ceremony is spent.
pub async fn add_passkey(
    context: &Context,
    answer: &Answer,
    name: &str,
) -> Result<Outcome<(passkey::Model, Option<Vec<String>>)>, Failure> {
    let actor = context.signed_in()?;
    let session_id = own_session(&actor)?;
    let name = checked_name(name)?;
    let state: Option<PasskeyRegistration> = ceremony::take(context, Purpose::Register, &answer.ceremony_token).await?;
    let Some(state) = state else {
        return Ok(Err(UserError::at(Code::ChallengeExpired, "ceremonyToken")));
    };
    let refused = || Ok(Err(UserError::at(Code::PasskeyRefused, "credential")));
    let Ok(made) = serde_json::from_value(answer.credential.clone()) else { return refused() };
    let made = match ceremony::relying_party(&context.services, "Diwan")?.finish_passkey_registration(&made, &state) {
        Ok(made) => made,
        Err(error) => {
            tracing::info!(user_id = %actor.user_id, %error, "a new passkey was not accepted");
            return refused();
        }
    };
    let first = !factors_of(context, actor.user_id).await?.any();
    let row = passkey::Model {
        id: context.new_id(),
        user_id: actor.user_id,
        credential_id: made.cred_id().clone(),
        name,
        credential: ceremony::to_json(&made)?,
        created_at: context.now,
        last_used_at: None,
    };
    if !insert(context, &row).await? {
        return refused();
    }
    // The authenticator has just verified its user.
    session::Entity::update_many()
        .col_expr(session::Column::SecondFactor, Expr::value(true))
        .filter(session::Column::Id.eq(session_id))
        .exec(context.own_tx())
        .await?;
    let recovery_codes = if first { Some(new_recovery_codes(context, actor.user_id).await?) } else { None };
    record_own(context, &actor, "second_factor.add", kind(&row)).await?;
    Ok(Ok((row, recovery_codes)))
}

/// Keeps a passkey. False when somebody has it already.
async fn insert(context: &Context, row: &passkey::Model) -> Result<bool, Failure> {
    let row = row.clone();
    let done = passkey::Entity::insert(passkey::ActiveModel {
        id: Set(row.id),
        user_id: Set(row.user_id),
        credential_id: Set(row.credential_id),
        name: Set(row.name),
        credential: Set(row.credential),
        created_at: Set(row.created_at),
        last_used_at: Set(row.last_used_at),
    })
    .on_conflict(OnConflict::column(passkey::Column::CredentialId).do_nothing().to_owned())
    .exec_without_returning(context.own_tx())
    .await;
    match done {
        Ok(written) => Ok(written == 1),
        Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Gives a passkey of the caller's another name.
pub async fn rename_passkey(context: &Context, passkey_id: Uuid, name: &str) -> Result<passkey::Model, Failure> {
    let actor = context.signed_in()?;
    own_session(&actor)?;
    let name = checked_name(name)?;
    let row = one(context, &actor, passkey_id).await?;
    let sql = "update passkey set name = $2 where id = $1";
    context.own_tx().execute_raw(db::statement(sql, [passkey_id.into(), name.clone().into()])).await?;
    Ok(passkey::Model { name, ..row })
}

/// Takes a passkey of the caller's away. It opens nothing from then on; sessions that it began stay until they are ended.
/// A refusal inside must be committed: it is counted.
pub async fn remove_passkey(context: &Context, passkey_id: Uuid, proof: Proof) -> Result<Outcome<()>, Failure> {
    let actor = context.signed_in()?;
    own_session(&actor)?;
    let row = one(context, &actor, passkey_id).await?;
    if let Err(refused) = prove_again(context, &actor, proof, "").await? {
        return Ok(Err(refused));
    }
    context.own_tx().execute_raw(db::statement("delete from passkey where id = $1", [row.id.into()])).await?;
    after_removal(context, &actor).await?;
    record_own(context, &actor, "second_factor.remove", kind(&row)).await?;
    Ok(Ok(()))
}

/// Begins to prove with a passkey, within a session, that it is still the caller.
pub async fn begin_passkey_proof(context: &Context) -> Result<Ceremony, Failure> {
    let actor = context.signed_in()?;
    own_session(&actor)?;
    let passkeys = all(context, actor.user_id).await?;
    if passkeys.is_empty() {
        return Err(Code::NotFound.into());
    }
    ceremony::begin_showing(context, Purpose::Proof, &passkeys).await
}

async fn one(context: &Context, actor: &Actor, passkey_id: Uuid) -> Result<passkey::Model, Failure> {
    let select = passkey::Entity::find_by_id(passkey_id).filter(passkey::Column::UserId.eq(actor.user_id));
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "passkeyId"))?)
}

fn checked_name(name: &str) -> Result<String, Failure> {
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, MAX_NAME);
    wrong.check()?;
    Ok(name.to_owned())
}

fn kind(row: &passkey::Model) -> Value {
    json!({ "kind": "PASSKEY", "passkey": row.id })
}
