//! What counts visits of one site.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How its numbers come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebSourceKind {
    Csv,
    Api,
    Matomo,
    Plausible,
}

/// Whether it is asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebSourceState {
    Checking,
    Connected,
    Failed,
    Disconnected,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "web_source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub name: String,
    pub kind: WebSourceKind,
    pub base_url: Option<String>,
    pub site_id: Option<String>,
    pub token: Option<Vec<u8>>,
    pub site_name: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
    pub state: WebSourceState,
    pub read_until: Option<Date>,
    pub asked_at: Option<DateTimeUtc>,
    pub read_at: Option<DateTimeUtc>,
    pub failures: i32,
    pub refused_since: Option<DateTimeUtc>,
    pub trouble: Option<String>,
    pub trouble_detail: Option<String>,
    pub told_at: Option<DateTimeUtc>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
