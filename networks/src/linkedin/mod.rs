//! LinkedIn: members, and the pages of organisations.
//!
//! Exactly once: LinkedIn takes no key that would tell a repeated request from a new one. Of a page, the newest post
//! is remembered before sending, and after an unknown outcome the posts that are newer are read and compared before
//! anything is sent again. What members post cannot be read back: there a person must look. LinkedIn also refuses the
//! same content twice within some minutes, which is taken as a sign that the first may be there.

mod audience;
mod comments;
mod countries;
mod history;
mod little;
mod media;
mod numbers;
mod oauth;
mod publish;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diwan_platform::http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::audience::{AudienceOf, AudienceOffer, AudienceSlice};
use crate::call::{Step, no_answer, read};
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, DocumentLimits, Limits, MediaLimits, Metric, NetworkKey, OptionKind,
    OptionSpec, Quota, QuotaOf, QuotaPeriod, VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, DraftMedia, Part, Violation, ViolationCode};
use crate::counting::{self, TextUnit};
use crate::error::{ErrorKind, NetworkError};
use crate::history::{AccountHistory, FollowersThen};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost,
};
use crate::preview::{Piece, Preview, plain_with_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use crate::validate::violations;
use publish::Publishing;
use wire::{Api, Found, Post, encoded};

/// The network.
pub struct LinkedIn;

const HOME: &str = "https://api.linkedin.com/";
const AUTHORIZE: &str = "https://www.linkedin.com/oauth/v2/authorization";
const TOKEN: &str = "https://www.linkedin.com/oauth/v2/accessToken";

/// What an application may do: know who the member is, post as them, and post as and read the pages that they run.
/// LinkedIn grants the latter to applications with the Community Management API.
const SCOPES: &str = "openid profile w_member_social w_organization_social r_organization_social rw_organization_admin";

/// How the names of members and of organisations begin.
const PERSON: &str = "urn:li:person:";
const ORGANIZATION: &str = "urn:li:organization:";

/// Names of options: who sees the post, what its card says, what its document is called, and its poll.
const VISIBILITY: &str = "visibility";
const LINK_TITLE: &str = "link_title";
const LINK_DESCRIPTION: &str = "link_description";
const DOCUMENT_TITLE: &str = "document_title";
const POLL: &str = "poll";
const POLL_QUESTION: &str = "poll_question";
const POLL_DURATION: &str = "poll_duration";

/// The longest comment. <https://www.linkedin.com/help/linkedin/answer/a524191>
const COMMENT: u64 = 1_250;

/// An image has fewer than 36,152,320 pixels.
const MOST_IMAGE_PIXELS: u64 = 36_152_319;

/// The smallest film, in bytes.
const SMALLEST_FILM: u64 = 75 * 1024;

/// Under <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/>: `posts-api`,
/// `images-api` (which limits pixels and names no bytes: what is set here is what the site takes), `videos-api`,
/// `multiimage-post-api`, `documents-api` (which takes files of office programs as well: they look different wherever they are
/// opened, so here documents are PDF; it names no limit of titles, so that of cards stands for it), `article-ads-integrations` for
/// cards, `poll-post-api`. The quota is that of applications without review, in requests.
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("linkedin"),
    name: "LinkedIn",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &["api.linkedin.com", "www.linkedin.com"],
    app: Some("linkedin"),
    text: counting::LINKEDIN,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 20,
        max_image_bytes: 20 * 1024 * 1024,
        mime_types: &["image/jpeg", "image/png", "image/gif", "video/mp4", "application/pdf"],
        max_alt_text: 4_086,
        alt_text: AltText::ImagesAndFilms,
        video: Some(VideoLimits { max_videos: 1, max_bytes: 500 * 1024 * 1024, min_ms: 3_000, max_ms: 30 * 60 * 1000 }),
        document: Some(DocumentLimits { max_documents: 1, max_bytes: 100 * 1024 * 1024, max_pages: 300 }),
        required: false,
        mixed: false,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: true,
    link: true,
    options: &[
        OptionSpec {
            name: VISIBILITY,
            label: "Who sees it",
            kind: OptionKind::Choice(&["public", "connections"]),
            required: false,
        },
        OptionSpec {
            name: LINK_TITLE,
            label: "Title of the link",
            kind: OptionKind::Text { max: 399 },
            required: false,
        },
        OptionSpec {
            name: LINK_DESCRIPTION,
            label: "Description of the link",
            kind: OptionKind::Text { max: 4_085 },
            required: false,
        },
        OptionSpec {
            name: DOCUMENT_TITLE,
            label: "Title of the document",
            kind: OptionKind::Text { max: 399 },
            required: false,
        },
        OptionSpec {
            name: POLL_QUESTION,
            label: "Question of the poll",
            kind: OptionKind::Text { max: 140 },
            required: false,
        },
        OptionSpec {
            name: POLL,
            label: "Poll answers, one per line",
            kind: OptionKind::Lines { least: 2, most: 4, max: 30 },
            required: false,
        },
        OptionSpec {
            name: POLL_DURATION,
            label: "How long the poll runs",
            kind: OptionKind::Choice(&["one_day", "three_days", "seven_days", "fourteen_days"]),
            required: false,
        },
    ],
    metrics: &[
        Metric::Views,
        Metric::Reach,
        Metric::Clicks,
        Metric::Likes,
        Metric::Replies,
        Metric::Reposts,
        Metric::Followers,
    ],
    mentions: None,
    comments: true,
    audience: Some(AudienceOffer {
        of: AudienceOf::Followers,
        dimensions: &audience::DIMENSIONS,
        requests: audience::REQUESTS,
        source: "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/follower-statistics",
    }),
    idempotency: "A page's newer posts are compared before anything is sent again; a member must look themselves.",
    look_up: true,
    delete: true,
    edit: true,
    quota: Some(Quota { most: 150, period: QuotaPeriod::DayIn("UTC"), of: QuotaOf::Account, only: None }),
    pace: None,
    history: Some(AccountHistory {
        // Twelve months; the day in which they begin is asked for, too. "The last two days" are not told.
        days: 364,
        at_once: 90,
        told_after: 3,
        source: "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/follower-statistics",
    }),
    // The documentation says that a member and an application have so many requests a day until midnight UTC, but not how many: that is shown
    // in the application's own portal alone. What a member is taken to have is few on purpose and stands in no document. What the application
    // has is not known here: the network says when it is used up.
    reads: &[RateLimit {
        name: "member",
        most: 100,
        per: std::time::Duration::from_hours(24),
        of: RateLimitOf::Account,
        posts: 1,
        account: 1,
        comments: 1,
        source: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits",
    }],
};

