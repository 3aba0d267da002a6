//! Bluesky: the AT Protocol, with an app password at the account's own server (PDS).
//!
//! Exactly once: the record key is chosen here, before anything is sent, and `putRecord` with `swapRecord: null` makes
//! a record only where there is none; the same bytes again are answered as a success. A thread is a record per post, each
//! with a key of its own, and each naming the one that it answers.

mod comments;
mod facets;
mod map;
mod mentions;
mod publish;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize as _;
use serde_json::{Value, json};
use url::Url;

use crate::call::{Step, no_answer, read};
use crate::capabilities::{AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, VideoLimits};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, MOST_PARTS, Part, Violation, ViolationCode, graphemes};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::mentions::{MentionCount, MentionDay, MentionWords};
use crate::network::{
    Account, AccountMetrics, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics, Progress,
    Published, RemotePost, word,
};
use crate::preview::Preview;
use crate::reading::{RateLimit, RateLimitOf};
use crate::validate::violations;
use wire::{POST, Posts, RecordAnswer, RecordList, Session, SessionAnswer, Xrpc, is_not_served};

/// The network.
pub struct Bluesky;

/// Images: lexicon `app.bsky.embed.images`
/// (4); a PDS of version 0.4 enforces 1 000 000 bytes each, the current lexicon 2 000 000: the smaller one works
/// everywhere. Descriptions have no limit in the lexicon; 2000 is that of the network's own app.
///
/// Films go to the account's server as images do (<https://docs.bsky.app/docs/tutorials/video>, "simple method"), and are shown when the
/// network has processed them, some seconds after the post. Lexicon `app.bsky.embed.video`: one, as MP4, of 100 MB. Bluesky's own servers take
/// 50 MiB in one request, others perhaps less, and say so then. Three minutes is the limit of the network's own app.
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("bluesky"),
    name: "Bluesky",
    connect: ConnectMethod::AppPassword,
    home: None,
    hosts: &[],
    app: None,
    text: counting::BLUESKY,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 4,
        max_image_bytes: 1_000_000,
        mime_types: &["image/jpeg", "image/png", "image/webp", "video/mp4"],
        max_alt_text: 2000,
        alt_text: AltText::ImagesAndFilms,
        video: Some(VideoLimits { max_videos: 1, max_bytes: 50 * 1024 * 1024, min_ms: 1, max_ms: 180_000 }),
        document: None,
        required: false,
        mixed: false,
    },
    allows_empty_text_with_media: true,
    thread: Some(MOST_PARTS),
    first_comment: true,
    link: true,
    options: &[],
    metrics: &[
        Metric::Likes,
        Metric::Reposts,
        Metric::Replies,
        Metric::Quotes,
        Metric::Bookmarks,
        Metric::Followers,
        Metric::Following,
        Metric::Posts,
    ],
    mentions: Some(mentions::COUNTING),
    comments: true,
    audience: None,
    idempotency: "The record key is chosen before sending; the server makes a record only where there is none.",
    look_up: true,
    delete: true,
    edit: false,
    quota: None,
    pace: None,
    history: None,
    // Of everything that comes from the address of this installation.
    reads: &[RateLimit {
        name: "address",
        most: 3000,
        per: std::time::Duration::from_mins(5),
        of: RateLimitOf::Server,
        posts: 1,
        account: 1,
        comments: 1,
        source: "https://docs.bsky.app/docs/advanced-guides/rate-limits",
    }],
};

/// The longest description of a film, in graphemes: lexicon `app.bsky.embed.video`.
const FILM_ALT_TEXT: u64 = 1000;

/// Sessions are renewed this long before they end.
const RENEW_AHEAD: TimeDelta = TimeDelta::minutes(10);
/// The most URIs in one `getPosts`.
const POSTS_PER_READ: usize = 25;
/// Counting the records of a repository stops after this many pages of 100.
const MAX_PAGES: usize = 50;

fn session(credentials: &Credentials) -> Result<Session, NetworkError> {
    Session::deserialize(&credentials.0).map_err(|error| NetworkError::credentials(&error))
}

/// Whether the session ends soon. One whose end cannot be read is used until the server refuses it.
fn is_stale(session: &Session, now: DateTime<Utc>) -> bool {
    map::expiry(&session.access_jwt).is_some_and(|expiry| expiry - now <= RENEW_AHEAD)
}

fn credentials(answer: &SessionAnswer) -> Credentials {
    Credentials(json!({
        "did": answer.did,
        "access_jwt": answer.access_jwt,
        "refresh_jwt": answer.refresh_jwt,
    }))
}

/// A PDS asked without an account: repositories are public.
fn public<'a>(out: Outside<'a>, account: &'a Account) -> Xrpc<'a> {
    Xrpc { http: out.http, base: &account.base_url, token: None }
}

