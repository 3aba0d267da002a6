//! A connected account: opening its secrets, losing and ending the connection.

use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{Account, Credentials, Limits, Network, NetworkError};
use diwan_platform::crypto::{Keyring, Place};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter};
use url::Url;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::jobs::{JobError, Scope};
use crate::permission::Action;
use crate::{notices, trust};

/// Where an account's secrets are sealed to.
pub(super) fn place(brand_id: Uuid, account_id: Uuid) -> Place {
    Place { brand_id, row_id: account_id, column: "social_account.credentials" }
}

/// Seals what a network must remember.
pub(super) fn seal(keys: &Keyring, place: Place, secret: &serde_json::Value) -> Result<Vec<u8>, Fault> {
    let bytes = serde_json::to_vec(secret).map_err(|_| Fault::broken("a secret cannot be written"))?;
    Ok(keys.seal(place, &bytes)?)
}

/// Opens it again.
pub(super) fn open(keys: &Keyring, place: Place, sealed: &[u8]) -> Result<serde_json::Value, Fault> {
    let bytes = keys.open(place, sealed)?;
    serde_json::from_slice(&bytes).map_err(|_| Fault::broken("a secret cannot be read"))
}

/// Why an account cannot be used now.
#[derive(Debug)]
pub enum Unusable {
    /// A person must connect it again.
    NeedsReconnect,
    /// The network could not refresh it this time.
    Network(NetworkError),
}

/// An account that can be used now.
pub struct Usable {
    /// Its network.
    pub network: &'static dyn Network,
    /// The account, its secrets opened.
    pub account: Account,
    /// The secrets as they are stored: what a change of them is compared with.
    pub sealed: Vec<u8>,
}

/// What an account's server allows it.
pub fn limits_of(row: &social_account::Model) -> Result<Limits, Fault> {
    serde_json::from_value(row.limits.clone())
        .map_err(|error| Fault::broken(format!("the limits of account {}: {error}", row.id)))
}

/// A connected account with its secrets opened; none where it is not connected.
pub(super) fn opened(keys: &Keyring, row: &social_account::Model) -> Result<Option<Usable>, Fault> {
    let (AccountState::Connected, Some(sealed)) = (row.state, row.credentials.as_deref()) else {
        return Ok(None);
    };
    let network = diwan_networks::network(&row.network)
        .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", row.network)))?;
    let broken = |what: &str| Fault::broken(format!("account {}: its {what} cannot be read", row.id));
    let account = Account {
        base_url: Url::parse(&row.base_url).map_err(|_| broken("address"))?,
        remote_id: row.remote_id.clone(),
        handle: row.handle.clone(),
        credentials: Credentials(open(keys, place(row.brand_id, row.id), sealed)?),
        limits: limits_of(row)?,
    };
    Ok(Some(Usable { network, account, sealed: sealed.to_vec() }))
}

/// Marks an account that its network no longer accepts with these secrets, and tells the team. False when it has others by now, or is
/// marked already.
pub(super) async fn needs_reconnect(
    scope: &Scope,
    row: &social_account::Model,
    sealed: &[u8],
    detail: &str,
) -> Result<bool, JobError> {
    let marked = social_account::Entity::update_many()
        .col_expr(social_account::Column::State, Expr::value(AccountState::NeedsReconnect))
        .col_expr(social_account::Column::Trouble, Expr::value(detail.chars().take(500).collect::<String>()))
        .filter(social_account::Column::BrandId.eq(row.brand_id))
        .filter(social_account::Column::Id.eq(row.id))
        .filter(social_account::Column::State.eq(AccountState::Connected))
        .filter(social_account::Column::Credentials.eq(sealed.to_vec()))
        .exec(scope.tx())
        .await?;
    if marked.rows_affected == 0 {
        return Ok(false);
    }
    notices::account_needs_reconnect(scope.permit().await?, scope.now, row).await?;
    Ok(true)
}

/// Whether the account is connected with other secrets than these: somebody has renewed it or connected it again meanwhile.
pub(super) async fn has_other_secrets(
    scope: &Scope,
    row: &social_account::Model,
    sealed: &[u8],
) -> Result<bool, JobError> {
    let row = social_account::Entity::one_in_brand(row.brand_id, row.id).one(scope.tx()).await?;
    Ok(row.is_some_and(|row| row.state == AccountState::Connected && row.credentials.as_deref() != Some(sealed)))
}

/// Ends a connection: its secrets are forgotten, what was published stays. What is scheduled on it will need attention.
pub async fn disconnect_account(context: &Context, account_id: Uuid) -> Result<social_account::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "socialAccountId");
    let account = context.one(social_account::Entity::visible([account_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::AccountDisconnect, account.brand_id).await?;
    if account.state == AccountState::Disconnected {
        return Err(UserError::at(Code::WrongState, "socialAccountId").text("state", account.state.to_value()).into());
    }
    social_account::Entity::update_many()
        .col_expr(social_account::Column::State, Expr::value(AccountState::Disconnected))
        .col_expr(social_account::Column::Credentials, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(social_account::Column::Trouble, Expr::value(Option::<String>::None))
        .filter(social_account::Column::BrandId.eq(account.brand_id))
        .filter(social_account::Column::Id.eq(account.id))
        .exec(permit.tx())
        .await?;
    trust::record(permit, context.now, "account.disconnect", account.id, serde_json::json!({})).await?;
    let row = context.one(social_account::Entity::one_in_brand(account.brand_id, account.id)).await?;
    Ok(row.ok_or_else(not_there)?)
}
