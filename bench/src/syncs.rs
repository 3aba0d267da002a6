//! The numbers of 10,000 accounts over the emulated networks, all due in one instant, read by the product's own jobs for a day and an hour of network
//! time. The emulator keeps to the documented limits, refuses what is too much, and counts.
//!
//! The clock is stepped from one due job to the next. Mastodon and Bluesky are not emulated and have no part in it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use diwan_emulator::{Effect, EffectKind, Emulator, EmulatorOptions, READ_LIMITS, TokenKind, World};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_networks::Limits;
use diwan_platform::apps::{App, Apps};
use diwan_platform::clock::ManualClock;
use diwan_platform::crypto::Place;
use diwan_platform::{db, ids};
use diwan_testkit::{Settings, TestServices};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

const ACCOUNTS: usize = 10_000;
const BRANDS: usize = 50;
/// How long numbers are read: longer than the longest period of a limit.
const HOURS: i64 = 25;
/// Jobs at a time.
const HANDS: usize = 8;
/// Every account has one post, every other one a young one and the rest an old one, in hours.
const YOUNG: i64 = 26;
const OLD: i64 = 120;
/// No post is read again so soon: a second reading within this time is one too many.
const TWICE: &str = "1 hour";
const TASKS: [&str; 5] = ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"];

/// The organisations of LinkedIn that each member runs there, whose numbers are asked in the member's name and out of the member's limit.
const ORGANIZATIONS: [&str; 5] = ["Studio", "Shop", "Client 1", "Client 2", "Client 3"];

/// A network, and what a token must have been granted with. All of them tell numbers of posts. Telegram tells none, and Google Business
/// nothing at all.
struct Emulated {
    key: &'static str,
    home: &'static str,
    scopes: &'static [&'static str],
}

const NETWORKS: [Emulated; 8] = [
    network("x", "https://api.x.com/", &["tweet.read", "users.read"]),
    network("linkedin", "https://api.linkedin.com/", &["openid", "r_organization_social", "rw_organization_admin"]),
    network("threads", "https://graph.threads.net/", &["threads_basic", "threads_manage_insights"]),
    network(
        "instagram",
        "https://graph.instagram.com/",
        &["instagram_business_basic", "instagram_business_manage_insights"],
    ),
    network(
        "facebook",
        "https://graph.facebook.com/",
        &["pages_read_engagement", "read_insights", "pages_read_user_content"],
    ),
    network("youtube", "https://www.youtube.com/", &["https://www.googleapis.com/auth/youtube.readonly"]),
    network(
        "tiktok",
        "https://www.tiktok.com/",
        &["user.info.basic", "user.info.profile", "user.info.stats", "video.list"],
    ),
    network("pinterest", "https://api.pinterest.com/", &["user_accounts:read", "boards:read", "pins:read"]),
];

const fn network(key: &'static str, home: &'static str, scopes: &'static [&'static str]) -> Emulated {
    Emulated { key, home, scopes }
}

/// Builds, reads and measures.
pub(crate) async fn run() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(start));
    let of_networks: Arc<ManualClock> = Arc::clone(&clock);
    let emulator = Emulator::start(EmulatorOptions { clock: of_networks, ..EmulatorOptions::default() })?;
    let app = App { client_id: "emulator".to_owned(), client_secret: "emulator-secret".to_owned() };
    let settings = Settings {
        clock: Some(Arc::clone(&clock)),
        apps: Apps::all(&app),
        stand_in: Some(emulator.url().clone()),
        ..Settings::default()
    };
    let test = TestServices::with(settings).await?;
    let begun = Instant::now();
    build(&test, emulator.world(), start).await?;
    println!("{ACCOUNTS} accounts of {} networks built in {:.0} s", NETWORKS.len(), begun.elapsed().as_secs_f64());

    emulator.world().limit_reads(&READ_LIMITS);
    let (before, begun) = (test.db.statements(), Instant::now());
    let mut runs = 0;
    while let Some(due) = next(&test, start + TimeDelta::hours(HOURS)).await? {
        clock.advance((due - test.services.now()).max(TimeDelta::seconds(1)));
        runs += due_now(&test).await?;
    }
    let statements = test.db.statements() - before;
    println!(
        "{HOURS} hours of network time in {:.0} s: {runs} runs, {statements} statements, {:.1} an account and {:.1} a run",
        begun.elapsed().as_secs_f64(),
        ratio(statements, ACCOUNTS),
        ratio(statements, runs)
    );
    report(&test, &emulator, start).await
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn ratio(of: usize, to: usize) -> f64 {
    of as f64 / to.max(1) as f64
}

