//! A real server of the S3 protocol (npm's `@20minutes/s3rver`), which checks signatures.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context as _, Result};
use diwan_platform::storage::S3Settings;
use tempfile::TempDir;
use url::Url;

use super::Process;
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
        let (data, port) = (folder.path().join("data"), url.port().context("a port")?.to_string());
        let arguments = [data.as_os_str(), OsStr::new(&port), OsStr::new(BUCKET)];
        let (process, _) = Process::start_node("s3.mjs", &arguments, folder.path()).await?;
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
