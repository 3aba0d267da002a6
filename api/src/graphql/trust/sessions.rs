//! The caller's sessions.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::trust;
use diwan_entity::trust::session;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// How somebody proved who they are.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "session::SignInMethod")]
pub enum SignInMethod {
    /// With a password, and a second factor if `secondFactor` says so.
    Password,
    /// With a passkey.
    Passkey,
    /// By an identity provider.
    SingleSignOn,
}

/// A session of the caller's.
pub struct ActiveSession {
    pub current: bool,
    pub row: session::Model,
}

/// A session of the caller's.
#[Object]
impl ActiveSession {
    /// The session's id.
    async fn id(&self) -> ID {
        Kind::Session.id(self.row.id)
    }
    /// What the client said it is, as it began.
    async fn user_agent(&self) -> &str {
        &self.row.user_agent
    }
    /// How it began.
    async fn method(&self) -> SignInMethod {
        self.row.method.into()
    }
    /// Whether a second factor was shown, or something as good.
    async fn second_factor(&self) -> bool {
        self.row.second_factor
    }
    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was last refreshed.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.row.last_used_at
    }
    /// When it ends if it is not refreshed.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
    /// Whether it is the one that asks.
    async fn current(&self) -> bool {
        self.current
    }
}

/// A session to end.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// The session.
    session_id: ID,
}

/// The answer of `revokeSession`.
#[derive(SimpleObject)]
struct RevokeSessionPayload {
    /// Whether it has ended.
    revoked: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `revokeOtherSessions`.
#[derive(SimpleObject)]
struct RevokeOtherSessionsPayload {
    /// How many have ended.
    revoked: Option<i64>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Ends a session of the caller's at once.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RevokeSessionInput,
    ) -> Result<RevokeSessionPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &diwan_domain::Context| {
            trust::revoke_session(context, Kind::Session.parse(&input.session_id, "sessionId")?).await
        };
        let (done, user_errors) = op.command(command).await?;
        Ok(RevokeSessionPayload { revoked: done.is_some(), user_errors })
    }

    /// Ends every session of the caller's but this one.
    async fn revoke_other_sessions(&self, ctx: &Context<'_>) -> Result<RevokeOtherSessionsPayload> {
        let op = Op::of(ctx)?;
        let (ended, user_errors) = op.command(async |context| trust::revoke_other_sessions(context).await).await?;
        let revoked = ended.map(|ended| i64::try_from(ended).unwrap_or(i64::MAX));
        Ok(RevokeOtherSessionsPayload { revoked, user_errors })
    }
}
