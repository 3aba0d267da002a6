//! YouTube, by its Data API, version 3.
//!
//! Exactly once: a film is sent in an upload session whose address is kept. YouTube makes the video when the last piece
//! has arrived, and the session tells for days how far it came and which video it became: it is asked after every
//! doubt. Only where the session is forgotten is the channel's list of uploads compared. The first comment is looked
//! for among the comments of the video.

mod after;
mod analytics;
mod audience;
mod comments;
mod history;
mod publish;
mod rules;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use url::Url;

use crate::audience::{AudienceOf, AudienceOffer, AudienceSlice};
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Quota,
    QuotaOf, QuotaPeriod, VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::google::{self, Api, oauth};
use crate::history::{AccountHistory, FollowersThen};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, NO_ACCOUNT, Network, Outside, PostMetrics,
    Progress, Published, RemotePost,
};
use crate::oauth::{Tokens, stored, tokens};
use crate::preview::{Preview, plain_with_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use publish::Publishing;
use wire::Channel;

/// The network.
pub struct YouTube;

/// The title, the tags of a video one per line, who sees it, what it is about, whether it is made for children, and
/// whether what looks real in it is not.
const TITLE: &str = "title";
const TAGS: &str = "tags";
const PRIVACY: &str = "privacy";
const CATEGORY: &str = "category";
const MADE_FOR_KIDS: &str = "made_for_kids";
const MADE_WITH_AI: &str = "made_with_ai";

/// Uploading, reading, and changing, deleting and commenting.
/// <https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps>
const SCOPES: &str = "https://www.googleapis.com/auth/youtube.upload https://www.googleapis.com/auth/youtube.readonly \
                      https://www.googleapis.com/auth/youtube.force-ssl";

const HOME: &str = "https://www.youtube.com/";

/// <https://developers.google.com/youtube/v3/docs/videos/insert>,
/// <https://developers.google.com/youtube/v3/docs/videos>; lengths: <https://support.google.com/youtube/answer/71673>;
/// quota: <https://developers.google.com/youtube/v3/determine_quota_cost>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("youtube"),
    name: "YouTube",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &[
        "accounts.google.com",
        "oauth2.googleapis.com",
        "www.googleapis.com",
        "www.youtube.com",
        "youtubeanalytics.googleapis.com",
    ],
    app: Some("google"),
    text: counting::YOUTUBE_DESCRIPTION,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 0,
        max_image_bytes: 0,
        mime_types: &["video/mp4", "video/quicktime", "video/webm", "video/mpeg"],
        // Of what is taken from the library, which has descriptions for other networks.
        max_alt_text: 5000,
        alt_text: AltText::Nothing,
        video: Some(VideoLimits {
            max_videos: 1,
            max_bytes: 256 * 1024 * 1024 * 1024,
            min_ms: 0,
            max_ms: 12 * 60 * 60 * 1000,
        }),
        document: None,
        required: true,
        mixed: false,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: true,
    link: false,
    options: &[
        OptionSpec { name: TITLE, label: "Title", kind: OptionKind::Text { max: 100 }, required: true },
        OptionSpec { name: MADE_FOR_KIDS, label: "It is made for children", kind: OptionKind::Flag, required: true },
        OptionSpec {
            name: PRIVACY,
            label: "Who sees it",
            kind: OptionKind::Choice(&["public", "unlisted", "private"]),
            required: false,
        },
        OptionSpec {
            name: TAGS,
            label: "Tags, one per line",
            kind: OptionKind::Lines { least: 1, most: 100, max: 100 },
            required: false,
        },
        OptionSpec { name: CATEGORY, label: "Category", kind: OptionKind::OfAccount, required: false },
        OptionSpec { name: MADE_WITH_AI, label: "Made with AI", kind: OptionKind::Flag, required: false },
    ],
    metrics: &[Metric::Views, Metric::Likes, Metric::Replies, Metric::Dislikes, Metric::Followers, Metric::Posts],
    mentions: None,
    comments: true,
    audience: Some(AudienceOffer {
        of: AudienceOf::Viewers,
        dimensions: &audience::DIMENSIONS,
        requests: 2,
        source: "https://developers.google.com/youtube/analytics/channel_reports",
    }),
    idempotency: "The address of the upload session, which tells whether the video was made of it.",
    look_up: true,
    delete: true,
    edit: true,
    quota: Some(Quota {
        most: 100,
        period: QuotaPeriod::DayIn("America/Los_Angeles"),
        of: QuotaOf::Application,
        only: None,
    }),
    pace: None,
    // Since the channel is there; two years are as much as figures compare.
    history: Some(AccountHistory {
        days: 730,
        at_once: 90,
        told_after: 4,
        source: "https://developers.google.com/youtube/analytics/reference/reports/query",
    }),
    // Units of the whole project; a list takes one.
    reads: &[RateLimit {
        name: "units",
        most: 10_000,
        per: std::time::Duration::from_hours(24),
        of: RateLimitOf::Application,
        posts: 1,
        account: 1,
        comments: 1,
        source: "https://developers.google.com/youtube/v3/determine_quota_cost",
    }],
};

