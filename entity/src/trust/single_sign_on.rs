//! A sign-in at an identity provider that is under way.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SingleSignOnState {
    Awaiting,
    Arrived,
    Proved,
    Refused,
    Ended,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "single_sign_on")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: Uuid,
    pub ticket_hash: Vec<u8>,
    pub state_hash: Option<Vec<u8>>,
    pub code_hash: Option<Vec<u8>>,
    pub failures: i32,
    pub secret: Option<Vec<u8>>,
    pub return_address: Option<String>,
    pub state: SingleSignOnState,
    pub user_id: Option<Uuid>,
    pub second_factor: bool,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
