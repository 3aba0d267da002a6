//! Webhooks: signed, tried again, switched off when nothing arrives, and nobody's to point at what is inside.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::crypto::hmac_sha256;
use diwan_testkit::servers::{Hook, HookServer};
use diwan_testkit::{Person, Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

struct Bench {
    app: TestApp,
    clock: Arc<ManualClock>,
    server: HookServer,
    brand: Uuid,
    account: Uuid,
    person: Person,
}

const KINDS: [&str; 3] = ["PUBLICATION_FAILED", "PUBLICATION_UNCONFIRMED", "PUBLICATION_MISSED"];

impl Bench {
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let server = HookServer::start().await?;
        let settings =
            Settings { clock: Some(Arc::clone(&clock)), servers: vec![server.url.clone()], ..Settings::default() };
        let app = TestApp::with(settings).await?;
        let brand = app.brand("Alpha").await?;
        let person = app.member(brand, Level::Senior, UserKind::Staff).await?;
        let account = app.account(brand, "mastodon", &person).await?;
        Ok(Self { app, clock, server, brand, account, person })
    }

    /// An access token of the person that holds now, whatever the clock says.
    fn token(&self) -> Result<String> {
        let Person { id, session_id, .. } = &self.person;
        Ok(self.app.services.tokens.issue(*id, *session_id, self.app.services.now())?)
    }

    /// Makes a webhook of the brand. Answers its id and its secret.
    async fn webhook(&self) -> Result<(String, String)> {
        let input = json!({ "brandId": id("brand", self.brand), "url": self.server.url, "kinds": KINDS });
        let made = self.app.client.mutate(&self.token()?, "createWebhook", "webhook { id } secret", input).await?;
        Ok((made.text("createWebhook.webhook.id")?, made.text("createWebhook.secret")?))
    }

    /// A publication that the worker finds far too late.
    async fn missed(&self) -> Result<Uuid> {
        let (post, _) = self.app.post(self.brand, self.account, "Good morning", &self.person).await?;
        let due = self.app.services.now() - Duration::days(1);
        let (publication, _) = self.app.publication(self.brand, post, due).await?;
        self.app.run_jobs().await?;
        Ok(publication)
    }

    async fn shown(&self) -> Result<Value> {
        let query = "query($id: ID) { webhooks(brandId: $id) { id active failures disabledAt kinds version
          deliveries(first: 10) { nodes { kind state attempts lastStatus lastError } } } }";
        let variables = json!({ "id": id("brand", self.brand) });
        let shown = self.app.client.gql(&self.token()?, query, variables).await?.ok()?;
        Ok(shown.get("webhooks").clone())
    }
}

/// Whether a receiver that knows the secret believes it.
fn is_signed(hook: &Hook, secret: &str, at: i64) -> bool {
    let code = hmac_sha256(secret.as_bytes(), format!("{at}.{}", hook.body).as_bytes());
    let code = code.iter().fold(String::new(), |mut text, byte| {
        let _cannot_fail = write!(text, "{byte:02x}");
        text
    });
    hook.header("diwan-signature") == Some(format!("t={at},v1={code}").as_str())
}

#[tokio::test]
async fn what_happens_arrives_once_signed_and_without_content() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, secret) = bench.webhook().await?;
    let publication = bench.missed().await?;
    let hooks = bench.server.hooks();
    assert_eq!(hooks.len(), 1);
    let hook = &hooks[0];
    assert!(hook.head.starts_with("POST / "), "{}", hook.head);
    let at = bench.app.services.now().timestamp();
    assert!(is_signed(hook, &secret, at), "{}", hook.head);
    assert!(!is_signed(hook, "another secret", at) && !is_signed(hook, &secret, at + 1));
    let body: Value = serde_json::from_str(&hook.body)?;
    assert_eq!((&body["kind"], &body["brandId"]), (&json!("PUBLICATION_MISSED"), &json!(id("brand", bench.brand))));
    assert_eq!(body["data"]["publications"][0]["publicationId"], json!(id("publication", publication)));
    assert_eq!(body["data"]["publications"][0]["trouble"], "MISSED");
    assert!(!hook.body.contains("Good morning") && !hook.body.contains("A post"), "{}", hook.body);
    let shown = bench.shown().await?;
    assert_eq!(shown[0]["deliveries"]["nodes"][0]["state"], "DELIVERED");
    // The secret is sealed, and shown nowhere any more.
    let kept: i64 = bench
        .app
        .db
        .value(&format!("select count(*) from webhook_endpoint w where w::text like '%{secret}%' or position('{secret}'::bytea in w.secret) > 0"))
        .await?;
    assert_eq!(kept, 0);
    Ok(())
}

