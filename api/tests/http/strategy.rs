//! The strategy of a brand through HTTP: writing it down, changing it, putting it away, and what cannot be.

use anyhow::{Context as _, Result};
use chrono::{Datelike as _, Duration, NaiveDate};
use diwan_entity::tenancy::app_user::Level;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};

use crate::cell_operations::strategy::definition;
use crate::kit::{Desk, fingerprint, id, nobodys};

/// A mutation that must be refused with one code at one field, and leave nothing.
pub async fn refused(desk: &Desk, name: &str, selection: &str, input: Value, code: &str, field: &str) -> Result<()> {
    let before = fingerprint(&desk.app).await?;
    let answer = desk.try_mutate(name, selection, input.clone()).await?;
    assert_eq!(answer.user_codes(name), [code], "{name} {input}: {}", answer.body);
    let place = answer.get(&format!("{name}.userErrors.0.field")).as_array().context("a place")?.clone();
    let place: Vec<_> = place.iter().filter_map(Value::as_str).collect();
    assert_eq!(place.join("."), field, "{name} {input}");
    assert!(answer.get(&format!("{name}.userErrors.0.message")).as_str().is_some_and(|text| text.len() > 10));
    assert_eq!(fingerprint(&desk.app).await?, before, "{name} {input}: {code} left something");
    Ok(())
}

async fn ask(desk: &Desk, fields: &str) -> Result<Answer> {
    let query = format!("query($id: ID!) {{ brand(id: $id) {{ {fields} }} }}");
    desk.app.client.gql(&desk.person.token, &query, json!({ "id": id("brand", desk.brand) })).await?.ok()
}

const PROFILE: &str = "profile { id version identity valueProposition toneOfVoice dos donts languages hashtags
  bannedWords { text language severity } }";

#[tokio::test]
async fn a_profile_is_written_anew_each_time_and_the_old_ones_stay() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    assert!(ask(&desk, PROFILE).await?.get("brand.profile").is_null());
    let profile = json!({ "identity": " A roastery ", "valueProposition": "Fresh", "toneOfVoice": "Warm", "dos": ["Say you"],
        "donts": ["Shout"], "languages": ["fa", "en-GB"], "hashtags": ["#قهوه", "coffee_time"],
        "bannedWords": [{ "text": "Cheap" }, { "text": "رایگان", "language": "fa", "severity": "WARNING" }] });
    let first = desk.mutate("setBrandProfile", PROFILE, json!({ "brandId": brand, "profile": profile })).await?;
    let first = first.get("setBrandProfile.profile").clone();
    assert_eq!((&first["identity"], &first["version"]), (&json!("A roastery"), &json!(1)));
    assert_eq!(first["hashtags"], json!(["قهوه", "coffee_time"]));
    assert_eq!(
        first["bannedWords"],
        json!([{ "text": "Cheap", "language": null, "severity": "BLOCK" },
            { "text": "رایگان", "language": "fa", "severity": "WARNING" }])
    );
    let again = json!({ "brandId": brand, "version": 1, "profile": { "identity": "A café" } });
    desk.mutate("setBrandProfile", PROFILE, again.clone()).await?;
    let now = format!("{PROFILE} strategy {{ profileVersions(first: 5) {{ nodes {{ version identity }} }} }}");
    let now = ask(&desk, &now).await?;
    assert_eq!((now.get("brand.profile.version"), now.get("brand.profile.identity")), (&json!(2), &json!("A café")));
    let nodes = json!([{ "version": 2, "identity": "A café" }, { "version": 1, "identity": "A roastery" }]);
    assert_eq!(now.get("brand.strategy.profileVersions.nodes"), &nodes);
    let old = desk
        .app
        .client
        .gql(
            &desk.person.token,
            "query($id: ID!) { node(id: $id) { ... on BrandProfile { identity } } }",
            json!({ "id": first["id"] }),
        )
        .await?;
    assert_eq!(old.get("node.identity"), "A roastery");
    refused(&desk, "setBrandProfile", "profile { id }", again, "CHANGED_MEANWHILE", "version").await?;
    let first_again = json!({ "brandId": brand, "profile": {} });
    refused(&desk, "setBrandProfile", "profile { id }", first_again, "CHANGED_MEANWHILE", "version").await
}

