//! Reports made of blocks: that their files say what the figures say, never change, and show nobody what they may not see.

mod audience;
mod community;
mod machine;
mod rights;
mod stored;

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::reports::{
    BlockKind, ChartBy, NewComposed, ReportBlock, ReportLook, ReportTemplateContent, ReportTexts, TemplateChoice,
    archive_report_template, built_in, cancel_report, compose_report, create_report_template, files_of_reports,
    report_file_key, report_templates, set_report_look, update_report_template,
};
use diwan_domain::insights::{Against, AskedInsights, Period, insights};
use diwan_domain::{Action, Code, Context, Failure};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_look::ReportTypeface;
use diwan_entity::insights::report_run;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_testkit::{Person, Settings, TestServices, Written};
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, TransactionTrait as _};
use uuid::Uuid;

const ALL: [ReportFormat; 4] = [ReportFormat::Pdf, ReportFormat::Xlsx, ReportFormat::Csv, ReportFormat::Html];
/// Everything of reports, to see that a refusal changed nothing.
const EVERYTHING: &str = "select coalesce((select string_agg(t::text, '|' order by id) from report_template t), '')
  || coalesce((select string_agg(r::text, '|' order by id) from report_run r), '')
  || coalesce((select string_agg(f::text, '|' order by id) from report_file f), '')
  || coalesce((select string_agg(l::text, '|' order by brand_id) from report_look l), '')";

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    written: Written,
    brand: Uuid,
    mid: Person,
    senior: Person,
}

impl Desk {
    /// In the middle of August, a brand with a thing of every kind.
    async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    async fn with(settings: Settings) -> Result<Self> {
        let clock = Arc::new(ManualClock::new("2026-08-15T14:00:00Z".parse()?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..settings }).await?;
        let written = test.fill_brand("Alpha").await?;
        let brand = written.brand;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = test.member(brand, Level::Senior, UserKind::Staff).await?;
        // They were there in July: nobody is told of who came later.
        test.db.run("update membership set starts_at = '2026-01-01'").await?;
        Ok(Self { test, clock, written, brand, mid, senior })
    }

    /// A post of July with a picture, and what it brought.
    async fn published(&self, at: &str, likes: i64) -> Result<()> {
        let (post, variant) = self.test.post(self.brand, self.written.account, "Good evening", &self.mid).await?;
        let (publication, _) = self.test.publication(self.brand, post, at.parse()?).await?;
        let (brand, account, asset) = (self.brand, self.written.account, self.written.asset);
        let sql = format!(
            "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}';
             insert into variant_asset values ('{brand}', '{variant}', 0, '{asset}');
             insert into metric_sample values
               (gen_random_uuid(), '{brand}', '{account}', '{publication}', 'LIKES', {likes}, '{at}'::timestamptz + interval '1 day'),
               (gen_random_uuid(), '{brand}', '{account}', '{publication}', 'REACH', 200, '{at}'::timestamptz + interval '1 day')"
        );
        self.test.db.run(&sql).await
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    async fn template(&self, by: &Person, content: &ReportTemplateContent) -> Result<Result<Uuid, Code>> {
        let brand = self.brand;
        let made = self.act(by, async |context| create_report_template(context, brand, content).await).await?;
        Ok(made.map(|row| row.id))
    }

    /// Of July.
    fn wanted(&self, template: TemplateChoice, formats: &[ReportFormat]) -> Result<NewComposed> {
        Ok(NewComposed {
            brand_id: self.brand,
            template,
            from: "2026-07-01".parse()?,
            to: "2026-07-31".parse()?,
            formats: formats.to_vec(),
            ..NewComposed::default()
        })
    }

    async fn compose(&self, by: &Person, new: NewComposed) -> Result<Result<report_run::Model, Code>> {
        self.act(by, async |context| compose_report(context, new).await).await
    }

    async fn ask(&self, by: &Person, new: NewComposed) -> Result<Uuid> {
        Ok(self.compose(by, new).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))?.id)
    }

    async fn of(&self, report: Uuid, column: &str) -> Result<String> {
        let sql = format!("select coalesce({column}::text, '') from report_run where id = '{report}'");
        self.test.db.value(&sql).await
    }

    async fn file(&self, report: Uuid, format: ReportFormat) -> Result<Vec<u8>> {
        let format = format.to_value();
        let sql = format!("select id from report_file where report_id = '{report}' and format = '{format}'");
        let id: Uuid = self.test.db.value(&sql).await?;
        Ok(self.test.services.storage.get(report_file_key(self.brand, id)).await?.to_vec())
    }

    /// The rows of a report's table, cell by cell; of those that hold no comma.
    async fn rows(&self, report: Uuid) -> Result<Vec<Vec<String>>> {
        let text = String::from_utf8(self.file(report, ReportFormat::Csv).await?)?;
        Ok(text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect())
    }

    async fn everything(&self) -> Result<String> {
        self.test.db.value(EVERYTHING).await
    }
}

