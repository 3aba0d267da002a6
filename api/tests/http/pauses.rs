//! Pauses: what comes due waits, and goes on or is missed when nothing holds it any more.

use anyhow::Result;
use chrono::Duration;
use diwan_domain::jobs;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, fingerprint, id};

const PAUSE: &str =
    "pause { id reason ofAgency endedAt pausedBy { name } post { id } socialAccount { id } brand { id } }";

impl Desk {
    /// A post that is due now, with its publication.
    async fn due(&self) -> Result<(Uuid, Uuid)> {
        let (post, _) = self.app.post(self.brand, self.mastodon, "Good morning", &self.person).await?;
        let (publication, _) = self.app.publication(self.brand, post, self.app.services.now()).await?;
        Ok((post, publication))
    }

    async fn pause(&self, target: Value) -> Result<String> {
        let input = json!({ "target": target, "reason": "A crisis" });
        self.mutate("pausePublishing", PAUSE, input).await?.text("pausePublishing.pause.id")
    }

    async fn resume(&self, pause: &str) -> Result<()> {
        self.mutate("resumePublishing", PAUSE, json!({ "pauseId": pause })).await?;
        self.run_kind("resume_publishing").await
    }

    /// Runs the waiting jobs of one kind, again until none waits: nothing is sent to a network.
    async fn run_kind(&self, kind: &str) -> Result<()> {
        let next = format!(
            "select coalesce((select id from job where kind = '{kind}' and state in ('PENDING', 'HANDED') and due_at <= now() limit 1),
               '00000000-0000-0000-0000-000000000000')"
        );
        loop {
            let job: Uuid = self.app.db.value(&next).await?;
            if job.is_nil() {
                return Ok(());
            }
            jobs::run(&self.app.services, job, "test").await?;
        }
    }

    async fn state(&self, publication: Uuid) -> Result<String> {
        let sql = format!(
            "select u.state || ' ' || p.state from publication u join post p on p.id = u.post_id where u.id = '{publication}'"
        );
        self.app.db.value(&sql).await
    }

    async fn waiting(&self, publication: Uuid) -> Result<i64> {
        let sql = format!(
            "select count(*) from job where kind = 'publish' and subject_id = '{publication}' and state in ('PENDING', 'HANDED')"
        );
        self.app.db.value(&sql).await
    }
}

#[tokio::test]
async fn what_comes_due_waits_and_goes_on_within_the_grace() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    for (field, of) in [("postId", "post"), ("socialAccountId", "account"), ("brandId", "brand")] {
        let (post, publication) = desk.due().await?;
        let target = match of {
            "post" => post,
            "account" => desk.mastodon,
            _ => desk.brand,
        };
        let pause = desk.pause(json!({ field: id(of, target) })).await?;
        desk.run_kind("publish").await?;
        assert_eq!(desk.state(publication).await?, "PAUSED PAUSED", "{field}");
        let attempts: i64 = desk.app.db.count("publication_attempt").await?;
        assert_eq!((attempts, desk.waiting(publication).await?), (0, 0), "{field}");

        // What holds it is told at the post.
        let query =
            "query($id: ID!) { node(id: $id) { ... on Post { pauses { id reason pausedBy { name } } publications {
          trouble { kind nextStep } } } } }";
        let shown = desk.app.client.gql(&desk.person.token, query, json!({ "id": id("post", post) })).await?.ok()?;
        assert_eq!(shown.get("node.pauses.0.id"), &json!(pause));
        assert_eq!(shown.get("node.pauses.0.reason"), "A crisis");
        assert_eq!(shown.get("node.publications.0.trouble"), &json!({ "kind": "PAUSED", "nextStep": "RESUME" }));

        desk.resume(&pause).await?;
        assert_eq!(desk.state(publication).await?, "SCHEDULED SCHEDULED", "{field}");
        assert_eq!(desk.waiting(publication).await?, 1, "{field}: it is sent now");
        let notices: i64 = desk.app.db.count("notice").await?;
        assert_eq!(notices, 0);
        desk.app.db.run("delete from job").await?;
    }
    let events: i64 = desk
        .app
        .db
        .value("select count(*) from audit_event where action in ('publishing.pause', 'publishing.resume')")
        .await?;
    assert_eq!(events, 6);
    Ok(())
}

