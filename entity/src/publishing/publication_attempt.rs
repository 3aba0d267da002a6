//! One try, written before the network is called.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How a try ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttemptOutcome {
    Published,
    Found,
    NotSent,
    Unknown,
    Refused,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub publication_id: Uuid,
    pub number: i32,
    pub fence: i64,
    pub started_at: DateTimeUtc,
    pub sending_at: Option<DateTimeUtc>,
    pub look_ups: i32,
    pub finished_at: Option<DateTimeUtc>,
    pub outcome: Option<AttemptOutcome>,
    pub error_code: Option<String>,
    pub error_detail: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
