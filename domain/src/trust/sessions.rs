//! Signing in with a password, refreshing, signing out.

use std::sync::Arc;

use chrono::Duration;
use diwan_entity::trust::{refresh_token, session};
use diwan_platform::crypto::{sha256, token};
use diwan_platform::{db, password};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::context::{Actor, Context};
use crate::error::{Code, Failure, Fault};

/// The shortest password, in characters (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where it is the only factor; 12 is a
/// compromise until a second factor can be required).
pub const MIN_PASSWORD: usize = 12;

/// The longest address or password that is looked at, in bytes, so that nobody makes the server hash a novel.
pub const MAX_PASSWORD: usize = 1024;

/// How long a session lives without being used.
const SESSION: Duration = Duration::days(30);

/// How long the refresh token before the newest is still answered, for two tabs that refresh at once.
const GRACE_SECONDS: f64 = 10.0;

/// An address and a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The address; case does not matter.
    pub email: String,
    /// The password.
    pub password: String,
}

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
}

#[derive(FromQueryResult)]
struct Found {
    user_id: Uuid,
    password_hash: Option<String>,
}

/// Begins a session for whoever knows the password.
pub async fn sign_in(context: &Context, credentials: Credentials, user_agent: &str) -> Result<Session, Failure> {
    let email = credentials.email.trim().to_lowercase();
    if credentials.password.len() > MAX_PASSWORD || email.len() > MAX_PASSWORD || email.contains('\0') {
        return Err(Code::WrongCredentials.into());
    }
    let found: Option<Found> =
        db::one(context.own_tx(), "select * from app.sign_in_by_email($1)", [email.into()]).await?;
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let right = password::verify(credentials.password, hash).await;
    let Some(found) = found.filter(|_| right) else {
        return Err(Code::WrongCredentials.into());
    };
    start_session(context, found.user_id, user_agent).await
}

/// Begins a session for somebody who has proved who they are.
pub async fn start_session(context: &Context, user_id: Uuid, user_agent: &str) -> Result<Session, Failure> {
    let session_id = context.new_id();
    let actor = context.enter_user(user_id, Some(session_id)).await?;
    session::Entity::insert(session::ActiveModel {
        id: Set(session_id),
        user_id: Set(actor.user_id),
        user_agent: Set(user_agent.chars().filter(|c| !c.is_control()).take(300).collect()),
        created_at: Set(context.now),
        last_used_at: Set(context.now),
        expires_at: Set(context.now + SESSION),
        ..Default::default()
    })
    .exec_without_returning(context.own_tx())
    .await?;
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
        return Ok(None);
    }
    let actor = context.enter_user(taken.user_id, Some(taken.session_id)).await.map_err(|failure| match failure {
        Failure::Refused(_) => Code::RefreshRefused.into(),
        fault @ Failure::Fault(_) => fault,
    })?;
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
    let session_id = actor.session_id.ok_or_else(|| Fault::broken("an actor without a session"))?;
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(context.now))
        .col_expr(session::Column::RevokedBecause, Expr::value("SIGNED_OUT"))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null())
        .exec(context.own_tx())
        .await?;
    Ok(())
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
    Ok(Session { access_token, expires_in: tokens.lifetime().num_seconds(), refresh_token: refresh, actor })
}
