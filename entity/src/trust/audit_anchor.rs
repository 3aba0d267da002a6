//! How far the audit trail's chain was at a time, signed; append-only.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_anchor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub agency_id: Uuid,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub at: DateTimeUtc,
    pub kid: String,
    pub signature: String,
}

impl ActiveModelBehavior for ActiveModel {}
