//! Who signed a contract, when, and which file.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// For whom.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContractSide {
    Ours,
    Theirs,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_signature")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub contract_id: Uuid,
    pub document_id: Uuid,
    pub side: ContractSide,
    pub name: String,
    pub user_id: Option<Uuid>,
    pub link_id: Option<Uuid>,
    pub address: String,
    pub user_agent: String,
    pub document_sha256: Vec<u8>,
    pub signed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
