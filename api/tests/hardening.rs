//! Requests that are made to harm: too deep, too many, too long, too late.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use diwan_platform::http::Method;
use diwan_platform::ids;
use diwan_testkit::TestApp;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::client::{Answer, new_key};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code } } }";
const REFRESH: &str = "mutation { refreshSession(input: { refreshToken: \"guessed\" }) { userErrors { code } } }";
const SCHEMA: &str = "{ __schema { queryType { name } } }";

fn bomb() -> String {
    let link = |n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1);
    let chain = (0..28).map(link).collect::<Vec<_>>().concat();
    format!("query {{ ...F0 }} {chain} fragment F28 on Query {{ viewer {{ user {{ id }} }} }}")
}

/// A document of just under 256 KiB that opens brackets and never closes them.
fn pit(step: &str) -> String {
    let steps = (256 * 1024 - 100) / step.len();
    format!("{{ a{}", step.repeat(steps))
}

fn remaining(answer: &Answer) -> Result<i64> {
    Ok(answer.response.header("ratelimit-remaining").context("no header")?.parse()?)
}

async fn answers(app: &TestApp) -> Result<()> {
    app.client.gql("", "{ __typename }", json!({})).await?.ok().map(drop)
}

#[tokio::test]
async fn a_pit_of_brackets_leaves_the_server_standing() -> Result<()> {
    let app = TestApp::new().await?;
    for step in ["{a", "(b:[", "(b:{c:", "[", "...on Query{"] {
        let answer = app.client.send("", None, json!({ "query": pit(step) }).to_string()).await?;
        assert_eq!((answer.status, answer.code()), (400, "TOO_DEEP"), "{step}: {}", answer.body);
    }
    // Quotation marks that only look like a string, a comment that ends, a list of a variable's type.
    for start in ["{ a(b: [\"\"\" \" ", "{ a # \"\n", "query($a: [", "{ a(b: \"\n\" "] {
        let answer =
            app.client.send("", None, json!({ "query": start.to_owned() + &"[{a:".repeat(60_000) }).to_string());
        let answer = answer.await?;
        assert_eq!(answer.status, 400, "{start}: {}", answer.body);
    }
    // Variables are JSON, whose reader has a limit of its own.
    let pit = format!("{{ \"query\": \"{{ __typename }}\", \"variables\": {{ \"a\": {}", "[".repeat(200_000));
    let answer = app.client.send("", None, pit).await?;
    assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"));
    answers(&app).await
}

#[tokio::test]
async fn a_bomb_of_fragments_costs_the_sender_and_not_the_server() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let before = app.db.statements();
    let started = Instant::now();
    let answer = app.client.gql(&person.token, &bomb(), json!({})).await?;
    assert_eq!((answer.status, answer.code()), (400, "TOO_COMPLEX"), "{}", answer.body);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(app.db.statements(), before, "refused before anything is read");
    let first = remaining(&answer)?;
    assert!(first < 200_000);

    // What is found wrong later is not free either.
    let answer = app.client.gql(&person.token, &format!("{{ {} }}", "nothing ".repeat(500)), json!({})).await?;
    assert_eq!(answer.code(), "BAD_REQUEST");
    assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(20), "twenty errors are enough to mend it");
    assert!(remaining(&answer)? <= first - 500);
    answers(&app).await
}

#[tokio::test]
async fn signing_in_is_a_strangers_and_its_answer_is_kept_nowhere() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let input = json!({ "input": { "email": person.email, "password": PASSWORD } });
    let later = app.services.now() - chrono::Duration::days(1);
    let expired = app.services.tokens.issue(person.id, person.session_id, later)?;
    for (what, token) in [("valid", person.token.as_str()), ("expired", &expired), ("forged", "no.token.atall")] {
        let body = json!({ "query": SIGN_IN, "variables": input }).to_string();
        for key in [Some(new_key()?), None] {
            let answer = app.client.send(token, key.as_deref(), body.clone()).await?.ok()?;
            assert!(answer.get("signIn.session.accessToken").is_string(), "{what}: {}", answer.body);
            let again = app.client.send(token, key.as_deref(), body.clone()).await?.ok()?;
            assert_ne!(again.text("signIn.session.accessToken")?, answer.text("signIn.session.accessToken")?);
        }
    }
    assert_eq!(app.db.count("idempotency_record").await?, 0, "no token is kept under a key");

    // The same header is refused where it counts.
    let answer = app.client.gql(&expired, "{ viewer { user { id } } }", json!({})).await?;
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    let answer = app.client.gql(&expired, "mutation { signOut { signedOut } }", json!({})).await?;
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    Ok(())
}

