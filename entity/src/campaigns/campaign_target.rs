//! What a campaign has to reach.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::strategy::kpi_version::KpiDirection;

/// Where what was reached comes from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TargetSource {
    Kpi,
    Metric,
    PublishedPosts,
    LinkClicks,
    Conversions,
    Stated,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_target")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub campaign_id: Uuid,
    pub position: i32,
    pub name: String,
    pub source: TargetSource,
    pub kpi_id: Option<Uuid>,
    pub metric: Option<String>,
    pub direction: KpiDirection,
    pub target_micro: i64,
    pub unit: String,
    pub removed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
