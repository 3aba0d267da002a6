//! Facebook: the pages on which a person works.
//!
//! Exactly once: Facebook takes no key that would tell a repeated request from a new one. Photos and films are sent
//! before anybody can see them, and have ids by then; only the request that makes the post of them is sent with care.
//! Of posts, the page's newest one is remembered, and after an unknown outcome those that are newer are compared, by
//! the ids of their photos or by their text. A film tells itself whether it was published, and a story is listed with
//! the photo or film that it was made of.

mod comments;
mod film;
mod find;
mod history;
mod oauth;
mod publish;
mod rules;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_platform::http::Method;
use serde_json::Value;
use url::Url;

use crate::call::Step;
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Quota,
    QuotaOf, QuotaPeriod, VideoLimits,
};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, Options, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::history::{AccountHistory, FollowersThen};
use crate::meta::{is_gone, refusal};
use crate::network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics,
    Progress, Published, RemotePost, word,
};
use crate::oauth::Tokens;
use crate::preview::{Piece, Preview, plain_with_links};
use crate::reading::{RateLimit, RateLimitOf};
use crate::steps;
use crate::validate::violations;
use publish::{Kind, Publishing};
use wire::{Graph, POST_FIELDS, Post, moment, path, permalink};

/// The network.
pub struct Facebook;

const HOME: &str = "https://graph.facebook.com/";

/// Names of options: what is made of it, and the title of a film.
const FORMAT: &str = "format";
const TITLE: &str = "title";

/// What is made of a publication.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A post.
    Feed,
    /// A short upright film.
    Reel,
    /// A photo or film that is gone after a day.
    Story,
}

impl Format {
    /// Of options in which it may be missing.
    fn of(options: &Options) -> Self {
        match options.get(FORMAT).map(String::as_str) {
            Some("reel") => Self::Reel,
            Some("story") => Self::Story,
            _ => Self::Feed,
        }
    }
}

/// Photos: <https://developers.facebook.com/docs/page-stories-api> (types and bytes). How many go into one post, and
/// how long and large a film may be, Facebook's documentation does not say: these are the numbers that others found,
/// <https://docs.getlate.dev/resources/media-guidelines/facebook>. Title:
/// <https://developers.facebook.com/docs/graph-api/reference/page/videos/> ("less than 255"). The longest description
/// of a photo is that of Instagram's `alt_text`, because Facebook names none. Reels in a day:
/// <https://developers.facebook.com/docs/video-api/guides/reels-publishing/>
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("facebook"),
    name: "Facebook",
    connect: ConnectMethod::OAuthCode { needs_instance: false },
    home: Some(HOME),
    hosts: &["graph.facebook.com", "rupload.facebook.com", "www.facebook.com"],
    app: Some("facebook"),
    text: counting::FACEBOOK,
    caption: None,
    text_also: &[],
    media: MediaLimits {
        max_images: 10,
        max_image_bytes: 10_000_000,
        mime_types: &["image/jpeg", "image/png", "video/mp4", "video/quicktime"],
        max_alt_text: 1_000,
        alt_text: AltText::Images,
        video: Some(VideoLimits { max_videos: 1, max_bytes: 4_000_000_000, min_ms: 1_000, max_ms: 240 * 60 * 1000 }),
        document: None,
        required: false,
        mixed: false,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: true,
    link: true,
    options: &[
        OptionSpec {
            name: FORMAT,
            label: "Format",
            kind: OptionKind::Choice(&["feed", "reel", "story"]),
            required: false,
        },
        OptionSpec { name: TITLE, label: "Title", kind: OptionKind::Text { max: 254 }, required: false },
    ],
    metrics: &[
        Metric::Likes,
        Metric::Replies,
        Metric::Reposts,
        Metric::Views,
        Metric::Reach,
        Metric::Clicks,
        Metric::Followers,
    ],
    mentions: None,
    comments: true,
    audience: None,
    idempotency: "The page's newer posts, its stories or the film's own state are compared before it is sent again.",
    look_up: true,
    delete: true,
    edit: true,
    quota: Some(Quota {
        most: 30,
        period: QuotaPeriod::RollingHours(24),
        of: QuotaOf::Account,
        only: Some((FORMAT, "reel")),
    }),
    pace: None,
    history: Some(AccountHistory {
        // Two years, and a day for what passes until it is asked.
        days: 729,
        at_once: 90,
        told_after: 0,
        source: "https://developers.facebook.com/docs/graph-api/reference/insights",
    }),
    // 4800 for each person who engaged with the page that day: as if it were one. A post takes two requests.
    reads: &[RateLimit {
        name: "page",
        most: 4800,
        per: std::time::Duration::from_hours(24),
        of: RateLimitOf::Account,
        posts: 2,
        account: 1,
        comments: 1,
        source: "https://developers.facebook.com/docs/graph-api/overview/rate-limiting",
    }],
};

