//! What the tests of every emulated network share: an emulator with a client that is sent to it, content, and a progress that
//! remembers checkpoints and can lose its lease.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_emulator::{Effect, Emulator, EmulatorOptions};
use diwan_networks::{
    Account, Checkpoint, Connected, Content, ErrorKind, LookUp, Media, Network, NetworkError, Options, Outside,
    Progress, ProgressError, Published, Violation, hosts, network,
};
use diwan_platform::apps::App;
use diwan_platform::http::{HttpClient, HttpPolicy, StandIn};
use url::Url;
use uuid::Uuid;

/// One network, emulated, and a client that finds it.
pub struct Stage {
    pub emulator: Emulator,
    pub network: &'static dyn Network,
    pub http: HttpClient,
    pub app: App,
}

/// Where networks send people back.
pub fn redirect() -> Url {
    "https://diwan.example/oauth/callback".parse().expect("an address")
}

impl Stage {
    /// Starts the emulator for the network of this key.
    pub fn start(key: &str) -> Self {
        let emulator = Emulator::start(EmulatorOptions::default()).expect("an emulator");
        let stand_in = StandIn { at: emulator.url().clone(), hosts: hosts() };
        let http = HttpClient::new(HttpPolicy {
            read_timeout: Duration::from_secs(3),
            total_timeout: Duration::from_secs(10),
            stand_in: Some(stand_in),
            ..HttpPolicy::default()
        });
        Self {
            emulator,
            network: network(key).expect("a registered network"),
            http: http.expect("a client"),
            app: App { client_id: "emulator".to_owned(), client_secret: "emulator-secret".to_owned() },
        }
    }

    pub fn out(&self) -> Outside<'_> {
        Outside { http: &self.http, app: Some(&self.app) }
    }

    /// Agrees as a person named so, and answers the code with which the network sends them back.
    pub async fn agree(&self, person: &str) -> (diwan_networks::Credentials, String) {
        let home = self.network.capabilities().home.expect("a network with one server").parse().expect("an address");
        let begun =
            self.network.begin_authorization(self.out(), &home, &redirect(), "st&te").await.expect("an address");
        let mut url = begun.url.clone();
        url.query_pairs_mut().append_pair("emulator_account", person);
        let answer = self.http.get(url).send().await.expect("an answer");
        assert_eq!(answer.status.as_u16(), 302, "{}", String::from_utf8_lossy(&answer.body));
        let back: Url = answer.header("location").expect("a way back").parse().expect("an address");
        assert!(back.as_str().starts_with(redirect().as_str()), "{back}");
        let parameter = |name: &str| {
            back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).expect("a parameter")
        };
        assert_eq!(parameter("state"), "st&te");
        (begun.pending, parameter("code"))
    }

    /// Every account that this person may publish to.
    pub async fn connect_all(&self, person: &str) -> Vec<Connected> {
        let (pending, code) = self.agree(person).await;
        let connected = self.network.complete_authorization(self.out(), &pending, &code, &redirect()).await;
        connected.expect("connected")
    }

    /// The first of them.
    pub async fn connect(&self, person: &str) -> Account {
        self.connect_all(person).await.remove(0).into_account()
    }

    pub async fn publish(
        &self,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
    ) -> (Result<Published, NetworkError>, Recorder) {
        let recorder = Recorder::default();
        let attempt = self.network.publish(self.out(), account, content, resume, &recorder).await;
        (attempt, recorder)
    }

    pub async fn look_up(&self, account: &Account, content: &Content, recorder: &Recorder) -> LookUp {
        let last = recorder.last();
        let found = self.network.look_up(self.out(), account, content, last.as_ref()).await;
        found.expect("an answer")
    }

    pub fn problems(&self, account: &Account, content: &Content) -> Vec<Violation> {
        self.network.validate(&account.limits, &content.into())
    }

    /// Everything that became visible, or was changed or taken back, in order.
    pub fn effects(&self) -> Vec<Effect> {
        self.emulator.world().effects()
    }

    /// Publishes with a lease that is lost after 0, 1, 2… steps until a run comes through, each going on from the last
    /// checkpoint. Answers what was published and how many runs it took.
    pub async fn publish_step_by_step(&self, account: &Account, content: &Content) -> (Published, usize) {
        let mut resume = None;
        for runs in 1..200 {
            let recorder = Recorder::losing_the_lease_after(runs % 4 + 1);
            match self.network.publish(self.out(), account, content, resume.clone(), &recorder).await {
                Ok(published) => return (published, runs),
                Err(error) => assert!(
                    matches!(error.kind, ErrorKind::LeaseLost | ErrorKind::Waiting | ErrorKind::Unknown),
                    "{error:?}"
                ),
            }
            resume = recorder.last().or(resume);
        }
        panic!("it never comes to an end");
    }
}

