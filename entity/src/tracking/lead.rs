//! Somebody who might buy.

use sea_orm::entity::prelude::*;

/// How far a lead has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadState {
    New,
    Qualified,
    HandedOver,
    Won,
    Lost,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub conversion_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub source: String,
    pub contact: Option<Vec<u8>>,
    pub note: String,
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
    pub state: LeadState,
    pub handed_to: Option<String>,
    pub handed_note: Option<String>,
    pub handed_over_at: Option<DateTimeUtc>,
    pub closed_note: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
