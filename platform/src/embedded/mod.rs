//! The embedded default: a private PostgreSQL and a private Redis as child processes.
//!
//! Without `DATABASE_URL` and `REDIS_URL` the product runs its own servers from the machine's programs. They listen on
//! Unix sockets in a folder that only their account can enter, keep everything in one data folder, end with this
//! process however it ends, and never touch a server that is already there.
//!
//! ```no_run
//! # async fn example() -> Result<(), diwan_platform::embedded::EmbeddedError> {
//! use diwan_platform::embedded::{Embedded, EmbeddedOptions};
//!
//! let options = EmbeddedOptions { data_dir: "./data".into(), durable: true, progress: &|step| println!("{step}") };
//! let servers = Embedded::start(options).await?;
//! println!("{}", servers.urls().owner_database_url);
//! servers.stop().await
//! # }
//! ```
//!
//! Here lives everything about starting and stopping the two servers. Roles, schemas and queues in them do not.

mod account;
mod binaries;
mod error;
mod folder;
mod postgres;
mod process;
mod redis;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use binaries::{Places, Postgres};
pub use error::EmbeddedError;
use folder::Folder;
use process::{Server, Watcher};

/// How to run the embedded servers.
pub struct EmbeddedOptions<'a> {
    /// Where their data are, or will be. Made if missing.
    pub data_dir: PathBuf,
    /// False for tests only: the data do not survive a crash of the machine, and Redis forgets them on every stop.
    pub durable: bool,
    /// Told what is being done, one short sentence at a time.
    pub progress: &'a (dyn Fn(&str) + Send + Sync),
}

/// How to reach the embedded servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedUrls {
    /// The superuser of the private cluster, in the product's database.
    pub owner_database_url: String,
    /// The private Redis.
    pub redis_url: String,
}

/// The machine's programs that the embedded servers would be run from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledServers {
    /// The PostgreSQL server.
    pub postgres: PathBuf,
    /// Its major version, for example 15.
    pub postgres_major: u32,
    /// The Redis (or Valkey) server.
    pub redis: PathBuf,
}

/// Finds the programs without starting anything; the error says what is missing and how to install it.
pub fn installed_servers() -> Result<InstalledServers, EmbeddedError> {
    let places = Places::of_this_machine();
    let postgres = places.find_postgres(None)?;
    let redis = places.find_redis()?;
    Ok(InstalledServers { postgres: postgres.server, postgres_major: postgres.major, redis })
}

/// The running servers. Dropping it asks them to stop without waiting; [`Embedded::stop`] waits.
#[derive(Debug)]
pub struct Embedded {
    postgres: Option<Server>,
    redis: Option<Server>,
    // Declared after the servers and before the folder: the watcher goes before the lock is given back.
    watcher: Watcher,
    folder: Folder,
    programs: (Postgres, PathBuf),
    durable: bool,
    urls: EmbeddedUrls,
}

impl Embedded {
    /// Starts both servers on the data folder and waits until they answer; the first start on a folder makes the
    /// cluster and the database. Servers that a killed process left on the same folder are stopped first.
    pub async fn start(options: EmbeddedOptions<'_>) -> Result<Self, EmbeddedError> {
        Self::start_from(&Places::of_this_machine(), options).await
    }

