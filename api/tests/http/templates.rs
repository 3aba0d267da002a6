//! Templates and hashtag sets through HTTP: writing them down, filling them in, and what cannot be.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

const TEMPLATE: &str = "template { id name description text language pillar { id } builtInVariables version archivedAt
  variables { name label default required used } brand { id } }";
const SET: &str = "set { id name hashtags language networks version archivedAt brand { id } }";
const FILL: &str = "query($id: ID!, $variables: [TemplateValueInput!]!, $accounts: [ID!]!, $due: DateTime) {
  filledTemplate(templateId: $id, variables: $variables, accountIds: $accounts, dueAt: $due) {
    account { id } text complete problems { code message field } counts { part unit counted limit remaining } } }";
const TAG: &str = "query($text: String!, $set: ID!, $account: ID!) {
  textWithHashtags(text: $text, hashtagSetId: $set, accountId: $account) {
    text added alreadyThere leftOut counts { unit counted limit } } }";

impl Desk {
    async fn template(&self, template: Value) -> Result<Answer> {
        self.mutate("createContentTemplate", TEMPLATE, self.of_brand("template", template)).await
    }

    async fn hashtag_set(&self, set: Value) -> Result<String> {
        self.mutate("createHashtagSet", SET, self.of_brand("set", set)).await?.text("createHashtagSet.set.id")
    }

    fn of_brand(&self, field: &str, what: Value) -> Value {
        let mut input = json!({ "brandId": id("brand", self.brand) });
        input[field] = what;
        input
    }

    async fn filled(&self, template: &str, variables: Value, accounts: &[Uuid], due: Value) -> Result<Answer> {
        let accounts: Vec<String> = accounts.iter().map(|account| id("account", *account)).collect();
        let vars = json!({ "id": template, "variables": variables, "accounts": accounts, "due": due });
        self.app.client.gql(&self.person.token, FILL, vars).await
    }

    async fn tagged(&self, text: &str, set: &str, account: Uuid) -> Result<Answer> {
        let vars = json!({ "text": text, "set": set, "account": id("account", account) });
        self.app.client.gql(&self.person.token, TAG, vars).await
    }

    /// The names in a list of templates or sets.
    async fn names_in(&self, list: &str, arguments: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ {list}(brandId: $id, {arguments}) {{ nodes {{ name }} }} }}");
        let vars = json!({ "id": id("brand", self.brand) });
        let answer = self.app.client.gql(&self.person.token, &query, vars).await?.ok()?;
        let nodes = answer.get(&format!("{list}.nodes")).as_array().context("nodes")?.clone();
        Ok(nodes.into_iter().map(|node| node["name"].clone()).collect())
    }

    /// A pillar of the brand, for templates.
    async fn pillar_of_templates(&self, name: &str, archived: bool) -> Result<String> {
        let (pillar, brand, now) = (ids::new_id(self.app.services.now()), self.brand, self.app.services.now());
        let away = if archived { format!("'{}'", now.to_rfc3339()) } else { "null".to_owned() };
        let now = now.to_rfc3339();
        self.app
            .db
            .run(&format!(
                "insert into content_pillar (id, brand_id, name, description, share_bp, created_at, updated_at, archived_at)
                   values ('{pillar}', '{brand}', '{name}', '', 0, '{now}', '{now}', {away})"
            ))
            .await?;
        Ok(id("pillar", pillar))
    }
}

