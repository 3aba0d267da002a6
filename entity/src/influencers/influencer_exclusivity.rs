//! For whom somebody works, and for nobody beside.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "influencer_exclusivity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub influencer_id: Uuid,
    pub competitor: String,
    pub category: String,
    pub starts_on: Option<Date>,
    pub until_on: Option<Date>,
    pub source: String,
    pub recorded_by: Uuid,
    pub recorded_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
