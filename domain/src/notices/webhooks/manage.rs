//! Making, changing, trying and ending webhooks, and looking at what they were told.

use diwan_entity::InBrand as _;
use diwan_entity::trust::notice::NoticeKind;
use diwan_entity::trust::{webhook_delivery, webhook_endpoint};
use diwan_platform::crypto::token;
use diwan_platform::http::is_web;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::tell::queue;
use super::{TEST, WEBHOOK_KINDS, place};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most webhooks of a brand, and the most of the agency.
pub const MOST_WEBHOOKS: u64 = 20;
/// The longest address, in bytes.
const MOST_URL: usize = 2000;

/// A webhook to make.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Of which brand; of all, for the agency, unless given.
    pub brand_id: Option<Uuid>,
    /// The server: https and public, unless the operator allows it.
    pub url: String,
    /// What it is told of.
    pub kinds: Vec<NoticeKind>,
}

/// A change of a webhook; what is not said stays.
#[derive(Debug, Clone)]
pub struct WebhookChange {
    /// Which.
    pub webhook_id: Uuid,
    /// The version from which the change starts.
    pub version: i32,
    /// The server.
    pub url: Option<String>,
    /// What it is told of.
    pub kinds: Option<Vec<NoticeKind>>,
    /// Whether it is told at all.
    pub active: Option<bool>,
}

async fn permit(context: &Context, brand_id: Option<Uuid>) -> Result<Permit<'_>, Failure> {
    match brand_id {
        Some(brand_id) => context.permit(Action::WebhookManage, brand_id).await,
        None => context.permit_agency(Action::AgencyWebhookManage).await,
    }
}

fn of(brand_id: Option<Uuid>) -> Select<webhook_endpoint::Entity> {
    let mine = match brand_id {
        Some(brand_id) => webhook_endpoint::Column::BrandId.eq(brand_id),
        None => webhook_endpoint::Column::BrandId.is_null(),
    };
    webhook_endpoint::Entity::find()
        .filter(mine)
        .filter(webhook_endpoint::Column::DeletedAt.is_null())
        .order_by_asc(webhook_endpoint::Column::Id)
}

fn check_url(context: &Context, wrong: &mut Complaints, url: &str) -> String {
    let text = wrong.text("url", url, MOST_URL);
    let Some(mut url) = Url::parse(text).ok().filter(is_web) else {
        if !text.is_empty() {
            wrong.add(UserError::at(Code::Invalid, "url"));
        }
        return String::new();
    };
    url.set_fragment(None);
    if context.services.http.check(&url).is_err() || url.as_str().len() > MOST_URL {
        wrong.add(UserError::at(Code::AddressNotAllowed, "url"));
    }
    url.into()
}

/// No brand has a host of reports: a webhook of one would wait in vain to be told of it.
fn check_kinds(wrong: &mut Complaints, brand_id: Option<Uuid>, kinds: &[NoticeKind]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for kind in kinds {
        let name = kind.to_value();
        let fits = WEBHOOK_KINDS.contains(kind) && (brand_id.is_none() || *kind != NoticeKind::ReportHostLost);
        if fits && !names.contains(&name) {
            names.push(name);
        } else {
            wrong.add(UserError::at(Code::Invalid, "kinds"));
        }
    }
    if kinds.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "kinds"));
    }
    names
}

