//! Signing in and out, refreshing, and running jobs again.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use diwan_domain::trust::{self, Challenge, Credentials, Proof, SignedIn};
use diwan_domain::{Code, UserError};

use super::passkeys::PasskeyAnswerInput;
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
    /// The `deviceToken` of an earlier sign-in on this device. With it, nobody who guesses passwords elsewhere can keep the
    /// owner out.
    device_token: Option<String>,
}

/// A second factor that can be shown.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum SecondFactorMethod {
    /// A code of the authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// A recovery code.
    RecoveryCode,
}

/// A second factor is owed before there is a session.
#[derive(SimpleObject)]
pub(super) struct SignInChallenge {
    /// Names this sign-in, for `completeSignIn`. Keep it secret.
    token: String,
    /// What can be shown.
    methods: Vec<SecondFactorMethod>,
    /// For how long, in seconds.
    expires_in: i64,
}

/// The answer of `signIn`: a session, or what is owed before there is one.
#[derive(SimpleObject)]
struct SignInPayload {
    /// The session, when it was granted.
    session: Option<Session>,
    /// What is owed, when the password was right and is not enough.
    challenge: Option<SignInChallenge>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The second factor.
#[derive(InputObject)]
struct CompleteSignInInput {
    /// The token of the challenge.
    challenge_token: String,
    /// What is shown.
    proof: SecondFactorInput,
}

/// One second factor.
#[derive(OneofObject)]
enum SecondFactorInput {
    /// The six digits that the authenticator app shows.
    Code(String),
    /// A recovery code, which is void afterwards.
    RecoveryCode(String),
    /// A passkey, in a ceremony of `beginPasskeySignIn` with the token of this challenge.
    Passkey(PasskeyAnswerInput),
}

/// The answer of the mutations that give a session.
#[derive(SimpleObject)]
pub(super) struct SessionPayload {
    /// The session, when it was granted.
    pub session: Option<Session>,
    /// What must be mended.
    pub user_errors: Vec<Refused>,
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

impl From<Challenge> for SignInChallenge {
    fn from(challenge: Challenge) -> Self {
        let Challenge { token, factors, expires_in } = challenge;
        let mut methods = Vec::new();
        if factors.totp {
            methods.push(SecondFactorMethod::Totp);
        }
        if factors.passkeys > 0 {
            methods.push(SecondFactorMethod::Passkey);
        }
        if factors.recovery_codes > 0 {
            methods.push(SecondFactorMethod::RecoveryCode);
        }
        Self { token, methods, expires_in }
    }
}

/// Mutations of sessions and jobs.
#[derive(Default)]
pub struct TrustMutation;

#[Object]
impl TrustMutation {
    /// Begins a session, or asks for a second factor. It is the only field of its operation, whose `Authorization` is not
    /// looked at, and needs no `Idempotency-Key`. It costs 5000 points, so that one address can try about 40 passwords per
    /// minute. After too many failures it is `TOO_MANY_ATTEMPTS` for a while, also with the right password.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: SignInInput,
    ) -> Result<SignInPayload> {
        let op = Op::of(ctx)?;
        let SignInInput { email, password, device_token } = input;
        let credentials = Credentials { email, password, device_token };
        let origin = &op.facts().origin;
        let (done, user_errors) =
            op.counted(async |context| trust::sign_in(context, credentials, origin).await).await?;
        let (session, challenge) = match done {
            Some(SignedIn::Session(session)) => (Some(Session { op: op.clone(), session }), None),
            Some(SignedIn::Challenge(challenge)) => (None, Some(challenge.into())),
            None => (None, None),
        };
        Ok(SignInPayload { session, challenge, user_errors })
    }

    /// Finishes a sign-in for which a second factor is owed. A challenge takes five wrong ones.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn complete_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The second factor.")] input: CompleteSignInInput,
    ) -> Result<SessionPayload> {
        let op = Op::of(ctx)?;
        let proof = match input.proof {
            SecondFactorInput::Code(code) => Proof::Code(code),
            SecondFactorInput::RecoveryCode(code) => Proof::RecoveryCode(code),
            SecondFactorInput::Passkey(answer) => Proof::Passkey(answer.into()),
        };
        let origin = &op.facts().origin;
        let command = async |context: &_| trust::complete_sign_in(context, &input.challenge_token, proof, origin).await;
        let (session, user_errors) = op.counted(command).await?;
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
