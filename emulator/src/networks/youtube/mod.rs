//! YouTube's Data API, version 3. <https://developers.google.com/youtube/v3/docs>
//!
//! Every account is a channel, but `nobody`, who has none.

mod comments;
mod reports;
mod uploads;
mod videos;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::google::{self, may, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::service::Service;
use crate::world::World;
use uploads::Upload;
use videos::Video;

const KEY: &str = "youtube";
const API: &str = "www.googleapis.com";
const ANALYTICS: &str = "youtubeanalytics.googleapis.com";
const SITE: &str = "www.youtube.com";

/// Who may read, and who may change.
const READ: &[&str] = &["youtube.readonly", "youtube.force-ssl", "youtube"];
const WRITE: &[&str] = &["youtube.force-ssl", "youtube"];
const UPLOAD: &[&str] = &["youtube.upload", "youtube.force-ssl", "youtube"];

/// Who has no channel.
const NOBODY: &str = "nobody";

/// What videos are about, and whether a video may be put there.
const CATEGORIES: &[(&str, &str, bool)] = &[
    ("10", "Music", true),
    ("18", "Short Movies", false),
    ("22", "People & Blogs", true),
    ("27", "Education", true),
    ("28", "Science & Technology", true),
];

/// The network.
#[derive(Debug, Default)]
pub struct YouTube(Mutex<State>);

/// What the network alone knows.
#[derive(Debug, Default)]
struct State {
    uploads: HashMap<String, Upload>,
    /// In the order in which they were made.
    videos: Vec<Video>,
}

impl State {
    fn video(&self, id: &str) -> Option<&Video> {
        self.videos.iter().find(|video| video.id == id)
    }

    /// Takes up a video of the ledger, unless it is known.
    fn take_up(&mut self, post: &Effect) {
        if post.kind == EffectKind::Post && self.video(&post.id).is_none() {
            let place = self.videos.partition_point(|video| video.made_at <= post.at);
            self.videos.insert(place, Video::of(post));
        }
    }
}

/// The id of an account's channel.
fn channel_id(account: &str, world: &World) -> String {
    format!("UC{:022}", world.account(KEY, account).0)
}

/// The id of the list of its uploads.
fn uploads_id(account: &str, world: &World) -> String {
    format!("UU{:022}", world.account(KEY, account).0)
}

/// The parts that are asked for, all of which must be known.
fn parts<'a>(call: &'a Call, known: &[&str]) -> Result<Vec<&'a str>, Answer> {
    let missing = || refused(400, "missingRequiredParameter", "No filter selected. Expected a value for: part");
    let parts: Vec<&str> =
        call.query("part").filter(|parts| !parts.is_empty()).ok_or_else(missing)?.split(',').collect();
    match parts.iter().find(|part| !known.contains(part)) {
        Some(part) => Err(refused(400, "unknownPart", &format!("'{part}' is no part"))),
        None => Ok(parts),
    }
}

/// A page that holds everything.
fn page(kind: &str, items: &[Value]) -> Answer {
    let info = json!({ "totalResults": items.len(), "resultsPerPage": items.len() });
    Answer::json(200, &json!({ "kind": format!("youtube#{kind}"), "items": items, "pageInfo": info }))
}

