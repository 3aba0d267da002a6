//! The account to which a contract is paid, and what is known for the tax office.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the form for the tax office is there.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaxForm {
    NotNeeded,
    Missing,
    Requested,
    Received,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payee")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub contract_id: Uuid,
    pub account: Vec<u8>,
    pub account_shown: String,
    pub tax_form: TaxForm,
    pub tax_form_note: String,
    pub withholding_bp: i32,
    pub set_by: Uuid,
    pub set_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
