//! What every request handler shares.

use std::sync::Arc;

use diwan_domain::Services;
use diwan_gate::RateLimiter;
use ipnet::IpNet;

use crate::graphql::{Feed, Grounds, Schema};

/// The API's state, one per process.
#[derive(Clone)]
pub struct State {
    /// The product's services.
    pub services: Arc<Services>,
    /// The GraphQL schema.
    pub schema: Schema,
    /// Changes of publications, for subscriptions.
    pub feed: Feed,
    /// What subscriptions stand on.
    pub grounds: Grounds,
    /// Points that callers may still spend.
    pub limiter: Arc<RateLimiter>,
    /// Whether strangers may use introspection and GraphiQL.
    pub development: bool,
    /// Networks of the proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
}
