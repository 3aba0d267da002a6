//! What a network told of an account's audience on a day, by one dimension.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audience_reading")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub social_account_id: Uuid,
    pub dimension: String,
    pub day: Date,
    pub read_at: DateTimeUtc,
    pub audience: String,
    pub unit: String,
    pub keys: Vec<String>,
    pub amounts: Vec<i64>,
    pub missing: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
