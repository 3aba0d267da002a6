//! The code flow, and everything that is refused in it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use diwan_emulator::{CLIENT_ID, CLIENT_SECRET, EmulatorOptions};
use diwan_platform::clock::ManualClock;
use diwan_platform::http::Response;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::mini::{LIFETIME, Stage, json_of, text_of};

const REDIRECT: &str = "http://localhost:8080/oauth/callback?keep=1";
const VERIFIER: &str = "a verifier of more than forty-three characters";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The query of a right request, with one parameter said otherwise, or left away.
fn query(other: Option<(&str, Option<&str>)>) -> Vec<(String, String)> {
    let challenge = challenge();
    let right = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("scope", "read write"),
        ("state", "st&te"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let mut pairs: Vec<_> = right.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    if let Some((name, value)) = other {
        pairs.retain(|(key, _)| key != name);
        pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
    pairs
}

async fn authorize(stage: &Stage, query: &[(String, String)]) -> Response {
    stage.http.get(stage.api("/authorize")).query(query).send().await.expect("an answer")
}

/// Agrees as `nour`. Answers the code.
async fn agree(stage: &Stage) -> String {
    let mut query = query(None);
    query.push(("emulator_account".to_owned(), "nour".to_owned()));
    let answer = authorize(stage, &query).await;
    assert_eq!(answer.status.as_u16(), 302);
    let back: Url = answer.header("location").expect("a way back").parse().expect("an address");
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    assert_eq!(pairs[2], ("state".to_owned(), "st&te".to_owned()));
    assert_eq!(pairs[1].0, "code");
    pairs[1].1.clone()
}

/// Asks for tokens, with one parameter said otherwise, or left away.
async fn exchange(stage: &Stage, code: &str, other: Option<(&str, Option<&str>)>) -> Response {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    if let Some((name, value)) = other {
        form.retain(|(key, _)| *key != name);
        form.extend(value.map(|value| (name, value)));
    }
    stage.http.post(stage.api("/token")).form(&form).send().await.expect("an answer")
}

#[tokio::test]
async fn a_code_becomes_tokens_once() {
    let stage = Stage::start();
    let code = agree(&stage).await;
    let answer = exchange(&stage, &code, None).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", text_of(&answer));
    let tokens = json_of(&answer);
    assert_eq!(tokens["detail"]["scopes"], serde_json::json!(["read", "write"]));
    assert_eq!(tokens["detail"]["parameters"]["state"], "st&te");
    let access = tokens["access"].as_str().expect("a token");
    let posts = stage.http.get(stage.api("/posts")).bearer(access).send().await.expect("an answer");
    assert_eq!(posts.status.as_u16(), 200);
    let again = exchange(&stage, &code, None).await;
    assert_eq!((again.status.as_u16(), json_of(&again)), (400, "invalid_grant: the code was used already".into()));
    // A token is good for one thing.
    let refresh = tokens["refresh"].as_str().expect("a token");
    let as_access = stage.http.get(stage.api("/posts")).bearer(refresh).send().await.expect("an answer");
    assert_eq!(as_access.status.as_u16(), 401);
}

#[tokio::test]
async fn a_refresh_token_that_rotates_is_good_once() {
    let stage = Stage::start();
    let code = agree(&stage).await;
    let tokens = json_of(&exchange(&stage, &code, None).await);
    let first = tokens["refresh"].as_str().expect("a token");
    let form = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("refresh_token", first)];
    let refresh = async || stage.http.post(stage.api("/token")).form(&form).send().await.expect("an answer");
    let second = refresh().await;
    assert_eq!(second.status.as_u16(), 200);
    assert_ne!(json_of(&second)["refresh"], first);
    assert_eq!(json_of(&refresh().await), "the token was revoked");
}

#[tokio::test]
async fn what_does_not_fit_the_code_is_refused() {
    let stage = Stage::start();
    let refused = [
        ("client_id", Some("another"), "invalid_client: client_id or client_secret is wrong"),
        ("client_secret", Some("wrong"), "invalid_client: client_id or client_secret is wrong"),
        ("client_secret", None, "invalid_client: client_id or client_secret is wrong"),
        ("grant_type", Some("password"), "unsupported_grant_type: grant_type must be authorization_code"),
        ("code", Some("guessed"), "invalid_grant: the code is unknown"),
        ("code", None, "invalid_request: code is missing"),
        ("redirect_uri", None, "invalid_request: redirect_uri is missing"),
        (
            "redirect_uri",
            Some("http://localhost:8080/oauth/callback"),
            "invalid_grant: redirect_uri is not the one that was authorized",
        ),
        ("code_verifier", Some("another verifier"), "invalid_grant: code_verifier does not fit the challenge"),
        ("code_verifier", None, "invalid_grant: code_verifier is missing"),
    ];
    for (name, value, why) in refused {
        let code = agree(&stage).await;
        let answer = exchange(&stage, &code, Some((name, value))).await;
        assert_eq!((answer.status.as_u16(), json_of(&answer)), (400, why.into()), "{name} {value:?}");
    }
}

#[tokio::test]
async fn codes_and_tokens_expire() {
    let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a time")));
    let stage = Stage::with(EmulatorOptions { clock: clock.clone(), ..EmulatorOptions::default() });
    let late = agree(&stage).await;
    clock.advance(TimeDelta::minutes(9));
    let access = json_of(&exchange(&stage, &agree(&stage).await, None).await)["access"].clone();
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(json_of(&exchange(&stage, &late, None).await), "invalid_grant: the code has expired");
    clock.advance(TimeDelta::from_std(LIFETIME).expect("a time") - TimeDelta::minutes(2));
    let read = async || {
        let token = access.as_str().expect("a token");
        stage.http.get(stage.api("/posts")).bearer(token).send().await.expect("an answer").status.as_u16()
    };
    assert_eq!(read().await, 200);
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(read().await, 401);
}

#[tokio::test]
async fn a_request_that_is_not_right_gets_no_page_to_agree_on() {
    let stage = Stage::start();
    let refused = [
        ("response_type", Some("token"), "response_type must be code"),
        ("client_id", Some("another"), "client_id is unknown"),
        ("redirect_uri", None, "redirect_uri is missing"),
        ("redirect_uri", Some("http://diwan.example/"), "redirect_uri must be on https"),
        ("redirect_uri", Some("https://diwan.example/#x"), "without a fragment"),
        ("redirect_uri", Some("javascript:alert(1)"), "redirect_uri must be on https"),
        ("scope", Some(""), "scope is missing"),
        ("scope", Some("read,write"), "is no scope"),
        ("scope", Some("read  write"), "is no scope"),
        ("state", None, "state is missing"),
        ("code_challenge", None, "code_challenge is missing"),
        ("code_challenge", Some("short"), "43 characters"),
        ("code_challenge_method", Some("plain"), "must be S256"),
        ("code_challenge_method", None, "must be S256"),
    ];
    for (name, value, why) in refused {
        let mut query = query(Some((name, value)));
        query.push(("emulator_account".to_owned(), "nour".to_owned()));
        let answer = authorize(&stage, &query).await;
        assert_eq!(answer.status.as_u16(), 400, "{name} {value:?}");
        assert!(text_of(&answer).contains(why), "{name} {value:?}: {}", text_of(&answer));
    }
}

#[tokio::test]
async fn a_person_is_asked() {
    let stage = Stage::start();
    let answer = authorize(&stage, &query(Some(("scope", Some("<b>read</b>"))))).await;
    assert_eq!(answer.status.as_u16(), 200);
    let page = text_of(&answer);
    assert!(page.contains("&lt;b&gt;read&lt;/b&gt;") && !page.contains("<b>"), "{page}");
    assert!(page.contains(r#"<input type="hidden" name="state" value="st&amp;te">"#), "{page}");
    assert!(page.contains("error=access_denied&amp;state=st%26te"), "{page}");
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action 'self' http://localhost:8080;"), "{policy}");
}
