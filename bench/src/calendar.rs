//! The calendar month of one brand through the real API, against the rows of the same SQL through `pgbench`.
//!
//! A month of 60 posts, each with two variants and their accounts, its author and its state; 1,000 brands. *Flat*: the time of one
//! request, one after the other, with 10,000, 200,000 and 1,000,000 posts. *Rate*, with 200,000 posts: 16 connections to the API
//! for some seconds, then 16 connections of `pgbench` for as long, in turns. What `pgbench` runs is the statement that the API runs,
//! prepared, as the superuser to whom no policy applies, with no transaction, no session and no rights around it; once more, for
//! comparison, with the transaction and the scope that the API opens.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use diwan_domain::calendar::{ONE_BRAND, month_sql};
use diwan_platform::ids;
use diwan_testkit::TestApp;
use serde_json::{Value, json};
use uuid::Uuid;

/// Brands whose month is looked at, and all brands.
const WATCHED: usize = 50;
const BRANDS: usize = 1000;
/// People with a place in every watched brand, who share the points that one caller may spend.
const PEOPLE: usize = 500;
const POSTS: usize = 60;
const CONNECTIONS: usize = 16;
const ROUNDS: usize = 3;
const TURN: Duration = Duration::from_secs(8);
const SIZES: [usize; 3] = [10_000, 200_000, 1_000_000];
/// The size at which the rate is measured.
const RATED: usize = 200_000;

const QUERY: &str = "query($brand: ID!, $day: NaiveDate!) {
  calendarView(input: { brandIds: [$brand], unit: MONTH, anchor: $day, first: 100 }) {
    days { date posts { id title state dueAt createdBy { id name }
      variants { id text publicationState account { id network handle displayName } } } } } }";

/// Builds the agency, measures, and holds the figures against what was promised.
pub(crate) async fn run() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let tokens = build(&app).await?;
    let bodies = bodies();
    let (mut times, mut statements) = (Vec::new(), Vec::new());
    let mut built = 0;
    for size in SIZES {
        let begun = Instant::now();
        fill(&app, built, size).await?;
        built = size;
        let posts: i64 = app.db.count("post").await?;
        println!("{posts} posts in {BRANDS} brands; built in {:.0} s", begun.elapsed().as_secs_f64());
        statements.push(check(&app, &tokens, &bodies).await?);
        times.push(latency(&app, &tokens, &bodies)?);
        println!(
            "  one request: {:.2} ms (median of 400), {} statements",
            ms(times[times.len() - 1]),
            statements[statements.len() - 1]
        );
        if size == RATED {
            rates(&app, &tokens, &bodies).await?;
        }
    }
    let flat = times
        .iter()
        .max()
        .zip(times.iter().min())
        .map_or(0.0, |(most, least)| most.as_secs_f64() / least.as_secs_f64());
    println!("flat: the slowest size takes {flat:.2} times the fastest");
    ensure!(statements.iter().all(|count| *count == statements[0]), "the number of statements grows: {statements:?}");
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn brand(number: usize) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + u128::try_from(number).unwrap_or_default())
}

/// The SQL of a brand's id by its number.
const BRAND: &str = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";

/// A request for the month of each watched brand.
fn bodies() -> Vec<String> {
    (0..WATCHED)
        .map(|number| {
            let variables = json!({ "brand": ids::encode("brand", brand(number)), "day": "2026-11-10" });
            json!({ "query": QUERY, "variables": variables }).to_string()
        })
        .collect()
}

