//! How much memory this process has taken.

use anyhow::{Context as _, Result};

/// A figure of the process, in MiB.
pub(crate) fn memory(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).context("no such figure")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
}
