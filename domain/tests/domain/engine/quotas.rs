//! What an account may publish in its network's period is asked before it is promised.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use diwan_domain::publishing::{ErrorPolicy, Shift, move_posts, schedule_post};
use diwan_domain::{Code, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices, load};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    brand: Uuid,
    account: Uuid,
    person: Person,
}

fn moment(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 8, day, hour, 0, 0).unwrap()
}

impl Desk {
    /// An account that may publish three posts on a day in UTC.
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(moment(3, 9)));
        let test = TestServices::with(Settings { clock: Some(clock), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let account = test.account(brand, "linkedin", &person).await?;
        test.db.run("update social_account set limits = jsonb_set(limits, '{quota}', '3')").await?;
        Ok(Self { test, brand, account, person })
    }

    async fn schedule(&self, text: &str, at: DateTime<Utc>) -> Result<Result<Uuid, Failure>> {
        let (post, _) = self.test.post(self.brand, self.account, text, &self.person).await?;
        let context = self.test.act(&self.person).await?;
        let scheduled = schedule_post(&context, post, at).await;
        if scheduled.is_ok() {
            context.commit().await?;
        }
        Ok(scheduled.map(|_| post))
    }

    async fn full_day(&self, day: u32) -> Result<Vec<Uuid>> {
        let mut posts = Vec::new();
        for hour in 10..13 {
            posts.push(self.schedule(&format!("{day} {hour}"), moment(day, hour)).await??);
        }
        Ok(posts)
    }

    async fn scheduled(&self) -> Result<i64> {
        self.test.db.value("select count(*) from publication where state = 'SCHEDULED'").await
    }
}

#[tokio::test]
async fn one_more_than_the_account_may_is_refused_with_the_next_free_moment() -> Result<()> {
    let desk = Desk::new().await?;
    desk.full_day(4).await?;
    desk.schedule("the day before", moment(3, 23)).await??;
    let refused = desk.schedule("one too many", moment(4, 20)).await?;
    let Err(Failure::Refused(errors)) = refused else { anyhow::bail!("not refused: {refused:?}") };
    assert_eq!((errors.len(), errors[0].code, errors[0].field.join(".")), (1, Code::QuotaReached, "dueAt".to_owned()));
    let said = diwan_domain::messages::user_error(diwan_entity::tenancy::agency::Locale::En, &errors[0]);
    assert!(said.contains('3') && said.contains("2026-08-05 00:00 UTC"), "{said}");
    assert_eq!(desk.scheduled().await?, 4);
    desk.schedule("the day after", moment(5, 0)).await??;
    // What was missed or failed takes no place.
    desk.test.db.run("update publication set state = 'MISSED' where due_at = '2026-08-04 11:00Z'").await?;
    desk.schedule("in its place", moment(4, 20)).await??;
    Ok(())
}

#[tokio::test]
async fn two_who_plan_at_the_same_time_do_not_both_get_the_last_place() -> Result<()> {
    let desk = Desk::new().await?;
    for hour in [10, 11] {
        desk.schedule(&format!("at {hour}"), moment(4, hour)).await??;
    }
    let plan = async |text: &str| desk.schedule(text, moment(4, 15)).await;
    let (one, other, third) = futures::join!(plan("one"), plan("other"), plan("third"));
    let went = [one?, other?, third?].iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(went, 1);
    assert_eq!(desk.scheduled().await?, 3);
    Ok(())
}

#[tokio::test]
async fn moves_keep_to_the_quota_and_a_full_plan_moves_as_a_whole() -> Result<()> {
    let desk = Desk::new().await?;
    let first = desk.full_day(4).await?;
    let second = desk.full_day(5).await?;
    let context = desk.test.act(&desk.person).await?;
    let a_day = || Shift { days: Some(1), ..Shift::default() };
    let moved = move_posts(&context, &first[..1], a_day(), ErrorPolicy::RejectFailedRows).await?;
    assert_eq!(moved[0].errors.iter().map(|error| error.code).collect::<Vec<_>>(), [Code::QuotaReached]);
    assert_eq!(moved[0].errors[0].field, ["postIds", "0"]);
    assert!(moved[0].post.is_none());
    let all: Vec<Uuid> = first.iter().chain(&second).copied().collect();
    let moved = move_posts(&context, &all, a_day(), ErrorPolicy::RejectEverything).await?;
    assert!(moved.iter().all(|one| one.errors.is_empty()), "{moved:?}");
    // Three days' posts do not fit into one.
    let to = Shift { date: Some(moment(20, 0).date_naive()), ..Shift::default() };
    let refused = move_posts(&context, &all, to, ErrorPolicy::RejectEverything).await;
    let Err(Failure::Refused(errors)) = refused else { anyhow::bail!("not refused") };
    assert_eq!(errors.len(), 3);
    context.commit().await?;
    let days: i64 = desk.test.db.value("select count(distinct due_at::date) from publication").await?;
    assert_eq!(days, 2);
    Ok(())
}

