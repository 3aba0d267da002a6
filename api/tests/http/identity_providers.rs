//! Setting identity providers up, and providers that answer what they should not.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};
use url::Url;

use crate::kit::{fingerprint, nobodys};
use crate::single_sign_on::{Desk, EMAIL, assert_refused};

const PROVIDER: &str = "identityProvider { id version state }";

#[tokio::test]
async fn only_the_cmo_sets_providers_up() -> Result<()> {
    let desk = Desk::new().await?;
    let provider = desk.provider(json!({})).await?;
    let brand = desk.app.brand("Alpha").await?;
    let director = desk.app.person(UserKind::Staff, Some(Level::Director)).await?;
    let senior = desk.app.member(brand, Level::Senior, UserKind::Staff).await?;
    let client = desk.app.member(brand, Level::Junior, UserKind::Client).await?;
    let before = fingerprint(&desk.app).await?;
    for (token, code) in [
        (&director.token, "FORBIDDEN"),
        (&senior.token, "FORBIDDEN"),
        (&client.token, "FORBIDDEN"),
        (&String::new(), "SIGN_IN_REQUIRED"),
    ] {
        let list = desk.app.client.gql(token, "{ identityProviders { id clientId } }", json!({})).await?;
        assert!(list.code() == code || list.code() == "UNAUTHENTICATED", "{}", list.body);
        for (name, input) in [
            ("addIdentityProvider", desk.input("https://id.nour.example", &json!({}))),
            (
                "updateIdentityProvider",
                json!({ "identityProviderId": provider, "version": 1, "secondFactor": "ALWAYS" }),
            ),
            ("removeIdentityProvider", json!({ "identityProviderId": provider })),
        ] {
            let selection = if name == "removeIdentityProvider" { "removed" } else { PROVIDER };
            let refused = desk.app.client.try_mutate(token, name, selection, input).await?;
            assert_eq!(refused.user_codes(name), [code], "{name} {}", refused.body);
        }
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn settings_are_checked_changed_and_removed() -> Result<()> {
    let desk = Desk::new().await?;
    let before = fingerprint(&desk.app).await?;
    for (more, code, field) in [
        (json!({ "name": " " }), "INVALID", "name"),
        (json!({ "name": "n".repeat(101) }), "TOO_LONG", "name"),
        (json!({ "issuer": "https://10.0.0.5" }), "ADDRESS_NOT_ALLOWED", "issuer"),
        (json!({ "issuer": "http://id.nour.example" }), "ADDRESS_NOT_ALLOWED", "issuer"),
        (json!({ "issuer": "id.nour.example" }), "INVALID", "issuer"),
        (json!({ "issuer": "https://id.nour.example?tenant=1" }), "INVALID", "issuer"),
        (json!({ "clientId": "" }), "INVALID", "clientId"),
        (json!({ "clientSecret": "" }), "INVALID", "clientSecret"),
        (json!({ "scopes": ["email", "two words"] }), "INVALID", "scopes"),
        (json!({ "scopes": vec!["email"; 21] }), "TOO_MANY", "scopes"),
        (json!({ "allowedDomains": ["nour example"] }), "INVALID", "allowedDomains"),
        (json!({ "returnAddresses": ["http://app.nour.example/"] }), "INVALID", "returnAddresses"),
        (json!({ "returnAddresses": ["javascript:alert(1)"] }), "INVALID", "returnAddresses"),
        (json!({ "createsPeople": true }), "INVALID", "allowedDomains"),
    ] {
        let input = desk.input("https://id.nour.example", &more);
        let refused = desk.app.client.try_mutate(&desk.cmo, "addIdentityProvider", PROVIDER, input).await?;
        assert_eq!(refused.user_codes("addIdentityProvider"), [code], "{more}: {}", refused.body);
        assert_eq!(refused.get("addIdentityProvider.userErrors.0.field.0"), field, "{more}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);

    let provider = desk.provider(json!({ "returnAddresses": ["http://127.0.0.1:5173/in"] })).await?;
    let again = desk.input(&desk.idp.issuer(), &json!({}));
    let twice = desk.app.client.try_mutate(&desk.cmo, "addIdentityProvider", PROVIDER, again).await?;
    assert_eq!(twice.user_codes("addIdentityProvider"), ["ALREADY_EXISTS"]);
    let change =
        async |input: Value| desk.app.client.try_mutate(&desk.cmo, "updateIdentityProvider", PROVIDER, input).await;
    let stale = change(json!({ "identityProviderId": provider, "version": 7, "enabled": false })).await?;
    assert_eq!(stale.user_codes("updateIdentityProvider"), ["CHANGED_MEANWHILE"]);
    let nobody = change(json!({ "identityProviderId": nobodys("idp"), "version": 1 })).await?;
    assert_eq!(nobody.user_codes("updateIdentityProvider"), ["NOT_FOUND"]);

    // A wrong secret is what the provider refuses; the right one is taken again.
    change(json!({ "identityProviderId": provider, "version": 1, "clientSecret": "wrong" })).await?.ok()?;
    desk.app.run_jobs().await?;
    assert_eq!(desk.refused(&provider, "d-1").await?, "CODE");
    let secret = desk.idp.client_secret;
    change(json!({ "identityProviderId": provider, "version": 2, "clientSecret": secret })).await?.ok()?;
    desk.app.run_jobs().await?;
    desk.sign_on(&provider, &[("login", "d-1")]).await?.ok()?;

    // What is under way ends with the provider being switched off; removed, it is nobody's.
    let (url, ticket) = desk.begin(&provider).await?;
    let back = desk.idp.sign_in(&url, &[("login", "d-1")]).await?;
    change(json!({ "identityProviderId": provider, "version": 3, "enabled": false })).await?.ok()?;
    assert_eq!(desk.app.client.get(back.as_str()).await?.status.as_u16(), 404);
    let off = desk.complete(&ticket, "").await?;
    assert_eq!(off.user_codes("completeSingleSignOn"), ["CHALLENGE_EXPIRED"]);
    let begin = json!({ "identityProviderId": provider });
    let off = desk.app.client.try_mutate("", "beginSingleSignOn", "ticket", begin).await?;
    assert_eq!(off.user_codes("beginSingleSignOn"), ["NOT_FOUND"]);
    desk.app.run_jobs().await?;
    let input = json!({ "identityProviderId": provider });
    desk.app.client.mutate(&desk.cmo, "removeIdentityProvider", "removed", input).await?;
    for table in ["identity_provider", "identity_link", "single_sign_on"] {
        assert_eq!(desk.app.db.count(table).await?, 0, "{table}");
    }
    let leaked = "select count(*) from audit_event where detail::text like '%the secret of a client%'";
    assert_eq!(desk.app.db.value::<i64>(leaked).await?, 0);
    Ok(())
}

#[tokio::test]
async fn metadata_that_cannot_be_right_is_not_used() -> Result<()> {
    let mut desk = Desk::new().await?;
    let wrong = [
        (json!({ "metadata": { "issuer": "https://other.example" } }), "calls itself by another address"),
        (json!({ "metadata": { "id_token_signing_alg_values_supported": ["none", "HS256"] } }), "signs in no way"),
        (json!({ "metadata": { "jwks_uri": "http://10.0.0.5/keys" } }), "may not call this address"),
        (json!({ "status": 404 }), "no readable OpenID Connect metadata"),
    ];
    for (told, words) in wrong {
        desk.idp.tell("fake", told).await?;
        let provider = desk.provider_at(&desk.idp.fake_issuer(), json!({})).await?;
        let (state, trouble) = desk.look().await?;
        assert_eq!(state, "FAILED");
        assert!(trouble.as_str().is_some_and(|trouble| trouble.contains(words)), "{trouble}");
        let options =
            desk.app.client.gql("", "{ signInOptions { identityProviders { id } } }", json!({})).await?.ok()?;
        assert_eq!(options.get("signInOptions.identityProviders"), &json!([]));
        let input = json!({ "identityProviderId": provider });
        desk.app.client.mutate(&desk.cmo, "removeIdentityProvider", "removed", input).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_id_token_that_was_not_made_for_this_sign_in_is_refused() -> Result<()> {
    let mut desk = Desk::new().await?;
    let provider = desk.provider_at(&desk.idp.fake_issuer(), json!({})).await?;
    let now = desk.app.services.now().timestamp();
    let right = json!({ "email": EMAIL, "email_verified": true });
    let with = |claims: Value| {
        let mut all = right.clone();
        for (name, value) in claims.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        json!({ "claims": all })
    };
    let signed = |header: Value, by: &str| {
        let mut told = with(json!({}));
        told["header"] = header;
        told["by"] = json!(by);
        told
    };
    let cases = [
        ("another issuer", with(json!({ "iss": "https://other.example" })), false),
        ("another audience", with(json!({ "aud": "somebody else" })), false),
        ("several audiences", with(json!({ "aud": [desk.idp.client_id, "somebody else"] })), false),
        ("issued to another", with(json!({ "azp": "somebody else" })), false),
        ("expired", with(json!({ "exp": now - 10 })), false),
        ("old", with(json!({ "iat": now - 3600 })), false),
        ("of the future", with(json!({ "iat": now + 3600 })), false),
        ("another nonce", with(json!({ "nonce": "another" })), false),
        ("no nonce", with(json!({ "nonce": null })), false),
        ("another access token", with(json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" })), false),
        ("unsigned", signed(json!({ "alg": "none" }), "nobody"), false),
        ("signed with a shared secret", signed(json!({ "alg": "HS256" }), "key"), false),
        ("a stranger's key under its name", signed(json!({}), "stranger"), false),
        ("an unknown key", signed(json!({ "kid": "unknown" }), "stranger"), false),
        ("a status in words only", with(json!({ "email_verified": "true" })), false),
        ("all right", with(json!({})), true),
    ];
    for (what, mut told, taken) in cases {
        let (url, ticket) = desk.begin(&provider).await?;
        let url = Url::parse(&url)?;
        let part =
            |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        let (state, nonce) = (part("state").context("a state")?, part("nonce").context("a nonce")?);
        if told["claims"].get("nonce").is_none() {
            told["claims"]["nonce"] = json!(nonce);
        }
        desk.idp.tell("fake", told).await?;
        let code = desk.arrive(&format!("/sso/callback?code=abc&state={state}")).await?;
        desk.app.run_jobs().await?;
        let answer = desk.complete(&ticket, &code).await?;
        if taken {
            answer.ok()?.text("completeSingleSignOn.session.accessToken")?;
        } else {
            assert_refused(&answer);
            assert_eq!(desk.why().await?, "TOKEN", "{what}");
            assert_eq!(desk.app.db.count("identity_link").await?, 0, "{what}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_client_shows_its_secret_in_the_way_for_which_it_is_registered() -> Result<()> {
    const BASIC: &str = "client_secret_basic";
    const POST: &str = "client_secret_post";
    let mut desk = Desk::new().await?;
    let mut before = 0;
    for (registered, offered, shown) in [
        (BASIC, json!([BASIC, POST]), vec![BASIC]),
        (BASIC, json!([BASIC]), vec![BASIC]),
        (POST, json!([POST]), vec![POST]),
        // The metadata does not tell which of the two it is.
        (POST, json!([BASIC, POST]), vec![BASIC, POST]),
    ] {
        desk.idp.tell("methods", json!({ "registered": registered, "offered": offered })).await?;
        let provider = desk.provider(json!({})).await?;
        let done = desk.sign_on(&provider, &[("login", "d-1")]).await?.ok()?;
        done.text("completeSingleSignOn.session.accessToken")?;
        let exchanges = desk.idp.exchanges().await?;
        let ways = |from: usize| -> Vec<&str> {
            let way = |one: &Value| match (one["basic"] == true, one["post"] == true) {
                (true, false) => BASIC,
                (false, true) => POST,
                _ => "both or neither",
            };
            exchanges[from..].iter().map(way).collect()
        };
        assert_eq!(ways(before), shown, "registered for {registered}, offered {offered}");

        // A wrong secret is refused, in each way that there is, and opens nothing.
        let input = json!({ "identityProviderId": provider, "version": 1, "clientSecret": "wrong" });
        desk.app.client.mutate(&desk.cmo, "updateIdentityProvider", PROVIDER, input).await?;
        desk.app.run_jobs().await?;
        assert_eq!(desk.refused(&provider, "d-1").await?, "CODE");
        let exchanges = desk.idp.exchanges().await?;
        assert!(exchanges[before + shown.len()..].iter().all(|one| one["error"] == "invalid_client"));
        before = exchanges.len();
        let input = json!({ "identityProviderId": provider });
        desk.app.client.mutate(&desk.cmo, "removeIdentityProvider", "removed", input).await?;
    }
    Ok(())
}
