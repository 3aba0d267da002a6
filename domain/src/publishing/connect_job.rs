//! The worker's part of connecting an account: every call to the network.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::publishing::account_connection::{self, ConnectionState};
use diwan_networks::{APP_NOT_SET_UP, Connected, Credentials, ErrorKind, NO_ACCOUNT, Network, NetworkError};
use diwan_platform::crypto::{sha256, token};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use url::Url;
use uuid::Uuid;

use super::accounts::{open, seal};
use super::choose_accounts::{Candidate, MOST_CANDIDATES, kept};
use super::connect_account::secret_place;
use super::keep_accounts::keep_accounts;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Connects an account: with an app password at once, with OAuth in two runs, before and after the person agrees.
#[derive(Debug)]
pub struct ConnectAccount;

/// Why a connection failed, beside the kinds of a network's errors: its application is not set up here; whoever agreed has no page or
/// channel there that can be published to.
const NOT_SET_UP: &str = "NOT_SET_UP";
const NO_ACCOUNT_THERE: &str = "NO_ACCOUNT";

enum Step {
    AskPerson { url: Url, secret: Vec<u8>, state_hash: Vec<u8> },
    Connected(Vec<Connected>),
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
            Ok(Step::Connected(accounts)) => take(work, &scope, &connection, accounts).await?,
            Err(error)
                if matches!(error.kind, ErrorKind::Retry | ErrorKind::RateLimited | ErrorKind::Unknown)
                    && work.claim.failures < 3 =>
            {
                drop(scope);
                return Err(Fault::broken(error.to_string()).into());
            }
            Err(error) if error.code == APP_NOT_SET_UP => fail(&scope, &connection, NOT_SET_UP).await?,
            Err(error) if error.code == NO_ACCOUNT => fail(&scope, &connection, NO_ACCOUNT_THERE).await?,
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
    let out = services.outside(network);
    let server =
        Url::parse(&connection.base_url).map_err(|_| Fault::broken("a connection's address cannot be read"))?;
    let redirect = services.oauth_redirect()?;
    let place = secret_place(connection.brand_id, connection.id);
    let Some(sealed) = &connection.secret else {
        let state = token("state").map_err(Fault::from)?;
        let begun = network.begin_authorization(out, &server, &redirect, &state).await;
        return Ok(match begun {
            Ok(authorization) => Ok(Step::AskPerson {
                url: services.http.called(&authorization.url),
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
        network.complete_authorization(out, &pending, &text("code"), &redirect).await
    } else {
        network
            .connect_with_app_password(out, &server, &text("identifier"), &text("password"))
            .await
            .map(|one| vec![one])
    };
    Ok(connected.map(Step::Connected))
}

/// Connects the account, or, where there are several, lets somebody choose.
async fn take(
    work: &Work,
    scope: &Scope,
    connection: &account_connection::Model,
    mut accounts: Vec<Connected>,
) -> Result<(), JobError> {
    accounts.truncate(MOST_CANDIDATES);
    let keys = &work.services.keys;
    let mut update = account_connection::Entity::update_many();
    if accounts.len() == 1 {
        let ids = keep_accounts(scope.permit().await?, scope.now, keys, connection, accounts).await?;
        update = update
            .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Connected))
            .col_expr(account_connection::Column::SocialAccountId, Expr::value(ids.first().copied()))
            .col_expr(account_connection::Column::Secret, Expr::value(Option::<Vec<u8>>::None));
    } else {
        let shown: Vec<Candidate> = accounts.iter().map(Candidate::from).collect();
        let shown = serde_json::to_value(shown).map_err(|_| Fault::broken("accounts cannot be written"))?;
        let secret = seal(keys, secret_place(connection.brand_id, connection.id), &kept(&accounts)?)?;
        update = update
            .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Choosing))
            .col_expr(account_connection::Column::Candidates, Expr::value(shown))
            .col_expr(account_connection::Column::Secret, Expr::value(secret));
    }
    update.filter(account_connection::Column::Id.eq(connection.id)).exec(scope.tx()).await?;
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