/// Remembers checkpoints, and can lose the lease.
#[derive(Default)]
pub struct Recorder {
    saved: Mutex<Vec<Checkpoint>>,
    commits: AtomicUsize,
    steps_left: Option<AtomicUsize>,
}

impl Recorder {
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
        self.step()?;
        let text = checkpoint.0.to_string();
        let stored = serde_json::from_str(&text).expect("JSON");
        self.saved.lock().expect("nobody panics here").push(Checkpoint(stored));
        Ok(())
    }

    async fn before_commit(&self) -> Result<(), ProgressError> {
        assert!(self.last().is_none_or(|last| last.may_have_been_sent()), "the checkpoint says what is coming");
        self.step()?;
        self.commits.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A publication of this text.
pub fn text(text: &str) -> Content {
    Content {
        text: text.to_owned(),
        language: Some("en".to_owned()),
        media: Vec::new(),
        thread: Vec::new(),
        first_comment: None,
        link: None,
        options: Options::new(),
        idempotency_key: key(),
        created_at: now(),
    }
}

/// The same with options.
pub fn with(content: Content, options: &[(&str, &str)]) -> Content {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Content { options, ..content }
}

/// A file of this type with these bytes, which the network can fetch from `link`.
pub fn file(mime: &str, (width, height): (u32, u32), bytes: Vec<u8>, link: &Url) -> Media {
    Media {
        mime: mime.to_owned(),
        width,
        height,
        alt_text: "what is to be seen".to_owned(),
        duration_ms: mime.starts_with("video/").then_some(5_000),
        source: bytes.into(),
        link: link.clone(),
    }
}

/// The first bytes of a JPEG of this size (SOI, APP0, SOF0), filled up to `length`.
pub fn jpeg((width, height): (u16, u16), length: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
    bytes.extend_from_slice(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    bytes.extend_from_slice(&[0xff, 0xc0, 0, 11, 8]);
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(&[1, 1, 0x11, 0]);
    bytes.resize(length.max(bytes.len() + 2), 0);
    let end = bytes.len() - 2;
    bytes[end..].copy_from_slice(&[0xff, 0xd9]);
    bytes
}

/// The first box of an MP4, filled up to `length`.
pub fn mp4(length: usize) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 20];
    bytes.extend_from_slice(b"ftypisom\0\0\x02\0isommp41");
    bytes.resize(length.max(bytes.len()), 7);
    bytes
}

/// Serves these bytes at an address of loopback for as long as the test runs, for networks that fetch files themselves.
pub async fn serve(mime: &'static str, bytes: Vec<u8>) -> Url {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {mime}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                bytes.len()
            );
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok() {
                // Who asked may be gone.
                let _gone = stream.write_all(head.as_bytes()).await;
                let _gone = stream.write_all(&bytes).await;
            }
        }
    });
    format!("http://{address}/file").parse().expect("an address")
}

#[expect(clippy::disallowed_methods, reason = "the emulator lives in real time")]
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
