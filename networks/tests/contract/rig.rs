//! What a network brings to take part, and what the scenarios share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_networks::{
    Account, Checkpoint, Connected, Content, Draft, ErrorKind, Media, Network, NetworkError, Options, Outside,
    Progress, ProgressError, Published, network, registry,
};
use diwan_platform::http::{HttpClient, HttpPolicy};
use diwan_testkit::servers::FaultProxy;
use url::Url;
use uuid::Uuid;

use crate::bluesky::BlueskyRig;
use crate::mastodon::MastodonRig;

/// Text in two directions with everything that is easily broken.
pub const MIXED: &str = "مرحبًا بالعالم 👩‍👩‍👧❤️ — see https://example.com/a_(b)?x=1&y=%D8%B3 الآن\n\n\
    #إطلاق_جديد #Launch <b>not bold</b> & \"quoted\"";

/// A picture of one pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0xf8, 0xcf,
    0x50, 0x0f, 0, 0x03, 0x86, 0x01, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42,
    0x60, 0x82,
];

/// One network with a real server behind a proxy that can spoil connections.
#[async_trait]
pub trait Rig: Send + Sync {
    /// The network.
    fn network(&self) -> &'static dyn Network;

    /// The proxy in front of the server; every request passes it.
    fn proxy(&self) -> &FaultProxy;

    /// Connects the account as a person would.
    async fn connect(&self, http: &HttpClient) -> Connected;

    /// Connects with a wrong password or code.
    async fn connect_wrongly(&self, http: &HttpClient) -> Result<Connected, NetworkError>;

    /// The path of the one request that makes a post visible.
    fn commit_path(&self) -> &'static str;

    /// The path of uploads.
    fn upload_path(&self) -> &'static str;

    /// How many posts the account has, asked of the server itself and not through the network's code.
    async fn posts(&self) -> usize;

    /// The account's posts, oldest first: the text, and which of them it answers. Asked of the server itself.
    async fn chain(&self) -> Vec<(String, Option<usize>)>;

    /// The descriptions of the images of the account's only post, as the server stores them.
    async fn alt_texts(&self) -> Vec<String>;

    /// Takes the account's authorization back at the server.
    async fn revoke(&self);

    /// True when this server can delete a post.
    fn deletes(&self) -> bool;
}

/// Runs a scenario with every network whose servers can be run here, each on a server of its own. The others are emulated: their
/// tests are in `emulator/tests`.
pub async fn with_every_network(scenario: impl AsyncFn(&Bench)) {
    let own_servers = registry().iter().map(|network| network.capabilities()).filter(|known| known.home.is_none());
    for key in own_servers.map(|known| known.key) {
        println!("with {key}");
        let rig: Box<dyn Rig> = match key.as_str() {
            "bluesky" => Box::new(BlueskyRig::start().await),
            "mastodon" => Box::new(MastodonRig::start().await),
            other => panic!("the network {other} has no rig in the contract suite"),
        };
        scenario(&Bench::new(rig).await).await;
    }
}

/// A connected account with everything needed to use it.
pub struct Bench {
    pub rig: Box<dyn Rig>,
    pub network: &'static dyn Network,
    pub http: HttpClient,
    pub account: Account,
}

impl Bench {
    async fn new(rig: Box<dyn Rig>) -> Self {
        let network = rig.network();
        let http = client(&rig.proxy().url);
        let account = rig.connect(&http).await.into_account();
        Self { rig, network, http, account }
    }

    pub fn out(&self) -> Outside<'_> {
        out(&self.http)
    }

    pub async fn publish(&self, content: &Content, resume: Option<Checkpoint>) -> (Attempt, Recorder) {
        let recorder = Recorder::default();
        let attempt = self.network.publish(self.out(), &self.account, content, resume, &recorder).await;
        (attempt, recorder)
    }

    pub fn problems(&self, content: &Content) -> Vec<diwan_networks::Violation> {
        self.network.validate(&self.account.limits, &Draft::from(content))
    }
}

pub type Attempt = Result<Published, NetworkError>;

/// A client that may speak to the proxy and does not wait long.
fn client(proxy: &Url) -> HttpClient {
    let port = proxy.port().expect("the proxy's port");
    HttpClient::new(HttpPolicy {
        allowed_hosts: vec![format!("localhost:{port}")],
        read_timeout: Duration::from_secs(3),
        ..HttpPolicy::default()
    })
    .expect("a client")
}

