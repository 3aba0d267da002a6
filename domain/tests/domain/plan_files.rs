//! Plans that come in as files and go out as files, through real jobs.

use anyhow::{Context as _, Result, ensure};
use diwan_domain::calendar::{
    ImportRun, NewExport, PlanColumn, RowOutcome, RowReport, content_import_rows, export_by_ids, export_link,
    import_content_plan, imports_by_ids, open_export, receive_content_import, request_content_export,
    request_content_import,
};
use diwan_domain::{Code, Failure};
use diwan_entity::calendar::content_export::{ExportState, PlanFormat};
use diwan_entity::calendar::content_import::{self, ImportState};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::storage::Opened;
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    brand: Uuid,
    person: Person,
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, brand, person })
    }

    async fn handle(&self) -> Result<String> {
        self.test.db.value("select handle from social_account").await
    }

    /// A file on its way in; the import, once it was received.
    async fn receive(&self, bytes: &[u8]) -> Result<Uuid> {
        let context = self.test.act(&self.person).await?;
        let asked = request_content_import(&context, self.brand, "plan.csv").await?;
        context.commit().await?;
        let token = asked.url.path_segments().and_then(Iterator::last).context("a token")?.to_owned();
        let mut receiver = receive_content_import(self.test.services.clone(), &token).await?;
        receiver.write(bytes)?;
        receiver.finish().await?;
        Ok(asked.import.id)
    }

    async fn run(
        &self,
        import_id: Uuid,
        dry_run: bool,
        skip_invalid: bool,
    ) -> Result<(content_import::Model, Vec<RowReport>)> {
        let context = self.test.act(&self.person).await?;
        import_content_plan(&context, ImportRun { import_id, dry_run, skip_invalid }).await?;
        context.commit().await?;
        self.test.run_jobs().await?;
        let failed: Option<String> = self.test.db.value("select string_agg(last_error, ' ') from job").await?;
        ensure!(failed.is_none(), "{failed:?}");
        let context = self.test.act(&self.person).await?;
        let import = imports_by_ids(&context, &[import_id]).await?.pop().context("the import")?;
        let rows = content_import_rows(&context, &import, false, 0, 500).await?;
        Ok((import, rows))
    }

    /// The file of an export of everything.
    async fn export(&self, format: PlanFormat) -> Result<Vec<u8>> {
        let context = self.test.act(&self.person).await?;
        let new = NewExport { brand_id: self.brand, format, calendar_id: None, starts_on: None, ends_on: None };
        let asked = request_content_export(&context, new).await?;
        context.commit().await?;
        self.test.run_jobs().await?;
        let context = self.test.act(&self.person).await?;
        let export = export_by_ids(&context, &[asked.id]).await?.pop().context("the export")?;
        ensure!(export.state == ExportState::Ready, "{export:?}");
        let (url, _) = export_link(&context, &export)?;
        let token = url.path_segments().and_then(Iterator::last).context("a token")?.to_owned();
        let Opened::File(path) = open_export(&self.test.services, &token).await?.from else {
            anyhow::bail!("tests keep files on the disk")
        };
        let bytes = std::fs::read(path)?;
        assert_eq!(export.byte_size, i64::try_from(bytes.len()).ok());
        Ok(bytes)
    }

    async fn posts(&self) -> Result<i64> {
        self.test.db.value("select count(*) from post").await
    }
}

