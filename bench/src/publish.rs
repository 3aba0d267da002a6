//! Publications through two workers to the emulated network, counted there: at an even pace over many accounts, and many due in one
//! instant. Everything shares this machine: PostgreSQL, Redis, the workers and the network.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::TimeDelta;
use diwan_domain::publishing::{ConnectInput, accept_authorization, connect_account};
use diwan_emulator::{EffectKind, Emulator, EmulatorOptions};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::apps::{App, Apps};
use diwan_platform::ids;
use diwan_platform::kept::KeptFor;
use diwan_testkit::{Person, Settings, TestServices, load};
use diwan_worker::WorkerOptions;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Accounts, all of one network, and the brands that they belong to.
const ACCOUNTS: usize = 200;
const BRANDS: usize = 20;
const NETWORK: &str = "x";
/// The even pace: so many in a minute, for so many minutes.
const PER_MINUTE: usize = 300;
const MINUTES: usize = 2;
/// Due in one instant.
const AT_ONCE: usize = 10_000;
/// Workers, and how many jobs each does at a time.
const WORKERS: usize = 2;
const CONCURRENCY: usize = 32;

/// Measures both.
pub(crate) async fn run() -> Result<()> {
    let emulator = Emulator::start(EmulatorOptions::default())?;
    let app = App { client_id: "emulator".to_owned(), client_secret: "emulator-secret".to_owned() };
    let settings = Settings { apps: Apps::all(&app), stand_in: Some(emulator.url().clone()), ..Settings::default() };
    let test = TestServices::with(settings).await?;
    connect(&test).await?;
    let stop = CancellationToken::new();
    let mut workers = Vec::new();
    for number in 0..WORKERS {
        let options = WorkerOptions {
            redis_url: diwan_testkit::db::redis_url()?,
            redis_prefix: format!("bench-{}", ids::new_id(test.services.now()).simple()),
            concurrency: CONCURRENCY,
            anchors: std::env::temp_dir().join(format!("diwan-bench-{number}")),
            kept: KeptFor::default(),
        };
        workers.push(tokio::spawn(diwan_worker::run(Arc::clone(&test.services), options, stop.clone())));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;

    let begin = test.services.now() + TimeDelta::seconds(5);
    let step = TimeDelta::milliseconds(60_000 / i64::try_from(PER_MINUTE)?);
    let paced = PER_MINUTE * MINUTES;
    test.db.run(&load::publications(NETWORK, "paced", paced, begin, step)).await?;
    let paced_for = Duration::from_secs(60 * MINUTES as u64 + 30);
    report("at an even pace", &test, &emulator, ("paced", paced), paced_for).await?;

    let begin = test.services.now() + TimeDelta::seconds(30);
    test.db.run(&load::publications(NETWORK, "at once", AT_ONCE, begin, TimeDelta::zero())).await?;
    ensure!(test.services.now() < begin, "building took longer than planned");
    report("due in one instant", &test, &emulator, ("at once", AT_ONCE), Duration::from_mins(5)).await?;

    stop.cancel();
    for worker in workers {
        worker.await??;
    }
    Ok(())
}

/// Connects the accounts as people would: they agree at the network, and come back with a code.
async fn connect(test: &TestServices) -> Result<()> {
    for number in 0..BRANDS {
        let brand = test.brand(&format!("Brand {number}")).await?;
        let person: Person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let context = test.act(&person).await?;
        for _ in 0..ACCOUNTS / BRANDS {
            connect_account(&context, brand, NETWORK, ConnectInput::OAuth { instance: None }).await?;
        }
        context.commit().await?;
        test.run_jobs().await?;
        let sql = format!(
            "select string_agg(authorization_url, ' ') from account_connection
             where brand_id = '{brand}' and state = 'AWAITING_AUTHORIZATION'"
        );
        let pages: String = test.db.value(&sql).await?;
        for (place, page) in pages.split(' ').enumerate() {
            let mut page: Url = page.parse()?;
            page.query_pairs_mut().append_pair("emulator_account", &format!("studio{number}x{place}"));
            let answer = test.services.http.get(page).send().await?;
            let back: Url = answer.header("location").context("nobody was sent back")?.parse()?;
            let parameter =
                |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            let state = parameter("state").context("no state")?;
            accept_authorization(&test.services, &state, parameter("code").as_deref()).await?;
        }
        test.run_jobs().await?;
    }
    let connected: i64 = test.db.value("select count(*) from social_account where state = 'CONNECTED'").await?;
    ensure!(usize::try_from(connected)? == ACCOUNTS, "{connected} of {ACCOUNTS} accounts were connected");
    Ok(())
}

/// Waits until they are on the network and says how late they were.
async fn report(
    what: &str,
    test: &TestServices,
    emulator: &Emulator,
    (name, count): (&str, usize),
    at_most: Duration,
) -> Result<()> {
    let deadline = tokio::time::Instant::now() + at_most;
    loop {
        let sql = format!(
            "select count(*) from publication p join post on post.id = p.post_id
             where post.title = '{name}' and p.state in ('PUBLISHED', 'FAILED', 'NEEDS_ATTENTION', 'MISSED')"
        );
        let over: i64 = test.db.value(&sql).await?;
        if usize::try_from(over)? >= count {
            break;
        }
        ensure!(tokio::time::Instant::now() < deadline, "{over} of {count} are over after {at_most:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // More of them than publications: so many began only to find that they have to wait.
    let begun = format!(
        "select sum(j.fence)::bigint from job j join publication p on p.id = j.subject_id join post on post.id = p.post_id
         where j.kind = 'publish' and post.title = '{name}'"
    );
    let jobs_begun: i64 = test.db.value(&begun).await?;
    // In a worker's line since it took the account's line, where it then began the job itself, or since it began it: the database drops that
    // moment where the job goes through the queue after all or another worker begins it.
    let list: String = test
        .db
        .value(&format!(
            "select string_agg(v.text || '|' || p.social_account_id || '|' || (extract(epoch from p.due_at) * 1000)::bigint || '|' ||
               (extract(epoch from coalesce(least(j.lined_at, t.started_at), now())) * 1000)::bigint || '|' ||
               (extract(epoch from coalesce(t.started_at, now())) * 1000)::bigint, E'\\n')
             from publication p join post_variant v on v.id = p.variant_id join post on post.id = p.post_id
             join job j on j.subject_id = p.id and j.kind = 'publish'
             left join publication_attempt t on t.publication_id = p.id and t.number = 1 where post.title = '{name}'"
        ))
        .await?;
    let mut seen: HashMap<String, Vec<i64>> = HashMap::new();
    for effect in emulator.world().effects() {
        if effect.kind == EffectKind::Post {
            seen.entry(effect.text).or_default().push(effect.at.timestamp_millis());
        }
    }
    let (mut sent, mut lined, mut begun, mut doubled, mut lost, mut early) =
        (Vec::new(), Vec::new(), Vec::new(), 0, 0, 0);
    let mut first: HashMap<&str, i64> = HashMap::new();
    for line in list.lines() {
        let parts: Vec<&str> = line.split('|').collect();
        let [text, account, due, taken, started] = parts[..] else { bail!("not five parts: {line}") };
        let due: i64 = due.parse()?;
        lined.push(taken.parse::<i64>()? - due);
        let started = started.parse::<i64>()? - due;
        begun.push(started);
        first.entry(account).and_modify(|first| *first = started.min(*first)).or_insert(started);
        match seen.get(text).map(Vec::as_slice) {
            None | Some([]) => lost += 1,
            Some(times) => {
                doubled += times.len() - 1;
                early += usize::from(times[0] < due);
                sent.push(times[0] - due);
            }
        }
    }
    println!("{what}: {count} publications on {ACCOUNTS} accounts, {WORKERS} workers; times are after the due time");
    println!("  lost {lost}, doubled {doubled}, early {early}, jobs begun {jobs_begun}");
    println!("  in the line of the worker that sent it, ms: {}", percentiles(&mut lined));
    println!(
        "  first of its account begun, ms:             {}",
        percentiles(&mut first.into_values().collect::<Vec<_>>())
    );
    println!("  begun by its own job, ms:                   {}", percentiles(&mut begun));
    println!("  on the network, ms:                         {}", percentiles(&mut sent));
    ensure!(lost == 0 && doubled == 0 && early == 0, "not each exactly once, and none early");
    Ok(())
}

fn percentiles(times: &mut [i64]) -> String {
    times.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in a list"
        )]
        let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    };
    format!("50 % {}, 95 % {}, 99 % {}, all {}", at(0.5), at(0.95), at(0.99), at(1.0))
}