#[tokio::test]
async fn a_template_is_written_changed_put_away_and_brought_back() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let pillar = desk.pillar_of_templates("Coffee", false).await?;
    let variables = json!([
        { "name": "headline", "label": "Headline", "required": true },
        { "name": "پایان", "label": "The end", "default": "!" },
        { "name": "spare", "label": "Not used yet" },
    ]);
    let says = json!({ "name": " Launch ", "description": "For launches", "language": "en", "pillarId": pillar,
      "text": "{{ headline }} by {{ brand.name }} on {{date}}{{ پایان }}\n", "variables": variables });
    let made = desk.template(says.clone()).await?;
    let made = made.get("createContentTemplate.template").clone();
    assert_eq!((&made["name"], &made["version"], &made["pillar"]["id"]), (&json!("Launch"), &json!(1), &json!(pillar)));
    assert_eq!(made["text"], says["text"], "kept as it is written");
    assert_eq!(made["builtInVariables"], json!(["BRAND_NAME", "DATE"]));
    assert_eq!(
        made["variables"],
        json!([
            { "name": "headline", "label": "Headline", "default": null, "required": true, "used": true },
            { "name": "پایان", "label": "The end", "default": "!", "required": false, "used": true },
            { "name": "spare", "label": "Not used yet", "default": null, "required": false, "used": false },
        ])
    );
    desk.template(json!({ "name": "100% off", "text": "Buy" })).await?;
    assert_eq!(desk.names_in("contentTemplates", "first: 5").await?, json!(["100% off", "Launch"]));
    assert_eq!(desk.names_in("contentTemplates", "first: 5, search: \"LAUNCHES\"").await?, json!(["Launch"]));
    assert_eq!(desk.names_in("contentTemplates", "first: 5, search: \"0% o\"").await?, json!(["100% off"]));
    assert_eq!(desk.names_in("contentTemplates", "first: 5, search: \"100_\"").await?, json!([]));

    let change = |version: i32, text: &str| {
        let says = json!({ "name": "Launch", "text": text });
        json!({ "contentTemplateId": made["id"], "version": version, "template": says })
    };
    let changed = desk.mutate("updateContentTemplate", TEMPLATE, change(1, "{{ network }}")).await?;
    let changed = changed.get("updateContentTemplate.template");
    assert_eq!((&changed["version"], &changed["pillar"], &changed["variables"]), (&json!(2), &Value::Null, &json!([])));
    assert_eq!(changed["builtInVariables"], json!(["NETWORK"]));
    refused(&desk, "updateContentTemplate", TEMPLATE, change(1, "Late"), "CHANGED_MEANWHILE", "version").await?;

    let which = |version: i32| json!({ "contentTemplateId": made["id"], "version": version });
    let away = desk.mutate("archiveContentTemplate", TEMPLATE, which(2)).await?;
    assert!(!away.get("archiveContentTemplate.template.archivedAt").is_null());
    assert_eq!(desk.names_in("contentTemplates", "first: 5").await?, json!(["100% off"]));
    assert_eq!(desk.names_in("contentTemplates", "first: 5, archived: true").await?, json!(["Launch"]));
    for (name, input) in [("updateContentTemplate", change(3, "No")), ("archiveContentTemplate", which(3))] {
        refused(&desk, name, TEMPLATE, input, "WRONG_STATE", "contentTemplateId").await?;
    }
    // Its name is free as long as it is away.
    let other = desk.template(json!({ "name": "LAUNCH", "text": "Other" })).await?;
    refused(&desk, "restoreContentTemplate", TEMPLATE, which(3), "ALREADY_EXISTS", "contentTemplateId").await?;
    let other = json!({ "contentTemplateId": other.get("createContentTemplate.template.id"), "version": 1 });
    desk.mutate("archiveContentTemplate", TEMPLATE, other).await?;
    let back = desk.mutate("restoreContentTemplate", TEMPLATE, which(3)).await?;
    assert_eq!(back.get("restoreContentTemplate.template.version"), 4);
    assert!(back.get("restoreContentTemplate.template.archivedAt").is_null());
    refused(&desk, "restoreContentTemplate", TEMPLATE, which(4), "WRONG_STATE", "contentTemplateId").await?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_template_is_refused_where_it_is_wrong() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let written = desk.app.fill_brand("Beta").await?;
    desk.template(json!({ "name": "Greeting", "text": "Hello" })).await?;
    let away = desk.pillar_of_templates("Old", true).await?;
    let of_others = id("pillar", written.strategy.pillar);
    let many: Vec<Value> = (0..51).map(|n| json!({ "name": format!("v{n}"), "label": "V" })).collect();
    let variable = |changes: Value| {
        let mut variable = json!({ "name": "who", "label": "Whom" });
        for (field, value) in changes.as_object().into_iter().flatten() {
            variable[field] = value.clone();
        }
        json!({ "variables": [variable] })
    };
    for (changes, code, field) in [
        (json!({ "name": " " }), "INVALID", "name"),
        (json!({ "name": "a\u{0}b" }), "INVALID", "name"),
        (json!({ "name": "x".repeat(201) }), "TOO_LONG", "name"),
        (json!({ "name": "GREETING" }), "ALREADY_EXISTS", "name"),
        (json!({ "description": "x".repeat(10_001) }), "TOO_LONG", "description"),
        (json!({ "language": "Klingon!" }), "INVALID", "language"),
        (json!({ "pillarId": nobodys("pillar") }), "NOT_FOUND", "pillarId"),
        (json!({ "pillarId": of_others }), "NOT_FOUND", "pillarId"),
        (json!({ "pillarId": away }), "WRONG_STATE", "pillarId"),
        (json!({ "text": "" }), "INVALID", "text"),
        (json!({ "text": " \n" }), "INVALID", "text"),
        (json!({ "text": "a\u{0}b" }), "INVALID", "text"),
        (json!({ "text": "x".repeat(100_001) }), "TOO_LONG", "text"),
        (json!({ "text": "Hello {{ nobody }}" }), "VARIABLE_NOT_DECLARED", "text.6"),
        (json!({ "text": "سلام {{ brand }}" }), "VARIABLE_NOT_DECLARED", "text.5"),
        (json!({ "text": "a\n{{ 1 }}" }), "VARIABLE_NAME_BAD", "text.2"),
        (json!({ "text": "{{ if a }}" }), "VARIABLE_NAME_BAD", "text.0"),
        (json!({ "text": "{{ who" }), "VARIABLE_NOT_CLOSED", "text.0"),
        (json!({ "text": "{{ date } }" }), "VARIABLE_NOT_CLOSED", "text.0"),
        (json!({ "variables": many }), "TOO_MANY", "variables"),
        (variable(json!({ "name": "date" })), "ALREADY_EXISTS", "variables.0.name"),
        (variable(json!({ "name": "brand.name" })), "ALREADY_EXISTS", "variables.0.name"),
        (variable(json!({ "name": "1a" })), "INVALID", "variables.0.name"),
        (variable(json!({ "name": "" })), "INVALID", "variables.0.name"),
        (variable(json!({ "name": "a".repeat(51) })), "INVALID", "variables.0.name"),
        (variable(json!({ "label": " " })), "INVALID", "variables.0.label"),
        (variable(json!({ "default": "x".repeat(5001) })), "TOO_LONG", "variables.0.default"),
        (variable(json!({ "default": "a\u{0}b" })), "INVALID", "variables.0.default"),
        (variable(json!({ "default": "x", "required": true })), "INVALID", "variables.0.default"),
        (
            json!({ "variables": [{ "name": "café", "label": "A" }, { "name": "cafe\u{301}", "label": "B" }] }),
            "ALREADY_EXISTS",
            "variables.1.name",
        ),
    ] {
        let mut says = json!({ "name": "Another", "text": "Good morning" });
        for (field, value) in changes.as_object().into_iter().flatten() {
            says[field] = value.clone();
        }
        let (input, field) = (desk.of_brand("template", says), format!("template.{field}"));
        refused(&desk, "createContentTemplate", TEMPLATE, input, code, &field).await?;
    }
    let foreign = json!({ "brandId": nobodys("brand"), "template": { "name": "A", "text": "B" } });
    desk.says("createContentTemplate", foreign, "NOT_FOUND").await?;
    let foreign = json!({ "contentTemplateId": id("template", written.planning.template), "version": 1 });
    desk.says("archiveContentTemplate", foreign, "NOT_FOUND").await?;
    // The place is told in words, too, and everything at once.
    let says = json!({ "name": "A", "text": "One\n  {{ nobody }} {{ 9 }} {{" });
    let answer = desk.try_mutate("createContentTemplate", TEMPLATE, desk.of_brand("template", says)).await?;
    assert_eq!(
        answer.user_codes("createContentTemplate"),
        ["VARIABLE_NOT_DECLARED", "VARIABLE_NAME_BAD", "VARIABLE_NOT_CLOSED"]
    );
    let message = answer.text("createContentTemplate.userErrors.0.message")?;
    assert!(message.starts_with("Line 2, character 3:") && message.contains("“nobody”"), "{message}");
    Ok(())
}