#[tokio::test]
async fn a_plan_is_looked_at_then_made_once() -> Result<()> {
    let desk = Desk::new().await?;
    let file = format!(
        "title;date;time;accounts;text;link;assignee\nHello;30.11.2026;17:30;{};Good morning;https://nour.example;{}\nLater;;;;;;\n",
        desk.handle().await?,
        desk.person.email
    );
    let import = desk.receive(file.as_bytes()).await?;
    let (looked, rows) = desk.run(import, true, false).await?;
    assert_eq!((looked.state, looked.posts, looked.refused), (ImportState::Checked, 2, 0), "{rows:?}");
    assert!(rows.iter().all(|row| row.outcome == RowOutcome::Ready && row.post_id.is_none()));
    assert_eq!(desk.posts().await?, 0);

    let (made, rows) = desk.run(import, false, false).await?;
    assert_eq!((made.state, made.posts), (ImportState::Imported, 2));
    assert!(rows.iter().all(|row| row.outcome == RowOutcome::Made && row.post_id.is_some()));
    let text: String = desk.test.db.value("select text from post_variant").await?;
    assert_eq!(text, "Good morning\n\nhttps://nour.example");
    // By the brand's clocks, in Athens.
    let due: String = desk.test.db.value("select due_at::text from post where due_at is not null").await?;
    assert!(due.starts_with("2026-11-30 15:30"), "{due}");
    let seen: i64 = desk.test.db.value("select count(*) from audit_event where action = 'post.create'").await?;
    assert_eq!(seen, 2);
    assert_eq!(desk.test.db.value::<i64>("select count(*) from post_assignment").await?, 1);

    // The same file once more, as another import.
    let again = desk.receive(file.as_bytes()).await?;
    let (again, rows) = desk.run(again, false, false).await?;
    assert_eq!((again.state, again.posts, again.known), (ImportState::Imported, 0, 2));
    assert!(rows.iter().all(|row| row.outcome == RowOutcome::Known && row.post_id.is_some()));
    assert_eq!(desk.posts().await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_row_that_is_wrong_keeps_all_out_unless_it_is_skipped() -> Result<()> {
    let desk = Desk::new().await?;
    let file = "title,calendar,date,accounts,text\nGood,Content,2026-12-01,,\n,Nowhere,soon,nobody,Hi\n";
    let import = desk.receive(file.as_bytes()).await?;
    let (refused, rows) = desk.run(import, false, false).await?;
    assert_eq!((refused.state, refused.posts, refused.refused), (ImportState::Checked, 1, 1));
    let codes: Vec<Code> = rows[1].findings.iter().map(|finding| finding.user_error().code).collect();
    for code in [Code::Invalid, Code::NoSuchName, Code::DateNotUnderstood] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert_eq!(desk.posts().await?, 0);
    let (made, _) = desk.run(import, false, true).await?;
    assert_eq!((made.state, made.posts, made.refused), (ImportState::Imported, 1, 1));
    assert_eq!(desk.posts().await?, 1);
    let context = desk.test.act(&desk.person).await?;
    let again =
        import_content_plan(&context, ImportRun { import_id: import, dry_run: true, skip_invalid: false }).await;
    let Err(Failure::Refused(errors)) = again else { anyhow::bail!("it was run again") };
    assert_eq!(errors[0].code, Code::WrongState);
    Ok(())
}

#[tokio::test]
async fn what_goes_out_comes_in_as_the_same_plan() -> Result<()> {
    let desk = Desk::new().await?;
    let handle = desk.handle().await?;
    let file = format!(
        "key,title,date,time,accounts,text,language\na,'=Sum,2026-11-30,17:30:05,{handle},\"Two\nlines; and, more\",el\n,No time,,,,,\n"
    );
    let import = desk.receive(file.as_bytes()).await?;
    desk.run(import, false, false).await?;
    let plan = "select string_agg(concat_ws('|', p.title, p.due_at, p.calendar_id, v.text, v.language, v.social_account_id), '#' order by p.title)
      from post p left join post_variant v on v.post_id = p.id";
    let before: String = desk.test.db.value(plan).await?;
    for format in [PlanFormat::Csv, PlanFormat::Xlsx] {
        let bytes = desk.export(format).await?;
        desk.test.db.run("delete from post_assignment; delete from content_import_row; delete from post_contributor; delete from post").await?;
        let import = desk.receive(&bytes).await?;
        let (made, rows) = desk.run(import, false, false).await?;
        assert_eq!((made.state, made.posts), (ImportState::Imported, 2), "{rows:?}");
        assert_eq!(desk.test.db.value::<String>(plan).await?, before, "{format:?}");
    }
    Ok(())
}

#[tokio::test]
async fn all_that_goes_with_a_text_goes_out_and_comes_in() -> Result<()> {
    let desk = Desk::new().await?;
    let bluesky = desk.test.account(desk.brand, "bluesky", &desk.person).await?;
    let handle = async |network: &str| -> Result<String> {
        desk.test
            .db
            .value(&format!("select network || ':' || handle from social_account where network = '{network}'"))
            .await
    };
    let (mastodon, other) = (handle("mastodon").await?, handle("bluesky").await?);
    let file = format!(
        "key,title,accounts,text,base text,thread,first comment,link,options\n\
         a,Launch,{mastodon},,For all,\"Two\n----\n---\n-three\",Our shop,,\"visibility=unlisted\nspoiler_text=a=b\"\n\
         a,Launch,{other},For one,For all,,,https://nour.example/,\n\
         ,With a link,{mastodon},,Words,,,https://nour.example/a,\n"
    );
    let import = desk.receive(file.as_bytes()).await?;
    let (made, rows) = desk.run(import, false, false).await?;
    assert_eq!((made.state, made.posts), (ImportState::Imported, 2), "{rows:?}");
    let plan = "select string_agg(concat_ws('|', p.title, p.base_text, v.text, v.own_text, v.thread, v.first_comment, v.link, v.options,
        v.social_account_id), '#' order by p.title, v.own_text)
      from post p join post_variant v on v.post_id = p.id";
    let before: String = desk.test.db.value(plan).await?;
    let expected = [
        "Launch|For all|For all|f|{\"Two\n---\",-three}|Our shop|{\"visibility\": \"unlisted\", \"spoiler_text\": \"a=b\"}".to_owned(),
        format!("Launch|For all|For one|t|{{}}|https://nour.example/|{{}}|{bluesky}"),
        // No card there: the link is among the words, which are a text of their own then.
        "With a link|Words|Words\n\nhttps://nour.example/a|t|{}|{}".to_owned(),
    ];
    for part in expected {
        assert!(before.contains(&part), "{part}: {before}");
    }
    for format in [PlanFormat::Csv, PlanFormat::Xlsx] {
        let bytes = desk.export(format).await?;
        desk.test.db.run("delete from content_import_row; delete from post_contributor; delete from post").await?;
        let import = desk.receive(&bytes).await?;
        let (made, rows) = desk.run(import, false, false).await?;
        assert_eq!((made.state, made.posts), (ImportState::Imported, 2), "{rows:?}");
        assert_eq!(desk.test.db.value::<String>(plan).await?, before, "{format:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_of_a_row_cannot_be_is_told_by_its_column() -> Result<()> {
    let desk = Desk::new().await?;
    let handle = desk.handle().await?;
    let file = format!(
        "title,accounts,text,first comment,options,thread\nOptions,{handle},Hi,,unlisted,\nUnknown,{handle},Hi,,a=b,\n\
         Nobody,,,Our shop,,\nNobody either,,,,,Two\n"
    );
    let import = desk.receive(file.as_bytes()).await?;
    let (_, rows) = desk.run(import, true, false).await?;
    let found = |row: usize| {
        let findings = rows[row].findings.iter();
        findings.map(|finding| (finding.column, finding.user_error().code)).collect::<Vec<_>>()
    };
    assert_eq!(found(0), [(Some(PlanColumn::Options), Code::Invalid)]);
    assert_eq!(found(1), [(Some(PlanColumn::Options), Code::OptionNotForNetwork)]);
    assert_eq!(rows[1].outcome, RowOutcome::Ready, "a network's refusal warns of a draft");
    for row in [2, 3] {
        assert_eq!(found(row), [(Some(PlanColumn::Accounts), Code::NoVariants)], "it would be lost");
        assert_eq!(rows[row].outcome, RowOutcome::Refused);
    }
    assert_eq!(desk.posts().await?, 0);
    Ok(())
}

#[tokio::test]
async fn many_rows_take_no_more_statements_than_one() -> Result<()> {
    let desk = Desk::new().await?;
    let handle = desk.handle().await?;
    let mut counts = Vec::new();
    for rows in [1, 800] {
        let lines: Vec<String> = (0..rows).map(|row| format!("Post {row},2026-12-01,{handle},Hello {row}\n")).collect();
        let import = desk.receive(format!("title,date,accounts,text\n{}", lines.concat()).as_bytes()).await?;
        let context = desk.test.act(&desk.person).await?;
        import_content_plan(&context, ImportRun { import_id: import, dry_run: false, skip_invalid: false }).await?;
        context.commit().await?;
        let before = desk.test.db.statements();
        desk.test.run_jobs().await?;
        counts.push(desk.test.db.statements() - before);
    }
    assert_eq!(desk.posts().await?, 801);
    assert_eq!(counts[0], counts[1]);
    Ok(())
}
