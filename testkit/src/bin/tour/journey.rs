//! The agency's way through the public API.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::crypto::sha256;
use diwan_testkit::client::{Answer, Client, Event};
use diwan_testkit::pictures;
use serde_json::{Value, json};

use crate::installation::{Installation, read};
use crate::network::Networks;
use crate::steps::{Row, Steps};

const ALT_TEXT: &str = "A plain blue rectangle";
const PERSIAN: &str = "صبح بخیر! فصل تازه رسید: https://example.com/new";
const ENGLISH: &str = "Good morning! The new season is here: https://example.com/new";
const HASHTAG: &str = "#NowruzSale";

/// How long after now the post is scheduled.
const AHEAD: TimeDelta = TimeDelta::seconds(30);

/// What an account and a publication are asked for.
const PUBLICATION: &str = "id state dueAt publishedAt remoteId remoteUrl metricsReadAt metrics { metric value }
  attempts { number startedAt outcome } socialAccount { id network handle }";

/// A running installation and whoever is signed in.
pub struct Journey {
    client: Client,
    installation: Installation,
    token: String,
}

struct Brand {
    id: String,
    calendar: String,
}

impl Journey {
    /// Starts `diwan up` with servers of its own, in a folder of its own.
    pub async fn start(networks: &Networks, steps: &mut Steps) -> Result<Self> {
        let installation = Installation::start(networks.hosts(), steps).await?;
        Ok(Self { client: installation.client.clone(), installation, token: String::new() })
    }

    /// The memory of API and worker, in bytes.
    pub fn memory(&self) -> u64 {
        self.installation.memory()
    }

    /// The end of the installation's log.
    pub fn last_words(&self) -> String {
        self.installation.last_words()
    }

    /// Stops the installation.
    pub async fn stop(mut self) -> Result<()> {
        self.installation.stop().await
    }

    /// All of it. Answers what went out.
    pub async fn travel(&mut self, networks: &Networks, steps: &mut Steps) -> Result<Vec<Row>> {
        self.token = self.installation.set_up().await?;
        steps.done("the agency is set up, its CMO signed in");
        let brand = self.brand().await?;
        steps.done("a brand with its calendar");
        let bluesky = self.connect_bluesky(&brand, networks).await?;
        steps.done("Bluesky connected with an app password");
        let mastodon = self.connect_mastodon(&brand, networks).await?;
        steps.done("Mastodon connected by OAuth, as a person in a browser");
        let asset = self.upload(&brand).await?;
        steps.done("an image uploaded");
        let post = self.draft(&brand, &asset, [&bluesky, &mastodon]).await?;
        steps.done("a draft with a variant in English and one in Persian; validatePost finds nothing wrong");
        let published = self.publish(&brand, &post, steps).await?;
        let mut rows = Vec::new();
        for publication in &published {
            let row = row(publication)?;
            let seen = match publication["socialAccount"]["network"].as_str() {
                Some("bluesky") => networks.check_bluesky(&row.remote_id, &english(), ALT_TEXT).await?,
                Some("mastodon") => networks.check_snac(&row.url, "صبح بخیر", ALT_TEXT).await?,
                other => bail!("a publication on {other:?}"),
            };
            steps.done(&format!("read back from the network: {}: {seen}", row.account));
            rows.push(row);
        }
        for publication in &published {
            let numbers = self.numbers(publication).await?;
            steps.done(&format!("numbers of {}: {numbers}", publication["socialAccount"]["network"]));
        }
        let size = self.report(&brand).await?;
        steps.done(&format!("the month's report: a PDF of {} kB, downloaded by its signed link", size / 1000));
        Ok(rows)
    }

