//! The product's services over a database and a storage folder of their own, with short times.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use anyhow::Result;
use chrono::Duration;
use diwan_domain::trust::TokenIssuer;
use diwan_domain::{Services, Timing};
use diwan_platform::apps::Apps;
use diwan_platform::clock::{ManualClock, SharedClock, SystemClock};
use diwan_platform::crypto::Keyring;
use diwan_platform::http::{HttpClient, HttpPolicy, StandIn};
use diwan_platform::language_model::LanguageModel;
use diwan_platform::mail::{MailSettings, Mailer};
use diwan_platform::metrics::Metrics;
use diwan_platform::stills::Stills;
use diwan_platform::storage::{S3Settings, Storage};
use tempfile::TempDir;
use url::Url;

use crate::db::TestDb;
use crate::films;

/// The address that the product believes to be reached at. Nothing listens there: [`crate::client::Client`] takes the
/// path of a link to where the API of the test truly is.
pub const PUBLIC_URL: &str = "https://diwan.example/";

/// What a test sets otherwise than the default.
#[derive(Debug, Default)]
pub struct Settings {
    /// A clock that the test holds; the machine's without.
    pub clock: Option<Arc<ManualClock>>,
    /// Servers on loopback that the outbound client may reach.
    pub servers: Vec<Url>,
    /// The address that the product believes to be reached at; [`PUBLIC_URL`] without.
    pub public_url: Option<Url>,
    /// Where the agency's client application opens things; without, letters link to none.
    pub app_url: Option<String>,
    /// How mail is sent; without, none is.
    pub mail: Option<MailSettings>,
    /// What writes summaries of reports; without, nothing does.
    pub language_model: Option<LanguageModel>,
    /// The bucket in which files are kept; without, they are kept in a folder.
    pub s3: Option<S3Settings>,
    /// The applications under which networks know the product.
    pub apps: Apps,
    /// A server that is called in the place of networks.
    pub stand_in: Option<Url>,
    /// Hosts besides those of networks for which `stand_in` answers.
    pub own_hosts: Vec<String>,
    /// Whether the product believes to be reached at where its API listens, so that networks can fetch files there.
    pub can_be_reached: bool,
    /// Whether the machine has no program that takes stills from films; by default it has `ffmpeg` (`script/bootstrap --tests`).
    pub no_stills: bool,
    /// Networks whose `X-Forwarded-For` the API believes.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

/// Services for one test.
#[derive(Debug)]
pub struct TestServices {
    /// What commands and jobs are given.
    pub services: Arc<Services>,
    /// The database below.
    pub db: TestDb,
    folder: TempDir,
}

/// Production's times, shortened so that a test waits seconds. The lease is longer than the outbound client's total
/// limit, as in production.
pub fn short_timing() -> Timing {
    Timing {
        longest_run: Duration::seconds(60),
        lease: Duration::seconds(5),
        settle: Duration::seconds(2),
        first_retry: Duration::milliseconds(200),
        longest_retry: Duration::seconds(2),
        max_failures: 4,
    }
}

impl TestServices {
    /// Services with the machine's clock, which reach no server.
    pub async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    /// Services as set.
    pub async fn with(settings: Settings) -> Result<Self> {
        let db = TestDb::new().await?;
        let folder = tempfile::Builder::new().prefix("diwan-storage-").tempdir()?;
        let clock: SharedClock = match settings.clock {
            Some(clock) => clock,
            None => Arc::new(SystemClock),
        };
        let keys = Keyring::from_base64(&Keyring::generate()?, [])?;
        let public_url = settings.public_url.map_or_else(|| Url::parse(PUBLIC_URL), Ok)?;
        let services = Services {
            turns: diwan_domain::turns::Turns::default(),
            tokens: TokenIssuer::load(&db.app, &keys, public_url.as_str(), clock.now()).await?,
            db: db.app.clone(),
            clock,
            keys,
            storage: match &settings.s3 {
                Some(bucket) => Storage::in_bucket(folder.path(), bucket)?,
                None => Storage::new(folder.path()),
            },
            stills: (!settings.no_stills).then(|| Stills::new(films::program())),
            http: HttpClient::new(HttpPolicy {
                allowed_hosts: settings.servers.iter().map(|url| url.authority().to_owned()).collect(),
                read_timeout: StdDuration::from_secs(3),
                total_timeout: StdDuration::from_secs(4),
                stand_in: settings.stand_in.map(|at| StandIn {
                    at,
                    hosts: diwan_networks::hosts().into_iter().chain(settings.own_hosts).collect(),
                }),
                ..HttpPolicy::default()
            })?,
            apps: settings.apps,
            mailer: settings.mail.as_ref().map(Mailer::new).transpose()?,
            language_model: settings.language_model,
            public_url,
            app_url: settings.app_url.as_deref().map(str::parse).transpose()?,
            metrics: Metrics::default(),
            timing: short_timing(),
        };
        Ok(Self { services: Arc::new(services), db, folder })
    }

    /// Runs every job that is due, until none is. Answers how many ran.
    pub async fn run_jobs(&self) -> Result<usize> {
        Ok(diwan_domain::jobs::run_due(&self.services, "test").await?)
    }

    /// Runs due jobs, waiting for those that become due, until `done` answers true; fails after `at_most`.
    pub async fn run_jobs_until(&self, at_most: StdDuration, done: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let deadline = tokio::time::Instant::now() + at_most;
        while !done().await? {
            anyhow::ensure!(tokio::time::Instant::now() < deadline, "not there after {at_most:?}");
            if self.run_jobs().await? == 0 {
                tokio::time::sleep(StdDuration::from_millis(50)).await;
            }
        }
        Ok(())
    }

    /// How many jobs are due and not finished.
    pub async fn due_jobs(&self) -> Result<i64> {
        let now = self.services.now().to_rfc3339();
        let sql = format!("select count(*) from job where state in ('PENDING', 'HANDED') and due_at <= '{now}'");
        self.db.value(&sql).await
    }

    /// Every file below the storage folder, by its path there.
    pub fn stored_files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        collect(self.folder.path(), self.folder.path(), &mut found)?;
        found.sort();
        Ok(found)
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else {
            found.push(path.strip_prefix(root)?.display().to_string());
        }
    }
    Ok(())
}
