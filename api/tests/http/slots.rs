//! Slots through the API: making them, filling them, and what they say of an account.

use anyhow::Result;
use chrono::Duration;
use diwan_entity::tenancy::app_user::Level;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const SLOT: &str = "slot { id rule weekdays time startsOn endsOn version calendar { id } socialAccount { id } queue { id } brand { id } }";

impl Desk {
    /// Runs a mutation that must be refused with this code, and changes nothing.
    pub async fn says(&self, name: &str, input: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.app).await?;
        let answer = self.try_mutate(name, "userErrors { code field }", input).await?;
        let codes = answer.user_codes(name);
        assert!(codes.contains(&code.to_owned()) || answer.code() == code, "{name}: {}", answer.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{name} changed something");
        Ok(())
    }

    fn every_day(&self, time: &str) -> Value {
        json!({ "rule": "FREQ=DAILY", "time": time, "startsOn": self.app.services.now().date_naive() })
    }
}

#[tokio::test]
async fn a_slot_is_made_read_changed_and_struck_out() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (brand, calendar) = (id("brand", desk.brand), id("calendar", desk.calendar));
    let weekly = json!({ "weekdays": [4, 1, 1], "time": "09:00", "startsOn": "2026-01-01", "endsOn": "2030-01-01" });
    let input = json!({ "brandId": brand, "calendarId": calendar, "rule": weekly });
    let made = desk.mutate("createSlot", SLOT, input).await?.get("createSlot.slot").clone();
    assert_eq!((&made["rule"], &made["weekdays"]), (&json!("FREQ=WEEKLY;BYDAY=MO,TH"), &json!([1, 4])));
    assert_eq!(
        (&made["time"], &made["calendar"]["id"], &made["queue"]),
        (&json!("09:00"), &json!(calendar), &Value::Null)
    );
    let rule = json!({ "rule": "RRULE:FREQ=MONTHLY;BYDAY=1MO", "time": "17:30", "startsOn": "2026-01-01" });
    let change = |version: i32| json!({ "slotId": made["id"], "version": version, "rule": rule });
    let changed = desk.mutate("updateSlot", SLOT, change(1)).await?;
    assert_eq!(changed.get("updateSlot.slot.rule"), "FREQ=MONTHLY;BYDAY=1MO");
    assert_eq!(changed.get("updateSlot.slot.weekdays"), &Value::Null);
    desk.says("updateSlot", change(1), "CHANGED_MEANWHILE").await?;
    let list = "query($id: ID!, $slot: ID!) { brand(id: $id) { slots { id version } } node(id: $slot) { ... on Slot { time } } }";
    let seen = desk.app.client.gql(&desk.person.token, list, json!({ "id": brand, "slot": made["id"] })).await?.ok()?;
    assert_eq!(seen.get("brand.slots"), &json!([{ "id": made["id"], "version": 2 }]));
    assert_eq!(seen.get("node.time"), "17:30");

    let with = |rule: Value| json!({ "brandId": brand, "calendarId": calendar, "rule": rule });
    let day = |more: Value| {
        let mut rule = json!({ "time": "09:00", "startsOn": "2026-01-01" });
        if let (Some(all), Some(more)) = (rule.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        rule
    };
    for (rule, code) in [
        (day(json!({})), "INVALID"),
        (day(json!({ "weekdays": [0] })), "INVALID"),
        (day(json!({ "weekdays": [8] })), "INVALID"),
        (day(json!({ "weekdays": [1], "rule": "FREQ=DAILY" })), "INVALID"),
        (day(json!({ "weekdays": [1], "time": "9 o'clock" })), "INVALID"),
        (day(json!({ "weekdays": [1], "time": "24:00" })), "INVALID"),
        (day(json!({ "weekdays": [1], "endsOn": "2025-01-01" })), "INVALID"),
        (day(json!({ "weekdays": [1], "startsOn": "1000-01-01" })), "INVALID"),
        (day(json!({ "rule": "FREQ=HOURLY" })), "RULE_NOT_UNDERSTOOD"),
        (day(json!({ "rule": "FREQ=DAILY;UNTIL=20270101T000000Z" })), "RULE_NOT_UNDERSTOOD"),
        (day(json!({ "rule": "every monday" })), "RULE_NOT_UNDERSTOOD"),
        (day(json!({ "rule": "x".repeat(400) })), "RULE_NOT_UNDERSTOOD"),
    ] {
        desk.says("createSlot", with(rule), code).await?;
    }
    // What is wrong is named as it stands in the input.
    for rule in [json!({ "rule": "FREQ=HOURLY" }), json!({})] {
        let answer = desk.try_mutate("createSlot", "userErrors { field }", with(day(rule))).await?;
        assert_eq!(answer.get("createSlot.userErrors.0.field"), &json!(["rule", "rule"]), "{}", answer.body);
    }
    let good = day(json!({ "weekdays": [1] }));
    desk.says("createSlot", json!({ "brandId": brand, "rule": good }), "INVALID").await?;
    for (field, prefix) in [("calendarId", "calendar"), ("socialAccountId", "account"), ("queueId", "queue")] {
        let mut input = json!({ "brandId": brand, "calendarId": calendar, "rule": good });
        input[field] = json!(nobodys(prefix));
        desk.says("createSlot", input, "NOT_FOUND").await?;
    }
    desk.mutate("deleteSlot", "deletedId", json!({ "slotId": made["id"] })).await?;
    desk.says("deleteSlot", json!({ "slotId": made["id"] }), "NOT_FOUND").await?;
    Ok(())
}

