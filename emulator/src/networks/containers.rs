//! The containers of Instagram and Threads, which live for a day, and what is fetched into them.
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-container>

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::meta;
use crate::answer::Answer;
use crate::fetch::Fetched;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::world::World;

const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// What was put into a container.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling {
    pub(super) account: String,
    /// Whether it is a part of another one.
    pub(super) is_item: bool,
    pub(super) text: String,
    pub(super) media: Vec<SeenMedia>,
    pub(super) detail: Value,
    /// What the post answers.
    pub(super) parent: Option<String>,
    /// Why nothing will come of it.
    pub(super) failed: Option<String>,
}

#[derive(Debug)]
struct Container {
    filling: Filling,
    made_at: DateTime<Utc>,
    ready_at: DateTime<Utc>,
    is_published: bool,
}

/// All containers of a network.
#[derive(Debug, Default)]
pub(super) struct Containers(Mutex<HashMap<String, Container>>);

/// How far a container is, as both networks call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Finished,
    Published,
    Expired,
    Error,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Published => "PUBLISHED",
            Self::Expired => "EXPIRED",
            Self::Error => "ERROR",
        }
    }
}

impl Container {
    fn status(&self, now: DateTime<Utc>) -> Status {
        if self.is_published {
            Status::Published
        } else if now - self.made_at >= LIFETIME {
            Status::Expired
        } else if now < self.ready_at {
            Status::InProgress
        } else if self.filling.failed.is_some() {
            Status::Error
        } else {
            Status::Finished
        }
    }
}

impl Containers {
    /// Makes one. What is to be seen takes its time. Answers its id.
    pub(super) fn make(&self, network: &str, filling: Filling, world: &World) -> String {
        let id = world.new_id().to_string();
        let made_at = world.now();
        let takes = if filling.media.is_empty() { TimeDelta::zero() } else { delta(world.processing(network)) };
        let container = Container { filling, made_at, ready_at: made_at + takes, is_published: false };
        self.all().insert(id.clone(), container);
        id
    }

    /// How far one is, and what is wrong with it.
    pub(super) fn status(&self, id: &str, account: &str, now: DateTime<Utc>) -> Option<(Status, Option<String>)> {
        let all = self.all();
        let container = all.get(id).filter(|container| container.filling.account == account)?;
        Some((container.status(now), container.filling.failed.clone()))
    }

    /// Those that become parts of another one.
    pub(super) fn items(&self, ids: &str, account: &str, now: DateTime<Utc>) -> Result<Vec<SeenMedia>, Answer> {
        let all = self.all();
        let mut media = Vec::new();
        for id in ids.split(',').map(str::trim) {
            let item = all.get(id).filter(|item| item.filling.account == account);
            let item = item.ok_or_else(|| missing(id))?;
            match item.status(now) {
                Status::Finished if item.filling.is_item => media.extend(item.filling.media.clone()),
                Status::Finished => {
                    return Err(meta::error(400, 100, None, "children must have been made with is_carousel_item"));
                }
                Status::InProgress => return Err(not_ready()),
                Status::Error => return Err(meta::error(400, 100, None, "A child has failed")),
                Status::Expired | Status::Published => return Err(missing(id)),
            }
        }
        Ok(media)
    }

    /// Takes what is to be published out of a container. A second time it is not there any more.
    pub(super) fn publish(&self, id: &str, account: &str, now: DateTime<Utc>) -> Result<Filling, Answer> {
        let mut all = self.all();
        let container = all.get_mut(id).filter(|container| container.filling.account == account);
        let container = container.ok_or_else(|| missing(id))?;
        match container.status(now) {
            Status::Finished if !container.filling.is_item => {
                container.is_published = true;
                Ok(container.filling.clone())
            }
            Status::Finished => Err(meta::error(400, 100, None, "A part of a carousel cannot be published by itself")),
            Status::InProgress => Err(not_ready()),
            Status::Error => {
                Err(meta::error(400, 100, Some(2_207_032), "Create media fail, please try to re-create media"))
            }
            Status::Expired | Status::Published => Err(missing(id)),
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Container>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn delta(takes: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(takes).unwrap_or(TimeDelta::MAX)
}

fn missing(id: &str) -> Answer {
    meta::error(
        400,
        24,
        Some(2_207_008),
        &format!("The media builder with creation id = {id} does not exist or has expired"),
    )
}

fn not_ready() -> Answer {
    meta::error(400, 9007, Some(2_207_027), "Media ID is not available: the media is not ready for publishing")
}

/// Fetches an image. JPEG always; whatever else the network takes.
pub(super) async fn image(world: &World, url: &str, also: &[&str]) -> Result<Fetched, Answer> {
    let fetched = world.fetch(url).await;
    let fetched = fetched.map_err(|why| {
        meta::error(400, 9004, Some(2_207_052), &format!("The media could not be fetched from this URI: {why}"))
    })?;
    if fetched.size > 8 * 1024 * 1024 {
        return Err(meta::error(
            400,
            36_000,
            Some(2_207_004),
            "The image is too large to download. It should be less than 8 MiB.",
        ));
    }
    let mime = fetched.mime.as_str();
    if fetched.image.is_none()
        || !(mime == "image/jpeg" && fetched.head.starts_with(b"\xff\xd8") || also.contains(&mime))
    {
        return Err(meta::error(400, 36_001, Some(2_207_005), "The image format is not supported"));
    }
    Ok(fetched)
}

/// Fetches a film. What is wrong with it, only the container tells: whether it did not come, or is none, or is too large.
pub(super) async fn film(world: &World, url: &str, largest: u64) -> (SeenMedia, Option<FilmTrouble>) {
    match world.fetch(url).await {
        Ok(fetched) => {
            let is_film = fetched.head.get(4..8) == Some(b"ftyp") && fetched.size <= largest;
            let seen = SeenMedia { mime: fetched.mime, size: fetched.size, alt_text: None };
            (seen, (!is_film).then_some(FilmTrouble::Unusable))
        }
        Err(_) => (SeenMedia { mime: String::new(), size: 0, alt_text: None }, Some(FilmTrouble::NotFetched)),
    }
}

/// What is wrong with a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilmTrouble {
    NotFetched,
    Unusable,
}

/// Writes a post into the ledger.
pub(super) fn record(network: &str, id: &str, filling: Filling, world: &World) {
    world.record(Effect {
        network: network.to_owned(),
        account: filling.account,
        kind: EffectKind::Post,
        id: id.to_owned(),
        parent: filling.parent,
        text: filling.text,
        media: filling.media,
        detail: filling.detail,
        at: world.now(),
    });
}

/// How many posts an account made in the last 24 hours, of those for which `counts` is true. Deleted ones count, too.
pub(super) fn in_a_day(network: &str, account: &str, world: &World, counts: impl Fn(&Effect) -> bool) -> usize {
    let since = world.now() - TimeDelta::hours(24);
    world.pick(network, account, |post| (post.at > since && counts(post)).then_some(())).len()
}

/// A moment as both networks write it.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}
