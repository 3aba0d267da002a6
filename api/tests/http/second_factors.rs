//! The authenticator app, recovery codes, and the agency that asks for a second factor.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_platform::clock::{Clock as _, ManualClock};
use diwan_platform::totp;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};

use crate::kit::fingerprint;

const EMAIL: &str = "dina@nour.example";
const SESSION: &str = "session { accessToken refreshToken deviceToken secondFactorRequired }";
const SIGN_IN: &str = "session { accessToken deviceToken secondFactorRequired } challenge { token methods expiresIn }";

struct Desk {
    app: TestApp,
    clock: Arc<ManualClock>,
    token: String,
}

impl Desk {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
        let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let token = app.cmo().await?;
        Ok(Self { app, clock, token })
    }

    fn code(&self, secret: &str) -> Result<String> {
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes())?;
        Ok(totp::code(&secret, totp::step_of(self.clock.now().timestamp())))
    }

    /// Sets up an authenticator app. Answers its secret and the recovery codes.
    async fn enrol(&self) -> Result<(String, Vec<String>)> {
        let begin = "mutation { beginTotp { secret uri userErrors { code } } }";
        let secret = self.app.client.gql(&self.token, begin, json!({})).await?.ok()?.text("beginTotp.secret")?;
        let input = json!({ "code": self.code(&secret)? });
        let done = self.app.client.mutate(&self.token, "confirmTotp", "recoveryCodes", input).await?;
        let codes = serde_json::from_value(done.get("confirmTotp.recoveryCodes").clone())?;
        self.clock.advance(Duration::seconds(30));
        Ok((secret, codes))
    }

    async fn challenge(&self) -> Result<String> {
        let input = json!({ "email": EMAIL, "password": PASSWORD });
        let answer = self.app.client.mutate("", "signIn", SIGN_IN, input).await?;
        assert!(answer.get("signIn.session").is_null(), "a password alone is not enough");
        answer.text("signIn.challenge.token")
    }

    async fn complete(&self, challenge: &str, proof: Value) -> Result<Result<Value, Vec<String>>> {
        let input = json!({ "challengeToken": challenge, "proof": proof });
        let answer = self.app.client.try_mutate("", "completeSignIn", SESSION, input).await?;
        let codes = answer.user_codes("completeSignIn");
        assert_eq!(answer.get("completeSignIn.session").is_null(), !codes.is_empty(), "{}", answer.body);
        Ok(if codes.is_empty() { Ok(answer.get("completeSignIn.session").clone()) } else { Err(codes) })
    }
}

fn refused(code: &str) -> Result<Value, Vec<String>> {
    Err(vec![code.to_owned()])
}

