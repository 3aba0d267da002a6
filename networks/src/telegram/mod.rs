//! Telegram: a bot that posts in a channel or a group.
//!
//! Exactly once: a request that makes a message is sent once. The interface knows no key against doubling, and a bot can
//! neither read a chat nor see its own messages: after an unknown outcome, a person must look.

mod connect;
mod publish;
mod rules;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use serde_json::{Value, json};
use url::Url;

use crate::call::Step;
use crate::capabilities::{
    AltText, Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec, Pace,
    VideoLimits,
};
use crate::content::{Checkpoint, Content, Draft, Violation};
use crate::counting;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{
    Account, AccountMetrics, Connected, Credentials, LookUp, Missing, Network, Outside, PostMetrics, Progress,
    Published, RemotePost,
};
use crate::preview::{Preview, plain_with_links};
use crate::steps;
use publish::Publishing;
use wire::{Bot, Chat, Grant, User};

/// The network.
pub struct Telegram;

/// Names of options: how it is shown, and the answers of a poll whose question is the text.
const SILENT: &str = "silent";
const PROTECTED: &str = "protected";
const LINK_PREVIEW: &str = "link_preview";
const LINK_PREVIEW_ABOVE: &str = "link_preview_above";
const CAPTION_ABOVE: &str = "caption_above";
const SENSITIVE: &str = "sensitive";
const POLL: &str = "poll";
const POLL_MINUTES: &str = "poll_minutes";
const POLL_MULTIPLE: &str = "poll_multiple";

/// The longest answer of a poll. <https://core.telegram.org/bots/api#inputpolloption>
const MOST_ANSWER: u64 = 100;

const MEGABYTE: u64 = 1024 * 1024;

/// Bot API 10.1. Photos: <https://core.telegram.org/bots/api#sendphoto>. Films:
/// <https://core.telegram.org/bots/api#sendvideo>, which names no longest time: as much as goes into 50 MB. Albums:
/// <https://core.telegram.org/bots/api#sendmediagroup>. Polls: <https://core.telegram.org/bots/api#sendpoll>. Twenty
/// messages a minute in one group: <https://core.telegram.org/bots/faq>. Photos have no descriptions there; those of the
/// library, of at most 5000 letters, stay in it.
static CAPABILITIES: Capabilities = Capabilities {
    key: NetworkKey("telegram"),
    name: "Telegram",
    connect: ConnectMethod::BotToken,
    home: Some(connect::HOME),
    hosts: &["api.telegram.org", "t.me"],
    app: None,
    text: counting::TELEGRAM,
    caption: Some(counting::TELEGRAM_CAPTION),
    text_also: &[],
    media: MediaLimits {
        max_images: 10,
        max_image_bytes: 10 * MEGABYTE,
        mime_types: &["image/jpeg", "image/png", "video/mp4"],
        max_alt_text: 5000,
        alt_text: AltText::Nothing,
        video: Some(VideoLimits { max_videos: 10, max_bytes: 50 * MEGABYTE, min_ms: 0, max_ms: 86_400_000 }),
        document: None,
        required: false,
        mixed: true,
    },
    allows_empty_text_with_media: true,
    thread: None,
    first_comment: false,
    link: true,
    options: OPTIONS,
    metrics: &[Metric::Followers],
    mentions: None,
    comments: false,
    audience: None,
    idempotency: "None: each message is sent once, and when nobody knows whether it arrived, a person must look.",
    look_up: false,
    delete: true,
    edit: true,
    quota: None,
    pace: Some(Pace { most: 20, per: Duration::from_mins(1) }),
    history: None,
    reads: &[],
};

const fn option(name: &'static str, label: &'static str, kind: OptionKind) -> OptionSpec {
    OptionSpec { name, label, kind, required: false }
}

const OPTIONS: &[OptionSpec] = &[
    option(SILENT, "Sent without a sound", OptionKind::Flag),
    option(PROTECTED, "Cannot be forwarded or saved", OptionKind::Flag),
    option(LINK_PREVIEW, "Preview of the link", OptionKind::Choice(&["none", "small", "large"])),
    option(LINK_PREVIEW_ABOVE, "The preview of the link stands above the text", OptionKind::Flag),
    option(CAPTION_ABOVE, "The text stands above the images", OptionKind::Flag),
    option(SENSITIVE, "The images are sensitive", OptionKind::Flag),
    option(POLL, "Poll answers, one per line", OptionKind::Lines { least: 2, most: 12, max: MOST_ANSWER }),
    option(POLL_MINUTES, "Minutes the poll runs", OptionKind::Number { least: 1, most: 43_800 }),
    option(POLL_MULTIPLE, "Several answers may be chosen in the poll", OptionKind::Flag),
];

