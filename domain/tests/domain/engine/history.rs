//! How many followed an account before it was connected: read in ranges, once, within what the network allows, and never in the place of what was read
//! at the time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{Against, AskedInsights, Period, insights};
use diwan_domain::jobs::{self, Ran};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::crypto::Place;
use diwan_platform::db;
use diwan_testkit::{Person, Settings, TestServices};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;
use uuid::Uuid;

/// A page's organisation, and a member.
const PAGE: &str = "urn:li:organization:17";
const MEMBER: &str = "urn:li:person:17";

/// How many more follow the page after each day, and how many days pass until one is told.
const GAINED: i64 = 2;
const UNTOLD: TimeDelta = TimeDelta::days(2);

/// How long after the account's own numbers its past is asked for: then all is told of the days before them.
const TOLD: TimeDelta = TimeDelta::days(3);

/// The most statements that one range takes, however many days it has.
const MOST: usize = 18;

/// What the server of followers knows.
struct State {
    now: DateTime<Utc>,
    /// With which status it refuses.
    refuses: Option<u16>,
    /// Days of which it tells nothing, from the first until the last.
    silent: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The ranges that it was asked for, by their first and last days.
    asked: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// Stands in for LinkedIn, as far as it tells of followers.
struct Followers {
    url: Url,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

impl Followers {
    async fn start(now: DateTime<Utc>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://localhost:{}/", listener.local_addr()?.port()).parse()?;
        let state = Arc::new(Mutex::new(State { now, refuses: None, silent: None, asked: Vec::new() }));
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Err(error) = serve(stream, &shared).await {
                    println!("the server could not serve: {error:#}");
                }
            }
        });
        Ok(Self { url, state, accepting })
    }

    fn asked(&self) -> usize {
        lock(&self.state).asked.len()
    }
}

impl Drop for Followers {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The moment behind a name in a path.
fn moment(path: &str, name: &str) -> Result<DateTime<Utc>> {
    let (_, after) = path.split_once(name).with_context(|| format!("no {name} in {path}"))?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    DateTime::from_timestamp_millis(digits.parse()?).context("a time")
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        ensure!(stream.read_buf(&mut bytes).await? > 0, "half a request");
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let path = text.split(' ').nth(1).context("a path")?;
    ensure!(path.starts_with("/api.linkedin.com/rest/organizationalEntityFollowerStatistics?"), "{path}");
    let (start, end) = (moment(path, "start:")?, moment(path, "end:")?);
    let (status, body) = {
        let mut state = lock(state);
        state.asked.push((start, end));
        let last = end.min(midnight(state.now) - UNTOLD);
        let days = (last - start).num_days().max(0);
        let elements: Vec<_> = (0..days)
            .map(|day| start + TimeDelta::days(day))
            .filter(|day| state.silent.is_none_or(|(first, last)| *day < first || last < *day))
            .map(|day| {
                let day = day.timestamp_millis();
                json!({ "timeRange": { "start": day }, "followerGains": { "organicFollowerGain": GAINED } })
            })
            .collect();
        (state.refuses.unwrap_or(200), json!({ "elements": elements }).to_string())
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    Ok(stream.shutdown().await?)
}

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    start: DateTime<Utc>,
    server: Followers,
    /// In Athens.
    brand: Uuid,
    person: Person,
    account: Uuid,
}

impl Desk {
    /// An account at LinkedIn that was just connected.
    async fn new(remote_id: &str) -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let server = Followers::start(start).await?;
        let settings =
            Settings { clock: Some(Arc::clone(&clock)), stand_in: Some(server.url.clone()), ..Settings::default() };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let account = test.account(brand, "linkedin", &person).await?;
        let place = Place { brand_id: brand, row_id: account, column: "social_account.credentials" };
        let sealed = test.services.keys.seal(place, json!({ "access": "a token" }).to_string().as_bytes())?;
        let sql = "update social_account set base_url = 'https://api.linkedin.com/', remote_id = $2, credentials = $3 where id = $1";
        test.db.owner.execute_raw(db::statement(sql, [account.into(), remote_id.into(), sealed.into()])).await?;
        let desk = Self { test, clock, start, server, brand, person, account };
        desk.test.db.run("delete from job").await?;
        desk.ask().await?;
        Ok(desk)
    }

    /// Asks for the account's past, now.
    async fn ask(&self) -> Result<()> {
        let now = self.test.services.now();
        let sql = format!(
            "delete from job; insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               values (gen_random_uuid(), '{}', 'read_account_history', '{}', '{now}', '{now}')",
            self.brand, self.account
        );
        self.test.db.run(&sql).await
    }

    /// So many followed it now, as its daily reading says.
    async fn read(&self, followers: i64) -> Result<()> {
        let sql = format!(
            "insert into metric_sample (id, brand_id, social_account_id, metric, value, sampled_at)
               values (gen_random_uuid(), '{}', '{}', 'FOLLOWERS', {followers}, '{}')",
            self.brand,
            self.account,
            self.test.services.now()
        );
        self.test.db.run(&sql).await
    }

