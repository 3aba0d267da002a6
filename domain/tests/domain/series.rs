//! Posts that come again: each once, at its time, through the review of any other post.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone as _, Utc};
use diwan_domain::approvals::{NewChain, StepRule, set_approval_chain};
use diwan_domain::calendar::{
    NewItem, NewSeries, NewSlot, QueueRule, RuleInput, SlotRule, add_to_queue, create_queue, create_series,
    create_slot, delete_queue, end_series, remove_from_queue, update_series,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::approvals::approval_step::{StepAudience, StepMode};
use diwan_entity::calendar::post_series::{self, RepeatMode};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    calendar: Uuid,
    account: Uuid,
    person: Person,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn rule(text: &str, at: &str, starts_on: &str) -> SlotRule {
    SlotRule {
        days: RuleInput { rule: Some(text.to_owned()), weekdays: Vec::new() },
        time: NaiveTime::parse_from_str(at, "%H:%M").unwrap_or_default(),
        starts_on: day(starts_on),
        ends_on: None,
    }
}

impl Desk {
    /// Three weeks before the clocks of Athens go back.
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 10, 4, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let calendar = test.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, clock, brand, calendar, account, person })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn post(&self, by: &Person) -> Result<Uuid> {
        Ok(self.test.post(self.brand, self.account, "Good morning", by).await?.0)
    }

    async fn series(&self, post_id: Uuid, rule: SlotRule, mode: RepeatMode) -> Result<post_series::Model> {
        let made =
            self.act(&self.person, async |context| create_series(context, NewSeries { post_id, rule, mode }).await);
        made.await?.map_err(|code| anyhow::anyhow!("{code:?}"))
    }

    async fn number(&self, sql: &str) -> Result<i64> {
        self.test.db.value(sql).await
    }

    async fn queue(&self, min_days: i32, max_copies: Option<i32>) -> Result<Uuid> {
        let rule = QueueRule {
            name: "Evergreen".to_owned(),
            mode: RepeatMode::Draft,
            min_days,
            max_copies,
            lead_days: 14,
            paused: false,
        };
        let brand = self.brand;
        let queue = self.act(&self.person, async |context| create_queue(context, brand, rule).await).await?;
        let queue = queue.map_err(|code| anyhow::anyhow!("{code:?}"))?.id;
        let new = NewSlot {
            brand_id: self.brand,
            calendar_id: Some(self.calendar),
            social_account_id: None,
            queue_id: Some(queue),
            rule: crate::series::rule("FREQ=DAILY", "09:00", "2026-10-01"),
        };
        let slot = self.act(&self.person, async |context| create_slot(context, new).await).await?;
        slot.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        Ok(queue)
    }

    async fn add(&self, queue_id: Uuid, expires_on: Option<NaiveDate>) -> Result<Uuid> {
        let post_id = self.post(&self.person).await?;
        let new = NewItem { queue_id, post_id, expires_on };
        let item = self.act(&self.person, async |context| add_to_queue(context, new).await).await?;
        Ok(item.map_err(|code| anyhow::anyhow!("{code:?}"))?.id)
    }
}

const MADE: &str = "select count(*) from repeated_post";

