//! Figures by dimensions through HTTP: groups, the hours of the week, the posts that did best; bad input, and who is told.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const GROUPS: &str = "query($input: ExploreInsightsInput!) { exploreInsights(input: $input) { totalCount more
  groups { posts youngPosts keys { dimension key label } figures { metric unit value noValue missingNetworks } } } }";
const HOURS: &str =
    "query($input: InsightsHeatMapInput!) { insightsHeatMap(input: $input) { posts counted enough needed neededPerTime
  missingNetworks cells { weekday hour posts counted enough mean median } } }";
const POSTS: &str =
    "posts { place publication { id } figures { metric value noValue } } postsInAll counted missingNetworks compared
  shared { of key label posts share postsOfAll shareOfAll probability }";

fn ranked(name: &str) -> String {
    format!("query($input: RankedPostsInput!) {{ {name}(input: $input) {{ {POSTS} }} }}")
}

/// A desk with three posts of March 2024: two on Mastodon with likes, and one on Bluesky of which nobody said anything.
async fn desk() -> Result<(Desk, Vec<String>)> {
    let mut desk = Desk::new(Level::Mid).await?;
    // What is on the network already is not sent.
    desk.app.leave_jobs();
    let mut published = Vec::new();
    for (account, at, likes) in [
        (desk.mastodon, "2024-03-04T22:30:00Z", Some(6)),
        (desk.mastodon, "2024-03-12T09:00:00Z", Some(4)),
        (desk.bluesky, "2024-03-13T09:00:00Z", None),
    ] {
        let (post, _) = desk.app.post(desk.brand, account, "Hello", &desk.person).await?;
        let (publication, _) = desk.app.publication(desk.brand, post, at.parse()?).await?;
        let said = likes.map_or("false".to_owned(), |likes| format!("{likes} > 0"));
        desk.app
            .db
            .run(&format!(
                "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'LIKES', {},
                   published_at + interval '2 days' from publication where id = '{publication}' and {said}",
                likes.unwrap_or(0)
            ))
            .await?;
        published.push(id("publication", publication));
    }
    Ok((desk, published))
}

fn march(desk: &Desk, more: Value) -> Value {
    let mut input = json!({ "brandIds": [id("brand", desk.brand)], "from": "2024-03-01", "to": "2024-03-31" });
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
    json!({ "input": input })
}

#[tokio::test]
async fn figures_are_divided() -> Result<()> {
    let (desk, _) = desk().await?;
    let before = fingerprint(&desk.app).await?;
    let ask = async |more: Value| -> Result<Value> {
        let answer = desk.app.client.gql(&desk.person.token, GROUPS, march(&desk, more)).await?.ok()?;
        Ok(answer.get("exploreInsights").clone())
    };
    let metrics = json!(["INTERACTIONS"]);
    let told = ask(json!({ "metrics": metrics, "dimensions": ["WEEKDAY"], "orderBy": { "metric": "INTERACTIONS", "descending": true },
      "first": 2 }))
    .await?;
    let figure = |value: Value, why: Value, missing: Value| {
        json!([{ "metric": "INTERACTIONS", "unit": "COUNT", "value": value, "noValue": why,
      "missingNetworks": missing }])
    };
    let group = |keys: Value, figures: Value| json!({ "posts": 1, "youngPosts": 0, "keys": keys, "figures": figures });
    let weekday = |key: &str| json!([{ "dimension": "WEEKDAY", "key": key, "label": null }]);
    // Half an hour past midnight by the brand's clock: Tuesday the fifth.
    let both = json!({ "totalCount": 2, "more": false, "groups": [
      { "posts": 2, "youngPosts": 0, "keys": weekday("2"), "figures": figure(json!("10"), Value::Null, json!([])) },
      group(weekday("3"), figure(Value::Null, json!("MISSING"), json!(["bluesky"]))) ] });
    assert_eq!(told, both);

    let accounts = ask(json!({ "metrics": metrics, "dimensions": ["ACCOUNT"], "first": 1,
      "filters": [{ "dimension": "ACCOUNT", "keys": [id("account", desk.bluesky), id("account", desk.mastodon)] },
        { "dimension": "NETWORK", "keys": ["bluesky"] }, { "dimension": "HOUR", "keys": ["11"] },
        { "dimension": "CAMPAIGN", "keys": [null] }] }))
    .await?;
    assert_eq!((&accounts["totalCount"], &accounts["more"]), (&json!(1), &json!(false)));
    let key = &accounts["groups"][0]["keys"][0];
    assert_eq!((&key["dimension"], &key["key"]), (&json!("ACCOUNT"), &json!(id("account", desk.bluesky))));
    assert!(key["label"].as_str().is_some_and(|label| label.contains("bluesky")));
    // What people said was read under none of them.
    let answers = ask(json!({ "metrics": ["RESPONSE_TIME", "RESPONSE_RATE"], "dimensions": ["CAMPAIGN"] })).await?;
    let untold = |metric: &str, unit: &str| {
        json!({ "metric": metric, "unit": unit, "value": null, "noValue": "MISSING",
      "missingNetworks": ["bluesky", "mastodon"] })
    };
    let expected = json!([{ "posts": 3, "youngPosts": 0, "keys": [{ "dimension": "CAMPAIGN", "key": null, "label": null }],
      "figures": [untold("RESPONSE_TIME", "SECONDS"), untold("RESPONSE_RATE", "PERCENT")] }]);
    assert_eq!(answers["groups"], expected);
    let weeks =
        ask(json!({ "metrics": ["PUBLISHED_POSTS", "FOLLOWERS"], "dimensions": ["WEEK", "NETWORK"], "first": 3 }))
            .await?;
    // The week of 26 February to that of 25 March, for each of two networks.
    assert_eq!((&weeks["totalCount"], &weeks["more"]), (&json!(10), &json!(true)));
    assert_eq!(weeks["groups"][0]["keys"][0]["key"], "2024-02-26");
    assert_eq!(fingerprint(&desk.app).await?, before, "asking changes nothing");
    Ok(())
}

