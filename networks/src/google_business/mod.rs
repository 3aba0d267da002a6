//! Google Business Profile: posts of a place of business, as Google Search and Maps show them.
//!
//! Exactly once: Google knows no key for a post, but lists the posts of a location. The newest ones are remembered
//! before sending, and after an unknown outcome what is new there is compared.

mod body;
mod connect;
mod publish;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_platform::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::call::Step;
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, NetworkKey, OptionKind, OptionSpec, Pace,
};
use crate::content::{Checkpoint, Content, Draft, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::google::{self, Api, oauth, refusal};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost,
};
use crate::oauth::Tokens;
use crate::preview::Preview;
use crate::steps;
use publish::Publishing;
use wire::LocalPost;

/// The network.
pub struct GoogleBusiness;

/// What kind of post it is, what an event or an offer is called and when it is, the button below it and where that
/// leads, and what an offer consists of.
const POST_TYPE: &str = "post_type";
const EVENT_TITLE: &str = "event_title";
const STARTS: &str = "starts_at";
const ENDS: &str = "ends_at";
const BUTTON: &str = "button";
const BUTTON_LINK: &str = "button_link";
const COUPON: &str = "coupon_code";
const REDEEM_LINK: &str = "redeem_link";
const TERMS: &str = "terms";

/// <https://developers.google.com/my-business/content/implement-oauth>
const SCOPES: &str = "https://www.googleapis.com/auth/business.manage";

const HOME: &str = "https://business.google.com/";

/// A photo of a post is JPEG or PNG, of 10 KB to 5 MB and at least 250 by 250 pixels.
/// <https://support.google.com/business/answer/6103862>
const LEAST_PHOTO_BYTES: u64 = 10 * 1024;
const LEAST_PHOTO_PIXELS: u32 = 250;

/// <https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts>,
/// <https://developers.google.com/my-business/content/posts-data>; how fast a profile may be changed:
/// <https://developers.google.com/my-business/content/limits>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("google_business"),
    name: "Google Business Profile",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &[
        "accounts.google.com",
        "oauth2.googleapis.com",
        "mybusiness.googleapis.com",
        "mybusinessaccountmanagement.googleapis.com",
        "mybusinessbusinessinformation.googleapis.com",
    ],
    app: Some("google"),
    text: counting::GOOGLE_BUSINESS,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 1,
        max_image_bytes: 5 * 1024 * 1024,
        mime_types: &["image/jpeg", "image/png"],
        // Of what is taken from the library, which has descriptions for other networks.
        max_alt_text: 5000,
        alt_text: AltText::Nothing,
        video: None,
        document: None,
        required: false,
        mixed: false,
    },
    allows_empty_text_with_media: false,
    thread: None,
    first_comment: false,
    link: false,
    options: &[
        OptionSpec {
            name: POST_TYPE,
            label: "Kind of post",
            kind: OptionKind::Choice(&["update", "event", "offer"]),
            required: false,
        },
        OptionSpec {
            name: EVENT_TITLE,
            label: "Title of the event or offer",
            kind: OptionKind::Text { max: 58 },
            required: false,
        },
        OptionSpec {
            name: STARTS,
            label: "It begins, as 2027-01-31 or 2027-01-31 18:30",
            kind: OptionKind::Text { max: 16 },
            required: false,
        },
        OptionSpec {
            name: ENDS,
            label: "It ends, as 2027-01-31 or 2027-01-31 18:30",
            kind: OptionKind::Text { max: 16 },
            required: false,
        },
        OptionSpec {
            name: BUTTON,
            label: "Button",
            kind: OptionKind::Choice(&["book", "order", "shop", "learn_more", "sign_up", "call"]),
            required: false,
        },
        OptionSpec {
            name: BUTTON_LINK,
            label: "Where the button leads",
            kind: OptionKind::Text { max: 2000 },
            required: false,
        },
        OptionSpec { name: COUPON, label: "Coupon code", kind: OptionKind::Text { max: 58 }, required: false },
        OptionSpec {
            name: REDEEM_LINK,
            label: "Where the offer is redeemed",
            kind: OptionKind::Text { max: 2000 },
            required: false,
        },
        OptionSpec { name: TERMS, label: "Terms of the offer", kind: OptionKind::Text { max: 5000 }, required: false },
    ],
    metrics: &[],
    mentions: None,
    comments: false,
    audience: None,
    idempotency: "The newer posts of the location are compared.",
    look_up: true,
    delete: true,
    edit: true,
    quota: None,
    pace: Some(Pace { most: 10, per: std::time::Duration::from_mins(1) }),
    history: None,
    reads: &[],
};

