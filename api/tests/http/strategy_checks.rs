//! What of a brand's strategy is checked on its posts, through HTTP.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::cell_operations::strategy::no_checks;
use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const VALIDATE: &str = "query($id: ID!, $due: DateTime) { validatePost(postId: $id, dueAt: $due) { valid
  problems { variantId severity error { code message field } } } }";

impl Desk {
    async fn set_checks(&self, version: i32, changes: Value) -> Result<()> {
        let mut checks = no_checks();
        for (name, value) in changes.as_object().context("an object")? {
            checks[name] = value.clone();
        }
        checks["brandId"] = json!(id("brand", self.brand));
        checks["version"] = json!(version);
        self.mutate("setContentChecks", "checks { version }", checks).await?;
        Ok(())
    }

    async fn set_profile(&self, profile: Value) -> Result<()> {
        let input = json!({ "brandId": id("brand", self.brand), "profile": profile });
        self.mutate("setBrandProfile", "profile { version }", input).await?;
        Ok(())
    }

    async fn new_pillar(&self, name: &str, share: i32) -> Result<String> {
        let input =
            json!({ "brandId": id("brand", self.brand), "pillar": { "name": name, "shareBasisPoints": share } });
        let answer = self.mutate("createContentPillar", "contentPillar { id }", input).await?;
        answer.text("createContentPillar.contentPillar.id")
    }

    /// A draft of one variant with these words, and whatever else the input holds.
    async fn write(&self, text: &str, more: Value) -> Result<String> {
        let variant = json!({ "socialAccountId": id("account", self.bluesky), "text": text });
        let mut input = json!({ "calendarId": id("calendar", self.calendar), "title": "x", "variants": [variant] });
        for (name, value) in more.as_object().context("an object")? {
            match name.as_str() {
                "language" | "assetIds" => input["variants"][0][name] = value.clone(),
                _ => input[name] = value.clone(),
            }
        }
        self.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")
    }

