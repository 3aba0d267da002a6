//! The agency's identity providers, as the CMO sets them up.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::trust::{self, NewProvider, ProviderChange};
use diwan_domain::{Context as Domain, messages};
use diwan_entity::trust::identity_provider;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Whether a sign-in at a provider counts as two factors.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "identity_provider::ProviderSecondFactor")]
pub enum ProviderSecondFactor {
    /// Never: whoever has a second factor of their own is asked for it.
    Never,
    /// When the provider says that several factors were shown: `mfa` in the claim `amr`.
    Claimed,
    /// Always: the agency knows that the provider asks for them.
    Always,
}

/// How the last look at a provider ended.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "identity_provider::ProviderState")]
pub enum IdentityProviderState {
    /// Its metadata is being read.
    Pending,
    /// It can be used.
    Ready,
    /// Its metadata could not be read. If they were read before, people can sign in with what was read then.
    Failed,
}

/// An identity provider of the agency.
pub struct IdentityProvider {
    pub op: Op,
    pub row: identity_provider::Model,
}

/// An identity provider of the agency, by OpenID Connect. Its client secret is never shown.
#[Object]
impl IdentityProvider {
    /// The provider's id.
    async fn id(&self) -> ID {
        Kind::IdentityProvider.id(self.row.id)
    }
    /// What people see.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// Its address, as its metadata writes it.
    async fn issuer(&self) -> &str {
        &self.row.issuer
    }
    /// As what the provider knows this installation.
    async fn client_id(&self) -> &str {
        &self.row.client_id
    }
    /// The redirect address to register at the provider.
    async fn callback_url(&self) -> Result<String> {
        let url = self.op.query(self.op.services.single_sign_on_redirect().map_err(Into::into))?;
        Ok(url.to_string())
    }
    /// What is asked for besides `openid`.
    async fn scopes(&self) -> &[String] {
        &self.row.scopes
    }
    /// Domains of addresses by which somebody is recognised the first time; none: any.
    async fn allowed_domains(&self) -> &[String] {
        &self.row.allowed_domains
    }
    /// Addresses of applications to which a browser may be sent in the end.
    async fn return_addresses(&self) -> &[String] {
        &self.row.return_addresses
    }
    /// Whether people can sign in there.
    async fn enabled(&self) -> bool {
        self.row.enabled
    }
    /// Whether a sign-in there counts as two factors.
    async fn second_factor(&self) -> ProviderSecondFactor {
        self.row.second_factor.into()
    }
    /// Whether somebody of the allowed domains whom nobody invited gets an account, as staff without a place.
    async fn creates_people(&self) -> bool {
        self.row.creates_people
    }
    /// How the last look at it ended.
    async fn state(&self) -> IdentityProviderState {
        self.row.state.into()
    }
    /// Why the last look failed and what to do, in the caller's language.
    async fn trouble(&self) -> Option<String> {
        self.row.trouble.as_deref().map(|why| messages::provider_trouble(self.op.locale(), why))
    }
    /// When it was last looked at.
    async fn checked_at(&self) -> Option<DateTime<Utc>> {
        self.row.checked_at
    }
    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
}

/// An identity provider to add.
#[derive(InputObject)]
struct AddIdentityProviderInput {
    /// What people see, 1 to 100 characters.
    name: String,
    /// Its address, as its metadata writes it: `<issuer>/.well-known/openid-configuration` must be there.
    issuer: String,
    /// As what the provider knows this installation, up to 500 characters.
    client_id: String,
    /// The client's secret, up to 1000 characters. It is sealed and never shown again.
    client_secret: String,
    /// What is asked for besides `openid`, at most 20.
    #[graphql(default_with = "vec![\"email\".to_owned(), \"profile\".to_owned()]")]
    scopes: Vec<String>,
    /// Domains of addresses by which somebody is recognised the first time, at most 100; none: any.
    #[graphql(default)]
    allowed_domains: Vec<String>,
    /// Addresses of applications to which a browser may be sent in the end, at most 20: https, or http on the person's own
    /// machine.
    #[graphql(default)]
    return_addresses: Vec<String>,
    /// Whether people can sign in there.
    #[graphql(default = true)]
    enabled: bool,
    /// Whether a sign-in there counts as two factors.
    #[graphql(default_with = "ProviderSecondFactor::Never")]
    second_factor: ProviderSecondFactor,
    /// Whether somebody whom nobody invited gets an account. It needs `allowedDomains`.
    #[graphql(default)]
    creates_people: bool,
}

