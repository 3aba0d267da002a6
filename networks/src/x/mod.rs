//! X, by its API version 2.
//!
//! Exactly once: X takes no key that would tell a repeated request from a new one. The account's newest post is
//! remembered before the first is sent, and after an unknown outcome the posts that are newer are read and compared
//! before anything is sent again. X also refuses a second post with the same words, which is taken as a sign that the
//! first may be there. A thread is a chain of answers.

mod comments;
mod media;
mod mentions;
mod oauth;
mod publish;
mod text;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_platform::http::Method;
use serde_json::Value;
use url::Url;

use crate::call::Step;
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Pace,
    VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, DraftMedia, MOST_PARTS, Part, Violation, ViolationCode};
use crate::counting::{self, TextUnit};
use crate::error::NetworkError;
use crate::mentions::{MentionCount, MentionDay, MentionWords};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost, word,
};
use crate::preview::{Preview, plain_with_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use crate::validate::violations;
use publish::Publishing;
use wire::{Api, POST_FIELDS, Post};

/// The network.
pub struct X;

const HOME: &str = "https://api.x.com/";
const AUTHORIZE: &str = "https://x.com/i/oauth2/authorize";
const TOKEN: &str = "https://api.x.com/2/oauth2/token";

/// What an application may do: read (for look-ups and numbers), post, attach, and all that while nobody is there.
const SCOPES: &str = "tweet.read tweet.write users.read media.write offline.access";

/// Names of options: the answers of a poll and how long it runs, who may answer, and whether a machine made the post.
const POLL: &str = "poll";
const POLL_MINUTES: &str = "poll_minutes";
const REPLY_SETTINGS: &str = "reply_settings";
const MADE_WITH_AI: &str = "made_with_ai";

/// How long a poll runs where nobody says it: a day, as in X's own editor.
const POLL_MINUTES_DEFAULT: u64 = 24 * 60;

/// The longest answer of a poll, in characters.
const POLL_ANSWER: u64 = 25;

const GIF: &str = "image/gif";

/// Of how many posts the numbers are read in one request.
const COUNTED_AT_ONCE: usize = 100;

/// The most bytes of a GIF; other images take less.
const GIF_BYTES: u64 = 15 * 1024 * 1024;

/// The most bytes of one part of a film, and the most parts (`segment_index` is 0 to 999).
const PART_BYTES: u64 = 5_000_000;
const MOST_FILM_PARTS: u64 = 1_000;

/// The narrowest and the flattest film: one to three, and its smallest side in pixels.
const FILM_RATIO: u32 = 3;
const FILM_SIDE: u32 = 32;

/// <https://docs.x.com/x-api/media/quickstart/best-practices> for files, <https://api.x.com/2/openapi.json> for the
/// rest, <https://docs.x.com/x-api/fundamentals/rate-limits> for the pace. A film may have 8 GB, but the parts in
/// which it is sent come to less.
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("x"),
    name: "X",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &["api.x.com", "x.com"],
    app: Some("x"),
    text: counting::X,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 4,
        max_image_bytes: 5 * 1024 * 1024,
        mime_types: &["image/jpeg", "image/png", "image/webp", GIF, "video/mp4", "video/quicktime"],
        max_alt_text: 1_000,
        alt_text: AltText::ImagesAndFilms,
        video: Some(VideoLimits {
            max_videos: 1,
            max_bytes: PART_BYTES * MOST_FILM_PARTS,
            min_ms: 500,
            max_ms: 20 * 60 * 1000,
        }),
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
            name: REPLY_SETTINGS,
            label: "Who may answer",
            kind: OptionKind::Choice(&["following", "mentioned_users", "subscribers", "verified"]),
            required: false,
        },
        OptionSpec {
            name: POLL,
            label: "Poll answers, one per line",
            kind: OptionKind::Lines { least: 2, most: 4, max: POLL_ANSWER },
            required: false,
        },
        OptionSpec {
            name: POLL_MINUTES,
            label: "Minutes the poll runs",
            kind: OptionKind::Number { least: 5, most: 7 * 24 * 60 },
            required: false,
        },
        OptionSpec { name: MADE_WITH_AI, label: "Made with AI", kind: OptionKind::Flag, required: false },
    ],
    metrics: &[
        Metric::Views,
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
    idempotency: "The account's newer posts are compared before anything is sent again; the same words are refused twice.",
    look_up: true,
    delete: true,
    edit: false,
    quota: None,
    pace: Some(Pace { most: 100, per: std::time::Duration::from_mins(15) }),
    history: None,
    // Requests under a person's token. The table's rows of posts were read there; its row of `users/me` could not be: few are taken.
    reads: &[
        RateLimit {
            name: "tweets",
            most: 5000,
            per: std::time::Duration::from_mins(15),
            of: RateLimitOf::Account,
            posts: 1,
            account: 0,
            comments: 0,
            source: "https://docs.x.com/x-api/fundamentals/rate-limits",
        },
        RateLimit {
            name: "users/me",
            most: 75,
            per: std::time::Duration::from_mins(15),
            of: RateLimitOf::Account,
            posts: 0,
            account: 1,
            comments: 0,
            source: "https://docs.x.com/x-api/fundamentals/rate-limits",
        },
        RateLimit {
            name: "tweets/search/recent",
            most: 300,
            per: std::time::Duration::from_mins(15),
            of: RateLimitOf::Account,
            posts: 0,
            account: 0,
            comments: 1,
            source: "https://docs.x.com/x-api/fundamentals/rate-limits",
        },
    ],
};

