//! The data folder: where the servers' files and sockets lie, and the lock that keeps a second diwan out.
//!
//! ```text
//! <data>/            made 0711 by root, 0700 by anyone else; the product keeps other files in it too
//!   lock             held (flock) while this process runs
//!   postgres/        the cluster, 0700, of the servers' account
//!   redis/           the append-only file, 0700, of the servers' account
//!   run/             the sockets, 0700, of the servers' account
//!   log/             what the servers print, of diwan's own account so that they cannot plant links in it
//!   servers-elsewhere  only if the servers' account cannot enter <data>: where these folders are instead
//! ```
//!
//! Started by root in a folder the servers' account cannot enter (`/root` is 0700), the folders above go to
//! `/var/lib/diwan/<hash of the data folder's path>`, and `servers-elsewhere` says so.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::error::{EmbeddedError, path_error};

/// Where the servers' folders go when their account cannot enter the data folder.
const ELSEWHERE: &str = "/var/lib/diwan";

/// The file in the data folder that names the folder under [`ELSEWHERE`].
const POINTER: &str = "servers-elsewhere";

/// The longest name of a socket, `.s.PGSQL.5432`.
const SOCKET_NAME_BYTES: usize = 13;

/// The longest path of a Unix socket that every system takes: 104 bytes with the closing NUL on macOS, 108 on Linux.
const SOCKET_PATH_BYTES: usize = 103;

/// A log larger than this many bytes at start is set aside as `<name>.old`.
const LOG_BYTES: u64 = 16 * 1024 * 1024;

/// The prepared and locked data folder.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where the servers' folders are: the data folder, or one under [`ELSEWHERE`].
    pub root: PathBuf,
    /// The folder of both sockets: a short path of harmless characters.
    pub sockets: PathBuf,
    /// The account the servers run as.
    pub account: Account,
    /// Holds the lock until it is dropped.
    _lock: File,
}

impl Folder {
    /// Makes what is missing, chooses the account, and takes the lock.
    pub async fn prepare(data: &Path, progress: &(dyn Fn(&str) + Send + Sync)) -> Result<Self, EmbeddedError> {
        let data = std::path::absolute(data).map_err(path_error("resolving", data))?;
        let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
        DirBuilder::new().recursive(true).mode(mode).create(&data).map_err(path_error("creating", &data))?;
        let data = fs::canonicalize(&data).map_err(path_error("resolving", &data))?;
        let (root, account) = place(&data, mode, progress).await?;
        let lock = lock(&root)?;
        let folder = Self { sockets: sockets_folder(&root, account.user), root, account, _lock: lock };
        folder.own(&folder.redis())?;
        folder.own(&folder.sockets)?;
        make(&folder.root.join("log"), 0o700)?;
        Ok(folder)
    }

    /// The cluster's folder.
    pub fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// The folder of Redis' append-only file.
    pub fn redis(&self) -> PathBuf {
        self.root.join("redis")
    }

    /// Makes a 0700 folder of the servers' account; one that is there already must be exactly that.
    pub fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        if make(path, 0o700)? {
            if let Some((user, group)) = self.account.drop_to {
                lchown(path, Some(user), Some(group)).map_err(path_error("handing over", path))?;
            }
            return Ok(());
        }
        let found = fs::symlink_metadata(path).map_err(path_error("looking at", path))?;
        let problem = if !found.is_dir() {
            "it is not a folder: move it away".to_owned()
        } else if found.uid() != self.account.user {
            format!(
                "it belongs to user {} and the servers run as user {}: start diwan as the user that made it",
                found.uid(),
                self.account.user
            )
        } else if found.permissions().mode() & 0o077 != 0 {
            format!("other users may enter it: run `chmod 0700 {}`", path.display())
        } else {
            return Ok(());
        };
        Err(EmbeddedError::Unsafe { path: path.to_owned(), problem })
    }

    /// Opens the log of one server for appending, and says where it is.
    pub fn log(&self, name: &str) -> Result<(File, PathBuf), EmbeddedError> {
        let path = self.root.join("log").join(format!("{name}.log"));
        if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_BYTES) {
            fs::rename(&path, path.with_extension("log.old")).map_err(path_error("setting aside", &path))?;
        }
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        Ok((file.map_err(path_error("opening", &path))?, path))
    }
}