/// Posts have ids of the page's and their own; films are known by their own alone.
fn is_film(remote_id: &str) -> bool {
    !remote_id.contains('_')
}

fn graph<'a>(out: Outside<'a>, tokens: &'a Tokens) -> Graph<'a> {
    Graph { http: out.http, app: out.app, token: &tokens.access }
}

/// The numbers of a post that it shows to everybody.
fn shown_numbers(post: &Value) -> Vec<(Metric, i64)> {
    let names = [
        ("/reactions/summary/total_count", Metric::Likes),
        ("/likes/summary/total_count", Metric::Likes),
        ("/comments/summary/total_count", Metric::Replies),
        ("/shares/count", Metric::Reposts),
        ("/views", Metric::Views),
    ];
    names.into_iter().filter_map(|(at, metric)| Some((metric, post.pointer(at)?.as_i64()?))).collect()
}

/// The numbers that only the page sees. <https://developers.facebook.com/docs/graph-api/reference/insights>
fn insights(list: &Value) -> Vec<(Metric, i64)> {
    const NAMES: [(&str, Metric); 3] = [
        ("post_media_view", Metric::Views),
        ("post_total_media_view_unique", Metric::Reach),
        ("post_clicks", Metric::Clicks),
    ];
    let value = |name: &str| {
        let found = list["data"].as_array()?.iter().find(|metric| metric["name"] == name)?;
        found["values"][0]["value"].as_i64()
    };
    NAMES.into_iter().filter_map(|(name, metric)| Some((metric, value(name)?))).collect()
}

