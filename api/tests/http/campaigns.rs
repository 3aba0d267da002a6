//! Campaigns through HTTP: planned, approved, run and closed; who reads which of it; what is refused.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const CAMPAIGN: &str = "campaign { id version state name startsOn endsOn plannedBudget { minor currency }
  accounts { id } targets { id name source metric direction target unit } }";

async fn desk() -> Result<Desk> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    Ok(desk)
}

fn campaign(more: &Value) -> Value {
    let mut said = json!({ "name": "Summer", "startsOn": "2026-01-01", "endsOn": "2027-12-31" });
    if let (Some(said), Some(more)) = (said.as_object_mut(), more.as_object()) {
        said.extend(more.clone());
    }
    said
}

async fn create(desk: &Desk, more: &Value) -> Result<Answer> {
    let input = json!({ "brandId": id("brand", desk.brand), "campaign": campaign(more) });
    desk.mutate("createCampaign", CAMPAIGN, input).await
}

async fn read(desk: &Desk, who: &Person, campaign: &str, fields: &str) -> Result<Value> {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Campaign {{ {fields} }} }} }}");
    let answer = desk.app.client.gql(&who.token, &query, json!({ "id": campaign })).await?.ok()?;
    Ok(answer.get("node").clone())
}

#[tokio::test]
async fn a_campaign_is_planned_approved_run_and_closed_with_a_report() -> Result<()> {
    let desk = desk().await?;
    let senior = desk.app.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let account = id("account", desk.mastodon);
    let more = json!({ "socialAccountIds": [account], "targets": [
        { "name": "Guests", "source": "STATED", "target": "120.5", "unit": "guests" },
        { "name": "Likes", "source": "METRIC", "metric": "LIKES", "target": "300", "unit": "likes" },
        { "name": "Complaints", "source": "STATED", "direction": "AT_MOST", "target": "5", "unit": "letters" },
    ] });
    let made = create(&desk, &more).await?;
    let made = made.get("createCampaign.campaign").clone();
    assert_eq!(
        (&made["state"], &made["version"], &made["plannedBudget"]),
        (&json!("PLANNED"), &json!(1), &Value::Null)
    );
    assert_eq!(made["accounts"], json!([{ "id": account }]));
    assert_eq!(made["targets"][0]["target"], json!("120.5"));
    assert_eq!((&made["targets"][1]["metric"], &made["targets"][2]["direction"]), (&json!("LIKES"), &json!("AT_MOST")));
    let campaign = made["id"].as_str().context("an id")?.to_owned();

    // Without an amount anyone of MID or above approves, but nobody what they asked for.
    let this = json!({ "campaignId": campaign });
    let asked = "campaign { state } request { id kind amount { minor } subject { ... on Campaign { id name } } }";
    let asked = desk.mutate("submitCampaign", asked, this.clone()).await?;
    assert_eq!(asked.get("submitCampaign.campaign.state"), &json!("IN_APPROVAL"));
    assert_eq!(asked.get("submitCampaign.request.kind"), &json!("CAMPAIGN"));
    assert_eq!(asked.get("submitCampaign.request.subject"), &json!({ "id": campaign, "name": "Summer" }));
    let request = json!({ "requestId": asked.text("submitCampaign.request.id")? });
    refused(&desk, "submitCampaign", "campaign { id }", this.clone(), "WRONG_STATE", "campaignId").await?;
    refused(&desk, "activateCampaign", "campaign { id }", this.clone(), "WRONG_STATE", "campaignId").await?;
    desk.app.client.mutate(&senior.token, "approveRequest", "request { state }", request).await?;
    let ran = desk.mutate("activateCampaign", "campaign { state activatedAt }", this.clone()).await?;
    assert_eq!(ran.get("activateCampaign.campaign.state"), &json!("ACTIVE"));

    let said = json!({ "targetId": made["targets"][0]["id"], "value": "60.25", "note": "Counted at the door" });
    let said = desk.mutate("stateCampaignResult", "target { results { value note } }", said).await?;
    assert_eq!(
        said.get("stateCampaignResult.target.results"),
        &json!([{ "value": "60.25", "note": "Counted at the door" }])
    );
    let progress = "progress { target { name } achieved missing achievedShare elapsedShare pace reason }";
    let progress = read(&desk, &desk.person, &campaign, progress).await?;
    let [guests, likes] = [0, 1].map(|place| progress["progress"][place].clone());
    assert_eq!((&guests["achieved"], &guests["achievedShare"]), (&json!("60.25"), &json!(5000)));
    assert_eq!(
        (&likes["achieved"], &likes["pace"], &likes["reason"]),
        (&Value::Null, &json!("UNKNOWN"), &json!("NO_FIGURE"))
    );

    let closing = json!({ "campaignId": campaign, "version": 1, "lessons": "Begin earlier", "model": "LINEAR" });
    let fields = "campaign { state lessons closingReport { attributionModel posts returnOnInvestment missing
      targets { name achieved met } costs { category } attributedValues { minor } } }";
    let closed = desk.mutate("closeCampaign", fields, closing).await?;
    let closed = closed.get("closeCampaign.campaign").clone();
    assert_eq!((&closed["state"], &closed["lessons"]), (&json!("CLOSED"), &json!("Begin earlier")));
    let report = &closed["closingReport"];
    assert_eq!((&report["attributionModel"], &report["returnOnInvestment"]), (&json!("LINEAR"), &Value::Null));
    assert_eq!(report["missing"], json!(["TARGET", "VALUE", "COSTS"]));
    assert_eq!(report["targets"][0], json!({ "name": "Guests", "achieved": "60.25", "met": false }));
    assert_eq!(report["targets"][2], json!({ "name": "Complaints", "achieved": null, "met": null }));
    Ok(())
}

