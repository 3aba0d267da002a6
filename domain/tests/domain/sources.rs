//! Feeds: read politely, each item once, and nothing that a server sends does harm.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use diwan_domain::curation::{
    NewSource, SourceChange, create_source, delete_source, dismiss_item, refresh_source, update_source,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::servers::{FeedAnswer, FeedServer};
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    server: FeedServer,
    brand: Uuid,
    person: Person,
}

fn rss(items: &[(&str, &str)]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|(guid, title)| format!("<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title><link>https://news.example/{guid}</link></item>"))
        .collect();
    let items = items.concat();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title>{items}</channel></rss>")
}

impl Desk {
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let server = FeedServer::start().await?;
        let settings =
            Settings { clock: Some(Arc::clone(&clock)), servers: vec![server.url.clone()], ..Settings::default() };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        Ok(Self { test, clock, server, brand, person })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn follow(&self, url: &str) -> Result<Result<Uuid, Code>> {
        let new = NewSource { brand_id: self.brand, url: url.to_owned(), title: None, every_minutes: 60 };
        self.act(&self.person, async |context| Ok(create_source(context, new).await?.id)).await
    }

    /// Follows a path of the server and reads it once.
    async fn read(&self, path: &str) -> Result<Uuid> {
        let id = self.follow(&self.server.address(path)).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        self.test.run_jobs().await?;
        Ok(id)
    }

    async fn of<T: sea_orm::TryGetable>(&self, source: Uuid, column: &str) -> Result<T> {
        self.test.db.value(&format!("select {column} from source where id = '{source}'")).await
    }

    /// When it is read next, in minutes from now.
    async fn wait(&self, source: Uuid) -> Result<i64> {
        let at: DateTime<Utc> = self
            .test
            .db
            .value(&format!("select due_at from job where subject_id = '{source}' and state = 'PENDING'"))
            .await?;
        Ok((at - self.test.services.now()).num_minutes())
    }

    async fn later(&self, minutes: i64) -> Result<()> {
        self.clock.advance(Duration::minutes(minutes));
        self.test.run_jobs().await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_feed_is_asked_whether_it_changed_and_each_item_comes_once() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.feed("/feed", rss(&[("a", "One"), ("b", "Two &lt;script&gt;x&lt;/script&gt;")]), Some("\"v1\""));
    let source = desk.read("/feed").await?;
    assert_eq!(desk.of::<String>(source, "title").await?, "News");
    assert_eq!(desk.test.db.count("source_item").await?, 2);
    assert_eq!(
        desk.test
            .db
            .value::<i64>("select count(*) from source_item where title like '%<%' or title like '%script%'")
            .await?,
        0
    );
    assert_eq!(desk.wait(source).await?, 60);
    // Not before its time, and then with the validator: nothing is sent.
    desk.later(30).await?;
    assert_eq!(desk.server.requests().len(), 1);
    for _ in 0..3 {
        desk.later(60).await?;
    }
    let asked = desk.server.requests();
    assert_eq!(asked.iter().map(|request| request.status).collect::<Vec<_>>(), [200, 304, 304, 304]);
    assert!(asked[1..].iter().all(|request| request.if_none_match.as_deref() == Some("\"v1\"")));
    assert!(asked.iter().all(|request| request.user_agent.as_deref().is_some_and(|agent| agent.starts_with("Diwan/"))));
    assert_eq!(desk.of::<i32>(source, "failures").await?, 0);
    // Changed: one is new, one comes under another name but the same address, one is known.
    desk.server.feed(
        "/feed",
        rss(&[("a", "One"), ("c", "Three")]).replace("<guid isPermaLink=\"false\">a</guid>", "<guid>other</guid>"),
        Some("\"v2\""),
    );
    desk.later(60).await?;
    let titles: String = desk.test.db.value("select string_agg(title, ' ' order by title) from source_item").await?;
    assert_eq!(titles, "One Three Two");
    Ok(())
}

#[tokio::test]
async fn a_date_is_a_validator_too_and_a_feed_may_ask_for_patience() -> Result<()> {
    let desk = Desk::new().await?;
    let body = rss(&[("a", "One")]).replace("<title>News</title>", "<title>News</title><ttl>240</ttl>");
    let since = "Sun, 04 Oct 2026 08:00:00 GMT";
    desk.server.answer("/feed", FeedAnswer { body, last_modified: Some(since.to_owned()), ..FeedAnswer::default() });
    let source = desk.read("/feed").await?;
    assert_eq!(desk.wait(source).await?, 240);
    desk.later(240).await?;
    let asked = desk.server.requests();
    assert_eq!((asked[1].status, asked[1].if_modified_since.as_deref()), (304, Some(since)));
    Ok(())
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_ever_more_seldom() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.answer(
        "/feed",
        FeedAnswer { status: 503, headers: vec!["retry-after: 14400".to_owned()], ..FeedAnswer::default() },
    );
    let source = desk.read("/feed").await?;
    assert_eq!(desk.of::<String>(source, "trouble").await?, "AWAY");
    assert_eq!(desk.wait(source).await?, 240, "what the server asks for");
    desk.server.answer("/feed", FeedAnswer { status: 500, ..FeedAnswer::default() });
    let mut before = 0;
    for _ in 0..6 {
        let wait = desk.wait(source).await?;
        desk.later(wait.max(1)).await?;
        let next = desk.wait(source).await?;
        assert!(next >= before && next <= 24 * 60, "{next}");
        before = next;
    }
    assert_eq!(before, 24 * 60);
    assert_eq!(desk.of::<i32>(source, "failures").await?, 7);
    // It is no fault of ours: no job is set aside.
    assert_eq!(
        desk.test.db.value::<i64>("select count(*) from job where failures > 0 or state = 'SET_ASIDE'").await?,
        0
    );
    // Asked for by hand it is read at once, and then as usual.
    desk.server.feed("/feed", rss(&[("a", "One")]), None);
    desk.clock.advance(Duration::minutes(6));
    desk.act(&desk.person, async |context| refresh_source(context, source).await)
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.test.run_jobs().await?;
    assert_eq!((desk.of::<i32>(source, "failures").await?, desk.wait(source).await?), (0, 60));
    let asked = desk.server.requests().len();
    desk.act(&desk.person, async |context| refresh_source(context, source).await)
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.server.requests().len(), asked, "not twice in five minutes");
    // Gone for good: it is not asked again.
    desk.server.answer("/feed", FeedAnswer { status: 410, ..FeedAnswer::default() });
    desk.later(60).await?;
    assert_eq!(desk.of::<String>(source, "state").await?, "GONE");
    let asked = desk.server.requests().len();
    desk.later(60 * 24 * 30).await?;
    assert_eq!(desk.server.requests().len(), asked);
    Ok(())
}