async fn numbers(graph: &Graph<'_>, remote_id: &str) -> Result<PostMetrics, NetworkError> {
    const OF_POST: &str = "shares,reactions.limit(0).summary(true),comments.limit(0).summary(true)";
    const OF_FILM: &str = "views,likes.limit(0).summary(true),comments.limit(0).summary(true)";
    let fields = if is_film(remote_id) { OF_FILM } else { OF_POST };
    let request = graph.get(&path(remote_id))?.query(&[("fields", fields)]);
    let remote_id = remote_id.to_owned();
    let Some(mut raw) = graph.find::<Value>(request).await? else {
        let missing = Some(Missing::Gone);
        return Ok(PostMetrics { remote_id, values: Vec::new(), raw: Value::Null, missing });
    };
    let mut values = shown_numbers(&raw);
    if !is_film(&remote_id) {
        let query = [("metric", "post_media_view,post_total_media_view_unique,post_clicks")];
        let request = graph.get(&format!("{}/insights", path(&remote_id)))?.query(&query);
        match graph.read::<Value>(request, Step::Repeatable).await {
            Ok(list) => {
                values.extend(insights(&list));
                raw["insights"] = list;
            }
            // Not every post has them, and not every person may see them: the other numbers are there all the same.
            Err(error) if matches!(error.code, "permission_missing" | "rejected" | crate::meta::NOT_THERE) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(PostMetrics { remote_id, values, raw, missing: None })
}

#[async_trait]
impl Network for Facebook {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        let mut found = violations(&CAPABILITIES, limits, draft);
        found.extend(rules::violations(draft));
        found
    }

    /// Names are sent as plain text, and there is no card without a link beside the text.
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

    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        oauth::check(&graph(out, &tokens), &account.remote_id).await.map(|()| None)
    }

    fn is_stale(&self, _account: &Account, _now: DateTime<Utc>) -> bool {
        false
    }

    /// A page's token does not end by itself.
    async fn refresh(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError> {
        Ok(None)
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
        let publishing = Publishing { graph: graph(out, &tokens), account, content };
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
        let publishing = Publishing { graph: graph(out, &tokens), account, content };
        steps::look_up(&publishing, content, checkpoint).await
    }

    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let graph = graph(out, &tokens);
        let mut metrics = Vec::with_capacity(remote_ids.len());
        for id in remote_ids {
            metrics.push(numbers(&graph, id).await?);
        }
        Ok(metrics)
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let graph = graph(out, &tokens);
        let request = graph.get(&path(&account.remote_id))?.query(&[("fields", "followers_count,name,username")]);
        let raw: Value = graph.read(request, Step::Repeatable).await?;
        let followers = raw["followers_count"].as_i64().map(|count| (Metric::Followers, count));
        let handle = word(&raw, "username").or_else(|| word(&raw, "name"));
        Ok(AccountMetrics { values: followers.into_iter().collect(), handle, raw, missing: None })
    }

    async fn account_history(
        &self,
        out: Outside<'_>,
        account: &Account,
        between: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<FollowersThen>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        history::read(&graph(out, &tokens), &account.remote_id, between).await
    }

    async fn read_comments(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        let tokens = oauth::tokens(account)?;
        comments::read_page(&graph(out, &tokens), &account.remote_id, (remote_id, from)).await
    }

    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        let tokens = oauth::tokens(account)?;
        let graph = graph(out, &tokens);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if is_film(remote_id) {
            let fields = "description,permalink_url,created_time";
            let request = graph.get(&path(remote_id))?.query(&[("fields", fields)]);
            return Ok(graph.find::<Value>(request).await?.map(|film| RemotePost {
                text: text(&film["description"]).unwrap_or_default(),
                url: permalink(film["permalink_url"].as_str()),
                media_count: 1,
                created_at: film["created_time"].as_str().and_then(moment),
            }));
        }
        let request = graph.get(&path(remote_id))?.query(&[("fields", POST_FIELDS)]);
        Ok(graph.find::<Post>(request).await?.map(|post| RemotePost {
            url: permalink(post.permalink_url.as_deref()),
            media_count: post.media().len(),
            created_at: post.created_at(),
            text: post.message,
        }))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let tokens = oauth::tokens(account)?;
        let graph = graph(out, &tokens);
        let url = wire::address(&format!("{}{}", wire::GRAPH, path(remote_id)))?;
        let answer = graph.answer(out.http.request(Method::DELETE, url), Step::Repeatable).await?;
        if answer.status.is_success() || is_gone(&answer) { Ok(()) } else { Err(refusal(&answer, Step::Repeatable)) }
    }

    /// The text of a post, and text and title of a film. The card of a link and the photos stay; a story has no words.
    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        if matches!(Kind::of(content), Kind::PhotoStory | Kind::FilmStory) {
            return Err(NetworkError::new(ErrorKind::Ask, "not_offered", "a story has no words that could be changed"));
        }
        let tokens = oauth::tokens(account)?;
        let graph = graph(out, &tokens);
        let form = if is_film(remote_id) {
            let title = content.options.get(TITLE).map(|title| ("name", title.as_str()));
            [("description", content.text.as_str())].into_iter().chain(title).collect()
        } else {
            vec![("message", content.text.as_str())]
        };
        graph.send(graph.post(&path(remote_id))?.form(&form), Step::Repeatable).await.map(|_| ())
    }
}
