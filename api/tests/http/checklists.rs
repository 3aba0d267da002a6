//! What is to be done to posts before they go out, through HTTP.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use diwan_testkit::client::Answer;
use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::cell_operations::strategy::no_checks;
use crate::kit::{Desk, fingerprint, id, nobodys};

pub const CHECKLIST: &str =
    "query($id: ID!) { node(id: $id) { ... on Post { state version checklist { id position text required
  version tickedAt tickedBy { id } assignee { id } template { name } } } } }";
const TEMPLATE: &str = "template { id name isDefault version archivedAt items { text required } }";
pub const ITEM: &str = "item { id text required position version tickedAt tickedBy { id } assignee { id } }";

/// A desk, and what is done there again and again.
pub struct Lists {
    pub desk: Desk,
}

impl Lists {
    pub async fn new() -> Result<Self> {
        let mut desk = Desk::new(Level::Senior).await?;
        desk.app.leave_jobs();
        Ok(Self { desk })
    }

    pub async fn member(&self, level: Level, kind: UserKind) -> Result<Person> {
        self.desk.app.member(self.desk.brand, level, kind).await
    }

    pub async fn mutate(&self, by: &Person, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.desk.app.client.mutate(&by.token, name, selection, input).await
    }

    /// A mutation that must be refused with one code at one field, and leave nothing.
    pub async fn refused(&self, by: &Person, name: &str, input: Value, code: &str, field: &str) -> Result<()> {
        let before = fingerprint(&self.desk.app).await?;
        let selection = "userErrors { code message field }";
        let answer = self.desk.app.client.try_mutate(&by.token, name, selection, input.clone()).await?;
        assert_eq!(answer.user_codes(name), [code], "{name} {input}: {}", answer.body);
        let place = answer.get(&format!("{name}.userErrors.0.field")).as_array().cloned().unwrap_or_default();
        let place: Vec<_> = place.iter().filter_map(Value::as_str).collect();
        assert_eq!(place.join("."), field, "{name} {input}");
        assert_eq!(fingerprint(&self.desk.app).await?, before, "{name} {input}: {code} left something");
        Ok(())
    }

    /// A template of these items; what ends in an exclamation mark is required. Answers its id.
    pub async fn template(&self, name: &str, items: &[&str], default: bool) -> Result<String> {
        let template = json!({ "name": name, "items": things(items), "isDefault": default });
        let input = json!({ "brandId": id("brand", self.desk.brand), "template": template });
        let made = self.desk.mutate("createChecklistTemplate", TEMPLATE, input).await?;
        made.text("createChecklistTemplate.template.id")
    }

    /// A draft of somebody's, which begins with what the brand's default template holds.
    pub async fn draft(&self, by: &Person) -> Result<String> {
        let variant = json!({ "socialAccountId": id("account", self.desk.bluesky), "text": "Hello" });
        let input = json!({ "calendarId": id("calendar", self.desk.calendar), "title": "x", "variants": [variant] });
        self.mutate(by, "createPost", "post { id }", input).await?.text("createPost.post.id")
    }

    pub async fn add(&self, by: &Person, post: &str, text: &str, required: bool) -> Result<String> {
        let input = json!({ "postId": post, "text": text, "required": required });
        self.mutate(by, "addChecklistItem", ITEM, input).await?.text("addChecklistItem.item.id")
    }

    pub async fn post(&self, by: &Person, post: &str) -> Result<Value> {
        let answer = self.desk.app.client.gql(&by.token, CHECKLIST, json!({ "id": post })).await?.ok()?;
        Ok(answer.get("node").clone())
    }

    pub async fn checklist(&self, post: &str) -> Result<Vec<Value>> {
        Ok(self.post(&self.desk.person, post).await?["checklist"].as_array().context("a checklist")?.clone())
    }

    pub async fn texts(&self, post: &str) -> Result<Vec<String>> {
        let text = |item: &Value| item["text"].as_str().unwrap_or_default().to_owned();
        let items = self.checklist(post).await?;
        let places: Vec<_> = items.iter().map(|item| item["position"].as_i64()).collect();
        assert!(places.iter().zip(1..).all(|(place, count)| *place == Some(count)), "{places:?}");
        Ok(items.iter().map(text).collect())
    }

    pub async fn tick(&self, by: &Person, item: &str) -> Result<Answer> {
        self.mutate(by, "tickChecklistItem", ITEM, json!({ "itemId": item, "version": 1 })).await
    }

    pub async fn events(&self, action: &str) -> Result<i64> {
        self.desk.app.db.value(&format!("select count(*) from audit_event where action = '{action}'")).await
    }