fn uri(did: &str, rkey: &str) -> String {
    format!("at://{did}/{POST}/{rkey}")
}

/// The record key in a post's URI.
fn rkey(remote_id: &str) -> Result<&str, NetworkError> {
    remote_id
        .rsplit_once(&format!("/{POST}/"))
        .map(|(_, rkey)| rkey)
        .ok_or_else(|| NetworkError::new(ErrorKind::Ask, "remote_id_invalid", "not the URI of a post"))
}

fn published(account: &Account, rkey: &str) -> Published {
    let url = format!("https://bsky.app/profile/{}/post/{rkey}", account.remote_id);
    Published { remote_id: uri(&account.remote_id, rkey), url: url.parse().ok() }
}

#[async_trait]
impl Network for Bluesky {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// A film's description is shorter than an image's.
    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        let mut found = violations(&CAPABILITIES, limits, draft);
        for (index, media) in draft.media.iter().enumerate().filter(|(_, media)| media.is_video()) {
            let actual = graphemes(&media.alt_text);
            if actual > FILM_ALT_TEXT && actual <= limits.max_alt_text {
                let of = Violation::of(ViolationCode::AltTextTooLong, Part::Text);
                let (limit, actual) = (Some(FILM_ALT_TEXT), Some(actual));
                found.push(Violation { limit, actual, media_index: Some(index), ..of });
            }
        }
        found
    }

    fn preview(&self, text: &str, _images: usize) -> Preview {
        facets::preview(text)
    }

    async fn connect_with_app_password(
        &self,
        out: Outside<'_>,
        service: &Url,
        identifier: &str,
        password: &str,
    ) -> Result<Connected, NetworkError> {
        // Handles copied from an app come with `@` and with marks of writing direction.
        let identifier: String = identifier.chars().filter(char::is_ascii_graphic).skip_while(|c| *c == '@').collect();
        let body = json!({ "identifier": identifier, "password": password.trim() });
        let server = Xrpc { http: out.http, base: service, token: None };
        let answer = server.procedure("com.atproto.server.createSession", &body, Step::Repeatable).await?;
        let answer: SessionAnswer = read(&answer, Step::Repeatable)?;
        if answer.active == Some(false) {
            let status = answer.status.as_deref().unwrap_or("inactive");
            return Err(NetworkError::new(ErrorKind::Ask, "account_inactive", format!("the account is {status}")));
        }
        let base_url = answer.did_doc.as_ref().and_then(wire::DidDocument::pds).unwrap_or_else(|| service.clone());
        out.http.check(&base_url).map_err(|error| no_answer(&error, Step::Repeatable))?;
        let pds = Xrpc { http: out.http, base: &base_url, token: None };
        // A profile is only for show: without one, the handle is the name.
        let profile = pds.record(&answer.did, "app.bsky.actor.profile", "self").await.ok().flatten();
        let name = profile.as_ref().and_then(|profile| profile.value["displayName"].as_str()).map(str::trim);
        Ok(Connected {
            display_name: name.filter(|name| !name.is_empty()).unwrap_or(&answer.handle).to_owned(),
            profile_url: format!("https://bsky.app/profile/{}", answer.handle).parse().ok(),
            credentials: credentials(&answer),
            limits: Limits::defaults(&CAPABILITIES),
            remote_id: answer.did,
            handle: answer.handle,
            base_url,
        })
    }

    /// What it allows is the same for everybody, and may be more than when the account was connected.
    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        self.account_metrics(out, account).await.map(|_| Some(Limits::defaults(&CAPABILITIES)))
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        session(&account.credentials).ok().is_none_or(|session| is_stale(&session, now))
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        let session = session(&account.credentials)?;
        if !is_stale(&session, now) {
            return Ok(None);
        }
        let server = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.refresh_jwt) };
        let answer = server.procedure("com.atproto.server.refreshSession", &Value::Null, Step::Repeatable).await?;
        let answer: SessionAnswer = read(&answer, Step::Repeatable)?;
        Ok(Some(credentials(&answer)))
    }

    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError> {
        let session = session(&account.credentials)?;
        let pds = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.access_jwt) };
        publish::publish(&pds, account, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        publish::look_up(&public(out, account), account, content, checkpoint).await
    }

    fn posts_counted_at_once(&self) -> usize {
        POSTS_PER_READ
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        const NAMES: [(&str, Metric); 5] = [
            ("likeCount", Metric::Likes),
            ("repostCount", Metric::Reposts),
            ("replyCount", Metric::Replies),
            ("quoteCount", Metric::Quotes),
            ("bookmarkCount", Metric::Bookmarks),
        ];
        let session = session(&account.credentials)?;
        let pds = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.access_jwt) };
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for ids in remote_ids.chunks(POSTS_PER_READ) {
            let uris: Vec<_> = ids.iter().map(|id| ("uris", id.as_str())).collect();
            let posts = match pds.query("app.bsky.feed.getPosts", &uris).await {
                Ok(answer) => Some(read::<Posts>(&answer, Step::Repeatable)?.posts),
                Err(error) if is_not_served(&error) => None,
                Err(error) => return Err(error.error),
            };
            for id in ids {
                let post = posts.iter().flatten().find(|post| post["uri"] == id.as_str());
                let missing = if posts.is_none() { Missing::NotServed } else { Missing::Gone };
                metrics.push(PostMetrics {
                    remote_id: id.clone(),
                    values: post.map(|post| map::numbers(post, &NAMES)).unwrap_or_default(),
                    raw: post.cloned().unwrap_or_default(),
                    missing: post.is_none().then_some(missing),
                });
            }
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        const NAMES: [(&str, Metric); 3] =
            [("followersCount", Metric::Followers), ("followsCount", Metric::Following), ("postsCount", Metric::Posts)];
        let session = session(&account.credentials)?;
        let pds = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.access_jwt) };
        match pds.query("app.bsky.actor.getProfile", &[("actor", &account.remote_id)]).await {
            Ok(answer) => {
                let profile: Value = read(&answer, Step::Repeatable)?;
                // That is what an account is called whose domain does not lead to it just now.
                let handle = word(&profile, "handle").filter(|handle| handle != "handle.invalid");
                Ok(AccountMetrics { values: map::numbers(&profile, &NAMES), raw: profile, missing: None, handle })
            }
            // A PDS without an AppView does not know who follows; what the account itself did can be counted.
            Err(error) if is_not_served(&error) => {
                let mut values = Vec::new();
                for (collection, metric) in [(POST, Metric::Posts), ("app.bsky.graph.follow", Metric::Following)] {
                    if let Some(count) = count(&pds, &account.remote_id, collection).await? {
                        values.push((metric, count));
                    }
                }
                let counted: serde_json::Map<_, _> =
                    values.iter().map(|(metric, count)| (metric.as_str().to_owned(), json!(count))).collect();
                let (raw, missing) = (json!({ "counted": counted }), Some(Missing::NotServed));
                Ok(AccountMetrics { values, raw, missing, handle: None })
            }
            Err(error) => Err(error.error),
        }
    }

    async fn count_mentions(
        &self,
        out: Outside<'_>,
        account: &Account,
        words: MentionWords<'_>,
        days: &[MentionDay],
    ) -> Result<Vec<MentionCount>, NetworkError> {
        let session = session(&account.credentials)?;
        let pds = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.access_jwt) };
        mentions::count(&pds, words, days).await
    }

    async fn read_comments(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        _from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        let session = session(&account.credentials)?;
        let pds = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.access_jwt) };
        comments::read_all(&pds, &account.remote_id, remote_id).await
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let rkey = rkey(remote_id)?;
        let record = public(out, account).record(&account.remote_id, POST, rkey).await?;
        Ok(record.map(|RecordAnswer { value, .. }| RemotePost {
            text: value["text"].as_str().unwrap_or_default().to_owned(),
            url: published(account, rkey).url,
            media_count: map::media_count(&value),
            created_at: value["createdAt"].as_str().and_then(|moment| moment.parse().ok()),
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let session = session(&account.credentials)?;
        let pds = Xrpc { http: out.http, base: &account.base_url, token: Some(&session.access_jwt) };
        let body = json!({ "repo": account.remote_id, "collection": POST, "rkey": rkey(remote_id)? });
        pds.procedure("com.atproto.repo.deleteRecord", &body, Step::Repeatable).await?;
        Ok(())
    }
}

/// How many records a collection of the account has; none when they are too many to count.
async fn count(pds: &Xrpc<'_>, did: &str, collection: &str) -> Result<Option<i64>, NetworkError> {
    let mut count = 0;
    let mut cursor = String::new();
    for _ in 0..MAX_PAGES {
        let mut parameters = vec![("repo", did), ("collection", collection), ("limit", "100")];
        if !cursor.is_empty() {
            parameters.push(("cursor", &cursor));
        }
        let answer = pds.query("com.atproto.repo.listRecords", &parameters).await?;
        let page: RecordList = read(&answer, Step::Repeatable)?;
        count += i64::try_from(page.records.len()).unwrap_or(i64::MAX);
        match page.cursor.filter(|_| !page.records.is_empty()) {
            Some(next) => cursor = next,
            None => return Ok(Some(count)),
        }
    }
    Ok(None)
}
