//! A link by which one person does one thing without signing in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::agency::Locale;

/// What a link is good for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkPurpose {
    SignContract,
    NegotiateContract,
    Proposal,
    Deliverable,
    Report,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "public_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub purpose: LinkPurpose,
    pub subject_id: Uuid,
    pub user_id: Option<Uuid>,
    pub person_name: String,
    pub person_email: String,
    pub locale: Locale,
    pub secret_hash: Vec<u8>,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
