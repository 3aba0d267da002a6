//! An installation of processes: PostgreSQL, Redis, `diwan api`, `diwan worker`, and two network servers behind proxies.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{TimeDelta, Utc};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::crypto::Keyring;
use diwan_platform::db::{connect_owner, scalar};
use diwan_platform::embedded::{Embedded, EmbeddedOptions};
use diwan_testkit::client::{Answer, Client, Value, json};
use diwan_testkit::process::{Diwan, TempDir, data_folder, free_port};
use diwan_testkit::servers::{BlueskyServer, BlueskyUser, Fault, FaultProxy, SnacServer, SnacUser};
use sea_orm::ConnectionTrait as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::Instant;

/// How long anything here may take.
pub const PATIENCE: Duration = Duration::from_mins(1);

const PASSWORD: &str = "a long password of a test";

/// The requests that make a post visible, on each network.
pub const COMMITS: [&str; 2] = ["/xrpc/com.atproto.repo.putRecord", "/api/v1/statuses"];

/// The installation.
pub struct Bench {
    pub servers: Embedded,
    pub api: Diwan,
    /// Before Bluesky's PDS and before snac.
    pub proxies: [FaultProxy; 2],
    client: Client,
    token: String,
    calendar: String,
    accounts: Vec<String>,
    settings: Vec<(&'static str, String)>,
    bluesky: (BlueskyServer, BlueskyUser),
    snac: (SnacServer, SnacUser),
    folder: TempDir,
}

pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_diwan"))
}

impl Bench {
    /// Starts everything but a worker, with an account on each network connected by a worker that is gone again.
    pub async fn start() -> Result<Self> {
        let folder = data_folder()?;
        let quiet = |_: &str| {};
        let options = EmbeddedOptions { data_dir: folder.path().join("servers"), durable: true, progress: &quiet };
        let servers = Embedded::start(options).await?;
        let proxies = [FaultProxy::reserve().await?, FaultProxy::reserve().await?];
        let (bluesky, snac) =
            tokio::try_join!(BlueskyServer::start_behind(&proxies[0]), SnacServer::start_behind(&proxies[1]))?;
        let bluesky_user = bluesky.create_account("nour").await?;
        let snac_user = snac.create_user("nour")?;
        let port = free_port()?;
        let hosts: Vec<_> = proxies.iter().map(|proxy| proxy.url.authority().to_owned()).collect();
        let settings = vec![
            ("DATABASE_URL", servers.urls().owner_database_url.clone()),
            ("REDIS_URL", servers.urls().redis_url.clone()),
            ("DIWAN_SECRET_KEY", Keyring::generate()?),
            ("DIWAN_DATA", folder.path().join("data").display().to_string()),
            ("DIWAN_LISTEN", format!("127.0.0.1:{port}")),
            ("DIWAN_ALLOWED_HOSTS", hosts.join(",")),
        ];
        let said = once("migrate", &settings, folder.path()).await?;
        let said = format!("{said}{}", once("admin setup-token", &settings, folder.path()).await?);
        let found = said
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
            .find(|word| word.starts_with("setup_"));
        let setup_token = found.with_context(|| format!("no set-up token in: {said}"))?.to_owned();
        let api = Diwan::start(program(), "api", &settings, folder.path())?;
        let client = Client::new(&format!("http://127.0.0.1:{port}/").parse()?)?;
        let mut bench = Self {
            servers,
            api,
            proxies,
            client,
            token: String::new(),
            calendar: String::new(),
            accounts: Vec::new(),
            settings,
            bluesky: (bluesky, bluesky_user),
            snac: (snac, snac_user),
            folder,
        };
        bench.set_up(&setup_token).await?;
        Ok(bench)
    }

    /// Starts a worker.
    pub fn worker(&self) -> Result<Diwan> {
        Diwan::start(program(), "worker", &self.settings, self.folder.path())
    }

    /// Starts a worker that does one job at a time.
    pub fn slow_worker(&self) -> Result<Diwan> {
        let mut settings = self.settings.clone();
        settings.push(("DIWAN_WORKER_CONCURRENCY", "1".to_owned()));
        Diwan::start(program(), "worker", &settings, self.folder.path())
    }