#[tokio::test]
async fn a_template_is_filled_in_for_each_account_and_says_what_is_missing() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let text = "{{ headline }} — {{ brand.name }} on {{ network }} by {{account.name}}, {{ date }}{{ end }}{{ more }}";
    let variables = json!([
        { "name": "headline", "label": "The headline", "required": true },
        { "name": "end", "label": "The end", "default": "!" },
        { "name": "more", "label": "More" },
    ]);
    let made = desk.template(json!({ "name": "Launch", "text": text, "variables": variables })).await?;
    let template = made.text("createContentTemplate.template.id")?;
    // In Athens it is the next day already. What is filled in is not read again.
    let due = json!("2026-11-26T22:30:00Z");
    let values = json!([{ "name": "headline", "value": "Tea {{ date }}" }]);
    let filled = desk.filled(&template, values, &[desk.mastodon, desk.bluesky], due.clone()).await?.ok()?;
    let said = |network: &str| format!("Tea {{{{ date }}}} — Alpha on {network} by Nour, 27 November 2026!");
    let (mastodon, bluesky) = (filled.get("filledTemplate.0"), filled.get("filledTemplate.1"));
    assert_eq!((&mastodon["text"], &mastodon["complete"]), (&json!(said("Mastodon")), &json!(true)));
    assert_eq!((&bluesky["text"], &bluesky["problems"]), (&json!(said("Bluesky")), &json!([])));
    assert_eq!(bluesky["account"]["id"], json!(id("account", desk.bluesky)));
    let (characters, bytes) = (said("Bluesky").chars().count(), said("Bluesky").len());
    assert_eq!(
        bluesky["counts"],
        json!([
            { "part": "TEXT", "unit": "GRAPHEMES", "counted": characters, "limit": 300, "remaining": 300 - characters },
            { "part": "TEXT", "unit": "BYTES", "counted": bytes, "limit": 3000, "remaining": 3000 - bytes },
        ])
    );
    assert_eq!(mastodon["counts"][0]["unit"], "MASTODON_CHARACTERS");

    // An account's own server may allow more or less.
    let account = desk.mastodon;
    let limit = "update social_account set limits = jsonb_set(limits, '{max_text}', '11') where id";
    desk.app.db.run(&format!("{limit} = '{account}'")).await?;
    let before = fingerprint(&desk.app).await?;
    let values = json!([{ "name": "headline", "value": " " }, { "name": "end", "value": "" }]);
    let filled = desk.filled(&template, values, &[account], Value::Null).await?.ok()?;
    let filled = filled.get("filledTemplate.0");
    assert_eq!(filled["text"], "{{ headline }} — Alpha on Mastodon by Nour, {{ date }}");
    assert_eq!((&filled["complete"], &filled["counts"][0]["limit"]), (&json!(false), &json!(11)));
    let problems = filled["problems"].as_array().context("problems")?;
    let found: Vec<_> = problems.iter().map(|problem| (&problem["code"], &problem["field"])).collect();
    assert_eq!(
        found,
        [(&json!("VARIABLE_MISSING"), &json!(["variables", "headline"])), (&json!("NOT_PLANNED"), &json!(["dueAt"])),]
    );
    assert!(problems[0]["message"].as_str().is_some_and(|message| message.contains("The headline")));
    assert_eq!(fingerprint(&desk.app).await?, before, "filling in wrote something");
    Ok(())
}

