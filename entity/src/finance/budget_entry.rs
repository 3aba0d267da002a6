//! What was booked on a line of a budget. It stays as it was written.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What an entry does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingKind {
    Allocate,
    Commit,
    Release,
    Spend,
    Refund,
    Adjust,
    Overdraw,
}

/// What an entry is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceKind {
    Manual,
    Transfer,
    Request,
    Expense,
    Contract,
    Boost,
    Proposal,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub budget_id: Uuid,
    pub line_id: Uuid,
    pub kind: BookingKind,
    pub amount_minor: i64,
    pub drawn_minor: i64,
    pub source_kind: SourceKind,
    pub source_id: Uuid,
    pub reference: String,
    pub actor_id: Option<Uuid>,
    pub reason: String,
    pub booked_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
