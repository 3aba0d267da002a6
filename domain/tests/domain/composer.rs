//! The versions of posts, also of those that come again, and what was said before.

use anyhow::{Context as _, Result};
use chrono::{Duration, NaiveTime};
use diwan_domain::calendar::{
    NewPost, NewSeries, PostChange, PostContent, RestorePost, RuleInput, SlotRule, VariantContent, create_post,
    create_series, restore_post, similar_posts, update_post, validate_post,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post;
use diwan_entity::calendar::post_series::RepeatMode;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use sea_orm::FromQueryResult;
use serde_json::Value;
use uuid::Uuid;

struct Desk {
    test: TestServices,
    calendar: Uuid,
    account: Uuid,
    person: Person,
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let calendar = test.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, calendar, account, person })
    }

    async fn act<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<Result<T, Code>> {
        self.test.attempt_code(&self.person, command).await
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    fn content(&self, text: &str) -> PostContent {
        let variant = VariantContent {
            social_account_id: self.account,
            text: Some(text.to_owned()),
            ..VariantContent::default()
        };
        PostContent { title: "Launch".to_owned(), variants: vec![variant], ..PostContent::default() }
    }

    async fn write(&self, text: &str) -> Result<post::Model> {
        let new = NewPost { calendar_id: self.calendar, content: self.content(text) };
        self.must(async |context| create_post(context, new).await).await
    }

    /// The texts of a post's versions by their numbers.
    async fn versions(&self, post_id: Uuid) -> Result<Vec<(i32, String)>> {
        let context = self.test.act(&self.person).await?;
        let sql = "select version, content from post_version where post_id = $1 order by id";
        let rows: Vec<Row> = context.rows(sql, [post_id.into()]).await?;
        context.roll_back().await?;
        let text = |row: &Row| row.content["variants"][0]["text"].as_str().unwrap_or_default().to_owned();
        Ok(rows.iter().map(|row| (row.version, text(row))).collect())
    }
}

impl Desk {
    /// A draft of this content.
    async fn draft(&self, content: PostContent) -> Result<post::Model> {
        let new = NewPost { calendar_id: self.calendar, content };
        self.must(async |context| create_post(context, new).await).await
    }

    /// Changes the newest content of a post.
    async fn change(&self, post: &post::Model, content: PostContent) -> Result<Result<post::Model, Code>> {
        let version = format!("select version from post where id = '{}'", post.id);
        let change = PostChange { post_id: post.id, version: self.test.db.value(&version).await?, content };
        self.act(async |context| update_post(context, change).await).await
    }

    async fn restore(&self, post: &post::Model, from: i32) -> Result<post::Model> {
        let version = format!("select version from post where id = '{}'", post.id);
        let back = RestorePost { post_id: post.id, version: self.test.db.value(&version).await?, from };
        self.must(async |context| restore_post(context, back).await).await
    }

    /// Everything that a post says.
    async fn said(&self, post_id: Uuid) -> Result<String> {
        let sql = format!(
            "select concat_ws('#', p.base_text, string_agg(concat_ws('|', v.text, v.own_text, v.thread, v.first_comment, v.link,
               v.options), '#' order by v.id))
             from post p join post_variant v on v.post_id = p.id where p.id = '{post_id}' group by p.id"
        );
        self.test.db.value(&sql).await
    }

    /// The same content with all that goes with a text.
    fn full(&self) -> PostContent {
        let mut content = self.content("One");
        let variant = &mut content.variants[0];
        variant.thread = vec!["Two, \"quoted\"".to_owned(), String::new(), "سه".to_owned()];
        variant.first_comment = Some("More in our shop".to_owned());
        variant.link = Some("https://nour.example/menu?a=1".to_owned());
        variant.options = [("visibility".to_owned(), "unlisted".to_owned())].into();
        content
    }
}

#[derive(FromQueryResult)]
struct Row {
    version: i32,
    content: Value,
}

#[tokio::test]
async fn of_two_who_save_one_is_told_and_nothing_is_lost() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.write("First").await?;
    let change = |text: &str| PostChange { post_id: post.id, version: 1, content: desk.content(text) };
    let save = async |text: &str| desk.act(async |context| update_post(context, change(text)).await).await;
    let (one, other) = tokio::join!(save("One"), save("Other"));
    let (one, other) = (one?, other?);
    assert_eq!([&one, &other].iter().filter(|done| done.is_ok()).count(), 1);
    let kept = if one.is_ok() { "One" } else { "Other" };
    assert_eq!([one.err(), other.err()].into_iter().flatten().collect::<Vec<_>>(), [Code::ChangedMeanwhile]);
    let expected = vec![(1, "First".to_owned()), (2, kept.to_owned())];
    assert_eq!(desk.versions(post.id).await?, expected);
    // And back to the first.
    let back = RestorePost { post_id: post.id, version: 2, from: 1 };
    let restored = desk.must(async |context| restore_post(context, back).await).await?;
    assert_eq!(restored.version, 3);
    assert_eq!(desk.versions(post.id).await?.last(), Some(&(3, "First".to_owned())));
    let text: String = desk.test.db.value("select text from post_variant").await?;
    assert_eq!(text, "First");
    Ok(())
}