    /// Gives a post to somebody; a client has it sent.
    pub async fn give(&self, post: &str, to: &Person) -> Result<()> {
        let (_, post) = diwan_platform::ids::split(post).context("an id")?;
        self.desk
            .app
            .db
            .run(&format!(
                "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                   values (gen_random_uuid(), '{}', '{post}', '{}', now());
                 update post set sent_to_client_at = now() where id = '{post}'
                   and exists (select from app_user where id = '{}' and kind = 'CLIENT')",
                self.desk.brand, to.id, to.id
            ))
            .await
    }
}

fn things(items: &[&str]) -> Value {
    let thing = |item: &&str| json!({ "text": item.trim_end_matches('!'), "required": item.ends_with('!') });
    items.iter().map(thing).collect()
}

#[tokio::test]
async fn templates_are_written_changed_put_away_and_brought_back() -> Result<()> {
    let lists = Lists::new().await?;
    let (brand, person) = (id("brand", lists.desk.brand), &lists.desk.person);
    let first = lists.template(" Before it goes out ", &["Read it aloud!", "نگاه کن"], true).await?;
    let post = lists.draft(person).await?;
    let seen = lists.checklist(&post).await?;
    assert_eq!(lists.texts(&post).await?, ["Read it aloud", "نگاه کن"]);
    assert_eq!((&seen[0]["required"], &seen[1]["required"]), (&json!(true), &json!(false)));
    assert_eq!(seen[0]["template"], json!({ "name": "Before it goes out" }));

    // Another becomes the default: the first is it no more, and posts that are there keep what they have.
    let second = lists.template("Films", &["Subtitles!"], true).await?;
    let shown =
        "query($id: ID!) { brand(id: $id) { used: checklistTemplates(first: 9) { nodes { name isDefault version } }
      away: checklistTemplates(first: 9, archived: true) { nodes { name } } } }";
    let list = lists.desk.app.client.gql(&person.token, shown, json!({ "id": brand })).await?.ok()?;
    assert_eq!(
        list.get("brand.used.nodes"),
        &json!([{ "name": "Films", "isDefault": true, "version": 1 }, { "name": "Before it goes out", "isDefault": false, "version": 2 }])
    );
    assert_eq!(list.get("brand.away.nodes"), &json!([]));
    assert_eq!(lists.texts(&lists.draft(person).await?).await?, ["Subtitles"]);

    let content = |name: &str, items: Value| json!({ "name": name, "items": items });
    let change =
        |version: i32, template: Value| json!({ "templateId": first, "version": version, "template": template });
    let new = things(&["Ask the printer", "Read it aloud!"]);
    let changed = lists.mutate(person, "updateChecklistTemplate", TEMPLATE, change(2, content("Print", new))).await?;
    assert_eq!(
        changed.get("updateChecklistTemplate.template"),
        &json!({ "id": first, "name": "Print", "isDefault": false, "version": 3, "archivedAt": null,
          "items": [{ "text": "Ask the printer", "required": false }, { "text": "Read it aloud", "required": true }] })
    );
    assert_eq!(lists.texts(&post).await?, ["Read it aloud", "نگاه کن"], "what posts have is their own");
    let old = change(2, content("Print", things(&["x"])));
    lists.refused(person, "updateChecklistTemplate", old, "CHANGED_MEANWHILE", "version").await?;

    for (template, code, field) in [
        (content(" ", things(&["x"])), "INVALID", "template.name"),
        (content(&"x".repeat(201), things(&["x"])), "TOO_LONG", "template.name"),
        (content("FILMS", things(&["x"])), "ALREADY_EXISTS", "template.name"),
        (content("New", json!([])), "INVALID", "template.items"),
        (content("New", things(&["x"; 51])), "TOO_MANY", "template.items"),
        (content("New", things(&["x", " "])), "INVALID", "template.items.1.text"),
        (content("New", things(&["x", &"y".repeat(301)])), "TOO_LONG", "template.items.1.text"),
    ] {
        let input = json!({ "brandId": brand, "template": template });
        lists.refused(person, "createChecklistTemplate", input, code, field).await?;
        lists.refused(person, "updateChecklistTemplate", change(3, template), code, field).await?;
    }
    let nowhere = json!({ "brandId": nobodys("brand"), "template": content("New", things(&["x"])) });
    lists.refused(person, "createChecklistTemplate", nowhere, "NOT_FOUND", "").await?;
    let junior = lists.member(Level::Junior, UserKind::Staff).await?;
    lists.refused(&junior, "updateChecklistTemplate", change(3, content("x", things(&["x"]))), "FORBIDDEN", "").await?;

    let one = json!({ "templateId": second });
    let away = lists.mutate(person, "archiveChecklistTemplate", TEMPLATE, one.clone()).await?;
    assert_eq!(away.get("archiveChecklistTemplate.template.isDefault"), false);
    assert!(away.get("archiveChecklistTemplate.template.archivedAt").is_string());
    lists.refused(person, "archiveChecklistTemplate", one.clone(), "WRONG_STATE", "templateId").await?;
    let dead = json!({ "templateId": second, "version": 2, "template": content("x", things(&["x"])) });
    lists.refused(person, "updateChecklistTemplate", dead, "WRONG_STATE", "templateId").await?;
    let bare = lists.draft(person).await?;
    assert!(lists.checklist(&bare).await?.is_empty());
    let add = json!({ "postId": bare, "templateId": second });
    lists.refused(person, "addChecklist", add, "WRONG_STATE", "templateId").await?;
    let other = lists.template("films", &["x"], false).await?;
    lists.refused(person, "restoreChecklistTemplate", one.clone(), "ALREADY_EXISTS", "templateId").await?;
    lists.mutate(person, "archiveChecklistTemplate", "template { id }", json!({ "templateId": other })).await?;
    let back = lists.mutate(person, "restoreChecklistTemplate", TEMPLATE, one.clone()).await?;
    assert_eq!(back.get("restoreChecklistTemplate.template.isDefault"), false, "brought back, it is not the default");
    lists.refused(person, "restoreChecklistTemplate", one, "WRONG_STATE", "templateId").await
}