/// Agency, brands, accounts and people. Answers their tokens.
async fn build(app: &TestApp) -> Result<Vec<String>> {
    let agency = app.agency().await?;
    let by = app.chief().await?.id;
    app.db
        .run(&format!(
            "insert into brand (id, agency_id, name, time_zone, locale, created_at)
               select {BRAND}, '{agency}', 'Brand ' || n, 'Europe/Athens', 'en', now() from generate_series(0, {BRANDS} - 1) n;
             insert into calendar (id, brand_id, name, created_at) select gen_random_uuid(), id, 'Content', now() from brand;
             insert into social_account (id, brand_id, network, base_url, remote_id, handle, display_name, state, limits, connected_by,
                 connected_at)
               select gen_random_uuid(), id, network, 'https://network.example', name, 'nour', 'Nour', 'DISCONNECTED', '{{}}', '{by}', now()
               from brand cross join unnest(array['mastodon', 'bluesky']) network;
             insert into app_user (id, agency_id, kind, email, name, locale, created_at, joined_at)
               select gen_random_uuid(), '{agency}', 'STAFF', 'person' || n || '@nour.example', 'Person ' || n, 'en', now(), now()
               from generate_series(1, {PEOPLE}) n;
             insert into membership (id, brand_id, user_id, user_kind, level, starts_at, created_at)
               select gen_random_uuid(), {BRAND}, u.id, 'STAFF', 'MID', now() - interval '1 day', now()
               from app_user u cross join generate_series(0, {WATCHED} - 1) n where u.id <> '{by}';
             insert into session (id, user_id, created_at, last_used_at, expires_at)
               select gen_random_uuid(), u.id, now(), now(), now() + interval '30 days' from app_user u where u.id <> '{by}'"
        ))
        .await?;
    // `fill` tidies up itself; autovacuum would do it once more while it is measured.
    for table in ["post", "post_contributor", "post_variant", "publication"] {
        app.db.run(&format!("alter table {table} set (autovacuum_enabled = off)")).await?;
    }
    fill_month(app).await?;
    issue(app).await
}

/// A fresh token for each of the people: one lives for ten minutes.
async fn issue(app: &TestApp) -> Result<Vec<String>> {
    let list: String =
        app.db.value(&format!("select string_agg(user_id || ' ' || id, ',') from (select user_id, id from session order by id limit {PEOPLE}) s")).await?;
    let now = app.services.now();
    list.split(',')
        .map(|pair| {
            let (user, session) = pair.split_once(' ').context("a pair")?;
            Ok(app.services.tokens.issue(user.parse()?, session.parse()?, now)?)
        })
        .collect()
}

/// The month that is looked at: 60 posts in each watched brand.
async fn fill_month(app: &TestApp) -> Result<()> {
    posts(
        app,
        &format!(
            "select k * {WATCHED} + n as place, {BRAND} as brand_id, 'SCHEDULED' as state,
               timestamptz '2026-11-01 06:00:00Z' + k * interval '11 hours' as due_at
             from generate_series(0, {WATCHED} - 1) n cross join generate_series(0, {POSTS} - 1) k"
        ),
    )
    .await
}

/// Posts of other months, in all brands, until there are so many.
async fn fill(app: &TestApp, built: usize, size: usize) -> Result<()> {
    let first = built.max(WATCHED * POSTS);
    // A hundred thousand at a time, so that no statement grows without bounds.
    for from in (first..size).step_by(100_000) {
        let until = size.min(from + 100_000) - 1;
        posts(
            app,
            &format!(
                "select k as place, {} as brand_id, 'SCHEDULED' as state,
                   timestamptz '2026-10-31 12:00:00Z' - (k % 3000) * interval '11 hours' as due_at
                 from generate_series({from}, {until}) k",
                BRAND.replace("to_hex(n)", &format!("to_hex(k % {BRANDS})"))
            ),
        )
        .await?;
    }
    app.db.run("vacuum analyze").await?;
    // What filling left to be done in the background would be measured with the first requests otherwise.
    app.db.run("checkpoint").await
}

/// Writes posts with their variants, publications and authors. Their ids say when they were made, as those of the product do (UUID
/// version 7): what was planned together lies together. Triggers that notify rest meanwhile.
async fn posts(app: &TestApp, rows: &str) -> Result<()> {
    // Everybody who writes has a place in the brand, and so a name there.
    app.db
        .run(&format!(
            "begin;
             set local session_replication_role = replica;
             create function pg_temp.made(place bigint) returns uuid language sql volatile as $$
               select (lpad(to_hex(1790000000000 + place), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' ||
                 substr(md5(random()::text), 1, 15))::uuid $$;
             create temp table person on commit drop as select id, row_number() over (order by id) - 1 as n from app_user
               where agency_level is null;
             create temp table new on commit drop as
               select r.*, pg_temp.made(r.place) as id, c.id as calendar_id, p.id as by from ({rows}) r
                 join calendar c on c.brand_id = r.brand_id
                 join person p on p.n = ('x' || substr(md5(r.place::text), 1, 6))::bit(24)::int % {PEOPLE};
             insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
               select id, brand_id, calendar_id, 'What is new this week', state, due_at, by, now(), now() from new;
             insert into post_contributor select brand_id, id, by from new;
             create temp table variant on commit drop as
               select pg_temp.made(n.place) as id, n.brand_id, n.id as post_id, a.id as account_id, n.due_at, n.place
               from new n join social_account a on a.brand_id = n.brand_id;
             insert into post_variant (id, brand_id, post_id, social_account_id, text)
               select id, brand_id, post_id, account_id, repeat('Good morning. ', 12) from variant;
             insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at)
               select pg_temp.made(place), brand_id, post_id, id, account_id, 'SCHEDULED', due_at, now(), now() from variant;
             drop function pg_temp.made(bigint);
             commit;"
        ))
        .await
}

