//! Templates and hashtag sets: what holds when several write at once, and what the database holds by itself. How a text is read and
//! filled in is tested beside the code (`templates/grammar/tests.rs`).

use anyhow::Result;
use chrono::{DateTime, Utc};
use diwan_domain::templates::{
    Fill, SetContent, TaggedText, TemplateContent, archive_content_template, archive_hashtag_set,
    create_content_template, create_hashtag_set, filled_template, restore_content_template, text_with_hashtags,
    update_content_template, update_hashtag_set,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::db;
use diwan_testkit::{Person, TestServices};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

/// What was refused, and where.
type Refusals = Vec<(Code, String)>;

struct Desk {
    test: TestServices,
    brand: Uuid,
    account: Uuid,
    person: Person,
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, brand, account, person })
    }

    async fn act<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<Result<T, Refusals>> {
        let done = self.test.attempt(&self.person, command).await?;
        Ok(done.map_err(|errors| errors.into_iter().map(|error| (error.code, error.field.join("."))).collect()))
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(command).await?.map_err(|refusals| anyhow::anyhow!("refused: {refusals:?}"))
    }

    async fn template(&self, name: &str, text: &str) -> Result<Uuid> {
        let row = self.must(async |context| create_content_template(context, self.brand, says(name, text)).await);
        Ok(row.await?.id)
    }

    async fn set(&self, hashtags: &[&str]) -> Result<Uuid> {
        let row = self.must(async |context| create_hashtag_set(context, self.brand, has("Set", hashtags)).await);
        Ok(row.await?.id)
    }

    async fn tagged(&self, set: Uuid, text: &str) -> Result<TaggedText> {
        self.must(async |context| text_with_hashtags(context, text, set, self.account).await).await
    }

    /// As many templates as a brand may have, but for `missing`.
    async fn fill_shelf(&self, missing: usize) -> Result<()> {
        let (brand, by, now) = (self.brand, self.person.id, self.test.services.now().to_rfc3339());
        self.test
            .db
            .run(&format!(
                "insert into content_template (id, brand_id, name, text, created_by, created_at, updated_at)
                   select gen_random_uuid(), '{brand}', 'Number ' || n, 'Hello', '{by}', '{now}', '{now}'
                   from generate_series(1, 500 - {missing}) n"
            ))
            .await
    }
}

fn says(name: &str, text: &str) -> TemplateContent {
    TemplateContent { name: name.to_owned(), text: text.to_owned(), ..TemplateContent::default() }
}

fn has(name: &str, hashtags: &[&str]) -> SetContent {
    let hashtags = hashtags.iter().map(|tag| (*tag).to_owned()).collect();
    SetContent { name: name.to_owned(), hashtags, ..SetContent::default() }
}

/// The refusal of the one that lost; the other must have won.
fn loser<T>(one: Result<T, Refusals>, other: Result<T, Refusals>) -> Refusals {
    match (one, other) {
        (Ok(_), Err(refusals)) | (Err(refusals), Ok(_)) => refusals,
        (Ok(_), Ok(_)) => panic!("both won"),
        (Err(one), Err(other)) => panic!("both lost: {one:?} {other:?}"),
    }
}

#[tokio::test]
async fn of_two_who_take_a_name_one_gets_it() -> Result<()> {
    let desk = Desk::new().await?;
    let create = async |name: &str| {
        desk.act(async |context| create_content_template(context, desk.brand, says(name, "Hello")).await).await
    };
    let (one, other) = tokio::join!(create("Greeting"), create("GREETING"));
    assert_eq!(loser(one?, other?), [(Code::AlreadyExists, "template.name".to_owned())]);
    let create = async |name: &str| {
        desk.act(async |context| create_hashtag_set(context, desk.brand, has(name, &["tea"])).await).await
    };
    let (one, other) = tokio::join!(create("Tea"), create("tea"));
    assert_eq!(loser(one?, other?), [(Code::AlreadyExists, "set.name".to_owned())]);
    assert_eq!((desk.test.db.count("content_template").await?, desk.test.db.count("hashtag_set").await?), (1, 1));
    Ok(())
}

