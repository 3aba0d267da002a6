//! Feeds through the API.

use anyhow::Result;
use diwan_entity::tenancy::app_user::Level;
use serde_json::json;

use crate::kit::{Desk, id, nobodys};

const SOURCE: &str =
    "source { id url title state everyMinutes failures trouble { kind message } version brand { id } }";

#[tokio::test]
async fn a_feed_is_followed_changed_and_given_up() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let brand = id("brand", desk.brand);
    let with = |url: &str| json!({ "brandId": brand, "url": url });
    let made = desk.mutate("createSource", SOURCE, with("https://news.example/feed.xml#top")).await?;
    let made = made.get("createSource.source").clone();
    assert_eq!(
        (&made["url"], &made["state"], &made["everyMinutes"]),
        (&json!("https://news.example/feed.xml"), &json!("ACTIVE"), &json!(60))
    );
    for (input, code) in [
        (with("https://news.example/feed.xml"), "ALREADY_EXISTS"),
        (with("http://news.example/feed.xml"), "ADDRESS_NOT_ALLOWED"),
        (with("https://192.168.0.1/feed"), "ADDRESS_NOT_ALLOWED"),
        (with("https://[fd00::1]/feed"), "ADDRESS_NOT_ALLOWED"),
        (with("file:///etc/passwd"), "INVALID"),
        (with("news"), "INVALID"),
        (with(&format!("https://news.example/{}", "x".repeat(2100))), "TOO_LONG"),
        (json!({ "brandId": brand, "url": "https://news.example/2", "everyMinutes": 14 }), "INVALID"),
        (json!({ "brandId": brand, "url": "https://news.example/2", "everyMinutes": 10081 }), "INVALID"),
        (json!({ "brandId": brand, "url": "https://news.example/2", "title": " " }), "INVALID"),
        (json!({ "brandId": nobodys("brand"), "url": "https://news.example/2" }), "NOT_FOUND"),
    ] {
        desk.says("createSource", input, code).await?;
    }
    let change = |version: i32| json!({ "sourceId": made["id"], "version": version, "title": "Mine", "paused": true });
    let changed = desk.mutate("updateSource", SOURCE, change(1)).await?;
    assert_eq!(changed.get("updateSource.source.title"), "Mine");
    assert_eq!(changed.get("updateSource.source.state"), "PAUSED");
    desk.says("updateSource", change(1), "CHANGED_MEANWHILE").await?;
    desk.says("refreshSource", json!({ "sourceId": made["id"] }), "WRONG_STATE").await?;
    let again = json!({ "sourceId": made["id"], "version": 2, "paused": false });
    desk.mutate("updateSource", SOURCE, again).await?;
    desk.mutate("refreshSource", SOURCE, json!({ "sourceId": made["id"] })).await?;
    desk.mutate("deleteSource", "deletedId", json!({ "sourceId": made["id"] })).await?;
    desk.says("deleteSource", json!({ "sourceId": made["id"] }), "NOT_FOUND").await?;
    Ok(())
}

#[tokio::test]
async fn what_a_feed_brought_is_read_and_put_away() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let written = desk.app.fill_brand("Beta").await?;
    desk.app.join(&desk.person, written.brand, Level::Junior).await?;
    let (brand, item) = (id("brand", written.brand), id("sourceitem", written.planning.source_item));
    let list = "query($id: ID!, $filter: SourceItemFilterInput) { brand(id: $id) {
      sources(first: 5) { nodes { title } } sourceItems(first: 5, filter: $filter) { nodes { id title summary author url source { title } } } } }";
    let ask = async |filter: serde_json::Value| {
        desk.app.client.gql(&desk.person.token, list, json!({ "id": brand, "filter": filter })).await
    };
    let seen = ask(json!({ "sourceId": id("source", written.planning.source) })).await?.ok()?;
    assert_eq!(seen.get("brand.sourceItems.nodes.0.id"), &json!(item));
    assert_eq!(seen.get("brand.sourceItems.nodes.0.source.title"), "News");
    let dismiss = |dismissed: bool| json!({ "itemId": item, "dismissed": dismissed });
    desk.mutate("dismissSourceItem", "item { dismissedAt }", dismiss(true)).await?;
    assert_eq!(ask(json!({})).await?.ok()?.get("brand.sourceItems.nodes"), &json!([]));
    assert_eq!(ask(json!({ "dismissed": true })).await?.ok()?.get("brand.sourceItems.nodes.0.id"), &json!(item));
    desk.mutate("dismissSourceItem", "item { dismissedAt }", dismiss(false)).await?;
    assert_eq!(ask(json!({})).await?.ok()?.get("brand.sourceItems.nodes.0.id"), &json!(item));
    let calendar = id("calendar", written.calendar);
    let draft = |calendar: &str, account: String| json!({ "itemId": item, "calendarId": calendar, "socialAccountIds": [account] });
    let account = || id("account", written.account);
    let selection = "post { title state variants { text } curatedFrom { sourceTitle sourceUrl credit item { id } } }";
    let made = desk.mutate("draftFromSourceItem", selection, draft(&calendar, account())).await?;
    let post = made.get("draftFromSourceItem.post");
    assert_eq!((&post["title"], &post["state"]), (&json!("Coffee"), &json!("DRAFT")));
    assert_eq!(post["variants"][0]["text"], "Coffee\n\nhttps://news.example/1\n\n— Lina, News");
    let from = json!({ "sourceTitle": "News", "sourceUrl": "https://news.example/1", "credit": "Lina", "item": { "id": item } });
    assert_eq!(post["curatedFrom"], from);
    desk.says("draftFromSourceItem", draft(&id("calendar", desk.calendar), account()), "NOT_FOUND").await?;
    desk.says("draftFromSourceItem", draft(&calendar, id("account", desk.mastodon)), "NOT_FOUND").await?;
    desk.says("dismissSourceItem", json!({ "itemId": nobodys("sourceitem") }), "NOT_FOUND").await?;
    desk.says("deleteSource", json!({ "sourceId": id("source", written.planning.source) }), "FORBIDDEN").await?;
    Ok(())
}
