//! Integrations: what a token opens, and what closes it.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::client::Event;
use diwan_testkit::{Person, Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id, nobodys};

const SEE: &str =
    "query($id: ID!) { viewer { user { kind name } } brand(id: $id) { name posts(first: 5) { nodes { id } } } }";

async fn integration(app: &TestApp, by: &Person, places: Value) -> Result<String> {
    let input = json!({ "name": "Shop", "places": places });
    let answer = app.client.mutate(&by.token, "createIntegration", "integration { id }", input).await?;
    Ok(answer.get("createIntegration.integration.id").as_str().context("an id")?.to_owned())
}

async fn token(app: &TestApp, by: &Person, integration: &str, scopes: &[&str]) -> Result<(String, String)> {
    let expires = (app.services.now() + Duration::days(30)).to_rfc3339();
    let input = json!({ "integrationId": integration, "name": "Key", "scopes": scopes, "expiresAt": expires });
    let answer = app.client.mutate(&by.token, "createApiToken", "secret token { id prefix good }", input).await?;
    let made = answer.get("createApiToken");
    assert_eq!(made["token"]["good"], true);
    let secret = made["secret"].as_str().context("a secret")?.to_owned();
    assert!(secret.starts_with(made["token"]["prefix"].as_str().context("a prefix")?));
    Ok((made["token"]["id"].as_str().context("an id")?.to_owned(), secret))
}

