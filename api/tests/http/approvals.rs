//! Posts on their way through approval.

use anyhow::Result;
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::{Answer, Event};
use diwan_testkit::servers::MailCatcher;
use diwan_testkit::{Person, Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const REQUEST: &str = "request { id kind state canDecide subject { ... on Post { id state } }
  steps { position state mode audience level dueAt decisions { kind actorName } } history { kind actorName onBehalfOfName comment level } }";

/// A brand with a writer, somebody of each level and a client.
struct Review {
    app: TestApp,
    brand: Uuid,
    writer: Person,
    mid: Person,
    senior: Person,
    client: Person,
    post: Uuid,
}

impl Review {
    async fn new() -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let writer = app.member(brand, Level::Junior, UserKind::Staff).await?;
        let mid = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = app.member(brand, Level::Senior, UserKind::Staff).await?;
        let client = app.member(brand, Level::Junior, UserKind::Client).await?;
        let account = app.account(brand, "mastodon", &senior).await?;
        let (post, _) = app.post(brand, account, "Hello", &writer).await?;
        Ok(Self { app, brand, writer, mid, senior, client, post })
    }

    async fn chain(&self, steps: Value) -> Result<Answer> {
        let input = json!({ "brandId": id("brand", self.brand), "kind": "POST", "steps": steps });
        self.app.client.mutate(&self.senior.token, "setApprovalChain", "chain { id version }", input).await
    }

    async fn submit(&self, by: &Person) -> Result<String> {
        let input = json!({ "postId": id("post", self.post) });
        let answer = self.app.client.mutate(&by.token, "submitPost", "request { id }", input).await?;
        answer.text("submitPost.request.id")
    }

    async fn decide(&self, by: &Person, mutation: &str, request: &str, comment: &str) -> Result<Answer> {
        let input = json!({ "requestId": request, "comment": comment });
        self.app.client.mutate(&by.token, mutation, REQUEST, input).await
    }

    /// A refusal, which leaves everything as it was.
    async fn refused(&self, by: &Person, mutation: &str, input: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.app).await?;
        let selection = "userErrors { message }";
        let answer = self.app.client.try_mutate(&by.token, mutation, selection, input).await?;
        assert_eq!(answer.user_codes(mutation), [code], "{mutation}: {}", answer.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{mutation} was refused and left something");
        Ok(())
    }

    async fn state(&self) -> Result<String> {
        self.app.db.value(&format!("select state from post where id = '{}'", self.post)).await
    }

    async fn letters(&self, template: &str, to: &Person) -> Result<i64> {
        let sql = format!("select count(*) from letter where template = '{template}' and recipient = '{}'", to.email);
        self.app.db.value(&sql).await
    }

    async fn sees(&self, who: &Person, node: &str) -> Result<bool> {
        let query = "query($id: ID!) { node(id: $id) { id } }";
        let answer = self.app.client.gql(&who.token, query, json!({ "id": node })).await?.ok()?;
        Ok(answer.get("node").is_object())
    }
}

