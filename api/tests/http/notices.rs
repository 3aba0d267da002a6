//! Notices: everybody's own, in their own language, and as they want them.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::Person;
use diwan_testkit::client::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, fingerprint, id, nobodys};

const READ: &str =
    "{ unreadNotices notices(first: 10) { nodes { id kind message readAt publication { id state } brand { id } } } }";

impl Desk {
    /// A publication that is far too late, as the worker finds it.
    async fn missed(&self) -> Result<Uuid> {
        let (post, _) = self.app.post(self.brand, self.mastodon, "Good morning", &self.person).await?;
        let due = self.app.services.now() - chrono::Duration::days(1);
        let (publication, _) = self.app.publication(self.brand, post, due).await?;
        self.app.run_jobs().await?;
        Ok(publication)
    }

    async fn notices_of(&self, person: &Person) -> Result<Answer> {
        self.app.client.gql(&person.token, READ, json!({})).await?.ok()
    }
}

fn count(answer: &Answer) -> usize {
    answer.get("notices.nodes").as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn whom_it_concerns_is_told_in_their_language_and_nobody_else() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let elsewhere = desk.app.member(desk.app.brand("Beta").await?, Level::Senior, UserKind::Staff).await?;
    desk.app.db.run(&format!("update app_user set locale = 'fa' where id = '{}'", mid.id)).await?;
    let publication = desk.missed().await?;

    let told = desk.notices_of(&desk.person).await?;
    assert_eq!((count(&told), told.get("unreadNotices")), (1, &json!(1)), "{}", told.body);
    assert_eq!(told.get("notices.nodes.0.kind"), "PUBLICATION_MISSED");
    assert_eq!(told.get("notices.nodes.0.publication.id"), &json!(id("publication", publication)));
    assert_eq!(told.get("notices.nodes.0.brand.id"), &json!(id("brand", desk.brand)));
    let said = told.text("notices.nodes.0.message")?;
    assert!(said.contains("“A post”") && said.contains("Mastodon") && said.contains("Schedule it again"), "{said}");
    let persian = desk.notices_of(&mid).await?.text("notices.nodes.0.message")?;
    assert!(persian.contains("به‌موقع") && persian.contains("زمان‌بندی کنید"), "{persian}");
    for other in [&junior, &client, &elsewhere] {
        assert_eq!(count(&desk.notices_of(other).await?), 0);
    }
    // A junior is told of what they wrote.
    desk.app
        .db
        .run(&format!("update app_user set locale = 'en'; update post set created_by = '{}'", junior.id))
        .await?;
    let requeue = "update publication set state = 'SCHEDULED', trouble = null;
      update job set state = 'PENDING', finished_at = null where kind = 'publish'";
    desk.app.db.run(requeue).await?;
    desk.app.run_jobs().await?;
    assert_eq!(count(&desk.notices_of(&junior).await?), 1);
    assert_eq!(count(&desk.notices_of(&desk.person).await?), 2);
    Ok(())
}

#[tokio::test]
async fn ones_own_are_marked_as_read_and_nobody_elses() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    desk.missed().await?;
    let theirs = desk.notices_of(&mid).await?.text("notices.nodes.0.id")?;
    let mine = desk.notices_of(&desk.person).await?.text("notices.nodes.0.id")?;
    let before = fingerprint(&desk.app).await?;
    let which = json!({ "which": { "noticeIds": [theirs, nobodys("notice")] } });
    let marked = desk.mutate("markNoticesRead", "marked", which).await?;
    assert_eq!(marked.get("markNoticesRead.marked"), 0);
    for wrong in [json!({ "all": false }), json!({ "noticeIds": vec![mine.clone(); 101] })] {
        let refused = desk.try_mutate("markNoticesRead", "marked", json!({ "which": wrong })).await?;
        assert_eq!(refused.user_codes("markNoticesRead").len(), 1, "{}", refused.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);

    let marked = desk.mutate("markNoticesRead", "marked", json!({ "which": { "noticeIds": [mine] } })).await?;
    assert_eq!(marked.get("markNoticesRead.marked"), 1);
    let read = desk.notices_of(&desk.person).await?;
    assert_eq!((count(&read), read.get("unreadNotices")), (1, &json!(0)));
    assert_ne!(read.get("notices.nodes.0.readAt"), &Value::Null);
    let unread = "{ notices(first: 10, unreadOnly: true) { nodes { id } } }";
    let left = desk.app.client.gql(&desk.person.token, unread, json!({})).await?.ok()?;
    assert_eq!(count(&left), 0);
    assert_eq!(desk.notices_of(&mid).await?.get("unreadNotices"), 1);
    let all = desk.mutate("markNoticesRead", "marked", json!({ "which": { "all": true } })).await?;
    assert_eq!(all.get("markNoticesRead.marked"), 0, "they were read before");
    Ok(())
}

