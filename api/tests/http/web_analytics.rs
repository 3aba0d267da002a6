//! Visits of a brand's pages through HTTP: a server that is connected, a file, and what a program sends.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use diwan_testkit::servers::{ANALYTICS_TOKEN, AnalyticsServer, PLAUSIBLE_SITE, SiteNumbers, SiteVisits};
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};

const SOURCE: &str = "source { id name kind url siteId siteName timeZone state readUntil readAt failures trouble { kind message detail } }";
const RECORDED: &str = "source { name kind state } recorded restated known";
const SOURCES: &str =
    "query($id: ID!) { webSources(brandId: $id) { id name kind state trouble { kind message } readUntil } }";
const VISITS: &str = "query($id: ID!, $from: NaiveDate!, $to: NaiveDate!) { webAnalytics(brandId: $id, from: $from, to: $to) {
  from to total { sessions socialSessions bounces bounceRate pageViews } days { day sums { sessions } } missingDays
  referrers { channel referrer sums { sessions } } moreReferrers goals { goal completions values { minor currency } } } }";

/// What was refused and where, by the code and the path.
fn refused(answer: &Answer, name: &str) -> Vec<(String, String)> {
    let errors = answer.get(&format!("{name}.userErrors")).as_array().cloned().unwrap_or_default();
    let path = |error: &Value| {
        let steps = error["field"].as_array().cloned().unwrap_or_default();
        steps.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| (error["code"].as_str().unwrap_or_default().to_owned(), path(error))).collect()
}

