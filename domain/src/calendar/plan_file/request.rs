//! Asking for a place to send a plan to, and reading what came of it.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_import::{self, ImportState};
use diwan_platform::signed::{self, Link};
use diwan_platform::storage::Key;
use sea_orm::{ActiveValue::Set, EntityTrait, FromQueryResult};
use url::Url;
use uuid::Uuid;

use super::RowReport;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;
use crate::trust;

/// What the address of an import is signed for.
pub const IMPORT_PURPOSE: &str = "content import";

const LIFETIME: Duration = Duration::minutes(15);

/// The most rows that are read at a time.
const MOST: i64 = 500;

/// Where the file of an import lies.
pub(super) fn import_key(brand_id: Uuid, import_id: Uuid) -> Key<'static> {
    Key::new("import", brand_id, import_id)
}

/// An import that waits for its file, and where to send it with `PUT`.
#[derive(Debug)]
pub struct RequestedImport {
    /// The import.
    pub import: content_import::Model,
    /// Where to.
    pub url: Url,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Makes an import that waits for its file. The name is a label only, never a path.
pub async fn request_content_import(
    context: &Context,
    brand_id: Uuid,
    file_name: &str,
) -> Result<RequestedImport, Failure> {
    let permit = context.permit(Action::ContentImport, brand_id).await?;
    let mut wrong = Complaints::default();
    let file_name = wrong.text("fileName", file_name, 255);
    if file_name.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        wrong.add(UserError::at(Code::Invalid, "fileName"));
    }
    wrong.check()?;
    let import = content_import::Entity::insert(content_import::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        file_name: Set(file_name.to_owned()),
        state: Set(ImportState::AwaitingFile),
        requested_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    trust::record(permit, context.now, "content_import.request", import.id, serde_json::json!({})).await?;
    let expires_at = context.now + LIFETIME;
    let token = signed::sign(&context.services.keys, IMPORT_PURPOSE, Link { brand_id, id: import.id, expires_at });
    let url = context.services.link(&format!("imports/{token}"))?;
    Ok(RequestedImport { import, url, expires_at })
}

/// Imports by id, in the brands where the caller may import.
pub async fn imports_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<content_import::Model>, Failure> {
    let rows = context.all(content_import::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ContentImport, row.brand_id)).collect())
}

#[derive(FromQueryResult)]
struct Reported {
    row: serde_json::Value,
}

/// What came of the rows of an import, in the order of the file: `first` of them, 1 to 500, from `offset` on.
pub async fn content_import_rows(
    context: &Context,
    import: &content_import::Model,
    only_refused: bool,
    offset: i64,
    first: i64,
) -> Result<Vec<RowReport>, Failure> {
    if !(0..=10_000).contains(&offset) {
        return Err(UserError::at(Code::Invalid, "offset").into());
    }
    if !(1..=MOST).contains(&first) {
        return Err(UserError::at(Code::TooMany, "first").number("limit", MOST).number("actual", first).into());
    }
    let sql = "select r.value as row from content_import i, jsonb_array_elements(i.report) with ordinality r(value, place)
      where i.brand_id = $1 and i.id = $2 and (not $3 or r.value ->> 'outcome' = 'REFUSED') order by r.place offset $4 limit $5";
    let values = [import.brand_id.into(), import.id.into(), only_refused.into(), offset.into(), first.into()];
    let rows: Vec<Reported> = context.rows(sql, values).await?;
    let read = |row: Reported| {
        serde_json::from_value(row.row)
            .map_err(|error| Fault::broken(format!("the report of an import: {error}")).into())
    };
    rows.into_iter().map(read).collect()
}

/// One import, or the refusal.
pub async fn content_import(context: &Context, id: Uuid) -> Result<content_import::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "id");
    let import = context.one(content_import::Entity::visible([id])).await?.ok_or_else(not_there)?;
    context.permit(Action::ContentImport, import.brand_id).await?;
    Ok(import)
}
