//! Access tokens: what is not ours, whole and fresh opens nothing.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_testkit::{Settings, TestApp, TestServices};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// A part of a token, read.
fn part(token: &str, number: usize) -> Result<Value> {
    let part = token.split('.').nth(number).context("three parts")?;
    Ok(serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes())?)?)
}

fn encode(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

/// An Ed25519 key that is not the installation's (PKCS #8, RFC 8410 §7).
fn foreign_key() -> EncodingKey {
    let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    EncodingKey::from_ed_der(&[&head[..], &[7; 32]].concat())
}

#[tokio::test]
async fn a_token_that_is_not_ours_opens_nothing() -> Result<()> {
    let app = TestApp::new().await?;
    let good = app.cmo().await?;
    let query = "{ viewer { user { id } } }";
    assert!(app.client.gql(&good, query, json!({})).await?.ok()?.get("viewer").is_object());

    let (header, claims) = (part(&good, 0)?, part(&good, 1)?);
    let signature = good.rsplit_once('.').context("a signature")?.1;
    let keys: Value = app.client.get("/.well-known/jwks.json").await?.json()?;
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(keys["keys"][0]["kid"], header["kid"], "the key is published");
    assert!(keys["keys"][0]["d"].is_null(), "the public half only");

    let mut later = claims.clone();
    later["exp"] = json!(claims["exp"].as_i64().context("an end")? + 3600);
    let with_key = |algorithm, key: &EncodingKey| {
        let mut named = Header::new(algorithm);
        named.kid = header["kid"].as_str().map(str::to_owned);
        jsonwebtoken::encode(&named, &claims, key)
    };
    // The public key as the secret of a symmetric signature: the classic confusion.
    let public = BASE64URL_NOPAD.decode(keys["keys"][0]["x"].as_str().context("a key")?.as_bytes())?;
    let elsewhere = TestServices::new().await?;
    let subject = |name: &str| claims[name].as_str().context("a claim")?.parse::<uuid::Uuid>().context("an id");
    let of_other_installation =
        elsewhere.services.tokens.issue(subject("sub")?, subject("sid")?, app.services.now())?;
    let unknown_session = app.services.tokens.issue(subject("sub")?, uuid::Uuid::from_u128(5), app.services.now())?;
    let somebody_else = app.services.tokens.issue(uuid::Uuid::from_u128(5), subject("sid")?, app.services.now())?;
    for (what, token) in [
        ("another content", format!("{}.{}.{signature}", encode(&header), encode(&later))),
        ("no signature", format!("{}.{}.", encode(&header), encode(&claims))),
        (
            "no algorithm",
            format!("{}.{}.", encode(&json!({ "alg": "none", "typ": "JWT", "kid": header["kid"] })), encode(&claims)),
        ),
        ("a foreign key", with_key(Algorithm::EdDSA, &foreign_key())?),
        ("another algorithm", with_key(Algorithm::HS256, &EncodingKey::from_secret(&public))?),
        ("another installation", of_other_installation),
        ("a session that never was", unknown_session),
        ("somebody else's session", somebody_else),
        ("half a token", good[..good.len() / 2].to_owned()),
        ("not a token", "letmein".to_owned()),
    ] {
        let answer = app.client.gql(&token, query, json!({})).await?;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{what}: {}", answer.body);
        assert!(answer.body["data"].is_null());
        assert!(answer.body["errors"][0]["extensions"]["requestId"].is_string());
    }
    Ok(())
}

#[tokio::test]
async fn a_token_ends_at_its_time() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let session = app.set_up().await?;
    let token = session["accessToken"].as_str().context("a token")?;
    let lifetime = session["expiresIn"].as_i64().context("a lifetime")?;
    clock.advance(Duration::seconds(lifetime - 2));
    assert_eq!(app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?.status, 200);
    clock.advance(Duration::seconds(3));
    let answer = app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?;
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    assert!(
        answer.body["errors"][0]["message"].as_str().is_some_and(|text| text.contains("expired")),
        "{}",
        answer.body
    );
    Ok(())
}

#[tokio::test]
async fn without_a_token_there_is_nothing_to_see() -> Result<()> {
    let app = TestApp::in_production().await?;
    app.fill_brand("Alpha").await?;
    let answer = app
        .client
        .gql("", "{ viewer { user { id } } agency { id } brands(first: 5) { nodes { id } } }", json!({}))
        .await?;
    assert_eq!(answer.code(), "SIGN_IN_REQUIRED", "{}", answer.body);
    let answer = app.client.gql("", "{ viewer { user { id } } agency { id } }", json!({})).await?.ok()?;
    assert!(answer.get("viewer").is_null() && answer.get("agency").is_null());
    let schema = app.client.gql("", "{ __schema { types { name } } }", json!({})).await?;
    assert_eq!((schema.status, schema.code()), (401, "UNAUTHENTICATED"));
    let sent =
        app.client.request(diwan_platform::http::Method::POST, "/graphql")?.header("authorization", "Basic ZGluYTp4");
    let answer = sent.json(&json!({ "query": "{ viewer { user { id } } }" })).send().await?;
    assert_eq!(answer.status, 401);
    Ok(())
}
