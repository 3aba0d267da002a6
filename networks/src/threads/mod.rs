//! Threads: posts, chains of replies to one's own posts, first comments.
//!
//! Exactly once: each post is made in a container, which can be published once and says whether it was. The newest posts are
//! remembered before it is published, so that its id is found afterwards.

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
use crate::call::{Step, no_answer, read};
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Quota,
    QuotaOf, QuotaPeriod, VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, MOST_PARTS, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::meta::containers::{Graph, Post};
use crate::meta::{audience, is_gone, login, refusal};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost,
};
use crate::oauth::Tokens;
use crate::preview::{Preview, plain_with_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use publish::Publishing;

/// The network.
pub struct Threads;

const HOME: &str = "https://graph.threads.net/";

const VERSION: &str = "v1.0";

/// Names of options: what a post is about, who may answer it, and the answers of a poll.
const TOPIC: &str = "topic";
const REPLY_CONTROL: &str = "reply_control";
const POLL: &str = "poll";

/// What is asked of a post.
const POST_FIELDS: &str = "id,text,media_type,permalink,timestamp,children{id}";

/// Limits: <https://developers.facebook.com/documentation/threads/posts>, descriptions
/// <https://developers.facebook.com/docs/threads/create-posts/accessibility>, polls
/// <https://developers.facebook.com/documentation/threads/create-posts/polls>; quota (answers have one of their own, of 1,000):
/// <https://developers.facebook.com/documentation/threads/overview>; who may answer:
/// <https://developers.facebook.com/documentation/threads/reference/publishing>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("threads"),
    name: "Threads",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &["graph.threads.net", "threads.net"],
    app: Some("threads"),
    text: counting::THREADS,
    caption: None,
    text_also: &[counting::THREADS_LINKS],
    media: MediaLimits {
        max_images: 20,
        max_image_bytes: 8 * 1024 * 1024,
        mime_types: &["image/jpeg", "image/png", "video/mp4", "video/quicktime"],
        max_alt_text: 1_000,
        alt_text: AltText::ImagesAndFilms,
        video: Some(VideoLimits { max_videos: 20, max_bytes: 1024 * 1024 * 1024, min_ms: 1, max_ms: 300_000 }),
        document: None,
        required: false,
        mixed: true,
    },
    allows_empty_text_with_media: true,
    thread: Some(MOST_PARTS),
    first_comment: true,
    link: true,
    options: &[
        OptionSpec { name: TOPIC, label: "Topic", kind: OptionKind::Text { max: 50 }, required: false },
        OptionSpec {
            name: REPLY_CONTROL,
            label: "Who may answer",
            kind: OptionKind::Choice(&["everyone", "accounts_you_follow", "mentioned_only", "followers_only"]),
            required: false,
        },
        OptionSpec {
            name: POLL,
            label: "Poll answers, one per line",
            kind: OptionKind::Lines { least: 2, most: 4, max: 25 },
            required: false,
        },
    ],
    metrics: &[Metric::Likes, Metric::Reposts, Metric::Replies, Metric::Quotes, Metric::Views, Metric::Followers],
    mentions: None,
    comments: true,
    audience: Some(AudienceOffer {
        of: AudienceOf::Followers,
        dimensions: &audience::DIMENSIONS,
        requests: 4,
        source: "https://developers.facebook.com/docs/threads/insights",
    }),
    idempotency: "A container is published once and says so: it is asked before anything is sent again.",
    look_up: true,
    delete: true,
    edit: false,
    quota: Some(Quota { most: 250, period: QuotaPeriod::RollingHours(24), of: QuotaOf::Account, only: None }),
    pace: None,
    history: None,
    // 4800 for each time anything of the account was shown that day, ten times at least.
    reads: &[RateLimit {
        name: "account",
        most: 48_000,
        per: std::time::Duration::from_hours(24),
        of: RateLimitOf::Account,
        posts: 1,
        account: 1,
        comments: 1,
        source: "https://developers.facebook.com/docs/threads/overview",
    }],
};

fn graph<'a>(out: Outside<'a>, base: &'a Url, tokens: &'a Tokens) -> Graph<'a> {
    let condition = ["status", "error_message"];
    Graph { http: out.http, base, version: VERSION, token: &tokens.access, condition }
}

/// What a list of insights says.
fn numbers(list: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    let value = |name: &str| {
        let found = list["data"].as_array()?.iter().find(|metric| metric["name"] == name)?;
        found["values"][0]["value"].as_i64().or_else(|| found["total_value"]["value"].as_i64())
    };
    names.iter().filter_map(|(name, metric)| Some((*metric, value(name)?))).collect()
}

#[async_trait]
impl Network for Threads {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::check(limits, draft)
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

    /// <https://developers.facebook.com/docs/threads/insights>
    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        const NAMES: [(&str, Metric); 5] = [
            ("likes", Metric::Likes),
            ("reposts", Metric::Reposts),
            ("replies", Metric::Replies),
            ("quotes", Metric::Quotes),
            ("views", Metric::Views),
        ];
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for id in remote_ids {
            let request = graph.request(Method::GET, &[id, "insights"])?;
            let asked = graph.find(request.query(&[("metric", "views,likes,replies,reposts,quotes")])).await?;
            let raw: Option<Value> = match &asked {
                Some(answer) => Some(read(answer, Step::Repeatable)?),
                None => None,
            };
            let missing = raw.is_none().then_some(Missing::Gone);
            let raw = raw.unwrap_or_default();
            let values = numbers(&raw, &NAMES);
            let not_served = values.is_empty().then_some(Missing::NotServed);
            metrics.push(PostMetrics { remote_id: id.clone(), values, raw, missing: missing.or(not_served) });
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        let request = graph.request(Method::GET, &[&account.remote_id, "threads_insights"])?;
        let answer = graph.send(request.query(&[("metric", "followers_count")]), Step::Repeatable).await?;
        let raw: Value = read(&answer, Step::Repeatable)?;
        let values = numbers(&raw, &[("followers_count", Metric::Followers)]);
        let missing = values.is_empty().then_some(Missing::NotServed);
        Ok(AccountMetrics { values, raw, missing, handle: None })
    }

    async fn audience(
        &self,
        out: Outside<'_>,
        account: &Account,
        _today: NaiveDate,
    ) -> Result<Vec<AudienceSlice>, NetworkError> {
        let tokens = login::tokens(account)?;
        let graph = graph(out, &account.base_url, &tokens);
        audience::followers(&graph, &[&account.remote_id, "threads_insights"], &[]).await
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

    /// <https://developers.facebook.com/docs/threads/posts/delete-posts>
    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let tokens = login::tokens(account)?;
        let request = graph(out, &account.base_url, &tokens).request(Method::DELETE, &[remote_id])?;
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        if is_gone(&answer) {
            return Ok(());
        }
        if !answer.status.is_success() {
            return Err(refusal(&answer, Step::Repeatable));
        }
        let said: Value = read(&answer, Step::Repeatable)?;
        if said["success"] == false {
            return Err(NetworkError::new(ErrorKind::Retry, "delete_failed", "the network did not take it back"));
        }
        Ok(())
    }
}
