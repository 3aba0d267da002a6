//! Instagram, for the professional accounts of those who log in there (not through a page of Facebook).
//!
//! Exactly once: a post is made in a container, which can be published once and says whether it was. The newest posts are
//! remembered before it is published, so that its id is found afterwards. A comment is looked for among those of the post.

mod comments;
mod connect;
mod publish;
mod rules;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diwan_platform::http::Method;
use serde_json::Value;
use url::Url;

use crate::audience::{AudienceOf, AudienceOffer, AudienceSlice};
use crate::call::{Step, read};
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Quota,
    QuotaOf, QuotaPeriod, VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, Options, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::meta::containers::{Graph, Post};
use crate::meta::{audience, login};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost, word,
};
use crate::oauth::Tokens;
use crate::preview::{Preview, plain_without_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use publish::Publishing;

/// The network.
pub struct Instagram;

const HOME: &str = "https://graph.instagram.com/";

/// <https://developers.facebook.com/docs/graph-api/changelog>
const VERSION: &str = "v25.0";

/// Names of options: what is made of it, whether a reel is shown among the posts too, and the moment of a film that is its
/// cover.
const FORMAT: &str = "format";
const SHARE_TO_FEED: &str = "share_to_feed";
const COVER_SECONDS: &str = "cover_seconds";

/// What is asked of a post.
const POST_FIELDS: &str = "id,caption,media_type,permalink,timestamp,children{id}";

const MEGABYTE: u64 = 1024 * 1024;

/// Limits: <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>; quota, of
/// which the account's own is read: <https://developers.facebook.com/docs/instagram-platform/content-publishing>; numbers:
/// <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("instagram"),
    name: "Instagram",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &["api.instagram.com", "graph.instagram.com", "www.instagram.com"],
    app: Some("instagram"),
    text: counting::INSTAGRAM,
    caption: None,
    text_also: &[counting::INSTAGRAM_HASHTAGS, counting::INSTAGRAM_MENTIONS],
    media: MediaLimits {
        max_images: 10,
        max_image_bytes: 8 * MEGABYTE,
        mime_types: &["image/jpeg", "video/mp4", "video/quicktime"],
        max_alt_text: 1_000,
        alt_text: AltText::Images,
        video: Some(VideoLimits { max_videos: 10, max_bytes: 300 * MEGABYTE, min_ms: 3_000, max_ms: 900_000 }),
        document: None,
        required: true,
        mixed: true,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: true,
    link: false,
    options: &[
        OptionSpec {
            name: FORMAT,
            label: "Format",
            kind: OptionKind::Choice(&["feed", "reel", "story"]),
            required: false,
        },
        OptionSpec {
            name: SHARE_TO_FEED,
            label: "The reel is shown among the posts, too",
            kind: OptionKind::Flag,
            required: false,
        },
        OptionSpec {
            name: COVER_SECONDS,
            label: "Moment of the film that is its cover, in seconds",
            kind: OptionKind::Number { least: 0, most: 900 },
            required: false,
        },
    ],
    metrics: &[
        Metric::Likes,
        Metric::Reposts,
        Metric::Replies,
        Metric::Bookmarks,
        Metric::Views,
        Metric::Reach,
        Metric::Followers,
        Metric::Following,
        Metric::Posts,
    ],
    mentions: None,
    comments: true,
    audience: Some(AudienceOffer {
        of: AudienceOf::Followers,
        dimensions: &audience::DIMENSIONS,
        requests: 4,
        source: "https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights",
    }),
    idempotency: "A container is published once and says so: it is asked before anything is sent again.",
    look_up: true,
    delete: false,
    edit: false,
    quota: Some(Quota { most: 100, period: QuotaPeriod::RollingHours(24), of: QuotaOf::Account, only: None }),
    pace: None,
    // By day it tells who came and not who went.
    history: None,
    // 4800 for each time anything of the account was shown that day: as if it were once. A post takes two requests. The page says that its
    // limits of business use cases apply to Instagram; the formula could be verified word for word for Threads and Facebook alone.
    reads: &[RateLimit {
        name: "account",
        most: 4800,
        per: std::time::Duration::from_hours(24),
        of: RateLimitOf::Account,
        posts: 2,
        account: 1,
        comments: 1,
        source: "https://developers.facebook.com/docs/graph-api/overview/rate-limiting",
    }],
};

/// What is made of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// Images, or images and films side by side.
    Feed,
    /// A film.
    Reel,
    /// An image or a film that is gone after a day.
    Story,
}

