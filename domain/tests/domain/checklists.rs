//! Checklists: what new posts begin with, however they are made; and that many at once leave them whole.

use anyhow::{Context as _, Result};
use chrono::NaiveTime;
use diwan_domain::calendar::{
    ChecklistTemplateContent, ChecklistTemplateItem, ImportRun, NewChecklistItem, NewPost, NewSeries, PostContent,
    RuleInput, SlotRule, add_checklist_item, archive_checklist_template, create_checklist_template, create_post,
    create_series, end_series, import_content_plan, move_checklist_item, receive_content_import, remove_checklist_item,
    request_content_import, tick_checklist_item, update_checklist_template,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::calendar::checklist_template;
use diwan_entity::calendar::post_series::RepeatMode;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use futures::future::try_join_all;
use uuid::Uuid;

struct Desk {
    test: TestServices,
    brand: Uuid,
    calendar: Uuid,
    person: Person,
}

/// A default template, all of whose items are required.
fn content(name: &str, items: &[&str]) -> ChecklistTemplateContent {
    let items = items.iter().map(|text| ChecklistTemplateItem { text: (*text).to_owned(), required: true });
    ChecklistTemplateContent { name: name.to_owned(), items: items.collect(), is_default: true }
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let calendar = test.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        Ok(Self { test, brand, calendar, person })
    }

    async fn act<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<Result<T, Code>> {
        self.test.attempt_code(&self.person, command).await
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    async fn template(&self, name: &str, items: &[&str]) -> Result<checklist_template::Model> {
        let (brand, content) = (self.brand, content(name, items));
        self.must(async |context| create_checklist_template(context, brand, content).await).await
    }

    async fn post(&self) -> Result<Uuid> {
        let content = PostContent { title: "Launch".to_owned(), ..PostContent::default() };
        let new = NewPost { calendar_id: self.calendar, content };
        Ok(self.must(async |context| create_post(context, new).await).await?.id)
    }

    async fn item(&self, post_id: Uuid, text: &str) -> Result<Uuid> {
        let new = NewChecklistItem { post_id, text: text.to_owned(), required: false, assignee_id: None };
        Ok(self.must(async |context| add_checklist_item(context, new).await).await?.id)
    }

    /// What is to be done to a post, in order, each with its place.
    async fn list(&self, post: Uuid) -> Result<String> {
        let sql = "select coalesce(string_agg(position || text, ' ' order by position), '') from checklist_item";
        self.test.db.value(&format!("{sql} where post_id = '{post}'")).await
    }

    /// Brings in a plan of so many posts; answers how many statements the job took.
    async fn import(&self, rows: usize) -> Result<usize> {
        let lines: Vec<String> = (0..rows).map(|row| format!("Post {rows} {row}\n")).collect();
        let context = self.test.act(&self.person).await?;
        let asked = request_content_import(&context, self.brand, "plan.csv").await?;
        context.commit().await?;
        let token = asked.url.path_segments().and_then(Iterator::last).context("a token")?.to_owned();
        let mut receiver = receive_content_import(self.test.services.clone(), &token).await?;
        receiver.write(format!("title\n{}", lines.concat()).as_bytes())?;
        receiver.finish().await?;
        let context = self.test.act(&self.person).await?;
        let run = ImportRun { import_id: asked.import.id, dry_run: false, skip_invalid: false };
        import_content_plan(&context, run).await?;
        context.commit().await?;
        let before = self.test.db.statements();
        self.test.run_jobs().await?;
        Ok(self.test.db.statements() - before)
    }
}

#[tokio::test]
async fn every_new_post_begins_with_the_default() -> Result<()> {
    let desk = Desk::new().await?;
    let bare = desk.post().await?;
    let template = desk.template("Default", &["a", "b"]).await?;
    let post = desk.post().await?;
    assert_eq!(desk.list(post).await?, "1a 2b");
    assert_eq!(desk.list(bare).await?, "", "what was there before has what it had");

    // Of an imported plan, in as many statements for many as for one.
    let costs = [desk.import(1).await?, desk.import(300).await?];
    assert_eq!(costs[0], costs[1], "statements for one post and for 300");
    let with = "select count(*) from post p where (select string_agg(position || text, ' ' order by position)
      from checklist_item i where i.post_id = p.id) = '1a 2b'";
    assert_eq!(desk.test.db.value::<i64>(with).await?, 302);

    // Of a series: each copy begins anew, whatever was done to the post that it comes from.
    let sql = format!("select id from checklist_item where post_id = '{post}' and position = 1");
    let item: Uuid = desk.test.db.value(&sql).await?;
    desk.must(async |context| tick_checklist_item(context, item, 1).await).await?;
    let rule = SlotRule {
        days: RuleInput { rule: Some("FREQ=WEEKLY;BYDAY=MO".to_owned()), weekdays: Vec::new() },
        time: NaiveTime::from_hms_opt(9, 0, 0).context("a time")?,
        starts_on: desk.test.services.now().date_naive(),
        ends_on: None,
    };
    let new = NewSeries { post_id: post, mode: RepeatMode::Draft, rule };
    let series = desk.must(async |context| create_series(context, new).await).await?;
    desk.test.run_jobs().await?;
    let copies: i64 = desk.test.db.value("select count(*) from repeated_post").await?;
    assert!(copies >= 8, "{copies}");
    assert_eq!(desk.test.db.value::<i64>(with).await?, 302 + copies);
    let ticked = "select count(*) from checklist_item where ticked_at is not null";
    assert_eq!(desk.test.db.value::<i64>(ticked).await?, 1);

    // A copy at which somebody has begun to work stays when the series ends.
    let touched: Uuid = desk.test.db.value("select post_id from repeated_post order by on_date desc limit 1").await?;
    let sql = format!("select id from checklist_item where post_id = '{touched}' and position = 2");
    let item: Uuid = desk.test.db.value(&sql).await?;
    desk.must(async |context| tick_checklist_item(context, item, 1).await).await?;
    desk.must(async |context| end_series(context, series.id).await).await?;
    let state: String = desk.test.db.value(&format!("select state from post where id = '{touched}'")).await?;
    assert_eq!(state, "DRAFT");
    let gone: i64 = desk.test.db.value("select count(*) from post where state = 'ARCHIVED'").await?;
    assert_eq!(gone, copies - 1);

    let change = content("Default", &["c"]);
    desk.must(async |context| update_checklist_template(context, template.id, 1, change).await).await?;
    assert_eq!(desk.list(desk.post().await?).await?, "1c");
    assert_eq!(desk.list(post).await?, "1a 2b");
    desk.must(async |context| archive_checklist_template(context, template.id).await).await?;
    assert_eq!(desk.list(desk.post().await?).await?, "");
    Ok(())
}

