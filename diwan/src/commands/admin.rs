//! `diwan admin`: what only the operator may do.

use anyhow::{Result, bail};
use chrono::TimeDelta;
use diwan_domain::{tenancy, trust};
use diwan_platform::config::Config;

use crate::cli::Admin;
use crate::installation;
use crate::servers::Servers;

/// Does it.
pub(crate) async fn run(what: &Admin) -> Result<()> {
    let config = installation::configure()?;
    match what {
        Admin::SetupToken => setup_token(&config).await,
        Admin::RotateSigningKey => rotate_signing_key(&config).await,
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

/// Publishes a new signing key.
async fn rotate_signing_key(config: &Config) -> Result<()> {
    let servers = Servers::named_or_started(config).await?;
    let rotated = rotate(config, &servers).await;
    servers.stop().await?;
    rotated?;
    println!("A new key is published. It signs in 15 minutes; the one before goes when its tokens have expired.");
    Ok(())
}

async fn rotate(config: &Config, servers: &Servers) -> Result<()> {
    if servers.are_embedded() {
        installation::migrate(&servers.owner_url).await?;
    }
    let services = installation::services(config, &servers.database_url).await?;
    trust::rotate_signing_key(&services, TimeDelta::zero()).await?;
    Ok(())
}
