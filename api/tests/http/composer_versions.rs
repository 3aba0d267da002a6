//! Everything that a post ever said, and bringing it back.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const VERSIONS: &str = "query($id: ID!) { node(id: $id) { ... on Post { versions(first: 9) { nodes { version title restoredFrom
  savedBy { id } partnership variants { text language socialAccount { id } assets { id } assetCount }
  changes { __typename ... on TitleChange { pieces { kind text } } ... on VariantTextChange { pieces { kind text } socialAccount { id } }
    ... on AccountsChange { added { text } removed { text } order { id } } ... on PartnershipChange { before now }
    ... on VariantAssetsChange { was: before { id } is: now { id } } ... on VariantLanguageChange { from: before to: now }
    ... on PillarChange { pillarBefore: before { id } pillarNow: now { id } } } } } } } }";

impl Desk {
    async fn versions(&self, post: &str) -> Result<Vec<Value>> {
        let answer = self.app.client.gql(&self.person.token, VERSIONS, json!({ "id": post })).await?.ok()?;
        Ok(answer.get("node.versions.nodes").as_array().cloned().unwrap_or_default())
    }

    async fn restore(&self, post: &str, version: i32, from: i32) -> Result<Vec<String>> {
        let input = json!({ "postId": post, "version": version, "from": from });
        Ok(self.try_mutate("restorePost", "post { version }", input).await?.user_codes("restorePost"))
    }
}

#[tokio::test]
async fn every_content_stays_and_comes_back() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (bluesky, mastodon) = (id("account", desk.bluesky), id("account", desk.mastodon));
    let asset = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let first = json!({ "calendarId": id("calendar", desk.calendar), "title": "Launch", "partnership": "GIFT", "variants": [
      { "socialAccountId": bluesky, "text": "Hello dear world", "language": "en", "assetIds": [asset] },
      { "socialAccountId": mastodon, "text": "سلام" }] });
    let post = desk.mutate("createPost", "post { id }", first).await?.text("createPost.post.id")?;
    let second = json!({ "postId": post, "version": 1, "title": "Launch day", "partnership": null,
      "variants": [{ "socialAccountId": bluesky, "text": "Hello whole world", "language": "el" }] });
    desk.mutate("updatePost", "post { version }", second).await?;

    let versions = desk.versions(&post).await?;
    assert_eq!(versions.iter().map(|one| &one["version"]).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        versions[1]["variants"][0],
        json!({ "text": "Hello dear world", "language": "en", "socialAccount": { "id": bluesky },
      "assets": [{ "id": asset }], "assetCount": 1 })
    );
    assert_eq!(versions[0]["savedBy"]["id"], id("user", desk.person.id));
    assert_eq!(
        versions[0]["changes"],
        json!([
            { "__typename": "TitleChange", "pieces": [{ "kind": "KEPT", "text": "Launch" }, { "kind": "ADDED", "text": " day" }] },
            { "__typename": "PartnershipChange", "before": "GIFT", "now": null },
            { "__typename": "AccountsChange", "added": null, "removed": { "text": "سلام" }, "order": [] },
            { "__typename": "VariantTextChange", "socialAccount": { "id": bluesky }, "pieces": [
                { "kind": "KEPT", "text": "Hello " }, { "kind": "REMOVED", "text": "dear" }, { "kind": "ADDED", "text": "whole" },
                { "kind": "KEPT", "text": " world" }] },
            { "__typename": "VariantLanguageChange", "from": "en", "to": "el" },
            { "__typename": "VariantAssetsChange", "was": [{ "id": asset }], "is": [] },
        ])
    );

    assert_eq!(desk.restore(&post, 2, 1).await?, [""; 0]);
    let versions = desk.versions(&post).await?;
    assert_eq!(versions.len(), 3, "what came in between stays");
    assert_eq!((&versions[0]["version"], &versions[0]["restoredFrom"]), (&json!(3), &json!(1)));
    for field in ["title", "partnership", "variants"] {
        assert_eq!(versions[0][field], versions[2][field], "{field}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_come_back_is_refused_and_leaves_nothing() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let variants = json!([{ "socialAccountId": id("account", desk.bluesky), "text": "Hello" }]);
    let input = json!({ "calendarId": id("calendar", desk.calendar), "title": "Launch", "variants": variants });
    let post = desk.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")?;
    desk.mutate("updatePost", "post { id }", json!({ "postId": post, "version": 1, "title": "Empty" })).await?;
    let before = fingerprint(&desk.app).await?;
    assert_eq!(desk.restore(&post, 1, 1).await?, ["CHANGED_MEANWHILE"]);
    assert_eq!(desk.restore(&post, 2, 7).await?, ["NOT_FOUND"]);
    assert_eq!(desk.restore(&post, 2, -1).await?, ["NOT_FOUND"]);
    assert_eq!(desk.restore(&nobodys("post"), 2, 1).await?, ["NOT_FOUND"]);
    assert_eq!(desk.restore(&id("brand", desk.brand), 2, 1).await?, ["NOT_FOUND"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    let gone =
        format!("update social_account set state = 'DISCONNECTED', credentials = null where id = '{}'", desk.bluesky);
    desk.app.db.run(&gone).await?;
    let before = fingerprint(&desk.app).await?;
    assert_eq!(desk.restore(&post, 2, 1).await?, ["ACCOUNT_NOT_CONNECTED"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn clients_see_what_was_sent_to_them_and_not_how_it_came_to_be() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let input = json!({ "calendarId": id("calendar", desk.calendar), "title": "Secret" });
    let post = desk.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let freelancer = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    desk.app.db.run("update post set title = 'Open', sent_to_client_at = now()").await?;
    let seen = desk.app.client.gql(&client.token, VERSIONS, json!({ "id": post })).await?;
    assert_eq!(seen.code(), "FORBIDDEN", "{}", seen.body);
    assert!(!seen.body.to_string().contains("Secret"));
    let restore = json!({ "postId": post, "version": 1, "from": 1 });
    let before = fingerprint(&desk.app).await?;
    for (who, code) in [(&client, "FORBIDDEN"), (&freelancer, "NOT_FOUND")] {
        let answer = desk.app.client.try_mutate(&who.token, "restorePost", "post { id }", restore.clone()).await?;
        assert_eq!(answer.user_codes("restorePost"), [code]);
        // The same where the application asks for everything: row-level security alone.
        let context = desk.app.act(who).await?;
        let rows: i64 = context.rows::<Count>("select count(*) as count from post_version", []).await?[0].count;
        assert_eq!(rows, 0);
        context.roll_back().await?;
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct Count {
    count: i64,
}
