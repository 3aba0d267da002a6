//! What people say under posts, through HTTP.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::json;

use crate::kit::{Desk, id, nobodys};

const TALKS: &str =
    "query($id: ID!, $filter: ConversationFilter) { conversations(brandId: $id, filter: $filter, first: 5) { nodes {
  publication { id } socialAccount { id } waitingSince messageCount messages { text authorName isOwn asks answeredAt } } } }";

#[tokio::test]
async fn conversations_are_read_with_what_was_said() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let now = desk.app.services.now().to_rfc3339();
    let (brand, account) = (desk.brand, desk.mastodon);
    let (post, _) = desk.app.post(brand, account, "Tea", &desk.person).await?;
    let (publication, _) = desk.app.publication(brand, post, desk.app.services.now()).await?;
    let talk = format!(
        "delete from job;
         update publication set state = 'PUBLISHED', remote_id = '1', published_at = '{now}' where id = '{publication}';
         with talk as (
           insert into conversation (id, brand_id, social_account_id, publication_id, kind, remote_id, began_at, last_message_at, asked_at,
               waiting_since, created_at)
             values (gen_random_uuid(), '{brand}', '{account}', '{publication}', 'COMMENT', '2', '{now}', '{now}', '{now}', '{now}', '{now}')
             returning id)
         insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, author_name, is_own, text,
             sent_at, read_at, seen_at, asks)
           select gen_random_uuid(), '{brand}', id, '{account}', '2', '1', 'Sara', false, 'How much?', '{now}', '{now}', '{now}', true from talk"
    );
    desk.app.db.run(&talk).await?;
    let ask = async |token: &str, filter: serde_json::Value| {
        desk.app.client.gql(token, TALKS, json!({ "id": id("brand", brand), "filter": filter })).await
    };
    let filter = json!({ "publicationId": id("publication", publication), "unanswered": true });
    let told = ask(&desk.person.token, filter).await?.ok()?;
    let said = told.get("conversations.nodes.0");
    assert_eq!(said["publication"]["id"], id("publication", publication));
    let message =
        json!({ "text": "How much?", "authorName": "Sara", "isOwn": false, "asks": true, "answeredAt": null });
    assert_eq!((&said["messages"], &said["messageCount"]), (&json!([message]), &json!(1)));
    let other = ask(&desk.person.token, json!({ "socialAccountId": id("account", desk.bluesky) })).await?;
    assert!(!other.body.to_string().contains("How much?"));
    let wrong = ask(&desk.person.token, json!({ "publicationId": "nothing" })).await?;
    assert!(wrong.body["errors"].is_array(), "{}", wrong.body);

    // Whoever is not of the brand hears what nobody's brand says.
    let beta = desk.app.brand("Beta").await?;
    let stranger = desk.app.member(beta, Level::Senior, UserKind::Staff).await?;
    let refused = ask(&stranger.token, json!({})).await?;
    let nobody = desk.app.client.gql(&stranger.token, TALKS, json!({ "id": nobodys("brand"), "filter": {} })).await?;
    assert_eq!(refused.body["errors"][0]["message"], nobody.body["errors"][0]["message"]);
    assert!(!refused.body.to_string().contains("How much?"));
    let client = desk.app.member(brand, Level::Junior, UserKind::Client).await?;
    assert!(ask(&client.token, json!({})).await?.body["errors"].is_array());
    Ok(())
}

#[tokio::test]
async fn of_a_long_conversation_the_newest_messages_are_shown() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let now = desk.app.services.now().to_rfc3339();
    let (brand, account) = (desk.brand, desk.mastodon);
    let (post, _) = desk.app.post(brand, account, "Tea", &desk.person).await?;
    let (publication, _) = desk.app.publication(brand, post, desk.app.services.now()).await?;
    // A second apart each; of the longer one there are more than are shown.
    let talks = format!(
        "delete from job;
         insert into conversation (id, brand_id, social_account_id, publication_id, kind, remote_id, began_at, last_message_at, asked_at, created_at)
           select gen_random_uuid(), '{brand}', '{account}', '{publication}', 'COMMENT', name, '{now}', '{now}', '{now}', '{now}'
           from unnest(array['long', 'short']) name;
         insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, is_own, text, sent_at,
             read_at, seen_at, asks)
           select gen_random_uuid(), '{brand}', c.id, '{account}', c.remote_id || n, '1', false, c.remote_id || n,
             timestamptz '{now}' - interval '1 hour' + n * interval '1 second', '{now}', '{now}', false
           from conversation c, generate_series(1, 103) n where c.remote_id = 'long' or n <= 2"
    );
    desk.app.db.run(&talks).await?;
    let ask = async |fields: &str| {
        let query = format!("query($id: ID!) {{ conversations(brandId: $id, first: 5) {{ nodes {{ {fields} }} }} }}");
        let before = desk.app.db.statements();
        let told = desk.app.client.gql(&desk.person.token, &query, json!({ "id": id("brand", brand) })).await?.ok()?;
        anyhow::Ok((told.get("conversations.nodes").clone(), desk.app.db.statements() - before))
    };
    ask("id").await?;
    let (bare, without) = ask("id").await?;
    assert_eq!(bare.as_array().map(Vec::len), Some(2));
    let (told, with) = ask("messageCount messages { text }").await?;
    assert_eq!(
        with,
        without + 2,
        "one statement for all messages, one for all counts, and none where they are not asked for"
    );
    let find = |count: i64| told.as_array().and_then(|all| all.iter().find(|one| one["messageCount"] == count));
    let texts = |name: &str, from: usize, to: usize| -> Vec<serde_json::Value> {
        (from..=to).map(|n| json!({ "text": format!("{name}{n}") })).collect()
    };
    let (long, short) = (find(103).context("the long one")?, find(2).context("the short one")?);
    assert_eq!(long["messages"], json!(texts("long", 4, 103)));
    assert_eq!(short["messages"], json!(texts("short", 1, 2)));
    Ok(())
}
