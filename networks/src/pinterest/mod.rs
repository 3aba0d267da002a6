//! Pinterest: pins on the boards of one account.
//!
//! Exactly once: the interface knows no key against doubling. The newest pins of the board are remembered before sending,
//! and after an unknown outcome the pins that were not there before are read and compared before anything is sent again.

mod film;
mod oauth;
mod publish;
mod rules;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_platform::http::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::call::{Step, no_answer, read};
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Pace,
    VideoLimits,
};
use crate::content::{Checkpoint, Content, Draft, Violation};
use crate::counting;
use crate::error::NetworkError;
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost, word,
};
use crate::oauth::Tokens;
use crate::preview::Preview;
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use publish::Publishing;
use wire::{Api, Pin};

/// The network.
pub struct Pinterest;

/// Names of options: the board, the words above the description, and the moment of a film that is its cover.
const BOARD: &str = "board";
const TITLE: &str = "title";
const COVER_SECONDS: &str = "cover_seconds";

const MEGABYTE: u64 = 1024 * 1024;

/// Texts and images: <https://developers.pinterest.com/docs/api/v5/pins-create>, where types are those of `ContentType`.
/// Sizes and lengths: <https://help.pinterest.com/en/business/article/pinterest-product-specs>. Pace: 100 writing calls a
/// minute, of which a film takes two: <https://developers.pinterest.com/docs/reference/rate-limits/>.
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("pinterest"),
    name: "Pinterest",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(oauth::HOME),
    hosts: &["api.pinterest.com", "www.pinterest.com", "pinterest-media-upload.s3-accelerate.amazonaws.com"],
    app: Some("pinterest"),
    text: counting::PINTEREST,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 5,
        max_image_bytes: 20 * MEGABYTE,
        mime_types: &["image/jpeg", "image/png", "video/mp4", "video/quicktime"],
        max_alt_text: 500,
        alt_text: AltText::ImagesAndFilms,
        video: Some(VideoLimits { max_videos: 1, max_bytes: 2048 * MEGABYTE, min_ms: 4_000, max_ms: 900_000 }),
        document: None,
        required: true,
        mixed: true,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: false,
    link: true,
    options: &[
        OptionSpec { name: BOARD, label: "Board", kind: OptionKind::OfAccount, required: true },
        OptionSpec { name: TITLE, label: "Title", kind: OptionKind::Text { max: 100 }, required: false },
        OptionSpec {
            name: COVER_SECONDS,
            label: "Moment of the film that is its cover, in seconds",
            kind: OptionKind::Number { least: 0, most: 900 },
            required: false,
        },
    ],
    metrics: METRICS,
    mentions: None,
    comments: false,
    audience: None,
    idempotency: "None: the newest pins of the board are compared before anything is sent again.",
    look_up: true,
    delete: true,
    edit: true,
    quota: None,
    pace: Some(Pace { most: 50, per: Duration::from_mins(1) }),
    history: None,
    // With standard access. There the page has, per minute, user and application, 300 for the category with the fewest that could be read of it
    // (`ads_analytics`) and 100 a second in all; what `org_read` has could not be verified, so the fewer are taken. With trial access the
    // application has 1000 a day, and the network says when they are used up.
    reads: &[RateLimit {
        name: "org_read",
        most: 300,
        per: Duration::from_mins(1),
        of: RateLimitOf::Account,
        posts: 1,
        account: 1,
        comments: 0,
        source: "https://developers.pinterest.com/docs/reference/rate-limits/",
    }],
};

const METRICS: &[Metric] = &[
    Metric::Likes,
    Metric::Replies,
    Metric::Bookmarks,
    Metric::Views,
    Metric::Clicks,
    Metric::Followers,
    Metric::Following,
    Metric::Posts,
];

/// The numbers under these names; a name that is absent is no number.
fn numbers(entity: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    names.iter().filter_map(|(name, metric)| entity[*name].as_i64().map(|value| (*metric, value))).collect()
}

/// A pin has one description for all that is to be seen: the different ones of its images, a line each.
fn alt_text<'a>(each: impl Iterator<Item = &'a str>) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for text in each.map(str::trim).filter(|text| !text.is_empty()) {
        if !lines.contains(&text) {
            lines.push(text);
        }
    }
    lines.join("\n")
}