#[tokio::test]
async fn what_is_later_than_the_grace_is_missed_and_told_once() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let (_, first) = desk.due().await?;
    let (_, second) = desk.due().await?;
    let pause = desk.pause(json!({ "brandId": id("brand", desk.brand) })).await?;
    desk.run_kind("publish").await?;
    desk.app.db.run("update publication set due_at = due_at - interval '2 hours'").await?;
    desk.resume(&pause).await?;
    for publication in [first, second] {
        assert_eq!(desk.state(publication).await?, "MISSED FAILED");
        assert_eq!(desk.waiting(publication).await?, 0);
    }
    let read = "{ unreadNotices notices(first: 10) { nodes { kind message publication { id } brand { id } } } }";
    let told = desk.app.client.gql(&desk.person.token, read, json!({})).await?.ok()?;
    assert_eq!(told.get("unreadNotices"), 1, "{}", told.body);
    assert_eq!(told.get("notices.nodes.0.kind"), "PUBLICATION_MISSED");
    assert!(told.text("notices.nodes.0.message")?.starts_with("2 publications came due while publishing was paused"));

    // They wait in the list of what needs somebody, and go out at other times all at once.
    let list =
        "query($id: ID!) { brand(id: $id) { needsAttention(first: 5) { nodes { id state trouble { kind nextStep } } }
      pauses(first: 5) { nodes { id } } } }";
    let listed = desk.app.client.gql(&desk.person.token, list, json!({ "id": id("brand", desk.brand) })).await?.ok()?;
    assert_eq!(
        listed.get("brand.needsAttention.nodes.1.trouble"),
        &json!({ "kind": "MISSED", "nextStep": "SCHEDULE_AGAIN" })
    );
    assert_eq!(listed.get("brand.pauses.nodes"), &json!([]), "it has ended");
    let posts: Vec<String> = desk
        .app
        .db
        .value::<String>("select string_agg(id::text, ' ' order by id) from post")
        .await?
        .split(' ')
        .map(|post| Ok(id("post", post.parse()?)))
        .collect::<Result<_>>()?;
    let input = json!({ "postIds": posts, "to": { "move": { "days": 1 } } });
    let again = desk.mutate("schedulePostsAgain", "rows { post { state } userErrors { code } }", input.clone()).await?;
    assert_eq!(again.get("schedulePostsAgain.rows.1.post.state"), "SCHEDULED", "{}", again.body);
    assert_eq!((desk.waiting(first).await?, desk.waiting(second).await?), (1, 1));

    let before = fingerprint(&desk.app).await?;
    let refused = desk.try_mutate("schedulePostsAgain", "rows { post { id } }", input).await?;
    assert_eq!(refused.user_codes("schedulePostsAgain"), ["WRONG_STATE", "WRONG_STATE"], "they are scheduled");
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_pause_that_another_outlives_changes_nothing() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let (post, publication) = desk.due().await?;
    let of_brand = desk.pause(json!({ "brandId": id("brand", desk.brand) })).await?;
    let of_post = desk.pause(json!({ "postId": id("post", post) })).await?;
    desk.run_kind("publish").await?;
    desk.resume(&of_brand).await?;
    assert_eq!(desk.state(publication).await?, "PAUSED PAUSED");
    desk.resume(&of_post).await?;
    assert_eq!(desk.state(publication).await?, "SCHEDULED SCHEDULED");
    Ok(())
}

#[tokio::test]
async fn the_agency_holds_every_brand() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let chief = desk.app.chief().await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let (_, publication) = desk.due().await?;
    let input = json!({ "target": { "agency": true }, "reason": "Mourning" });
    let paused = desk.app.client.mutate(&chief.token, "pausePublishing", PAUSE, input).await?;
    assert_eq!(paused.get("pausePublishing.pause.ofAgency"), true);
    let pause = paused.text("pausePublishing.pause.id")?;
    desk.run_kind("publish").await?;
    assert_eq!(desk.state(publication).await?, "PAUSED PAUSED");
    // Who works in the brand sees why, and may not end it.
    let query = "{ agency { publishingPause { id reason } } }";
    let shown = desk.app.client.gql(&mid.token, query, json!({})).await?.ok()?;
    assert_eq!(shown.get("agency.publishingPause.reason"), "Mourning");
    let before = fingerprint(&desk.app).await?;
    let refused = desk.try_mutate("resumePublishing", PAUSE, json!({ "pauseId": pause })).await?;
    assert_eq!(refused.user_codes("resumePublishing"), ["FORBIDDEN"], "it is not a brand's SENIOR's to end");
    assert_eq!(fingerprint(&desk.app).await?, before);

    desk.app.client.mutate(&chief.token, "resumePublishing", PAUSE, json!({ "pauseId": pause })).await?;
    desk.run_kind("resume_publishing").await?;
    assert_eq!(desk.state(publication).await?, "SCHEDULED SCHEDULED");
    Ok(())
}

#[tokio::test]
async fn what_is_being_sent_is_not_stopped() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let (post, publication) = desk.due().await?;
    desk.app
        .db
        .run(&format!(
            "update publication set state = 'UNCONFIRMED', trouble = 'UNKNOWN', attempts = 1, frozen_at = now();
             update post set state = 'PUBLISHING' where id = '{post}'"
        ))
        .await?;
    let pause = desk.pause(json!({ "postId": id("post", post) })).await?;
    assert_eq!(desk.state(publication).await?, "UNCONFIRMED PUBLISHING");
    desk.resume(&pause).await?;
    assert_eq!(desk.state(publication).await?, "UNCONFIRMED PUBLISHING");
    Ok(())
}