#[tokio::test]
async fn of_many_defaults_one_is_it_and_no_post_gets_half_of_two() -> Result<()> {
    let desk = Desk::new().await?;
    let names: Vec<String> = (0..8).map(|number| format!("Template {number}")).collect();
    let templates = try_join_all(names.iter().map(|name| desk.template(name, &["a", "b"]))).await?;
    let defaults = "select count(*) from checklist_template where is_default";
    assert_eq!((templates.len(), desk.test.db.value::<i64>(defaults).await?), (8, 1));
    let current: Uuid = desk.test.db.value("select id from checklist_template where is_default").await?;
    let version: i32 = desk.test.db.value("select version from checklist_template where is_default").await?;
    let (name, brand) = ("Other", desk.brand);
    let rewrite = desk.must(async |context| {
        update_checklist_template(context, current, version, content(name, &["c", "d", "e"])).await
    });
    let posts = try_join_all((0..8).map(|_| desk.post()));
    let (posts, rewritten) = tokio::join!(posts, rewrite);
    rewritten?;
    for post in posts? {
        let list = desk.list(post).await?;
        assert!(["1a 2b", "1c 2d 3e"].contains(&list.as_str()), "{list}");
    }
    // The same name once, whoever is first.
    let twice = async || {
        desk.act(async |context| create_checklist_template(context, brand, content("Same", &["x"])).await).await
    };
    let (one, two) = tokio::join!(twice(), twice());
    let codes: Vec<Code> = [one?.err(), two?.err()].into_iter().flatten().collect();
    assert_eq!(codes, [Code::AlreadyExists]);
    assert_eq!(desk.test.db.value::<i64>(defaults).await?, 1);
    Ok(())
}

#[tokio::test]
async fn an_item_goes_where_it_is_put() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    let mut items = Vec::new();
    for text in ["a", "b", "c", "d"] {
        items.push((text, desk.item(post, text).await?));
    }
    // Every item to every place, against a list in memory.
    for from in 0..4 {
        for after in [None, Some(0), Some(1), Some(2), Some(3)] {
            let after = after.filter(|after| *after != from);
            let target = after.map(|after| items[after].1);
            let moved = items[from];
            let row = desk.must(async |context| move_checklist_item(context, moved.1, target).await).await?;
            items.remove(from);
            let place = target.map_or(0, |id| items.iter().position(|item| item.1 == id).map_or(0, |at| at + 1));
            items.insert(place, moved);
            assert_eq!(usize::try_from(row.position)?, place + 1);
            let expected: Vec<String> =
                items.iter().zip(1..).map(|((text, _), place)| format!("{place}{text}")).collect();
            assert_eq!(desk.list(post).await?, expected.join(" "), "{from} after {after:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn many_who_move_add_and_remove_at_once_leave_an_order_without_gaps() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    let mut items = Vec::new();
    for number in 0..8 {
        items.push(desk.item(post, &format!("item {number}")).await?);
    }
    let (desk, items) = (&desk, &items);
    let moves = (0..24).map(async |number: usize| {
        let (item, after) = (items[number % 8], items[(number * 5 + 3) % 8]);
        let after = (after != item && !number.is_multiple_of(3)).then_some(after);
        // What it was to go after, or it itself, may be gone meanwhile.
        desk.act(async |context| move_checklist_item(context, item, after).await).await.map(Result::err)
    });
    let adds = (0..4).map(|number| desk.item(post, if number % 2 == 0 { "even" } else { "odd" }));
    let removes = items[..3]
        .iter()
        .map(async |item| desk.must(async |context| remove_checklist_item(context, *item).await).await);
    let (moved, added, removed) = tokio::join!(try_join_all(moves), try_join_all(adds), try_join_all(removes));
    assert_eq!((added?.len(), removed?.len()), (4, 3));
    assert!(moved?.iter().all(|code| code.is_none_or(|code| code == Code::NotFound)));
    let whole: bool = desk
        .test
        .db
        .value("select count(*) = 9 and array_agg(position::int order by position) = array(select generate_series(1, 9)) from checklist_item")
        .await?;
    assert!(whole, "{}", desk.list(post).await?);
    Ok(())
}