/// The numbers under these names; a name that is absent is no number.
fn numbers(entity: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    let metrics = &entity["public_metrics"];
    names.iter().filter_map(|(name, metric)| metrics[*name].as_i64().map(|value| (*metric, value))).collect()
}

/// Ids come from X and are digits; whatever else one is, it stays one part of a path.
fn post_path(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/2/tweets/{id}")
}

/// What X refuses beside the limits.
fn own_violations(draft: &Draft) -> Vec<Violation> {
    let mut found = Vec::new();
    let option = |name: &str| Part::Option(name.to_owned());
    let poll = draft.options.get(POLL);
    if poll.is_some() && !draft.media.is_empty() {
        found.push(Violation::of(ViolationCode::NotTogether, option(POLL)));
    }
    if poll.is_none() && draft.options.contains_key(POLL_MINUTES) {
        found.push(Violation::of(ViolationCode::NotTogether, option(POLL_MINUTES)));
    }
    let longest = poll.and_then(|answers| answers.lines().map(|line| TextUnit::Utf16Units.count(line, None)).max());
    if let Some(longest) = longest.filter(|length| *length > POLL_ANSWER) {
        let unit = Some(TextUnit::Utf16Units);
        let (limit, actual) = (Some(POLL_ANSWER), Some(longest));
        found.push(Violation { limit, actual, unit, ..Violation::of(ViolationCode::OptionInvalid, option(POLL)) });
    }
    for (index, media) in draft.media.iter().enumerate() {
        let code = if media.mime == GIF && draft.media.len() > 1 {
            ViolationCode::MediaMixed
        } else if media.is_video() && !is_shaped(media) {
            ViolationCode::MediaShape
        } else {
            continue;
        };
        found.push(Violation { media_index: Some(index), ..Violation::of(code, Part::Text) });
    }
    found
}

fn is_shaped(film: &DraftMedia) -> bool {
    let (short, long) = (film.width.min(film.height), film.width.max(film.height));
    short >= FILM_SIDE && long <= short.saturating_mul(FILM_RATIO)
}

