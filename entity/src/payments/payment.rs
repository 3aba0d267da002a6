//! A part of the fee of a contract, on its way from a milestone to the bank.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// For what is paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Milestone {
    Deliverable,
    Date,
    Hours,
}

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentState {
    Blocked,
    Due,
    InApproval,
    Approved,
    Exported,
    Paid,
    Canceled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub contract_id: Uuid,
    pub title: String,
    pub milestone: Milestone,
    pub deliverable_id: Option<Uuid>,
    pub due_on: Option<Date>,
    pub amount_minor: i64,
    pub withholding_bp: i32,
    pub withheld_minor: i64,
    pub state: PaymentState,
    pub authors: Vec<Uuid>,
    pub file_id: Option<Uuid>,
    pub entry_id: Option<Uuid>,
    pub paid_at: Option<DateTimeUtc>,
    pub paid_by: Option<Uuid>,
    pub reference: String,
    pub cancel_reason: String,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