#[tokio::test]
async fn signing_in_stands_alone_in_its_operation() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let before = (app.db.count("session").await?, app.db.count("brand").await?);
    let sign_in = format!(
        "signIn(input: {{ email: \"{}\", password: \"{PASSWORD}\" }}) {{ session {{ accessToken }} }}",
        person.email
    );
    let create = "createBrand(input: { name: \"X\", timeZone: \"UTC\", locale: EN }) { brand { id } }";
    for query in [
        format!("mutation {{ {sign_in} {create} }}"),
        format!("mutation {{ {create} {sign_in} }}"),
        format!("mutation {{ a: {sign_in} b: {sign_in} }}"),
        format!("mutation {{ ...F {create} }} fragment F on Mutation {{ a: {sign_in} }}"),
        format!("mutation {{ ... {{ {sign_in} }} ... on Mutation {{ {create} }} }}"),
    ] {
        let answer = app.client.gql(&person.token, &query, json!({})).await?;
        assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{query}: {}", answer.body);
        let message = answer.body["errors"][0]["message"].as_str().context("a message")?;
        assert!(message.contains("signIn") && message.contains("only field"), "{message}");
    }
    assert_eq!((app.db.count("session").await?, app.db.count("brand").await?), before);
    assert_eq!(app.db.count("idempotency_record").await?, 0);
    app.client
        .gql("", &format!("mutation {{ ...F }} fragment F on Mutation {{ a: {sign_in} }}"), json!({}))
        .await?
        .ok()?;
    Ok(())
}

#[tokio::test]
async fn guessing_ends_after_forty_tries_a_minute_and_takes_nobody_along() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let mut last = app.client.gql("", REFRESH, json!({})).await?;
    assert_eq!(last.user_codes("refreshSession"), ["REFRESH_REFUSED"]);
    let mut tries = 1;
    while last.status == 200 && tries < 60 {
        // A token of one's own does not buy more tries.
        last = app.client.gql(if tries % 2 == 0 { "" } else { &person.token }, REFRESH, json!({})).await?;
        tries += 1;
    }
    assert_eq!((last.status, last.code(), tries), (429, "RATE_LIMITED", 40), "{}", last.body);
    let wait: u64 = last.response.header("retry-after").context("no header")?.parse()?;
    assert!((1..=60).contains(&wait));
    assert!(last.body["data"].is_null());
    let input = json!({ "input": { "email": person.email, "password": PASSWORD } });
    assert_eq!(app.client.gql(&person.token, SIGN_IN, input).await?.status, 429);
    // Whoever is signed in has points of their own, at the same address too.
    app.client.gql(&person.token, "{ viewer { user { id } } }", json!({})).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn every_answer_has_its_headers() -> Result<()> {
    let app = TestApp::new().await?;
    let good = app.client.gql("", "{ __typename }", json!({})).await?.ok()?;
    let bad = app.client.send("", None, "{").await?;
    let forged = app.client.gql("no.token.atall", "{ __typename }", json!({})).await?;
    assert_eq!((good.status, bad.status, forged.status), (200, 400, 401));
    for answer in [&good, &bad, &forged] {
        let header = |name| answer.response.header(name).unwrap_or_default();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("x-frame-options"), "DENY");
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert!(header("x-request-id").starts_with("request_"), "{}", header("x-request-id"));
        assert_eq!(header("ratelimit-limit"), "200000");
        assert!((0..=60).contains(&header("ratelimit-reset").parse::<i64>()?));
    }
    assert!(remaining(&bad)? < remaining(&good)? && remaining(&forged)? < remaining(&bad)?);
    let id = bad.response.header("x-request-id");
    assert_eq!(bad.body["errors"][0]["extensions"]["requestId"].as_str(), id);
    Ok(())
}

#[tokio::test]
async fn strangers_read_no_schema_in_production() -> Result<()> {
    let app = TestApp::in_production().await?;
    let person = app.chief().await?;
    for query in [
        SCHEMA.to_owned(),
        "{ __type(name: \"Query\") { name } }".to_owned(),
        "{ ...F } fragment F on Query { ... on Query { hidden: __schema { queryType { name } } } }".to_owned(),
        format!("query A {SCHEMA} query B {{ __typename }}"),
    ] {
        let body = json!({ "query": query, "operationName": query.starts_with("query A").then_some("A") }).to_string();
        let answer = app.client.send("", None, body.clone()).await?;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{query}");
        app.client.send(&person.token, None, body).await?.ok()?;
    }
    answers(&app).await?;
    for path in ["/graphiql/", "/graphiql/start.js", "/graphiql/graphiql.min.js"] {
        assert_eq!(app.client.get(path).await?.status.as_u16(), 404, "{path}");
    }

    let app = TestApp::new().await?;
    app.client.gql("", SCHEMA, json!({})).await?.ok()?;
    let page = app.client.get("/graphiql/").await?;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.header("content-security-policy").unwrap_or_default().starts_with("default-src 'self'"));
    assert_eq!(app.client.request(Method::GET, "/graphql")?.send().await?.status.as_u16(), 404);
    Ok(())
}