fn kinds(answer: &Answer, path: &str) -> Vec<String> {
    let entries = answer.get(path).as_array().cloned().unwrap_or_default();
    entries.iter().filter_map(|entry| entry["kind"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_post_is_approved_by_the_team_and_by_the_client_and_then_scheduled() -> Result<()> {
    let desk = Review::new().await?;
    desk.chain(json!([{ "mode": "ANY", "level": "MID", "dueHours": 24 }, { "mode": "ANY", "client": true }])).await?;
    let post = id("post", desk.post);
    let due = (desk.app.services.now() + Duration::hours(2)).to_rfc3339();
    let schedule = json!({ "postId": post, "dueAt": due });
    desk.refused(&desk.mid, "schedulePost", schedule.clone(), "APPROVAL_REQUIRED").await?;
    let request = desk.submit(&desk.writer).await?;
    assert_eq!(desk.state().await?, "IN_REVIEW");
    assert_eq!(desk.letters("approval-requested", &desk.mid).await?, 1);
    assert_eq!(desk.letters("approval-requested", &desk.senior).await?, 1, "above MID is enough as well");
    assert_eq!(desk.letters("review-requested", &desk.client).await?, 0, "not their turn yet");
    assert!(!desk.sees(&desk.client, &post).await? && !desk.sees(&desk.client, &request).await?);

    let this = json!({ "requestId": request });
    desk.refused(&desk.writer, "submitPost", json!({ "postId": post }), "WRONG_STATE").await?;
    desk.refused(&desk.writer, "approveRequest", this.clone(), "FORBIDDEN").await?;
    desk.refused(&desk.client, "approveRequest", this.clone(), "NOT_FOUND").await?;
    desk.refused(&desk.mid, "requestChanges", this.clone(), "REASON_REQUIRED").await?;
    desk.refused(&desk.mid, "approveRequest", json!({ "requestId": request, "step": 2 }), "CHANGED_MEANWHILE").await?;
    let first = desk.decide(&desk.mid, "approveRequest", &request, "Between us: fine").await?;
    assert_eq!(first.get("approveRequest.request.state"), "PENDING");
    assert_eq!(first.get("approveRequest.request.steps.0.state"), "APPROVED");
    assert_eq!(first.get("approveRequest.request.steps.1.state"), "OPEN");
    assert_eq!(first.get("approveRequest.request.canDecide"), false);
    desk.refused(&desk.mid, "approveRequest", this.clone(), "ALREADY_DECIDED").await?;
    desk.refused(&desk.senior, "approveRequest", this.clone(), "NOT_YOUR_TURN").await?;
    desk.refused(&desk.client, "withdrawRequest", this.clone(), "FORBIDDEN").await?;
    assert_eq!(desk.letters("review-requested", &desk.client).await?, 1);

    let query = "query($id: ID!) { viewer { approvalsWaiting(first: 5) { nodes { id } } } node(id: $id) { ... on ApprovalRequest {
      title canDecide history { kind comment } requestedBy { id } } } }";
    let seen = desk.app.client.gql(&desk.client.token, query, json!({ "id": request })).await?.ok()?;
    assert_eq!(seen.get("viewer.approvalsWaiting.nodes.0.id"), &json!(request));
    assert_eq!(seen.get("node.canDecide"), true);
    assert!(seen.get("node.requestedBy").is_null(), "clients have no directory");
    assert!(!seen.body.to_string().contains("Between us"), "what the team says at its steps is the team's");
    let last = desk.decide(&desk.client, "approveRequest", &request, "Lovely").await?;
    assert_eq!(last.get("approveRequest.request.state"), "APPROVED");
    assert_eq!(desk.state().await?, "APPROVED");
    assert_eq!(desk.letters("approval-decided", &desk.writer).await?, 1);
    desk.refused(&desk.client, "approveRequest", this.clone(), "WRONG_STATE").await?;
    desk.refused(&desk.senior, "approveRequest", this, "WRONG_STATE").await?;
    let query = "query($id: ID!) { node(id: $id) { ... on ApprovalRequest { history { kind comment } } } }";
    let told = desk.app.client.gql(&desk.senior.token, query, json!({ "id": request })).await?.ok()?;
    assert_eq!(kinds(&told, "node.history"), ["OPENED", "STEP_OPENED", "APPROVED", "STEP_OPENED", "APPROVED"]);
    let waiting: i64 =
        desk.app.db.value("select count(*) from job where kind = 'remind_approvers' and state = 'PENDING'").await?;
    assert_eq!(waiting, 0, "nobody is reminded of what is decided");

    desk.app.client.mutate(&desk.mid.token, "schedulePost", "post { id }", schedule.clone()).await?;
    desk.app.client.mutate(&desk.mid.token, "unschedulePost", "post { id }", json!({ "postId": post })).await?;
    assert_eq!(desk.state().await?, "APPROVED", "this very version was approved");
    let change = json!({ "postId": post, "version": 1, "title": "Other" });
    desk.app.client.mutate(&desk.writer.token, "updatePost", "post { id }", change).await?;
    assert_eq!(desk.state().await?, "DRAFT", "a change takes the approval away");
    assert_eq!(desk.app.db.value::<String>("select state from approval_request").await?, "VOIDED");
    desk.refused(&desk.mid, "schedulePost", schedule, "APPROVAL_REQUIRED").await?;
    Ok(())
}

