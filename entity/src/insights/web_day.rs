//! Visits of a day by where they came from.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How visits came.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    Direct,
    Search,
    Social,
    Referral,
    Campaign,
    Email,
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "web_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: Channel,
    #[sea_orm(primary_key, auto_increment = false)]
    pub referrer: String,
    pub sessions: i64,
    pub bounces: Option<i64>,
    pub page_views: Option<i64>,
    pub recorded_at: DateTimeUtc,
    pub revised_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