    async fn start_from(places: &Places, options: EmbeddedOptions<'_>) -> Result<Self, EmbeddedError> {
        let EmbeddedOptions { data_dir, durable, progress } = options;
        let redis_program = places.find_redis()?;
        let folder = Folder::prepare(&data_dir, progress).await?;
        let cluster = folder.postgres();
        let made_by = postgres::made_by(&cluster)?;
        let postgres_programs = places.find_postgres(made_by.map(|major| (major, cluster.as_path())))?;
        if made_by.is_none() {
            progress(&format!("Creating a private PostgreSQL {} in {}", postgres_programs.major, cluster.display()));
            postgres::create(&postgres_programs, &folder, durable).await?;
        } else {
            folder.own(&cluster)?;
            postgres::clear_earlier(&folder).await?;
        }
        redis::clear_earlier(&folder).await?;
        let urls = EmbeddedUrls { owner_database_url: postgres::url(&folder), redis_url: redis::url(&folder) };
        let watcher = Watcher::start(&folder)?;
        let programs = (postgres_programs, redis_program);
        let mut embedded = Self { postgres: None, redis: None, watcher, folder, programs, durable, urls };
        progress("Starting the private PostgreSQL and Redis");
        // An error on the way drops what has been started, which stops it.
        embedded.start_redis().await?;
        embedded.start_postgres().await?;
        postgres::create_database(&embedded.folder).await?;
        Ok(embedded)
    }

    /// How to reach them; the same after a restart.
    pub fn urls(&self) -> &EmbeddedUrls {
        &self.urls
    }

    /// Where the servers' files really are: the data folder, or a folder under `/var/lib/diwan` if root started them
    /// and their account cannot enter the data folder.
    pub fn servers_dir(&self) -> &Path {
        &self.folder.root
    }

    /// Waits until one of the servers ends without having been stopped, and says which and why. Never returns while
    /// both run. May be dropped and called again.
    pub async fn ended(&mut self) -> EmbeddedError {
        let error = tokio::select! {
            (error, kind) = ended(&mut self.postgres) => { self.watcher.forget(kind); error }
            (error, kind) = ended(&mut self.redis) => { self.watcher.forget(kind); error }
        };
        tracing::error!(%error, "an embedded server ended");
        error
    }

    /// Stops both and waits for them: cleanly if they do so within half a minute, by force otherwise.
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        let redis = self.stop_redis().await;
        let postgres = self.stop_postgres().await;
        redis.and(postgres)
    }

    /// Stops PostgreSQL and starts it again; open connections break.
    pub async fn restart_postgres(&mut self) -> Result<(), EmbeddedError> {
        self.stop_postgres().await?;
        self.start_postgres().await
    }

    /// Starts PostgreSQL unless it runs.
    pub async fn start_postgres(&mut self) -> Result<(), EmbeddedError> {
        if self.postgres.is_none() {
            let server = postgres::start(&self.programs.0, &self.folder, self.durable, &mut self.watcher).await?;
            self.postgres = Some(server);
        }
        Ok(())
    }

    /// Stops PostgreSQL unless it is stopped.
    pub async fn stop_postgres(&mut self) -> Result<(), EmbeddedError> {
        match self.postgres.take() {
            Some(server) => server.stop(&mut self.watcher).await,
            None => Ok(()),
        }
    }

    /// Starts Redis unless it runs.
    pub async fn start_redis(&mut self) -> Result<(), EmbeddedError> {
        if self.redis.is_none() {
            let server = redis::start(&self.programs.1, &self.folder, self.durable, &mut self.watcher).await?;
            self.redis = Some(server);
        }
        Ok(())
    }

    /// Stops Redis unless it is stopped.
    pub async fn stop_redis(&mut self) -> Result<(), EmbeddedError> {
        match self.redis.take() {
            Some(server) => server.stop(&mut self.watcher).await,
            None => Ok(()),
        }
    }

    /// Ends Redis by SIGKILL, as a crash would.
    pub async fn kill_redis(&mut self) -> Result<(), EmbeddedError> {
        match self.redis.take() {
            Some(mut server) => {
                self.watcher.forget(server.kind());
                server.kill().await
            }
            None => Ok(()),
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        for server in [&mut self.postgres, &mut self.redis].into_iter().flatten() {
            server.ask_to_stop(&mut self.watcher);
        }
    }
}

/// Waits for one server to end, for ever if there is none.
async fn ended(server: &mut Option<Server>) -> (EmbeddedError, process::Kind) {
    match server {
        Some(running) => (running.ended().await, running.kind()),
        None => std::future::pending().await,
    }
}
