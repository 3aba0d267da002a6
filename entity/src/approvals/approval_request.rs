//! Something that waits for approval, or was decided.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is approved.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ApprovalKind {
    Post,
    Budget,
    Contract,
    Expense,
    Boost,
    Proposal,
    Campaign,
    Payment,
}

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestState {
    Pending,
    Approved,
    ChangesRequested,
    Withdrawn,
    Voided,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub kind: ApprovalKind,
    pub subject_id: Uuid,
    pub subject_version: i32,
    pub title: String,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub state: RequestState,
    pub requested_by: Uuid,
    pub authors: Vec<Uuid>,
    pub client_step: bool,
    pub created_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