/// A WebSocket by hand, to send what no client library would.
struct Raw(TcpStream);

impl Raw {
    async fn open(app: &TestApp) -> Result<Self> {
        let mut stream = TcpStream::connect(app.client.base.authority()).await?;
        let request = format!(
            "GET /graphql/ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
            app.client.base.authority()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        ensure!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        Ok(Self(stream))
    }

    async fn signed_in(app: &TestApp, token: &str) -> Result<Self> {
        let mut raw = Self::open(app).await?;
        let payload = json!({ "authorization": format!("Bearer {token}") });
        raw.say(&json!({ "type": "connection_init", "payload": payload })).await?;
        let heard = raw.hear().await?.context("closed")?;
        ensure!(heard["type"] == "connection_ack", "{heard}");
        Ok(raw)
    }

    /// One frame, masked with nothing.
    async fn frame(&mut self, first: u8, payload: &[u8]) -> Result<()> {
        let mut frame = vec![first, 0b1000_0000 | 0b0111_1110];
        frame.extend(u16::try_from(payload.len())?.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(payload);
        Ok(self.0.write_all(&frame).await?)
    }

    /// A message, in as many frames as it needs.
    async fn say(&mut self, message: &Value) -> Result<()> {
        let text = message.to_string();
        let pieces: Vec<_> = text.as_bytes().chunks(50_000).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let (kind, last) = (u8::from(at == 0), if at + 1 == pieces.len() { 0x80 } else { 0 });
            self.frame(kind | last, piece).await?;
        }
        Ok(())
    }

    async fn begin(&mut self, id: &str, query: &str) -> Result<()> {
        self.say(&json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await
    }

    /// The next message; none when the connection is closed.
    async fn hear(&mut self) -> Result<Option<Value>> {
        loop {
            let Ok(first) = self.0.read_u8().await else { return Ok(None) };
            let length = match self.0.read_u8().await? {
                126 => usize::from(self.0.read_u16().await?),
                127 => usize::try_from(self.0.read_u64().await?)?,
                length => usize::from(length),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await?;
            match first & 0x0F {
                1 => return Ok(Some(serde_json::from_slice(&payload)?)),
                8 => return Ok(None),
                9 => self.frame(0x8A, &payload).await?,
                _ => {}
            }
        }
    }

    async fn is_closed_within(&mut self, seconds: u64) -> Result<bool> {
        let heard = tokio::time::timeout(Duration::from_secs(seconds), self.hear()).await;
        Ok(matches!(heard, Ok(Ok(None) | Err(_))))
    }

    /// Begins an operation and answers the code with which it is refused.
    async fn refusal(&mut self, id: &str, query: &str) -> Result<String> {
        let (refused, code) = self.refusal_of_any(id, query).await?;
        ensure!(refused == id, "{refused} was refused: {code}");
        Ok(code)
    }

    /// Begins an operation and answers which one is refused then, and with which code.
    async fn refusal_of_any(&mut self, id: &str, query: &str) -> Result<(String, String)> {
        self.begin(id, query).await?;
        let heard = tokio::time::timeout(Duration::from_secs(5), self.hear()).await??.context("closed")?;
        let done = self.hear().await?.context("closed")?;
        ensure!(done == json!({ "type": "complete", "id": heard["id"] }), "{heard} {done}");
        let code = heard["payload"]["errors"][0]["extensions"]["code"].as_str();
        let code = code.with_context(|| format!("no code in {heard}"))?.to_owned();
        Ok((heard["id"].as_str().context("no id")?.to_owned(), code))
    }
}

#[tokio::test]
async fn a_socket_survives_what_its_operations_try() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let mut raw = Raw::signed_in(&app, &person.token).await?;
    let pit = pit("{a").replacen('{', "subscription {", 1);
    for (query, code) in [
        (bomb().as_str(), "TOO_COMPLEX"),
        (&bomb().replacen("query", "subscription", 1), "TOO_COMPLEX"),
        (&pit[..200_000], "TOO_DEEP"),
        ("{ viewer { user { id } } }", "BAD_REQUEST"),
        ("mutation { signOut { signedOut } }", "BAD_REQUEST"),
        (SCHEMA, "BAD_REQUEST"),
        ("subscription { nothing }", "BAD_REQUEST"),
        ("subscription {", "BAD_REQUEST"),
    ] {
        assert_eq!(raw.refusal("1", query).await?, code, "{}", &query[..query.len().min(80)]);
    }
    app.client.gql(&person.token, "{ viewer { user { id } } }", json!({})).await?.ok()?;
    answers(&app).await
}

#[tokio::test]
async fn a_socket_has_twenty_places() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let brand = ids::encode("brand", app.brand("Alpha").await?);
    let watch = format!("subscription {{ publicationChanged(brandId: \"{brand}\") {{ id }} }}");
    let mut raw = Raw::signed_in(&app, &person.token).await?;
    for id in 0..20 {
        raw.begin(&id.to_string(), &watch).await?;
    }
    // Messages that come together are not read in their order, so that another may be the one too many.
    let refused = raw.refusal_of_any("20", &watch).await?;
    let (id, code) = (refused.0.as_str(), refused.1.as_str());
    assert_eq!(code, "TOO_COMPLEX");
    let ended = if id == "7" { "8" } else { "7" };
    raw.say(&json!({ "type": "complete", "id": ended })).await?;
    let heard = raw.hear().await?.context("closed")?;
    assert_eq!((&heard["type"], &heard["id"]), (&json!("complete"), &json!(ended)));
    raw.begin("again", &watch).await?;
    assert_eq!(raw.refusal_of_any("more", &watch).await?.1, "TOO_COMPLEX", "one place was free, and is taken again");
    // Another connection has places of its own, and an operation that ends gives its place back.
    let mut other = Raw::signed_in(&app, &person.token).await?;
    for _ in 0..25 {
        assert_eq!(other.refusal("1", "{ __typename }").await?, "BAD_REQUEST");
    }
    Ok(())
}

#[tokio::test]
async fn a_socket_whose_caller_is_not_named_in_time_is_closed() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.chief().await?;
    let mut named = Raw::signed_in(&app, &person.token).await?;
    let mut silent = Raw::open(&app).await?;
    let started = Instant::now();
    // Both answer the server's pings.
    let (named_closed, silent_closed) = tokio::join!(named.is_closed_within(12), async {
        let closed = silent.is_closed_within(12).await;
        (closed, started.elapsed())
    });
    assert!(silent_closed.0? && silent_closed.1 > Duration::from_secs(9), "after ten seconds: {:?}", silent_closed.1);
    assert!(!named_closed?);
    assert_eq!(named.refusal("1", "{ __typename }").await?, "BAD_REQUEST", "who was named in time stays");
    Ok(())
}