impl Format {
    /// What options ask for; none where they leave it to the media.
    fn named(options: &Options) -> Option<Self> {
        match options.get(FORMAT).map(String::as_str) {
            Some("feed") => Some(Self::Feed),
            Some("reel") => Some(Self::Reel),
            Some("story") => Some(Self::Story),
            _ => None,
        }
    }

    /// What comes of it. A film alone is a reel, whatever is asked for: Instagram knows no other posts with one film.
    fn of(options: &Options, films: usize, media: usize) -> Self {
        match Self::named(options) {
            Some(Self::Story) => Self::Story,
            _ if films == 1 && media == 1 => Self::Reel,
            other => other.unwrap_or(Self::Feed),
        }
    }
}

fn graph<'a>(out: Outside<'a>, base: &'a Url, tokens: &'a Tokens) -> Graph<'a> {
    let condition = ["status_code", "status"];
    Graph { http: out.http, base, version: VERSION, token: &tokens.access, condition }
}

/// The numbers of a post that Instagram has counted over its life.
async fn insights(graph: &Graph<'_>, id: &str, kind: &str) -> Result<Value, NetworkError> {
    let metrics = match kind {
        "STORY" => "views,reach,replies,shares",
        _ => "views,reach,likes,comments,saved,shares",
    };
    let request = graph.request(Method::GET, &[id, "insights"])?.query(&[("metric", metrics)]);
    match graph.find(request).await {
        Ok(Some(answer)) => read(&answer, Step::Repeatable),
        Ok(None) => Ok(Value::Null),
        // Said of a story that few have seen, and of what is older than the professional account.
        Err(error) if error.code == "permission_missing" || error.kind == ErrorKind::Content => Ok(Value::Null),
        Err(error) => Err(error),
    }
}

/// What a list of insights says.
fn numbers(list: &Value) -> Vec<(Metric, i64)> {
    const NAMES: [(&str, Metric); 7] = [
        ("likes", Metric::Likes),
        ("shares", Metric::Reposts),
        ("comments", Metric::Replies),
        ("replies", Metric::Replies),
        ("saved", Metric::Bookmarks),
        ("views", Metric::Views),
        ("reach", Metric::Reach),
    ];
    let value = |name: &str| {
        let found = list["data"].as_array()?.iter().find(|metric| metric["name"] == name)?;
        found["values"][0]["value"].as_i64().or_else(|| found["total_value"]["value"].as_i64())
    };
    NAMES.into_iter().filter_map(|(name, metric)| Some((metric, value(name)?))).collect()
}

async fn metrics_of(graph: &Graph<'_>, id: &str) -> Result<PostMetrics, NetworkError> {
    let request = graph.get(&[id], "id,media_product_type,like_count,comments_count")?;
    let remote_id = id.to_owned();
    let Some(answer) = graph.find(request).await? else {
        let missing = Some(Missing::Gone);
        return Ok(PostMetrics { remote_id, values: Vec::new(), raw: Value::Null, missing });
    };
    let mut raw: Value = read(&answer, Step::Repeatable)?;
    let list = insights(graph, id, raw["media_product_type"].as_str().unwrap_or_default()).await?;
    let mut values = numbers(&list);
    for (name, metric) in [("like_count", Metric::Likes), ("comments_count", Metric::Replies)] {
        if !values.iter().any(|(known, _)| *known == metric) {
            values.extend(raw[name].as_i64().map(|value| (metric, value)));
        }
    }
    raw["insights"] = list;
    let missing = values.is_empty().then_some(Missing::NotServed);
    Ok(PostMetrics { remote_id, values, raw, missing })
}

#[async_trait]
impl Network for Instagram {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Neither films nor stories have one.
    fn undescribed(&self, draft: &Draft) -> Vec<usize> {
        let is_story = Format::named(&draft.options) == Some(Format::Story);
        let media = draft.media.iter().enumerate();
        let lost = media.filter(|(_, media)| !media.alt_text.is_empty() && (is_story || media.is_video()));
        lost.map(|(place, _)| place).collect()
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::check(limits, draft)
    }

