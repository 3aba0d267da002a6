//! What a post says besides one text for each account: a text that accounts share, threads, first comments, links, options.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::Level;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};
use crate::review_links::Review;

const POST: &str =
    "post { id state version baseText variants { text ownText thread firstComment link options { name value }
  socialAccount { id } } }";

const VERSIONS: &str = "query($id: ID!) { node(id: $id) { ... on Post { versions(first: 9) { nodes { version baseText
  variants { text ownText thread firstComment link options { name value } }
  changes { __typename ... on BaseTextChange { pieces { kind text } } ... on VariantTextChange { socialAccount { id } }
    ... on VariantOwnTextChange { own: now socialAccount { id } }
    ... on VariantThreadChange { parts { before now pieces { kind text } } socialAccount { id } }
    ... on VariantFirstCommentChange { pieces { kind text } } ... on VariantLinkChange { was: before is: now }
    ... on VariantOptionsChange { optionsBefore: before { name value } optionsNow: now { name value } } } } } } } }";

impl Desk {
    /// A post of these variants, as it would be begun.
    fn post_of(&self, variants: &Value) -> Value {
        json!({ "calendarId": id("calendar", self.calendar), "title": "Launch", "variants": variants })
    }

    async fn begin(&self, variants: &Value) -> Result<String> {
        self.mutate("createPost", "post { id }", self.post_of(variants)).await?.text("createPost.post.id")
    }

    async fn past(&self, post: &str) -> Result<Value> {
        let answer = self.app.client.gql(&self.person.token, VERSIONS, json!({ "id": post })).await?.ok()?;
        Ok(answer.get("node.versions.nodes").clone())
    }
}

fn path(error: &Value) -> String {
    let field = error["field"].as_array().map(Vec::as_slice).unwrap_or_default();
    field.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(".")
}

