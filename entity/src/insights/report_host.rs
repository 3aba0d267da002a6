//! The host at which the agency's shared reports are read.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the host is known to lead to this installation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReportHostState {
    Pending,
    Proven,
    Failed,
}

/// What the last look at the host found.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReportHostTrouble {
    Unreachable,
    OtherAnswer,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_host")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub host: String,
    pub challenge: String,
    pub state: ReportHostState,
    pub trouble: Option<ReportHostTrouble>,
    pub set_by: Uuid,
    pub set_at: DateTimeUtc,
    pub proven_at: Option<DateTimeUtc>,
    pub checked_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
