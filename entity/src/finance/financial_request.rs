//! More money that is asked for, for a line of a budget.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FinancialRequestState {
    Draft,
    InApproval,
    Approved,
    SentBack,
    Withdrawn,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "financial_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub line_id: Uuid,
    pub title: String,
    pub amount_minor: i64,
    pub why: String,
    pub expected_result: String,
    pub alternatives: String,
    pub needed_by: Option<Date>,
    pub state: FinancialRequestState,
    pub entry_id: Option<Uuid>,
    pub created_by: Uuid,
    pub owner_id: Option<Uuid>,
    pub authors: Vec<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
