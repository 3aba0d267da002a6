//! Changing what is said of a file: its name, description, tags, folder and rights. Its bytes never change.

use chrono::{DateTime, Datelike as _, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind, Licence};
use diwan_entity::media::asset_folder;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _, QuerySelect as _};
use uuid::Uuid;

use super::queries::posts_showing;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit, Relation};
use crate::trust;
use crate::ugc;

/// The most tags of an asset, and their longest, in characters.
pub(super) const MOST_TAGS: usize = 50;
const LONGEST_TAG: usize = 50;

/// States of posts in which what they say is settled.
const SETTLED: &[&str] = &["IN_REVIEW", "APPROVED", "SCHEDULED", "PUBLISHING", "PAUSED"];

/// Whose a file is, and by which right and how long it is used.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Whose it is, up to 200 characters.
    pub owner: String,
    /// By which right it is used; none: nobody has said.
    pub licence: Option<Licence>,
    /// What was agreed, up to 2000 characters.
    pub terms: String,
    /// From when on it may be published.
    pub usable_from: Option<DateTime<Utc>>,
    /// Until when; not at this time any more.
    pub usable_until: Option<DateTime<Utc>>,
}

/// A change of an asset; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct AssetChange {
    /// Its name, 1 to 255 characters, never a path.
    pub file_name: Option<String>,
    /// What people hear who do not see it, up to 5000 characters.
    pub alt_text: Option<String>,
    /// Whether a picture is an infographic.
    pub infographic: Option<bool>,
    /// Up to 50 tags of at most 50 characters.
    pub tags: Option<Vec<String>>,
    /// In which folder; in none.
    pub folder_id: Option<Option<Uuid>>,
    /// Whose it is, the whole of it.
    pub rights: Option<Rights>,
}

/// Changes what is said of an asset, if nobody else has changed it meanwhile. The description goes out with a post, so it stays
/// while a post that shows it waits for approval or is on its way.
pub async fn update_asset(
    context: &Context,
    asset_id: Uuid,
    version: i32,
    change: AssetChange,
) -> Result<asset::Model, Failure> {
    let (permit, row) = begin(context, asset_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let mut changed = row.clone().into_active_model();
    if let Some(name) = &change.file_name {
        changed.file_name = Set(file_name(&mut wrong, name));
    }
    if let Some(text) = &change.alt_text {
        let text = alt_text(&mut wrong, text);
        if text != row.alt_text {
            in_use(context, row.id, SETTLED, "altText", &mut wrong).await?;
            changed.alt_text = Set(text);
        }
    }
    if let Some(infographic) = change.infographic {
        if infographic && matches!(row.kind, Some(AssetKind::Video | AssetKind::Gif | AssetKind::Document)) {
            wrong.add(UserError::at(Code::Invalid, "infographic"));
        }
        changed.infographic = Set(infographic);
    }
    if let Some(list) = &change.tags {
        changed.tags = Set(tags(&mut wrong, "tags", list, MOST_TAGS));
    }
    if let Some(folder_id) = change.folder_id {
        folder_of(context, row.brand_id, folder_id, &mut wrong).await?;
        changed.folder_id = Set(folder_id);
    }
    if let Some(rights) = change.rights {
        // The grants of what users made are looked at by this licence alone.
        let leaves = row.licence == Some(Licence::UserGenerated) && rights.licence != row.licence;
        if leaves && ugc::was_asked_for(context, &row).await? {
            wrong.add(UserError::at(Code::LicenceStays, "rights.licence"));
        }
        set_rights(&mut changed, &rights, &mut wrong);
    }
    wrong.check()?;
    changed.updated_at = Set(context.now);
    changed.version = Set(row.version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "asset.update", row.id, serde_json::json!({ "version": row.version })).await?;
    Ok(row)
}

/// An asset that is about to change, locked, with the right to it: for those below MID if they uploaded it.
pub(super) async fn begin(context: &Context, asset_id: Uuid) -> Result<(Permit<'_>, asset::Model), Failure> {
    let select = asset::Entity::visible([asset_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "assetId"))?;
    let own = context.actor().is_some_and(|actor| row.uploaded_by == Some(actor.user_id));
    let permit = context.permit_on(Action::AssetManage, row.brand_id, Relation { own, assigned: false }).await?;
    Ok((permit, row))
}

/// Complains if posts in these states show it.
pub(super) async fn in_use(
    context: &Context,
    asset_id: Uuid,
    states: &[&str],
    field: &str,
    wrong: &mut Complaints,
) -> Result<(), Failure> {
    let posts = posts_showing(context, asset_id, states).await?;
    if posts > 0 {
        wrong.add(UserError::at(Code::AssetInUse, field).number("count", posts));
    }
    Ok(())
}

/// A label, never a path.
pub(super) fn file_name(wrong: &mut Complaints, name: &str) -> String {
    let name = wrong.text("fileName", name, 255);
    if name.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        wrong.add(UserError::at(Code::Invalid, "fileName"));
    }
    name.to_owned()
}

pub(super) fn alt_text(wrong: &mut Complaints, text: &str) -> String {
    let length = text.chars().count();
    if text.contains('\0') {
        wrong.add(UserError::at(Code::Invalid, "altText"));
    }
    if length > 5000 {
        wrong.add(UserError::at(Code::TooLong, "altText").number("limit", 5000).number("actual", length));
    }
    text.trim().to_owned()
}

/// Tags in lower case, none twice: of a file or of whatever else has tags.
pub(crate) fn tags(wrong: &mut Complaints, path: &str, list: &[String], most: usize) -> Vec<String> {
    if list.len() > most {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", most).number("actual", list.len()));
        return Vec::new();
    }
    let mut tags: Vec<String> = Vec::with_capacity(list.len());
    for (place, tag) in list.iter().enumerate() {
        let path = format!("{path}.{place}");
        let tag = wrong.text(&path, tag, LONGEST_TAG).to_lowercase();
        if tag.chars().any(char::is_control) {
            wrong.add(UserError::at(Code::Invalid, &path));
        }
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// That a folder is one of the brand's, and the caller's to see.
pub(super) async fn folder_of(
    context: &Context,
    brand_id: Uuid,
    folder_id: Option<Uuid>,
    wrong: &mut Complaints,
) -> Result<(), Failure> {
    if let Some(id) = folder_id
        && context.one(asset_folder::Entity::one_in_brand(brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "folderId"));
    }
    Ok(())
}

fn set_rights(changed: &mut asset::ActiveModel, rights: &Rights, wrong: &mut Complaints) {
    let mut text = |path: &str, value: &str, max| {
        let value = value.trim();
        if !value.is_empty() {
            wrong.text(path, value, max);
        }
        value.to_owned()
    };
    changed.rights_owner = Set(text("rights.owner", &rights.owner, 200));
    changed.licence_terms = Set(text("rights.terms", &rights.terms, 2000));
    changed.licence = Set(rights.licence);
    for (path, time) in [("rights.usableFrom", rights.usable_from), ("rights.usableUntil", rights.usable_until)] {
        if time.is_some_and(|time| !(1..=9999).contains(&time.year())) {
            wrong.add(UserError::at(Code::Invalid, path));
        }
    }
    if let (Some(from), Some(until)) = (rights.usable_from, rights.usable_until)
        && until <= from
    {
        wrong.add(UserError::at(Code::Invalid, "rights.usableUntil"));
    }
    changed.usable_from = Set(rights.usable_from);
    changed.usable_until = Set(rights.usable_until);
}
