//! Requests that are malformed, wrong, too much.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::http::Method;
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use crate::kit::{fingerprint, id};

#[tokio::test]
async fn what_is_no_request_is_told_so() -> Result<()> {
    let app = TestApp::new().await?;
    let token = app.cmo().await?;
    let before = fingerprint(&app).await?;
    for body in [
        "",
        "hello",
        "{",
        "null",
        "42",
        "\"{ viewer { user { id } } }\"",
        "{}",
        r#"{"query": 5}"#,
        r#"{"query": ""}"#,
        r#"{"query": "{"}"#,
        r#"{"query": "{ viewer }"}"#,
        r#"{"query": "{ nothing }"}"#,
        r#"{"query": "query A { agency { id } } query B { agency { id } }"}"#,
        r#"{"query": "query A { agency { id } }", "operationName": "B"}"#,
        r#"{"query": "{ agency { id } }", "variables": "none"}"#,
        r#"[{"query": "{ agency { id } }"}, {"query": "{ agency { id } }"}]"#,
        r#"{"query": "{ brand(id: 5, id: 6) { id } }"}"#,
        r#"{"query": "mutation { createBrand(input: { nam: \"X\" }) { brand { id } } }"}"#,
        r#"{"query": "mutation { createBrand(input: { name: 5 }) { brand { id } } }"}"#,
        r#"{"query": "mutation { createBrand(input: { name: \"X\", locale: XX }) { brand { id } } }"}"#,
        r#"{"query": "subscription { publicationChanged(brandId: \"x\") { id } }"}"#,
    ] {
        let answer = app.client.send(&token, Some("a key of this test"), body).await?;
        assert!(answer.status == 400 || answer.status == 200, "{body}: {}", answer.status);
        assert_eq!(answer.code(), "BAD_REQUEST", "{body}: {}", answer.body);
        assert!(
            answer.body["data"].is_null() && answer.body["errors"][0]["extensions"]["requestId"].is_string(),
            "{body}"
        );
    }
    let not_utf8 = app.client.send(&token, None, vec![b'{', 0xff, b'}']).await?;
    assert_eq!(not_utf8.code(), "BAD_REQUEST");
    assert_eq!(fingerprint(&app).await?, before);
    assert_eq!(app.db.count("idempotency_record").await?, 0, "no key was spent");
    Ok(())
}

