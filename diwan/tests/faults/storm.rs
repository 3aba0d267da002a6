//! An installation of processes whose network is the emulator in this process: what became visible is counted in the network's own
//! ledger.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use diwan_emulator::{Effect, EffectKind, Emulator, EmulatorOptions};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::crypto::Keyring;
use diwan_platform::db::{connect_owner, scalar};
use diwan_platform::embedded::{Embedded, EmbeddedOptions};
use diwan_platform::http::HttpClient;
use diwan_testkit::client::{Answer, Client, Value, json};
use diwan_testkit::load;
use diwan_testkit::process::{Diwan, Frozen, TempDir, data_folder, end_postgres_at_once, free_port};
use diwan_testkit::servers::http_client;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::bench::{once, program};

/// The network, and the request of it that makes a post visible.
pub const NETWORK: &str = "x";
pub const COMMIT: &str = "api.x.com/2/tweets";

/// How long setting up may take.
const PATIENCE: Duration = Duration::from_mins(2);

const EMAIL: &str = "nour@agency.example";
const PASSWORD: &str = "a long password of a test";

/// The installation.
pub struct Storm {
    pub servers: Embedded,
    pub emulator: Emulator,
    pub owner: DatabaseConnection,
    /// None while it is killed.
    api: Option<Diwan>,
    client: Client,
    /// What a person's browser asks of the network.
    browser: HttpClient,
    /// An access token, and since when.
    token: Mutex<(String, Instant)>,
    brand: String,
    calendar: String,
    /// The accounts by the number in their names.
    accounts: Vec<String>,
    settings: Vec<(&'static str, String)>,
    folder: TempDir,
}

/// What became of publications, by the network's ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub publications: usize,
    pub lost: usize,
    pub doubled: usize,
    pub early: usize,
    /// The latest, in milliseconds after its time.
    pub latest: i64,
}

impl Count {
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            publications: self.publications + other.publications,
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            early: self.early + other.early,
            latest: self.latest.max(other.latest),
        }
    }
}

impl Storm {
    /// Starts everything but a worker, with so many accounts connected by a worker that is gone again.
    pub async fn start(accounts: usize) -> Result<Self> {
        let folder = data_folder()?;
        let quiet = |_: &str| {};
        let options = EmbeddedOptions { data_dir: folder.path().join("servers"), durable: true, progress: &quiet };
        let servers = Embedded::start(options).await?;
        let emulator = Emulator::start(EmulatorOptions::default())?;
        let port = free_port()?;
        let settings = vec![
            ("DATABASE_URL", servers.urls().owner_database_url.clone()),
            ("REDIS_URL", servers.urls().redis_url.clone()),
            ("DIWAN_SECRET_KEY", Keyring::generate()?),
            ("DIWAN_DATA", folder.path().join("data").display().to_string()),
            ("DIWAN_LISTEN", format!("127.0.0.1:{port}")),
            ("DIWAN_STAND_IN", emulator.url().to_string()),
            ("DIWAN_X_CLIENT_ID", "emulator".to_owned()),
            ("DIWAN_X_CLIENT_SECRET", "emulator-secret".to_owned()),
        ];
        let said = once("migrate", &settings, folder.path()).await?;
        let said = format!("{said}{}", once("admin setup-token", &settings, folder.path()).await?);
        let found = said
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
            .find(|word| word.starts_with("setup_"));
        let setup_token = found.with_context(|| format!("no set-up token in: {said}"))?.to_owned();
        let api = Some(Diwan::start(program(), "api", &settings, folder.path())?);
        let client = Client::new(&format!("http://127.0.0.1:{port}/").parse()?)?;
        let owner = connect_owner(&servers.urls().owner_database_url).await?;
        let browser = http_client([emulator.url()])?;
        let mut storm = Self {
            servers,
            emulator,
            owner,
            api,
            client,
            browser,
            token: Mutex::new((String::new(), Instant::now())),
            brand: String::new(),
            calendar: String::new(),
            accounts: Vec::new(),
            settings,
            folder,
        };
        storm.set_up(&setup_token, accounts).await?;
        Ok(storm)
    }

