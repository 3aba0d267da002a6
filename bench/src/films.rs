//! Twenty films of 500 MiB published at the same time, with an eye on the memory of the worker's process.
//!
//! The emulated networks run in a process of their own and measure what comes without keeping it. This process holds the worker and what
//! has prepared the work. What counts is its largest resident set while the films are on their way.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diwan_domain::Timing;
use diwan_domain::media::file_key;
use diwan_domain::publishing::{ConnectInput, accept_authorization, connect_account};
use diwan_emulator::{Emulator, EmulatorOptions};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::apps::{App, Apps};
use diwan_platform::http::{HttpClient, HttpPolicy, StandIn};
use diwan_platform::ids;
use diwan_platform::kept::KeptFor;
use diwan_testkit::{Person, Settings, TestServices, films};
use diwan_worker::WorkerOptions;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::memory::memory;

/// How many films, each on an account of its own, on these networks in turns: parts of 5 MB, and pieces of 8 MiB.
const FILMS: usize = 20;
const NETWORKS: [&str; 2] = ["x", "youtube"];
/// The size of each, in bytes, and how long it runs.
const BYTES: u32 = 500 * 1024 * 1024;
const LENGTH_MS: u32 = 600_000;
/// The most that the process may hold, in MiB: 200 MB.
const MOST: u64 = 190;
/// How many jobs the worker does at a time: the product's default.
const CONCURRENCY: usize = 32;
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_mins(20);

/// The emulated networks, until standard input ends; for [`Networks`].
pub(crate) async fn stand_in() -> Result<()> {
    let emulator = Emulator::start(EmulatorOptions::default())?;
    println!("{}", emulator.url());
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    Ok(())
}

/// The emulated networks in a process of their own. They end with this.
struct Networks {
    url: Url,
    _process: Child,
}

impl Networks {
    async fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("stand-in").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let mut said = String::new();
        BufReader::new(process.stdout.take().context("its output is piped")?).read_line(&mut said).await?;
        Ok(Self { url: said.trim().parse().context("an address")?, _process: process })
    }

    /// How many posts with a film of this size are in the ledger.
    async fn films(&self, http: &HttpClient) -> Result<usize> {
        let ledger = http.get(self.url.join("_emulator/ledger")?).send().await?;
        let ledger: Value = ledger.json()?;
        let effects = ledger["effects"].as_array().context("a ledger")?;
        let whole = |effect: &&Value| effect["media"][0]["size"] == BYTES && effect["kind"] == "post";
        Ok(effects.iter().filter(whole).count())
    }
}

