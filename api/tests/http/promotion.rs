//! Paid promotion through HTTP: from the plan over the approval to what the days cost and brought, bad input, and who sees it.

use anyhow::{Context as _, Result};
use chrono::{Days, NaiveDate};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const BOOST: &str = "boost { id state version network adSet post { title } account { id } planned { minor currency } spent { minor }
  line { balance { committed { minor } spent { minor } left { minor } } }
  figures { reports impressions { total missingReports } clicks { total } results { total } cpm { minor } cpc { minor } costPerResult { minor } } }";
const RESULTS: &str =
    "results { place outcome spendBefore { minor } userErrors { code message field } } difference { minor } written
  boost { spent { minor } }";

/// A MID of a brand with a budget of 100.00 EUR on one line.
async fn desk() -> Result<(Desk, String)> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let chief = desk.app.chief().await?;
    let today = desk.app.services.now().date_naive();
    let input = json!({ "brandId": id("brand", desk.brand), "currency": "EUR",
        "budget": { "name": "Year", "startsOn": today, "endsOn": today + Days::new(90) },
        "lines": [{ "name": "Boosts", "category": "ADS" }] });
    let made = desk.app.client.mutate(&chief.token, "createBudget", "budget { lines { id } }", input).await?;
    let line = made.text("createBudget.budget.lines.0.id")?;
    let give = json!({ "lineId": line, "amountMinor": 10_000, "reason": "Agreed" });
    desk.app.client.mutate(&chief.token, "allocateBudget", "entry { id }", give).await?;
    Ok((desk, line))
}

fn today(desk: &Desk) -> NaiveDate {
    desk.app.services.now().date_naive()
}

fn said(desk: &Desk, more: &Value) -> Value {
    let mut said = json!({ "name": "Guests", "adSet": "Guests in Athens", "network": "google_ads", "objective": "TRAFFIC",
        "startsOn": today(desk), "endsOn": today(desk) + Days::new(30), "plannedMinor": 6_000, "currency": "EUR" });
    if let (Some(said), Some(more)) = (said.as_object_mut(), more.as_object()) {
        said.extend(more.clone());
    }
    said
}

/// A promotion of an ad set over 60.00 that runs.
async fn running(desk: &Desk, line: &str) -> Result<String> {
    let boost = said(desk, &json!({ "lineId": line }));
    let made =
        desk.mutate("createAdBoost", BOOST, json!({ "brandId": id("brand", desk.brand), "boost": boost })).await?;
    let boost = made.text("createAdBoost.boost.id")?;
    let this = json!({ "boostId": boost, "version": 1 });
    let asked = desk.mutate("submitAdBoost", "approvalRequest { id }", this.clone()).await?;
    let request = asked.text("submitAdBoost.approvalRequest.id")?;
    let chief = desk.app.chief().await?;
    for step in [1, 2] {
        let approve = json!({ "requestId": request, "step": step });
        desk.app.client.mutate(&chief.token, "approveRequest", "request { state }", approve).await?;
    }
    desk.mutate("startAdBoost", BOOST, this).await?;
    Ok(boost)
}

