//! Signing in and out, refreshing, and running jobs again.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::trust::{self, Credentials};
use diwan_domain::{Code, UserError};

use super::types::{Job, Session};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// An address and a password.
#[derive(InputObject)]
struct SignInInput {
    /// The address; case does not matter.
    email: String,
    /// The password.
    password: String,
}

/// The answer of `signIn` and `refreshSession`.
#[derive(SimpleObject)]
struct SessionPayload {
    /// The session, when it was granted.
    session: Option<Session>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A refresh token.
#[derive(InputObject)]
struct RefreshSessionInput {
    /// The newest refresh token of the session.
    refresh_token: String,
}

/// The answer of `signOut`.
#[derive(SimpleObject)]
struct SignOutPayload {
    /// Whether the session has ended.
    signed_out: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A job to run again.
#[derive(InputObject)]
struct RerunJobInput {
    /// The job.
    job_id: ID,
}

/// The answer of `rerunJob`.
#[derive(SimpleObject)]
struct RerunJobPayload {
    /// The job, when it runs again.
    job: Option<Job>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of sessions and jobs.
#[derive(Default)]
pub struct TrustMutation;

#[Object]
impl TrustMutation {
    /// Begins a session. It is the only field of its operation, whose `Authorization` is not looked at, and needs no
    /// `Idempotency-Key`. It costs 5000 points, so that one address can try about 40 passwords per minute.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: SignInInput,
    ) -> Result<SessionPayload> {
        let op = Op::of(ctx)?;
        let credentials = Credentials { email: input.email, password: input.password };
        let user_agent = op.facts().user_agent.clone();
        let (session, user_errors) =
            op.command(async |context| trust::sign_in(context, credentials, &user_agent).await).await?;
        Ok(SessionPayload { session: session.map(|session| Session { op: op.clone(), session }), user_errors })
    }

    /// Exchanges the newest refresh token for the next pair. A token that was used before ends its session.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> Result<SessionPayload> {
        let op = Op::of(ctx)?;
        let (session, mut user_errors) =
            op.command(async |context| trust::refresh_session(context, &input.refresh_token).await).await?;
        // Replayed: the refusal must not take the revocation back, so it is made here and not by the command.
        if matches!(session, Some(None)) {
            user_errors.push(Refused::new(op.locale(), &UserError::at(Code::RefreshRefused, "refreshToken")));
        }
        Ok(SessionPayload {
            session: session.flatten().map(|session| Session { op: op.clone(), session }),
            user_errors,
        })
    }

    /// Ends the caller's session at once, on every one of its tokens.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        let op = Op::of(ctx)?;
        let (done, user_errors) = op.command(async |context| trust::sign_out(context).await).await?;
        Ok(SignOutPayload { signed_out: done.is_some(), user_errors })
    }

    /// Runs a job again that was set aside. For SENIOR and above.
    async fn rerun_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: RerunJobInput,
    ) -> Result<RerunJobPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &diwan_domain::Context| {
            trust::rerun_job(context, Kind::Job.parse(&input.job_id, "jobId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RerunJobPayload { job: row.map(|row| Job { op: op.clone(), row }), user_errors })
    }
}
