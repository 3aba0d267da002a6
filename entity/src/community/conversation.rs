//! What somebody began to say under a publication, with all that was answered.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub social_account_id: Uuid,
    pub publication_id: Uuid,
    pub kind: String,
    pub remote_id: String,
    pub began_at: DateTimeUtc,
    pub last_message_at: DateTimeUtc,
    pub asked_at: Option<DateTimeUtc>,
    pub waiting_since: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
