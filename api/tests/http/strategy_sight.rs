//! Who sees what of a brand's strategy, and how many statements it takes.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::TestApp;
use serde_json::{Value, json};

use crate::cell_operations::strategy::definition;
use crate::kit::{Desk, id};

#[tokio::test]
async fn clients_and_freelancers_see_the_profile_and_the_pillars_of_their_posts() -> Result<()> {
    let app = TestApp::new().await?;
    let at = app.fill_brand("Alpha").await?;
    let own = &at.strategy;
    for (kind, posts) in [
        (UserKind::Client, true),
        (UserKind::Freelancer, false),
        (UserKind::Staff, true),
        (UserKind::Integration, true),
    ] {
        let staff = matches!(kind, UserKind::Staff | UserKind::Integration);
        let person = app.member(at.brand, Level::Junior, kind).await?;
        let query = "query($id: ID!) { brand(id: $id) { profile { identity toneOfVoice bannedWords { text } } } }";
        let answer = app.client.gql(&person.token, query, json!({ "id": id("brand", at.brand) })).await?.ok()?;
        assert_eq!(answer.get("brand.profile.identity"), "A roastery", "{kind:?}");
        for (prefix, uuid, seen) in [
            ("profile", own.profile, true),
            ("pillar", own.pillar, posts),
            ("persona", own.persona, staff),
            ("challenge", own.challenge, staff),
            ("objective", own.goal, staff),
            ("kpi", own.kpi, staff),
            ("channel", own.channel, staff),
            ("plan", own.plan, staff),
        ] {
            let query = "query($id: ID!) { node(id: $id) { id } }";
            let answer = app.client.gql(&person.token, query, json!({ "id": id(prefix, uuid) })).await?.ok()?;
            assert_eq!(answer.get("node").is_object(), seen, "{prefix} by {kind:?}");
        }
        let query = "query($id: ID!) { brand(id: $id) { name strategy { challenges(first: 5) { nodes { title } } checks { version } } } }";
        let answer = app.client.gql(&person.token, query, json!({ "id": id("brand", at.brand) })).await?;
        assert_eq!(answer.code(), if staff { "" } else { "FORBIDDEN" }, "{kind:?}: {}", answer.body);
        assert_eq!(answer.get("brand.name"), "Alpha", "the rest is answered");
        assert_eq!(answer.body.to_string().contains("Nobody knows us"), staff, "{kind:?}");
        let query = "query($id: ID!) { kpiValues(kpiId: $id, first: 5) { nodes { value } } }";
        let answer = app.client.gql(&person.token, query, json!({ "id": id("kpi", own.kpi) })).await?;
        assert_eq!(answer.code(), if staff { "" } else { "NOT_FOUND" }, "{kind:?}: {}", answer.body);
        // A freelancer sees the pillar once the post is theirs.
        if kind == UserKind::Freelancer {
            app.db
                .run(&format!(
                    "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                     values (gen_random_uuid(), '{}', '{}', '{}', now())",
                    at.brand, at.post, person.id
                ))
                .await?;
            let query = "query($id: ID!) { node(id: $id) { ... on Post { pillar { name } } } }";
            let answer = app.client.gql(&person.token, query, json!({ "id": id("post", at.post) })).await?.ok()?;
            assert_eq!(answer.get("node.pillar.name"), "Craft");
        }
    }
    Ok(())
}

/// Things of each kind, so that there is something to load.
async fn fill(desk: &Desk, things: usize) -> Result<()> {
    let brand = id("brand", desk.brand);
    let create = async |name: &str, selection: &str, input: Value| -> Result<String> {
        let answer = desk.mutate(name, &format!("{selection} {{ id }}"), input).await?;
        answer.text(&format!("{name}.{selection}.id"))
    };
    for number in 0..things {
        let name = format!("Thing {number} {}", desk.app.db.statements());
        let persona =
            create("createPersona", "persona", json!({ "brandId": brand, "persona": { "name": name } })).await?;
        let narrower = json!({ "brandId": brand, "parentId": persona, "persona": { "name": name } });
        create("createPersona", "persona", narrower).await?;
        let vision = json!({ "brandId": brand, "kind": "VISION", "objective": { "title": name } });
        let vision = create("createObjective", "objective", vision).await?;
        let goal = json!({ "brandId": brand, "kind": "GOAL", "objective": { "title": name, "parentId": vision } });
        create("createObjective", "objective", goal).await?;
        let kpi = json!({ "brandId": brand, "name": name, "objectiveId": vision, "definition": definition() });
        let kpi = create("createKpi", "kpi", kpi).await?;
        let value = json!({ "kpiId": kpi, "on": "2026-03-01", "value": "5" });
        desk.mutate("recordKpiValue", "value { value }", value).await?;
        let pillar = json!({ "brandId": brand, "pillar": { "name": name, "shareBasisPoints": 100 } });
        create("createContentPillar", "contentPillar", pillar).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_statements_of_lists_do_not_grow_with_the_rows() -> Result<()> {
    const QUERY: &str = "query($id: ID!) { brand(id: $id) { profile { identity } strategy { checks { version }
      personas(first: 30) { nodes { name parent { name } subTargets { name } brand { name } } }
      objectives(first: 30) { nodes { title parent { title } children { title kpis { name } } } }
      kpis(first: 30) { nodes { name objective { title } current { number } versions { values { value meaning { number } recordedBy { name } } } } }
      pillars(first: 30) { nodes { name } }
      mix(month: \"2026-03-01\") { pillar { name } } } } }";
    let desk = Desk::new(Level::Senior).await?;
    let mut costs = Vec::new();
    for things in [2, 10] {
        fill(&desk, things).await?;
        let before = desk.app.db.statements();
        let answer =
            desk.app.client.gql(&desk.person.token, QUERY, json!({ "id": id("brand", desk.brand) })).await?.ok()?;
        costs.push(desk.app.db.statements() - before);
        let kpis = answer.get("brand.strategy.kpis.nodes").as_array().context("KPIs")?;
        assert_eq!(kpis.iter().filter(|kpi| kpi["versions"][0]["values"][0]["value"] == "5").count(), kpis.len());
    }
    println!("a whole strategy with 2 and with 12 things of each kind: {costs:?} statements");
    // One per field that reads, wherever batches of two fields meet: how they meet differs from run to run by a few.
    assert!(costs.iter().all(|cost| (10..=30).contains(cost)), "{costs:?}");
    Ok(())
}