#[tokio::test]
async fn a_profile_that_cannot_be_is_refused_at_its_place() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let long = "x".repeat(10_001);
    let many: Vec<String> = (0..101).map(|number| format!("{number}")).collect();
    let words: Vec<Value> = (0..501).map(|number| json!({ "text": format!("word{number}") })).collect();
    for (profile, code, field) in [
        (json!({ "identity": long }), "TOO_LONG", "profile.identity"),
        (json!({ "toneOfVoice": "a\u{0}b" }), "INVALID", "profile.toneOfVoice"),
        (json!({ "dos": [" "] }), "INVALID", "profile.dos.0"),
        (json!({ "dos": ["a", "a"] }), "ALREADY_EXISTS", "profile.dos.1"),
        (json!({ "donts": many }), "TOO_MANY", "profile.donts"),
        (json!({ "languages": ["en", "Klingon!"] }), "INVALID", "profile.languages.1"),
        (json!({ "hashtags": ["two words"] }), "INVALID", "profile.hashtags.0"),
        (json!({ "hashtags": ["#"] }), "INVALID", "profile.hashtags.0"),
        (json!({ "bannedWords": [{ "text": "!!" }] }), "INVALID", "profile.bannedWords.0.text"),
        (json!({ "bannedWords": [{ "text": "" }] }), "INVALID", "profile.bannedWords.0.text"),
        (json!({ "bannedWords": [{ "text": "x", "language": "?" }] }), "INVALID", "profile.bannedWords.0.language"),
        (
            json!({ "bannedWords": [{ "text": "Straße" }, { "text": "STRASSE" }] }),
            "ALREADY_EXISTS",
            "profile.bannedWords.1.text",
        ),
        (json!({ "bannedWords": words }), "TOO_MANY", "profile.bannedWords"),
        (json!({ "bannedWords": [{ "text": "x".repeat(101) }] }), "TOO_LONG", "profile.bannedWords.0.text"),
    ] {
        let input = json!({ "brandId": id("brand", desk.brand), "profile": profile });
        refused(&desk, "setBrandProfile", "profile { id }", input, code, field).await?;
    }
    let wrong = json!({ "brandId": id("brand", desk.brand), "profile": { "identity": 5 } });
    assert_eq!(desk.try_mutate("setBrandProfile", "profile { id }", wrong).await?.code(), "BAD_REQUEST");
    let foreign = json!({ "brandId": nobodys("brand"), "profile": {} });
    let answer = desk.try_mutate("setBrandProfile", "profile { id }", foreign).await?;
    assert_eq!(answer.user_codes("setBrandProfile"), ["NOT_FOUND"]);
    Ok(())
}

#[tokio::test]
async fn of_two_who_write_at_once_one_wins() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let persona =
        desk.mutate("createPersona", "persona { id }", json!({ "brandId": brand, "persona": { "name": "A" } }));
    let persona = persona.await?.text("createPersona.persona.id")?;
    let profile = async |text: &str| {
        let input = json!({ "brandId": brand, "profile": { "identity": text } });
        desk.try_mutate("setBrandProfile", "profile { version }", input).await
    };
    let name = async |text: &str| {
        let input = json!({ "personaId": persona, "version": 1, "persona": { "name": text } });
        desk.try_mutate("updatePersona", "persona { name version }", input).await
    };
    let mut checks = crate::cell_operations::strategy::no_checks();
    checks["brandId"] = json!(brand);
    checks["version"] = json!(0);
    let check = async || desk.try_mutate("setContentChecks", "checks { version }", checks.clone()).await;
    for (mutation, (one, two)) in [
        ("setBrandProfile", tokio::join!(profile("one"), profile("two"))),
        ("updatePersona", tokio::join!(name("one"), name("two"))),
        ("setContentChecks", tokio::join!(check(), check())),
    ] {
        let mut codes = [one?.user_codes(mutation), two?.user_codes(mutation)];
        codes.sort();
        assert_eq!(codes, [vec![], vec!["CHANGED_MEANWHILE".to_owned()]], "{mutation}");
    }
    assert_eq!(desk.app.db.value::<i64>("select count(*) from brand_profile").await?, 1);
    assert_eq!(desk.app.db.value::<i32>("select version from persona").await?, 2);
    Ok(())
}

