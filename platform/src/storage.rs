//! Object storage: where the bytes of media and reports lie. Keys are made by us and never from a user's file name.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

/// What can go wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is nothing under this key.
    #[error("there is no such object")]
    NotFound,
    /// The disk refused.
    #[error("storage failed: {0}")]
    Io(#[from] std::io::Error),
}

/// The name of an object: what it is, whose, and which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The kind of thing, a word of ours.
    pub kind: &'static str,
    /// The brand it belongs to.
    pub brand_id: Uuid,
    /// The row it belongs to.
    pub id: Uuid,
}

/// Objects in a folder, one file each. Written aside and moved into place, so that a reader never sees half of one.
#[derive(Debug, Clone)]
pub struct Storage {
    root: PathBuf,
}

impl Storage {
    /// Storage below this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, key: Key) -> PathBuf {
        self.root.join(key.kind).join(key.brand_id.simple().to_string()).join(key.id.simple().to_string())
    }

    /// Begins to write an object; it is there once [`Upload::finish`] has answered.
    pub async fn begin(&self, key: Key) -> Result<Upload, StorageError> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(Path::new("."));
        tokio::fs::create_dir_all(folder).await?;
        let aside = path.with_extension(format!(
            "part-{}",
            Uuid::from_bytes(crate::crypto::random().map_err(std::io::Error::other)?).simple()
        ));
        let file = tokio::fs::File::create(&aside).await?;
        Ok(Upload { file, aside, path, kept: false })
    }

    /// Writes a whole object.
    pub async fn put(&self, key: Key, bytes: &[u8]) -> Result<(), StorageError> {
        let mut upload = self.begin(key).await?;
        upload.write(bytes).await?;
        upload.finish().await
    }

    /// Reads a whole object. For what is known to be small; larger things are opened.
    pub async fn get(&self, key: Key) -> Result<Bytes, StorageError> {
        tokio::fs::read(self.path(key)).await.map(Bytes::from).map_err(not_found)
    }

    /// Opens an object for streaming.
    pub async fn open(&self, key: Key) -> Result<tokio::fs::File, StorageError> {
        tokio::fs::File::open(self.path(key)).await.map_err(not_found)
    }

    /// Removes everything that a brand has, of every kind. What is not there is no matter.
    pub async fn remove_brand(&self, brand_id: Uuid) -> Result<(), StorageError> {
        let name = brand_id.simple().to_string();
        let mut kinds = match tokio::fs::read_dir(&self.root).await {
            Ok(kinds) => kinds,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        while let Some(kind) = kinds.next_entry().await? {
            match tokio::fs::remove_dir_all(kind.path().join(&name)).await {
                Err(error)
                    if !matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
                {
                    return Err(error.into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the folder can be written.
    pub async fn check(&self) -> Result<(), StorageError> {
        let key = Key { kind: "check", brand_id: Uuid::nil(), id: Uuid::nil() };
        self.put(key, b"diwan").await?;
        tokio::fs::remove_file(self.path(key)).await?;
        Ok(())
    }
}

fn not_found(error: std::io::Error) -> StorageError {
    if error.kind() == std::io::ErrorKind::NotFound { StorageError::NotFound } else { StorageError::Io(error) }
}

/// An object on its way. Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct Upload {
    file: tokio::fs::File,
    aside: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl Upload {
    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        Ok(self.file.write_all(bytes).await?)
    }

    /// Where the bytes are while they arrive, for looking at them before they count.
    pub fn aside(&self) -> &Path {
        &self.aside
    }

    /// Puts the bytes on disk without letting them count yet.
    pub async fn flush(&mut self) -> Result<(), StorageError> {
        self.file.flush().await?;
        Ok(self.file.sync_all().await?)
    }

    /// Makes the object be there.
    pub async fn finish(mut self) -> Result<(), StorageError> {
        self.flush().await?;
        tokio::fs::rename(&self.aside, &self.path).await?;
        // The new name is durable only with its folder.
        if let Some(folder) = self.path.parent() {
            tokio::fs::File::open(folder).await?.sync_all().await?;
        }
        self.kept = true;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            let _gone = std::fs::remove_file(&self.aside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unfinished_object_is_not_there() -> Result<(), StorageError> {
        let folder = tempfile::tempdir()?;
        let storage = Storage::new(folder.path());
        let key = Key { kind: "asset", brand_id: Uuid::from_u128(1), id: Uuid::from_u128(2) };
        let mut upload = storage.begin(key).await?;
        upload.write(b"half").await?;
        assert!(matches!(storage.get(key).await, Err(StorageError::NotFound)));
        let aside = upload.aside().to_owned();
        drop(upload);
        assert!(!aside.exists());
        storage.put(key, b"whole").await?;
        assert_eq!(storage.get(key).await?.as_ref(), b"whole");
        Ok(())
    }

    #[tokio::test]
    async fn a_brand_takes_its_objects_along_and_no_others() -> Result<(), StorageError> {
        let folder = tempfile::tempdir()?;
        let storage = Storage::new(folder.path().join("files"));
        storage.remove_brand(Uuid::from_u128(1)).await?;
        let key = |kind, brand| Key { kind, brand_id: Uuid::from_u128(brand), id: Uuid::from_u128(9) };
        for key in [key("asset", 1), key("report", 1), key("asset", 2)] {
            storage.put(key, b"whole").await?;
        }
        storage.remove_brand(Uuid::from_u128(1)).await?;
        for (kind, brand, there) in [("asset", 1, false), ("report", 1, false), ("asset", 2, true)] {
            assert_eq!(storage.get(key(kind, brand)).await.is_ok(), there, "{kind} of {brand}");
        }
        Ok(())
    }
}