/// When something is due next, if that is before the end.
async fn next(test: &TestServices, end: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let sql =
        "select coalesce(min(due_at), 'infinity') < timestamptz '$end' from job where state in ('PENDING', 'HANDED')";
    let is_there: bool = test.db.value(&sql.replace("$end", &end.to_rfc3339())).await?;
    if !is_there || test.services.now() >= end {
        return Ok(None);
    }
    Ok(Some(test.db.value("select min(due_at) from job where state in ('PENDING', 'HANDED')").await?))
}

/// Runs what is due, with some hands. Answers how many ran.
async fn due_now(test: &TestServices) -> Result<usize> {
    let mut ran = 0;
    loop {
        let now = test.services.now();
        let due = diwan_platform::jobs::take_due(test.services.db.unscoped(), 400, now).await?;
        if due.is_empty() {
            return Ok(ran);
        }
        ran += due.len();
        let due: Vec<Uuid> = due.into_iter().map(|job| job.id).collect();
        let mut hands = JoinSet::new();
        for some in due.chunks(due.len().div_ceil(HANDS)) {
            let (some, services) = (some.to_vec(), Arc::clone(&test.services));
            hands.spawn(async move {
                for id in some {
                    diwan_domain::jobs::run(&services, id, "bench").await?;
                }
                Ok::<_, anyhow::Error>(())
            });
        }
        while let Some(done) = hands.join_next().await {
            done??;
        }
    }
}

/// Accounts, of which each network knows the token, with a post and the jobs that read them.
async fn build(test: &TestServices, world: &World, start: DateTime<Utc>) -> Result<()> {
    let mut brands = Vec::with_capacity(BRANDS);
    for number in 0..BRANDS {
        brands.push(test.brand(&format!("Brand {number}")).await?);
    }
    let first = *brands.first().context("a brand")?;
    let person = test.member(first, Level::Senior, UserKind::Staff).await?;
    test.db
        .run(
            "create table bench_account (id uuid, brand_id uuid, network text, base_url text, remote_id text, limits text,
               credentials text, post_id text, published_at timestamptz)",
        )
        .await?;
    for (place, network) in NETWORKS.iter().enumerate() {
        let capabilities = diwan_networks::network(network.key).context("a network")?.capabilities();
        let (mut all, mut of_brand, mut limits) = (Vec::new(), Vec::new(), Vec::new());
        let (mut remote_ids, mut secrets, mut posts, mut times) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for number in (place..ACCOUNTS).step_by(NETWORKS.len()) {
            let id = ids::new_id(start);
            let brand = brands[number % BRANDS];
            let age = if (number / NETWORKS.len()).is_multiple_of(2) { YOUNG } else { OLD };
            let at = start - TimeDelta::hours(age);
            let made = account(network, world, (number, at));
            let own = Limits { asks_as: made.asks_as, ..Limits::defaults(capabilities) };
            let kept = Place { brand_id: brand, row_id: id, column: "social_account.credentials" };
            let sealed = test.services.keys.seal(kept, json!({ "access": made.token }).to_string().as_bytes())?;
            all.push(id);
            of_brand.push(brand);
            limits.push(serde_json::to_string(&own)?);
            remote_ids.push(made.remote_id);
            secrets.push(hex(&sealed)?);
            posts.push(made.post_id);
            times.push(at);
        }
        let sql = "insert into bench_account
            select a.id, a.brand_id, $1::text, $2::text, a.remote_id, a.limits, a.credentials, a.post_id, a.published_at
            from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
              a (id, brand_id, limits, remote_id, credentials, post_id, published_at)";
        let values = [
            network.key.into(),
            network.home.into(),
            all.into(),
            of_brand.into(),
            limits.into(),
            remote_ids.into(),
            secrets.into(),
            posts.into(),
            times.into(),
        ];
        test.db.owner.execute_raw(db::statement(sql, values)).await?;
    }
    fill(test, (person.id, start)).await?;
    let accounts = test.db.count("social_account").await?;
    ensure!(usize::try_from(accounts)? == ACCOUNTS, "{accounts} accounts");
    Ok(())
}

