//! One step of a request.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::app_user::Level;

/// Whether it is its turn.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepState {
    Waiting,
    Open,
    Approved,
    ChangesRequested,
    Closed,
}

/// How many of them must approve.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepMode {
    Any,
    All,
}

/// Who is asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepAudience {
    Level,
    People,
    Client,
    Limit,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub request_id: Uuid,
    pub position: i32,
    pub state: StepState,
    pub mode: StepMode,
    pub audience: StepAudience,
    pub level: Option<Level>,
    pub people: Vec<Uuid>,
    pub due_hours: Option<i32>,
    pub opened_at: Option<DateTimeUtc>,
    pub due_at: Option<DateTimeUtc>,
    pub reminders: i32,
    pub closed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
