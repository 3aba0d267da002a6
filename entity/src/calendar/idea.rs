//! What might become a post.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The column of the board in which an idea is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdeaState {
    New,
    Exploring,
    Ready,
    Taken,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idea")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub title: String,
    pub note: String,
    pub state: IdeaState,
    pub position: Option<i32>,
    pub pillar_id: Option<Uuid>,
    pub wished_for: Option<Date>,
    pub tags: Vec<String>,
    pub assignee_id: Option<Uuid>,
    pub source_title: Option<String>,
    pub source_url: Option<String>,
    pub credit: Option<String>,
    pub item_id: Option<Uuid>,
    pub post_id: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub archived_at: Option<DateTimeUtc>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
