//! Money that somebody spent for a brand.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::budget_line::LineCategory;

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExpenseState {
    Draft,
    InApproval,
    Approved,
    Paid,
    SentBack,
    Withdrawn,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expense")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub spent_on: Date,
    pub category: LineCategory,
    pub vendor: String,
    pub note: String,
    pub currency: String,
    pub amount_minor: i64,
    pub tax_minor: Option<i64>,
    pub receipt_asset_id: Option<Uuid>,
    pub reimburse_to: Option<Uuid>,
    pub line_id: Option<Uuid>,
    pub booked_minor: Option<i64>,
    pub rate_id: Option<Uuid>,
    pub state: ExpenseState,
    pub created_by: Uuid,
    pub authors: Vec<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub paid_at: Option<DateTimeUtc>,
    pub paid_by: Option<Uuid>,
    pub payment_reference: String,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
