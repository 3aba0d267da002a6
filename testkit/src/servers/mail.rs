//! A real mail catcher: takes mail by SMTP and shows what it took.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use diwan_platform::http::HttpClient;
use diwan_platform::mail::MailSettings;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use super::{Process, START, cache, http_client, installed};
use crate::process::free_port;

/// Where a mail catcher is, or will be.
pub struct MailCatcher {
    smtp: u16,
    web: Url,
    http: HttpClient,
    process: Option<Process>,
    folder: TempDir,
}

impl MailCatcher {
    /// Chooses where it will listen; nobody is there yet.
    pub fn absent() -> Result<Self> {
        let (smtp, web) = (free_port()?, free_port()?);
        let web = Url::parse(&format!("http://127.0.0.1:{web}/"))?;
        let folder = tempfile::Builder::new().prefix("diwan-mail-").tempdir()?;
        Ok(Self { smtp, http: http_client([&web])?, web, process: None, folder })
    }

    /// Starts one.
    pub async fn start() -> Result<Self> {
        let mut catcher = Self::absent()?;
        catcher.open().await?;
        Ok(catcher)
    }

    /// Lets it take mail.
    pub async fn open(&mut self) -> Result<()> {
        let modules = installed(&cache().join("test-servers/node_modules"), "the mail catcher")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/mail.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(&modules).arg(self.folder.path().join("mail")).arg(self.smtp.to_string());
        command.arg(self.web.port().context("a port")?.to_string()).env("NODE_NO_WARNINGS", "1");
        let mut process = Process::start(command.stdout(Stdio::piped()), self.folder.path().join("log"))?;
        let stdout = process.child.stdout.take().context("the catcher's output is piped")?;
        let reading = tokio::task::spawn_blocking(move || BufReader::new(stdout).lines().next());
        let Ok(Ok(Some(Ok(_)))) = tokio::time::timeout(START, reading).await else {
            bail!("the mail catcher did not start: {}", process.last_words());
        };
        self.process = Some(process);
        Ok(())
    }

    /// How to send by it.
    pub fn settings(&self) -> Result<MailSettings> {
        let url = Url::parse(&format!("smtp://127.0.0.1:{}?tls=none", self.smtp))?;
        Ok(MailSettings { url, from: "Diwan <diwan@nour.example>".parse()? })
    }

    /// What it took, oldest first: `subject`, `text`, `html`, `headers`, `to`.
    pub async fn mail(&self) -> Result<Vec<Value>> {
        let answer = self.http.get(self.web.join("email")?).send().await?;
        match answer.json()? {
            Value::Array(mail) => Ok(mail),
            other => bail!("not a list: {other}"),
        }
    }

    /// A mail as it came in.
    pub async fn source(&self, mail: &Value) -> Result<String> {
        let id = mail["id"].as_str().context("no id")?;
        let answer = self.http.get(self.web.join(&format!("email/{id}/source"))?).send().await?;
        Ok(String::from_utf8(answer.body.to_vec())?)
    }
}