fn post_path(urn: &str) -> String {
    format!("/rest/posts/{}", encoded(urn))
}

fn not_served() -> NetworkError {
    NetworkError::new(ErrorKind::Ask, "not_served", "LinkedIn does not let this post be read")
}

/// What LinkedIn refuses beside the limits.
fn own_violations(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut add = |code, part| found.push(Violation::of(code, part));
    let option = |name: &str| Part::Option(name.to_owned());
    let has = |name: &str| draft.options.contains_key(name);
    if has(POLL) {
        if !has(POLL_QUESTION) {
            add(ViolationCode::OptionMissing, option(POLL_QUESTION));
        }
        if !draft.media.is_empty() || draft.link.is_some() {
            add(ViolationCode::NotTogether, option(POLL));
        }
    }
    // People read it above the pages.
    let has_document = draft.media.iter().any(DraftMedia::is_document);
    if has_document && !has(DOCUMENT_TITLE) {
        add(ViolationCode::OptionMissing, option(DOCUMENT_TITLE));
    }
    let depend = [(POLL_QUESTION, has(POLL)), (POLL_DURATION, has(POLL)), (DOCUMENT_TITLE, has_document)].into_iter();
    let depend = depend.chain([LINK_TITLE, LINK_DESCRIPTION].map(|name| (name, draft.link.is_some())));
    for (name, _) in depend.filter(|(name, there)| has(name) && !there) {
        add(ViolationCode::NotTogether, option(name));
    }
    let audience = draft.options.get(VISIBILITY).filter(|audience| {
        let offered = limits.choices.get(VISIBILITY);
        offered.is_some_and(|offered| !offered.iter().any(|value| value.value == **audience))
    });
    if audience.is_some_and(|audience| audience == "connections") {
        add(ViolationCode::OptionInvalid, option(VISIBILITY));
    }
    for (index, _) in draft.media.iter().enumerate().filter(|(_, media)| media.is_video() && media.size < SMALLEST_FILM)
    {
        let small = Violation::of(ViolationCode::MediaShape, Part::Text);
        found.push(Violation { media_index: Some(index), ..small });
    }
    if let Some(comment) = &draft.first_comment {
        let unit = TextUnit::Utf16Units;
        let length = unit.count(comment, None);
        if (COMMENT + 1..=limits.max_text).contains(&length) {
            found.push(Violation {
                code: ViolationCode::TextTooLong,
                part: Part::FirstComment,
                limit: Some(COMMENT),
                actual: Some(length),
                unit: Some(unit),
                media_index: None,
            });
        }
    }
    found
}

