//! Signing in at an identity provider, with a real one (npm's `oidc-provider`).

use std::time::Duration;

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::totp;
use diwan_testkit::client::Answer;
use diwan_testkit::servers::OidcServer;
use diwan_testkit::services::PUBLIC_URL;
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};

use crate::kit::fingerprint;

/// Whom the provider knows as `d-1`.
pub const EMAIL: &str = "dina@nour.example";
const COMPLETE: &str = "session { accessToken refreshToken secondFactorRequired } challenge { token } pending";
const PROVIDER: &str =
    "identityProvider { id name issuer callbackUrl scopes state trouble version enabled secondFactor createsPeople }";

/// The API beside a provider that it may call.
pub struct Desk {
    pub app: TestApp,
    pub idp: OidcServer,
    pub cmo: String,
}

impl Desk {
    pub async fn new() -> Result<Self> {
        let mut idp = OidcServer::start(&format!("{PUBLIC_URL}sso/callback")).await?;
        idp.tell("accounts", json!({ "d-1": { "email": EMAIL, "email_verified": true, "name": "Dina" } })).await?;
        let app = TestApp::with(Settings { servers: vec![idp.issuer.clone()], ..Settings::default() }).await?;
        let cmo = app.cmo().await?;
        Ok(Self { app, idp, cmo })
    }

    pub fn input(&self, issuer: &str, more: &Value) -> Value {
        let mut input = json!({ "name": "Nour ID", "issuer": issuer, "clientId": self.idp.client_id,
            "clientSecret": self.idp.client_secret });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    }

    /// Adds the real provider and lets its metadata be read. Answers its id.
    pub async fn provider(&self, more: Value) -> Result<String> {
        self.provider_at(&self.idp.issuer(), more).await
    }

    pub async fn provider_at(&self, issuer: &str, more: Value) -> Result<String> {
        let input = self.input(issuer, &more);
        let added = self.app.client.mutate(&self.cmo, "addIdentityProvider", PROVIDER, input).await?;
        assert_eq!(added.get("addIdentityProvider.identityProvider.state"), "PENDING");
        self.app.run_jobs().await?;
        added.text("addIdentityProvider.identityProvider.id")
    }

    /// State and trouble of the one provider.
    pub async fn look(&self) -> Result<(String, Value)> {
        let seen = self.app.client.gql(&self.cmo, "{ identityProviders { state trouble } }", json!({})).await?.ok()?;
        Ok((seen.text("identityProviders.0.state")?, seen.get("identityProviders.0.trouble").clone()))
    }

    /// Answers where to send the browser, and the ticket.
    pub async fn begin(&self, provider: &str) -> Result<(String, String)> {
        let input = json!({ "identityProviderId": provider });
        let selection = "authorizationUrl ticket expiresIn";
        let begun = self.app.client.mutate("", "beginSingleSignOn", selection, input).await?;
        assert_eq!(begun.get("beginSingleSignOn.expiresIn"), 600);
        Ok((begun.text("beginSingleSignOn.authorizationUrl")?, begun.text("beginSingleSignOn.ticket")?))
    }

    /// What the browser that comes back is shown: the code of return.
    pub async fn arrive(&self, callback: &str) -> Result<String> {
        let page = self.app.client.get(callback).await?;
        let text = String::from_utf8(page.body.to_vec())?;
        assert_eq!(page.status.as_u16(), 200, "{text}");
        let code = text.split("<strong dir=\"ltr\">").nth(1).and_then(|rest| rest.split('<').next());
        Ok(code.with_context(|| format!("no code in {text}"))?.to_owned())
    }

    pub async fn complete(&self, ticket: &str, code: &str) -> Result<Answer> {
        let input = json!({ "ticket": ticket, "code": code });
        self.app.client.try_mutate("", "completeSingleSignOn", COMPLETE, input).await
    }