/// Decides where the servers' folders are and which account owns them.
async fn place(
    data: &Path,
    mode: u32,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<(PathBuf, Account), EmbeddedError> {
    if let Some(elsewhere) = read_pointer(data)? {
        let account = Account::choose(&elsewhere.join("postgres"))?;
        return Ok((elsewhere, account));
    }
    let existing = data.join("postgres");
    let account = Account::choose(&existing)?;
    let Some(blocked) = account.blocked_at(data).await else {
        return Ok((data.to_owned(), account));
    };
    if existing.exists() {
        let problem = format!(
            "user {} owns the database in it but may no longer pass through {}: run `chmod a+x` on that folder",
            account.user,
            blocked.display()
        );
        return Err(EmbeddedError::Unsafe { path: data.to_owned(), problem });
    }
    let elsewhere = Path::new(ELSEWHERE).join(hash(data));
    DirBuilder::new().recursive(true).mode(mode).create(&elsewhere).map_err(path_error("creating", &elsewhere))?;
    if let Some(blocked) = account.blocked_at(&elsewhere).await {
        let problem =
            format!("user {} may not pass through {}: run `chmod a+x` on it", account.user, blocked.display());
        return Err(EmbeddedError::Unsafe { path: elsewhere, problem });
    }
    progress(&format!(
        "The servers run as user {}, who may not pass through {}: their data go to {} instead",
        account.user,
        blocked.display(),
        elsewhere.display()
    ));
    let pointer = data.join(POINTER);
    fs::write(&pointer, format!("{}\n", elsewhere.display())).map_err(path_error("writing", &pointer))?;
    Ok((elsewhere, account))
}

/// The folder that `servers-elsewhere` names. Only a folder directly under [`ELSEWHERE`] is believed: root must not be
/// led to hand over any other.
fn read_pointer(data: &Path) -> Result<Option<PathBuf>, EmbeddedError> {
    let pointer = data.join(POINTER);
    let named = match fs::read_to_string(&pointer) {
        Ok(text) => PathBuf::from(text.trim()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(path_error("reading", &pointer)(error)),
    };
    let is_ours = named.parent() == Some(Path::new(ELSEWHERE)) && named.file_name().is_some();
    if is_ours && fs::symlink_metadata(&named).is_ok_and(|folder| folder.is_dir()) {
        return Ok(Some(named));
    }
    let problem = format!(
        "it names {}, which is not a folder of this machine: put the data back there, or remove the file to begin with \
         an empty database",
        named.display()
    );
    Err(EmbeddedError::Unsafe { path: pointer, problem })
}

/// Takes the lock, which the system drops when this process ends, however it ends.
fn lock(root: &Path) -> Result<File, EmbeddedError> {
    let path = root.join("lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut file = options.open(&path).map_err(path_error("opening", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let read = file.read_to_string(&mut holder);
            let holder = if read.is_ok() && !holder.is_empty() { holder } else { "process unknown".to_owned() };
            return Err(EmbeddedError::InUse { folder: root.to_owned(), holder });
        }
        Err(TryLockError::Error(error)) => return Err(path_error("locking", &path)(error)),
    }
    file.set_len(0).map_err(path_error("writing", &path))?;
    write!(file, "process {}", std::process::id()).map_err(path_error("writing", &path))?;
    Ok(file)
}

/// `run` in the data folder; a folder of its own under `/tmp` if that path is too long for a socket or has characters
/// that would need quoting in PostgreSQL's settings and in URLs.
fn sockets_folder(root: &Path, user: u32) -> PathBuf {
    let beside = root.join("run");
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let text = beside.as_os_str().as_encoded_bytes();
    if text.len() + 1 + SOCKET_NAME_BYTES <= SOCKET_PATH_BYTES && text.iter().all(plain) {
        return beside;
    }
    PathBuf::from(format!("/tmp/diwan-{user}-{}", hash(root)))
}

/// Makes a folder unless it is there; true if it was made.
fn make(path: &Path, mode: u32) -> Result<bool, EmbeddedError> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(path_error("creating", path)(error)),
    }
}

/// 16 hexadecimal digits of the path's SHA-256.
fn hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    data_encoding::HEXLOWER.encode(&digest.as_slice()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_path_is_short_and_plain() {
        assert_eq!(sockets_folder(Path::new("/srv/diwan/data"), 7), Path::new("/srv/diwan/data/run"));
        for root in [PathBuf::from("/srv").join("x".repeat(90)), PathBuf::from("/srv/my data, all")] {
            let folder = sockets_folder(&root, 7);
            assert!(folder.starts_with("/tmp"), "{}", folder.display());
            assert!(folder.as_os_str().len() + 1 + SOCKET_NAME_BYTES <= SOCKET_PATH_BYTES);
        }
    }
}
