//! A person, or an integration, who signs in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tenancy::agency::{CalendarSystem, Locale};

/// What kind of account it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserKind {
    Staff,
    Freelancer,
    Client,
    Integration,
}

/// The ladder; the order of the variants is the order of the ladder.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    Junior,
    Mid,
    Senior,
    Director,
    Cmo,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "app_user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub kind: UserKind,
    pub email: Option<String>,
    pub name: String,
    pub password_hash: Option<String>,
    pub locale: Locale,
    pub agency_level: Option<Level>,
    pub created_at: DateTimeUtc,
    pub deactivated_at: Option<DateTimeUtc>,
    pub calendar_system: CalendarSystem,
    pub time_zone: Option<String>,
    pub joined_at: Option<DateTimeUtc>,
    pub created_by: Option<Uuid>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