    /// The whole way of somebody who fills in `form` at the provider.
    pub async fn sign_on(&self, provider: &str, form: &[(&str, &str)]) -> Result<Answer> {
        let (url, ticket) = self.begin(provider).await?;
        let back = self.idp.sign_in(&url, form).await?;
        let code = self.arrive(back.as_str()).await?;
        self.app.run_jobs().await?;
        self.complete(&ticket, &code).await
    }

    /// That somebody is refused, and why as the audit trail has it.
    pub async fn refused(&self, provider: &str, login: &str) -> Result<String> {
        let sessions = self.app.db.count("session").await?;
        let answer = self.sign_on(provider, &[("login", login)]).await?;
        assert_refused(&answer);
        assert_eq!(self.app.db.count("session").await?, sessions);
        self.why().await
    }

    /// Why the last was refused.
    pub async fn why(&self) -> Result<String> {
        let sql = "select detail ->> 'why' from audit_event where action = 'session.refused' order by seq desc limit 1";
        self.app.db.value(sql).await
    }
}

/// The one refusal, which tells nothing.
pub fn assert_refused(answer: &Answer) {
    assert_eq!(answer.user_codes("completeSingleSignOn"), ["SINGLE_SIGN_ON_REFUSED"], "{}", answer.body);
    let data = answer.get("completeSingleSignOn");
    assert_eq!((&data["session"], &data["challenge"], &data["pending"]), (&Value::Null, &Value::Null, &json!(false)));
}

/// The access token of a session.
fn token(answer: &Answer) -> Result<String> {
    answer.text("completeSingleSignOn.session.accessToken")
}

