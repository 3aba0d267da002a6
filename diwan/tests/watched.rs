//! What whoever watches over an installation sees of one publication: a trace from the mutation to the network's answer, in a collector
//! that the test is, and figures.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{SecondsFormat, TimeDelta};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::http::Method;
use diwan_testkit::client::{Answer, Client, new_key};
use diwan_testkit::process::{Diwan, TempDir, data_folder, free_port};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Said;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// How long a start, or whatever is waited for, may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// A caller's own trace: what it asks for belongs there.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// Takes spans by OTLP over HTTP, and keeps them.
struct Collector {
    url: String,
    spans: Arc<Mutex<Vec<Span>>>,
    accepting: JoinHandle<()>,
}

impl Collector {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let spans = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&spans);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                match receive(stream).await {
                    Ok(more) => kept.lock().unwrap_or_else(PoisonError::into_inner).extend(more),
                    Err(error) => println!("the collector could not read: {error:#}"),
                }
            }
        });
        Ok(Self { url, spans, accepting })
    }

    /// The spans of a trace, by their ids.
    fn of(&self, trace: &str) -> HashMap<String, Span> {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let of_trace = spans.iter().filter(|span| hex(&span.trace_id) == trace);
        of_trace.map(|span| (hex(&span.span_id), span.clone())).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn receive(mut stream: TcpStream) -> Result<Vec<Span>> {
    let mut bytes = Vec::new();
    let head = loop {
        ensure!(stream.read_buf(&mut bytes).await? > 0, "no request");
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    ensure!(text.starts_with("post /v1/traces http/1.1\r\n"), "{text}");
    ensure!(text.contains("\r\ncontent-type: application/x-protobuf\r\n"), "{text}");
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.context("no length")?.trim().parse()?;
    while bytes.len() < head + 4 + length {
        ensure!(stream.read_buf(&mut bytes).await? > 0, "half a request");
    }
    let request = ExportTraceServiceRequest::decode(&bytes[head + 4..])?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await?;
    stream.shutdown().await?;
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    Ok(scopes.flat_map(|scope| scope.spans).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// What a span says under this name; empty where it says nothing.
fn said(span: &Span, name: &str) -> String {
    let value = span.attributes.iter().find(|pair| pair.key == name).and_then(|pair| pair.value.clone());
    match value.and_then(|value| value.value) {
        Some(Said::StringValue(text)) => text,
        Some(Said::IntValue(number)) => number.to_string(),
        other => other.map(|value| format!("{value:?}")).unwrap_or_default(),
    }
}

/// The demo, with an account on the emulated X.
struct Desk {
    diwan: Diwan,
    client: Client,
    figures: Client,
    token: String,
    calendar: String,
    account: String,
    _folder: TempDir,
}

impl Desk {
    async fn start(collector: &str) -> Result<Self> {
        let folder = data_folder()?;
        let (port, figures) = (free_port()?, free_port()?);
        let settings = [
            ("DIWAN_DATA", folder.path().join("data").display().to_string()),
            ("DIWAN_LISTEN", format!("127.0.0.1:{port}")),
            ("DIWAN_METRICS_LISTEN", format!("127.0.0.1:{figures}")),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.to_owned()),
        ];
        let mut diwan = Diwan::start(Path::new(env!("CARGO_BIN_EXE_diwan")), "demo", &settings, folder.path())?;
        diwan.wait_for(PATIENCE, |said| said.contains("Stop with Ctrl-C").then_some(())).await?;
        let printed = diwan.output()?;
        let password = printed.lines().find_map(|line| line.trim().strip_prefix("Password ")).context("a password")?;
        let client = Client::new(&format!("http://localhost:{port}/").parse()?)?;
        let figures = Client::new(&format!("http://127.0.0.1:{figures}/").parse()?)?;
        let input = json!({ "email": "nour@example.com", "password": password.trim() });
        let token = client.mutate("", "signIn", "session { accessToken }", input).await?;
        let token = token.text("signIn.session.accessToken")?;
        let query = "{ brands(first: 1) { nodes { id calendars(first: 1) { nodes { id } } } } }";
        let brand = client.gql(&token, query, json!({})).await?.ok()?;
        let mut desk = Self {
            diwan,
            client,
            figures,
            token,
            calendar: brand.text("brands.nodes.0.calendars.nodes.0.id")?,
            account: String::new(),
            _folder: folder,
        };
        desk.account = desk.connect(&brand.text("brands.nodes.0.id")?).await?;
        Ok(desk)
    }

    async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.client.mutate(&self.token, name, selection, input).await
    }

    /// Asks for a node until `found` finds what it looks for.
    async fn until<T>(&self, id: &str, query: &str, found: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ {query} }} }}");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.client.gql(&self.token, &query, json!({ "id": id })).await?.ok()?;
            if let Some(found) = found(answer.get("node")) {
                return Ok(found);
            }
            ensure!(Instant::now() < deadline, "{}\n{}", answer.body, self.diwan.log()?);
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Connects an account as a person would, who is asked nothing by the emulated network.
    async fn connect(&self, brand: &str) -> Result<String> {
        let input = json!({ "brandId": brand, "network": "x", "using": { "oauth": {} } });
        let connection = self.mutate("connectAccount", "connection { id }", input).await?;
        let connection = connection.text("connectAccount.connection.id")?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let page = "... on AccountConnection { authorizationUrl }";
        let page = self.until(&connection, page, |node| text(&node["authorizationUrl"])).await?;
        let page: url::Url = page.parse()?;
        let at_network = Client::new(&page)?;
        let agreed = at_network.get(&format!("{page}&emulator_account=nour")).await?;
        let back = agreed.header("location").context("nobody was sent back")?.to_owned();
        ensure!(self.client.get(&back).await?.status.is_success(), "the way back is closed: {back}");
        let account = "... on AccountConnection { state socialAccount { id } error { detail } }";
        self.until(&connection, account, |node| text(&node["socialAccount"]["id"])).await
    }

    async fn post(&self, text: &str) -> Result<String> {
        let variants = json!([{ "socialAccountId": self.account, "text": text }]);
        let input = json!({ "calendarId": self.calendar, "title": text, "variants": variants });
        self.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")
    }

    /// Schedules a post under the caller's own trace.
    async fn schedule(&self, post: &str, ahead: TimeDelta) -> Result<()> {
        let query = "mutation Plan($input: SchedulePostInput!) { schedulePost(input: $input) { userErrors { code } } }";
        let due_at = (SystemClock.now() + ahead).to_rfc3339_opts(SecondsFormat::Millis, true);
        let body = json!({ "query": query, "operationName": "Plan",
            "variables": { "input": { "postId": post, "dueAt": due_at } } });
        let request = self.client.request(Method::POST, "/graphql")?.json(&body).bearer(&self.token);
        let request = request.header("idempotency-key", &new_key()?);
        let answer = request.header("traceparent", &format!("00-{TRACE}-{CALLER}-01")).send().await?;
        let answer: Value = answer.json()?;
        ensure!(answer["data"]["schedulePost"]["userErrors"] == json!([]), "{answer}");
        Ok(())
    }

    async fn published(&self, post: &str) -> Result<()> {
        let state = "... on Post { state publications { trouble { detail } } }";
        self.until(post, state, |node| (node["state"] == "PUBLISHED").then_some(())).await
    }

    async fn stop(mut self) -> Result<()> {
        self.diwan.terminate()?;
        let status = self.diwan.ended(Duration::from_mins(1)).await?;
        ensure!(status.success(), "it ended with {status}:\n{}", self.diwan.log()?);
        Ok(())
    }
}

