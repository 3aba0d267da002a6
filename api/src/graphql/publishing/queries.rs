//! Queries for networks.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use diwan_domain::messages;
use diwan_entity::tenancy::agency::Locale;
use diwan_networks::{OptionKind, OptionSpec};

use super::counting::TextUnit;
use crate::graphql::context::Op;
use crate::graphql::scalars::Long;

/// Which values an option takes.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum NetworkOptionKind {
    /// One of `values`.
    Choice,
    /// A text of up to `maxLength`.
    Text,
    /// `true` or `false`.
    Flag,
    /// One of the account's own: see `SocialAccount.choices`.
    OfAccount,
    /// Lines of text, one below the other.
    Lines,
    /// A whole number.
    Number,
}

/// A value that an option takes.
#[derive(SimpleObject)]
struct NetworkOptionValue {
    /// The value.
    value: &'static str,
    /// What it says, in the caller's language.
    label: String,
}

/// A setting of a post that only this network knows.
#[derive(SimpleObject)]
struct NetworkOption {
    /// Its name, which `PostVariantInput.options` takes.
    name: &'static str,
    /// What it is called, in the caller's language.
    label: String,
    /// Which values it takes.
    kind: NetworkOptionKind,
    /// The values of a choice or a flag; none of a text.
    values: Vec<NetworkOptionValue>,
    /// The longest text or line, in graphemes; null where it is none.
    max_length: Option<Long>,
    /// The smallest number, or the fewest lines; null where it is neither.
    least: Option<Long>,
    /// The largest number, or the most lines; null where it is neither.
    most: Option<Long>,
    /// Whether a post must have it.
    required: bool,
}

impl NetworkOption {
    fn of(locale: Locale, option: &'static OptionSpec) -> Self {
        let kind = match option.kind {
            OptionKind::Choice(_) => NetworkOptionKind::Choice,
            OptionKind::Text { .. } => NetworkOptionKind::Text,
            OptionKind::Flag => NetworkOptionKind::Flag,
            OptionKind::OfAccount => NetworkOptionKind::OfAccount,
            OptionKind::Lines { .. } => NetworkOptionKind::Lines,
            OptionKind::Number { .. } => NetworkOptionKind::Number,
        };
        let values: &[&'static str] = match option.kind {
            OptionKind::Choice(values) => values,
            OptionKind::Flag => &["true", "false"],
            _ => &[],
        };
        let max_length = match option.kind {
            OptionKind::Text { max } | OptionKind::Lines { max, .. } => Some(max.into()),
            _ => None,
        };
        let range = match option.kind {
            OptionKind::Lines { least, most, .. } | OptionKind::Number { least, most } => Some((least, most)),
            _ => None,
        };
        let in_words =
            |value: &&'static str| NetworkOptionValue { value, label: messages::option_value(locale, option, value) };
        let values = values.iter().map(in_words).collect();
        Self {
            name: option.name,
            label: messages::option_label(locale, option),
            kind,
            values,
            max_length,
            least: range.map(|(least, _)| least.into()),
            most: range.map(|(_, most)| most.into()),
            required: option.required,
        }
    }
}

