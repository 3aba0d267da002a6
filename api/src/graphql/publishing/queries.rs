//! Queries for networks.

use async_graphql::{Object, SimpleObject};

use super::counting::TextUnit;
use crate::graphql::scalars::Long;

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
    async fn networks(&self) -> Vec<Network> {
        diwan_networks::registry()
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
                    metrics: capabilities.metrics.iter().map(|metric| metric.as_str()).collect(),
                    look_up: capabilities.look_up,
                }
            })
            .collect()
    }
}
