//! How often a goal was reached on a day.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "web_goal_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub goal: String,
    pub completions: i64,
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
    pub recorded_at: DateTimeUtc,
    pub revised_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
