//! How often a link was followed within a quarter of an hour.

use sea_orm::entity::prelude::*;

/// What a link was followed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Device {
    Desktop,
    Mobile,
    Tablet,
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_click")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub link_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub quarter: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub referrer_host: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub device: Device,
    pub clicks: i64,
}

impl ActiveModelBehavior for ActiveModel {}
