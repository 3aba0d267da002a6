//! A file of the media library, as people see it. Its bytes are a [`media_file`](crate::media::media_file).

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the bytes are here.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssetState {
    AwaitingUpload,
    Processing,
    Ready,
}

/// What sort of file it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssetKind {
    Image,
    Infographic,
    Gif,
    Video,
    Document,
}

/// By which right it is used.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Licence {
    Owned,
    Licensed,
    Stock,
    CreativeCommons,
    PublicDomain,
    UserGenerated,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub brand_id: Uuid,
    pub file_name: String,
    pub alt_text: String,
    pub state: AssetState,
    pub file_id: Option<Uuid>,
    pub mime_type: Option<String>,
    pub byte_size: Option<i64>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub sha256: Option<Vec<u8>>,
    pub duration_ms: Option<i64>,
    pub animated: bool,
    pub infographic: bool,
    /// Of what is here: the database's to say.
    pub kind: Option<AssetKind>,
    pub declared_size: Option<i64>,
    pub upload_expires_at: Option<DateTimeUtc>,
    pub problem: Option<String>,
    pub problem_limit: Option<i64>,
    pub folder_id: Option<Uuid>,
    pub tags: Vec<String>,
    pub rights_owner: String,
    pub licence: Option<Licence>,
    pub licence_terms: String,
    pub usable_from: Option<DateTimeUtc>,
    pub usable_until: Option<DateTimeUtc>,
    pub archived_at: Option<DateTimeUtc>,
    pub uploaded_by: Option<Uuid>,
    pub upload_link_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

impl crate::InBrand for Entity {
    const BRAND: Column = Column::BrandId;
    const ID: Column = Column::Id;
}