#[tokio::test]
async fn an_authenticator_app_is_asked_for_once_a_code_of_it_was_shown() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let begin = "mutation { beginTotp { secret uri userErrors { code } } }";
    let begun = client.gql(&desk.token, begin, json!({})).await?.ok()?;
    let secret = begun.text("beginTotp.secret")?;
    assert!(begun.text("beginTotp.uri")?.contains(&format!("secret={secret}&issuer=Nour%20Agency")), "{}", begun.body);
    let signed_in = client.mutate("", "signIn", SIGN_IN, json!({ "email": EMAIL, "password": PASSWORD })).await?;
    assert!(signed_in.get("signIn.challenge").is_null(), "it does not count yet");

    let before = desk.app.db.value::<Option<String>>("select confirmed_at::text from totp").await?;
    let wrong = client.try_mutate(&desk.token, "confirmTotp", "recoveryCodes", json!({ "code": "000000" })).await?;
    assert_eq!(wrong.user_codes("confirmTotp"), ["SECOND_FACTOR_WRONG"]);
    assert_eq!(desk.app.db.value::<Option<String>>("select confirmed_at::text from totp").await?, before);

    let (secret, codes) = desk.enrol().await?;
    assert_eq!(codes.len(), 10);
    let seen =
        client.gql(&desk.token, "{ viewer { secondFactors { totp recoveryCodesLeft } } }", json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.secondFactors"), &json!({ "totp": true, "recoveryCodesLeft": 10 }));
    let again = client.gql(&desk.token, begin, json!({})).await?;
    assert_eq!(again.user_codes("beginTotp"), ["ALREADY_EXISTS"]);

    let challenge = desk.challenge().await?;
    let session = desk.complete(&challenge, json!({ "code": desk.code(&secret)? })).await?.expect("signed in");
    assert_eq!(session["secondFactorRequired"], false);
    assert_eq!(desk.complete(&challenge, json!({ "code": desk.code(&secret)? })).await?, refused("CHALLENGE_EXPIRED"));
    let next = desk.challenge().await?;
    let used = desk.complete(&next, json!({ "code": desk.code(&secret)? })).await?;
    assert_eq!(used, refused("SECOND_FACTOR_WRONG"), "a code is taken once");
    desk.clock.advance(Duration::seconds(60));
    desk.complete(&next, json!({ "code": desk.code(&secret)? })).await?.expect("the next code");
    // Nothing readable is kept.
    let kept: i64 = desk
        .app
        .db
        .value(&format!("select count(*) from idempotency_record where response::text like '%{secret}%' or response::text like '%{}%'", codes[0]))
        .await?;
    assert_eq!(kept, 0);
    Ok(())
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_a_challenge_ends() -> Result<()> {
    let desk = Desk::new().await?;
    let (secret, codes) = desk.enrol().await?;
    let challenge = desk.challenge().await?;
    let typed = codes[0].to_uppercase().replace('-', " ");
    desk.complete(&challenge, json!({ "recoveryCode": typed })).await?.expect("signed in");
    let challenge = desk.challenge().await?;
    assert_eq!(desk.complete(&challenge, json!({ "recoveryCode": codes[0] })).await?, refused("SECOND_FACTOR_WRONG"));
    for _ in 0..4 {
        assert_eq!(desk.complete(&challenge, json!({ "code": "123" })).await?, refused("SECOND_FACTOR_WRONG"));
    }
    let right = json!({ "code": desk.code(&secret)? });
    assert_eq!(desk.complete(&challenge, right.clone()).await?, refused("CHALLENGE_EXPIRED"), "five were wrong");
    let late = desk.challenge().await?;
    desk.clock.advance(Duration::minutes(5));
    assert_eq!(desk.complete(&late, json!({ "code": desk.code(&secret)? })).await?, refused("CHALLENGE_EXPIRED"));
    for unknown in ["", "challenge_guess"] {
        assert_eq!(desk.complete(unknown, right.clone()).await?, refused("CHALLENGE_EXPIRED"));
    }
    // Failures with many challenges count together.
    for _ in 0..5 {
        let challenge = desk.challenge().await?;
        assert_eq!(desk.complete(&challenge, json!({ "code": "000000" })).await?, refused("SECOND_FACTOR_WRONG"));
    }
    let input = json!({ "email": EMAIL, "password": PASSWORD });
    let blocked = desk.app.client.try_mutate("", "signIn", SIGN_IN, input).await?;
    assert_eq!(blocked.user_codes("signIn"), ["TOO_MANY_ATTEMPTS"], "{}", blocked.body);
    Ok(())
}

#[tokio::test]
async fn a_factor_goes_only_with_a_proof() -> Result<()> {
    let desk = Desk::new().await?;
    let (secret, codes) = desk.enrol().await?;
    let remove = async |proof: Value| {
        desk.app.client.try_mutate(&desk.token, "removeTotp", "removed", json!({ "proof": proof })).await
    };
    for (proof, code) in [
        (json!({ "password": "not the password" }), "WRONG_CREDENTIALS"),
        (json!({ "code": "000000" }), "SECOND_FACTOR_WRONG"),
        (json!({ "recoveryCode": "aaaa-bbbb-cccc-dddd" }), "SECOND_FACTOR_WRONG"),
    ] {
        assert_eq!(remove(proof).await?.user_codes("removeTotp"), [code]);
        assert_eq!(desk.app.db.count("totp").await?, 1);
    }
    let renewed = desk
        .app
        .client
        .mutate(&desk.token, "renewRecoveryCodes", "recoveryCodes", json!({ "proof": { "code": desk.code(&secret)? } }))
        .await?;
    let new: Vec<String> = serde_json::from_value(renewed.get("renewRecoveryCodes.recoveryCodes").clone())?;
    assert_ne!(new, codes);
    assert_eq!(remove(json!({ "recoveryCode": codes[1] })).await?.user_codes("removeTotp"), ["SECOND_FACTOR_WRONG"]);
    assert_eq!(remove(json!({ "password": PASSWORD })).await?.ok()?.get("removeTotp.removed"), true);
    assert_eq!((desk.app.db.count("totp").await?, desk.app.db.count("recovery_code").await?), (0, 0));
    desk.app.sign_in(EMAIL).await?;
    let gone = remove(json!({ "password": PASSWORD })).await?;
    assert_eq!(gone.user_codes("removeTotp"), ["NOT_FOUND"]);
    // Whoever found an open session does not guess the password in it.
    let (_, _) = desk.enrol().await?;
    for _ in 0..5 {
        remove(json!({ "password": "not the password" })).await?;
    }
    assert_eq!(remove(json!({ "password": PASSWORD })).await?.user_codes("removeTotp"), ["TOO_MANY_ATTEMPTS"]);
    Ok(())
}

#[tokio::test]
async fn where_the_agency_asks_for_a_second_factor_a_password_opens_ones_own_things_only() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let brand = client.mutate(&desk.token, "createBrand", "brand { id }", json!({ "name": "Alpha" })).await?;
    let brand = brand.text("createBrand.brand.id")?;
    let look =
        "{ viewer { user { name } secondFactorRequired can(action: BRAND_CREATE) } brands(first: 5) { nodes { id } } }";
    let seen = client.gql(&desk.token, look, json!({})).await?.ok()?;
    assert_eq!(seen.get("brands.nodes").as_array().map(Vec::len), Some(1));

    // It takes effect on the next request of sessions that are open.
    desk.app.db.run("update agency set require_second_factor = true").await?;
    let other = desk.app.sign_in(EMAIL).await?;
    for token in [&desk.token, &other] {
        let seen = client.gql(token, look, json!({})).await?.ok()?;
        assert_eq!(
            seen.get("viewer"),
            &json!({ "user": { "name": "Dina" }, "secondFactorRequired": true, "can": false })
        );
        assert_eq!(seen.get("brands.nodes"), &json!([]));
        let by_id =
            client.gql(token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": brand })).await?.ok()?;
        assert!(by_id.get("node").is_null());
        let before = fingerprint(&desk.app).await?;
        let refused = client.try_mutate(token, "createBrand", "brand { id }", json!({ "name": "Beta" })).await?;
        assert_eq!(refused.user_codes("createBrand"), ["SECOND_FACTOR_REQUIRED"]);
        assert_eq!(fingerprint(&desk.app).await?, before);
    }
    let (secret, _) = desk.enrol().await?;
    let seen = client.gql(&desk.token, look, json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.secondFactorRequired"), false, "the session in which it was set up");
    assert_eq!(seen.get("brands.nodes").as_array().map(Vec::len), Some(1));
    let seen = client.gql(&other, look, json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.secondFactorRequired"), true, "not another that a password began");
    let session = desk.complete(&desk.challenge().await?, json!({ "code": desk.code(&secret)? })).await?;
    let session = session.expect("signed in");
    assert_eq!(session["secondFactorRequired"], false);
    // Without the factor the session stands on the password alone again.
    let input = json!({ "proof": { "password": PASSWORD } });
    client.mutate(&desk.token, "removeTotp", "removed", input).await?;
    let seen = client.gql(&desk.token, look, json!({})).await?.ok()?;
    assert_eq!(seen.get("viewer.secondFactorRequired"), true);
    let out =
        client.gql(&desk.token, "mutation { signOut { signedOut userErrors { code } } }", json!({})).await?.ok()?;
    assert_eq!(out.get("signOut.signedOut"), true);
    Ok(())
}