    async fn set_up(&mut self, setup_token: &str) -> Result<()> {
        self.eventually("the API answers", async |bench| {
            Ok(bench.client.get("/health/ready").await.is_ok_and(|answer| answer.status == 200))
        })
        .await?;
        let input = json!({ "setupToken": setup_token, "agencyName": "Nour Agency", "timeZone": "UTC", "baseCurrency": "EUR",
            "locale": "EN", "name": "Nour", "email": "nour@agency.example", "password": PASSWORD });
        let answer = self.client.mutate("", "setUpAgency", "session { accessToken }", input).await?;
        self.token = answer.text("setUpAgency.session.accessToken")?;
        let made = self
            .mutate("createBrand", "brand { id calendars(first: 1) { nodes { id } } }", json!({ "name": "Bahar" }))
            .await?;
        self.calendar = made.text("createBrand.brand.calendars.nodes.0.id")?;
        let brand = made.text("createBrand.brand.id")?;
        let worker = self.worker()?;
        let (url, user) = (self.proxies[0].url.as_str(), &self.bluesky.1);
        let bluesky =
            json!({ "appPassword": { "service": url, "identifier": user.handle, "password": user.app_password } });
        let mastodon = json!({ "oauth": { "instance": self.proxies[1].url.as_str() } });
        for (network, using) in [("bluesky", bluesky), ("mastodon", mastodon)] {
            let input = json!({ "brandId": brand, "network": network, "using": using });
            let connection = self
                .mutate("connectAccount", "connection { id }", input)
                .await?
                .text("connectAccount.connection.id")?;
            let account = self.connected(&connection).await?;
            self.accounts.push(account);
        }
        stop(worker).await
    }

