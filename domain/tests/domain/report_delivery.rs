//! Reports that leave the house: links that are counted and end, schedules that make one report for each period, and letters that go out once.

mod leavers;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, NaiveTime, Utc};
use diwan_domain::insights::reports::report_file_key;
use diwan_domain::insights::{
    NewComposed, NewShare, ReportShare, ScheduleRule, TemplateChoice, compose_report, create_report_schedule,
    open_shared_file, open_shared_report, pause_report_schedule, report_shares, revoke_report_share, share_report,
    update_report_schedule,
};
use diwan_domain::trust::rerun_job;
use diwan_domain::{Code, Context, Failure};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_schedule::{self, Cadence};
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    mid: Person,
    senior: Person,
}

impl Desk {
    /// In Athens, on a Saturday afternoon in the middle of a month.
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new("2026-08-15T14:00:00Z".parse()?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = test.member(brand, Level::Senior, UserKind::Staff).await?;
        Ok(Self { test, clock, brand, mid, senior })
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

    /// A report of July for these readers, as a page and as a text file.
    async fn report(&self, audience: ReportAudience) -> Result<Uuid> {
        let new = NewComposed {
            brand_id: self.brand,
            template: TemplateChoice::BuiltIn(audience),
            from: "2026-07-01".parse()?,
            to: "2026-07-31".parse()?,
            title: Some("July <b>".to_owned()),
            formats: vec![ReportFormat::Html, ReportFormat::Csv],
            ..NewComposed::default()
        };
        let run = self.must(&self.senior, async |context| compose_report(context, new).await).await?;
        self.test.run_jobs().await?;
        Ok(run.id)
    }

    async fn share(&self, by: &Person, report: Uuid, days: i64) -> Result<Result<(ReportShare, String), Code>> {
        let expires_at = self.test.services.now() + Duration::days(days);
        let new = NewShare { report_id: report, expires_at, locale: None };
        let made = self.act(by, async |context| share_report(context, new).await).await?;
        Ok(made.map(|(share, url)| {
            let secret = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
            (share, secret)
        }))
    }

    /// Whether a link opens anything.
    async fn opens(&self, secret: &str) -> Result<bool> {
        let page = open_shared_report(&self.test.services, secret).await;
        let file = open_shared_file(&self.test.services, secret, ReportFormat::Csv).await;
        for failure in [page.as_ref().err(), file.as_ref().err()].into_iter().flatten() {
            let code = match failure {
                Failure::Refused(errors) => errors.first().context("a reason")?.code,
                Failure::Fault(fault) => anyhow::bail!("{fault}"),
            };
            assert_eq!(code, Code::LinkInvalid, "however it ended");
        }
        assert_eq!(page.is_ok(), file.is_ok());
        Ok(page.is_ok())
    }

    fn rule(&self) -> ScheduleRule {
        ScheduleRule {
            name: "Each month".to_owned(),
            template: TemplateChoice::BuiltIn(ReportAudience::Client),
            cadence: Cadence::Monthly,
            weekday: None,
            month_day: Some(1),
            time: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            formats: vec![ReportFormat::Html],
            emails: vec!["Client@alpha.example".to_owned(), "client@alpha.example ".to_owned()],
            member_ids: vec![self.senior.id],
            locale: None,
        }
    }

    async fn schedule(&self, by: &Person, rule: ScheduleRule) -> Result<Result<report_schedule::Model, Code>> {
        let brand = self.brand;
        self.act(by, async |context| create_report_schedule(context, brand, rule).await).await
    }

    /// Lets time pass up to this moment, and does twice what is due then.
    async fn pass(&self, until: &str) -> Result<()> {
        let until: DateTime<Utc> = until.parse()?;
        self.clock.advance(until - self.test.services.now());
        self.test.run_jobs().await?;
        self.test.run_jobs().await?;
        Ok(())
    }

    /// The periods of the reports that were asked for, and how they were delivered.
    async fn deliveries(&self) -> Result<String> {
        let sql = "select coalesce(string_agg(r.from_day || '/' || r.to_day || ' ' || d.state, ', ' order by d.id), '')
          from report_delivery d join report_run r on r.brand_id = d.brand_id and r.id = d.report_id";
        self.test.db.value(sql).await
    }

    /// To whom reports were written, one for each letter.
    async fn letters(&self) -> Result<String> {
        let sql =
            "select coalesce(string_agg(split_part(recipient, '@', 2), ' ' order by recipient, id), '') from letter
          where template = 'report-ready'";
        self.test.db.value(sql).await
    }
}

#[tokio::test]
async fn a_link_is_counted_and_ends() -> Result<()> {
    let desk = Desk::new().await?;
    let report = desk.report(ReportAudience::Client).await?;
    let Ok((share, secret)) = desk.share(&desk.mid, report, 10).await? else { anyhow::bail!("not shared") };
    desk.clock.advance(Duration::seconds(1));
    let Ok((_, other)) = desk.share(&desk.mid, report, 10).await? else { anyhow::bail!("not shared") };

    let opened = open_shared_report(&desk.test.services, &secret).await?;
    assert_eq!((opened.title.as_str(), opened.formats), ("July <b>", vec![ReportFormat::Csv, ReportFormat::Html]));
    let page = opened.page.context("a page")?;
    let after = String::from_utf8(page.after)?;
    assert!(page.before.contains("<style>") && after.contains("July &lt;b&gt;") && page.rest.size() == 0);
    assert!(desk.opens(&secret).await?);
    let shares = desk.must(&desk.mid, async |context| report_shares(context, report).await).await?;
    assert_eq!(shares.iter().map(|one| one.views).collect::<Vec<_>>(), [0, 2], "files are not counted");

    let id = share.id;
    for _ in 0..2 {
        let ended = desk.must(&desk.mid, async |context| revoke_report_share(context, id).await).await?;
        assert!(ended.revoked_at.is_some() && ended.views == 2);
    }
    let records = "select count(*) from audit_event where action = 'report_share.revoke'";
    assert_eq!(desk.test.db.value::<i64>(records).await?, 1, "ended once");
    assert!(!desk.opens(&secret).await? && !desk.opens("dwl_nothing").await?);
    assert!(desk.opens(&other).await?);
    desk.clock.advance(Duration::days(10));
    assert!(!desk.opens(&other).await?, "its time is over");
    let views = "select sum(views)::bigint from report_share";
    assert_eq!(desk.test.db.value::<i64>(views).await?, 3, "what does not open is not counted");
    Ok(())
}

#[tokio::test]
async fn what_is_internal_is_not_shared_by_everybody_and_no_link_is_for_ever() -> Result<()> {
    let desk = Desk::new().await?;
    let (internal, report) = (desk.report(ReportAudience::Team).await?, desk.report(ReportAudience::Client).await?);
    let stranger = desk.test.member(desk.test.brand("Beta").await?, Level::Senior, UserKind::Staff).await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    for (who, which, days, code) in [
        (&desk.mid, internal, 10, Code::Forbidden),
        (&junior, report, 10, Code::Forbidden),
        (&stranger, report, 10, Code::NotFound),
        (&desk.mid, report, 366, Code::Invalid),
        (&desk.mid, report, 0, Code::TimeInPast),
    ] {
        assert_eq!(desk.share(who, which, days).await?.err(), Some(code));
    }
    for table in ["report_share", "public_link"] {
        assert_eq!(desk.test.db.count(table).await?, 0);
    }
    assert!(desk.share(&desk.senior, internal, 365).await?.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_schedule_makes_one_report_for_each_period_and_writes_to_everybody_once() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!(row.next_at.to_rfc3339(), "2026-09-01T06:00:00+00:00");
    desk.pass("2026-09-01T05:59:00Z").await?;
    assert_eq!(desk.deliveries().await?, "");
    desk.pass("2026-09-01T06:00:00Z").await?;
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 SENT");
    assert_eq!(desk.letters().await?, "nour.example alpha.example", "an address that was named twice is one");
    let links = "select count(*) from report_share s join public_link l on l.id = s.id where l.created_by is null";
    assert_eq!(desk.test.db.value::<i64>(links).await?, 1, "one link for all, and nobody of the team holds it");

    // Three months without anybody at work: one report, of the last period. The winter time makes it an hour later in UTC.
    desk.pass("2026-12-05T12:00:00Z").await?;
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 SENT, 2026-11-01/2026-11-30 SENT");
    let next: DateTime<Utc> = desk.test.db.value("select next_at from report_schedule").await?;
    assert_eq!(next.to_rfc3339(), "2027-01-01T07:00:00+00:00");

    // Whoever has left is not written to.
    desk.test.db.run(&format!("update membership set ended_at = now() where user_id = '{}'", desk.senior.id)).await?;
    desk.pass("2027-01-01T07:00:00Z").await?;
    assert_eq!(desk.letters().await?, "nour.example nour.example alpha.example alpha.example alpha.example");
    let letters: i64 = desk.test.db.count("report_letter").await?;
    assert_eq!(letters, 5, "one row for each letter");
    Ok(())
}

#[tokio::test]
async fn a_schedule_that_is_changed_swallows_no_period_and_sends_none_from_before() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    // By the clock of New York the first of September has not come when it has in Athens: August is told then, and July never.
    desk.test.db.run("update brand set time_zone = 'America/New_York'").await?;
    desk.pass("2026-09-01T06:00:00Z").await?;
    assert_eq!(desk.deliveries().await?, "");
    desk.pass("2026-09-01T13:00:00Z").await?;
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 SENT");
    // The quarter ends with its last month.
    desk.pass("2026-10-01T13:00:00Z").await?;
    let quarterly = ScheduleRule { cadence: Cadence::Quarterly, month_day: Some(5), ..desk.rule() };
    let change = async |context: &Context| update_report_schedule(context, row.id, row.version, quarterly).await;
    // Whoever began it has signed in too long ago.
    let colleague = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    desk.must(&colleague, change).await?;
    desk.pass("2026-10-05T13:00:00Z").await?;
    let sent = "2026-08-01/2026-08-31 SENT, 2026-09-01/2026-09-30 SENT, 2026-07-01/2026-09-30 SENT";
    assert_eq!(desk.deliveries().await?, sent);
    Ok(())
}

#[tokio::test]
async fn a_report_that_is_made_after_all_is_sent_after_all() -> Result<()> {
    let desk = Desk::new().await?;
    desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    // Nothing can be stored: a file lies where the folder should be.
    let place = desk.test.services.storage.staged_path(report_file_key(desk.brand, desk.brand));
    let folder = place.ancestors().nth(2).context("a folder")?;
    std::fs::write(folder, "")?;
    desk.pass("2026-09-01T06:00:00Z").await?;
    for _ in 0..desk.test.services.timing.max_failures {
        desk.clock.advance(Duration::minutes(1));
        desk.test.run_jobs().await?;
    }
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 FAILED");
    assert_eq!(desk.letters().await?, "");
    std::fs::remove_file(folder)?;
    let job: Uuid = desk.test.db.value("select id from job where state = 'SET_ASIDE'").await?;
    desk.must(&desk.senior, async |context| rerun_job(context, job).await).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 SENT");
    assert_eq!(desk.letters().await?, "nour.example alpha.example");
    Ok(())
}

#[tokio::test]
async fn a_report_goes_to_nobody_who_was_named_for_another_one() -> Result<()> {
    let desk = Desk::new().await?;
    let inside = ScheduleRule { template: TemplateChoice::BuiltIn(ReportAudience::Team), ..desk.rule() };
    let row = desk.schedule(&desk.senior, inside).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let place = desk.test.services.storage.staged_path(report_file_key(desk.brand, desk.brand));
    let folder = place.ancestors().nth(2).context("a folder")?;
    std::fs::write(folder, "")?;
    desk.pass("2026-09-01T06:00:00Z").await?;
    // While it waits to be stored, somebody who may send clients' reports alone names others, for such a report.
    let outside = ScheduleRule { emails: vec!["client@example.org".to_owned()], ..desk.rule() };
    desk.must(&desk.mid, async |context| update_report_schedule(context, row.id, row.version, outside).await).await?;
    std::fs::remove_file(folder)?;
    for _ in 0..desk.test.services.timing.max_failures {
        desk.clock.advance(Duration::minutes(1));
        desk.test.run_jobs().await?;
    }
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 NOBODY");
    assert_eq!(desk.letters().await?, "");
    Ok(())
}

#[tokio::test]
async fn a_job_that_runs_again_asks_and_writes_nothing_twice() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.pass("2026-09-01T06:00:00Z").await?;
    // As if the worker had died after each of its transactions, and its row had been taken back.
    desk.test
        .db
        .run(&format!(
            "update report_schedule set next_at = '2026-09-01T06:00:00Z' where id = '{}';
             update job set state = 'PENDING', finished_at = null, due_at = '2026-09-01T06:00:00Z'
               where kind in ('run_report_schedule', 'deliver_report')",
            row.id
        ))
        .await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 SENT");
    assert_eq!(desk.letters().await?, "nour.example alpha.example");
    Ok(())
}