#[tokio::test]
async fn a_checklist_is_written_ticked_and_put_in_order_and_the_post_stays_as_it_is() -> Result<()> {
    let lists = Lists::new().await?;
    let (desk, person) = (&lists.desk, &lists.desk.person);
    let template = lists.template("Print", &["Ask the printer!", "Count the pages"], false).await?;
    let post = lists.draft(person).await?;
    desk.app.db.run("update post set state = 'IN_REVIEW'").await?;
    let untouched = "select md5(string_agg(p::text, '')) || (select count(*) from post_version) from post p";
    let before: String = desk.app.db.value(untouched).await?;

    let own = lists.add(person, &post, "  Read it aloud ", false).await?;
    let add = json!({ "postId": post, "templateId": template });
    lists.mutate(person, "addChecklist", "post { id }", add.clone()).await?;
    lists.refused(person, "addChecklist", add, "ALREADY_EXISTS", "templateId").await?;
    assert_eq!(lists.texts(&post).await?, ["Read it aloud", "Ask the printer", "Count the pages"]);
    let ids: Vec<String> =
        lists.checklist(&post).await?.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect();
    let place = |item: &str, after: Option<&str>| json!({ "itemId": item, "afterItemId": after });
    let moved = lists.mutate(person, "moveChecklistItem", ITEM, place(&ids[2], None)).await?;
    assert_eq!(moved.get("moveChecklistItem.item.position"), 1);
    assert_eq!(lists.texts(&post).await?, ["Count the pages", "Read it aloud", "Ask the printer"]);
    lists.mutate(person, "moveChecklistItem", ITEM, place(&ids[2], Some(&ids[1]))).await?;
    assert_eq!(lists.texts(&post).await?, ["Read it aloud", "Ask the printer", "Count the pages"]);
    let elsewhere = lists.draft(person).await?;
    let foreign = lists.add(person, &elsewhere, "x", false).await?;
    lists.refused(person, "moveChecklistItem", place(&own, Some(&foreign)), "NOT_FOUND", "afterItemId").await?;
    lists.refused(person, "moveChecklistItem", place(&own, Some(&own)), "INVALID", "afterItemId").await?;

    // What is ticked is what was read.
    let ticked = lists.tick(person, &own).await?;
    assert_eq!(ticked.get("tickChecklistItem.item.tickedBy"), &json!({ "id": id("user", person.id) }));
    assert_eq!(ticked.get("tickChecklistItem.item.version"), 1, "a tick is no change of what is to be done");
    let assignee = id("user", person.id);
    let change = |version: i32, text: &str, to: Option<&str>| json!({ "itemId": own, "version": version, "text": text, "required": true, "assigneeId": to });
    let same = lists.mutate(person, "updateChecklistItem", ITEM, change(1, "Read it aloud", Some(&assignee))).await?;
    assert!(same.get("updateChecklistItem.item.tickedAt").is_string(), "in the same words it is done still");
    assert_eq!(same.get("updateChecklistItem.item.assignee"), &json!({ "id": assignee }));
    let other = lists.mutate(person, "updateChecklistItem", ITEM, change(2, "Read it twice", None)).await?;
    let item = other.get("updateChecklistItem.item");
    assert!(item["tickedAt"].is_null() && item["tickedBy"].is_null() && item["assignee"].is_null(), "{item}");
    lists.refused(person, "updateChecklistItem", change(2, "x", None), "CHANGED_MEANWHILE", "version").await?;
    let stale = json!({ "itemId": own, "version": 1 });
    lists.refused(person, "tickChecklistItem", stale, "CHANGED_MEANWHILE", "version").await?;
    lists.mutate(person, "tickChecklistItem", ITEM, json!({ "itemId": own, "version": 3 })).await?;
    let undone = lists.mutate(person, "untickChecklistItem", ITEM, json!({ "itemId": own })).await?;
    assert!(undone.get("untickChecklistItem.item.tickedAt").is_null());

    for (text, code) in [(" ", "INVALID"), (&*"x".repeat(301), "TOO_LONG")] {
        lists.refused(person, "addChecklistItem", json!({ "postId": post, "text": text }), code, "text").await?;
        lists.refused(person, "updateChecklistItem", change(3, text, None), code, "text").await?;
    }
    let unknown = json!({ "itemId": nobodys("checkitem") });
    lists.refused(person, "removeChecklistItem", unknown, "NOT_FOUND", "itemId").await?;
    let gone = lists.mutate(person, "removeChecklistItem", "deletedId", json!({ "itemId": ids[1] })).await?;
    assert_eq!(gone.get("removeChecklistItem.deletedId"), &json!(ids[1]));
    assert_eq!(lists.texts(&post).await?, ["Read it twice", "Count the pages"], "places have no gaps");
    let last: String = desk
        .app
        .db
        .value("select md5(string_agg(p::text, '')) || (select count(*) - 1 from post_version) from post p where state = 'IN_REVIEW'")
        .await?;
    assert_eq!(last, before, "the post, its version and its review are as they were");

    // There is an end to it.
    desk.app
        .db
        .run("insert into checklist_item (id, brand_id, post_id, position, text, required, created_at)
             select gen_random_uuid(), brand_id, id, n, 'x', false, now() from post, generate_series(3, 100) n where state = 'IN_REVIEW'")
        .await?;
    lists.refused(person, "addChecklistItem", json!({ "postId": post, "text": "x" }), "TOO_MANY", "postId").await?;
    // And nothing changes once the post is over.
    let over = [
        ("addChecklist", json!({ "postId": post, "templateId": template }), "postId"),
        ("addChecklistItem", json!({ "postId": post, "text": "x" }), "postId"),
        ("updateChecklistItem", change(3, "x", None), "itemId"),
        ("tickChecklistItem", json!({ "itemId": own, "version": 3 }), "itemId"),
        ("untickChecklistItem", json!({ "itemId": own }), "itemId"),
        ("moveChecklistItem", place(&own, None), "itemId"),
        ("removeChecklistItem", json!({ "itemId": own }), "itemId"),
    ];
    for state in ["PUBLISHED", "CANCELED", "ARCHIVED"] {
        desk.app.db.run(&format!("update post set state = '{state}', due_at = now() where state <> 'DRAFT'")).await?;
        for (name, input, field) in &over {
            lists.refused(person, name, input.clone(), "WRONG_STATE", field).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_required_and_not_done_warns_or_blocks_as_the_brand_says() -> Result<()> {
    const VALIDATE: &str = "query($id: ID!) { validatePost(postId: $id) { valid problems { variantId severity error { code message field } } } }";
    let lists = Lists::new().await?;
    let (desk, person) = (&lists.desk, &lists.desk.person);
    lists.template("Default", &["Read it aloud!", "Ask the printer"], true).await?;
    let post = lists.draft(person).await?;
    let found = async || {
        let answer = desk.app.client.gql(&person.token, VALIDATE, json!({ "id": post })).await?.ok()?;
        Ok::<_, anyhow::Error>(answer.get("validatePost").clone())
    };
    let set = async |version: i32, mode: &str| {
        let mut checks = no_checks();
        checks["brandId"] = json!(id("brand", desk.brand));
        checks["version"] = json!(version);
        checks["openChecklist"] = json!(mode);
        let answer = desk.mutate("setContentChecks", "checks { openChecklist }", checks).await?;
        assert_eq!(answer.get("setContentChecks.checks.openChecklist"), mode);
        Ok::<_, anyhow::Error>(())
    };
    let warned = found().await?;
    assert_eq!((&warned["valid"], &warned["problems"][0]["severity"]), (&json!(true), &json!("WARNING")), "by default");
    let error = &warned["problems"][0]["error"];
    assert_eq!((&error["code"], &error["field"]), (&json!("CHECKLIST_INCOMPLETE"), &json!(["checklist"])));
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("Read it aloud") && !message.contains("printer"), "{message}");
    assert!(warned["problems"][0]["variantId"].is_null());

    set(0, "BLOCK").await?;
    assert_eq!(found().await?["valid"], json!(false));
    let due = json!({ "postId": post, "dueAt": desk.time_in(Duration::hours(2)) });
    lists.refused(person, "schedulePost", due.clone(), "CHECKLIST_INCOMPLETE", "checklist").await?;
    lists.refused(person, "submitPost", json!({ "postId": post }), "CHECKLIST_INCOMPLETE", "checklist").await?;
    set(1, "OFF").await?;
    assert_eq!(found().await?, json!({ "valid": true, "problems": [] }));
    set(2, "BLOCK").await?;
    let item = lists.checklist(&post).await?[0]["id"].as_str().context("an id")?.to_owned();
    lists.tick(person, &item).await?;
    assert_eq!(found().await?, json!({ "valid": true, "problems": [] }), "the other is not required");
    let done = lists.mutate(person, "schedulePost", "post { state }", due).await?;
    assert_eq!(done.get("schedulePost.post.state"), "SCHEDULED");
    // What is not done after all takes nothing off the schedule.
    lists.mutate(person, "untickChecklistItem", ITEM, json!({ "itemId": item })).await?;
    assert_eq!(lists.post(person, &post).await?["state"], "SCHEDULED");
    Ok(())
}

#[tokio::test]
async fn of_many_at_once_one_is_first() -> Result<()> {
    let lists = Lists::new().await?;
    let person = &lists.desk.person;
    let template = lists.template("Print", &["Ask the printer!", "Count the pages"], false).await?;
    let post = lists.draft(person).await?;
    let item = lists.add(person, &post, "Read it aloud", true).await?;
    let mut people = Vec::new();
    for _ in 0..8 {
        people.push(lists.member(Level::Mid, UserKind::Staff).await?);
    }
    let ticks = try_join_all(people.iter().map(|by| lists.tick(by, &item))).await?;
    let whose: Vec<&Value> = ticks.iter().map(|tick| tick.get("tickChecklistItem.item.tickedBy.id")).collect();
    assert!(whose.iter().all(|one| one.is_string() && *one == whose[0]), "{whose:?}");
    assert_eq!(lists.events("checklist_item.tick").await?, 1);
    // A template is added once.
    let add = json!({ "postId": post, "templateId": template });
    let client = &lists.desk.app.client;
    let adds = people.iter().map(|by| client.try_mutate(&by.token, "addChecklist", "post { id }", add.clone()));
    let adds = try_join_all(adds).await?;
    let codes: Vec<String> = adds.iter().flat_map(|answer| answer.user_codes("addChecklist")).collect();
    assert_eq!(codes, ["ALREADY_EXISTS"; 7]);
    assert_eq!(lists.texts(&post).await?, ["Read it aloud", "Ask the printer", "Count the pages"]);
    assert_eq!(lists.events("checklist.add").await?, 1);
    Ok(())
}

#[tokio::test]
async fn the_statements_of_checklists_do_not_grow_with_the_posts() -> Result<()> {
    let lists = Lists::new().await?;
    let (desk, person) = (&lists.desk, &lists.desk.person);
    lists.template("Default", &["Read it aloud!", "Ask the printer"], true).await?;
    let query =
        "query($id: ID!) { brand(id: $id) { posts(first: 50) { nodes { checklist { text tickedBy { id } assignee { id }
      template { name items { text } } } } } } }";
    let mut costs = Vec::new();
    for more in [2, 12] {
        for _ in 0..more {
            let post = lists.draft(person).await?;
            let items = lists.checklist(&post).await?;
            lists.tick(person, items[0]["id"].as_str().unwrap_or_default()).await?;
        }
        let before = desk.app.db.statements();
        let answer = desk.app.client.gql(&person.token, query, json!({ "id": id("brand", desk.brand) })).await?.ok()?;
        costs.push(desk.app.db.statements() - before);
        let nodes = answer.get("brand.posts.nodes").as_array().context("posts")?;
        assert!(nodes.iter().all(|post| post["checklist"].as_array().is_some_and(|items| items.len() == 2)));
    }
    assert_eq!(costs[0], costs[1], "statements for 2 and for 14 posts");
    Ok(())
}
