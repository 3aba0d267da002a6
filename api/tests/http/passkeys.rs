//! Passkeys: adding them, signing in with one alone or as a second factor, and what is wrong with one.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::clock::ManualClock;
use diwan_testkit::build::PASSWORD;
use diwan_testkit::client::Answer;
use diwan_testkit::services::PUBLIC_URL;
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};

use crate::browser::Browser;

const EMAIL: &str = "dina@nour.example";
const SESSION: &str = "session { accessToken secondFactorRequired user { name } }";
const CEREMONY: &str = "ceremonyToken options expiresIn";
const PASSKEY: &str = "passkey { id name createdAt lastUsedAt } recoveryCodes";

/// An agency whose CMO is Dina, and a clock that the test holds.
pub struct Desk {
    pub app: TestApp,
    pub clock: Arc<ManualClock>,
    /// Dina's session.
    pub token: String,
}

/// A ceremony that was begun.
pub struct Ceremony {
    pub token: String,
    pub options: Value,
}

impl Ceremony {
    /// The input of the mutation that ends it.
    pub fn end(&self, credential: &Value) -> Value {
        json!({ "ceremonyToken": self.token, "credential": credential })
    }
}

impl Desk {
    pub async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
        let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let token = app.cmo().await?;
        Ok(Self { app, clock, token })
    }

    /// Runs a mutation that begins a ceremony.
    pub async fn begin(&self, token: &str, name: &str, input: Value) -> Result<Ceremony> {
        let begun = self.app.client.mutate(token, name, CEREMONY, input).await?;
        assert_eq!(begun.get(&format!("{name}.expiresIn")), 300);
        Ok(Ceremony {
            token: begun.text(&format!("{name}.ceremonyToken"))?,
            options: begun.get(&format!("{name}.options")).clone(),
        })
    }

    /// Begins a ceremony for a proof within a session.
    pub async fn begin_proof(&self, token: &str) -> Result<Ceremony> {
        let begin = format!("mutation {{ beginPasskeyProof {{ {CEREMONY} userErrors {{ code }} }} }}");
        let begun = self.app.client.gql(token, &begin, json!({})).await?.ok()?;
        let options = begun.get("beginPasskeyProof.options").clone();
        Ok(Ceremony { token: begun.text("beginPasskeyProof.ceremonyToken")?, options })
    }

    /// Adds a passkey to somebody's account. Answers its browser and what the API said.
    pub async fn enrol(&self, token: &str, name: &str) -> Result<(Browser, Answer)> {
        let mut browser = Browser::new(PUBLIC_URL)?;
        let ceremony = self.begin(token, "beginPasskeyRegistration", json!({})).await?;
        let mut input = ceremony.end(&browser.create(&ceremony.options).await?);
        input["name"] = name.into();
        Ok((browser, self.app.client.mutate(token, "addPasskey", PASSKEY, input).await?))
    }

    /// Begins a sign-in with a passkey alone.
    async fn begin_sign_in(&self) -> Result<Ceremony> {
        // What strangers do costs 5000 points of 200,000 a minute.
        self.clock.advance(Duration::seconds(4));
        self.begin("", "beginPasskeySignIn", json!({})).await
    }

    async fn try_sign_in(&self, input: Value) -> Result<Answer> {
        self.app.client.try_mutate("", "signInWithPasskey", SESSION, input).await
    }

    /// Signs in with a browser's passkey alone.
    pub async fn sign_in(&self, browser: &mut Browser) -> Result<Answer> {
        let ceremony = self.begin_sign_in().await?;
        self.try_sign_in(ceremony.end(&browser.get(&ceremony.options).await?)).await
    }

    /// That a sign-in is refused, telling nothing, and leaves no session.
    async fn refuses(&self, input: Value, what: &str) -> Result<()> {
        let (sessions, refusals) = (self.app.db.count("session").await?, self.refusals().await?);
        let passkeys = self.passkeys().await?;
        let answer = self.try_sign_in(input).await?;
        let error = json!([{ "code": "PASSKEY_REFUSED", "field": ["credential"],
            "message": "This passkey was not accepted. Try again, or sign in another way." }]);
        assert_eq!(answer.get("signInWithPasskey"), &json!({ "session": null, "userErrors": error }), "{what}");
        assert_eq!(self.app.db.count("session").await?, sessions, "{what}");
        assert_eq!(self.refusals().await?, refusals + 1, "{what}: not on the audit trail");
        assert_eq!(self.passkeys().await?, passkeys, "{what}");
        Ok(())
    }

    async fn refusals(&self) -> Result<i64> {
        let sql = "select count(*) from audit_event where action = 'session.refused' and detail->>'with' = 'passkey'";
        self.app.db.value(sql).await
    }

    /// Every passkey, as it is kept.
    pub async fn passkeys(&self) -> Result<String> {
        self.app.db.value("select coalesce(string_agg(p::text, '|' order by id), '') from passkey p").await
    }
}

