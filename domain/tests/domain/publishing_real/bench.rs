//! A brand with one account on a real server behind a proxy.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use diwan_domain::jobs::{self, Ran};
use diwan_domain::publishing::{ConnectInput, accept_authorization, connect_account, schedule_post};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::servers::{BlueskyServer, BlueskyUser, FaultProxy, SnacServer, SnacUser};
use diwan_testkit::{Person, Settings, TestServices};
use url::Url;
use uuid::Uuid;

/// How long anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Text in two directions with what is easily broken.
pub const TEXT: &str = "صباح الخير 👩‍👩‍👧 — see https://example.com/a?b=1&c=2\n\n#إطلاق_جديد #Launch";

enum Server {
    Bluesky(BlueskyServer, BlueskyUser),
    Snac(SnacServer, SnacUser),
}

/// One network.
pub struct Bench {
    pub test: TestServices,
    pub proxy: FaultProxy,
    pub brand: Uuid,
    pub person: Person,
    pub account: Uuid,
    server: Server,
}

/// Runs a scenario with every network whose servers can be run here, each on a server and a database of its own.
pub async fn with_every_network(scenario: impl AsyncFn(&Bench) -> Result<()>) -> Result<()> {
    on_every_network(None, scenario).await
}

/// The same, with a clock that the scenario holds.
pub async fn on_every_network(
    clock: Option<Arc<ManualClock>>,
    scenario: impl AsyncFn(&Bench) -> Result<()>,
) -> Result<()> {
    let own_servers = diwan_networks::registry().iter().filter(|network| network.capabilities().home.is_none());
    for network in own_servers {
        let key = network.capabilities().key.as_str();
        let bench = Bench::new(key, clock.clone()).await.with_context(|| format!("starting {key}"))?;
        scenario(&bench).await.with_context(|| format!("with {key}"))?;
    }
    Ok(())
}

impl Bench {
    async fn new(key: &str, clock: Option<Arc<ManualClock>>) -> Result<Self> {
        let proxy = FaultProxy::reserve().await?;
        let server = match key {
            "bluesky" => {
                let server = BlueskyServer::start_behind(&proxy).await?;
                let user = server.create_account("amal").await?;
                Server::Bluesky(server, user)
            }
            "mastodon" => {
                let server = SnacServer::start_behind(&proxy).await?;
                let user = server.create_user("amal")?;
                Server::Snac(server, user)
            }
            other => anyhow::bail!("the network {other} has no server in these tests"),
        };
        let test =
            TestServices::with(Settings { clock, servers: vec![proxy.url.clone()], ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let mut bench = Self { test, proxy, brand, person, account: Uuid::nil(), server };
        bench.account = bench.connect().await?;
        Ok(bench)
    }

    /// Connects the account as a person would. Answers its id.
    pub async fn connect(&self) -> Result<Uuid> {
        let (network, input) = match &self.server {
            Server::Bluesky(_, user) => ("bluesky", self.app_password(&user.handle, &user.app_password)),
            Server::Snac(..) => ("mastodon", ConnectInput::OAuth { instance: Some(self.proxy.url.clone()) }),
        };
        let context = self.test.act(&self.person).await?;
        let connection = connect_account(&context, self.brand, network, input).await?;
        context.commit().await?;
        self.test.run_jobs().await?;
        if let Server::Snac(server, user) = &self.server {
            let sql = format!("select authorization_url from account_connection where id = '{}'", connection.id);
            let page: Url = self.test.db.value::<String>(&sql).await?.parse()?;
            let back = server.authorize(user, &page).await?;
            let parameter =
                |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            let state = parameter("state").context("no state")?;
            accept_authorization(&self.test.services, &state, parameter("code").as_deref()).await?;
            self.test.run_jobs().await?;
        }
        let sql = format!("select social_account_id from account_connection where id = '{}'", connection.id);
        self.test.db.value(&sql).await.context("the account was not connected")
    }

    fn app_password(&self, identifier: &str, password: &str) -> ConnectInput {
        let service = self.proxy.url.clone();
        ConnectInput::AppPassword { service, identifier: identifier.to_owned(), password: password.to_owned() }
    }

    /// The path of the one request that makes a post visible.
    pub fn commit_path(&self) -> &'static str {
        match self.server {
            Server::Bluesky(..) => "/xrpc/com.atproto.repo.putRecord",
            Server::Snac(..) => "/api/v1/statuses",
        }
    }

    /// The path of uploads.
    pub fn upload_path(&self) -> &'static str {
        match self.server {
            Server::Bluesky(..) => "/xrpc/com.atproto.repo.uploadBlob",
            Server::Snac(..) => "/api/v2/media",
        }
    }

    /// How many posts the account has, asked of the server itself.
    pub async fn posts(&self) -> Result<usize> {
        Ok(match &self.server {
            Server::Bluesky(server, user) => server.list_posts(&user.did).await?.len(),
            Server::Snac(server, user) => server.list_statuses(user)?.len(),
        })
    }

    /// Takes the account's authorization back at the server.
    pub async fn revoke(&self) -> Result<()> {
        match &self.server {
            Server::Bluesky(server, user) => server.revoke_app_password(user).await,
            Server::Snac(server, _) => server.revoke_tokens(),
        }
    }

