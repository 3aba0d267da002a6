//! The ideas board through HTTP: from what somebody thought of to the post that it became.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const IDEA: &str =
    "idea { id title note state position version tags wishedFor archivedAt pillar { name } assignee { id }
  source { title url credit } post { id } createdBy { id } }";
const BOARD: &str = "query($id: ID!, $first: Int! = 100) { ideaBoard(brandId: $id, first: $first) { columns { state count ideas { id title position
  pillar { name } assignee { name } createdBy { name } post { title state } source { credit } } } } }";

impl Desk {
    async fn idea(&self, idea: Value) -> Result<Value> {
        let input = json!({ "brandId": id("brand", self.brand), "idea": idea });
        Ok(self.mutate("createIdea", IDEA, input).await?.get("createIdea.idea").clone())
    }

    /// The ids of a column of the board, in order.
    async fn column(&self, state: &str) -> Result<Vec<String>> {
        let variables = json!({ "id": id("brand", self.brand) });
        let answer = self.app.client.gql(&self.person.token, BOARD, variables).await?.ok()?;
        let columns = answer.get("ideaBoard.columns").as_array().context("columns")?.clone();
        let column = columns.into_iter().find(|column| column["state"] == state).context("the column")?;
        let ideas = column["ideas"].as_array().context("ideas")?.clone();
        assert_eq!(column["count"], ideas.len());
        for (place, idea) in ideas.iter().enumerate() {
            let position = if state == "TAKEN" { Value::Null } else { json!(place + 1) };
            assert_eq!(idea["position"], position, "{ideas:?}");
        }
        Ok(ideas.iter().filter_map(|idea| idea["id"].as_str().map(str::to_owned)).collect())
    }

    async fn ideas_listed(&self, filter: Value) -> Result<Answer> {
        let query = "query($id: ID!, $filter: IdeaFilterInput) { ideas(brandId: $id, filter: $filter, first: 10) { nodes { title } } }";
        let variables = json!({ "id": id("brand", self.brand), "filter": filter });
        self.app.client.gql(&self.person.token, query, variables).await
    }

    async fn pillar_of_ideas(&self, name: &str) -> Result<String> {
        let lead = self.app.member(self.brand, Level::Senior, UserKind::Staff).await?;
        let input = json!({ "brandId": id("brand", self.brand), "pillar": { "name": name, "shareBasisPoints": 0 } });
        let made = self.app.client.mutate(&lead.token, "createContentPillar", "contentPillar { id }", input).await?;
        made.text("createContentPillar.contentPillar.id")
    }
}

