//! A real PDS of Bluesky with a PLC directory in memory. It has no `AppView`: nobody counts likes or followers here.

use anyhow::{Context as _, Result, bail};
use diwan_platform::http::{HttpClient, Request};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::{FaultProxy, Process, http_client};

/// A running PDS.
pub struct BlueskyServer {
    /// Where clients find it: the PDS itself, or the proxy it stands behind.
    pub url: Url,
    direct: Url,
    http: HttpClient,
    _process: Process,
    _data: TempDir,
}

/// An account on the server.
#[derive(Debug, Clone)]
pub struct BlueskyUser {
    /// The account's identifier.
    pub did: String,
    /// Its handle, `<name>.test`.
    pub handle: String,
    /// A password for applications, made through the server.
    pub app_password: String,
    /// The account's own password.
    pub password: String,
}

impl BlueskyServer {
    /// Starts a server.
    pub async fn start() -> Result<Self> {
        Self::run(None).await
    }

    /// Starts a server that tells everyone to find it at the proxy.
    pub async fn start_behind(proxy: &FaultProxy) -> Result<Self> {
        let server = Self::run(Some(&proxy.url)).await?;
        proxy.forward_to(&server.direct)?;
        Ok(server)
    }

    async fn run(public: Option<&Url>) -> Result<Self> {
        let data = tempfile::Builder::new().prefix("diwan-bluesky-").tempdir()?;
        let arguments: Vec<_> =
            [data.path().as_os_str()].into_iter().chain(public.map(|url| url.as_str().as_ref())).collect();
        let (process, ready) = Process::start_node("bluesky.mjs", &arguments, data.path()).await?;
        let ready: Value = serde_json::from_str(&ready).with_context(|| format!("not JSON: {ready}"))?;
        let direct: Url = ready["pds"].as_str().context("no address")?.parse()?;
        let http = http_client([&direct])?;
        Ok(Self { url: public.unwrap_or(&direct).clone(), direct, http, _process: process, _data: data })
    }

    /// Makes an account `<name>.test` with a password for applications.
    pub async fn create_account(&self, name: &str) -> Result<BlueskyUser> {
        let handle = format!("{name}.test");
        let password = format!("the own password of {name}");
        let body = json!({ "handle": handle, "email": format!("{name}@example.com"), "password": password });
        let account = answer(self.procedure("com.atproto.server.createAccount")?.json(&body)).await?;
        let token = account["accessJwt"].as_str().context("no access token")?;
        let did = account["did"].as_str().context("no identifier")?.to_owned();
        let request = self.procedure("com.atproto.server.createAppPassword")?.bearer(token);
        let app_password = answer(request.json(&json!({ "name": "diwan" }))).await?;
        let app_password = app_password["password"].as_str().context("no password")?.to_owned();
        Ok(BlueskyUser { did, handle, app_password, password })
    }

    /// Takes the password for applications back: sessions made with it can not be renewed any more.
    pub async fn revoke_app_password(&self, user: &BlueskyUser) -> Result<()> {
        let body = json!({ "identifier": user.handle, "password": user.password });
        let session = answer(self.procedure("com.atproto.server.createSession")?.json(&body)).await?;
        let token = session["accessJwt"].as_str().context("no access token")?;
        let request = self.procedure("com.atproto.server.revokeAppPassword")?.bearer(token);
        answer(request.json(&json!({ "name": "diwan" }))).await?;
        Ok(())
    }

    /// The account's posts as the server stores them, newest first: `uri`, `cid`, `value`.
    pub async fn list_posts(&self, did: &str) -> Result<Vec<Value>> {
        let parameters = [("repo", did), ("collection", "app.bsky.feed.post"), ("limit", "100")];
        let url = self.direct.join("/xrpc/com.atproto.repo.listRecords")?;
        let mut list = answer(self.http.get(url).query(&parameters)).await?;
        match list["records"].take() {
            Value::Array(records) => Ok(records),
            other => bail!("not a list: {other}"),
        }
    }

    fn procedure(&self, method: &str) -> Result<Request> {
        Ok(self.http.post(self.direct.join(&format!("/xrpc/{method}"))?))
    }
}

async fn answer(request: Request) -> Result<Value> {
    let answer = request.send().await?;
    let text = String::from_utf8_lossy(&answer.body);
    if !answer.status.is_success() {
        bail!("{}: {text}", answer.status);
    }
    if text.is_empty() { Ok(Value::Null) } else { Ok(answer.json()?) }
}
