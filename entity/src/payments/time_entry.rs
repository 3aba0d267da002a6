//! Hours that somebody worked.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeEntryState {
    Submitted,
    Accepted,
    SentBack,
    Withdrawn,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "time_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub person_id: Uuid,
    pub contract_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub worked_on: Date,
    pub minutes: i32,
    pub note: String,
    pub state: TimeEntryState,
    pub rate_id: Option<Uuid>,
    pub fee_minor: Option<i64>,
    pub currency: Option<String>,
    pub payment_id: Option<Uuid>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub reason: String,
    pub created_by: Uuid,
    pub said_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
