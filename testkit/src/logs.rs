//! What the product writes to its log, kept for a test to read.

use std::io::{Result as IoResult, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Result, ensure};
use diwan_platform::telemetry::{LogFormat, init_to};

/// All that the product says of itself, and of the libraries what a developer would switch on to look for a fault.
const FILTER: &str = "debug,diwan=trace";

/// The log of this process: one for all of its tests, if it has several.
#[derive(Debug, Clone, Default)]
pub struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// Keeps what is logged from now on, as a collector would be given it.
    pub fn keep() -> Result<Self> {
        static KEPT: OnceLock<Option<Logs>> = OnceLock::new();
        let kept = KEPT.get_or_init(|| {
            let logs = Self::default();
            let writer = logs.clone();
            init_to(LogFormat::Json, FILTER, move || writer.clone()).then_some(logs)
        });
        ensure!(kept.is_some(), "this process logs already, to somewhere else");
        Ok(kept.clone().unwrap_or_default())
    }

    /// Everything so far, a line each.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Whether something stands in it.
    pub fn holds(&self, text: &str) -> bool {
        self.text().contains(text)
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}
