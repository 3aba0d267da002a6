//! Payments that went to the bank together.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// In which form a file is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentFormat {
    Sepa,
    Csv,
}

/// Whether the payments of a file are on their way.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentFileState {
    Exported,
    Canceled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub format: PaymentFormat,
    pub currency: String,
    pub state: PaymentFileState,
    pub execute_on: Date,
    pub account: Option<Vec<u8>>,
    pub payment_count: i32,
    pub total_minor: i64,
    pub sha256: Vec<u8>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub canceled_by: Option<Uuid>,
    pub canceled_at: Option<DateTimeUtc>,
    pub cancel_reason: String,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
