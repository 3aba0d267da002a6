//! TikTok, by its Content Posting API: films that are uploaded, and photos that TikTok fetches.
//!
//! Exactly once: TikTok names every publication before the film is there, and makes the post once its last chunk has
//! arrived. That name is kept, and tells after every doubt how far things are. Photos are fetched and posted as soon as
//! TikTok has been told of them, so that without an answer there is no name: then the account's newest posts are
//! compared, and where they show nothing a person must look, because posts that not everybody sees are not listed.

mod connect;
mod publish;
mod rules;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Pace, Quota,
    QuotaOf, QuotaPeriod, VideoLimits,
};
use crate::content::{Checkpoint, Content, Draft, Violation};
use crate::counting;
use crate::error::NetworkError;
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost, word,
};
use crate::oauth::tokens;
use crate::preview::{Preview, plain_without_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use publish::Publishing;
use wire::Api;

/// The network.
pub struct TikTok;

/// Who sees the post, the title above photos, what others may not do with it, and what it is.
const PRIVACY: &str = "privacy";
const TITLE: &str = "title";
const DISABLE_COMMENT: &str = "disable_comment";
const DISABLE_DUET: &str = "disable_duet";
const DISABLE_STITCH: &str = "disable_stitch";
const BRAND_ORGANIC: &str = "brand_organic";
const BRAND_CONTENT: &str = "brand_content";
const MADE_WITH_AI: &str = "made_with_ai";

const HOME: &str = "https://www.tiktok.com/";

/// The longest text with photos, and the longest title above them, in units of UTF-16.
/// <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>
const PHOTO_TEXT: u64 = 4_000;
const PHOTO_TITLE: u64 = 90;

/// When the refresh token, which lives for a year, is used though nobody publishes: so long before its end.
const RENEW_UNUSED: TimeDelta = TimeDelta::days(60);

/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>,
/// <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>; posts a day:
/// <https://developers.tiktok.com/doc/content-sharing-guidelines>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("tiktok"),
    name: "TikTok",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &["www.tiktok.com", "open.tiktokapis.com", "open-upload.tiktokapis.com"],
    app: Some("tiktok"),
    text: counting::TIKTOK,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 35,
        max_image_bytes: 20 * 1024 * 1024,
        mime_types: &["image/jpeg", "image/webp", "video/mp4", "video/quicktime", "video/webm"],
        // Of what is taken from the library, which has descriptions for other networks.
        max_alt_text: 5000,
        alt_text: AltText::Nothing,
        video: Some(VideoLimits {
            max_videos: 1,
            max_bytes: 4 * 1024 * 1024 * 1024,
            min_ms: 3_000,
            max_ms: 10 * 60 * 1000,
        }),
        document: None,
        required: true,
        mixed: false,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: false,
    link: false,
    options: &[
        OptionSpec { name: PRIVACY, label: "Who sees it", kind: OptionKind::OfAccount, required: true },
        OptionSpec { name: TITLE, label: "Title", kind: OptionKind::Text { max: PHOTO_TITLE }, required: false },
        OptionSpec { name: DISABLE_COMMENT, label: "Nobody can comment", kind: OptionKind::Flag, required: false },
        OptionSpec { name: DISABLE_DUET, label: "Nobody can make a duet", kind: OptionKind::Flag, required: false },
        OptionSpec { name: DISABLE_STITCH, label: "Nobody can stitch it", kind: OptionKind::Flag, required: false },
        OptionSpec {
            name: BRAND_ORGANIC,
            label: "It promotes your own brand",
            kind: OptionKind::Flag,
            required: false,
        },
        OptionSpec { name: BRAND_CONTENT, label: "It is a paid partnership", kind: OptionKind::Flag, required: false },
        OptionSpec { name: MADE_WITH_AI, label: "Made with AI", kind: OptionKind::Flag, required: false },
    ],
    metrics: &[
        Metric::Views,
        Metric::Likes,
        Metric::Replies,
        Metric::Reposts,
        Metric::Followers,
        Metric::Following,
        Metric::Posts,
    ],
    mentions: None,
    comments: false,
    audience: None,
    idempotency: "The id that TikTok gives each publication before its film is there. Photos: the account's newest \
                  posts are compared, and where these show nothing a person looks.",
    look_up: true,
    delete: false,
    edit: false,
    quota: Some(Quota { most: 15, period: QuotaPeriod::RollingHours(24), of: QuotaOf::Account, only: None }),
    pace: Some(Pace { most: 6, per: std::time::Duration::from_mins(1) }),
    history: None,
    // Each interface has its own.
    reads: &[
        RateLimit {
            name: "video/query",
            most: 600,
            per: std::time::Duration::from_mins(1),
            of: RateLimitOf::Application,
            posts: 1,
            account: 0,
            comments: 0,
            source: "https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit",
        },
        RateLimit {
            name: "user/info",
            most: 600,
            per: std::time::Duration::from_mins(1),
            of: RateLimitOf::Application,
            posts: 0,
            account: 1,
            comments: 0,
            source: "https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit",
        },
    ],
};

