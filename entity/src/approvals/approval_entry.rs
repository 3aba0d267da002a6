//! Something that happened to a request.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::app_user::Level;

/// What happened.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryKind {
    Opened,
    StepOpened,
    Delegated,
    Escalated,
    Reminded,
    Approved,
    ChangesRequested,
    Withdrawn,
    Voided,
    HandedOver,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub seq: i64,
    pub brand_id: Uuid,
    pub request_id: Uuid,
    pub step_id: Option<Uuid>,
    pub kind: EntryKind,
    pub at: DateTimeUtc,
    pub actor_id: Option<Uuid>,
    pub actor_name: Option<String>,
    pub on_behalf_of: Option<Uuid>,
    pub on_behalf_of_name: Option<String>,
    pub comment: Option<String>,
    pub for_client: bool,
    pub level: Option<Level>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
