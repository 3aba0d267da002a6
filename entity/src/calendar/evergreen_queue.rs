//! Posts that are published again and again.

use sea_orm::entity::prelude::*;

use super::post_series::RepeatMode;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evergreen_queue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub name: String,
    pub mode: RepeatMode,
    pub min_days: i16,
    pub max_copies: Option<i16>,
    pub lead_days: i16,
    pub paused_at: Option<DateTimeUtc>,
    pub in_name_of: Uuid,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
