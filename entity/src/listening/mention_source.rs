//! Who counts mentions.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How its numbers come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MentionSourceKind {
    Network,
    Csv,
    Api,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mention_source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub kind: MentionSourceKind,
    pub network: Option<String>,
    pub name: Option<String>,
    pub social_account_id: Option<Uuid>,
    pub read_until: Option<Date>,
    pub asked_at: Option<DateTimeUtc>,
    pub read_at: Option<DateTimeUtc>,
    pub next_at: Option<DateTimeUtc>,
    pub failures: i32,
    pub trouble: Option<String>,
    pub trouble_detail: Option<String>,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
