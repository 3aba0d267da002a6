//! Videos. <https://developers.google.com/youtube/v3/docs/videos>

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{CATEGORIES, KEY, READ, WRITE, YouTube, channel_id, may, page, parts, refused, uploads_id};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::networks::google::only;
use crate::world::World;

/// The longest title, in units of UTF-16, and the longest description, in bytes.
const TITLE: usize = 100;
const DESCRIPTION: usize = 5_000;

/// The most units of UTF-16 of all tags, with commas and with quotes around those with a space.
const TAGS: usize = 500;

/// What may be said of a video.
const SNIPPET: &[&str] = &["title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage"];
const STATUS: &[&str] = &[
    "privacyStatus",
    "publishAt",
    "license",
    "embeddable",
    "publicStatsViewable",
    "selfDeclaredMadeForKids",
    "containsSyntheticMedia",
];

/// A video.
#[derive(Debug, Clone)]
pub struct Video {
    pub id: String,
    /// The name of its channel.
    pub account: String,
    pub snippet: Value,
    pub status: Value,
    pub made_at: DateTime<Utc>,
    /// When it is processed.
    pub ready_at: DateTime<Utc>,
    /// Why nothing could be made of it.
    pub failure: Option<&'static str>,
}

impl Video {
    /// The video that a post of the ledger is. It has been processed.
    pub fn of(post: &Effect) -> Self {
        let said = |names: &[(&str, &Value)]| -> Value {
            let there = names.iter().filter(|(_, value)| !value.is_null());
            there.map(|(name, value)| ((*name).to_owned(), (*value).clone())).collect()
        };
        let (detail, text) = (&post.detail, Value::from(post.text.as_str()));
        Self {
            id: post.id.clone(),
            account: post.account.clone(),
            snippet: said(&[
                ("title", &detail["title"]),
                ("description", &text),
                ("tags", &detail["tags"]),
                ("categoryId", &detail["category"]),
            ]),
            status: said(&[
                ("privacyStatus", &detail["privacy"]),
                ("selfDeclaredMadeForKids", &detail["made_for_kids"]),
                ("containsSyntheticMedia", &detail["made_with_ai"]),
            ]),
            made_at: post.at,
            ready_at: post.at,
            failure: None,
        }
    }

    /// Whether comments can be made.
    pub fn takes_comments(&self) -> bool {
        self.failure.is_none() && self.privacy() != "private" && self.status["selfDeclaredMadeForKids"] != true
    }

    fn privacy(&self) -> &str {
        self.status["privacyStatus"].as_str().unwrap_or("public")
    }

    /// What the ledger says of it.
    pub fn detail(&self) -> Value {
        json!({
            "title": self.snippet["title"],
            "tags": self.snippet["tags"],
            "category": self.snippet["categoryId"],
            "privacy": self.privacy(),
            "made_for_kids": self.status["selfDeclaredMadeForKids"],
            "made_with_ai": self.status["containsSyntheticMedia"],
        })
    }

    /// The video as the interface shows it.
    pub fn resource(&self, parts: &[&str], world: &World) -> Value {
        let mut video = json!({ "kind": "youtube#video", "id": self.id });
        for part in parts {
            let shown = match *part {
                "snippet" => self.shown_snippet(world),
                "status" => self.shown_status(world),
                "statistics" => {
                    json!({ "viewCount": "7", "likeCount": "3", "favoriteCount": "0", "commentCount": "1" })
                }
                _ => continue,
            };
            video[*part] = shown;
        }
        video
    }

    fn shown_snippet(&self, world: &World) -> Value {
        let mut snippet = self.snippet.clone();
        snippet["publishedAt"] = self.made_at.to_rfc3339_opts(SecondsFormat::Secs, true).into();
        snippet["channelId"] = channel_id(&self.account, world).into();
        snippet["channelTitle"] = self.account.as_str().into();
        if snippet["categoryId"].is_null() {
            snippet["categoryId"] = "22".into();
        }
        if snippet["description"].is_null() {
            snippet["description"] = "".into();
        }
        snippet
    }

    fn shown_status(&self, world: &World) -> Value {
        let mut status = self.status.clone();
        let processed = self.ready_at <= world.now();
        status["uploadStatus"] = match self.failure {
            Some(_) if processed => "failed",
            _ if processed => "processed",
            _ => "uploaded",
        }
        .into();
        if let Some(failure) = self.failure.filter(|_| processed) {
            status["failureReason"] = failure.into();
        }
        status["privacyStatus"] = self.privacy().into();
        status["madeForKids"] = self.status["selfDeclaredMadeForKids"].as_bool().unwrap_or(false).into();
        status
    }
}

