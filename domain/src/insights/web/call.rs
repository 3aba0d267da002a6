//! Asking a server that counts visits: what can go wrong, and how numbers are read.

use std::str::FromStr as _;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_entity::insights::web_source::WebSourceState;
use diwan_platform::http::{HttpClient, HttpError, Response};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use crate::curation::retry_after;

/// The largest answer, in bytes: a month of a site with thousands of referrers.
pub(super) const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Every value of `web_source.trouble`.
pub const WEB_TROUBLES: &[&str] = &["ADDRESS", "AWAY", "GAVE_UP", "NOT_ANALYTICS", "REFUSED", "TOO_LARGE"];

/// How long a server that was right once may refuse its key before it is believed.
const BELIEVED_AFTER: Duration = Duration::days(1);

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// One of [`WEB_TROUBLES`].
    pub kind: &'static str,
    /// For operators.
    pub detail: String,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl Trouble {
    pub(super) fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), retry_after: None }
    }

    /// What came instead of an answer.
    pub(super) fn of_http(error: &HttpError) -> Self {
        let kind = match error {
            HttpError::Refused { .. } => "ADDRESS",
            HttpError::TooLarge { .. } => "TOO_LARGE",
            HttpError::NotSent { .. } | HttpError::Unknown { .. } | HttpError::Setup(_) => "AWAY",
        };
        Self::new(kind, error.to_string())
    }

    /// An answer that is none. `said` is what the server says of it, if anything.
    pub(super) fn of_status(answer: &Response, said: Option<&str>, now: DateTime<Utc>) -> Self {
        let status = answer.status.as_u16();
        let kind = match status {
            // In its own words: what stands in front of it refuses, too, and says nothing about a key.
            401..=403 if said.is_some() => "REFUSED",
            429 | 500.. => "AWAY",
            _ => "NOT_ANALYTICS",
        };
        let said = said.map(|said| format!(": {said}")).unwrap_or_default();
        let wait = answer.header("retry-after").and_then(|header| retry_after(header, now));
        Self { kind, detail: format!("status {status}{said}"), retry_after: wait }
    }

    /// Whether a person must do something before the server is asked again. `refused_for` is for how long it has said nothing but that it
    /// refuses the key. A server that was right once may be out of order for a while, and say so of the key, too.
    pub(super) fn is_final(&self, state: WebSourceState, refused_for: Option<Duration>) -> bool {
        if state == WebSourceState::Checking {
            return matches!(self.kind, "ADDRESS" | "NOT_ANALYTICS" | "REFUSED" | "TOO_LARGE");
        }
        refused_for.is_some_and(|refused_for| refused_for >= BELIEVED_AFTER)
    }
}

/// How a server is asked about a site.
pub(super) struct Asking<'a> {
    pub http: &'a HttpClient,
    /// Ends with a slash.
    pub base: Url,
    pub site_id: &'a str,
    pub token: &'a str,
    pub now: DateTime<Utc>,
}

impl Asking<'_> {
    /// What a server says, without the key, should it say that.
    pub(super) fn without_key(&self, said: &str) -> String {
        said.replace(self.token, "...")
    }
}

/// What a server says of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Site {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
}

/// The days of a range, both ends part of it.
pub(super) fn days((from, to): (NaiveDate, NaiveDate)) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day <= to)
}

/// A number, exactly; some servers write it as a text.
pub(super) fn decimal(value: Option<&Value>) -> Option<Decimal> {
    let text = match value? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// The nearest whole number, half away from zero.
pub(super) fn nearest(value: Decimal) -> Option<i64> {
    let rounded = value.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    if rounded.scale() == 0 { i64::try_from(rounded.mantissa()).ok() } else { None }
}

/// A count; none where there is none, or less than none.
pub(super) fn count(value: Option<&Value>) -> Option<i64> {
    decimal(value).and_then(nearest).filter(|count| *count >= 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_as_servers_write_them() {
        for (value, expected) in [
            (json!(5), Some(5)),
            (json!("5"), Some(5)),
            (json!(5.0), Some(5)),
            (json!(4.5), Some(5)),
            (json!(1e3), Some(1000)),
            (json!(-1), None),
            (json!("5%"), None),
            (json!(null), None),
            (json!(1e300), None),
        ] {
            assert_eq!(count(Some(&value)), expected, "{value}");
        }
    }

    #[test]
    fn a_key_is_refused_for_good_and_a_server_that_was_right_is_believed() {
        let (checking, connected) = (WebSourceState::Checking, WebSourceState::Connected);
        let of = |kind| Trouble::new(kind, "");
        let (now, day) = (Some(Duration::zero()), Some(Duration::days(1)));
        assert!(of("REFUSED").is_final(checking, now) && of("REFUSED").is_final(connected, day));
        assert!(!of("REFUSED").is_final(connected, now), "it may be out of order");
        assert!(of("NOT_ANALYTICS").is_final(checking, None) && !of("NOT_ANALYTICS").is_final(connected, None));
        assert!(!of("AWAY").is_final(checking, None));
    }
}