#[tokio::test]
async fn posts_go_into_the_next_free_slot_or_the_one_that_is_named() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let (brand, calendar) = (id("brand", desk.brand), id("calendar", desk.calendar));
    let input = json!({ "brandId": brand, "calendarId": calendar, "rule": desk.every_day("09:00") });
    let slot = desk.mutate("createSlot", SLOT, input).await?.text("createSlot.slot.id")?;
    let free = "query($id: ID!, $calendar: ID, $first: Int!) { freeSlots(brandId: $id, calendarId: $calendar, first: $first) { date at slot { id } } }";
    let ask = async |first: i32| {
        let variables = json!({ "id": brand, "calendar": calendar, "first": first });
        desk.app.client.gql(&desk.person.token, free, variables).await
    };
    let open = ask(3).await?.ok()?.get("freeSlots").clone();
    let mut posts = Vec::new();
    for text in ["One", "Two", "Three"] {
        posts.push(id("post", desk.app.post(desk.brand, desk.mastodon, text, &desk.person).await?.0));
    }
    let place = |post: &str, schedule: bool| json!({ "postId": post, "schedule": schedule });
    let first = desk.mutate("placePost", "post { state dueAt }", place(&posts[0], true)).await?;
    assert_eq!(first.get("placePost.post.state"), "SCHEDULED");
    assert_eq!(first.get("placePost.post.dueAt"), &open[0]["at"]);
    let second = desk.mutate("placePost", "post { state dueAt }", place(&posts[1], false)).await?;
    assert_eq!(second.get("placePost.post.state"), "DRAFT");
    assert_eq!(second.get("placePost.post.dueAt"), &open[1]["at"]);
    let named =
        |date: &Value| json!({ "postId": posts[2], "schedule": true, "slot": { "slotId": slot, "date": date } });
    desk.says("placePost", named(&open[0]["date"]), "SLOT_TAKEN").await?;
    desk.says("placePost", named(&json!("2020-01-01")), "NOT_FOUND").await?;
    let third = desk.mutate("placePost", "post { dueAt }", named(&open[2]["date"])).await?;
    assert_eq!(third.get("placePost.post.dueAt"), &open[2]["at"]);
    assert_eq!(ask(1).await?.ok()?.get("freeSlots").as_array().map(Vec::len), Some(1));
    // Scheduled posts move.
    let later = json!({ "postId": posts[0], "after": desk.time_in(Duration::days(20)), "schedule": true });
    let moved = desk.mutate("placePost", "post { state dueAt publications { dueAt } }", later).await?;
    assert_eq!(moved.get("placePost.post.publications.0.dueAt"), moved.get("placePost.post.dueAt"));
    assert_eq!(ask(1).await?.ok()?.get("freeSlots.0.at"), &open[0]["at"]);

    for first in [0, 101, -1] {
        assert_eq!(ask(first).await?.code(), "INVALID", "{first}");
    }
    let nothing = desk.app.client.gql(&desk.person.token, free, json!({ "id": brand, "first": 1 })).await?;
    assert_eq!(nothing.code(), "INVALID");
    desk.says("placePost", place(&nobodys("post"), true), "NOT_FOUND").await?;
    let far = json!({ "postId": posts[1], "after": "9999-01-01T00:00:00Z", "schedule": true });
    desk.says("placePost", far, "TIME_TOO_FAR").await?;
    desk.mutate("deleteSlot", "deletedId", json!({ "slotId": slot })).await?;
    desk.says("placePost", place(&posts[1], true), "NO_FREE_SLOT").await?;
    Ok(())
}

#[tokio::test]
async fn an_account_without_results_has_no_best_times() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let query = "query($id: ID!) { bestTimes(socialAccountId: $id) { samples enough needed neededPerTime average times { weekday hour } } }";
    let account = json!({ "id": id("account", desk.mastodon) });
    let answer = desk.app.client.gql(&desk.person.token, query, account).await?.ok()?;
    let wanted =
        json!({ "samples": 0, "enough": false, "needed": 20, "neededPerTime": 3, "average": null, "times": [] });
    assert_eq!(answer.get("bestTimes"), &wanted);
    let unknown = desk.app.client.gql(&desk.person.token, query, json!({ "id": nobodys("account") })).await?;
    assert_eq!(unknown.code(), "NOT_FOUND");
    Ok(())
}