async fn senior_of_two(app: &TestApp) -> Result<(Person, Uuid, Uuid)> {
    let (alpha, beta) = (app.brand("Alpha").await?, app.brand("Beta").await?);
    let senior = app.member(alpha, Level::Senior, UserKind::Staff).await?;
    app.join(&senior, beta, Level::Senior).await?;
    Ok((senior, alpha, beta))
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_no_more() -> Result<()> {
    let app = TestApp::new().await?;
    let (senior, alpha, _) = senior_of_two(&app).await?;
    let program = integration(&app, &senior, json!([{ "brandId": id("brand", alpha), "level": "MID" }])).await?;
    let (_, secret) = token(&app, &senior, &program, &["BRAND_READ", "CONTENT_READ", "POST_CREATE"]).await?;
    let seen = app.client.gql(&secret, SEE, json!({ "id": id("brand", alpha) })).await?.ok()?;
    assert_eq!(seen.get("viewer.user.kind"), "INTEGRATION");
    assert_eq!(seen.get("brand.name"), "Alpha");
    let calendar: Uuid = app.db.value(&format!("select id from calendar where brand_id = '{alpha}'")).await?;
    let input = json!({ "calendarId": id("calendar", calendar), "title": "From the shop" });
    app.client.mutate(&secret, "createPost", "post { id }", input).await?;
    // Within its place but not its scopes.
    let before = fingerprint(&app).await?;
    let input = json!({ "brandId": id("brand", alpha), "name": "New" });
    let refused = app.client.try_mutate(&secret, "createCalendar", "calendar { id }", input).await?;
    assert_eq!(refused.user_codes("createCalendar"), ["FORBIDDEN"]);
    assert_eq!(fingerprint(&app).await?, before);
    // Its use is noted, and the secret is nowhere.
    let used: bool = app.db.value("select last_used_at is not null from api_token").await?;
    assert!(used);
    let kept: i64 = app
        .db
        .value(&format!("select count(*) from idempotency_record where response::text like '%{secret}%'"))
        .await?;
    assert_eq!(kept, 0);
    Ok(())
}

#[tokio::test]
async fn a_token_never_does_more_than_its_maker_may_now() -> Result<()> {
    let app = TestApp::new().await?;
    let (senior, alpha, beta) = senior_of_two(&app).await?;
    let both =
        json!([{ "brandId": id("brand", alpha), "level": "SENIOR" }, { "brandId": id("brand", beta), "level": "MID" }]);
    let program = integration(&app, &senior, both).await?;
    let (_, secret) = token(&app, &senior, &program, &["BRAND_READ", "CONTENT_READ", "CALENDAR_CREATE"]).await?;
    let create = async |brand: Uuid, name: &str| {
        let input = json!({ "brandId": id("brand", brand), "name": name });
        let answer = app.client.try_mutate(&secret, "createCalendar", "calendar { id }", input).await?;
        anyhow::Ok(answer.user_codes("createCalendar"))
    };
    assert_eq!(create(alpha, "One").await?, Vec::<String>::new());
    // The maker becomes a junior: so does the token.
    app.db
        .run(&format!(
            "update membership set level = 'JUNIOR' where user_id = '{}' and brand_id = '{alpha}'",
            senior.id
        ))
        .await?;
    assert_eq!(create(alpha, "Two").await?, ["FORBIDDEN"]);
    assert_eq!(create(beta, "Two").await?, Vec::<String>::new());
    // The maker leaves a brand: it is not there any more.
    app.db
        .run(&format!(
            "update membership set ended_at = now() where user_id = '{}' and brand_id = '{alpha}'",
            senior.id
        ))
        .await?;
    assert_eq!(create(alpha, "Three").await?, ["NOT_FOUND"]);
    let seen = app.client.gql(&secret, SEE, json!({ "id": id("brand", alpha) })).await?.ok()?;
    assert!(seen.get("brand").is_null());
    // The maker is gone: so is the token.
    app.db.run(&format!("update app_user set deactivated_at = now() where id = '{}'", senior.id)).await?;
    assert_eq!(app.client.gql(&secret, SEE, json!({ "id": id("brand", beta) })).await?.code(), "UNAUTHENTICATED");
    Ok(())
}

#[tokio::test]
async fn a_token_ends_when_it_is_revoked_or_over_or_its_integration_ends() -> Result<()> {
    let app = TestApp::new().await?;
    let (senior, alpha, _) = senior_of_two(&app).await?;
    let program = integration(&app, &senior, json!([{ "brandId": id("brand", alpha), "level": "MID" }])).await?;
    let works = async |secret: &str| {
        anyhow::Ok(app.client.gql(secret, SEE, json!({ "id": id("brand", alpha) })).await?.code().is_empty())
    };
    let (first, one) = token(&app, &senior, &program, &["BRAND_READ", "CONTENT_READ"]).await?;
    let (_, two) = token(&app, &senior, &program, &["BRAND_READ", "CONTENT_READ"]).await?;
    let (_, three) = token(&app, &senior, &program, &["BRAND_READ", "CONTENT_READ"]).await?;
    assert!(works(&one).await? && works(&two).await? && works(&three).await?);
    app.client.mutate(&senior.token, "revokeApiToken", "token { good }", json!({ "tokenId": first })).await?;
    assert!(!works(&one).await? && works(&two).await?);
    app.db
        .run("update api_token set created_at = now() - interval '2 d', expires_at = now() - interval '1 s' where id = (select max(id::text)::uuid from api_token)")
        .await?;
    assert!(!works(&three).await? && works(&two).await?);
    app.client
        .mutate(&senior.token, "endIntegration", "integration { endedAt }", json!({ "integrationId": program }))
        .await?;
    assert!(!works(&two).await?);
    for forged in ["dwt_x", "dwt_", &format!("{one}x")] {
        assert!(!works(forged).await?, "{forged}");
    }
    let list = "query($id: ID!) { brand(id: $id) { integrations(first: 5) { nodes { name endedAt tokens { prefix good scopes createdBy { name } } } } } }";
    let listed = app.client.gql(&senior.token, list, json!({ "id": id("brand", alpha) })).await?.ok()?;
    let tokens = listed.get("brand.integrations.nodes.0.tokens");
    assert_eq!(tokens.as_array().map(Vec::len), Some(3));
    assert!(tokens.as_array().into_iter().flatten().all(|token| token["good"] == false));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_given_is_refused_and_changes_nothing() -> Result<()> {
    let app = TestApp::new().await?;
    let (senior, alpha, beta) = senior_of_two(&app).await?;
    let other = app.brand("Gamma").await?;
    let mid = app.member(alpha, Level::Mid, UserKind::Staff).await?;
    let program = integration(&app, &senior, json!([{ "brandId": id("brand", alpha), "level": "MID" }])).await?;
    let (key, _) = token(&app, &senior, &program, &["BRAND_READ"]).await?;
    let stranger = app.member(other, Level::Cmo, UserKind::Staff).await?;
    let before = fingerprint(&app).await?;
    let place = |brand: Uuid, level: &str| json!([{ "brandId": id("brand", brand), "level": level }]);
    for (by, input, code) in [
        (&mid, json!({ "name": "X", "places": place(alpha, "JUNIOR") }), "FORBIDDEN"),
        (&senior, json!({ "name": "X", "places": place(other, "JUNIOR") }), "NOT_FOUND"),
        (&senior, json!({ "name": "X", "places": place(alpha, "DIRECTOR") }), "LEVEL_TOO_HIGH"),
        (&senior, json!({ "name": "X", "places": [] }), "INVALID"),
        (&senior, json!({ "name": " ", "places": place(alpha, "JUNIOR") }), "INVALID"),
        (&senior, json!({ "name": "X", "places": [place(alpha, "MID")[0], place(alpha, "MID")[0]] }), "ALREADY_EXISTS"),
        (&senior, json!({ "name": "X", "places": [place(beta, "MID")[0], place(other, "MID")[0]] }), "NOT_FOUND"),
    ] {
        let answer = app.client.try_mutate(&by.token, "createIntegration", "integration { id }", input.clone()).await?;
        assert_eq!(answer.user_codes("createIntegration"), [code], "{input}");
    }
    let in_days = |days: i64| (app.services.now() + Duration::days(days)).to_rfc3339();
    for (by, of, scopes, expires, code) in [
        (&senior, &program, json!(["BRAND_CREATE"]), in_days(1), "SCOPE_TOO_WIDE"),
        (&senior, &program, json!(["APPROVAL_DECIDE"]), in_days(1), "SCOPE_TOO_WIDE"),
        (&senior, &program, json!([]), in_days(1), "INVALID"),
        (&senior, &program, json!(["BRAND_READ"]), in_days(-1), "TIME_IN_PAST"),
        (&senior, &program, json!(["BRAND_READ"]), in_days(400), "TIME_TOO_FAR"),
        (&mid, &program, json!(["BRAND_READ"]), in_days(1), "FORBIDDEN"),
        (&stranger, &program, json!(["BRAND_READ"]), in_days(1), "NOT_FOUND"),
        (&senior, &nobodys("user"), json!(["BRAND_READ"]), in_days(1), "NOT_FOUND"),
        (&senior, &id("user", senior.id), json!(["BRAND_READ"]), in_days(1), "NOT_FOUND"),
    ] {
        let input = json!({ "integrationId": of, "name": "Key", "scopes": scopes, "expiresAt": expires });
        let answer = app.client.try_mutate(&by.token, "createApiToken", "secret", input.clone()).await?;
        assert_eq!(answer.user_codes("createApiToken"), [code], "{input}");
    }
    for by in [&stranger, &mid] {
        let answer =
            app.client.try_mutate(&by.token, "revokeApiToken", "token { id }", json!({ "tokenId": key })).await?;
        assert!(["FORBIDDEN", "NOT_FOUND"].contains(&answer.user_codes("revokeApiToken")[0].as_str()));
        let answer = app
            .client
            .try_mutate(&by.token, "endIntegration", "integration { id }", json!({ "integrationId": program }))
            .await?;
        assert!(["FORBIDDEN", "NOT_FOUND"].contains(&answer.user_codes("endIntegration")[0].as_str()));
    }
    assert_eq!(fingerprint(&app).await?, before);
    Ok(())
}

#[tokio::test]
async fn when_a_token_was_last_used_is_told_to_the_minute_whatever_it_was_used_for() -> Result<()> {
    const WATCH: &str = "subscription($id: ID!) { publicationChanged(brandId: $id) { id state } }";
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
    let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let (senior, alpha, _) = senior_of_two(&app).await?;
    let program = integration(&app, &senior, json!([{ "brandId": id("brand", alpha), "level": "MID" }])).await?;
    let (_, asking) = token(&app, &senior, &program, &["BRAND_READ", "CONTENT_READ"]).await?;
    let (revoked, listening) = token(&app, &senior, &program, &["CONTENT_READ"]).await?;
    // Of the one that asks, and of the one that listens.
    let used = async || -> Result<[Value; 2]> {
        let list =
            "query($id: ID!) { brand(id: $id) { integrations(first: 5) { nodes { tokens { prefix lastUsedAt } } } } }";
        let listed = app.client.gql(&senior.token, list, json!({ "id": id("brand", alpha) })).await?.ok()?;
        let tokens = listed.get("brand.integrations.nodes.0.tokens").as_array().cloned().unwrap_or_default();
        assert_eq!(tokens.len(), 2);
        Ok([&asking, &listening].map(|secret| {
            let same =
                tokens.iter().find(|token| token["prefix"].as_str().is_some_and(|start| secret.starts_with(start)));
            same.map(|token| token["lastUsedAt"].clone()).unwrap_or_default()
        }))
    };
    let at = |time: &str| json!(format!("2026-08-03T{time}+00:00"));
    let see = async || app.client.gql(&asking, SEE, json!({ "id": id("brand", alpha) })).await;
    assert_eq!(used().await?, [Value::Null, Value::Null]);
    see().await?.ok()?;
    assert_eq!(used().await?, [at("09:00:00"), Value::Null]);
    // To the minute: it is not written down at each request.
    clock.advance(Duration::seconds(60));
    see().await?.ok()?;
    assert_eq!(used().await?[0], at("09:00:00"));
    clock.advance(Duration::seconds(1));
    see().await?.ok()?;
    assert_eq!(used().await?[0], at("09:01:01"));
    // What was refused was asked for with it as well.
    clock.advance(Duration::minutes(2));
    let input = json!({ "brandId": id("brand", alpha), "name": "New" });
    let refused = app.client.try_mutate(&asking, "createCalendar", "calendar { id }", input).await?;
    assert_eq!(refused.user_codes("createCalendar"), ["FORBIDDEN"]);
    assert_eq!(used().await?, [at("09:03:01"), Value::Null]);

    // A program that only listens: when it begins, and when it is told something.
    let mut watching = app.subscribe(&listening, WATCH, json!({ "id": id("brand", alpha) })).await?;
    assert_eq!(used().await?[1], at("09:03:01"));
    let account = app.account(alpha, "mastodon", &senior).await?;
    clock.advance(Duration::minutes(2));
    let (post, _) = app.post(alpha, account, "Hello", &senior).await?;
    app.publication(alpha, post, app.services.now() + Duration::days(1)).await?;
    let told = watching.next(StdDuration::from_secs(10)).await?;
    assert!(matches!(&told, Event::Next(payload) if payload["errors"].is_null()), "{told:?}");
    assert_eq!(used().await?, [at("09:03:01"), at("09:05:01")]);

    // One that opens nothing was not used.
    app.client.mutate(&senior.token, "revokeApiToken", "token { good }", json!({ "tokenId": revoked })).await?;
    clock.advance(Duration::minutes(2));
    for dead in [listening.as_str(), "dwt_unknown", &format!("{asking}x")] {
        let answer = app.client.gql(dead, SEE, json!({ "id": id("brand", alpha) })).await?;
        assert_eq!(answer.code(), "UNAUTHENTICATED", "{}", answer.body);
    }
    assert_eq!(used().await?, [at("09:03:01"), at("09:05:01")]);
    Ok(())
}
