//! Something that a version of a proposal offers, priced.

use sea_orm::entity::prelude::*;

use crate::finance::budget_line::LineCategory;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub version_id: Uuid,
    pub position: i32,
    pub name: String,
    pub detail: String,
    pub category: LineCategory,
    pub quantity_milli: i64,
    pub unit: String,
    pub unit_price_minor: i64,
    pub discount_bp: Option<i32>,
    pub discount_fixed_minor: Option<i64>,
    pub tax_bp: i32,
    pub optional: bool,
    pub price_minor: i64,
    pub discount_minor: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
