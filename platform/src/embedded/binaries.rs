//! Finding the machine's PostgreSQL and Redis programs.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::EmbeddedError;

/// The oldest PostgreSQL that works: `security_invoker` views came with it.
const OLDEST_POSTGRES: u32 = 15;

/// Folders that packages use without putting them on the PATH; `*` stands for one name, newest first.
const POSTGRES_PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
];

/// Folders where package managers put programs even if the caller's PATH does not name them.
const COMMON_PLACES: &[&str] = &[
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/usr/local/sbin",
    "/usr/bin",
    "/usr/sbin",
];

/// One installed PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Postgres {
    /// The server.
    pub server: PathBuf,
    /// The program that makes a new cluster.
    pub initdb: PathBuf,
    /// Its major version, for example 15.
    pub major: u32,
}

/// Where to look for programs.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Folders that may hold any program, best first.
    pub folders: Vec<PathBuf>,
    /// Folders that may hold PostgreSQL's programs only, best first.
    pub postgres: Vec<PathBuf>,
}

impl Places {
    /// The PATH, then the folders that package managers use.
    pub fn of_this_machine() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the search path is the machine's, not the product's configuration"
        )]
        let path = env::var_os("PATH").unwrap_or_default();
        Self::from_path(&path)
    }

    fn from_path(path: &OsStr) -> Self {
        let mut folders: Vec<PathBuf> = env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
        for place in COMMON_PLACES.iter().map(PathBuf::from) {
            if !folders.contains(&place) {
                folders.push(place);
            }
        }
        let postgres = POSTGRES_PLACES.iter().flat_map(|pattern| expand(pattern)).collect();
        Self { folders, postgres }
    }

    /// The PostgreSQL to use: the one that made the existing data if there are any (`made_by`, with the data's folder),
    /// else the first of the PATH that is new enough, else the newest of the packages' folders.
    pub fn find_postgres(&self, made_by: Option<(u32, &Path)>) -> Result<Postgres, EmbeddedError> {
        let mut installed: Vec<Postgres> = Vec::new();
        for folder in self.folders.iter().chain(&self.postgres) {
            let Some(found) = postgres_in(folder) else { continue };
            if !installed.iter().any(|known| known.server == found.server) {
                installed.push(found);
            }
        }
        let wanted = installed.iter().find(|found| match made_by {
            Some((major, _)) => found.major == major,
            None => found.major >= OLDEST_POSTGRES,
        });
        if let Some(found) = wanted {
            return Ok(found.clone());
        }
        match (made_by, installed.iter().map(|found| found.major).max()) {
            (_, None) => Err(EmbeddedError::Missing { what: "the PostgreSQL server", looked: self.looked() }),
            (None, Some(newest)) => Err(EmbeddedError::TooOld { found: newest, needed: OLDEST_POSTGRES }),
            (Some((made_by, folder)), Some(_)) => {
                let found: Vec<String> = installed.iter().map(|found| found.major.to_string()).collect();
                Err(EmbeddedError::VersionGone { folder: folder.to_owned(), made_by, found: found.join(", ") })
            }
        }
    }

    /// The Redis server, or Valkey, which serves the same protocol.
    pub fn find_redis(&self) -> Result<PathBuf, EmbeddedError> {
        ["redis-server", "valkey-server"]
            .iter()
            .flat_map(|name| self.folders.iter().map(move |folder| folder.join(name)))
            .find(|program| program.is_file())
            .ok_or_else(|| EmbeddedError::Missing { what: "the Redis server", looked: self.looked() })
    }

    fn looked(&self) -> String {
        let all: Vec<String> =
            self.folders.iter().chain(&self.postgres).map(|folder| folder.display().to_string()).collect();
        if all.is_empty() { "no folder at all".to_owned() } else { all.join(", ") }
    }
}

/// The folders a pattern with at most one `*` stands for, highest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![PathBuf::from(pattern)] };
    let Some((parent, prefix)) = before.rsplit_once('/') else { return Vec::new() };
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            let mut folder = entry.path().into_os_string();
            folder.push(after);
            Some((version, PathBuf::from(folder)))
        })
        .collect();
    found.sort_by_key(|&(version, _)| std::cmp::Reverse(version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The PostgreSQL in `folder`, if server and `initdb` are both there. A link is followed to where the programs really
/// are, because they look for their other files beside themselves.
fn postgres_in(folder: &Path) -> Option<Postgres> {
    let server = fs::canonicalize(folder.join("postgres")).ok()?;
    let initdb = [folder, server.parent()?].iter().find_map(|place| fs::canonicalize(place.join("initdb")).ok())?;
    let output = Command::new(&server).arg("--version").env_clear().output().ok()?;
    let major = major_version(std::str::from_utf8(&output.stdout).ok()?)?;
    Some(Postgres { server, initdb, major })
}

/// The major version in the answer to `postgres --version`, such as "postgres (PostgreSQL) 15.20 (Debian ...)".
fn major_version(answer: &str) -> Option<u32> {
    let version = answer.split_once("(PostgreSQL)")?.1.trim_start();
    version.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("something else 3.1"), None);
    }

    #[test]
    fn an_empty_machine_is_told_what_to_install() {
        let places = Places { folders: vec![PathBuf::from("/nonexistent")], postgres: Vec::new() };
        let postgres = places.find_postgres(None).unwrap_err().to_string();
        assert!(postgres.contains("PostgreSQL server is not installed"), "{postgres}");
        assert!(postgres.contains("apt-get install postgresql redis-server"), "{postgres}");
        let redis = places.find_redis().unwrap_err().to_string();
        assert!(redis.contains("Redis server is not installed") && redis.contains("script/bootstrap"), "{redis}");
    }

    #[test]
    fn finds_servers_that_the_path_does_not_name() {
        let places = Places::from_path(OsStr::new("/nonexistent"));
        assert!(places.find_postgres(None).unwrap().major >= OLDEST_POSTGRES);
        assert!(places.find_redis().unwrap().is_absolute());
    }

    #[test]
    fn data_of_a_version_that_is_gone_is_named() {
        let error =
            Places::of_this_machine().find_postgres(Some((9, Path::new("/some/data")))).unwrap_err().to_string();
        assert!(error.contains("made by PostgreSQL 9") && error.contains("/some/data"), "{error}");
    }
}