/// A text in base64url with another last byte but three.
fn spoiled(text: &Value) -> Result<Value> {
    let mut bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_str().context("a text")?.as_bytes())?;
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    Ok(data_encoding::BASE64URL_NOPAD.encode(&bytes).into())
}

#[tokio::test]
async fn a_passkey_signs_in_without_an_address() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let ceremony = desk.begin(&desk.token, "beginPasskeyRegistration", json!({})).await?;
    let options = &ceremony.options;
    assert_eq!(options["rp"], json!({ "name": "Nour Agency", "id": "diwan.example" }));
    assert_eq!((&options["user"]["name"], &options["user"]["displayName"]), (&json!(EMAIL), &json!("Dina")));
    let choice = &options["authenticatorSelection"];
    assert_eq!(choice["residentKey"], "required");
    assert_eq!(choice["requireResidentKey"], true);
    assert_eq!(choice["userVerification"], "required");
    assert_eq!(options["excludeCredentials"], json!([]));

    let (mut browser, added) = desk.enrol(&desk.token, "  My phone ").await?;
    assert_eq!(added.get("addPasskey.passkey.name"), "My phone");
    let codes: Vec<String> = serde_json::from_value(added.get("addPasskey.recoveryCodes").clone())?;
    assert_eq!(codes.len(), 10);
    let passkey = added.text("addPasskey.passkey.id")?;
    assert!(passkey.starts_with("passkey_"));

    let signed_in = desk.sign_in(&mut browser).await?.ok()?;
    assert_eq!(signed_in.get("signInWithPasskey.session.user.name"), "Dina");
    let token = signed_in.text("signInWithPasskey.session.accessToken")?;
    let look = "{ viewer { secondFactors { totp recoveryCodesLeft passkeys { id name createdAt lastUsedAt } }
        sessions { method secondFactor current } } }";
    let seen = client.gql(&token, look, json!({})).await?.ok()?;
    let listed = seen.get("viewer.secondFactors.passkeys.0");
    assert_eq!((&listed["id"], &listed["name"]), (&json!(passkey), &json!("My phone")));
    assert_eq!(listed["createdAt"], "2026-08-03T09:00:00+00:00");
    assert_eq!(listed["lastUsedAt"], "2026-08-03T09:00:04+00:00");
    assert_eq!(seen.get("viewer.secondFactors.recoveryCodesLeft"), 10);
    let current =
        seen.get("viewer.sessions").as_array().context("sessions")?.iter().find(|each| each["current"] == true);
    assert_eq!(current, Some(&json!({ "method": "PASSKEY", "secondFactor": true, "current": true })));
    desk.sign_in(&mut browser).await?.ok()?;

    // A second one: the first is excluded, and the recovery codes stay.
    let again = desk.begin(&token, "beginPasskeyRegistration", json!({})).await?;
    assert_eq!(again.options["excludeCredentials"].as_array().map(Vec::len), Some(1));
    let held = "select translate(encode(credential_id, 'base64'), '+/=', '-_') from passkey";
    assert_eq!(again.options["excludeCredentials"][0]["id"], desk.app.db.value::<String>(held).await?);
    let (mut other, added) = desk.enrol(&token, "My key").await?;
    assert!(added.get("addPasskey.recoveryCodes").is_null());
    for browser in [&mut browser, &mut other] {
        desk.sign_in(browser).await?.ok()?;
    }
    let input = json!({ "passkeyId": passkey, "name": "Old phone" });
    let renamed = client.mutate(&token, "renamePasskey", "passkey { id name }", input).await?;
    assert_eq!(renamed.get("renamePasskey.passkey.name"), "Old phone");
    for (name, code) in [("  ".to_owned(), "INVALID"), ("x".repeat(101), "TOO_LONG")] {
        let before = desk.passkeys().await?;
        let input = json!({ "passkeyId": passkey, "name": name });
        let refused = client.try_mutate(&token, "renamePasskey", "passkey { id }", input).await?;
        assert_eq!(refused.user_codes("renamePasskey"), [code]);
        assert_eq!(desk.passkeys().await?, before);
    }
    let sql = "select count(*) from audit_event where action = 'second_factor.add' and detail->>'kind' = 'PASSKEY'";
    assert_eq!(desk.app.db.value::<i64>(sql).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_passkey_is_the_second_factor_of_a_password() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let (mut browser, added) = desk.enrol(&desk.token, "My phone").await?;
    let challenge = async || -> Result<String> {
        let input = json!({ "email": EMAIL, "password": PASSWORD });
        let selection = "session { accessToken } challenge { token methods }";
        let answer = client.mutate("", "signIn", selection, input).await?;
        assert!(answer.get("signIn.session").is_null(), "a password alone is not enough");
        assert_eq!(answer.get("signIn.challenge.methods"), &json!(["PASSKEY", "RECOVERY_CODE"]));
        answer.text("signIn.challenge.token")
    };
    let complete = async |challenge: &str, proof: Value| {
        let input = json!({ "challengeToken": challenge, "proof": proof });
        client.try_mutate("", "completeSignIn", SESSION, input).await
    };
    let token = challenge().await?;
    let ceremony = desk.begin("", "beginPasskeySignIn", json!({ "challengeToken": token })).await?;
    let allowed = ceremony.options["allowCredentials"].as_array().context("a list")?;
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0]["type"], "public-key");
    let shown = browser.get(&ceremony.options).await?;
    // It was begun for this sign-in, and for nothing else.
    desk.refuses(ceremony.end(&shown), "the ceremony of a second factor").await?;
    let done = complete(&token, json!({ "passkey": ceremony.end(&shown) })).await?.ok()?;
    assert_eq!(done.get("completeSignIn.session.secondFactorRequired"), false);
    let used = complete(&token, json!({ "passkey": ceremony.end(&shown) })).await?;
    assert_eq!(used.user_codes("completeSignIn"), ["CHALLENGE_EXPIRED"]);

    let token = challenge().await?;
    let sessions = desk.app.db.count("session").await?;
    let replayed = complete(&token, json!({ "passkey": ceremony.end(&shown) })).await?;
    assert_eq!(replayed.user_codes("completeSignIn"), ["PASSKEY_REFUSED"]);
    let alone = desk.begin_sign_in().await?;
    let wrong = complete(&token, json!({ "passkey": alone.end(&browser.get(&alone.options).await?) })).await?;
    assert_eq!(wrong.user_codes("completeSignIn"), ["PASSKEY_REFUSED"], "a ceremony of a sign-in with a passkey alone");
    assert_eq!(desk.app.db.count("session").await?, sessions);
    for unknown in ["", "challenge_guess"] {
        let begun = client.try_mutate("", "beginPasskeySignIn", CEREMONY, json!({ "challengeToken": unknown })).await?;
        assert_eq!(begun.user_codes("beginPasskeySignIn"), ["CHALLENGE_EXPIRED"]);
    }
    let code = added.text("addPasskey.recoveryCodes.0")?;
    complete(&token, json!({ "recoveryCode": code })).await?.ok()?;

    // Beside an authenticator app, each is as good as the other, and the recovery codes are those of before.
    let begin = "mutation { beginTotp { secret userErrors { code } } }";
    let secret = client.gql(&desk.token, begin, json!({})).await?.ok()?.text("beginTotp.secret")?;
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes())?;
    let step = diwan_platform::totp::step_of(desk.app.services.now().timestamp());
    let input = json!({ "code": diwan_platform::totp::code(&secret, step) });
    let confirmed = client.mutate(&desk.token, "confirmTotp", "recoveryCodes", input).await?;
    assert!(confirmed.get("confirmTotp.recoveryCodes").is_null());
    assert_eq!(desk.app.db.value::<i64>("select count(*) from recovery_code where used_at is null").await?, 9);
    Ok(())
}