#[tokio::test]
async fn what_would_be_too_long_is_measured_and_not_made() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let says = json!({ "name": "Long", "text": "{{a}}".repeat(20_000), "variables": [{ "name": "a", "label": "A" }] });
    let template = desk.template(says).await?.text("createContentTemplate.template.id")?;
    let value = json!([{ "name": "a", "value": "x".repeat(5_000) }]);
    let filled = desk.filled(&template, value, &[desk.bluesky], Value::Null).await?.ok()?;
    let filled = filled.get("filledTemplate.0");
    assert_eq!((&filled["text"], &filled["complete"], &filled["counts"]), (&Value::Null, &json!(false), &json!([])));
    assert_eq!(filled["problems"][0]["code"], "TOO_LONG");
    assert!(filled["problems"][0]["message"].as_str().is_some_and(|message| message.contains("100,000,000")));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_refused_and_leaves_nothing() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let written = desk.app.fill_brand("Beta").await?;
    let says = json!({ "name": "A", "text": "{{ a }}", "variables": [{ "name": "a", "label": "A" }] });
    let template = desk.template(says).await?.text("createContentTemplate.template.id")?;
    let away = desk.template(json!({ "name": "B", "text": "b" })).await?.text("createContentTemplate.template.id")?;
    desk.mutate("archiveContentTemplate", TEMPLATE, json!({ "contentTemplateId": away, "version": 1 })).await?;
    let before = fingerprint(&desk.app).await?;
    let value = |name: &str, value: &str| json!({ "name": name, "value": value });
    let (here, none) = (vec![desk.bluesky], json!([]));
    for (template, values, accounts, due, code) in [
        (nobodys("template"), none.clone(), here.clone(), Value::Null, "NOT_FOUND"),
        (id("template", written.planning.template), none.clone(), here.clone(), Value::Null, "NOT_FOUND"),
        (away, none.clone(), here.clone(), Value::Null, "WRONG_STATE"),
        (template.clone(), none.clone(), vec![], Value::Null, "INVALID"),
        (template.clone(), none.clone(), vec![desk.bluesky; 51], Value::Null, "TOO_MANY"),
        (template.clone(), none.clone(), vec![desk.bluesky, desk.bluesky], Value::Null, "ALREADY_EXISTS"),
        (template.clone(), none.clone(), vec![desk.bluesky, written.account], Value::Null, "NOT_FOUND"),
        (template.clone(), none.clone(), here.clone(), json!("0000-01-01T00:00:00Z"), "INVALID"),
        (template.clone(), json!([value("b", "x")]), here.clone(), Value::Null, "NO_SUCH_NAME"),
        (template.clone(), json!([value("date", "x")]), here.clone(), Value::Null, "NO_SUCH_NAME"),
        (template.clone(), json!([value("a", "x"), value("a", "y")]), here.clone(), Value::Null, "ALREADY_EXISTS"),
        (template.clone(), json!([value("a", &"x".repeat(5001))]), here.clone(), Value::Null, "TOO_LONG"),
        (template.clone(), json!([value("a", "a\u{0}b")]), here.clone(), Value::Null, "INVALID"),
        (template.clone(), json!(vec![value("a", "x"); 51]), here.clone(), Value::Null, "TOO_MANY"),
    ] {
        let answer = desk.filled(&template, values.clone(), &accounts, due).await?;
        assert_eq!(answer.code(), code, "{values}: {}", answer.body);
    }
    let vars = json!({ "id": template, "variables": [], "accounts": [id("account", desk.bluesky)] });
    assert_eq!(desk.app.client.gql("", FILL, vars).await?.code(), "SIGN_IN_REQUIRED");
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_set_is_written_changed_put_away_and_brought_back() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let is = json!({ "name": "Coffee", "hashtags": ["#قهوه", " Coffee", "＃Cafe\u{301}"], "language": "fa",
      "networks": ["mastodon", "instagram"] });
    let made = desk.mutate("createHashtagSet", SET, desk.of_brand("set", is)).await?;
    let made = made.get("createHashtagSet.set").clone();
    assert_eq!(made["hashtags"], json!(["قهوه", "Coffee", "Café"]));
    assert_eq!((&made["networks"], &made["language"]), (&json!(["mastodon", "instagram"]), &json!("fa")));
    desk.hashtag_set(json!({ "name": "Tea", "hashtags": ["tea"] })).await?;
    assert_eq!(desk.names_in("hashtagSets", "last: 5").await?, json!(["Tea", "Coffee"]));
    assert_eq!(desk.names_in("hashtagSets", "first: 5, search: \"#قه\"").await?, json!(["Coffee"]));
    let change = |version: i32| {
        let is = json!({ "name": "Coffee", "hashtags": ["b", "a"] });
        json!({ "hashtagSetId": made["id"], "version": version, "set": is })
    };
    let changed = desk.mutate("updateHashtagSet", SET, change(1)).await?;
    let changed = changed.get("updateHashtagSet.set");
    assert_eq!((&changed["hashtags"], &changed["networks"]), (&json!(["b", "a"]), &json!([])));
    refused(&desk, "updateHashtagSet", SET, change(1), "CHANGED_MEANWHILE", "version").await?;
    let which = |version: i32| json!({ "hashtagSetId": made["id"], "version": version });
    desk.mutate("archiveHashtagSet", SET, which(2)).await?;
    assert_eq!(desk.names_in("hashtagSets", "first: 5, archived: true").await?, json!(["Coffee"]));
    refused(&desk, "updateHashtagSet", SET, change(3), "WRONG_STATE", "hashtagSetId").await?;
    let other = desk.hashtag_set(json!({ "name": "coffee", "hashtags": ["c"] })).await?;
    refused(&desk, "restoreHashtagSet", SET, which(3), "ALREADY_EXISTS", "hashtagSetId").await?;
    desk.mutate("archiveHashtagSet", SET, json!({ "hashtagSetId": other, "version": 1 })).await?;
    let back = desk.mutate("restoreHashtagSet", SET, which(3)).await?;
    assert_eq!(back.get("restoreHashtagSet.set.version"), 4);
    Ok(())
}