#[tokio::test]
async fn a_post_moves_freely_within_its_own_full_day() -> Result<()> {
    let desk = Desk::new().await?;
    let posts = desk.full_day(4).await?;
    let context = desk.test.act(&desk.person).await?;
    let back = Shift { at: Some(moment(4, 22) + TimeDelta::minutes(5)), ..Shift::default() };
    // On its own day a post moves freely, also where the day is full.
    let moved = move_posts(&context, &posts[..1], back, ErrorPolicy::RejectEverything).await?;
    assert!(moved[0].errors.is_empty());
    Ok(())
}

impl Desk {
    /// Moves scheduled posts to a time. Answers why not.
    async fn move_to(&self, posts: &[Uuid], at: DateTime<Utc>) -> Result<Vec<Code>> {
        let context = self.test.act(&self.person).await?;
        let to = Shift { at: Some(at), ..Shift::default() };
        let moved = move_posts(&context, posts, to, ErrorPolicy::RejectFailedRows).await?;
        context.commit().await?;
        Ok(moved.into_iter().flat_map(|one| one.errors).map(|error| error.code).collect())
    }
}

#[tokio::test]
async fn what_a_quota_does_not_count_takes_no_place() -> Result<()> {
    let desk = Desk::new().await?;
    let page = desk.test.account(desk.brand, "facebook", &desk.person).await?;
    desk.test
        .db
        .run(&format!("update social_account set limits = limits || '{{\"quota\": 2}}' where id = '{page}'"))
        .await?;
    let planned = async |format: &str, at| {
        let (post, variant) = desk.test.post(desk.brand, page, "Good morning", &desk.person).await?;
        let options =
            format!("update post_variant set options = '{{\"format\": \"{format}\"}}' where id = '{variant}'");
        desk.test.db.run(&options).await?;
        desk.test.publication(desk.brand, post, at).await?;
        anyhow::Ok(post)
    };
    for hour in [10, 11] {
        planned("reel", moment(4, hour)).await?;
        planned("feed", moment(4, hour)).await?;
    }
    let (reel, words) = (planned("reel", moment(9, 9)).await?, planned("feed", moment(9, 9)).await?);
    assert_eq!(desk.move_to(&[words], moment(4, 12)).await?, []);
    assert_eq!(desk.move_to(&[reel], moment(4, 12)).await?, [Code::QuotaReached]);
    // A day after the first of the two.
    assert_eq!(desk.move_to(&[reel], moment(5, 10)).await?, []);
    Ok(())
}

#[tokio::test]
async fn all_channels_share_what_the_application_may() -> Result<()> {
    let desk = Desk::new().await?;
    let other = desk.test.brand("Beta").await?;
    for brand in [desk.brand, other] {
        desk.test.calendar(brand, "Films").await?;
        desk.test.account(brand, "youtube", &desk.person).await?;
    }
    // A hundred on one day in California, on both channels in turns, and one more on another day.
    let film = |name, count, at| load::publications("youtube", name, count, at, TimeDelta::minutes(1));
    desk.test.db.run(&film("a film", 100, moment(4, 10))).await?;
    desk.test.db.run(&film("one more", 2, moment(9, 10))).await?;
    let own = format!("select id from post where brand_id = '{}' and title =", desk.brand);
    let more: Uuid = desk.test.db.value(&format!("{own} 'one more'")).await?;
    assert_eq!(desk.move_to(&[more], moment(4, 20)).await?, [Code::QuotaReached]);
    let film: Uuid = desk.test.db.value(&format!("{own} 'a film' limit 1")).await?;
    assert_eq!(desk.move_to(&[film], moment(4, 20)).await?, [], "within the day");
    let gone = "update publication set state = 'CANCELED' where id = (select id from publication where brand_id =";
    desk.test.db.run(&format!("{gone} '{other}' limit 1)")).await?;
    assert_eq!(desk.move_to(&[more], moment(4, 20)).await?, [], "in the other brand's place");
    Ok(())
}
