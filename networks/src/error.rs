//! Why something did not work, as a type that says what to do next.

use std::fmt;
use std::time::Duration;

/// The code of an error that says that the network is still at work on a file.
pub const MEDIA_PROCESSING: &str = "media_processing";

/// The code of an error that says that the network does not offer what was asked.
pub const NOT_OFFERED: &str = "not_offered";

/// A network could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkError {
    /// What to do next.
    pub kind: ErrorKind,
    /// A stable code for machines, `lower_snake`.
    pub code: &'static str,
    /// What happened, for operators; holds no secrets.
    pub detail: String,
    /// How long the network asks to wait.
    pub retry_after: Option<Duration>,
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Nothing was published; try again later.
    Retry,
    /// The network asks for patience; nothing was published.
    RateLimited,
    /// Nothing went wrong: the network is still at work on an image or a film. Go on after [`NetworkError::retry_after`].
    Waiting,
    /// The account has to be connected again.
    Reconnect,
    /// The network refuses this content: change it.
    Content,
    /// A person must decide; trying again by itself helps nothing.
    Ask,
    /// The post may be visible: look it up, never send it again blindly.
    Unknown,
    /// The caller lost its right to this publication; nothing was published by this attempt.
    LeaseLost,
}

impl ErrorKind {
    /// The name as stored and as used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "RETRY",
            Self::RateLimited => "RATE_LIMITED",
            Self::Waiting => "WAITING",
            Self::Reconnect => "RECONNECT",
            Self::Content => "CONTENT",
            Self::Ask => "ASK",
            Self::Unknown => "UNKNOWN",
            Self::LeaseLost => "LEASE_LOST",
        }
    }
}

impl NetworkError {
    /// An error without a wait.
    pub fn new(kind: ErrorKind, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, code, detail: detail.into(), retry_after: None }
    }

    /// The network is at work on a file; it is asked again after this time.
    pub(crate) fn waiting(detail: impl Into<String>, again: Duration) -> Self {
        Self { retry_after: Some(again), ..Self::new(ErrorKind::Waiting, MEDIA_PROCESSING, detail) }
    }

    /// The network does not offer this; its capabilities say so.
    pub(crate) fn not_offered(what: &str) -> Self {
        Self::new(ErrorKind::Ask, NOT_OFFERED, format!("this network does not offer {what}"))
    }

    /// The stored credentials are not of the expected shape: only connecting again makes new ones.
    pub(crate) fn credentials(error: &serde_json::Error) -> Self {
        Self::new(ErrorKind::Reconnect, "credentials_unreadable", place(error))
    }

    /// The stored checkpoint is not of the expected shape: nobody knows how far the publication came.
    pub(crate) fn checkpoint(error: &serde_json::Error) -> Self {
        Self::new(ErrorKind::Ask, "checkpoint_unreadable", place(error))
    }
}

/// Where something could not be read; the error's own text can quote secrets.
fn place(error: &serde_json::Error) -> String {
    format!("{:?} error at line {}, column {}", error.classify(), error.line(), error.column())
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for NetworkError {}

/// Why progress could not be saved, or the request that makes the post visible must not be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProgressError {
    /// Somebody else works on this publication now.
    #[error("the lease is lost")]
    LeaseLost,
    /// The checkpoint could not be stored.
    #[error("the checkpoint could not be saved: {0}")]
    NotSaved(String),
}

impl From<ProgressError> for NetworkError {
    fn from(error: ProgressError) -> Self {
        match error {
            ProgressError::LeaseLost => Self::new(ErrorKind::LeaseLost, "lease_lost", error.to_string()),
            ProgressError::NotSaved(_) => Self::new(ErrorKind::Retry, "checkpoint_not_saved", error.to_string()),
        }
    }
}