    /// What is wrong with a post: severity, code and place of each.
    async fn findings(&self, post: &str, due: Option<String>) -> Result<(bool, Vec<String>)> {
        let variables = json!({ "id": post, "due": due });
        let answer = self.app.client.gql(&self.person.token, VALIDATE, variables).await?.ok()?;
        let said = answer.get("validatePost.problems").as_array().context("problems")?.iter().map(|one| {
            let field: Vec<_> =
                one["error"]["field"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{} {} {}", text(&one["severity"]), text(&one["error"]["code"]), field.join("."))
        });
        Ok((answer.get("validatePost.valid") == &json!(true), said.collect()))
    }

    async fn schedule(&self, post: &str) -> Result<Vec<String>> {
        let input = json!({ "postId": post, "dueAt": self.time_in(Duration::hours(2)) });
        Ok(self.try_mutate("schedulePost", "post { state }", input).await?.user_codes("schedulePost"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn banned_words_block_or_warn_as_the_brand_says() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    desk.set_profile(json!({ "bannedWords": [{ "text": "ارزان" }, { "text": "φθηνός", "severity": "WARNING" }, { "text": "gift", "language": "de" }] }))
        .await?;
    let blocked = desk.write("خیلی ارزان! ΦΘΗΝΟΣ, but a gift", json!({ "language": "en" })).await?;
    let (valid, found) = desk.findings(&blocked, None).await?;
    assert_eq!(
        (valid, found),
        (false, vec!["BLOCK BANNED_WORD variants.0.text".into(), "WARNING BANNED_WORD variants.0.text".into()])
    );
    let before = fingerprint(&desk.app).await?;
    assert_eq!(desk.schedule(&blocked).await?, ["BANNED_WORD"], "the warning is none");
    let submitted = desk.try_mutate("submitPost", "post { id }", json!({ "postId": blocked })).await?;
    assert_eq!(submitted.user_codes("submitPost"), ["BANNED_WORD"]);
    assert_eq!(fingerprint(&desk.app).await?, before, "a refusal left something");
    // The same, once the brand only warns; and once it does not care.
    desk.set_checks(0, json!({ "bannedWords": "WARN" })).await?;
    let (valid, found) = desk.findings(&blocked, None).await?;
    assert!(valid && found.iter().all(|one| one.starts_with("WARNING")) && found.len() == 2, "{found:?}");
    desk.set_checks(1, json!({})).await?;
    assert_eq!(desk.findings(&blocked, None).await?, (true, vec![]));
    assert_eq!(desk.schedule(&blocked).await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_language_a_description_and_a_disclosure_are_asked_for() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    desk.set_profile(json!({ "languages": ["en"] })).await?;
    let silent = desk
        .mutate("requestUpload", "asset { id }", json!({ "brandId": id("brand", desk.brand), "fileName": "a.png" }))
        .await?
        .text("requestUpload.asset.id")?;
    let spoken = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    desk.set_checks(0, json!({ "language": "BLOCK", "missingAltText": "WARN", "missingDisclosure": "BLOCK", "disclosureWords": ["Anzeige"] }))
        .await?;
    let post =
        desk.write("Schön", json!({ "language": "de", "assetIds": [spoken, silent], "partnership": "GIFT" })).await?;
    let (_, found) = desk.findings(&post, None).await?;
    assert_eq!(
        found,
        [
            "BLOCK ASSET_NOT_READY variants.0.assetIds.1",
            "WARNING RIGHTS_MISSING variants.0.assetIds.1",
            "BLOCK LANGUAGE_NOT_OF_BRAND variants.0.language",
            "WARNING ALT_TEXT_MISSING variants.0.assetIds.1",
            "BLOCK DISCLOSURE_MISSING variants.0.text"
        ]
    );
    let post = desk.write("ANZEIGE: nice", json!({ "language": "en-US", "partnership": "PAID_PARTNERSHIP" })).await?;
    assert_eq!(desk.findings(&post, None).await?, (true, vec![]));
    assert_eq!(desk.schedule(&post).await?, Vec::<String>::new());
    let wrong = json!({ "calendarId": id("calendar", desk.calendar), "title": "x", "partnership": "FRIENDSHIP" });
    assert_eq!(desk.try_mutate("createPost", "post { id }", wrong).await?.code(), "BAD_REQUEST");
    Ok(())
}

#[tokio::test]
async fn a_post_has_a_pillar_and_the_month_its_mix() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let free = desk.write("Hello", json!({})).await?;
    assert_eq!(desk.findings(&free, None).await?, (true, vec![]), "a brand without pillars misses none");
    let (craft, people) = (desk.new_pillar("Craft", 5000).await?, desk.new_pillar("People", 5000).await?);
    assert_eq!(desk.findings(&free, None).await?, (true, vec!["WARNING PILLAR_MISSING pillarId".into()]));
    desk.set_checks(0, json!({ "missingPillar": "BLOCK", "offMix": "BLOCK", "mixToleranceBasisPoints": 0 })).await?;
    assert_eq!(desk.schedule(&free).await?, ["PILLAR_MISSING"]);
    // Half of each: the first of a month may be any, the second must be the other.
    let first = desk.write("One", json!({ "pillarId": craft })).await?;
    assert_eq!(desk.schedule(&first).await?, Vec::<String>::new());
    let second = desk.write("Two", json!({ "pillarId": craft })).await?;
    assert_eq!(desk.findings(&second, None).await?, (true, vec![]), "of no month yet");
    let due = Some(desk.time_in(Duration::hours(2)));
    assert_eq!(desk.findings(&second, due).await?, (false, vec!["BLOCK OFF_MIX pillarId".into()]));
    let next_month = Some(desk.time_in(Duration::days(40)));
    assert_eq!(desk.findings(&second, next_month).await?, (true, vec![]));
    let before = fingerprint(&desk.app).await?;
    assert_eq!(desk.schedule(&second).await?, ["OFF_MIX"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    let other = desk.write("Three", json!({ "pillarId": people })).await?;
    assert_eq!(desk.schedule(&other).await?, Vec::<String>::new());
    // The overview says the same.
    let query = "query($id: ID!, $month: NaiveDate!) { brand(id: $id) { strategy { mix(month: $month) { pillar { name } plannedBasisPoints
      actualBasisPoints posts allowed } } } }";
    let month = (desk.app.services.now() + Duration::hours(2))
        .with_timezone(&chrono::FixedOffset::east_opt(2 * 3600).context("an offset")?);
    let variables = json!({ "id": id("brand", desk.brand), "month": month.date_naive().to_string() });
    let mix = desk.app.client.gql(&desk.person.token, query, variables).await?.ok()?;
    let each = |name: &str| json!({ "pillar": { "name": name }, "plannedBasisPoints": 5000, "actualBasisPoints": 5000, "posts": 1, "allowed": 1 });
    assert_eq!(mix.get("brand.strategy.mix"), &json!([each("Craft"), each("People")]));
    // A pillar that was put away is none, and nothing new gets it.
    desk.mutate("archiveStrategyItem", "item { __typename }", json!({ "id": craft, "version": 1 })).await?;
    assert_eq!(desk.findings(&second, None).await?, (false, vec!["BLOCK PILLAR_MISSING pillarId".into()]));
    let with = |pillar: &str| json!({ "calendarId": id("calendar", desk.calendar), "title": "x", "pillarId": pillar });
    refused(&desk, "createPost", "post { id }", with(&craft), "WRONG_STATE", "pillarId").await?;
    refused(&desk, "createPost", "post { id }", with(&nobodys("pillar")), "NOT_FOUND", "pillarId").await?;
    refused(&desk, "createPost", "post { id }", with(&id("post", desk.brand)), "NOT_FOUND", "pillarId").await
}

#[tokio::test]
async fn what_an_edit_leaves_out_stays() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let craft = desk.new_pillar("Craft", 0).await?;
    let post = desk.write("Hello", json!({ "pillarId": craft, "partnership": "AFFILIATE" })).await?;
    let selection = "post { pillar { name } partnership version }";
    for (version, change, pillar, partnership) in [
        (1, json!({}), json!({ "name": "Craft" }), json!("AFFILIATE")),
        (2, json!({ "partnership": null }), json!({ "name": "Craft" }), Value::Null),
        (3, json!({ "pillarId": null, "partnership": "GIFT" }), Value::Null, json!("GIFT")),
    ] {
        let mut input = json!({ "postId": post, "version": version, "title": "x" });
        for (name, value) in change.as_object().context("an object")? {
            input[name] = value.clone();
        }
        let changed = desk.mutate("updatePost", selection, input).await?;
        assert_eq!(changed.get("updatePost.post.pillar"), &pillar);
        assert_eq!(changed.get("updatePost.post.partnership"), &partnership);
    }
    Ok(())
}

#[tokio::test]
async fn what_was_said_before_warns_or_blocks_as_the_brand_says() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    desk.set_checks(0, json!({ "duplicateText": "BLOCK", "duplicateDays": 7 })).await?;
    let first = desk.write("Our new roast is here: bright, from Huila", json!({ "title": "Roast" })).await?;
    assert!(desk.schedule(&first).await?.is_empty());
    let again = desk.write("OUR NEW ROAST IS HERE: bright, from Huila!", json!({})).await?;
    assert_eq!(desk.schedule(&again).await?, ["TEXT_USED_BEFORE"]);
    let (valid, said) = desk.findings(&again, None).await?;
    assert_eq!((valid, said), (false, vec!["BLOCK TEXT_USED_BEFORE variants.0.text".to_owned()]));
    let later = desk.time_in(Duration::days(9));
    assert_eq!(desk.findings(&again, Some(later)).await?, (true, Vec::new()), "that is far enough away");
    let query = "query($id: ID!, $days: Int!) { node(id: $id) { ... on Post { similarPosts(days: $days) { likeness post { title } socialAccount { id } } } } }";
    let seen = desk.app.client.gql(&desk.person.token, query, json!({ "id": again, "days": 7 })).await?.ok()?;
    let expected = json!([{ "likeness": 100, "post": { "title": "Roast" }, "socialAccount": { "id": id("account", desk.bluesky) } }]);
    assert_eq!(seen.get("node.similarPosts"), &expected);
    let wrong = desk.app.client.gql(&desk.person.token, query, json!({ "id": again, "days": 0 })).await?;
    assert_eq!(wrong.code(), "INVALID");
    desk.set_checks(1, json!({ "duplicateText": "WARN", "duplicateDays": 7 })).await?;
    let (valid, said) = desk.findings(&again, None).await?;
    assert_eq!((valid, said), (true, vec!["WARNING TEXT_USED_BEFORE variants.0.text".to_owned()]));
    desk.set_checks(2, json!({})).await?;
    assert_eq!(desk.findings(&again, None).await?, (true, Vec::new()));
    Ok(())
}

