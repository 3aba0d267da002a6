//! Changing a password, and choosing a new one when it was forgotten.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use diwan_domain::trust;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;

/// Another password.
#[derive(InputObject)]
struct ChangePasswordInput {
    /// The password until now.
    current_password: String,
    /// The password from now on, 12 characters or more, and not easy to guess.
    new_password: String,
}

/// The answer of `changePassword`.
#[derive(SimpleObject)]
struct ChangePasswordPayload {
    /// Whether it was changed.
    changed: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Whose password was forgotten.
#[derive(InputObject)]
struct RequestPasswordResetInput {
    /// The address; case does not matter.
    email: String,
}

/// The answer of `requestPasswordReset`, which is the same whether or not somebody has the address.
#[derive(SimpleObject)]
struct RequestPasswordResetPayload {
    /// Whether a letter is on its way, if somebody has the address.
    requested: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A new password for whoever got the letter.
#[derive(InputObject)]
struct ResetPasswordInput {
    /// What stands at the end of the link in the letter.
    token: String,
    /// The new password, 12 characters or more, and not easy to guess.
    password: String,
}

/// The answer of `resetPassword`.
#[derive(SimpleObject)]
struct ResetPasswordPayload {
    /// Whether the new password is good from now on.
    changed: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of passwords.
#[derive(Default)]
pub struct PasswordMutation;

#[Object]
impl PasswordMutation {
    /// Changes the caller's password, and ends their other sessions.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two passwords.")] input: ChangePasswordInput,
    ) -> Result<ChangePasswordPayload> {
        let op = Op::of(ctx)?;
        let command =
            async |context: &_| trust::change_password(context, input.current_password, input.new_password).await;
        let (done, user_errors) = op.counted(command).await?;
        Ok(ChangePasswordPayload { changed: done.is_some(), user_errors })
    }

    /// Sends a letter with which a new password can be chosen within an hour. The answer does not tell whether somebody has
    /// the address.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RequestPasswordResetInput,
    ) -> Result<RequestPasswordResetPayload> {
        let op = Op::of(ctx)?;
        let (done, user_errors) =
            op.command(async |context| trust::request_password_reset(context, &input.email).await).await?;
        Ok(RequestPasswordResetPayload { requested: done.is_some(), user_errors })
    }

    /// Chooses a new password with the link of a letter, once, and ends every session of the person. Sign in with it
    /// afterwards; a second factor is still asked for.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new password.")] input: ResetPasswordInput,
    ) -> Result<ResetPasswordPayload> {
        let op = Op::of(ctx)?;
        let (done, user_errors) =
            op.command(async |context| trust::reset_password(context, &input.token, input.password).await).await?;
        Ok(ResetPasswordPayload { changed: done.is_some(), user_errors })
    }
}
