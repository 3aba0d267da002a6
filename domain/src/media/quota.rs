//! How much a brand keeps, and how much it may.

use diwan_entity::media::media_quota;
use diwan_platform::db;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most that a quota can be, in bytes: a pebibyte.
const MOST: i64 = 1 << 50;

/// What a brand keeps, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct MediaUse {
    /// Files, each content once.
    pub used_bytes: i64,
    /// What was announced and has not come yet.
    pub awaited_bytes: i64,
    /// The most; none: no limit.
    pub quota_bytes: Option<i64>,
}

/// What a brand keeps and may keep.
pub async fn media_use(context: &Context, brand_id: Uuid) -> Result<MediaUse, Failure> {
    context.permit(Action::ContentRead, brand_id).await?;
    let rows = context.rows(USE, [brand_id.into(), context.now.into()]).await?;
    Ok(rows.into_iter().next().ok_or(Code::NotFound)?)
}

const USE: &str = "select * from app.media_use($1, $2)";

/// One at a time adds to a brand's files or takes away.
pub(super) async fn take_turns(permit: Permit<'_>) -> Result<(), Failure> {
    permit.tx().execute_raw(db::statement("select app.lock_media($1)", [permit.brand_id.into()])).await?;
    Ok(())
}

/// That so many more bytes may be kept, beside what is kept and awaited; `own` of these are their own announcement.
pub(super) async fn has_room(
    permit: Permit<'_>,
    more: i64,
    own: i64,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Failure> {
    let known: Option<MediaUse> = db::one(permit.tx(), USE, [permit.brand_id.into(), now.into()]).await?;
    let known = known.ok_or_else(|| Fault::broken("a brand without its use"))?;
    let after = known.used_bytes + known.awaited_bytes - own + more;
    match known.quota_bytes {
        Some(quota) if after > quota => Err(UserError::new(Code::QuotaExceeded).number("limit", quota).into()),
        _ => Ok(()),
    }
}

/// Sets how many bytes a brand may keep; none takes the limit away. What is kept already stays.
pub async fn set_media_quota(context: &Context, brand_id: Uuid, quota_bytes: Option<i64>) -> Result<MediaUse, Failure> {
    let permit = context.permit(Action::MediaQuotaSet, brand_id).await?;
    take_turns(permit).await?;
    match quota_bytes {
        None => {
            let gone = media_quota::Entity::delete_many().filter(media_quota::Column::BrandId.eq(brand_id));
            gone.exec(permit.tx()).await?;
        }
        Some(bytes) if (1..=MOST).contains(&bytes) => {
            let row = media_quota::ActiveModel {
                brand_id: Set(brand_id),
                quota_bytes: Set(bytes),
                set_by: Set(permit.person()?),
                updated_at: Set(context.now),
                version: Set(1),
            };
            let anew = OnConflict::column(media_quota::Column::BrandId)
                .update_columns([
                    media_quota::Column::QuotaBytes,
                    media_quota::Column::SetBy,
                    media_quota::Column::UpdatedAt,
                ])
                .value(media_quota::Column::Version, Expr::cust("media_quota.version + 1"))
                .to_owned();
            media_quota::Entity::insert(row).on_conflict(anew).exec_without_returning(permit.tx()).await?;
        }
        Some(_) => return Err(UserError::at(Code::Invalid, "bytes").into()),
    }
    let detail = serde_json::json!({ "bytes": quota_bytes });
    trust::record(permit, context.now, "media_quota.set", brand_id, detail).await?;
    media_use(context, brand_id).await
}
