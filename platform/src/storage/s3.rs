//! A bucket of a server that speaks S3. The addresses are signed here, the requests go by the guarded client.
//!
//! Large objects go up in parts and come down in ranges, each a request of its own, so that the client's limits on time hold
//! and little is in memory. A request that the server could not serve is made again a few times; whoever calls tries again
//! later.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};
use rusty_s3::actions::{CompleteMultipartUploadResponse, CreateMultipartUpload, ListObjectsV2};
use rusty_s3::{Bucket as Named, Credentials, S3Action, UrlStyle};
use tokio::io::AsyncReadExt as _;
use url::Url;

use super::{DirectPut, Key, PIECE, Served, Staged, StorageError};
use crate::http::{HttpClient, HttpPolicy, Method, Request, Response, StatusCode};
use crate::source::{Open, Source};

/// How long a signed address of our own requests is good.
const SOON: Duration = Duration::from_mins(5);
/// How long a link for a reader is good.
pub(super) const FOR_READERS: Duration = Duration::from_mins(15);
/// How often a request is made before it counts as failed, and the wait before the second time, which doubles.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Which bucket, and how it is reached.
#[derive(Clone)]
pub struct S3Settings {
    /// The server.
    pub endpoint: Url,
    /// The server as readers and senders reach it, where that is another address.
    pub public_endpoint: Option<Url>,
    /// The bucket.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// The key's id.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// Whether the bucket is a part of the host's name, as AWS has it, and not of the path.
    pub virtual_host: bool,
}

impl std::fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub(super) struct Bucket {
    inside: Named,
    outside: Named,
    credentials: Credentials,
    http: HttpClient,
}

impl Bucket {
    pub(super) fn new(settings: &S3Settings) -> Result<Self, StorageError> {
        let wrong = |error: &dyn std::fmt::Display| StorageError::Unavailable(format!("it is set up wrongly: {error}"));
        let style = if settings.virtual_host { UrlStyle::VirtualHost } else { UrlStyle::Path };
        let named = |endpoint: &Url| {
            Named::new(endpoint.clone(), style, settings.bucket.clone(), settings.region.clone())
                .map_err(|error| wrong(&error))
        };
        let inside = named(&settings.endpoint)?;
        // The operator's own server may be a private address; nothing else is reached by this client.
        let host = inside.base_url().authority().to_owned();
        let policy = HttpPolicy {
            allowed_hosts: vec![host],
            total_timeout: Duration::from_mins(2),
            max_response_bytes: PIECE + 1024,
            ..HttpPolicy::default()
        };
        Ok(Self {
            outside: named(settings.public_endpoint.as_ref().unwrap_or(&settings.endpoint))?,
            inside,
            credentials: Credentials::new(settings.access_key.clone(), settings.secret_key.clone()),
            http: HttpClient::new(policy).map_err(|error| wrong(&error))?,
        })
    }

    pub(super) fn readers_origin(&self) -> String {
        self.outside.base_url().origin().ascii_serialization()
    }

    pub(super) async fn put(&self, key: Key<'_>, bytes: Bytes) -> Result<(), StorageError> {
        let name = key.to_string();
        let url = || self.inside.put_object(Some(&self.credentials), &name).sign(SOON);
        self.answer(|| self.http.request(Method::PUT, url()).bytes("application/octet-stream", bytes.clone())).await?;
        Ok(())
    }

    pub(super) async fn put_file(&self, key: Key<'_>, path: &Path) -> Result<(), StorageError> {
        let mut file = tokio::fs::File::open(path).await?;
        let first = piece(&mut file).await?;
        if first.len() < PIECE {
            return self.put(key, first).await;
        }
        let name = key.to_string();
        let url = || self.inside.create_multipart_upload(Some(&self.credentials), &name).sign(SOON);
        let begun = self.answer(|| self.http.post(url()).bytes("application/octet-stream", Bytes::new())).await?;
        let begun = CreateMultipartUpload::parse_response(&text(&begun)?).map_err(|error| unreadable(&error))?;
        let sent = self.send_parts(&name, begun.upload_id(), first, &mut file).await;
        if sent.is_err() {
            let abort =
                self.inside.abort_multipart_upload(Some(&self.credentials), &name, begun.upload_id()).sign(SOON);
            // What is left behind is the server's to clear away.
            let _tried = self.http.request(Method::DELETE, abort).send().await;
        }
        sent
    }

