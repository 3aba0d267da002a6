//! A part of a budget, with its balance.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// For what the money of a line is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineCategory {
    Ads,
    Influencers,
    Production,
    Freelancers,
    Staff,
    Tools,
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub budget_id: Uuid,
    pub position: i32,
    pub name: String,
    pub category: LineCategory,
    pub allocated: i64,
    pub overdraft: i64,
    pub committed: i64,
    pub spent: i64,
    pub carried_to: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