#[tokio::test]
async fn a_thread_that_is_there_in_part_asks_somebody_instead() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let (_, publication) = desk.due().await?;
    let pause = desk.pause(json!({ "brandId": id("brand", desk.brand) })).await?;
    desk.run_kind("publish").await?;
    let begun = r#"update publication set due_at = due_at - interval '2 hours', frozen_at = now(),
      checkpoint = '{"stage": "preparing", "sent": [{"id": "1"}]}'"#;
    desk.app.db.run(begun).await?;
    desk.resume(&pause).await?;
    assert_eq!(desk.state(publication).await?, "NEEDS_ATTENTION FAILED");
    let trouble: String = desk.app.db.value("select trouble from publication").await?;
    assert_eq!(trouble, "PARTLY_PUBLISHED");
    Ok(())
}

#[tokio::test]
async fn who_may_not_pause_changes_nothing() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let (post, _) = desk.due().await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let (of_post, of_brand) = (json!({ "postId": id("post", post) }), json!({ "brandId": id("brand", desk.brand) }));
    let of_account = json!({ "socialAccountId": id("account", desk.mastodon) });
    let before = fingerprint(&desk.app).await?;
    let ask = async |by: &Person, target: &Value, reason: &str| -> Result<Vec<String>> {
        let input = json!({ "target": target, "reason": reason });
        Ok(desk.app.client.try_mutate(&by.token, "pausePublishing", PAUSE, input).await?.user_codes("pausePublishing"))
    };
    for (by, target, code) in [
        (&junior, &of_post, "FORBIDDEN"),
        (&junior, &of_brand, "FORBIDDEN"),
        (&desk.person, &of_brand, "FORBIDDEN"),
        (&desk.person, &of_account, "FORBIDDEN"),
        (&desk.person, &json!({ "agency": true }), "FORBIDDEN"),
        (&client, &of_brand, "FORBIDDEN"),
        (&client, &of_account, "FORBIDDEN"),
    ] {
        assert_eq!(ask(by, target, "A crisis").await?, [code], "{target}");
    }
    assert_eq!(ask(&desk.person, &of_post, " ").await?, ["INVALID"]);
    assert_eq!(ask(&desk.person, &of_post, &"x".repeat(501)).await?, ["TOO_LONG"]);
    assert_eq!(ask(&desk.person, &json!({ "agency": false }), "A crisis").await?, ["INVALID"]);
    assert_eq!(fingerprint(&desk.app).await?, before);

    let pause = desk.pause(of_post.clone()).await?;
    let before = fingerprint(&desk.app).await?;
    assert_eq!(ask(&desk.person, &of_post, "Once more").await?, ["WRONG_STATE"]);
    let end = json!({ "pauseId": pause });
    let refused = desk.app.client.try_mutate(&junior.token, "resumePublishing", PAUSE, end.clone()).await?;
    assert_eq!(refused.user_codes("resumePublishing"), ["FORBIDDEN"]);
    let refused = desk.app.client.try_mutate(&client.token, "resumePublishing", PAUSE, end.clone()).await?;
    assert_eq!(refused.user_codes("resumePublishing"), ["NOT_FOUND"]);
    // Clients are not told why the team holds something back.
    let list = "query($id: ID!) { brand(id: $id) { pauses(first: 5) { nodes { id } } } }";
    let brand = json!({ "id": id("brand", desk.brand) });
    let seen = desk.app.client.gql(&client.token, list, brand.clone()).await?.ok()?;
    assert_eq!(seen.get("brand.pauses.nodes"), &json!([]));
    let seen = desk.app.client.gql(&junior.token, list, brand).await?.ok()?;
    assert_eq!(seen.get("brand.pauses.nodes.0.id"), &json!(pause));
    assert_eq!(fingerprint(&desk.app).await?, before);

    desk.resume(&pause).await?;
    let before = fingerprint(&desk.app).await?;
    let twice = desk.try_mutate("resumePublishing", PAUSE, end).await?;
    assert_eq!(twice.user_codes("resumePublishing"), ["WRONG_STATE"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_paused_post_is_scheduled_for_another_time_or_taken_off() -> Result<()> {
    let mut desk = Desk::new(Level::Senior).await?;
    desk.app.leave_jobs();
    let (first, publication) = desk.due().await?;
    let (second, other) = desk.due().await?;
    let pause = desk.pause(json!({ "brandId": id("brand", desk.brand) })).await?;
    desk.run_kind("publish").await?;
    let later = json!({ "postId": id("post", first), "dueAt": desk.time_in(Duration::days(1)) });
    let scheduled = desk.mutate("schedulePost", "post { state }", later).await?;
    assert_eq!(scheduled.get("schedulePost.post.state"), "SCHEDULED");
    let off = desk.mutate("unschedulePost", "post { state }", json!({ "postId": id("post", second) })).await?;
    assert_eq!(off.get("unschedulePost.post.state"), "DRAFT");
    desk.resume(&pause).await?;
    assert_eq!(desk.state(publication).await?, "SCHEDULED SCHEDULED");
    assert_eq!(desk.state(other).await?, "CANCELED DRAFT");
    Ok(())
}