#[tokio::test]
async fn audiences_have_narrower_ones_and_go_away_with_them() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let selection =
        "persona { id version name demographics interests objections parent { id } subTargets { id } archivedAt }";
    let create = async |name: &str, parent: Option<&str>| -> Result<String> {
        let persona = json!({ "name": name, "description": "d", "demographics": "18-25", "interests": ["tea"], "objections": ["price"] });
        let input = json!({ "brandId": brand, "parentId": parent, "persona": persona });
        desk.mutate("createPersona", selection, input).await?.text("createPersona.persona.id")
    };
    let students = create("Students", None).await?;
    let freshmen = create("Freshmen", Some(&students)).await?;
    let seniors = create("Seniors", Some(&students)).await?;
    let nested = json!({ "brandId": brand, "parentId": freshmen, "persona": { "name": "x" } });
    refused(&desk, "createPersona", "persona { id }", nested, "WRONG_PARENT", "parentId").await?;
    let nobodys_child = json!({ "brandId": brand, "parentId": nobodys("persona"), "persona": { "name": "x" } });
    refused(&desk, "createPersona", "persona { id }", nobodys_child, "NOT_FOUND", "parentId").await?;

    // One goes alone, the other with what it stands under; and so they come back.
    let archive = async |id: &str, version: i32| {
        desk.mutate(
            "archiveStrategyItem",
            "item { ... on Persona { archivedAt version } }",
            json!({ "id": id, "version": version }),
        )
        .await
    };
    let gone = archive(&seniors, 1).await?;
    assert!(gone.get("archiveStrategyItem.item.archivedAt").is_string());
    archive(&students, 1).await?;
    let list = "strategy { personas(first: 9) { nodes { name subTargets { name } } } away: personas(first: 9, archived: true) { nodes { name } } }";
    let seen = ask(&desk, list).await?;
    assert_eq!(seen.get("brand.strategy.personas.nodes"), &json!([]));
    assert_eq!(seen.get("brand.strategy.away.nodes").as_array().map(Vec::len), Some(3));
    let item = "item { __typename }";
    let away = json!({ "id": freshmen, "version": 2 });
    refused(&desk, "restoreStrategyItem", item, away.clone(), "PARENT_ARCHIVED", "id").await?;
    refused(&desk, "archiveStrategyItem", item, away.clone(), "WRONG_STATE", "id").await?;
    let change = json!({ "personaId": freshmen, "version": 2, "persona": { "name": "x" } });
    refused(&desk, "updatePersona", "persona { id }", change, "WRONG_STATE", "personaId").await?;
    refused(
        &desk,
        "restoreStrategyItem",
        item,
        json!({ "id": students, "version": 1 }),
        "CHANGED_MEANWHILE",
        "version",
    )
    .await?;
    desk.mutate("restoreStrategyItem", item, json!({ "id": students, "version": 2 })).await?;
    let seen = ask(&desk, list).await?;
    assert_eq!(
        seen.get("brand.strategy.personas.nodes"),
        &json!([{ "name": "Freshmen", "subTargets": [] }, { "name": "Students", "subTargets": [{ "name": "Freshmen" }] }])
    );
    assert_eq!(seen.get("brand.strategy.away.nodes"), &json!([{ "name": "Seniors" }]));
    refused(&desk, "restoreStrategyItem", item, json!({ "id": students, "version": 3 }), "WRONG_STATE", "id").await?;
    for wrong in [nobodys("persona"), id("brand", desk.brand), id("profile", desk.brand), "x".to_owned(), String::new()]
    {
        refused(&desk, "archiveStrategyItem", item, json!({ "id": wrong, "version": 1 }), "NOT_FOUND", "id").await?;
    }
    // Everything stands on the trail.
    let trail: i64 = desk.app.db.value("select count(*) from audit_event where action like 'persona.%'").await?;
    assert_eq!(trail, 6, "three made, two put away, one brought back");
    Ok(())
}