/// What is kept of a location, encrypted by the caller.
#[derive(Clone, Serialize, Deserialize)]
struct Grant {
    #[serde(flatten)]
    tokens: Tokens,
    /// The account through which it is managed: `accounts/1`.
    parent: String,
}

impl Grant {
    fn of(account: &Account) -> Result<Self, NetworkError> {
        Self::deserialize(&account.credentials.0).map_err(|error| NetworkError::credentials(&error))
    }

    fn stored(&self) -> Result<Credentials, NetworkError> {
        serde_json::to_value(self).map(Credentials).map_err(|error| NetworkError::credentials(&error))
    }

    /// The location's name in the interface of posts: `accounts/1/locations/2`.
    fn location(&self, account: &Account) -> String {
        format!("{}/locations/{}", self.parent, account.remote_id)
    }
}

/// The address of a post. Ids are opaque and come from Google, so they are escaped.
fn post_address(grant: &Grant, account: &Account, id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{}/{}/localPosts/{id}", wire::POSTS, grant.location(account))
}

#[async_trait]
impl Network for GoogleBusiness {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        body::violations(limits, draft)
    }

    /// Nothing in a post becomes a link.
    fn preview(&self, text: &str, _media: usize) -> Preview {
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
        connect::locations(out.http, &tokens).await
    }

    fn refresh_due(&self, account: &Account) -> Option<DateTime<Utc>> {
        oauth::refresh_due(&Grant::of(account).ok()?.tokens)
    }

    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let grant = Grant::of(account)?;
        let api = Api { http: out.http, token: &grant.tokens.access };
        connect::check(&api, account).await.map(|()| None)
    }

    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool {
        Grant::of(account).is_ok_and(|grant| oauth::is_stale(&grant.tokens, now))
    }

    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        let grant = Grant::of(account)?;
        let Some(tokens) = oauth::refresh(out, &grant.tokens, now).await? else { return Ok(None) };
        Grant { tokens, ..grant }.stored().map(Some)
    }

    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError> {
        let grant = Grant::of(account)?;
        let api = Api { http: out.http, token: &grant.tokens.access };
        let location = grant.location(account);
        steps::publish(&Publishing { api, location, content }, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let grant = Grant::of(account)?;
        let api = Api { http: out.http, token: &grant.tokens.access };
        let location = grant.location(account);
        steps::look_up(&Publishing { api, location, content }, content, checkpoint).await
    }

    /// Google tells no numbers of single posts.
    async fn post_metrics(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        let none = |id: &String| PostMetrics {
            remote_id: id.clone(),
            values: Vec::new(),
            raw: Value::Null,
            missing: Some(Missing::NotServed),
        };
        Ok(remote_ids.iter().map(none).collect())
    }

    /// Nor numbers of a location as they are now: only of days that are past.
    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        self.check(out, account).await?;
        Ok(AccountMetrics { values: Vec::new(), raw: Value::Null, missing: Some(Missing::NotServed), handle: None })
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let grant = Grant::of(account)?;
        let api = Api { http: out.http, token: &grant.tokens.access };
        let post: Option<LocalPost> = api.find(api.get(&post_address(&grant, account, remote_id))?).await?;
        Ok(post.map(|post| RemotePost {
            url: post.url(),
            media_count: post.media.len(),
            created_at: post.create_time,
            text: post.summary,
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let grant = Grant::of(account)?;
        let api = Api { http: out.http, token: &grant.tokens.access };
        let request = out.http.request(Method::DELETE, google::url(&post_address(&grant, account, remote_id))?);
        let answer = api.answer(request, Step::Repeatable).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }

    /// Replaces everything but the photo and the kind of post.
    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        let grant = Grant::of(account)?;
        let api = Api { http: out.http, token: &grant.tokens.access };
        let address = post_address(&grant, account, remote_id);
        let changed = |what: &str| NetworkError::new(ErrorKind::Content, "post_changed", what);
        let post: Option<LocalPost> = api.find(api.get(&address)?).await?;
        let post = post.ok_or_else(|| changed("the post is not there any more"))?;
        let topic = body::topic(&content.options);
        if post.topic_type != topic {
            return Err(changed("a post stays of its kind"));
        }
        let body = body::words(content)?;
        let mask = if topic == body::STANDARD { "summary,callToAction" } else { "summary,callToAction,event,offer" };
        let request =
            out.http.request(Method::PATCH, google::url(&address)?).query(&[("updateMask", mask)]).json(&body);
        api.send(request, Step::Repeatable).await.map(|_| ())
    }
}
