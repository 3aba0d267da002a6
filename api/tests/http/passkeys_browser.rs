//! Passkeys in a real browser: its own checks of the options that the API gives and of the page that asks, and its own answers.

use anyhow::{Context as _, Result};
use diwan_testkit::build::PASSWORD;
use diwan_testkit::client::Answer;
use diwan_testkit::servers::{Browser, DESK, FaultProxy};
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};
use url::Url;

const CREATE: &str = "async (options) => (await navigator.credentials.create({
  publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })).toJSON()";
const GET: &str = "async (options) => (await navigator.credentials.get({
  publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON()";
const CEREMONY: &str = "ceremonyToken options";
const SESSION: &str = "session { accessToken secondFactorRequired user { name } }";
const PASSKEY: &str = "passkey { id name }";

/// An agency at an address of this machine, and a browser at one of its pages. (A page at `localhost` may have passkeys without
/// TLS.)
struct Desk {
    app: TestApp,
    browser: Browser,
    /// Where the agency is.
    home: FaultProxy,
    /// The same pages at another port.
    elsewhere: FaultProxy,
    /// Dina's session.
    token: String,
}

impl Desk {
    async fn new() -> Result<Self> {
        let (home, elsewhere) = (FaultProxy::reserve().await?, FaultProxy::reserve().await?);
        let app = TestApp::with(Settings { public_url: Some(home.url.clone()), ..Settings::default() }).await?;
        for proxy in [&home, &elsewhere] {
            proxy.forward_to(&app.client.base)?;
        }
        let token = app.cmo().await?;
        let mut browser = Browser::start().await?;
        browser.give_authenticator().await?;
        let mut desk = Self { app, browser, home, elsewhere, token };
        desk.go(&desk.home.url.clone()).await?;
        Ok(desk)
    }

    /// Opens a page of the API at an address.
    async fn go(&mut self, to: &Url) -> Result<()> {
        let page = self.browser.open(&to.join("reset")?, "en", DESK).await?;
        assert_eq!(page["status"], 200, "{page}");
        Ok(())
    }

    /// Begins a ceremony over HTTP and performs it in the browser. Answers the input that ends it.
    async fn perform(&mut self, begin: &str, token: &str, input: Value, function: &str) -> Result<Value> {
        let begun = self.app.client.mutate(token, begin, CEREMONY, input).await?;
        let credential = self.browser.run(function, begun.get(&format!("{begin}.options"))).await?;
        Ok(json!({ "ceremonyToken": begun.get(&format!("{begin}.ceremonyToken")), "credential": credential }))
    }

    /// What ends the making of a passkey.
    async fn make(&mut self) -> Result<Value> {
        let mut made = self.perform("beginPasskeyRegistration", &self.token.clone(), json!({}), CREATE).await?;
        made["name"] = "This browser".into();
        Ok(made)
    }

    /// What ends a sign-in with a passkey alone.
    async fn show(&mut self) -> Result<Value> {
        self.perform("beginPasskeySignIn", "", json!({}), GET).await
    }

    async fn sign_in(&self, shown: Value) -> Result<Answer> {
        self.app.client.try_mutate("", "signInWithPasskey", SESSION, shown).await
    }
}

