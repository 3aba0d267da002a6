//! What the log never says, however much of it is switched on.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64;
use diwan_testkit::Logs;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::single_sign_on::{Desk, assert_refused};

/// What was secret in a test, each with what it is.
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: impl Into<String>) {
        self.0.push((what, secret.into()));
    }

    /// Those of an address, by the names of its parameters.
    fn add_from(&mut self, address: &str, names: &[&'static str]) -> Result<()> {
        let address = Url::parse(address)?;
        for name in names {
            let found = address.query_pairs().find(|(key, _)| key == name).context(*name)?.1.into_owned();
            self.add(name, found);
        }
        Ok(())
    }

    /// What of them stands in the log, in any of the forms in which forms, addresses and headers write it.
    fn found_in(&self, log: &str) -> Vec<&'static str> {
        let stands = |secret: &str| {
            let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let quoted = json!(secret).to_string();
            let forms = [
                secret.to_owned(),
                form.replace('+', "%20"),
                BASE64.encode(secret.as_bytes()),
                quoted.trim_matches('"').to_owned(),
                form,
            ];
            forms.iter().any(|form| log.contains(form.as_str()))
        };
        self.0.iter().filter(|(_, secret)| stands(secret)).map(|(what, _)| *what).collect()
    }
}

/// A sign-in to its end, however it ends, with everything in it that is secret.
async fn sign_on(desk: &Desk, provider: &str, secrets: &mut Secrets) -> Result<diwan_testkit::client::Answer> {
    let (url, ticket) = desk.begin(provider).await?;
    secrets.add_from(&url, &["state", "nonce"])?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    secrets.add_from(back.as_str(), &["code"])?;
    let code = desk.arrive(back.as_str()).await?;
    desk.app.run_jobs().await?;
    let done = desk.complete(&ticket, &code).await?;
    secrets.add("ticket", ticket);
    secrets.add("code of return", code);
    Ok(done)
}

#[tokio::test]
async fn no_secret_of_a_single_sign_on_is_logged() -> Result<()> {
    let logs = Logs::keep()?;
    let mut secrets = Secrets(Vec::new());
    // One that is logged is found, as it is and in what holds it.
    secrets.add("canary", "a canary, \"100%\" + yellow");
    tracing::info!(canary = "a canary, \"100%\" + yellow", "logging");
    assert_eq!(secrets.found_in(&logs.text()), ["canary"]);
    let form: String = form_urlencoded::byte_serialize(secrets.0[0].1.as_bytes()).collect();
    assert_eq!(secrets.found_in(&form), ["canary"]);
    secrets.0.clear();

    let mut desk = Desk::new().await?;
    let provider = desk.provider(json!({})).await?;
    let (id, secret) = (desk.idp.client_id, desk.idp.client_secret);
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    secrets.add("client secret", secret);
    secrets.add("client secret in a header", format!("{id}:{form}"));
    for registered in ["client_secret_basic", "client_secret_post"] {
        let methods = json!({ "registered": registered, "offered": ["client_secret_basic", "client_secret_post"] });
        desk.idp.tell("methods", methods).await?;
        let done = sign_on(&desk, &provider, &mut secrets).await?.ok()?;
        for token in ["accessToken", "refreshToken"] {
            secrets.add(token, done.text(&format!("completeSingleSignOn.session.{token}"))?);
        }
    }
    let exchanges = desk.idp.exchanges().await?;
    let parts = [
        ("verifier", "/verifier"),
        ("code", "/code"),
        ("ID token", "/gave/id_token"),
        ("provider's token", "/gave/access_token"),
    ];
    for (what, path) in parts {
        let found: Vec<&str> =
            exchanges.iter().filter_map(|exchange| exchange.pointer(path).and_then(Value::as_str)).collect();
        ensure!(found.len() == 2, "{what}: {} of 2 sign-ins", found.len());
        for secret in found {
            secrets.add(what, secret);
        }
    }

    // What goes wrong is logged, and says more: a wrong secret, an answer that comes again, a provider that is away.
    let wrong = "a wrong secret of a client";
    secrets.add("wrong client secret", wrong);
    let input = json!({ "identityProviderId": provider, "version": 1, "clientSecret": wrong });
    desk.app.client.mutate(&desk.cmo, "updateIdentityProvider", "identityProvider { id }", input).await?;
    desk.app.run_jobs().await?;
    assert_refused(&sign_on(&desk, &provider, &mut secrets).await?);
    assert_eq!(desk.why().await?, "CODE");
    let (url, ticket) = desk.begin(&provider).await?;
    secrets.add_from(&url, &["state", "nonce"])?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    secrets.add_from(back.as_str(), &["code"])?;
    let code = desk.arrive(back.as_str()).await?;
    assert_eq!(desk.app.client.get(back.as_str()).await?.status.as_u16(), 404);
    desk.idp.close();
    let over = async || {
        Ok(desk.app.db.value::<i64>("select count(*) from single_sign_on where state = 'ARRIVED'").await? == 0)
    };
    desk.app.run_jobs_until(Duration::from_secs(20), over).await?;
    assert_refused(&desk.complete(&ticket, &code).await?);
    assert_eq!(desk.why().await?, "AWAY");
    secrets.add("ticket", ticket);
    secrets.add("code of return", code);

    let log = logs.text();
    for line in
        ["outbound request", "a single sign-on was not accepted", "an identity provider is away", "a job failed"]
    {
        ensure!(log.contains(line), "the log has nothing of: {line}");
    }
    assert_eq!(secrets.found_in(&log), Vec::<&str>::new());
    Ok(())
}
