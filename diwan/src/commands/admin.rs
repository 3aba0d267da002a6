//! `diwan admin`: what only the operator may do.

use anyhow::{Result, bail};
use diwan_domain::tenancy;
use diwan_platform::config::Config;

use crate::cli::Admin;
use crate::installation;
use crate::servers::Servers;

/// Does it.
pub(crate) async fn run(what: &Admin) -> Result<()> {
    let config = installation::configure()?;
    match what {
        Admin::SetupToken => setup_token(&config).await,
    }
}

/// Prints a new one-time token.
async fn setup_token(config: &Config) -> Result<()> {
    let servers = Servers::named_or_started(config).await?;
    let offered = offer(config, &servers).await;
    servers.stop().await?;
    match offered? {
        Some(token) => println!("{token}"),
        None => bail!("the agency has been set up: sign in instead"),
    }
    Ok(())
}

async fn offer(config: &Config, servers: &Servers) -> Result<Option<String>> {
    if servers.are_embedded() {
        installation::migrate(&servers.owner_url).await?;
    }
    let services = installation::services(config, &servers.database_url).await?;
    Ok(tenancy::offer_setup(&services).await?)
}
