//! That a client accepted a proposal. It stays as it was written; its file comes once, afterwards.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal_acceptance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub proposal_id: Uuid,
    pub version_id: Uuid,
    pub link_id: Uuid,
    pub signer_name: String,
    pub signed_at: DateTimeUtc,
    pub address: String,
    pub chosen: Vec<Uuid>,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub document: String,
    pub document_sha256: Vec<u8>,
    pub project_id: Uuid,
    pub file_at: Option<DateTimeUtc>,
    pub file_bytes: Option<i64>,
    pub file_sha256: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
