//! Alerts, targets and brands side by side through HTTP.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const ALERTS: &str =
    "query($id: ID!) { insightAlerts(brandId: $id) { id name kpi kind bound threshold windowDays enabled
  recipients { id } owner { id } current { id value expected high low state day seenBy { id } } } }";
const EVENTS: &str = "query($id: ID!) { insightAlertEvents(brandId: $id, currentOnly: true, first: 5) { nodes { state alert { name } } } }";

#[tokio::test]
async fn an_alert_is_told_seen_and_struck_out() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    let rule = |threshold: &str| {
        json!({ "name": "Few posts", "kpi": "PUBLISHED_POSTS", "kind": "THRESHOLD", "bound": "BELOW", "threshold": threshold,
          "windowDays": 7, "recipientIds": [id("user", desk.person.id)] })
    };
    let brand = id("brand", desk.brand);
    let before = fingerprint(&desk.app).await?;
    for (alert, field) in [(rule("many"), "threshold"), (json!({ "windowDays": 99 }), "windowDays")] {
        let mut said = rule("5");
        if let (Some(said), Some(alert)) = (said.as_object_mut(), alert.as_object()) {
            said.extend(alert.clone());
        }
        let refused =
            desk.try_mutate("createInsightAlert", "alert { id }", json!({ "brandId": brand, "alert": said })).await?;
        let error = refused.get("createInsightAlert.userErrors.0");
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!("INVALID"), &json!(["alert", field])),
            "{}",
            refused.body
        );
    }
    assert_eq!(fingerprint(&desk.app).await?, before);

    let made =
        desk.mutate("createInsightAlert", "alert { id }", json!({ "brandId": brand, "alert": rule("5") })).await?;
    let alert = made.text("createInsightAlert.alert.id")?;
    desk.app.run_jobs().await?;
    let ask = async |query: &str| desk.app.client.gql(&desk.person.token, query, json!({ "id": brand })).await?.ok();
    let shown = ask(ALERTS).await?;
    let first = shown.get("insightAlerts.0");
    assert_eq!((&first["id"], &first["threshold"]), (&json!(alert), &json!("5")));
    assert_eq!(first["recipients"], json!([{ "id": id("user", desk.person.id) }]));
    let current = &first["current"];
    let figures = (&current["value"], &current["expected"], &current["low"], &current["high"]);
    assert_eq!(figures, (&json!("0"), &json!("5"), &json!("5"), &Value::Null), "{current}");
    assert_eq!(ask(EVENTS).await?.get("insightAlertEvents.nodes.0.alert.name"), "Few posts");
    let notices = "{ notices(first: 5) { nodes { kind message brand { id } insightAlertEvent { id alert { name } } webSource { id } } } }";
    let told = desk.app.client.gql(&desk.person.token, notices, json!({})).await?.ok()?;
    assert_eq!(told.get("notices.nodes").as_array().map(Vec::len), Some(1));
    assert_eq!(told.get("notices.nodes.0.kind"), "INSIGHT_ALERT");
    let event = json!({ "id": current["id"], "alert": { "name": "Few posts" } });
    assert_eq!(told.get("notices.nodes.0.insightAlertEvent"), &event);
    assert_eq!(told.get("notices.nodes.0.webSource"), &Value::Null);
    let words = told.text("notices.nodes.0.message")?;
    assert!(words.contains("“Few posts”") && words.contains("is 0, below 5"), "{words}");

    let event = json!({ "eventId": current["id"] });
    let seen = desk.mutate("acknowledgeInsightAlertEvent", "event { state seenBy { id } }", event.clone()).await?;
    assert_eq!(seen.get("acknowledgeInsightAlertEvent.event.state"), "SEEN");
    let update = json!({ "alertId": alert, "version": 1, "alert": rule("0") });
    desk.mutate("updateInsightAlert", "alert { version }", update).await?;
    assert_eq!(ask(EVENTS).await?.get("insightAlertEvents.nodes"), &json!([]));
    let late = desk.try_mutate("acknowledgeInsightAlertEvent", "event { state }", event).await?;
    assert_eq!(late.user_codes("acknowledgeInsightAlertEvent"), ["WRONG_STATE"]);
    let gone = desk.mutate("deleteInsightAlert", "deletedId", json!({ "alertId": alert })).await?;
    assert_eq!(gone.get("deleteInsightAlert.deletedId"), &json!(alert));
    let again =
        desk.try_mutate("deleteInsightAlert", "deletedId", json!({ "alertId": nobodys("insightalert") })).await?;
    assert_eq!(again.user_codes("deleteInsightAlert"), ["NOT_FOUND"]);
    desk.app.leave_jobs();
    Ok(())
}

#[tokio::test]
async fn figures_stand_beside_their_targets_and_brands_beside_each_other() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let definition = json!({ "definition": "What goes out", "unit": "posts", "direction": "AT_LEAST", "target": "31", "period": "MONTH" });
    let made = desk
        .mutate("createKpi", "kpi { id }", json!({ "brandId": brand, "name": "Posts", "definition": definition }))
        .await?;
    let kpi = made.text("createKpi.kpi.id")?;
    let input = json!({ "kpiId": kpi, "version": 1, "figure": "PUBLISHED_POSTS" });
    let measured = desk.mutate("measureKpi", "kpi { figure version }", input).await?;
    assert_eq!(measured.get("measureKpi.kpi"), &json!({ "figure": "PUBLISHED_POSTS", "version": 2 }));
    desk.app.db.run("update kpi_version set created_at = '2024-01-01'").await?;

    let query = "query($input: CompareBrandsInput!) { compareBrands(input: $input) {
      brands { brand { id } comparedFrom figures { kpi value target { kpi { name } direction period target expected basis status reason } } }
      medians { kpi currency value brands } } }";
    let ask = async |token: &str, ids: Value| {
        let input = json!({ "input": { "brandIds": ids, "from": "2024-03-01", "to": "2024-03-31" } });
        desk.app.client.gql(token, query, input).await
    };
    let told = ask(&desk.person.token, json!([brand])).await?.ok()?;
    let figures = told.get("compareBrands.brands.0.figures").as_array().into_iter().flatten();
    let posts: Vec<_> = figures.filter(|figure| !figure["target"].is_null()).collect();
    assert_eq!(posts.len(), 1, "{}", told.body);
    let target = &posts[0]["target"];
    assert_eq!(
        (&target["target"], &target["status"], &target["basis"]),
        (&json!("31"), &json!("BEHIND"), &json!("SHARE_OF_TIME"))
    );
    assert_eq!((&target["kpi"]["name"], &target["period"]), (&json!("Posts"), &json!("MONTH")));
    assert_eq!(target["reason"], "0 so far, with at least 31 due by now, of 31 in all: behind.");
    let medians = told.get("compareBrands.medians").as_array().into_iter().flatten();
    let median: Vec<_> = medians.filter(|median| median["kpi"] == "PUBLISHED_POSTS").collect();
    assert_eq!(median, [&json!({ "kpi": "PUBLISHED_POSTS", "currency": null, "value": "0", "brands": 1 })]);

    let other = desk.app.brand("Beta").await?;
    let refused = ask(&desk.person.token, json!([brand, id("brand", other)])).await?;
    assert_eq!(refused.code(), "NOT_FOUND", "{}", refused.body);
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    assert_eq!(ask(&junior.token, json!([brand])).await?.code(), "FORBIDDEN");
    Ok(())
}
