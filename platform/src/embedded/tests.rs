//! On the machine's real servers.

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::*;

/// Names the data folder for [`parent_to_be_killed`], which is run by [`no_server_outlives_a_killed_parent`].
const PARENT_FOLDER: &str = "DIWAN_EMBEDDED_TEST_FOLDER";

/// A folder that is removed with this value, and that any account may pass through.
struct TestFolder(PathBuf);

impl TestFolder {
    fn new() -> Self {
        Self::with_mode(0o711)
    }

    fn with_mode(mode: u32) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!("/tmp/diwan-embedded-{}-{number}", std::process::id()));
        DirBuilder::new().mode(mode).create(&path).unwrap();
        Self(path)
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn options(data: &Path, durable: bool) -> EmbeddedOptions<'static> {
    EmbeddedOptions { data_dir: data.to_owned(), durable, progress: &|_| {} }
}

async fn connect(embedded: &Embedded) -> DatabaseConnection {
    Database::connect(&embedded.urls().owner_database_url).await.unwrap()
}

async fn query(database: &DatabaseConnection, sql: &str) -> String {
    let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Sends one inline command and returns the beginning of the answer.
async fn redis(embedded: &Embedded, command: &str) -> String {
    let path = embedded.urls().redis_url.strip_prefix("redis+unix://").unwrap();
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// The processes that work in `folder` or name it: id and command line.
fn processes_of(folder: &Path) -> Vec<(u32, String)> {
    let folder = folder.to_str().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if id == std::process::id() {
            continue;
        }
        let works_in = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        if works_in.starts_with(folder) || command.contains(folder) {
            found.push((id, command));
        }
    }
    found
}

/// Waits until none is left.
fn none_left(folder: &Path, patience: Duration) {
    let started = Instant::now();
    while started.elapsed() < patience {
        if processes_of(folder).is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("still there: {:?}", processes_of(folder));
}

#[tokio::test]
async fn data_survive_a_restart_and_nothing_runs_in_between() {
    let folder = TestFolder::new();
    let steps = Mutex::new(Vec::new());
    let progress = |step: &str| steps.lock().unwrap().push(step.to_owned());
    let first = EmbeddedOptions { data_dir: folder.data(), durable: true, progress: &progress };
    let embedded = Embedded::start(first).await.unwrap();
    assert!(steps.lock().unwrap()[0].starts_with("Creating a private PostgreSQL"), "{steps:?}");
    let database = connect(&embedded).await;
    database.execute_unprepared("CREATE TABLE note (body text); INSERT INTO note VALUES ('kept')").await.unwrap();
    database.close().await.unwrap();
    assert_eq!(redis(&embedded, "SET note kept").await, "+OK\r\n");
    embedded.stop().await.unwrap();
    assert_eq!(processes_of(&folder.0), []);

    let embedded = Embedded::start(options(&folder.data(), true)).await.unwrap();
    let database = connect(&embedded).await;
    assert_eq!(query(&database, "SELECT body FROM note").await, "kept");
    assert_eq!(query(&database, "SHOW data_checksums").await, "on");
    assert_eq!(query(&database, "SHOW fsync").await, "on");
    assert_eq!(query(&database, "SHOW server_encoding").await, "UTF8");
    assert_eq!(query(&database, "SELECT lower('ÄÖÜ')").await, "äöü");
    assert_eq!(query(&database, "SHOW shared_buffers").await, "32MB");
    database.close().await.unwrap();
    assert_eq!(redis(&embedded, "GET note").await, "$4\r\nkept\r\n");
    embedded.stop().await.unwrap();
    assert_eq!(processes_of(&folder.0), []);
}

#[tokio::test]
async fn a_second_start_on_the_same_folder_is_refused() {
    let folder = TestFolder::new();
    let embedded = Embedded::start(options(&folder.data(), false)).await.unwrap();
    let refusal = Embedded::start(options(&folder.data(), false)).await.unwrap_err().to_string();
    assert!(refusal.contains("already running on the data folder"), "{refusal}");
    assert!(refusal.contains(&format!("process {}", std::process::id())), "{refusal}");
    let database = connect(&embedded).await;
    assert_eq!(query(&database, "SELECT 'untouched'").await, "untouched");
    database.close().await.unwrap();
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn two_folders_run_side_by_side_without_a_network_port() {
    let (one, two) = (TestFolder::new(), TestFolder::new());
    let first = Embedded::start(options(&one.data(), false)).await.unwrap();
    let second = Embedded::start(options(&two.data(), false)).await.unwrap();
    for embedded in [&first, &second] {
        let database = connect(embedded).await;
        assert_eq!(query(&database, "SHOW listen_addresses").await, "");
        database.close().await.unwrap();
        assert!(redis(embedded, "CONFIG GET port").await.ends_with("$4\r\nport\r\n$1\r\n0\r\n"));
    }
    // What the settings say is also what the system says.
    let sockets: Vec<PathBuf> = processes_of(&one.0)
        .iter()
        .flat_map(|(id, _)| fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten())
        .filter_map(|descriptor| fs::read_link(descriptor.path()).ok())
        .collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    for line in tables.iter().flat_map(|table| table.lines().skip(1)) {
        let inode = line.split_whitespace().nth(9).unwrap();
        assert!(!sockets.contains(&PathBuf::from(format!("socket:[{inode}]"))), "{line}");
    }
    first.stop().await.unwrap();
    second.stop().await.unwrap();
}

#[tokio::test]
async fn only_the_servers_account_can_reach_them() {
    let folder = TestFolder::new();
    let embedded = Embedded::start(options(&folder.data(), false)).await.unwrap();
    let account = embedded.folder.account;
    assert_ne!(account.user, 0);
    for private in [&embedded.folder.sockets, &embedded.folder.postgres(), &embedded.folder.redis()] {
        let found = fs::metadata(private).unwrap();
        assert_eq!((found.uid(), found.mode() & 0o777), (account.user, 0o700), "{}", private.display());
    }
    let running = processes_of(&folder.0);
    assert!(running.len() >= 2, "{running:?}");
    for (id, command) in running {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let user = format!("Uid:\t{0}\t{0}\t{0}\t{0}", account.user);
        assert!(status.contains(&user), "{command}: {status}");
        if account.drop_to.is_some() {
            assert!(status.contains("Groups:\t \n") || status.contains("Groups:\t\n"), "{command}: {status}");
        }
    }
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_long_or_odd_path_gets_its_sockets_elsewhere() {
    let folder = TestFolder::new();
    let data = folder.0.join(format!("it's a, long \"folder\" {}", "x".repeat(120)));
    let embedded = Embedded::start(options(&data, false)).await.unwrap();
    let sockets = embedded.folder.sockets.clone();
    assert!(sockets.starts_with("/tmp") && !sockets.starts_with(&folder.0), "{}", sockets.display());
    let database = connect(&embedded).await;
    assert_eq!(query(&database, "SELECT current_database()::text").await, "diwan");
    database.close().await.unwrap();
    assert_eq!(redis(&embedded, "PING").await, "+PONG\r\n");
    embedded.stop().await.unwrap();
    fs::remove_dir_all(sockets).unwrap();
}

#[tokio::test]
async fn root_may_use_a_folder_that_the_servers_cannot_enter() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = TestFolder::with_mode(0o700);
    let steps = Mutex::new(Vec::new());
    let progress = |step: &str| steps.lock().unwrap().push(step.to_owned());
    let first = EmbeddedOptions { data_dir: folder.data(), durable: false, progress: &progress };
    let embedded = Embedded::start(first).await.unwrap();
    let elsewhere = embedded.servers_dir().to_owned();
    assert!(elsewhere.starts_with("/var/lib/diwan"), "{}", elsewhere.display());
    let said = format!("may not pass through {}", folder.0.display());
    assert!(steps.lock().unwrap()[0].contains(&said), "{steps:?}");
    embedded.stop().await.unwrap();

    let embedded = Embedded::start(options(&folder.data(), false)).await.unwrap();
    assert_eq!(embedded.servers_dir(), elsewhere);
    embedded.stop().await.unwrap();
    fs::remove_dir_all(&elsewhere).unwrap();

    let lost = Embedded::start(options(&folder.data(), false)).await.unwrap_err().to_string();
    assert!(lost.contains("not a folder of this machine"), "{lost}");
}

#[tokio::test]
async fn each_server_can_be_stopped_and_started_alone() {
    let folder = TestFolder::new();
    let mut embedded = Embedded::start(options(&folder.data(), true)).await.unwrap();
    let urls = embedded.urls().clone();
    let database = connect(&embedded).await;
    database.execute_unprepared("CREATE TABLE note (body text); INSERT INTO note VALUES ('kept')").await.unwrap();
    embedded.restart_postgres().await.unwrap();
    drop(database);
    let database = connect(&embedded).await;
    assert_eq!(query(&database, "SELECT body FROM note").await, "kept");
    database.close().await.unwrap();
    embedded.kill_redis().await.unwrap();
    embedded.start_redis().await.unwrap();
    assert_eq!(redis(&embedded, "PING").await, "+PONG\r\n");
    assert_eq!(embedded.urls(), &urls);
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_ends_by_itself_is_noticed() {
    let folder = TestFolder::new();
    let mut embedded = Embedded::start(options(&folder.data(), false)).await.unwrap();
    let undisturbed = tokio::time::timeout(Duration::from_millis(200), embedded.ended()).await;
    assert!(undisturbed.is_err(), "{undisturbed:?}");
    let path = embedded.urls().redis_url.strip_prefix("redis+unix://").unwrap().to_owned();
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(b"SHUTDOWN NOSAVE\r\n").await.unwrap();
    let error = embedded.ended().await.to_string();
    assert!(error.starts_with("Redis ended unexpectedly"), "{error}");
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_ends_them_too() {
    let folder = TestFolder::new();
    drop(Embedded::start(options(&folder.data(), false)).await.unwrap());
    none_left(&folder.0, Duration::from_secs(20));
}

#[tokio::test]
async fn a_damaged_cluster_is_reported_with_its_log() {
    let folder = TestFolder::new();
    Embedded::start(options(&folder.data(), false)).await.unwrap().stop().await.unwrap();
    fs::remove_file(folder.data().join("postgres/global/pg_control")).unwrap();
    let error = Embedded::start(options(&folder.data(), false)).await.unwrap_err().to_string();
    assert!(error.contains("PostgreSQL ended unexpectedly") && error.contains("pg_control"), "{error}");
    none_left(&folder.0, Duration::from_secs(20));
}

#[tokio::test]
async fn a_lock_file_that_names_a_foreign_process_is_cleared_and_the_process_left_alone() {
    let folder = TestFolder::new();
    Embedded::start(options(&folder.data(), false)).await.unwrap().stop().await.unwrap();
    let mut foreign = Command::new("sleep").arg("600").spawn().unwrap();
    let lock = folder.data().join("postgres/postmaster.pid");
    fs::write(&lock, format!("{}\n{}\n", foreign.id(), folder.data().join("postgres").display())).unwrap();
    let embedded = Embedded::start(options(&folder.data(), false)).await.unwrap();
    embedded.stop().await.unwrap();
    assert!(foreign.try_wait().unwrap().is_none());
    foreign.kill().unwrap();
    foreign.wait().unwrap();
}

/// Not a test: the parent that [`no_server_outlives_a_killed_parent`] kills.
#[tokio::test]
#[ignore = "started by another test"]
async fn parent_to_be_killed() {
    #[expect(clippy::disallowed_methods, reason = "how one test hands a folder to another process")]
    let Some(data) = std::env::var_os(PARENT_FOLDER) else { return };
    let embedded = Embedded::start(options(Path::new(&data), true)).await.unwrap();
    let database = connect(&embedded).await;
    database.execute_unprepared("CREATE TABLE note (body text); INSERT INTO note VALUES ('kept')").await.unwrap();
    fs::write(Path::new(&data).join("ready"), "").unwrap();
    std::future::pending::<()>().await;
}

/// Starts [`parent_to_be_killed`] on `data`, waits until its servers run, and kills it, if asked after its watcher.
fn run_and_kill_parent(data: &Path, watcher_too: bool) {
    let name: OsString = "embedded::tests::parent_to_be_killed".into();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact".into(), "--ignored".into()])
        .env(PARENT_FOLDER, data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !data.join("ready").exists() {
        assert!(started.elapsed() < Duration::from_mins(1), "the parent did not start its servers");
        assert!(parent.try_wait().unwrap().is_none(), "the parent ended");
        std::thread::sleep(Duration::from_millis(50));
    }
    if watcher_too {
        let watchers: Vec<(u32, String)> =
            processes_of(data).into_iter().filter(|(_, command)| command.contains("diwan-watcher")).collect();
        assert_eq!(watchers.len(), 1, "{watchers:?}");
        assert!(Command::new("kill").args(["-KILL", &watchers[0].0.to_string()]).status().unwrap().success());
    }
    parent.kill().unwrap();
    parent.wait().unwrap();
    fs::remove_file(data.join("ready")).unwrap();
}

#[tokio::test]
async fn no_server_outlives_a_killed_parent() {
    let folder = TestFolder::new();
    run_and_kill_parent(&folder.data(), false);
    none_left(&folder.0, Duration::from_secs(20));
    let embedded = Embedded::start(options(&folder.data(), true)).await.unwrap();
    let database = connect(&embedded).await;
    assert_eq!(query(&database, "SELECT body FROM note").await, "kept");
    database.close().await.unwrap();
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn servers_left_by_a_killed_parent_and_watcher_are_stopped_first() {
    let folder = TestFolder::new();
    run_and_kill_parent(&folder.data(), true);
    let left = processes_of(&folder.0);
    assert!(left.len() >= 2, "{left:?}");
    let embedded = Embedded::start(options(&folder.data(), true)).await.unwrap();
    let database = connect(&embedded).await;
    assert_eq!(query(&database, "SELECT body FROM note").await, "kept");
    database.close().await.unwrap();
    let now = processes_of(&folder.0);
    assert!(left.iter().all(|process| !now.contains(process)), "{left:?} and {now:?}");
    embedded.stop().await.unwrap();
}