fn hex(bytes: &[u8]) -> Result<String> {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

/// What a network knows of an account.
struct Made {
    remote_id: String,
    token: String,
    post_id: String,
    /// In whose name it is asked, where that is not the account's.
    asks_as: Option<String>,
}

/// An account at its network, with a token and a post.
fn account(network: &Emulated, world: &World, (number, at): (usize, DateTime<Utc>)) -> Made {
    let key = network.key;
    // Numbers of LinkedIn are those of organisations, several of which are one member's, who gives the tokens.
    let (person, name) = if key == "linkedin" {
        let place = number / NETWORKS.len();
        let member = format!("agency{}", place / ORGANIZATIONS.len());
        let organization = format!("{member} {}", ORGANIZATIONS[place % ORGANIZATIONS.len()]);
        (member, organization)
    } else {
        let studio = format!("studio{number}");
        (studio.clone(), studio)
    };
    let id = world.account(key, &name);
    let asks_as = (key == "linkedin").then(|| format!("urn:li:person:{}", world.account(key, &person)));
    let remote_id = match key {
        "linkedin" => format!("urn:li:organization:{id}"),
        "youtube" => format!("UC{:022}", id.0),
        _ => id.to_string(),
    };
    let granted = match key {
        "facebook" => json!({ "kind": "page", "tasks": TASKS, "scopes": network.scopes }),
        _ => json!({ "scopes": network.scopes }),
    };
    let token = world.issue(key, &person, TokenKind::Access, None, granted);
    let post = world.new_id();
    let (post_id, detail) = match key {
        "linkedin" => (format!("urn:li:share:{post}"), json!({ "author": remote_id })),
        "facebook" => (format!("{id}_{post}"), json!({ "format": "feed", "link": null, "photos": [] })),
        "threads" => (post.to_string(), json!({ "media_type": "TEXT_POST" })),
        "instagram" => (post.to_string(), json!({ "format": "FEED", "media_type": "IMAGE" })),
        "youtube" => (format!("v{number:010}"), json!({ "title": "Film", "privacy": "public" })),
        "tiktok" => (post.to_string(), json!({ "privacy_level": "PUBLIC_TO_EVERYONE" })),
        "pinterest" => (post.to_string(), json!({ "title": "Pin" })),
        _ => (post.to_string(), Value::Null),
    };
    world.record(Effect {
        network: key.to_owned(),
        account: name,
        kind: EffectKind::Post,
        id: post_id.clone(),
        parent: None,
        text: format!("Post {number}"),
        media: Vec::new(),
        detail,
        at,
    });
    Made { remote_id, token, post_id, asks_as }
}

/// The rows of all that, and a job for each account and each post, due now.
async fn fill(test: &TestServices, (person, start): (Uuid, DateTime<Utc>)) -> Result<()> {
    let start = start.to_rfc3339();
    test.db
        .run(&format!(
            "begin;
             set local session_replication_role = replica;
             insert into social_account (id, brand_id, network, base_url, remote_id, handle, display_name, state, limits, credentials,
                 connected_by, connected_at)
               select id, brand_id, network, base_url, remote_id, remote_id, 'Nour', 'CONNECTED', limits::jsonb, decode(credentials, 'hex'),
                 '{person}', timestamptz '{start}' - interval '30 days'
               from bench_account;
             create temp table new on commit drop as
               select gen_random_uuid() as entry, gen_random_uuid() as variant, gen_random_uuid() as publication, a.brand_id, a.id as account_id,
                 a.post_id, a.published_at as at, c.id as calendar_id
               from bench_account a join calendar c on c.brand_id = a.brand_id;
             insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
               select entry, brand_id, calendar_id, 'Post', 'PUBLISHED', at, '{person}', at, at from new;
             insert into post_variant (id, brand_id, post_id, social_account_id, text)
               select variant, brand_id, entry, account_id, 'Post' from new;
             insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at, remote_id,
                 published_at)
               select publication, brand_id, entry, variant, account_id, 'PUBLISHED', at, at, at, post_id, at from new;
             delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), brand_id, 'sync_metrics', subject, timestamptz '{start}', timestamptz '{start}' from (
                 select brand_id, publication as subject from new union all select brand_id, id from bench_account) due;
             commit;
             analyze"
        ))
        .await
}

/// What was read of one network: how many samples, of how many posts none at all, and after how many seconds each account and post was read
/// for the first time.
struct Read {
    samples: i64,
    posts_without: i64,
    first: i64,
}

