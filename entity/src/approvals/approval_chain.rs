//! Who approves what in a brand.

use sea_orm::entity::prelude::*;

use crate::approvals::approval_request::ApprovalKind;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval_chain")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub kind: ApprovalKind,
    pub steps: Json,
    pub set_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub archived_at: Option<DateTimeUtc>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