fn own(idea: &Value) -> String {
    idea["id"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_idea_goes_over_the_board_and_becomes_a_post() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let pillar = desk.pillar_of_ideas("Craft").await?;
    let source = json!({ "url": "https://news.example/1", "credit": "Lina" });
    let first = json!({ "title": "Show the roastery", "note": "Steam, hands", "pillarId": pillar, "wishedFor": "2027-03-20",
        "tags": ["Behind the Scenes"], "source": source });
    let first = desk.idea(first).await?;
    assert_eq!(
        first,
        json!({ "id": first["id"], "title": "Show the roastery", "note": "Steam, hands", "state": "NEW", "position": 1,
            "version": 1, "tags": ["behind the scenes"], "wishedFor": "2027-03-20", "archivedAt": null,
            "pillar": { "name": "Craft" }, "assignee": null,
            "source": { "title": null, "url": "https://news.example/1", "credit": "Lina" }, "post": null,
            "createdBy": { "id": id("user", desk.person.id) } })
    );
    let second = desk.idea(json!({ "title": "Ask about tea" })).await?;
    assert_eq!((&second["source"], &second["pillar"], &second["note"]), (&Value::Null, &Value::Null, &json!("")));
    let (first, second) = (own(&first), own(&second));
    assert_eq!(desk.column("NEW").await?, [second.clone(), first.clone()], "what is new comes first");

    let shift = async |idea: &str, state: &str, after: Option<&str>| {
        let input = json!({ "ideaId": idea, "state": state, "afterIdeaId": after });
        desk.mutate("moveIdea", IDEA, input).await
    };
    shift(&second, "NEW", Some(&first)).await?;
    assert_eq!(desk.column("NEW").await?, [first.clone(), second.clone()]);
    shift(&second, "READY", None).await?;
    shift(&first, "READY", Some(&second)).await?;
    assert_eq!(desk.column("READY").await?, [second.clone(), first.clone()]);
    assert_eq!(desk.column("NEW").await?, [] as [&str; 0]);

    let colleague = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let assign = json!({ "ideaId": first, "assigneeId": id("user", colleague.id) });
    let given = desk.mutate("assignIdea", IDEA, assign).await?;
    assert_eq!(given.get("assignIdea.idea.assignee.id"), &json!(id("user", colleague.id)));
    assert_eq!(given.get("assignIdea.idea.version"), 1);

    for (filter, titles) in [
        (Value::Null, json!([{ "title": "Ask about tea" }, { "title": "Show the roastery" }])),
        (json!({ "states": ["NEW", "EXPLORING"] }), json!([])),
        (json!({ "pillarIds": [pillar] }), json!([{ "title": "Show the roastery" }])),
        (json!({ "assigneeIds": [id("user", colleague.id)] }), json!([{ "title": "Show the roastery" }])),
        (json!({ "assigneeIds": [id("user", desk.person.id)] }), json!([])),
        (json!({ "tag": "Behind the scenes" }), json!([{ "title": "Show the roastery" }])),
        (json!({ "tag": "behind" }), json!([])),
        (json!({ "search": "TEA" }), json!([{ "title": "Ask about tea" }, { "title": "Show the roastery" }])),
        (json!({ "search": "about t" }), json!([{ "title": "Ask about tea" }])),
        (json!({ "search": "100%" }), json!([])),
        (json!({ "archived": true }), json!([])),
    ] {
        let listed = desk.ideas_listed(filter.clone()).await?.ok()?;
        assert_eq!(listed.get("ideas.nodes"), &titles, "{filter}");
    }

    let variants = json!([{ "socialAccountId": id("account", desk.bluesky), "text": "Come in" }]);
    let draft = json!({ "calendarId": id("calendar", desk.calendar), "title": "The roastery", "variants": variants });
    let selection = "idea { id state position version post { id } } post { id title state pillar { name }
      curatedFrom { sourceTitle sourceUrl credit } idea { id title } variants { text } }";
    let made = desk.mutate("turnIdeaIntoPost", selection, json!({ "ideaId": first, "post": draft.clone() })).await?;
    let made = made.get("turnIdeaIntoPost").clone();
    assert_eq!(made["post"]["idea"], json!({ "id": first, "title": "Show the roastery" }));
    assert_eq!(
        (&made["post"]["title"], &made["post"]["state"], &made["post"]["pillar"]["name"]),
        (&json!("The roastery"), &json!("DRAFT"), &json!("Craft"))
    );
    let credit =
        json!({ "sourceTitle": "https://news.example/1", "sourceUrl": "https://news.example/1", "credit": "Lina" });
    assert_eq!(made["post"]["curatedFrom"], credit);
    assert_eq!(made["post"]["variants"], json!([{ "text": "Come in" }]));
    assert_eq!(
        made["idea"],
        json!({ "id": first, "state": "TAKEN", "position": null, "version": 2, "post": { "id": made["post"]["id"] } })
    );
    refused(
        &desk,
        "turnIdeaIntoPost",
        "post { id }",
        json!({ "ideaId": first, "post": draft }),
        "WRONG_STATE",
        "ideaId",
    )
    .await?;
    assert_eq!(desk.column("READY").await?, std::slice::from_ref(&second));
    assert_eq!(desk.column("TAKEN").await?, std::slice::from_ref(&first));

    // Put away, an idea has no place; what comes back is the first of its column.
    let third = own(&desk.idea(json!({ "title": "Third" })).await?);
    shift(&third, "READY", None).await?;
    desk.mutate("archiveIdea", IDEA, json!({ "ideaId": second, "version": 1 })).await?;
    desk.mutate("archiveIdea", IDEA, json!({ "ideaId": first, "version": 2 })).await?;
    assert_eq!((desk.column("READY").await?, desk.column("TAKEN").await?), (vec![third.clone()], vec![]));
    let away = desk.ideas_listed(json!({ "archived": true })).await?.ok()?;
    assert_eq!(away.get("ideas.nodes").as_array().map(Vec::len), Some(2));
    desk.mutate("restoreIdea", IDEA, json!({ "ideaId": second, "version": 2 })).await?;
    let back = desk.mutate("restoreIdea", IDEA, json!({ "ideaId": first, "version": 3 })).await?;
    assert_eq!(back.get("restoreIdea.idea.state"), "TAKEN");
    assert_eq!((desk.column("READY").await?, desk.column("TAKEN").await?), (vec![second, third], vec![first]));
    Ok(())
}

