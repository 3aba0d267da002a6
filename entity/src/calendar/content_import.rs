//! A content plan that comes in as a file. What came of each row stands beside it in the column `report`, which is read apart.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::content_export::PlanFormat;
use crate::tenancy::agency::CalendarSystem;

/// How far it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportState {
    AwaitingFile,
    Received,
    Queued,
    Checked,
    Imported,
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub file_name: String,
    pub state: ImportState,
    pub format: Option<PlanFormat>,
    pub byte_size: Option<i64>,
    pub sha256: Option<Vec<u8>>,
    pub row_count: Option<i32>,
    pub dry_run: bool,
    pub skip_invalid: bool,
    pub calendar_system: CalendarSystem,
    pub requested_by: Uuid,
    pub run_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub posts: i32,
    pub refused: i32,
    pub known: i32,
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
