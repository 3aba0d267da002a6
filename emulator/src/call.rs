//! A request to a network, and the readers of its body.

use actix_web::HttpRequest;
use actix_web::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::answer::Answer;
use crate::media::Meter;

/// The largest form.
const MOST_FORM: usize = 1024 * 1024;

/// The largest JSON body: some networks take images in it.
const MOST_JSON: usize = 32 * 1024 * 1024;

/// The longest field of a multipart body that is kept as text.
const MOST_TEXT: u64 = 64 * 1024;

/// A body as it comes in; the error is for people.
pub(crate) type Chunks = mpsc::Receiver<Result<Bytes, String>>;

/// A request, as the network's host gets it.
#[derive(Debug)]
pub struct Call {
    /// The host that was meant, in lower case, without a port.
    pub host: String,
    /// The method.
    pub method: Method,
    /// The path as it was sent, such as `/v25.0/me`.
    pub path: String,
    segments: Vec<String>,
    queries: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Chunks>,
}

/// One field of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The name of the file, when it is one.
    pub file_name: Option<String>,
    /// Its media type, when it names one, without parameters.
    pub mime: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// The content, when it is at most 64 KiB of UTF-8.
    pub text: Option<String>,
    /// Its first 64 bytes.
    pub head: Vec<u8>,
    /// Width and height in pixels, when it is an image: see [`crate::image_size`].
    pub image: Option<(u32, u32)>,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// A body that was measured and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Its first 64 bytes.
    pub head: Vec<u8>,
    /// Width and height in pixels, when it is an image: see [`crate::image_size`].
    pub image: Option<(u32, u32)>,
}

