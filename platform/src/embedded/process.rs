//! Child processes that end with this one.
//!
//! A clean stop and `Drop` end the servers, but nothing of that runs when this process gets SIGKILL. So beside them runs
//! a **watcher**: a shell that waits on a pipe from this process and has been told the servers' process ids. The pipe
//! closes when this process is gone, whatever ended it, and the watcher then asks the servers to stop. Unlike
//! `PR_SET_PDEATHSIG` this works on every Unix, and does not depend on which thread started what.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child as StdChild, ChildStdin, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::error::EmbeddedError;
use super::folder::Folder;

/// How long a server may take to stop before it is made to: a checkpoint of a busy database takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the harder signals get.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

/// How much of a log's end an error shows, in lines.
const TAIL_LINES: usize = 15;

/// What the watcher does. Ignored signals keep it alive when its process group or a whole session is told to end.
const WATCH: &str = r#"
trap '' HUP INT QUIT TERM
postgres= redis=
while read -r server process; do
  case $server in
    postgres) postgres=$process ;;
    redis) redis=$process ;;
  esac
done
[ -z "$postgres" ] || kill -INT "$postgres"
[ -z "$redis" ] || kill -TERM "$redis"
"#;

/// Which of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Postgres,
    Redis,
}

impl Kind {
    /// The name in log files and towards the watcher.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        }
    }

    /// The name towards people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
        }
    }

    /// The signal that stops it at once but cleanly.
    const fn stop_signal(self) -> Signal {
        match self {
            // "Fast shutdown": rolls back what is open and writes a checkpoint.
            Self::Postgres => Signal::INT,
            Self::Redis => Signal::TERM,
        }
    }
}

/// The shell that ends the servers if this process can no longer do it.
#[derive(Debug)]
pub(super) struct Watcher {
    process: StdChild,
    orders: Option<ChildStdin>,
}

impl Watcher {
    /// Starts it under the servers' account, which may signal the servers and nothing of anybody else.
    pub fn start(folder: &Folder) -> Result<Self, EmbeddedError> {
        let shell = Path::new("/bin/sh");
        let mut command = folder.account.command(shell).into_std();
        // The last argument only tells a reader of the process list whose watcher it is.
        command.args(["-c", WATCH, "diwan-watcher"]).arg(&folder.root);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().map_err(|source| EmbeddedError::Run { program: shell.to_owned(), source })?;
        let orders = process.stdin.take();
        Ok(Self { process, orders })
    }

    fn watch(&mut self, kind: Kind, process: u32) {
        self.order(&format!("{} {process}\n", kind.name()));
    }

    /// A server that has been waited for must be forgotten: its process id may become somebody else's.
    pub fn forget(&mut self, kind: Kind) {
        self.order(&format!("{}\n", kind.name()));
    }

    /// A watcher that was killed cannot be told anything, and there is nothing to do about it.
    fn order(&mut self, order: &str) {
        if let Some(orders) = &mut self.orders
            && let Err(error) = orders.write_all(order.as_bytes())
        {
            tracing::warn!(%error, "the watcher of the embedded servers is gone");
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.orders = None;
        // It ends within milliseconds of its pipe; waiting leaves no zombie.
        if let Err(error) = self.process.wait() {
            tracing::warn!(%error, "the watcher of the embedded servers could not be waited for");
        }
    }
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    kind: Kind,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Runs a server's command with its output in its log file, watched.
    pub fn start(
        kind: Kind,
        program: &Path,
        mut command: Command,
        folder: &Folder,
        watcher: &mut Watcher,
    ) -> Result<Self, EmbeddedError> {
        let (output, log) = folder.log(kind.name())?;
        let run_error = |source| EmbeddedError::Run { program: program.to_owned(), source };
        command.stdout(output.try_clone().map_err(run_error)?).stderr(output);
        let child = command.spawn().map_err(run_error)?;
        if let Some(process) = child.id() {
            watcher.watch(kind, process);
        }
        Ok(Self { kind, child, log })
    }

    /// Which server this is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// An error if it has ended.
    pub fn check(&mut self, watcher: &mut Watcher) -> Result<(), EmbeddedError> {
        match self.child.try_wait() {
            Ok(Some(status)) => {
                watcher.forget(self.kind);
                Err(ended(self.kind.title(), &status.to_string(), &self.log))
            }
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// The error for one that runs and does not answer.
    pub fn not_ready(&self, waited: Duration) -> EmbeddedError {
        EmbeddedError::NotReady {
            what: self.kind.title(),
            seconds: waited.as_secs(),
            log: self.log.clone(),
            tail: tail(&self.log),
        }
    }

    /// Waits until it ends, by itself or otherwise, and says how. May be dropped and called again.
    pub async fn ended(&mut self) -> EmbeddedError {
        let status = match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        ended(self.kind.title(), &status, &self.log)
    }

    /// Asks it to stop without waiting for it.
    pub fn ask_to_stop(&mut self, watcher: &mut Watcher) {
        self.signal(self.kind.stop_signal());
        watcher.forget(self.kind);
    }

    /// Stops it: politely, after [`PATIENCE`] less so, in the end by SIGKILL, which both survive without losing what
    /// they have confirmed.
    pub async fn stop(mut self, watcher: &mut Watcher) -> Result<(), EmbeddedError> {
        self.ask_to_stop(watcher);
        if timeout(PATIENCE, self.child.wait()).await.is_ok() {
            return Ok(());
        }
        tracing::warn!(server = self.kind.title(), "does not stop; ending it the hard way");
        if self.kind == Kind::Postgres {
            // "Immediate shutdown": its own children end too; the next start recovers from the log.
            self.signal(Signal::QUIT);
            if timeout(LAST_PATIENCE, self.child.wait()).await.is_ok() {
                return Ok(());
            }
        }
        self.kill().await
    }

    /// Ends it by SIGKILL.
    pub async fn kill(&mut self) -> Result<(), EmbeddedError> {
        self.child.kill().await.map_err(|source| EmbeddedError::Run { program: PathBuf::from("kill"), source })
    }

    fn signal(&self, signal: Signal) {
        // No id means that it has been waited for: there is nothing left to signal.
        let process = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(process) = process
            && let Err(error) = kill_process(process, signal)
        {
            tracing::warn!(server = self.kind.title(), %error, "could not be signalled");
        }
    }
}

/// The error for a program that ended when it should not have.
pub(super) fn ended(what: &'static str, status: &str, log: &Path) -> EmbeddedError {
    EmbeddedError::Ended { what, status: status.to_owned(), log: log.to_owned(), tail: tail(log) }
}

/// The last lines of a log, as far as they are text.
fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