#[tokio::test]
async fn a_promotion_goes_from_the_plan_to_its_figures() -> Result<()> {
    let (desk, line) = desk().await?;
    let brand = id("brand", desk.brand);
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Come in", &desk.person).await?;
    let of_post = json!({ "postId": id("post", post), "socialAccountId": id("account", desk.mastodon), "adSet": null, "network": null });
    let input = json!({ "brandId": brand, "boost": said(&desk, &of_post) });
    let made = desk.mutate("createAdBoost", BOOST, input).await?;
    let made = made.get("createAdBoost.boost").clone();
    assert_eq!(
        (&made["network"], &made["adSet"], &made["post"]["title"]),
        (&json!("mastodon"), &Value::Null, &json!("A post"))
    );
    assert_eq!((&made["state"], &made["figures"], &made["line"]), (&json!("DRAFT"), &Value::Null, &Value::Null));
    let boost = made["id"].as_str().context("an id")?.to_owned();
    let this = |version: i32| json!({ "boostId": boost, "version": version });
    refused(&desk, "submitAdBoost", "boost { id }", this(1), "BUDGET_LINE_REQUIRED", "boostId").await?;
    let change = json!({ "boostId": boost, "version": 1, "boost": said(&desk, &json!({ "lineId": line })) });
    let changed = desk.mutate("updateAdBoost", BOOST, change).await?;
    assert_eq!(changed.get("updateAdBoost.boost.adSet"), "Guests in Athens");

    let asked = "boost { state } approvalRequest { id kind amount { minor } subject { ... on AdBoost { id name } } }";
    let asked = desk.mutate("submitAdBoost", asked, this(2)).await?;
    let asked = asked.get("submitAdBoost").clone();
    assert_eq!((&asked["boost"]["state"], &asked["approvalRequest"]["kind"]), (&json!("IN_APPROVAL"), &json!("BOOST")));
    assert_eq!(asked["approvalRequest"]["subject"], json!({ "id": boost, "name": "Guests" }));
    let request = asked["approvalRequest"]["id"].as_str().context("an id")?.to_owned();
    let tried = desk.try_mutate("approveRequest", "request { id }", json!({ "requestId": request })).await?;
    assert_eq!(tried.user_codes("approveRequest"), ["FOUR_EYES"]);
    refused(&desk, "startAdBoost", "boost { id }", this(2), "WRONG_STATE", "boostId").await?;
    let chief = desk.app.chief().await?;
    for step in [1, 2] {
        let approve = json!({ "requestId": request, "step": step });
        desk.app.client.mutate(&chief.token, "approveRequest", "request { state }", approve).await?;
    }
    let started = desk.mutate("startAdBoost", BOOST, this(2)).await?;
    let balance = json!({ "committed": { "minor": 6_000 }, "spent": { "minor": 0 }, "left": { "minor": 4_000 } });
    assert_eq!(started.get("startAdBoost.boost.line.balance"), &balance);

    let day = today(&desk);
    let reports = json!([
        { "day": day, "sourceId": "ad 1", "spendMinor": 1_000, "impressions": 4_000, "clicks": 30, "reach": 3_000 },
        { "day": day, "sourceId": "ad 2", "spendMinor": 500, "clicks": 20 },
    ]);
    let done = desk.mutate("recordAdSpend", RESULTS, json!({ "boostId": boost, "reports": reports })).await?;
    assert_eq!(
        (done.get("recordAdSpend.difference.minor"), done.get("recordAdSpend.written")),
        (&json!(1_500), &json!(true))
    );
    let restated = json!([{ "day": day, "sourceId": "ad 1", "spendMinor": 800, "impressions": 4_000, "clicks": 30, "reach": 3_000 }]);
    let done = desk.mutate("recordAdSpend", RESULTS, json!({ "boostId": boost, "reports": restated })).await?;
    let result = json!({ "place": 0, "outcome": "RESTATED", "spendBefore": { "minor": 1_000 }, "userErrors": [] });
    assert_eq!(done.get("recordAdSpend.results.0"), &result);
    let ended = desk.mutate("endAdBoost", BOOST, this(2)).await?;
    let ended = ended.get("endAdBoost.boost").clone();
    assert_eq!((&ended["state"], &ended["spent"]["minor"]), (&json!("ENDED"), &json!(1_300)));
    let balance = json!({ "committed": { "minor": 0 }, "spent": { "minor": 1_300 }, "left": { "minor": 8_700 } });
    assert_eq!(ended["line"]["balance"], balance);
    // 8.00 bought four thousand impressions, of which the other report says nothing, and 13.00 fifty clicks.
    let figures = json!({ "reports": 2, "impressions": { "total": 4_000, "missingReports": 1 }, "clicks": { "total": 50 },
        "results": { "total": 50 }, "cpm": { "minor": 200 }, "cpc": { "minor": 26 }, "costPerResult": { "minor": 26 } });
    assert_eq!(ended["figures"], figures);

    let query = "query($brand: ID!, $boost: ID!) { adBoosts(brandId: $brand, filter: { states: [ENDED] }, first: 5) { nodes { id } }
      adBoostDays(boostId: $boost, first: 5) { nodes { sourceId spend { minor currency } impressions reach restatedCount } } }";
    let read = desk.app.client.gql(&desk.person.token, query, json!({ "brand": brand, "boost": boost })).await?.ok()?;
    assert_eq!(read.get("adBoosts.nodes"), &json!([{ "id": boost }]));
    let eur = |minor: i64| json!({ "minor": minor, "currency": "EUR" });
    let mut days = read.get("adBoostDays.nodes").as_array().context("days")?.clone();
    days.sort_by_key(|day| day["sourceId"].to_string());
    assert_eq!(
        Value::from(days),
        json!([
            { "sourceId": "ad 1", "spend": eur(800), "impressions": 4_000, "reach": 3_000, "restatedCount": 1 },
            { "sourceId": "ad 2", "spend": eur(500), "impressions": null, "reach": null, "restatedCount": 0 },
        ])
    );
    Ok(())
}

