//! What a brand agrees on with somebody.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::agency::Locale;

/// With whom.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContractKind {
    Influencer,
    Agency,
    Vendor,
    Freelancer,
}

/// How far it has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContractState {
    Draft,
    Negotiating,
    InApproval,
    Approved,
    Sent,
    Signed,
    Active,
    Completed,
    Declined,
    Terminated,
    Breached,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub kind: ContractKind,
    pub amends_id: Option<Uuid>,
    pub title: String,
    pub state: ContractState,
    pub influencer_id: Option<Uuid>,
    pub person_id: Option<Uuid>,
    pub party_name: String,
    pub party_address: String,
    pub party_email: String,
    pub locale: Locale,
    pub campaign_id: Option<Uuid>,
    pub fee_minor: i64,
    pub currency: String,
    pub line_id: Option<Uuid>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub exclusivity: String,
    pub exclusive_until: Option<Date>,
    pub disclosure: String,
    pub usage_rights: String,
    pub usage_until: Option<Date>,
    pub clauses: Json,
    pub remind_days: i32,
    pub shared_version: Option<i32>,
    pub signer_id: Option<Uuid>,
    pub created_by: Uuid,
    pub owner_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub signed_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: String,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
