//! Who may do what, through every mutation: the table of the domain is what the API does, and what is denied changes
//! nothing.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_domain::Action;
use diwan_domain::permission::{Extent, RULES};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{TestApp, Written};
use serde_json::{Value, json};

use crate::kit::{fingerprint, id};

const KINDS: [UserKind; 4] = [UserKind::Staff, UserKind::Freelancer, UserKind::Client, UserKind::Integration];
const LEVELS: [Level; 5] = [Level::Junior, Level::Mid, Level::Senior, Level::Director, Level::Cmo];

/// Each mutation with an input that is right but for who sends it, and the action that it takes.
#[expect(clippy::too_many_lines, reason = "a list")]
fn mutations(app: &TestApp, at: &Written) -> Vec<(&'static str, &'static str, Action, Value)> {
    let due = (app.services.now() + Duration::days(1)).to_rfc3339();
    let (brand, post, publication) = (id("brand", at.brand), id("post", at.post), id("publication", at.publication));
    let (calendar, group) = (id("calendar", at.calendar), id("group", at.group));
    let request = id("approval", at.request);
    let secret = json!({ "service": "https://pds.example", "identifier": "nour.example", "password": "abcd" });
    vec![
        ("createBrand", "brand { id }", Action::BrandCreate, json!({ "name": "New" })),
        ("updateAgency", "agency { id }", Action::AgencyUpdate, json!({ "version": 1, "name": "Other" })),
        ("updateSecurity", "agency { id }", Action::SecurityUpdate, json!({ "version": 1, "fourEyes": false })),
        (
            "updateBrand",
            "brand { id }",
            Action::BrandUpdate,
            json!({ "brandId": brand, "version": 1, "name": "Other" }),
        ),
        // One after the other, so that what comes next finds the brand as it was.
        ("archiveBrand", "brand { id }", Action::BrandArchive, json!({ "brandId": brand })),
        ("restoreBrand", "brand { id }", Action::BrandArchive, json!({ "brandId": brand })),
        ("deleteBrand", "brand { id }", Action::BrandDelete, json!({ "brandId": brand })),
        ("keepBrand", "brand { id }", Action::BrandDelete, json!({ "brandId": brand })),
        ("createBrandGroup", "brandGroup { id }", Action::BrandGroupManage, json!({ "name": "Food" })),
        (
            "updateBrandGroup",
            "brandGroup { id }",
            Action::BrandGroupManage,
            json!({ "brandGroupId": group, "version": 1, "name": "Drinks" }),
        ),
        ("deleteBrandGroup", "deletedId", Action::BrandGroupManage, json!({ "brandGroupId": group })),
        (
            "addBrandsToGroup",
            "brandGroup { id }",
            Action::BrandGroupManage,
            json!({ "brandGroupId": group, "brandIds": [brand] }),
        ),
        (
            "removeBrandsFromGroup",
            "brandGroup { id }",
            Action::BrandGroupManage,
            json!({ "brandGroupId": group, "brandIds": [brand] }),
        ),
        ("createCalendar", "calendar { id }", Action::CalendarCreate, json!({ "brandId": brand, "name": "New" })),
        ("requestUpload", "uploadUrl", Action::AssetUpload, json!({ "brandId": brand, "fileName": "a.png" })),
        ("createPost", "post { id }", Action::PostCreate, json!({ "calendarId": calendar, "title": "New" })),
        ("updatePost", "post { id }", Action::PostWrite, json!({ "postId": post, "version": 1, "title": "Other" })),
        ("schedulePost", "post { id }", Action::PostSchedule, json!({ "postId": post, "dueAt": due })),
        ("unschedulePost", "post { id }", Action::PostSchedule, json!({ "postId": post })),
        (
            "settlePublication",
            "publication { id }",
            Action::PublicationSettle,
            json!({ "publicationId": publication, "as": { "giveUp": true } }),
        ),
        (
            "takeBackPublication",
            "change { reason }",
            Action::PublicationChange,
            json!({ "publicationId": publication, "reason": "Too early" }),
        ),
        (
            "correctPublication",
            "change { reason }",
            Action::PublicationChange,
            json!({ "publicationId": publication, "text": "Good evening", "reason": "Too early" }),
        ),
        (
            "chooseAccounts",
            "socialAccounts { id }",
            Action::AccountConnect,
            json!({ "connectionId": id("connection", at.connection), "remoteIds": ["1"] }),
        ),
        (
            "connectAccount",
            "connection { id }",
            Action::AccountConnect,
            json!({ "brandId": brand, "network": "bluesky", "using": { "appPassword": secret } }),
        ),
        (
            "disconnectAccount",
            "socialAccount { id }",
            Action::AccountDisconnect,
            json!({ "socialAccountId": id("account", at.account) }),
        ),
        ("syncMetrics", "job { id }", Action::MetricsSync, json!({ "publicationId": publication })),
        ("requestReport", "report { id }", Action::ReportRun, json!({ "brandId": brand, "month": "2026-07-01" })),
        ("submitPost", "post { id }", Action::PostSubmit, json!({ "postId": post })),
        ("unassignPost", "post { id }", Action::PostAssign, json!({ "postId": post, "userId": id("user", at.author) })),
        (
            "assignPost",
            "assignment { id }",
            Action::PostAssign,
            json!({ "postId": post, "userId": id("user", at.author) }),
        ),
        (
            "commentOnPost",
            "comment { id }",
            Action::CommentInternally,
            json!({ "postId": post, "visibility": "INTERNAL", "body": "Between us" }),
        ),
        ("approveRequest", "request { id }", Action::ApprovalDecide, json!({ "requestId": request })),
        (
            "requestChanges",
            "request { id }",
            Action::ApprovalDecide,
            json!({ "requestId": request, "comment": "Shorter" }),
        ),
        ("withdrawRequest", "request { id }", Action::PostSubmit, json!({ "requestId": request })),
        (
            "setApprovalChain",
            "chain { id }",
            Action::ApprovalChainSet,
            json!({ "brandId": brand, "kind": "BUDGET", "steps": [{ "mode": "ANY", "level": "MID" }] }),
        ),
        (
            "archiveApprovalChain",
            "chain { id }",
            Action::ApprovalChainSet,
            json!({ "chainId": id("chain", at.chain), "version": 1 }),
        ),
        (
            "setApprovalLimit",
            "limits { level }",
            Action::ApprovalLimitSet,
            json!({ "level": "MID", "kind": "BUDGET", "currency": "EUR", "amountMinor": 100 }),
        ),
        (
            "setBrandApprovalLimit",
            "limits { level }",
            Action::BrandLimitSet,
            json!({ "brandId": brand, "level": "MID", "kind": "BUDGET", "currency": "EUR", "amountMinor": 100 }),
        ),
        ("rerunJob", "job { id }", Action::JobRerun, json!({ "jobId": id("job", at.job) })),
    ]
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let at = app.fill_brand("Alpha").await?;
    let all = mutations(&app, &at);
    let (mut denied, mut allowed) = (0, 0);
    for kind in KINDS {
        for level in LEVELS {
            let person = app.member(at.brand, level, kind).await?;
            for (name, selection, action, input) in &all {
                // The post is somebody else's.
                let may = action.rule().extent(kind, Some(level), None) == Some(Extent::Any);
                let before = fingerprint(&app).await?;
                let answer = app.client.try_mutate(&person.token, name, selection, input.clone()).await?;
                let codes = answer.user_codes(name);
                let what = format!("{name} by {kind:?} {level:?}: {}", answer.body);
                assert!(answer.body["errors"].is_null(), "{what}");
                let unseen = codes == ["NOT_FOUND"] && matches!(kind, UserKind::Freelancer | UserKind::Client);
                assert!(unseen || !codes.contains(&"NOT_FOUND".to_owned()), "{what}");
                if may {
                    assert!(!codes.contains(&"FORBIDDEN".to_owned()), "{what}");
                    allowed += 1;
                } else {
                    assert!(unseen || codes == ["FORBIDDEN"], "{what}");
                    assert_eq!(fingerprint(&app).await?, before, "denied and done: {what}");
                    denied += 1;
                }
            }
        }
    }
    let cells = all.len() * KINDS.len() * LEVELS.len();
    assert_eq!(
        (denied + allowed, allowed > 40, denied > 150),
        (cells, true, true),
        "{denied} denied, {allowed} allowed"
    );
    Ok(())
}

