//! The agency's own host for shared reports: set by a CMO, proven over HTTPS, and nothing but reports there.

use anyhow::{Context as _, Result, anyhow};
use chrono::Duration;
use diwan_domain::Failure;
use diwan_domain::insights::{CHALLENGE_PATH, NewComposed, TemplateChoice, compose_report};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::{Method, Response};
use diwan_testkit::build::Person;
use diwan_testkit::servers::{FeedAnswer, FeedServer, HookServer};
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const HOST: &str = "reports.agency.example";

/// An agency, whose own host is answered for by a server of ours.
struct Place {
    app: TestApp,
    server: FeedServer,
    brand: Uuid,
    chief: Person,
    mid: Person,
}

impl Place {
    async fn new() -> Result<Self> {
        Self::beside(Vec::new()).await
    }

    /// With other servers that the product may call.
    async fn beside(servers: Vec<Url>) -> Result<Self> {
        let server = FeedServer::start().await?;
        let settings = Settings {
            stand_in: Some(server.url.clone()),
            own_hosts: vec![HOST.to_owned()],
            servers,
            app_url: Some("https://app.agency.example/open/{id}".to_owned()),
            ..Settings::default()
        };
        let app = TestApp::with(settings).await?;
        let brand = app.brand("Alpha").await?;
        let mid = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let chief = app.chief().await?;
        Ok(Self { app, server, brand, chief, mid })
    }

    async fn set(&self, host: Value) -> Result<diwan_testkit::client::Answer> {
        let selection = "host { host state trouble provenAt }";
        self.app.client.try_mutate(&self.chief.token, "setReportHost", selection, json!({ "host": host })).await
    }

    async fn state(&self) -> Result<Value> {
        let query = "{ reportHost { host state trouble } }";
        let answer = self.app.client.gql(&self.chief.token, query, json!({})).await?.ok()?;
        Ok(answer.get("reportHost").clone())
    }

    /// What is answered at the host from now on, where the challenge must be.
    fn answer(&self, body: &str) {
        let path = format!("/{HOST}{CHALLENGE_PATH}");
        self.server.answer(&path, FeedAnswer { status: 200, body: body.to_owned(), ..FeedAnswer::default() });
    }

    /// Has the host looked at now, whenever it would be.
    async fn look(&self) -> Result<()> {
        self.app
            .db
            .run("update job set due_at = created_at where kind = 'prove_report_host' and state = 'PENDING'")
            .await?;
        self.app.run_jobs().await?;
        Ok(())
    }

    /// A path as somebody asks for it by a name.
    async fn at(&self, host: &str, path: &str) -> Result<Response> {
        Ok(self.app.client.request(Method::GET, path)?.header("host", host).send().await?)
    }

    /// Sets the host, and has it proven.
    async fn prove(&self) -> Result<()> {
        self.set(json!(HOST)).await?.ok()?;
        let said = self.at(HOST, CHALLENGE_PATH).await?;
        self.answer(std::str::from_utf8(&said.body)?);
        self.look().await?;
        anyhow::ensure!(self.state().await?["state"] == "PROVEN", "the host is not proven");
        Ok(())
    }

    /// The address of a new link to a report.
    async fn shared(&self) -> Result<String> {
        let today = self.app.services.now().date_naive();
        let new = NewComposed {
            brand_id: self.brand,
            template: TemplateChoice::BuiltIn(ReportAudience::Client),
            from: today - Duration::days(31),
            to: today - Duration::days(1),
            formats: vec![ReportFormat::Html, ReportFormat::Csv],
            ..NewComposed::default()
        };
        let context = self.app.act(&self.mid).await?;
        let run = compose_report(&context, new).await.map_err(|failure: Failure| anyhow!("{failure:?}"))?;
        context.commit().await?;
        self.app.run_jobs().await?;
        let until = (self.app.services.now() + Duration::days(30)).to_rfc3339();
        let input = json!({ "reportId": id("report", run.id), "expiresAt": until });
        self.app.client.mutate(&self.mid.token, "shareReport", "url", input).await?.text("shareReport.url")
    }
}