#[async_trait]
impl Network for LinkedIn {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        let mut found = violations(&CAPABILITIES, limits, draft);
        found.extend(own_violations(limits, draft));
        found
    }

    /// Mentions are sent as plain text, and there is no card without a link beside the text.
    fn preview(&self, text: &str, images: usize) -> Preview {
        let mut preview = Preview::default();
        for piece in plain_with_links(text, images).pieces {
            match piece {
                Piece::Text(text) | Piece::Mention(text) => preview.text(&text),
                other => preview.pieces.push(other),
            }
        }
        preview
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
        _pending: &Credentials,
        code: &str,
        redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        oauth::complete(out, code, redirect_uri).await
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
        oauth::check(&api, &account.remote_id).await.map(Some)
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

    /// Pages: what members' numbers come to is told to few applications.
    fn is_asked_about(&self, remote_id: &str) -> bool {
        remote_id.starts_with(ORGANIZATION)
    }

    fn posts_counted_at_once(&self) -> usize {
        numbers::COUNTED_AT_ONCE
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        // What members' posts come to is told to few applications.
        let is_page = self.is_asked_about(&account.remote_id);
        let found = if is_page { numbers::of_posts(&api, &account.remote_id, remote_ids).await? } else { Vec::new() };
        let metrics = remote_ids.iter().map(|id| {
            let of_it = |of: &&Value| of["share"] == id.as_str() || of["ugcPost"] == id.as_str();
            let raw = found.iter().find(of_it).cloned();
            PostMetrics {
                remote_id: id.clone(),
                values: raw.as_ref().map(|raw| numbers::of(&raw["totalShareStatistics"])).unwrap_or_default(),
                missing: raw.is_none().then_some(Missing::NotServed),
                raw: raw.unwrap_or_default(),
            }
        });
        Ok(metrics.collect())
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        if !self.is_asked_about(&account.remote_id) {
            let missing = Some(Missing::NotServed);
            return Ok(AccountMetrics { values: Vec::new(), raw: Value::Null, missing, handle: None });
        }
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        let page = encoded(&account.remote_id);
        let path = format!("/rest/networkSizes/{page}?edgeType=COMPANY_FOLLOWED_BY_MEMBER");
        let raw: Value = read(&api.send(api.get(&path)?, Step::Repeatable).await?, Step::Repeatable)?;
        let values = raw["firstDegreeSize"].as_i64().map(|followers| (Metric::Followers, followers));
        Ok(AccountMetrics { values: values.into_iter().collect(), raw, missing: None, handle: None })
    }

    async fn account_history(
        &self,
        out: Outside<'_>,
        account: &Account,
        between: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<FollowersThen>, NetworkError> {
        // What members' followers come to is told to few applications.
        if !self.is_asked_about(&account.remote_id) {
            return Ok(Vec::new());
        }
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        history::read_days(&api, &account.remote_id, between).await
    }

    async fn audience(
        &self,
        out: Outside<'_>,
        account: &Account,
        _today: NaiveDate,
    ) -> Result<Vec<AudienceSlice>, NetworkError> {
        // Who follows a member is told to few applications.
        if !self.is_asked_about(&account.remote_id) {
            return Ok(audience::not_served());
        }
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        audience::followers(&api, &account.remote_id).await
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
        let post: Post = match api.find(&post_path(remote_id)).await? {
            Found::There(answer) => read(&answer, Step::Repeatable)?,
            Found::Nothing => return Ok(None),
            Found::NotServed => return Err(not_served()),
        };
        Ok(Some(RemotePost {
            text: little::plain(&post.commentary),
            url: publish::page(&post.id).parse().ok(),
            media_count: post.files(),
            created_at: DateTime::from_timestamp_millis(post.created_at).filter(|_| post.created_at > 0),
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        let request = api.request(Method::DELETE, &post_path(remote_id))?.header("x-restli-method", "DELETE");
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        let is_gone = answer.status.is_success() || matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE);
        if is_gone { Ok(()) } else { Err(wire::refusal(&answer, Step::Repeatable)) }
    }

    /// The text alone can be changed, not what stands below it.
    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        let tokens = oauth::tokens(account)?;
        let api = Api { http: out.http, base: &account.base_url, token: &tokens.access };
        let body = json!({ "patch": { "$set": { "commentary": little::escaped(&content.text) } } });
        let request = api.post(&post_path(remote_id))?.header("x-restli-method", "PARTIAL_UPDATE").json(&body);
        api.send(request, Step::Repeatable).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests;
