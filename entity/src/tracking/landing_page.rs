//! A page of a brand that asks visitors to do one thing.

use sea_orm::entity::prelude::*;

use crate::tenancy::agency::Locale;

/// How far a page has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LandingState {
    Draft,
    Published,
    Archived,
}

/// What visitors are asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LandingAction {
    Link,
    Form,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "landing_page")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub code: String,
    pub slug: String,
    pub campaign_id: Option<Uuid>,
    pub locale: Locale,
    pub title: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub blocks: Json,
    pub asset_id: Option<Uuid>,
    pub image_alt: String,
    pub action: LandingAction,
    pub action_label: String,
    pub link_id: Option<Uuid>,
    pub form_fields: Vec<String>,
    pub required_fields: Vec<String>,
    pub consent: String,
    pub thanks: String,
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
    pub state: LandingState,
    pub published_by: Option<Uuid>,
    pub published_at: Option<DateTimeUtc>,
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
