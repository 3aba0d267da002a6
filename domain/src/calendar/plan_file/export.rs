//! Asking for a plan as a file, and the signed link by which it is fetched.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::calendar;
use diwan_entity::calendar::content_export::{self, ExportState, PlanFormat};
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use diwan_platform::storage::{Key, Opened, Served};
use sea_orm::{ActiveValue::Set, EntityTrait};
use url::Url;
use uuid::Uuid;

use super::export_job::posts_of;
use crate::context::{Context, Services};
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::trust;

/// What a link to an export is signed for.
pub const EXPORT_PURPOSE: &str = "content export";

const LINK_LIFETIME: Duration = Duration::minutes(15);

/// The most posts of an export: what an import takes.
pub(super) const MAX_POSTS: usize = 5000;

/// Where the file of an export lies.
pub(super) fn export_key(brand_id: Uuid, export_id: Uuid) -> Key<'static> {
    Key::new("export", brand_id, export_id)
}

/// A plan to write as a file.
#[derive(Debug, Clone)]
pub struct NewExport {
    /// Of which brand.
    pub brand_id: Uuid,
    /// In which form.
    pub format: PlanFormat,
    /// Of one calendar; otherwise of every one that is not archived.
    pub calendar_id: Option<Uuid>,
    /// From this day on, by the brand's clocks; what has no time is left out then.
    pub starts_on: Option<NaiveDate>,
    /// Until this day, included; what has no time is left out then.
    pub ends_on: Option<NaiveDate>,
}

/// Has a plan written as a file.
pub async fn request_content_export(context: &Context, new: NewExport) -> Result<content_export::Model, Failure> {
    let permit = context.permit(Action::ContentExport, new.brand_id).await?;
    if let Some(id) = new.calendar_id {
        let found = context.one(calendar::Entity::one_in_brand(new.brand_id, id)).await?;
        found.ok_or_else(|| UserError::at(Code::NotFound, "calendarId"))?;
    }
    let in_range = |date: Option<NaiveDate>| {
        date.is_none_or(|date| crate::calendar::dates::YEARS.contains(&chrono::Datelike::year(&date)))
    };
    if !in_range(new.starts_on) {
        return Err(UserError::at(Code::Invalid, "startsOn").into());
    }
    if !in_range(new.ends_on) || new.starts_on.zip(new.ends_on).is_some_and(|(first, last)| last < first) {
        return Err(UserError::at(Code::Invalid, "endsOn").into());
    }
    let export = content_export::Entity::insert(content_export::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        format: Set(new.format),
        calendar_id: Set(new.calendar_id),
        starts_on: Set(new.starts_on),
        ends_on: Set(new.ends_on),
        locale: Set(context.locale()),
        state: Set(ExportState::Requested),
        requested_by: Set(permit.person()?),
        created_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    let posts = posts_of(permit.tx(), &export).await?.len();
    if posts > MAX_POSTS {
        return Err(UserError::new(Code::TooMany).number("limit", MAX_POSTS).number("actual", posts).into());
    }
    enqueue(permit, super::ExportContentPlan.kind(), export.id, context.now, context.now).await?;
    let detail = serde_json::json!({ "format": new.format, "posts": posts });
    trust::record(permit, context.now, "content_export.request", export.id, detail).await?;
    Ok(export)
}

/// Exports by id, in the brands where the caller may export.
pub async fn export_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<content_export::Model>, Failure> {
    let rows = context.all(content_export::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ContentExport, row.brand_id)).collect())
}

/// A link that fetches an export for the next quarter of an hour, and its end.
pub fn export_link(context: &Context, export: &content_export::Model) -> Result<(Url, DateTime<Utc>), Failure> {
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: export.brand_id, id: export.id, expires_at };
    let token = signed::sign(&context.services.keys, EXPORT_PURPOSE, link);
    Ok((context.services.link(&format!("exports/{token}"))?, expires_at))
}

/// A plan on its way out.
#[derive(Debug)]
pub struct OpenedExport {
    /// Where it is read from.
    pub from: Opened,
    /// Its media type.
    pub mime_type: &'static str,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

/// The file behind a link.
pub async fn open_export(services: &Services, token: &str) -> Result<OpenedExport, Failure> {
    let link = signed::verify(&services.keys, EXPORT_PURPOSE, token, services.now()).map_err(|error| match error {
        LinkError::Invalid => Code::LinkInvalid,
        LinkError::Expired => Code::LinkExpired,
    })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let export = content_export::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    let export = export.filter(|export| export.state == ExportState::Ready).ok_or(Code::LinkInvalid)?;
    let (ending, mime_type) = match export.format {
        PlanFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        PlanFormat::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let disposition = format!("attachment; filename=\"content-plan-{}.{ending}\"", export.created_at.format("%F"));
    let served = Served { mime_type, disposition: &disposition };
    let from = services.storage.open(export_key(export.brand_id, export.id), served).await?;
    Ok(OpenedExport { from, mime_type, disposition })
}

/// One export, or the refusal.
pub async fn content_export(context: &Context, id: Uuid) -> Result<content_export::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "id");
    let export = context.one(content_export::Entity::visible([id])).await?.ok_or_else(not_there)?;
    context.permit(Action::ContentExport, export.brand_id).await?;
    Ok(export)
}
