//! Moving posts: one and many, by the clock on the wall, with their publications and jobs.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, at, fingerprint, id, nobodys};

const MOVED: &str = "rows { postId post { id dueAt state } userErrors { code field } }";

impl Desk {
    async fn scheduled(&self, due_at: DateTime<Utc>) -> Result<Uuid> {
        let (post, _) = self.app.post(self.brand, self.mastodon, "Hello", &self.person).await?;
        self.app.publication(self.brand, post, due_at).await?;
        Ok(post)
    }

    async fn in_zone(level: Level, zone: &str) -> Result<Self> {
        let desk = Self::new(level).await?;
        desk.app.db.run(&format!("update brand set time_zone = '{zone}' where id = '{}'", desk.brand)).await?;
        Ok(desk)
    }
}

#[tokio::test]
async fn a_scheduled_post_moves_with_its_publications_and_jobs() -> Result<()> {
    let desk = Desk::in_zone(Level::Mid, "Europe/Athens").await?;
    // 09:00 in Athens, before the clocks go forward.
    let post = desk.scheduled(at("2027-03-27T07:00:00Z")).await?;
    let input = json!({ "postId": id("post", post), "to": { "days": 1 } });
    let moved = desk.mutate("reschedulePost", "post { dueAt state version }", input).await?;
    assert_eq!(
        moved.get("reschedulePost.post"),
        &json!({ "dueAt": "2027-03-28T06:00:00+00:00", "state": "SCHEDULED", "version": 1 })
    );
    let together: bool = desk
        .app
        .db
        .value(
            "select bool_and(p.due_at = b.due_at and p.due_at = j.due_at and j.state = 'PENDING')
             from post p join publication b on b.post_id = p.id join job j on j.subject_id = b.id",
        )
        .await?;
    assert!(together, "09:00 stays 09:00 for all of it");

    // Where a worker's queue has the job already, it waits again.
    desk.app.db.run("update job set state = 'HANDED', handed_at = now()").await?;
    let input = json!({ "postId": id("post", post), "to": { "at": "2027-04-01T10:30:00Z" } });
    desk.mutate("reschedulePost", "post { id }", input).await?;
    let waits: bool = desk
        .app
        .db
        .value("select bool_and(state = 'PENDING' and handed_at is null and due_at = '2027-04-01 10:30Z') from job where kind = 'publish'")
        .await?;
    assert!(waits);
    let events: i64 = desk.app.db.value("select count(*) from audit_event where action = 'post.move'").await?;
    assert_eq!(events, 2);
    Ok(())
}

#[tokio::test]
async fn what_has_begun_or_is_over_does_not_move() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let due = desk.app.services.now() + Duration::days(2);
    let to = json!({ "at": (due + Duration::days(1)).to_rfc3339() });
    for (prepare, state) in [
        ("update job set state = 'RUNNING', lease_owner = 'w', lease_expires_at = now()", "SCHEDULED"),
        ("update publication set state = 'QUEUED'", "SCHEDULED"),
        (
            "insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at)
               select gen_random_uuid(), brand_id, id, 1, 1, now() from publication",
            "SCHEDULED",
        ),
        ("select 1", "PUBLISHED"),
        ("select 1", "FAILED"),
        ("select 1", "PAUSED"),
        ("select 1", "ARCHIVED"),
    ] {
        desk.app
            .db
            .run("delete from publication_attempt; delete from job; delete from publication; delete from post")
            .await?;
        let post = desk.scheduled(due).await?;
        desk.app.db.run(&format!("{prepare}; update post set state = '{state}'")).await?;
        let before = fingerprint(&desk.app).await?;
        let input = json!({ "postId": id("post", post), "to": to });
        let refused = desk.try_mutate("reschedulePost", "post { id }", input).await?;
        assert_eq!(refused.user_codes("reschedulePost"), ["WRONG_STATE"], "{prepare} {state}: {}", refused.body);
        assert_eq!(refused.get("reschedulePost.userErrors.0.field"), &json!(["postId"]));
        assert_eq!(fingerprint(&desk.app).await?, before);
    }
    Ok(())
}

