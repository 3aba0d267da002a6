//! The API of one test, listening on a port of its own, and a client of it.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use diwan_api::{ApiOptions, Listening, serve};
use diwan_domain::tenancy::offer_setup;
use diwan_platform::db::connect_owner;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::build::PASSWORD;
use crate::client::{Client, Subscription};
use crate::process::free_port;
use crate::services::{Settings, TestServices};

/// How long the API may take to begin or to end, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_mins(1);

/// The API over services of its own.
///
/// A test that ends with due jobs not run fails: either [`TestServices::run_jobs`] belongs into it, or
/// [`TestApp::leave_jobs`] says that it is not about them.
#[derive(Debug)]
pub struct TestApp {
    /// A client of the API.
    pub client: Client,
    test: TestServices,
    stop: CancellationToken,
    listening: Listening,
    server: Option<Server>,
    jobs_may_stay: bool,
}

#[derive(Debug)]
struct Server {
    thread: JoinHandle<Result<(), std::io::Error>>,
    /// Hung up when the thread is about to end.
    over: mpsc::Receiver<()>,
}

impl Deref for TestApp {
    type Target = TestServices;

    fn deref(&self) -> &TestServices {
        &self.test
    }
}

impl TestApp {
    /// Starts the API with the machine's clock.
    pub async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    /// Starts the API over services as set.
    pub async fn with(settings: Settings) -> Result<Self> {
        Self::start(settings, true).await
    }

    /// Starts the API as in production: strangers read no schema.
    pub async fn in_production() -> Result<Self> {
        Self::start(Settings::default(), false).await
    }

    async fn start(mut settings: Settings, development: bool) -> Result<Self> {
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
        if settings.can_be_reached {
            listen.set_port(free_port()?);
            settings.public_url = Some(Url::parse(&format!("http://{listen}/"))?);
        }
        let trusted_proxies = settings.trusted_proxies.clone();
        let test = TestServices::with(settings).await?;
        let (services, stop) = (Arc::clone(&test.services), CancellationToken::new());
        let (ready, listening) = oneshot::channel();
        let (alive, over) = mpsc::channel();
        let options = ApiOptions { listen, development, trusted_proxies };
        let stopping = stop.clone();
        let thread = std::thread::spawn(move || {
            let _alive: mpsc::Sender<()> = alive;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(serve(services, options, stopping, |listening| {
                let _nobody_waits = ready.send(listening);
            }))
        });
        let listening = tokio::time::timeout(PATIENCE, listening).await.context("the API does not start")?;
        let listening = listening.context("the API did not start")?;
        let client = Client::new(&Url::parse(&format!("http://{}/", listening.address))?)?;
        let server = Some(Server { thread, over });
        Ok(Self { client, test, stop, listening, server, jobs_may_stay: false })
    }

    /// Opens a subscription that the API accepts, and waits until it is told of changes.
    pub async fn subscribe(&self, token: &str, query: &str, variables: Value) -> Result<Subscription> {
        let before = self.listening.open_subscriptions();
        let subscription = self.client.subscribe(token, query, variables).await?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.listening.open_subscriptions() <= before {
            ensure!(tokio::time::Instant::now() < deadline, "the API did not accept the subscription");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(subscription)
    }

    /// Lets the test end with due jobs not run.
    pub fn leave_jobs(&mut self) {
        self.jobs_may_stay = true;
    }

    /// Sets the agency up through the API, and answers the session of its CMO: `accessToken` and `refreshToken`.
    pub async fn set_up(&self) -> Result<Value> {
        let token = offer_setup(&self.services).await?.context("the set-up has been done")?;
        let input = json!({ "setupToken": token, "agencyName": "Nour Agency", "timeZone": "Europe/Athens",
            "baseCurrency": "EUR", "locale": "EN", "name": "Dina", "email": "dina@nour.example", "password": PASSWORD });
        let answer =
            self.client.mutate("", "setUpAgency", "session { accessToken refreshToken expiresIn }", input).await?;
        Ok(answer.get("setUpAgency.session").clone())
    }

    /// Sets the agency up through the API and answers the access token of its CMO.
    pub async fn cmo(&self) -> Result<String> {
        let session = self.set_up().await?;
        Ok(session["accessToken"].as_str().context("no access token")?.to_owned())
    }

    /// Signs somebody in through the API. Answers the access token.
    pub async fn sign_in(&self, email: &str) -> Result<String> {
        let input = json!({ "email": email, "password": PASSWORD });
        let answer = self.client.mutate("", "signIn", "session { accessToken }", input).await?;
        answer.text("signIn.session.accessToken")
    }

    /// Stops the API, as at the end of the process.
    fn stop(&mut self) -> Result<()> {
        self.stop.cancel();
        let Some(Server { thread, over }) = self.server.take() else { return Ok(()) };
        // (Its connections may have been made by the test's own runtime, which stands still meanwhile.)
        if over.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            return Err(anyhow!("the API did not stop"));
        }
        Ok(thread.join().map_err(|_| anyhow!("the API panicked"))??)
    }

    /// How many jobs are due; asked from a thread of its own, because the test's runtime may be at its end.
    fn count_due(&self) -> Result<i64> {
        let (url, now) = (self.db.url.clone(), self.services.now());
        let counting = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let owner = connect_owner(url.as_str()).await?;
                let sql = "select count(*) from job where state in ('PENDING', 'HANDED') and due_at <= $1";
                let due = diwan_platform::db::scalar(&owner, sql, [now.into()]).await?;
                owner.close().await?;
                Ok(due)
            })
        });
        counting.join().map_err(|_| anyhow!("counting panicked"))?
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stopped = self.stop();
        if std::thread::panicking() {
            return;
        }
        assert!(stopped.is_ok(), "the API ended badly: {stopped:?}");
        if !self.jobs_may_stay {
            let due = self.count_due();
            assert!(matches!(due, Ok(0)), "the test ended with due jobs that nobody ran: {due:?}");
        }
    }
}
