//! PostgreSQL and Redis: the operator's, or our own.

use anyhow::{Context as _, Result};
use diwan_platform::config::Config;
use diwan_platform::embedded::{Embedded, EmbeddedError, EmbeddedOptions};

/// Where PostgreSQL and Redis are.
#[derive(Debug)]
pub(crate) struct Servers {
    /// PostgreSQL for the application.
    pub(crate) database_url: String,
    /// PostgreSQL for migrations.
    pub(crate) owner_url: String,
    /// Redis.
    pub(crate) redis_url: String,
    embedded: Option<Embedded>,
}

impl Servers {
    /// Those that the configuration names. `command` is for the words if it names none.
    pub(crate) fn named(config: &Config, command: &str) -> Result<Self> {
        let missing = || {
            format!(
                "`diwan {command}` needs servers of yours: set DATABASE_URL and REDIS_URL (docs/OPERATING.md). \
                 `diwan up` brings its own."
            )
        };
        let database_url = config.database_url.clone().with_context(missing)?;
        let redis_url = config.redis_url.clone().with_context(missing)?;
        let owner_url = config.database_owner_url.clone().unwrap_or_else(|| database_url.clone());
        Ok(Self { database_url, owner_url, redis_url, embedded: None })
    }

    /// Those that the configuration names, or else our own, started in the data folder.
    pub(crate) async fn named_or_started(config: &Config) -> Result<Self> {
        if config.database_url.is_some() {
            return Self::named(config, "up");
        }
        let progress = |step: &str| eprintln!("{step}");
        let options = EmbeddedOptions { data_dir: config.data.clone(), durable: true, progress: &progress };
        let embedded = Embedded::start(options).await?;
        let urls = embedded.urls().clone();
        Ok(Self {
            database_url: urls.owner_database_url.clone(),
            owner_url: urls.owner_database_url,
            redis_url: urls.redis_url,
            embedded: Some(embedded),
        })
    }

    /// Whether they are our own.
    pub(crate) fn are_embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// Waits until one of our own ends without having been asked. Never returns for the operator's.
    pub(crate) async fn ended(&mut self) -> EmbeddedError {
        match &mut self.embedded {
            Some(embedded) => embedded.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Stops our own.
    pub(crate) async fn stop(self) -> Result<(), EmbeddedError> {
        match self.embedded {
            Some(embedded) => embedded.stop().await,
            None => Ok(()),
        }
    }
}