#[tokio::test]
async fn of_two_who_save_one_is_told_and_nothing_is_lost() -> Result<()> {
    let desk = Desk::new().await?;
    let (template, set) = (desk.template("Greeting", "Hello").await?, desk.set(&["tea"]).await?);
    let save = async |text: &str| {
        let command = async |context: &Context| update_content_template(context, template, 1, says("G", text)).await;
        desk.act(command).await
    };
    let (one, other) = tokio::join!(save("One"), save("Other"));
    let (one, other) = (one?, other?);
    let kept = if one.is_ok() { "One" } else { "Other" };
    assert_eq!(loser(one, other), [(Code::ChangedMeanwhile, "version".to_owned())]);
    let (text, version): (String, i32) = (
        desk.test.db.value("select text from content_template").await?,
        desk.test.db.value("select version from content_template").await?,
    );
    assert_eq!((text.as_str(), version), (kept, 2));
    let save =
        async |tag: &str| desk.act(async |context| update_hashtag_set(context, set, 1, has("Set", &[tag])).await).await;
    let (one, other) = tokio::join!(save("one"), save("other"));
    assert_eq!(loser(one?, other?), [(Code::ChangedMeanwhile, "version".to_owned())]);
    // Putting away and saving are no different.
    let away = async || desk.act(async |context| archive_hashtag_set(context, set, 2).await).await;
    let save =
        async || desk.act(async |context| update_hashtag_set(context, set, 2, has("Set", &["last"])).await).await;
    let (one, other) = tokio::join!(away(), save());
    let refusals = loser(one?, other?);
    assert_eq!(refusals.first(), Some(&(Code::ChangedMeanwhile, "version".to_owned())));
    assert_eq!(desk.test.db.value::<i32>("select version from hashtag_set").await?, 3);
    Ok(())
}

#[tokio::test]
async fn a_brand_has_so_many_and_no_more_however_many_add_at_once() -> Result<()> {
    let desk = Desk::new().await?;
    desk.fill_shelf(1).await?;
    let create = async |name: &str| {
        desk.act(async |context| create_content_template(context, desk.brand, says(name, "Hello")).await).await
    };
    let (one, other) = tokio::join!(create("One"), create("Other"));
    let (one, other) = (one?, other?);
    let last = one.as_ref().or(other.as_ref()).map(|row| row.id).unwrap_or_default();
    assert_eq!(loser(one, other), [(Code::TooMany, "brandId".to_owned())]);
    // What is put away has room made for it, and comes back only where there is some.
    desk.must(async |context| archive_content_template(context, last, 1).await).await?;
    desk.template("Another", "Hello").await?;
    let back = desk.act(async |context| restore_content_template(context, last, 2).await).await?;
    assert_eq!(back.map(|row| row.id), Err(vec![(Code::TooMany, "contentTemplateId".to_owned())]));
    assert_eq!(desk.test.db.count("content_template where archived_at is null").await?, 500);
    Ok(())
}