/// Makes a webhook. Answers it and its secret, which is shown this once.
pub async fn create_webhook(context: &Context, new: NewWebhook) -> Result<(webhook_endpoint::Model, String), Failure> {
    let permit = permit(context, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let url = check_url(context, &mut wrong, &new.url);
    let kinds = check_kinds(&mut wrong, new.brand_id, &new.kinds);
    wrong.check()?;
    let known = of(new.brand_id).count(permit.tx()).await?;
    if known >= MOST_WEBHOOKS {
        return Err(UserError::new(Code::TooMany).number("limit", MOST_WEBHOOKS).number("actual", known + 1).into());
    }
    let (id, secret) = (context.new_id(), token("dwh")?);
    let row = webhook_endpoint::ActiveModel {
        id: Set(id),
        agency_id: Set(permit.agency_id),
        brand_id: Set(new.brand_id),
        url: Set(url),
        secret: Set(context.services.keys.seal(place(new.brand_id, id), secret.as_bytes())?),
        kinds: Set(kinds),
        active: Set(true),
        failures: Set(0),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    let row = webhook_endpoint::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    record(context, permit, "webhook.create", &row).await?;
    Ok((row, secret))
}

/// Changes a webhook. Switched on again, what was not delivered meanwhile is not made up for.
pub async fn update_webhook(context: &Context, change: WebhookChange) -> Result<webhook_endpoint::Model, Failure> {
    let (permit, row) = lock(context, change.webhook_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    let url = change.url.as_deref().map(|url| check_url(context, &mut wrong, url));
    let kinds = change.kinds.as_deref().map(|kinds| check_kinds(&mut wrong, row.brand_id, kinds));
    wrong.check()?;
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = Set(version);
    if let Some(url) = url {
        row.url = Set(url);
    }
    if let Some(kinds) = kinds {
        row.kinds = Set(kinds);
    }
    if let Some(active) = change.active {
        row.active = Set(active);
        row.disabled_at = Set(None);
        row.failures = Set(0);
    }
    let row = row.update(permit.tx()).await?;
    record(context, permit, "webhook.update", &row).await?;
    Ok(row)
}

/// Ends a webhook: it is told nothing any more, also not what waits.
pub async fn delete_webhook(context: &Context, webhook_id: Uuid) -> Result<webhook_endpoint::Model, Failure> {
    let (permit, row) = lock(context, webhook_id).await?;
    let mut row = row.into_active_model();
    row.active = Set(false);
    row.disabled_at = Set(None);
    row.deleted_at = Set(Some(context.now));
    let row = row.update(permit.tx()).await?;
    record(context, permit, "webhook.delete", &row).await?;
    Ok(row)
}

/// Sends a webhook a delivery of the kind `TEST`, once, whether it is switched on or not.
pub async fn test_webhook(context: &Context, webhook_id: Uuid) -> Result<webhook_endpoint::Model, Failure> {
    let (permit, row) = lock(context, webhook_id).await?;
    queue(permit, context.now, vec![row.id], (TEST, json!({}))).await?;
    record(context, permit, "webhook.test", &row).await?;
    Ok(row)
}

/// The webhooks of a brand, or of the agency, in the order in which they were made.
pub async fn webhooks(context: &Context, brand_id: Option<Uuid>) -> Result<Vec<webhook_endpoint::Model>, Failure> {
    permit(context, brand_id).await?;
    Ok(context.all(of(brand_id)).await?)
}

/// What a webhook was told, newest first.
pub async fn deliveries_of(
    context: &Context,
    webhook: &webhook_endpoint::Model,
    page: Page,
) -> Result<Slice<webhook_delivery::Model>, Failure> {
    let select = webhook_delivery::Entity::find().filter(webhook_delivery::Column::EndpointId.eq(webhook.id));
    newest_first(context, select, webhook_delivery::Column::Id, page).await
}

async fn lock(context: &Context, id: Uuid) -> Result<(Permit<'_>, webhook_endpoint::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "webhookId");
    let select = || webhook_endpoint::Entity::visible([id]).filter(webhook_endpoint::Column::DeletedAt.is_null());
    let row = context.one(select()).await?.ok_or_else(not_there)?;
    let permit = permit(context, row.brand_id).await?;
    let row = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// The host alone: an address may open doors.
async fn record(
    context: &Context,
    permit: Permit<'_>,
    action: &str,
    row: &webhook_endpoint::Model,
) -> Result<(), Failure> {
    let host = Url::parse(&row.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let detail = json!({ "host": host, "kinds": row.kinds, "active": row.active });
    Ok(trust::record(permit, context.now, action, row.id, detail).await?)
}
