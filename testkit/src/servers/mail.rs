//! A real mail catcher: takes mail by SMTP and shows what it took.

use std::ffi::OsStr;

use anyhow::{Context as _, Result, bail};
use diwan_platform::http::HttpClient;
use diwan_platform::mail::MailSettings;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use super::{Process, http_client};
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
        let (mail, smtp) = (self.folder.path().join("mail"), self.smtp.to_string());
        let web = self.web.port().context("a port")?.to_string();
        let arguments = [mail.as_os_str(), OsStr::new(&smtp), OsStr::new(&web)];
        let (process, _) = Process::start_node("mail.mjs", &arguments, self.folder.path()).await?;
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
