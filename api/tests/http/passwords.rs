//! Passwords: which are taken, changing them, forgetting them, and guessing them.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_domain::tenancy::offer_setup;
use diwan_domain::trust::letter_place;
use diwan_platform::clock::ManualClock;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::client::Answer;
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

const EMAIL: &str = "dina@nour.example";
const NEW: &str = "seven green lanterns over water";
const SIGN_IN: &str = "session { accessToken deviceToken } challenge { token }";

async fn held() -> Result<(TestApp, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
    let app = TestApp::with(Settings {
        clock: Some(Arc::clone(&clock)),
        trusted_proxies: vec!["127.0.0.0/8".parse()?],
        ..Settings::default()
    })
    .await?;
    Ok((app, clock))
}

async fn works(app: &TestApp, token: &str) -> Result<bool> {
    Ok(app.client.gql(token, "{ viewer { user { id } } }", json!({})).await?.status == 200)
}

/// Signs in from some address of the net.
async fn sign_in(app: &TestApp, from: &str, email: &str, password: &str, device: Option<&str>) -> Result<Answer> {
    let query = format!(
        "mutation($input: SignInInput!) {{ signIn(input: $input) {{ {SIGN_IN} userErrors {{ code message }} }} }}"
    );
    let input = json!({ "email": email, "password": password, "deviceToken": device });
    let request = app.client.request(diwan_platform::http::Method::POST, "/graphql")?.header("x-forwarded-for", from);
    let response = request.json(&json!({ "query": query, "variables": { "input": input } })).send().await?;
    let body = response.json().unwrap_or(Value::Null);
    Ok(Answer { status: response.status.as_u16(), response, body })
}

async fn codes(app: &TestApp, from: &str, email: &str, password: &str, device: Option<&str>) -> Result<Vec<String>> {
    Ok(sign_in(app, from, email, password, device).await?.user_codes("signIn"))
}

#[tokio::test]
async fn a_password_that_is_easy_to_guess_is_not_taken() -> Result<()> {
    let app = TestApp::new().await?;
    let token = offer_setup(&app.services).await?.context("a token")?;
    let session = "session { accessToken }";
    for (password, code) in [
        ("short", "PASSWORD_TOO_SHORT"),
        ("passwordpassword", "PASSWORD_TOO_WEAK"),
        ("Nour Agency 1", "PASSWORD_TOO_WEAK"),
        (&"a".repeat(2000), "TOO_LONG"),
    ] {
        let input = json!({ "setupToken": token, "agencyName": "Nour Agency", "timeZone": "Europe/Athens",
            "baseCurrency": "EUR", "locale": "EN", "name": "Dina", "email": EMAIL, "password": password });
        let refused = app.client.try_mutate("", "setUpAgency", session, input).await?;
        assert_eq!(refused.user_codes("setUpAgency"), [code], "{}", refused.body);
        assert_eq!(refused.get("setUpAgency.userErrors.0.field"), &json!(["password"]));
    }
    assert_eq!(app.db.count("app_user").await?, 0);
    Ok(())
}

#[tokio::test]
async fn changing_the_password_needs_the_old_one_and_ends_the_other_sessions() -> Result<()> {
    let app = TestApp::new().await?;
    let token = app.cmo().await?;
    let other = app.sign_in(EMAIL).await?;
    let hash = "select password_hash from app_user";
    let before: String = app.db.value(hash).await?;
    for (current, new, code, field) in [
        ("not the password", NEW, "WRONG_CREDENTIALS", "currentPassword"),
        (PASSWORD, "short", "PASSWORD_TOO_SHORT", "newPassword"),
        (PASSWORD, "dinadinadina", "PASSWORD_TOO_WEAK", "newPassword"),
    ] {
        let input = json!({ "currentPassword": current, "newPassword": new });
        let refused = app.client.try_mutate(&token, "changePassword", "changed", input).await?;
        assert_eq!(refused.user_codes("changePassword"), [code], "{}", refused.body);
        assert_eq!(refused.get("changePassword.userErrors.0.field"), &json!([field]));
        assert_eq!(app.db.value::<String>(hash).await?, before);
        assert!(works(&app, &other).await?);
    }
    let input = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    let stranger = app.client.try_mutate("", "changePassword", "changed", input.clone()).await?;
    assert_eq!(stranger.user_codes("changePassword"), ["SIGN_IN_REQUIRED"]);
    app.client.mutate(&token, "changePassword", "changed", input).await?;
    assert!(works(&app, &token).await? && !works(&app, &other).await?);
    assert_eq!(codes(&app, "192.0.2.1", EMAIL, PASSWORD, None).await?, ["WRONG_CREDENTIALS"]);
    assert!(codes(&app, "192.0.2.1", EMAIL, NEW, None).await?.is_empty());
    let actions: String = app.db.value("select string_agg(action, ' ' order by seq) from audit_event").await?;
    assert!(actions.contains("session.proof_refused") && actions.contains("password.change"), "{actions}");
    Ok(())
}

