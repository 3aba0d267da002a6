//! One variant to one account: what the worker publishes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a publication is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublicationState {
    Scheduled,
    Queued,
    Sending,
    Published,
    Retrying,
    Unconfirmed,
    NeedsAttention,
    Failed,
    Paused,
    Canceled,
    Missed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "publication")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub post_id: Uuid,
    pub variant_id: Option<Uuid>,
    pub social_account_id: Uuid,
    pub state: PublicationState,
    pub due_at: DateTimeUtc,
    pub frozen_at: Option<DateTimeUtc>,
    pub checkpoint: Option<Json>,
    pub attempts: i32,
    pub remote_id: Option<String>,
    pub remote_url: Option<String>,
    pub published_at: Option<DateTimeUtc>,
    pub trouble: Option<String>,
    pub trouble_detail: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