/// What is wrong with what is said of a video. A change must name its category.
pub fn check(body: &Value, is_change: bool) -> Result<(), Answer> {
    only(body, if is_change { &["id", "kind", "snippet", "status"] } else { &["snippet", "status"] })?;
    let empty = json!({});
    let part = |name: &str| body.get(name).unwrap_or(&empty).clone();
    let (snippet, status) = (part("snippet"), part("status"));
    only(&snippet, SNIPPET)?;
    only(&status, STATUS)?;
    let bad = |reason, message: &str| Err(refused(400, reason, message));
    let title = snippet["title"].as_str().unwrap_or_default();
    if title.trim().is_empty() || title.encode_utf16().count() > TITLE || title.contains(['<', '>']) {
        return bad("invalidTitle", "The request metadata specifies an invalid or empty video title.");
    }
    let description = snippet["description"].as_str().unwrap_or_default();
    if description.len() > DESCRIPTION || description.contains(['<', '>']) {
        return bad("invalidDescription", "The request metadata specifies an invalid video description.");
    }
    let tags: Vec<&str> = snippet["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let quoted = |tag: &&str| tag.encode_utf16().count() + if tag.contains(' ') { 2 } else { 0 };
    if tags.iter().map(quoted).sum::<usize>() + tags.len().saturating_sub(1) > TAGS {
        return bad("invalidTags", "The request metadata specifies invalid video keywords.");
    }
    let category = snippet["categoryId"].as_str();
    let known = |category: &str| CATEGORIES.iter().any(|(id, _, assignable)| *id == category && *assignable);
    if category.is_some_and(|category| !known(category)) || (is_change && category.is_none()) {
        return bad("invalidCategoryId", "The snippet.categoryId property specifies an invalid category ID.");
    }
    let privacy = status["privacyStatus"].as_str().unwrap_or("public");
    if !["public", "unlisted", "private"].contains(&privacy) {
        return bad("invalidVideoMetadata", "The request metadata is invalid.");
    }
    Ok(())
}

fn not_found() -> Answer {
    refused(404, "videoNotFound", "The video that you are trying to reach cannot be found.")
}

impl YouTube {
    /// Videos by their ids. What nobody else sees is shown to its owner alone.
    pub(super) fn list(&self, call: &Call, world: &World) -> Result<Answer, Answer> {
        let account = may(KEY, call, world, READ)?.account;
        let asked = parts(call, &["id", "snippet", "status", "statistics", "processingDetails"])?;
        let ids: Vec<&str> = call.query("id").unwrap_or_default().split(',').collect();
        if ids == [""] || ids.len() > 50 {
            return Err(refused(400, "invalidFilters", "1 to 50 ids are expected"));
        }
        let state = self.knowing(&ids, world);
        let seen = |video: &&Video| video.account == account || video.privacy() != "private";
        let found = ids.iter().filter_map(|id| state.video(id)).filter(seen);
        let shown = |video: &Video| {
            let mut shown = video.resource(&asked, world);
            // How many dislike it is told to its owner alone.
            if video.account == account && shown["statistics"].is_object() {
                shown["statistics"]["dislikeCount"] = "1".into();
            }
            shown
        };
        let items: Vec<Value> = found.map(shown).collect();
        Ok(page("videoListResponse", &items))
    }

    /// The newest uploads first.
    pub(super) fn playlist(&self, call: &Call, world: &World) -> Result<Answer, Answer> {
        let account = may(KEY, call, world, READ)?.account;
        parts(call, &["id", "snippet", "contentDetails", "status"])?;
        let list = call.query("playlistId").unwrap_or_default();
        if list != uploads_id(&account, world) {
            return Err(refused(404, "playlistNotFound", "The playlist cannot be found."));
        }
        let most = call.query("maxResults").map_or(Some(5), |most| most.parse().ok());
        let most = most.filter(|most| (1..=50).contains(most));
        let most: usize = most.ok_or_else(|| refused(400, "invalidParameter", "maxResults is 1 to 50"))?;
        let state = self.knowing_all_of(&account, world);
        let own = state.videos.iter().rev().filter(|video| video.account == account).take(most);
        let items: Vec<Value> = own
            .map(|video| json!({ "kind": "youtube#playlistItem", "contentDetails": { "videoId": video.id } }))
            .collect();
        Ok(page("playlistItemListResponse", &items))
    }

    /// Replaces what is said of a video. What is not said is cleared.
    pub(super) fn update(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(KEY, call, world, WRITE)?.account;
        let asked = parts(call, &["snippet", "status"])?;
        check(body, true)?;
        let mut state = self.knowing(&[body["id"].as_str().unwrap_or_default()], world);
        let own = state.videos.iter_mut().find(|video| body["id"] == *video.id && video.account == account);
        let video = own.ok_or_else(not_found)?;
        for part in &asked {
            let into = if *part == "snippet" { &mut video.snippet } else { &mut video.status };
            *into = body.get(*part).cloned().unwrap_or_else(|| json!({}));
        }
        world.record(Effect {
            network: KEY.to_owned(),
            account,
            kind: EffectKind::Edit,
            id: video.id.clone(),
            parent: None,
            text: video.snippet["description"].as_str().unwrap_or_default().to_owned(),
            media: Vec::new(),
            detail: video.detail(),
            at: world.now(),
        });
        Ok(Answer::json(200, &video.resource(&asked, world)))
    }

    /// Deletes a video.
    pub(super) fn delete(&self, call: &Call, world: &World) -> Result<Answer, Answer> {
        let account = may(KEY, call, world, WRITE)?.account;
        let id = call.query("id").unwrap_or_default();
        let mut state = self.knowing(&[id], world);
        let own = state.videos.iter().position(|video| video.id == id && video.account == account);
        let video = state.videos.remove(own.ok_or_else(not_found)?);
        world.record(Effect {
            network: KEY.to_owned(),
            account,
            kind: EffectKind::Delete,
            id: video.id,
            parent: None,
            text: String::new(),
            media: Vec::new(),
            detail: Value::Null,
            at: world.now(),
        });
        Ok(Answer::empty(204))
    }
}
