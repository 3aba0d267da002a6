//! What is checked on a brand's posts.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a check does about what it finds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckMode {
    Off,
    Warn,
    Block,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "content_checks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    pub banned_words: CheckMode,
    pub missing_pillar: CheckMode,
    pub off_mix: CheckMode,
    pub language: CheckMode,
    pub missing_alt_text: CheckMode,
    pub missing_disclosure: CheckMode,
    pub duplicate_text: CheckMode,
    pub duplicate_days: i32,
    pub open_checklist: CheckMode,
    pub mix_tolerance_bp: i32,
    pub disclosure_words: Vec<String>,
    pub updated_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::BrandId;
}