/// The value of a figure or an amount in the table.
fn value<'a>(rows: &'a [Vec<String>], kind: &str, name: &str, key: &str) -> Option<&'a str> {
    let fits = |row: &&Vec<String>| {
        let at = |place: usize| row.get(place).map(String::as_str);
        at(1) == Some(kind) && at(3) == Some(name) && at(4) == Some(key)
    };
    rows.iter().find(fits).and_then(|row| row.get(7)).map(String::as_str)
}

fn has_block(rows: &[Vec<String>], kind: &str, key: &str) -> bool {
    rows.iter().any(|row| row.get(1).is_some_and(|at| at == kind) && row.get(4).is_some_and(|at| at == key))
}

fn every_block() -> ReportTemplateContent {
    let plain = ReportBlock::plain;
    let by = |kind, metric| ReportBlock { metric: Some(metric), ..plain(kind) };
    let blocks = vec![
        plain(BlockKind::Summary),
        plain(BlockKind::Figures),
        ReportBlock { by: Some(ChartBy::Time), ..by(BlockKind::Chart, Kpi::Interactions) },
        ReportBlock { by: Some(ChartBy::Account), ..by(BlockKind::Chart, Kpi::Reach) },
        by(BlockKind::HeatMap, Kpi::InteractionsPerPost),
        ReportBlock { count: Some(3), ..by(BlockKind::TopPosts, Kpi::Interactions) },
        ReportBlock { count: Some(3), ..by(BlockKind::BottomPosts, Kpi::Interactions) },
        plain(BlockKind::Audience),
        plain(BlockKind::Community),
        plain(BlockKind::Campaigns),
        plain(BlockKind::Budgets),
        plain(BlockKind::Progress),
        plain(BlockKind::Notes),
        plain(BlockKind::NextSteps),
    ];
    ReportTemplateContent { name: "Everything".to_owned(), audience: ReportAudience::Team, blocks }
}