#[tokio::test]
async fn the_past_is_not_written_anew() -> Result<()> {
    let desk = Desk::new().await?;
    desk.write("First").await?;
    for sql in ["update post_version set content = '{}'", "delete from post_version"] {
        let context = desk.test.act(&desk.person).await?;
        assert!(context.rows::<Row>(&format!("{sql} returning version, content"), []).await.is_err(), "{sql}");
        context.roll_back().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_comes_again_has_a_history_and_repeats_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.write("Good morning, Athens, the coffee is ready").await?;
    let rule = SlotRule {
        days: RuleInput { rule: Some("FREQ=DAILY".to_owned()), weekdays: Vec::new() },
        time: NaiveTime::from_hms_opt(9, 0, 0).context("a time")?,
        starts_on: desk.test.services.now().date_naive(),
        ends_on: None,
    };
    let new = NewSeries { post_id: post.id, mode: RepeatMode::Draft, rule };
    desk.must(async |context| create_series(context, new).await).await?;
    desk.test.run_jobs().await?;
    let sql = "select post_id from repeated_post order by on_date limit 1";
    let copy: Uuid = desk.test.db.value(sql).await?;
    assert_eq!(desk.versions(copy).await?, [(1, "Good morning, Athens, the coffee is ready".to_owned())]);
    desk.test.db.run("update post set state = 'APPROVED' where due_at is not null").await?;
    let similar = async |id: Uuid| {
        let find = async |context: &Context| {
            let post = context.one(post::Entity::visible([id])).await?.ok_or(Code::NotFound)?;
            similar_posts(context, &post, 30).await
        };
        desk.must(find).await
    };
    assert!(similar(copy).await?.is_empty(), "it comes again on purpose");
    assert!(similar(post.id).await?.is_empty(), "so does what it comes from");
    let other = desk.write("GOOD MORNING Athens: the coffee is ready!").await?;
    let found = similar(other.id).await?;
    assert!(!found.is_empty() && found.iter().all(|one| one.percent == 100 && one.account_id == desk.account));
    let due = desk.test.services.now() + Duration::days(3);
    let problems = desk.must(async |context| validate_post(context, other.id, Some(due)).await).await?;
    assert!(problems.iter().any(|problem| problem.error.code == Code::TextUsedBefore), "{problems:?}");
    Ok(())
}

#[tokio::test]
async fn a_base_text_is_what_those_say_who_have_no_text_of_their_own() -> Result<()> {
    let desk = Desk::new().await?;
    let brand = desk.test.db.value("select id from brand").await?;
    let other = desk.test.account(brand, "bluesky", &desk.person).await?;
    let content = |base: Option<&str>, own: Option<&str>| {
        let variant = |social_account_id, text: Option<&str>| VariantContent {
            social_account_id,
            text: text.map(str::to_owned),
            ..VariantContent::default()
        };
        PostContent {
            title: "Launch".to_owned(),
            base_text: base.map(str::to_owned),
            variants: vec![variant(desk.account, None), variant(other, own)],
            ..PostContent::default()
        }
    };
    let post = desk.draft(content(Some("For all"), Some("For one"))).await?;
    assert_eq!(desk.said(post.id).await?, "For all#For all|f|{}|{}#For one|t|{}|{}");
    desk.change(&post, content(Some("For everybody"), Some("For one")))
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let changed = "For everybody#For everybody|f|{}|{}#For one|t|{}|{}";
    assert_eq!(desk.said(post.id).await?, changed, "whoever has a text of their own keeps it");
    // Nothing to say, since there is nothing to say it from.
    let refused = desk.change(&post, content(None, Some("For one"))).await?;
    assert_eq!(refused.err(), Some(Code::Invalid));
    assert_eq!(desk.said(post.id).await?, changed);
    // A text that says the same is one of its own none the less.
    desk.change(&post, content(Some("For all"), Some("For all"))).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!(desk.said(post.id).await?, "For all#For all|f|{}|{}#For all|t|{}|{}");
    desk.restore(&post, 2).await?;
    assert_eq!(desk.said(post.id).await?, changed);
    desk.change(&post, content(Some("Anew"), Some("For one"))).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!(desk.said(post.id).await?, "Anew#Anew|f|{}|{}#For one|t|{}|{}", "what came back follows still");
    Ok(())
}

#[tokio::test]
async fn what_goes_with_a_text_stays_through_versions_and_copies() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.draft(desk.full()).await?;
    let full = desk.said(post.id).await?;
    for part in
        ["quoted", "\"\",سه", "More in our shop", "https://nour.example/menu?a=1", "\"visibility\": \"unlisted\""]
    {
        assert!(full.contains(part), "{part}: {full}");
    }
    desk.change(&post, desk.content("One")).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!(desk.said(post.id).await?, "One|t|{}|{}");
    desk.restore(&post, 1).await?;
    assert_eq!(desk.said(post.id).await?, full);

    let rule = SlotRule {
        days: RuleInput { rule: Some("FREQ=DAILY".to_owned()), weekdays: Vec::new() },
        time: NaiveTime::from_hms_opt(9, 0, 0).context("a time")?,
        starts_on: desk.test.services.now().date_naive(),
        ends_on: None,
    };
    let new = NewSeries { post_id: post.id, mode: RepeatMode::Draft, rule };
    desk.must(async |context| create_series(context, new).await).await?;
    desk.test.run_jobs().await?;
    let copy: Uuid = desk.test.db.value("select post_id from repeated_post order by on_date limit 1").await?;
    assert_ne!(copy, post.id);
    assert_eq!(desk.said(copy).await?, full);
    Ok(())
}

