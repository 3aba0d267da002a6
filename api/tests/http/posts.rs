//! Writing, checking and scheduling posts.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::Level;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const POST: &str =
    "post { id state version title dueAt variants { id text language length socialAccount { id } assets { id } }
  publications { id state dueAt } }";

fn content(desk: &Desk, variants: &Value) -> Value {
    json!({ "calendarId": id("calendar", desk.calendar), "title": "Launch", "variants": variants })
}

impl Desk {
    fn variant(&self, text: &str) -> Value {
        json!({ "socialAccountId": id("account", self.bluesky), "text": text })
    }

    async fn draft(&self, variants: &Value) -> Result<String> {
        self.mutate("createPost", POST, content(self, variants)).await?.text("createPost.post.id")
    }
}

#[tokio::test]
async fn a_draft_is_written_read_changed_and_scheduled() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let asset = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let variants = json!([
        { "socialAccountId": id("account", desk.bluesky), "text": "سلام 👩‍👩‍👧 #نوروز", "language": "fa", "assetIds": [asset] },
        { "socialAccountId": id("account", desk.mastodon), "text": "Hello https://example.com/a-very-long-address-that-counts-less" },
    ]);
    let answer = desk.mutate("createPost", POST, content(&desk, &variants)).await?;
    let post = answer.get("createPost.post").clone();
    assert_eq!((&post["state"], &post["version"], &post["dueAt"]), (&json!("DRAFT"), &json!(1), &Value::Null));
    assert_eq!(post["variants"][0]["text"], variants[0]["text"]);
    assert_eq!(post["variants"][0]["length"], 13, "graphemes: a family is one");
    assert_eq!(post["variants"][0]["assets"], json!([{ "id": asset }]));
    assert_eq!(post["variants"][1]["socialAccount"]["id"], variants[1]["socialAccountId"]);

    let change = |version: i64, title: &str| json!({ "postId": post["id"], "version": version, "title": title, "variants": [desk.variant("Hello")] });
    let changed = desk.mutate("updatePost", POST, change(1, " Second ")).await?;
    assert_eq!(changed.get("updatePost.post.version"), 2);
    assert_eq!(changed.get("updatePost.post.title"), "Second");
    assert_eq!(changed.get("updatePost.post.variants").as_array().map(Vec::len), Some(1));
    let before = fingerprint(&desk.app).await?;
    let late = desk.try_mutate("updatePost", POST, change(1, "Third")).await?;
    assert_eq!(late.user_codes("updatePost"), ["CHANGED_MEANWHILE"]);
    assert_eq!(fingerprint(&desk.app).await?, before);

    let due = desk.time_in(Duration::hours(2));
    let scheduled = desk.mutate("schedulePost", POST, json!({ "postId": post["id"], "dueAt": due })).await?;
    assert_eq!(scheduled.get("schedulePost.post.state"), "SCHEDULED");
    assert_eq!(scheduled.get("schedulePost.post.publications.0.state"), "SCHEDULED");
    let before = fingerprint(&desk.app).await?;
    let twice = desk.try_mutate("schedulePost", POST, json!({ "postId": post["id"], "dueAt": due })).await?;
    assert_eq!(twice.user_codes("schedulePost"), ["WRONG_STATE"]);
    let changed = desk.try_mutate("updatePost", POST, change(2, "Third")).await?;
    assert_eq!(changed.user_codes("updatePost"), ["WRONG_STATE"], "what is scheduled does not change");
    assert_eq!(fingerprint(&desk.app).await?, before);

    let back = desk.mutate("unschedulePost", POST, json!({ "postId": post["id"] })).await?;
    assert_eq!(back.get("unschedulePost.post.state"), "DRAFT");
    assert_eq!(back.get("unschedulePost.post.publications.0.state"), "CANCELED");
    desk.mutate("updatePost", POST, change(2, "Third")).await?;
    desk.mutate("schedulePost", POST, json!({ "postId": post["id"], "dueAt": due })).await?;
    assert_eq!(
        desk.app.db.value::<i64>("select count(*) from job where state = 'PENDING' and kind = 'publish'").await?,
        1
    );
    Ok(())
}