/// One request through the ordinary client: what it answers is right. Answers how many statements it took.
async fn check(app: &TestApp, tokens: &[String], bodies: &[String]) -> Result<usize> {
    let body: Value = serde_json::from_str(&bodies[0])?;
    // Whoever was away for a minute is noted as seen again: one more statement, of the first request.
    app.client.gql(&tokens[0], QUERY, body["variables"].clone()).await?.ok()?;
    let before = app.db.statements();
    let answer = app.client.gql(&tokens[0], QUERY, body["variables"].clone()).await?.ok()?;
    let statements = app.db.statements() - before;
    let days = answer.get("calendarView.days").as_array().context("days")?;
    let posts: Vec<&Value> = days.iter().flat_map(|day| day["posts"].as_array().into_iter().flatten()).collect();
    ensure!(posts.len() == POSTS, "{} posts instead of {POSTS}", posts.len());
    for post in posts {
        ensure!(post["variants"].as_array().is_some_and(|variants| variants.len() == 2), "{post}");
        ensure!(post["createdBy"]["name"].is_string() && post["state"] == "SCHEDULED", "{post}");
        ensure!(post["variants"][1]["account"]["handle"] == "nour", "{post}");
        ensure!(post["variants"][1]["publicationState"] == "SCHEDULED", "{post}");
    }
    Ok(statements)
}

