//! The tenant: one client brand.

use sea_orm::entity::prelude::*;

use crate::tenancy::agency::{Locale, WeekStart};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brand")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub name: String,
    pub time_zone: String,
    pub locale: Locale,
    pub publish_grace_seconds: i32,
    pub created_at: DateTimeUtc,
    pub archived_at: Option<DateTimeUtc>,
    pub version: i32,
    pub base_currency: Option<String>,
    pub week_start: Option<WeekStart>,
    pub business_hours: Option<Json>,
    pub deletion_due_at: Option<DateTimeUtc>,
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::Id;
    const ID: Column = Column::Id;
}