#[tokio::test]
async fn objectives_stand_under_what_they_should_and_nowhere_else() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let objective = "objective { id kind parent { id } children { id } dueOn version }";
    let create = async |kind: &str, parent: Option<&str>| {
        let input = json!({ "brandId": brand, "kind": kind, "objective": { "title": kind, "parentId": parent, "dueOn": "2027-01-31" } });
        desk.mutate("createObjective", objective, input).await?.text("createObjective.objective.id")
    };
    let vision = create("VISION", None).await?;
    let other = create("VISION", None).await?;
    let goal = create("GOAL", Some(&vision)).await?;
    let step = create("STEP", Some(&goal)).await?;
    let field = "objective.parentId";
    for (kind, parent, code) in [
        ("VISION", Some(&vision), "WRONG_PARENT"),
        ("GOAL", None, "WRONG_PARENT"),
        ("GOAL", Some(&goal), "WRONG_PARENT"),
        ("STEP", Some(&vision), "WRONG_PARENT"),
        ("STEP", Some(&step), "WRONG_PARENT"),
        ("STEP", Some(&nobodys("objective")), "NOT_FOUND"),
    ] {
        let input = json!({ "brandId": brand, "kind": kind, "objective": { "title": "x", "parentId": parent } });
        refused(&desk, "createObjective", "objective { id }", input, code, field).await?;
    }
    // A goal under itself or its own step would be a circle.
    for parent in [&goal, &step] {
        let input = json!({ "objectiveId": goal, "version": 1, "objective": { "title": "x", "parentId": parent } });
        refused(&desk, "updateObjective", "objective { id }", input, "WRONG_PARENT", field).await?;
    }
    let moved = json!({ "objectiveId": goal, "version": 1, "objective": { "title": "Moved", "parentId": other } });
    let moved = desk.mutate("updateObjective", objective, moved).await?;
    assert_eq!(moved.get("updateObjective.objective.parent.id"), &json!(other));
    let tree = "strategy { objectives(first: 5, kind: VISION) { nodes { id children { title children { id } } } } }";
    let tree = ask(&desk, tree).await?;
    assert_eq!(tree.get("brand.strategy.objectives.nodes.0.children.0.children.0.id"), &json!(step));
    assert_eq!(tree.get("brand.strategy.objectives.nodes.1.children"), &json!([]));
    // The vision takes goal and step along.
    desk.mutate("archiveStrategyItem", "item { __typename }", json!({ "id": other, "version": 1 })).await?;
    let live: i64 = desk.app.db.value("select count(*) from objective where archived_at is null").await?;
    assert_eq!(live, 1);
    let under = json!({ "brandId": brand, "kind": "GOAL", "objective": { "title": "x", "parentId": other } });
    refused(&desk, "createObjective", "objective { id }", under, "WRONG_STATE", field).await?;
    let bad = json!({ "brandId": brand, "kind": "VISION", "objective": { "title": "x", "dueOn": "+262142-12-31" } });
    let answer = desk.try_mutate("createObjective", "objective { id }", bad).await?;
    assert!(answer.user_codes("createObjective") == ["INVALID"] || answer.code() == "BAD_REQUEST", "{}", answer.body);
    // The database holds it, too.
    for sql in [
        format!("update objective set parent_id = id where kind = 'GOAL' and brand_id = '{}'", desk.brand),
        "update objective set parent_id = null where kind = 'STEP'".to_owned(),
        "update objective set kind = 'STEP' where kind = 'GOAL'".to_owned(),
    ] {
        assert!(desk.app.db.run(&sql).await.is_err(), "{sql}");
    }
    Ok(())
}

const KPI: &str = "kpi { id version current { number unit target direction period } versions { number definition
  values { periodStart value version note } } }";