#[tokio::test]
async fn redirects_are_followed_to_public_addresses_alone() -> Result<()> {
    let desk = Desk::new().await?;
    let to = |location: &str, status: u16| FeedAnswer {
        status,
        headers: vec![format!("location: {location}")],
        ..FeedAnswer::default()
    };
    desk.server.feed("/end", rss(&[("a", "One")]), None);
    desk.server.answer("/moved", to("/end", 301));
    let moved = desk.read("/moved").await?;
    assert_eq!(desk.of::<i32>(moved, "failures").await?, 0);
    for (number, (location, trouble)) in [
        ("http://127.0.0.1:1/feed", "ADDRESS"),
        ("https://10.0.0.1/feed", "ADDRESS"),
        ("https://[::1]/feed", "ADDRESS"),
        ("http://169.254.169.254/latest/meta-data", "ADDRESS"),
        ("https://localhost/feed", "ADDRESS"),
        ("file:///etc/passwd", "ADDRESS"),
        ("ftp://news.example/feed", "ADDRESS"),
        ("https://user:secret@news.example/feed", "ADDRESS"),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("/to-{number}");
        desk.server.answer(&path, to(location, 302));
        let source = desk.read(&path).await?;
        assert_eq!(desk.of::<String>(source, "trouble").await?, trouble, "{location}");
        assert!(!desk.of::<String>(source, "trouble_detail").await?.contains("secret"));
    }
    desk.server.answer("/round", to("/round", 307));
    let round = desk.read("/round").await?;
    assert_eq!(desk.of::<String>(round, "trouble").await?, "REDIRECTS");
    assert_eq!(desk.server.requests().iter().filter(|request| request.path == "/round").count(), 4);
    assert_eq!(desk.test.db.count("source_item").await?, 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_feed_or_too_large_is_said_and_does_no_harm() -> Result<()> {
    let desk = Desk::new().await?;
    let large = rss(&[("a", &"x".repeat(5 * 1024 * 1024))]);
    let deep = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(400_000));
    for (path, body, trouble) in [
        ("/html", "<html><body>Sign in</body></html>".to_owned(), "NOT_A_FEED"),
        ("/empty", String::new(), "NOT_A_FEED"),
        ("/broken", "<rss version=\"2.0\"><channel><item>".to_owned(), "NOT_A_FEED"),
        ("/json", "{\"version\": 1}".to_owned(), "NOT_A_FEED"),
        ("/large", large, "TOO_LARGE"),
        ("/deep", deep, "NOT_A_FEED"),
    ] {
        desk.server.feed(path, body, None);
        let source = desk.read(path).await?;
        assert_eq!(desk.of::<String>(source, "trouble").await?, trouble, "{path}");
    }
    let missing = desk.read("/missing").await?;
    assert_eq!(desk.of::<String>(missing, "trouble").await?, "REFUSED");
    assert_eq!(desk.test.db.count("source_item").await?, 0);
    // A feed with more items than are kept brings its newest.
    let many: Vec<(String, String)> =
        (0..3000).map(|number| (format!("g{number}"), format!("Item {number}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(guid, title)| (guid.as_str(), title.as_str())).collect();
    desk.server.feed("/many", rss(&many), None);
    desk.read("/many").await?;
    assert_eq!(desk.test.db.count("source_item").await?, 200);
    Ok(())
}

#[tokio::test]
async fn feeds_are_the_calendars_masters_to_choose() -> Result<()> {
    let desk = Desk::new().await?;
    desk.server.feed("/feed", rss(&[("a", "One")]), None);
    let address = desk.server.address("/feed");
    for url in ["", "feed", "ftp://news.example/feed", "file:///etc/passwd", "javascript:alert(1)"] {
        assert_eq!(desk.follow(url).await?, Err(Code::Invalid), "{url}");
    }
    for url in
        ["http://news.example/feed", "https://127.0.0.1/feed", "https://10.1.2.3/", "https://user@news.example/feed"]
    {
        assert_eq!(desk.follow(url).await?, Err(Code::AddressNotAllowed), "{url}");
    }
    let source = desk.read("/feed").await?;
    assert_eq!(desk.follow(&address).await?, Err(Code::AlreadyExists));
    let item: Uuid = desk.test.db.value("select id from source_item").await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let brand_id = desk.brand;
    for who in [&junior, &client] {
        let new = NewSource { brand_id, url: "https://news.example/2".to_owned(), title: None, every_minutes: 60 };
        let refused = desk.act(who, async |context| create_source(context, new).await).await?.err();
        assert_eq!(refused, Some(Code::Forbidden));
        let refused = desk.act(who, async |context| delete_source(context, source).await).await?.err();
        assert!(matches!(refused, Some(Code::Forbidden | Code::NotFound)), "{refused:?}");
    }
    let seen = desk.act(&client, async |context| dismiss_item(context, item, true).await).await?.err();
    assert_eq!(seen, Some(Code::NotFound), "clients see nothing of it");
    assert_eq!(desk.test.db.count("source").await?, 1);
    let put_away = desk.act(&junior, async |context| dismiss_item(context, item, true).await).await?;
    assert!(put_away.is_ok_and(|item| item.dismissed_at.is_some()));
    // Paused it is not asked; taken up again it is.
    let change = |version: i32, paused: bool| SourceChange {
        source_id: source,
        version,
        title: None,
        every_minutes: Some(15),
        paused: Some(paused),
    };
    desk.act(&desk.person, async |context| update_source(context, change(1, true)).await)
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let asked = desk.server.requests().len();
    desk.later(600).await?;
    assert_eq!(desk.server.requests().len(), asked);
    assert_eq!(
        desk.act(&desk.person, async |context| refresh_source(context, source).await).await?.err(),
        Some(Code::WrongState)
    );
    assert_eq!(
        desk.act(&desk.person, async |context| update_source(context, change(1, false)).await).await?.err(),
        Some(Code::ChangedMeanwhile)
    );
    desk.act(&desk.person, async |context| update_source(context, change(2, false)).await)
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.later(1).await?;
    assert_eq!(desk.server.requests().len(), asked + 1);
    desk.act(&desk.person, async |context| delete_source(context, source).await)
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!(desk.test.db.count("source_item").await?, 0);
    desk.later(600).await?;
    assert_eq!(desk.server.requests().len(), asked + 1);
    Ok(())
}
