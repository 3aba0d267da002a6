//! `diwan demo` as somebody tries it: started, looked at over HTTP, started again.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use diwan_testkit::client::{Answer, Client};
use diwan_testkit::process::{Diwan, free_port};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

/// How long a start, and the reports, may take.
const PATIENCE: Duration = Duration::from_secs(90);

struct Demo {
    diwan: Diwan,
    client: Client,
    printed: String,
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_diwan"))
}

fn folder() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("diwan-demo-").tempdir()?;
    // Started by root, the servers' own account must be able to pass through it.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

impl Demo {
    async fn start(folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let settings = [
            ("DIWAN_DATA", folder.join("data").display().to_string()),
            ("DIWAN_LISTEN", format!("127.0.0.1:{port}")),
            // That of the real installation beside it.
            ("DIWAN_PUBLIC_URL", "https://diwan.example.com".to_owned()),
        ];
        let mut diwan = Diwan::start(program(), "demo", &settings, folder)?;
        diwan.wait_for(PATIENCE, |said| said.contains("Stop with Ctrl-C").then_some(())).await?;
        let printed = diwan.output()?;
        ensure!(printed.contains(&format!("http://localhost:{port}/graphiql/")), "{printed}");
        Ok(Self { diwan, client: Client::new(&format!("http://localhost:{port}/").parse()?)?, printed })
    }

    /// An operation as it was printed, ready to paste.
    fn operation(&self, begins: &str) -> Result<&str> {
        let (_, rest) = self.printed.split_once(begins).with_context(|| format!("no {begins} in {}", self.printed))?;
        let end = rest.find("\n}\n").context("an operation ends")?;
        let start = self.printed.len() - rest.len() - begins.len();
        Ok(&self.printed[start..self.printed.len() - rest.len() + end + 2])
    }

    fn password(&self) -> Result<String> {
        let line = self.printed.lines().find_map(|line| line.trim().strip_prefix("Password "));
        Ok(line.context("a password is printed")?.trim().to_owned())
    }

    async fn sign_in(&self) -> Result<String> {
        let answer = self.client.gql("", self.operation("mutation SignIn {")?, json!({})).await?.ok()?;
        answer.text("signIn.session.accessToken")
    }

    async fn ask(&self, token: &str, begins: &str) -> Result<Answer> {
        self.client.gql(token, self.operation(begins)?, json!({})).await?.ok()
    }

    /// The links of both reports, once they are rendered.
    async fn reports(&self, token: &str) -> Result<Vec<String>> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.ask(token, "query Reports {").await?;
            let brands = answer.get("brands.nodes").as_array().context("brands")?;
            let reports: Vec<&Value> =
                brands.iter().filter_map(|brand| brand["reports"]["nodes"].as_array()).flatten().collect();
            assert_eq!(reports.len(), 2);
            if reports.iter().all(|report| report["state"] == "READY") {
                let link = |report: &&Value| report["download"]["url"].as_str().map(str::to_owned);
                return reports.iter().map(link).collect::<Option<_>>().context("a link");
            }
            ensure!(Instant::now() < deadline, "not rendered within {PATIENCE:?}: {reports:?}\n{}", self.diwan.log()?);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn stop(mut self) -> Result<()> {
        self.diwan.terminate()?;
        let status = self.diwan.ended(Duration::from_mins(1)).await?;
        ensure!(status.success(), "it ended with {status}:\n{}", self.diwan.log()?);
        Ok(())
    }
}

#[tokio::test]
async fn what_is_printed_works_and_a_second_start_finds_what_the_first_made() -> Result<()> {
    let folder = folder()?;
    let demo = Demo::start(folder.path()).await?;
    let token = demo.sign_in().await?;
    let seen = demo.ask(&token, "query Brands {").await?.get("brands.nodes").clone();
    let field = |name: &str| seen.as_array().into_iter().flatten().map(|brand| brand[name].clone()).collect::<Vec<_>>();
    // Newest first.
    assert_eq!(field("name"), ["کتاب‌فروشی باران", "Cafe Alef"]);
    assert_eq!(field("timeZone"), ["Asia/Tehran", "Europe/Athens"]);
    assert_eq!(field("locale"), ["FA", "EN"]);
    for brand in seen.as_array().into_iter().flatten() {
        assert_eq!(brand["calendars"]["nodes"].as_array().map(Vec::len), Some(2));
        assert_eq!(brand["posts"]["nodes"].as_array().map(Vec::len), Some(5));
        assert_eq!(brand["posts"]["nodes"][0]["state"], "DRAFT");
        assert_eq!(brand["assets"]["nodes"][0]["state"], "READY");
    }
    for link in demo.reports(&token).await? {
        assert!(link.starts_with("http://localhost:"), "{link}");
        let file = demo.client.get(&link).await?;
        assert_eq!(file.status.as_u16(), 200);
        assert!(file.body.starts_with(b"%PDF-"));
    }
    assert_eq!(demo.client.get("/graphiql/").await?.status.as_u16(), 200);
    let password = demo.password()?;
    demo.stop().await?;

    // Nothing lies where the real installation would be, and the password is for this account's eyes only.
    let data = folder.path().join("data");
    let there: Vec<_> = std::fs::read_dir(&data)?.map(|entry| Ok(entry?.file_name())).collect::<Result<_>>()?;
    assert_eq!(there, ["demo"]);
    let kept = std::fs::metadata(data.join("demo/sign-in.txt"))?;
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);

    let again = Demo::start(folder.path()).await?;
    assert_eq!(again.password()?, password);
    let token = again.sign_in().await?;
    assert_eq!(again.ask(&token, "query Brands {").await?.get("brands.nodes"), &seen);
    assert_eq!(again.reports(&token).await?.len(), 2);
    again.stop().await
}

#[tokio::test]
async fn servers_of_the_operators_and_the_open_network_are_refused() -> Result<()> {
    let folder = folder()?;
    let data = ("DIWAN_DATA", folder.path().join("data").display().to_string());
    let set = |name: &'static str, value: &str| (name, value.to_owned());
    let database = set("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let cases = [
        (vec![database.clone(), set("REDIS_URL", "redis://127.0.0.1:1")], "unset DATABASE_URL and REDIS_URL"),
        (vec![database], "unset DATABASE_URL and REDIS_URL"),
        (vec![set("DIWAN_LISTEN", "0.0.0.0:0")], "loopback"),
    ];
    for (mut settings, words) in cases {
        settings.push(data.clone());
        let mut diwan = Diwan::start(program(), "demo", &settings, folder.path())?;
        let status = diwan.ended(Duration::from_secs(20)).await?;
        assert!(!status.success());
        assert!(diwan.log()?.contains(words), "{}", diwan.log()?);
        assert!(!folder.path().join("data").exists());
    }
    Ok(())
}
