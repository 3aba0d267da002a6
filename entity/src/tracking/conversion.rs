//! Something that somebody did and the brand wanted.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConversionKind {
    Lead,
    SignUp,
    Sale,
    Custom,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub kind: ConversionKind,
    pub name: Option<String>,
    pub source: String,
    pub external_id: String,
    pub digest: Vec<u8>,
    pub occurred_at: DateTimeUtc,
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
    pub endpoint_id: Option<Uuid>,
    pub import_id: Option<Uuid>,
    pub submission_id: Option<Uuid>,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
