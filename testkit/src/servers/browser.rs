//! A real browser (Chromium), for the pages that people see.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::{Process, START, cache, installed};

/// How wide and high a screen is, in pixels of CSS.
#[derive(Debug, Clone, Copy)]
pub struct Screen(pub u32, pub u32);

/// A small phone.
pub const PHONE: Screen = Screen(360, 740);
/// A screen on a desk.
pub const DESK: Screen = Screen(1280, 800);

/// A browser with one page.
pub struct Browser {
    process: Process,
    answers: Option<BufReader<ChildStdout>>,
    _folder: TempDir,
}

/// Chromium, as Debian names it unless `DIWAN_CHROMIUM` says otherwise.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
fn chromium() -> PathBuf {
    std::env::var_os("DIWAN_CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from)
}

impl Browser {
    /// Starts one, which knows nothing yet.
    pub async fn start() -> Result<Self> {
        let program = chromium();
        if !program.exists() {
            bail!(
                "Chromium is not at {}: run script/bootstrap --tests, or name it in DIWAN_CHROMIUM",
                program.display()
            );
        }
        let modules = installed(&cache().join("test-servers/node_modules"), "playwright-core")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/browser.mjs");
        let folder = tempfile::Builder::new().prefix("diwan-browser-").tempdir()?;
        let mut command = Command::new("node");
        command.arg(script).arg(&modules).arg(&program).arg(folder.path().join("profile"));
        command.env("NODE_NO_WARNINGS", "1").stdout(Stdio::piped());
        let mut process = Process::start(&mut command, folder.path().join("log"))?;
        let stdout = process.child.stdout.take().context("the browser's output is piped")?;
        let mut browser = Self { process, answers: Some(BufReader::new(stdout)), _folder: folder };
        let ready = browser.line().await?;
        if ready.trim() != "ready" {
            bail!("the browser did not start: {ready} {}", browser.process.last_words());
        }
        Ok(browser)
    }

    async fn line(&mut self) -> Result<String> {
        let mut answers = self.answers.take().context("the browser was given up")?;
        let reading = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            let read = answers.read_line(&mut line);
            (answers, read.map(|_| line))
        });
        let Ok(read) = tokio::time::timeout(START, reading).await else {
            bail!("the browser does not answer: {}", self.process.last_words());
        };
        let (answers, line) = read?;
        self.answers = Some(answers);
        Ok(line?)
    }

    async fn order(&mut self, order: Value) -> Result<Value> {
        let stdin = self.process.stdin.as_mut().context("the browser's input is piped")?;
        writeln!(stdin, "{order}")?;
        stdin.flush()?;
        let line = self.line().await?;
        let answer: Value = serde_json::from_str(&line).with_context(|| format!("the browser says: {line}"))?;
        match answer["error"].as_str() {
            Some(error) => bail!("{order}: {error}"),
            None => Ok(answer),
        }
    }

    /// Opens an address. Answers how the page stands: `status`, `lang`, `dir`, `title`, `text`, `overflow` (how many pixels wider it
    /// is than the screen), `small` (what is hard to touch), `pictures` (whether each is shown), `troubles` (what the page could
    /// not load or its policy forbade).
    pub async fn open(&mut self, address: &Url, language: &str, Screen(width, height): Screen) -> Result<Value> {
        let address = address.as_str();
        self.order(json!({ "open": address, "width": width, "height": height, "language": language })).await
    }

    /// Types into a field.
    pub async fn fill(&mut self, selector: &str, text: &str) -> Result<Value> {
        self.order(json!({ "fill": selector, "text": text })).await
    }

    /// Presses something that leads to another page. Answers how that stands.
    pub async fn press(&mut self, selector: &str) -> Result<Value> {
        self.order(json!({ "click": selector })).await
    }

    /// Gives it an authenticator in software, which verifies its user and keeps passkeys until the browser ends.
    pub async fn give_authenticator(&mut self) -> Result<()> {
        self.order(json!({ "authenticator": {} })).await.map(drop)
    }

    /// Runs a function in the page, with what it is given. Answers what it answers, or what it throws as an error.
    pub async fn run(&mut self, function: &str, given: &Value) -> Result<Value> {
        Ok(self.order(json!({ "run": function, "given": given })).await?["value"].take())
    }

    /// Takes a picture of the whole page, as PNG.
    pub async fn picture(&mut self, to: &Path) -> Result<()> {
        self.order(json!({ "picture": to })).await.map(drop)
    }
}