#[tokio::test]
async fn a_post_comes_back_is_taken_back_and_void_when_it_changes() -> Result<()> {
    let desk = Review::new().await?;
    let other = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let request = desk.submit(&desk.writer).await?;
    let back = desk.decide(&desk.mid, "requestChanges", &request, "Shorter, please").await?;
    assert_eq!(back.get("requestChanges.request.state"), "CHANGES_REQUESTED");
    assert_eq!(back.get("requestChanges.request.history.2.comment"), "Shorter, please");
    assert_eq!(desk.state().await?, "CHANGES_REQUESTED");

    let request = desk.submit(&desk.writer).await?;
    desk.refused(&other, "withdrawRequest", json!({ "requestId": request }), "FORBIDDEN").await?;
    let input = json!({ "requestId": request });
    desk.app.client.mutate(&desk.writer.token, "withdrawRequest", REQUEST, input.clone()).await?;
    assert_eq!(desk.state().await?, "DRAFT");
    desk.refused(&desk.writer, "withdrawRequest", input.clone(), "WRONG_STATE").await?;
    desk.refused(&desk.mid, "approveRequest", input, "WRONG_STATE").await?;

    let request = desk.submit(&desk.writer).await?;
    let change = json!({ "postId": id("post", desk.post), "version": 1, "title": "Other" });
    desk.app.client.mutate(&desk.writer.token, "updatePost", "post { id }", change).await?;
    assert_eq!(desk.state().await?, "DRAFT");
    desk.refused(&desk.mid, "approveRequest", json!({ "requestId": request }), "WRONG_STATE").await?;
    let query = "query($brand: ID!, $states: [ApprovalState!]!) { approvalRequests(brandId: $brand, first: 9, filter: { states: $states }) { nodes { state } } }";
    for (states, count) in
        [(json!([]), 3), (json!(["VOIDED"]), 1), (json!(["VOIDED", "WITHDRAWN"]), 2), (json!(["PENDING"]), 0)]
    {
        let variables = json!({ "brand": id("brand", desk.brand), "states": states });
        let answer = desk.app.client.gql(&desk.writer.token, query, variables).await?.ok()?;
        assert_eq!(answer.get("approvalRequests.nodes").as_array().map(Vec::len), Some(count), "{states}");
    }
    Ok(())
}

#[tokio::test]
async fn nobody_approves_what_they_wrote_or_asked_for() -> Result<()> {
    let desk = Review::new().await?;
    let request = desk.submit(&desk.mid).await?;
    desk.refused(&desk.mid, "approveRequest", json!({ "requestId": request }), "FOUR_EYES").await?;
    desk.app.client.mutate(&desk.mid.token, "withdrawRequest", REQUEST, json!({ "requestId": request })).await?;
    // Whoever wrote at it is no better placed than whoever asked.
    let change = json!({ "postId": id("post", desk.post), "version": 1, "title": "Other" });
    desk.app.client.mutate(&desk.senior.token, "updatePost", "post { id }", change).await?;
    let request = desk.submit(&desk.mid).await;
    assert!(request.is_err(), "nobody is left: {request:?}");
    desk.refused(&desk.mid, "submitPost", json!({ "postId": id("post", desk.post) }), "NOBODY_CAN_APPROVE").await?;
    desk.app.db.run("update agency set four_eyes = false").await?;
    let request = desk.submit(&desk.mid).await?;
    desk.decide(&desk.mid, "approveRequest", &request, "").await?;
    assert_eq!(desk.state().await?, "APPROVED");
    Ok(())
}

