//! Mastodon, and the servers that speak its API.
//!
//! Exactly once: the publication's id goes along as `Idempotency-Key`, but some servers ignore it (snac, `GoToSocial`).
//! So the newest post of the account is remembered before sending, and after an unknown outcome the account's newer
//! posts are read and compared before anything is sent again. A thread is a chain of answers, each of its posts kept in the
//! same way.

mod comments;
mod media;
mod mentions;
mod oauth;
mod preview;
mod publish;
mod rules;
pub(crate) mod text;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_platform::http::Method;
use serde::Deserialize as _;
use serde_json::Value;
use url::Url;

use crate::call::{Step, read};
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, MOST_PARTS, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::mentions::{MentionCount, MentionDay, MentionWords};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost, word,
};
use crate::preview::Preview;
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use publish::Publishing;
use wire::{Grant, Server, Status};

/// The network.
pub struct Mastodon;

/// Names of options: who sees the posts, whether the images are covered, and the words that stand in front of the text until
/// somebody opens it. They hold for every post of a thread and for the first comment.
const VISIBILITY: &str = "visibility";
const SENSITIVE: &str = "sensitive";
const SPOILER_TEXT: &str = "spoiler_text";
/// The answers of a poll whose question is the text, how long it is open, and whether several may be chosen. It belongs to
/// the first post alone.
const POLL: &str = "poll";
const POLL_MINUTES: &str = "poll_minutes";
const POLL_MULTIPLE: &str = "poll_multiple";

/// Defaults of Mastodon 4; every server tells its own, but for polls. <https://docs.joinmastodon.org/entities/Instance/>,
/// <https://docs.joinmastodon.org/user/posting/>; polls:
/// <https://github.com/mastodon/mastodon/blob/main/app/validators/poll_options_validator.rb>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("mastodon"),
    name: "Mastodon",
    connect: ConnectMethod::OAuthCode { needs_instance: true },
    home: None,
    hosts: &[],
    app: None,
    text: counting::MASTODON,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 4,
        max_image_bytes: 16 * 1024 * 1024,
        mime_types: &[
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/webp",
            "video/mp4",
            "video/quicktime",
            "video/webm",
        ],
        max_alt_text: 1500,
        alt_text: AltText::ImagesAndFilms,
        // Films may be as long as they are small enough.
        video: Some(VideoLimits { max_videos: 1, max_bytes: 99 * 1024 * 1024, min_ms: 0, max_ms: 86_400_000 }),
        document: None,
        required: false,
        mixed: false,
    },
    allows_empty_text_with_media: true,
    thread: Some(MOST_PARTS),
    first_comment: true,
    link: false,
    options: &[
        OptionSpec {
            name: VISIBILITY,
            label: "Who sees it",
            kind: OptionKind::Choice(&["public", "unlisted", "private", "direct"]),
            required: false,
        },
        OptionSpec { name: SENSITIVE, label: "The images are sensitive", kind: OptionKind::Flag, required: false },
        OptionSpec {
            name: SPOILER_TEXT,
            label: "Content warning",
            kind: OptionKind::Text { max: 500 },
            required: false,
        },
        OptionSpec {
            name: POLL,
            label: "Poll answers, one per line",
            kind: OptionKind::Lines { least: 2, most: 4, max: 50 },
            required: false,
        },
        OptionSpec {
            name: POLL_MINUTES,
            label: "Minutes the poll runs",
            kind: OptionKind::Number { least: 5, most: 43_829 },
            required: false,
        },
        OptionSpec {
            name: POLL_MULTIPLE,
            label: "Several answers may be chosen in the poll",
            kind: OptionKind::Flag,
            required: false,
        },
    ],
    metrics: &[
        Metric::Likes,
        Metric::Reposts,
        Metric::Replies,
        Metric::Quotes,
        Metric::Followers,
        Metric::Following,
        Metric::Posts,
    ],
    mentions: Some(mentions::COUNTING),
    comments: true,
    audience: None,
    idempotency: "Idempotency-Key, and for servers that ignore it the account's newer posts are compared.",
    look_up: true,
    delete: true,
    edit: true,
    quota: None,
    pace: None,
    history: None,
    // As servers come: 300 in five minutes for each account. One that allows less says so.
    reads: &[RateLimit {
        name: "account",
        most: 300,
        per: std::time::Duration::from_mins(5),
        of: RateLimitOf::Account,
        posts: 1,
        account: 1,
        comments: 1,
        source: "https://docs.joinmastodon.org/api/rate-limits/",
    }],
};

