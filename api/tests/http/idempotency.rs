//! The same key and body give the same answer and one effect.

use anyhow::Result;
use diwan_testkit::TestApp;
use diwan_testkit::client::new_key;
use futures::future::try_join_all;
use serde_json::json;

const CREATE: &str =
    "mutation($name: String!) { createBrand(input: { name: $name }) { brand { id name } userErrors { code } } }";

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_same_answer_and_has_one_effect() -> Result<()> {
    let app = TestApp::new().await?;
    let (token, key) = (app.cmo().await?, new_key()?);
    let first = app.client.gql_with_key(&token, &key, CREATE, json!({ "name": "Alpha" })).await?.ok()?;
    assert!(first.response.header("idempotent-replayed").is_none());
    for _ in 0..3 {
        let again = app.client.gql_with_key(&token, &key, CREATE, json!({ "name": "Alpha" })).await?.ok()?;
        assert_eq!(again.body["data"], first.body["data"]);
        assert_eq!(again.response.header("idempotent-replayed"), Some("true"));
    }
    assert_eq!(app.db.count("brand").await?, 1);

    let other = app.client.gql_with_key(&token, &key, CREATE, json!({ "name": "Beta" })).await?;
    assert_eq!((other.status, other.code()), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(app.db.count("brand").await?, 1);
    let new = app.client.gql_with_key(&token, &new_key()?, CREATE, json!({ "name": "Beta" })).await?.ok()?;
    assert_ne!(new.get("createBrand.brand.id"), first.get("createBrand.brand.id"));
    assert_eq!(app.db.count("brand").await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() -> Result<()> {
    let app = TestApp::new().await?;
    let (token, key) = (app.cmo().await?, new_key()?);
    app.client.gql(&token, CREATE, json!({ "name": "Alpha" })).await?.ok()?;
    for _ in 0..2 {
        let refused = app.client.gql_with_key(&token, &key, CREATE, json!({ "name": "ALPHA" })).await?;
        assert_eq!(refused.user_codes("createBrand"), ["ALREADY_EXISTS"]);
    }
    // What has changed meanwhile does not change what was answered.
    app.db.run("update brand set name = 'Gamma'").await?;
    let refused = app.client.gql_with_key(&token, &key, CREATE, json!({ "name": "ALPHA" })).await?;
    assert_eq!(refused.user_codes("createBrand"), ["ALREADY_EXISTS"]);
    assert_eq!(app.db.count("brand").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_request_that_failed_as_a_whole_leaves_its_key_free() -> Result<()> {
    let app = TestApp::new().await?;
    let (token, key) = (app.cmo().await?, new_key()?);
    let wrong = app.client.gql_with_key(&token, &key, CREATE, json!({})).await?;
    assert!(!wrong.body["errors"].is_null(), "a variable is missing: {}", wrong.body);
    app.client.gql_with_key(&token, &key, CREATE, json!({ "name": "Alpha" })).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn requests_at_the_same_time_under_one_key_have_one_effect() -> Result<()> {
    let app = TestApp::new().await?;
    let (token, key) = (app.cmo().await?, new_key()?);
    let (client, token, key) = (&app.client, token.as_str(), key.as_str());
    let all = (0..8).map(|_| client.gql_with_key(token, key, CREATE, json!({ "name": "Alpha" })));
    let answers = try_join_all(all).await?;
    for answer in &answers {
        assert_eq!(answer.body["data"], answers[0].body["data"], "{}", answer.body);
        assert!(answer.get("createBrand.brand.id").is_string(), "{}", answer.body);
    }
    let fresh = answers.iter().filter(|answer| answer.response.header("idempotent-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!((app.db.count("brand").await?, app.db.count("calendar").await?), (1, 1));
    assert_eq!(app.db.value::<i64>("select count(*) from audit_event where action = 'brand.create'").await?, 1);
    Ok(())
}

#[tokio::test]
async fn keys_are_needed_and_are_each_persons_own() -> Result<()> {
    let app = TestApp::new().await?;
    let (token, key) = (app.cmo().await?, new_key()?);
    let body = json!({ "query": CREATE, "variables": { "name": "Alpha" } }).to_string();
    for missing in [None, Some(""), Some(&*"k".repeat(256))] {
        let refused = app.client.send(&token, missing, body.clone()).await?;
        assert_eq!((refused.status, refused.code()), (400, "IDEMPOTENCY_KEY_REQUIRED"));
    }
    assert_eq!(app.db.count("brand").await?, 0);
    app.client.send(&token, Some(&key), body.clone()).await?.ok()?;
    let other = app.chief().await?;
    let refused = app.client.send(&other.token, Some(&key), body).await?;
    assert_eq!(refused.user_codes("createBrand"), ["ALREADY_EXISTS"], "the other person's key is another key");
    Ok(())
}