    async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.client.mutate(&self.token, name, selection, input).await
    }

    /// Reads a node until `done` says so.
    async fn read(&self, id: &str, of: &str, selection: &str, done: impl Fn(&Value) -> bool) -> Result<Value> {
        read((&self.client, &self.token), (of, id), selection, done).await
    }

    async fn brand(&self) -> Result<Brand> {
        let selection = "brand { id calendars(first: 1) { nodes { id } } }";
        let input = json!({ "name": "Bahar", "timeZone": "Asia/Tehran", "locale": "FA" });
        let answer = self.mutate("createBrand", selection, input).await?;
        let calendar = answer.text("createBrand.brand.calendars.nodes.0.id")?;
        Ok(Brand { id: answer.text("createBrand.brand.id")?, calendar })
    }

    async fn connect(&self, brand: &Brand, network: &str, using: Value) -> Result<String> {
        let input = json!({ "brandId": brand.id, "network": network, "using": using });
        self.mutate("connectAccount", "connection { id state }", input).await?.text("connectAccount.connection.id")
    }

    async fn connected(&self, connection: &str) -> Result<String> {
        let selection = "state error { kind message detail } socialAccount { id state }";
        let over = |read: &Value| read["state"] == "CONNECTED" || read["state"] == "FAILED";
        let read = self.read(connection, "AccountConnection", selection, over).await?;
        ensure!(read["socialAccount"]["state"] == "CONNECTED", "not connected: {read}");
        Ok(read["socialAccount"]["id"].as_str().context("no account")?.to_owned())
    }

    async fn connect_bluesky(&self, brand: &Brand, networks: &Networks) -> Result<String> {
        let user = &networks.did;
        let service = networks.bluesky.url.as_str();
        let using =
            json!({ "appPassword": { "service": service, "identifier": user.handle, "password": user.app_password } });
        let connection = self.connect(brand, "bluesky", using).await?;
        self.connected(&connection).await
    }

    async fn connect_mastodon(&self, brand: &Brand, networks: &Networks) -> Result<String> {
        let using = json!({ "oauth": { "instance": networks.snac.url.as_str() } });
        let connection = self.connect(brand, "mastodon", using).await?;
        let there = |read: &Value| read["authorizationUrl"].is_string() || read["state"] == "FAILED";
        let read =
            self.read(&connection, "AccountConnection", "state authorizationUrl error { detail }", there).await?;
        let page = read["authorizationUrl"].as_str().with_context(|| format!("nowhere to agree: {read}"))?;
        let back = networks.snac.authorize(&networks.user, &page.parse()?).await?;
        ensure!(back.path() == "/oauth/callback", "sent back to {back}");
        let answer = self.client.get(back.as_str()).await?;
        ensure!(answer.status.is_success(), "the callback answered {}", answer.status);
        self.connected(&connection).await
    }

    async fn upload(&self, brand: &Brand) -> Result<String> {
        let input = json!({ "brandId": brand.id, "fileName": "spring.png", "altText": ALT_TEXT });
        let answer = self.mutate("requestUpload", "asset { id state } uploadUrl", input).await?;
        let picture = pictures::png(640, 360);
        let hash = data_encoding::HEXLOWER.encode(&sha256(&picture));
        let sent = self.client.put(&answer.text("requestUpload.uploadUrl")?, picture).await?;
        ensure!(sent.status.is_success(), "the upload answered {}", sent.status);
        let id = answer.text("requestUpload.asset.id")?;
        let selection = "state mimeType width height sha256";
        let read = self.read(&id, "Asset", selection, |read| read["state"] == "READY").await?;
        let right = json!({ "state": "READY", "mimeType": "image/png", "width": 640, "height": 360, "sha256": hash });
        ensure!(read == right, "the image is {read}");
        Ok(id)
    }

    async fn draft(&self, brand: &Brand, asset: &str, [bluesky, mastodon]: [&str; 2]) -> Result<String> {
        let variants = json!([
            { "socialAccountId": bluesky, "text": english(), "language": "en", "assetIds": [asset] },
            { "socialAccountId": mastodon, "text": persian(), "language": "fa", "assetIds": [asset] },
        ]);
        let input = json!({ "calendarId": brand.calendar, "title": "The new season", "variants": variants });
        let answer = self.mutate("createPost", "post { id state variants { id length } }", input).await?;
        ensure!(answer.get("createPost.post.state") == "DRAFT", "{}", answer.body);
        let post = answer.text("createPost.post.id")?;
        let query = "query($id: ID!) { validatePost(postId: $id) { valid problems { error { code message } } } }";
        let dry = self.client.gql(&self.token, query, json!({ "id": post })).await?.ok()?;
        ensure!(dry.get("validatePost.valid") == true, "validatePost: {}", dry.body);
        Ok(post)
    }

    /// Schedules, and watches until both are out. Answers the publications as they are then.
    async fn publish(&self, brand: &Brand, post: &str, steps: &mut Steps) -> Result<Vec<Value>> {
        let query =
            "subscription($brand: ID!) { publicationChanged(brandId: $brand) { id state socialAccount { network } } }";
        let mut watching = self.client.subscribe(&self.token, query, json!({ "brand": brand.id })).await?;
        let due = SystemClock.now() + AHEAD;
        let input = json!({ "postId": post, "dueAt": due.to_rfc3339() });
        let answer = self.mutate("schedulePost", "post { state publications { id } }", input).await?;
        ensure!(answer.get("schedulePost.post.state") == "SCHEDULED", "{}", answer.body);
        let publications = answer.get("schedulePost.post.publications").as_array().context("publications")?;
        let ids: Vec<&str> = publications.iter().filter_map(|publication| publication["id"].as_str()).collect();
        ensure!(ids.len() == 2, "{} publications", ids.len());
        steps.done(&format!("scheduled for {}", due.format("%H:%M:%S%.3f UTC")));

        let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
        while seen.values().filter(|states| states.last().is_some_and(|state| state == "PUBLISHED")).count() < ids.len()
        {
            let event = watching.next(Duration::from_secs(45)).await.with_context(|| format!("so far: {seen:?}"))?;
            let Event::Next(payload) = event else { bail!("the subscription brought {event:?}") };
            let publication = &payload["data"]["publicationChanged"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (network, state) = (text(&publication["socialAccount"]["network"]), text(&publication["state"]));
            ensure!(
                ["SCHEDULED", "QUEUED", "SENDING", "PUBLISHED"].contains(&state.as_str()),
                "{network} is {payload}"
            );
            seen.entry(network).or_default().push(state);
        }
        for (network, states) in &seen {
            ensure!(states.iter().any(|state| state == "SENDING"), "the subscription showed {states:?} of {network}");
        }
        let told: Vec<_> = seen.iter().map(|(network, states)| format!("{network} {}", states.join(" → "))).collect();
        steps.done(&format!("the subscription showed: {}", told.join("; ")));
        let mut published = Vec::new();
        for id in ids {
            published.push(self.read(id, "Publication", PUBLICATION, |read| read["state"] == "PUBLISHED").await?);
        }
        Ok(published)
    }

    async fn numbers(&self, publication: &Value) -> Result<String> {
        let input = json!({ "publicationId": publication["id"] });
        self.mutate("syncMetrics", "job { id state kind }", input).await?;
        let id = publication["id"].as_str().context("an id")?;
        let read = self.read(id, "Publication", PUBLICATION, |read| read["metricsReadAt"].is_string()).await?;
        let numbers = read["metrics"].as_array().context("numbers")?;
        if numbers.is_empty() {
            return Ok("read; this server counts nothing of a post, and nothing is what Diwan says".to_owned());
        }
        let numbers = numbers
            .iter()
            .map(|number| format!("{} {}", number["metric"].as_str().unwrap_or_default(), number["value"]));
        Ok(numbers.collect::<Vec<_>>().join(", "))
    }

    async fn report(&self, brand: &Brand) -> Result<usize> {
        let month = SystemClock.now().format("%Y-%m-01").to_string();
        let input = json!({ "brandId": brand.id, "month": month, "locale": "EN" });
        let answer = self.mutate("requestReport", "report { id state }", input).await?;
        let id = answer.text("requestReport.report.id")?;
        let selection = "state sha256 byteSize download { url expiresAt } error { kind message detail }";
        let read = self.read(&id, "ReportRun", selection, |read| read["state"] != "REQUESTED").await?;
        let link = read["download"]["url"].as_str().with_context(|| format!("no report: {read}"))?;
        let file = self.client.get(link).await?;
        ensure!(file.status.is_success(), "the download answered {}", file.status);
        ensure!(file.header("content-type") == Some("application/pdf"), "it is {:?}", file.header("content-type"));
        ensure!(file.body.starts_with(b"%PDF"), "what was downloaded is no PDF");
        let hash = data_encoding::HEXLOWER.encode(&sha256(&file.body));
        ensure!(read["sha256"] == hash, "what was downloaded is not what was stored");
        let forged = self.client.get(&format!("{link}x")).await?;
        ensure!(forged.status == 404, "a changed link answered {}", forged.status);
        Ok(file.body.len())
    }
}

fn english() -> String {
    format!("{ENGLISH} {HASHTAG}")
}

fn persian() -> String {
    format!("{PERSIAN}\n\n{ENGLISH} {HASHTAG}")
}

fn row(publication: &Value) -> Result<Row> {
    let text = |value: &Value, what: &str| {
        value.as_str().map(str::to_owned).with_context(|| format!("no {what}: {publication}"))
    };
    let time = |value: &Value, what: &str| Ok::<DateTime<Utc>, anyhow::Error>(text(value, what)?.parse()?);
    let account = &publication["socialAccount"];
    ensure!(
        publication["attempts"].as_array().is_some_and(|attempts| attempts.len() == 1),
        "not one attempt: {publication}"
    );
    Ok(Row {
        account: format!("{} ({})", text(&account["handle"], "handle")?, text(&account["network"], "network")?),
        due: time(&publication["dueAt"], "time")?,
        begun: time(&publication["attempts"][0]["startedAt"], "attempt")?,
        sent: time(&publication["publishedAt"], "time of publication")?,
        remote_id: text(&publication["remoteId"], "id at the network")?,
        url: text(&publication["remoteUrl"], "address")?,
    })
}