fn api<'a>(out: Outside<'a>, account: &'a Account, tokens: &'a Tokens) -> Api<'a> {
    Api { http: out.http, base: &account.base_url, token: &tokens.access }
}

/// What is to be seen on a pin. <https://developers.pinterest.com/docs/api/v5/pins-get>
fn media_count(media: &Value) -> usize {
    match media["media_type"].as_str() {
        None => 0,
        Some(_) => media["items"].as_array().map_or(1, Vec::len),
    }
}

#[async_trait]
impl Network for Pinterest {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::check(limits, draft)
    }

    /// Descriptions are plain: no links, no cards.
    fn preview(&self, text: &str, _images: usize) -> Preview {
        let mut preview = Preview::default();
        preview.text(text);
        preview
    }

    async fn begin_authorization(
        &self,
        out: Outside<'_>,
        _instance: &Url,
        redirect_uri: &Url,
        state: &str,
    ) -> Result<Authorization, NetworkError> {
        oauth::begin(out, redirect_uri, state)
    }

    async fn complete_authorization(
        &self,
        out: Outside<'_>,
        _pending: &Credentials,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        Ok(vec![oauth::complete(out, code, redirect_uri).await?])
    }

    fn refresh_due(&self, account: &Account) -> Option<DateTime<Utc>> {
        oauth::due(account)
    }

    /// Who it is, and which boards it has now.
    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = api(out, account, &tokens);
        oauth::user_account(&api).await?;
        oauth::limits(&api).await.map(Some)
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
        oauth::refresh(out, account, now).await
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
        let publishing = Publishing { api: api(out, account, &tokens), content };
        steps::publish(&publishing, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let tokens = oauth::tokens(account)?;
        steps::look_up(&Publishing { api: api(out, account, &tokens), content }, content, checkpoint).await
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        const NAMES: [(&str, Metric); 5] = [
            ("reaction", Metric::Likes),
            ("comment", Metric::Replies),
            ("save", Metric::Bookmarks),
            ("impression", Metric::Views),
            ("clickthrough", Metric::Clicks),
        ];
        let tokens = oauth::tokens(account)?;
        let api = api(out, account, &tokens);
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for id in remote_ids {
            let request = api.request(Method::GET, &["pins", id])?.query(&[("pin_metrics", "true")]);
            let pin: Option<Value> = match api.find(request).await? {
                Some(answer) => Some(read(&answer, Step::Repeatable)?),
                None => None,
            };
            let missing = pin.is_none().then_some(Missing::Gone);
            let raw = pin.map(|mut pin| pin["pin_metrics"].take()).unwrap_or_default();
            let values = numbers(&raw["lifetime_metrics"], &NAMES);
            let not_served = values.is_empty().then_some(Missing::NotServed);
            metrics.push(PostMetrics { remote_id: id.clone(), values, raw, missing: missing.or(not_served) });
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        const NAMES: [(&str, Metric); 3] = [
            ("follower_count", Metric::Followers),
            ("following_count", Metric::Following),
            ("pin_count", Metric::Posts),
        ];
        let tokens = oauth::tokens(account)?;
        let raw = oauth::user_account(&api(out, account, &tokens)).await?;
        Ok(AccountMetrics { values: numbers(&raw, &NAMES), handle: word(&raw, "username"), raw, missing: None })
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = api(out, account, &tokens);
        let Some(answer) = api.find(api.request(Method::GET, &["pins", remote_id])?).await? else { return Ok(None) };
        let pin: Pin = read(&answer, Step::Repeatable)?;
        Ok(Some(RemotePost {
            text: pin.description.unwrap_or_default(),
            url: publish::published(pin.id).url,
            media_count: media_count(&pin.media),
            created_at: pin.created_at,
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let tokens = oauth::tokens(account)?;
        let request = api(out, account, &tokens).request(Method::DELETE, &["pins", remote_id])?;
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(wire::refusal(&answer, Step::Repeatable)),
        }
    }

    /// Moves it to another board, too, where the content names one.
    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = api(out, account, &tokens);
        let request = api.request(Method::PATCH, &["pins", remote_id])?.json(&publish::words(content));
        api.send(request, Step::Repeatable).await.map(drop)
    }
}
