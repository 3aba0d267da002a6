//! The organisation that runs this installation.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The languages in which the product itself writes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "lowercase")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Locale {
    En,
    Fa,
    Ar,
    El,
    He,
}

/// The day on which a week begins.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WeekStart {
    Monday,
    Saturday,
    Sunday,
}

/// The calendar in which somebody reads dates.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CalendarSystem {
    Gregorian,
    Jalali,
    Hijri,
    Hebrew,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub locale: Locale,
    pub time_zone: String,
    pub base_currency: String,
    pub created_at: DateTimeUtc,
    pub week_start: WeekStart,
    pub calendar_system: CalendarSystem,
    pub business_hours: Json,
    pub deletion_grace_days: i32,
    pub require_second_factor: bool,
    pub four_eyes: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
