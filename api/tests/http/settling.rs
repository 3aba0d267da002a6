//! What a person says of a publication whose network does not tell.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_entity::tenancy::app_user::Level;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};

const PUBLICATION: &str =
    "publication { id state remoteId remoteUrl publishedAt trouble { kind message nextStep } post { state } }";

/// A publication that waits for a person, its attempt still open, as the engine leaves it.
async fn undecided(desk: &Desk) -> Result<String> {
    let variants = json!([{ "socialAccountId": id("account", desk.mastodon), "text": "Is it there?" }]);
    let post = json!({ "calendarId": id("calendar", desk.calendar), "title": "Doubt", "variants": variants });
    let post = desk.mutate("createPost", "post { id }", post).await?.text("createPost.post.id")?;
    let due = json!({ "postId": post, "dueAt": desk.time_in(Duration::hours(1)) });
    let answer = desk.mutate("schedulePost", "post { publications { id } }", due).await?;
    let publication = answer.text("schedulePost.post.publications.0.id")?;
    for sql in [
        "update publication set state = 'NEEDS_ATTENTION', trouble = 'CANNOT_TELL', attempts = 1, frozen_at = now()",
        "update job set state = 'DONE', finished_at = now()",
        "update post set state = 'FAILED'",
        "insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at)
           select gen_random_uuid(), brand_id, id, 1, 1, now() from publication",
    ] {
        desk.app.db.run(sql).await?;
    }
    Ok(publication)
}

async fn attempt(desk: &Desk) -> Result<String> {
    desk.app.db.value("select coalesce(outcome, 'open') from publication_attempt").await
}

async fn waiting(desk: &Desk, kind: &str) -> Result<i64> {
    let sql = format!("select count(*) from job where kind = '{kind}' and state in ('PENDING', 'HANDED')");
    desk.app.db.value(&sql).await
}

#[tokio::test]
async fn it_is_there_and_its_numbers_are_read_from_then_on() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let publication = undecided(&desk).await?;
    let found = json!({ "isThere": { "remoteId": "109", "url": "https://example.social/@a/109" } });
    let answer =
        desk.mutate("settlePublication", PUBLICATION, json!({ "publicationId": publication, "as": found })).await?;
    let settled = answer.get("settlePublication.publication").clone();
    assert_eq!((&settled["state"], &settled["remoteId"]), (&json!("PUBLISHED"), &json!("109")));
    assert_eq!((&settled["trouble"], &settled["post"]["state"]), (&Value::Null, &json!("PUBLISHED")));
    assert_eq!(attempt(&desk).await?, "FOUND");
    assert_eq!((waiting(&desk, "sync_metrics").await?, waiting(&desk, "publish").await?), (1, 0));

    let before = fingerprint(&desk.app).await?;
    let again = json!({ "publicationId": publication, "as": { "sendNow": true } });
    let refused = desk.try_mutate("settlePublication", PUBLICATION, again).await?;
    assert_eq!(refused.user_codes("settlePublication"), ["WRONG_STATE"], "what is there is never sent again");
    assert_eq!(fingerprint(&desk.app).await?, before);
    desk.app.db.run("delete from job").await.context("the numbers are not read in this test")
}

#[tokio::test]
async fn it_is_not_there_and_is_sent_now() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let publication = undecided(&desk).await?;
    let input = json!({ "publicationId": publication, "as": { "sendNow": true } });
    let answer = desk.mutate("settlePublication", PUBLICATION, input).await?;
    assert_eq!(answer.get("settlePublication.publication.state"), "SCHEDULED");
    assert_eq!(answer.get("settlePublication.publication.post.state"), "SCHEDULED");
    assert_eq!(attempt(&desk).await?, "NOT_SENT");
    assert_eq!(waiting(&desk, "publish").await?, 1);
    desk.app.db.run("delete from job").await.context("it is not sent in this test")
}