    async fn send_parts(
        &self,
        name: &str,
        upload: &str,
        first: Bytes,
        file: &mut tokio::fs::File,
    ) -> Result<(), StorageError> {
        let mut etags: Vec<String> = Vec::new();
        let mut next = first;
        while !next.is_empty() {
            let number = u16::try_from(etags.len() + 1).map_err(|_| StorageError::TooLarge(u64::MAX))?;
            let url = || self.inside.upload_part(Some(&self.credentials), name, number, upload).sign(SOON);
            let request = || self.http.request(Method::PUT, url()).bytes("application/octet-stream", next.clone());
            let answer = self.answer(request).await?;
            let etag = answer.header("etag").ok_or_else(|| unreadable(&"a part without its ETag"))?;
            etags.push(etag.to_owned());
            next = piece(file).await?;
        }
        let action = || {
            let etags = etags.iter().map(String::as_str);
            self.inside.complete_multipart_upload(Some(&self.credentials), name, upload, etags)
        };
        let request = || self.http.post(action().sign(SOON)).bytes("application/xml", action().body().into());
        let done = self.answer(request).await?;
        // A server may begin to answer before it knows, and then says in the body that it failed.
        CompleteMultipartUploadResponse::parse(&text(&done)?).map_err(|error| unreadable(&error))?;
        Ok(())
    }

    pub(super) async fn get(&self, key: Key<'_>, at_most: u64) -> Result<Bytes, StorageError> {
        let mut whole = BytesMut::new();
        loop {
            let (bytes, total) = self.range(&key.to_string(), whole.len() as u64, PIECE).await?;
            if total > at_most {
                return Err(StorageError::TooLarge(at_most));
            }
            whole.extend_from_slice(&bytes);
            if whole.len() as u64 >= total {
                return Ok(whole.freeze());
            }
        }
    }

    pub(super) async fn fetch(&self, key: Key<'_>, into: &mut Staged, at_most: u64) -> Result<(), StorageError> {
        loop {
            let (bytes, total) = self.range(&key.to_string(), into.length(), PIECE).await?;
            if total > at_most {
                return Err(StorageError::TooLarge(at_most));
            }
            into.write(&bytes).await?;
            if into.length() >= total {
                return into.sync().await;
            }
        }
    }

    pub(super) async fn source(bucket: &Arc<Self>, key: Key<'_>) -> Result<Source, StorageError> {
        let name = key.to_string();
        let (_, size) = bucket.range(&name, 0, 1).await?;
        Ok(Source::new(Object { bucket: Arc::clone(bucket), name, size }))
    }

    /// The bytes from here on, at most so many, and how many there are in all.
    async fn range(&self, name: &str, from: u64, most: usize) -> Result<(Bytes, u64), StorageError> {
        let url = || self.inside.get_object(Some(&self.credentials), name).sign(SOON);
        let range = format!("bytes={from}-{}", from + most as u64 - 1);
        let answer = self.answer(|| self.http.get(url()).header("range", &range)).await?;
        let total = match answer.status {
            StatusCode::PARTIAL_CONTENT => answer
                .header("content-range")
                .and_then(|range| range.rsplit_once('/')?.1.parse().ok())
                .ok_or_else(|| unreadable(&"a range that does not say of how much"))?,
            _ if from == 0 => answer.body.len() as u64,
            _ => return Err(unreadable(&"the whole instead of a range")),
        };
        if answer.body.is_empty() && from < total {
            return Err(unreadable(&"an empty range"));
        }
        Ok((answer.body, total))
    }

    pub(super) fn link(&self, key: Key<'_>, served: Served<'_>, valid: Duration) -> Url {
        let name = key.to_string();
        let mut action = self.outside.get_object(Some(&self.credentials), &name);
        action.query_mut().insert("response-content-type", served.mime_type.to_owned());
        action.query_mut().insert("response-content-disposition", served.disposition.to_owned());
        action.sign(valid)
    }