#[tokio::test]
async fn variants_stay_in_the_order_in_which_they_were_given() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let mut variants = Vec::new();
    for number in 0..12 {
        let account = desk.app.account(desk.brand, "mastodon", &desk.person).await?;
        variants.push(json!({ "socialAccountId": id("account", account), "text": format!("Number {number}") }));
    }
    let answer = desk.mutate("createPost", POST, content(&desk, &variants.clone().into())).await?;
    let written: Vec<_> =
        answer.get("createPost.post.variants").as_array().context("variants")?.iter().map(|one| &one["text"]).collect();
    assert_eq!(written, variants.iter().map(|one| &one["text"]).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn content_that_cannot_be_is_refused_with_the_place_where_it_stands() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let mut one = desk.variant("x");
    let asset = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let account = one["socialAccountId"].clone();
    one["assetIds"] = json!([asset, asset]);
    desk.app
        .db
        .run(&format!(
            "update social_account set state = 'DISCONNECTED', credentials = null where id = '{}'",
            desk.mastodon
        ))
        .await?;
    let before = fingerprint(&desk.app).await?;
    let long = "x".repeat(100_001);
    for (variants, code, field) in [
        (json!([desk.variant("x"), desk.variant("y")]), "ALREADY_EXISTS", "variants.1.socialAccountId"),
        (json!([one]), "ALREADY_EXISTS", "variants.0.assetIds.1"),
        (json!([{ "socialAccountId": account, "text": long }]), "TOO_LONG", "variants.0.text"),
        (json!([{ "socialAccountId": account, "text": "a\u{0}b" }]), "INVALID", "variants.0.text"),
        (
            json!([{ "socialAccountId": account, "text": "x", "language": "klingon!" }]),
            "INVALID",
            "variants.0.language",
        ),
        (json!([{ "socialAccountId": nobodys("account"), "text": "x" }]), "NOT_FOUND", "variants.0.socialAccountId"),
        (json!([{ "socialAccountId": asset, "text": "x" }]), "NOT_FOUND", "variants.0.socialAccountId"),
        (
            json!([{ "socialAccountId": account, "text": "x", "assetIds": [nobodys("asset")] }]),
            "NOT_FOUND",
            "variants.0.assetIds.0",
        ),
        (
            json!([{ "socialAccountId": id("account", desk.mastodon), "text": "x" }]),
            "ACCOUNT_NOT_CONNECTED",
            "variants.0.socialAccountId",
        ),
    ] {
        let refused = desk.try_mutate("createPost", POST, content(&desk, &variants)).await?;
        assert_eq!(refused.user_codes("createPost"), [code], "{field}: {}", refused.body);
        let place = refused.get("createPost.userErrors.0.field").as_array().context("a place")?.clone();
        let place: Vec<_> = place.iter().filter_map(Value::as_str).collect();
        assert_eq!(place.join("."), field);
        assert_eq!(fingerprint(&desk.app).await?, before, "{code} at {field} left something");
    }
    let empty = desk
        .try_mutate("createPost", POST, json!({ "calendarId": id("calendar", desk.calendar), "title": " " }))
        .await?;
    assert_eq!(empty.user_codes("createPost"), ["INVALID"]);
    Ok(())
}

