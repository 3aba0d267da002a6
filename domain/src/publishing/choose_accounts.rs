//! Choosing among the pages and channels to which somebody may publish who agreed at a network.

use std::collections::HashSet;

use diwan_entity::InBrand as _;
use diwan_entity::publishing::account_connection::{self, ConnectionState};
use diwan_entity::publishing::social_account;
use diwan_networks::{Connected, Credentials, Limits};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::accounts::open;
use super::connect_account::secret_place;
use super::keep_accounts::keep_accounts;
use super::queries::social_accounts_by_ids;
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::Action;

/// The most accounts that somebody is let choose from.
pub(super) const MOST_CANDIDATES: usize = 500;

/// An account to choose, as people see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id at the network.
    pub remote_id: String,
    /// Its name for people.
    pub handle: String,
    /// The name that it shows.
    pub display_name: String,
    /// Where people see it.
    pub profile_url: Option<Url>,
}

impl From<&Connected> for Candidate {
    fn from(account: &Connected) -> Self {
        Self {
            remote_id: account.remote_id.clone(),
            handle: account.handle.clone(),
            display_name: account.display_name.clone(),
            profile_url: account.profile_url.clone(),
        }
    }
}

/// The accounts among which somebody is to choose; none when there is nothing to choose.
pub fn candidates(connection: &account_connection::Model) -> Result<Vec<Candidate>, Fault> {
    let Some(candidates) = connection.candidates.clone() else { return Ok(Vec::new()) };
    serde_json::from_value(candidates).map_err(|_| Fault::broken("the accounts of a connection cannot be read"))
}

/// The rest of an account, sealed until it is chosen.
#[derive(Serialize, Deserialize)]
struct Kept {
    base_url: Url,
    credentials: Value,
    limits: Limits,
}

/// What is sealed of these accounts, in their order.
pub(super) fn kept(accounts: &[Connected]) -> Result<Value, Fault> {
    let kept = accounts.iter().map(|account| Kept {
        base_url: account.base_url.clone(),
        credentials: account.credentials.0.clone(),
        limits: account.limits.clone(),
    });
    serde_json::to_value(kept.collect::<Vec<_>>()).map_err(|_| Fault::broken("accounts cannot be written"))
}

fn whole(candidate: Candidate, kept: Kept) -> Connected {
    Connected {
        remote_id: candidate.remote_id,
        handle: candidate.handle,
        display_name: candidate.display_name,
        profile_url: candidate.profile_url,
        base_url: kept.base_url,
        credentials: Credentials(kept.credentials),
        limits: kept.limits,
    }
}

/// Connects those that were chosen; the tokens of the others are forgotten.
pub async fn choose_accounts(
    context: &Context,
    connection_id: Uuid,
    remote_ids: &[String],
) -> Result<Vec<social_account::Model>, Failure> {
    let not_there = || UserError::at(Code::NotFound, "connectionId");
    let select = || account_connection::Entity::visible([connection_id]);
    let found = context.one(select()).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::AccountConnect, found.brand_id).await?;
    let connection = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    if connection.state != ConnectionState::Choosing || connection.expires_at <= context.now {
        let state = connection.state.to_value();
        return Err(UserError::at(Code::WrongState, "connectionId").text("state", state).into());
    }
    let sealed = connection.secret.as_deref().ok_or_else(|| Fault::broken("a choice without its secret"))?;
    let keys = &context.services.keys;
    let secret = open(keys, secret_place(connection.brand_id, connection.id), sealed)?;
    let kept: Vec<Kept> =
        serde_json::from_value(secret).map_err(|_| Fault::broken("the accounts of a connection cannot be read"))?;
    let wanted: HashSet<&str> = remote_ids.iter().map(String::as_str).collect();
    let all = candidates(&connection)?;
    let unknown = remote_ids.iter().position(|id| !all.iter().any(|candidate| candidate.remote_id == *id));
    if let Some(place) = unknown {
        return Err(UserError::at(Code::NotFound, &format!("remoteIds.{place}")).into());
    }
    let chosen: Vec<Connected> = all
        .into_iter()
        .zip(kept)
        .filter(|(candidate, _)| wanted.contains(candidate.remote_id.as_str()))
        .map(|(candidate, kept)| whole(candidate, kept))
        .collect();
    if chosen.is_empty() {
        return Err(UserError::at(Code::Invalid, "remoteIds").into());
    }
    let ids = keep_accounts(permit, context.now, keys, &connection, chosen).await?;
    account_connection::Entity::update_many()
        .col_expr(account_connection::Column::State, Expr::value(ConnectionState::Connected))
        .col_expr(account_connection::Column::SocialAccountId, Expr::value(ids.first().copied()))
        .col_expr(account_connection::Column::Candidates, Expr::value(Option::<Value>::None))
        .col_expr(account_connection::Column::Secret, Expr::value(Option::<Vec<u8>>::None))
        .filter(account_connection::Column::Id.eq(connection.id))
        .exec(permit.tx())
        .await?;
    social_accounts_by_ids(context, &ids).await
}