#[tokio::test]
async fn it_is_tried_again_and_switched_off_after_a_day_and_its_maker_told() -> Result<()> {
    let bench = Bench::new().await?;
    let (webhook, _) = bench.webhook().await?;
    bench.server.answer(500);
    bench.missed().await?;
    let shown = bench.shown().await?;
    let first = &shown[0]["deliveries"]["nodes"][0];
    assert_eq!(
        (&first["state"], &first["attempts"], &first["lastStatus"]),
        (&json!("PENDING"), &json!(1), &json!(500))
    );
    assert_eq!(bench.server.hooks().len(), 1, "not before its time");
    // A redirect is not followed.
    bench.server.answer(302);
    bench.clock.advance(Duration::seconds(11));
    bench.app.run_jobs().await?;
    assert_eq!(bench.server.hooks().len(), 2);
    for _ in 0..30 {
        bench.clock.advance(Duration::hours(1));
        bench.app.run_jobs().await?;
    }
    let shown = bench.shown().await?;
    assert_eq!((&shown[0]["active"], &shown[0]["deliveries"]["nodes"][0]["state"]), (&json!(false), &json!("FAILED")));
    assert_ne!(shown[0]["disabledAt"], Value::Null);
    let attempts = shown[0]["deliveries"]["nodes"][0]["attempts"].as_u64().context("a number")?;
    assert_eq!(bench.server.hooks().len() as u64, attempts);
    assert!((6..=16).contains(&attempts), "{attempts}: ever more seldom");
    let ids: Vec<Value> = bench
        .server
        .hooks()
        .iter()
        .map(|hook| Ok(serde_json::from_str::<Value>(&hook.body)?["id"].clone()))
        .collect::<Result<_>>()?;
    assert!(ids.iter().all(|event| *event == ids[0]), "the same event under the same id");

    let told = "{ notices(first: 5) { nodes { kind message } } }";
    let told = bench.app.client.gql(&bench.token()?, told, json!({})).await?.ok()?;
    assert_eq!(told.get("notices.nodes.0.kind"), "WEBHOOK_DISABLED", "{}", told.body);
    // Switched off it is told nothing; a test shows whether it would work, and it is switched on again.
    bench.server.answer(204);
    let before = bench.server.hooks().len();
    bench.missed().await?;
    assert_eq!(bench.server.hooks().len(), before);
    let input = json!({ "webhookId": webhook });
    bench.app.client.mutate(&bench.token()?, "testWebhook", "webhook { id }", input).await?;
    bench.app.run_jobs().await?;
    let hooks = bench.server.hooks();
    assert_eq!(hooks.len(), before + 1);
    assert_eq!(serde_json::from_str::<Value>(&hooks[before].body)?["kind"], "TEST");
    let input = json!({ "webhookId": webhook, "version": shown[0]["version"], "active": true });
    let on = bench.app.client.mutate(&bench.token()?, "updateWebhook", "webhook { active disabledAt }", input).await?;
    assert_eq!(on.get("updateWebhook.webhook"), &json!({ "active": true, "disabledAt": null }));
    bench.missed().await?;
    assert_eq!(bench.server.hooks().len(), before + 2);
    Ok(())
}

#[tokio::test]
async fn the_agency_is_told_of_every_brand_and_a_brand_of_its_own() -> Result<()> {
    let bench = Bench::new().await?;
    let chief = bench.app.chief().await?;
    let beta = bench.app.brand("Beta").await?;
    let other = bench.app.member(beta, Level::Senior, UserKind::Staff).await?;
    let of_beta = json!({ "brandId": id("brand", beta), "url": bench.server.url, "kinds": KINDS });
    bench.app.client.mutate(&other.token, "createWebhook", "webhook { id }", of_beta).await?;
    let of_all = json!({ "url": bench.server.url, "kinds": KINDS });
    let made = bench.app.client.mutate(&chief.token, "createWebhook", "webhook { id brand { id } }", of_all).await?;
    assert_eq!(made.get("createWebhook.webhook.brand"), &Value::Null);
    bench.missed().await?;
    let hooks = bench.server.hooks();
    assert_eq!(hooks.len(), 1, "the agency's alone: the other brand is told nothing");
    let body: Value = serde_json::from_str(&hooks[0].body)?;
    assert_eq!(body["brandId"], json!(id("brand", bench.brand)));
    let webhook = made.text("createWebhook.webhook.id")?;
    bench.app.client.mutate(&chief.token, "testWebhook", "webhook { id }", json!({ "webhookId": webhook })).await?;
    bench.app.run_jobs().await?;
    let hooks = bench.server.hooks();
    assert_eq!(hooks.len(), 2);
    assert_eq!(serde_json::from_str::<Value>(&hooks[1].body)?["brandId"], Value::Null);
    bench
        .app
        .client
        .mutate(&chief.token, "deleteWebhook", "webhook { active }", json!({ "webhookId": webhook }))
        .await?;
    bench.missed().await?;
    assert_eq!(bench.server.hooks().len(), 2);
    Ok(())
}

