//! Connecting a server that counts visits. It is called by the worker alone ([`super::SyncWeb`]).

use chrono::Duration;
use diwan_entity::InBrand as _;
use diwan_entity::insights::web_source::{self, WebSourceKind, WebSourceState};
use diwan_platform::crypto::Place;
use diwan_platform::http::is_web;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::sync_job::SyncWeb;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most sources of a brand.
pub const MOST_SOURCES: u64 = 20;
/// Asked for at once, a server is still not asked oftener than this.
const SOONEST: Duration = Duration::minutes(5);

/// A server that counts visits of a site.
#[derive(Clone)]
pub struct NewWebConnection {
    /// Of which brand.
    pub brand_id: Uuid,
    /// What the team calls it, 1 to 100 characters, unlike any other of the brand.
    pub name: String,
    /// Of which kind it is: one that can be asked.
    pub kind: WebSourceKind,
    /// Where it is.
    pub url: String,
    /// By which it knows the site: Matomo by a number, Plausible by a domain.
    pub site_id: String,
    /// The key that reads its numbers.
    pub token: String,
}

impl std::fmt::Debug for NewWebConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebConnection").field("brand_id", &self.brand_id).finish_non_exhaustive()
    }
}

/// Where a source's key is sealed to.
pub(super) fn place(brand_id: Uuid, id: Uuid) -> Place {
    Place { brand_id, row_id: id, column: "web_source.token" }
}

/// The address below which a server's interface is: without what people copy along with it.
fn base(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok().filter(is_web)?;
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches("index.php").trim_end_matches('/').to_owned();
    url.set_path(&format!("{path}/"));
    Some(url)
}

/// Whether a server of this kind can know a site by this.
fn knows(kind: WebSourceKind, site_id: &str) -> bool {
    match kind {
        WebSourceKind::Matomo => site_id.len() <= 10 && site_id.bytes().all(|byte| byte.is_ascii_digit()),
        WebSourceKind::Plausible => !site_id.chars().any(|c| c.is_whitespace() || c.is_control()),
        WebSourceKind::Csv | WebSourceKind::Api => false,
    }
}

/// Connects a server. A worker checks the key as soon as one is free, and then reads the last 90 days. One that was connected before and is
/// not any more goes on with what is there.
pub async fn connect_web_analytics(context: &Context, new: NewWebConnection) -> Result<web_source::Model, Failure> {
    let permit = context.permit(Action::WebAnalyticsConnect, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &new.name, 100);
    let token = wrong.text("token", &new.token, 1024);
    let site_id = wrong.text("siteId", &new.site_id, 200);
    if !site_id.is_empty() && !knows(new.kind, site_id) {
        wrong.add(UserError::at(Code::Invalid, "siteId"));
    }
    let url = base(wrong.text("url", &new.url, 1900));
    match &url {
        None => wrong.add(UserError::at(Code::Invalid, "url")),
        // Whether the address may be called at all is asked again when it is called, of every address that it resolves to.
        Some(url) if context.services.http.check(url).is_err() || url.as_str().len() > 2000 => {
            wrong.add(UserError::at(Code::AddressNotAllowed, "url"));
        }
        Some(_) => {}
    }
    wrong.check()?;
    let url = url.map(String::from).unwrap_or_default();
    let known = web_source::Entity::in_brand(new.brand_id)
        .filter(web_source::Column::Kind.eq(new.kind))
        .filter(web_source::Column::BaseUrl.eq(&url))
        .filter(web_source::Column::SiteId.eq(site_id));
    let row = if let Some(seen) = context.one(known).await? {
        again(context, permit, &seen, (name, token)).await?
    } else {
        let known = web_source::Entity::in_brand(new.brand_id).count(permit.tx()).await?;
        if known >= MOST_SOURCES {
            let many = UserError::new(Code::TooMany).number("limit", MOST_SOURCES).number("actual", known + 1);
            return Err(many.into());
        }
        let id = context.new_id();
        let row = web_source::ActiveModel {
            id: Set(id),
            brand_id: Set(new.brand_id),
            name: Set(name.to_owned()),
            kind: Set(new.kind),
            base_url: Set(Some(url)),
            site_id: Set(Some(site_id.to_owned())),
            token: Set(Some(context.services.keys.seal(place(new.brand_id, id), token.as_bytes())?)),
            state: Set(WebSourceState::Checking),
            failures: Set(0),
            created_by: Set(permit.person()?),
            created_at: Set(context.now),
            ..Default::default()
        };
        let row = web_source::Entity::insert(row).exec_with_returning(permit.tx()).await?;
        enqueue(permit, SyncWeb.kind(), row.id, context.now, context.now).await?;
        row
    };
    let detail = json!({ "kind": row.kind, "url": row.base_url, "site": row.site_id });
    trust::record(permit, context.now, "web_source.connect", row.id, detail).await?;
    Ok(row)
}

