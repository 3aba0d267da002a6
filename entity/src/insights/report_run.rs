//! One rendering of a report.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::insights::report_template::ReportAudience;
use crate::tenancy::agency::Locale;

/// Whether the report is there.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReportState {
    Requested,
    Ready,
    Failed,
    Canceled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub kind: String,
    pub month: Date,
    pub locale: Locale,
    pub state: ReportState,
    pub requested_by: Uuid,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub byte_size: Option<i64>,
    pub sha256: Option<Vec<u8>>,
    pub error: Option<String>,
    pub from_day: Date,
    pub to_day: Date,
    pub title: Option<String>,
    pub audience: Option<ReportAudience>,
    pub template_id: Option<Uuid>,
    pub blocks: Option<Json>,
    pub against: Option<String>,
    pub texts: Option<Json>,
    pub formats: Option<Vec<String>>,
    pub digits: Option<String>,
    pub beside: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub progress: i16,
    pub note: Option<String>,
    pub token_id: Option<Uuid>,
    pub pictures_left_out: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