    async fn connected(&self, connection: &str) -> Result<String> {
        let query = "query($id: ID!) { node(id: $id) { ... on AccountConnection { state authorizationUrl socialAccount { id } error { detail } } } }";
        let deadline = Instant::now() + PATIENCE;
        let mut agreed = false;
        while Instant::now() < deadline {
            let answer = self.client.gql(&self.token, query, json!({ "id": connection })).await?.ok()?;
            let read = answer.get("node");
            match read["state"].as_str() {
                Some("CONNECTED") => return answer.text("node.socialAccount.id"),
                Some("FAILED") => bail!("not connected: {read}"),
                Some("AWAITING_AUTHORIZATION") if !agreed => {
                    let page = answer.text("node.authorizationUrl")?.parse()?;
                    let back = self.snac.0.authorize(&self.snac.1, &page).await?;
                    self.client.get(back.as_str()).await?;
                    agreed = true;
                }
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        bail!("the account was not connected within {PATIENCE:?}")
    }

    async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.client.mutate(&self.token, name, selection, input).await
    }

    /// Schedules a post for both accounts. Answers its id.
    pub async fn schedule(&self, text: &str, ahead: TimeDelta) -> Result<String> {
        let variants: Vec<_> =
            self.accounts.iter().map(|account| json!({ "socialAccountId": account, "text": text })).collect();
        let input = json!({ "calendarId": self.calendar, "title": text, "variants": variants });
        let post = self.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")?;
        let due: chrono::DateTime<Utc> = SystemClock.now() + ahead;
        self.mutate("schedulePost", "post { id }", json!({ "postId": post, "dueAt": due.to_rfc3339() })).await?;
        Ok(post)
    }

    /// What the API says of a post's publications: state and how the attempts ended.
    pub async fn publications(&self, post: &str) -> Result<Vec<(String, String)>> {
        let query = "query($id: ID!) { node(id: $id) { ... on Post { publications { state attempts { outcome } } } } }";
        let answer = self.client.gql(&self.token, query, json!({ "id": post })).await?.ok()?;
        let all = answer.get("node.publications").as_array().context("publications")?;
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let outcomes = |one: &Value| {
            one["attempts"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|attempt| text(&attempt["outcome"]))
                .collect::<Vec<_>>()
                .join(" ")
        };
        Ok(all.iter().map(|one| (text(&one["state"]), outcomes(one))).collect())
    }

    /// Waits until a post is out on both networks. The API may be without its database for a while.
    pub async fn published(&self, post: &str) -> Result<()> {
        let out = async |bench: &Self| {
            let publications = bench.publications(post).await.unwrap_or_default();
            Ok(publications.len() == 2 && publications.iter().all(|(state, _)| state == "PUBLISHED"))
        };
        match self.eventually("published", out).await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("{post}: {:?}", self.publications(post).await))),
        }
    }

    /// How many posts each network has, asked of the servers themselves.
    pub async fn posts(&self) -> Result<[usize; 2]> {
        let bluesky = self.bluesky.0.list_posts(&self.bluesky.1.did).await?.len();
        Ok([bluesky, self.snac.0.list_statuses(&self.snac.1)?.len()])
    }

    /// Spoils the requests that make posts visible, on both networks.
    pub fn spoil(&self, fault: Fault) {
        for (proxy, path) in self.proxies.iter().zip(COMMITS) {
            proxy.set(path, fault);
        }
    }

    /// Lets everything pass again.
    pub fn heal(&self) {
        self.proxies.iter().for_each(FaultProxy::clear);
    }

    /// Waits until both networks have got a request that makes a post visible.
    pub async fn forwarded(&self) -> Result<()> {
        for (proxy, path) in self.proxies.iter().zip(COMMITS) {
            proxy.wait_forwarded(path, 1, PATIENCE).await?;
        }
        Ok(())
    }

    /// Waits until a request that makes a post visible is on its way to each network.
    pub async fn on_the_way(&self) -> Result<()> {
        self.eventually("on the way", async |bench| {
            Ok(bench.proxies.iter().zip(COMMITS).all(|(proxy, path)| proxy.count(path) > 0))
        })
        .await
    }

    /// Lets the time of every lease pass.
    pub async fn let_leases_run_out(&self) -> Result<u64> {
        let owner = connect_owner(&self.servers.urls().owner_database_url).await?;
        let sql = "update job set lease_expires_at = now() - interval '1 second' where state = 'RUNNING'";
        let changed = owner.execute_unprepared(sql).await?.rows_affected();
        owner.close().await?;
        Ok(changed)
    }

    /// Lets so much time pass that the networks must have dealt with every request that has left.
    pub async fn let_requests_settle(&self) -> Result<()> {
        let owner = connect_owner(&self.servers.urls().owner_database_url).await?;
        let sql = "update publication_attempt set started_at = started_at - interval '5 minutes',
              sending_at = sending_at - interval '5 minutes' where outcome is null;
            update job set due_at = now() where kind = 'publish' and state = 'PENDING'";
        owner.execute_unprepared(sql).await?;
        Ok(owner.close().await?)
    }

    /// How many jobs are in this state.
    pub async fn jobs(&self, state: &str) -> Result<i64> {
        let owner = connect_owner(&self.servers.urls().owner_database_url).await?;
        let count =
            scalar(&owner, "select count(*) from job where state = $1 and kind = 'publish'", [state.into()]).await?;
        owner.close().await?;
        Ok(count)
    }

    /// Says `FLUSHALL` to Redis.
    pub async fn flush_redis(&self) -> Result<()> {
        let path = self.servers.urls().redis_url.strip_prefix("redis+unix://").context("a socket")?;
        let mut redis = UnixStream::connect(path).await?;
        redis.write_all(b"FLUSHALL\r\n").await?;
        let mut answer = [0; 5];
        redis.read_exact(&mut answer).await?;
        ensure!(&answer == b"+OK\r\n", "Redis answered {answer:?}");
        Ok(())
    }

    /// Waits until something is so.
    pub async fn eventually(&self, what: &str, so: impl AsyncFn(&Self) -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !so(self).await? {
            ensure!(Instant::now() < deadline, "not {what} within {PATIENCE:?}; the API says:\n{}", self.api.log()?);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

/// Runs a command to its end. Answers what it printed.
pub async fn once(command: &str, settings: &[(&str, String)], folder: &Path) -> Result<String> {
    let mut diwan = Diwan::start(program(), command, settings, folder)?;
    let status = diwan.ended(PATIENCE).await?;
    ensure!(status.success(), "diwan {command} ended with {status}: {}", diwan.log()?);
    diwan.output()
}

/// Tells a process to stop, and expects that it does so cleanly.
pub async fn stop(mut diwan: Diwan) -> Result<()> {
    diwan.terminate()?;
    let status = diwan.ended(Duration::from_secs(30)).await?;
    ensure!(status.success(), "it ended with {status}:\n{}", diwan.log()?);
    Ok(())
}
