//! What outlives the emulator, when it is told where to keep it: accounts, tokens and the ledger, one change a line.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ledger::Effect;
use crate::tokens::TokenKind;

/// One change of what is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// Somebody asked for an account.
    Account { network: String, id: u64, name: String },
    /// A token was issued.
    Issued(IssuedToken),
    /// A token was used up or taken back.
    Ended { network: String, token: String },
    /// Access tokens expired, of all that are not named otherwise.
    Expired { network: Option<String>, account: Option<String> },
    /// Access and refresh tokens were taken back, of all that are not named otherwise.
    Revoked { network: Option<String>, account: Option<String> },
    /// Something happened on a network.
    Effect(Box<Effect>),
}

/// A token as it was issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IssuedToken {
    pub(crate) token: String,
    pub(crate) network: String,
    pub(crate) kind: TokenKind,
    pub(crate) account: String,
    pub(crate) detail: Value,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

/// Where changes are written down, if anywhere.
#[derive(Debug, Default)]
pub(crate) struct Journal(Option<File>);

impl Journal {
    /// Reads what is kept in a file, and goes on in it. A last line that was not written to its end is left out.
    pub(crate) fn open(path: &Path, mut each: impl FnMut(Change)) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        let mut lines = BufReader::new(&file);
        let (mut line, mut whole) = (String::new(), 0);
        while lines.read_line(&mut line)? > 0 && line.ends_with('\n') {
            each(serde_json::from_str(&line)?);
            whole += line.len() as u64;
            line.clear();
        }
        file.set_len(whole)?;
        file.flush()?;
        Ok(Self(Some(file)))
    }

    /// Writes a change down. What cannot be written is forgotten by the next start, which is said once.
    pub(crate) fn write(&mut self, change: &Change) {
        let Some(file) = &mut self.0 else { return };
        let line = serde_json::to_string(change).map_err(io::Error::from);
        if let Err(error) = line.and_then(|line| file.write_all(format!("{line}\n").as_bytes())) {
            tracing::error!(%error, "the emulator can no longer keep what happens");
            self.0 = None;
        }
    }
}
