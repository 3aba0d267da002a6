//! The way to a connected account.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a connection has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionState {
    Requested,
    AwaitingAuthorization,
    Authorized,
    Choosing,
    Connected,
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_connection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub network: String,
    pub base_url: String,
    pub state: ConnectionState,
    pub secret: Option<Vec<u8>>,
    pub state_hash: Option<Vec<u8>>,
    pub authorization_url: Option<String>,
    pub social_account_id: Option<Uuid>,
    pub candidates: Option<Json>,
    pub error: Option<String>,
    pub requested_by: Uuid,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