/// A change of an identity provider. What is left out stays. With another issuer it is another provider.
#[derive(InputObject)]
struct UpdateIdentityProviderInput {
    /// Which.
    identity_provider_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What people see, 1 to 100 characters.
    name: Option<String>,
    /// As what the provider knows this installation.
    client_id: Option<String>,
    /// The client's new secret.
    client_secret: Option<String>,
    /// What is asked for besides `openid`: the whole of it.
    scopes: Option<Vec<String>>,
    /// Domains of addresses by which somebody is recognised the first time: the whole of it.
    allowed_domains: Option<Vec<String>>,
    /// Addresses of applications to which a browser may be sent in the end: the whole of it.
    return_addresses: Option<Vec<String>>,
    /// Whether people can sign in there.
    enabled: Option<bool>,
    /// Whether a sign-in there counts as two factors.
    second_factor: Option<ProviderSecondFactor>,
    /// Whether somebody whom nobody invited gets an account.
    creates_people: Option<bool>,
}

/// An identity provider to remove.
#[derive(InputObject)]
struct RemoveIdentityProviderInput {
    /// Which.
    identity_provider_id: ID,
}

/// The answer of `addIdentityProvider` and `updateIdentityProvider`.
#[derive(SimpleObject)]
struct IdentityProviderPayload {
    /// The provider. Its metadata is read a moment later.
    identity_provider: Option<IdentityProvider>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `removeIdentityProvider`.
#[derive(SimpleObject)]
struct RemoveIdentityProviderPayload {
    /// Whether it is gone.
    removed: bool,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What the CMO reads.
#[derive(Default)]
pub struct IdentityProviderQuery;

#[Object]
impl IdentityProviderQuery {
    /// The agency's identity providers, by name; at most 20. For the CMO.
    #[graphql(complexity = "20 * child_complexity")]
    async fn identity_providers(&self, ctx: &Context<'_>) -> Result<Vec<IdentityProvider>> {
        let op = Op::of(ctx)?;
        let rows = op.query(trust::identity_providers(op).await)?;
        Ok(rows.into_iter().map(|row| IdentityProvider { op: op.clone(), row }).collect())
    }
}

/// Mutations of identity providers.
#[derive(Default)]
pub struct IdentityProviderMutation;

#[Object]
impl IdentityProviderMutation {
    /// Adds an identity provider. People can sign in there once its metadata was read. For the CMO.
    async fn add_identity_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The provider.")] input: AddIdentityProviderInput,
    ) -> Result<IdentityProviderPayload> {
        let op = Op::of(ctx)?;
        let new = NewProvider {
            name: input.name,
            issuer: input.issuer,
            client_id: input.client_id,
            client_secret: input.client_secret,
            scopes: input.scopes,
            allowed_domains: input.allowed_domains,
            return_addresses: input.return_addresses,
            enabled: input.enabled,
            second_factor: input.second_factor.into(),
            creates_people: input.creates_people,
        };
        let (row, user_errors) = op.command(async |context| trust::add_identity_provider(context, new).await).await?;
        let identity_provider = row.map(|row| IdentityProvider { op: op.clone(), row });
        Ok(IdentityProviderPayload { identity_provider, user_errors })
    }

    /// Changes an identity provider, and has its metadata read anew. For the CMO.
    async fn update_identity_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateIdentityProviderInput,
    ) -> Result<IdentityProviderPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::IdentityProvider.parse(&input.identity_provider_id, "identityProviderId")?;
            let change = ProviderChange {
                version: input.version,
                name: input.name,
                client_id: input.client_id,
                client_secret: input.client_secret,
                scopes: input.scopes,
                allowed_domains: input.allowed_domains,
                return_addresses: input.return_addresses,
                enabled: input.enabled,
                second_factor: input.second_factor.map(Into::into),
                creates_people: input.creates_people,
            };
            trust::update_identity_provider(context, id, change).await
        };
        let (row, user_errors) = op.command(command).await?;
        let identity_provider = row.map(|row| IdentityProvider { op: op.clone(), row });
        Ok(IdentityProviderPayload { identity_provider, user_errors })
    }

    /// Removes an identity provider, with whom it knows as whom. Sessions that were begun there go on. For the CMO.
    async fn remove_identity_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RemoveIdentityProviderInput,
    ) -> Result<RemoveIdentityProviderPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::IdentityProvider.parse(&input.identity_provider_id, "identityProviderId")?;
            trust::remove_identity_provider(context, id).await
        };
        let (done, user_errors) = op.command(command).await?;
        Ok(RemoveIdentityProviderPayload { removed: done.is_some(), user_errors })
    }
}
