//! The single checks: what was found, or what is wrong and the way out.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use diwan_domain::trust::TokenIssuer;
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::config::Config;
use diwan_platform::db::Database;
use diwan_platform::mail::Mailer;
use diwan_platform::stills::Stills;
use diwan_platform::{db, jobs};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, FromQueryResult, IsolationLevel, TransactionTrait as _,
};
use tokio::time::timeout;

use crate::installation::Schema;

/// The oldest PostgreSQL that works: `security_invoker` views came with it.
const OLDEST_POSTGRES: i32 = 15;

/// How long Redis may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far the clocks may be apart, in milliseconds.
const SKEW_MS: i64 = 2000;

/// How late the oldest job may be.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// Whether Redis answers.
pub(super) async fn redis(url: &str) -> Result<&'static str> {
    let client = redis::Client::open(url).context("REDIS_URL is not an address of Redis")?;
    let ask = async {
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<String>(&mut connection).await
    };
    let way_out = "jobs run without it, later than they could: start Redis, or mend REDIS_URL";
    timeout(PATIENCE, ask).await.with_context(|| format!("no answer; {way_out}"))?.with_context(|| way_out)?;
    Ok("answers")
}

/// Whether the mail server answers, and lets us in.
pub(super) async fn mail(mailer: &Mailer) -> Result<String> {
    mailer.check().await.with_context(|| format!("start {}, or mend DIWAN_SMTP_URL", mailer.server()))?;
    Ok(format!("{} answers", mailer.server()))
}

/// Whether the program that takes stills from films runs.
pub(super) async fn stills(stills: &Stills) -> Result<String> {
    let program = stills.program().display();
    let way_out = || format!("{program} does not run as ffmpeg does: install it anew, or mend DIWAN_FFMPEG");
    let version = stills.version().await.with_context(way_out)?;
    Ok(format!("made by ffmpeg {version} ({program})"))
}

/// Whether PostgreSQL answers and is new enough.
pub(super) async fn postgres(url: &str) -> Result<(DatabaseConnection, String)> {
    let owner =
        db::connect_owner(url).await.context("start PostgreSQL, or mend DATABASE_URL and DATABASE_OWNER_URL")?;
    let version: i32 = db::scalar(&owner, "select current_setting('server_version_num')::integer", []).await?;
    let major = version / 10_000;
    ensure!(major >= OLDEST_POSTGRES, "version {major} is too old: {OLDEST_POSTGRES} or newer is needed");
    Ok((owner, format!("answers, version {major}")))
}

/// Whether this machine and PostgreSQL agree on the time. Due times are compared on both.
pub(super) async fn clock(on: &impl ConnectionTrait) -> Result<String> {
    let before = SystemClock.now();
    let theirs: DateTime<Utc> = db::scalar(on, "select clock_timestamp()", []).await?;
    let after = SystemClock.now();
    // The truth lies between the two readings of ours.
    let apart = if theirs < before { before - theirs } else { (theirs - after).max(TimeDelta::zero()) };
    let apart = apart.num_milliseconds();
    ensure!(
        apart < SKEW_MS,
        "this machine and PostgreSQL are {apart} ms apart: let both take the time from the same source (NTP)"
    );
    Ok(format!("within {apart} ms of PostgreSQL's"))
}

/// Whether every migration has run.
pub(super) fn judge_schema(schema: &Schema) -> Result<&'static str> {
    match schema {
        Schema::Current => Ok("up to date"),
        Schema::Unknown => Ok("there; only its owner may see how far it is (DATABASE_OWNER_URL)"),
        Schema::Behind(missing) => bail!("{missing} migrations have not run: run `diwan migrate`"),
    }
}

/// Whether the secret key opens what it sealed.
pub(super) async fn signing_key(config: &Config, database: &Database) -> Result<&'static str> {
    let there: bool =
        db::scalar(database.unscoped(), "select exists (select from signing_key where retired_at is null)", []).await?;
    if !there {
        return Ok("made at the first start");
    }
    let keys = config.keyring()?;
    let opened = TokenIssuer::load(database, &keys, config.public_url.as_str(), SystemClock.now()).await;
    opened.context("put the key that sealed it into DIWAN_SECRET_KEY or DIWAN_SECRET_KEYS_OLD")?;
    Ok("opens with the secret key")
}

/// How late the oldest waiting job is.
pub(super) async fn overdue(on: &impl ConnectionTrait) -> Result<String> {
    let now = SystemClock.now();
    match jobs::next_due(on).await? {
        None => Ok("none waits".to_owned()),
        Some(due) if due > now => Ok(format!("the next is due at {}", due.format("%Y-%m-%d %H:%M:%S UTC"))),
        Some(due) => {
            let late = now - due;
            ensure!(
                late < LATE,
                "the oldest has waited for {} s since its time: is `diwan worker` running, and what does its log say?",
                late.num_seconds()
            );
            Ok(format!("the oldest is {} ms late", late.num_milliseconds()))
        }
    }
}

