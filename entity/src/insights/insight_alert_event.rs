//! That a figure was as an alert describes: once until it is back.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlertEventState {
    Open,
    Seen,
    Cleared,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_alert_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub alert_id: Uuid,
    pub day: Date,
    pub raised_at: DateTimeUtc,
    pub figure_micro: i64,
    pub expected_micro: i64,
    pub low_micro: Option<i64>,
    pub high_micro: Option<i64>,
    pub currency: Option<String>,
    pub state: AlertEventState,
    pub seen_by: Option<Uuid>,
    pub seen_at: Option<DateTimeUtc>,
    pub cleared_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
