//! A day that matters to the agency or to a brand, in the calendar in which it is counted.

use sea_orm::entity::prelude::*;

use crate::tenancy::agency::CalendarSystem;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "special_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub brand_id: Option<Uuid>,
    pub name: String,
    pub system: CalendarSystem,
    pub year: Option<i32>,
    pub month_code: String,
    pub day: i16,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