#[tokio::test]
async fn a_series_makes_each_of_its_posts_once_and_nine_stays_nine() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post(&desk.person).await?;
    let series = desk.series(post, rule("FREQ=DAILY", "09:00", "2026-10-04"), RepeatMode::Draft).await?;
    desk.test.run_jobs().await?;
    // The fourth itself is over; sixty days are made.
    assert_eq!(desk.number(MADE).await?, 60);
    let locals: i64 = desk
        .number(
            "select count(distinct (due_at at time zone 'Europe/Athens')::date) from post
           where state = 'DRAFT' and due_at is not null and (due_at at time zone 'Europe/Athens')::time = '09:00'",
        )
        .await?;
    assert_eq!(locals, 60, "also after the clocks have changed");
    assert_eq!(desk.number("select count(*) from post_variant where text = 'Good morning'").await?, 61);
    assert_eq!(desk.number("select count(*) from post_contributor").await?, 60, "who wrote the post wrote its copies");
    // Run again at once, nothing is new; a day later there is one more.
    desk.test
        .db
        .run("update job set state = 'PENDING', due_at = now(), finished_at = null where kind = 'extend_series'")
        .await?;
    desk.clock.advance(Duration::minutes(1));
    desk.test
        .db
        .run(&format!("update job set due_at = '{}' where kind = 'extend_series'", desk.test.services.now()))
        .await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.number(MADE).await?, 60);
    for days in 1..=3 {
        desk.clock.advance(Duration::hours(25));
        desk.test.run_jobs().await?;
        assert_eq!(desk.number(MADE).await?, 60 + days);
    }
    let twice = format!(
        "insert into repeated_post select brand_id, '{post}', series_id, null, on_date, due_at from repeated_post limit 1"
    );
    assert!(desk.test.db.run(&twice).await.is_err(), "a day of a series has one post");

    // Written anew, what nobody has touched is made anew; what somebody has is left alone.
    let touched: Uuid = desk.test.db.value("select post_id from repeated_post order by on_date desc limit 1").await?;
    desk.test.db.run(&format!("update post set version = 2, title = 'Mine' where id = '{touched}'")).await?;
    let change = (rule("FREQ=WEEKLY;BYDAY=MO", "10:30", "2026-10-04"), RepeatMode::Draft);
    let updated = desk.act(&desk.person, async |context| update_series(context, series.id, 1, change).await).await?;
    assert_eq!(updated.map(|series| series.version), Ok(2));
    desk.test.run_jobs().await?;
    let mondays = "select count(*) from post p join repeated_post r on r.post_id = p.id where p.state = 'DRAFT'
      and (p.due_at at time zone 'Europe/Athens')::time = '10:30' and extract(isodow from p.due_at) = 1";
    assert!((8..=9).contains(&desk.number(mondays).await?));
    assert_eq!(desk.number(&format!("select count(*) from post where id = '{touched}' and state = 'DRAFT'")).await?, 1);
    let stale = (rule("FREQ=DAILY", "09:00", "2026-10-04"), RepeatMode::Draft);
    let refused = desk.act(&desk.person, async |context| update_series(context, series.id, 1, stale).await).await?;
    assert_eq!(refused.err(), Some(Code::ChangedMeanwhile));

    let ended = desk.act(&desk.person, async |context| end_series(context, series.id).await).await?;
    assert!(ended.is_ok());
    assert_eq!(desk.number("select count(*) from post where state = 'DRAFT' and due_at > '2026-10-08'").await?, 1);
    let again = desk.act(&desk.person, async |context| end_series(context, series.id).await).await?;
    assert_eq!(again.err(), Some(Code::WrongState));
    desk.clock.advance(Duration::days(3));
    let before = desk.number("select count(*) from post").await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.number("select count(*) from post").await?, before);
    Ok(())
}