#[tokio::test]
async fn hours_and_the_best_posts_are_told() -> Result<()> {
    let (desk, published) = desk().await?;
    let input = json!({ "input": { "brandId": id("brand", desk.brand), "from": "2024-03-01", "to": "2024-03-31" } });
    let answer = desk.app.client.gql(&desk.person.token, HOURS, input).await?.ok()?;
    let cell = |weekday: i32, hour: i32, counted: i32| {
        json!({ "weekday": weekday, "hour": hour, "posts": 1, "counted": counted,
      "enough": false, "mean": null, "median": null })
    };
    let hours = json!({ "posts": 3, "counted": 2, "enough": false, "needed": 20, "neededPerTime": 3, "missingNetworks": ["bluesky"],
      "cells": [cell(2, 0, 1), cell(2, 11, 1), cell(3, 11, 0)] });
    assert_eq!(answer.get("insightsHeatMap"), &hours);

    for (name, order) in [("topPosts", [0, 1]), ("bottomPosts", [1, 0])] {
        let asked = march(&desk, json!({ "metric": "INTERACTIONS", "first": 5 }));
        let answer = desk.app.client.gql(&desk.person.token, &ranked(name), asked).await?.ok()?;
        let told = answer.get(name);
        assert_eq!((&told["postsInAll"], &told["counted"]), (&json!(3), &json!(2)));
        assert_eq!((&told["compared"], &told["shared"]), (&json!(false), &json!([])), "of two posts nothing is told");
        assert_eq!(told["missingNetworks"], json!(["bluesky"]));
        let posts: Vec<(&Value, &Value)> = told["posts"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|post| (&post["place"], &post["publication"]["id"]))
            .collect();
        let expected = [json!(1), json!(2)];
        let ids = order.map(|place: usize| json!(published[place]));
        assert_eq!(posts, [(&expected[0], &ids[0]), (&expected[1], &ids[1])], "{name}");
        let likes = ["6", "4"][order[0]];
        let figure = json!({ "metric": "INTERACTIONS", "value": likes, "noValue": null });
        assert!(told["posts"][0]["figures"].as_array().is_some_and(|figures| figures.contains(&figure)), "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_divided_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let reach = json!(["REACH"]);
    for (more, code) in [
        (json!({ "metrics": ["FOLLOWERS"], "dimensions": ["PILLAR"] }), "NOT_BY_DIMENSION"),
        (json!({ "metrics": [] }), "INVALID"),
        (json!({ "metrics": reach, "first": 501 }), "INVALID"),
        (json!({ "metrics": reach, "dimensions": ["DAY", "MONTH"] }), "INVALID"),
        (json!({ "metrics": reach, "filters": [{ "dimension": "WEEKDAY", "keys": ["8"] }] }), "INVALID"),
        (json!({ "metrics": reach, "filters": [{ "dimension": "WEEKDAY", "keys": ["Monday"] }] }), "INVALID"),
        (json!({ "metrics": reach, "filters": [{ "dimension": "ACCOUNT", "keys": ["x"] }] }), "NOT_FOUND"),
        (json!({ "metrics": reach, "filters": [{ "dimension": "DAY", "keys": ["2024-03-01"] }] }), "BAD_REQUEST"),
        (json!({ "metrics": ["CONVERSIONS"] }), "BAD_REQUEST"),
        (json!({ "metrics": reach, "brandIds": [nobodys("brand")] }), "NOT_FOUND"),
        (json!({ "metrics": reach, "brandIds": [id("post", desk.brand)] }), "NOT_FOUND"),
    ] {
        let answer = desk.app.client.gql(&desk.person.token, GROUPS, march(&desk, more.clone())).await?;
        assert_eq!(answer.code(), code, "{more}: {}", answer.body);
    }
    let followers = march(&desk, json!({ "metrics": ["FOLLOWERS"], "dimensions": ["HOUR"] }));
    let answer = desk.app.client.gql(&desk.person.token, GROUPS, followers).await?;
    assert!(answer.body.to_string().contains("is a number of whole accounts: it cannot be told by"), "{}", answer.body);
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let posts = march(&desk, json!({ "metric": "REACH" }));
    for query in [ranked("topPosts"), ranked("bottomPosts")] {
        assert_eq!(desk.app.client.gql(&junior.token, &query, posts.clone()).await?.code(), "FORBIDDEN");
        let many = march(&desk, json!({ "metric": "REACH", "first": 51 }));
        assert_eq!(desk.app.client.gql(&desk.person.token, &query, many).await?.code(), "INVALID");
    }
    Ok(())
}