    /// A post scheduled a moment ahead, with or without an image.
    pub async fn scheduled(&self, image: bool) -> Result<Scheduled<'_>> {
        let (post, variant) = self.test.post(self.brand, self.account, TEXT, &self.person).await?;
        self.schedule(post, image.then_some(variant)).await
    }

    /// A thread of three posts with a first comment, scheduled a moment ahead.
    pub async fn scheduled_thread(&self) -> Result<Scheduled<'_>> {
        let (post, variant) = self.test.post(self.brand, self.account, TEXT, &self.person).await?;
        let sql = "update post_variant set thread = '{\"second, of three\", third}', first_comment = 'a comment'";
        self.test.db.run(&format!("{sql} where id = '{variant}'")).await?;
        self.schedule(post, None).await
    }

    async fn schedule(&self, post: Uuid, image_for: Option<Uuid>) -> Result<Scheduled<'_>> {
        if let Some(variant) = image_for {
            let asset = self.test.asset(self.brand, &self.person).await?;
            self.test
                .db
                .run(&format!("insert into variant_asset values ('{}', '{variant}', 0, '{asset}')", self.brand))
                .await?;
        }
        let context = self.test.act(&self.person).await?;
        let due_at = context.now + TimeDelta::milliseconds(500);
        schedule_post(&context, post, due_at).await?;
        context.commit().await?;
        let publication = self.test.db.value(&format!("select id from publication where post_id = '{post}'")).await?;
        let job = self.test.db.value(&format!("select id from job where subject_id = '{publication}'")).await?;
        Ok(Scheduled { bench: self, post, publication, job, due_at })
    }
}

/// A publication under observation.
pub struct Scheduled<'a> {
    bench: &'a Bench,
    pub post: Uuid,
    pub publication: Uuid,
    pub job: Uuid,
    pub due_at: DateTime<Utc>,
}

impl Scheduled<'_> {
    /// Waits until it is due.
    pub async fn due(&self) -> Result<()> {
        let wait = self.due_at - self.bench.test.services.now();
        tokio::time::sleep(wait.to_std().unwrap_or_default() + Duration::from_millis(5)).await;
        Ok(())
    }

    /// Runs its job once, as soon as it is due.
    pub async fn run(&self) -> Result<Ran> {
        self.due().await?;
        Ok(jobs::run(&self.bench.test.services, self.job, "test").await?)
    }

    /// Runs jobs until it is in this state.
    pub async fn until(&self, state: &str) -> Result<()> {
        let waiting = self.bench.test.run_jobs_until(PATIENCE, async || Ok(self.state().await? == state)).await;
        match waiting {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("waiting for {state}: {}", self.story().await?))),
        }
    }

    /// A column of the publication, as text; empty for null.
    pub async fn column(&self, name: &str) -> Result<String> {
        let sql = format!("select coalesce({name}::text, '') from publication where id = '{}'", self.publication);
        self.bench.test.db.value(&sql).await
    }

    /// Where it is.
    pub async fn state(&self) -> Result<String> {
        self.column("state").await
    }

    /// How the attempts ended, oldest first: `NOT_SENT PUBLISHED`; `?` for an open one.
    pub async fn outcomes(&self) -> Result<String> {
        let sql = "select coalesce(string_agg(coalesce(outcome, '?'), ' ' order by number), '') from publication_attempt where publication_id";
        self.bench.test.db.value(&format!("{sql} = '{}'", self.publication)).await
    }

    /// The post's state.
    pub async fn post_state(&self) -> Result<String> {
        self.bench.test.db.value(&format!("select state from post where id = '{}'", self.post)).await
    }

    async fn story(&self) -> Result<String> {
        let row = self.column("publication").await?;
        let job: String =
            self.bench.test.db.value(&format!("select job::text from job where id = '{}'", self.job)).await?;
        Ok(format!("{row}; {job}; attempts: {}", self.outcomes().await?))
    }

    /// Published, once, here and there.
    pub async fn is_published_once(&self, outcomes: &str) -> Result<()> {
        self.is_published_with(1, outcomes).await
    }

    /// Published, here and there, with so many posts.
    pub async fn is_published_with(&self, posts: usize, outcomes: &str) -> Result<()> {
        anyhow::ensure!(self.state().await? == "PUBLISHED", "{}", self.story().await?);
        assert_eq!(self.bench.posts().await?, posts, "posts on the network");
        assert_eq!(self.outcomes().await?, outcomes);
        assert_eq!(self.post_state().await?, "PUBLISHED");
        assert_ne!(self.column("remote_id").await?, "");
        assert_ne!(self.column("remote_url").await?, "");
        assert_eq!(self.column("trouble").await?, "");
        Ok(())
    }

    /// Not on the network, and never was on the way there.
    pub async fn was_never_sent(&self, state: &str) -> Result<()> {
        assert_eq!(self.state().await?, state);
        assert_eq!(self.bench.posts().await?, 0, "posts on the network");
        assert_eq!(self.bench.proxy.count(self.bench.commit_path()), 0, "requests to publish");
        Ok(())
    }
}