#[tokio::test]
async fn a_kpi_that_means_something_else_keeps_what_it_came_to() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let new = json!({ "brandId": brand, "name": "Talk", "definition": definition() });
    let kpi = desk.mutate("createKpi", KPI, new.clone()).await?;
    assert_eq!(kpi.get("createKpi.kpi.current.target"), "12.5");
    let kpi = kpi.text("createKpi.kpi.id")?;
    refused(&desk, "createKpi", "kpi { id }", new, "ALREADY_EXISTS", "name").await?;
    let value = |on: &str, value: &str, version: Option<i32>| json!({ "kpiId": kpi, "on": on, "value": value, "version": version });
    let selection = "value { periodStart value version meaning { number } }";
    let recorded = desk.mutate("recordKpiValue", selection, value("2026-03-31", "7", None)).await?;
    assert_eq!(
        recorded.get("recordKpiValue.value"),
        &json!({ "periodStart": "2026-03-01", "value": "7", "version": 1, "meaning": { "number": 1 } })
    );
    // The same month again is a correction, and says of what.
    refused(&desk, "recordKpiValue", selection, value("2026-03-01", "8", None), "CHANGED_MEANWHILE", "version").await?;
    refused(&desk, "recordKpiValue", selection, value("2026-04-01", "8", Some(1)), "CHANGED_MEANWHILE", "version")
        .await?;
    let corrected = desk.mutate("recordKpiValue", selection, value("2026-03-15", "-8.000001", Some(1))).await?;
    assert_eq!(corrected.get("recordKpiValue.value.value"), "-8.000001");
    let mut other = definition();
    other["definition"] = json!("Comments of people who are not ours");
    other["period"] = json!("QUARTER");
    let redefined = desk.mutate("redefineKpi", KPI, json!({ "kpiId": kpi, "version": 1, "definition": other })).await?;
    assert_eq!(redefined.get("redefineKpi.kpi.current.number"), 2);
    desk.mutate("recordKpiValue", selection, value("2026-03-31", "3", None)).await?;
    let query = "query($id: ID!) {
      node(id: $id) { ... on Kpi { versions { definition values { periodStart value version note } } } }
      kpiValues(kpiId: $id, first: 5) { nodes { value meaning { definition } } } }";
    let read = desk.app.client.gql(&desk.person.token, query, json!({ "id": kpi })).await?.ok()?;
    assert_eq!(
        read.get("node.versions.0.values"),
        &json!([{ "periodStart": "2026-01-01", "value": "3", "version": 1, "note": "" }])
    );
    assert_eq!(read.get("node.versions.1.definition"), "Comments");
    assert_eq!(read.get("node.versions.1.values.0.value"), "-8.000001");
    assert_eq!(read.get("kpiValues.nodes.1.meaning.definition"), "Comments");
    // What a KPI meant is never changed, not even by the application.
    let granted: bool = desk.app.db.value("select has_table_privilege('diwan_app', 'kpi_version', 'update') or has_table_privilege('diwan_app', 'kpi_value', 'delete')").await?;
    assert!(!granted);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_measured_is_refused() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let with = |field: &str, value: Value| {
        let mut all = definition();
        all[field] = value;
        json!({ "brandId": brand, "name": "Talk", "definition": all })
    };
    for (input, field) in [
        (with("target", json!("much")), "definition.target"),
        (with("target", json!("1.0000001")), "definition.target"),
        (with("target", json!("99999999999999")), "definition.target"),
        (with("unit", json!(" ")), "definition.unit"),
        (with("definition", json!("")), "definition.definition"),
    ] {
        refused(&desk, "createKpi", "kpi { id }", input, "INVALID", field).await?;
    }
    assert_eq!(desk.try_mutate("createKpi", "kpi { id }", with("period", json!("DAY"))).await?.code(), "BAD_REQUEST");
    let astray =
        json!({ "brandId": brand, "name": "Talk", "objectiveId": nobodys("objective"), "definition": definition() });
    refused(&desk, "createKpi", "kpi { id }", astray, "NOT_FOUND", "objectiveId").await?;
    let kpi = desk.mutate("createKpi", "kpi { id }", with("unit", json!("likes"))).await?.text("createKpi.kpi.id")?;
    let tomorrow = (desk.app.services.now() + Duration::days(2)).date_naive();
    let record = |on: &NaiveDate, value: &str| json!({ "kpiId": kpi, "on": on.to_string(), "value": value });
    let (name, selection) = ("recordKpiValue", "value { value }");
    refused(&desk, name, selection, record(&tomorrow, "1"), "PERIOD_IN_FUTURE", "on").await?;
    let today = desk.app.services.now().date_naive();
    refused(&desk, name, selection, record(&today, "1e3"), "INVALID", "value").await?;
    let wrong = json!({ "kpiId": kpi, "on": "2026-02-30", "value": "1" });
    assert_eq!(desk.try_mutate(name, selection, wrong).await?.code(), "BAD_REQUEST");
    desk.mutate("archiveStrategyItem", "item { __typename }", json!({ "id": kpi, "version": 1 })).await?;
    refused(&desk, name, selection, record(&today, "1"), "WRONG_STATE", "kpiId").await?;
    // Another may have its name meanwhile, so it does not come back under it.
    desk.mutate("createKpi", "kpi { id }", with("unit", json!("x"))).await?;
    let back = json!({ "id": kpi, "version": 2 });
    refused(&desk, "restoreStrategyItem", "item { __typename }", back, "ALREADY_EXISTS", "id").await?;
    assert!(today.year() > 2000);
    Ok(())
}

