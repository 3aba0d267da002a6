//! Why a command was not carried out: refusals, which are for the caller, and faults, which are for operators.

mod all;
mod code;

use std::borrow::Cow;

use diwan_platform::crypto::CryptoError;
use diwan_platform::storage::StorageError;
use sea_orm::DbErr;

pub use code::Code;

/// A value that a message shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A text.
    Text(Cow<'static, str>),
    /// A whole number.
    Number(i64),
}

/// One thing that the caller must mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// The reason.
    pub code: Code,
    /// The way to the input field that is to blame: names and list positions from the mutation's `input` on.
    pub field: Vec<String>,
    /// What the message shows.
    pub args: Vec<(&'static str, Arg)>,
}

impl UserError {
    /// A refusal as a whole.
    pub fn new(code: Code) -> Self {
        Self { code, field: Vec::new(), args: Vec::new() }
    }

    /// A refusal because of one field; `path` is written with dots: `variants.0.text`.
    pub fn at(code: Code, path: &str) -> Self {
        Self { code, field: path.split('.').map(str::to_owned).collect(), args: Vec::new() }
    }

    /// With a text for the message.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.args.push((name, Arg::Text(value.into())));
        self
    }

    /// With a number for the message.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: impl TryInto<i64>) -> Self {
        self.args.push((name, Arg::Number(value.try_into().unwrap_or(i64::MAX))));
        self
    }
}

/// What only an operator can mend. Its text goes to the log, never to a caller.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or is away.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// Stored bytes.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A secret does not open, or no randomness.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// Something that cannot be, is.
    #[error("{0}")]
    Broken(String),
}

impl Fault {
    /// A state that cannot be.
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into())
    }
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The caller must mend these; nothing was written.
    #[error("refused: {0:?}")]
    Refused(Vec<UserError>),
    /// An operator must look.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Failure {
    /// The same, for what stands at this place of a larger input.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        let Self::Refused(errors) = self else { return self };
        let below = |mut error: UserError| {
            // What is refused as a whole stays so.
            if !error.field.is_empty() {
                error.field.insert(0, place.to_owned());
            }
            error
        };
        Self::Refused(errors.into_iter().map(below).collect())
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::Refused(vec![error])
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        UserError::new(code).into()
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        // Two callers at once: the second finds what the first has just written.
        if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) {
            return Code::AlreadyExists.into();
        }
        Self::Fault(error.into())
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<CryptoError> for Failure {
    fn from(error: CryptoError) -> Self {
        Self::Fault(error.into())
    }
}

/// Collects everything that is wrong with an input, so that the caller hears it all at once.
#[derive(Debug, Default)]
pub struct Complaints(Vec<UserError>);

impl Complaints {
    /// Adds one.
    pub fn add(&mut self, error: UserError) {
        self.0.push(error);
    }

    /// A text that must be there and not longer than `max` characters; answers it without the space around it.
    pub fn text<'a>(&mut self, path: &str, value: &'a str, max: usize) -> &'a str {
        let value = value.trim();
        if value.is_empty() || value.contains('\0') {
            self.add(UserError::at(Code::Invalid, path));
        } else if value.chars().count() > max {
            self.add(UserError::at(Code::TooLong, path).number("limit", max).number("actual", value.chars().count()));
        }
        value
    }

    /// An IANA time zone.
    pub fn time_zone(&mut self, path: &str, value: &str) {
        if value.parse::<chrono_tz::Tz>().is_err() {
            self.add(
                UserError::at(Code::UnknownTimeZone, path).text("zone", value.chars().take(64).collect::<String>()),
            );
        }
    }

    /// An ISO 4217 currency, in capitals.
    pub fn currency(&mut self, path: &str, value: &str) {
        if !crate::finance::is_currency(value) {
            let shown = value.chars().take(16).collect::<String>();
            self.add(UserError::at(Code::UnknownCurrency, path).text("currency", shown));
        }
    }

    /// That nobody has changed it since it was read; both are numbers of versions.
    pub fn version(&mut self, current: i32, read: i32) {
        if current != read {
            self.add(UserError::at(Code::ChangedMeanwhile, "version").number("current", current));
        }
    }

    /// Fails if there is anything to complain of.
    pub fn check(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Refused(self.0)) }
    }
}