#[tokio::test]
async fn where_the_agency_asks_for_a_second_factor_a_passkey_is_enough() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    client.mutate(&desk.token, "createBrand", "brand { id }", json!({ "name": "Alpha" })).await?;
    desk.app.db.run("update agency set require_second_factor = true").await?;
    let look = "{ viewer { secondFactorRequired } brands(first: 5) { nodes { name } } }";
    let seen = async |token: &str| -> Result<(Value, usize)> {
        let seen = client.gql(token, look, json!({})).await?.ok()?;
        let brands = seen.get("brands.nodes").as_array().map_or(0, Vec::len);
        Ok((seen.get("viewer.secondFactorRequired").clone(), brands))
    };
    assert_eq!(seen(&desk.token).await?, (json!(true), 0));
    let (mut browser, _) = desk.enrol(&desk.token, "My phone").await?;
    assert_eq!(seen(&desk.token).await?, (json!(false), 1), "the session in which it was added");
    let signed_in = desk.sign_in(&mut browser).await?.ok()?;
    assert_eq!(signed_in.get("signInWithPasskey.session.secondFactorRequired"), false);
    let token = signed_in.text("signInWithPasskey.session.accessToken")?;
    assert_eq!(seen(&token).await?, (json!(false), 1));
    Ok(())
}