#[tokio::test]
async fn a_week_begins_on_the_brands_day() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let mut weekly = definition();
    weekly["period"] = json!("WEEK");
    let new = json!({ "brandId": id("brand", desk.brand), "name": "Talk", "definition": weekly });
    let kpi = desk.mutate("createKpi", "kpi { id }", new).await?.text("createKpi.kpi.id")?;
    // Wednesday, 8 July 2026.
    for (day, start) in [("MONDAY", "2026-07-06"), ("SATURDAY", "2026-07-04"), ("SUNDAY", "2026-07-05")] {
        desk.app.db.run(&format!("update brand set week_start = '{day}'")).await?;
        let input = json!({ "kpiId": kpi, "on": "2026-07-08", "value": "1" });
        let value = desk.mutate("recordKpiValue", "value { periodStart }", input).await?;
        assert_eq!(value.get("recordKpiValue.value.periodStart"), start);
    }
    Ok(())
}

#[tokio::test]
async fn the_mix_is_no_more_than_the_whole_whoever_writes_at_once() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let pillar =
        |name: &str, share: i32| json!({ "brandId": brand, "pillar": { "name": name, "shareBasisPoints": share } });
    let create = async |name: &str, share: i32| {
        let answer = desk.mutate("createContentPillar", "contentPillar { id }", pillar(name, share)).await?;
        answer.text("createContentPillar.contentPillar.id")
    };
    let (craft, people) = (create("Craft", 6000).await?, create("People", 3333).await?);
    let (name, selection, field) = ("createContentPillar", "contentPillar { id }", "pillar.shareBasisPoints");
    refused(&desk, name, selection, pillar("Places", 668), "MIX_ABOVE_WHOLE", field).await?;
    refused(&desk, name, selection, pillar("Places", -1), "INVALID", field).await?;
    refused(&desk, name, selection, pillar("Places", 10_001), "INVALID", field).await?;
    refused(&desk, name, selection, pillar("craft", 0), "ALREADY_EXISTS", "pillar.name").await?;
    let share = |id: &str, version: i32, share: i32| json!({ "contentPillarId": id, "version": version, "shareBasisPoints": share });
    let mix = |shares: Value| json!({ "brandId": brand, "shares": shares });
    // One by one this would be too much in between.
    let swapped = mix(json!([share(&craft, 1, 3000), share(&people, 1, 7000)]));
    let all = desk.mutate("setContentMix", "contentPillars { shareBasisPoints version }", swapped.clone()).await?;
    assert_eq!(
        all.get("setContentMix.contentPillars"),
        &json!([{ "shareBasisPoints": 3000, "version": 2 }, { "shareBasisPoints": 7000, "version": 2 }])
    );
    let (name, selection) = ("setContentMix", "contentPillars { id }");
    let stale = desk.try_mutate(name, selection, swapped).await?;
    assert_eq!(stale.user_codes(name), ["CHANGED_MEANWHILE", "CHANGED_MEANWHILE"]);
    refused(&desk, name, selection, mix(json!([share(&craft, 2, 3001)])), "MIX_ABOVE_WHOLE", "shares").await?;
    refused(&desk, name, selection, mix(json!([])), "INVALID", "shares").await?;
    let twice = mix(json!([share(&craft, 2, 1), share(&craft, 2, 1)]));
    refused(&desk, name, selection, twice, "ALREADY_EXISTS", "shares.1.contentPillarId").await?;
    let astray = mix(json!([share(&nobodys("pillar"), 1, 1)]));
    refused(&desk, name, selection, astray, "NOT_FOUND", "shares.0.contentPillarId").await?;
    // What is away takes no part, and comes back only if there is room.
    desk.mutate("archiveStrategyItem", "item { __typename }", json!({ "id": people, "version": 2 })).await?;
    create("Places", 7000).await?;
    let back = json!({ "id": people, "version": 3 });
    refused(&desk, "restoreStrategyItem", "item { __typename }", back, "MIX_ABOVE_WHOLE", "id").await?;
    desk.app.db.run("update content_pillar set share_bp = 2500 where archived_at is null").await?;
    // Half is left; each of two wants all of it.
    let one = desk.try_mutate("createContentPillar", "contentPillar { id }", pillar("One", 5000));
    let two = desk.try_mutate("createContentPillar", "contentPillar { id }", pillar("Two", 5000));
    let (one, two) = tokio::join!(one, two);
    let mut codes = [one?.user_codes("createContentPillar"), two?.user_codes("createContentPillar")];
    codes.sort();
    assert_eq!(codes, [vec![], vec!["MIX_ABOVE_WHOLE".to_owned()]]);
    assert!(
        desk.app.db.run("update content_pillar set share_bp = share_bp + 1 where archived_at is null").await.is_err()
    );
    Ok(())
}

