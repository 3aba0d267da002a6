//! What somebody allowed to be done with what they made.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GrantState {
    Asked,
    Granted,
    Refused,
    Expired,
    Revoked,
}

/// What for: posts, advertising, or both.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GrantScope {
    Organic,
    Paid,
    Both,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ugc_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub asset_id: Uuid,
    pub author_name: String,
    pub author_handle: String,
    pub network: String,
    pub template_id: Option<Uuid>,
    pub message: String,
    pub state: GrantState,
    pub scope: Option<GrantScope>,
    pub networks: Vec<String>,
    pub territory: String,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub evidence_asset_id: Option<Uuid>,
    pub evidence_url: Option<String>,
    pub evidence_note: String,
    pub asked_by: Uuid,
    pub asked_at: DateTimeUtc,
    pub answered_by: Option<Uuid>,
    pub answered_at: Option<DateTimeUtc>,
    pub ended_by: Option<Uuid>,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: String,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
