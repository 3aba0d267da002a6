//! Files on their way in, in the folder, until they are whole and looked at.

use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::StorageError;

/// A file on its way.
#[derive(Debug)]
pub struct Staged {
    file: fs::File,
    path: PathBuf,
    length: u64,
    /// Whether it stays when this is dropped.
    kept: bool,
}

impl Staged {
    /// A file of its own, which goes when it is dropped.
    pub(super) async fn create(path: PathBuf) -> Result<Self, StorageError> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).await?;
        let file = fs::File::create(&path).await?;
        Ok(Self { file, path, length: 0, kept: false })
    }

    /// A file that is there already, or not yet, from its end. It stays, and nobody else has it meanwhile: the system gives the
    /// lock back when the process dies.
    pub(super) async fn resume(path: PathBuf) -> Result<Self, StorageError> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).await?;
        let file = fs::File::options().create(true).truncate(false).write(true).open(&path).await?.into_std().await;
        file.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => StorageError::Busy,
            std::fs::TryLockError::Error(error) => error.into(),
        })?;
        let mut file = fs::File::from_std(file);
        let length = file.seek(std::io::SeekFrom::End(0)).await?;
        Ok(Self { file, path, length, kept: true })
    }

    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.file.write_all(bytes).await?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Puts the bytes on disk for good.
    pub async fn sync(&mut self) -> Result<(), StorageError> {
        self.file.flush().await?;
        Ok(self.file.sync_all().await?)
    }

    /// How many bytes there are.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it the name of a file that arrives in several requests, under which it stays.
    pub async fn keep_as(&mut self, path: PathBuf) -> Result<(), StorageError> {
        if self.path != path {
            fs::rename(&self.path, &path).await?;
            self.path = path;
        }
        self.kept = true;
        Ok(())
    }

    /// Removes it.
    pub async fn discard(mut self) -> Result<(), StorageError> {
        self.kept = true;
        match fs::remove_file(&self.path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.kept {
            let _gone = std::fs::remove_file(&self.path);
        }
    }
}
