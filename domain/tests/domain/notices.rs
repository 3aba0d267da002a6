//! Notices by mail: at once, then bundled; not what was read already; plural forms; and lost accounts.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_domain::notices::in_words;
use diwan_domain::publishing::{PauseTarget, pause_publishing, resume_publishing};
use diwan_domain::{jobs, messages};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::trust::notice::{self, NoticeKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices};
use serde_json::{Value, json};
use uuid::Uuid;

struct Bench {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    account: Uuid,
    person: Person,
}

impl Bench {
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, clock, brand, account, person })
    }

    /// So many publications that the worker finds far too late.
    async fn missed(&self, how_many: usize) -> Result<()> {
        for _ in 0..how_many {
            let (post, _) = self.test.post(self.brand, self.account, "Good morning", &self.person).await?;
            let due = self.test.services.now() - Duration::days(1);
            self.test.publication(self.brand, post, due).await?;
        }
        self.test.run_jobs().await?;
        Ok(())
    }

    async fn letters(&self) -> Result<i64> {
        self.test.db.value("select count(*) from letter where template = 'notices'").await
    }

    async fn unmailed(&self) -> Result<i64> {
        self.test.db.value("select count(*) from notice where mailed_at is null").await
    }
}

#[tokio::test]
async fn letters_of_ten_minutes_are_one() -> Result<()> {
    let bench = Bench::new().await?;
    bench.missed(1).await?;
    assert_eq!((bench.letters().await?, bench.unmailed().await?), (1, 0), "the first goes out at once");
    for _ in 0..3 {
        bench.clock.advance(Duration::minutes(2));
        bench.missed(1).await?;
        assert_eq!(bench.letters().await?, 1);
    }
    assert_eq!(bench.unmailed().await?, 3);
    bench.clock.advance(Duration::minutes(5));
    bench.test.run_jobs().await?;
    assert_eq!((bench.letters().await?, bench.unmailed().await?), (2, 0), "the others in one letter");
    bench.clock.advance(Duration::minutes(11));
    bench.test.run_jobs().await?;
    assert_eq!(bench.letters().await?, 2, "nothing is said twice");
    Ok(())
}