#[tokio::test]
async fn checks_that_cannot_be_are_refused() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let with = |field: &str, value: Value| {
        let mut checks = no_checks();
        checks["brandId"] = json!(id("brand", desk.brand));
        checks["version"] = json!(0);
        checks[field] = value;
        checks
    };
    let (name, selection) = ("setContentChecks", "checks { version }");
    for (input, code, field) in [
        (with("mixToleranceBasisPoints", json!(-1)), "INVALID", "mixToleranceBasisPoints"),
        (with("mixToleranceBasisPoints", json!(10_001)), "INVALID", "mixToleranceBasisPoints"),
        (with("duplicateDays", json!(0)), "INVALID", "duplicateDays"),
        (with("duplicateDays", json!(366)), "INVALID", "duplicateDays"),
        (with("disclosureWords", json!(["ad", "…"])), "INVALID", "disclosureWords.1"),
        (with("disclosureWords", json!(["ad", "ad"])), "ALREADY_EXISTS", "disclosureWords.1"),
        (with("version", json!(1)), "CHANGED_MEANWHILE", "version"),
        (with("brandId", json!(nobodys("brand"))), "NOT_FOUND", ""),
    ] {
        refused(&desk, name, selection, input, code, field).await?;
    }
    assert_eq!(desk.try_mutate(name, selection, with("offMix", json!("LOUD"))).await?.code(), "BAD_REQUEST");
    for due in ["+99999-01-01T00:00:00Z", "yesterday"] {
        let variables = json!({ "id": nobodys("post"), "due": due });
        let answer = desk.app.client.gql(&desk.person.token, VALIDATE, variables).await?;
        assert!(["INVALID", "BAD_REQUEST"].contains(&answer.code()), "{due}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn freelancers_mend_their_text_and_clients_are_told_nothing() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.set_profile(json!({ "bannedWords": [{ "text": "cheap" }] })).await?;
    desk.new_pillar("Craft", 0).await?;
    desk.set_checks(0, json!({ "bannedWords": "BLOCK", "missingPillar": "BLOCK" })).await?;
    let post = desk.write("So cheap", json!({})).await?;
    let uuid = desk.app.db.value::<uuid::Uuid>("select id from post").await?;
    let mut seen = Vec::new();
    for kind in [UserKind::Freelancer, UserKind::Client] {
        let person = desk.app.member(desk.brand, Level::Junior, kind).await?;
        desk.app
            .db
            .run(&format!(
                "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                   values (gen_random_uuid(), '{}', '{uuid}', '{}', now());
                 update post set sent_to_client_at = now()",
                desk.brand, person.id
            ))
            .await?;
        let staff = std::mem::replace(&mut desk.person, person);
        seen.push(desk.findings(&post, None).await?);
        if kind == UserKind::Freelancer {
            let submitted = desk.try_mutate("submitPost", "post { id }", json!({ "postId": post })).await?;
            assert_eq!(submitted.user_codes("submitPost"), ["BANNED_WORD"]);
        }
        desk.person = staff;
    }
    assert_eq!(seen, [(false, vec!["BLOCK BANNED_WORD variants.0.text".to_owned()]), (true, vec![])]);
    Ok(())
}

#[tokio::test]
async fn the_statements_of_a_check_do_not_grow_with_the_variants() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    desk.set_profile(json!({ "bannedWords": [{ "text": "cheap", "severity": "WARNING" }], "languages": ["en"] }))
        .await?;
    let pillar = desk.new_pillar("Craft", 10_000).await?;
    let mut costs = Vec::new();
    for variants in [2, 20] {
        let mut all = Vec::new();
        for _ in 0..variants {
            let account = desk.app.account(desk.brand, "bluesky", &desk.person).await?;
            let asset = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
            all.push(json!({ "socialAccountId": id("account", account), "text": "cheap", "assetIds": [asset], "language": "de" }));
        }
        let input =
            json!({ "calendarId": id("calendar", desk.calendar), "title": "x", "variants": all, "pillarId": pillar });
        let post = desk.mutate("createPost", "post { id }", input).await?.text("createPost.post.id")?;
        let before = desk.app.db.statements();
        let (valid, found) = desk.findings(&post, None).await?;
        assert_eq!((valid, found.len()), (true, 2 * variants));
        let validated = desk.app.db.statements();
        assert_eq!(desk.schedule(&post).await?, Vec::<String>::new());
        costs.push((validated - before, desk.app.db.statements() - validated));
    }
    assert_eq!(costs[0], costs[1], "statements of validatePost and schedulePost with 2 and 20 variants");
    println!("validatePost and schedulePost: {:?} statements", costs[0]);
    assert!(costs[0].0 <= 12 && costs[0].1 <= 24, "{costs:?}");
    Ok(())
}