fn grant(account: &Account) -> Result<Grant, NetworkError> {
    Grant::deserialize(&account.credentials.0).map_err(|error| NetworkError::credentials(&error))
}

fn bot<'a>(out: Outside<'a>, account: &'a Account, grant: &'a Grant) -> Bot<'a> {
    Bot { http: out.http, base: &account.base_url, token: &grant.token }
}

#[async_trait]
impl Network for Telegram {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        rules::check(limits, draft)
    }

    fn preview(&self, text: &str, images: usize) -> Preview {
        plain_with_links(text, images)
    }

    async fn connect_with_app_password(
        &self,
        out: Outside<'_>,
        _service: &Url,
        identifier: &str,
        password: &str,
    ) -> Result<Connected, NetworkError> {
        connect::connect(out.http, identifier, password).await
    }

    /// Whether the bot may still post there.
    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        let grant = grant(account)?;
        let bot = bot(out, account, &grant);
        let me: User = bot.call("getMe", &json!({}), Step::Repeatable).await?;
        let body = json!({ "chat_id": publish::chat(account) });
        let chat: Chat = bot.call("getChat", &body, Step::Repeatable).await?;
        connect::may_post(&bot, &chat, me.id).await.map(|()| None)
    }

    /// A bot's token is good until it is taken back.
    fn is_stale(&self, _account: &Account, _now: DateTime<Utc>) -> bool {
        false
    }

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
        let grant = grant(account)?;
        let publishing = Publishing { bot: bot(out, account, &grant), account, content };
        steps::publish(&publishing, content, resume.as_ref(), progress).await
    }

    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError> {
        let grant = grant(account)?;
        let publishing = Publishing { bot: bot(out, account, &grant), account, content };
        steps::look_up(&publishing, content, checkpoint).await
    }

    async fn post_metrics(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError> {
        let nothing = |id: &String| PostMetrics {
            remote_id: id.clone(),
            values: Vec::new(),
            raw: Value::Null,
            missing: Some(Missing::NotServed),
        };
        Ok(remote_ids.iter().map(nothing).collect())
    }

    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
        let grant = grant(account)?;
        let body = json!({ "chat_id": publish::chat(account) });
        let members: i64 = bot(out, account, &grant).call("getChatMemberCount", &body, Step::Repeatable).await?;
        let values = vec![(Metric::Followers, members)];
        Ok(AccountMetrics { values, raw: members.into(), missing: None, handle: None })
    }

    async fn read_post(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError> {
        Err(NetworkError::not_offered("reading a message back"))
    }

    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError> {
        let grant = grant(account)?;
        let body = json!({ "chat_id": publish::chat(account), "message_ids": publish::message_ids(remote_id)? });
        // Messages that are gone already are skipped there.
        bot(out, account, &grant).call::<bool>("deleteMessages", &body, Step::Repeatable).await.map(drop)
    }

    async fn edit_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
        content: &Content,
    ) -> Result<(), NetworkError> {
        if content.options.contains_key(POLL) {
            return Err(NetworkError::new(ErrorKind::Ask, "not_editable", "a poll cannot be changed"));
        }
        let grant = grant(account)?;
        let ids = publish::message_ids(remote_id)?;
        let mut body = json!({ "chat_id": publish::chat(account), "message_id": ids.first() });
        let method = if content.media.is_empty() {
            body["text"] = content.text.as_str().into();
            if let Some(preview) = publish::link_preview(content) {
                body["link_preview_options"] = preview;
            }
            "editMessageText"
        } else {
            body["caption"] = content.text.as_str().into();
            if publish::is_on(content, CAPTION_ABOVE) {
                body["show_caption_above_media"] = true.into();
            }
            "editMessageCaption"
        };
        match bot(out, account, &grant).call::<Value>(method, &body, Step::Repeatable).await {
            Err(error) if !error.detail.contains("message is not modified") => Err(error),
            _ => Ok(()),
        }
    }
}