#[tokio::test]
async fn a_report_of_every_block_says_what_the_figures_say_and_never_changes() -> Result<()> {
    let desk = Desk::new().await?;
    desk.published("2026-07-10T09:00:00Z", 20).await?;
    desk.published("2026-07-11T09:00:00Z", 30).await?;
    desk.test.make_forms(desk.written.asset).await?;
    let brand = desk.brand;
    // Who follows was read on the first of July.
    let followers = format!(
        "insert into metric_sample values (gen_random_uuid(), '{brand}', '{}', null, 'FOLLOWERS', 4, '2026-07-30T09:00:00Z')",
        desk.written.account
    );
    desk.test.db.run(&followers).await?;
    // What people say under the posts of July was read.
    let read = format!(
        "insert into comment_reading (brand_id, publication_id, social_account_id, read_at)
         select brand_id, id, social_account_id, '2026-08-01T09:00:00Z' from publication
         where brand_id = '{brand}' and published_at is not null"
    );
    desk.test.db.run(&read).await?;
    let look =
        ReportLook { logo_id: Some(desk.written.asset), typeface: ReportTypeface::Serif, ..ReportLook::default() };
    desk.must(&desk.senior, async |context| set_report_look(context, brand, look).await).await?;
    let template = desk.template(&desk.mid, &every_block()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let texts = ReportTexts {
        summary: Some("A good month".to_owned()),
        notes: Some("Between us".to_owned()),
        next_steps: Some("More films".to_owned()),
    };
    let new = NewComposed { texts, ..desk.wanted(TemplateChoice::Own(template), &ALL)? };
    let report = desk.ask(&desk.senior, new).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of(report, "state").await?, "READY", "{}", desk.of(report, "error").await?);
    assert_eq!(desk.of(report, "progress").await?, "100");
    assert_eq!(desk.of(report, "title").await?, "Everything", "after its template");

    for (format, name) in ALL.into_iter().zip(["PDF", "XLSX", "CSV", "HTML"]) {
        let bytes = desk.file(report, format).await?;
        let sql = format!("select sha256 from report_file where report_id = '{report}' and format = '{name}'");
        assert_eq!(desk.test.db.value::<Vec<u8>>(&sql).await?, sha256(&bytes), "{name}");
    }
    let rows = desk.rows(report).await?;
    let context = desk.test.act(&desk.senior).await?;
    let period = Period { from: "2026-07-01".parse()?, to: "2026-07-31".parse()? };
    let asked = AskedInsights { brand_id: brand, period, against: Against::PeriodBefore };
    let figures = insights(&context, asked).await?.figures;
    context.roll_back().await?;
    assert!(figures.iter().any(|figure| figure.value.as_deref() == Some("50")), "what the two brought");
    for figure in figures {
        let told = value(&rows, "FIGURES", "", figure.formula.name).unwrap_or_default();
        assert_eq!(told, figure.value.unwrap_or_default(), "{}", figure.formula.name);
    }
    assert_eq!(value(&rows, "BUDGETS", "Autumn", "ALLOCATED"), Some("1000.00"));
    let days = rows.iter().filter(|row| row.get(5).is_some_and(|place| place.starts_with("2026-07-"))).count();
    assert!(days >= 31, "each day of the chart: {days}");
    for (kind, key) in [
        ("SUMMARY", "SUMMARY"),
        ("CHART", "REACH"),
        ("HEAT_MAP", "POSTS"),
        ("TOP_POSTS", "INTERACTIONS"),
        ("BOTTOM_POSTS", "INTERACTIONS"),
        ("AUDIENCE", "SHARE"),
        ("COMMUNITY", "MESSAGES_RECEIVED"),
        ("CAMPAIGNS", "COST"),
        ("PROGRESS", "POSTS_WRITTEN"),
        ("NOTES", "NOTES"),
        ("NEXT_STEPS", "NEXT_STEPS"),
    ] {
        assert!(has_block(&rows, kind, key), "{kind} {key}: {rows:?}");
    }
    let page = String::from_utf8(desk.file(report, ReportFormat::Html).await?)?;
    assert!(page.contains("data:image/"), "the logo and the pictures of posts");

    // What was made is never changed or taken away, and its job does nothing a second time.
    let before = desk.everything().await?;
    for change in ["update report_file set byte_size = 1", "delete from report_file"] {
        let tx = desk.test.services.db.write().await?;
        db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?;
        let refused = tx.execute_unprepared(change).await.err().context("it was not refused")?;
        assert!(refused.to_string().contains("permission denied"), "{refused}");
    }
    let anew = format!("update report_run set state = 'CANCELED', progress = 0 where id = '{report}'");
    assert!(desk.test.db.run(&anew).await.is_err(), "a report that is over stays so");
    let again = format!("update job set state = 'PENDING', finished_at = null where subject_id = '{report}'");
    desk.test.db.run(&again).await?;
    assert_eq!(desk.test.run_jobs().await?, 1);
    assert_eq!(desk.everything().await?, before);
    Ok(())
}