#[tokio::test]
async fn a_day_is_written_as_the_brands_readers_write_it() -> Result<()> {
    let desk = Desk::new().await?;
    let template = desk.template("When", "{{ date }}").await?;
    let at: DateTime<Utc> = "2026-11-26T22:05:00Z".parse()?;
    for (locale, zone, expected) in [
        ("en", "Europe/Athens", "27 November 2026"),
        ("en", "Europe/London", "26 November 2026"),
        ("fa", "Asia/Tehran", "۶ آذر ۱۴۰۵"),
        ("el", "Europe/Athens", "27 Νοεμβρίου 2026"),
        ("ar", "Asia/Beirut", "٢٧ نوفمبر ٢٠٢٦"),
        ("he", "Asia/Jerusalem", "27 בנובמבר 2026"),
    ] {
        let brand = desk.brand;
        let set = format!("update brand set locale = '{locale}', time_zone = '{zone}' where id = '{brand}'");
        desk.test.db.run(&set).await?;
        let fill =
            Fill { template_id: template, values: Vec::new(), account_ids: vec![desk.account], due_at: Some(at) };
        let filled = desk.must(async |context| filled_template(context, fill).await).await?;
        assert_eq!(filled[0].text.as_deref(), Some(expected), "{locale} {zone}");
        assert!(filled[0].problems.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn as_many_hashtags_are_appended_as_fit_whatever_the_limit() -> Result<()> {
    let desk = Desk::new().await?;
    let tags = ["قهوه", "coffee", "a", "می\u{200c}خوریم", "espresso"];
    let set = desk.set(&tags).await?;
    let said = "صبح بخیر";
    let mut most = 0;
    for limit in 0..=60_usize {
        let account = desk.account;
        let set_limit = format!(
            "update social_account set limits = jsonb_set(limits, '{{max_text}}', '{limit}') where id = '{account}'"
        );
        desk.test.db.run(&set_limit).await?;
        let TaggedText { text, added, already_there, left_out, counts } = desk.tagged(set, said).await?;
        // Nothing is lost, changed or put into another order.
        assert_eq!([added.clone(), left_out.clone()].concat(), tags);
        assert!(already_there.is_empty());
        let written = |tags: &[String]| tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ");
        let expected = if added.is_empty() { said.to_owned() } else { format!("{said}\n\n{}", written(&added)) };
        assert_eq!(text, expected, "{limit}");
        // What was appended fits, and the next would not have.
        let length = text.chars().filter(|c| *c != '\u{200c}').count();
        assert!(added.is_empty() || length <= limit, "{limit}: {text}");
        if let Some(next) = left_out.first() {
            let one_more = [added.clone(), vec![next.clone()]].concat();
            let longer = format!("{said}\n\n{}", written(&one_more));
            assert!(longer.chars().filter(|c| *c != '\u{200c}').count() > limit, "{limit}: {next} would have fit");
        }
        assert_eq!((counts.len(), counts[0].limit), (1, limit as u64));
        assert!(added.len() >= most, "more room, fewer hashtags");
        most = added.len();
    }
    assert_eq!(most, tags.len());
    Ok(())
}

#[tokio::test]
async fn the_database_refuses_what_no_set_and_no_template_is() -> Result<()> {
    let desk = Desk::new().await?;
    desk.template("Greeting", "Hello").await?;
    desk.set(&["tea"]).await?;
    for change in [
        "update hashtag_set set hashtags = '{}'",
        "update hashtag_set set hashtags = '{#tea}'",
        "update hashtag_set set hashtags = '{\"two words\"}'",
        "update hashtag_set set hashtags = array[null]::text[]",
        "update hashtag_set set hashtags = '{\"\"}'",
        "update hashtag_set set hashtags = '{{tea},{coffee}}'",
        "update hashtag_set set hashtags = array_fill('tea'::text, array[101])",
        "update hashtag_set set networks = array[null]::text[]",
        "update hashtag_set set language = 'Klingon!'",
        "update hashtag_set set name = ' '",
        "update content_template set name = repeat('x', 201)",
        "update content_template set text = ''",
        "update content_template set text = repeat('x', 100001)",
        "update content_template set variables = '{}'",
        "update content_template set variables = (select jsonb_agg(n) from generate_series(1, 51) n)",
        "update content_template set pillar_id = gen_random_uuid()",
        "insert into content_template (id, brand_id, name, text, created_by, created_at, updated_at)
           select gen_random_uuid(), brand_id, upper(name), text, created_by, created_at, updated_at from content_template",
        "insert into hashtag_set (id, brand_id, name, hashtags, created_by, created_at, updated_at)
           select gen_random_uuid(), brand_id, upper(name), hashtags, created_by, created_at, updated_at from hashtag_set",
    ] {
        assert!(desk.test.db.owner.execute_raw(db::statement(change, [])).await.is_err(), "{change}");
    }
    assert_eq!((desk.test.db.count("content_template").await?, desk.test.db.count("hashtag_set").await?), (1, 1));
    Ok(())
}
