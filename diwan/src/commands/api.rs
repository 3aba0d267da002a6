//! `diwan api`: the API alone.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_api::ApiOptions;
use diwan_domain::Services;
use tokio_util::sync::CancellationToken;

use crate::figures;
use crate::installation;
use crate::servers::Servers;
use crate::signals::stop_token;

/// Serves until told to stop.
pub(crate) async fn run() -> Result<()> {
    let config = installation::configure()?;
    let servers = Servers::named(&config, "api")?;
    check_port(config.listen)?;
    let stop = stop_token()?;
    let services = installation::services(&config, &servers.database_url).await?;
    figures::serve(&config, &services, stop.clone()).await?;
    let options = ApiOptions {
        listen: config.listen,
        development: config.development,
        trusted_proxies: config.trusted_proxies.clone(),
    };
    serve(services, options, stop, |address| tracing::info!(%address, "the API listens")).await
}

/// Fails if the port is taken: before anything slow is done.
pub(crate) fn check_port(listen: SocketAddr) -> Result<()> {
    std::net::TcpListener::bind(listen).map(drop).with_context(|| cannot_listen(listen))
}

fn cannot_listen(listen: SocketAddr) -> String {
    format!(
        "cannot listen on {listen}: if another program has this port, set DIWAN_LISTEN to a free one, such as 127.0.0.1:8081"
    )
}

/// Serves; a failure says what can be done about it.
pub(crate) async fn serve(
    services: Arc<Services>,
    options: ApiOptions,
    stop: CancellationToken,
    ready: impl FnOnce(SocketAddr),
) -> Result<()> {
    let listen = options.listen;
    diwan_api::serve(services, options, stop, |listening| ready(listening.address))
        .await
        .with_context(|| cannot_listen(listen))
}
