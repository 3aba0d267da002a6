//! `diwan api`: the API alone.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_api::ApiOptions;
use diwan_domain::Services;
use tokio_util::sync::CancellationToken;

use crate::installation;
use crate::servers::Servers;
use crate::signals::stop_token;

/// Serves until told to stop.
pub(crate) async fn run() -> Result<()> {
    let config = installation::configure()?;
    let servers = Servers::named(&config, "api")?;
    let stop = stop_token()?;
    let services = installation::services(&config, &servers.database_url).await?;
    let options = ApiOptions { listen: config.listen, development: config.development };
    serve(services, options, stop, |address| tracing::info!(%address, "the API listens")).await
}

/// Serves; a failure says what can be done about it.
pub(crate) async fn serve(
    services: Arc<Services>,
    options: ApiOptions,
    stop: CancellationToken,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<()> {
    let listen = options.listen;
    diwan_api::serve(services, options, stop, ready).await.with_context(|| {
        format!("cannot listen on {listen}: if another program has this port, set DIWAN_LISTEN to a free one, such as 127.0.0.1:8081")
    })
}