/// The numbers under these names; a name that is absent is no number.
fn numbers(entity: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    names.iter().filter_map(|(name, metric)| entity[*name].as_i64().map(|value| (*metric, value))).collect()
}

#[async_trait]
impl Network for TikTok {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::violations(limits, draft)
    }

    fn preview(&self, text: &str, _media: usize) -> Preview {
        plain_without_links(text)
    }

    async fn begin_authorization(
        &self,
        out: Outside<'_>,
        _instance: &Url,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        connect::begin(out, redirect_uri, state)
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
        tokens(account).ok()?.refresh_expires_at.map(|end| end - RENEW_UNUSED)
    }

    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let tokens = tokens(account)?;
        let creator = Api { http: out.http, token: &tokens.access }.creator().await?;
        Ok(Some(rules::limits(&creator)))
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        tokens(account).is_ok_and(|tokens| connect::is_stale(&tokens, now))
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        connect::refresh(out, &tokens(account)?, now).await
    }

    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError> {
        let tokens = tokens(account)?;
        let api = Api { http: out.http, token: &tokens.access };
        steps::publish(&Publishing { api, account, content }, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let tokens = tokens(account)?;
        let api = Api { http: out.http, token: &tokens.access };
        steps::look_up(&Publishing { api, account, content }, content, checkpoint).await
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        const NAMES: [(&str, Metric); 4] = [
            ("view_count", Metric::Views),
            ("like_count", Metric::Likes),
            ("comment_count", Metric::Replies),
            ("share_count", Metric::Reposts),
        ];
        let tokens = tokens(account)?;
        let api = Api { http: out.http, token: &tokens.access };
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for some in remote_ids.chunks(wire::AT_ONCE) {
            let mut ids = Vec::with_capacity(some.len());
            for id in some {
                ids.push(api.post_id(id).await?);
            }
            let known: Vec<&str> = ids.iter().flatten().map(String::as_str).collect();
            let videos = api.videos(&known, "id,view_count,like_count,comment_count,share_count").await?;
            metrics.extend(some.iter().zip(&ids).map(|(remote_id, id)| {
                let video = id.as_ref().and_then(|id| videos.iter().find(|video| video["id"] == **id));
                PostMetrics {
                    remote_id: remote_id.clone(),
                    values: video.map(|video| numbers(video, &NAMES)).unwrap_or_default(),
                    raw: video.cloned().unwrap_or_default(),
                    // Of posts that not everybody sees there are no numbers either.
                    missing: video.is_none().then_some(Missing::NotServed),
                }
            }));
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        const NAMES: [(&str, Metric); 3] = [
            ("follower_count", Metric::Followers),
            ("following_count", Metric::Following),
            ("video_count", Metric::Posts),
        ];
        let tokens = tokens(account)?;
        let fields = "open_id,username,follower_count,following_count,video_count";
        let raw = Api { http: out.http, token: &tokens.access }.user(fields).await?;
        Ok(AccountMetrics { values: numbers(&raw, &NAMES), handle: word(&raw, "username"), raw, missing: None })
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let tokens = tokens(account)?;
        let api = Api { http: out.http, token: &tokens.access };
        let Some(id) = api.post_id(remote_id).await? else { return Ok(None) };
        let videos = api.videos(&[&id], "id,title,video_description,create_time,share_url").await?;
        Ok(videos.first().map(|video| RemotePost {
            text: video["video_description"].as_str().unwrap_or_default().to_owned(),
            url: video["share_url"].as_str().and_then(|url| url.parse().ok()),
            media_count: 1,
            created_at: video["create_time"].as_i64().and_then(|at| DateTime::from_timestamp(at, 0)),
        }))
    }

    async fn delete_post(&self, _out: Outside<'_>, _account: &Account, _remote_id: &str) -> Result<(), NetworkError> {
        Err(NetworkError::not_offered("deleting a post"))
    }
}
