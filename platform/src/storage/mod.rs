//! Object storage: where the bytes of media and reports lie. Keys are made by us and never from a user's file name.
//!
//! Two stores: a folder, or a bucket of a server that speaks S3. What arrives is always put together in the folder first
//! ([`staging`]), where it can be looked at before it counts; a bucket gets it when it is whole. Nothing here holds a large
//! object in memory: the largest piece is [`PIECE`].

mod disk;
mod s3;
pub mod staging;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use url::Url;
use uuid::Uuid;

use self::disk::Disk;
use self::s3::Bucket;
pub use self::s3::S3Settings;
pub use self::staging::Staged;
use crate::source::Source;

/// The largest piece of an object that is held in memory, in bytes: that of a multipart upload and of a ranged download.
pub const PIECE: usize = 8 * 1024 * 1024;

/// The largest object that is read whole, in bytes.
const MOST_WHOLE: u64 = 64 * 1024 * 1024;

/// What can go wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is nothing under this key.
    #[error("there is no such object")]
    NotFound,
    /// Somebody else writes to it just now.
    #[error("the object is being written by somebody else")]
    Busy,
    /// There is more than was asked for.
    #[error("the object is larger than {0} bytes")]
    TooLarge(u64),
    /// The store elsewhere did not do it; it may later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The disk refused.
    #[error("storage failed: {0}")]
    Io(#[from] std::io::Error),
}

/// The name of an object: what it is, whose, which one, and which form of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    /// The kind of thing, a word of ours.
    pub kind: &'static str,
    /// The brand it belongs to.
    pub brand_id: Uuid,
    /// The row it belongs to.
    pub id: Uuid,
    /// Which form of it, a word of ours; where a kind has forms, all of its objects do.
    pub form: Option<&'a str>,
}

impl Key<'static> {
    /// The one object of a row.
    pub const fn new(kind: &'static str, brand_id: Uuid, id: Uuid) -> Self {
        Self { kind, brand_id, id, form: None }
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.kind, self.brand_id.simple(), self.id.simple())?;
        self.form.map_or(Ok(()), |form| write!(f, "/{form}"))
    }
}

/// Where a reader gets an object from.
#[derive(Debug)]
pub enum Opened {
    /// A file on this machine.
    File(PathBuf),
    /// A link to the store itself, good for some minutes.
    Link(Url),
}

/// How a reader is to take an object.
#[derive(Debug, Clone, Copy)]
pub struct Served<'a> {
    /// Its media type.
    pub mime_type: &'a str,
    /// The value of `Content-Disposition`.
    pub disposition: &'a str,
}

/// A request that puts an object into the store without us.
#[derive(Debug, Clone)]
pub struct DirectPut {
    /// Where to, with `PUT`.
    pub url: Url,
    /// Headers that it must have, because they are signed.
    pub headers: Vec<(&'static str, String)>,
}

/// The store, with a folder for what arrives.
#[derive(Debug, Clone)]
pub struct Storage {
    disk: Disk,
    bucket: Option<Arc<Bucket>>,
}

impl Storage {
    /// A store below this folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { disk: Disk::new(root.into()), bucket: None }
    }

    /// A store in a bucket; what arrives is put together below the folder.
    pub fn in_bucket(root: impl Into<PathBuf>, settings: &S3Settings) -> Result<Self, StorageError> {
        Ok(Self { disk: Disk::new(root.into()), bucket: Some(Arc::new(Bucket::new(settings)?)) })
    }

    /// Whether objects lie elsewhere, so that putting one in place takes a while and may fail.
    pub fn is_remote(&self) -> bool {
        self.bucket.is_some()
    }

    /// Writes a whole object. To a bucket one beyond [`PIECE`] is sent in pieces, so that a slow line gets it through.
    pub async fn put(&self, key: Key<'_>, bytes: &[u8]) -> Result<(), StorageError> {
        if let Some(bucket) = self.bucket.as_ref().filter(|_| bytes.len() < PIECE) {
            return bucket.put(key, Bytes::copy_from_slice(bytes)).await;
        }
        let mut staged = self.disk.stage(key).await?;
        staged.write(bytes).await?;
        staged.sync().await?;
        self.put_file(key, staged.path()).await
    }

    /// Puts a staged file in place. On disk that is a second name for it; to a bucket it is sent in pieces.
    pub async fn put_file(&self, key: Key<'_>, path: &Path) -> Result<(), StorageError> {
        match &self.bucket {
            Some(bucket) => bucket.put_file(key, path).await,
            None => self.disk.adopt(path, key).await,
        }
    }