#[tokio::test]
async fn copies_are_handed_on_shortly_before_their_time_and_through_the_review() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post(&desk.person).await?;
    desk.series(post, rule("FREQ=WEEKLY;BYDAY=MO", "09:00", "2026-10-04"), RepeatMode::Schedule).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.number("select count(*) from post where state = 'SCHEDULED'").await?, 2, "those of two weeks");
    assert_eq!(desk.number("select count(*) from publication where state = 'SCHEDULED'").await?, 2);
    assert_eq!(desk.number("select count(*) from repeated_post where handed_on_at is not null").await?, 2);

    // A brand that wants approval: the next is submitted instead.
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let brand_id = desk.brand;
    let step = StepRule {
        mode: StepMode::Any,
        audience: StepAudience::Level,
        level: Some(Level::Senior),
        people: Vec::new(),
        due_hours: None,
    };
    let chain = NewChain { brand_id, kind: ApprovalKind::Post, steps: vec![step], version: None };
    desk.act(&senior, async |context| set_approval_chain(context, chain).await)
        .await?
        .map_err(|code| anyhow::anyhow!("{code:?}"))?;
    desk.test.db.run("update publication set state = 'CANCELED'; update job set state = 'CANCELED', finished_at = now() where kind = 'publish'").await?;
    desk.clock.advance(Duration::days(7));
    desk.test.run_jobs().await?;
    assert_eq!(desk.number("select count(*) from post where state = 'IN_REVIEW'").await?, 1);
    assert_eq!(desk.number("select count(*) from approval_request where state = 'PENDING'").await?, 1);

    // In the name of somebody who may no longer: it waits as a draft, and says why.
    desk.test
        .db
        .run(&format!("update membership set suspended_at = '2026-10-01' where user_id = '{}'", desk.person.id))
        .await?;
    desk.clock.advance(Duration::days(7));
    desk.test.run_jobs().await?;
    let trouble: String = desk.test.db.value("select trouble from repeated_post where trouble is not null").await?;
    assert_eq!(trouble, "NOT_FOUND");
    assert_eq!(desk.number("select count(*) from post where state = 'IN_REVIEW'").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_queue_fills_its_slots_and_no_post_is_seen_too_often() -> Result<()> {
    let desk = Desk::new().await?;
    let queue = desk.queue(5, Some(2)).await?;
    let first = desk.add(queue, None).await?;
    let short = desk.add(queue, Some(day("2026-10-06"))).await?;
    desk.test.run_jobs().await?;
    let seen = |item: Uuid| format!("select count(*) from repeated_post where item_id = '{item}'");
    assert_eq!(desk.number(&seen(first)).await?, 2, "no more than two copies, five days apart");
    assert_eq!(desk.number(&seen(short)).await?, 1, "not after it has expired");
    let apart: i64 = desk
        .number(&format!("select (max(on_date) - min(on_date))::bigint from repeated_post where item_id = '{first}'"))
        .await?;
    assert!(apart >= 5);
    assert_eq!(desk.number("select count(*) from slot_use").await?, 3);
    desk.clock.advance(Duration::hours(7));
    desk.test.run_jobs().await?;
    assert_eq!(desk.number(MADE).await?, 3, "run again, nothing is doubled");
    // A slot that was left is filled again, but not with what was just put away.
    let put_away: Uuid =
        desk.test.db.value(&format!("select post_id from repeated_post where item_id = '{short}'")).await?;
    desk.test.db.run(&format!("update post set state = 'ARCHIVED', due_at = null where id = '{put_away}'")).await?;
    assert_eq!(desk.number("select count(*) from slot_use").await?, 2);
    let third = desk.add(queue, None).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.number(&seen(third)).await?, 2);
    assert_eq!(desk.number(&seen(short)).await?, 1);
    // Posts of other people do not come into the queue's slots.
    let gone = desk.act(&desk.person, async |context| remove_from_queue(context, third).await).await?;
    assert!(gone.is_ok());
    assert_eq!(desk.number("select count(*) from slot_use").await?, 2);
    let struck = desk.act(&desk.person, async |context| delete_queue(context, queue).await).await?;
    assert!(struck.is_ok());
    assert_eq!(desk.number("select count(*) from slot_use").await?, 0);
    assert_eq!(desk.number("select count(*) from slot where queue_id is null").await?, 1);
    Ok(())
}

#[tokio::test]
async fn who_may_not_let_posts_come_again_changes_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    let post_id = desk.post(&desk.person).await?;
    let queue_id = desk.queue(5, None).await?;
    let before: DateTime<Utc> = desk.test.db.value("select max(at) from audit_event").await?;
    let (brand, rows) = (desk.brand, desk.number("select count(*) from job").await?);
    for kind in [UserKind::Staff, UserKind::Freelancer, UserKind::Client] {
        let who = desk.test.member(desk.brand, Level::Junior, kind).await?;
        let new = NewSeries { post_id, rule: rule("FREQ=DAILY", "09:00", "2026-10-04"), mode: RepeatMode::Schedule };
        let refused = desk.act(&who, async |context| create_series(context, new).await).await?.err();
        assert!(matches!(refused, Some(Code::Forbidden | Code::NotFound)), "{kind:?}: {refused:?}");
        let new = NewItem { queue_id, post_id, expires_on: None };
        let refused = desk.act(&who, async |context| add_to_queue(context, new).await).await?.err();
        assert!(matches!(refused, Some(Code::Forbidden | Code::NotFound)), "{kind:?}: {refused:?}");
        let rule = QueueRule {
            name: "Mine".to_owned(),
            mode: RepeatMode::Draft,
            min_days: 5,
            max_copies: None,
            lead_days: 14,
            paused: false,
        };
        assert_eq!(
            desk.act(&who, async |context| create_queue(context, brand, rule).await).await?.err(),
            Some(Code::Forbidden)
        );
    }
    assert_eq!(desk.number("select count(*) from job").await?, rows);
    assert_eq!(desk.number("select count(*) from post_series").await?, 0);
    assert_eq!(desk.number("select count(*) from evergreen_item").await?, 0);
    assert_eq!(desk.test.db.value::<DateTime<Utc>>("select max(at) from audit_event").await?, before);
    Ok(())
}
