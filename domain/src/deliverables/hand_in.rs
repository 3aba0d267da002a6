//! Handing a deliverable in.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::calendar::post;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_platform::http::is_web;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::CheckDeliverable;
use super::queries::{deliverable_relation, lock, seen, wrong_state};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::strategy::maybe_text;
use crate::trust;

/// What is handed in: one of a post, a file and an address.
#[derive(Debug, Clone, Default)]
pub struct HandedIn {
    /// A post of ours.
    pub post_id: Option<Uuid>,
    /// A file of the library, whole and looked at.
    pub asset_id: Option<Uuid>,
    /// The address of a page, up to 2000 characters.
    pub link: Option<String>,
    /// What there is to say of it, up to 2000 characters.
    pub note: String,
}

/// Who hands it in.
#[derive(Debug, Clone, Copy)]
pub(super) enum HandedInBy {
    Person(Uuid),
    Link(Uuid),
}

impl HandedIn {
    /// The same as it is kept.
    pub(super) fn check(self, wrong: &mut Complaints) -> Self {
        let written = self.link.as_deref().map(str::trim).filter(|link| !link.is_empty());
        let parsed = written.and_then(|link| Url::parse(link).ok()).filter(is_web);
        if written.is_some() && parsed.as_ref().is_none_or(|link| link.as_str().len() > 2000) {
            wrong.add(UserError::at(Code::PageAddressInvalid, "link"));
        }
        let given = [self.post_id.is_some(), self.asset_id.is_some(), written.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            wrong.add(UserError::at(Code::Invalid, "link"));
        }
        Self { link: parsed.map(Into::into), note: maybe_text(wrong, "note", &self.note, 2000), ..self }
    }

    /// That the post or the file is there for the caller.
    async fn check_there(&self, context: &Context, brand_id: Uuid, wrong: &mut Complaints) -> Result<(), Failure> {
        if let Some(id) = self.post_id
            && context.one(post::Entity::one_in_brand(brand_id, id)).await?.is_none()
        {
            wrong.add(UserError::at(Code::NotFound, "postId"));
        }
        if let Some(id) = self.asset_id {
            match context.one(asset::Entity::one_in_brand(brand_id, id)).await? {
                None => wrong.add(UserError::at(Code::NotFound, "assetId")),
                Some(file) if file.state != AssetState::Ready => {
                    wrong.add(UserError::at(Code::AssetNotReady, "assetId"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// That a deliverable can be handed in now.
pub(super) fn is_open(row: &deliverable::Model) -> Result<(), UserError> {
    let open = matches!(row.state, DeliverableState::Due | DeliverableState::SentBack);
    if open { Ok(()) } else { Err(wrong_state(row)) }
}

/// Hands a deliverable in: by whoever it is given to, or by MID and above for the other side. It is looked at by a job.
pub async fn submit_deliverable(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
    handed: HandedIn,
) -> Result<deliverable::Model, Failure> {
    let seen = seen(context, deliverable_id).await?;
    let relation = deliverable_relation(context, &seen);
    let permit = context.permit_on(Action::DeliverableSubmit, seen.brand_id, relation).await?;
    let row = lock(context, deliverable_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if let Err(not_open) = is_open(&row) {
        wrong.add(not_open);
    }
    let handed = handed.check(&mut wrong);
    handed.check_there(context, row.brand_id, &mut wrong).await?;
    wrong.check()?;
    take(permit, context.now, row, (handed, HandedInBy::Person(permit.person()?))).await
}

/// Writes what was handed in. The row is locked and open, and what was handed in checked.
pub(super) async fn take(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    row: deliverable::Model,
    (handed, by): (HandedIn, HandedInBy),
) -> Result<deliverable::Model, Failure> {
    let (person, link) = match by {
        HandedInBy::Person(id) => (Some(id), None),
        HandedInBy::Link(id) => (None, Some(id)),
    };
    let (submission, version) = (row.submission + 1, row.version + 1);
    let changed = deliverable::ActiveModel {
        state: Set(DeliverableState::Submitted),
        submission: Set(submission),
        post_id: Set(handed.post_id),
        asset_id: Set(handed.asset_id),
        link: Set(handed.link),
        note: Set(handed.note),
        submitted_at: Set(Some(now)),
        submitted_by: Set(person),
        submitted_link_id: Set(link),
        decided_at: Set(None),
        decided_by: Set(None),
        reason: Set(String::new()),
        updated_at: Set(now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    if row.asset_id.is_none() {
        enqueue(permit, CheckDeliverable.kind(), row.id, now, now).await?;
    }
    let detail = json!({ "submission": submission, "link": link });
    trust::record(permit, now, "deliverable.submit", row.id, detail).await?;
    Ok(row)
}
