//! Signing in at an identity provider.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::Context as Domain;
use diwan_domain::trust::{self, SignOn, SignedIn};

use super::mutations::SignInChallenge;
use super::types::Session;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What a sign-in page must know.
pub struct SignInOptions;

/// What a sign-in page must know. It is the same for everybody.
#[Object]
impl SignInOptions {
    /// Where one can sign in besides here, by name.
    async fn identity_providers(&self, ctx: &Context<'_>) -> Result<Vec<SignInProvider>> {
        let op = Op::of(ctx)?;
        let providers = op.query(trust::sign_in_providers(op).await)?;
        let shown = |provider: trust::SignInProvider| SignInProvider {
            id: Kind::IdentityProvider.id(provider.id),
            name: provider.name,
        };
        Ok(providers.into_iter().map(shown).collect())
    }
}

/// An identity provider, as a sign-in page shows it.
#[derive(SimpleObject)]
struct SignInProvider {
    /// Names it in `beginSingleSignOn`.
    id: ID,
    /// What the agency calls it.
    name: String,
}

/// A sign-in at a provider.
#[derive(InputObject)]
struct BeginSingleSignOnInput {
    /// At which.
    identity_provider_id: ID,
    /// Where the browser goes in the end: one of the provider's `returnAddresses`, letter by letter. It is given the code of
    /// return as the parameter `code`. Without it, a page shows the code to the person.
    redirect_uri: Option<String>,
}

/// The answer of `beginSingleSignOn`.
#[derive(SimpleObject)]
struct BeginSingleSignOnPayload {
    /// Where to send the browser.
    authorization_url: Option<String>,
    /// Proves that it was this client that began. Keep it secret, and from the address that the browser goes to.
    ticket: Option<String>,
    /// For how long, in seconds.
    expires_in: Option<i64>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A sign-in to finish.
#[derive(InputObject)]
struct CompleteSingleSignOnInput {
    /// What `beginSingleSignOn` answered.
    ticket: String,
    /// The code of return: the parameter `code` of the address at which the browser arrived, or what the person read on the
    /// page.
    code: String,
}

/// The answer of `completeSingleSignOn`.
#[derive(SimpleObject)]
struct CompleteSingleSignOnPayload {
    /// The session, when it was granted.
    session: Option<Session>,
    /// What is owed, when the person has a second factor of their own and the provider's sign-in does not count as one. Go on
    /// with `completeSignIn`.
    challenge: Option<SignInChallenge>,
    /// Whether the provider has not answered yet, or its answer is being checked. Ask again in a second.
    pending: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What strangers may read.
#[derive(Default)]
pub struct SingleSignOnQuery;

#[Object]
impl SingleSignOnQuery {
    /// What a sign-in page must know. For everybody.
    async fn sign_in_options(&self) -> SignInOptions {
        SignInOptions
    }
}

/// Mutations of signing in at a provider.
#[derive(Default)]
pub struct SingleSignOnMutation;

#[Object]
impl SingleSignOnMutation {
    /// Begins to sign in at an identity provider. Within ten minutes the person signs in there and the browser comes back;
    /// then `completeSingleSignOn` gives the session.
    ///
    /// Like `signIn`, it is the only field of its operation, needs neither `Authorization` nor `Idempotency-Key`, and costs
    /// 5000 points.
    #[graphql(complexity = "5000 + child_complexity")]
    async fn begin_single_sign_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where.")] input: BeginSingleSignOnInput,
    ) -> Result<BeginSingleSignOnPayload> {
        let op = Op::of(ctx)?;
        let origin = &op.facts().origin;
        let command = async |context: &Domain| {
            let id = Kind::IdentityProvider.parse(&input.identity_provider_id, "identityProviderId")?;
            trust::begin_single_sign_on(context, id, input.redirect_uri, origin).await
        };
        let (begun, user_errors) = op.counted(command).await?;
        let Some(begun) = begun else {
            return Ok(BeginSingleSignOnPayload {
                authorization_url: None,
                ticket: None,
                expires_in: None,
                user_errors,
            });
        };
        Ok(BeginSingleSignOnPayload {
            authorization_url: Some(begun.authorization_url.to_string()),
            ticket: Some(begun.ticket),
            expires_in: Some(begun.expires_in),
            user_errors,
        })
    }

    /// Gives the session of a sign-in at a provider, once. It needs what the client that began it holds and what the browser
    /// that came back was given. Whatever the reason, a sign-in that was not accepted is `SINGLE_SIGN_ON_REFUSED`.
    ///
    /// Like `signIn`, it is the only field of its operation and needs neither `Authorization` nor `Idempotency-Key`. It costs
    /// 1000 points, so that it can be asked for until it is no longer `pending`.
    #[graphql(complexity = "1000 + child_complexity")]
    async fn complete_single_sign_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ticket and code.")] input: CompleteSingleSignOnInput,
    ) -> Result<CompleteSingleSignOnPayload> {
        let op = Op::of(ctx)?;
        let origin = &op.facts().origin;
        let command =
            async |context: &Domain| trust::complete_single_sign_on(context, &input.ticket, &input.code, origin).await;
        let (done, user_errors) = op.counted(command).await?;
        let pending = matches!(done, Some(SignOn::Pending));
        let (session, challenge) = match done {
            Some(SignOn::SignedIn(SignedIn::Session(session))) => (Some(Session { op: op.clone(), session }), None),
            Some(SignOn::SignedIn(SignedIn::Challenge(owed))) => (None, Some(owed.into())),
            Some(SignOn::Pending) | None => (None, None),
        };
        Ok(CompleteSingleSignOnPayload { session, challenge, pending, user_errors })
    }
}
