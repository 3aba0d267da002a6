//! `diwan worker`: the worker alone.

use anyhow::Result;
use diwan_platform::config::Config;
use diwan_worker::WorkerOptions;

use crate::figures;
use crate::installation;
use crate::servers::Servers;
use crate::signals::stop_token;

/// Runs jobs until told to stop.
pub(crate) async fn run() -> Result<()> {
    let config = installation::configure()?;
    let servers = Servers::named(&config, "worker")?;
    let stop = stop_token()?;
    let services = installation::services(&config, &servers.database_url).await?;
    figures::serve(&config, &services, stop.clone()).await?;
    Ok(diwan_worker::run(services, options(&config, &servers), stop).await?)
}

/// How the worker runs, as configured.
pub(crate) fn options(config: &Config, servers: &Servers) -> WorkerOptions {
    WorkerOptions {
        redis_url: servers.redis_url.clone(),
        redis_prefix: config.redis_prefix.clone(),
        concurrency: config.worker_concurrency,
        anchors: config.data.join("audit-anchors"),
        kept: config.kept,
    }
}
