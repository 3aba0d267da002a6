//! A report that is made and sent again and again.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::agency::Locale;

/// How often a report is made, and of what.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cadence {
    Weekly,
    Monthly,
    Quarterly,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub name: String,
    pub template_id: Option<Uuid>,
    pub built_in: Option<String>,
    pub cadence: Cadence,
    pub weekday: Option<i16>,
    pub month_day: Option<i16>,
    pub at_time: Time,
    pub formats: Vec<String>,
    pub emails: Vec<String>,
    pub member_ids: Vec<Uuid>,
    pub locale: Locale,
    pub paused_at: Option<DateTimeUtc>,
    pub trouble: Option<String>,
    pub in_name_of: Uuid,
    pub next_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
