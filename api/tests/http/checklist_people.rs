//! Who writes and ticks what is to be done to posts: writers, freelancers, clients, and whoever takes over.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checklists::{CHECKLIST, ITEM, Lists};
use crate::kit::id;

#[tokio::test]
async fn a_writer_does_not_waive_what_a_template_requires() -> Result<()> {
    let lists = Lists::new().await?;
    let junior = lists.member(Level::Junior, UserKind::Staff).await?;
    let other = lists.member(Level::Junior, UserKind::Staff).await?;
    lists.template("Default", &["Read it aloud!", "Ask the printer"], true).await?;
    let post = lists.draft(&junior).await?;
    let items = lists.checklist(&post).await?;
    let item = |number: usize| items[number]["id"].as_str().unwrap_or_default().to_owned();
    let change = |number: usize, text: &str, required: bool, to: Option<Uuid>| json!({ "itemId": item(number), "version": 1, "text": text, "required": required, "assigneeId": to.map(|to| id("user", to)) });
    lists.refused(&junior, "removeChecklistItem", json!({ "itemId": item(0) }), "FORBIDDEN", "").await?;
    let waived = [change(0, "Read it aloud", false, None), change(0, "Read it", true, None)];
    for input in waived {
        lists.refused(&junior, "updateChecklistItem", input, "FORBIDDEN", "").await?;
    }
    lists.mutate(&junior, "removeChecklistItem", "deletedId", json!({ "itemId": item(1) })).await?;
    let own = lists.add(&junior, &post, "Mine", true).await?;
    lists.mutate(&junior, "removeChecklistItem", "deletedId", json!({ "itemId": own })).await?;

    // Somebody else's post is not theirs, but for what is given to them of it.
    let tick = json!({ "itemId": item(0), "version": 1 });
    lists.refused(&other, "tickChecklistItem", tick, "FORBIDDEN", "").await?;
    lists.refused(&other, "addChecklistItem", json!({ "postId": post, "text": "x" }), "FORBIDDEN", "").await?;
    let given = change(0, "Read it aloud", true, Some(other.id));
    lists.mutate(&junior, "updateChecklistItem", ITEM, given).await?;
    let done = json!({ "itemId": item(0), "version": 2 });
    let done = lists.mutate(&other, "tickChecklistItem", ITEM, done).await?;
    assert_eq!(done.get("tickChecklistItem.item.tickedBy.id"), &json!(id("user", other.id)));
    lists.refused(&other, "removeChecklistItem", json!({ "itemId": item(0) }), "FORBIDDEN", "").await?;
    let mid = lists.member(Level::Mid, UserKind::Staff).await?;
    lists.mutate(&mid, "removeChecklistItem", "deletedId", json!({ "itemId": item(0) })).await?;
    assert!(lists.checklist(&post).await?.is_empty());
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    text: String,
}

