//! What a proposal said at one time: all but its lines.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub proposal_id: Uuid,
    pub number: i32,
    pub content: Json,
    pub written_by: Uuid,
    pub written_at: DateTimeUtc,
    pub pdf_at: Option<DateTimeUtc>,
    pub pdf_bytes: Option<i64>,
    pub pdf_sha256: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
