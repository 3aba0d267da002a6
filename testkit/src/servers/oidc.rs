//! A real OpenID provider (npm's `oidc-provider`), and one beside it that says whatever it is told.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use diwan_platform::http::{HttpClient, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use super::{Process, http_client};

const CLIENT_ID: &str = "diwan";
const CLIENT_SECRET: &str = "the secret of a client, with % and +";

/// As X makes them: letters, digits, `-` and `_`, since it reads them as they are.
const SECRET_OF_X: &str = "pL4in-secret_of_an_application";

/// Starts one at this port, or at a free one for 0. Answers where it is.
async fn run(port: u16, secret: &str, redirect: &Url, folder: &Path) -> Result<(Process, Url)> {
    let port = port.to_string();
    let arguments = [port.as_str(), CLIENT_ID, secret, redirect.as_str()].map(OsStr::new);
    let (process, issuer) = Process::start_node("oidc.mjs", &arguments, folder).await?;
    Ok((process, issuer.parse()?))
}

/// An OpenID provider, running or not.
pub struct OidcServer {
    /// Where it is, and what it calls itself.
    pub issuer: Url,
    /// As what it knows the product.
    pub client_id: &'static str,
    /// With which secret.
    pub client_secret: &'static str,
    redirect: Url,
    told: Value,
    http: HttpClient,
    process: Option<Process>,
    folder: TempDir,
}

impl OidcServer {
    /// Starts one that sends browsers back to `redirect`.
    pub async fn start(redirect: &str) -> Result<Self> {
        Self::start_with(CLIENT_SECRET, redirect).await
    }

    /// Starts one that is to stand in for the hosts of X, under its issuer.
    pub async fn start_as_x(redirect: &str) -> Result<Self> {
        Self::start_with(SECRET_OF_X, redirect).await
    }

    async fn start_with(client_secret: &'static str, redirect: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("diwan-oidc-").tempdir()?;
        let redirect = Url::parse(redirect)?;
        let (process, issuer) = run(0, client_secret, &redirect, folder.path()).await?;
        let http = http_client([&issuer])?;
        Ok(Self {
            issuer,
            client_id: CLIENT_ID,
            client_secret,
            redirect,
            told: json!({}),
            http,
            process: Some(process),
            folder,
        })
    }

    /// What the provider calls itself: without a slash at the end.
    pub fn issuer(&self) -> String {
        self.issuer.as_str().trim_end_matches('/').to_owned()
    }

    /// What the one beside it calls itself.
    pub fn fake_issuer(&self) -> String {
        format!("{}/fake", self.issuer())
    }

    /// Starts it again, with keys that nobody has seen, and what it was told before.
    pub async fn open(&mut self) -> Result<()> {
        let port = self.issuer.port().context("a port")?;
        let (process, _) = run(port, self.client_secret, &self.redirect, self.folder.path()).await?;
        self.process = Some(process);
        self.send().await
    }

    /// Stops it.
    pub fn close(&mut self) {
        self.process = None;
    }

    /// Tells it something: see `servers/oidc.mjs`.
    pub async fn tell(&mut self, name: &str, value: Value) -> Result<()> {
        self.told[name] = value;
        self.send().await
    }

    async fn send(&self) -> Result<()> {
        let answer = self.http.post(self.issuer.join("control")?).json(&self.told).send().await?;
        ensure!(answer.status.is_success(), "the provider does not listen: {}", answer.status);
        Ok(())
    }

    /// What its token endpoint was asked and what it gave, the oldest first: `basic` and `post` (where the client's secret
    /// stood), `code`, `verifier`, `error`, and `gave`, the whole answer.
    pub async fn exchanges(&self) -> Result<Vec<Value>> {
        let answer = self.http.get(self.issuer.join("control")?).send().await?;
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Signs in there and agrees, in a browser of its own. `form` is filled in wherever the provider asks. Answers the address
    /// to which the browser is sent back.
    pub async fn sign_in(&self, authorization_url: &str, form: &[(&str, &str)]) -> Result<Url> {
        let mut jar = BTreeMap::new();
        let mut url = Url::parse(authorization_url)?;
        for _ in 0..12 {
            let asks = url.path().starts_with("/interaction/");
            let request = if asks { self.http.post(url.clone()).form(form) } else { self.http.get(url.clone()) };
            let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = request.header("cookie", &cookies.join("; ")).send().await?;
            keep_cookies(&mut jar, &answer);
            let Some(next) = answer.header("location") else {
                bail!("{}: {} {}", url.path(), answer.status, String::from_utf8_lossy(&answer.body));
            };
            url = url.join(next)?;
            if url.origin() == self.redirect.origin() && url.path() == self.redirect.path() {
                return Ok(url);
            }
        }
        bail!("the provider sends the browser in circles")
    }
}

fn keep_cookies(jar: &mut BTreeMap<String, String>, answer: &Response) {
    for cookie in answer.headers.get_all("set-cookie") {
        let pair = cookie.to_str().ok().and_then(|cookie| cookie.split(';').next()?.split_once('='));
        if let Some((name, value)) = pair {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