impl Call {
    /// A request without its body. The path is `/HOST/PATH`; none when it names no host.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let (host, rest) = request.uri().path().strip_prefix('/')?.split_once('/')?;
        if host.is_empty() {
            return None;
        }
        let text =
            |value: &actix_web::http::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Some(Self {
            host: host.to_ascii_lowercase(),
            method: request.method().clone(),
            path: format!("/{rest}"),
            segments: rest.split('/').map(decoded).collect(),
            queries: url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect(),
            headers: request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: None,
        })
    }

    pub(crate) fn with_body(mut self, body: Chunks) -> Self {
        self.body = Some(body);
        self
    }

    /// The parts of the path between slashes, decoded. A slash at the end makes an empty one.
    pub fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// The first query parameter of this name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.queries.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All query parameters, in order.
    pub fn queries(&self) -> &[(String, String)] {
        &self.queries
    }

    /// The first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<&str> {
        self.authorization("bearer")
    }

    /// User and password of `Authorization: Basic`.
    pub fn basic(&self) -> Option<(String, String)> {
        let pair = String::from_utf8(STANDARD.decode(self.authorization("basic")?).ok()?).ok()?;
        pair.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
    }

    /// What stands behind this scheme in the header `Authorization`.
    pub fn authorization(&self, scheme: &str) -> Option<&str> {
        let (named, rest) = self.header("authorization")?.split_once(' ')?;
        named.eq_ignore_ascii_case(scheme).then(|| rest.trim()).filter(|rest| !rest.is_empty())
    }

    /// The media type of the body, in lower case, without parameters; empty when none is named.
    pub fn content_type(&self) -> String {
        let named = self.header("content-type").unwrap_or_default();
        named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// What `Content-Length` says, in bytes.
    pub fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Reads a body of `application/x-www-form-urlencoded`; anything else is answered with 415. No body at all, of no
    /// type, is an empty form.
    pub async fn form(&mut self) -> Result<Vec<(String, String)>, Answer> {
        self.is_of("application/x-www-form-urlencoded", self.has_no_body())?;
        let body = self.whole(MOST_FORM).await?;
        Ok(url::form_urlencoded::parse(&body).into_owned().collect())
    }

    /// Reads a body of `application/json`; anything else is answered with 415, and what is no JSON with 400.
    pub async fn json(&mut self) -> Result<Value, Answer> {
        self.is_of("application/json", false)?;
        let body = self.whole(MOST_JSON).await?;
        serde_json::from_slice(&body).map_err(|error| wrong(400, &format!("the body is not JSON: {error}")))
    }

    /// Reads a body of `multipart/form-data` field by field; anything else is answered with 415. Files are measured as
    /// they stream past.
    pub async fn multipart(&mut self) -> Result<Vec<Field>, Answer> {
        self.is_of("multipart/form-data", false)?;
        let flawed = |error: multer::Error| wrong(400, &format!("the body is not multipart/form-data: {error}"));
        let boundary = multer::parse_boundary(self.header("content-type").unwrap_or_default()).map_err(flawed)?;
        let chunks = stream::unfold(self.body.take(), async |body| {
            let mut body = body?;
            let chunk = body.recv().await?;
            Some((chunk.map_err(std::io::Error::other), Some(body)))
        });
        let mut parts = multer::Multipart::new(chunks, boundary);
        let mut fields = Vec::new();
        while let Some(mut part) = parts.next_field().await.map_err(flawed)? {
            let mut meter = Meter::new();
            while let Some(chunk) = part.chunk().await.map_err(flawed)? {
                meter.add(&chunk);
            }
            let text = meter.text(MOST_TEXT);
            let total = meter.finish();
            fields.push(Field {
                name: part.name().unwrap_or_default().to_owned(),
                file_name: part.file_name().map(str::to_owned),
                mime: part.content_type().map(|mime| mime.essence_str().to_owned()),
                size: total.size,
                text,
                head: total.head,
                image: total.image,
                sha256: total.sha256,
            });
        }
        Ok(fields)
    }

    /// Reads a body of any type without keeping it.
    pub async fn measure(&mut self) -> Result<Measured, Answer> {
        let mut meter = Meter::new();
        while let Some(chunk) = self.chunk().await? {
            meter.add(&chunk);
        }
        let total = meter.finish();
        Ok(Measured { size: total.size, sha256: total.sha256, head: total.head, image: total.image })
    }

    fn has_no_body(&self) -> bool {
        self.header("content-type").is_none()
            && self.content_length().unwrap_or(0) == 0
            && self.header("transfer-encoding").is_none()
    }

    fn is_of(&self, mime: &str, or: bool) -> Result<(), Answer> {
        if or || self.content_type() == mime {
            return Ok(());
        }
        let found = self.header("content-type").unwrap_or("nothing");
        Err(wrong(415, &format!("the body must be {mime}, and is {found}")))
    }

    async fn whole(&mut self, at_most: usize) -> Result<Bytes, Answer> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > at_most {
                return Err(wrong(413, &format!("the body is larger than {at_most} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Answer> {
        let Some(body) = &mut self.body else { return Ok(None) };
        body.recv().await.transpose().map_err(|error| wrong(400, &format!("the body is not whole: {error}")))
    }
}

fn wrong(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "error": message }))
}

/// A segment without its percent signs. What is not UTF-8 then is replaced.
fn decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let digit = |index: usize| char::from(*bytes.get(index)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut plain = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(index + 1), digit(index + 2)) {
            plain.push(high << 4 | low);
            index += 3;
        } else {
            plain.push(*byte);
            index += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(target: &str) -> Call {
        let request = actix_web::test::TestRequest::with_uri(target).insert_header(("Authorization", "BEARER  abc "));
        Call::of(&request.to_http_request()).expect("a host")
    }

    #[test]
    fn host_path_and_query_are_taken_apart() {
        let call = call("/api.LinkedIn.com/rest/posts/urn%3Ali%3Ashare%3A%D8%B3%/?q=a+b&q=%26&empty");
        assert_eq!((call.host.as_str(), call.segments()[2]), ("api.linkedin.com", "urn:li:share:س%"));
        assert_eq!(call.segments().len(), 4);
        assert_eq!((call.query("q"), call.query("empty"), call.query("x")), (Some("a b"), Some(""), None));
        assert_eq!(call.queries()[1].1, "&");
        assert_eq!((call.bearer(), call.basic()), (Some("abc"), None));
    }

    #[tokio::test]
    async fn a_body_of_another_type_is_refused() {
        let status = |answer: Result<(), Answer>| answer.err().map(|answer| answer.status);
        assert_eq!(status(call("/x.com/").json().await.map(drop)), Some(415));
        assert_eq!(status(call("/x.com/").multipart().await.map(drop)), Some(415));
        assert_eq!(call("/x.com/").form().await, Ok(Vec::new()));
    }
}