#[tokio::test]
async fn a_version_from_before_reads_as_what_it_was() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.draft(desk.full()).await?;
    let old = format!(
        "update post_version set content = jsonb_build_object('title', 'Old', 'pillar_id', null, 'partnership', null, 'variants',
           jsonb_build_array(jsonb_build_object('account_id', '{}', 'text', 'Old words', 'language', null, 'asset_ids', '[]'::jsonb)))",
        desk.account
    );
    desk.test.db.run(&old).await?;
    desk.restore(&post, 1).await?;
    assert_eq!(desk.said(post.id).await?, "Old words|t|{}|{}");
    Ok(())
}

#[tokio::test]
async fn the_database_keeps_no_content_of_another_form() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.draft(desk.full()).await?;
    let before = desk.said(post.id).await?;
    for wrong in [
        "thread = array['a', null]",
        "thread = array_fill('a'::text, array[50])",
        "thread = array[repeat('a', 100001)]",
        "thread = array[array['a'], array['b']]",
        "first_comment = ''",
        "link = 'ftp://nour.example/'",
        "link = 'javascript:alert(1)'",
        "link = 'https://nour.example/' || repeat('a', 2000)",
        "options = '[]'",
        "options = '{\"visibility\": 1}'",
        "options = '{\"visibility\": [\"public\"]}'",
        "options = jsonb_build_object('visibility', repeat('a', 150000))",
    ] {
        assert!(desk.test.db.run(&format!("update post_variant set {wrong}")).await.is_err(), "{wrong}");
    }
    assert!(desk.test.db.run("update post set base_text = repeat('a', 100001)").await.is_err());
    assert_eq!(desk.said(post.id).await?, before);
    desk.test.db.run("update post_variant set thread = array_fill('a'::text, array[49])").await?;
    Ok(())
}

#[tokio::test]
async fn a_thread_is_said_before_also_when_it_is_cut_otherwise() -> Result<()> {
    let desk = Desk::new().await?;
    let mut content = desk.content("Our new roast is here");
    content.variants[0].thread =
        vec!["A bright coffee from the hills of Huila".to_owned(), "In all our shops".to_owned()];
    desk.draft(content).await?;
    desk.test.db.run("update post set state = 'APPROVED', due_at = now()").await?;
    let again = desk.write("Our new roast is here. A bright coffee from the hills of Huila. In all our shops!").await?;
    let other = desk.write("In all our shops").await?;
    let similar = async |id: Uuid| {
        let find = async |context: &Context| {
            let post = context.one(post::Entity::visible([id])).await?.ok_or(Code::NotFound)?;
            similar_posts(context, &post, 365).await
        };
        desk.must(find).await
    };
    assert_eq!(similar(again.id).await?.iter().map(|one| one.percent).collect::<Vec<_>>(), [100]);
    assert!(similar(other.id).await?.is_empty(), "threads may end alike");
    Ok(())
}
