//! snac, a small real server of the Mastodon API. It ignores `Idempotency-Key`, has no way to delete a post, and takes
//! any code of a client whose user has agreed.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use diwan_platform::http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::{FaultProxy, Process, START, cache, http_client, installed};

/// How many threads it answers with. It delivers replies among its own people by asking itself, and with few would wait for itself.
const THREADS: u32 = 24;

/// A running snac.
pub struct SnacServer {
    /// Where clients find it: the server itself, or the proxy it stands behind.
    pub url: Url,
    direct: Url,
    program: PathBuf,
    data: PathBuf,
    _process: Process,
    _folder: TempDir,
}

/// A user of the server.
#[derive(Debug, Clone)]
pub struct SnacUser {
    /// The name to sign in with.
    pub name: String,
    /// The password to sign in with.
    pub password: String,
}

impl SnacServer {
    /// Starts a server.
    pub async fn start() -> Result<Self> {
        Self::run(None).await
    }

    /// Starts a server that tells everyone to find it at the proxy.
    pub async fn start_behind(proxy: &FaultProxy) -> Result<Self> {
        let server = Self::run(Some(&proxy.url)).await?;
        proxy.forward_to(&server.direct)?;
        Ok(server)
    }

    async fn run(public: Option<&Url>) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
        let configured = std::env::var_os("DIWAN_SNAC").map(PathBuf::from);
        let program = installed(&configured.unwrap_or_else(|| cache().join("snac/usr/bin/snac")), "snac")?;
        // snac binds its port itself, and another process may take it first.
        for _ in 0..5 {
            if let Some(server) = Self::try_run(&program, public).await? {
                return Ok(server);
            }
        }
        bail!("snac found no free port")
    }

    async fn try_run(program: &Path, public: Option<&Url>) -> Result<Option<Self>> {
        let folder = tempfile::Builder::new().prefix("diwan-snac-").tempdir()?;
        let data = folder.path().join("data");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let direct: Url = format!("http://127.0.0.1:{port}/").parse()?;
        let url = public.unwrap_or(&direct).clone();
        let host = url.authority().to_owned();
        let answers = format!("127.0.0.1\n{port}\n{host}\n\n\n");
        snac(program, &["init", &path(&data)?], &answers)?;
        configure(&data.join("server.json"), &[("protocol", json!("http")), ("num_threads", json!(THREADS))])?;
        let log = folder.path().join("log");
        let mut process = Process::start_watched(program, &["httpd", &path(&data)?], &libraries(), log)?;
        let http = http_client([&direct])?;
        let deadline = Instant::now() + START;
        loop {
            match http.get(direct.join("/api/v1/instance")?).send().await {
                // Somebody else's server on this port would not know this name.
                Ok(answer) if answer.json::<Value>().is_ok_and(|instance| instance["uri"] == host.as_str()) => break,
                Ok(_) => return Ok(None),
                Err(_) if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => bail!("snac did not start: {error}; {}", process.last_words()),
            }
        }
        let program = program.to_owned();
        Ok(Some(Self { url, direct, program, data, _process: process, _folder: folder }))
    }

    /// Makes a user.
    pub fn create_user(&self, name: &str) -> Result<SnacUser> {
        let output = snac(&self.program, &["adduser", &path(&self.data)?, name], "\n")?;
        let password = output.lines().find_map(|line| line.strip_prefix("User password is "));
        let password = password.with_context(|| format!("no password in: {output}"))?.to_owned();
        // Without this, it answers 0 for every number of an account.
        configure(&self.data.join("user").join(name).join("user.json"), &[("show_contact_metrics", json!(true))])?;
        Ok(SnacUser { name: name.to_owned(), password })
    }

    /// Does what a person does in the browser: opens the address an application sent them to, signs in, agrees. Returns
    /// the address they are sent back to, without going there.
    pub async fn authorize(&self, user: &SnacUser, url: &Url) -> Result<Url> {
        let http = http_client([&self.direct, &self.url])?;
        let page = http.get(url.clone()).send().await?;
        ensure!(page.status == StatusCode::OK, "the page answered {}", page.status);
        let page = String::from_utf8_lossy(&page.body).into_owned();
        let (redir, cid, state) = (hidden(&page, "redir")?, hidden(&page, "cid")?, hidden(&page, "state")?);
        let form = [
            ("redir", redir.as_str()),
            ("cid", &cid),
            ("state", &state),
            ("login", &user.name),
            ("passwd", &user.password),
        ];
        let answer = http.post(self.url.join("/oauth/x-snac-login")?).form(&form).send().await?;
        let location = answer.header("location").with_context(|| format!("not sent back: {}", answer.status))?;
        Ok(location.parse()?)
    }

    /// The user's posts as the server stores them, oldest first: `ActivityPub` notes with `content` and `attachment`.
    pub fn list_statuses(&self, user: &SnacUser) -> Result<Vec<Value>> {
        let mut notes = Vec::new();
        for entry in fs::read_dir(self.data.join("user").join(&user.name).join("public"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let note: Value = serde_json::from_slice(&fs::read(path)?)?;
                notes.push(note);
            }
        }
        notes.sort_by_key(|note| note["id"].as_str().map(str::to_owned));
        Ok(notes)
    }

    /// Takes back every token of every application.
    pub fn revoke_tokens(&self) -> Result<()> {
        for entry in fs::read_dir(self.data.join("token"))? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

/// Runs a command of snac with these answers to its questions.
fn snac(program: &Path, arguments: &[&str], answers: &str) -> Result<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .env("LD_LIBRARY_PATH", libraries())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    child.stdin.take().context("its input is piped")?.write_all(answers.as_bytes())?;
    let output = child.wait_with_output()?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "snac {arguments:?}: {text}");
    Ok(text)
}

/// The shared libraries that were unpacked beside it, where the machine had none.
fn libraries() -> PathBuf {
    cache().join("snac/usr/lib").join(format!("{}-linux-gnu", std::env::consts::ARCH))
}

fn configure(file: &Path, settings: &[(&str, Value)]) -> Result<()> {
    let mut config: Value = serde_json::from_slice(&fs::read(file)?)?;
    for (key, value) in settings {
        config[*key] = value.clone();
    }
    Ok(fs::write(file, serde_json::to_vec_pretty(&config)?)?)
}

fn hidden(page: &str, name: &str) -> Result<String> {
    let start = format!("name=\"{name}\" value=\"");
    let value = page.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value);
    Ok(value.with_context(|| format!("no field {name} in: {page}"))?.replace("&amp;", "&"))
}

fn path(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).context("a temporary folder whose name is not UTF-8")
}
