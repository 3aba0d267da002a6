//! What a feed brought.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub source_id: Uuid,
    pub guid_hash: Vec<u8>,
    pub url: Option<String>,
    pub title: String,
    pub summary: String,
    pub author: String,
    pub published_at: Option<DateTimeUtc>,
    pub found_at: DateTimeUtc,
    pub dismissed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