/// The way to a network that needs no application.
pub fn out(http: &HttpClient) -> Outside<'_> {
    Outside { http, app: None }
}

/// Remembers checkpoints, and can lose the lease.
#[derive(Default)]
pub struct Recorder {
    saved: Mutex<Vec<Checkpoint>>,
    commits: AtomicUsize,
    lose_lease_at_save: bool,
    lose_lease_at_commit: bool,
    /// How many more calls of either kind the lease lasts.
    steps_left: Option<AtomicUsize>,
}

impl Recorder {
    /// Loses the lease when a checkpoint is saved, or right before the post is made visible.
    pub fn losing_the_lease(at_save: bool, at_commit: bool) -> Self {
        Self { lose_lease_at_save: at_save, lose_lease_at_commit: at_commit, ..Self::default() }
    }

    /// Loses the lease after so many checkpoints and requests that make something visible, counted together.
    pub fn losing_the_lease_after(steps: usize) -> Self {
        Self { steps_left: Some(AtomicUsize::new(steps)), ..Self::default() }
    }

    fn step(&self) -> Result<(), ProgressError> {
        let Some(left) = &self.steps_left else { return Ok(()) };
        let took = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        took.map(|_| ()).map_err(|_| ProgressError::LeaseLost)
    }

    /// The newest checkpoint, as the next attempt gets it.
    pub fn last(&self) -> Option<Checkpoint> {
        self.saved.lock().expect("nobody panics here").last().cloned()
    }

    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Progress for Recorder {
    async fn save(&self, checkpoint: &Checkpoint) -> Result<(), ProgressError> {
        if self.lose_lease_at_save {
            return Err(ProgressError::LeaseLost);
        }
        self.step()?;
        // As the database does it: through text.
        let text = checkpoint.0.to_string();
        let stored = serde_json::from_str(&text).expect("JSON");
        self.saved.lock().expect("nobody panics here").push(Checkpoint(stored));
        Ok(())
    }

    async fn before_commit(&self) -> Result<(), ProgressError> {
        assert!(self.last().is_none_or(|last| last.may_have_been_sent()), "the checkpoint says what is coming");
        self.step()?;
        self.commits.fetch_add(1, Ordering::SeqCst);
        if self.lose_lease_at_commit { Err(ProgressError::LeaseLost) } else { Ok(()) }
    }
}

/// A publication of this text.
pub fn text(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        language: Some("ar".to_owned()),
        media: Vec::new(),
        thread: Vec::new(),
        first_comment: None,
        link: None,
        options: Options::new(),
        idempotency_key: key(),
        created_at: now(),
    }
}

/// A publication of these texts as a thread, with a first comment. Each text says which publication it is of.
pub fn thread(name: &str) -> Content {
    let thread = ["two", "three"].map(|part| format!("{name} {part}")).into();
    Content { thread, first_comment: Some(format!("{name} comment")), ..text(&format!("{name} one")) }
}

/// A publication with one image.
pub fn image(words: &str, alt_text: &str) -> Content {
    let media = Media {
        mime: "image/png".to_owned(),
        width: 1,
        height: 1,
        alt_text: alt_text.to_owned(),
        duration_ms: None,
        source: PNG.to_vec().into(),
        link: "https://media.example/dot.png".parse().expect("an address"),
    };
    Content { media: vec![media], ..text(words) }
}

#[expect(clippy::disallowed_methods, reason = "the servers live in real time")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

#[expect(clippy::disallowed_methods, reason = "any id will do here")]
fn key() -> Uuid {
    Uuid::now_v7()
}

/// The kind of an attempt's failure.
pub fn kind<T>(result: &Result<T, NetworkError>) -> Option<ErrorKind> {
    result.as_ref().err().map(|error| error.kind)
}

/// The registered network of this key.
pub fn registered(key: &str) -> &'static dyn Network {
    network(key).expect("a registered network")
}

/// The first box of an MP4, filled up to 3 MB.
pub fn film() -> Media {
    let mut bytes = vec![0, 0, 0, 20];
    bytes.extend_from_slice(b"ftypisom\0\0\x02\0isommp41");
    bytes.resize(3_000_000, 7);
    Media {
        mime: "video/mp4".to_owned(),
        width: 640,
        height: 480,
        alt_text: "a film of nothing".to_owned(),
        duration_ms: Some(5_000),
        source: bytes.into(),
        link: "https://media.example/film.mp4".parse().expect("an address"),
    }
}
