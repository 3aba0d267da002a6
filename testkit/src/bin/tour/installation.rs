//! An installation of the product with servers and data of its own, as both tours go through it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use diwan_testkit::client::Client;
use diwan_testkit::process::{Diwan, TempDir, data_folder, free_port};
use serde_json::{Value, json};

use crate::steps::Steps;

/// Everybody's password.
pub const PASSWORD: &str = "a long password of the tour";

/// A running `diwan up`.
pub struct Installation {
    /// A client of its API.
    pub client: Client,
    diwan: Diwan,
    program: PathBuf,
    settings: [(&'static str, String); 3],
    setup_token: String,
    folder: TempDir,
}

impl Installation {
    /// Starts it in a folder of its own. It may call these hosts (`host:port` with commas), because they are on this machine.
    pub async fn start(allowed_hosts: String, steps: &mut Steps) -> Result<Self> {
        let folder = data_folder()?;
        let program = std::env::current_exe()?.with_file_name("diwan");
        ensure!(program.exists(), "there is no {}: start the tour with script/tour", program.display());
        let port = free_port()?;
        let settings = [
            ("DIWAN_DATA", folder.path().join("data").display().to_string()),
            ("DIWAN_LISTEN", format!("127.0.0.1:{port}")),
            ("DIWAN_ALLOWED_HOSTS", allowed_hosts),
        ];
        let mut diwan = Diwan::start(&program, "up", &settings, folder.path())?;
        let setup_token = diwan.wait_for(Duration::from_mins(1), setup_token).await?;
        let client = Client::new(&format!("http://127.0.0.1:{port}/").parse()?)?;
        steps.done(&format!("diwan up on port {port}, with a new PostgreSQL and Redis; it printed the set-up token"));
        Ok(Self { client, diwan, program, settings, setup_token, folder })
    }

    /// Sets the agency up and signs its CMO in. Answers their access token.
    pub async fn set_up(&self) -> Result<String> {
        let input = json!({ "setupToken": self.setup_token, "agencyName": "Nour Agency", "timeZone": "Europe/Athens",
            "baseCurrency": "EUR", "locale": "EN", "name": "Nour Haddad", "email": "nour@agency.example", "password": PASSWORD });
        self.client.mutate("", "setUpAgency", "agency { id name }", input).await?;
        let input = json!({ "email": "nour@agency.example", "password": PASSWORD });
        let answer = self.client.mutate("", "signIn", "session { accessToken user { name } }", input).await?;
        answer.text("signIn.session.accessToken")
    }

    /// The memory of API and worker, in bytes.
    pub fn memory(&self) -> u64 {
        self.diwan.memory()
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let log = self.diwan.log().unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Stops it. Its data stay until this is dropped.
    pub async fn stop(&mut self) -> Result<()> {
        self.diwan.terminate()?;
        let status = self.diwan.ended(Duration::from_secs(30)).await?;
        ensure!(status.success(), "diwan up ended with {status}");
        Ok(())
    }

    /// Runs another command of the product on its data, now that it is stopped; answers what the command printed. Fails when the
    /// command does.
    pub async fn run(&self, command: &str) -> Result<String> {
        let mut diwan = Diwan::start(&self.program, command, &self.settings, self.folder.path())?;
        let status = diwan.ended(Duration::from_mins(1)).await?;
        let said = diwan.output()?;
        ensure!(status.success(), "diwan {command} ended with {status}:\n{said}{}", diwan.log()?);
        Ok(said)
    }
}

/// What is done, unless somebody interrupts it: then the rest stops as after any other failure.
pub async fn unless_interrupted<T>(done: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        done = done => done,
        signal = tokio::signal::ctrl_c() => {
            signal?;
            bail!("interrupted")
        }
    }
}

/// Reads a node as somebody does until `done` says so, for half a minute.
pub async fn read(
    (client, token): (&Client, &str),
    (of, id): (&str, &str),
    selection: &str,
    done: impl Fn(&Value) -> bool,
) -> Result<Value> {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ {selection} }} }} }}");
    let mut last = Value::Null;
    for _ in 0..300 {
        let answer = client.gql(token, &query, json!({ "id": id })).await?.ok()?;
        last = answer.get("node").clone();
        if done(&last) {
            return Ok(last);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{of} {id} is still {last}")
}

/// The set-up token in what was printed.
fn setup_token(said: &str) -> Option<String> {
    said.contains("Stop with")
        .then(|| said.split_once("setupToken: \"")?.1.split_once('"').map(|(token, _)| token.to_owned()))?
}

/// A text of a value that was read.
pub fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().with_context(|| format!("no text: {value}"))?.to_owned())
}