    pub(super) fn direct_put(&self, key: Key<'_>, size: u64, valid: Duration) -> DirectPut {
        let name = key.to_string();
        let mut action = self.outside.put_object(Some(&self.credentials), &name);
        action.headers_mut().insert("content-length", size.to_string());
        DirectPut { url: action.sign(valid), headers: vec![("content-length", size.to_string())] }
    }

    pub(super) async fn remove(&self, key: Key<'_>) -> Result<(), StorageError> {
        let name = key.to_string();
        self.delete(&name).await?;
        self.remove_below(&format!("{name}/")).await
    }

    async fn delete(&self, name: &str) -> Result<(), StorageError> {
        let url = || self.inside.delete_object(Some(&self.credentials), name).sign(SOON);
        match self.answer(|| self.http.request(Method::DELETE, url())).await {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes every object whose name begins so.
    pub(super) async fn remove_below(&self, prefix: &str) -> Result<(), StorageError> {
        loop {
            let url = || {
                let mut action = self.inside.list_objects_v2(Some(&self.credentials));
                action.with_prefix(prefix.to_owned());
                action.with_max_keys(500);
                action.sign(SOON)
            };
            let listed = self.answer(|| self.http.get(url())).await?;
            let listed = ListObjectsV2::parse_response(&text(&listed)?).map_err(|error| unreadable(&error))?;
            if listed.contents.is_empty() {
                return Ok(());
            }
            for object in listed.contents {
                self.delete(&object.key).await?;
            }
        }
    }

    /// Makes a request until it is served. All of them may be made twice.
    async fn answer(&self, request: impl Fn() -> Request) -> Result<Response, StorageError> {
        let mut wait = FIRST_WAIT;
        for last in (0..TRIES).map(|turn| turn + 1 == TRIES) {
            let said = match request().send().await {
                Ok(answer) if answer.status.is_success() => return Ok(answer),
                Ok(answer) if answer.status == StatusCode::NOT_FOUND => return Err(StorageError::NotFound),
                Ok(answer) => {
                    let code = answer.status;
                    let said =
                        format!("{code} {}", String::from_utf8_lossy(&answer.body[..answer.body.len().min(200)]));
                    if !code.is_server_error() && code != StatusCode::TOO_MANY_REQUESTS {
                        return Err(StorageError::Unavailable(said));
                    }
                    said
                }
                Err(error) => error.to_string(),
            };
            if last {
                return Err(StorageError::Unavailable(said));
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err(StorageError::Unavailable("it was never asked".to_owned()))
    }
}

/// The next piece of a file; a short one is the last.
/// How much of an object is asked for at a time while it is sent elsewhere, in bytes: every object on its way holds as much.
const READ: usize = 1024 * 1024;

/// An object that is read when it is needed.
struct Object {
    bucket: Arc<Bucket>,
    name: String,
    size: u64,
}

impl Open for Object {
    fn size(&self) -> u64 {
        self.size
    }

    fn open(&self, range: Range<u64>) -> BoxStream<'static, std::io::Result<Bytes>> {
        let (bucket, name) = (Arc::clone(&self.bucket), self.name.clone());
        stream::try_unfold(range.start, move |from| {
            let (bucket, name) = (Arc::clone(&bucket), name.clone());
            async move {
                let most = usize::try_from(range.end - from).unwrap_or(READ).min(READ);
                if most == 0 {
                    return Ok(None);
                }
                let (bytes, _) = bucket.range(&name, from, most).await.map_err(std::io::Error::other)?;
                let next = from + bytes.len() as u64;
                Ok(Some((bytes, next)))
            }
        })
        .boxed()
    }
}

async fn piece(file: &mut tokio::fs::File) -> Result<Bytes, StorageError> {
    let mut piece = Vec::with_capacity(PIECE);
    file.take(PIECE as u64).read_to_end(&mut piece).await?;
    Ok(piece.into())
}

fn text(answer: &Response) -> Result<String, StorageError> {
    String::from_utf8(answer.body.to_vec()).map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn std::fmt::Display) -> StorageError {
    StorageError::Unavailable(format!("it said something unreadable: {error}"))
}