/// Which networks can be connected, and whether they are called at all.
pub(super) fn networks(config: &Config) -> String {
    let all = || diwan_networks::registry().iter().map(|network| network.capabilities());
    let is_set_up = |app: Option<&str>| app.is_none_or(|app| config.apps.get(app).is_some());
    let missing: Vec<_> = all().filter(|known| !is_set_up(known.app)).map(|known| known.name).collect();
    let said = match missing.as_slice() {
        [] => "all twelve can be connected".to_owned(),
        missing => format!("without an application, and not to be connected: {}", missing.join(", ")),
    };
    match &config.stand_in {
        Some(url) => {
            format!("{said}; {url} is called in the place of those that have servers of their own (DIWAN_STAND_IN)")
        }
        None => said,
    }
}

/// How publishing goes, across all brands.
pub(super) async fn publishing(on: &impl ConnectionTrait) -> Result<String> {
    let figures = jobs::figures(on, SystemClock.now()).await?;
    let of = |state: &str| {
        let publications = figures.iter().filter(|figure| figure.kind.is_none() && figure.state == state);
        publications.map(|figure| figure.count).sum::<i64>()
    };
    let late = figures.iter().filter(|figure| figure.kind.is_none() && figure.state == "SCHEDULED");
    let late = late.filter_map(|figure| figure.oldest).max().unwrap_or_default();
    Ok(format!(
        "{} planned (the oldest is due for {} s), {} on their way, {} tried again, {} looked for, {} paused, {} need a person \
         (`Brand.publishing` says which, and why)",
        of("SCHEDULED") + of("QUEUED"),
        late.as_secs(),
        of("SENDING"),
        of("RETRYING"),
        of("UNCONFIRMED"),
        of("PAUSED"),
        of("NEEDS_ATTENTION"),
    ))
}

/// How many jobs gave up, if this login may know.
pub(super) async fn set_aside(owner: &DatabaseConnection) -> Result<Option<i64>> {
    #[derive(FromQueryResult)]
    struct Sees {
        all: bool,
    }
    let tx = owner.begin_with_config(Some(IsolationLevel::ReadCommitted), Some(AccessMode::ReadOnly)).await?;
    let sees: Option<Sees> = db::one(
        &tx,
        "select pg_has_role(current_user, relowner, 'usage') as all from pg_class where oid = 'public.job'::regclass",
        [],
    )
    .await?;
    if !sees.is_some_and(|sees| sees.all) {
        return Ok(None);
    }
    // The owner too is held to row-level security, except under the search path of the functions that look across brands.
    // Read only, and a number.
    tx.execute_unprepared("set local search_path = pg_catalog, public, pg_temp").await?;
    let count = db::scalar(&tx, "select count(*) from public.job where state = 'SET_ASIDE'", []).await?;
    tx.rollback().await?;
    Ok(Some(count))
}

/// Whether that is a reason to act.
pub(super) fn judge_set_aside(count: i64) -> Result<&'static str> {
    ensure!(
        count == 0,
        "{count} wait for a person: see what they say (`job`), mend it, and run them again (`rerunJob`)"
    );
    Ok("none")
}

#[cfg(test)]
mod tests {
    use super::*;
    use diwan_testkit::TestDb;
    use diwan_testkit::db::unique_name;

    #[tokio::test]
    async fn an_owner_who_is_no_superuser_counts_the_jobs_of_all_brands() -> Result<()> {
        let db = TestDb::new().await?;
        let role = unique_name("diwan_owner")?;
        // The foreign keys have no part in this.
        db.run(
            "set session_replication_role = replica;
             insert into job (id, brand_id, kind, subject_id, state, due_at, created_at, finished_at)
               select gen_random_uuid(), gen_random_uuid(), 'publish', gen_random_uuid(), state, now(), now(), now()
               from unnest(array['SET_ASIDE', 'SET_ASIDE', 'DONE']) state;
             reset session_replication_role",
        )
        .await?;
        db.run(&format!(
            "create role {role} nosuperuser nobypassrls; grant usage on schema app to {role};
             alter table job owner to {role}; alter policy definer on job to {role}"
        ))
        .await?;
        let mut url = db.url.clone();
        url.query_pairs_mut().append_pair("options[role]", &role);
        let owner = db::connect_owner(url.as_str()).await?;
        let plainly: i64 = db::scalar(&owner, "select count(*) from job", []).await?;
        let count = set_aside(&owner).await;
        owner.close().await?;
        db.run(&format!("reassign owned by {role} to current_user; drop owned by {role}; drop role {role}")).await?;
        assert_eq!((plainly, count?), (0, Some(2)));
        assert_eq!(set_aside(db.app.unscoped()).await?, None);
        Ok(())
    }
}
