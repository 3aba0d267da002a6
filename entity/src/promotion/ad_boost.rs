//! A post or an ad set that is advertised for money.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BoostState {
    Draft,
    InApproval,
    Approved,
    Running,
    Ended,
    Canceled,
}

/// What it is to bring.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BoostObjective {
    Awareness,
    Traffic,
    Engagement,
    Leads,
    Sales,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ad_boost")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub name: String,
    pub post_id: Option<Uuid>,
    pub ad_set: Option<String>,
    pub network: String,
    pub social_account_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub objective: BoostObjective,
    pub starts_on: Date,
    pub ends_on: Date,
    pub planned_minor: i64,
    pub currency: String,
    pub line_id: Option<Uuid>,
    pub state: BoostState,
    /// The database's to say: no change writes it.
    pub spent_minor: i64,
    pub created_by: Uuid,
    pub authors: Vec<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
