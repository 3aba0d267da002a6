//! A user's place in one brand.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::app_user::{Level, UserKind};

/// What somebody is good at.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Specialty {
    Strategist,
    ContentManager,
    CommunityManager,
    ReportAnalyst,
    AdsManager,
    Designer,
    VideoMaker,
    Copywriter,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub user_id: Uuid,
    pub level: Level,
    pub specialties: Vec<String>,
    pub starts_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub user_kind: UserKind,
    pub suspended_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub reminded_for: Option<DateTimeUtc>,
    pub added_by: Option<Uuid>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