impl YouTube {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known, with the videos of these ids that stand in the ledger alone: those from before a restart, and those that were written there.
    fn knowing(&self, ids: &[&str], world: &World) -> MutexGuard<'_, State> {
        let mut state = self.state();
        for id in ids {
            if state.video(id).is_none()
                && let Some(post) = world.find(KEY, id)
            {
                state.take_up(&post);
            }
        }
        state
    }

    /// What is known, with all videos of an account that stand in the ledger alone.
    fn knowing_all_of(&self, account: &str, world: &World) -> MutexGuard<'_, State> {
        let mut state = self.state();
        for post in world.posts_of(KEY, account) {
            state.take_up(&post);
        }
        state
    }

    async fn api(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let segments: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let method = call.method.as_str().to_owned();
        match (method.as_str(), segments.as_slice()) {
            ("POST", ["upload", "youtube", "v3", "videos"]) => self.begin(call, world).await,
            ("PUT", ["upload", "youtube", "v3", "videos"]) => self.receive(call, world).await,
            ("GET", ["youtube", "v3", "channels"]) => channels(&call, world, self.videos_of(&call, world)),
            ("GET", ["youtube", "v3", "videoCategories"]) => categories(&call, world),
            ("GET", ["youtube", "v3", "playlistItems"]) => self.playlist(&call, world),
            ("GET", ["youtube", "v3", "videos"]) => self.list(&call, world),
            ("PUT", ["youtube", "v3", "videos"]) => {
                let body = call.json().await?;
                self.update(&call, world, &body)
            }
            ("DELETE", ["youtube", "v3", "videos"]) => self.delete(&call, world),
            ("GET", ["youtube", "v3", "commentThreads"]) => self.comments(&call, world),
            ("GET", ["youtube", "v3", "comments"]) => self.answers(&call, world),
            ("POST", ["youtube", "v3", "commentThreads"]) => {
                let body = call.json().await?;
                self.comment(&call, world, &body)
            }
            _ => Err(refused(404, "notFound", "The requested URL was not found on this server.")),
        }
    }

    /// How many videos the caller has.
    fn videos_of(&self, call: &Call, world: &World) -> usize {
        let owner = may(KEY, call, world, READ).map(|granted| granted.account).unwrap_or_default();
        self.knowing_all_of(&owner, world).videos.iter().filter(|video| video.account == owner).count()
    }
}

fn channels(call: &Call, world: &World, videos: usize) -> Result<Answer, Answer> {
    let account = may(KEY, call, world, READ)?.account;
    let asked = parts(call, &["id", "snippet", "contentDetails", "status", "statistics"])?;
    if call.query("mine") != Some("true") {
        return Err(refused(400, "missingRequiredParameter", "No filter selected. Expected one of: mine, id"));
    }
    if account == NOBODY {
        return Ok(page("channelListResponse", &[]));
    }
    let all = json!({
        "snippet": { "title": account, "description": "", "customUrl": format!("@{}", account.to_lowercase()) },
        "contentDetails": { "relatedPlaylists": { "likes": "", "uploads": uploads_id(&account, world) } },
        "status": {
            "privacyStatus": "public",
            "isLinked": true,
            "longUploadsStatus": if account.starts_with("new ") { "eligible" } else { "allowed" },
        },
        "statistics": {
            "viewCount": "40",
            "subscriberCount": "12",
            "hiddenSubscriberCount": false,
            "videoCount": videos.to_string(),
        },
    });
    let mut channel = json!({ "kind": "youtube#channel", "id": channel_id(&account, world) });
    for part in asked.into_iter().filter(|part| *part != "id") {
        channel[part] = all[part].clone();
    }
    Ok(page("channelListResponse", &[channel]))
}

fn categories(call: &Call, world: &World) -> Result<Answer, Answer> {
    may(KEY, call, world, READ)?;
    parts(call, &["snippet"])?;
    if call.query("regionCode").is_none_or(|code| code.len() != 2) {
        return Err(refused(400, "invalidRegionCode", "regionCode is an ISO 3166-1 alpha-2 country code"));
    }
    let item = |(id, title, assignable): &(&str, &str, bool)| {
        let snippet = json!({ "title": title, "assignable": assignable });
        json!({ "kind": "youtube#videoCategory", "id": id, "snippet": snippet })
    };
    Ok(page("videoCategoryListResponse", &CATEGORIES.iter().map(item).collect::<Vec<_>>()))
}

#[async_trait]
impl Service for YouTube {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[google::PEOPLE, google::TOKENS, API, ANALYTICS, SITE]
    }

    fn takes(&self, call: &Call) -> bool {
        call.host != google::PEOPLE || call.query("scope").is_none_or(|scopes| scopes.contains("youtube"))
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        match call.host.as_str() {
            google::PEOPLE => google::authorize(KEY, &call, world),
            google::TOKENS => google::token(&[KEY, super::google_business::KEY], call, world).await,
            // Pages of what is there lead to the timeline; there are no others.
            SITE => Answer::empty(404),
            ANALYTICS if call.method.as_str() == "GET" && call.path == "/v2/reports" => {
                reports::query(&call, world).unwrap_or_else(|refused| refused)
            }
            ANALYTICS => refused(404, "notFound", "The requested URL was not found on this server."),
            _ => self.api(call, world).await.unwrap_or_else(|refused| refused),
        }
    }

    fn trouble(&self, status: u16) -> Value {
        google::trouble(status)
    }
}