#[tokio::test]
async fn what_was_read_meanwhile_is_not_written_about() -> Result<()> {
    let bench = Bench::new().await?;
    bench.missed(1).await?;
    bench.clock.advance(Duration::minutes(1));
    bench.missed(2).await?;
    let read = bench.test.services.now().to_rfc3339();
    bench.test.db.run(&format!("update notice set read_at = '{read}' where read_at is null")).await?;
    bench.clock.advance(Duration::minutes(12));
    bench.test.run_jobs().await?;
    assert_eq!((bench.letters().await?, bench.unmailed().await?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn who_has_left_is_not_written_to_any_more() -> Result<()> {
    let bench = Bench::new().await?;
    bench.missed(1).await?;
    bench.clock.advance(Duration::minutes(1));
    bench.missed(1).await?;
    bench.test.db.run("update membership set ended_at = created_at").await?;
    bench.clock.advance(Duration::minutes(12));
    bench.test.run_jobs().await?;
    assert_eq!((bench.letters().await?, bench.unmailed().await?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn what_many_threads_come_to_is_told_in_as_many_statements_as_of_one() -> Result<()> {
    let bench = Bench::new().await?;
    let chief = bench.test.chief().await?;
    let mut statements = Vec::new();
    for threads in [1, 12] {
        for _ in 0..threads {
            let (post, _) = bench.test.post(bench.brand, bench.account, "Good morning", &bench.person).await?;
            bench.test.publication(bench.brand, post, bench.test.services.now() - Duration::days(1)).await?;
        }
        for sql in [
            "delete from job",
            r#"update publication set state = 'PAUSED', trouble = 'PAUSED', frozen_at = now(),
                 checkpoint = '{"stage": "preparing", "sent": [{"id": "1"}]}' where state = 'SCHEDULED'"#,
        ] {
            bench.test.db.run(sql).await?;
        }
        let context = bench.test.act(&chief).await?;
        let pause = pause_publishing(&context, PauseTarget::Brand(bench.brand), "A crisis").await?;
        resume_publishing(&context, pause.id).await?;
        context.commit().await?;
        let told = bench.test.db.count("notice").await?;
        let job: Uuid = bench.test.db.value("select id from job where kind = 'resume_publishing'").await?;
        let before = bench.test.db.statements();
        jobs::run(&bench.test.services, job, "test").await?;
        statements.push(bench.test.db.statements() - before);
        assert!(bench.test.db.count("notice").await? >= told + threads, "each is told");
    }
    assert_eq!(statements[0], statements[1]);
    Ok(())
}

fn about(kind: NoticeKind, params: Value) -> notice::Model {
    notice::Model {
        id: Uuid::nil(),
        agency_id: Uuid::nil(),
        brand_id: None,
        recipient_id: Uuid::nil(),
        kind,
        subject_id: Uuid::nil(),
        params,
        in_app: true,
        mail: true,
        created_at: chrono::DateTime::UNIX_EPOCH,
        read_at: None,
        mailed_at: None,
    }
}

#[test]
fn numbers_take_the_form_that_the_language_has_for_them() {
    let said = |locale, count: i64| {
        let words = in_words(locale, &about(NoticeKind::PublicationMissed, json!({ "count": count })));
        words.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect::<String>()
    };
    assert!(said(Locale::En, 1).starts_with("One publication came due"));
    assert!(said(Locale::En, 2).starts_with("2 publications came due"));
    assert!(said(Locale::Ar, 2).contains("عمليتَي نشر"));
    assert!(said(Locale::Ar, 5).contains("٥ عمليات نشر"));
    assert!(said(Locale::Ar, 11).contains("١١ عملية نشر"));
    assert!(said(Locale::He, 2).contains("שני פרסומים"));
    assert!(said(Locale::El, 1).contains("μίας δημοσίευσης"));
    assert!(said(Locale::Fa, 12).contains("۱۲ انتشار"));
}

#[test]
fn every_kind_has_words_in_every_language() {
    let params = json!({ "title": "Nowruz", "account": "Nour", "network": "mastodon", "trouble": "CONTENT", "url": "https://a.example/" });
    for locale in [Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He] {
        for kind in [
            NoticeKind::PublicationFailed,
            NoticeKind::PublicationUnconfirmed,
            NoticeKind::PublicationMissed,
            NoticeKind::AccountDisconnected,
            NoticeKind::WebhookDisabled,
            NoticeKind::ContractEnding,
            NoticeKind::ContractCommented,
            NoticeKind::DeliverableDue,
            NoticeKind::ReportNotSent,
            NoticeKind::InsightAlert,
            NoticeKind::WebSourceFailed,
            NoticeKind::ReportHostLost,
        ] {
            let said = in_words(locale, &about(kind, params.clone()));
            let shows = match kind {
                NoticeKind::WebhookDisabled => "a.example",
                NoticeKind::ContractEnding
                | NoticeKind::ContractCommented
                | NoticeKind::DeliverableDue
                | NoticeKind::ReportNotSent
                | NoticeKind::InsightAlert
                | NoticeKind::WebSourceFailed
                | NoticeKind::ReportHostLost => "Nowruz",
                _ => "Mastodon",
            };
            assert!(said.contains(shows) && !said.starts_with("notice-"), "{locale:?} {kind:?}: {said}");
            let has_step = matches!(
                kind,
                NoticeKind::AccountDisconnected
                    | NoticeKind::WebhookDisabled
                    | NoticeKind::ContractEnding
                    | NoticeKind::ContractCommented
                    | NoticeKind::DeliverableDue
                    | NoticeKind::ReportNotSent
                    | NoticeKind::InsightAlert
                    | NoticeKind::WebSourceFailed
                    | NoticeKind::ReportHostLost
            );
            let step = messages::trouble(locale, "CONTENT");
            assert!(has_step || said.contains(step.trim()), "{locale:?} {kind:?}: {said}");
        }
    }
}
