//! Sessions: beginning, refreshing, listing and ending them.

use std::sync::Arc;

use chrono::Duration;
use diwan_entity::trust::session::SignInMethod;
use diwan_entity::trust::{refresh_token, session};
use diwan_platform::crypto::{sha256, token};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use sea_orm::{QueryOrder as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::audit::{record_own, record_refusal};
use crate::context::{Actor, Context};
use crate::error::{Code, Failure, Fault};

/// How long a session lives without being used.
const SESSION: Duration = Duration::days(30);

/// How long the refresh token before the newest is still answered, for two tabs that refresh at once.
const GRACE_SECONDS: f64 = 10.0;

/// The most sessions that are listed.
const MOST: u64 = 100;

/// What a client gets when somebody signs in.
#[derive(Debug, Clone)]
pub struct Session {
    /// A short-lived JWT for the `Authorization` header.
    pub access_token: String,
    /// How long the access token lives, in seconds.
    pub expires_in: i64,
    /// Gets the next pair, once.
    pub refresh_token: String,
    /// Whose session it is.
    pub actor: Arc<Actor>,
    /// Names the device at the next sign-in, when it is a new one.
    pub device_token: Option<String>,
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// The first factor.
    pub method: SignInMethod,
    /// Whether there was a second, or the first was as good as two.
    pub second_factor: bool,
}

/// A password alone.
pub(super) const BY_PASSWORD: Proven = Proven { method: SignInMethod::Password, second_factor: false };

/// Begins a session for somebody who has proved who they are by a password alone.
pub async fn start_session(context: &Context, user_id: Uuid, user_agent: &str) -> Result<Session, Failure> {
    begin_session(context, user_id, BY_PASSWORD, user_agent).await
}

/// Begins a session for somebody who has proved who they are.
pub(super) async fn begin_session(
    context: &Context,
    user_id: Uuid,
    proven: Proven,
    user_agent: &str,
) -> Result<Session, Failure> {
    let session_id = context.new_id();
    context.enter_user(user_id, Some(session_id)).await?;
    session::Entity::insert(session::ActiveModel {
        id: Set(session_id),
        user_id: Set(user_id),
        user_agent: Set(user_agent.chars().filter(|c| !c.is_control()).take(300).collect()),
        created_at: Set(context.now),
        last_used_at: Set(context.now),
        expires_at: Set(context.now + SESSION),
        method: Set(proven.method),
        second_factor: Set(proven.second_factor),
        ..Default::default()
    })
    .exec_without_returning(context.own_tx())
    .await?;
    // From here on the scope is that of the session, which may be a narrow one.
    let actor = context.enter_session(session_id, user_id).await?;
    let actor = actor.ok_or_else(|| Fault::broken("a session that has just begun has ended"))?;
    let detail = json!({ "method": proven.method.to_value(), "second_factor": proven.second_factor });
    record_own(context, &actor, "session.begin", detail).await?;
    issue(context, actor, session_id).await
}

#[derive(FromQueryResult)]
struct Taken {
    session_id: Uuid,
    user_id: Uuid,
    state: String,
}

/// Exchanges a refresh token for the next pair. `Ok(None)` when the token was replayed: then the session has been revoked,
/// and the caller must commit before it refuses.
pub async fn refresh_session(context: &Context, refresh_token: &str) -> Result<Option<Session>, Failure> {
    let taken: Option<Taken> = db::one(
        context.own_tx(),
        "select * from app.take_refresh_token($1, $2, make_interval(secs => $3))",
        [sha256(refresh_token.as_bytes()).to_vec().into(), context.now.into(), GRACE_SECONDS.into()],
    )
    .await?;
    let taken = taken.ok_or(Code::RefreshRefused)?;
    if taken.state == "REUSED" {
        tracing::warn!(session_id = %taken.session_id, "a refresh token was replayed; its session is revoked");
        record_refusal(context, "session.replayed", taken.user_id, json!({ "session": taken.session_id })).await?;
        return Ok(None);
    }
    let actor = context.enter_session(taken.session_id, taken.user_id).await?.ok_or(Code::RefreshRefused)?;
    session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(context.now))
        .col_expr(session::Column::ExpiresAt, Expr::value(context.now + SESSION))
        .filter(session::Column::Id.eq(taken.session_id))
        .exec(context.own_tx())
        .await?;
    issue(context, actor, taken.session_id).await.map(Some)
}

