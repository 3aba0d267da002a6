//! The product itself as child processes: what `diwan up`, `diwan api` and `diwan worker` do when started, told to stop,
//! and killed.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
pub use tempfile::TempDir;
use tokio::time::Instant;

/// A running `diwan`. Dropped, it is told to stop, and killed when it does not.
#[derive(Debug)]
pub struct Diwan {
    child: Child,
    name: String,
    output: PathBuf,
    log: PathBuf,
}

/// A port of loopback that was free a moment ago, for processes that must be told theirs before they start.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A folder for the data of an installation; it goes when this does. Servers that an installation started by root runs
/// under another account can pass through it.
pub fn data_folder() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("diwan-").tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// A process that sleeps until this is dropped.
#[derive(Debug)]
pub struct Frozen(Pid);

impl Frozen {
    /// Puts a process to sleep by SIGSTOP.
    pub fn new(process: u32) -> Result<Self> {
        let process = pid(process)?;
        kill_process(process, Signal::STOP)?;
        Ok(Self(process))
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        // It is gone, should this fail.
        let _woken = kill_process(self.0, Signal::CONT);
    }
}

/// Tells a PostgreSQL, by the process id of its first process, to end at once without a checkpoint, as `pg_ctl stop -m immediate` does.
pub fn end_postgres_at_once(process: u32) -> Result<()> {
    Ok(kill_process(pid(process)?, Signal::QUIT)?)
}

fn pid(process: u32) -> Result<Pid> {
    Pid::from_raw(i32::try_from(process)?).context("a process id is not 0")
}

impl Diwan {
    /// Starts `program` with a command such as `up` or `admin setup-token`, these settings and no others of the product.
    /// What it says goes to files in `folder`, named after the start.
    pub fn start(program: &Path, command: &str, settings: &[(&str, String)], folder: &Path) -> Result<Self> {
        let name = format!("{}-{}", command.replace(' ', "-"), free_port()?);
        let (output, log) = (folder.join(format!("{name}.out")), folder.join(format!("{name}.log")));
        let mut diwan = Command::new(program);
        diwan.args(command.split(' ')).stdin(Stdio::null()).stdout(File::create(&output)?).stderr(File::create(&log)?);
        #[expect(clippy::disallowed_methods, reason = "so that no setting of whoever runs the tests takes part")]
        let around = std::env::vars_os();
        for (name, _) in around {
            let text = name.to_string_lossy();
            let ours = text.starts_with("DIWAN_") || text.starts_with("DATABASE_") || text == "REDIS_URL";
            if ours {
                diwan.env_remove(&name);
            }
        }
        diwan.envs(settings.iter().map(|(name, value)| (name, value)));
        let child = diwan.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self { child, name, output, log })
    }

    /// What it has printed so far.
    pub fn output(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.output)?)
    }

    /// What it has logged so far.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// Waits until it has printed or logged what `found` looks for. Fails when it ends before.
    pub async fn wait_for<T>(&mut self, at_most: Duration, found: impl Fn(&str) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + at_most;
        loop {
            let said = format!("{}{}", self.output()?, self.log()?);
            if let Some(found) = found(&said) {
                return Ok(found);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}:\n{said}", self.name);
            }
            if Instant::now() > deadline {
                bail!("{} did not say it within {at_most:?}:\n{said}", self.name);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The memory that it holds now, in bytes (Linux only: zero elsewhere).
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Puts it to sleep in the middle of whatever it does, until what is answered is dropped.
    pub fn freeze(&self) -> Result<Frozen> {
        Frozen::new(self.child.id())
    }

    /// Tells it to stop, without waiting for it.
    pub fn terminate(&self) -> Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::TERM)?)
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self, at_most: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + at_most;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("{} did not end within {at_most:?}:\n{}", self.name, self.log()?)
    }
}

impl Drop for Diwan {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // It stops servers of its own; killed at once, it would leave them behind.
        let _told = self.terminate();
        for _ in 0..1000 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}
