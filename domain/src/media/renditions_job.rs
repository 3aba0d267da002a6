//! Making the other forms of a picture: a thumbnail, one for the screen, and where a network does not take it as it is a JPEG; for a
//! network that does not take that one either, another one. A film has the first two, of a still of it: its poster.
//!
//! Each form is stored and written down by itself, so that a run that dies is gone on with where it was. What moves goes to
//! networks as it is: a still of it would not be what was approved.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind};
use diwan_entity::media::media_file::{self, FileState, FileTrouble};
use diwan_entity::media::media_rendition;
use diwan_networks::{Capabilities, Limits};
use image::DynamicImage;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::facts::{DECODING, off_thread};
use super::in_posts::{fits, form_fits};
use super::keys::{file_key, rendition_key, renditions_key};
use super::pictures::{self, Form, JPEG, SCREEN, THUMBNAIL};
use super::posters;
use super::store_job::trouble;
use crate::error::{Failure, Fault};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// When a film is looked at again on whose worker's machine there is no program for it: there may be one by then.
const LATER: Duration = Duration::days(1);

/// Makes the forms of one file.
#[derive(Debug)]
pub struct MakeRenditions;

#[async_trait]
impl Job for MakeRenditions {
    fn kind(&self) -> &'static str {
        "make_renditions"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let (brand_id, file_id) = (scope.brand_id, scope.subject_id());
        let Some((shown, missing)) = plan(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        if shown.kind == Some(AssetKind::Video) && !missing.purposes.is_empty() && work.services.stills.is_none() {
            let later = scope.now + LATER;
            return scope.finish(Next::Again(later)).await;
        }
        scope.commit().await?;
        make_all(work, &shown, missing).await?;
        let scope = work.begin().await?;
        media_file::Entity::update_many()
            .col_expr(media_file::Column::RenditionsAt, Expr::value(scope.now))
            .col_expr(media_file::Column::Trouble, Expr::value(Option::<FileTrouble>::None))
            .filter(media_file::Column::BrandId.eq(brand_id))
            .filter(media_file::Column::Id.eq(file_id))
            .exec(scope.tx())
            .await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        Ok(trouble(scope.tx(), (scope.brand_id, scope.subject_id()), Some(FileTrouble::NotRendered)).await?)
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        trouble(permit.tx(), (permit.brand_id, subject_id), None).await?;
        Ok(true)
    }
}

/// Makes these forms and keeps them. Of a film that has no still there are none.
async fn make_all(work: &Work, shown: &asset::Model, Missing { purposes, mut jpeg }: Missing) -> Result<(), JobError> {
    if purposes.is_empty() {
        return Ok(());
    }
    let file_id = work.claim.subject_id;
    let still = match &work.services.stills {
        Some(stills) if shown.kind == Some(AssetKind::Video) => {
            let Some(still) = posters::still(work, stills, shown, file_id).await? else { return Ok(()) };
            Some(still)
        }
        _ => None,
    };
    let _turn = DECODING.acquire().await.map_err(|_| Fault::broken("no more pictures are made"))?;
    let picture = if let Some(still) = still {
        Arc::new(still)
    } else {
        let bytes = work.services.storage.get(file_key(shown.brand_id, file_id)).await.map_err(Failure::from)?;
        Arc::new(off_thread(move || Ok(pictures::decode(&bytes)?)).await?)
    };
    for purpose in purposes {
        if purpose.takes(jpeg.as_ref()) {
            continue;
        }
        let picture = Arc::clone(&picture);
        let Some(form) = off_thread(move || make(&picture, purpose)).await? else { continue };
        let Some(kept) = keep(work, shown, purpose, form).await? else { break };
        if matches!(purpose, Purpose::Jpeg(_)) {
            jpeg = Some(kept);
        }
    }
    Ok(())
}

/// What one form is for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Thumbnail,
    Screen,
    /// All networks that do not take the picture as it is, as good as this one of them takes it: the one that takes the most.
    Jpeg(&'static Capabilities),
    /// One that does not take the JPEG either.
    Network(&'static Capabilities),
}

/// The forms that a file lacks.
struct Missing {
    purposes: Vec<Purpose>,
    /// The JPEG for all networks, where it is there.
    jpeg: Option<media_rendition::Model>,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Thumbnail => THUMBNAIL,
            Self::Screen => SCREEN,
            Self::Jpeg(_) => JPEG,
            Self::Network(network) => network.key.as_str(),
        }
    }

    /// Whether the JPEG for all will do.
    fn takes(self, jpeg: Option<&media_rendition::Model>) -> bool {
        let Self::Network(network) = self else { return false };
        jpeg.is_some_and(|form| form_fits(form, &Limits::defaults(network)))
    }
}