#[tokio::test]
async fn whoever_may_no_longer_pauses_it_and_the_team_hears_of_it() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.test.db.run(&format!("update membership set level = 'JUNIOR' where user_id = '{}'", desk.mid.id)).await?;
    desk.pass("2026-09-01T06:00:00Z").await?;
    assert_eq!((desk.deliveries().await?, desk.letters().await?), (String::new(), String::new()));
    let said = "select trouble || ' ' || (paused_at is not null) from report_schedule";
    assert_eq!(desk.test.db.value::<String>(said).await?, "FORBIDDEN true");
    let told =
        "select string_agg(recipient_id::text, ' ' order by recipient_id) from notice where kind = 'REPORT_NOT_SENT'";
    let mut whom = [desk.mid.id, desk.senior.id];
    whom.sort_unstable();
    assert_eq!(desk.test.db.value::<String>(told).await?, whom.map(|id| id.to_string()).join(" "));

    // Somebody who may lets it go on in their own name; what came due meanwhile is not made up for.
    desk.clock.advance(Duration::days(2));
    let goes_on = async |context: &Context| pause_report_schedule(context, row.id, row.version + 1, false).await;
    let now = desk.must(&desk.senior, goes_on).await?;
    assert_eq!((now.in_name_of, now.trouble, now.paused_at), (desk.senior.id, None, None));
    desk.test.run_jobs().await?;
    assert_eq!(desk.deliveries().await?, "");
    desk.pass("2026-10-01T06:00:00Z").await?;
    assert_eq!(desk.deliveries().await?, "2026-09-01/2026-09-30 SENT");
    Ok(())
}

