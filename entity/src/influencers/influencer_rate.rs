//! What somebody asks for.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is paid for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RateFormat {
    Post,
    Story,
    Video,
    Live,
    Article,
    Appearance,
    Bundle,
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "influencer_rate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub influencer_id: Uuid,
    pub position: i16,
    pub network: Option<String>,
    pub format: RateFormat,
    pub amount_minor: i64,
    pub currency: String,
    pub note: String,
}

impl ActiveModelBehavior for ActiveModel {}
