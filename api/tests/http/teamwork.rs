//! Work that is given to somebody, and what is said about it.

use anyhow::Result;
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::db;
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

#[derive(sea_orm::FromQueryResult)]
struct Seen {
    body: String,
}

struct Team {
    app: TestApp,
    brand: Uuid,
    mid: Person,
    freelancer: Person,
    client: Person,
    post: Uuid,
    other: Uuid,
}

impl Team {
    async fn new() -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let mid = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let second = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let freelancer = app.member(brand, Level::Junior, UserKind::Freelancer).await?;
        let client = app.member(brand, Level::Junior, UserKind::Client).await?;
        let account = app.account(brand, "mastodon", &mid).await?;
        let (post, _) = app.post(brand, account, "Hello", &second).await?;
        let (other, _) = app.post(brand, account, "Hello again", &second).await?;
        Ok(Self { app, brand, mid, freelancer, client, post, other })
    }

    async fn refused(&self, by: &Person, mutation: &str, input: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.app).await?;
        let answer = self.app.client.try_mutate(&by.token, mutation, "userErrors { message }", input).await?;
        assert_eq!(answer.user_codes(mutation), [code], "{mutation}: {}", answer.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{mutation} was refused and left something");
        Ok(())
    }
}

#[tokio::test]
async fn a_freelancer_works_at_what_is_given_to_them_and_at_nothing_else() -> Result<()> {
    let team = Team::new().await?;
    let (post, other) = (id("post", team.post), id("post", team.other));
    let query = "query($brand: ID!, $other: ID!) { brand(id: $brand) { posts(first: 5) { nodes { id } } } node(id: $other) { id }
      viewer { assignments(first: 5) { nodes { id brief dueAt post { id state } assignee { id } } } } }";
    let variables = json!({ "brand": id("brand", team.brand), "other": other });
    let seen = team.app.client.gql(&team.freelancer.token, query, variables.clone()).await?.ok()?;
    assert_eq!(seen.get("brand.posts.nodes"), &json!([]));

    let due = (team.app.services.now() + Duration::days(3)).to_rfc3339();
    let give = |to: &Person, due: &str| json!({ "postId": post, "userId": id("user", to.id), "brief": "Two lines, warm", "dueAt": due });
    let past = (team.app.services.now() - Duration::days(3)).to_rfc3339();
    team.refused(&team.mid, "assignPost", give(&team.client, &due), "KIND_MISMATCH").await?;
    team.refused(&team.mid, "assignPost", give(&team.freelancer, &past), "TIME_IN_PAST").await?;
    let stranger = team.app.person(UserKind::Freelancer, None).await?;
    team.refused(&team.mid, "assignPost", give(&stranger, &due), "NOT_FOUND").await?;
    let junior = team.app.member(team.brand, Level::Junior, UserKind::Staff).await?;
    team.refused(&junior, "assignPost", give(&team.freelancer, &due), "FORBIDDEN").await?;
    let first = team
        .app
        .client
        .mutate(&team.mid.token, "assignPost", "assignment { id }", give(&team.freelancer, &due))
        .await?;
    let again = team
        .app
        .client
        .mutate(&team.mid.token, "assignPost", "assignment { id }", give(&team.freelancer, &due))
        .await?;
    assert_eq!(first.get("assignPost.assignment.id"), again.get("assignPost.assignment.id"), "given once");
    let letters: i64 = team
        .app
        .db
        .value(&format!("select count(*) from letter where recipient = '{}'", team.freelancer.email))
        .await?;
    assert_eq!(letters, 2);

    let seen = team.app.client.gql(&team.freelancer.token, query, variables.clone()).await?.ok()?;
    assert_eq!(seen.get("brand.posts.nodes"), &json!([{ "id": post }]));
    assert!(seen.get("node").is_null());
    let mine = seen.get("viewer.assignments.nodes.0");
    assert_eq!((&mine["brief"], &mine["post"]), (&json!("Two lines, warm"), &json!({ "id": post, "state": "DRAFT" })));
    let change = |post: &str| json!({ "postId": post, "version": 1, "title": "Better" });
    team.app.client.mutate(&team.freelancer.token, "updatePost", "post { version }", change(&post)).await?;
    team.refused(&team.freelancer, "updatePost", change(&other), "NOT_FOUND").await?;
    team.refused(&team.freelancer, "submitPost", json!({ "postId": other }), "NOT_FOUND").await?;
    team.refused(&team.freelancer, "schedulePost", json!({ "postId": post, "dueAt": due }), "FORBIDDEN").await?;
    let request = "request { id state canDecide steps { state } history { kind } }";
    let sent = team.app.client.mutate(&team.freelancer.token, "submitPost", request, json!({ "postId": post })).await?;
    assert_eq!(sent.get("submitPost.request.state"), "PENDING");
    let request = sent.text("submitPost.request.id")?;
    team.refused(&team.freelancer, "approveRequest", json!({ "requestId": request }), "FORBIDDEN").await?;
    let input = json!({ "requestId": request });
    team.app.client.mutate(&team.mid.token, "approveRequest", "request { state }", input).await?;

    let take = json!({ "postId": post, "userId": id("user", team.freelancer.id) });
    team.refused(&team.freelancer, "unassignPost", take.clone(), "FORBIDDEN").await?;
    team.app.client.mutate(&team.mid.token, "unassignPost", "post { assignments { id } }", take.clone()).await?;
    team.refused(&team.mid, "unassignPost", take, "NOT_FOUND").await?;
    let seen = team.app.client.gql(&team.freelancer.token, query, variables).await?.ok()?;
    assert_eq!(seen.get("brand.posts.nodes"), &json!([]));
    assert_eq!(seen.get("viewer.assignments.nodes"), &json!([]));
    Ok(())
}

