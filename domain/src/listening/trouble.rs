//! Why a network's mentions could not be counted.

use chrono::Duration;
use diwan_networks::{APP_NOT_SET_UP, ErrorKind, NOT_OFFERED, NetworkError};

/// Every value of `mention_source.trouble`.
pub const MENTION_TROUBLES: &[&str] =
    &["APP_NOT_SET_UP", "AWAY", "GAVE_UP", "NEEDS_RECONNECT", "NOT_SERVED", "PATIENCE", "REFUSED"];

/// Why, for how long the network wants to be left alone, and more for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// One of [`MENTION_TROUBLES`].
    pub kind: &'static str,
    pub detail: String,
    pub retry_after: Option<Duration>,
    /// Whether another monitor, with other words, may be answered.
    pub is_of_words: bool,
}

impl Trouble {
    /// The account has to be connected again before anything can be asked through it.
    pub(super) fn needs_reconnect() -> Self {
        Self { kind: "NEEDS_RECONNECT", detail: String::new(), retry_after: None, is_of_words: false }
    }

    /// What a network said instead of numbers.
    pub(super) fn of(error: &NetworkError) -> Self {
        let kind = match (error.kind, error.code) {
            (_, APP_NOT_SET_UP) => "APP_NOT_SET_UP",
            (_, NOT_OFFERED | "not_served") => "NOT_SERVED",
            (ErrorKind::Reconnect, _) => "NEEDS_RECONNECT",
            (ErrorKind::RateLimited | ErrorKind::Waiting, _) => "PATIENCE",
            (ErrorKind::Retry | ErrorKind::Unknown | ErrorKind::LeaseLost, _) => "AWAY",
            (ErrorKind::Content | ErrorKind::Ask, _) => "REFUSED",
        };
        let retry_after = error.retry_after.and_then(|wait| Duration::from_std(wait).ok());
        // What is refused to the application is refused of all.
        let is_of_app = matches!(error.code, "app_rejected" | "no_credit" | NOT_OFFERED);
        let is_of_words = matches!(kind, "REFUSED" | "NOT_SERVED") && !is_of_app;
        Self { kind, detail: error.to_string(), retry_after, is_of_words }
    }

    /// The same with the monitor whose words were refused.
    pub(super) fn of_monitor(self, name: &str) -> Self {
        Self { detail: format!("{name}: {}", self.detail), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_has_its_name() {
        let of = |kind, code| Trouble::of(&NetworkError::new(kind, code, "")).kind;
        assert_eq!(of(ErrorKind::Ask, APP_NOT_SET_UP), "APP_NOT_SET_UP");
        assert_eq!(of(ErrorKind::Ask, "not_served"), "NOT_SERVED");
        assert_eq!(of(ErrorKind::Reconnect, "unauthorized"), "NEEDS_RECONNECT");
        assert_eq!(of(ErrorKind::RateLimited, "rate_limited"), "PATIENCE");
        assert_eq!(of(ErrorKind::Retry, "unreachable"), "AWAY");
        assert_eq!(of(ErrorKind::Ask, "no_credit"), "REFUSED");
        assert!(MENTION_TROUBLES.contains(&of(ErrorKind::Content, "rejected")));
        assert!(MENTION_TROUBLES.contains(&Trouble::needs_reconnect().kind));
    }
}
