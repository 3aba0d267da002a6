//! The YouTube Data API: resources and requests. <https://developers.google.com/youtube/v3/docs>

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{CATEGORY, MADE_FOR_KIDS, MADE_WITH_AI, PRIVACY, TAGS, TITLE};
use crate::call::Step;
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::google::Api;
use crate::network::Account;

/// Where everything but uploads is asked for.
pub const API: &str = "https://www.googleapis.com/youtube/v3";

/// A page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
    /// Where the next page begins; none behind the last.
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// A channel.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    pub id: String,
    #[serde(default)]
    pub snippet: ChannelSnippet,
    #[serde(default)]
    pub content_details: ChannelDetails,
    #[serde(default)]
    pub status: ChannelStatus,
    #[serde(default)]
    pub statistics: Value,
}

impl Channel {
    /// The name it shows.
    pub fn display_name(&self) -> &str {
        let title = self.snippet.title.trim();
        if title.is_empty() { &self.id } else { title }
    }

    /// Its name for people: where it has no handle, the name it shows.
    pub fn handle(&self) -> String {
        self.snippet.custom_url.as_deref().unwrap_or(self.display_name()).trim_start_matches('@').to_owned()
    }
}

/// What people see of a channel.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct ChannelSnippet {
    pub title: String,
    pub custom_url: Option<String>,
    pub country: Option<String>,
}

/// What a channel has.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct ChannelDetails {
    related_playlists: Playlists,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Playlists {
    uploads: Option<String>,
}

/// What a channel may do.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct ChannelStatus {
    /// `allowed`, `eligible` or `disallowed`: films of more than 15 minutes.
    pub long_uploads_status: String,
}

/// A video. What is not asked for is null.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Video {
    pub id: String,
    pub snippet: Value,
    pub status: Value,
    pub statistics: Value,
}

/// A video in a list of uploads.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upload {
    content_details: UploadDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UploadDetails {
    video_id: String,
}

/// A comment on a video, with its answers.
#[derive(Deserialize)]
pub struct CommentThread {
    pub id: String,
    #[serde(default)]
    pub snippet: Value,
}

impl CommentThread {
    /// Whether this channel wrote it with these words.
    pub fn is(&self, channel: &str, text: &str) -> bool {
        let comment = &self.snippet["topLevelComment"]["snippet"];
        let written = comment["textOriginal"].as_str().or_else(|| comment["textDisplay"].as_str());
        comment["authorChannelId"]["value"] == channel && written.is_some_and(|written| written.trim() == text.trim())
    }
}

/// The channels of whoever agreed.
pub async fn own_channels(api: &Api<'_>) -> Result<Vec<Channel>, NetworkError> {
    let parts = [("part", "snippet,contentDetails,status,statistics"), ("mine", "true"), ("maxResults", "50")];
    let page: Page<Channel> = api.read(api.get(&format!("{API}/channels"))?.query(&parts), Step::Repeatable).await?;
    Ok(page.items)
}

/// The account's channel.
pub async fn own_channel(api: &Api<'_>, account: &Account) -> Result<Channel, NetworkError> {
    let gone = || NetworkError::new(ErrorKind::Reconnect, "channel_gone", "the channel is not there any more");
    own_channels(api).await?.into_iter().find(|channel| channel.id == account.remote_id).ok_or_else(gone)
}

/// Videos by their ids, at most 50.
pub async fn videos(api: &Api<'_>, parts: &str, ids: &[&str]) -> Result<Vec<Video>, NetworkError> {
    let request = api.get(&format!("{API}/videos"))?.query(&[("part", parts), ("id", &ids.join(","))]);
    let page: Page<Video> = api.read(request, Step::Repeatable).await?;
    Ok(page.items)
}

/// The newest uploads of a channel, as videos; none when it does not tell its list.
pub async fn uploads(api: &Api<'_>, account: &Account) -> Result<Option<Vec<Video>>, NetworkError> {
    let Some(list) = own_channel(api, account).await?.content_details.related_playlists.uploads else {
        return Ok(None);
    };
    let query = [("part", "contentDetails"), ("playlistId", &list), ("maxResults", "50")];
    // A channel without videos may have no list.
    let page: Option<Page<Upload>> = api.find(api.get(&format!("{API}/playlistItems"))?.query(&query)).await?;
    let items = page.map(|page| page.items).unwrap_or_default();
    let ids: Vec<&str> = items.iter().map(|item| item.content_details.video_id.as_str()).collect();
    if ids.is_empty() {
        return Ok(Some(Vec::new()));
    }
    videos(api, "snippet,status", &ids).await.map(Some)
}

/// When it was uploaded, or made public.
pub fn published_at(video: &Video) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(video.snippet["publishedAt"].as_str()?);
    at.ok().map(|at| at.to_utc())
}

/// What is said of a video: laid over what is known of it already.
pub fn said(content: &Content, snippet: &Value, status: &Value) -> (Value, Value) {
    let option = |name| content.options.get(name).map(String::as_str);
    let flag = |name| option(name).map(|value| value == "true");
    let mut words = kept(snippet, &["title", "categoryId", "defaultLanguage"]);
    words.insert("description".to_owned(), content.text.as_str().into());
    let tags: Vec<&str> = option(TAGS).map(|tags| tags.lines().map(str::trim).collect()).unwrap_or_default();
    words.insert("tags".to_owned(), tags.into());
    let mut rules = kept(status, &["embeddable", "license", "publicStatsViewable", "containsSyntheticMedia"]);
    for (name, value) in
        [("title", option(TITLE)), ("categoryId", option(CATEGORY)), ("defaultLanguage", content.language.as_deref())]
    {
        if let Some(value) = value {
            words.insert(name.to_owned(), value.into());
        }
    }
    rules.insert("privacyStatus".to_owned(), option(PRIVACY).unwrap_or("public").into());
    for (name, option) in [("selfDeclaredMadeForKids", MADE_FOR_KIDS), ("containsSyntheticMedia", MADE_WITH_AI)] {
        if let Some(value) = flag(option) {
            rules.insert(name.to_owned(), value.into());
        }
    }
    (words.into(), rules.into())
}

/// What of an object may be sent back. What is left away is taken for cleared.
fn kept(object: &Value, names: &[&str]) -> Map<String, Value> {
    let present = |name: &&str| object.get(*name).filter(|value| !value.is_null()).cloned();
    names.iter().filter_map(|name| Some(((*name).to_owned(), present(name)?))).collect()
}

/// The body of a first comment.
pub fn comment(video: &str, text: &str) -> Value {
    json!({ "snippet": { "videoId": video, "topLevelComment": { "snippet": { "textOriginal": text } } } })
}