/// The token in the newest letter.
async fn token_in_letter(app: &TestApp) -> Result<String> {
    let id: Uuid = app.db.value("select id from letter order by id desc limit 1").await?;
    let sealed: Vec<u8> = app.db.value(&format!("select content from letter where id = '{id}'")).await?;
    let content: Value = serde_json::from_slice(&app.services.keys.open(letter_place(id), &sealed)?)?;
    let link = content["link"].as_str().context("a link")?;
    Ok(link.rsplit('/').next().context("a token")?.to_owned())
}

#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_by_whoever_gets_the_letter() -> Result<()> {
    let (mut app, clock) = held().await?;
    app.leave_jobs();
    let token = app.cmo().await?;
    let request = async |email: &str| {
        let answer = app.client.try_mutate("", "requestPasswordReset", "requested", json!({ "email": email })).await?;
        anyhow::Ok(answer.body["data"].clone())
    };
    let reset = async |token: &str, password: &str| {
        let input = json!({ "token": token, "password": password });
        anyhow::Ok(app.client.try_mutate("", "resetPassword", "changed", input).await?.user_codes("resetPassword"))
    };
    let answers =
        [request(EMAIL).await?, request("nobody@nour.example").await?, request("").await?, request("x").await?];
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!((app.db.count("letter").await?, app.db.count("password_reset").await?), (1, 1));
    let first = token_in_letter(&app).await?;
    request(&EMAIL.to_uppercase()).await?;
    let second = token_in_letter(&app).await?;
    assert_ne!(first, second);

    for wrong in ["", "reset_guess"] {
        assert_eq!(reset(wrong, NEW).await?, ["LINK_INVALID"]);
    }
    assert_eq!(reset(&second, "dinadinadina").await?, ["PASSWORD_TOO_WEAK"]);
    assert!(works(&app, &token).await?, "nothing has happened yet");
    assert!(reset(&second, NEW).await?.is_empty(), "a refusal does not spend the token");
    assert!(!works(&app, &token).await?, "every session has ended");
    for spent in [&first, &second] {
        assert_eq!(reset(spent, PASSWORD).await?, ["LINK_INVALID"]);
    }
    assert_eq!(codes(&app, "192.0.2.1", EMAIL, PASSWORD, None).await?, ["WRONG_CREDENTIALS"]);
    assert!(codes(&app, "192.0.2.1", EMAIL, NEW, None).await?.is_empty());

    request(EMAIL).await?;
    let late = token_in_letter(&app).await?;
    clock.advance(Duration::hours(1));
    assert_eq!(reset(&late, PASSWORD).await?, ["LINK_INVALID"]);
    // Nobody's mailbox is filled.
    for _ in 0..9 {
        request(EMAIL).await?;
    }
    assert!(app.db.count("letter").await? <= 8, "{}", app.db.count("letter").await?);
    Ok(())
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_owner_is_not_locked_out() -> Result<()> {
    let (app, clock) = held().await?;
    app.cmo().await?;
    let device =
        sign_in(&app, "198.51.100.1", EMAIL, PASSWORD, None).await?.ok()?.text("signIn.session.deviceToken")?;
    // From a different address each time: it is the account that counts. Nobody's account counts the same way.
    for email in [EMAIL, "nobody@nour.example"] {
        for n in 0..10 {
            assert_eq!(codes(&app, &format!("203.0.113.{n}"), email, "a guess", None).await?, ["WRONG_CREDENTIALS"]);
        }
        for password in ["a guess", PASSWORD] {
            let blocked = sign_in(&app, "203.0.113.99", email, password, None).await?;
            assert_eq!(blocked.user_codes("signIn"), ["TOO_MANY_ATTEMPTS"], "{email}: {}", blocked.body);
            assert!(blocked.get("signIn.userErrors.0.message").as_str().is_some_and(|text| text.contains("1 second")));
        }
        let known = codes(&app, "203.0.113.99", email, "a guess", Some("device_unknown")).await?;
        assert_eq!(known, ["TOO_MANY_ATTEMPTS"], "a device that nobody knows");
    }
    let mine = sign_in(&app, "203.0.113.99", EMAIL, PASSWORD, Some(&device)).await?.ok()?;
    assert!(mine.get("signIn.session.accessToken").is_string(), "on a known device the owner signs in");
    assert!(mine.get("signIn.session.deviceToken").is_null(), "which stays known");
    // The patience doubles, up to a quarter of an hour.
    let mut longest = 0;
    for _ in 0..12 {
        clock.advance(Duration::minutes(15));
        assert_eq!(codes(&app, "203.0.113.5", EMAIL, "a guess", None).await?, ["WRONG_CREDENTIALS"]);
        longest =
            app.db.value("select max(extract(epoch from blocked_until - last_at))::int from failed_attempt").await?;
    }
    assert_eq!(longest, 900);
    clock.advance(Duration::minutes(15));
    assert!(codes(&app, "203.0.113.5", EMAIL, PASSWORD, None).await?.is_empty(), "the right password still opens");
    assert_eq!(codes(&app, "203.0.113.5", EMAIL, "a guess", None).await?, ["WRONG_CREDENTIALS"], "and counts anew");
    // A stolen device guesses no more than anybody.
    for _ in 0..10 {
        assert_eq!(codes(&app, "203.0.113.6", EMAIL, "a guess", Some(&device)).await?, ["WRONG_CREDENTIALS"]);
    }
    assert_eq!(codes(&app, "203.0.113.6", EMAIL, PASSWORD, Some(&device)).await?, ["TOO_MANY_ATTEMPTS"]);
    assert!(codes(&app, "203.0.113.7", EMAIL, PASSWORD, None).await?.is_empty(), "others are not affected");
    Ok(())
}

