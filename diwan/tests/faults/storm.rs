//! An installation of processes whose network is the emulator in this process: what became visible is counted in the network's own
//! ledger.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use diwan_emulator::{EffectKind, Emulator, EmulatorOptions};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::crypto::Keyring;
use diwan_platform::db::{connect_owner, scalar};
use diwan_platform::embedded::{Embedded, EmbeddedOptions};
use diwan_platform::http::HttpClient;
use diwan_testkit::client::{Answer, Client, Value, json};
use diwan_testkit::load;
use diwan_testkit::process::{Diwan, TempDir, data_folder, free_port};
use diwan_testkit::servers::http_client;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tokio::time::{Instant, sleep};
use url::Url;

use crate::bench::{once, program};

/// The network, and the request of it that makes a post visible.
pub const NETWORK: &str = "x";
pub const COMMIT: &str = "api.x.com/2/tweets";

/// How long setting up may take.
const PATIENCE: Duration = Duration::from_mins(2);

const PASSWORD: &str = "a long password of a test";

/// The installation.
pub struct Storm {
    pub servers: Embedded,
    pub emulator: Emulator,
    pub api: Diwan,
    pub owner: DatabaseConnection,
    client: Client,
    /// What a person's browser asks of the network.
    browser: HttpClient,
    token: String,
    settings: Vec<(&'static str, String)>,
    folder: TempDir,
}

/// What became of publications, by the network's ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub publications: usize,
    pub lost: usize,
    pub doubled: usize,
    pub early: usize,
    /// The latest, in milliseconds after its time.
    pub latest: i64,
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
        let api = Diwan::start(program(), "api", &settings, folder.path())?;
        let client = Client::new(&format!("http://127.0.0.1:{port}/").parse()?)?;
        let owner = connect_owner(&servers.urls().owner_database_url).await?;
        let browser = http_client([emulator.url()])?;
        let mut storm = Self { servers, emulator, api, owner, client, browser, token: String::new(), settings, folder };
        storm.set_up(&setup_token, accounts).await?;
        Ok(storm)
    }

    /// Starts a worker, with these settings besides.
    pub fn worker(&self, besides: &[(&'static str, &str)]) -> Result<Diwan> {
        let mut settings = self.settings.clone();
        settings.extend(besides.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Diwan::start(program(), "worker", &settings, self.folder.path())
    }

    async fn set_up(&mut self, setup_token: &str, accounts: usize) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.client.get("/health/ready").await.is_ok_and(|answer| answer.status == 200) {
            ensure!(Instant::now() < deadline, "the API does not answer: {}", self.api.log()?);
            sleep(Duration::from_millis(50)).await;
        }
        let input = json!({ "setupToken": setup_token, "agencyName": "Nour Agency", "timeZone": "UTC", "baseCurrency": "EUR",
            "locale": "EN", "name": "Nour", "email": "nour@agency.example", "password": PASSWORD });
        let answer = self.client.mutate("", "setUpAgency", "session { accessToken }", input).await?;
        self.token = answer.text("setUpAgency.session.accessToken")?;
        let made = self.mutate("createBrand", "brand { id }", json!({ "name": "Bahar" })).await?;
        let brand = made.text("createBrand.brand.id")?;
        let mut worker = self.worker(&[])?;
        for number in 0..accounts {
            self.connect(&brand, &format!("studio{number}")).await?;
        }
        worker.terminate()?;
        ensure!(worker.ended(Duration::from_secs(30)).await?.success(), "the worker ended badly");
        Ok(())
    }

    async fn connect(&self, brand: &str, person: &str) -> Result<()> {
        let input = json!({ "brandId": brand, "network": NETWORK, "using": { "oauth": {} } });
        let connection = self.mutate("connectAccount", "connection { id }", input).await?;
        let connection = connection.text("connectAccount.connection.id")?;
        let query =
            "query($id: ID!) { node(id: $id) { ... on AccountConnection { state authorizationUrl error { kind } } } }";
        let deadline = Instant::now() + PATIENCE;
        let mut agreed = false;
        loop {
            let answer = self.client.gql(&self.token, query, json!({ "id": connection })).await?.ok()?;
            match answer.get("node")["state"].as_str() {
                Some("CONNECTED") => return Ok(()),
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
        self.client.mutate(&self.token, name, selection, input).await
    }

    /// Plans publications on all accounts in turns. Answers when the first is due.
    pub async fn plan(&self, name: &str, count: usize, ahead: TimeDelta, step: TimeDelta) -> Result<DateTime<Utc>> {
        let begin = SystemClock.now() + ahead;
        self.owner.execute_unprepared(&load::publications(NETWORK, name, count, begin, step)).await?;
        Ok(begin)
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
