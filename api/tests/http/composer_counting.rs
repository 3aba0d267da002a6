//! How long texts are.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::Level;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};

const COUNT: &str = "query($text: String!, $networks: [String!]) { countText(text: $text, networks: $networks) {
  network name counts { part unit counted limit remaining } } }";
const VALIDATE: &str = "query($id: ID!, $due: DateTime) { validatePost(postId: $id, dueAt: $due) { valid
  problems { severity counted limit unit error { code message field } } } }";

impl Desk {
    async fn count(&self, text: &str, networks: Value) -> Result<Answer> {
        self.app.client.gql(&self.person.token, COUNT, json!({ "text": text, "networks": networks })).await
    }

    async fn drafted(&self, account: uuid::Uuid, text: &str, title: &str) -> Result<String> {
        let variants = json!([{ "socialAccountId": id("account", account), "text": text }]);
        let input = json!({ "calendarId": id("calendar", self.calendar), "title": title, "variants": variants });
        self.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")
    }

    async fn problems(&self, post: &str, due: Option<String>) -> Result<Vec<Value>> {
        let vars = json!({ "id": post, "due": due });
        let answer = self.app.client.gql(&self.person.token, VALIDATE, vars).await?.ok()?;
        Ok(answer.get("validatePost.problems").as_array().context("problems")?.clone())
    }
}

#[tokio::test]
async fn a_text_is_counted_on_every_network_while_it_is_written() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let before = fingerprint(&desk.app).await?;
    let text = format!("👩‍👩‍👧 https://example.com/{}", "x".repeat(300));
    let all = desk.count(&text, Value::Null).await?.ok()?;
    let all = all.get("countText").as_array().context("networks")?.clone();
    assert_eq!(all.len(), 12);
    let x = desk.count(&text, json!(["x", "bluesky"])).await?.ok()?;
    assert_eq!(
        x.get("countText.0"),
        &json!({ "network": "x", "name": "X", "counts": [
          { "part": "TEXT", "unit": "X_WEIGHTED", "counted": 26, "limit": 280, "remaining": 254 }] })
    );
    assert_eq!(x.get("countText.1.counts.0.remaining"), 300 - (2 + 20 + 300));
    assert_eq!(x.get("countText.1.counts.1.unit"), "BYTES");
    assert!(all.contains(x.get("countText.0")) && all.contains(x.get("countText.1")));
    let none = desk.count(&text, json!([])).await?.ok()?;
    assert_eq!(none.get("countText"), &json!([]));
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    for (text, networks, code) in [
        ("x".repeat(100_001), Value::Null, "TOO_LONG"),
        ("x".to_owned(), json!(["nowhere"]), "UNKNOWN_NETWORK"),
        ("x".to_owned(), json!(vec!["x"; 13]), "TOO_MANY"),
    ] {
        assert_eq!(desk.count(&text, networks).await?.code(), code);
    }
    let stranger = desk.app.client.gql("", COUNT, json!({ "text": "x" })).await?;
    assert_eq!(stranger.code(), "SIGN_IN_REQUIRED");
    Ok(())
}

#[tokio::test]
async fn a_text_that_is_too_long_is_measured() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let post = desk.drafted(desk.bluesky, &"é".repeat(301), "Long").await?;
    let found = desk.problems(&post, None).await?;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["counted"], &found[0]["limit"], &found[0]["unit"]),
        (&json!(301), &json!(300), &json!("GRAPHEMES"))
    );
    let empty = desk.drafted(desk.bluesky, " ", "Empty").await?;
    let found = desk.problems(&empty, None).await?;
    assert_eq!((&found[0]["error"]["code"], &found[0]["unit"]), (&json!("TEXT_EMPTY"), &Value::Null));
    Ok(())
}