fn grant(account: &Account) -> Result<Grant, NetworkError> {
    Grant::deserialize(&account.credentials.0).map_err(|error| NetworkError::credentials(&error))
}

/// The path of a post. Ids are opaque and come from the server, so they are escaped.
fn status_path(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/api/v1/statuses/{id}")
}

fn published(status: Status) -> Published {
    Published { url: status.url.and_then(|url| url.parse().ok()), remote_id: status.id }
}

/// The numbers under these names; a name that is absent is no number.
fn numbers(entity: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    names.iter().filter_map(|(name, metric)| entity[*name].as_i64().map(|value| (*metric, value))).collect()
}

#[async_trait]
impl Network for Mastodon {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::check(limits, draft)
    }

    fn preview(&self, text: &str, images: usize) -> Preview {
        preview::preview(text, images)
    }

    async fn begin_authorization(
        &self,
        out: Outside<'_>,
        instance: &Url,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        oauth::begin(out.http, instance, redirect_uri, state).await
    }

    async fn complete_authorization(
        &self,
        out: Outside<'_>,
        pending: &Credentials,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        Ok(vec![oauth::complete(out.http, pending, code, redirect_uri).await?])
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        grant(account).ok().is_none_or(|grant| oauth::is_stale(&grant, now))
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        oauth::refresh(out.http, account, grant(account)?, now).await
    }

    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        steps::publish(&Publishing { server, account, content }, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        steps::look_up(&Publishing { server, account, content }, content, checkpoint).await
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        const NAMES: [(&str, Metric); 4] = [
            ("favourites_count", Metric::Likes),
            ("reblogs_count", Metric::Reposts),
            ("replies_count", Metric::Replies),
            ("quotes_count", Metric::Quotes),
        ];
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        let mut metrics = Vec::with_capacity(remote_ids.len());
        // Reading many at once exists only since 4.3, and not on the compatible servers.
        for id in remote_ids {
            let status: Option<Value> = match server.find(&status_path(id)).await? {
                Some(answer) => Some(read(&answer, Step::Repeatable)?),
                None => None,
            };
            metrics.push(PostMetrics {
                remote_id: id.clone(),
                values: status.as_ref().map(|status| numbers(status, &NAMES)).unwrap_or_default(),
                missing: status.is_none().then_some(Missing::Gone),
                raw: status.unwrap_or_default(),
            });
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        const NAMES: [(&str, Metric); 3] = [
            ("followers_count", Metric::Followers),
            ("following_count", Metric::Following),
            ("statuses_count", Metric::Posts),
        ];
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        let raw: Value = read(&server.verify_credentials().await?, Step::Repeatable)?;
        // The server's domain, which stands behind the name, was read when it was connected.
        let domain = account.handle.rsplit_once('@').map(|(_, domain)| domain);
        let handle = domain.and_then(|domain| Some(format!("{}@{domain}", word(&raw, "username")?)));
        Ok(AccountMetrics { values: numbers(&raw, &NAMES), handle, raw, missing: None })
    }

    async fn count_mentions(
        &self,
        out: Outside<'_>,
        account: &Account,
        words: MentionWords<'_>,
        days: &[MentionDay],
    ) -> Result<Vec<MentionCount>, NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        mentions::count(&server, words.hashtags, days).await
    }

    async fn read_comments(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        _from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        comments::read_all(&server, &account.remote_id, remote_id).await
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        let Some(answer) = server.find(&status_path(remote_id)).await? else { return Ok(None) };
        let status: Status = read(&answer, Step::Repeatable)?;
        Ok(Some(RemotePost {
            text: publish::shown_text(&status),
            url: status.url.as_deref().and_then(|url| url.parse().ok()),
            media_count: status.media_attachments.len(),
            created_at: status.created_at,
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        let path = status_path(remote_id);
        let answer = server.answer(out.http.request(Method::DELETE, server.url(&path)?), Step::Repeatable).await?;
        if answer.status.is_success() {
            return Ok(());
        }
        let error = wire::refusal(&answer, Step::Repeatable);
        if !matches!(answer.status.as_u16(), 404 | 405 | 410 | 501) {
            return Err(error);
        }
        // "Not found" is said of a post that is gone and, by servers that cannot delete, of any.
        match server.find(&path).await? {
            None => Ok(()),
            Some(_) => Err(NetworkError::new(ErrorKind::Ask, "delete_not_served", error.detail)),
        }
    }

    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        let grant = grant(account)?;
        let server = Server { http: out.http, base: &account.base_url, token: Some(&grant.access) };
        publish::edit(&server, &status_path(remote_id), content).await
    }
}
