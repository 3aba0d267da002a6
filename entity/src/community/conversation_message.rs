//! Something that was said in a conversation.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub conversation_id: Uuid,
    pub social_account_id: Uuid,
    pub remote_id: String,
    pub in_reply_to: String,
    pub author_id: Option<String>,
    pub author_name: Option<String>,
    pub is_own: bool,
    pub text: String,
    pub sent_at: DateTimeUtc,
    pub read_at: DateTimeUtc,
    pub changed_at: Option<DateTimeUtc>,
    pub seen_at: DateTimeUtc,
    pub gone_at: Option<DateTimeUtc>,
    pub asks: bool,
    pub answered_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
