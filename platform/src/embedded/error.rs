//! What can go wrong with the embedded servers, in words an operator can act on.

use std::io;
use std::path::{Path, PathBuf};

/// The command that installs what the embedded servers need.
pub(super) const INSTALL: &str = "run `script/bootstrap`, or `apt-get install postgresql redis-server` \
     (macOS: `brew install postgresql@17 redis`); or set DATABASE_URL and REDIS_URL to servers you already have";

/// Why the embedded servers could not be started or stopped. Every message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No installed program of this kind was found.
    #[error("{what} is not installed (looked in {looked}): {INSTALL}")]
    Missing {
        /// The program, as a person calls it.
        what: &'static str,
        /// The folders that were searched, for the message.
        looked: String,
    },
    /// PostgreSQL is installed, but all versions found are too old.
    #[error("PostgreSQL {found} is installed, but {needed} or newer is needed: {INSTALL}")]
    TooOld {
        /// The newest major version found.
        found: u32,
        /// The oldest major version that works.
        needed: u32,
    },
    /// The data was made by a version of PostgreSQL that is no longer installed.
    #[error(
        "the database in {} was made by PostgreSQL {made_by}, which is no longer installed (found: {found}): \
         install PostgreSQL {made_by} again, or move the data with pg_upgrade",
        folder.display()
    )]
    VersionGone {
        /// The database's folder.
        folder: PathBuf,
        /// The major version that made it.
        made_by: u32,
        /// The major versions that are installed.
        found: String,
    },
    /// Another process has the data folder.
    #[error(
        "another diwan ({holder}) is already running on the data folder {}: stop it first, or choose another folder \
         with DIWAN_DATA",
        folder.display()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, for the message.
        holder: String,
    },
    /// The servers refuse to run as root and there is no account to run them as.
    #[error(
        "PostgreSQL does not run as root, and this machine has none of the accounts {0} to run it as: \
         create one (`useradd --system postgres`) or start diwan as an ordinary user"
    )]
    NoAccount(String),
    /// A file or folder could not be used.
    #[error("{action} {} failed: {source}", path.display())]
    Path {
        /// What was being done, for example "creating".
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A file or folder is not what it must be for the data to be safe.
    #[error("{} cannot be used: {problem}", path.display())]
    Unsafe {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// A program could not be run at all.
    #[error("running {} failed: {source}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A server or one of its tools ended when it should not have.
    #[error("{what} ended unexpectedly ({status}); the end of its log, {}:\n{tail}", log.display())]
    Ended {
        /// The server or tool.
        what: &'static str,
        /// How it ended.
        status: String,
        /// Where its whole log is.
        log: PathBuf,
        /// The last lines of that log.
        tail: String,
    },
    /// A server runs but did not answer in time.
    #[error("{what} did not answer within {seconds} s; the end of its log, {}:\n{tail}", log.display())]
    NotReady {
        /// The server.
        what: &'static str,
        /// How long it was given, in seconds.
        seconds: u64,
        /// Where its whole log is.
        log: PathBuf,
        /// The last lines of that log.
        tail: String,
    },
    /// A server left from an earlier run does not stop.
    #[error(
        "{what} of an earlier run (process {process}) still uses the data folder and does not stop: end it by hand"
    )]
    Lingering {
        /// The server.
        what: &'static str,
        /// Its process id, or "unknown".
        process: String,
    },
    /// The private database refused a statement of the set-up.
    #[error("setting up the private database failed: {0}")]
    Database(String),
}

/// For `map_err`: an [`EmbeddedError::Path`] that says what was being done to which path.
pub(super) fn path_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> EmbeddedError {
    move |source| EmbeddedError::Path { action, path: path.to_owned(), source }
}
