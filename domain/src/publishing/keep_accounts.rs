//! Writing accounts that a network handed over, or connecting ones again that are there already.

use diwan_entity::InBrand as _;
use diwan_entity::publishing::account_connection;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::Connected;
use diwan_platform::crypto::Keyring;
use diwan_platform::http::is_web;
use diwan_platform::ids;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::accounts::{place, seal};
use super::check_job::CheckConnection;
use super::keep_account_job::KeepAccount;
use super::refresh::refresh_due;
use crate::error::Fault;
use crate::insights::{
    FIRST_OF_ACCOUNT, PAST_OF_ACCOUNT, ReadAccountHistory, ReadAudience, SyncMetrics, first_reading, is_offered,
    tells_of_the_past,
};
use crate::jobs::{Job as _, enqueue_each};
use crate::permission::Permit;
use crate::trust;
use chrono::{DateTime, Utc};

/// Writes the accounts of a connection, in two statements beside those of the audit trail. Answers their ids, in the order given.
pub(super) async fn keep_accounts(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    keys: &Keyring,
    connection: &account_connection::Model,
    connected: Vec<Connected>,
) -> Result<Vec<Uuid>, Fault> {
    let brand_id = permit.brand_id;
    let remote_ids = connected.iter().map(|account| account.remote_id.clone());
    let known = social_account::Entity::in_brand(brand_id)
        .filter(social_account::Column::Network.eq(&connection.network))
        .filter(social_account::Column::RemoteId.is_in(remote_ids))
        .all(permit.tx())
        .await?;
    let mut ids = Vec::with_capacity(connected.len());
    let mut rows = Vec::with_capacity(connected.len());
    let mut renewals = Vec::new();
    for account in connected {
        let base_url = account.base_url.to_string();
        let before = known.iter().find(|row| row.base_url == base_url && row.remote_id == account.remote_id);
        let id = before.map_or_else(|| ids::new_id(now), |row| row.id);
        let limits = serde_json::to_value(&account.limits).map_err(|_| Fault::broken("limits cannot be written"))?;
        let due = refresh_due(&connection.network, &account);
        ids.push(id);
        renewals.extend(due.map(|due| (permit, id, due)));
        rows.push(social_account::ActiveModel {
            id: Set(id),
            brand_id: Set(brand_id),
            network: Set(connection.network.clone()),
            base_url: Set(base_url),
            remote_id: Set(account.remote_id),
            handle: Set(account.handle),
            display_name: Set(account.display_name),
            profile_url: Set(account.profile_url.filter(is_web).map(|url| url.to_string())),
            state: Set(AccountState::Connected),
            limits: Set(limits),
            credentials: Set(Some(seal(keys, place(brand_id, id), &account.credentials.0)?)),
            connected_by: Set(connection.requested_by),
            connected_at: Set(now),
            trouble: Set(None),
            refresh_due_at: Set(due),
            ..Default::default()
        });
    }
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
            social_account::Column::RefreshDueAt,
            // What stood in the way of the old secrets does not stand in that of the new ones.
            social_account::Column::RefreshingBy,
            social_account::Column::RefreshingUntil,
            social_account::Column::ClosedUntil,
            social_account::Column::CheckedAt,
        ])
        .to_owned();
    // Their jobs before the accounts: so does whoever runs them.
    enqueue_each(KeepAccount.kind(), &renewals, now).await?;
    // What was planned on an account while it was not connected has its checks from now on.
    let checks: Vec<_> =
        ids.iter().filter(|id| known.iter().any(|row| row.id == **id)).map(|id| (permit, *id, now)).collect();
    enqueue_each(CheckConnection.kind(), &checks, now).await?;
    let numbers: Vec<_> = ids.iter().map(|id| (permit, *id, now + FIRST_OF_ACCOUNT)).collect();
    enqueue_each(SyncMetrics.kind(), &numbers, now).await?;
    if tells_of_the_past(&connection.network) {
        let past: Vec<_> = ids.iter().map(|id| (permit, *id, now + PAST_OF_ACCOUNT)).collect();
        enqueue_each(ReadAccountHistory.kind(), &past, now).await?;
    }
    if is_offered(&connection.network) {
        let audiences: Vec<_> = ids.iter().map(|id| (permit, *id, first_reading(now))).collect();
        enqueue_each(ReadAudience.kind(), &audiences, now).await?;
    }
    social_account::Entity::insert_many(rows).on_conflict(again).exec_without_returning(permit.tx()).await?;
    for id in &ids {
        let detail = serde_json::json!({ "network": connection.network });
        trust::record(permit, now, "account.connected", *id, detail).await?;
    }
    Ok(ids)
}