#[tokio::test]
async fn somebody_stands_in_for_whoever_is_away() -> Result<()> {
    let desk = Review::new().await?;
    let deputy = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    desk.chain(json!([{ "mode": "ALL", "people": [id("user", desk.senior.id)] }])).await?;
    let now = desk.app.services.now();
    let away = |to: &Person, days: i64| json!({ "to": id("user", to.id), "startsAt": now.to_rfc3339(), "endsAt": (now + Duration::days(days)).to_rfc3339(), "reason": "Holidays" });
    desk.refused(&desk.senior, "setDelegation", away(&desk.senior, 3), "NOT_YOURSELF").await?;
    desk.refused(&desk.senior, "setDelegation", away(&desk.client, 3), "KIND_MISMATCH").await?;
    desk.refused(&desk.senior, "setDelegation", away(&deputy, -3), "TIME_IN_PAST").await?;
    desk.refused(&desk.senior, "setDelegation", away(&deputy, 3000), "TIME_TOO_FAR").await?;
    let stranger = desk.app.person(UserKind::Staff, None).await?;
    desk.refused(&desk.senior, "setDelegation", away(&stranger, 3), "NOT_FOUND").await?;
    // The writer stands in: then it is their own work.
    let set = async |by: &Person, to: &Person| {
        desk.app.client.mutate(&by.token, "setDelegation", "delegation { id }", away(to, 3)).await
    };
    set(&desk.senior, &desk.writer).await?;
    let request = desk.submit(&desk.writer).await?;
    desk.refused(&desk.writer, "approveRequest", json!({ "requestId": request }), "FOUR_EYES").await?;
    let delegation = set(&desk.senior, &deputy).await?.text("setDelegation.delegation.id")?;
    // No further than one step: who stands in for the deputy does not stand in for the senior.
    set(&deputy, &desk.mid).await?;
    desk.refused(&desk.mid, "approveRequest", json!({ "requestId": request }), "NOT_YOUR_TURN").await?;
    let listed = "{ viewer { delegations { id reason from { id } to { id } } approvalsWaiting(first: 5) { nodes { id canDecide } } } }";
    let seen = desk.app.client.gql(&deputy.token, listed, json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.delegations.0.id"), &json!(delegation));
    assert_eq!(seen.get("viewer.approvalsWaiting.nodes"), &json!([{ "id": request, "canDecide": true }]));
    desk.refused(&desk.mid, "endDelegation", json!({ "delegationId": delegation }), "NOT_FOUND").await?;
    let done = desk.decide(&deputy, "approveRequest", &request, "").await?;
    assert_eq!(done.get("approveRequest.request.state"), "APPROVED");
    let behalf: Uuid = desk.app.db.value("select on_behalf_of from approval_entry where kind = 'APPROVED'").await?;
    assert_eq!(behalf, desk.senior.id);
    desk.app
        .client
        .mutate(&desk.senior.token, "endDelegation", "delegation { endedAt }", json!({ "delegationId": delegation }))
        .await?;
    let change = json!({ "postId": id("post", desk.post), "version": 1, "title": "Other" });
    desk.app.client.mutate(&desk.writer.token, "updatePost", "post { id }", change).await?;
    let request = desk.submit(&desk.writer).await?;
    desk.refused(&deputy, "approveRequest", json!({ "requestId": request }), "FORBIDDEN").await?;
    Ok(())
}

#[tokio::test]
async fn of_fifty_approvals_at_once_one_counts() -> Result<()> {
    let desk = Review::new().await?;
    // A step of the same people follows: a repeated approval must not pass for the next one.
    desk.chain(json!([{ "mode": "ANY", "level": "MID" }, { "mode": "ANY", "level": "MID" }])).await?;
    let request = desk.submit(&desk.writer).await?;
    let rush = async |people: Vec<Person>, step: i32| -> Result<usize> {
        let input = json!({ "requestId": request, "step": step });
        let one = async |person: &Person| {
            let input = if step == 1 { json!({ "requestId": request }) } else { input.clone() };
            desk.app.client.try_mutate(&person.token, "approveRequest", "request { id }", input).await
        };
        let answers = futures::future::join_all(people.iter().map(one)).await;
        let mut counted = 0;
        for answer in answers {
            let answer = answer?;
            let codes = answer.user_codes("approveRequest");
            assert!(answer.body["errors"].is_null(), "{}", answer.body);
            let known = ["ALREADY_DECIDED", "WRONG_STATE", "CHANGED_MEANWHILE", "NOT_YOUR_TURN"];
            assert!(codes.is_empty() || known.contains(&codes[0].as_str()), "{codes:?}");
            counted += usize::from(codes.is_empty());
        }
        Ok(counted)
    };
    let approvals = "select count(*) from approval_entry where kind = 'APPROVED'";
    assert_eq!(rush(vec![desk.mid.clone(); 50], 1).await?, 1);
    assert_eq!(desk.app.db.value::<i64>(approvals).await?, 1);
    let mut many = Vec::new();
    for _ in 0..50 {
        many.push(desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?);
    }
    assert_eq!(rush(many, 2).await?, 1);
    assert_eq!(desk.app.db.value::<i64>(approvals).await?, 2);
    assert_eq!(desk.state().await?, "APPROVED");
    Ok(())
}

#[tokio::test]
async fn deciding_and_listing_cost_the_same_however_many_there_are() -> Result<()> {
    let desk = Review::new().await?;
    desk.chain(json!([{ "mode": "ANY", "level": "MID" }, { "mode": "ALL", "level": "SENIOR" }])).await?;
    let list = "query($brand: ID!) { approvalRequests(brandId: $brand, first: 50, filter: { mine: true }) { nodes { id canDecide title
      subject { ... on Post { title } } steps { state decisions { kind } people { name } } history { kind actor { name } } } }
      viewer { approvalsWaiting(first: 50) { nodes { id } } } }";
    let account = desk.app.account(desk.brand, "mastodon", &desk.senior).await?;
    let mut costs = Vec::new();
    for (posts, people) in [(2, 2), (18, 20)] {
        for _ in 0..people {
            desk.app.member(desk.brand, Level::Senior, UserKind::Staff).await?;
        }
        let mut request = String::new();
        for _ in 0..posts {
            let (post, _) = desk.app.post(desk.brand, account, "Hello", &desk.writer).await?;
            let input = json!({ "postId": id("post", post) });
            let answer = desk.app.client.mutate(&desk.writer.token, "submitPost", "request { id }", input).await?;
            request = answer.text("submitPost.request.id")?;
        }
        let before = desk.app.db.statements();
        let answer =
            desk.app.client.gql(&desk.senior.token, list, json!({ "brand": id("brand", desk.brand) })).await?.ok()?;
        assert!(answer.get("approvalRequests.nodes").as_array().is_some_and(|nodes| nodes.len() >= posts));
        let listing = desk.app.db.statements() - before;
        let before = desk.app.db.statements();
        let input = json!({ "requestId": request });
        desk.app.client.mutate(&desk.mid.token, "approveRequest", "request { id }", input).await?;
        costs.push((listing, desk.app.db.statements() - before));
    }
    assert_eq!(costs[0].1, costs[1].1, "statements to decide with few and many people");
    // How the batches of a list meet differs from run to run by a few.
    assert!(costs.iter().all(|(listing, _)| *listing <= 40), "{costs:?}");
    assert!(costs[1].0 <= costs[0].0 + 6, "{costs:?}");
    Ok(())
}