#[tokio::test]
async fn a_schedule_that_is_wrong_is_refused_whole() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let stranger = desk.test.member(desk.test.brand("Beta").await?, Level::Mid, UserKind::Staff).await?;
    let addresses = |count: usize| (0..count).map(|number| format!("{number}@alpha.example")).collect::<Vec<_>>();
    let rule = || desk.rule();
    let wrong = [
        (ScheduleRule { name: " ".to_owned(), ..rule() }, Code::Invalid),
        (ScheduleRule { cadence: Cadence::Weekly, ..rule() }, Code::Invalid),
        (ScheduleRule { month_day: Some(32), ..rule() }, Code::Invalid),
        (ScheduleRule { formats: Vec::new(), ..rule() }, Code::Invalid),
        (ScheduleRule { emails: vec!["nobody".to_owned()], ..rule() }, Code::Invalid),
        (ScheduleRule { emails: Vec::new(), member_ids: Vec::new(), ..rule() }, Code::Invalid),
        (ScheduleRule { emails: addresses(20), ..rule() }, Code::TooMany),
        (ScheduleRule { member_ids: vec![stranger.id], ..rule() }, Code::NotFound),
        (ScheduleRule { template: TemplateChoice::Own(desk.brand), ..rule() }, Code::NotFound),
        (ScheduleRule { template: TemplateChoice::BuiltIn(ReportAudience::Management), ..rule() }, Code::Forbidden),
    ];
    for (rule, code) in wrong {
        let said = format!("{rule:?}");
        assert_eq!(desk.schedule(&desk.mid, rule.clone()).await?.err(), Some(code), "{said}");
        let changed = async |context: &Context| update_report_schedule(context, row.id, 1, rule).await;
        assert_eq!(desk.act(&desk.mid, changed).await?.err(), Some(code), "{said}");
    }
    let late = async |context: &Context| update_report_schedule(context, row.id, 2, rule()).await;
    assert_eq!(desk.act(&desk.mid, late).await?.err(), Some(Code::ChangedMeanwhile));
    assert_eq!(desk.schedule(&stranger, rule()).await?.err(), Some(Code::NotFound));
    let known = "select count(*) || ' ' || sum(version) || ' ' || min(name) from report_schedule";
    assert_eq!(desk.test.db.value::<String>(known).await?, "1 1 Each month");
    let jobs = "select count(*) from job where kind = 'run_report_schedule'";
    assert_eq!(desk.test.db.value::<i64>(jobs).await?, 1);
    Ok(())
}