#[tokio::test]
async fn what_is_no_set_is_refused_where_it_is_wrong() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    desk.hashtag_set(json!({ "name": "Coffee", "hashtags": ["coffee"] })).await?;
    let many: Vec<String> = (0..101).map(|n| format!("tag{n}")).collect();
    for (changes, code, field) in [
        (json!({ "name": "" }), "INVALID", "name"),
        (json!({ "name": "a\u{0}b" }), "INVALID", "name"),
        (json!({ "name": "x".repeat(201) }), "TOO_LONG", "name"),
        (json!({ "name": "COFFEE" }), "ALREADY_EXISTS", "name"),
        (json!({ "hashtags": [] }), "INVALID", "hashtags"),
        (json!({ "hashtags": many }), "TOO_MANY", "hashtags"),
        (json!({ "hashtags": ["tea", "two words"] }), "INVALID", "hashtags.1"),
        (json!({ "hashtags": ["#"] }), "INVALID", "hashtags.0"),
        (json!({ "hashtags": ["2026"] }), "INVALID", "hashtags.0"),
        (json!({ "hashtags": ["x".repeat(101)] }), "TOO_LONG", "hashtags.0"),
        (json!({ "hashtags": ["Straße", "#STRASSE"] }), "ALREADY_EXISTS", "hashtags.1"),
        (json!({ "language": "?" }), "INVALID", "language"),
        (json!({ "networks": ["x", "nowhere"] }), "UNKNOWN_NETWORK", "networks.1"),
        (json!({ "networks": ["x", "x"] }), "ALREADY_EXISTS", "networks.1"),
        (json!({ "networks": vec!["x"; 100] }), "TOO_MANY", "networks"),
    ] {
        let mut is = json!({ "name": "Another", "hashtags": ["tea"] });
        for (field, value) in changes.as_object().into_iter().flatten() {
            is[field] = value.clone();
        }
        let (input, field) = (desk.of_brand("set", is), format!("set.{field}"));
        refused(&desk, "createHashtagSet", SET, input, code, &field).await?;
    }
    let foreign = json!({ "hashtagSetId": nobodys("hashtagset"), "version": 1 });
    desk.says("archiveHashtagSet", foreign, "NOT_FOUND").await?;
    Ok(())
}