#[tokio::test]
async fn a_request_is_seen_as_it_changes_by_those_who_see_it() -> Result<()> {
    let desk = Review::new().await?;
    desk.chain(json!([{ "mode": "ANY", "level": "MID" }, { "mode": "ANY", "client": true }])).await?;
    let watch = "subscription($brand: ID!) { approvalChanged(brandId: $brand) { id state steps { state } } }";
    let brand = json!({ "brand": id("brand", desk.brand) });
    let mut team = desk.app.subscribe(&desk.mid.token, watch, brand.clone()).await?;
    let mut client = desk.app.subscribe(&desk.client.token, watch, brand.clone()).await?;
    let soon = std::time::Duration::from_secs(10);
    let request = desk.submit(&desk.writer).await?;
    desk.decide(&desk.mid, "approveRequest", &request, "").await?;
    let Event::Next(first) = team.next(soon).await? else { anyhow::bail!("no change") };
    assert_eq!(first["data"]["approvalChanged"]["id"], json!(request));
    // The client hears of it from the moment that it is theirs.
    let Event::Next(heard) = client.next(soon).await? else { anyhow::bail!("no change") };
    assert_eq!(heard["data"]["approvalChanged"]["id"], json!(request));
    let stranger = desk.app.person(UserKind::Staff, None).await?;
    let mut refused = desk.app.client.subscribe(&stranger.token, watch, brand).await?;
    let heard = refused.next(soon).await?;
    assert!(!matches!(&heard, Event::Next(payload) if payload["errors"].is_null()), "{heard:?}");
    Ok(())
}

