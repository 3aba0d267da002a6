//! Log lines: a readable message and fields, units in the fields' names, no personal data, no secrets.

use std::io::{IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Starts logging to standard error. `filter` is in the form of `tracing_subscriber::EnvFilter`, as `info,diwan=debug`.
/// A second call changes nothing.
pub fn init(format: LogFormat, filter: &str) {
    let _started = start(format, filter, std::io::stderr().is_terminal(), std::io::stderr);
}

/// Starts logging to another place, for those who read it themselves. False when this process logs already.
pub fn init_to<W: Write + 'static>(
    format: LogFormat,
    filter: &str,
    writer: impl Fn() -> W + Send + Sync + 'static,
) -> bool {
    start(format, filter, false, writer)
}

fn start<W: Write + 'static>(
    format: LogFormat,
    filter: &str,
    colours: bool,
    writer: impl Fn() -> W + Send + Sync + 'static,
) -> bool {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(writer);
    let started = match format {
        LogFormat::Text => lines.compact().try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.is_ok()
}