#[tokio::test]
async fn a_plan_is_moved_by_who_may_write_and_a_schedule_by_who_may_schedule() -> Result<()> {
    let mut desk = Desk::new(Level::Junior).await?;
    desk.app.leave_jobs();
    let due = desk.app.services.now() + Duration::days(2);
    let to = json!({ "at": due.to_rfc3339() });
    let (own, _) = desk.app.post(desk.brand, desk.mastodon, "Mine", &desk.person).await?;
    let moved = desk
        .mutate(
            "reschedulePost",
            "post { state dueAt publications { id } }",
            json!({ "postId": id("post", own), "to": to }),
        )
        .await?;
    assert_eq!(moved.get("reschedulePost.post.state"), "DRAFT");
    assert_eq!(moved.get("reschedulePost.post.publications"), &json!([]), "a plan publishes nothing");
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let (theirs, _) = desk.app.post(desk.brand, desk.mastodon, "Theirs", &mid).await?;
    let scheduled = desk.scheduled(due).await?;
    let before = fingerprint(&desk.app).await?;
    for post in [theirs, scheduled] {
        let refused =
            desk.try_mutate("reschedulePost", "post { id }", json!({ "postId": id("post", post), "to": to })).await?;
        assert_eq!(refused.user_codes("reschedulePost"), ["FORBIDDEN"]);
    }
    let input = json!({ "postIds": [id("post", own), id("post", theirs)], "to": to });
    let refused = desk.try_mutate("movePosts", MOVED, input).await?;
    assert_eq!(refused.user_codes("movePosts"), ["FORBIDDEN"]);
    assert_eq!(refused.get("movePosts.userErrors.0.field"), &json!(["postIds", "1"]));
    assert_eq!(refused.get("movePosts.rows"), &json!([]));
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn many_posts_move_at_once_and_each_row_is_answered() -> Result<()> {
    let mut desk = Desk::in_zone(Level::Mid, "Europe/Athens").await?;
    desk.app.leave_jobs();
    let first = desk.scheduled(at("2027-03-10T07:00:00Z")).await?;
    let second = desk.scheduled(at("2027-03-12T15:30:00Z")).await?;
    let (unplanned, _) = desk.app.post(desk.brand, desk.mastodon, "No time yet", &desk.person).await?;
    let foreign = desk.app.brand("Beta").await?;
    let other = desk.app.member(foreign, Level::Mid, UserKind::Staff).await?;
    let account = desk.app.account(foreign, "mastodon", &other).await?;
    let (theirs, _) = desk.app.post(foreign, account, "Theirs", &other).await?;
    let ids: Vec<String> = [first, unplanned, theirs, second, first]
        .iter()
        .map(|post| id("post", *post))
        .chain([nobodys("post"), "post_nonsense".to_owned()])
        .collect();
    let input = |policy: &str| json!({ "postIds": ids, "to": { "date": "2027-03-29" }, "errorPolicy": policy });
    let before = fingerprint(&desk.app).await?;
    let refused = desk.try_mutate("movePosts", MOVED, input("REJECT_EVERYTHING")).await?;
    let codes = ["NOT_PLANNED", "NOT_FOUND", "ALREADY_EXISTS", "NOT_FOUND", "NOT_FOUND"];
    assert_eq!(refused.user_codes("movePosts"), codes, "{}", refused.body);
    assert_eq!(fingerprint(&desk.app).await?, before);

    let done = desk.mutate("movePosts", MOVED, input("REJECT_FAILED_ROWS")).await?;
    let rows = done.get("movePosts.rows").as_array().context("rows")?;
    assert_eq!(rows.len(), ids.len());
    assert_eq!(rows[0]["post"]["dueAt"], "2027-03-29T06:00:00+00:00", "09:00, in summer time");
    assert_eq!(rows[3]["post"]["dueAt"], "2027-03-29T14:30:00+00:00");
    for (at, code) in [(1, "NOT_PLANNED"), (2, "NOT_FOUND"), (4, "ALREADY_EXISTS"), (5, "NOT_FOUND"), (6, "NOT_FOUND")]
    {
        assert_eq!(rows[at]["post"], Value::Null);
        assert_eq!(rows[at]["userErrors"][0]["code"], code);
        assert_eq!(rows[at]["userErrors"][0]["field"], json!(["postIds", at.to_string()]));
    }
    let unmoved: i64 = desk
        .app
        .db
        .value(&format!("select count(*) from post where id in ('{unplanned}', '{theirs}') and due_at is null"))
        .await?;
    assert_eq!(unmoved, 2);
    // A time makes a plan of it.
    let input = json!({ "postIds": [id("post", unplanned)], "to": { "date": "2027-03-28", "time": "03:30" } });
    let done = desk.mutate("movePosts", MOVED, input).await?;
    assert_eq!(
        done.get("movePosts.rows.0.post.dueAt"),
        "2027-03-28T01:30:00+00:00",
        "03:30 is skipped: it becomes 04:30"
    );
    Ok(())
}

#[tokio::test]
async fn five_hundred_posts_move_in_as_many_statements_as_two() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    desk.app
        .db
        .run(&format!(
            "insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
               select gen_random_uuid(), '{}', '{}', 'A post', 'SCHEDULED', now() + n * interval '1 hour' + interval '3 days', '{3}', now(), now()
               from generate_series(1, 501) n;
             insert into post_variant (id, brand_id, post_id, social_account_id, text)
               select gen_random_uuid(), brand_id, id, '{2}', 'Hello' from post;
             insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at)
               select gen_random_uuid(), v.brand_id, v.post_id, v.id, v.social_account_id, 'SCHEDULED', p.due_at, now(), now()
               from post_variant v join post p on p.id = v.post_id;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), brand_id, 'publish', id, due_at, now() from publication",
            desk.brand, desk.calendar, desk.mastodon, desk.person.id
        ))
        .await?;
    let list: String = desk.app.db.value("select string_agg(id::text, ',' order by id) from post").await?;
    let ids: Vec<String> = list.split(',').map(|post| Ok(id("post", post.parse()?))).collect::<Result<_>>()?;
    let mut counts = Vec::new();
    for size in [2, 500] {
        let before = desk.app.db.statements();
        let input = json!({ "postIds": ids[..size], "to": { "days": 7 } });
        let done = desk.mutate("movePosts", "rows { post { dueAt } }", input).await?;
        counts.push(desk.app.db.statements() - before);
        assert_eq!(done.get("movePosts.rows").as_array().map(Vec::len), Some(size));
    }
    assert_eq!(counts[0], counts[1], "{counts:?}");
    let apart: i64 = desk
        .app
        .db
        .value("select count(*) from post p join publication b on b.post_id = p.id join job j on j.subject_id = b.id where p.due_at <> b.due_at or p.due_at <> j.due_at")
        .await?;
    assert_eq!(apart, 0);
    let before = fingerprint(&desk.app).await?;
    let refused = desk.try_mutate("movePosts", MOVED, json!({ "postIds": ids, "to": { "days": 7 } })).await?;
    assert_eq!(refused.user_codes("movePosts"), ["TOO_MANY"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn moves_that_make_no_sense_are_refused() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let post = id("post", desk.scheduled(desk.app.services.now() + Duration::days(2)).await?);
    let before = fingerprint(&desk.app).await?;
    for (to, code) in [
        (json!({}), "INVALID"),
        (json!({ "at": "2027-03-10T07:00:00Z", "days": 1 }), "INVALID"),
        (json!({ "at": "2027-03-10T07:00:00Z", "timeZone": "Europe/Athens" }), "INVALID"),
        (json!({ "days": 1, "date": "2027-03-10" }), "INVALID"),
        (json!({ "days": 3661 }), "INVALID"),
        (json!({ "days": -2_147_483_648 }), "INVALID"),
        (json!({ "days": 3660 }), "TIME_TOO_FAR"),
        (json!({ "days": -3 }), "TIME_IN_PAST"),
        (json!({ "date": "1999-01-01" }), "TIME_IN_PAST"),
        (json!({ "date": "+99999-01-01" }), "TIME_TOO_FAR"),
        (json!({ "date": "9999-12-31" }), "TIME_TOO_FAR"),
        (json!({ "time": "25:00" }), "INVALID"),
        (json!({ "time": "nine" }), "INVALID"),
        (json!({ "days": 1, "timeZone": "Mars/Olympus" }), "UNKNOWN_TIME_ZONE"),
        (json!({ "at": "tomorrow" }), "BAD_REQUEST"),
        (json!({ "date": "2027-02-30" }), "BAD_REQUEST"),
    ] {
        let refused = desk.try_mutate("reschedulePost", "post { id }", json!({ "postId": post, "to": to })).await?;
        let codes = refused.user_codes("reschedulePost");
        let said = codes.first().map_or(refused.code(), String::as_str);
        // What the parser of dates takes differs; that it is refused does not.
        assert!(said == code || (code == "TIME_TOO_FAR" && said == "BAD_REQUEST"), "{to}: {}", refused.body);
    }
    let none = desk.try_mutate("movePosts", MOVED, json!({ "postIds": [], "to": { "days": 1 } })).await?;
    assert_eq!(none.user_codes("movePosts"), ["INVALID"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