#[tokio::test]
async fn what_a_feed_brought_is_kept_with_its_source() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let written = desk.app.fill_brand("Beta").await?;
    desk.app.join(&desk.person, written.brand, Level::Junior).await?;
    let item = id("sourceitem", written.planning.source_item);
    let selection = "idea { title note state position source { title url credit } sourceItem { id idea { title } } }";
    let saved = desk.mutate("saveItemAsIdea", selection, json!({ "itemId": item })).await?;
    assert_eq!(
        saved.get("saveItemAsIdea.idea"),
        &json!({ "title": "Coffee", "note": "It is good", "state": "NEW", "position": 1,
            "source": { "title": "News", "url": "https://news.example/1", "credit": "Lina" },
            "sourceItem": { "id": item, "idea": { "title": "Coffee" } } })
    );
    for (input, code) in
        [(json!({ "itemId": item }), "ALREADY_EXISTS"), (json!({ "itemId": nobodys("sourceitem") }), "NOT_FOUND")]
    {
        refused(&desk, "saveItemAsIdea", "idea { id }", input, code, "itemId").await?;
    }
    Ok(())
}

#[tokio::test]
async fn input_that_cannot_be_is_refused_at_its_place() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let many: Vec<String> = (0..11).map(|number| format!("{number}")).collect();
    let elsewhere = desk.app.fill_brand("Beta").await?;
    for (idea, code, field) in [
        (json!({ "title": " " }), "INVALID", "idea.title"),
        (json!({ "title": "x".repeat(201) }), "TOO_LONG", "idea.title"),
        (json!({ "title": "a\u{0}b" }), "INVALID", "idea.title"),
        (json!({ "title": "x", "note": "x".repeat(5001) }), "TOO_LONG", "idea.note"),
        (json!({ "title": "x", "tags": many }), "TOO_MANY", "idea.tags"),
        (json!({ "title": "x", "tags": ["a", "x".repeat(51)] }), "TOO_LONG", "idea.tags.1"),
        (json!({ "title": "x", "tags": [""] }), "INVALID", "idea.tags.0"),
        (json!({ "title": "x", "pillarId": nobodys("pillar") }), "NOT_FOUND", "idea.pillarId"),
        (json!({ "title": "x", "pillarId": id("pillar", elsewhere.strategy.pillar) }), "NOT_FOUND", "idea.pillarId"),
        (json!({ "title": "x", "pillarId": brand }), "NOT_FOUND", "idea.pillarId"),
        (json!({ "title": "x", "source": { "url": "news" } }), "INVALID", "idea.source.url"),
        (json!({ "title": "x", "source": { "url": "javascript:alert(1)" } }), "INVALID", "idea.source.url"),
        (json!({ "title": "x", "source": { "url": "file:///etc/passwd" } }), "INVALID", "idea.source.url"),
        (
            json!({ "title": "x", "source": { "url": format!("https://x.example/{}", "ق".repeat(400)) } }),
            "TOO_LONG",
            "idea.source.url",
        ),
        (
            json!({ "title": "x", "source": { "url": format!("https://x.example/{}", "x".repeat(2000)) } }),
            "TOO_LONG",
            "idea.source.url",
        ),
        (json!({ "title": "x", "source": { "credit": "x".repeat(301) } }), "TOO_LONG", "idea.source.credit"),
    ] {
        let input = json!({ "brandId": brand, "idea": idea });
        refused(&desk, "createIdea", "idea { id }", input, code, field).await?;
    }
    let one = own(&desk.idea(json!({ "title": "One" })).await?);
    let two = own(&desk.idea(json!({ "title": "Two" })).await?);
    let shift = |idea: &str, state: &str, after: &str| json!({ "ideaId": idea, "state": state, "afterIdeaId": after });
    for (input, code, field) in [
        (json!({ "ideaId": one, "state": "TAKEN" }), "INVALID", "state"),
        (shift(&one, "NEW", &one), "INVALID", "afterIdeaId"),
        (shift(&one, "READY", &two), "WRONG_STATE", "afterIdeaId"),
        (shift(&one, "NEW", &nobodys("idea")), "NOT_FOUND", "afterIdeaId"),
        (shift(&one, "NEW", &id("idea", elsewhere.planning.idea)), "NOT_FOUND", "afterIdeaId"),
        (shift(&nobodys("idea"), "NEW", &one), "NOT_FOUND", "ideaId"),
    ] {
        refused(&desk, "moveIdea", "idea { id }", input, code, field).await?;
    }
    let freelancer = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    for (who, code) in [
        (id("user", freelancer.id), "KIND_MISMATCH"),
        (id("user", elsewhere.author), "NOT_FOUND"),
        (nobodys("user"), "NOT_FOUND"),
    ] {
        let input = json!({ "ideaId": one, "assigneeId": who });
        refused(&desk, "assignIdea", "idea { id }", input, code, "assigneeId").await?;
    }
    let stale = json!({ "ideaId": one, "version": 7, "idea": { "title": "x" } });
    refused(&desk, "updateIdea", "idea { id }", stale, "CHANGED_MEANWHILE", "version").await?;
    let account = id("account", elsewhere.account);
    for (draft, code, field) in [
        (json!({ "calendarId": nobodys("calendar"), "title": "x" }), "NOT_FOUND", "post.calendarId"),
        (json!({ "calendarId": id("calendar", elsewhere.calendar), "title": "x" }), "NOT_FOUND", "post.calendarId"),
        (json!({ "calendarId": id("calendar", desk.calendar), "title": "" }), "INVALID", "post.title"),
        (
            json!({ "calendarId": id("calendar", desk.calendar), "title": "x", "variants": [{ "socialAccountId": account, "text": "x" }] }),
            "NOT_FOUND",
            "post.variants.0.socialAccountId",
        ),
    ] {
        let input = json!({ "ideaId": one, "post": draft });
        refused(&desk, "turnIdeaIntoPost", "post { id }", input, code, field).await?;
    }
    for (filter, code) in [
        (json!({ "search": "x".repeat(201) }), "INVALID"),
        (json!({ "tag": "a\u{0}b" }), "INVALID"),
        (json!({ "pillarIds": [brand] }), "NOT_FOUND"),
    ] {
        let answer = desk.ideas_listed(filter.clone()).await?;
        assert_eq!(answer.code(), code, "{filter}: {}", answer.body);
    }
    for first in [0, 101] {
        let answer = desk.app.client.gql(&desk.person.token, BOARD, json!({ "id": brand, "first": first })).await?;
        assert_eq!(answer.code(), "BAD_REQUEST", "{first}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn freelancers_and_clients_see_what_became_of_an_idea_and_not_the_idea() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let idea = own(&desk.idea(json!({ "title": "Secret idea" })).await?);
    let draft = json!({ "calendarId": id("calendar", desk.calendar), "title": "A post" });
    let made = desk.mutate("turnIdeaIntoPost", "post { id }", json!({ "ideaId": idea, "post": draft })).await?;
    let post = made.text("turnIdeaIntoPost.post.id")?;
    let other = own(&desk.idea(json!({ "title": "Secret other" })).await?);
    for (kind, sees) in [
        (UserKind::Freelancer, false),
        (UserKind::Client, false),
        (UserKind::Staff, true),
        (UserKind::Integration, true),
    ] {
        let person = desk.app.member(desk.brand, Level::Junior, kind).await?;
        desk.app
            .db
            .run(&format!(
                "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                   select gen_random_uuid(), brand_id, id, '{}', now() from post;
                 update post set sent_to_client_at = now()",
                person.id
            ))
            .await?;
        let query = "query($idea: ID!, $post: ID!, $brand: ID!) { idea: node(id: $idea) { id }
          post: node(id: $post) { ... on Post { title idea { title } } } ideas(brandId: $brand, first: 5) { nodes { title } } }";
        let variables = json!({ "idea": other, "post": post, "brand": id("brand", desk.brand) });
        let seen = desk.app.client.gql(&person.token, query, variables).await?;
        assert_eq!(seen.code(), if sees { "" } else { "FORBIDDEN" }, "{kind:?}: {}", seen.body);
        assert_eq!(seen.body.to_string().contains("Secret"), sees, "{kind:?}: {}", seen.body);
        let each = "query($idea: ID!, $post: ID!) { idea: node(id: $idea) { id } post: node(id: $post) { ... on Post { title idea { title } } } }";
        let seen = desk.app.client.gql(&person.token, each, json!({ "idea": other, "post": post })).await?.ok()?;
        assert_eq!((seen.get("post.title"), seen.get("idea").is_object()), (&json!("A post"), sees), "{kind:?}");
        assert_eq!(seen.get("post.idea").is_object(), sees, "{kind:?}");
        if !sees {
            let before = fingerprint(&desk.app).await?;
            for (name, input, code) in [
                ("createIdea", json!({ "brandId": id("brand", desk.brand), "idea": { "title": "x" } }), "FORBIDDEN"),
                ("moveIdea", json!({ "ideaId": other, "state": "READY" }), "NOT_FOUND"),
                ("archiveIdea", json!({ "ideaId": other, "version": 1 }), "NOT_FOUND"),
            ] {
                let answer = desk.app.client.try_mutate(&person.token, name, "idea { id }", input).await?;
                assert_eq!(answer.user_codes(name), [code], "{kind:?}: {}", answer.body);
            }
            assert_eq!(fingerprint(&desk.app).await?, before, "{kind:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_board_takes_as_many_statements_for_many_ideas_as_for_few() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let pillar = desk.pillar_of_ideas("Craft").await?;
    let pillar: uuid::Uuid = diwan_platform::ids::decode("pillar", &pillar).context("an id")?;
    let (brand, person) = (desk.brand, desk.person.id);
    let fill = async |count: i32| -> Result<()> {
        for _ in 0..count {
            desk.app.post(brand, desk.bluesky, "x", &desk.person).await?;
        }
        desk.app
            .db
            .run(&format!(
                "insert into idea (id, brand_id, title, state, position, pillar_id, assignee_id, created_by, created_at, updated_at)
                   select gen_random_uuid(), '{brand}', 'Idea', s, (select count(*) from idea i where i.state = s) + n, '{pillar}', '{person}',
                     '{person}', now(), now() from generate_series(1, {count}) n, unnest(array['NEW', 'EXPLORING', 'READY']) s;
                 insert into idea (id, brand_id, title, state, post_id, created_by, created_at, updated_at)
                   select gen_random_uuid(), '{brand}', 'Idea', 'TAKEN', id, '{person}', now(), now() from post
                   where id not in (select post_id from idea where post_id is not null)"
            ))
            .await
    };
    let mut costs = Vec::new();
    let mut there = 0;
    for more in [2, 40] {
        fill(more).await?;
        there += more;
        let before = desk.app.db.statements();
        let answer = desk.app.client.gql(&desk.person.token, BOARD, json!({ "id": id("brand", brand) })).await?.ok()?;
        costs.push(desk.app.db.statements() - before);
        for column in 0..4 {
            let ideas = answer.get(&format!("ideaBoard.columns.{column}.ideas")).as_array().context("ideas")?;
            assert_eq!(i32::try_from(ideas.len())?, there);
        }
        assert_eq!(answer.get("ideaBoard.columns.2.ideas.1.pillar.name"), "Craft");
        assert_eq!(answer.get("ideaBoard.columns.3.ideas.1.post.title"), "A post");
    }
    // How batches of two fields meet differs from run to run by a few.
    assert!(costs.iter().all(|cost| (4..=12).contains(cost)), "statements for 8 and for 168 ideas: {costs:?}");
    Ok(())
}

#[tokio::test]
async fn ideas_go_to_an_heir_of_the_staff() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let leaver = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let heir = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let freelancer = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let mut all = Vec::new();
    for title in ["Open", "Also open", "Taken", "Put away"] {
        let idea = own(&desk.idea(json!({ "title": title })).await?);
        let to = json!({ "ideaId": idea, "assigneeId": id("user", leaver.id) });
        desk.mutate("assignIdea", "idea { id }", to).await?;
        all.push(idea);
    }
    let draft = json!({ "calendarId": id("calendar", desk.calendar), "title": "A post" });
    desk.mutate("turnIdeaIntoPost", "post { id }", json!({ "ideaId": all[2], "post": draft })).await?;
    desk.mutate("archiveIdea", "idea { id }", json!({ "ideaId": all[3], "version": 1 })).await?;
    for (to, moved, left) in [(&freelancer, 0, 2), (&heir, 2, 0), (&heir, 0, 0)] {
        // Not naming the brand: it is found by the ideas alone.
        let input = json!({ "fromUserId": id("user", leaver.id), "toUserId": id("user", to.id) });
        let done = desk.mutate("handOverWork", "posts ideas ideasLeft", input).await?;
        let done = (done.get("handOverWork.ideas").clone(), done.get("handOverWork.ideasLeft").clone());
        assert_eq!(done, (json!(moved), json!(left)));
    }
    let of = |who: uuid::Uuid| format!("select count(*) from idea where assignee_id = '{who}'");
    assert_eq!(desk.app.db.value::<i64>(&of(heir.id)).await?, 2);
    assert_eq!(desk.app.db.value::<i64>(&of(leaver.id)).await?, 2, "what is over stays whose it was");
    Ok(())
}
