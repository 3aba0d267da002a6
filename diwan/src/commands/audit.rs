//! `diwan audit`: checks an exported audit trail, on any machine and without a database.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use diwan_domain::trust::{AuditFileError, Jwks, verify_audit_file};
use diwan_platform::config::Config;
use diwan_platform::http::{HttpClient, HttpPolicy};
use url::Url;

use crate::cli::Audit;

/// Does it.
pub(crate) async fn run(what: Audit) -> Result<ExitCode> {
    match what {
        Audit::Verify { file, jwks, anchor } => {
            let keys = match jwks {
                Some(place) => Some(keys_at(&place).await?),
                None => None,
            };
            verify(&file, keys.as_ref(), &anchor)
        }
    }
}

fn verify(file: &Path, keys: Option<&Jwks>, anchors: &[PathBuf]) -> Result<ExitCode> {
    let mut kept = Vec::new();
    for path in anchors {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        kept.extend(lines.map(str::to_owned));
    }
    let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    match verify_audit_file(BufReader::new(open), keys, &kept) {
        Ok(verdict) => {
            let range = verdict.range.map_or_else(String::new, |(first, last)| format!(", {first} to {last}"));
            println!("✓ whole: {} events{range}, of agency {}", verdict.events, verdict.agency);
            if !verdict.hash.is_empty() {
                println!("✓ hash of the last: {}", verdict.hash);
            }
            println!("✓ anchors that vouch for events: {}", verdict.anchors);
            for note in verdict.notes {
                println!("- {note}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ AuditFileError::Io(_)) => Err(error.into()),
        Err(error) => {
            println!("✗ {error}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The installation's keys, from a file or fetched from it.
async fn keys_at(place: &str) -> Result<Jwks> {
    let bytes = match Url::parse(place) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let allowed_hosts = Config::from_env()?.allowed_hosts;
            let http = HttpClient::new(HttpPolicy { allowed_hosts, ..HttpPolicy::default() })?;
            let answer = http.get(url).send().await.with_context(|| format!("cannot fetch {place}"))?;
            ensure!(answer.status.is_success(), "{place} answers {}", answer.status);
            answer.body.to_vec()
        }
        _ => fs::read(place).with_context(|| format!("cannot read {place}"))?,
    };
    serde_json::from_slice(&bytes).with_context(|| format!("{place} holds no Ed25519 keys"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_export_is_told_apart_from_what_cannot_be_read() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("trail.jsonl");
        assert!(verify(&file, None, &[]).is_err());
        fs::write(&file, "{}\n")?;
        assert_eq!(verify(&file, None, &[])?, ExitCode::FAILURE);
        Ok(())
    }
}