#[tokio::test]
async fn a_file_is_tried_before_it_is_recorded_and_never_goes_beyond_the_line() -> Result<()> {
    let (desk, line) = desk().await?;
    let boost = running(&desk, &line).await?;
    let day = today(&desk);
    let csv = format!(
        "day,id,spend,currency,clicks\n{day},a,60.00,EUR,10\n{day},b,40.01,EUR,\n{day},c,39.99,USD,\n{day},d,40,,x\n"
    );
    let input = |more: &Value| {
        let mut input = json!({ "boostId": boost, "csv": csv });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        input
    };
    let before = fingerprint(&desk.app).await?;
    let tried = desk.mutate("importAdSpend", RESULTS, input(&json!({ "dryRun": true }))).await?;
    assert_eq!(fingerprint(&desk.app).await?, before, "a dry run left something");
    let tried = tried.get("importAdSpend").clone();
    let told: Vec<Value> = tried["results"]
        .as_array()
        .context("results")?
        .iter()
        .map(|result| json!([result["place"], result["outcome"], result["userErrors"][0]["code"]]))
        .collect();
    assert_eq!(
        Value::from(told),
        json!([
            [2, "RECORDED", null],
            [3, "REFUSED", "BUDGET_EXCEEDED"],
            [4, "REFUSED", "BOOST_CURRENCY_DIFFERS"],
            [5, "REFUSED", "INVALID"],
        ])
    );
    let message = tried["results"][1]["userErrors"][0]["message"].as_str().context("a message")?;
    assert!(message.contains("40.00") && message.contains("EUR"), "{message}");
    assert_eq!((&tried["written"], &tried["boost"]["spent"]["minor"]), (&json!(false), &json!(6_000)));
    // As a whole it is refused, and names every row.
    let all = desk.try_mutate("importAdSpend", RESULTS, input(&Value::Null)).await?;
    assert_eq!(all.user_codes("importAdSpend"), ["BUDGET_EXCEEDED", "BOOST_CURRENCY_DIFFERS", "INVALID"]);
    assert_eq!(all.get("importAdSpend.userErrors.0.field"), &json!(["csv", "3", "spendMinor"]));
    assert_eq!(fingerprint(&desk.app).await?, before);
    for outcome in ["RECORDED", "KNOWN"] {
        let some = input(&json!({ "errorPolicy": "REJECT_FAILED_ROWS" }));
        let done = desk.mutate("importAdSpend", RESULTS, some).await?;
        assert_eq!(done.get("importAdSpend.results.0.outcome"), outcome);
        assert_eq!(done.get("importAdSpend.boost.spent.minor"), &json!(6_000));
    }
    let nothing = json!({ "boostId": boost, "csv": "day,id\n" });
    let tried = desk.try_mutate("importAdSpend", RESULTS, nothing).await?;
    assert_eq!(tried.user_codes("importAdSpend"), ["COLUMN_MISSING"]);
    refused(&desk, "recordAdSpend", "written", json!({ "boostId": boost, "reports": [] }), "INVALID", "reports")
        .await?;
    let many: Vec<Value> =
        (0..501).map(|n| json!({ "day": day, "sourceId": n.to_string(), "spendMinor": 0 })).collect();
    let many = json!({ "boostId": boost, "reports": many });
    refused(&desk, "recordAdSpend", "written", many, "TOO_MANY", "reports").await?;
    let beyond = json!({ "boostId": boost, "reports": [{ "day": day, "sourceId": "z", "spendMinor": 4_001 }] });
    refused(&desk, "recordAdSpend", "written", beyond, "BUDGET_EXCEEDED", "reports.0.spendMinor").await
}

