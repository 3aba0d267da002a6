//! Work at a post, given to somebody.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub post_id: Uuid,
    pub user_id: Uuid,
    pub brief: String,
    pub due_at: Option<DateTimeUtc>,
    pub assigned_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