#[tokio::test]
async fn one_address_opens_four_hundred_sockets_a_minute() -> Result<()> {
    let app = TestApp::new().await?;
    let mut opened = 0;
    let last = loop {
        let answer = app.client.request(Method::GET, "/graphql/ws")?.send().await?;
        if answer.status.as_u16() == 429 || opened > 400 {
            break answer;
        }
        opened += 1;
    };
    assert_eq!((last.status.as_u16(), opened), (429, 400));
    let wait: u64 = last.header("retry-after").context("no header")?.parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(Raw::open(&app).await.is_err(), "nor in earnest");
    // Whoever is signed in has points of their own.
    let person = app.chief().await?;
    app.client.gql(&person.token, "{ viewer { user { id } } }", json!({})).await?.ok().map(drop)
}

#[tokio::test]
async fn a_message_without_an_end_closes_its_socket() -> Result<()> {
    let app = TestApp::new().await?;
    let mut raw = Raw::open(&app).await?;
    let piece = vec![b' '; 50_000];
    for at in 0..20_u8 {
        if raw.frame(u8::from(at == 0), &piece).await.is_err() {
            break;
        }
    }
    assert!(raw.is_closed_within(5).await?);

    // Nor may many whole messages come faster than they can be read.
    let person = app.chief().await?;
    let mut raw = Raw::signed_in(&app, &person.token).await?;
    let message = json!({ "type": "pong", "payload": { "a": " ".repeat(60_000) } });
    for _ in 0..40 {
        if raw.say(&message).await.is_err() {
            break;
        }
    }
    assert!(raw.is_closed_within(5).await?);
    answers(&app).await
}