/// Ends the caller's session: its access token stops working with the next request.
pub async fn sign_out(context: &Context) -> Result<(), Failure> {
    let actor = context.signed_in()?;
    let session_id = own_session(&actor)?;
    end(context, &actor, Which::One(session_id), "SIGNED_OUT").await?;
    Ok(record_own(context, &actor, "session.sign_out", json!({ "session": session_id })).await?)
}

/// The living sessions of the caller, the last used first.
pub async fn sessions(context: &Context) -> Result<Vec<session::Model>, Failure> {
    let actor = context.signed_in()?;
    let select = session::Entity::find()
        .filter(session::Column::UserId.eq(actor.user_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(context.now))
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::Id)
        .limit(MOST);
    Ok(context.all(select).await?)
}

/// Ends one session of the caller's.
pub async fn revoke_session(context: &Context, session_id: Uuid) -> Result<(), Failure> {
    let actor = context.signed_in()?;
    if end(context, &actor, Which::One(session_id), "REVOKED").await? == 0 {
        return Err(Code::NotFound.into());
    }
    Ok(record_own(context, &actor, "session.revoke", json!({ "session": session_id })).await?)
}

/// Ends every session of the caller's but this one. Answers how many.
pub async fn revoke_other_sessions(context: &Context) -> Result<u64, Failure> {
    let actor = context.signed_in()?;
    let ended = end_others(context, &actor).await?;
    record_own(context, &actor, "session.revoke_others", json!({ "sessions": ended })).await?;
    Ok(ended)
}

/// Ends every session but the actor's; all of them for an actor without one.
pub(super) async fn end_others(context: &Context, actor: &Actor) -> Result<u64, Failure> {
    end(context, actor, Which::AllBut(actor.session_id.unwrap_or_default()), "REVOKED").await
}

/// The session of whoever asks; programs have none, and nothing here is for them.
pub(super) fn own_session(actor: &Actor) -> Result<Uuid, Failure> {
    actor.session_id.ok_or_else(|| Code::SignInRequired.into())
}

enum Which {
    One(Uuid),
    AllBut(Uuid),
}

async fn end(context: &Context, actor: &Actor, which: Which, because: &str) -> Result<u64, Failure> {
    let which = match which {
        Which::One(id) => session::Column::Id.eq(id),
        Which::AllBut(id) => session::Column::Id.ne(id),
    };
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(context.now))
        .col_expr(session::Column::RevokedBecause, Expr::value(because))
        .filter(session::Column::UserId.eq(actor.user_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(context.now))
        .filter(which)
        .exec(context.own_tx())
        .await?;
    Ok(ended.rows_affected)
}

async fn issue(context: &Context, actor: Arc<Actor>, session_id: Uuid) -> Result<Session, Failure> {
    let refresh = token("dwr")?;
    refresh_token::Entity::insert(refresh_token::ActiveModel {
        token_hash: Set(sha256(refresh.as_bytes()).to_vec()),
        session_id: Set(session_id),
        user_id: Set(actor.user_id),
        issued_at: Set(context.now),
        expires_at: Set(context.now + SESSION),
        used_at: Set(None),
    })
    .exec_without_returning(context.own_tx())
    .await?;
    let tokens = &context.services.tokens;
    let access_token =
        tokens.issue(actor.user_id, session_id, context.now).map_err(|error| Fault::broken(error.to_string()))?;
    Ok(Session {
        access_token,
        expires_in: tokens.lifetime().num_seconds(),
        refresh_token: refresh,
        actor,
        device_token: None,
    })
}
