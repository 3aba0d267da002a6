//! A conversion as its sender says it, and what is right in it.

use chrono::{DateTime, Datelike as _, Duration, Utc};
use diwan_entity::tracking::conversion::ConversionKind;
use diwan_platform::crypto::sha256;
use serde_json::json;

use super::code::is_code;
use crate::approvals::Money;
use crate::error::{Code, Complaints, UserError};

/// The most conversions that are sent at a time.
pub const MOST_CONVERSIONS: usize = 500;
/// The most touches of a conversion.
pub(super) const MOST_TOUCHES: usize = 50;
/// The largest value, in minor units.
pub(super) const MOST_VALUE: i64 = 1_000_000_000_000_000;
/// How far a sender's clock may be ahead.
const AHEAD: Duration = Duration::minutes(5);

/// A link that somebody followed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// What the link's address ends with.
    pub code: String,
    /// When; not after the conversion.
    pub at: DateTime<Utc>,
}

/// A conversion as its sender says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversion {
    /// The sender's id of it, 1 to 200 characters: recorded once for each source.
    pub external_id: String,
    /// What somebody did.
    pub kind: ConversionKind,
    /// What a `Custom` one is called, 1 to 100 characters; none with any other.
    pub name: Option<String>,
    /// When; not in the future.
    pub occurred_at: DateTime<Utc>,
    /// What it was worth.
    pub value: Option<Money>,
    /// The links that were followed before, up to 50, in any order.
    pub touches: Vec<Touch>,
}

impl NewConversion {
    /// What is wrong with it in itself; `at` is where it stands in the input.
    pub(super) fn check(&self, wrong: &mut Complaints, at: &str, now: DateTime<Utc>) {
        let path = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
        wrong.text(&path("id"), &self.external_id, 200);
        match (&self.name, self.kind) {
            (Some(name), ConversionKind::Custom) => {
                wrong.text(&path("name"), name, 100);
            }
            (None, ConversionKind::Lead | ConversionKind::SignUp | ConversionKind::Sale) => {}
            _ => wrong.add(UserError::at(Code::Invalid, &path("name"))),
        }
        if self.occurred_at > now + AHEAD || !is_known(self.occurred_at) {
            wrong.add(UserError::at(Code::Invalid, &path("occurredAt")));
        }
        check_value(wrong, &path("value"), self.value.as_ref());
        if self.touches.len() > MOST_TOUCHES {
            let error = UserError::at(Code::TooMany, &path("touches")).number("limit", MOST_TOUCHES);
            wrong.add(error.number("actual", self.touches.len()));
            return;
        }
        for (index, touch) in self.touches.iter().enumerate() {
            if !is_code(&touch.code) {
                wrong.add(UserError::at(Code::NotFound, &path(&format!("touches.{index}.code"))));
            }
            if touch.at > self.occurred_at || !is_known(touch.at) {
                wrong.add(UserError::at(Code::Invalid, &path(&format!("touches.{index}.at"))));
            }
        }
    }

    /// What tells whether the same was sent before: everything that it says, in one form.
    pub(super) fn digest(&self) -> [u8; 32] {
        let touches: Vec<_> =
            self.touches.iter().map(|touch| json!([touch.code, touch.at.timestamp_micros()])).collect();
        let said = json!({
            "kind": self.kind,
            "name": self.name.as_deref().map(str::trim),
            "at": self.occurred_at.timestamp_micros(),
            "minor": self.value.as_ref().map(|value| value.minor),
            "currency": self.value.as_ref().map(|value| value.currency.as_str()),
            "touches": touches,
        });
        sha256(said.to_string().as_bytes())
    }
}

/// Whether the database knows a time: from the year 1 to 9999.
pub(super) fn is_known(at: DateTime<Utc>) -> bool {
    (1..=9999).contains(&at.year())
}

/// An amount that something is worth: not below nothing, in a currency that there is.
pub(super) fn check_value(wrong: &mut Complaints, path: &str, value: Option<&Money>) {
    let Some(value) = value else { return };
    if !(0..=MOST_VALUE).contains(&value.minor) {
        wrong.add(UserError::at(Code::Invalid, &format!("{path}.minor")));
    }
    wrong.currency(&format!("{path}.currency"), &value.currency);
}
