//! What is found in a file, kept so that it can be told in any language later.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Column;
use crate::calendar::ProblemSeverity;
use crate::error::{Arg, Code, UserError};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RowOutcome {
    /// It would be made.
    Ready,
    /// It was made.
    Made,
    /// This file's row was made before, and is passed over.
    Known,
    /// It must be mended.
    Refused,
    /// It stands for no post: what is told of the first row.
    Header,
}

/// What came of a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowReport {
    /// Its number as a spreadsheet counts, the header being 1.
    pub row: u32,
    /// What became of it.
    pub outcome: RowOutcome,
    /// The title that the post has or would have.
    pub title: String,
    /// When the post is due or would be.
    pub due_at: Option<DateTime<Utc>>,
    /// The accounts, as `network:handle`.
    pub accounts: Vec<String>,
    /// The post, where there is one.
    pub post_id: Option<Uuid>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Something that was found in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Where; none when it is the row as a whole.
    pub column: Option<Column>,
    /// Whether it keeps the row out.
    pub severity: ProblemSeverity,
    code: String,
    args: Vec<(String, Said)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    Number(i64),
    Text(String),
}

/// The names of what messages show, of those that can be found in a row.
const ARGS: &[&str] = &[
    "account",
    "actual",
    "column",
    "kind",
    "language",
    "languages",
    "limit",
    "listed",
    "network",
    "option",
    "partnership",
    "pillar",
    "state",
    "total",
    "value",
    "word",
    "words",
];

impl Finding {
    pub(super) fn error(column: impl Into<Option<Column>>, error: &UserError) -> Self {
        Self::new(column.into(), ProblemSeverity::Block, error)
    }

    pub(super) fn warning(column: impl Into<Option<Column>>, error: &UserError) -> Self {
        Self::new(column.into(), ProblemSeverity::Warning, error)
    }

    fn new(column: Option<Column>, severity: ProblemSeverity, error: &UserError) -> Self {
        let args = error.args.iter().map(|(name, value)| {
            let value = match value {
                Arg::Text(text) => Said::Text(text.to_string()),
                Arg::Number(number) => Said::Number(*number),
            };
            ((*name).to_owned(), value)
        });
        Self { column, severity, code: format!("{:?}", error.code), args: args.collect() }
    }

    /// As it is told.
    pub fn user_error(&self) -> UserError {
        // Of a code that a later version has taken away, only that it is wrong is left.
        let code = Code::ALL.iter().find(|code| format!("{code:?}") == self.code).copied().unwrap_or(Code::Invalid);
        let mut error = UserError::new(code);
        for (name, value) in &self.args {
            let Some(name) = ARGS.iter().find(|known| *known == name) else { continue };
            error = match value {
                Said::Number(number) => error.number(name, *number),
                Said::Text(text) => error.text(name, text.clone()),
            };
        }
        error
    }
}
