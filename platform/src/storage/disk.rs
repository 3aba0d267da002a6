//! A folder of objects, one file each. Written aside and moved into place, so that a reader never sees half of one.

use std::io::{ErrorKind, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use tokio::fs;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::{Key, Staged, StorageError};
use crate::source::{Open, Source};

#[derive(Debug, Clone)]
pub(super) struct Disk {
    root: PathBuf,
}

impl Disk {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn path(&self, key: Key<'_>) -> PathBuf {
        self.root.join(key.to_string())
    }

    pub(super) async fn stage(&self, key: Key<'_>) -> Result<Staged, StorageError> {
        let random = Uuid::from_bytes(crate::crypto::random().map_err(std::io::Error::other)?);
        let path = self.path(key).with_extension(format!("part-{}", random.simple()));
        Staged::create(path).await
    }

    pub(super) async fn resume(&self, key: Key<'_>) -> Result<Staged, StorageError> {
        Staged::resume(self.path(key)).await
    }

    pub(super) async fn staged(&self, key: Key<'_>) -> Result<u64, StorageError> {
        match fs::metadata(self.path(key)).await {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a staged file be the object. The staged name stays: whoever staged it removes it when everything else is written.
    pub(super) async fn adopt(&self, staged: &Path, key: Key<'_>) -> Result<(), StorageError> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).await?;
        // By way of a name of its own, because a link does not replace what is there.
        let beside = path.with_extension("new");
        remove_file(&beside).await?;
        match fs::hard_link(staged, &beside).await {
            Ok(()) => fs::rename(&beside, &path).await?,
            // A folder on a file system without links.
            Err(error) if error.kind() != ErrorKind::NotFound => fs::rename(staged, &path).await?,
            Err(error) => return Err(error.into()),
        }
        // The new name is durable only with its folder.
        Ok(fs::File::open(folder).await?.sync_all().await?)
    }

    pub(super) async fn get(&self, key: Key<'_>, at_most: u64) -> Result<Bytes, StorageError> {
        let path = self.path(key);
        if fs::metadata(&path).await.map_err(not_found)?.len() > at_most {
            return Err(StorageError::TooLarge(at_most));
        }
        fs::read(path).await.map(Bytes::from).map_err(not_found)
    }

    pub(super) async fn source(&self, key: Key<'_>) -> Result<Source, StorageError> {
        let path = self.path(key);
        let size = fs::metadata(&path).await.map_err(not_found)?.len();
        Ok(Source::new(File { path, size }))
    }

    pub(super) async fn find(&self, key: Key<'_>) -> Result<PathBuf, StorageError> {
        let path = self.path(key);
        fs::metadata(&path).await.map_err(not_found)?;
        Ok(path)
    }

    pub(super) async fn remove(&self, key: Key<'_>) -> Result<(), StorageError> {
        let path = self.path(key);
        match fs::metadata(&path).await {
            Ok(found) if found.is_dir() => Ok(fs::remove_dir_all(path).await?),
            Ok(_) => remove_file(&path).await,
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn remove_brand(&self, brand_id: Uuid) -> Result<(), StorageError> {
        let name = brand_id.simple().to_string();
        let mut kinds = match fs::read_dir(&self.root).await {
            Ok(kinds) => kinds,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        while let Some(kind) = kinds.next_entry().await? {
            match fs::remove_dir_all(kind.path().join(&name)).await {
                Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    return Err(error.into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) async fn check(&self, key: Key<'_>) -> Result<(), StorageError> {
        let mut staged = self.stage(key).await?;
        staged.write(b"diwan").await?;
        staged.sync().await
    }
}

/// How much of a file is read at a time, in bytes.
const READ: usize = 128 * 1024;

/// A file that is read when it is needed.
struct File {
    path: PathBuf,
    size: u64,
}

impl Open for File {
    fn size(&self) -> u64 {
        self.size
    }

    fn open(&self, range: Range<u64>) -> BoxStream<'static, std::io::Result<Bytes>> {
        let path = self.path.clone();
        let opened = async move {
            let mut file = fs::File::open(path).await?;
            file.seek(SeekFrom::Start(range.start)).await?;
            Ok::<_, std::io::Error>(ReaderStream::with_capacity(file.take(range.end - range.start), READ))
        };
        stream::once(opened).try_flatten().boxed()
    }
}

async fn remove_file(path: &Path) -> Result<(), StorageError> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn not_found(error: std::io::Error) -> StorageError {
    if error.kind() == ErrorKind::NotFound { StorageError::NotFound } else { StorageError::Io(error) }
}
