//! How often brands are spoken of, through HTTP: monitors, a file, and what a program sends.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};

const MONITOR: &str = "monitor { id kind name keywords hashtags comparedFrom comparedUntil archivedAt }";
const RECORDED: &str = "source { name kind network } recorded restated known";
const VOICE: &str = "query($id: ID!, $from: NaiveDate!, $to: NaiveDate!) { shareOfVoice(brandId: $id, from: $from, to: $to) {
  from to total { own all share } monitors { monitor { name kind } mentions compared share } days { day mentions { own all share } }
  sources { source { name kind trouble { kind } } mentions { share } comparedDays missingDays } missingDays } }";
const LISTS: &str = "query($id: ID!) { listeningMonitors(brandId: $id) { name archivedAt } mentionSources(brandId: $id) { name kind nextAt failures } }";

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

/// The brand itself and a competitor, compared from the first of March on. Answers their ids.
async fn two(desk: &Desk) -> Result<(Value, Value)> {
    // No network is asked: what they are asked is tested where they are.
    desk.app.db.run("update social_account set state = 'DISCONNECTED', credentials = null").await?;
    let new = |kind: &str, name: &str| {
        json!({ "brandId": id("brand", desk.brand), "kind": kind, "name": name, "keywords": [format!("{name} tea")],
            "hashtags": [format!("#{name}")], "comparedFrom": "2026-03-01" })
    };
    let made = desk.mutate("createListeningMonitor", MONITOR, new("OWN", "Nour")).await?;
    let own = made.get("createListeningMonitor.monitor.id").clone();
    let made = desk.mutate("createListeningMonitor", MONITOR, new("COMPETITOR", "Sama")).await?;
    let rival = made.get("createListeningMonitor.monitor.id").clone();
    desk.app.run_jobs().await?;
    Ok((own, rival))
}