#[tokio::test]
async fn what_is_too_much_is_refused_before_it_runs() -> Result<()> {
    let app = TestApp::new().await?;
    let token = app.cmo().await?;
    app.brand("Alpha").await?;
    let nested = |depth: usize| {
        format!(
            "{{ brands(first: 1) {{ nodes {{ posts(first: 1) {{ nodes {{ {}id{} }} }} }} }} }}",
            "brand { posts(first: 1) { nodes { ".repeat(depth),
            " } } }".repeat(depth)
        )
    };
    let aliases = |number: usize| {
        let all: Vec<_> = (0..number).map(|n| format!("a{n}: agency {{ id }}")).collect();
        format!("{{ {} }}", all.join(" "))
    };
    let rows = "{ brands(first: 100) { nodes { posts(first: 100) { nodes { id title state } } } } }".to_owned();
    let mutations: Vec<_> =
        (0..21).map(|n| format!("createBrand(input: {{ name: \"{n}\" }}) {{ brand {{ id }} }}")).collect();
    let before = (fingerprint(&app).await?, app.db.statements());
    for (what, query, code) in [
        ("depth", nested(8), "TOO_DEEP"),
        ("depth without an end", "{ ...A } fragment A on Query { ...A }".to_owned(), "TOO_DEEP"),
        ("aliases", aliases(41), "TOO_COMPLEX"),
        ("rows times rows", rows, "TOO_COMPLEX"),
        ("mutations", format!("mutation {{ {} }}", mutations.join(" ")), "TOO_COMPLEX"),
    ] {
        let answer = app.client.gql(&token, &query, json!({})).await?;
        assert_eq!(answer.code(), code, "{what}: {}", answer.body);
        assert!(answer.body["data"].is_null(), "{what}");
    }
    let beyond = format!("{{ {}id{} }}", "a { ".repeat(5000), " }".repeat(5000));
    let answer = app.client.gql(&token, &beyond, json!({})).await?;
    assert!(["TOO_DEEP", "BAD_REQUEST"].contains(&answer.code()) && answer.body["data"].is_null(), "{}", answer.body);
    let large = json!({ "query": "{ agency { id } }", "variables": { "x": "y".repeat(300_000) } }).to_string();
    let answer = app.client.send(&token, None, large).await?;
    assert_eq!((answer.status, answer.code()), (413, "TOO_COMPLEX"));
    let ids = vec![id("brand", uuid::Uuid::nil()); 101];
    let answer =
        app.client.gql(&token, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await?;
    assert_eq!(answer.code(), "BAD_REQUEST");
    assert_eq!(fingerprint(&app).await?, before.0);
    assert!(app.db.statements() - before.1 < 40, "refused requests read next to nothing");

    app.client.gql(&token, &nested(1), json!({})).await?.ok()?;
    app.client.gql(&token, &aliases(40), json!({})).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn the_cost_is_told_and_what_is_spent_is_spent() -> Result<()> {
    let app = TestApp::new().await?;
    let token = app.cmo().await?;
    let query = "{ rateLimit { limit remaining } brands(first: 10) { nodes { id name } } }";
    let first = app.client.gql(&token, query, json!({})).await?.ok()?;
    let cost =
        first.body["extensions"]["cost"]["requested"].as_i64().with_context(|| format!("no cost in {}", first.body))?;
    assert!(cost >= 20, "ten brands of two fields: {cost}");
    let remaining = |answer: &diwan_testkit::client::Answer| answer.body["extensions"]["cost"]["remaining"].as_i64();
    assert_eq!(first.response.header("ratelimit-remaining").map(str::parse), remaining(&first).map(Ok));
    let second = app.client.gql(&token, query, json!({})).await?.ok()?;
    assert_eq!(remaining(&first).context("a number")? - remaining(&second).context("a number")?, cost);

    // Another caller has points of their own.
    let other = app.chief().await?;
    let other = app.client.gql(&other.token, query, json!({})).await?.ok()?;
    assert_eq!(remaining(&other), remaining(&first));

    let dear = "{ brands(first: 100) { nodes { posts(first: 90) { nodes { id } } } } }";
    let mut last = app.client.gql(&token, dear, json!({})).await?;
    let mut spent = 0;
    while last.code().is_empty() && spent < 40 {
        last = app.client.gql(&token, dear, json!({})).await?;
        spent += 1;
    }
    assert_eq!(last.code(), "RATE_LIMITED", "after {spent}: {}", last.body);
    assert!(last.body["data"].is_null());
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_in_the_callers_language() -> Result<()> {
    let app = TestApp::new().await?;
    let person = app.person(UserKind::Staff, None).await?;
    for (locale, languages) in [("fa", "el"), ("ar", "en"), ("el", "fa"), ("he", "en"), ("en", "he")] {
        app.db.run(&format!("update app_user set locale = '{locale}' where id = '{}'", person.id)).await?;
        let mutation = r#"{"query":"mutation { signOut { signedOut } }"}"#;
        for (token, body, code) in [
            (person.token.as_str(), r#"{"query":"{ nothing }"}"#, "BAD_REQUEST"),
            (person.token.as_str(), r#"{"query":"{ viewer { memberships { "}"#, "BAD_REQUEST"),
            (person.token.as_str(), mutation, "IDEMPOTENCY_KEY_REQUIRED"),
            ("", "[]", "BAD_REQUEST"),
            ("forged.token.here", r#"{"query":"{ viewer { can(action: BRAND_READ) } }"}"#, "UNAUTHENTICATED"),
        ] {
            // Whoever is known is told in their own language, whatever the program asks for; of others that is all there is.
            let known = !token.starts_with("forged") && !token.is_empty() && !body.contains("memberships");
            let expected = if known { locale } else { languages };
            let mut request = app.client.request(Method::POST, "/graphql")?.bytes("application/json", body.into());
            request = request.header("accept-language", languages);
            if !token.is_empty() {
                request = request.bearer(token);
            }
            let answer: Value = request.send().await?.json()?;
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
            let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
            let letters = match expected {
                "fa" | "ar" => '\u{0600}'..='\u{06FF}',
                "he" => '\u{0590}'..='\u{05FF}',
                "el" => '\u{0370}'..='\u{03FF}',
                _ => 'a'..='z',
            };
            let foreign = |c: char| c > '\u{0370}' && c < '\u{0700}' && !letters.contains(&c);
            assert!(
                message.chars().any(|c| letters.contains(&c)) && !message.contains(foreign),
                "{expected}: {message}"
            );
        }
    }
    Ok(())
}