#[tokio::test]
async fn people_are_told_as_they_want() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let chosen = "{ notificationSettings { kind inApp email } }";
    let first = desk.app.client.gql(&desk.person.token, chosen, json!({})).await?.ok()?;
    let missed = json!({ "kind": "PUBLICATION_MISSED", "inApp": true, "email": true });
    assert_eq!(first.get("notificationSettings.2"), &missed, "both, unless somebody says otherwise");
    let before = fingerprint(&desk.app).await?;
    for (settings, code) in [
        (json!([]), "INVALID"),
        (json!([{ "kind": "WEBHOOK_DISABLED", "inApp": false }]), "INVALID"),
        (json!([{ "kind": "PUBLICATION_MISSED" }, { "kind": "PUBLICATION_MISSED" }]), "ALREADY_EXISTS"),
    ] {
        let refused =
            desk.try_mutate("updateNotificationSettings", "settings { kind }", json!({ "settings": settings })).await?;
        assert_eq!(refused.user_codes("updateNotificationSettings"), [code], "{settings}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    let letters = async || desk.app.db.value::<i64>("select count(*) from letter where template = 'notices'").await;
    let set = async |in_app: bool, email: bool| {
        let wish = json!([{ "kind": "PUBLICATION_MISSED", "inApp": in_app, "email": email }]);
        desk.mutate("updateNotificationSettings", "settings { kind inApp email }", json!({ "settings": wish })).await
    };
    let changed = set(true, false).await?;
    assert_eq!(
        changed.get("updateNotificationSettings.settings.2"),
        &json!({ "kind": "PUBLICATION_MISSED", "inApp": true, "email": false })
    );
    desk.missed().await?;
    assert_eq!((count(&desk.notices_of(&desk.person).await?), letters().await?), (1, 0));
    set(false, true).await?;
    desk.missed().await?;
    assert_eq!((count(&desk.notices_of(&desk.person).await?), letters().await?), (1, 1));
    set(false, false).await?;
    desk.missed().await?;
    assert_eq!((count(&desk.notices_of(&desk.person).await?), letters().await?), (1, 1));
    let rows: i64 = desk.app.db.count("notice").await?;
    assert_eq!(rows, 2, "nobody is told in a way that they do not want");
    Ok(())
}

#[tokio::test]
async fn programs_have_no_notices() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let program = desk.app.member(desk.brand, Level::Senior, UserKind::Integration).await?;
    let (_, token) = desk.app.api_token(&program, &desk.person).await?;
    desk.missed().await?;
    let before = fingerprint(&desk.app).await?;
    let refused = desk.app.client.gql(&token, READ, json!({})).await?;
    assert_eq!(refused.code(), "KIND_MISMATCH", "{}", refused.body);
    let input = json!({ "which": { "all": true } });
    let refused = desk.app.client.try_mutate(&token, "markNoticesRead", "marked", input).await?;
    assert_eq!(refused.user_codes("markNoticesRead"), ["KIND_MISMATCH"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