#[tokio::test]
async fn what_is_inside_is_not_called_and_who_may_not_changes_nothing() -> Result<()> {
    let bench = Bench::new().await?;
    let (webhook, _) = bench.webhook().await?;
    let mid = bench.app.member(bench.brand, Level::Mid, UserKind::Staff).await?;
    let client = bench.app.member(bench.brand, Level::Junior, UserKind::Client).await?;
    let elsewhere = bench.app.member(bench.app.brand("Beta").await?, Level::Cmo, UserKind::Staff).await?;
    let before = fingerprint(&bench.app).await?;
    let brand = id("brand", bench.brand);
    for (url, code) in [
        ("https://127.0.0.1/hook", "ADDRESS_NOT_ALLOWED"),
        ("https://[::1]/hook", "ADDRESS_NOT_ALLOWED"),
        ("https://169.254.169.254/latest/meta-data", "ADDRESS_NOT_ALLOWED"),
        ("http://hooks.example/in", "ADDRESS_NOT_ALLOWED"),
        ("https://user:secret@hooks.example/in", "ADDRESS_NOT_ALLOWED"),
        ("file:///etc/passwd", "INVALID"),
        ("", "INVALID"),
    ] {
        let input = json!({ "brandId": brand, "url": url, "kinds": KINDS });
        let refused = bench.app.client.try_mutate(&bench.token()?, "createWebhook", "webhook { id }", input).await?;
        assert_eq!(refused.user_codes("createWebhook"), [code], "{url}");
    }
    for kinds in [json!([]), json!(["WEBHOOK_DISABLED"]), json!(["PUBLICATION_FAILED", "PUBLICATION_FAILED"])] {
        let input = json!({ "brandId": brand, "url": bench.server.url, "kinds": kinds });
        let refused = bench.app.client.try_mutate(&bench.token()?, "createWebhook", "webhook { id }", input).await?;
        assert_eq!(refused.user_codes("createWebhook"), ["INVALID"], "{kinds}");
    }
    let of_brand = json!({ "brandId": brand, "url": bench.server.url, "kinds": KINDS });
    let of_all = json!({ "url": bench.server.url, "kinds": KINDS });
    let that = json!({ "webhookId": webhook });
    let changed = json!({ "webhookId": webhook, "version": 1, "active": false });
    for (by, name, input, code) in [
        (&mid, "createWebhook", &of_brand, "FORBIDDEN"),
        (&mid, "updateWebhook", &changed, "FORBIDDEN"),
        (&mid, "deleteWebhook", &that, "FORBIDDEN"),
        (&mid, "testWebhook", &that, "FORBIDDEN"),
        (&client, "createWebhook", &of_brand, "FORBIDDEN"),
        (&client, "deleteWebhook", &that, "NOT_FOUND"),
        (&elsewhere, "createWebhook", &of_brand, "NOT_FOUND"),
        (&elsewhere, "testWebhook", &that, "NOT_FOUND"),
        (&bench.person, "createWebhook", &of_all, "FORBIDDEN"),
    ] {
        let refused = bench.app.client.try_mutate(&by.token, name, "webhook { id }", input.clone()).await?;
        assert_eq!(refused.user_codes(name), [code], "{name} {input}");
    }
    let stale = json!({ "webhookId": webhook, "version": 7, "active": false });
    let refused = bench.app.client.try_mutate(&bench.token()?, "updateWebhook", "webhook { id }", stale).await?;
    assert_eq!(refused.user_codes("updateWebhook"), ["CHANGED_MEANWHILE"]);
    assert_eq!(fingerprint(&bench.app).await?, before);
    let list = "query($id: ID) { webhooks(brandId: $id) { id } }";
    let seen = bench.app.client.gql(&mid.token, list, json!({ "id": brand })).await?;
    assert_eq!(seen.code(), "FORBIDDEN");
    Ok(())
}
