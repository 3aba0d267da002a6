//! Something that somebody should know.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What people are told of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    PublicationFailed,
    PublicationUnconfirmed,
    PublicationMissed,
    AccountDisconnected,
    WebhookDisabled,
    ContractEnding,
    DeliverableDue,
    ContractCommented,
    ReportNotSent,
    InsightAlert,
    WebSourceFailed,
    ReportHostLost,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub brand_id: Option<Uuid>,
    pub recipient_id: Uuid,
    pub kind: NoticeKind,
    pub subject_id: Uuid,
    pub params: Json,
    pub in_app: bool,
    pub mail: bool,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
    pub mailed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