#[tokio::test]
async fn hashtags_are_appended_as_far_as_they_fit_and_the_rest_is_named() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let make = async |set: Value| {
        let made = desk.app.client.mutate(&mid.token, "createHashtagSet", SET, desk.of_brand("set", set)).await?;
        made.text("createHashtagSet.set.id")
    };
    let set = make(json!({ "name": "Coffee", "hashtags": ["قهوه", "Coffee", "espresso"] })).await?;
    let before = fingerprint(&desk.app).await?;
    let tagged = desk.tagged("صبح بخیر با #coffee \n", &set, desk.mastodon).await?.ok()?;
    let counts = json!([{ "unit": "MASTODON_CHARACTERS", "counted": 36, "limit": 500 }]);
    assert_eq!(
        tagged.get("textWithHashtags"),
        &json!({ "text": "صبح بخیر با #coffee\n\n#قهوه #espresso", "added": ["قهوه", "espresso"],
          "alreadyThere": ["Coffee"], "leftOut": [], "counts": counts })
    );
    let full = "x".repeat(490);
    let tagged = desk.tagged(&full, &set, desk.mastodon).await?.ok()?;
    let tagged = tagged.get("textWithHashtags");
    assert_eq!((&tagged["added"], &tagged["leftOut"]), (&json!(["قهوه"]), &json!(["Coffee", "espresso"])));
    assert_eq!(tagged["text"], format!("{full}\n\n#قهوه"));
    // What does not fit by itself stays as it is.
    let over = format!("{} ", "x".repeat(301));
    let tagged = desk.tagged(&over, &set, desk.bluesky).await?.ok()?;
    let tagged = tagged.get("textWithHashtags");
    assert_eq!((&tagged["text"], &tagged["added"]), (&json!(over), &json!([])));
    assert_eq!(tagged["leftOut"].as_array().map(Vec::len), Some(3));
    let alone = desk.tagged("", &set, desk.bluesky).await?.ok()?;
    assert_eq!(alone.get("textWithHashtags.text"), "#قهوه #Coffee #espresso");
    assert_eq!(fingerprint(&desk.app).await?, before, "a dry run wrote something");

    let written = desk.app.fill_brand("Beta").await?;
    let elsewhere = make(json!({ "name": "Pictures", "hashtags": ["a"], "networks": ["mastodon"] })).await?;
    let before = fingerprint(&desk.app).await?;
    for (text, set, account, code) in [
        ("x".repeat(100_001), &set, desk.bluesky, "TOO_LONG"),
        ("x".to_owned(), &elsewhere, desk.bluesky, "HASHTAGS_NOT_FOR_NETWORK"),
        ("x".to_owned(), &set, written.account, "NOT_FOUND"),
        ("x".to_owned(), &nobodys("hashtagset"), desk.bluesky, "NOT_FOUND"),
        ("x".to_owned(), &id("hashtagset", written.planning.hashtag_set), written.account, "NOT_FOUND"),
    ] {
        assert_eq!(desk.tagged(&text, set, account).await?.code(), code);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn juniors_fill_in_what_they_do_not_change_and_outsiders_see_nothing() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let written = desk.app.fill_brand("Beta").await?;
    desk.app.join(&desk.person, written.brand, Level::Junior).await?;
    let freelancer = desk.app.member(written.brand, Level::Junior, UserKind::Freelancer).await?;
    let client = desk.app.member(written.brand, Level::Junior, UserKind::Client).await?;
    let template = id("template", written.planning.template);
    let before = fingerprint(&desk.app).await?;
    let filled = desk.filled(&template, json!([]), &[written.account], Value::Null).await?.ok()?;
    assert_eq!(filled.get("filledTemplate.0.text"), "Hello all");
    let which = json!({ "contentTemplateId": template, "version": 1 });
    desk.says("archiveContentTemplate", which.clone(), "FORBIDDEN").await?;
    let new = json!({ "brandId": id("brand", written.brand), "set": { "name": "A", "hashtags": ["a"] } });
    desk.says("createHashtagSet", new, "FORBIDDEN").await?;
    let list = "query($id: ID!) { contentTemplates(brandId: $id, first: 5) { nodes { id } } }";
    for person in [&freelancer, &client] {
        let node = "query($id: ID!) { node(id: $id) { id } }";
        let seen = desk.app.client.gql(&person.token, node, json!({ "id": template })).await?;
        assert_eq!(seen.get("node"), &Value::Null);
        let listed = desk.app.client.gql(&person.token, list, json!({ "id": id("brand", written.brand) })).await?;
        assert_eq!(listed.code(), "FORBIDDEN");
        let answer =
            desk.app.client.try_mutate(&person.token, "archiveContentTemplate", TEMPLATE, which.clone()).await?;
        assert_eq!(answer.user_codes("archiveContentTemplate"), ["NOT_FOUND"]);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn the_statements_do_not_grow_with_templates_or_accounts() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let mut accounts = vec![desk.bluesky, desk.mastodon];
    let (mut made, mut costs) = (0, Vec::new());
    let list = "query($id: ID!) { contentTemplates(brandId: $id, first: 100) {
      nodes { id pillar { name } brand { name } variables { used } } } }";
    let mut template = String::new();
    for size in [2, 20] {
        while made < size {
            let pillar = desk.pillar_of_templates(&format!("Pillar {made}"), false).await?;
            let says = json!({ "name": format!("Number {made}"), "text": "{{ network }}", "pillarId": pillar });
            template = desk.template(says).await?.text("createContentTemplate.template.id")?;
            made += 1;
        }
        while accounts.len() < size {
            accounts.push(desk.app.account(desk.brand, "bluesky", &desk.person).await?);
        }
        let before = desk.app.db.statements();
        let listed = desk.app.client.gql(&desk.person.token, list, json!({ "id": id("brand", desk.brand) })).await?;
        let listing = desk.app.db.statements() - before;
        assert_eq!(listed.ok()?.get("contentTemplates.nodes").as_array().map(Vec::len), Some(size));
        let before = desk.app.db.statements();
        let filled = desk.filled(&template, json!([]), &accounts, Value::Null).await?.ok()?;
        costs.push((listing, desk.app.db.statements() - before));
        assert_eq!(filled.get("filledTemplate").as_array().map(Vec::len), Some(size));
    }
    assert_eq!(costs[0], costs[1], "statements for 2 and for 20");
    Ok(())
}