#[tokio::test]
async fn a_monitor_is_made_changed_and_archived() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (own, rival) = two(&desk).await?;
    let before = fingerprint(&desk.app).await?;
    let brand = id("brand", desk.brand);
    for (input, expected) in [
        (
            json!({ "brandId": brand, "kind": "OWN", "name": "Nour II", "keywords": ["Nour"] }),
            at("ALREADY_EXISTS", "kind"),
        ),
        (
            json!({ "brandId": brand, "kind": "COMPETITOR", "name": "sama", "keywords": ["x1"] }),
            at("ALREADY_EXISTS", "name"),
        ),
        (json!({ "brandId": brand, "kind": "COMPETITOR", "name": "Rival" }), at("INVALID", "keywords")),
        (
            json!({ "brandId": brand, "kind": "COMPETITOR", "name": "Rival", "keywords": ["a \"quote\""] }),
            at("INVALID", "keywords.0"),
        ),
        (
            json!({ "brandId": brand, "kind": "COMPETITOR", "name": "Rival", "hashtags": ["rival", "#RIVAL"] }),
            at("ALREADY_EXISTS", "hashtags.1"),
        ),
        (
            json!({ "brandId": brand, "kind": "COMPETITOR", "name": "Rival", "keywords": ["x".repeat(81)] }),
            at("TOO_LONG", "keywords.0"),
        ),
        (
            json!({ "brandId": brand, "kind": "COMPETITOR", "name": "Rival", "keywords": ["x1"], "comparedFrom": "2999-01-01" }),
            at("INVALID", "comparedFrom"),
        ),
    ] {
        let wrong = desk.try_mutate("createListeningMonitor", MONITOR, input).await?;
        assert_eq!(refused(&wrong, "createListeningMonitor"), [expected]);
        assert_eq!(wrong.get("createListeningMonitor.monitor"), &Value::Null);
    }
    let change = json!({ "monitorId": rival, "keywords": [], "hashtags": [] });
    let wrong = desk.try_mutate("changeListeningMonitor", MONITOR, change).await?;
    assert_eq!(refused(&wrong, "changeListeningMonitor"), [at("INVALID", "keywords")]);
    assert_eq!(fingerprint(&desk.app).await?, before);

    let change = json!({ "monitorId": own, "name": "Nour Tea", "hashtags": ["nourtea"] });
    let changed = desk.mutate("changeListeningMonitor", MONITOR, change).await?;
    let monitor = changed.get("changeListeningMonitor.monitor");
    assert_eq!((&monitor["name"], &monitor["kind"]), (&json!("Nour Tea"), &json!("OWN")));
    assert_eq!((&monitor["keywords"], &monitor["hashtags"]), (&json!(["Nour tea"]), &json!(["nourtea"])));
    assert_eq!((&monitor["comparedFrom"], &monitor["comparedUntil"]), (&json!("2026-03-01"), &Value::Null));
    desk.app.run_jobs().await?;
    let archived = desk.mutate("archiveListeningMonitor", MONITOR, json!({ "monitorId": rival })).await?;
    let monitor = archived.get("archiveListeningMonitor.monitor");
    assert!(monitor["archivedAt"].is_string() && monitor["comparedUntil"].is_string());
    let wrong = desk.try_mutate("archiveListeningMonitor", MONITOR, json!({ "monitorId": rival })).await?;
    assert_eq!(refused(&wrong, "archiveListeningMonitor"), [at("WRONG_STATE", "monitorId")]);

    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let before = fingerprint(&desk.app).await?;
    let denied = desk
        .app
        .client
        .try_mutate(&junior.token, "archiveListeningMonitor", MONITOR, json!({ "monitorId": own }))
        .await?;
    assert_eq!(refused(&denied, "archiveListeningMonitor").first().map(|(code, _)| code.as_str()), Some("FORBIDDEN"));
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn days_come_from_files_and_programs_all_or_none() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (own, rival) = two(&desk).await?;
    let brand = id("brand", desk.brand);
    let file = |csv: &str| json!({ "brandId": brand, "source": "Press", "csv": csv });
    let csv = "Day;Monitor;Mentions\n2026-03-01;Nour;10\n2026-03-01;Sama;20\n2026-03-02;Nour;5\n";
    let told = desk.mutate("importMentions", RECORDED, file(csv)).await?;
    let told = told.get("importMentions");
    assert_eq!((&told["recorded"], &told["restated"], &told["known"]), (&json!(3), &json!(0), &json!(0)));
    assert_eq!(told["source"], json!({ "name": "Press", "kind": "CSV", "network": null }));

    let before = fingerprint(&desk.app).await?;
    let wrong = "day,monitor,mentions\n2026-03-03,Nour,5\nMarch,Sama,6\n2026-03-03,Lina,1\n2026-03-03,Sama,-1\n";
    let wrong = desk.try_mutate("importMentions", RECORDED, file(wrong)).await?;
    let expected =
        [at("DATE_NOT_UNDERSTOOD", "csv.3.day"), at("NO_SUCH_NAME", "csv.4.monitor"), at("INVALID", "csv.5.mentions")];
    assert_eq!(refused(&wrong, "importMentions"), expected);
    assert_eq!(wrong.get("importMentions.source"), &Value::Null);
    let sent = |monitor: &Value, mentions: i64| json!({ "brandId": brand, "source": "press", "mentions": [{ "monitorId": monitor, "day": "2026-03-01", "mentions": mentions }] });
    let wrong = desk.try_mutate("recordMentions", RECORDED, sent(&own, -1)).await?;
    assert_eq!(refused(&wrong, "recordMentions"), [at("INVALID", "mentions.0.mentions")]);
    let wrong = desk.try_mutate("recordMentions", RECORDED, sent(&json!("monitor_none"), 1)).await?;
    assert_eq!(refused(&wrong, "recordMentions"), [at("NOT_FOUND", "mentions.0.monitorId")]);
    assert_eq!(fingerprint(&desk.app).await?, before);

    for (place, expected) in [(0, [0, 1, 0]), (1, [0, 0, 1])] {
        let told = desk.mutate("recordMentions", RECORDED, sent(&rival, 30)).await?;
        let told = told.get("recordMentions");
        let counts = [&told["recorded"], &told["restated"], &told["known"]];
        assert_eq!(counts.map(Value::as_i64), expected.map(Some), "{place}");
    }
    let span = json!({ "id": brand, "from": "2026-03-01", "to": "2026-03-03" });
    let told = desk.app.client.gql(&desk.person.token, VOICE, span).await?.ok()?;
    let share = json!({ "own": 10, "all": 40, "share": "25" });
    let expected = json!({ "from": "2026-03-01", "to": "2026-03-03", "total": share,
        "monitors": [{ "monitor": { "name": "Nour", "kind": "OWN" }, "mentions": 15, "compared": 10, "share": "25" },
            { "monitor": { "name": "Sama", "kind": "COMPETITOR" }, "mentions": 30, "compared": 30, "share": "75" }],
        "days": [{ "day": "2026-03-01", "mentions": share }],
        "sources": [{ "source": { "name": "Press", "kind": "CSV", "trouble": null }, "mentions": { "share": "25" }, "comparedDays": 1,
            "missingDays": ["2026-03-02"] }],
        "missingDays": ["2026-03-02", "2026-03-03"] });
    assert_eq!(told.get("shareOfVoice"), &expected);
    let wrong = json!({ "id": brand, "from": "2026-03-03", "to": "2026-03-01" });
    let wrong = desk.app.client.gql(&desk.person.token, VOICE, wrong).await?;
    assert!(wrong.ok().is_err(), "a period that ends before it begins");
    let lists = desk.app.client.gql(&desk.person.token, LISTS, json!({ "id": brand })).await?.ok()?;
    assert_eq!(
        lists.get("listeningMonitors"),
        &json!([{ "name": "Nour", "archivedAt": null }, { "name": "Sama", "archivedAt": null }])
    );
    assert_eq!(
        lists.get("mentionSources"),
        &json!([{ "name": "Press", "kind": "CSV", "nextAt": null, "failures": 0 }])
    );
    Ok(())
}