/// A connection to the API that is kept.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends a request and reads the whole answer. Answers its length.
    fn ask(&mut self, token: &str, body: &str) -> Result<usize> {
        let request = format!(
            "POST /graphql HTTP/1.1\r\nHost: diwan.example\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes())?;
        let (mut filled, mut expected) = (0, None);
        while expected.is_none_or(|expected| filled < expected) {
            let read = self.stream.read(&mut self.buffer[filled..])?;
            ensure!(read > 0, "the connection was closed");
            filled += read;
            if expected.is_none()
                && let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n")
            {
                let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
                ensure!(head.starts_with("http/1.1 200"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                expected = Some(end + 4 + length.context("no length")?.trim().parse::<usize>()?);
            }
            ensure!(filled < self.buffer.len(), "an answer of more than {} bytes", self.buffer.len());
        }
        Ok(filled)
    }
}

pub(crate) fn address(app: &TestApp) -> Result<SocketAddr> {
    let base = &app.client.base;
    Ok(SocketAddr::new(base.host_str().context("a host")?.parse()?, base.port().context("a port")?))
}

/// The median time of a request, one after the other, of people who are about: whoever was away for a minute is noted as seen
/// again by their first request, which writes, so everybody asks once before it counts.
fn latency(app: &TestApp, tokens: &[String], bodies: &[String]) -> Result<Duration> {
    let mut connection = Connection::open(address(app)?)?;
    let mut times = Vec::new();
    for round in 0..tokens.len() + 400 {
        let begun = Instant::now();
        connection.ask(&tokens[round % tokens.len()], &bodies[round % bodies.len()])?;
        if round >= tokens.len() {
            times.push(begun.elapsed());
        }
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

async fn rates(app: &TestApp, _old: &[String], bodies: &[String]) -> Result<()> {
    let script = std::env::temp_dir().join(format!("diwan-bench-{}.sql", std::process::id()));
    let (mut bare, mut scoped, mut api) = (Vec::new(), Vec::new(), Vec::new());
    let session: String = app.db.value("select id || ' ' || user_id from session order by id limit 1").await?;
    for round in 0..ROUNDS {
        let tokens = issue(app).await?;
        api.push(api_rate(app, tokens, bodies)?);
        bare.push(pgbench(app, &script, &bare_sql(), &[])?);
        scoped.push(pgbench(app, &script, &scoped_sql(&session)?, &[("PGOPTIONS", "-c role=diwan_app")])?);
        println!(
            "  round {}: API {:.0}/s, pgbench {:.0}/s bare, {:.0}/s with transaction and scope",
            round + 1,
            api[round],
            bare[round],
            scoped[round]
        );
    }
    std::fs::remove_file(&script)?;
    let median = |mut rates: Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    };
    let (api, bare, scoped) = (median(api), median(bare), median(scoped));
    println!(
        "  rate with {CONNECTIONS} connections: API {api:.0}/s, pgbench {bare:.0}/s: ratio {:.2} (with transaction and scope {scoped:.0}/s: {:.2})",
        api / bare,
        api / scoped
    );
    Ok(())
}

/// Requests a second, over so many connections.
fn api_rate(app: &TestApp, tokens: Vec<String>, bodies: &[String]) -> Result<f64> {
    let address = address(app)?;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (tokens, bodies) = (Arc::new(tokens), Arc::new(bodies.to_vec()));
    let begun = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|worker| {
            let (stop, done) = (Arc::clone(&stop), Arc::clone(&done));
            let (tokens, bodies) = (Arc::clone(&tokens), Arc::clone(&bodies));
            std::thread::spawn(move || -> Result<()> {
                let mut connection = Connection::open(address)?;
                let mut turn = worker * 37;
                while !stop.load(Ordering::Relaxed) {
                    let length = connection.ask(&tokens[turn % tokens.len()], &bodies[turn % bodies.len()])?;
                    ensure!(length > 20_000, "an answer of {length} bytes is not a month");
                    done.fetch_add(1, Ordering::Relaxed);
                    turn += 1;
                }
                Ok(())
            })
        })
        .collect();
    std::thread::sleep(TURN);
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let done = done.load(Ordering::Relaxed) as f64;
    Ok(done / begun.elapsed().as_secs_f64())
}

fn month_of_a_brand() -> String {
    let sql = month_sql(ONE_BRAND, " and p.state <> 'ARCHIVED'").replace('\n', " ");
    sql.replace("$1", "('00000000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid")
        .replace("$2", "timestamptz '2026-10-31 22:00:00Z'")
        .replace("$3", "timestamptz '2026-11-30 22:00:00Z'")
        .replace("$4", "101")
}

fn bare_sql() -> String {
    format!("\\set n random(0, {})\n{};\n", WATCHED - 1, month_of_a_brand())
}

fn scoped_sql(session: &str) -> Result<String> {
    let (session, user) = session.split_once(' ').context("a session")?;
    Ok(format!(
        "\\set n random(0, {})\nbegin isolation level repeatable read read only;\nselect * from app.enter_session('{session}', '{user}', now());\n{};\nrollback;\n",
        WATCHED - 1,
        month_of_a_brand()
    ))
}

/// Transactions a second that `pgbench` counts.
fn pgbench(app: &TestApp, script: &std::path::Path, sql: &str, environment: &[(&str, &str)]) -> Result<f64> {
    std::fs::write(script, sql)?;
    let (clients, seconds) = (CONNECTIONS.to_string(), TURN.as_secs().to_string());
    // Without the settings of the tests' connections, which are in a form that libpq does not read.
    let mut database = app.db.url.clone();
    let rest = app.db.url.query_pairs().filter(|(name, _)| name != "options");
    database.query_pairs_mut().clear().extend_pairs(rest);
    let done = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds, "-f"])
        .arg(script)
        .arg(database.as_str())
        .envs(environment.iter().copied())
        .output()
        .context("pgbench, of PostgreSQL's client programs, is needed")?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    ensure!(done.status.success(), "pgbench: {said} {}", String::from_utf8_lossy(&done.stderr));
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
    Ok(rate.and_then(|rate| rate.split(' ').next()).context("no rate")?.parse()?)
}