#[tokio::test]
async fn freelancers_tick_what_is_given_to_them_and_clients_see_nothing_of_it() -> Result<()> {
    let lists = Lists::new().await?;
    let (desk, person) = (&lists.desk, &lists.desk.person);
    let freelancer = lists.member(Level::Junior, UserKind::Freelancer).await?;
    let client = lists.member(Level::Junior, UserKind::Client).await?;
    let template = lists.template("Default", &["Read it aloud!", "Ask the printer"], true).await?;
    let post = lists.draft(person).await?;
    let hidden = lists.draft(person).await?;
    let first = |items: &[Value]| items[0]["id"].as_str().unwrap_or_default().to_owned();
    let item = first(&lists.checklist(&post).await?);
    let unseen = first(&lists.checklist(&hidden).await?);
    let give = |to: &Person| json!({ "postId": post, "text": "Draw it", "assigneeId": id("user", to.id) });
    lists.refused(person, "addChecklistItem", give(&freelancer), "NOT_FOUND", "assigneeId").await?;
    lists.refused(person, "addChecklistItem", give(&client), "KIND_MISMATCH", "assigneeId").await?;
    let stranger = desk.app.person(UserKind::Staff, None).await?;
    lists.refused(person, "addChecklistItem", give(&stranger), "NOT_FOUND", "assigneeId").await?;
    let tick = |item: &str| json!({ "itemId": item, "version": 1 });
    lists.refused(&freelancer, "tickChecklistItem", tick(&item), "NOT_FOUND", "itemId").await?;
    lists.give(&post, &freelancer).await?;
    lists.give(&post, &client).await?;
    lists.mutate(person, "addChecklistItem", ITEM, give(&freelancer)).await?;

    let seen = lists.post(&freelancer, &post).await?;
    assert_eq!(seen["checklist"].as_array().map(Vec::len), Some(3));
    assert!(seen["checklist"][0]["template"].is_null(), "templates are the team's");
    assert_eq!(seen["checklist"][2]["assignee"]["id"], id("user", freelancer.id));
    let done = lists.tick(&freelancer, &item).await?;
    assert_eq!(done.get("tickChecklistItem.item.tickedBy.id"), &json!(id("user", freelancer.id)));
    lists.mutate(&freelancer, "untickChecklistItem", ITEM, json!({ "itemId": item })).await?;
    lists.refused(&freelancer, "tickChecklistItem", tick(&unseen), "NOT_FOUND", "itemId").await?;
    for (name, input) in [
        ("addChecklist", json!({ "postId": post, "templateId": template })),
        ("addChecklistItem", json!({ "postId": post, "text": "x" })),
        ("updateChecklistItem", json!({ "itemId": item, "version": 1, "text": "x", "required": false })),
        ("moveChecklistItem", json!({ "itemId": item })),
        ("removeChecklistItem", json!({ "itemId": item })),
    ] {
        lists.refused(&freelancer, name, input, "FORBIDDEN", "").await?;
    }
    // Freelancers are told what is open, when they submit.
    let validate = "query($id: ID!) { validatePost(postId: $id) { problems { error { code } } } }";
    for (who, codes) in [(&freelancer, json!([{ "error": { "code": "CHECKLIST_INCOMPLETE" } }])), (&client, json!([]))]
    {
        let told = desk.app.client.gql(&who.token, validate, json!({ "id": post })).await?.ok()?;
        assert_eq!(told.get("validatePost.problems"), &codes);
    }

    let answer = desk.app.client.gql(&client.token, CHECKLIST, json!({ "id": post })).await?;
    assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.body);
    assert!(!answer.body.to_string().contains("aloud"));
    lists.refused(&client, "tickChecklistItem", tick(&item), "NOT_FOUND", "itemId").await?;
    // The database by itself: what one sees, and that a tick is all that a freelancer writes.
    for (who, rows) in [(&freelancer, 3), (&client, 0)] {
        let context = desk.app.act(who).await?;
        assert_eq!(context.rows::<Row>("select text from checklist_item", []).await?.len(), rows);
        let template = "select text from checklist_template_item union all select name from checklist_template";
        assert!(context.rows::<Row>(template, []).await?.is_empty());
        assert!(context.rows::<Row>("delete from checklist_item returning text", []).await?.is_empty());
        context.roll_back().await?;
    }
    let insert = "insert into checklist_item (id, brand_id, post_id, position, text, required, created_at)
      select gen_random_uuid(), brand_id, id, 9, 'x', false, now() from post returning text";
    for sql in [insert, "update checklist_item set required = false returning text"] {
        let context = desk.app.act(&freelancer).await?;
        assert!(context.rows::<Row>(sql, []).await.is_err(), "{sql}");
        context.roll_back().await?;
    }
    let context = desk.app.act(&freelancer).await?;
    let sql = "update checklist_item set ticked_by = app.user_id(), ticked_at = now() returning text";
    let ticked = context.rows::<Row>(sql, []).await?;
    assert!(ticked.len() == 3 && ticked.iter().all(|row| !row.text.is_empty()), "but these");
    context.roll_back().await?;
    Ok(())
}

#[tokio::test]
async fn what_somebody_was_to_do_goes_to_their_heir() -> Result<()> {
    let lists = Lists::new().await?;
    let (desk, lead) = (&lists.desk, &lists.desk.person);
    let leaver = lists.member(Level::Junior, UserKind::Staff).await?;
    let heir = lists.member(Level::Junior, UserKind::Staff).await?;
    let open = lists.draft(lead).await?;
    let over = lists.draft(lead).await?;
    let mut items = Vec::new();
    for post in [&open, &open, &over] {
        let input = json!({ "postId": post, "text": "x", "assigneeId": id("user", leaver.id) });
        let made = lists.mutate(lead, "addChecklistItem", ITEM, input).await?;
        items.push(made.text("addChecklistItem.item.id")?);
    }
    lists.tick(&leaver, &items[1]).await?;
    let (_, post) = diwan_platform::ids::split(&over).context("an id")?;
    desk.app.db.run(&format!("update post set state = 'CANCELED' where id = '{post}'")).await?;
    let input = json!({ "fromUserId": id("user", leaver.id), "toUserId": id("user", heir.id) });
    lists.refused(&heir, "handOverWork", input.clone(), "FORBIDDEN", "brandIds").await?;
    let done = lists.mutate(lead, "handOverWork", "checklistItems posts brands", input).await?;
    let moved = ["checklistItems", "posts", "brands"].map(|name| done.get(&format!("handOverWork.{name}")).as_i64());
    assert_eq!(moved, [Some(1), Some(0), Some(1)]);
    let whose = async |post: &str| -> Result<Vec<Value>> {
        Ok(lists.checklist(post).await?.iter().map(|item| item["assignee"]["id"].clone()).collect())
    };
    let [from, to] = [&leaver, &heir].map(|person| json!(id("user", person.id)));
    assert_eq!(whose(&open).await?, [to, from.clone()], "what is done stays whose it was");
    assert_eq!(whose(&over).await?, [from]);
    Ok(())
}