#[tokio::test]
async fn a_publication_is_one_trace_from_the_mutation_to_the_network_and_is_counted() -> Result<()> {
    let collector = Collector::start().await?;
    let desk = Desk::start(&collector.url).await?;
    let (now, later) = (desk.post("Good morning").await?, desk.post("Good evening").await?);
    desk.schedule(&now, TimeDelta::seconds(2)).await?;
    desk.schedule(&later, TimeDelta::days(2)).await?;
    desk.published(&now).await?;

    figures(&desk).await?;
    // What has not been sent yet is sent at the end.
    desk.stop().await?;
    let spans = collector.of(TRACE);
    let sends =
        |span: &&Span| said(span, "server.address") == "api.x.com" && said(span, "http.request.method") == "POST";
    let call = spans.values().find(sends);
    let call = call.with_context(|| format!("no call of the network in {spans:?}"))?;
    assert_eq!((call.name.as_str(), said(call, "http.response.status_code").as_str()), ("outbound request", "201"));
    let mut way = Vec::new();
    let mut at = call;
    while let Some(above) = spans.get(&hex(&at.parent_span_id)) {
        way.push(above);
        at = above;
    }
    let [.., job, request] = way.as_slice() else { anyhow::bail!("it hangs below nothing: {way:?}") };
    assert_eq!((job.name.as_str(), said(job, "kind").as_str()), ("job", "publish"));
    assert_eq!(request.name, "graphql");
    let operation = ["type", "name"].map(|what| said(request, &format!("graphql.operation.{what}")));
    assert_eq!(operation, ["mutation", "Plan"]);
    assert_eq!(hex(&request.parent_span_id), CALLER, "the caller's own span is above it");
    Ok(())
}

/// What the process counts: one publication that went out, and one that waits.
async fn figures(desk: &Desk) -> Result<()> {
    let answer = desk.figures.get("/metrics").await?;
    let mime = answer.header("content-type").unwrap_or_default();
    assert!(mime.starts_with("application/openmetrics-text"), "{mime}");
    let text = String::from_utf8(answer.body.to_vec())?;
    for line in [
        r#"diwan_publication_lateness_seconds_count{network="x"} 1"#,
        r#"diwan_publication_lateness_seconds_bucket{le="60.0",network="x"} 1"#,
        r#"diwan_publication_attempts_total{network="x",outcome="PUBLISHED"} 1"#,
        r#"diwan_jobs{kind="publish",state="PLANNED"} 1"#,
        r#"diwan_publications{state="SCHEDULED"} 1"#,
    ] {
        assert!(text.lines().any(|there| there == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert_eq!(desk.figures.get("/").await?.status.as_u16(), 404);
    Ok(())
}