#[tokio::test]
async fn channels_plans_and_challenges_are_written_changed_and_put_away() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let choice = json!({ "channel": "TikTok", "chosen": false, "reason": "Nobody of ours is there" });
    let plan = json!({ "title": "Autumn", "production": "Shoot", "distribution": "Daily", "promotion": "Partners", "startsOn": "2026-09-01", "endsOn": "2026-11-30" });
    let challenge = json!({ "kind": "FALLING_LOYALTY", "title": "They leave", "description": "After a year" });
    for (thing, id_field, name, content) in [
        ("ChannelChoice", "channelChoiceId", "choice", &choice),
        ("ContentPlan", "contentPlanId", "plan", &plan),
        ("Challenge", "challengeId", "challenge", &challenge),
    ] {
        let field = format!("{}{}", thing[..1].to_lowercase(), &thing[1..]);
        let selection = format!("{field} {{ id version archivedAt }}");
        let create = format!("create{thing}");
        let made = desk.mutate(&create, &selection, json!({ "brandId": brand, name: content })).await?;
        let made = made.text(&format!("{create}.{field}.id"))?;
        let update = format!("update{thing}");
        let mut change = json!({ id_field: made, "version": 1 });
        change[name] = content.clone();
        let changed = desk.mutate(&update, &selection, change.clone()).await?;
        assert_eq!(changed.get(&format!("{update}.{field}.version")), 2);
        refused(&desk, &update, &selection, change, "CHANGED_MEANWHILE", "version").await?;
        let item = format!("item {{ __typename ... on {thing} {{ version archivedAt }} }}");
        let gone = desk.mutate("archiveStrategyItem", &item, json!({ "id": made, "version": 2 })).await?;
        assert_eq!(gone.get("archiveStrategyItem.item.__typename"), thing);
        assert!(gone.get("archiveStrategyItem.item.archivedAt").is_string());
        let back = desk.mutate("restoreStrategyItem", &item, json!({ "id": made, "version": 3 })).await?;
        assert!(back.get("restoreStrategyItem.item.archivedAt").is_null());
        assert_eq!(back.get("restoreStrategyItem.item.version"), 4);
    }
    let with = |content: &Value, field: &str, value: Value| {
        let mut all = content.clone();
        all[field] = value;
        all
    };
    for (create, name, content, code, field) in [
        ("createChannelChoice", "choice", choice.clone(), "ALREADY_EXISTS", "choice.channel"),
        (
            "createChannelChoice",
            "choice",
            json!({ "channel": "Blog", "chosen": true, "reason": " " }),
            "INVALID",
            "choice.reason",
        ),
        ("createContentPlan", "plan", with(&plan, "endsOn", json!("2026-08-31")), "INVALID", "plan.endsOn"),
        ("createContentPlan", "plan", with(&plan, "title", json!("")), "INVALID", "plan.title"),
        (
            "createContentPlan",
            "plan",
            with(&plan, "promotion", json!("x".repeat(20_001))),
            "TOO_LONG",
            "plan.promotion",
        ),
        (
            "createChallenge",
            "challenge",
            with(&challenge, "title", json!("x".repeat(301))),
            "TOO_LONG",
            "challenge.title",
        ),
    ] {
        refused(&desk, create, "userErrors { code }", json!({ "brandId": brand, name: content }), code, field).await?;
    }
    let unknown = json!({ "brandId": brand, "challenge": with(&challenge, "kind", json!("RAIN")) });
    assert_eq!(desk.try_mutate("createChallenge", "challenge { id }", unknown).await?.code(), "BAD_REQUEST");
    Ok(())
}
