//! Letters: sealed while they wait, sent by a real server, and gone afterwards however it ended.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use diwan_domain::error::Arg;
use diwan_domain::trust::{Letter, queue_letter};
use diwan_entity::tenancy::agency::Locale;
use diwan_testkit::servers::MailCatcher;
use diwan_testkit::{Settings, TestServices};
use url::Url;

/// What only the reader of the letter may know.
const SECRET: &str = "9bXsecretQx";

const DAY: Duration = Duration::from_mins(1);

async fn services(catcher: &MailCatcher) -> Result<TestServices> {
    TestServices::with(Settings { mail: Some(catcher.settings()?), ..Settings::default() }).await
}

async fn write(test: &TestServices, to: &str, locale: Locale) -> Result<()> {
    test.agency().await?;
    let letter = Letter {
        to: to.to_owned(),
        locale,
        template: "invitation",
        args: vec![
            ("name", Arg::Text("Dina".into())),
            ("inviter", Arg::Text("نور".into())),
            ("agency", Arg::Text("Nour Agency".into())),
            ("days", Arg::Number(3)),
        ],
        link: Some(Url::parse(&format!("https://diwan.example/join/{SECRET}"))?),
    };
    let tx = test.services.db.write().await?;
    queue_letter(&tx, &test.services, letter).await?;
    Ok(tx.commit().await?)
}

/// Every row of every table and every log line of the database that could hold the secret.
async fn remains(test: &TestServices) -> Result<i64> {
    let sql = format!(
        "select count(*) from (
           select l::text as row from letter l union all select j::text from job j union all select e::text from audit_event e
         ) every where row like '%{SECRET}%' or row like '%{}%'",
        data_encoding::HEXLOWER.encode(SECRET.as_bytes())
    );
    test.db.value(&sql).await
}

async fn letter(test: &TestServices, column: &str) -> Result<String> {
    test.db.value(&format!("select coalesce({column}::text, '-') from letter")).await
}

#[tokio::test]
async fn a_letter_arrives_in_its_language_and_leaves_nothing_behind() -> Result<()> {
    let catcher = MailCatcher::start().await?;
    let test = services(&catcher).await?;
    write(&test, "dina@nour.example", Locale::Fa).await?;
    ensure!(letter(&test, "content").await? != "-", "it waits with its content");
    assert_eq!(remains(&test).await?, 0, "sealed while it waits");
    test.run_jobs().await?;

    let [mail] = &catcher.mail().await?[..] else { anyhow::bail!("not one mail") };
    assert_eq!(mail["to"][0]["address"], "dina@nour.example");
    let (text, html) = (mail["text"].as_str().context("text")?, mail["html"].as_str().context("html")?);
    let link = format!("https://diwan.example/join/{SECRET}");
    assert!(text.contains(&link) && text.contains("سلام"), "{text}");
    assert!(mail["subject"].as_str().is_some_and(|subject| subject.contains("دعوت کرده است")), "{mail}");
    assert!(catcher.source(mail).await?.is_ascii(), "it passes servers of any age");
    assert!(html.contains("پذیرفتن دعوت") && html.contains("۳\u{2069} روز"), "{html}");
    assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 2, "{html}");
    assert!(html.contains("<html lang=\"fa\" dir=\"rtl\">"), "{html}");
    assert_eq!(mail["headers"]["content-language"], "fa");
    let id: String = test.db.value("select replace(id::text, '-', '') from letter").await?;
    assert_eq!(mail["headers"]["message-id"], format!("<{id}@nour.example>"));

    assert_eq!(letter(&test, "content").await?, "-");
    assert_ne!(letter(&test, "sent_at").await?, "-");
    assert_eq!(remains(&test).await?, 0);
    // Run once more, it has nothing to send.
    test.db.run("update job set state = 'PENDING', finished_at = null").await?;
    test.run_jobs().await?;
    assert_eq!(catcher.mail().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_letter_waits_for_its_server_and_arrives_once() -> Result<()> {
    let mut catcher = MailCatcher::absent()?;
    let test = services(&catcher).await?;
    write(&test, "dina@nour.example", Locale::En).await?;
    test.run_jobs().await?;
    assert_eq!(letter(&test, "sent_at").await?, "-");
    let failures: i32 = test.db.value("select failures from job where state = 'PENDING'").await?;
    assert_eq!(failures, 1);
    catcher.open().await?;
    test.run_jobs_until(DAY, async || Ok(letter(&test, "sent_at").await? != "-")).await?;
    assert_eq!(catcher.mail().await?.len(), 1);
    assert_eq!(remains(&test).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_letter_that_nobody_takes_is_given_up() -> Result<()> {
    let catcher = MailCatcher::start().await?;
    let test = services(&catcher).await?;
    write(&test, "nobody@refused.example", Locale::En).await?;
    test.run_jobs().await?;
    assert_eq!(letter(&test, "error").await?, "REFUSED 550");
    assert_eq!(letter(&test, "content").await?, "-");
    assert_eq!(test.due_jobs().await?, 0);
    assert_eq!((catcher.mail().await?.len(), remains(&test).await?), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_letter_that_never_finds_its_server_is_given_up_with_its_content() -> Result<()> {
    let catcher = MailCatcher::absent()?;
    let test = services(&catcher).await?;
    write(&test, "dina@nour.example", Locale::En).await?;
    test.run_jobs_until(DAY, async || Ok(letter(&test, "error").await? == "GAVE_UP")).await?;
    assert_eq!(letter(&test, "content").await?, "-");
    assert_eq!(remains(&test).await?, 0);
    Ok(())
}

#[tokio::test]
async fn without_a_mail_server_a_letter_is_given_up_at_once() -> Result<()> {
    let test = TestServices::new().await?;
    write(&test, "dina@nour.example", Locale::En).await?;
    test.run_jobs().await?;
    assert_eq!(letter(&test, "error").await?, "NOT_CONFIGURED");
    assert_eq!(letter(&test, "content").await?, "-");
    assert_eq!(test.due_jobs().await?, 0);
    Ok(())
}