fn at(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[tokio::test]
async fn a_server_is_connected_read_and_disconnected() -> Result<()> {
    let server = AnalyticsServer::start().await?;
    let app = TestApp::with(Settings { servers: vec![server.url.clone()], ..Settings::default() }).await?;
    let brand = app.brand("Alpha").await?;
    let person = app.member(brand, Level::Senior, UserKind::Staff).await?;
    let on = (app.services.now() - chrono::Duration::days(2)).date_naive();
    let visits = SiteVisits { day: on, kind: 7, name: "Bluesky".to_owned(), counts: [8, 2, 12] };
    server.know(SiteNumbers { visits: vec![visits], goals: Vec::new() });
    let input = |token: &str| {
        json!({ "brandId": id("brand", brand), "name": "Shop", "server": "PLAUSIBLE", "url": server.url, "siteId": PLAUSIBLE_SITE,
            "token": token })
    };
    let made = app.client.mutate(&person.token, "connectWebAnalytics", SOURCE, input("wrong key")).await?;
    let made = made.get("connectWebAnalytics.source").clone();
    assert_eq!(
        (&made["state"], &made["kind"], &made["readUntil"]),
        (&json!("CHECKING"), &json!("PLAUSIBLE"), &Value::Null)
    );
    app.run_jobs().await?;
    let list = || app.client.gql(&person.token, SOURCES, json!({ "id": id("brand", brand) }));
    let told = list().await?.ok()?;
    let source = told.get("webSources.0");
    assert_eq!((&source["id"], &source["state"]), (&made["id"], &json!("FAILED")));
    assert_eq!(source["trouble"]["kind"], "REFUSED");
    assert!(source["trouble"]["message"].as_str().unwrap_or_default().contains("Connect again"));
    let notices = "{ notices(first: 5) { nodes { kind message webSource { id } insightAlertEvent { id } } } }";
    let told = app.client.gql(&person.token, notices, json!({})).await?.ok()?;
    let notice = told.get("notices.nodes.0");
    let about = (&notice["kind"], &notice["webSource"], &notice["insightAlertEvent"]);
    assert_eq!(about, (&json!("WEB_SOURCE_FAILED"), &json!({ "id": made["id"] }), &Value::Null));
    let words = notice["message"].as_str().unwrap_or_default();
    assert!(words.contains("“Shop”") && words.contains("Connect again"), "{words}");
    let sync = json!({ "sourceId": made["id"] });
    let refused = app.client.try_mutate(&person.token, "syncWebAnalytics", "job { id }", sync.clone()).await?;
    assert_eq!(refused.get("syncWebAnalytics.userErrors.0.code"), "WRONG_STATE");

    let again = app.client.mutate(&person.token, "connectWebAnalytics", SOURCE, input(ANALYTICS_TOKEN)).await?;
    assert_eq!(again.get("connectWebAnalytics.source.id"), &made["id"]);
    app.run_jobs().await?;
    let told = list().await?.ok()?;
    let source = told.get("webSources.0");
    assert_eq!((&source["state"], &source["trouble"]), (&json!("CONNECTED"), &Value::Null));
    let span = json!({ "id": id("brand", brand), "from": on, "to": on });
    let told = app.client.gql(&person.token, VISITS, span).await?.ok()?;
    let total = json!({ "sessions": 8, "socialSessions": 8, "bounces": 2, "bounceRate": "25", "pageViews": 12 });
    assert_eq!(told.get("webAnalytics.total"), &total);
    let referrers = json!([{ "channel": "SOCIAL", "referrer": "bluesky", "sums": { "sessions": 8 } }]);
    assert_eq!(told.get("webAnalytics.referrers"), &referrers);

    let job = app.client.mutate(&person.token, "syncWebAnalytics", "job { id state }", sync.clone()).await?;
    assert_eq!(job.get("syncWebAnalytics.job.state"), "PENDING");
    let ended = app.client.mutate(&person.token, "disconnectWebAnalytics", SOURCE, sync).await?;
    assert_eq!(ended.get("disconnectWebAnalytics.source.state"), "DISCONNECTED");
    let left: i64 = app.db.value("select count(*) from web_source where token is not null").await?;
    assert_eq!((left, app.db.count("web_day where sessions > 0").await?), (0, 1));
    Ok(())
}

#[tokio::test]
async fn numbers_come_from_files_and_programs_all_or_none() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let file = |csv: &str| json!({ "brandId": brand, "source": "Home", "csv": csv });
    let csv = "Day;Referrer;Sessions;Bounces;Goal;Completions;Value;Currency\n2026-03-01;Mastodon;10;4;;;;\n2026-03-01;;;;Order;2;19.90;eur\n";
    let told = desk.mutate("importWebAnalytics", RECORDED, file(csv)).await?;
    let told = told.get("importWebAnalytics");
    assert_eq!((&told["recorded"], &told["restated"], &told["known"]), (&json!(2), &json!(0), &json!(0)));
    assert_eq!(told["source"], json!({ "name": "Home", "kind": "CSV", "state": "CONNECTED" }));

    let before = fingerprint(&desk.app).await?;
    let wrong = desk
        .try_mutate("importWebAnalytics", RECORDED, file("day,sessions\n2026-03-02,5\nMarch,6\n2026-03-03,-1\n"))
        .await?;
    let expected = [at("DATE_NOT_UNDERSTOOD", "csv.3.day"), at("INVALID", "csv.4.sessions")];
    assert_eq!(refused(&wrong, "importWebAnalytics"), expected);
    assert_eq!(wrong.get("importWebAnalytics.source"), &Value::Null);
    let visits = |sessions: i64| json!([{ "day": "2026-03-01", "referrer": "mastodon", "sessions": sessions, "bounces": 4, "pageViews": 30 }]);
    let sent = |sessions: i64| json!({ "brandId": brand, "source": "home", "visits": visits(sessions) });
    let wrong = desk.try_mutate("recordWebAnalytics", RECORDED, sent(3)).await?;
    assert_eq!(refused(&wrong, "recordWebAnalytics"), [at("INVALID", "visits.0.bounces")]);
    assert_eq!(fingerprint(&desk.app).await?, before);

    for (place, expected) in [(0, [0, 1, 0]), (1, [0, 0, 1])] {
        let told = desk.mutate("recordWebAnalytics", RECORDED, sent(12)).await?;
        let told = told.get("recordWebAnalytics");
        let counts = [&told["recorded"], &told["restated"], &told["known"]];
        assert_eq!(counts.map(Value::as_i64), expected.map(Some), "{place}");
    }
    let span = json!({ "id": brand, "from": "2026-03-01", "to": "2026-03-02" });
    let told = desk.app.client.gql(&desk.person.token, VISITS, span).await?.ok()?;
    let expected = json!({ "from": "2026-03-01", "to": "2026-03-02",
        "total": { "sessions": 12, "socialSessions": 12, "bounces": 4, "bounceRate": "33.3333", "pageViews": 30 },
        "days": [{ "day": "2026-03-01", "sums": { "sessions": 12 } }], "missingDays": ["2026-03-02"],
        "referrers": [{ "channel": "SOCIAL", "referrer": "mastodon", "sums": { "sessions": 12 } }], "moreReferrers": false,
        "goals": [{ "goal": "Order", "completions": 2, "values": [{ "minor": 1990, "currency": "EUR" }] }] });
    assert_eq!(told.get("webAnalytics"), &expected);
    Ok(())
}
