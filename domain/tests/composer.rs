//! The versions of posts, also of those that come again, and what was said before.

use anyhow::{Context as _, Result};
use chrono::{Duration, NaiveTime};
use diwan_domain::calendar::{
    NewPost, NewSeries, PostChange, PostContent, RestorePost, RuleInput, SlotRule, VariantContent, create_post,
    create_series, restore_post, similar_posts, update_post, validate_post,
};
use diwan_domain::strategy::PostMarks;
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
        let context = self.test.act(&self.person).await?;
        match command(&context).await {
            Ok(done) => {
                context.commit().await?;
                Ok(Ok(done))
            }
            Err(Failure::Refused(errors)) => {
                context.roll_back().await?;
                Ok(Err(errors[0].code))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    fn content(&self, text: &str) -> PostContent {
        let variant = VariantContent {
            social_account_id: self.account,
            text: text.to_owned(),
            language: None,
            asset_ids: Vec::new(),
        };
        PostContent { title: "Launch".to_owned(), variants: vec![variant], marks: PostMarks::default() }
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
