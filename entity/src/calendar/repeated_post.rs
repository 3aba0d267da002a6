//! A post that was made from another.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "repeated_post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: Uuid,
    pub series_id: Option<Uuid>,
    pub item_id: Option<Uuid>,
    pub on_date: Date,
    pub due_at: DateTimeUtc,
    pub handed_on_at: Option<DateTimeUtc>,
    pub trouble: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::PostId;
}
