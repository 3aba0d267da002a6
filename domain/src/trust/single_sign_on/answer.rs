//! The answer with which a provider sends a browser back.

use std::sync::Arc;

use diwan_entity::trust::identity_provider;
use diwan_entity::trust::single_sign_on::{self, SingleSignOnState};
use diwan_platform::crypto::{random, sha256};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::{Pending, code_hash};
use crate::context::Services;
use crate::error::{Code, Failure, Fault};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Permit;
use crate::trust;

/// What stands in the address (RFC 6749, §4.1.2; RFC 9207).
#[derive(Debug, Clone, Copy)]
pub struct SignOnAnswer<'a> {
    /// Finds the sign-in, once.
    pub state: &'a str,
    /// Whom the provider means; none when it or the person did not agree.
    pub code: Option<&'a str>,
    /// Which provider it says it is, if it says so.
    pub issuer: Option<&'a str>,
}

/// What the browser is given.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The code of return, which together with the ticket opens the session.
    pub code: String,
    /// Where the browser goes on.
    pub return_address: Option<Url>,
    /// Whether the provider agreed.
    pub agreed: bool,
}

/// Takes the answer of a provider, once, and has the worker exchange its code.
pub async fn accept_sign_on_answer(services: &Arc<Services>, answer: SignOnAnswer<'_>) -> Result<Returned, Failure> {
    let now = services.now();
    let tx = services.db.write().await?;
    let agency_id: Option<Uuid> = db::scalar(&tx, "select app.enter_agency_work()", []).await?;
    let agency_id = agency_id.ok_or(Code::LinkInvalid)?;
    let waiting = single_sign_on::Entity::find()
        .filter(single_sign_on::Column::StateHash.eq(sha256(answer.state.as_bytes()).to_vec()))
        .filter(single_sign_on::Column::State.eq(SingleSignOnState::Awaiting))
        .filter(single_sign_on::Column::ExpiresAt.gt(now))
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(Code::LinkInvalid)?;
    let provider = identity_provider::Entity::find_by_id(waiting.provider_id)
        .one(&tx)
        .await?
        .filter(|provider| provider.enabled)
        .ok_or(Code::LinkInvalid)?;
    let permit = Permit { tx: &tx, brand_id: Uuid::nil(), actor_id: None, agency_id };
    let code = data_encoding::BASE32_NOPAD.encode(&random::<5>()?).to_lowercase();
    let code = [&code[..4], &code[4..]].join("-");
    // An answer in the name of another provider was mixed up on its way.
    let ours = answer.issuer.is_none_or(|issuer| issuer == provider.issuer);
    let granted = answer.code.filter(|_| ours);
    let (state, secret) = match granted {
        Some(granted) => {
            let sealed = waiting.secret.as_ref().ok_or_else(|| Fault::broken("a sign-in without its secret"))?;
            let pending = Pending::open(services, waiting.id, sealed)?;
            let pending = Pending { code: Some(granted.to_owned()), ..pending };
            (SingleSignOnState::Arrived, Some(pending.seal(services, waiting.id)?))
        }
        None => (SingleSignOnState::Refused, None),
    };
    single_sign_on::Entity::update_many()
        .col_expr(single_sign_on::Column::StateHash, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(single_sign_on::Column::CodeHash, Expr::value(code_hash(&code)))
        .col_expr(single_sign_on::Column::State, Expr::value(state))
        .col_expr(single_sign_on::Column::Secret, Expr::value(secret))
        .filter(single_sign_on::Column::Id.eq(waiting.id))
        .exec(&tx)
        .await?;
    if granted.is_some() {
        enqueue(permit, super::FinishSingleSignOn.kind(), waiting.id, now, now).await?;
    } else {
        let why = if ours { "DECLINED" } else { "OTHER_ISSUER" };
        let detail = json!({ "with": "singleSignOn", "provider": provider.id, "why": why });
        trust::record(permit, now, "session.refused", Uuid::nil(), detail).await?;
    }
    tx.commit().await?;
    let return_address = waiting.return_address.as_deref().and_then(|address| Url::parse(address).ok());
    Ok(Returned { code, return_address, agreed: granted.is_some() })
}