/// Where people see a video.
fn watch(id: &str) -> Option<Url> {
    Url::parse_with_params("https://www.youtube.com/watch", [("v", id)]).ok()
}

/// A channel as an account.
fn connected(channel: Channel, tokens: &Tokens, limits: Limits) -> Result<Connected, NetworkError> {
    Ok(Connected {
        handle: channel.handle(),
        display_name: channel.display_name().to_owned(),
        profile_url: google::url(&format!("{HOME}channel/{}", channel.id)).ok(),
        base_url: google::url(HOME)?,
        credentials: stored(tokens)?,
        limits,
        remote_id: channel.id,
    })
}

#[async_trait]
impl Network for YouTube {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::violations(limits, draft)
    }

    fn preview(&self, text: &str, media: usize) -> Preview {
        plain_with_links(text, media)
    }

    async fn begin_authorization(
        &self,
        out: Outside<'_>,
        _instance: &Url,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        oauth::begin(out, SCOPES, redirect_uri, state)
    }

    async fn complete_authorization(
        &self,
        out: Outside<'_>,
        pending: &Credentials,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        let tokens = oauth::complete(out, SCOPES, pending, code, redirect_uri).await?;
        let api = Api { http: out.http, token: &tokens.access };
        let channels = wire::own_channels(&api).await?;
        if channels.is_empty() {
            return Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, "the Google account has no channel"));
        }
        let mut all = Vec::with_capacity(channels.len());
        for channel in channels {
            let limits = rules::limits(&api, &channel).await?;
            all.push(connected(channel, &tokens, limits)?);
        }
        Ok(all)
    }

    fn refresh_due(&self, account: &Account) -> Option<DateTime<Utc>> {
        oauth::refresh_due(&tokens(account).ok()?)
    }

    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let tokens = tokens(account)?;
        let api = Api { http: out.http, token: &tokens.access };
        let channel = wire::own_channel(&api, account).await?;
        rules::limits(&api, &channel).await.map(Some)
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        tokens(account).is_ok_and(|tokens| oauth::is_stale(&tokens, now))
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        oauth::refresh(out, &tokens(account)?, now).await?.as_ref().map(stored).transpose()
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

    fn posts_counted_at_once(&self) -> usize {
        after::AT_ONCE
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        let tokens = tokens(account)?;
        after::post_metrics(&Api { http: out.http, token: &tokens.access }, remote_ids).await
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        let tokens = tokens(account)?;
        after::account_metrics(&Api { http: out.http, token: &tokens.access }, account).await
    }

    async fn account_history(
        &self,
        out: Outside<'_>,
        account: &Account,
        between: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<FollowersThen>, NetworkError> {
        let tokens = tokens(account)?;
        history::read_days(&Api { http: out.http, token: &tokens.access }, &account.remote_id, between).await
    }

    async fn audience(
        &self,
        out: Outside<'_>,
        account: &Account,
        today: NaiveDate,
    ) -> Result<Vec<AudienceSlice>, NetworkError> {
        let tokens = tokens(account)?;
        audience::viewers(&Api { http: out.http, token: &tokens.access }, &account.remote_id, today).await
    }

    async fn read_comments(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        let tokens = tokens(account)?;
        let api = Api { http: out.http, token: &tokens.access };
        comments::read_page(&api, &account.remote_id, (remote_id, from)).await
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let tokens = tokens(account)?;
        after::read_post(&Api { http: out.http, token: &tokens.access }, remote_id).await
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let tokens = tokens(account)?;
        after::delete_post(&Api { http: out.http, token: &tokens.access }, remote_id).await
    }

    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        let tokens = tokens(account)?;
        after::edit_post(&Api { http: out.http, token: &tokens.access }, remote_id, content).await
    }
}
