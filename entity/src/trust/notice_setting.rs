//! How somebody wants to be told.

use sea_orm::entity::prelude::*;

use super::notice::NoticeKind;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_setting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: NoticeKind,
    pub in_app: bool,
    pub mail: bool,
}

impl ActiveModelBehavior for ActiveModel {}
