//! What a brand is and how it speaks; each change is a row of its own.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brand_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub version: i32,
    pub identity: String,
    pub value_proposition: String,
    pub tone_of_voice: String,
    pub dos: Vec<String>,
    pub donts: Vec<String>,
    pub banned_words: Json,
    pub languages: Vec<String>,
    pub hashtags: Vec<String>,
    pub written_by: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