    /// A link in a text leads nowhere, and there are no cards.
    fn preview(&self, text: &str, _images: usize) -> Preview {
        plain_without_links(text)
    }

    async fn begin_authorization(
        &self,
        out: Outside<'_>,
        _instance: &Url,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        connect::LOGIN.begin(out, redirect_uri, state)
    }

    async fn complete_authorization(
        &self,
        out: Outside<'_>,
        _pending: &Credentials,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        Ok(vec![connect::complete(out, code, redirect_uri).await?])
    }

    fn refresh_due(&self, account: &Account) -> Option<DateTime<Utc>> {
        login::due(account)
    }

    /// Who it is, and how many posts it may publish now.
    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        connect::profile(&graph).await?;
        connect::limits(&graph, &account.remote_id).await.map(Some)
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        login::is_stale(account, now)
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        connect::LOGIN.refresh(out, account, now).await
    }

    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError> {
        let tokens = login::tokens(account)?;
        let publishing = Publishing { graph: graph(out, &account.base_url, &tokens), account, content };
        steps::publish(&publishing, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let tokens = login::tokens(account)?;
        let publishing = Publishing { graph: graph(out, &account.base_url, &tokens), account, content };
        steps::look_up(&publishing, content, checkpoint).await
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for id in remote_ids {
            metrics.push(metrics_of(&graph, id).await?);
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        const NAMES: [(&str, Metric); 3] = [
            ("followers_count", Metric::Followers),
            ("follows_count", Metric::Following),
            ("media_count", Metric::Posts),
        ];
        let tokens = login::tokens(account)?;
        let raw = connect::profile(&graph(out, &account.base_url, &tokens)).await?;
        let values = NAMES.into_iter().filter_map(|(name, metric)| Some((metric, raw[name].as_i64()?))).collect();
        Ok(AccountMetrics { values, handle: word(&raw, "username"), raw, missing: None })
    }

    async fn audience(
        &self,
        out: Outside<'_>,
        account: &Account,
        _today: NaiveDate,
    ) -> Result<Vec<AudienceSlice>, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        let more = [("period", "lifetime"), ("timeframe", "this_month"), ("metric_type", "total_value")];
        audience::followers(&graph, &[&account.remote_id, "insights"], &more).await
    }

    async fn read_comments(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        comments::read_page(&graph, &account.handle, (remote_id, from)).await
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        let Some(answer) = graph.find(graph.get(&[remote_id], POST_FIELDS)?).await? else { return Ok(None) };
        let post: Post = read(&answer, Step::Repeatable)?;
        Ok(Some(RemotePost {
            media_count: post.media_count(),
            created_at: post.timestamp,
            text: post.text.clone().unwrap_or_default(),
            url: post.published().url,
        }))
    }

    /// Those who log in at Instagram itself cannot do it.
    /// <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media>
    async fn delete_post(&self, _out: Outside<'_>, _account: &Account, _remote_id: &str) -> Result<(), NetworkError> {
        Err(NetworkError::not_offered("taking a post back"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_film_alone_is_a_reel_unless_it_is_a_story() {
        let format = |named: Option<&str>, films, media| {
            let options = named.map(|named| (FORMAT.to_owned(), named.to_owned())).into_iter().collect();
            Format::of(&options, films, media)
        };
        assert_eq!(format(None, 1, 1), Format::Reel);
        assert_eq!(format(Some("feed"), 1, 1), Format::Reel);
        assert_eq!(format(Some("story"), 1, 1), Format::Story);
        assert_eq!(format(None, 1, 2), Format::Feed);
        assert_eq!(format(None, 0, 1), Format::Feed);
    }

    #[test]
    fn a_number_that_is_missing_is_missing() {
        let list = json!({ "data": [
            { "name": "views", "period": "lifetime", "values": [{ "value": 12 }] },
            { "name": "reach", "period": "lifetime", "total_value": { "value": 7 } },
            { "name": "navigation", "values": [{ "value": 3 }] },
        ] });
        assert_eq!(numbers(&list), [(Metric::Views, 12), (Metric::Reach, 7)]);
        assert_eq!(numbers(&Value::Null), []);
    }
}