/// What a network can do.
#[derive(SimpleObject)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that a network offers or does not")]
struct Network {
    /// Its key in this API.
    key: &'static str,
    /// Its name.
    name: &'static str,
    /// How an account is connected: `APP_PASSWORD`, `OAUTH_CODE` or `BOT_TOKEN`.
    connect_method: &'static str,
    /// The longest text, in `textUnit`. An account's own server may allow more or less.
    max_text: Long,
    /// How it counts a text.
    text_unit: TextUnit,
    /// The most bytes of a text, where it limits them as well.
    max_text_bytes: Option<Long>,
    /// Whether an account can be connected here: false while the operator has not set up the network's application.
    set_up: bool,
    /// Whether the network has many servers, so that `connectAccount` must name the account's.
    needs_server: bool,
    /// The longest text beside images or a film, in `textUnit`, where that is less.
    max_caption: Option<Long>,
    /// Whether a post must have an image or a film.
    media_required: bool,
    /// The most films in a post; 0 where it takes none.
    max_videos: Long,
    /// The largest film, in bytes; null where it takes none.
    max_video_bytes: Option<Long>,
    /// The longest film, in seconds; null where it takes none.
    max_video_seconds: Option<Long>,
    /// The most documents in a post, whose pages it shows; 0 where it takes none.
    max_documents: Long,
    /// The largest document, in bytes; null where it takes none.
    max_document_bytes: Option<Long>,
    /// The most pages of a document; null where it takes none. The network counts them, and refuses what has more.
    max_document_pages: Option<Long>,
    /// The most images in a post.
    max_images: Long,
    /// The largest image, in bytes.
    max_image_bytes: Long,
    /// The most parts of a thread, the first text among them; null where it makes none.
    max_thread_parts: Option<Long>,
    /// Whether an account can answer its own post right after it.
    first_comment: bool,
    /// Whether it takes a link beside the text and shows it as a card.
    link: bool,
    /// Settings that only it knows.
    options: Vec<NetworkOption>,
    /// The numbers that it can give.
    metrics: Vec<&'static str>,
    /// Whether a publication without an answer can be looked up.
    look_up: bool,
    /// Whether a post can be taken back from here.
    delete: bool,
    /// Whether the words of a post can be changed from here.
    edit: bool,
    /// Whether it tells how often a brand and others are spoken of, and the operator has set up what it wants for that.
    counts_mentions: bool,
    /// Of how many days before an account was connected it tells how many followed it; null where it tells of none.
    history_days: Option<u32>,
    /// How many posts an account may publish in the network's period; null where it names none, or counts some posts alone.
    quota: Option<i32>,
}

/// Queries for networks.
#[derive(Default)]
pub struct PublishingQuery;

#[Object]
impl PublishingQuery {
    /// The networks that Diwan publishes to, and what each can do.
    async fn networks(&self, ctx: &Context<'_>) -> Result<Vec<Network>> {
        let op = Op::of(ctx)?;
        let (locale, apps) = (op.locale(), &op.services.apps);
        let networks = diwan_networks::registry()
            .iter()
            .map(|network| {
                let capabilities = network.capabilities();
                let (video, document) = (capabilities.media.video, capabilities.media.document);
                Network {
                    key: capabilities.key.as_str(),
                    name: capabilities.name,
                    connect_method: capabilities.connect.as_str(),
                    max_text: capabilities.text.max.into(),
                    text_unit: capabilities.text.unit.into(),
                    max_text_bytes: capabilities.text.max_bytes.map(Into::into),
                    set_up: capabilities.app.is_none_or(|app| apps.get(app).is_some()),
                    needs_server: capabilities.home.is_none(),
                    max_caption: capabilities.caption.map(|caption| caption.max.into()),
                    media_required: capabilities.media.required,
                    max_videos: video.map_or(0, |video| video.max_videos).into(),
                    max_video_bytes: video.map(|video| video.max_bytes.into()),
                    max_video_seconds: video.map(|video| (video.max_ms / 1000).into()),
                    max_documents: document.map_or(0, |document| document.max_documents).into(),
                    max_document_bytes: document.map(|document| document.max_bytes.into()),
                    max_document_pages: document.map(|document| document.max_pages.into()),
                    max_images: capabilities.media.max_images.into(),
                    max_image_bytes: capabilities.media.max_image_bytes.into(),
                    max_thread_parts: capabilities.thread.map(Into::into),
                    first_comment: capabilities.first_comment,
                    link: capabilities.link,
                    options: capabilities.options.iter().map(|option| NetworkOption::of(locale, option)).collect(),
                    metrics: capabilities.metrics.iter().map(|metric| metric.as_str()).collect(),
                    look_up: capabilities.look_up,
                    delete: capabilities.delete,
                    edit: capabilities.edit,
                    history_days: capabilities.history.map(|history| history.days),
                    counts_mentions: capabilities
                        .mentions
                        .is_some_and(|counting| counting.app.is_none_or(|app| apps.get(app).is_some())),
                    quota: capabilities
                        .quota
                        .filter(|quota| quota.only.is_none())
                        .and_then(|quota| i32::try_from(quota.most).ok()),
                }
            })
            .collect();
        Ok(networks)
    }
}
