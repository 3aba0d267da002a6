//! The private PostgreSQL.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection, Executor};
use tokio::time::sleep;

use super::binaries::Postgres;
use super::error::{EmbeddedError, path_error};
use super::folder::Folder;
use super::process::{Kind, Server, Watcher, ended};

/// The superuser of the private cluster, and the name of the product's database in it.
const NAME: &str = "diwan";

/// Names the socket; nothing listens on a network port.
const PORT: u16 = 5432;

/// How long it may take to answer: recovery after a crash replays what was written since the last checkpoint.
const READY: Duration = Duration::from_mins(3);

/// How long a server left from an earlier run may take to stop.
const STOPPED: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(50);

/// The major version that made the cluster in `folder`, if there is one.
pub(super) fn made_by(folder: &Path) -> Result<Option<u32>, EmbeddedError> {
    let path = folder.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let problem = "it does not hold a version of PostgreSQL: the database's folder is damaged".to_owned();
            text.trim().parse().map(Some).map_err(|_| EmbeddedError::Unsafe { path, problem })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(path_error("reading", &path)(error)),
    }
}

/// The URL for the private cluster's superuser, with everything spelt out that the environment could change.
pub(super) fn url(folder: &Folder) -> String {
    format!("postgres://{NAME}@localhost:{PORT}/{NAME}?host={}&sslmode=disable", folder.sockets.display())
}

/// Makes the cluster, under another name until it is whole.
///
/// Local connections are trusted: the socket lies in a 0700 folder of the servers' account and there is no other way
/// in, so who can connect can read the cluster's files anyway, and a password would protect nothing.
pub(super) async fn create(postgres: &Postgres, folder: &Folder, durable: bool) -> Result<(), EmbeddedError> {
    let unfinished = folder.root.join("postgres.new");
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(path_error("removing the unfinished", &unfinished)(error));
        }
        _ => folder.own(&unfinished)?,
    }
    let (output, log) = folder.log("initdb")?;
    let mut command = folder.account.command(&postgres.initdb);
    command.args(["--encoding=UTF8", "--auth-local=trust", "--auth-host=reject", "--data-checksums"]);
    // Only Linux has this locale everywhere; elsewhere text is UTF-8 all the same, and sorts by code point in both.
    command.arg(if cfg!(target_os = "linux") { "--locale=C.UTF-8" } else { "--locale=C" });
    command.args(["--no-instructions", "--username", NAME, "--pgdata"]).arg(&unfinished);
    if !durable {
        command.arg("--no-sync");
    }
    let run_error = |source| EmbeddedError::Run { program: postgres.initdb.clone(), source };
    command.stdout(output.try_clone().map_err(run_error)?).stderr(output);
    let status = command.status().await.map_err(run_error)?;
    if !status.success() {
        return Err(ended("initdb", &status.to_string(), &log));
    }
    let finished = folder.postgres();
    fs::rename(&unfinished, &finished).map_err(path_error("naming", &finished))
}

/// Starts the server and waits until it answers.
pub(super) async fn start(
    postgres: &Postgres,
    folder: &Folder,
    durable: bool,
    watcher: &mut Watcher,
) -> Result<Server, EmbeddedError> {
    let mut command = folder.account.command(&postgres.server);
    command.arg("-D").arg(folder.postgres());
    let mut set = |setting: &str| {
        command.args(["-c", setting]);
    };
    set("listen_addresses=");
    set(&format!("port={PORT}"));
    set(&format!("unix_socket_directories={}", folder.sockets.display()));
    set("unix_socket_permissions=0700");
    set("shared_buffers=32MB");
    set("timezone=UTC");
    set("log_timezone=UTC");
    set("log_line_prefix=%m [%p] ");
    // Compiling a query takes longer than running it at this size.
    set("jit=off");
    if durable {
        set("max_connections=100");
    } else {
        // Many tests at once, each with its own pool, and nothing to lose.
        set("max_connections=300");
        set("fsync=off");
        set("synchronous_commit=off");
        set("full_page_writes=off");
    }
    let mut server = Server::start(Kind::Postgres, &postgres.server, command, folder, watcher)?;
    let started = Instant::now();
    while connect(folder).await.is_none() {
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

/// Makes the product's database unless it is there.
pub(super) async fn create_database(folder: &Folder) -> Result<(), EmbeddedError> {
    let Some(mut connection) = connect(folder).await else {
        return Err(EmbeddedError::Database("it no longer answers".to_owned()));
    };
    let created = async {
        let exists = connection.fetch_optional("SELECT 1 FROM pg_database WHERE datname = 'diwan'").await?;
        if exists.is_none() {
            connection.execute("CREATE DATABASE diwan").await?;
        }
        connection.close().await
    };
    created.await.map_err(|error: sqlx::Error| EmbeddedError::Database(error.to_string()))
}

/// A connection to the maintenance database, through the URL that is handed out, so that this URL is known to work.
async fn connect(folder: &Folder) -> Option<PgConnection> {
    let options: PgConnectOptions = url(folder).parse().ok()?;
    PgConnection::connect_with(&options.database("postgres")).await.ok()
}

/// Stops a server that an earlier run left in our cluster's folder, and clears a lock file that names a process which
/// is not such a server. Never signals a process whose command line does not name our folder.
pub(super) async fn clear_earlier(folder: &Folder) -> Result<(), EmbeddedError> {
    let cluster = folder.postgres();
    let path = cluster.join("postmaster.pid");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(path_error("reading", &path)(error)),
    };
    let process = text.lines().next().and_then(|line| line.trim().parse().ok()).and_then(Pid::from_raw);
    let Some(process) = process else { return Ok(()) };
    if !serves(process, &cluster) {
        // PostgreSQL refuses to start while the id of a lock file is alive in its own account, though it may be another
        // program's by now. We hold the data folder's lock: no server of ours runs.
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(path_error("removing", &path)(error)),
            _ => Ok(()),
        };
    }
    tracing::info!(process = process.as_raw_nonzero(), "stopping the PostgreSQL of an earlier run");
    for signal in [Signal::INT, Signal::QUIT] {
        if let Err(error) = kill_process(process, signal) {
            // Most likely it has just ended, which the loop sees.
            tracing::debug!(%error, "the PostgreSQL of an earlier run could not be signalled");
        }
        let asked = Instant::now();
        while asked.elapsed() < STOPPED {
            if !serves(process, &cluster) {
                return Ok(());
            }
            sleep(POLL).await;
        }
    }
    Err(EmbeddedError::Lingering { what: Kind::Postgres.title(), process: process.as_raw_nonzero().to_string() })
}

/// Whether `process` is alive and its command line names `cluster` as its data folder.
fn serves(process: Pid, cluster: &Path) -> bool {
    let id = process.as_raw_nonzero();
    let cluster = cluster.as_os_str().as_encoded_bytes();
    if Path::new("/proc/self/cmdline").exists() {
        let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        return arguments.split(|&byte| byte == 0).any(|argument| argument == cluster);
    }
    let listing = std::process::Command::new("ps").args(["-ww", "-o", "command=", "-p", &id.to_string()]).output();
    listing.is_ok_and(|listing| listing.stdout.windows(cluster.len()).any(|window| window == cluster))
}
