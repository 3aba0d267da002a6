//! The caller's second factors.

use async_graphql::{Context, InputObject, Object, OneofObject, Result, SimpleObject};
use diwan_domain::trust::{self, Factors, Proof};

use super::passkeys::{Passkey, PasskeyAnswerInput};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;

/// What the caller can show besides a password.
pub struct SecondFactors {
    pub op: Op,
    pub factors: Factors,
}

/// What the caller can show besides a password.
#[Object]
impl SecondFactors {
    /// Whether there is an authenticator app.
    async fn totp(&self) -> bool {
        self.factors.totp
    }
    /// The caller's passkeys, the oldest first, at most 20.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn passkeys(&self) -> Result<Vec<Passkey>> {
        let rows = self.op.query(trust::passkeys(&self.op).await)?;
        Ok(rows.into_iter().map(|row| Passkey { row }).collect())
    }
    /// Recovery codes that were not used.
    async fn recovery_codes_left(&self) -> i64 {
        self.factors.recovery_codes
    }
}

/// The answer of `beginTotp`.
#[derive(SimpleObject)]
struct BeginTotpPayload {
    /// The secret in base32, to type into the authenticator app. It is shown once.
    secret: Option<String>,
    /// The same as an `otpauth://` address, for a QR code.
    uri: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The first code of an authenticator app.
#[derive(InputObject)]
struct ConfirmTotpInput {
    /// The six digits that it shows.
    code: String,
}

/// The answer of the mutations that give recovery codes.
#[derive(SimpleObject)]
struct RecoveryCodesPayload {
    /// Ten codes, each for one sign-in without the other factors, with the caller's first factor or when they were asked for.
    /// They are shown once.
    recovery_codes: Option<Vec<String>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What proves that it is still the caller: one of these.
#[derive(OneofObject)]
pub(super) enum ProofInput {
    /// The password.
    Password(String),
    /// The six digits that the authenticator app shows.
    Code(String),
    /// A recovery code, which is void afterwards.
    RecoveryCode(String),
    /// A passkey, in a ceremony of `beginPasskeyProof`.
    Passkey(PasskeyAnswerInput),
}

impl From<ProofInput> for Proof {
    fn from(input: ProofInput) -> Self {
        match input {
            ProofInput::Password(password) => Self::Password(password),
            ProofInput::Code(code) => Self::Code(code),
            ProofInput::RecoveryCode(code) => Self::RecoveryCode(code),
            ProofInput::Passkey(answer) => Self::Passkey(answer.into()),
        }
    }
}

/// To take the authenticator app away.
#[derive(InputObject)]
struct RemoveTotpInput {
    /// That it is still the caller.
    proof: ProofInput,
}

/// The answer of `removeTotp`.
#[derive(SimpleObject)]
struct RemoveTotpPayload {
    /// Whether it is gone.
    removed: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// To make new recovery codes.
#[derive(InputObject)]
struct RenewRecoveryCodesInput {
    /// That it is still the caller.
    proof: ProofInput,
}

/// Mutations of second factors.
#[derive(Default)]
pub struct SecondFactorMutation;

#[Object]
impl SecondFactorMutation {
    /// Makes a secret for the caller's authenticator app. It counts once `confirmTotp` has taken a code of it.
    async fn begin_totp(&self, ctx: &Context<'_>) -> Result<BeginTotpPayload> {
        let op = Op::of(ctx)?;
        let (new, user_errors) = op.command(async |context| trust::begin_totp(context).await).await?;
        let (secret, uri) = new.map(|new| (new.secret, new.uri)).unzip();
        Ok(BeginTotpPayload { secret, uri, user_errors })
    }

    /// Takes the first code of the authenticator app, which every sign-in with the password asks for from now on. Answers
    /// recovery codes for when it is lost, if it is the caller's first factor.
    async fn confirm_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: ConfirmTotpInput,
    ) -> Result<RecoveryCodesPayload> {
        let op = Op::of(ctx)?;
        let (recovery_codes, user_errors) =
            op.command(async |context| trust::confirm_totp(context, &input.code).await).await?;
        Ok(RecoveryCodesPayload { recovery_codes: recovery_codes.flatten(), user_errors })
    }

    /// Takes the caller's authenticator app away. It needs the password, a code, a recovery code or a passkey.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn remove_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A proof.")] input: RemoveTotpInput,
    ) -> Result<RemoveTotpPayload> {
        let op = Op::of(ctx)?;
        let (done, user_errors) =
            op.counted(async |context| trust::remove_totp(context, input.proof.into()).await).await?;
        Ok(RemoveTotpPayload { removed: done.is_some(), user_errors })
    }

    /// Makes ten new recovery codes; the ones before are void. It needs the password, a code, a recovery code or a passkey.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn renew_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A proof.")] input: RenewRecoveryCodesInput,
    ) -> Result<RecoveryCodesPayload> {
        let op = Op::of(ctx)?;
        let (recovery_codes, user_errors) =
            op.counted(async |context| trust::renew_recovery_codes(context, input.proof.into()).await).await?;
        Ok(RecoveryCodesPayload { recovery_codes, user_errors })
    }
}
