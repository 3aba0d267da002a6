//! Integrations and their API tokens.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::trust::{self, NewIntegration, NewToken};
use diwan_domain::{Action as DomainAction, Context as Domain, Failure};
use diwan_entity::tenancy::app_user;
use diwan_entity::trust::api_token;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Action, Level, User};

/// A program with an account of its own.
pub struct Integration {
    pub op: Op,
    pub row: app_user::Model,
}

/// A program with an account of its own.
#[Object]
impl Integration {
    /// The integration's id; as a user, under `node`, it has the same.
    async fn id(&self) -> ID {
        Kind::User.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was ended; null while it works.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.deactivated_at
    }
    /// Its tokens, newest first, at most 100 of them good.
    async fn tokens(&self) -> Result<Vec<ApiToken>> {
        let rows = self.op.load_of::<api_token::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ApiToken { op: self.op.clone(), row }).collect())
    }
}

/// A key with which an integration asks.
pub struct ApiToken {
    pub op: Op,
    pub row: api_token::Model,
}

/// A key with which an integration asks. The secret is shown once, when it is made.
#[Object]
impl ApiToken {
    /// The token's id; not the secret.
    async fn id(&self) -> ID {
        Kind::ApiToken.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// How the secret begins.
    async fn prefix(&self) -> &str {
        &self.row.prefix
    }
    /// What it is good for, where its integration and its maker may do it.
    async fn scopes(&self) -> Vec<Action> {
        self.row.scopes.iter().filter_map(|scope| DomainAction::of_name(scope)).map(Action::from).collect()
    }
    /// Who made it, if the caller sees them. It never does more than they may.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Until when it is good.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
    /// When it was last used, to the minute; null for never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_used_at
    }
    /// When it was revoked, if it was.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.row.revoked_at
    }
    /// Whether it still opens something, as far as it alone can tell.
    async fn good(&self) -> bool {
        trust::is_good(&self.row, self.op.now)
    }
}

/// A place that an integration gets.
#[derive(InputObject)]
struct IntegrationPlaceInput {
    /// In which brand.
    brand_id: ID,
    /// At which level: up to the caller's own.
    level: Level,
}

/// An integration to make.
#[derive(InputObject)]
struct CreateIntegrationInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// Its places, 1 to 100.
    places: Vec<IntegrationPlaceInput>,
}

/// The answer of `createIntegration` and `endIntegration`.
#[derive(SimpleObject)]
struct IntegrationPayload {
    /// The integration.
    integration: Option<Integration>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An integration to end.
#[derive(InputObject)]
struct EndIntegrationInput {
    /// Which.
    integration_id: ID,
}

/// A token to make.
#[derive(InputObject)]
struct CreateApiTokenInput {
    /// For which integration.
    integration_id: ID,
    /// What it is called, 1 to 200 characters.
    name: String,
    /// What it is good for; only what the caller may do and programs may at all.
    scopes: Vec<Action>,
    /// Until when, up to 366 days from now.
    expires_at: DateTime<Utc>,
}

/// The answer of `createApiToken`.
#[derive(SimpleObject)]
struct CreateApiTokenPayload {
    /// The token.
    token: Option<ApiToken>,
    /// The secret, for `Authorization: Bearer ...`. It is shown this once.
    secret: Option<String>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A token to end.
#[derive(InputObject)]
struct RevokeApiTokenInput {
    /// Which.
    token_id: ID,
}

/// The answer of `revokeApiToken`.
#[derive(SimpleObject)]
struct RevokeApiTokenPayload {
    /// The token.
    token: Option<ApiToken>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of integrations.
#[derive(Default)]
pub struct IntegrationMutation;

#[Object]
impl IntegrationMutation {
    /// Makes an integration: an account for a program. For SENIOR and above in each of its brands.
    async fn create_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The integration.")] input: CreateIntegrationInput,
    ) -> Result<IntegrationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let places = input.places.iter().enumerate().map(|(index, place)| {
                Ok((Kind::Brand.parse(&place.brand_id, &format!("places.{index}.brandId"))?, place.level.into()))
            });
            let places = places.collect::<Result<_, Failure>>()?;
            trust::create_integration(context, NewIntegration { name: input.name, places }).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(IntegrationPayload { integration: row.map(|row| Integration { op: op.clone(), row }), user_errors })
    }

    /// Ends an integration: its tokens stop working at once. For SENIOR and above in one of its brands.
    async fn end_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: EndIntegrationInput,
    ) -> Result<IntegrationPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            trust::end_integration(context, Kind::User.parse(&input.integration_id, "integrationId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(IntegrationPayload { integration: row.map(|row| Integration { op: op.clone(), row }), user_errors })
    }

    /// Makes an API token. Its secret is shown this once. For SENIOR and above
    /// in each brand of the integration.
    async fn create_api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateApiTokenInput,
    ) -> Result<CreateApiTokenPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let new = NewToken {
                integration_id: Kind::User.parse(&input.integration_id, "integrationId")?,
                name: input.name,
                scopes: input.scopes.into_iter().map(Into::into).collect(),
                expires_at: input.expires_at,
            };
            trust::create_api_token(context, new).await
        };
        let (done, user_errors) = op.command(command).await?;
        let (row, secret) = done.unzip();
        Ok(CreateApiTokenPayload { token: row.map(|row| ApiToken { op: op.clone(), row }), secret, user_errors })
    }

    /// Ends an API token at once. For SENIOR and above in one of the integration's brands.
    async fn revoke_api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RevokeApiTokenInput,
    ) -> Result<RevokeApiTokenPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            trust::revoke_api_token(context, Kind::ApiToken.parse(&input.token_id, "tokenId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(RevokeApiTokenPayload { token: row.map(|row| ApiToken { op: op.clone(), row }), user_errors })
    }
}