#[tokio::test]
async fn a_base_text_changes_for_whoever_has_no_text_of_their_own() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (bluesky, mastodon) = (id("account", desk.bluesky), id("account", desk.mastodon));
    let variants = json!([{ "socialAccountId": bluesky }, { "socialAccountId": mastodon, "text": "سلام" }]);
    let mut input = desk.post_of(&variants);
    input["baseText"] = json!("Hello all");
    let made = desk.mutate("createPost", POST, input).await?.get("createPost.post").clone();
    assert_eq!(made["baseText"], "Hello all");
    let said = |post: &Value| {
        let variants = post["variants"].as_array().cloned().unwrap_or_default();
        variants.iter().map(|one| (one["text"].clone(), one["ownText"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(said(&made), [(json!("Hello all"), json!(false)), (json!("سلام"), json!(true))]);

    let change = |version: i32, base: Value| json!({ "postId": made["id"], "version": version, "title": "Launch", "baseText": base, "variants": variants });
    let changed = desk.mutate("updatePost", POST, change(1, json!("Hello you"))).await?.get("updatePost.post").clone();
    assert_eq!(said(&changed), [(json!("Hello you"), json!(false)), (json!("سلام"), json!(true))]);
    let before = fingerprint(&desk.app).await?;
    let refused = desk.try_mutate("updatePost", POST, change(2, Value::Null)).await?;
    assert_eq!(refused.user_codes("updatePost"), ["INVALID"]);
    assert_eq!(path(refused.get("updatePost.userErrors.0")), "variants.0.text", "nothing to say it from");
    assert_eq!(fingerprint(&desk.app).await?, before);

    let post = made["id"].as_str().context("an id")?;
    let versions = desk.past(post).await?;
    assert_eq!(
        versions[0]["changes"],
        json!([
            { "__typename": "BaseTextChange", "pieces": [{ "kind": "KEPT", "text": "Hello " }, { "kind": "REMOVED", "text": "all" },
                { "kind": "ADDED", "text": "you" }] },
            { "__typename": "VariantTextChange", "socialAccount": { "id": bluesky } },
        ])
    );
    let own =
        json!([{ "socialAccountId": bluesky, "text": "Hello you" }, { "socialAccountId": mastodon, "text": "سلام" }]);
    let own = json!({ "postId": post, "version": 2, "title": "Launch", "baseText": "Hello you", "variants": own });
    desk.mutate("updatePost", POST, own).await?;
    let changes = desk.past(post).await?[0]["changes"].clone();
    let told = json!([{ "__typename": "VariantOwnTextChange", "own": true, "socialAccount": { "id": bluesky } }]);
    assert_eq!(changes, told, "it says the same, and no longer follows");

    let back = json!({ "postId": post, "version": 3, "from": 1 });
    let restored = desk.mutate("restorePost", POST, back).await?.get("restorePost.post").clone();
    assert_eq!(restored["baseText"], "Hello all");
    assert_eq!(said(&restored), said(&made));
    Ok(())
}

#[tokio::test]
async fn what_goes_with_a_text_is_kept_told_and_brought_back() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let mastodon = id("account", desk.mastodon);
    let options =
        json!([{ "name": "spoiler_text", "value": "The end" }, { "name": "visibility", "value": "unlisted" }]);
    let full = json!({ "socialAccountId": mastodon, "text": "One", "thread": ["Two", "Three"], "firstComment": "See our shop",
      "link": "https://nour.example/a", "options": options });
    let post = desk.begin(&json!([full])).await?;
    let less = json!([{ "socialAccountId": mastodon, "text": "One", "thread": ["Two and more", "Three", "Four"],
      "options": [{ "name": "visibility", "value": "public" }] }]);
    let change = json!({ "postId": post, "version": 1, "title": "Launch", "variants": less });
    desk.mutate("updatePost", POST, change).await?;
    let back = json!({ "postId": post, "version": 2, "from": 1 });
    let restored = desk.mutate("restorePost", POST, back).await?.get("restorePost.post.variants.0").clone();
    let versions = desk.past(&post).await?;
    for field in ["text", "thread", "firstComment", "link", "options"] {
        assert_eq!(restored[field], full[field], "{field}");
        assert_eq!(versions[2]["variants"][0][field], full[field], "{field} of the version");
    }
    assert_eq!(
        versions[1]["changes"],
        json!([
            { "__typename": "VariantThreadChange", "socialAccount": { "id": mastodon }, "parts": [
                { "before": 0, "now": 0, "pieces": [{ "kind": "KEPT", "text": "Two" }, { "kind": "ADDED", "text": " and more" }] },
                { "before": null, "now": 2, "pieces": [{ "kind": "ADDED", "text": "Four" }] }] },
            { "__typename": "VariantFirstCommentChange", "pieces": [{ "kind": "REMOVED", "text": "See our shop" }] },
            { "__typename": "VariantLinkChange", "was": "https://nour.example/a", "is": null },
            { "__typename": "VariantOptionsChange", "optionsBefore": options,
              "optionsNow": [{ "name": "visibility", "value": "public" }] },
        ])
    );
    Ok(())
}

#[tokio::test]
async fn what_a_network_cannot_do_is_refused_and_never_left_out() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let due = desk.time_in(Duration::hours(2));
    let asset = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let on = |account, parts: Value| {
        let mut variant = json!({ "socialAccountId": id("account", account), "text": "Hello" });
        let parts = parts.as_object().cloned().unwrap_or_default();
        variant.as_object_mut().into_iter().for_each(|all| all.extend(parts.clone()));
        variant
    };
    let (bluesky, mastodon) = (desk.bluesky, desk.mastodon);
    let option = |name: &str, value: &str| json!({ "options": [{ "name": name, "value": value }] });
    for (variant, code, field) in [
        (on(bluesky, option("visibility", "public")), "OPTION_NOT_FOR_NETWORK", "options.visibility"),
        (on(mastodon, option("visibility", "Public")), "OPTION_VALUE_NOT_FOR_NETWORK", "options.visibility"),
        (on(mastodon, json!({ "link": "https://nour.example/" })), "LINK_NOT_FOR_NETWORK", "link"),
        (on(bluesky, json!({ "link": "https://nour.example/", "assetIds": [asset] })), "LINK_WITH_IMAGES", "link"),
        (on(bluesky, json!({ "thread": ["Two", "é".repeat(301)] })), "TEXT_TOO_LONG_FOR_NETWORK", "thread.1"),
        (on(bluesky, json!({ "thread": [" \n "] })), "THREAD_PART_EMPTY", "thread.0"),
        (on(bluesky, json!({ "firstComment": "é".repeat(301) })), "TEXT_TOO_LONG_FOR_NETWORK", "firstComment"),
    ] {
        let post = desk.begin(&json!([variant])).await?;
        let query = "query($id: ID!) { validatePost(postId: $id) { valid problems { error { code message field } } } }";
        let before = fingerprint(&desk.app).await?;
        let dry = desk.app.client.gql(&desk.person.token, query, json!({ "id": post })).await?.ok()?;
        let error = dry.get("validatePost.problems.0.error");
        let found = (dry.get("validatePost.valid"), &error["code"], path(error));
        assert_eq!(found, (&json!(false), &json!(code), format!("variants.0.{field}")), "{}", dry.body);
        let refused = desk.try_mutate("schedulePost", POST, json!({ "postId": post, "dueAt": due })).await?;
        assert_eq!(refused.user_codes("schedulePost"), [code], "{}", refused.body);
        assert_eq!(path(refused.get("schedulePost.userErrors.0")), format!("variants.0.{field}"));
        assert_eq!(fingerprint(&desk.app).await?, before, "{code}: a dry run or a refusal left something");
    }
    let whole = json!({ "thread": ["Two", "Three"], "firstComment": "Four" });
    let (mut wide, mut plain) = (on(mastodon, whole.clone()), on(bluesky, whole));
    wide["options"] = json!([{ "name": "visibility", "value": "unlisted" }]);
    plain["link"] = json!("https://nour.example/");
    let post = desk.begin(&json!([wide, plain])).await?;
    let scheduled = desk.mutate("schedulePost", POST, json!({ "postId": post, "dueAt": due })).await?;
    assert_eq!(scheduled.get("schedulePost.post.state"), "SCHEDULED");
    desk.mutate("unschedulePost", POST, json!({ "postId": post })).await?;
    Ok(())
}

#[tokio::test]
async fn content_of_another_form_is_refused_with_the_place_where_it_stands() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let account = id("account", desk.mastodon);
    let before = fingerprint(&desk.app).await?;
    let options = |count: usize| -> Value {
        (0..count).map(|number| json!({ "name": format!("option_{number}"), "value": "x" })).collect()
    };
    let long_link = format!("https://nour.example/{}", "a".repeat(2000));
    for (field, value, code, at) in [
        ("thread", json!(vec!["part"; 50]), "TOO_MANY", "variants.0.thread"),
        ("thread", json!(["part", "a\u{0}b"]), "INVALID", "variants.0.thread.1"),
        ("thread", json!(["x".repeat(100_001)]), "TOO_LONG", "variants.0.thread.0"),
        ("firstComment", json!(" \n"), "INVALID", "variants.0.firstComment"),
        ("firstComment", json!("x".repeat(100_001)), "TOO_LONG", "variants.0.firstComment"),
        ("link", json!("nour.example"), "PAGE_ADDRESS_INVALID", "variants.0.link"),
        ("link", json!("javascript:alert(1)"), "PAGE_ADDRESS_INVALID", "variants.0.link"),
        ("link", json!("https://"), "PAGE_ADDRESS_INVALID", "variants.0.link"),
        ("link", json!("https://nour.example/a b"), "PAGE_ADDRESS_INVALID", "variants.0.link"),
        ("link", json!(long_link), "TOO_LONG", "variants.0.link"),
        ("options", options(21), "TOO_MANY", "variants.0.options"),
        (
            "options",
            json!([{ "name": "a", "value": "1" }, { "name": "a", "value": "1" }]),
            "ALREADY_EXISTS",
            "variants.0.options.1.name",
        ),
        ("options", json!([{ "name": "No.name", "value": "1" }]), "INVALID", "variants.0.options"),
        ("options", json!([{ "name": "", "value": "1" }]), "INVALID", "variants.0.options"),
        ("options", json!([{ "name": "a", "value": "x".repeat(1001) }]), "TOO_LONG", "variants.0.options.a"),
        ("options", json!([{ "name": "a", "value": "\u{0}" }]), "INVALID", "variants.0.options.a"),
        ("text", Value::Null, "INVALID", "variants.0.text"),
    ] {
        let mut variant = json!({ "socialAccountId": account, "text": "Hello" });
        variant[field] = value;
        let refused = desk.try_mutate("createPost", POST, desk.post_of(&json!([variant]))).await?;
        assert_eq!(refused.user_codes("createPost"), [code], "{at}: {}", refused.body);
        assert_eq!(path(refused.get("createPost.userErrors.0")), at);
        assert_eq!(fingerprint(&desk.app).await?, before, "{code} at {at} left something");
    }
    for (base, code) in [("x".repeat(100_001), "TOO_LONG"), ("a\u{0}b".to_owned(), "INVALID")] {
        let mut input = desk.post_of(&json!([{ "socialAccountId": account }]));
        input["baseText"] = json!(base);
        let refused = desk.try_mutate("createPost", POST, input).await?;
        assert_eq!(refused.user_codes("createPost"), [code]);
        assert_eq!(path(refused.get("createPost.userErrors.0")), "baseText");
        assert_eq!(fingerprint(&desk.app).await?, before);
    }
    Ok(())
}