#[tokio::test]
async fn a_level_held_agency_wide_counts_in_every_brand() -> Result<()> {
    let app = TestApp::new().await?;
    let brand = app.brand("Alpha").await?;
    let director = app.person(UserKind::Staff, Some(Level::Director)).await?;
    app.client.mutate(&director.token, "createBrand", "brand { id }", json!({ "name": "Beta" })).await?;
    let input = json!({ "brandId": id("brand", brand), "name": "Campaigns" });
    app.client.mutate(&director.token, "createCalendar", "calendar { id }", input.clone()).await?;
    // A membership of a lower level takes nothing away; one of a higher level gives for its brand alone.
    app.join(&director, brand, Level::Junior).await?;
    let input = json!({ "brandId": input["brandId"], "name": "Evergreen" });
    app.client.mutate(&director.token, "createCalendar", "calendar { id }", input).await?;
    let cmo_here = app.member(brand, Level::Cmo, UserKind::Staff).await?;
    let refused =
        app.client.try_mutate(&cmo_here.token, "createBrand", "brand { id }", json!({ "name": "Gamma" })).await?;
    assert_eq!(refused.user_codes("createBrand"), ["FORBIDDEN"]);
    Ok(())
}

#[tokio::test]
async fn what_viewer_may_is_what_the_table_says() -> Result<()> {
    let app = TestApp::new().await?;
    let brand = app.brand("Alpha").await?;
    for kind in KINDS {
        for level in LEVELS {
            let person = app.member(brand, level, kind).await?;
            // As many as one document may have aliases.
            for rules in RULES.chunks(40) {
                let asked: Vec<_> =
                    rules.iter().map(|rule| format!("{0}: can(action: {0}, on: $on)", rule.action.name())).collect();
                let query = format!("query($on: ID!) {{ viewer {{ {} }} }}", asked.join(" "));
                let answer = app.client.gql(&person.token, &query, json!({ "on": id("brand", brand) })).await?.ok()?;
                for rule in rules {
                    let told = answer.get("viewer")[rule.action.name()].as_bool().context("a yes or no")?;
                    assert_eq!(told, rule.allows(kind, Some(level), None), "{:?} by {kind:?} {level:?}", rule.action);
                }
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn numbers_and_reports_are_for_mid_and_above() -> Result<()> {
    let app = TestApp::new().await?;
    let at = app.fill_brand("Alpha").await?;
    let query = "query($brand: ID!, $report: ID!) {
      brand(id: $brand) { publications(first: 5) { nodes { id metrics { metric value } metricsReadAt } } }
      node(id: $report) { id } }";
    let variables = json!({ "brand": id("brand", at.brand), "report": id("report", at.report) });
    let list = "query($brand: ID!) { brand(id: $brand) { reports(first: 5) { nodes { id } } } }";
    for (kind, level, sees) in [(UserKind::Staff, Level::Mid, true), (UserKind::Staff, Level::Junior, false)] {
        let person = app.member(at.brand, level, kind).await?;
        let answer = app.client.gql(&person.token, query, variables.clone()).await?.ok()?;
        let publication = answer.get("brand.publications.nodes.0");
        assert_eq!(publication["id"], id("publication", at.publication));
        let numbers = if sees { json!([{ "metric": "LIKES", "value": 3 }]) } else { json!([]) };
        assert_eq!(publication["metrics"], numbers, "{kind:?} {level:?}");
        assert_eq!(publication["metricsReadAt"].is_string(), sees, "{kind:?} {level:?}");
        assert_eq!(answer.get("node").is_object(), sees, "{kind:?} {level:?}: a report by its id");
        let answer = app.client.gql(&person.token, list, json!({ "brand": id("brand", at.brand) })).await?;
        assert_eq!(answer.code(), if sees { "" } else { "FORBIDDEN" }, "{kind:?} {level:?}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn freelancers_and_clients_see_the_brand_and_not_what_is_not_theirs() -> Result<()> {
    let app = TestApp::new().await?;
    let at = app.fill_brand("Alpha").await?;
    for kind in KINDS {
        let person = app.member(at.brand, Level::Cmo, kind).await?;
        // The post is scheduled, so that the client sees it; the freelancer's it is not.
        let staff = kind != UserKind::Freelancer;
        let query = "query($id: ID!) { brand(id: $id) { name } }";
        let answer = app.client.gql(&person.token, query, json!({ "id": id("brand", at.brand) })).await?.ok()?;
        assert_eq!(answer.get("brand.name"), "Alpha", "{kind:?}");
        for list in ["posts", "publications"] {
            let query = format!("query($id: ID!) {{ brand(id: $id) {{ {list}(first: 5) {{ nodes {{ id }} }} }} }}");
            let answer = app.client.gql(&person.token, &query, json!({ "id": id("brand", at.brand) })).await?;
            let seen = answer.ok()?.get(&format!("brand.{list}.nodes")).as_array().map(Vec::len);
            assert_eq!(seen, Some(usize::from(staff)), "{list} by {kind:?}");
        }
        for (prefix, uuid) in [("post", at.post), ("variant", at.variant), ("publication", at.publication)] {
            let query = "query($id: ID!) { node(id: $id) { id } }";
            let answer = app.client.gql(&person.token, query, json!({ "id": id(prefix, uuid) })).await?.ok()?;
            assert_eq!(answer.get("node").is_object(), staff, "{prefix} by {kind:?}");
        }
        let query = "query($id: ID!) { validatePost(postId: $id) { valid } }";
        let answer = app.client.gql(&person.token, query, json!({ "id": id("post", at.post) })).await?;
        assert_eq!(answer.code().is_empty(), staff, "validatePost by {kind:?}: {}", answer.body);
    }
    Ok(())
}