#[tokio::test]
async fn what_the_network_would_refuse_is_told_before_it_is_scheduled() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let due = desk.time_in(Duration::hours(2));
    let waiting = desk
        .mutate("requestUpload", "asset { id }", json!({ "brandId": id("brand", desk.brand), "fileName": "a.png" }))
        .await?;
    let waiting = waiting.text("requestUpload.asset.id")?;
    let mut pictures = Vec::new();
    for _ in 0..5 {
        pictures.push(id("asset", desk.app.asset(desk.brand, &desk.person).await?));
    }
    let account = id("account", desk.bluesky);
    for (variant, code) in [
        (json!({ "socialAccountId": account, "text": "é".repeat(301) }), "TEXT_TOO_LONG_FOR_NETWORK"),
        (json!({ "socialAccountId": account, "text": "👩‍👩‍👧".repeat(180) }), "TEXT_TOO_MANY_BYTES_FOR_NETWORK"),
        (json!({ "socialAccountId": account, "text": " \n " }), "TEXT_EMPTY"),
        (json!({ "socialAccountId": account, "text": "x", "assetIds": pictures }), "TOO_MANY_IMAGES_FOR_NETWORK"),
        (json!({ "socialAccountId": account, "text": "x", "assetIds": [waiting] }), "ASSET_NOT_READY"),
    ] {
        let post = desk.draft(&json!([variant])).await?;
        let query = "query($id: ID!) { validatePost(postId: $id) { valid problems { variantId error { code message field } } } }";
        let before = fingerprint(&desk.app).await?;
        let dry = desk.app.client.gql(&desk.person.token, query, json!({ "id": post })).await?.ok()?;
        assert_eq!(dry.get("validatePost.valid"), false);
        assert_eq!(dry.get("validatePost.problems.0.error.code"), code, "{}", dry.body);
        assert!(
            dry.text("validatePost.problems.0.error.message")?.contains("Bluesky") || code == "ASSET_NOT_READY",
            "{}",
            dry.body
        );
        let refused = desk.try_mutate("schedulePost", POST, json!({ "postId": post, "dueAt": due })).await?;
        assert_eq!(refused.user_codes("schedulePost"), [code]);
        assert_eq!(fingerprint(&desk.app).await?, before, "{code}: a dry run or a refusal left something");
    }
    let bare = desk.draft(&json!([])).await?;
    let refused = desk.try_mutate("schedulePost", POST, json!({ "postId": bare, "dueAt": due })).await?;
    assert_eq!(refused.user_codes("schedulePost"), ["NO_VARIANTS"]);
    // 300 graphemes are as many as the network takes.
    let post = desk.draft(&json!([desk.variant(&"é".repeat(300))])).await?;
    desk.mutate("schedulePost", POST, json!({ "postId": post, "dueAt": due })).await?;
    Ok(())
}

#[tokio::test]
async fn a_time_is_after_now_and_within_two_years() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let post = desk.draft(&json!([desk.variant("Hello")])).await?;
    let before = fingerprint(&desk.app).await?;
    for (wait, code) in [
        (Duration::seconds(-1), "TIME_IN_PAST"),
        (Duration::days(-3000), "TIME_IN_PAST"),
        (Duration::days(733), "TIME_TOO_FAR"),
        (Duration::days(200_000), "TIME_TOO_FAR"),
    ] {
        let input = json!({ "postId": post, "dueAt": desk.time_in(wait) });
        let refused = desk.try_mutate("schedulePost", POST, input).await?;
        assert_eq!(refused.user_codes("schedulePost"), [code], "{wait}: {}", refused.body);
        assert_eq!(refused.get("schedulePost.userErrors.0.field"), &json!(["dueAt"]));
    }
    for wrong in [json!("tomorrow"), json!("2026-13-45T00:00:00Z"), json!("2027-01-01"), json!(5), Value::Null] {
        let refused = desk.try_mutate("schedulePost", POST, json!({ "postId": post, "dueAt": wrong })).await?;
        assert_eq!(refused.code(), "BAD_REQUEST", "{wrong}: {}", refused.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn of_two_editors_at_once_one_wins() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let post = desk.draft(&json!([desk.variant("Hello")])).await?;
    let edit = async |title: &str| {
        let input = json!({ "postId": post, "version": 1, "title": title, "variants": [desk.variant(title)] });
        desk.try_mutate("updatePost", POST, input).await
    };
    let (one, two) = tokio::join!(edit("one"), edit("two"));
    let mut codes = [one?.user_codes("updatePost"), two?.user_codes("updatePost")];
    codes.sort();
    assert_eq!(codes, [vec![], vec!["CHANGED_MEANWHILE".to_owned()]]);
    assert_eq!(desk.app.db.value::<i32>("select version from post").await?, 2);
    let same: bool = desk
        .app
        .db
        .value("select bool_and(p.title = v.text) from post p join post_variant v on v.post_id = p.id")
        .await?;
    assert!(same, "half of one edit and half of the other");
    Ok(())
}