#[tokio::test]
async fn it_is_not_there_and_is_given_up() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let publication = undecided(&desk).await?;
    let input = json!({ "publicationId": publication, "as": { "giveUp": true } });
    let answer = desk.mutate("settlePublication", PUBLICATION, input).await?;
    assert_eq!(answer.get("settlePublication.publication.state"), "FAILED");
    assert_eq!(answer.get("settlePublication.publication.post.state"), "FAILED");
    let trouble = answer.get("settlePublication.publication.trouble").clone();
    assert_eq!((&trouble["kind"], &trouble["nextStep"]), (&json!("GIVEN_UP"), &json!("SCHEDULE_AGAIN")));
    assert_eq!((attempt(&desk).await?.as_str(), waiting(&desk, "publish").await?), ("NOT_SENT", 0));
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_none_is_refused_and_changes_nothing() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let publication = undecided(&desk).await?;
    let before = fingerprint(&desk.app).await?;
    for (answer, code) in [
        (json!({ "sendNow": false }), "INVALID"),
        (json!({ "isThere": { "remoteId": " " } }), "INVALID"),
        (json!({ "isThere": { "remoteId": "1", "url": "javascript://x/%0aalert(1)" } }), "INVALID"),
    ] {
        let input = json!({ "publicationId": publication, "as": answer });
        let refused = desk.try_mutate("settlePublication", PUBLICATION, input).await?;
        assert_eq!(refused.user_codes("settlePublication"), [code], "{answer}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn what_is_there_already_for_another_publication_is_not_this_one() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let publication = undecided(&desk).await?;
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Another", &desk.person).await?;
    let (other, _) = desk.app.publication(desk.brand, post, desk.app.services.now()).await?;
    let there = "update publication set state = 'PUBLISHED', remote_id = '109', published_at = now() where id";
    desk.app.db.run(&format!("{there} = '{other}'")).await?;
    desk.app.db.run("delete from job").await?;
    let before = fingerprint(&desk.app).await?;
    let input = json!({ "publicationId": publication, "as": { "isThere": { "remoteId": "109" } } });
    let refused = desk.try_mutate("settlePublication", PUBLICATION, input).await?;
    assert_eq!(refused.user_codes("settlePublication"), ["ALREADY_EXISTS"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn of_a_thread_all_is_said_to_be_there_or_what_is_missing_is_looked_for() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let publication = undecided(&desk).await?;
    // The first post was sent and had no answer; the second was still to come.
    desk.app.db.run("update post_variant set thread = array['It goes on.']").await?;
    let in_doubt = r#"update publication set checkpoint = '{"stage": "sending", "sent": []}'"#;
    desk.app.db.run(in_doubt).await?;
    let before = fingerprint(&desk.app).await?;
    let settle = async |answer: Value| {
        let input = json!({ "publicationId": publication, "as": answer });
        desk.try_mutate("settlePublication", PUBLICATION, input).await
    };
    let one = settle(json!({ "isThere": { "remoteId": "109" } })).await?;
    assert_eq!(one.user_codes("settlePublication"), ["THREAD_NOT_CONFIRMED"]);
    assert_eq!(fingerprint(&desk.app).await?, before);

    // It is sent with what it knows, so that the first post is looked for and not sent again.
    let sent = settle(json!({ "sendNow": true })).await?;
    assert_eq!(sent.get("settlePublication.publication.state"), "SCHEDULED");
    let kept: String =
        desk.app.db.value("select checkpoint ->> 'stage' from publication where frozen_at is not null").await?;
    assert_eq!(kept, "sending");
    desk.app.db.run("update publication set state = 'NEEDS_ATTENTION', trouble = 'CANNOT_TELL'").await?;
    let whole = settle(json!({ "isThere": { "remoteId": "109", "wholeThread": true } })).await?;
    assert_eq!(whole.get("settlePublication.publication.state"), "PUBLISHED");
    desk.app.db.run("delete from job").await.context("nothing is sent in this test")
}