/// The file and the forms that it lacks; none when there is nothing to do.
async fn plan(scope: &Scope) -> Result<Option<(asset::Model, Missing)>, JobError> {
    let (brand_id, file_id) = (scope.brand_id, scope.subject_id());
    let file = media_file::Entity::one_in_brand(brand_id, file_id).one(scope.tx()).await?;
    if !file.is_some_and(|file| file.state == FileState::Ready && file.renditions_at.is_none()) {
        return Ok(None);
    }
    // Any asset that shows it: what is known of the bytes is the same for all.
    let shown = asset::Entity::in_brand(brand_id).filter(asset::Column::FileId.eq(file_id)).one(scope.tx()).await?;
    let Some(shown) = shown else { return Ok(None) };
    let made = media_rendition::Entity::in_brand(brand_id)
        .filter(media_rendition::Column::FileId.eq(file_id))
        .all(scope.tx())
        .await?;
    // Nothing here reads documents, so they have no other forms.
    let document = shown.kind == Some(AssetKind::Document);
    let mut wanted = if document { Vec::new() } else { vec![Purpose::Thumbnail] };
    if !shown.animated && !document {
        wanted.push(Purpose::Screen);
    }
    let jpeg = made.iter().find(|row| row.purpose == JPEG);
    if !shown.animated && !document && shown.kind != Some(AssetKind::Video) {
        let unfit = diwan_networks::registry().iter().map(|network| network.capabilities());
        let unfit = unfit.filter(|network| network.media.mime_types.contains(&"image/jpeg"));
        let unfit: Vec<_> = unfit.filter(|network| !fits(&shown, &Limits::defaults(network))).collect();
        let largest = unfit.iter().copied().max_by_key(|network| network.media.max_image_bytes);
        wanted.extend(largest.map(Purpose::Jpeg));
        wanted.extend(unfit.into_iter().map(Purpose::Network).filter(|purpose| !purpose.takes(jpeg)));
    }
    wanted.retain(|purpose| !made.iter().any(|row| row.purpose == purpose.name()));
    Ok(Some((shown, Missing { purposes: wanted, jpeg: jpeg.cloned() })))
}

fn make(picture: &DynamicImage, purpose: Purpose) -> Result<Option<Form>, Failure> {
    match purpose {
        Purpose::Thumbnail => Ok(Some(pictures::thumbnail(picture)?)),
        Purpose::Screen => Ok(Some(pictures::screen(picture)?)),
        Purpose::Jpeg(network) | Purpose::Network(network) => {
            Ok(pictures::for_network(picture, &Limits::defaults(network))?)
        }
    }
}

/// Stores a form and writes it down. None when the file was deleted meanwhile, and nothing is left of the form.
async fn keep(
    work: &Work,
    shown: &asset::Model,
    purpose: Purpose,
    form: Form,
) -> Result<Option<media_rendition::Model>, JobError> {
    let storage = &work.services.storage;
    let file_id = work.claim.subject_id;
    let key = rendition_key(shown.brand_id, file_id, purpose.name());
    storage.put(key, &form.bytes).await.map_err(Failure::from)?;
    let scope = work.begin().await?;
    if media_file::Entity::one_in_brand(shown.brand_id, file_id).one(scope.tx()).await?.is_none() {
        scope.commit().await?;
        storage.remove(renditions_key(shown.brand_id, file_id)).await.map_err(Failure::from)?;
        return Ok(None);
    }
    let number = |size: usize| i64::try_from(size).map_err(|_| Fault::broken("a form beyond all limits"));
    let side = |side: u32| i32::try_from(side).map_err(|_| Fault::broken("a form beyond all limits"));
    let row = media_rendition::Model {
        id: scope.new_id(),
        brand_id: shown.brand_id,
        file_id,
        purpose: purpose.name().to_owned(),
        mime_type: form.mime_type.to_owned(),
        byte_size: number(form.bytes.len())?,
        width: side(form.width)?,
        height: side(form.height)?,
        created_at: scope.now,
    };
    let once = OnConflict::new().do_nothing().to_owned();
    let insert = media_rendition::Entity::insert(row.clone().into_active_model().reset_all());
    insert.on_conflict(once).exec_without_returning(scope.tx()).await?;
    scope.commit().await?;
    Ok(Some(row))
}