#[tokio::test]
async fn what_the_team_says_never_reaches_a_client() -> Result<()> {
    let team = Team::new().await?;
    let post = id("post", team.post);
    let say = |visibility: &str, body: &str| json!({ "postId": post, "visibility": visibility, "body": body });
    team.refused(&team.client, "commentOnPost", say("CLIENT", "Hello"), "NOT_FOUND").await?;
    team.refused(&team.freelancer, "commentOnPost", say("INTERNAL", "Hello"), "NOT_FOUND").await?;
    team.app.db.run(&format!("update post set sent_to_client_at = now() where id = '{}'", team.post)).await?;
    let give = json!({ "postId": post, "userId": id("user", team.freelancer.id) });
    team.app.client.mutate(&team.mid.token, "assignPost", "assignment { id }", give).await?;
    team.refused(&team.client, "commentOnPost", say("INTERNAL", "Hello"), "FORBIDDEN").await?;
    team.refused(&team.mid, "commentOnPost", say("INTERNAL", " "), "INVALID").await?;
    team.refused(&team.mid, "commentOnPost", say("INTERNAL", &"x".repeat(5001)), "TOO_LONG").await?;
    let mut comments = Vec::new();
    for (who, visibility, body) in [
        (&team.mid, "INTERNAL", "Secret one"),
        (&team.freelancer, "INTERNAL", "Secret two"),
        (&team.mid, "CLIENT", "Dear client"),
        (&team.client, "CLIENT", "Dear agency"),
    ] {
        let answer = team
            .app
            .client
            .mutate(&who.token, "commentOnPost", "comment { id body authorName }", say(visibility, body))
            .await?;
        comments.push(answer.text("commentOnPost.comment.id")?);
    }
    let query = "query($id: ID!, $secret: ID!) { secret: node(id: $secret) { id }
      node(id: $id) { ... on Post { comments(first: 9) { nodes { id body visibility authorName author { id } } } } } }";
    let variables = json!({ "id": post, "secret": comments[0] });
    for (who, count) in [(&team.mid, 4), (&team.freelancer, 4), (&team.client, 2)] {
        let seen = team.app.client.gql(&who.token, query, variables.clone()).await?.ok()?;
        assert_eq!(seen.get("node.comments.nodes").as_array().map(Vec::len), Some(count));
        assert_eq!(seen.get("secret").is_object(), count == 4);
        assert_eq!(seen.body.to_string().contains("Secret"), count == 4);
    }
    // The same where the application asks for everything: row-level security alone.
    let context = team.app.act(&team.client).await?;
    let rows: Vec<Seen> = context.rows("select body from post_comment", []).await?;
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| !row.body.contains("Secret")));
    for table in ["approval_chain", "approval_limit", "brand_approval_limit", "delegation", "post_assignment"] {
        let rows: Vec<Seen> = context.rows(&format!("select 'x' as body from {table}"), []).await?;
        assert!(rows.is_empty(), "a client sees {table}");
    }
    context.roll_back().await?;
    let tx = team.app.services.db.write().await?;
    let unscoped: i64 = db::scalar(&tx, "select count(*) from post_comment", []).await?;
    assert_eq!(unscoped, 0);
    tx.rollback().await?;

    let this = |number: usize| json!({ "commentId": comments[number] });
    team.refused(&team.client, "deleteComment", this(0), "NOT_FOUND").await?;
    team.refused(&team.client, "deleteComment", this(2), "NOT_FOUND").await?;
    team.refused(&team.mid, "deleteComment", this(3), "NOT_FOUND").await?;
    for (who, number) in [(&team.client, 3), (&team.freelancer, 1), (&team.mid, 0)] {
        let gone =
            team.app.client.mutate(&who.token, "deleteComment", "comment { body deletedAt }", this(number)).await?;
        assert!(
            gone.get("deleteComment.comment.body").is_null() && gone.get("deleteComment.comment.deletedAt").is_string()
        );
        team.refused(who, "deleteComment", this(number), "WRONG_STATE").await?;
    }
    Ok(())
}
