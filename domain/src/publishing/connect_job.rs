//! The worker's part of connecting an account: every call to the network.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::publishing::account_connection::{self, ConnectionState};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{Connected, Credentials, ErrorKind, Network, NetworkError};
use diwan_platform::crypto::{sha256, token};
use diwan_platform::http::is_web;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use url::Url;
use uuid::Uuid;

use super::accounts::{open, place, seal};
use super::connect_account::secret_place;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::trust;

/// Connects an account: with an app password at once, with OAuth in two runs, before and after the person agrees.
#[derive(Debug)]
pub struct ConnectAccount;

enum Step {
    AskPerson { url: Url, secret: Vec<u8>, state_hash: Vec<u8> },
    Connected(Box<Connected>),
}

#[async_trait]
impl Job for ConnectAccount {
    fn kind(&self) -> &'static str {
        "connect_account"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found =
            account_connection::Entity::one_in_brand(scope.brand_id, work.claim.subject_id).one(scope.tx()).await?;
        let Some(connection) =
            found.filter(|row| matches!(row.state, ConnectionState::Requested | ConnectionState::Authorized))
        else {
            return scope.finish(Next::Done).await;
        };
        scope.commit().await?;
        let network = diwan_networks::network(&connection.network)
            .ok_or_else(|| Fault::broken(format!("a connection of the unknown network {}", connection.network)))?;
        let step = step(work, network, &connection).await?;
        let scope = work.begin().await?;
        match step {
            Ok(Step::AskPerson { url, secret, state_hash }) => {
                account_connection::Entity::update_many()
                    .col_expr(account_connection::Column::State, Expr::value(ConnectionState::AwaitingAuthorization))
                    .col_expr(account_connection::Column::AuthorizationUrl, Expr::value(url.to_string()))
                    .col_expr(account_connection::Column::StateHash, Expr::value(state_hash))
                    .col_expr(account_connection::Column::Secret, Expr::value(secret))
                    .filter(account_connection::Column::Id.eq(connection.id))
                    .exec(scope.tx())
                    .await?;
            }
            Ok(Step::Connected(connected)) => keep(work, &scope, &connection, *connected).await?,
            Err(error)
                if matches!(error.kind, ErrorKind::Retry | ErrorKind::RateLimited | ErrorKind::Unknown)
                    && work.claim.failures < 3 =>
            {
                drop(scope);
                return Err(Fault::broken(error.to_string()).into());
            }
            Err(error) => fail(&scope, &connection, error.kind.as_str()).await?,
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        let found = account_connection::Entity::in_brand(scope.brand_id)
            .filter(account_connection::Column::State.is_in([ConnectionState::Requested, ConnectionState::Authorized]))
            .filter(account_connection::Column::Id.eq(scope.subject_id()))
            .one(scope.tx())
            .await?;
        match found {
            Some(connection) => fail(scope, &connection, ErrorKind::Ask.as_str()).await,
            None => Ok(()),
        }
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        // Its secret was forgotten when it was given up.
        Ok(false)
    }
}

async fn step(
    work: &Work,
    network: &'static dyn Network,
    connection: &account_connection::Model,
) -> Result<Result<Step, NetworkError>, JobError> {
    let services = &work.services;
    let server =
        Url::parse(&connection.base_url).map_err(|_| Fault::broken("a connection's address cannot be read"))?;
    let redirect = services.oauth_redirect()?;
    let place = secret_place(connection.brand_id, connection.id);
    let Some(sealed) = &connection.secret else {
        let state = token("state").map_err(Fault::from)?;
        let begun = network.begin_authorization(&services.http, &server, &redirect, &state).await;
        return Ok(match begun {
            Ok(authorization) => Ok(Step::AskPerson {
                url: authorization.url,
                secret: seal(&services.keys, place, &authorization.pending.0)?,
                state_hash: sha256(state.as_bytes()).to_vec(),
            }),
            Err(error) => Err(error),
        });
    };
    let secret = open(&services.keys, place, sealed)?;
    let text = |name: &str| secret[name].as_str().unwrap_or_default().to_owned();
    let connected = if connection.state == ConnectionState::Authorized {
        let pending = Credentials(secret["pending"].clone());
        network.complete_authorization(&services.http, &pending, &text("code"), &redirect).await
    } else {
        network.connect_with_app_password(&services.http, &server, &text("identifier"), &text("password")).await
    };
    Ok(connected.map(|connected| Step::Connected(Box::new(connected))))
}

/// Writes the account, or connects one again that is there already.
async fn keep(
    work: &Work,
    scope: &Scope,
    connection: &account_connection::Model,
    connected: Connected,
) -> Result<(), JobError> {
    let base_url = connected.base_url.to_string();
    let known = social_account::Entity::in_brand(scope.brand_id)
        .filter(social_account::Column::Network.eq(&connection.network))
        .filter(social_account::Column::BaseUrl.eq(&base_url))
        .filter(social_account::Column::RemoteId.eq(&connected.remote_id))
        .one(scope.tx())
        .await?;
    let id = known.map_or_else(|| scope.new_id(), |account| account.id);
    let limits = serde_json::to_value(&connected.limits).map_err(|_| Fault::broken("limits cannot be written"))?;
    let row = social_account::ActiveModel {
        id: Set(id),
        brand_id: Set(scope.brand_id),
        network: Set(connection.network.clone()),
        base_url: Set(base_url),
        remote_id: Set(connected.remote_id),
        handle: Set(connected.handle),
        display_name: Set(connected.display_name),
        profile_url: Set(connected.profile_url.filter(is_web).map(|url| url.to_string())),
        state: Set(AccountState::Connected),
        limits: Set(limits),
        credentials: Set(Some(seal(&work.services.keys, place(scope.brand_id, id), &connected.credentials.0)?)),
        connected_by: Set(connection.requested_by),
        connected_at: Set(scope.now),
        trouble: Set(None),
    };
    let again = OnConflict::column(social_account::Column::Id)
        .update_columns([
            social_account::Column::Handle,
            social_account::Column::DisplayName,
            social_account::Column::ProfileUrl,
            social_account::Column::State,
            social_account::Column::Limits,
            social_account::Column::Credentials,
            social_account::Column::ConnectedBy,
            social_account::Column::ConnectedAt,
            social_account::Column::Trouble,
        ])
        .to_owned();
    social_account::Entity::insert(row).on_conflict(again).exec_without_returning(scope.tx()).await?;
    account_connection::Entity::update_many()
        .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Connected))
        .col_expr(account_connection::Column::SocialAccountId, Expr::value(id))
        .col_expr(account_connection::Column::Secret, Expr::value(Option::<Vec<u8>>::None))
        .filter(account_connection::Column::Id.eq(connection.id))
        .exec(scope.tx())
        .await?;
    let detail = serde_json::json!({ "network": connection.network });
    trust::record(scope.permit().await?, scope.now, "account.connected", id, detail).await?;
    Ok(())
}

async fn fail(scope: &Scope, connection: &account_connection::Model, kind: &str) -> Result<(), JobError> {
    account_connection::Entity::update_many()
        .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Failed))
        .col_expr(account_connection::Column::Error, Expr::value(kind))
        .col_expr(account_connection::Column::Secret, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(account_connection::Column::StateHash, Expr::value(Option::<Vec<u8>>::None))
        .filter(account_connection::Column::Id.eq(connection.id))
        .exec(scope.tx())
        .await?;
    Ok(())
}