#[tokio::test]
async fn networks_tell_what_they_take() -> Result<()> {
    let desk = Desk::new(Level::Junior).await?;
    let query = "{ networks { key maxThreadParts firstComment link options { name label kind maxLength values { value label } } } }";
    desk.app.db.run(&format!("update app_user set locale = 'fa' where id = '{}'", desk.person.id)).await?;
    let answer = desk.app.client.gql(&desk.person.token, query, json!({})).await?.ok()?;
    let networks = answer.get("networks").as_array().cloned().unwrap_or_default();
    let of = |key: &str| networks.iter().find(|network| network["key"] == key).cloned().unwrap_or_default();
    let (bluesky, mastodon) = (of("bluesky"), of("mastodon"));
    assert!(bluesky["maxThreadParts"].as_i64() > Some(1) && bluesky["firstComment"] == true, "{bluesky}");
    assert_eq!((&bluesky["link"], &mastodon["link"]), (&json!(true), &json!(false)));
    let options = mastodon["options"].as_array().context("options")?;
    let option = |name: &str| options.iter().find(|option| option["name"] == name).cloned().unwrap_or_default();
    let visibility = option("visibility");
    assert_eq!((&visibility["kind"], &visibility["label"]), (&json!("CHOICE"), &json!("چه کسانی می‌بینند")));
    assert_eq!(visibility["values"][0], json!({ "value": "public", "label": "همه" }));
    assert_eq!(option("sensitive")["values"][1], json!({ "value": "false", "label": "نه" }));
    let warning = option("spoiler_text");
    assert_eq!((&warning["kind"], &warning["values"]), (&json!("TEXT"), &json!([])));
    assert!(warning["maxLength"].as_i64() > Some(0), "{warning}");
    Ok(())
}

