//! A connected profile, page or channel.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the account can be used.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountState {
    Connected,
    NeedsReconnect,
    Disconnected,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "social_account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub network: String,
    pub base_url: String,
    pub remote_id: String,
    pub handle: String,
    pub display_name: String,
    pub profile_url: Option<String>,
    pub state: AccountState,
    pub limits: Json,
    pub credentials: Option<Vec<u8>>,
    pub connected_by: Uuid,
    pub connected_at: DateTimeUtc,
    pub trouble: Option<String>,
    pub refreshing_by: Option<Uuid>,
    pub refreshing_until: Option<DateTimeUtc>,
    pub refresh_due_at: Option<DateTimeUtc>,
    pub closed_until: Option<DateTimeUtc>,
    pub checked_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