#[tokio::test]
async fn as_many_statements_for_many_posts_as_for_one() -> Result<()> {
    let desk = Desk::new().await?;
    let template = desk.template(&desk.mid, &every_block()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let cost = async || -> Result<usize> {
        desk.ask(&desk.senior, desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])?).await?;
        let before = desk.test.db.statements();
        desk.test.run_jobs().await?;
        Ok(desk.test.db.statements() - before)
    };
    desk.published("2026-07-10T09:00:00Z", 20).await?;
    desk.test.run_jobs().await?;
    let few = cost().await?;
    for day in 11..31 {
        desk.published(&format!("2026-07-{day}T09:00:00Z"), day).await?;
    }
    desk.test.run_jobs().await?;
    assert_eq!(cost().await?, few);
    assert!(few < 150, "{few} statements");
    Ok(())
}

#[tokio::test]
async fn a_report_that_is_taken_back_is_never_there() -> Result<()> {
    let desk = Desk::new().await?;
    let new = desk.wanted(TemplateChoice::BuiltIn(ReportAudience::Team), &[ReportFormat::Csv])?;
    let files = desk.test.stored_files()?;
    let report = desk.ask(&desk.mid, new.clone()).await?;
    desk.must(&desk.mid, async |context| cancel_report(context, report).await).await?;
    assert_eq!(desk.test.run_jobs().await?, 0, "nothing is to be done");
    let before = desk.everything().await?;
    let twice = desk.act(&desk.mid, async |context| cancel_report(context, report).await).await?;
    assert_eq!(twice.err(), Some(Code::WrongState));
    assert_eq!(desk.everything().await?, before);

    // While it is being made: the worker has begun, and comes to the row of the report when it is taken back.
    let report = desk.ask(&desk.mid, new).await?;
    let holding = desk.test.db.owner.begin().await?;
    let cancel = format!("update report_run set state = 'CANCELED', finished_at = created_at where id = '{report}'");
    holding.execute_unprepared(&cancel).await?;
    let services = Arc::clone(&desk.test.services);
    let running = tokio::spawn(async move { diwan_domain::jobs::run_due(&services, "worker").await });
    let waiting =
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !desk.test.db.value::<bool>(waiting).await? {
        ensure!(!running.is_finished(), "it did not come to what is held");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    holding.commit().await?;
    assert_eq!(running.await??, 1);
    assert_eq!(desk.of(report, "state").await?, "CANCELED");
    let jobs = format!("select state from job where subject_id = '{report}'");
    assert_eq!(desk.test.db.value::<String>(&jobs).await?, "DONE");
    assert_eq!(desk.test.stored_files()?, files, "nothing of it is kept");
    Ok(())
}

#[tokio::test]
async fn whoever_lost_the_right_gets_no_report() -> Result<()> {
    let desk = Desk::new().await?;
    let new = desk.wanted(TemplateChoice::BuiltIn(ReportAudience::Management), &[ReportFormat::Csv])?;
    let files = desk.test.stored_files()?;
    let report = desk.ask(&desk.mid, new.clone()).await?;
    let lower = format!("update membership set level = 'JUNIOR' where user_id = '{}'", desk.mid.id);
    desk.test.db.run(&lower).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of(report, "state").await?, "FAILED");
    assert_eq!(desk.of(report, "error").await?, "NOT_ALLOWED");
    let gone = desk.ask(&desk.senior, new).await?;
    let leave = format!("update app_user set deactivated_at = created_at where id = '{}'", desk.senior.id);
    desk.test.db.run(&leave).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of(gone, "error").await?, "NOT_ALLOWED");
    assert_eq!(desk.test.stored_files()?, files);
    Ok(())
}

