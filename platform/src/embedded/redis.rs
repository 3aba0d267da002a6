//! The private Redis.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

use super::error::EmbeddedError;
use super::folder::Folder;
use super::process::{Kind, Server, Watcher};

/// How long it may take to answer: it reads its append-only file first.
const READY: Duration = Duration::from_mins(1);

/// How long one left from an earlier run may take to stop.
const STOPPED: Duration = Duration::from_secs(15);

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(2);

const POLL: Duration = Duration::from_millis(30);

fn socket(folder: &Folder) -> PathBuf {
    folder.sockets.join("redis.sock")
}

/// The URL of the private Redis.
pub(super) fn url(folder: &Folder) -> String {
    format!("redis+unix://{}", socket(folder).display())
}

/// Starts it and waits until it answers.
pub(super) async fn start(
    program: &Path,
    folder: &Folder,
    durable: bool,
    watcher: &mut Watcher,
) -> Result<Server, EmbeddedError> {
    let socket = socket(folder);
    let mut command = folder.account.command(program);
    // Its files go to its working folder: old versions take no spaces in `--dir`.
    command.current_dir(folder.redis());
    command.args(["--port", "0", "--daemonize", "no", "--save", "", "--unixsocketperm", "700"]);
    command.arg("--unixsocket").arg(&socket);
    command.args(["--appendonly", if durable { "yes" } else { "no" }]);
    let mut server = Server::start(Kind::Redis, program, command, folder, watcher)?;
    let started = Instant::now();
    while !answers(&socket).await {
        server.check(watcher)?;
        if started.elapsed() > READY {
            let error = server.not_ready(READY);
            server.stop(watcher).await?;
            return Err(error);
        }
        sleep(POLL).await;
    }
    Ok(server)
}

/// Stops one that an earlier run left. Whatever answers on our socket is ours: nobody else can make one in its folder.
pub(super) async fn clear_earlier(folder: &Folder) -> Result<(), EmbeddedError> {
    let socket = socket(folder);
    let started = Instant::now();
    while let Ok(mut stream) = UnixStream::connect(&socket).await {
        if started.elapsed() > STOPPED {
            return Err(EmbeddedError::Lingering { what: Kind::Redis.title(), process: "unknown".to_owned() });
        }
        // It answers by closing the connection; an error means the same.
        drop(ask(&mut stream, "SHUTDOWN").await);
        sleep(POLL).await;
    }
    Ok(())
}

/// Whether it is there and done with loading.
async fn answers(socket: &Path) -> bool {
    match UnixStream::connect(socket).await {
        Ok(mut stream) => ask(&mut stream, "PING").await.is_ok_and(|answer| answer.starts_with(b"+PONG")),
        Err(_) => false,
    }
}

/// Sends one command and reads the beginning of the answer.
async fn ask(stream: &mut UnixStream, command: &str) -> io::Result<Vec<u8>> {
    let talk = async {
        stream.write_all(format!("{command}\r\n").as_bytes()).await?;
        let mut answer = vec![0; 64];
        let length = stream.read(&mut answer).await?;
        answer.truncate(length);
        Ok(answer)
    };
    timeout(ANSWER, talk).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
