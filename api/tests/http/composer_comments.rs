//! Comments that answer each other and call on people.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, fingerprint, id, nobodys};

const COMMENT: &str = "comment { id visibility replyTo { id } mentions { id } }";

struct Talk {
    desk: Desk,
    post: Uuid,
}

impl Talk {
    async fn new() -> Result<Self> {
        let mut desk = Desk::new(Level::Mid).await?;
        desk.app.leave_jobs();
        let (post, _) = desk.app.post(desk.brand, desk.bluesky, "Hello", &desk.person).await?;
        Ok(Self { desk, post })
    }

    fn say(&self, visibility: &str, more: &Value) -> Value {
        let mut input = json!({ "postId": id("post", self.post), "body": "Look", "visibility": visibility });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    }

    async fn said(&self, by: &Person, visibility: &str, more: Value) -> Result<String> {
        let client = &self.desk.app.client;
        client
            .mutate(&by.token, "commentOnPost", COMMENT, self.say(visibility, &more))
            .await?
            .text("commentOnPost.comment.id")
    }

    async fn refused(&self, by: &Person, visibility: &str, more: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.desk.app).await?;
        let input = self.say(visibility, &more);
        let answer = self.desk.app.client.try_mutate(&by.token, "commentOnPost", COMMENT, input).await?;
        assert_eq!(answer.user_codes("commentOnPost"), [code], "{more}: {}", answer.body);
        assert_eq!(fingerprint(&self.desk.app).await?, before);
        Ok(())
    }

    async fn letters(&self) -> Result<i64> {
        self.desk.app.db.value("select count(*) from letter where template = 'comment'").await
    }
}

#[tokio::test]
async fn whoever_reads_a_comment_can_be_called_on_and_is_told() -> Result<()> {
    let talk = Talk::new().await?;
    let (desk, mid) = (&talk.desk, &talk.desk.person);
    let [freelancer, client] = [UserKind::Freelancer, UserKind::Client];
    let freelancer = desk.app.member(desk.brand, Level::Junior, freelancer).await?;
    let client = desk.app.member(desk.brand, Level::Junior, client).await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let foreign = desk.app.person(UserKind::Staff, None).await?;
    let calling =
        |people: &[&Person]| json!({ "mentionIds": people.iter().map(|one| id("user", one.id)).collect::<Vec<_>>() });

    for (who, visibility) in
        [(&foreign, "INTERNAL"), (&freelancer, "INTERNAL"), (&client, "INTERNAL"), (&client, "CLIENT")]
    {
        talk.refused(mid, visibility, calling(&[who]), "NOT_FOUND").await?;
    }
    talk.refused(mid, "INTERNAL", json!({ "mentionIds": [nobodys("user")] }), "NOT_FOUND").await?;
    talk.refused(mid, "INTERNAL", calling(&[&junior, &junior]), "ALREADY_EXISTS").await?;
    talk.refused(mid, "INTERNAL", calling(&[&junior; 21]), "TOO_MANY").await?;
    assert_eq!(talk.letters().await?, 0);

    let give = json!({ "postId": id("post", talk.post), "userId": id("user", freelancer.id) });
    desk.mutate("assignPost", "assignment { id }", give).await?;
    desk.app.db.run("update post set sent_to_client_at = now()").await?;
    talk.said(mid, "INTERNAL", calling(&[&junior, &freelancer, mid])).await?;
    assert_eq!(talk.letters().await?, 2, "nobody writes to themselves");
    talk.said(mid, "CLIENT", calling(&[&client])).await?;
    assert_eq!(talk.letters().await?, 3);
    talk.refused(&client, "CLIENT", calling(&[mid]), "NOT_FOUND").await?;
    Ok(())
}

#[tokio::test]
async fn an_answer_within_the_team_stays_there() -> Result<()> {
    let talk = Talk::new().await?;
    let (desk, mid) = (&talk.desk, &talk.desk.person);
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    desk.app.db.run("update post set sent_to_client_at = now()").await?;
    let internal = talk.said(&junior, "INTERNAL", json!({})).await?;
    let open = talk.said(&client, "CLIENT", json!({})).await?;
    talk.refused(mid, "CLIENT", json!({ "replyToId": internal }), "INVALID").await?;
    talk.refused(&client, "CLIENT", json!({ "replyToId": internal }), "NOT_FOUND").await?;
    talk.refused(mid, "CLIENT", json!({ "replyToId": nobodys("comment") }), "NOT_FOUND").await?;
    talk.said(mid, "INTERNAL", json!({ "replyToId": internal })).await?;
    assert_eq!(talk.letters().await?, 1, "the author is told");
    talk.said(mid, "INTERNAL", json!({ "replyToId": open })).await?;
    assert_eq!(talk.letters().await?, 1, "a client is not told of what they do not read");
    let answer = talk.said(mid, "CLIENT", json!({ "replyToId": open })).await?;
    assert_eq!(talk.letters().await?, 2);
    let query = "query($id: ID!) { node(id: $id) { ... on PostComment { replyTo { id } mentions { id } } } }";
    let seen = desk.app.client.gql(&client.token, query, json!({ "id": answer })).await?.ok()?;
    assert_eq!(seen.get("node"), &json!({ "replyTo": { "id": open }, "mentions": [] }));
    // A comment that was taken back is answered no more, and one of another post never.
    desk.app.client.mutate(&junior.token, "deleteComment", "comment { id }", json!({ "commentId": internal })).await?;
    talk.refused(mid, "INTERNAL", json!({ "replyToId": internal }), "NOT_FOUND").await?;
    let (other, _) = desk.app.post(desk.brand, desk.bluesky, "Other", mid).await?;
    let elsewhere = Talk { desk: talk.desk, post: other };
    elsewhere.refused(&junior, "INTERNAL", json!({ "replyToId": open }), "NOT_FOUND").await?;
    Ok(())
}