#[tokio::test]
async fn a_client_sees_all_that_would_go_out_in_their_language() -> Result<()> {
    let desk = Review::new("Good morning").await?;
    desk.app.db.run(&format!("update app_user set locale = 'fa' where id = '{}'", desk.client.id)).await?;
    let link = desk.path().await?;
    let open = async || -> Result<(String, String)> {
        let page = desk.app.client.get(&link).await?;
        assert_eq!(page.status, 200);
        let page = String::from_utf8_lossy(&page.body).into_owned();
        let (_, rest) = page.rsplit_once("name=\"digest\" value=\"").context("a digest")?;
        let digest = rest.split('"').next().unwrap_or_default().to_owned();
        Ok((page, digest))
    };
    let (page, first) = open().await?;
    assert!(!page.contains("ادامهٔ رشته") && !page.contains("تنظیم‌ها"), "{page}");
    let mut digests = vec![first];
    for (set, shown) in [
        ("thread = array['A <b>second</b> part #tag']", vec!["ادامهٔ رشته", "A &lt;b&gt;second&lt;/b&gt; part", "#tag"]),
        (
            "first_comment = 'See https://nour.example/shop'",
            vec!["نخستین نظر، از خود حساب", "href=\"https://nour.example/shop\""],
        ),
        (
            "link = 'https://www.nour.example/menu?a=1'",
            vec!["href=\"https://www.nour.example/menu?a=1\"", "nour.example"],
        ),
        (
            "options = '{\"visibility\": \"unlisted\"}'",
            vec!["تنظیم‌ها", "چه کسانی می‌بینند", "همه، ولی نه در خط زمانی عمومی"],
        ),
        ("options = '{\"spoiler_text\": \"The <end>\"}'", vec!["هشدار محتوا", "The &lt;end&gt;"]),
    ] {
        desk.app.db.run(&format!("update post_variant set {set}")).await?;
        let (page, digest) = open().await?;
        for words in shown {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!digests.contains(&digest), "{set}: what was decided upon would be something else");
        digests.push(digest);
    }
    Ok(())
}
