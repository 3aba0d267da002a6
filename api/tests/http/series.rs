//! Posts that come again, through the API: series and evergreen queues.

use anyhow::Result;
use diwan_entity::tenancy::app_user::Level;
use serde_json::{Value, json};

use crate::kit::{Desk, id, nobodys};

const SERIES: &str =
    "series { id rule time mode endedAt version post { id } occurrences { date post { state dueAt } trouble } }";
const QUEUE: &str = "queue { id name mode minDays maxCopies leadDays pausedAt version items { id } }";

fn every_day(desk: &Desk) -> Value {
    json!({ "rule": "FREQ=DAILY", "time": "09:00", "startsOn": desk.app.services.now().date_naive() })
}

#[tokio::test]
async fn a_series_is_made_changed_and_ended() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Again", &desk.person).await?;
    let post = id("post", post);
    let input = json!({ "postId": post, "rule": every_day(&desk) });
    let made = desk.mutate("createPostSeries", SERIES, input).await?.get("createPostSeries.series").clone();
    assert_eq!((&made["mode"], &made["occurrences"], &made["post"]["id"]), (&json!("DRAFT"), &json!([]), &json!(post)));
    desk.app.run_jobs().await?;
    let list = format!(
        "query($id: ID!) {{ brand(id: $id) {{ postSeries(first: 5) {{ nodes {{ {} }} }} }} }}",
        SERIES.trim_start_matches("series {").trim_end_matches('}')
    );
    let brand = json!({ "id": id("brand", desk.brand) });
    let seen = desk.app.client.gql(&desk.person.token, &list, brand.clone()).await?.ok()?;
    let made_ahead = seen.get("brand.postSeries.nodes.0.occurrences").as_array().map(Vec::len);
    assert!(made_ahead.is_some_and(|number| (59..=61).contains(&number)), "{made_ahead:?}");
    let change = |version: i32, rule: &str| {
        json!({ "seriesId": made["id"], "version": version, "mode": "SUBMIT",
          "rule": { "rule": rule, "time": "10:00", "startsOn": "2026-01-01" } })
    };
    desk.says("updatePostSeries", change(7, "FREQ=DAILY"), "CHANGED_MEANWHILE").await?;
    desk.says("updatePostSeries", change(1, "FREQ=MINUTELY"), "RULE_NOT_UNDERSTOOD").await?;
    let changed = desk.mutate("updatePostSeries", SERIES, change(1, "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1")).await?;
    assert_eq!(changed.get("updatePostSeries.series.version"), 2);
    let ended = desk.mutate("endPostSeries", SERIES, json!({ "seriesId": made["id"] })).await?;
    assert!(ended.get("endPostSeries.series.endedAt").is_string());
    desk.says("endPostSeries", json!({ "seriesId": made["id"] }), "WRONG_STATE").await?;
    desk.says("createPostSeries", json!({ "postId": nobodys("post"), "rule": every_day(&desk) }), "NOT_FOUND").await?;
    desk.app.db.run("update post set state = 'ARCHIVED', due_at = null").await?;
    desk.says("createPostSeries", json!({ "postId": post, "rule": every_day(&desk) }), "WRONG_STATE").await?;
    Ok(())
}

#[tokio::test]
async fn a_queue_fills_its_own_slots() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let brand = id("brand", desk.brand);
    let queue = |name: &str| json!({ "name": name, "minDays": 3, "leadDays": 10 });
    let input = json!({ "brandId": brand, "queue": queue("Evergreen") });
    let made = desk.mutate("createEvergreenQueue", QUEUE, input).await?.get("createEvergreenQueue.queue").clone();
    assert_eq!((&made["maxCopies"], &made["pausedAt"], &made["version"]), (&Value::Null, &Value::Null, &json!(1)));
    let slot = json!({ "brandId": brand, "calendarId": id("calendar", desk.calendar), "queueId": made["id"], "rule": every_day(&desk) });
    desk.mutate("createSlot", "slot { id queue { id } }", slot).await?;
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Again", &desk.person).await?;
    let add = json!({ "queueId": made["id"], "postId": id("post", post) });
    let item =
        desk.mutate("addToEvergreenQueue", "item { id }", add.clone()).await?.text("addToEvergreenQueue.item.id")?;
    desk.says("addToEvergreenQueue", add, "ALREADY_EXISTS").await?;
    desk.app.run_jobs().await?;
    let list =
        "query($id: ID!) { node(id: $id) { ... on EvergreenQueue { items { copies { date post { state } } } } } }";
    let seen = desk.app.client.gql(&desk.person.token, list, json!({ "id": made["id"] })).await?.ok()?;
    let copies = seen.get("node.items.0.copies").as_array().map(Vec::len);
    assert!(copies.is_some_and(|number| (3..=4).contains(&number)), "{copies:?}");
    // Its slots are not for other posts.
    let (other, _) = desk.app.post(desk.brand, desk.mastodon, "Once", &desk.person).await?;
    desk.says("placePost", json!({ "postId": id("post", other), "schedule": true }), "NO_FREE_SLOT").await?;

    for (wrong, code) in [
        (json!({ "name": " ", "minDays": 3 }), "INVALID"),
        (json!({ "name": "x".repeat(201), "minDays": 3 }), "TOO_LONG"),
        (json!({ "name": "Q", "minDays": 0 }), "INVALID"),
        (json!({ "name": "Q", "minDays": 367 }), "INVALID"),
        (json!({ "name": "Q", "minDays": 3, "maxCopies": 0 }), "INVALID"),
        (json!({ "name": "Q", "minDays": 3, "leadDays": 61 }), "INVALID"),
        (json!({ "name": "evergreen", "minDays": 3 }), "ALREADY_EXISTS"),
    ] {
        desk.says("createEvergreenQueue", json!({ "brandId": brand, "queue": wrong }), code).await?;
    }
    let change = |version: i32| json!({ "queueId": made["id"], "version": version, "queue": { "name": "Classics", "minDays": 7, "paused": true } });
    let changed = desk.mutate("updateEvergreenQueue", QUEUE, change(1)).await?;
    assert!(changed.get("updateEvergreenQueue.queue.pausedAt").is_string());
    desk.says("updateEvergreenQueue", change(1), "CHANGED_MEANWHILE").await?;
    for (queue, post) in
        [(nobodys("queue"), id("post", other)), (made["id"].as_str().unwrap_or_default().to_owned(), nobodys("post"))]
    {
        desk.says("addToEvergreenQueue", json!({ "queueId": queue, "postId": post }), "NOT_FOUND").await?;
    }
    desk.mutate("removeFromEvergreenQueue", "deletedId", json!({ "itemId": item })).await?;
    desk.says("removeFromEvergreenQueue", json!({ "itemId": item }), "NOT_FOUND").await?;
    desk.mutate("deleteEvergreenQueue", "deletedId", json!({ "queueId": made["id"] })).await?;
    desk.says("deleteEvergreenQueue", json!({ "queueId": made["id"] }), "NOT_FOUND").await?;
    Ok(())
}
