//! Taking the session, as the client that began the sign-in.

use diwan_entity::trust::session::SignInMethod;
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::code_hash;
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::trust::audit::record_refusal;
use crate::trust::second_factor::factors_of;
use crate::trust::sessions::begin_session;
use crate::trust::sign_in::challenge;
use crate::trust::throttle::Throttle;
use crate::trust::{Origin, Outcome, Proven, SignedIn};

/// How a sign-in stands.
#[derive(Debug, Clone)]
pub enum SignOn {
    /// The person is at the provider, or the worker is at it.
    Pending,
    /// It is done.
    SignedIn(SignedIn),
}

#[derive(FromQueryResult)]
struct Taken {
    provider_id: Uuid,
    state: String,
    user_id: Option<Uuid>,
    second_factor: bool,
}

/// Takes the session of a sign-in, once, for who holds its ticket and the code of return. A refusal inside must be committed:
/// failures are counted, and a sign-in that was refused is over. It is the same refusal whatever the reason, which stands on
/// the audit trail.
pub async fn complete_single_sign_on(
    context: &Context,
    ticket: &str,
    code: &str,
    origin: &Origin,
) -> Result<Outcome<SignOn>, Failure> {
    let throttle = Throttle::of_address(&origin.peer);
    if let Some(refused) = throttle.hold(context).await? {
        return Ok(Err(refused));
    }
    let values = [sha256(ticket.as_bytes()).to_vec().into(), code_hash(code).into(), context.now.into()];
    let sql = "select * from app.take_single_sign_on($1, $2, $3)";
    let taken: Option<Taken> = db::one(context.own_tx(), sql, values).await?;
    let Some(taken) = taken else {
        throttle.failed(context).await?;
        return Ok(Err(UserError::at(Code::ChallengeExpired, "ticket")));
    };
    let refused = async |about: Uuid, why: &str| -> Result<(), Failure> {
        throttle.failed(context).await?;
        let detail = json!({ "with": "singleSignOn", "provider": taken.provider_id, "why": why });
        Ok(record_refusal(context, "session.refused", about, detail).await?)
    };
    let user_id = match (taken.state.as_str(), taken.user_id) {
        ("AWAITING" | "ARRIVED", _) => return Ok(Ok(SignOn::Pending)),
        ("PROVED", Some(user_id)) => user_id,
        ("WRONG", _) => {
            refused(Uuid::nil(), "WRONG_CODE").await?;
            return Ok(Err(UserError::at(Code::SingleSignOnRefused, "code")));
        }
        ("REFUSED", _) => {
            throttle.failed(context).await?;
            return Ok(Err(UserError::new(Code::SingleSignOnRefused)));
        }
        (other, _) => return Err(Fault::broken(format!("a sign-in in the state {other}")).into()),
    };
    // They may have been deactivated since.
    let Some(actor) = context.enter_unproved(user_id).await? else {
        refused(user_id, "DEACTIVATED").await?;
        return Ok(Err(UserError::new(Code::SingleSignOnRefused)));
    };
    let factors = factors_of(context, actor.user_id).await?;
    if factors.any() && !taken.second_factor {
        let owed = challenge(context, actor.user_id, None, factors, SignInMethod::SingleSignOn).await?;
        return Ok(Ok(SignOn::SignedIn(SignedIn::Challenge(owed))));
    }
    let proven = Proven { method: SignInMethod::SingleSignOn, second_factor: taken.second_factor };
    let session = begin_session(context, actor.user_id, proven, &origin.user_agent).await?;
    Ok(Ok(SignOn::SignedIn(SignedIn::Session(session))))
}
