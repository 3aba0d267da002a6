//! Setting up, signing in, refreshing.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_domain::tenancy::offer_setup;
use diwan_platform::clock::ManualClock;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};

use crate::kit::fingerprint;

fn agency(token: &str) -> Value {
    json!({ "setupToken": token, "agencyName": "Nour Agency", "timeZone": "Europe/Athens", "baseCurrency": "EUR",
        "locale": "EL", "name": "Dina", "email": "Dina@Nour.example", "password": PASSWORD })
}

const SESSION: &str = "session { accessToken refreshToken expiresIn user { email name } }";

#[tokio::test]
async fn the_agency_is_set_up_once_with_the_token_that_was_printed() -> Result<()> {
    let app = TestApp::new().await?;
    let first = offer_setup(&app.services).await?.context("a token")?;
    let token = offer_setup(&app.services).await?.context("another token")?;
    for wrong in ["", "setup_guess", &first] {
        let refused = app.client.try_mutate("", "setUpAgency", SESSION, agency(wrong)).await?;
        assert_eq!(refused.user_codes("setUpAgency"), ["WRONG_SETUP_TOKEN"], "{}", refused.body);
        assert_eq!(app.db.count("app_user").await?, 0);
    }
    let done = app
        .client
        .mutate("", "setUpAgency", "agency { name locale } session { accessToken user { email } }", agency(&token))
        .await?;
    assert_eq!(done.get("setUpAgency.agency"), &json!({ "name": "Nour Agency", "locale": "EL" }));
    assert_eq!(done.get("setUpAgency.session.user.email"), "dina@nour.example");
    let viewer = "{ viewer { user { name } can(action: BRAND_CREATE) } }";
    let seen = app.client.gql(&done.text("setUpAgency.session.accessToken")?, viewer, json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer"), &json!({ "user": { "name": "Dina" }, "can": true }));

    let again = app.client.try_mutate("", "setUpAgency", SESSION, agency(&token)).await?;
    assert_eq!(again.user_codes("setUpAgency"), ["ALREADY_SET_UP"]);
    assert_eq!(offer_setup(&app.services).await?, None, "no more tokens");
    assert_eq!((app.db.count("agency").await?, app.db.count("app_user").await?), (1, 1));
    Ok(())
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_the_token_stays_good() -> Result<()> {
    let app = TestApp::new().await?;
    let token = offer_setup(&app.services).await?.context("a token")?;
    let mut input = agency(&token);
    for (field, value) in [
        ("agencyName", " "),
        ("timeZone", "Mars/Olympus"),
        ("baseCurrency", "eur"),
        ("email", "nobody"),
        ("password", "short"),
    ] {
        input[field] = value.into();
    }
    let refused = app.client.try_mutate("", "setUpAgency", SESSION, input).await?;
    let fields: Vec<_> = refused
        .get("setUpAgency.userErrors")
        .as_array()
        .context("errors")?
        .iter()
        .map(|error| error["field"][0].clone())
        .collect();
    assert_eq!(fields, ["agencyName", "timeZone", "email", "baseCurrency", "password"]);
    assert!(refused.get("setUpAgency.session").is_null());
    app.client.mutate("", "setUpAgency", SESSION, agency(&token)).await?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_read_the_same() -> Result<()> {
    let app = TestApp::new().await?;
    app.cmo().await?;
    let mut answers = Vec::new();
    for (email, password) in [
        ("dina@nour.example", "not the password"),
        ("nobody@nour.example", PASSWORD),
        ("", ""),
        ("dina@nour.example", ""),
    ] {
        let answer =
            app.client.try_mutate("", "signIn", SESSION, json!({ "email": email, "password": password })).await?;
        assert_eq!(answer.user_codes("signIn"), ["WRONG_CREDENTIALS"]);
        answers.push(answer.body["data"].clone());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(app.db.count("session").await?, 1, "the one of the set-up");
    app.sign_in(" DINA@nour.example ").await?;
    app.db.run("update app_user set deactivated_at = now()").await?;
    let input = json!({ "email": "dina@nour.example", "password": PASSWORD });
    assert_eq!(app.client.try_mutate("", "signIn", SESSION, input).await?.user_codes("signIn"), ["WRONG_CREDENTIALS"]);
    Ok(())
}

struct Held {
    app: TestApp,
    clock: Arc<ManualClock>,
    session: Value,
}

/// A session under a clock that the test holds.
async fn held() -> Result<Held> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
    let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let session = app.set_up().await?;
    Ok(Held { app, clock, session })
}

impl Held {
    async fn refresh(&self, token: &Value) -> Result<Result<Value, Vec<String>>> {
        let answer =
            self.app.client.try_mutate("", "refreshSession", SESSION, json!({ "refreshToken": token })).await?;
        let codes = answer.user_codes("refreshSession");
        assert_eq!(answer.get("refreshSession.session").is_null(), !codes.is_empty(), "{}", answer.body);
        Ok(if codes.is_empty() { Ok(answer.get("refreshSession.session").clone()) } else { Err(codes) })
    }

    async fn works(&self, access_token: &Value) -> Result<bool> {
        let token = access_token.as_str().context("a token")?;
        let answer = self.app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?;
        if answer.status == 401 {
            assert_eq!(answer.code(), "UNAUTHENTICATED");
            return Ok(false);
        }
        Ok(!answer.ok()?.get("viewer").is_null())
    }
}

#[tokio::test]
async fn refreshing_gives_the_next_pair_and_lasts() -> Result<()> {
    let held = held().await?;
    let mut session = held.session.clone();
    for _ in 0..5 {
        held.clock.advance(Duration::days(29));
        assert!(!held.works(&session["accessToken"]).await?, "an access token lives for minutes");
        let next = held.refresh(&session["refreshToken"]).await?.expect("refreshed");
        assert_ne!(next["refreshToken"], session["refreshToken"]);
        assert!(held.works(&next["accessToken"]).await?);
        session = next;
    }
    held.clock.advance(Duration::days(31));
    assert_eq!(
        held.refresh(&session["refreshToken"]).await?,
        Err(vec!["REFRESH_REFUSED".to_owned()]),
        "unused too long"
    );
    for wrong in [json!(""), json!("dwr_guess"), session["accessToken"].clone()] {
        assert_eq!(held.refresh(&wrong).await?, Err(vec!["REFRESH_REFUSED".to_owned()]));
    }
    Ok(())
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_stay_signed_in() -> Result<()> {
    let held = held().await?;
    let first = held.refresh(&held.session["refreshToken"]).await?.expect("refreshed");
    held.clock.advance(Duration::seconds(9));
    let second = held.refresh(&held.session["refreshToken"]).await?.expect("within the time of grace");
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    assert!(held.works(&first["accessToken"]).await? && held.works(&second["accessToken"]).await?);
    assert_eq!(held.app.db.count("session").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_refresh_token_that_is_replayed_ends_the_session_of_thief_and_owner() -> Result<()> {
    let held = held().await?;
    let other = held.app.sign_in("dina@nour.example").await?;
    let next = held.refresh(&held.session["refreshToken"]).await?.expect("refreshed");
    held.clock.advance(Duration::seconds(11));
    assert!(held.works(&next["accessToken"]).await?);
    assert_eq!(held.refresh(&held.session["refreshToken"]).await?, Err(vec!["REFRESH_REFUSED".to_owned()]));
    assert!(!held.works(&next["accessToken"]).await?, "the whole session has ended");
    assert_eq!(held.refresh(&next["refreshToken"]).await?, Err(vec!["REFRESH_REFUSED".to_owned()]));
    assert!(held.works(&json!(other)).await?, "the person's other session goes on");
    Ok(())
}

#[tokio::test]
async fn a_grandparent_is_no_second_tab_even_at_once() -> Result<()> {
    let held = held().await?;
    let second = held.refresh(&held.session["refreshToken"]).await?.expect("refreshed");
    held.clock.advance(Duration::seconds(1));
    held.refresh(&second["refreshToken"]).await?.expect("refreshed");
    held.clock.advance(Duration::seconds(1));
    assert_eq!(held.refresh(&held.session["refreshToken"]).await?, Err(vec!["REFRESH_REFUSED".to_owned()]));
    assert!(!held.works(&second["accessToken"]).await?);
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_no_other() -> Result<()> {
    let app = TestApp::new().await?;
    app.cmo().await?;
    let (one, two) = (app.sign_in("dina@nour.example").await?, app.sign_in("dina@nour.example").await?);
    let sign_out = "mutation { signOut { signedOut userErrors { code } } }";
    assert_eq!(app.client.gql(&one, sign_out, json!({})).await?.ok()?.get("signOut.signedOut"), true);
    let before = fingerprint(&app).await?;
    let answer =
        app.client.gql(&one, "mutation { createBrand(input: { name: \"X\" }) { brand { id } } }", json!({})).await?;
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    assert_eq!(fingerprint(&app).await?, before);
    assert!(app.client.gql(&two, "{ viewer { user { id } } }", json!({})).await?.ok()?.get("viewer").is_object());
    let stranger = app.client.gql("", sign_out, json!({})).await?;
    assert_eq!(stranger.user_codes("signOut"), ["SIGN_IN_REQUIRED"]);
    Ok(())
}
