//! Where somebody is, and who follows them there.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "influencer_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub influencer_id: Uuid,
    pub position: i16,
    pub network: String,
    pub handle: String,
    pub url: Option<String>,
    pub followers: Option<i64>,
    pub followers_on: Option<Date>,
    pub followers_source: Option<String>,
    pub audience: Json,
}

impl ActiveModelBehavior for ActiveModel {}
