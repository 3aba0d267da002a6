//! Media that a network pulls from an address.

use diwan_platform::http::{HttpClient, HttpError, HttpPolicy, Response};
use url::Url;

use crate::media::Meter;

/// How much is asked for at a time. A server that ignores that sends the whole, which may be [`WHOLE`] large.
const PIECE: u64 = 4 * 1024 * 1024;

/// The largest medium of a server that does not send pieces, in bytes.
const WHOLE: usize = 256 * 1024 * 1024;

/// The largest medium that is fetched, in bytes: more than any network takes by address.
const LARGEST: u64 = 8 * 1024 * 1024 * 1024;

/// A medium that was fetched and measured, and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The media type that its server names, without parameters.
    pub mime: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its first 64 bytes.
    pub head: Vec<u8>,
    /// Width and height in pixels, when it is an image: see [`crate::image_size`].
    pub image: Option<(u32, u32)>,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// The client that fetches: like the networks', it follows no redirects; unlike theirs, it reaches this machine.
pub(crate) fn client() -> Result<HttpClient, HttpError> {
    HttpClient::new(HttpPolicy {
        allowed_hosts: ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
        user_agent: "facebookexternalhit/1.1".to_owned(),
        ..HttpPolicy::default()
    })
}

/// Fetches piece by piece, so that no medium is ever whole in memory when its server sends pieces.
pub(crate) async fn fetch(http: &HttpClient, url: &str) -> Result<Fetched, String> {
    let url = Url::parse(url).map_err(|error| format!("{url:?} is no address: {error}"))?;
    let mut meter = Meter::new();
    let mut size = 0;
    let mime = loop {
        let piece = format!("bytes={size}-{}", size + PIECE - 1);
        let request = http.get(url.clone()).header("range", &piece).max_response_bytes(WHOLE);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let mime = mime(&answer)?;
        meter.add(&answer.body);
        let (from, total) = (size, total(&answer, size)?);
        size += answer.body.len() as u64;
        match total {
            Some(total) if total > LARGEST => return Err(format!("the medium is larger than {LARGEST} bytes")),
            Some(total) if size < total && size > from => {}
            Some(total) if size != total => return Err(format!("{size} of {total} bytes came")),
            Some(_) | None => break mime,
        }
    };
    let total = meter.finish();
    if total.size == 0 {
        return Err("the medium is empty".to_owned());
    }
    Ok(Fetched { mime, size: total.size, head: total.head, image: total.image, sha256: total.sha256 })
}

/// The media type of an answer with a medium.
fn mime(answer: &Response) -> Result<String, String> {
    let status = answer.status.as_u16();
    if answer.status.is_redirection() {
        return Err(format!("status {status}: a redirect, which is not followed"));
    }
    if status != 200 && status != 206 {
        return Err(format!("status {status}"));
    }
    let mime = answer.header("content-type").unwrap_or_default();
    let mime = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if mime.starts_with("image/") || mime.starts_with("video/") || mime == "application/octet-stream" {
        Ok(mime)
    } else {
        Err(format!("the media type {mime:?} is neither an image nor a video"))
    }
}

/// The size of the whole, when a piece that begins at `from` was sent; none for an answer with the whole. RFC 9110,
/// section 14.4.
fn total(answer: &Response, from: u64) -> Result<Option<u64>, String> {
    if answer.status.as_u16() == 200 {
        return if from == 0 { Ok(None) } else { Err("the server stopped sending pieces".to_owned()) };
    }
    let range = answer.header("content-range").unwrap_or_default();
    let total = range.strip_prefix(&format!("bytes {from}-")).and_then(|rest| rest.split_once('/')?.1.parse().ok());
    total.map(Some).ok_or_else(|| format!("not the piece that was asked for: {range:?}"))
}