/// How many readings came within [`TWICE`] of the one before of the same post, or of the same account.
async fn twice(test: &TestServices, of_posts: bool) -> Result<i64> {
    let sql = format!(
        "select count(*) from (
           select read_at - lag(read_at) over (partition by social_account_id, publication_id order by read_at, id) as after
           from metric_reading where (publication_id is not null) = {of_posts}) r where after < interval '{TWICE}'"
    );
    test.db.value(&sql).await
}

/// Prints what came of it. Fails where a limit was passed, something was never read, a post has no numbers or was read twice.
async fn report(test: &TestServices, emulator: &Emulator, start: DateTime<Utc>) -> Result<()> {
    let list: String = test
        .db
        .value(&format!(
            "select string_agg(network || '|' || samples || '|' || lacking || '|' || seconds, E'\\n') from (
               select a.network, (select count(*) from metric_sample s join social_account o on o.id = s.social_account_id
                   where o.network = a.network) as samples,
                 (select count(*) from publication p join social_account o on o.id = p.social_account_id where o.network = a.network
                   and not exists (select from metric_sample s where s.publication_id = p.id)) as lacking,
                 coalesce(max(extract(epoch from r.at - timestamptz '{}')), 0)::bigint as seconds
               from social_account a left join (select social_account_id, publication_id, min(read_at) as at from metric_reading
                 group by social_account_id, publication_id) r on r.social_account_id = a.id
               group by a.network) n",
            start.to_rfc3339()
        ))
        .await?;
    let mut read: HashMap<&str, Read> = HashMap::new();
    for line in list.lines() {
        let mut parts = line.split('|');
        let mut part = || parts.next().context("four parts");
        let (network, samples, posts_without, first) = (part()?, part()?.parse()?, part()?.parse()?, part()?.parse()?);
        read.insert(network, Read { samples, posts_without, first });
    }
    println!("network    limit        requests   most in a period    refused  all read after, min   samples");
    let mut refused = 0;
    for seen in emulator.world().read_limits() {
        let limit = seen.limit;
        let of = read.get(limit.network).context("a network that nothing was read of")?;
        println!(
            "{:10} {:12} {:>8}   {:>6} of {:>6}/{:<5} {:>6}  {:>19}  {:>8}",
            limit.network,
            limit.name,
            seen.requests,
            seen.largest,
            limit.most,
            limit.seconds,
            seen.refused,
            of.first / 60,
            of.samples
        );
        // Comments are not read here.
        let of_network = diwan_networks::network(limit.network).context("a network")?.capabilities().reads;
        let is_asked = of_network.iter().any(|read| read.name == limit.name && read.posts + read.account > 0);
        ensure!(!is_asked || seen.requests > 0, "nothing was asked of {} {}", limit.network, limit.name);
        refused += seen.refused;
    }
    let unread = "select count(*) from job where kind = 'sync_metrics'
          and subject_id not in (select coalesce(publication_id, social_account_id) from metric_reading)";
    // Every post is known to its network, which tells its numbers: without them, something is wrong here or there.
    let failed = "select count(*) from metric_gap where reason in ('NETWORK', 'NEEDS_RECONNECT', 'GAVE_UP')
          or publication_id is not null and reason in ('GONE', 'NOT_SERVED')";
    let late = "select count(*) from metric_gap where reason = 'RATE_LIMIT'";
    let (unread, failed): (i64, i64) = (test.db.value(unread).await?, test.db.value(failed).await?);
    // An account is read with a post of its own where its own job is not due soon. That job, when it had to wait for room, may come shortly
    // after: a request more than is needed, which is told and no failure.
    let (posts, accounts) = (twice(test, true).await?, twice(test, false).await?);
    let late: i64 = test.db.value(late).await?;
    println!(
        "never read {unread}, posts read again within {TWICE} {posts}, accounts {accounts}, no numbers or failed {failed}, told as a gap because a limit has no room {late}"
    );
    ensure!(refused == 0, "{refused} requests were too many");
    ensure!(unread == 0 && posts == 0 && failed == 0, "not each number once");
    for network in &NETWORKS {
        let of = read.get(network.key).with_context(|| format!("nothing was read of {}", network.key))?;
        ensure!(of.samples > 0, "no numbers of {}", network.key);
        ensure!(of.posts_without == 0, "{} posts of {} without numbers", of.posts_without, network.key);
    }
    Ok(())
}