#[async_trait]
impl Network for X {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// A GIF stands alone, and may be larger than other images.
    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        let mut found = violations(&CAPABILITIES, limits, draft);
        let is_small_gif =
            |index: usize| draft.media.get(index).is_some_and(|media| media.mime == GIF && media.size <= GIF_BYTES);
        found.retain(|violation| {
            violation.code != ViolationCode::ImageTooLarge || !violation.media_index.is_some_and(is_small_gif)
        });
        // Said better by the length in X's own unit.
        let own = own_violations(draft);
        found.retain(|before| !own.iter().any(|own| own.code == before.code && own.part == before.part));
        found.extend(own);
        found
    }

    fn preview(&self, text: &str, images: usize) -> Preview {
        plain_with_links(text, images)
    }

    async fn begin_authorization(
        &self,
        out: Outside<'_>,
        _instance: &Url,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        oauth::begin(out.app()?, redirect_uri, state)
    }

    async fn complete_authorization(
        &self,
        out: Outside<'_>,
        pending: &Credentials,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        Ok(vec![oauth::complete(out, pending, code, redirect_uri).await?])
    }

    fn refresh_due(&self, account: &Account) -> Option<DateTime<Utc>> {
        oauth::refresh_due(account)
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        oauth::is_stale(account, now)
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        oauth::refresh(out, oauth::tokens(account)?, now).await
    }

    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        Ok(Some(oauth::limits(&api.me().await?)))
    }

    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        steps::publish(&Publishing { api, account, content }, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        steps::look_up(&Publishing { api, account, content }, content, checkpoint).await
    }

    fn posts_counted_at_once(&self) -> usize {
        COUNTED_AT_ONCE
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        /// `retweet_count` until the middle of 2026.
        const NAMES: [(&str, Metric); 7] = [
            ("impression_count", Metric::Views),
            ("like_count", Metric::Likes),
            ("repost_count", Metric::Reposts),
            ("retweet_count", Metric::Reposts),
            ("reply_count", Metric::Replies),
            ("quote_count", Metric::Quotes),
            ("bookmark_count", Metric::Bookmarks),
        ];
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for ids in remote_ids.chunks(COUNTED_AT_ONCE) {
            let query = [("ids", ids.join(",")), ("tweet.fields", "public_metrics".to_owned())];
            let posts = api.page::<Value>(api.get("/2/tweets")?.query(&query)).await?.items;
            metrics.extend(ids.iter().map(|id| {
                let post = posts.iter().find(|post| post["id"] == id.as_str());
                let mut values = post.map(|post| numbers(post, &NAMES)).unwrap_or_default();
                values.dedup_by_key(|(metric, _)| *metric);
                let missing = post.is_none().then_some(Missing::Gone);
                PostMetrics { remote_id: id.clone(), values, raw: post.cloned().unwrap_or_default(), missing }
            }));
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        const NAMES: [(&str, Metric); 3] = [
            ("followers_count", Metric::Followers),
            ("following_count", Metric::Following),
            ("tweet_count", Metric::Posts),
        ];
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        let request = api.get("/2/users/me")?.query(&[("user.fields", "public_metrics")]);
        let raw: Value = api.data(request, Step::Repeatable).await?;
        Ok(AccountMetrics { values: numbers(&raw, &NAMES), handle: word(&raw, "username"), raw, missing: None })
    }

    async fn count_mentions(
        &self,
        out: Outside<'_>,
        account: &Account,
        words: MentionWords<'_>,
        days: &[MentionDay],
    ) -> Result<Vec<MentionCount>, NetworkError> {
        mentions::count(out, account, words, days).await
    }

    async fn read_comments(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        comments::read_page(&api, &account.remote_id, (remote_id, from)).await
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        let post: Option<Post> = api.find(api.get(&post_path(remote_id))?.query(&[POST_FIELDS])).await?;
        Ok(post.map(|post| RemotePost {
            text: text::written(&post),
            url: format!("https://x.com/{}/status/{}", account.handle, post.id).parse().ok(),
            media_count: post.attachments.media_keys.len(),
            created_at: post.created_at,
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        // A post that is gone is deleted once more, or not found.
        api.find::<Value>(api.request(Method::DELETE, &post_path(remote_id))?).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests;
