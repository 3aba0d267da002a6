//! Real social-network servers, a mail catcher, an OpenID provider, an S3 server, feeds, webhooks, a browser and a proxy that spoils
//! connections, for tests. All that listen do so on loopback only, on free ports; all keep their data in a temporary folder, and
//! stop with the test that started them, even when it dies.

mod analytics;
mod bluesky;
mod browser;
mod fault_proxy;
mod feeds;
mod hooks;
mod language;
mod mail;
mod oidc;
mod s3;
mod snac;
mod stand_in;
mod voices;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use diwan_platform::http::{HttpClient, HttpPolicy};
use url::Url;

pub use analytics::{
    ANALYTICS_TOKEN, AnalyticsServer, MATOMO_SITE, PLAUSIBLE_SITE, SiteFault, SiteGoal, SiteNumbers, SiteVisits,
};
pub use bluesky::{BlueskyServer, BlueskyUser};
pub use browser::{Browser, DESK, PHONE, Screen};
pub use fault_proxy::{Fault, FaultProxy, Recorded};
pub use feeds::{FeedAnswer, FeedRequest, FeedServer};
pub use hooks::{Hook, HookServer};
pub use language::{LANGUAGE_KEY, LanguageServer, Said};
pub use mail::MailCatcher;
pub use oidc::OidcServer;
pub use s3::S3Server;
pub use snac::{SnacServer, SnacUser};
pub use voices::{VOICES_TOKEN, VoiceServer};

/// How long a server may take to start; the machine may be busy compiling.
const START: Duration = Duration::from_mins(1);
/// How long the first start of a server on Node may take before it is given up for a second one.
const FIRST_START: Duration = Duration::from_secs(20);

/// Where `script/install-test-servers` puts the servers.
fn cache() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache")
}

/// Fails with what to do when a server is not installed.
fn installed(path: &Path, what: &str) -> Result<PathBuf> {
    if !path.exists() {
        bail!("{what} is not installed at {}: run script/install-test-servers", path.display());
    }
    path.canonicalize().with_context(|| format!("cannot use {}", path.display()))
}

/// A client that may speak to these servers. Tests hand it to what they test.
pub fn http_client<'a>(servers: impl IntoIterator<Item = &'a Url>) -> Result<HttpClient> {
    let allowed_hosts = servers.into_iter().filter_map(|url| {
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    });
    Ok(HttpClient::new(HttpPolicy { allowed_hosts: allowed_hosts.collect(), ..HttpPolicy::default() })?)
}

/// A child process that ends when its standard input does: when this is dropped, and also when the process that holds
/// it dies in whatever way, because the system closes the pipe then.
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    log: PathBuf,
}

impl Process {
    /// Starts a command that ends by itself at the end of its standard input. Its standard error goes to a file: a
    /// pipe that nobody empties would stop it.
    fn start(command: &mut Command, log: PathBuf) -> Result<Self> {
        command.stdin(Stdio::piped()).stderr(File::create(&log)?);
        let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let stdin = child.stdin.take();
        Ok(Self { child, stdin, log })
    }

    /// Starts a server of `testkit/servers` on Node, and waits until it says that it is ready. Answers what it says of itself then.
    ///
    /// Now and then a start comes to nothing on a machine that has much to do: it is tried once more, and said.
    async fn start_node(script: &str, arguments: &[&OsStr], folder: &Path) -> Result<(Self, String)> {
        let modules = installed(&cache().join("test-servers/node_modules"), "the library of the test servers")?;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(script);
        let mut command = Command::new("node");
        command.arg(path).arg(modules).args(arguments).stdout(Stdio::piped());
        command.env("LOG_ENABLED", "false").env("NODE_NO_WARNINGS", "1");
        for patience in [FIRST_START, START] {
            let mut process = Self::start(&mut command, folder.join("log"))?;
            let stdout = process.child.stdout.take().context("its output is piped")?;
            // A library may have said something before.
            let reading = tokio::task::spawn_blocking(move || {
                let mut lines = BufReader::new(stdout).lines().map_while(std::result::Result::ok);
                lines.find_map(|line| Some(line.strip_prefix("ready")?.trim().to_owned()))
            });
            match tokio::time::timeout(patience, reading).await {
                Ok(Ok(Some(said))) => return Ok((process, said)),
                Ok(_) => bail!("{script} ended instead of starting: {}", process.last_words()),
                Err(_) => eprintln!("{script} was not ready after {patience:?}: {}", process.last_words()),
            }
        }
        bail!("{script} did not start, twice")
    }

    /// Starts a command that does not watch its standard input, below a shell that does.
    fn start_watched(program: &Path, arguments: &[&str], libraries: &Path, log: PathBuf) -> Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(r#""$@" </dev/null & server=$!; cat >/dev/null; kill -KILL "$server""#).arg("sh");
        shell.arg(program).args(arguments).env("LD_LIBRARY_PATH", libraries).stdout(Stdio::null());
        Self::start(&mut shell, log)
    }

    /// Ends the process and returns how it ended and what it wrote to its log.
    fn last_words(&mut self) -> String {
        self.stop();
        let status = self.child.try_wait().ok().flatten().map(|status| status.to_string());
        format!("{}; {}", status.unwrap_or_default(), fs::read_to_string(&self.log).unwrap_or_default())
    }

    fn stop(&mut self) {
        drop(self.stdin.take());
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // It had its time; there is nothing more to do than this, and it may have ended just now.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}