#[tokio::test]
async fn links_name_the_own_host_once_it_leads_here() -> Result<()> {
    let place = Place::new().await?;
    let made = place.set(json!(" Reports.Agency.Example. ")).await?.ok()?;
    assert_eq!(
        (made.get("setReportHost.host.host"), made.get("setReportHost.host.state")),
        (&json!(HOST), &json!("PENDING"))
    );

    // Nothing answers, then something else does: links name the installation.
    place.app.run_jobs().await?;
    assert_eq!(place.state().await?["state"], "PENDING");
    place.answer("<html>Parked</html>");
    place.look().await?;
    assert_eq!(place.state().await?, json!({ "host": HOST, "state": "PENDING", "trouble": "OTHER_ANSWER" }));
    let old = place.shared().await?;
    assert!(old.starts_with("https://diwan.example/report/"), "{old}");

    // What must be answered is what the API says there itself.
    let said = place.at(HOST, CHALLENGE_PATH).await?;
    assert_eq!((said.status.as_u16(), said.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    place.answer(std::str::from_utf8(&said.body)?);
    place.look().await?;
    assert_eq!(place.state().await?, json!({ "host": HOST, "state": "PROVEN", "trouble": null }));
    let new = place.shared().await?;
    assert!(new.starts_with(&format!("https://{HOST}/report/")), "{new}");
    let secret = new.rsplit_once('/').context("a secret")?.1;
    for host in [HOST, "Reports.Agency.Example:443", "diwan.example"] {
        let page = place.at(host, &format!("/report/{secret}")).await?;
        assert_eq!(page.status.as_u16(), 200, "{host}");
        assert_eq!(page.header("content-length"), Some(page.body.len().to_string().as_str()));
    }
    let old_secret = old.rsplit_once('/').context("a secret")?.1;
    assert_eq!(place.at(HOST, &format!("/report/{old_secret}/csv")).await?.status.as_u16(), 200);

    // Where something else answers no new link leads, from the first look on, and the product is not there; then it leads here again.
    let challenge = said.body;
    place.answer("<html>Parked</html>");
    place.look().await?;
    assert_eq!(place.state().await?, json!({ "host": HOST, "state": "PENDING", "trouble": "OTHER_ANSWER" }));
    assert!(place.shared().await?.starts_with("https://diwan.example/report/"));
    assert_eq!(place.at(HOST, "/").await?.status.as_u16(), 404);
    place.answer(std::str::from_utf8(&challenge)?);
    place.look().await?;
    assert_eq!(place.state().await?, json!({ "host": HOST, "state": "PROVEN", "trouble": null }));
    assert!(place.shared().await?.starts_with(&format!("https://{HOST}/report/")));

    // To set it again changes nothing; another one begins anew, and then none.
    let before = fingerprint(&place.app).await?;
    assert_eq!(place.set(json!(HOST)).await?.ok()?.get("setReportHost.host.state"), "PROVEN");
    assert_eq!(fingerprint(&place.app).await?, before);
    let other = place.set(json!("αναφορές.agency.example")).await?.ok()?;
    let name = other.text("setReportHost.host.host")?;
    assert!(name.starts_with("xn--") && name.ends_with(".agency.example"), "{name}");
    assert!(place.shared().await?.starts_with("https://diwan.example/report/"));
    assert_eq!(place.at(HOST, CHALLENGE_PATH).await?.status.as_u16(), 404);
    assert!(place.set(Value::Null).await?.ok()?.get("setReportHost.host").is_null());
    assert!(place.state().await?.is_null());
    place.look().await?;
    Ok(())
}

#[tokio::test]
async fn at_the_own_host_there_are_reports_and_nothing_else() -> Result<()> {
    let mut place = Place::new().await?;
    place.app.leave_jobs();
    // A name that is not proven may be one at which people work: nothing is shut there, and it can be taken back.
    place.set(json!(HOST)).await?.ok()?;
    assert_eq!(place.at(HOST, "/").await?.status.as_u16(), 200);
    let query = json!({ "query": "{ __typename }" });
    let signed = place.app.client.request(Method::POST, "/graphql")?.header("host", HOST).bearer(&place.chief.token);
    assert_eq!(signed.json(&query).send().await?.status.as_u16(), 200);
    assert!(place.set(Value::Null).await?.ok()?.get("setReportHost.host").is_null());

    place.prove().await?;
    for path in [
        "/",
        "/graphql",
        "/graphql/ws",
        "/join/x",
        "/reset/x",
        "/.well-known/jwks.json",
        "/media/x",
        "/proposal/x",
        "/downloads/x",
        "/tls/ask?domain=x",
    ] {
        let answer = place.at(HOST, path).await?;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        assert_eq!(answer.json::<Value>()?["error"]["code"], "NOT_FOUND", "{path}");
        assert!(answer.header("x-content-type-options").is_some(), "{path}");
    }
    let signed = place.app.client.request(Method::POST, "/graphql")?.header("host", HOST).bearer(&place.chief.token);
    assert_eq!(signed.json(&query).send().await?.status.as_u16(), 404, "also for whoever has signed in");
    for path in ["/pages.css", "/health/live", "/health/ready", CHALLENGE_PATH] {
        assert_eq!(place.at(HOST, path).await?.status.as_u16(), 200, "{path}");
    }
    let unknown = place.at(HOST, "/report/dwl_nothing").await?;
    assert_eq!((unknown.status.as_u16(), unknown.header("content-type")), (404, Some("text/html; charset=utf-8")));

    // At every other name the product is as it was, and the proof is not.
    for host in ["diwan.example", "foreign.example", "diwan", "127.0.0.1:8080"] {
        assert_eq!(place.at(host, "/").await?.status.as_u16(), 200, "{host}");
        assert_eq!(place.at(host, CHALLENGE_PATH).await?.status.as_u16(), 404, "{host}");
    }
    // A proxy may get a certificate for this name and for no other.
    for (domain, status) in
        [(HOST, 200), ("REPORTS.agency.example", 200), ("foreign.example", 404), ("diwan.example", 404)]
    {
        let asked = place.at("diwan:8080", &format!("/tls/ask?domain={domain}")).await?;
        assert_eq!(asked.status.as_u16(), status, "{domain}");
    }
    assert_eq!(place.at("diwan:8080", "/tls/ask").await?.status.as_u16(), 400);
    place.app.db.run("update report_host set state = 'FAILED', trouble = 'UNREACHABLE', checked_at = set_at").await?;
    assert_eq!(place.at("diwan:8080", &format!("/tls/ask?domain={HOST}")).await?.status.as_u16(), 404);
    Ok(())
}

#[tokio::test]
async fn what_is_no_public_name_is_refused_and_changes_nothing() -> Result<()> {
    let mut place = Place::new().await?;
    place.app.leave_jobs();
    place.set(json!(HOST)).await?.ok()?;
    let before = fingerprint(&place.app).await?;
    for (host, code) in [
        ("", "INVALID"),
        ("reports", "INVALID"),
        ("127.0.0.1", "INVALID"),
        ("[::1]", "INVALID"),
        ("https://reports.agency.example", "INVALID"),
        ("reports.agency.example:8443", "INVALID"),
        ("*.agency.example", "INVALID"),
        ("reports.local", "INVALID"),
        ("a.b", "INVALID"),
        ("diwan.example", "ALREADY_EXISTS"),
        ("App.Agency.Example", "ALREADY_EXISTS"),
    ] {
        let refused = place.set(json!(host)).await?;
        assert_eq!(refused.user_codes("setReportHost"), [code], "{host}: {}", refused.body);
    }
    let refused =
        place.app.client.try_mutate(&place.mid.token, "setReportHost", "host { host }", json!({ "host": null }));
    assert_eq!(refused.await?.user_codes("setReportHost"), ["FORBIDDEN"]);
    assert_eq!(fingerprint(&place.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn those_who_lead_the_agency_are_told_once_that_the_host_was_given_up() -> Result<()> {
    let hooks = HookServer::start().await?;
    let place = Place::beside(vec![hooks.url.clone()]).await?;
    let quiet = place.app.chief().await?;
    place.app.person(UserKind::Staff, Some(Level::Director)).await?;
    let wish = json!({ "settings": [{ "kind": "REPORT_HOST_LOST", "email": false }] });
    place.app.client.mutate(&quiet.token, "updateNotificationSettings", "settings { kind }", wish).await?;
    let webhook = json!({ "url": hooks.url, "kinds": ["REPORT_HOST_LOST"] });
    let made =
        place.app.client.mutate(&place.chief.token, "createWebhook", "webhook { kinds }", webhook.clone()).await?;
    assert_eq!(made.get("createWebhook.webhook.kinds"), &json!(["REPORT_HOST_LOST"]));
    // A brand has no such host.
    let before = fingerprint(&place.app).await?;
    let mut of_brand = webhook;
    of_brand["brandId"] = json!(id("brand", place.brand));
    let refused = place.app.client.try_mutate(&place.chief.token, "createWebhook", "webhook { id }", of_brand).await?;
    assert_eq!(refused.user_codes("createWebhook"), ["INVALID"], "{}", refused.body);
    assert_eq!(fingerprint(&place.app).await?, before);

    // Something else answers: it may lead here again, so nobody is told yet.
    place.prove().await?;
    place.answer("<html>Parked</html>");
    place.look().await?;
    assert_eq!(place.state().await?["state"], "PENDING");
    assert_eq!(place.app.db.count("notice").await?, 0);
    let since = "update report_host set set_at = set_at - interval '4 days', proven_at = proven_at - interval '4 days'";
    place.app.db.run(since).await?;
    place.look().await?;
    assert_eq!(place.state().await?, json!({ "host": HOST, "state": "FAILED", "trouble": "OTHER_ANSWER" }));
    let whom =
        "select string_agg(recipient_id::text, ' ' order by recipient_id) from notice where kind = 'REPORT_HOST_LOST'";
    let mut expected = [place.chief.id.to_string(), quiet.id.to_string()];
    expected.sort_unstable();
    assert_eq!(place.app.db.value::<String>(whom).await?, expected.join(" "), "neither directors nor teams of brands");
    let notices = "{ notices(first: 5) { nodes { kind message brand { id } } } unreadNotices }";
    let told = place.app.client.gql(&quiet.token, notices, json!({})).await?.ok()?;
    let notice = told.get("notices.nodes.0");
    assert_eq!((&notice["kind"], &notice["brand"]), (&json!("REPORT_HOST_LOST"), &Value::Null));
    let words = notice["message"].as_str().unwrap_or_default();
    assert!(words.contains(HOST) && words.contains("something else answers"), "{words}");
    assert_eq!(told.get("unreadNotices"), 1);
    let mailed = "select string_agg(recipient, ' ') from letter where template = 'report-host-notices'";
    assert_eq!(place.app.db.value::<String>(mailed).await?, place.chief.email);
    let heard = hooks.hooks();
    let heard: Value = serde_json::from_str(&heard.first().context("a webhook")?.body)?;
    let data = json!({ "host": HOST, "trouble": "OTHER_ANSWER" });
    assert_eq!((&heard["kind"], &heard["data"]), (&json!("REPORT_HOST_LOST"), &data));
    assert_eq!(heard["brandId"], Value::Null);

    // Nobody looks any more, and nobody is told again.
    place.look().await?;
    assert_eq!((place.app.db.count("notice").await?, hooks.hooks().len()), (2, 1));
    assert_eq!(place.app.db.value::<i64>("select count(*) from notice where mail and mailed_at is null").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_look_that_fails_itself_says_nothing_of_the_host() -> Result<()> {
    let place = Place::new().await?;
    place.prove().await?;
    // As if the workers that looked had fallen silent, time and again.
    let failed = format!(
        "update job set failures = {} where kind = 'prove_report_host' and state = 'PENDING'",
        place.app.services.timing.max_failures
    );
    place.app.db.run(&failed).await?;
    place.look().await?;
    assert_eq!(place.app.db.count("job where kind = 'prove_report_host' and state = 'SET_ASIDE'").await?, 1);
    assert_eq!(place.state().await?, json!({ "host": HOST, "state": "PENDING", "trouble": null }));
    assert_eq!(place.app.db.count("notice").await?, 0, "nobody is told what nobody has seen");
    assert!(place.shared().await?.starts_with("https://diwan.example/report/"));
    // Set again, it is looked at again.
    place.prove().await?;
    assert!(place.shared().await?.starts_with(&format!("https://{HOST}/report/")));
    Ok(())
}
