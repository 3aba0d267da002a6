//! The HTTP server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use diwan_domain::Services;
use diwan_gate::RateLimiter;
use ipnet::IpNet;
use tokio_util::sync::CancellationToken;

use crate::graphql::{Feed, Grounds, build_schema};
use crate::rest;
use crate::state::State;

/// How the API is served.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether strangers may use introspection and GraphiQL.
    pub development: bool,
    /// Networks of the proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// The API, once it listens.
#[derive(Debug, Clone)]
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    grounds: Grounds,
}

impl Listening {
    /// How many subscriptions are open.
    pub fn open_subscriptions(&self) -> usize {
        self.grounds.open()
    }
}

/// Threads that answer requests. Work that blocks (passwords, images) has its own.
const WORKERS: usize = 2;

/// Serves until `stop`; then finishes what it has begun. `ready` is told when it listens.
pub async fn serve(
    services: Arc<Services>,
    options: ApiOptions,
    stop: CancellationToken,
    ready: impl FnOnce(Listening),
) -> Result<(), std::io::Error> {
    let (server, listening) = start(services, options, &stop)?;
    if let Some(listening) = listening {
        ready(listening);
    }
    let handle = server.handle();
    tokio::spawn(async move {
        stop.cancelled().await;
        handle.stop(true).await;
    });
    server.await
}

/// Apart from `serve`, which is compiled by each caller: with what it calls, this is most of what a server is.
fn start(
    services: Arc<Services>,
    options: ApiOptions,
    stop: &CancellationToken,
) -> Result<(Server, Option<Listening>), std::io::Error> {
    let feed = Feed::start(Arc::clone(&services), stop.clone());
    let grounds = Grounds::start(Arc::clone(&services), stop.clone());
    let state = State {
        services,
        schema: build_schema(),
        feed,
        grounds: grounds.clone(),
        limiter: Arc::new(RateLimiter::default()),
        development: options.development,
        trusted_proxies: options.trusted_proxies.into(),
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(state.clone()))
            .wrap(from_fn(rest::keep_own_host))
            .wrap(rest::security_headers())
            .configure(rest::routes)
    })
    .workers(WORKERS)
    .client_request_timeout(Duration::from_secs(15))
    .shutdown_timeout(10)
    .disable_signals()
    .bind(options.listen)?;
    let listening = server.addrs().first().map(|address| Listening { address: *address, grounds });
    Ok((server.run(), listening))
}