/// Measures, and holds the figure against what was promised.
pub(crate) async fn run() -> Result<()> {
    let networks = Networks::start().await?;
    let app = App { client_id: "emulator".to_owned(), client_secret: "emulator-secret".to_owned() };
    let settings = Settings { apps: Apps::all(&app), stand_in: Some(networks.url.clone()), ..Settings::default() };
    let mut test = TestServices::with(settings).await?;
    // Production's times and limits, not those of tests.
    let services = Arc::get_mut(&mut test.services).context("the services are in use")?;
    services.timing = Timing::default();
    let stand_in = StandIn { at: networks.url.clone(), hosts: diwan_networks::hosts() };
    services.http = HttpClient::new(HttpPolicy { stand_in: Some(stand_in), ..HttpPolicy::default() })?;
    let test = test;
    let brand = test.brand("Alpha").await?;
    let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
    let mut accounts = Vec::new();
    for number in 0..FILMS {
        accounts.push(connect(&test, brand, &person, (NETWORKS[number % NETWORKS.len()], number)).await?);
    }
    for (number, account) in accounts.into_iter().enumerate() {
        plan(&test, brand, &person, (account, number)).await?;
    }

    std::fs::write("/proc/self/clear_refs", "5").context("the largest resident set cannot be set back")?;
    let before = memory("VmHWM")?;
    let stop = CancellationToken::new();
    let options = WorkerOptions {
        redis_url: diwan_testkit::db::redis_url()?,
        redis_prefix: format!("bench-{}", ids::new_id(test.services.now()).simple()),
        concurrency: CONCURRENCY,
        anchors: std::env::temp_dir().join("diwan-bench-films"),
        kept: KeptFor::default(),
    };
    let worker = tokio::spawn(diwan_worker::run(Arc::clone(&test.services), options, stop.clone()));
    let began = Instant::now();
    while test.db.value::<i64>("select count(*) from publication where state = 'PUBLISHED'").await?
        < i64::try_from(FILMS)?
    {
        let story = "select string_agg(state || ' ' || coalesce(trouble_detail, ''), '; ') from publication";
        let over = "select count(*) from publication where state in ('FAILED', 'NEEDS_ATTENTION', 'MISSED')";
        let late = began.elapsed() > PATIENCE || test.db.value::<i64>(over).await? > 0;
        ensure!(!late, "not published: {}", test.db.value::<String>(story).await?);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (seconds, peak) = (began.elapsed().as_secs_f64(), memory("VmHWM")?);
    stop.cancel();
    worker.await??;
    let there = networks.films(&test.services.http).await?;
    println!(
        "{FILMS} films of {} MiB in {seconds:.0} s; the worker's process had {before} MiB and held {peak} MiB at most",
        BYTES >> 20
    );
    ensure!(there == FILMS, "{there} of {FILMS} films are on the networks, whole");
    ensure!(peak <= MOST, "the worker's process held {peak} MiB, more than {MOST}");
    println!("kept: at most {MOST} MiB");
    Ok(())
}

/// Connects an account as a person would, who agrees at the network. Answers its id.
async fn connect(test: &TestServices, brand: Uuid, person: &Person, (network, number): (&str, usize)) -> Result<Uuid> {
    let context = test.act(person).await?;
    let connection = connect_account(&context, brand, network, ConnectInput::OAuth { instance: None }).await?;
    context.commit().await?;
    test.run_jobs().await?;
    let of = |column: &str| format!("select {column} from account_connection where id = '{}'", connection.id);
    let mut page: Url = test.db.value::<String>(&of("authorization_url")).await?.parse()?;
    page.query_pairs_mut().append_pair("emulator_account", &format!("studio{number}"));
    let answer = test.services.http.get(page).send().await?;
    let back: Url = answer.header("location").context("nobody was sent back")?.parse()?;
    let parameter = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let state = parameter("state").context("no state")?;
    accept_authorization(&test.services, &state, parameter("code").as_deref()).await?;
    test.run_jobs().await?;
    test.db.value(&of("social_account_id")).await.context("the account was not connected")
}

/// A film in the library, and a publication of it that is due now.
async fn plan(test: &TestServices, brand: Uuid, person: &Person, (account, number): (Uuid, usize)) -> Result<()> {
    let now = test.services.now();
    let (file, asset) = (ids::new_id(now), ids::new_id(now));
    let aside = std::env::temp_dir().join(format!("diwan-bench-{}", file.simple()));
    films::sparse(&aside, (1280, 720), LENGTH_MS, BYTES)?;
    test.services.storage.put_file(file_key(brand, file), &aside).await?;
    // The store has a name of its own for it now, or has taken this one.
    if aside.exists() {
        std::fs::remove_file(&aside)?;
    }
    let (post, variant) = test.post(brand, account, &format!("Film {number}"), person).await?;
    let user = person.id;
    test.db
        .run(&format!(
            "insert into media_file (id, brand_id, sha256, byte_size, state, renditions_at, created_at)
               values ('{file}', '{brand}', sha256('film {number}'), {BYTES}, 'READY', now(), now());
             insert into asset (id, brand_id, file_name, alt_text, state, mime_type, byte_size, width, height, duration_ms, sha256,
                 file_id, licence, uploaded_by, created_at, updated_at)
               values ('{asset}', '{brand}', 'film.mp4', '', 'READY', 'video/mp4', {BYTES}, 1280, 720, {LENGTH_MS},
                 sha256('film {number}'), '{file}', 'OWNED', '{user}', now(), now());
             insert into variant_asset values ('{brand}', '{variant}', 0, '{asset}');
             update post_variant v set options = '{{\"title\": \"A film\", \"made_for_kids\": \"false\"}}'
               from social_account a where v.id = '{variant}' and a.id = v.social_account_id and a.network = 'youtube'"
        ))
        .await?;
    test.publication(brand, post, now + TimeDelta::seconds(1)).await?;
    Ok(())
}