#[tokio::test]
async fn a_browser_makes_a_passkey_and_signs_in_with_it() -> Result<()> {
    let mut desk = Desk::new().await?;
    let made = desk.make().await?;
    let added = desk.app.client.mutate(&desk.token, "addPasskey", PASSKEY, made.clone()).await?;
    assert_eq!(added.get("addPasskey.passkey.name"), "This browser");
    let again = desk.app.client.try_mutate(&desk.token, "addPasskey", PASSKEY, made).await?;
    assert_eq!(again.user_codes("addPasskey"), ["CHALLENGE_EXPIRED"], "one answer makes one passkey");
    assert_eq!(desk.app.db.count("passkey").await?, 1);
    // A device that has one is told not to make another.
    let refused = desk.make().await.err().context("a second one on the same device")?;
    assert!(refused.to_string().contains("InvalidStateError"), "{refused}");

    for _ in 0..2 {
        let shown = desk.show().await?;
        assert_eq!(shown["credential"]["type"], "public-key");
        let done = desk.sign_in(shown.clone()).await?.ok()?;
        assert_eq!(done.get("signInWithPasskey.session.user.name"), "Dina");
        let token = done.text("signInWithPasskey.session.accessToken")?;
        let look = "{ viewer { user { email } sessions { method secondFactor current } } }";
        let seen = desk.app.client.gql(&token, look, json!({})).await?.ok()?;
        assert_eq!(seen.get("viewer.user.email"), "dina@nour.example");
        let sessions = seen.get("viewer.sessions").as_array().context("sessions")?;
        let current = sessions.iter().find(|session| session["current"] == true);
        assert_eq!(current, Some(&json!({ "method": "PASSKEY", "secondFactor": true, "current": true })));
        let replayed = desk.sign_in(shown).await?;
        assert_eq!(replayed.user_codes("signInWithPasskey"), ["PASSKEY_REFUSED"]);
    }

    // As the second factor of a password the browser is told which.
    let input = json!({ "email": "dina@nour.example", "password": PASSWORD });
    let owed = desk.app.client.mutate("", "signIn", "challenge { token }", input).await?;
    let challenge = owed.text("signIn.challenge.token")?;
    let shown = desk.perform("beginPasskeySignIn", "", json!({ "challengeToken": challenge }), GET).await?;
    let input = json!({ "challengeToken": challenge, "proof": { "passkey": shown } });
    let done = desk.app.client.mutate("", "completeSignIn", SESSION, input).await?;
    assert_eq!(done.get("completeSignIn.session.secondFactorRequired"), false);
    Ok(())
}

#[tokio::test]
async fn a_page_elsewhere_gets_nothing_that_is_taken() -> Result<()> {
    let mut desk = Desk::new().await?;
    let (home, elsewhere) = (desk.home.url.clone(), desk.elsewhere.url.clone());
    // A browser tells ports apart by their origin alone: the page at the other one is given an answer, and it is refused.
    desk.go(&elsewhere).await?;
    let made = desk.make().await?;
    let refused = desk.app.client.try_mutate(&desk.token, "addPasskey", PASSKEY, made).await?;
    assert_eq!(refused.user_codes("addPasskey"), ["PASSKEY_REFUSED"], "{}", refused.body);
    assert_eq!(desk.app.db.count("passkey").await?, 0);

    desk.go(&home).await?;
    let made = desk.make().await?;
    desk.app.client.mutate(&desk.token, "addPasskey", PASSKEY, made).await?;
    let kept = async |desk: &Desk| -> Result<String> {
        desk.app.db.value("select (select count(*) from session) || ' ' || (select p::text from passkey p)").await
    };
    let before = kept(&desk).await?;
    desk.go(&elsewhere).await?;
    let shown = desk.show().await?;
    let refused = desk.sign_in(shown).await?;
    assert_eq!(refused.user_codes("signInWithPasskey"), ["PASSKEY_REFUSED"], "{}", refused.body);
    assert!(refused.get("signInWithPasskey.session").is_null());
    assert_eq!(kept(&desk).await?, before);

    // At another name the browser itself gives nothing.
    let mut bare = home.clone();
    bare.set_host(Some("127.0.0.1"))?;
    desk.go(&bare).await?;
    for refused in [desk.show().await, desk.make().await] {
        let refused = refused.err().context("a passkey at a bare address")?;
        assert!(refused.to_string().contains("SecurityError"), "{refused}");
    }
    assert_eq!(kept(&desk).await?, before);
    desk.go(&home).await?;
    let shown = desk.show().await?;
    desk.sign_in(shown).await?.ok()?;
    Ok(())
}
