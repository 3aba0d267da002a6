//! Something that a contract promises: due, handed in, accepted or sent back.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is handed in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliverableKind {
    Post,
    Story,
    Video,
    Article,
    Design,
    Event,
    Other,
}

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliverableState {
    Due,
    Submitted,
    Accepted,
    SentBack,
    Withdrawn,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliverable")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub contract_id: Uuid,
    pub title: String,
    pub brief: String,
    pub kind: DeliverableKind,
    pub due_on: Date,
    pub network: Option<String>,
    pub social_account_id: Option<Uuid>,
    pub assignee_id: Option<Uuid>,
    pub alive_days: Option<i32>,
    pub state: DeliverableState,
    pub submission: i32,
    pub post_id: Option<Uuid>,
    pub asset_id: Option<Uuid>,
    pub link: Option<String>,
    pub note: String,
    pub submitted_at: Option<DateTimeUtc>,
    pub submitted_by: Option<Uuid>,
    pub submitted_link_id: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    pub reason: String,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
    pub reminded_for: Option<Date>,
    pub overdue_for: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