#[tokio::test]
async fn whatever_is_wrong_with_a_passkey_is_refused_alike() -> Result<()> {
    let desk = Desk::new().await?;
    let (mut browser, _) = desk.enrol(&desk.token, "My phone").await?;
    let sami = desk.app.person(UserKind::Staff, None).await?;
    let mut elsewhere = browser.clone();
    elsewhere.origin = "https://evil.diwan.example".parse()?;
    let mut plain = browser.clone();
    plain.origin = "https://diwan.example:8443".parse()?;
    let mut unverified = browser.clone();
    unverified.verifies = false;

    for (what, browser) in [("another origin", &mut elsewhere), ("another port", &mut plain)] {
        let ceremony = desk.begin_sign_in().await?;
        desk.refuses(ceremony.end(&browser.get(&ceremony.options).await?), what).await?;
    }
    let ceremony = desk.begin_sign_in().await?;
    let mut options = ceremony.options.clone();
    options["userVerification"] = "discouraged".into();
    desk.refuses(ceremony.end(&unverified.get(&options).await?), "an unverified user").await?;
    let (one, two) = (desk.begin_sign_in().await?, desk.begin_sign_in().await?);
    desk.refuses(two.end(&browser.get(&one.options).await?), "another challenge").await?;

    let handle = |id: uuid::Uuid| Value::from(data_encoding::BASE64URL_NOPAD.encode(id.as_bytes()));
    let own = desk.app.db.value::<uuid::Uuid>("select user_id from passkey").await?;
    for (what, path, value) in [
        ("a spoiled signature", "/response/signature", None),
        ("spoiled data of the authenticator", "/response/authenticatorData", None),
        ("an unknown credential", "/rawId", None),
        ("nobody", "/response/userHandle", Some(handle(uuid::Uuid::from_u128(7)))),
        ("somebody else", "/response/userHandle", Some(handle(sami.id))),
        ("a handle that is none", "/response/userHandle", Some("AAAA".into())),
        ("no handle", "/response/userHandle", Some(Value::Null)),
        ("no answer", "", Some(json!({}))),
        ("a number", "", Some(json!(1))),
    ] {
        let ceremony = desk.begin_sign_in().await?;
        let mut shown = browser.get(&ceremony.options).await?;
        assert_eq!(shown["response"]["userHandle"], handle(own));
        let part = shown.pointer_mut(path).context(what)?;
        *part = value.map_or_else(|| spoiled(part), Ok)?;
        desk.refuses(ceremony.end(&shown), what).await?;
    }
    // A ceremony is good once, also when its answer was refused, and for five minutes.
    let ceremony = desk.begin_sign_in().await?;
    let shown = browser.get(&ceremony.options).await?;
    let mut wrong = shown.clone();
    wrong["response"]["signature"] = spoiled(&shown["response"]["signature"])?;
    desk.refuses(ceremony.end(&wrong), "a spoiled signature").await?;
    desk.refuses(ceremony.end(&shown), "a ceremony that was spent by a refusal").await?;
    let ceremony = desk.begin_sign_in().await?;
    let shown = browser.get(&ceremony.options).await?;
    desk.try_sign_in(ceremony.end(&shown)).await?.ok()?;
    desk.refuses(ceremony.end(&shown), "the same answer again").await?;
    let late = desk.begin_sign_in().await?;
    let shown = browser.get(&late.options).await?;
    desk.clock.advance(Duration::minutes(5));
    desk.refuses(late.end(&shown), "a ceremony that is over").await?;
    let mut unknown = late.end(&shown);
    for token in ["", "ceremony_guess"] {
        unknown["ceremonyToken"] = token.into();
        desk.refuses(unknown.clone(), "an unknown ceremony").await?;
    }
    // Whoever is deactivated is nobody.
    let ceremony = desk.begin_sign_in().await?;
    let shown = browser.get(&ceremony.options).await?;
    desk.app.db.run("update app_user set deactivated_at = now() where email = 'dina@nour.example'").await?;
    desk.refuses(ceremony.end(&shown), "somebody who was deactivated").await?;
    desk.app.db.run("update app_user set deactivated_at = null").await?;
    desk.sign_in(&mut browser).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn a_copy_of_a_passkey_is_found_by_its_counter() -> Result<()> {
    let desk = Desk::new().await?;
    let (mut browser, _) = desk.enrol(&desk.token, "My phone").await?;
    let mut copy = browser.clone();
    desk.sign_in(&mut browser).await?.ok()?;
    desk.sign_in(&mut browser).await?.ok()?;
    let ceremony = desk.begin_sign_in().await?;
    desk.refuses(ceremony.end(&copy.get(&ceremony.options).await?), "a copy").await?;
    let sql = "select detail->>'because' from audit_event where action = 'session.refused' order by seq desc limit 1";
    assert_eq!(desk.app.db.value::<String>(sql).await?, "COUNTER");
    desk.sign_in(&mut browser).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn one_ceremony_gives_one_session_however_often_it_is_answered_at_once() -> Result<()> {
    let desk = Desk::new().await?;
    let (mut browser, _) = desk.enrol(&desk.token, "My phone").await?;
    let ceremony = desk.begin_sign_in().await?;
    let input = ceremony.end(&browser.get(&ceremony.options).await?);
    let before = desk.app.db.count("session").await?;
    let answers = futures::future::try_join_all((0..6).map(|_| desk.try_sign_in(input.clone()))).await?;
    let granted = answers.iter().filter(|answer| !answer.get("signInWithPasskey.session").is_null()).count();
    assert_eq!(granted, 1);
    assert_eq!(desk.app.db.count("session").await?, before + 1);
    Ok(())
}

#[tokio::test]
async fn an_address_that_shows_too_much_rubbish_has_to_wait() -> Result<()> {
    let desk = Desk::new().await?;
    let (mut browser, _) = desk.enrol(&desk.token, "My phone").await?;
    for _ in 0..50 {
        desk.clock.advance(Duration::seconds(3));
        let answer = desk.try_sign_in(json!({ "ceremonyToken": "", "credential": {} })).await?;
        assert_eq!(answer.user_codes("signInWithPasskey"), ["PASSKEY_REFUSED"]);
    }
    let ceremony = desk.begin("", "beginPasskeySignIn", json!({})).await?;
    let input = ceremony.end(&browser.get(&ceremony.options).await?);
    let blocked = desk.try_sign_in(input.clone()).await?;
    assert_eq!(blocked.user_codes("signInWithPasskey"), ["TOO_MANY_ATTEMPTS"], "{}", blocked.body);
    desk.clock.advance(Duration::seconds(3));
    desk.try_sign_in(input).await?.ok()?;
    Ok(())
}