#[tokio::test]
async fn one_address_that_guesses_at_many_accounts_is_slowed_down() -> Result<()> {
    let (app, clock) = held().await?;
    app.cmo().await?;
    for n in 0..50 {
        // Else the points of the address would end first.
        clock.advance(Duration::seconds(3));
        let refused = codes(&app, "203.0.113.8", &format!("person{n}@nour.example"), "a guess", None).await?;
        assert_eq!(refused, ["WRONG_CREDENTIALS"], "{n}");
    }
    assert_eq!(codes(&app, "203.0.113.8", EMAIL, PASSWORD, None).await?, ["TOO_MANY_ATTEMPTS"]);
    assert!(codes(&app, "203.0.113.9", EMAIL, PASSWORD, None).await?.is_empty(), "another address");
    Ok(())
}

#[tokio::test]
async fn guesses_at_once_count_one_by_one() -> Result<()> {
    let (app, _clock) = held().await?;
    app.cmo().await?;
    let guesses = (0..30).map(|n| {
        let app = &app;
        async move { codes(app, &format!("203.0.113.{n}"), EMAIL, "a guess", None).await }
    });
    let answers = futures::future::try_join_all(guesses).await?;
    let wrong = answers.iter().filter(|codes| *codes == &["WRONG_CREDENTIALS"]).count();
    assert_eq!(wrong, 10, "{answers:?}");
    assert_eq!(app.db.value::<i32>("select max(failures) from failed_attempt").await?, 10);
    Ok(())
}
