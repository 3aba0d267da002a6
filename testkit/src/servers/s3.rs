//! A real server of the S3 protocol (npm's `@20minutes/s3rver`), which checks signatures.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use diwan_platform::storage::S3Settings;
use tempfile::TempDir;
use url::Url;

use super::{Process, START, cache, installed};
use crate::process::free_port;

const BUCKET: &str = "diwan";
const KEY: &str = "S3RVER";

/// An S3 server with an empty bucket.
pub struct S3Server {
    /// Where it is.
    pub url: Url,
    folder: TempDir,
    _process: Process,
}

impl S3Server {
    /// Starts one.
    pub async fn start() -> Result<Self> {
        let url = Url::parse(&format!("http://127.0.0.1:{}/", free_port()?))?;
        let folder = tempfile::Builder::new().prefix("diwan-s3-").tempdir()?;
        let modules = installed(&cache().join("test-servers/node_modules"), "the S3 server")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/s3.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(&modules).arg(folder.path().join("data"));
        command.arg(url.port().context("a port")?.to_string()).arg(BUCKET).env("NODE_NO_WARNINGS", "1");
        let mut process = Process::start(command.stdout(Stdio::piped()), folder.path().join("log"))?;
        let stdout = process.child.stdout.take().context("the server's output is piped")?;
        let reading = tokio::task::spawn_blocking(move || {
            BufReader::new(stdout).lines().map_while(std::result::Result::ok).any(|line| line == "ready")
        });
        let Ok(Ok(true)) = tokio::time::timeout(START, reading).await else {
            bail!("the S3 server did not start: {}", process.last_words());
        };
        Ok(Self { url, folder, _process: process })
    }

    /// How to use it, by way of `endpoint`: itself, or a proxy before it that keeps the host's name.
    pub fn settings(&self, endpoint: &Url) -> S3Settings {
        S3Settings {
            endpoint: endpoint.clone(),
            public_endpoint: Some(self.url.clone()),
            bucket: BUCKET.to_owned(),
            region: "us-east-1".to_owned(),
            access_key: KEY.to_owned(),
            secret_key: KEY.to_owned(),
            virtual_host: false,
        }
    }

    /// The names of the objects in the bucket, in order.
    pub fn objects(&self) -> Result<Vec<String>> {
        let bucket = self.folder.path().join("data").join(BUCKET);
        let mut found = Vec::new();
        collect(&bucket, &bucket, &mut found)?;
        found.sort();
        Ok(found)
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if let Some(name) = path.strip_prefix(root)?.to_string_lossy().strip_suffix("._S3rver_object") {
            found.push(name.to_owned());
        }
    }
    Ok(())
}
