//! What is answered.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::Value;

/// An answer, whole in memory. Helpers that end a request early have it as their error: `Result<T, Answer>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status, 200 to 599.
    pub status: u16,
    /// Headers in order; a name may come several times.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", body.to_string())
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A body of text of this media type.
    pub fn text(status: u16, mime: impl Into<String>, text: impl Into<String>) -> Self {
        let headers = vec![("content-type".to_owned(), mime.into())];
        Self { status, headers, body: text.into().into_bytes() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// As the server sends it. What cannot be sent is a mistake of a service: it is answered with 500 and the reason.
    pub(crate) fn into_response(self) -> HttpResponse {
        let wrong = |what: String| HttpResponse::InternalServerError().body(format!("the emulator answered {what}\n"));
        let Ok(status) = StatusCode::from_u16(self.status) else { return wrong(format!("status {}", self.status)) };
        let mut response = HttpResponseBuilder::new(status);
        for (name, value) in &self.headers {
            match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                (Ok(name), Ok(value)) => response.append_header((name, value)),
                _ => return wrong(format!("a header that cannot be sent, {name:?}")),
            };
        }
        if self.body.is_empty() { response.finish() } else { response.body(self.body) }
    }
}
