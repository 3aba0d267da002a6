//! Lists: pages fit together in both directions, and cost the same number of statements however long they are.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::Level;
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::kit::{Desk, id};

const PAGE: &str = "query($brand: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  brand(id: $brand) { posts(first: $first, after: $after, last: $last, before: $before) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

struct Page {
    ids: Vec<String>,
    info: Value,
}

async fn page(desk: &Desk, window: Value) -> Result<Page> {
    let mut variables = window;
    variables["brand"] = id("brand", desk.brand).into();
    let answer = desk.app.client.gql(&desk.person.token, PAGE, variables).await?.ok()?;
    let list = answer.get("brand.posts");
    let ids: Vec<String> = list["nodes"]
        .as_array()
        .context("nodes")?
        .iter()
        .filter_map(|node| node["id"].as_str().map(str::to_owned))
        .collect();
    let edges: Vec<&Value> =
        list["edges"].as_array().context("edges")?.iter().map(|edge| &edge["node"]["id"]).collect();
    assert_eq!(edges, ids.iter().collect::<Vec<_>>());
    Ok(Page { ids, info: list["pageInfo"].clone() })
}

/// The whole list, walked in pages of `size` from one end.
async fn walk(desk: &Desk, size: usize, forward: bool, total: usize) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let window =
            if forward { json!({ "first": size, "after": cursor }) } else { json!({ "last": size, "before": cursor }) };
        let Page { ids, info } = page(desk, window).await?;
        let more = if forward { &info["hasNextPage"] } else { &info["hasPreviousPage"] };
        let near = if forward { &info["hasPreviousPage"] } else { &info["hasNextPage"] };
        assert_eq!(near, &json!(!cursor.is_null()));
        cursor = info[if forward { "endCursor" } else { "startCursor" }].clone();
        found = if forward { [found, ids].concat() } else { [ids, found].concat() };
        assert_eq!(more, &json!(found.len() < total), "after {} of {total}", found.len());
        if more == false {
            return Ok(found);
        }
    }
}

async fn fill(desk: &Desk, posts: usize) -> Result<()> {
    for number in 0..posts {
        let (post, _) = desk.app.post(desk.brand, desk.bluesky, &format!("Post {number}"), &desk.person).await?;
        desk.app.publication(desk.brand, post, desk.app.services.now() + Duration::days(1)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn pages_of_any_size_from_either_end_make_the_whole_list() -> Result<()> {
    const TOTAL: usize = 23;
    let desk = Desk::new(Level::Mid).await?;
    fill(&desk, TOTAL).await?;
    let whole = page(&desk, json!({ "first": 100 })).await?.ids;
    assert_eq!(whole.len(), TOTAL);
    let mut newest_first = whole.clone();
    newest_first.sort_by(|a, b| b.cmp(a));
    assert_eq!(whole, newest_first);

    // Any sizes will do; the same ones each time, so that a failure can be seen again.
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let case = (1..=30_usize, any::<bool>()).new_tree(&mut runner).map_err(|reason| anyhow::anyhow!("{reason}"))?;
        let (size, forward) = case.current();
        assert_eq!(walk(&desk, size, forward, TOTAL).await?, whole, "{size} forward {forward}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_goes_on_after_its_last_row_whatever_came_meanwhile() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    fill(&desk, 6).await?;
    let first = page(&desk, json!({ "first": 3 })).await?;
    fill(&desk, 2).await?;
    let second = page(&desk, json!({ "first": 3, "after": first.info["endCursor"] })).await?;
    assert_eq!(second.ids.len(), 3);
    assert!(second.ids.iter().all(|id| !first.ids.contains(id)), "no row twice");
    assert_eq!(second.info["hasNextPage"], false);
    let between = page(&desk, json!({ "first": 10, "before": first.info["startCursor"] })).await?;
    assert_eq!(between.ids.len(), 2, "what is new stands before");
    Ok(())
}

#[tokio::test]
async fn a_window_that_makes_no_sense_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    for window in [
        json!({}),
        json!({ "first": 0 }),
        json!({ "first": -1 }),
        json!({ "first": 101 }),
        json!({ "first": 5, "last": 5 }),
        json!({ "last": 101 }),
        json!({ "first": 5, "after": "" }),
        json!({ "first": 5, "after": "yesterday" }),
        json!({ "first": 5, "after": id("post", desk.brand) }),
    ] {
        let mut variables = window.clone();
        variables["brand"] = id("brand", desk.brand).into();
        let answer = desk.app.client.gql(&desk.person.token, PAGE, variables).await?;
        assert_eq!(answer.code(), "BAD_REQUEST", "{window}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_rows() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let query = "query($brand: ID!, $first: Int!) { brand(id: $brand) { posts(first: $first) { nodes { id title calendar { name } brand { name }
      createdBy { name } variants { text length socialAccount { handle } assets { id } }
      publications { state post { title } socialAccount { handle } attempts { number } metrics { value } metricsReadAt } } } } }";
    fill(&desk, 50).await?;
    let mut costs = Vec::new();
    for first in [5, 50] {
        let before = desk.app.db.statements();
        let variables = json!({ "brand": id("brand", desk.brand), "first": first });
        let answer = desk.app.client.gql(&desk.person.token, query, variables).await?.ok()?;
        assert_eq!(answer.get("brand.posts.nodes").as_array().map(Vec::len), Some(first));
        let last = answer.get(&format!("brand.posts.nodes.{}.publications.0.socialAccount.handle", first - 1));
        assert!(last.is_string(), "{}", answer.body);
        costs.push(desk.app.db.statements() - before);
    }
    // One per field that reads, wherever batches of two fields meet: how they meet differs from run to run by a few.
    assert!(costs.iter().all(|cost| (5..=20).contains(cost)), "statements for 5 and for 50 posts: {costs:?}");
    let edit = async |variants: usize| -> Result<usize> {
        let mut all = Vec::new();
        for _ in 0..variants {
            let account = desk.app.account(desk.brand, "bluesky", &desk.person).await?;
            all.push(json!({ "socialAccountId": id("account", account), "text": "x" }));
        }
        let input = json!({ "calendarId": id("calendar", desk.calendar), "title": "x", "variants": all });
        let before = desk.app.db.statements();
        desk.mutate("createPost", "post { id variants { text } }", input).await?;
        Ok(desk.app.db.statements() - before)
    };
    assert_eq!(edit(2).await?, edit(20).await?, "statements to write 2 and 20 variants");
    Ok(())
}