/// Takes up what was connected before and is not any more, with another key. The job is asked for before the source is held: so a run of it
/// takes them, too.
async fn again(
    context: &Context,
    permit: Permit<'_>,
    seen: &web_source::Model,
    (name, token): (&str, &str),
) -> Result<web_source::Model, Failure> {
    enqueue(permit, SyncWeb.kind(), seen.id, context.now, context.now).await?;
    let locked = web_source::Entity::one_in_brand(seen.brand_id, seen.id).lock_exclusive();
    let row = context.one(locked).await?.ok_or(Code::NotFound)?;
    if matches!(row.state, WebSourceState::Checking | WebSourceState::Connected) {
        return Err(UserError::at(Code::AlreadyExists, "siteId").into());
    }
    let sealed = context.services.keys.seal(place(row.brand_id, row.id), token.as_bytes())?;
    let mut row = row.into_active_model();
    row.name = Set(name.to_owned());
    row.token = Set(Some(sealed));
    row.state = Set(WebSourceState::Checking);
    row.refused_since = Set(None);
    row.failures = Set(0);
    row.trouble = Set(None);
    row.trouble_detail = Set(None);
    Ok(row.update(permit.tx()).await?)
}

/// A source that is there, with the right to do this to it.
async fn seen(context: &Context, id: Uuid, action: Action) -> Result<(Permit<'_>, web_source::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "sourceId");
    let row = context.one(web_source::Entity::visible([id])).await?.ok_or_else(not_there)?;
    Ok((context.permit(action, row.brand_id).await?, row))
}

fn wrong_state(row: &web_source::Model) -> Failure {
    // What somebody sends is not asked for.
    let state = if row.base_url.is_none() { row.kind.to_value() } else { row.state.to_value() };
    UserError::at(Code::WrongState, "sourceId").text("state", state).into()
}

/// Ends a connection: the key goes, what was read stays.
pub async fn disconnect_web_analytics(context: &Context, source_id: Uuid) -> Result<web_source::Model, Failure> {
    let (permit, row) = seen(context, source_id, Action::WebAnalyticsConnect).await?;
    let locked = web_source::Entity::one_in_brand(row.brand_id, row.id).lock_exclusive();
    let row = context.one(locked).await?.ok_or(Code::NotFound)?;
    if row.base_url.is_none() || row.state == WebSourceState::Disconnected {
        return Err(wrong_state(&row));
    }
    let mut row = row.into_active_model();
    row.token = Set(None);
    row.told_at = Set(None);
    row.state = Set(WebSourceState::Disconnected);
    row.refused_since = Set(None);
    row.failures = Set(0);
    row.trouble = Set(None);
    row.trouble_detail = Set(None);
    let row = row.update(permit.tx()).await?;
    cancel(permit, SyncWeb.kind(), &[row.id], context.now).await?;
    trust::record(permit, context.now, "web_source.disconnect", row.id, json!({})).await?;
    Ok(row)
}

/// Has a server asked now, or as soon as five minutes have passed since it was last asked. Answers the job.
pub async fn sync_web_analytics(context: &Context, source_id: Uuid) -> Result<Uuid, Failure> {
    let (permit, row) = seen(context, source_id, Action::MetricsSync).await?;
    if row.base_url.is_none() || !matches!(row.state, WebSourceState::Checking | WebSourceState::Connected) {
        return Err(wrong_state(&row));
    }
    let soonest = row.asked_at.map_or(context.now, |at| (at + SOONEST).max(context.now));
    let job = enqueue(permit, SyncWeb.kind(), row.id, soonest, context.now).await?;
    trust::record(permit, context.now, "web_source.sync", row.id, json!({})).await?;
    Ok(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_copy_them() {
        for (said, kept) in [
            ("https://stats.example", Some("https://stats.example/")),
            ("https://stats.example/matomo", Some("https://stats.example/matomo/")),
            ("https://stats.example/matomo/index.php?module=CoreHome#x", Some("https://stats.example/matomo/")),
            ("ftp://stats.example", None),
            ("stats.example", None),
        ] {
            assert_eq!(base(said).map(String::from).as_deref(), kept, "{said}");
        }
        let (matomo, plausible) = (WebSourceKind::Matomo, WebSourceKind::Plausible);
        assert!(knows(matomo, "12") && !knows(matomo, "shop.example") && !knows(matomo, "12345678901"));
        assert!(knows(plausible, "shop.example/blog") && !knows(plausible, "my shop"));
        assert!(!knows(WebSourceKind::Csv, "1"));
    }
}
