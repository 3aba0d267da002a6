//! Posters: a film's forms are those of a still of it, which a program on the worker's machine takes ([`Stills`]).

use std::path::{Path, PathBuf};
use std::time::Duration;

use diwan_entity::calendar::asset;
use diwan_platform::stills::{StillError, Stills};
use diwan_platform::storage::{Opened, Served, Staged};
use image::DynamicImage;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::facts::{MAX_VIDEO_BYTES, off_thread};
use super::keys::{file_key, film_key};
use super::pictures::{self, fitting};
use crate::error::{Failure, Fault};
use crate::jobs::{JobError, Work};

/// A still is taken after a tenth of a film, since many begin in the dark, and after so long at most: a program decodes from the
/// last whole frame up to there.
const PART: u32 = 10;
const LATEST: Duration = Duration::from_secs(3);

/// The program takes some 200 MB for a film in 8K: one at a time in a process. It has a turn of its own, so that no film keeps
/// pictures waiting that somebody uploads.
static TAKING: Semaphore = Semaphore::const_new(1);

/// A film as a file on this machine: where it is kept, or a copy of what is kept elsewhere.
struct Local {
    path: PathBuf,
    copy: Option<Staged>,
}

/// A still of a film, as large as any form of it is. None where the film has none: that it is damaged or hostile is no fault, and
/// is the same next time.
pub(super) async fn still(
    work: &Work,
    stills: &Stills,
    film: &asset::Model,
    file_id: Uuid,
) -> Result<Option<DynamicImage>, JobError> {
    let local = local(work, film, file_id).await?;
    let taken = take(stills, &local.path, film).await;
    if let Some(copy) = local.copy {
        copy.discard().await.map_err(Failure::from)?;
    }
    match taken? {
        Some(png) => Ok(Some(off_thread(move || Ok(pictures::decode(&png)?)).await?)),
        None => Ok(None),
    }
}

/// Brings a film here, if it is not. What a worker that died left of it is fetched anew.
async fn local(work: &Work, film: &asset::Model, file_id: Uuid) -> Result<Local, Failure> {
    let storage = &work.services.storage;
    let served = Served { mime_type: "application/octet-stream", disposition: "inline" };
    if let Opened::File(path) = storage.open(file_key(film.brand_id, file_id), served).await? {
        return Ok(Local { path, copy: None });
    }
    let key = film_key(film.brand_id, file_id);
    storage.remove_staged(key).await?;
    let mut copy = storage.resume(key).await?;
    match storage.fetch(file_key(film.brand_id, file_id), &mut copy, MAX_VIDEO_BYTES).await {
        Ok(()) => Ok(Local { path: copy.path().to_owned(), copy: Some(copy) }),
        Err(error) => {
            copy.discard().await?;
            Err(error.into())
        }
    }
}

/// The still as PNG. Where the film has nothing so late, its first frame.
async fn take(stills: &Stills, path: &Path, film: &asset::Model) -> Result<Option<Vec<u8>>, Failure> {
    let side = |side: Option<i32>| side.and_then(|side| u32::try_from(side).ok());
    let length = film.duration_ms.and_then(|ms| u64::try_from(ms).ok());
    let (Some(width), Some(height), Some(length)) = (side(film.width), side(film.height), length) else {
        return Err(Fault::broken("a film without sides or a length").into());
    };
    let size = fitting(width, height, pictures::SCREEN_SIDE);
    let late = (Duration::from_millis(length) / PART).min(LATEST);
    let _turn = TAKING.acquire().await.map_err(|_| Fault::broken("no more stills are taken"))?;
    let mut taken = stills.take(path, late, size).await;
    if matches!(taken, Err(StillError::Film(_))) {
        taken = stills.take(path, Duration::ZERO, size).await;
    }
    match taken {
        Ok(png) => Ok(Some(png)),
        Err(StillError::Film(why)) => {
            tracing::info!(asset_id = %film.id, why, "a film has no poster");
            Ok(None)
        }
        Err(error @ (StillError::Program(_) | StillError::Interrupted(_))) => {
            Err(Fault::broken(error.to_string()).into())
        }
    }
}
