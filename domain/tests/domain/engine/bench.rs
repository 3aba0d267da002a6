//! A brand with accounts on small servers that count.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use diwan_domain::jobs;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::crypto::Place;
use diwan_platform::jobs as outbox;
use diwan_testkit::{Person, Settings, TestServices};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::engine::pds::{DID, Pds};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A brand, with an account on each of its servers.
pub struct Bench {
    pub test: TestServices,
    pub brand: Uuid,
    pub person: Person,
    pub servers: Vec<Pds>,
    pub accounts: Vec<Uuid>,
}

impl Bench {
    /// So many accounts, each with a token that ends in `ends` and on a server whose next tokens last an hour.
    pub async fn new(accounts: usize, ends: TimeDelta, clock: Option<Arc<ManualClock>>) -> Result<Self> {
        let now = match &clock {
            Some(clock) => diwan_platform::clock::Clock::now(clock.as_ref()),
            None => diwan_platform::clock::Clock::now(&diwan_platform::clock::SystemClock),
        };
        let mut servers = Vec::new();
        for _ in 0..accounts {
            servers.push(Pds::start(now + TimeDelta::hours(1)).await?);
        }
        let settings = Settings {
            clock,
            servers: servers.iter().map(|server| server.url.clone()).collect(),
            ..Settings::default()
        };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let mut bench = Self { test, brand, person, servers, accounts: Vec::new() };
        for server in &bench.servers {
            let account = bench.test.account(bench.brand, "bluesky", &bench.person).await?;
            bench.accounts.push(account);
            let sealed = bench.sealed(account, &server.secrets(now + ends))?;
            let sql = "update social_account set base_url = $2, remote_id = $3, credentials = $4 where id = $1";
            let values = [account.into(), server.url.as_str().into(), DID.into(), sealed.into()];
            bench.test.db.owner.execute_raw(diwan_platform::db::statement(sql, values)).await?;
        }
        Ok(bench)
    }

    fn sealed(&self, account: Uuid, secret: &Value) -> Result<Vec<u8>> {
        let place = Place { brand_id: self.brand, row_id: account, column: "social_account.credentials" };
        Ok(self.test.services.keys.seal(place, secret.to_string().as_bytes())?)
    }

    /// The services' time.
    pub fn now(&self) -> DateTime<Utc> {
        self.test.services.now()
    }

    /// A publication of this text on an account, due then. Answers its id.
    pub async fn planned(&self, account: Uuid, text: &str, due_at: DateTime<Utc>) -> Result<Uuid> {
        let (post, _) = self.test.post(self.brand, account, text, &self.person).await?;
        Ok(self.test.publication(self.brand, post, due_at).await?.0)
    }

    /// So many publications on an account, a millisecond after each other, long due. Answers their texts in their order.
    pub async fn due(&self, account: Uuid, count: usize) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for number in 0..count {
            let text = format!("number {number}");
            let after = TimeDelta::milliseconds(i64::try_from(number)?);
            self.planned(account, &text, self.now() - TimeDelta::seconds(30) + after).await?;
            texts.push(text);
        }
        Ok(texts)
    }

    /// Runs jobs by so many hands at a time, as workers do, until `done` answers true.
    pub async fn work(&self, hands: usize, done: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !done().await? {
            ensure!(Instant::now() < deadline, "not there after {PATIENCE:?}: {}", self.story().await?);
            let services = &self.test.services;
            let due = outbox::take_due(services.db.unscoped(), i32::try_from(hands)?, services.now()).await?;
            if due.is_empty() {
                sleep(Duration::from_millis(20)).await;
            }
            let runs = due.iter().map(|job| jobs::run(services, job.id, "hand"));
            futures::future::try_join_all(runs).await?;
        }
        Ok(())
    }

    /// How many publications are in this state.
    pub async fn in_state(&self, state: &str) -> Result<i64> {
        self.test.db.value(&format!("select count(*) from publication where state = '{state}'")).await
    }

    /// A column of an account, as text; empty for null.
    pub async fn of_account(&self, account: Uuid, column: &str) -> Result<String> {
        let sql = format!("select coalesce({column}::text, '') from social_account where id = '{account}'");
        self.test.db.value(&sql).await
    }

    async fn story(&self) -> Result<String> {
        let sql = "select coalesce(string_agg(state || ' ' || coalesce(trouble_detail, ''), '; ' order by due_at), '') from publication";
        self.test.db.value(sql).await.context("the story")
    }
}