    /// Starts a worker, with these settings besides.
    pub fn worker(&self, besides: &[(&'static str, &str)]) -> Result<Diwan> {
        let mut settings = self.settings.clone();
        settings.extend(besides.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Diwan::start(program(), "worker", &settings, self.folder.path())
    }

    /// Ends the API in the middle of whatever it does.
    pub fn kill_api(&mut self) -> Result<()> {
        self.api.take().map_or(Ok(()), Diwan::kill)
    }

    /// Starts the API where it was, and waits until it answers.
    pub async fn start_api(&mut self) -> Result<()> {
        self.api = Some(Diwan::start(program(), "api", &self.settings, self.folder.path())?);
        self.api_answers().await
    }

    async fn api_answers(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.client.get("/health/ready").await.is_ok_and(|answer| answer.status == 200) {
            let log = self.api.as_ref().map(Diwan::log).transpose()?.unwrap_or_default();
            ensure!(Instant::now() < deadline, "the API does not answer: {log}");
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn set_up(&mut self, setup_token: &str, accounts: usize) -> Result<()> {
        self.api_answers().await?;
        let input = json!({ "setupToken": setup_token, "agencyName": "Nour Agency", "timeZone": "UTC", "baseCurrency": "EUR",
            "locale": "EN", "name": "Nour", "email": EMAIL, "password": PASSWORD });
        let answer = self.client.mutate("", "setUpAgency", "session { accessToken }", input).await?;
        *self.token.get_mut() = (answer.text("setUpAgency.session.accessToken")?, Instant::now());
        let selection = "brand { id calendars(first: 1) { nodes { id } } }";
        let made = self.mutate("createBrand", selection, json!({ "name": "Bahar" })).await?;
        self.calendar = made.text("createBrand.brand.calendars.nodes.0.id")?;
        self.brand = made.text("createBrand.brand.id")?;
        let mut worker = self.worker(&[])?;
        for number in 0..accounts {
            let account = self.connect(&format!("studio{number}")).await?;
            self.accounts.push(account);
        }
        worker.terminate()?;
        ensure!(worker.ended(Duration::from_secs(30)).await?.success(), "the worker ended badly");
        Ok(())
    }

    /// Connects an account, or connects it again. Answers its id.
    pub async fn connect(&self, person: &str) -> Result<String> {
        let input = json!({ "brandId": self.brand, "network": NETWORK, "using": { "oauth": {} } });
        let connection = self.mutate("connectAccount", "connection { id }", input).await?;
        let connection = connection.text("connectAccount.connection.id")?;
        let query = "query($id: ID!) { node(id: $id) { ... on AccountConnection {
            state authorizationUrl socialAccount { id } error { kind } } } }";
        let deadline = Instant::now() + PATIENCE;
        let mut agreed = false;
        loop {
            let answer = self.client.gql(&self.token().await?, query, json!({ "id": connection })).await?.ok()?;
            match answer.get("node")["state"].as_str() {
                Some("CONNECTED") => return answer.text("node.socialAccount.id"),
                Some("AWAITING_AUTHORIZATION") if !agreed => {
                    let mut page: Url = answer.text("node.authorizationUrl")?.parse()?;
                    page.query_pairs_mut().append_pair("emulator_account", person);
                    let back = self.browser.get(page).send().await?;
                    let back = back.header("location").context("nobody was sent back")?.to_owned();
                    self.client.get(&back).await?;
                    agreed = true;
                }
                _ => sleep(Duration::from_millis(20)).await,
            }
            ensure!(Instant::now() < deadline, "not connected: {}", answer.get("node"));
        }
    }

    /// Runs a mutation as the CMO.
    pub async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.client.mutate(&self.token().await?, name, selection, input).await
    }

    /// The CMO's access token. It lasts for some minutes; then they sign in again.
    async fn token(&self) -> Result<String> {
        let mut kept = self.token.lock().await;
        if kept.1.elapsed() > Duration::from_mins(4) {
            let input = json!({ "email": EMAIL, "password": PASSWORD });
            let answer = self.client.mutate("", "signIn", "session { accessToken }", input).await?;
            *kept = (answer.text("signIn.session.accessToken")?, Instant::now());
        }
        Ok(kept.0.clone())
    }

    /// What sends a mutation under an idempotency key, also while the API changes.
    pub async fn sending(
        &self,
        key: &str,
        query: &str,
        input: &Value,
    ) -> Result<impl Future<Output = Result<Answer>> + Send + use<>> {
        let (client, token) = (self.client.clone(), self.token().await?);
        let (key, query, variables) = (key.to_owned(), query.to_owned(), json!({ "input": input }));
        Ok(async move { client.gql_with_key(&token, &key, &query, variables).await })
    }

    /// Writes a post for one account by way of the API. Answers its id.
    pub async fn write(&self, text: &str, account: usize) -> Result<String> {
        let variants = json!([{ "socialAccountId": self.accounts[account], "text": text }]);
        let input = json!({ "calendarId": self.calendar, "title": text, "variants": variants });
        self.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")
    }

    /// The input that schedules a post.
    pub fn dated(post: &str, ahead: TimeDelta) -> Value {
        json!({ "postId": post, "dueAt": (SystemClock.now() + ahead).to_rfc3339() })
    }

    /// Writes and schedules a post for one account by way of the API. Answers its id.
    pub async fn schedule(&self, text: &str, account: usize, ahead: TimeDelta) -> Result<String> {
        let post = self.write(text, account).await?;
        self.mutate("schedulePost", "post { id }", Self::dated(&post, ahead)).await?;
        Ok(post)
    }

    /// Plans publications on all accounts in turns. Answers when the first is due.
    pub async fn plan(&self, name: &str, count: usize, ahead: TimeDelta, step: TimeDelta) -> Result<DateTime<Utc>> {
        let begin = SystemClock.now() + ahead;
        self.owner.execute_unprepared(&load::publications(NETWORK, name, count, begin, step)).await?;
        Ok(begin)
    }

    /// How many rows this asks for: `select count(*) ...`.
    pub async fn ask(&self, sql: &str) -> Result<usize> {
        let count: i64 = scalar(&self.owner, sql, []).await?;
        Ok(usize::try_from(count)?)
    }

    /// Waits until something is so. Where it does not come, the error says what work there was.
    pub async fn until(&self, what: &str, at_most: Duration, so: impl AsyncFn(&Self) -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + at_most;
        while !so(self).await? {
            if Instant::now() >= deadline {
                anyhow::bail!("not {what} within {at_most:?}; the jobs:\n{}", self.jobs().await);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// How many jobs of each kind are in each state, when the first of them is due, and what went wrong last.
    async fn jobs(&self) -> String {
        let sql = "select coalesce(string_agg(concat_ws(' ', kind, state || ':', n, 'first due', due_at, 'failures', failures, errors), E'\\n'
               order by kind, state), 'none')
             from (select kind, state, count(*) as n, min(due_at) as due_at, max(failures) as failures,
                 string_agg(distinct left(last_error, 300), ' | ') as errors from job group by kind, state) j";
        scalar(&self.owner, sql, []).await.unwrap_or_else(|error| format!("unknown: {error}"))
    }

    /// Lets the time of every lease, of what was handed over and of every request that is under way pass, while no worker runs.
    pub async fn let_time_pass(&self) -> Result<()> {
        let sql = "update job set handed_at = handed_at - interval '1 minute' where state = 'HANDED';
            update job set lease_expires_at = now() - interval '1 second' where state = 'RUNNING';
            update publication_attempt set started_at = started_at - interval '5 minutes',
              sending_at = sending_at - interval '5 minutes' where outcome is null;
            update job j set due_at = now() from publication p where j.kind = 'publish' and j.state = 'PENDING'
              and j.due_at > now() and p.id = j.subject_id and p.due_at <= now()";
        self.owner.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Lets the quarter of an hour pass over which a network counts what an account publishes.
    pub async fn rest(&self) -> Result<()> {
        self.owner.execute_unprepared("update social_account set paced_at = '{}'").await?;
        Ok(())
    }

    /// Says something to Redis, and answers what it says.
    pub async fn redis(&self, command: &str) -> Result<String> {
        let path = self.servers.urls().redis_url.strip_prefix("redis+unix://").context("a socket")?;
        let mut redis = UnixStream::connect(path).await?;
        redis.write_all(format!("{command}\r\n").as_bytes()).await?;
        let mut answer = vec![0; 64 * 1024];
        let length = redis.read(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }

    /// Puts Redis to sleep.
    pub async fn freeze_redis(&self) -> Result<Frozen> {
        let said = self.redis("INFO server").await?;
        let process = said.lines().find_map(|line| line.strip_prefix("process_id:")).context("its process")?;
        Frozen::new(process.trim().parse()?)
    }

    /// Ends PostgreSQL at once, as a crash would, and starts it again.
    pub async fn crash_postgres(&mut self) -> Result<()> {
        let file = self.servers.servers_dir().join("postgres").join("postmaster.pid");
        let process = std::fs::read_to_string(file)?.lines().next().context("its process")?.trim().parse()?;
        end_postgres_at_once(process)?;
        self.servers.stop_postgres().await?;
        Ok(self.servers.start_postgres().await?)
    }

    /// How many publications of this name are in one of these states.
    pub async fn in_states(&self, name: &str, states: &str) -> Result<usize> {
        let sql = format!(
            "select count(*) from publication p join post on post.id = p.post_id
             where post.title = '{name}' and p.state in ({states})"
        );
        let count: i64 = scalar(&self.owner, &sql, []).await?;
        Ok(usize::try_from(count)?)
    }

    /// Waits until all of them are published, and answers what the network's ledger says. `at_most` counts from now.
    pub async fn published(&self, name: &str, count: usize, at_most: Duration) -> Result<Count> {
        let deadline = Instant::now() + at_most;
        loop {
            // The database may be on its way back.
            let there = self.in_states(name, "'PUBLISHED'").await.unwrap_or(0);
            if there >= count {
                break;
            }
            if Instant::now() >= deadline {
                let sql = format!(
                    "select coalesce(string_agg(distinct p.state || ' ' || coalesce(p.trouble_detail, ''), E'\\n'), '') from publication p
                     join post on post.id = p.post_id where post.title = '{name}' and p.state <> 'PUBLISHED'"
                );
                let rest: String = scalar(&self.owner, &sql, []).await?;
                anyhow::bail!("{there} of {count} published within {at_most:?}; the others: {rest}");
            }
            sleep(Duration::from_millis(50)).await;
        }
        self.count(name).await
    }

    /// How many accounts there are.
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// What the network has of this name, in the order in which it came.
    pub fn effects(&self, name: &str) -> Vec<Effect> {
        let mut effects = self.emulator.world().effects();
        let numbered = format!("{name} ");
        effects.retain(|effect| {
            effect.kind == EffectKind::Post && (effect.text == name || effect.text.starts_with(&numbered))
        });
        effects
    }

    /// What the network's ledger says of the publications of this name.
    pub async fn count(&self, name: &str) -> Result<Count> {
        let sql = format!(
            "select coalesce(string_agg(v.text || '|' || (extract(epoch from p.due_at) * 1000)::bigint, E'\\n'), '')
             from publication p join post_variant v on v.id = p.variant_id join post on post.id = p.post_id
             where post.title = '{name}'"
        );
        let list: String = scalar(&self.owner, &sql, []).await?;
        let mut seen: HashMap<String, Vec<i64>> = HashMap::new();
        for effect in self.emulator.world().effects().into_iter().filter(|effect| effect.kind == EffectKind::Post) {
            seen.entry(effect.text).or_default().push(effect.at.timestamp_millis());
        }
        let mut count = Count { publications: 0, lost: 0, doubled: 0, early: 0, latest: 0 };
        for line in list.lines() {
            let (text, due) = line.split_once('|').context("a text and a time")?;
            let due: i64 = due.parse()?;
            count.publications += 1;
            match seen.get(text).map(Vec::as_slice) {
                None | Some([]) => count.lost += 1,
                Some(times) => {
                    count.doubled += times.len() - 1;
                    count.early += usize::from(times[0] < due);
                    count.latest = count.latest.max(times[0] - due);
                }
            }
        }
        Ok(count)
    }
}