#[tokio::test]
async fn somebody_signs_in_at_a_provider() -> Result<()> {
    let desk = Desk::new().await?;
    let client = &desk.app.client;
    let options = "{ signInOptions { identityProviders { id name } } }";
    assert_eq!(client.gql("", options, json!({})).await?.ok()?.get("signInOptions.identityProviders"), &json!([]));
    let provider = desk.provider(json!({})).await?;
    assert_eq!(desk.look().await?, ("READY".to_owned(), Value::Null));
    let seen = client.gql("", options, json!({})).await?.ok()?;
    assert_eq!(seen.get("signInOptions.identityProviders"), &json!([{ "id": provider, "name": "Nour ID" }]));

    let (url, ticket) = desk.begin(&provider).await?;
    for part in ["code_challenge_method=S256", "response_type=code", "scope=openid+email+profile", "nonce=", "state="] {
        assert!(url.contains(part), "{part} is not in {url}");
    }
    assert!(!url.contains(&ticket));
    assert_eq!(desk.complete(&ticket, "").await?.ok()?.get("completeSingleSignOn.pending"), true);
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    let code = desk.arrive(back.as_str()).await?;
    let waiting = desk.complete(&ticket, &code).await?.ok()?;
    assert_eq!(waiting.get("completeSingleSignOn.pending"), true);
    desk.app.run_jobs().await?;
    let done = desk.complete(&ticket, &code.to_uppercase().replace('-', " ")).await?.ok()?;
    let who = "{ viewer { user { email } sessions { method secondFactor current } } }";
    let who = client.gql(&token(&done)?, who, json!({})).await?.ok()?;
    assert_eq!(who.get("viewer.user.email"), EMAIL);
    let own =
        who.get("viewer.sessions").as_array().and_then(|all| all.iter().find(|one| one["current"] == true).cloned());
    assert_eq!(own, Some(json!({ "method": "SINGLE_SIGN_ON", "secondFactor": false, "current": true })));
    assert_eq!(desk.complete(&ticket, &code).await?.user_codes("completeSingleSignOn"), ["CHALLENGE_EXPIRED"], "once");
    let trail: String = desk
        .app
        .db
        .value("select string_agg(action, ' ' order by seq) from audit_event where action ~ '^(identity|session.begin)' and detail::text !~ 'PASSWORD'")
        .await?;
    assert_eq!(trail, "identity_provider.add identity.link session.begin");

    // Nothing readable of any secret is kept, and what was sealed is gone.
    assert_eq!(desk.app.db.value::<i64>("select count(*) from single_sign_on where secret is not null").await?, 0);
    for secret in [desk.idp.client_secret, &ticket, &code] {
        let hex = data_encoding::HEXLOWER.encode(secret.as_bytes());
        for table in ["identity_provider", "single_sign_on", "audit_event", "idempotency_record", "job"] {
            let sql = format!(
                "select count(*) from {table} t where position('{secret}' in t::text) > 0 or position('{hex}' in t::text) > 0"
            );
            assert_eq!(desk.app.db.value::<i64>(&sql).await?, 0, "{table}");
        }
    }
    // The provider that leaves the address out of the ID token was asked for it; one that does not needs no asking.
    let mut desk = desk;
    desk.idp.tell("conform", json!(false)).await?;
    desk.sign_on(&provider, &[("login", "d-1")]).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn an_application_on_the_web_is_given_the_code() -> Result<()> {
    let desk = Desk::new().await?;
    let address = "https://app.nour.example/signed-in?from=diwan";
    let provider = desk.provider(json!({ "returnAddresses": [address] })).await?;
    for other in ["https://app.nour.example/", "https://evil.example/", ""] {
        let input = json!({ "identityProviderId": provider, "redirectUri": other });
        let refused = desk.app.client.try_mutate("", "beginSingleSignOn", "ticket", input).await?;
        assert_eq!(refused.user_codes("beginSingleSignOn"), ["INVALID"], "{other}");
    }
    assert_eq!(desk.app.db.count("single_sign_on").await?, 0);
    let input = json!({ "identityProviderId": provider, "redirectUri": address });
    let begun = desk.app.client.mutate("", "beginSingleSignOn", "authorizationUrl ticket", input).await?;
    let url = begun.text("beginSingleSignOn.authorizationUrl")?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    let sent_on = desk.app.client.get(back.as_str()).await?;
    assert_eq!(sent_on.status.as_u16(), 303);
    let to = sent_on.header("location").context("an address")?;
    let code = to.strip_prefix(&format!("{address}&code=")).with_context(|| format!("not there: {to}"))?;
    desk.app.run_jobs().await?;
    token(&desk.complete(&begun.text("beginSingleSignOn.ticket")?, code).await?.ok()?)?;
    Ok(())
}

#[tokio::test]
async fn an_answer_counts_once_and_for_who_began_and_who_came_back() -> Result<()> {
    let desk = Desk::new().await?;
    let provider = desk.provider(json!({})).await?;
    let (url, ticket) = desk.begin(&provider).await?;
    let (other_url, other_ticket) = desk.begin(&provider).await?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    let before = fingerprint(&desk.app).await?;
    for wrong in ["", "state_guess", "%00"] {
        let page = desk.app.client.get(&format!("/sso/callback?code=abc&state={wrong}")).await?;
        assert_eq!(page.status.as_u16(), 404, "{wrong}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    let code = desk.arrive(back.as_str()).await?;
    let replayed = desk.app.client.request(diwan_platform::http::Method::GET, back.as_str())?;
    let replayed = replayed.header("accept-language", "el").send().await?;
    assert_eq!(replayed.status.as_u16(), 404);
    assert!(String::from_utf8_lossy(&replayed.body).contains("lang=\"el\""));
    desk.app.run_jobs().await?;

    // Another client's ticket opens nothing with this code, nor this ticket with another's.
    let other_back = desk.idp.sign_in(&other_url, &[("login", "d-1")]).await?;
    let other_code = desk.arrive(other_back.as_str()).await?;
    desk.app.run_jobs().await?;
    let sessions = desk.app.db.count("session").await?;
    assert_refused(&desk.complete(&other_ticket, &code).await?);
    assert_refused(&desk.complete(&ticket, &other_code).await?);
    for nobodys in ["", "ticket_guess"] {
        let gone = desk.complete(nobodys, &code).await?;
        assert_eq!(gone.user_codes("completeSingleSignOn"), ["CHALLENGE_EXPIRED"]);
    }
    for _ in 0..4 {
        assert_refused(&desk.complete(&ticket, "aaaa-aaaa").await?);
    }
    let over = desk.complete(&ticket, &code).await?;
    assert_eq!(over.user_codes("completeSingleSignOn"), ["CHALLENGE_EXPIRED"], "five were wrong");
    desk.app.db.run("update single_sign_on set expires_at = now() where state = 'PROVED'").await?;
    let late = desk.complete(&other_ticket, &other_code).await?;
    assert_eq!(late.user_codes("completeSingleSignOn"), ["CHALLENGE_EXPIRED"], "too late");
    assert_eq!(desk.app.db.count("session").await?, sessions);
    desk.app.db.value::<i64>("select app.forget_single_sign_ons(now() + interval '1 hour')").await?;
    assert_eq!(desk.app.db.count("single_sign_on").await?, 0);

    // Somebody who does not agree, and an answer in another's name.
    let (url, ticket) = desk.begin(&provider).await?;
    let back = desk.idp.sign_in(&url, &[("cancel", "yes")]).await?;
    let page = desk.app.client.get(back.as_str()).await?;
    assert!(String::from_utf8_lossy(&page.body).contains("did not agree"));
    assert_eq!(desk.why().await?, "DECLINED");
    let (url, _) = desk.begin(&provider).await?;
    let mut back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    let pairs: Vec<(String, String)> = back.query_pairs().into_owned().filter(|(name, _)| name != "iss").collect();
    back.query_pairs_mut().clear().extend_pairs(pairs).append_pair("iss", "https://other.example");
    desk.app.client.get(back.as_str()).await?;
    assert_eq!(desk.why().await?, "OTHER_ISSUER");
    drop(ticket);
    Ok(())
}

#[tokio::test]
async fn who_is_not_known_is_refused_with_the_same_words() -> Result<()> {
    let mut desk = Desk::new().await?;
    let provider = desk.provider(json!({ "allowedDomains": ["@Nour.Example", "partner.example"] })).await?;
    let brand = desk.app.brand("Alpha").await?;
    let gone = desk.app.member(brand, Level::Mid, UserKind::Staff).await?;
    let invited = desk.app.member(brand, Level::Mid, UserKind::Staff).await?;
    desk.app.db.run(&format!("update app_user set deactivated_at = now() where id = '{}'", gone.id)).await?;
    desk.app.db.run(&format!("update app_user set joined_at = null where id = '{}'", invited.id)).await?;
    let account = |email: &str, verified: bool| json!({ "email": email, "email_verified": verified });
    desk.idp
        .tell(
            "accounts",
            json!({ "unverified": account(EMAIL, false), "foreign": account("sami@other.example", true),
                "unknown": account("nobody@nour.example", true), "gone": account(&gone.email, true),
                "uninvited": account(&invited.email, true), "nameless": {}, "d-1": account(EMAIL, true) }),
        )
        .await?;
    for (login, why) in [
        ("unverified", "ADDRESS_NOT_VERIFIED"),
        ("foreign", "ADDRESS_NOT_ALLOWED"),
        ("unknown", "UNKNOWN_PERSON"),
        ("gone", "DEACTIVATED"),
        ("uninvited", "NOT_INVITED"),
        ("nameless", "NO_ADDRESS"),
    ] {
        assert_eq!(desk.refused(&provider, login).await?, why);
    }
    assert_eq!(desk.app.db.count("identity_link").await?, 0);
    let people = desk.app.db.count("app_user").await?;

    // Deactivated between the provider's answer and the session.
    let (url, ticket) = desk.begin(&provider).await?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    let code = desk.arrive(back.as_str()).await?;
    desk.app.run_jobs().await?;
    desk.app.db.run(&format!("update app_user set deactivated_at = now() where email = '{EMAIL}'")).await?;
    assert_refused(&desk.complete(&ticket, &code).await?);
    assert_eq!(desk.refused(&provider, "d-1").await?, "DEACTIVATED");
    assert_eq!(desk.app.db.count("app_user").await?, people);
    Ok(())
}

#[tokio::test]
async fn somebody_stays_who_they_are_when_their_address_changes() -> Result<()> {
    let mut desk = Desk::new().await?;
    let provider = desk.provider(json!({})).await?;
    token(&desk.sign_on(&provider, &[("login", "d-1")]).await?.ok()?)?;
    // The provider gives the address to somebody else.
    let accounts = json!({ "d-1": { "email": "dina@married.example", "email_verified": true },
        "d-2": { "email": EMAIL, "email_verified": true }, "new": { "email": "new@nour.example", "email_verified": true, "name": "Nadia" } });
    desk.idp.tell("accounts", accounts).await?;
    let session = token(&desk.sign_on(&provider, &[("login", "d-1")]).await?.ok()?)?;
    let who = desk.app.client.gql(&session, "{ viewer { user { email } } }", json!({})).await?.ok()?;
    assert_eq!(who.get("viewer.user.email"), EMAIL);
    assert_eq!(desk.refused(&provider, "d-2").await?, "OTHER_IDENTITY");

    // Accounts for newcomers, where the agency wants them.
    let change = |version: i32| json!({ "identityProviderId": provider, "version": version, "createsPeople": true });
    let refused = desk.app.client.try_mutate(&desk.cmo, "updateIdentityProvider", PROVIDER, change(1)).await?;
    assert_eq!(refused.user_codes("updateIdentityProvider"), ["INVALID"], "whoever can register there");
    let mut wanted = change(1);
    wanted["allowedDomains"] = json!(["nour.example"]);
    desk.app.client.mutate(&desk.cmo, "updateIdentityProvider", PROVIDER, wanted).await?;
    desk.app.run_jobs().await?;
    let session = token(&desk.sign_on(&provider, &[("login", "new")]).await?.ok()?)?;
    let look = "{ viewer { user { name } } brands(first: 5) { nodes { id } } }";
    let who = desk.app.client.gql(&session, look, json!({})).await?.ok()?;
    assert_eq!((who.get("viewer.user.name"), who.get("brands.nodes")), (&json!("Nadia"), &json!([])));

    // Somebody who was invited joins by signing in.
    let brand = desk.app.brand("Alpha").await?;
    let lina = desk.app.member(brand, Level::Mid, UserKind::Staff).await?;
    desk.app
        .db
        .run(&format!(
            "update app_user set joined_at = null where id = '{0}';
             insert into invitation (id, user_id, token_hash, invited_by, created_at, expires_at)
               values (gen_random_uuid(), '{0}', sha256('x'), '{0}', now(), now() + interval '1 day')",
            lina.id
        ))
        .await?;
    desk.idp.tell("accounts", json!({ "lina": { "email": lina.email, "email_verified": true } })).await?;
    token(&desk.sign_on(&provider, &[("login", "lina")]).await?.ok()?)?;
    let joined = "select count(*) from app_user u join invitation i on i.user_id = u.id where u.joined_at is not null and i.accepted_at is not null";
    assert_eq!(desk.app.db.value::<i64>(joined).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_and_one_with_new_keys_is_believed() -> Result<()> {
    let mut desk = Desk::new().await?;
    let provider = desk.provider(json!({})).await?;
    desk.idp.close();
    desk.idp.open().await?;
    token(&desk.sign_on(&provider, &[("login", "d-1")]).await?.ok()?)?;

    let (url, ticket) = desk.begin(&provider).await?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    let code = desk.arrive(back.as_str()).await?;
    desk.idp.close();
    desk.app.run_jobs().await?;
    let waiting = desk.complete(&ticket, &code).await?.ok()?;
    assert_eq!(waiting.get("completeSingleSignOn.pending"), true, "it is tried again");
    let over = async || {
        Ok(desk.app.db.value::<i64>("select count(*) from single_sign_on where state = 'ARRIVED'").await? == 0)
    };
    desk.app.run_jobs_until(Duration::from_secs(20), over).await?;
    assert_refused(&desk.complete(&ticket, &code).await?);
    assert_eq!(desk.why().await?, "AWAY");

    let input = json!({ "identityProviderId": provider, "version": 1, "name": "Nour" });
    desk.app.client.mutate(&desk.cmo, "updateIdentityProvider", PROVIDER, input).await?;
    let failed = async || Ok(desk.look().await?.0 == "FAILED");
    desk.app.run_jobs_until(Duration::from_secs(20), failed).await?;
    let words = desk.look().await?.1;
    assert!(words.as_str().is_some_and(|words| words.starts_with("The provider could not be reached")), "{words}");
    desk.app.db.run(&format!("update app_user set locale = 'fa' where email = '{EMAIL}'")).await?;
    assert!(desk.look().await?.1.as_str().is_some_and(|words| words.contains("ارائه‌دهنده")));
    // What was read before is still used.
    let options = desk.app.client.gql("", "{ signInOptions { identityProviders { name } } }", json!({})).await?.ok()?;
    assert_eq!(options.get("signInOptions.identityProviders.0.name"), "Nour");
    Ok(())
}

#[tokio::test]
async fn the_second_factor_is_the_providers_or_ones_own() -> Result<()> {
    let desk = Desk::new().await?;
    let provider = desk.provider(json!({})).await?;
    let set = async |version: i32, second_factor: &str| {
        let input = json!({ "identityProviderId": provider, "version": version, "secondFactor": second_factor });
        desk.app.client.mutate(&desk.cmo, "updateIdentityProvider", PROVIDER, input).await?;
        desk.app.run_jobs().await
    };
    let owed = async |amr: &str| {
        let answer = desk.sign_on(&provider, &[("login", "d-1"), ("amr", amr)]).await?.ok()?;
        anyhow::Ok(answer.get("completeSingleSignOn.session.secondFactorRequired").clone())
    };
    assert_eq!(owed("pwd,mfa").await?, false, "nobody asks for one");
    set(1, "CLAIMED").await?;
    let (secret, session) = {
        let session = token(&desk.sign_on(&provider, &[("login", "d-1"), ("amr", "pwd,mfa")]).await?.ok()?)?;
        let begin = "mutation { beginTotp { secret userErrors { code } } }";
        let secret = desk.app.client.gql(&session, begin, json!({})).await?.ok()?.text("beginTotp.secret")?;
        (data_encoding::BASE32_NOPAD.decode(secret.as_bytes())?, session)
    };
    desk.app.db.run("update agency set require_second_factor = true").await?;
    assert_eq!(owed("pwd,mfa").await?, false);
    assert_eq!(owed("pwd").await?, true, "the provider does not say so");
    let step = totp::step_of(desk.app.services.now().timestamp());
    desk.app
        .client
        .mutate(&session, "confirmTotp", "recoveryCodes", json!({ "code": totp::code(&secret, step) }))
        .await?;

    // With a factor of one's own it is asked for, unless the provider's counts.
    assert_eq!(owed("pwd,mfa").await?, false);
    let answer = desk.sign_on(&provider, &[("login", "d-1"), ("amr", "pwd")]).await?.ok()?;
    assert!(answer.get("completeSingleSignOn.session").is_null());
    let challenge = answer.text("completeSingleSignOn.challenge.token")?;
    let input = json!({ "challengeToken": challenge, "proof": { "code": totp::code(&secret, step + 1) } });
    let done =
        desk.app.client.mutate("", "completeSignIn", "session { accessToken secondFactorRequired }", input).await?;
    assert_eq!(done.get("completeSignIn.session.secondFactorRequired"), false);
    let method = "select method || second_factor::text from session order by created_at desc, id desc limit 1";
    assert_eq!(desk.app.db.value::<String>(method).await?, "SINGLE_SIGN_ONtrue");
    desk.app.db.run("update agency set require_second_factor = false").await?;
    set(2, "ALWAYS").await?;
    assert_eq!(owed("pwd").await?, false, "no challenge either");
    set(3, "NEVER").await?;
    assert_eq!(owed("pwd,mfa").await?, Value::Null, "a challenge");
    Ok(())
}