    /// Reads a whole object. For what is known to be small; larger things are opened.
    pub async fn get(&self, key: Key<'_>) -> Result<Bytes, StorageError> {
        match &self.bucket {
            Some(bucket) => bucket.get(key, MOST_WHOLE).await,
            None => self.disk.get(key, MOST_WHOLE).await,
        }
    }

    /// An object that is read a piece at a time, however large it is. It must be there; later readings fail when it is not there
    /// any more.
    pub async fn source(&self, key: Key<'_>) -> Result<Source, StorageError> {
        match &self.bucket {
            Some(bucket) => Bucket::source(bucket, key).await,
            None => self.disk.source(key).await,
        }
    }

    /// Opens an object for a reader.
    pub async fn open(&self, key: Key<'_>, served: Served<'_>) -> Result<Opened, StorageError> {
        match &self.bucket {
            Some(bucket) => Ok(Opened::Link(bucket.link(key, served, s3::FOR_READERS))),
            None => self.disk.find(key).await.map(Opened::File),
        }
    }

    /// A link to the store itself, good for so long; none where the store is a folder.
    pub fn direct_link(&self, key: Key<'_>, served: Served<'_>, valid: Duration) -> Option<Url> {
        self.bucket.as_ref().map(|bucket| bucket.link(key, served, valid))
    }

    /// Where the links of [`Storage::open`] lead, as a browser's policy names it; none while files lie here.
    pub fn readers_origin(&self) -> Option<String> {
        self.bucket.as_ref().map(|bucket| bucket.readers_origin())
    }

    /// Reads an object that somebody put into the store directly, up to so many bytes.
    pub async fn fetch(&self, key: Key<'_>, into: &mut Staged, at_most: u64) -> Result<(), StorageError> {
        let bucket = self.bucket.as_ref().ok_or(StorageError::NotFound)?;
        bucket.fetch(key, into, at_most).await
    }

    /// How somebody puts an object of exactly this size into the store without us; none where the store is a folder.
    pub fn direct_put(&self, key: Key<'_>, size: u64, valid: Duration) -> Option<DirectPut> {
        self.bucket.as_ref().map(|bucket| bucket.direct_put(key, size, valid))
    }

    /// Removes an object, with all its forms. What is not there is no matter.
    pub async fn remove(&self, key: Key<'_>) -> Result<(), StorageError> {
        match &self.bucket {
            Some(bucket) => bucket.remove(key).await,
            None => self.disk.remove(key).await,
        }
    }

    /// Removes everything that a brand has, of every kind. What is not there is no matter.
    pub async fn remove_brand(&self, brand_id: Uuid, kinds: &[&'static str]) -> Result<(), StorageError> {
        self.disk.remove_brand(brand_id).await?;
        if let Some(bucket) = &self.bucket {
            for kind in kinds {
                bucket.remove_below(&format!("{kind}/{}/", brand_id.simple())).await?;
            }
        }
        Ok(())
    }

    /// Whether the folder can be written, and the bucket, where there is one.
    pub async fn check(&self) -> Result<(), StorageError> {
        let key = Key::new("check", Uuid::nil(), Uuid::nil());
        self.disk.check(key).await?;
        if let Some(bucket) = &self.bucket {
            bucket.put(key, Bytes::from_static(b"diwan")).await?;
            bucket.remove(key).await?;
        }
        Ok(())
    }

    /// Begins to write a file aside. Dropped before it is kept, it leaves nothing behind.
    pub async fn stage(&self, key: Key<'_>) -> Result<Staged, StorageError> {
        self.disk.stage(key).await
    }

    /// Goes on with a file that arrives in several requests, from its end. One at a time: [`StorageError::Busy`] otherwise.
    pub async fn resume(&self, key: Key<'_>) -> Result<Staged, StorageError> {
        self.disk.resume(key).await
    }

    /// How many bytes of such a file are here.
    pub async fn staged(&self, key: Key<'_>) -> Result<u64, StorageError> {
        self.disk.staged(key).await
    }

    /// Where such a file lies.
    pub fn staged_path(&self, key: Key<'_>) -> PathBuf {
        self.disk.path(key)
    }

    /// Removes such a file.
    pub async fn remove_staged(&self, key: Key<'_>) -> Result<(), StorageError> {
        self.disk.remove(key).await
    }
}

#[cfg(test)]
mod tests;