#[tokio::test]
async fn what_cannot_be_planned_is_refused_at_its_field() -> Result<()> {
    let (desk, line) = desk().await?;
    let brand = id("brand", desk.brand);
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Come in", &desk.person).await?;
    let (post, account) = (id("post", post), id("account", desk.mastodon));
    for (more, code, field) in [
        (json!({ "name": " " }), "INVALID", "boost.name"),
        (json!({ "plannedMinor": 0 }), "INVALID", "boost.plannedMinor"),
        (json!({ "endsOn": "2020-01-01" }), "INVALID", "boost.endsOn"),
        (json!({ "currency": "USD", "lineId": line }), "BOOST_CURRENCY_DIFFERS", "boost.lineId"),
        (json!({ "lineId": nobodys("budgetline") }), "NOT_FOUND", "boost.lineId"),
        (json!({ "campaignId": nobodys("campaign") }), "NOT_FOUND", "boost.campaignId"),
        (json!({ "network": null }), "INVALID", "boost.network"),
        (json!({ "adSet": null }), "INVALID", "boost.postId"),
        (json!({ "postId": post }), "INVALID", "boost.postId"),
        (json!({ "adSet": null, "network": null, "postId": post }), "INVALID", "boost.socialAccountId"),
        (json!({ "adSet": null, "postId": post, "socialAccountId": account }), "INVALID", "boost.network"),
        (
            json!({ "adSet": null, "network": null, "postId": nobodys("post"), "socialAccountId": account }),
            "NOT_FOUND",
            "boost.postId",
        ),
        (
            json!({ "adSet": null, "network": null, "postId": post, "socialAccountId": id("account", desk.bluesky) }),
            "NOT_FOUND",
            "boost.socialAccountId",
        ),
    ] {
        let input = json!({ "brandId": brand, "boost": said(&desk, &more) });
        refused(&desk, "createAdBoost", "boost { id }", input, code, field).await?;
    }
    let boost = running(&desk, &line).await?;
    let this = json!({ "boostId": boost, "version": 1 });
    refused(&desk, "submitAdBoost", "boost { id }", this, "WRONG_STATE", "boostId").await?;
    let change = json!({ "boostId": boost, "version": 1, "boost": said(&desk, &Value::Null) });
    refused(&desk, "updateAdBoost", "boost { id }", change, "WRONG_STATE", "boostId").await?;
    let stale = json!({ "boostId": boost, "version": 7 });
    refused(&desk, "endAdBoost", "boost { id }", stale, "CHANGED_MEANWHILE", "version").await?;
    let nobody = json!({ "boostId": nobodys("boost"), "version": 1 });
    refused(&desk, "endAdBoost", "boost { id }", nobody, "NOT_FOUND", "boostId").await
}

