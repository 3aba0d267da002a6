//! Passkeys: adding, naming and removing one's own, and signing in with one.

use async_graphql::{Context, ID, InputObject, Json, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::trust::{self, Ceremony, PasskeyAnswer};
use diwan_entity::trust::passkey;
use serde_json::Value;

use super::mutations::SessionPayload;
use super::second_factors::ProofInput;
use super::types::Session;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A passkey of the caller's.
pub struct Passkey {
    pub row: passkey::Model,
}

/// A passkey of the caller's.
#[Object]
impl Passkey {
    /// The passkey's id.
    async fn id(&self) -> ID {
        Kind::Passkey.id(self.row.id)
    }
    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was last shown; never since it was added without.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_used_at
    }
}

/// The answer of the mutations that begin a ceremony.
#[derive(SimpleObject)]
struct PasskeyCeremonyPayload {
    /// Names the ceremony, for its end. Keep it secret.
    ceremony_token: Option<String>,
    /// What the browser is given: for `PublicKeyCredential.parseCreationOptionsFromJSON` where a passkey is made, for
    /// `PublicKeyCredential.parseRequestOptionsFromJSON` where one is shown.
    options: Option<Json<Value>>,
    /// For how long the ceremony is good, in seconds.
    expires_in: Option<i64>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

impl PasskeyCeremonyPayload {
    fn new((ceremony, user_errors): (Option<Ceremony>, Vec<Refused>)) -> Self {
        let Some(Ceremony { token, options, expires_in }) = ceremony else {
            return Self { ceremony_token: None, options: None, expires_in: None, user_errors };
        };
        Self { ceremony_token: Some(token), options: Some(Json(options)), expires_in: Some(expires_in), user_errors }
    }
}

/// What the browser answers where a passkey is shown.
#[derive(InputObject)]
pub(super) struct PasskeyAnswerInput {
    /// The token of the ceremony.
    ceremony_token: String,
    /// The `PublicKeyCredential` of `navigator.credentials.get()`, by its `toJSON()`.
    credential: Json<Value>,
}

impl From<PasskeyAnswerInput> for PasskeyAnswer {
    fn from(input: PasskeyAnswerInput) -> Self {
        Self { ceremony_token: input.ceremony_token, credential: input.credential.0 }
    }
}

/// To make a passkey.
#[derive(InputObject)]
struct BeginPasskeyRegistrationInput {
    /// That it is still the caller. Needed in a session that began more than 10 minutes ago.
    proof: Option<ProofInput>,
}

/// A passkey to add.
#[derive(InputObject)]
struct AddPasskeyInput {
    /// The token of the ceremony.
    ceremony_token: String,
    /// The `PublicKeyCredential` of `navigator.credentials.create()`, by its `toJSON()`.
    credential: Json<Value>,
    /// What to call it, 1 to 100 characters.
    name: String,
}

/// The answer of `addPasskey`.
#[derive(SimpleObject)]
struct AddPasskeyPayload {
    /// The passkey, when it was added.
    passkey: Option<Passkey>,
    /// Ten recovery codes, if it is the caller's first factor. They are shown once.
    recovery_codes: Option<Vec<String>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A passkey to rename.
#[derive(InputObject)]
struct RenamePasskeyInput {
    /// Which.
    passkey_id: ID,
    /// What to call it, 1 to 100 characters.
    name: String,
}

/// The answer of `renamePasskey`.
#[derive(SimpleObject)]
struct RenamePasskeyPayload {
    /// The passkey, when it was renamed.
    passkey: Option<Passkey>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A passkey to take away.
#[derive(InputObject)]
struct RemovePasskeyInput {
    /// Which.
    passkey_id: ID,
    /// That it is still the caller.
    proof: ProofInput,
}

/// The answer of `removePasskey`.
#[derive(SimpleObject)]
struct RemovePasskeyPayload {
    /// Whether it is gone.
    removed: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// To sign in with a passkey.
#[derive(InputObject)]
struct BeginPasskeySignInInput {
    /// The token of the challenge that a right password was answered with: then the passkey is the second factor, for
    /// `completeSignIn`. Without, it is shown alone, to `signInWithPasskey`.
    challenge_token: Option<String>,
}

/// A passkey, shown to sign in.
#[derive(InputObject)]
struct SignInWithPasskeyInput {
    /// The token of the ceremony.
    ceremony_token: String,
    /// The `PublicKeyCredential` of `navigator.credentials.get()`, by its `toJSON()`.
    credential: Json<Value>,
}

/// Mutations of passkeys.
#[derive(Default)]
pub struct PasskeyMutation;

#[Object]
impl PasskeyMutation {
    /// Begins to make a passkey for the caller. A passkey signs in without a password and counts as a second factor.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn begin_passkey_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A proof.")] input: BeginPasskeyRegistrationInput,
    ) -> Result<PasskeyCeremonyPayload> {
        let op = Op::of(ctx)?;
        let proof = input.proof.map(Into::into);
        let begun = op.counted(async |context| trust::begin_passkey_registration(context, proof).await).await?;
        Ok(PasskeyCeremonyPayload::new(begun))
    }