#[tokio::test]
async fn chains_and_limits_are_set_with_care() -> Result<()> {
    let desk = Review::new().await?;
    let brand = id("brand", desk.brand);
    let chain =
        |steps: Value, version: Value| json!({ "brandId": brand, "kind": "POST", "steps": steps, "version": version });
    for (steps, code) in [
        (json!([]), "INVALID"),
        (json!([{ "mode": "ANY" }]), "INVALID"),
        (json!([{ "mode": "ANY", "level": "MID", "client": true }]), "INVALID"),
        (json!([{ "mode": "ANY", "level": "JUNIOR" }]), "INVALID"),
        (json!([{ "mode": "ANY", "level": "MID", "dueHours": 0 }]), "INVALID"),
        (json!([{ "mode": "ANY", "people": [id("user", desk.writer.id)] }]), "KIND_MISMATCH"),
        (json!([{ "mode": "ANY", "people": [id("user", desk.brand)] }]), "NOT_FOUND"),
        (json!(vec![json!({ "mode": "ANY", "level": "MID" }); 11]), "TOO_MANY"),
    ] {
        desk.refused(&desk.senior, "setApprovalChain", chain(steps, Value::Null), code).await?;
    }
    let good = json!([{ "mode": "ANY", "level": "MID" }]);
    desk.refused(&desk.mid, "setApprovalChain", chain(good.clone(), Value::Null), "FORBIDDEN").await?;
    let set = desk.chain(good.clone()).await?;
    desk.refused(&desk.senior, "setApprovalChain", chain(good.clone(), Value::Null), "CHANGED_MEANWHILE").await?;
    let request = desk.submit(&desk.writer).await?;
    let other = chain(json!([{ "mode": "ANY", "level": "DIRECTOR" }]), json!(1));
    desk.app.client.mutate(&desk.senior.token, "setApprovalChain", "chain { version }", other).await?;
    desk.decide(&desk.mid, "approveRequest", &request, "").await?;
    assert_eq!(desk.state().await?, "APPROVED", "what was asked for before goes on as it began");
    let archive = json!({ "chainId": set.text("setApprovalChain.chain.id")?, "version": 2 });
    desk.app.client.mutate(&desk.senior.token, "archiveApprovalChain", "chain { archivedAt }", archive).await?;

    let limit = |level: &str, currency: &str, minor: i64| json!({ "level": level, "kind": "EXPENSE", "currency": currency, "amountMinor": minor });
    let of_brand = |level: &str| json!({ "brandId": brand, "level": level, "kind": "EXPENSE", "currency": "EUR", "amountMinor": 700 });
    let chief = desk.app.chief().await?;
    let director = desk.app.member(desk.brand, Level::Director, UserKind::Staff).await?;
    desk.refused(&director, "setApprovalLimit", limit("MID", "EUR", 500), "FORBIDDEN").await?;
    desk.refused(&chief, "setApprovalLimit", limit("MID", "EURO", 500), "UNKNOWN_CURRENCY").await?;
    desk.refused(&chief, "setApprovalLimit", limit("CMO", "EUR", 500), "INVALID").await?;
    desk.refused(&chief, "setApprovalLimit", limit("MID", "EUR", -1), "INVALID").await?;
    desk.app.client.mutate(&chief.token, "setApprovalLimit", "limits { level }", limit("MID", "EUR", 500)).await?;
    desk.refused(&director, "setBrandApprovalLimit", of_brand("DIRECTOR"), "LEVEL_TOO_HIGH").await?;
    desk.app.client.mutate(&director.token, "setBrandApprovalLimit", "limits { level }", of_brand("MID")).await?;
    let query =
        "query($brand: ID!) { approvalLimits(brandId: $brand) { ofBrand level kind amount { minor currency } } }";
    let seen = desk.app.client.gql(&desk.mid.token, query, json!({ "brand": brand })).await?.ok()?;
    let minors: Vec<_> =
        seen.get("approvalLimits").as_array().into_iter().flatten().map(|one| &one["amount"]["minor"]).collect();
    assert_eq!(minors, [&json!(500), &json!(700)]);
    for who in [&desk.writer, &desk.client] {
        let hidden = desk.app.client.gql(&who.token, query, json!({ "brand": brand })).await?;
        assert_eq!(hidden.code(), "FORBIDDEN", "{}", hidden.body);
    }
    Ok(())
}