#[tokio::test]
async fn nobody_below_mid_sees_what_advertising_costs() -> Result<()> {
    let (desk, line) = desk().await?;
    let brand = id("brand", desk.brand);
    let boost = running(&desk, &line).await?;
    for (kind, hidden) in [(UserKind::Staff, false), (UserKind::Freelancer, true), (UserKind::Client, true)] {
        let who = desk.app.member(desk.brand, Level::Junior, kind).await?;
        let query = "query($id: ID!) { node(id: $id) { ... on AdBoost { name planned { minor } } } }";
        let found = desk.app.client.gql(&who.token, query, json!({ "id": boost })).await?.ok()?;
        assert_eq!(found.get("node"), &Value::Null, "{kind:?}");
        for list in [
            "adBoosts(brandId: $id, first: 5) { nodes { id } }",
            "promotionCandidates(brandId: $id, first: 5) { candidates { forbidden } }",
        ] {
            let query = format!("query($id: ID!) {{ {list} }}");
            let answer = desk.app.client.gql(&who.token, &query, json!({ "id": brand })).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{kind:?} {list}");
        }
        let before = fingerprint(&desk.app).await?;
        let code = if hidden { "NOT_FOUND" } else { "FORBIDDEN" };
        let report = json!({ "day": today(&desk), "sourceId": "a", "spendMinor": 1 });
        for (name, input) in [
            ("endAdBoost", json!({ "boostId": boost, "version": 1 })),
            ("recordAdSpend", json!({ "boostId": boost, "reports": [report], "dryRun": true })),
            ("importAdSpend", json!({ "boostId": boost, "csv": "day,id,spend\n2026-01-01,a,1\n" })),
        ] {
            let tried = desk.app.client.try_mutate(&who.token, name, "boost { id }", input).await?;
            assert_eq!(tried.user_codes(name), [code], "{kind:?} {name}");
        }
        let input = json!({ "brandId": brand, "boost": said(&desk, &Value::Null) });
        let tried = desk.app.client.try_mutate(&who.token, "createAdBoost", "boost { id }", input).await?;
        assert_eq!(tried.user_codes("createAdBoost"), ["FORBIDDEN"], "{kind:?}");
        assert_eq!(fingerprint(&desk.app).await?, before, "{kind:?}");
    }
    Ok(())
}

#[tokio::test]
async fn of_too_few_posts_nothing_is_recommended() -> Result<()> {
    let (desk, _) = desk().await?;
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Hello", &desk.person).await?;
    let now = desk.app.services.now();
    let (publication, _) = desk.app.publication(desk.brand, post, now + chrono::Duration::days(9)).await?;
    desk.app
        .db
        .run(&format!(
            "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{}' where id = '{publication}';
             insert into metric_sample values (gen_random_uuid(), '{}', '{}', '{publication}', 'LIKES', 5, '{now}'),
               (gen_random_uuid(), '{1}', '{2}', '{publication}', 'REACH', 50, '{now}')",
            now - chrono::Duration::days(5),
            desk.brand,
            desk.mastodon
        ))
        .await?;
    let query = "query($id: ID!) { promotionCandidates(brandId: $id, first: 5) {
      candidates { post { id } engagementRate reasons { code value } } tooFew { account { id } publications needed } } }";
    let variables = json!({ "id": id("brand", desk.brand) });
    let answer = desk.app.client.gql(&desk.person.token, query, variables).await?.ok()?;
    let expected = json!({ "candidates": [],
        "tooFew": [{ "account": { "id": id("account", desk.mastodon) }, "publications": 1, "needed": 10 }] });
    assert_eq!(answer.get("promotionCandidates"), &expected);
    let query = "query($id: ID!) { promotionCandidates(brandId: $id, first: 51) { candidates { forbidden } } }";
    let answer = desk.app.client.gql(&desk.person.token, query, json!({ "id": id("brand", desk.brand) })).await?;
    assert_eq!(answer.code(), "INVALID");
    Ok(())
}