    /// Runs the job while it is due. Answers what each run cost in statements.
    async fn work(&self) -> Result<Vec<usize>> {
        let mut costs = Vec::new();
        loop {
            let now = self.test.services.now();
            let sql = format!(
                "select coalesce((select id::text from job where state = 'PENDING' and due_at <= '{now}' limit 1), '')"
            );
            let due: String = self.test.db.value(&sql).await?;
            if due.is_empty() {
                return Ok(costs);
            }
            ensure!(costs.len() < 20, "it never ends");
            let before = self.test.db.statements();
            ensure!(jobs::run(&self.test.services, due.parse()?, "hand").await? == Ran::Finished, "it failed");
            costs.push(self.test.db.statements() - before);
        }
    }

    fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
        lock(&self.server.state).now = self.test.services.now();
    }

    async fn job(&self) -> Result<(String, DateTime<Utc>)> {
        let state = self.test.db.value("select state from job").await?;
        Ok((state, self.test.db.value("select due_at from job").await?))
    }

    async fn samples(&self) -> Result<String> {
        let sql = "select coalesce(string_agg(concat_ws(' ', id, value, sampled_at), ', ' order by sampled_at), '') from metric_sample";
        self.test.db.value(sql).await
    }

    async fn count(&self, of: &str) -> Result<i64> {
        self.test.db.value(&format!("select count(*) from {of}")).await
    }

    /// The growth of followers in these days, and in as many before.
    async fn growth(&self, from: &str, to: &str) -> Result<(Option<String>, Option<String>)> {
        let context = self.test.act(&self.person).await?;
        let period = Period { from: from.parse()?, to: to.parse()? };
        let asked = AskedInsights { brand_id: self.brand, period, against: Against::PeriodBefore };
        let told = insights(&context, asked).await?;
        let figure = told.figures.into_iter().find(|figure| figure.formula.kpi == Kpi::FollowerGrowth);
        let figure = figure.context("a figure")?;
        Ok((figure.value, figure.before))
    }
}

#[tokio::test]
async fn the_past_is_read_in_ranges_within_the_limit_and_figures_know_it() -> Result<()> {
    let desk = Desk::new(PAGE).await?;
    // It is reckoned back from what the account's own numbers say, which are not there yet.
    assert_eq!(desk.work().await?.len(), 1);
    assert_eq!(desk.job().await?, ("PENDING".to_owned(), desk.start + TimeDelta::hours(6)));
    assert_eq!((desk.server.asked(), desk.samples().await?), (0, String::new()));
    assert_eq!(desk.growth("2026-07-01", "2026-07-31").await?, (None, None));

    // Nor is of the last days told who came on them. What is reckoned meanwhile would lack them for ever.
    desk.read(1000).await?;
    desk.ask().await?;
    assert_eq!(desk.work().await?.len(), 1);
    assert_eq!(desk.job().await?, ("PENDING".to_owned(), desk.start + TOLD));
    desk.advance(TOLD - TimeDelta::seconds(1));
    assert_eq!((desk.work().await?.len(), desk.server.asked()), (0, 0));
    desk.advance(TimeDelta::seconds(1));
    let costs = desk.work().await?;
    // In each slot of the limit there is room for three of what can wait the longest: the fourth waits for the next one.
    assert_eq!((costs.len(), desk.server.asked()), (4, 3));
    assert!(costs[..3].iter().all(|cost| *cost == costs[0]) && costs[0] <= MOST, "{costs:?}");
    let booked = "select sum(booked)::bigint from rate_booking where name like 'linkedin member %'";
    assert_eq!(desk.test.db.value::<i64>(booked).await?, 4);
    desk.advance(TimeDelta::hours(4));
    desk.work().await?;
    assert_eq!((desk.job().await?.0.as_str(), desk.server.asked()), ("DONE", 5));

    // The days from 8 August of the year before to 2 August, each once, and what was read at the time.
    assert_eq!(desk.count("metric_sample").await?, 360 + 1);
    let wrong = format!(
        "metric_sample where sampled_at < '{}' and (metric <> 'FOLLOWERS' or publication_id is not null
           or value <> 1000 - {GAINED} * (date '2026-08-03' - (sampled_at at time zone 'UTC')::date)
           or sampled_at <> date_trunc('day', sampled_at, 'UTC'))",
        desk.start
    );
    assert_eq!(desk.count(&wrong).await?, 0);
    assert_eq!(desk.count("metric_sample where value = 1000").await?, 1);
    // Months long over have parts of their own, like others.
    let part = "select (to_regclass('parts.metric_sample_2025_09') is not null)::int";
    assert_eq!(desk.test.db.value::<i32>(part).await?, 1);
    let growth = desk.growth("2026-07-01", "2026-07-31").await?;
    assert_eq!(growth, (Some((31 * GAINED).to_string()), Some((30 * GAINED).to_string())));
    Ok(())
}