#[tokio::test]
async fn letters_open_what_they_are_about_in_the_agencys_own_application() -> Result<()> {
    let catcher = MailCatcher::start().await?;
    let app_url = Some("https://app.nour.example/open/{id}".to_owned());
    let settings = Settings { mail: Some(catcher.settings()?), app_url, ..Settings::default() };
    let app = TestApp::with(settings).await?;
    let brand = app.brand("Alpha").await?;
    let writer = app.member(brand, Level::Junior, UserKind::Staff).await?;
    let mid = app.member(brand, Level::Mid, UserKind::Staff).await?;
    let account = app.account(brand, "mastodon", &mid).await?;
    let (post, _) = app.post(brand, account, "Hello", &writer).await?;
    let post = id("post", post);
    let gives = json!({ "postId": post, "userId": id("user", writer.id) });
    app.client.mutate(&mid.token, "assignPost", "assignment { id }", gives).await?;
    let asks = json!({ "postId": post });
    let request = app.client.mutate(&writer.token, "submitPost", "request { id }", asks).await?;
    let request = request.text("submitPost.request.id")?;
    let says = json!({ "requestId": request, "comment": "Shorter, please" });
    app.client.mutate(&mid.token, "requestChanges", "request { id }", says).await?;
    app.run_jobs().await?;
    let mail = catcher.mail().await?;
    for (to, thing) in [(&writer.email, &post), (&mid.email, &request), (&writer.email, &request)] {
        let link = format!("https://app.nour.example/open/{thing}");
        let found = mail.iter().any(|mail| {
            let has_link = |part: &str| mail[part].as_str().is_some_and(|text| text.contains(&link));
            mail["to"][0]["address"] == json!(to) && has_link("text") && has_link("html")
        });
        assert!(found, "no letter to {to} opens {thing}: {mail:?}");
    }
    Ok(())
}
