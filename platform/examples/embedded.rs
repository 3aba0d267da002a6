//! Runs a command with private servers for tests, and ends with the command's exit code.
//!
//! ```text
//! embedded [DIR] -- COMMAND [ARGUMENT...]
//! ```
//!
//! Starts PostgreSQL and Redis in DIR (a new folder that is removed again if there is none given), sets
//! `DIWAN_TEST_DATABASE_URL` (the superuser of the private cluster) and `DIWAN_TEST_REDIS_URL` for the command, and
//! stops both servers after it. Nothing in them outlives a crash of the machine. A signal to end ends the command and
//! then the servers.

use std::error::Error;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};

use diwan_platform::embedded::{Embedded, EmbeddedOptions};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: embedded [DIR] -- COMMAND [ARGUMENT...]";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(status) => exit_code(status),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitStatus, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let mut folder = None;
    for argument in arguments.by_ref() {
        if argument == "--" {
            break;
        }
        folder = Some(PathBuf::from(argument));
    }
    let mut command = Command::new(arguments.next().ok_or(USAGE)?);
    command.args(arguments);
    if let Some(folder) = folder {
        return run_with_servers(&folder, command).await;
    }
    let folder = std::env::temp_dir().join(format!("diwan-test-{}", std::process::id()));
    // Started by root, the servers' own account must be able to pass through it.
    DirBuilder::new().mode(0o711).create(&folder)?;
    let status = run_with_servers(&folder, command).await;
    std::fs::remove_dir_all(&folder)?;
    status
}

async fn run_with_servers(folder: &Path, mut command: Command) -> Result<ExitStatus, Box<dyn Error>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let progress = |step: &str| eprintln!("{step}");
    let options = EmbeddedOptions { data_dir: folder.to_owned(), durable: false, progress: &progress };
    let mut servers = Embedded::start(options).await?;
    command.env("DIWAN_TEST_DATABASE_URL", &servers.urls().owner_database_url);
    command.env("DIWAN_TEST_REDIS_URL", &servers.urls().redis_url);
    let mut child = command.spawn()?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            error = servers.ended() => {
                child.kill().await?;
                return Err(error.into());
            }
            // A terminal's interrupt reaches the command by itself.
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {
                let process = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
                if let Some(process) = process {
                    kill_process(process, Signal::TERM)?;
                }
            }
        }
    };
    servers.stop().await?;
    Ok(status?)
}

/// The command's own exit code, or 128 and the signal that ended it, as shells have it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