#[tokio::test]
async fn what_is_asked_twice_adds_nothing_and_what_was_read_at_the_time_stays() -> Result<()> {
    let desk = Desk::new(PAGE).await?;
    desk.read(1000).await?;
    for wait in [TimeDelta::zero(), TOLD, TimeDelta::hours(4)] {
        desk.advance(wait);
        desk.work().await?;
    }
    let (samples, asked) = (desk.samples().await?, desk.server.asked());
    assert!(asked > 0 && desk.count("metric_sample").await? > 300);
    desk.ask().await?;
    desk.work().await?;
    assert_eq!((desk.samples().await?, desk.server.asked()), (samples.clone(), asked), "all is there");

    // The account was away for ten days, and is connected again.
    desk.advance(desk.start + TimeDelta::days(10) - desk.test.services.now());
    desk.read(1040).await?;
    let live = desk.samples().await?;
    desk.ask().await?;
    desk.work().await?;
    assert_eq!((desk.job().await?.1, desk.server.asked()), (desk.start + TimeDelta::days(10) + TOLD, asked));
    desk.advance(TOLD);
    desk.work().await?;
    assert_eq!(desk.job().await?.0, "DONE");
    assert_eq!(desk.server.asked(), asked + 1);
    let now = desk.samples().await?;
    for sample in live.split(", ") {
        assert!(now.contains(sample), "{sample} is not as it was");
    }
    // 4 to 12 August; what was read in the morning of the 3rd stands for its day.
    let sql = "select string_agg(concat(extract(day from sampled_at at time zone 'UTC'), ':', value), ' ' order by sampled_at)
      from metric_sample where sampled_at >= '2026-08-01T00:00:00Z'";
    let august: String = desk.test.db.value(sql).await?;
    assert_eq!(august, "1:996 2:998 3:1000 4:1022 5:1024 6:1026 7:1028 8:1030 9:1032 10:1034 11:1036 12:1038 13:1040");
    Ok(())
}

#[tokio::test]
async fn days_of_which_nothing_is_told_stay_a_hole_and_what_is_older_is_read() -> Result<()> {
    let desk = Desk::new(PAGE).await?;
    desk.read(1000).await?;
    let day = |month, day| Utc.with_ymd_and_hms(2026, month, day, 0, 0, 0).single().context("a day");
    lock(&desk.server.state).silent = Some((day(6, 1)?, day(6, 20)?));
    desk.advance(TOLD);
    for _ in 0..12 {
        desk.work().await?;
        desk.advance(TimeDelta::hours(4));
    }
    assert_eq!(desk.job().await?.0, "DONE");
    let hole = "metric_sample where sampled_at >= '2026-06-01T00:00:00Z' and sampled_at < '2026-06-21T00:00:00Z'";
    assert_eq!(desk.count(hole).await?, 0);
    assert_eq!(desk.count("metric_sample where sampled_at < '2025-09-01T00:00:00Z'").await?, 24);
    let before = "select value from metric_sample where sampled_at = '2026-05-31T00:00:00Z'";
    // Of 31 May, of 21 June to 2 August, and of no day between.
    assert_eq!(desk.test.db.value::<i64>(before).await?, 1000 - GAINED * (1 + 43));
    Ok(())
}

#[tokio::test]
async fn what_the_network_will_not_tell_is_left_and_what_it_cannot_tell_now_is_asked_later() -> Result<()> {
    let desk = Desk::new(PAGE).await?;
    desk.read(1000).await?;
    desk.advance(TOLD);
    for (status, state, wait) in
        [(500, "PENDING", TimeDelta::hours(6)), (429, "PENDING", TimeDelta::hours(6)), (403, "DONE", TimeDelta::zero())]
    {
        lock(&desk.server.state).refuses = Some(status);
        desk.ask().await?;
        let asked = desk.server.asked();
        assert_eq!(desk.work().await?.len(), 1, "{status}");
        assert_eq!(desk.job().await?, (state.to_owned(), desk.start + TOLD + wait), "{status}");
        assert_eq!((desk.server.asked(), desk.count("metric_sample").await?), (asked + 1, 1), "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn a_member_has_no_past_and_who_is_disconnected_is_asked_for_none() -> Result<()> {
    let desk = Desk::new(MEMBER).await?;
    desk.read(1000).await?;
    desk.advance(TOLD);
    desk.work().await?;
    assert_eq!((desk.job().await?.0.as_str(), desk.count("metric_sample").await?), ("DONE", 1));

    let desk = Desk::new(PAGE).await?;
    desk.read(1000).await?;
    desk.test.db.run("update social_account set state = 'DISCONNECTED', credentials = null").await?;
    desk.work().await?;
    assert_eq!((desk.job().await?.0.as_str(), desk.count("metric_sample").await?), ("DONE", 1));
    assert_eq!(desk.server.asked(), 0);

    // One whose own numbers do not come is not waited for without end.
    let desk = Desk::new(PAGE).await?;
    desk.advance(TimeDelta::days(3));
    desk.ask().await?;
    desk.work().await?;
    assert_eq!((desk.job().await?.0.as_str(), desk.server.asked()), ("DONE", 0));
    Ok(())
}
