//! `diwan permissions`: prints the table of who may do what.

use std::io::Write as _;

use anyhow::Result;

/// Prints it.
pub(crate) fn run() -> Result<()> {
    Ok(std::io::stdout().write_all(diwan_domain::permission::page().as_bytes())?)
}
