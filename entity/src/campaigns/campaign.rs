//! What is done for one aim, in a span of days, with a budget.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a campaign has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CampaignState {
    Planned,
    InApproval,
    Approved,
    Active,
    Closed,
    Canceled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub name: String,
    pub objective: String,
    pub brief: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub planned_minor: Option<i64>,
    pub currency: Option<String>,
    pub state: CampaignState,
    pub created_by: Uuid,
    pub authors: Vec<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub activated_at: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
    pub lessons: Option<String>,
    pub report: Option<Json>,
    pub archived_at: Option<DateTimeUtc>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
