//! Since when numbers could not be read.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Why numbers are missing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GapReason {
    NeedsReconnect,
    Network,
    NotServed,
    Gone,
    GaveUp,
    RateLimit,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "metric_gap")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub social_account_id: Uuid,
    pub publication_id: Option<Uuid>,
    pub reason: GapReason,
    pub began_at: DateTimeUtc,
    pub tries: i32,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