#[tokio::test]
async fn amounts_are_for_those_who_may_read_them_and_for_clients_by_a_senior_s_word() -> Result<()> {
    let desk = Desk::new().await?;
    // A program whose token is good for reports and numbers, and not for budgets, whatever its level.
    let program = desk.test.member(desk.brand, Level::Mid, UserKind::Integration).await?;
    let (token, secret) = desk.test.api_token(&program, &desk.senior).await?;
    let scopes =
        [Action::BrandRead, Action::ReportRun, Action::MetricsRead].map(|action| format!("'{}'", action.name()));
    let sql = format!("update api_token set scopes = array[{}] where id = '{token}'", scopes.join(", "));
    desk.test.db.run(&sql).await?;
    let shown = diwan_domain::Credential::Token(sha256(secret.as_bytes()));
    let tx = desk.test.services.db.write().await?;
    let context = Context::of(Arc::clone(&desk.test.services), tx, shown).await?;
    let internal = desk.wanted(TemplateChoice::BuiltIn(ReportAudience::Management), &[ReportFormat::Csv])?;
    let report = compose_report(&context, internal.clone()).await?.id;
    context.commit().await?;
    let by_senior = desk.ask(&desk.senior, internal).await?;
    // For clients: as it is built in, and with costs.
    let client = desk.wanted(TemplateChoice::BuiltIn(ReportAudience::Client), &[ReportFormat::Csv])?;
    let for_client = desk.ask(&desk.senior, client).await?;
    let costs = |kind| ReportBlock { amounts: true, ..ReportBlock::plain(kind) };
    let mut content = ReportTemplateContent {
        name: "With costs".to_owned(),
        audience: ReportAudience::Client,
        blocks: vec![costs(BlockKind::Campaigns), costs(BlockKind::Budgets)],
    };
    let before = desk.everything().await?;
    assert_eq!(desk.template(&desk.mid, &content).await?.err(), Some(Code::Forbidden), "a SENIOR says so");
    let mut wrong = content.clone();
    wrong.blocks = vec![ReportBlock::plain(BlockKind::Notes)];
    assert_eq!(desk.template(&desk.senior, &wrong).await?.err(), Some(Code::Invalid), "notes are internal");
    assert_eq!(desk.everything().await?, before);
    let template = desk.template(&desk.senior, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    content.name = "with COSTS".to_owned();
    assert_eq!(desk.template(&desk.senior, &content).await?.err(), Some(Code::AlreadyExists));
    let told = desk.ask(&desk.senior, desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])?).await?;
    desk.test.run_jobs().await?;

    let rows = desk.rows(report).await?;
    assert!(has_block(&rows, "BUDGETS", "NOT_ALLOWED"), "{rows:?}");
    assert_eq!(value(&rows, "FIGURES", "", "RETURN_ON_INVESTMENT").unwrap_or_default(), "");
    let rows = desk.rows(by_senior).await?;
    assert_eq!(value(&rows, "BUDGETS", "Autumn", "ALLOCATED"), Some("1000.00"));
    let cost = value(&rows, "CAMPAIGNS", "Autumn", "COST").map(str::to_owned);
    assert!(cost.as_ref().is_some_and(|cost| !cost.is_empty()), "{rows:?}");
    let rows = desk.rows(for_client).await?;
    assert_eq!(value(&rows, "CAMPAIGNS", "Autumn", "COST"), Some(""));
    for hidden in ["BUDGETS", "PROGRESS", "NOTES"] {
        assert!(rows.iter().all(|row| row.get(1).is_none_or(|kind| kind != hidden)), "{hidden}");
    }
    assert!(rows.iter().all(|row| row.get(4).is_none_or(|key| key != "COST_PER_RESULT")), "{rows:?}");
    let rows = desk.rows(told).await?;
    assert_eq!(value(&rows, "CAMPAIGNS", "Autumn", "COST").map(str::to_owned), cost);
    assert_eq!(value(&rows, "BUDGETS", "Autumn", "ALLOCATED"), Some("1000.00"));

    // Finished, a program opens what was made for outsiders and what it asked for itself with no more than this token is good for.
    let open = async || -> Result<Vec<Uuid>> {
        let shown = diwan_domain::Credential::Token(sha256(secret.as_bytes()));
        let tx = desk.test.services.db.write().await?;
        let context = Context::of(Arc::clone(&desk.test.services), tx, shown).await?;
        let mut files = files_of_reports(&context, &[report, by_senior, for_client, told]).await?;
        context.roll_back().await?;
        files.sort_unstable_by_key(|file| file.report_id);
        Ok(files.into_iter().map(|file| file.report_id).collect())
    };
    let sorted = |mut ids: Vec<Uuid>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(open().await?, sorted(vec![report, for_client, told]), "not what a SENIOR asked for");
    let less = format!("update api_token set scopes = array['{}'] where id = '{token}'", Action::ReportRun.name());
    desk.test.db.run(&less).await?;
    assert_eq!(open().await?, sorted(vec![for_client, told]), "it was made with more");
    let context = desk.test.act(&desk.mid).await?;
    assert_eq!(files_of_reports(&context, &[report, by_senior]).await?.len(), 2, "people open all of them");
    context.roll_back().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_another_brand_s_is_not_there_and_what_cannot_be_is_refused() -> Result<()> {
    let desk = Desk::new().await?;
    let other = desk.test.brand("Beta").await?;
    let stranger = desk.test.member(other, Level::Senior, UserKind::Staff).await?;
    let (brand, template) = (desk.brand, desk.written.reports.template);
    let before = desk.everything().await?;
    let content = every_block();
    let not_there = Some(Code::NotFound);
    assert_eq!(desk.template(&stranger, &content).await?.err(), not_there);
    let told = desk.act(&stranger, async |context| report_templates(context, brand).await).await?;
    assert_eq!(told.err(), not_there);
    let gone = desk.act(&stranger, async |context| archive_report_template(context, template).await).await?;
    assert_eq!(gone.err(), not_there);
    let look =
        desk.act(&stranger, async |context| set_report_look(context, brand, ReportLook::default()).await).await?;
    assert_eq!(look.err(), not_there);
    // A template of one brand is none of another, and a logo neither.
    let foreign = NewComposed { brand_id: other, ..desk.wanted(TemplateChoice::Own(template), &ALL)? };
    assert_eq!(desk.compose(&stranger, foreign).await?.err(), not_there);
    let logo = ReportLook { logo_id: Some(desk.written.asset), ..ReportLook::default() };
    let look = desk.act(&stranger, async |context| set_report_look(context, other, logo).await).await?;
    assert_eq!(look.err(), not_there);
    let own = desk.wanted(TemplateChoice::BuiltIn(ReportAudience::Client), &[ReportFormat::Pdf])?;
    let texts = ReportTexts { notes: Some("x".to_owned()), ..ReportTexts::default() };
    let wrong = [
        (NewComposed { from: "2026-08-16".parse()?, to: "2026-08-20".parse()?, ..own.clone() }, Code::Invalid),
        (NewComposed { to: "2026-06-30".parse()?, ..own.clone() }, Code::Invalid),
        (NewComposed { to: "2029-12-31".parse()?, ..own.clone() }, Code::TooMany),
        (NewComposed { formats: Vec::new(), ..own.clone() }, Code::Invalid),
        (NewComposed { formats: vec![ReportFormat::Pdf, ReportFormat::Pdf], ..own.clone() }, Code::Invalid),
        (NewComposed { title: Some(" ".to_owned()), ..own.clone() }, Code::Invalid),
        (NewComposed { texts, ..own.clone() }, Code::Invalid),
        (NewComposed { brand_id: brand, ..desk.wanted(TemplateChoice::Own(Uuid::nil()), &ALL)? }, Code::NotFound),
    ];
    for (new, code) in wrong {
        let said = format!("{new:?}");
        assert_eq!(desk.compose(&desk.mid, new).await?.err(), Some(code), "{said}");
    }
    assert_eq!(desk.everything().await?, before);

    // What was put away is of no use any more; what changed meanwhile is not written over.
    let content = ReportTemplateContent { blocks: built_in(ReportAudience::Team), ..every_block() };
    desk.must(&desk.mid, async |context| update_report_template(context, template, 1, &content).await).await?;
    let late =
        desk.act(&desk.mid, async |context| update_report_template(context, template, 1, &content).await).await?;
    assert_eq!(late.err(), Some(Code::ChangedMeanwhile));
    desk.must(&desk.mid, async |context| archive_report_template(context, template).await).await?;
    let put_away = desk.wanted(TemplateChoice::Own(template), &ALL)?;
    assert_eq!(desk.compose(&desk.mid, put_away).await?.err(), not_there);
    Ok(())
}
