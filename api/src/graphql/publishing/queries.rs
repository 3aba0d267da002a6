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
    /// The longest text, in graphemes; null where it is none.
    max_length: Option<Long>,
}

impl NetworkOption {
    fn of(locale: Locale, option: &'static OptionSpec) -> Self {
        let (kind, values, max_length): (_, &[&'static str], _) = match option.kind {
            OptionKind::Choice(values) => (NetworkOptionKind::Choice, values, None),
            OptionKind::Text { max } => (NetworkOptionKind::Text, &[], Some(max.into())),
            OptionKind::Flag => (NetworkOptionKind::Flag, &["true", "false"], None),
        };
        let in_words =
            |value: &&'static str| NetworkOptionValue { value, label: messages::option_value(locale, option, value) };
        let values = values.iter().map(in_words).collect();
        Self { name: option.name, label: messages::option_label(locale, option), kind, values, max_length }
    }
}

/// What a network can do.
#[derive(SimpleObject)]
struct Network {
    /// Its key in this API.
    key: &'static str,
    /// Its name.
    name: &'static str,
    /// How an account is connected: `APP_PASSWORD` or `OAUTH_CODE`.
    connect_method: &'static str,
    /// The longest text, in `textUnit`. An account's own server may allow more or less.
    max_text: Long,
    /// How it counts a text.
    text_unit: TextUnit,
    /// The most bytes of a text, where it limits them as well.
    max_text_bytes: Option<Long>,
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
}

/// Queries for networks.
#[derive(Default)]
pub struct PublishingQuery;

#[Object]
impl PublishingQuery {
    /// The networks that Diwan publishes to, and what each can do.
    async fn networks(&self, ctx: &Context<'_>) -> Result<Vec<Network>> {
        let locale = Op::of(ctx)?.locale();
        let networks = diwan_networks::registry()
            .iter()
            .map(|network| {
                let capabilities = network.capabilities();
                Network {
                    key: capabilities.key.as_str(),
                    name: capabilities.name,
                    connect_method: capabilities.connect.as_str(),
                    max_text: capabilities.text.max.into(),
                    text_unit: capabilities.text.unit.into(),
                    max_text_bytes: capabilities.text.max_bytes.map(Into::into),
                    max_images: capabilities.media.max_images.into(),
                    max_image_bytes: capabilities.media.max_image_bytes.into(),
                    max_thread_parts: capabilities.thread.map(Into::into),
                    first_comment: capabilities.first_comment,
                    link: capabilities.link,
                    options: capabilities.options.iter().map(|option| NetworkOption::of(locale, option)).collect(),
                    metrics: capabilities.metrics.iter().map(|metric| metric.as_str()).collect(),
                    look_up: capabilities.look_up,
                }
            })
            .collect();
        Ok(networks)
    }
}