#[tokio::test]
async fn amounts_and_figures_are_for_mid_and_above() -> Result<()> {
    let desk = desk().await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    desk.app.chief().await?;
    let made = create(&desk, &json!({ "plannedMinor": 250_000, "currency": "EUR" })).await?;
    assert_eq!(made.get("createCampaign.campaign.plannedBudget"), &json!({ "minor": 250_000, "currency": "EUR" }));
    let campaign = made.text("createCampaign.campaign.id")?;
    let asked =
        desk.mutate("submitCampaign", "request { id amount { minor } }", json!({ "campaignId": campaign })).await?;
    assert_eq!(asked.get("submitCampaign.request.amount.minor"), &json!(250_000));
    let fields = "name plannedBudget { minor } closingReport { posts } progress { achieved } approvals { state amount { minor } }";
    let seen = read(&desk, &junior, &campaign, fields).await?;
    let expected = json!({ "name": "Summer", "plannedBudget": null, "closingReport": null, "progress": [],
        "approvals": [{ "state": "PENDING", "amount": null }] });
    assert_eq!(seen, expected);
    for kind in [UserKind::Client, UserKind::Freelancer] {
        let outside = desk.app.member(desk.brand, Level::Junior, kind).await?;
        assert!(read(&desk, &outside, &campaign, "name").await?.is_null(), "{kind:?}");
    }
    // Nor are clients asked: what they do not see would wait for them for ever.
    let senior = desk.app.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let chain =
        json!({ "brandId": id("brand", desk.brand), "kind": "CAMPAIGN", "steps": [{ "mode": "ANY", "client": true }] });
    let answer = desk.app.client.try_mutate(&senior.token, "setApprovalChain", "chain { id }", chain).await?;
    assert_eq!(answer.user_codes("setApprovalChain"), ["INVALID"]);
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_plan_is_told_where_it_is_and_nothing_is_written() -> Result<()> {
    let desk = desk().await?;
    let brand = id("brand", desk.brand);
    let target = |more: Value| {
        let mut target = json!({ "name": "Guests", "source": "STATED", "target": "1", "unit": "guests" });
        if let (Some(target), Some(more)) = (target.as_object_mut(), more.as_object()) {
            target.extend(more.clone());
        }
        json!({ "targets": [target] })
    };
    for (more, code, field) in [
        (json!({ "name": " " }), "INVALID", "campaign.name"),
        (json!({ "name": "x".repeat(201) }), "TOO_LONG", "campaign.name"),
        (json!({ "endsOn": "2025-12-31" }), "INVALID", "campaign.endsOn"),
        (json!({ "endsOn": "2031-02-01" }), "INVALID", "campaign.endsOn"),
        (json!({ "plannedMinor": 5 }), "INVALID", "campaign.currency"),
        (json!({ "currency": "EUR" }), "INVALID", "campaign.plannedMinor"),
        (json!({ "plannedMinor": -1, "currency": "EUR" }), "INVALID", "campaign.plannedMinor"),
        (json!({ "plannedMinor": 5, "currency": "XYZ" }), "UNKNOWN_CURRENCY", "campaign.currency"),
        (json!({ "personaIds": [nobodys("persona")] }), "NOT_FOUND", "campaign.personaIds.0"),
        (json!({ "socialAccountIds": [nobodys("account")] }), "NOT_FOUND", "campaign.socialAccountIds.0"),
        (target(json!({ "target": "0" })), "INVALID", "campaign.targets.0.target"),
        (target(json!({ "target": "1e3" })), "INVALID", "campaign.targets.0.target"),
        (target(json!({ "unit": null })), "INVALID", "campaign.targets.0.unit"),
        (target(json!({ "source": "KPI" })), "INVALID", "campaign.targets.0.kpiId"),
        (
            target(json!({ "source": "KPI", "kpiId": nobodys("kpi"), "unit": null })),
            "NOT_FOUND",
            "campaign.targets.0.kpiId",
        ),
        (target(json!({ "source": "METRIC" })), "INVALID", "campaign.targets.0.metric"),
        (target(json!({ "source": "METRIC", "metric": "FOLLOWERS" })), "INVALID", "campaign.targets.0.metric"),
        (target(json!({ "metric": "LIKES" })), "INVALID", "campaign.targets.0.metric"),
        (target(json!({ "id": nobodys("campaigntarget") })), "NOT_FOUND", "campaign.targets.0.id"),
    ] {
        let input = json!({ "brandId": brand, "campaign": campaign(&more) });
        refused(&desk, "createCampaign", "campaign { id }", input, code, field).await?;
    }
    let made = create(&desk, &json!({})).await?;
    let this = made.text("createCampaign.campaign.id")?;
    let stale = json!({ "campaignId": this, "version": 2, "campaign": campaign(&json!({})) });
    refused(&desk, "updateCampaign", "campaign { id }", stale, "CHANGED_MEANWHILE", "version").await?;
    let early = json!({ "campaignId": this, "version": 1, "lessons": "None", "model": "LINEAR" });
    refused(&desk, "closeCampaign", "campaign { id }", early, "WRONG_STATE", "campaignId").await?;
    refused(&desk, "restoreCampaign", "campaign { id }", json!({ "campaignId": this }), "WRONG_STATE", "campaignId")
        .await?;
    Ok(())
}

#[tokio::test]
async fn posts_and_tasks_stand_with_their_campaign() -> Result<()> {
    let desk = desk().await?;
    let made = create(&desk, &json!({})).await?;
    let campaign = made.text("createCampaign.campaign.id")?;
    let brand = id("brand", desk.brand);
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Hello", &desk.person).await?;
    desk.app.post(desk.brand, desk.mastodon, "Another", &desk.person).await?;
    let put = json!({ "brandId": brand, "campaignId": campaign, "postIds": [id("post", post)] });
    let done = desk.mutate("setCampaignOfPosts", "posts { id campaign { id } version }", put.clone()).await?;
    let expected = json!([{ "id": id("post", post), "campaign": { "id": campaign }, "version": 1 }]);
    assert_eq!(done.get("setCampaignOfPosts.posts"), &expected);
    let query = "query($id: ID!, $campaign: ID!) { brand(id: $id) { posts(first: 5, filter: { campaignId: $campaign }) { nodes { id } } } }";
    let asked = json!({ "id": brand, "campaign": campaign });
    let found = desk.app.client.gql(&desk.person.token, query, asked).await?.ok()?;
    assert_eq!(found.get("brand.posts.nodes"), &json!([{ "id": id("post", post) }]));
    let foreign = json!({ "brandId": brand, "campaignId": campaign, "postIds": [id("post", post), nobodys("post")] });
    refused(&desk, "setCampaignOfPosts", "posts { id }", foreign, "NOT_FOUND", "postIds.1").await?;

    let to_do = json!({ "title": "Book the hall", "assigneeId": id("user", desk.person.id), "dueOn": "2026-06-01" });
    let task = "task { id title dueOn doneAt doneBy { id } assignee { id } campaign { id } }";
    let added = desk.mutate("addCampaignTask", task, json!({ "campaignId": campaign, "task": to_do })).await?;
    let this = added.text("addCampaignTask.task.id")?;
    assert_eq!(added.get("addCampaignTask.task.assignee.id"), &json!(id("user", desk.person.id)));
    let done = desk.mutate("setCampaignTaskDone", task, json!({ "taskId": this, "done": true })).await?;
    assert_eq!(done.get("setCampaignTaskDone.task.doneBy.id"), &json!(id("user", desk.person.id)));
    let said = json!({ "taskId": this, "task": { "title": "Book another hall" } });
    let said = desk.mutate("updateCampaignTask", task, said).await?;
    assert_eq!(said.get("updateCampaignTask.task.assignee"), &Value::Null);
    let left = desk.mutate("removeCampaignTask", "campaign { tasks { id } }", json!({ "taskId": this })).await?;
    assert_eq!(left.get("removeCampaignTask.campaign.tasks"), &json!([]));
    let gone = json!({ "taskId": this, "done": true });
    refused(&desk, "setCampaignTaskDone", "task { id }", gone, "NOT_FOUND", "taskId").await
}

#[tokio::test]
async fn a_dry_run_reckons_with_what_is_assumed_and_writes_nothing() -> Result<()> {
    let desk = desk().await?;
    let before = fingerprint(&desk.app).await?;
    let query = "query($input: CalculateCampaignInput!) { calculateCampaign(input: $input) {
      historyDays leastSamples channels { posts figures { name samples median likely } }
      parts { name origin low likely high } missing { name why account { id } } } }";
    let input = json!({ "brandId": id("brand", desk.brand), "currency": "EUR", "budgetMinor": 100_000,
        "costPerClick": { "low": 20, "likely": 50, "high": 100 },
        "conversionRate": { "low": "1", "likely": "2.5", "high": "4" },
        "channels": [{ "socialAccountId": id("account", desk.mastodon), "posts": 4 }] });
    let ask = async |input: Value| desk.app.client.gql(&desk.person.token, query, json!({ "input": input })).await;
    let found = ask(input.clone()).await?.ok()?;
    let found = found.get("calculateCampaign");
    let part = |name: &str| {
        let parts = found["parts"].as_array().into_iter().flatten();
        parts
            .filter(|part| part["name"] == name)
            .map(|part| [&part["low"], &part["likely"], &part["high"]].map(Clone::clone))
            .next()
    };
    assert_eq!(part("BOUGHT_CLICKS"), Some(["1000", "2000", "5000"].map(|text| json!(text))));
    assert_eq!(part("BOUGHT_RESULTS"), Some(["10", "50", "200"].map(|text| json!(text))));
    assert_eq!(part("CONVERSION_RATE"), Some(["1", "2.5", "4"].map(|text| json!(text))));
    assert_eq!(part("VIEWS"), None);
    assert_eq!(
        found["channels"][0]["figures"][0],
        json!({ "name": "VIEWS", "samples": 0, "median": null, "likely": null })
    );
    let missing = found["missing"].as_array().context("a list")?;
    let views = json!({ "name": "VIEWS", "why": "TOO_FEW_SAMPLES", "account": { "id": id("account", desk.mastodon) } });
    assert!(missing.contains(&views), "{missing:?}");
    for (field, value) in [
        ("currency", Value::Null),
        ("budgetMinor", json!(0)),
        ("wantedResults", json!(0)),
        ("costPerClick", json!({ "low": 50, "likely": 20, "high": 100 })),
        ("conversionRate", json!({ "low": "1", "likely": "2", "high": "101" })),
    ] {
        let mut wrong = input.clone();
        wrong[field] = value;
        assert_eq!(ask(wrong).await?.code(), "INVALID", "{field}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
