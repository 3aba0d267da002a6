//! Figures through HTTP: what is told of a period, bad input, and who is told.

use anyhow::Result;
use diwan_domain::insights::kpi::Formula;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const QUERY: &str =
    "query($input: InsightsInput!) { insights(input: $input) { from to comparedFrom comparedTo youngPosts
  figures { kpi unit currency value noValue before difference changePercent missingNetworks formula source }
  contentTypes { contentType posts counted interactions }
  gaps { account { id } publication { id } reason beganAt tries endedAt } } }";

fn asked(desk: &Desk, from: &str, to: &str) -> Value {
    json!({ "input": { "brandId": id("brand", desk.brand), "from": from, "to": to } })
}

#[tokio::test]
async fn a_period_is_told_beside_the_one_before() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    // What is on the network already is not sent.
    desk.app.leave_jobs();
    let mut published = Vec::new();
    for at in ["2024-03-10T09:00:00Z", "2024-02-10T09:00:00Z"] {
        let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Hello", &desk.person).await?;
        let (publication, _) = desk.app.publication(desk.brand, post, at.parse()?).await?;
        desk.app
            .db
            .run(&format!(
                "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'LIKES',
                   case when published_at >= '2024-03-01' then 6 else 4 end, published_at + interval '2 days'
                   from publication where id = '{publication}'"
            ))
            .await?;
        published.push(publication);
    }
    desk.app
        .db
        .run(&format!(
            "insert into metric_gap (id, brand_id, social_account_id, publication_id, reason, began_at, ended_at)
             values (gen_random_uuid(), '{}', '{}', '{}', 'NETWORK', '2024-03-11T09:00:00Z', '2024-03-12T09:00:00Z')",
            desk.brand, desk.mastodon, published[0]
        ))
        .await?;
    let before = fingerprint(&desk.app).await?;
    let answer =
        desk.app.client.gql(&desk.person.token, QUERY, asked(&desk, "2024-03-01", "2024-03-31")).await?.ok()?;
    let told = answer.get("insights");
    assert_eq!((&told["comparedFrom"], &told["comparedTo"]), (&json!("2024-02-01"), &json!("2024-02-29")));
    assert_eq!(told["youngPosts"], 0);
    let figure = |kpi: &str| {
        let figures = told["figures"].as_array().into_iter().flatten();
        figures.filter(|figure| figure["kpi"] == kpi).cloned().collect::<Vec<_>>()
    };
    let interactions = json!({ "kpi": "INTERACTIONS", "unit": "COUNT", "currency": null, "value": "6", "noValue": null, "before": "4",
      "difference": "2", "changePercent": "50", "missingNetworks": [], "formula": "likes + reposts + replies + quotes + bookmarks",
      "source": "https://blog.hootsuite.com/calculate-engagement-rate/" });
    assert_eq!(figure("INTERACTIONS"), [interactions]);
    let reach = figure("REACH");
    assert_eq!((&reach[0]["value"], &reach[0]["noValue"]), (&Value::Null, &json!("MISSING")));
    assert_eq!(reach[0]["missingNetworks"], json!(["mastodon"]));
    assert_eq!(told["figures"].as_array().map(Vec::len), Some(Formula::ALL.len()));
    assert_eq!(told["contentTypes"], json!([{ "contentType": "TEXT", "posts": 1, "counted": 1, "interactions": 6 }]));
    let gap = &told["gaps"][0];
    assert_eq!((&gap["reason"], &gap["tries"]), (&json!("NETWORK"), &json!(1)));
    assert_eq!(gap["publication"]["id"], id("publication", published[0]));
    assert_eq!(gap["account"]["id"], id("account", desk.mastodon));
    assert_eq!(fingerprint(&desk.app).await?, before, "asking changes nothing");
    Ok(())
}

#[tokio::test]
async fn bad_input_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    for (from, to, code) in [
        ("2024-03-02", "2024-03-01", "INVALID"),
        ("2199-01-01", "2199-01-02", "INVALID"),
        ("2024-01-01", "2099-01-02", "TOO_MANY"),
        ("2024-01-01", "+12024-01-02", "INVALID"),
    ] {
        let answer = desk.app.client.gql(&desk.person.token, QUERY, asked(&desk, from, to)).await?;
        assert!([code, "BAD_REQUEST"].contains(&answer.code()), "{from} {to}: {}", answer.body);
    }
    for input in [
        json!({ "input": { "brandId": id("brand", desk.brand), "from": "2024-03-01" } }),
        json!({ "input": { "brandId": id("brand", desk.brand), "from": "March", "to": "2024-03-01" } }),
        json!({ "input": { "brandId": id("brand", desk.brand), "from": "2024-03-01", "to": "2024-03-01", "against": "LAST_WEEK" } }),
        json!({ "input": null }),
    ] {
        let answer = desk.app.client.gql(&desk.person.token, QUERY, input.clone()).await?;
        assert_eq!(answer.code(), "BAD_REQUEST", "{input}: {}", answer.body);
    }
    for brand in [nobodys("brand"), id("post", desk.brand), "x".to_owned()] {
        let input = json!({ "input": { "brandId": brand, "from": "2024-03-01", "to": "2024-03-31" } });
        assert_eq!(desk.app.client.gql(&desk.person.token, QUERY, input).await?.code(), "NOT_FOUND", "{brand}");
    }
    Ok(())
}

#[tokio::test]
async fn figures_are_for_mid_and_above() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    for (level, kind) in
        [(Level::Junior, UserKind::Staff), (Level::Junior, UserKind::Freelancer), (Level::Junior, UserKind::Client)]
    {
        let who = desk.app.member(desk.brand, level, kind).await?;
        let answer = desk.app.client.gql(&who.token, QUERY, asked(&desk, "2024-03-01", "2024-03-31")).await?;
        assert_eq!(answer.code(), "FORBIDDEN", "{kind:?}: {}", answer.body);
    }
    Ok(())
}
