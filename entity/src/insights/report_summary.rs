//! What a program was asked for a report's summary, and what came of it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_summary")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    pub brand_id: Uuid,
    pub asked_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub text: Option<String>,
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::ReportId;
}
