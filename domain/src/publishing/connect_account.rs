//! Asking for an account to be connected. The network is called by the worker ([`super::ConnectAccount`]).

use std::sync::Arc;

use chrono::Duration;
use diwan_entity::publishing::account_connection::{self, ConnectionState};
use diwan_networks::ConnectMethod;
use diwan_platform::crypto::{Place, sha256};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use url::Url;
use uuid::Uuid;

use super::accounts::{open, seal};
use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::trust;

/// How long the way may take, with a person who signs in elsewhere.
const LIFETIME: Duration = Duration::minutes(30);

/// How an account is to be connected.
#[derive(Debug, Clone)]
pub enum ConnectInput {
    /// With a password made for applications.
    AppPassword {
        /// The server that keeps the account.
        service: Url,
        /// Handle or address.
        identifier: String,
        /// The password.
        password: String,
    },
    /// By agreeing at the network.
    OAuth {
        /// The server that keeps the account; none where the network has only one.
        instance: Option<Url>,
    },
    /// With the token of a bot.
    BotToken {
        /// The chat in which it posts: its id, or its name with `@`.
        chat: String,
        /// The token.
        token: String,
    },
}

/// Where a connection's secret is sealed to.
pub(super) fn secret_place(brand_id: Uuid, connection_id: Uuid) -> Place {
    Place { brand_id, row_id: connection_id, column: "account_connection.secret" }
}

/// Begins to connect an account of `network`.
pub async fn connect_account(
    context: &Context,
    brand_id: Uuid,
    network: &str,
    input: ConnectInput,
) -> Result<account_connection::Model, Failure> {
    let permit = context.permit(Action::AccountConnect, brand_id).await?;
    let unknown =
        || UserError::at(Code::UnknownNetwork, "network").text("network", network.chars().take(40).collect::<String>());
    let capabilities = diwan_networks::network(network).ok_or_else(unknown)?.capabilities();
    let fits = matches!(
        (&input, capabilities.connect),
        (ConnectInput::AppPassword { .. }, ConnectMethod::AppPassword)
            | (ConnectInput::OAuth { .. }, ConnectMethod::OAuthCode { .. })
            | (ConnectInput::BotToken { .. }, ConnectMethod::BotToken)
    );
    if !fits {
        let method = capabilities.connect.as_str();
        return Err(UserError::at(Code::WrongConnectMethod, "network")
            .text("network", capabilities.name)
            .text("method", method)
            .into());
    }
    let mut wrong = Complaints::default();
    let id = context.new_id();
    let (server, field, secret) = match input {
        ConnectInput::AppPassword { service, identifier, password } => {
            let identifier =
                wrong.text("using.appPassword.identifier", &identifier, 253).trim_start_matches('@').to_owned();
            let password = wrong.text("using.appPassword.password", &password, 1024).to_owned();
            (
                Some(service),
                "using.appPassword.service",
                Some(serde_json::json!({ "identifier": identifier, "password": password })),
            )
        }
        ConnectInput::OAuth { instance } => (instance, "using.oauth.instance", None),
        ConnectInput::BotToken { chat, token } => {
            let chat = wrong.text("using.botToken.chat", &chat, 253).to_owned();
            let token = wrong.text("using.botToken.token", &token, 1024).to_owned();
            (None, "using.botToken", Some(serde_json::json!({ "identifier": chat, "password": token })))
        }
    };
    if capabilities.app.is_some_and(|app| context.services.apps.get(app).is_none()) {
        return Err(UserError::at(Code::NetworkNotSetUp, "network").text("network", capabilities.name).into());
    }
    // A network with one server needs no name of it, and takes no other.
    let server = match capabilities.home {
        Some(home) => Url::parse(home).map_err(|_| Fault::broken("a network's own address cannot be read"))?,
        None => server.ok_or_else(|| UserError::at(Code::Invalid, field))?,
    };
    // Whether the address may be called at all is asked again when it is called, of every address that it resolves to.
    if context.services.http.check(&server).is_err() {
        wrong.add(UserError::at(Code::AddressNotAllowed, field));
    }
    wrong.check()?;
    let keys = &context.services.keys;
    let secret = secret.map(|secret| seal(keys, secret_place(brand_id, id), &secret)).transpose()?;
    let connection = account_connection::Entity::insert(account_connection::ActiveModel {
        id: Set(id),
        brand_id: Set(brand_id),
        network: Set(capabilities.key.as_str().to_owned()),
        base_url: Set(server.origin().ascii_serialization()),
        state: Set(ConnectionState::Requested),
        secret: Set(secret),
        requested_by: Set(permit.person()?),
        created_at: Set(context.now),
        expires_at: Set(context.now + LIFETIME),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    enqueue(permit, super::ConnectAccount.kind(), id, context.now, context.now).await?;
    let detail = serde_json::json!({ "network": connection.network });
    trust::record(permit, context.now, "account.connect", id, detail).await?;
    Ok(connection)
}

#[derive(FromQueryResult)]
struct Waiting {
    brand_id: Uuid,
    connection_id: Uuid,
}

/// Takes the answer with which a network sent a person back: a code, or none when they did not agree. The `state` finds
/// the connection, once.
pub async fn accept_authorization(services: &Arc<Services>, state: &str, code: Option<&str>) -> Result<(), Failure> {
    let now = services.now();
    let tx = services.db.write().await?;
    let hash = sha256(state.as_bytes()).to_vec();
    let waiting: Option<Waiting> =
        db::one(&tx, "select * from app.brand_of_authorization($1, $2)", [hash.into(), now.into()]).await?;
    let Waiting { brand_id, connection_id } = waiting.ok_or(Code::LinkInvalid)?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand_id.into()]).await?;
    let agency_id = db::scalar(&tx, "select agency_id from brand where id = $1", [brand_id.into()]).await?;
    let permit = Permit { tx: &tx, brand_id, actor_id: None, agency_id };
    let connection = account_connection::Entity::find_by_id(connection_id)
        .one(&tx)
        .await?
        .ok_or_else(|| Fault::broken("a connection vanished"))?;
    let mut update = account_connection::Entity::update_many()
        .col_expr(account_connection::Column::StateHash, Expr::value(Option::<Vec<u8>>::None));
    update = match code {
        Some(code) => {
            let place = secret_place(brand_id, connection_id);
            let sealed = connection.secret.ok_or_else(|| Fault::broken("a connection without its secret"))?;
            let pending = open(&services.keys, place, &sealed)?;
            let secret = seal(&services.keys, place, &serde_json::json!({ "pending": pending, "code": code }))?;
            update
                .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Authorized))
                .col_expr(account_connection::Column::Secret, Expr::value(secret))
        }
        None => update
            .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Failed))
            .col_expr(account_connection::Column::Error, Expr::value("RECONNECT"))
            .col_expr(account_connection::Column::Secret, Expr::value(Option::<Vec<u8>>::None)),
    };
    // Of two answers at the same time, one finds the connection still waiting.
    let updated = update
        .filter(account_connection::Column::Id.eq(connection_id))
        .filter(account_connection::Column::State.eq(ConnectionState::AwaitingAuthorization))
        .exec(&tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(Code::LinkInvalid.into());
    }
    if code.is_some() {
        enqueue(permit, super::ConnectAccount.kind(), connection_id, now, now).await?;
    }
    Ok(tx.commit().await?)
}