    /// Adds the passkey that the browser has made. From now on every sign-in with the password asks for a second factor.
    async fn add_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passkey and its name.")] input: AddPasskeyInput,
    ) -> Result<AddPasskeyPayload> {
        let op = Op::of(ctx)?;
        let AddPasskeyInput { ceremony_token, credential, name } = input;
        let answer = PasskeyAnswer { ceremony_token, credential: credential.0 };
        let (done, user_errors) = op.counted(async |context| trust::add_passkey(context, &answer, &name).await).await?;
        let (row, recovery_codes) = done.unzip();
        Ok(AddPasskeyPayload {
            passkey: row.map(|row| Passkey { row }),
            recovery_codes: recovery_codes.flatten(),
            user_errors,
        })
    }

    /// Gives a passkey of the caller's another name.
    async fn rename_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passkey and its new name.")] input: RenamePasskeyInput,
    ) -> Result<RenamePasskeyPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &diwan_domain::Context| {
            trust::rename_passkey(context, Kind::Passkey.parse(&input.passkey_id, "passkeyId")?, &input.name).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RenamePasskeyPayload { passkey: row.map(|row| Passkey { row }), user_errors })
    }

    /// Takes a passkey of the caller's away. It needs the password, a code, a recovery code or a passkey. Sessions that it
    /// began stay until they are ended.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn remove_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passkey and a proof.")] input: RemovePasskeyInput,
    ) -> Result<RemovePasskeyPayload> {
        let op = Op::of(ctx)?;
        let RemovePasskeyInput { passkey_id, proof } = input;
        let command = async |context: &diwan_domain::Context| {
            trust::remove_passkey(context, Kind::Passkey.parse(&passkey_id, "passkeyId")?, proof.into()).await
        };
        let (done, user_errors) = op.counted(command).await?;
        Ok(RemovePasskeyPayload { removed: done.is_some(), user_errors })
    }

    /// Begins to prove with a passkey that it is still the caller, for a mutation that takes a `proof`.
    async fn begin_passkey_proof(&self, ctx: &Context<'_>) -> Result<PasskeyCeremonyPayload> {
        let op = Op::of(ctx)?;
        Ok(PasskeyCeremonyPayload::new(op.command(async |context| trust::begin_passkey_proof(context).await).await?))
    }

    /// Begins a sign-in with a passkey: alone, without an address or a password, or as the second factor of `signIn`.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn begin_passkey_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is for.")] input: BeginPasskeySignInInput,
    ) -> Result<PasskeyCeremonyPayload> {
        let op = Op::of(ctx)?;
        let challenge = input.challenge_token.as_deref();
        let begun = op.command(async |context| trust::begin_passkey_sign_in(context, challenge).await).await?;
        Ok(PasskeyCeremonyPayload::new(begun))
    }

    /// Signs in with a passkey alone. It has verified its user, so the session counts as begun with a second factor. Whatever
    /// is wrong is `PASSKEY_REFUSED`; a ceremony is good for one answer.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn sign_in_with_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passkey.")] input: SignInWithPasskeyInput,
    ) -> Result<SessionPayload> {
        let op = Op::of(ctx)?;
        let answer = PasskeyAnswer { ceremony_token: input.ceremony_token, credential: input.credential.0 };
        let origin = &op.facts().origin;
        let command = async |context: &_| trust::sign_in_with_passkey(context, &answer, origin).await;
        let (session, user_errors) = op.counted(command).await?;
        Ok(SessionPayload { session: session.map(|session| Session { op: op.clone(), session }), user_errors })
    }
}
