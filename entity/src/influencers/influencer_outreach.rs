//! What was said to somebody for a brand.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How somebody was spoken to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OutreachChannel {
    Email,
    DirectMessage,
    Phone,
    Meeting,
    Agent,
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "influencer_outreach")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub influencer_id: Uuid,
    pub channel: OutreachChannel,
    pub said_at: DateTimeUtc,
    pub said_by: Uuid,
    pub message: String,
    pub answer: String,
    pub answered_at: Option<DateTimeUtc>,
    pub follow_up_on: Option<Date>,
    pub created_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
