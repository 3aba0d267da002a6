//! Up to which amount a level may commit one brand.

use sea_orm::entity::prelude::*;

use crate::approvals::approval_request::ApprovalKind;
use crate::tenancy::app_user::Level;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brand_approval_limit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub level: Level,
    pub kind: ApprovalKind,
    pub currency: String,
    pub amount_minor: i64,
    pub set_by: Option<Uuid>,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
