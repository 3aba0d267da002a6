//! Access tokens: what is not ours, whole and fresh opens nothing.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use diwan_domain::trust::{KEY_AGE, TokenIssuer, rotate_signing_key};
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

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_goes_after_its_tokens() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let first = app.cmo().await?;
    let published = async || -> Result<Vec<String>> {
        let keys: Value = app.client.get("/.well-known/jwks.json").await?.json()?;
        let kids = keys["keys"].as_array().context("keys")?.iter();
        Ok(kids.map(|key| key["kid"].as_str().unwrap_or_default().to_owned()).collect())
    };
    let kid = |token: &str| anyhow::Ok(part(token, 0)?["kid"].as_str().context("a kid")?.to_owned());
    let works = async |token: &str| -> Result<bool> {
        Ok(app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?.status == 200)
    };
    assert!(!rotate_signing_key(&app.services, KEY_AGE).await?, "the key is young");
    clock.advance(KEY_AGE);
    assert!(rotate_signing_key(&app.services, KEY_AGE).await?);
    assert!(!rotate_signing_key(&app.services, KEY_AGE).await?, "once");
    let second = app.sign_in("dina@nour.example").await?;
    assert_eq!(kid(&second)?, kid(&first)?, "the old one signs on");
    assert_eq!(published().await?.len(), 2, "read again after a minute");
    clock.advance(Duration::minutes(14));
    let third = app.sign_in("dina@nour.example").await?;
    assert_eq!(kid(&third)?, kid(&first)?);
    clock.advance(Duration::minutes(2));
    let fourth = app.sign_in("dina@nour.example").await?;
    assert_ne!(kid(&fourth)?, kid(&first)?, "the new one signs");
    assert!(works(&third).await? && works(&fourth).await?, "tokens of the old one are good until they expire");
    clock.advance(Duration::minutes(15));
    assert_eq!(published().await?, [kid(&fourth)?], "the old one is gone");
    // By order of the operator, without waiting; another process that does not know the new key yet looks for it.
    assert!(rotate_signing_key(&app.services, Duration::zero()).await?);
    clock.advance(Duration::seconds(11));
    let elsewhere =
        TokenIssuer::load(&app.db.app, &app.services.keys, app.services.public_url.as_str(), app.services.now());
    let elsewhere = elsewhere.await?;
    let claims = part(&app.sign_in("dina@nour.example").await?, 1)?;
    let id = |name: &str| claims[name].as_str().context("a claim")?.parse::<uuid::Uuid>().context("an id");
    let early = elsewhere.issue(id("sub")?, id("sid")?, app.services.now() + Duration::minutes(16))?;
    assert_ne!(kid(&early)?, kid(&fourth)?);
    assert!(works(&early).await?, "the key is looked for");
    Ok(())
}

#[tokio::test]
async fn a_hundred_uses_of_one_refresh_token_at_once_leave_one_session() -> Result<()> {
    let trusted_proxies = vec!["127.0.0.0/8".parse()?];
    let app = TestApp::with(Settings { trusted_proxies, ..Settings::default() }).await?;
    let session = app.set_up().await?;
    let query = "mutation($token: String!) { refreshSession(input: { refreshToken: $token }) {
      session { accessToken } userErrors { code } } }";
    let uses = (0..100).map(|n| {
        let (app, token) = (&app, session["refreshToken"].clone());
        async move {
            // Each from an address of its own, or the points of one would end first.
            let request = app.client.request(diwan_platform::http::Method::POST, "/graphql")?;
            let request = request.header("x-forwarded-for", &format!("203.0.113.{n}"));
            let body = json!({ "query": query, "variables": { "token": token } });
            anyhow::Ok(request.json(&body).send().await?.json::<Value>()?)
        }
    });
    let mut granted = Vec::new();
    for answer in futures::future::try_join_all(uses).await? {
        let payload = &answer["data"]["refreshSession"];
        match payload["session"]["accessToken"].as_str() {
            Some(token) => granted.push(token.to_owned()),
            None => assert_eq!(payload["userErrors"], json!([{ "code": "REFRESH_REFUSED" }]), "{answer}"),
        }
    }
    assert!(!granted.is_empty());
    assert_eq!(app.db.count("session").await?, 1, "one family");
    assert_eq!(app.db.value::<i64>("select count(*) from session where revoked_at is null").await?, 1);
    for token in &granted {
        assert_eq!(part(token, 1)?["sid"], part(&granted[0], 1)?["sid"]);
        assert_eq!(app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?.status, 200);
    }
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() -> Result<()> {
    let app = TestApp::new().await?;
    let first = app.cmo().await?;
    let (second, third) = (app.sign_in("dina@nour.example").await?, app.sign_in("dina@nour.example").await?);
    let stranger = app.person(diwan_entity::tenancy::app_user::UserKind::Staff, None).await?;
    let list = "{ viewer { sessions { id method secondFactor current userAgent } } }";
    let listed = app.client.gql(&first, list, json!({})).await?.ok()?;
    let sessions = listed.get("viewer.sessions").as_array().context("sessions")?.clone();
    assert_eq!(sessions.len(), 3, "{sessions:?}");
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(sessions.iter().all(|session| session["method"] == "PASSWORD" && session["secondFactor"] == false));
    let id_of = |token: &str| {
        let sid = part(token, 1)?["sid"].as_str().context("a session")?.parse::<uuid::Uuid>()?;
        anyhow::Ok(diwan_platform::ids::encode("session", sid))
    };
    let works = async |token: &str| -> Result<bool> {
        Ok(app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?.status == 200)
    };
    for nobodys in [
        diwan_platform::ids::encode("session", stranger.session_id),
        "session_x".to_owned(),
        id_of(&first)?.replace("session", "user"),
    ] {
        let refused =
            app.client.try_mutate(&first, "revokeSession", "revoked", json!({ "sessionId": nobodys })).await?;
        assert_eq!(refused.user_codes("revokeSession"), ["NOT_FOUND"]);
    }
    assert!(works(&stranger.token).await?);
    app.client.mutate(&first, "revokeSession", "revoked", json!({ "sessionId": id_of(&second)? })).await?;
    assert!(!works(&second).await? && works(&third).await?);
    let others = "mutation { revokeOtherSessions { revoked userErrors { code } } }";
    assert_eq!(app.client.gql(&first, others, json!({})).await?.ok()?.get("revokeOtherSessions.revoked"), 1);
    assert!(works(&first).await? && !works(&third).await? && works(&stranger.token).await?);
    let actions: String = app.db.value("select string_agg(action, ' ' order by seq) from audit_event").await?;
    for action in ["session.begin", "session.revoke", "session.revoke_others"] {
        assert!(actions.contains(action), "{actions}");
    }
    Ok(())
}
