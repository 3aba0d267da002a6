//! `diwan schema`: prints the GraphQL schema.

use std::io::Write as _;

use anyhow::Result;

/// Prints it.
pub(crate) fn run() -> Result<()> {
    Ok(std::io::stdout().write_all(diwan_api::schema_sdl().as_bytes())?)
}
