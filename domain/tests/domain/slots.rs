//! Slots: their times over every change of the clocks, who gets which, and when an account does best.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use diwan_domain::calendar::{
    FreeSlots, NewSlot, PlacePost, Recurrence, RuleInput, SlotRule, at_wall_clock, best_times, create_slot, free_slots,
    occurrences, place_in_slot, update_slot,
};
use diwan_domain::publishing::unschedule_post;
use diwan_domain::{Code, Failure};
use diwan_entity::calendar::{post, slot};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    brand: Uuid,
    calendar: Uuid,
    account: Uuid,
    person: Person,
}

fn code<T>(result: Result<T, Failure>) -> Result<Option<Code>> {
    match result {
        Ok(_) => Ok(None),
        Err(Failure::Refused(errors)) => Ok(errors.first().map(|error| error.code)),
        Err(failure) => Err(failure.into()),
    }
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap_or_default()
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let calendar = test.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let account = test.account(brand, "mastodon", &person).await?;
        Ok(Self { test, brand, calendar, account, person })
    }

    fn today(&self) -> NaiveDate {
        self.test.services.now().date_naive()
    }

    fn daily(&self, at: &str) -> SlotRule {
        let days = RuleInput { rule: Some("FREQ=DAILY".to_owned()), weekdays: Vec::new() };
        SlotRule { days, time: time(at), starts_on: self.today(), ends_on: None }
    }

    async fn slot(&self, at: &str) -> Result<slot::Model> {
        let context = self.test.act(&self.person).await?;
        let new = NewSlot {
            brand_id: self.brand,
            calendar_id: Some(self.calendar),
            social_account_id: None,
            queue_id: None,
            rule: self.daily(at),
        };
        let row = create_slot(&context, new).await?;
        context.commit().await?;
        Ok(row)
    }

    async fn post(&self) -> Result<Uuid> {
        Ok(self.test.post(self.brand, self.account, "Good morning", &self.person).await?.0)
    }

    async fn place(&self, by: &Person, place: PlacePost) -> Result<Result<post::Model, Failure>> {
        let context = self.test.act(by).await?;
        let placed = place_in_slot(&context, place).await;
        if placed.is_ok() {
            context.commit().await?;
        } else {
            context.roll_back().await?;
        }
        Ok(placed)
    }

    async fn next(&self, post_id: Uuid, schedule: bool) -> Result<DateTime<Utc>> {
        let placed = self.place(&self.person, PlacePost { post_id, slot: None, after: None, schedule }).await??;
        placed.due_at.ok_or_else(|| anyhow::anyhow!("no time"))
    }

    async fn free(&self, most: usize) -> Result<Vec<DateTime<Utc>>> {
        let context = self.test.act(&self.person).await?;
        let wanted = FreeSlots {
            brand_id: self.brand,
            calendar_id: Some(self.calendar),
            account_ids: Vec::new(),
            after: None,
            most,
        };
        Ok(free_slots(&context, wanted).await?.into_iter().map(|one| one.at).collect())
    }
}

#[tokio::test]
async fn two_people_never_get_the_same_slot() -> Result<()> {
    let desk = Desk::new().await?;
    desk.slot("09:00").await?;
    desk.slot("17:30").await?;
    let mut posts = Vec::new();
    for _ in 0..8 {
        posts.push(desk.post().await?);
    }
    let wanted = desk.free(8).await?;
    let placed = futures::future::try_join_all(posts.iter().map(|post| desk.next(*post, true))).await?;
    let times: BTreeSet<DateTime<Utc>> = placed.iter().copied().collect();
    assert_eq!(times.len(), 8, "{placed:?}");
    assert_eq!(times.into_iter().collect::<Vec<_>>(), wanted, "the eight earliest, without a gap");
    let uses: i64 = desk.test.db.count("slot_use").await?;
    assert_eq!(uses, 8);
    assert_eq!(desk.test.db.value::<i64>("select count(*) from post where state = 'SCHEDULED'").await?, 8);
    // And should anything come past the lock, the database has the last word.
    let again = "insert into slot_use (brand_id, slot_id, on_date, post_id, due_at, taken_at)
      select brand_id, slot_id, on_date, gen_random_uuid(), due_at, taken_at from slot_use limit 1";
    assert!(desk.test.db.run(again).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_slot_is_free_again_when_its_post_leaves_it() -> Result<()> {
    let desk = Desk::new().await?;
    let slot = desk.slot("09:00").await?;
    let (first, second) = (desk.post().await?, desk.post().await?);
    let at = desk.next(first, true).await?;
    let named = PlacePost { post_id: second, slot: Some((slot.id, at.date_naive())), after: None, schedule: true };
    let before = desk.test.db.count("publication").await?;
    assert_eq!(code(desk.place(&desk.person, named.clone()).await?)?, Some(Code::SlotTaken));
    assert_eq!(desk.test.db.count("publication").await?, before);
    assert!(!desk.free(3).await?.contains(&at));
    let context = desk.test.act(&desk.person).await?;
    unschedule_post(&context, first).await?;
    context.commit().await?;
    assert_eq!(desk.test.db.count("slot_use").await?, 0);
    assert_eq!(desk.free(1).await?, [at]);
    desk.place(&desk.person, named).await??;
    // Placed anew, a post leaves the slot that it had.
    let moved = PlacePost { post_id: second, slot: None, after: Some(at + Duration::days(3)), schedule: false };
    let moved = desk.place(&desk.person, moved).await??;
    assert_eq!(moved.due_at.map(|due| due - at >= Duration::days(3)), Some(true));
    assert_eq!(desk.test.db.count("slot_use").await?, 1);
    assert_eq!(desk.free(1).await?, [at]);
    // What somebody scheduled by hand at that very moment is respected.
    desk.test.db.run(&format!("update post set due_at = '{}' where id = '{first}'", at.to_rfc3339())).await?;
    assert!(!desk.free(3).await?.contains(&at));
    // A change holds for the days that are free.
    let context = desk.test.act(&desk.person).await?;
    update_slot(&context, slot.id, 1, desk.daily("10:15")).await?;
    context.commit().await?;
    let kept: Option<DateTime<Utc>> =
        desk.test.db.value(&format!("select due_at from post where id = '{second}'")).await?;
    assert_eq!(kept, moved.due_at);
    Ok(())
}

#[tokio::test]
async fn who_may_not_plan_changes_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    desk.slot("09:00").await?;
    let post = desk.post().await?;
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let freelancer = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let (mine, _) = desk.test.post(desk.brand, desk.account, "Mine", &junior).await?;
    desk.test
        .db
        .run(&format!(
            "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
            values (gen_random_uuid(), '{}', '{post}', '{}', now())",
            desk.brand, freelancer.id
        ))
        .await?;
    let place = |post_id: Uuid, schedule: bool| PlacePost { post_id, slot: None, after: None, schedule };
    for (who, what) in [
        (&junior, place(post, true)),
        (&junior, place(post, false)),
        (&junior, place(mine, true)),
        (&freelancer, place(post, false)),
    ] {
        assert_eq!(code(desk.place(who, what).await?)?, Some(Code::Forbidden));
    }
    let stranger = desk.test.person(UserKind::Staff, None).await?;
    assert_eq!(code(desk.place(&stranger, place(post, false)).await?)?, Some(Code::NotFound));
    let context = desk.test.act(&junior).await?;
    let new = NewSlot {
        brand_id: desk.brand,
        calendar_id: Some(desk.calendar),
        social_account_id: None,
        queue_id: None,
        rule: desk.daily("12:00"),
    };
    assert_eq!(code(create_slot(&context, new).await)?, Some(Code::Forbidden));
    context.roll_back().await?;
    assert_eq!(desk.test.db.count("slot_use").await?, 0);
    assert_eq!(desk.test.db.count("slot").await?, 1);
    // What juniors write they propose.
    let planned = desk.place(&junior, place(mine, false)).await??;
    assert!(planned.due_at.is_some() && planned.state == post::PostState::Draft);
    Ok(())
}

#[tokio::test]
async fn without_a_slot_there_is_no_free_one() -> Result<()> {
    let desk = Desk::new().await?;
    let post = desk.post().await?;
    let place = PlacePost { post_id: post, slot: None, after: None, schedule: true };
    assert_eq!(code(desk.place(&desk.person, place).await?)?, Some(Code::NoFreeSlot));
    assert_eq!(desk.test.db.value::<i64>("select count(*) from post where state = 'SCHEDULED'").await?, 0);
    Ok(())
}

#[tokio::test]
async fn best_times_come_from_the_accounts_own_results() -> Result<()> {
    let desk = Desk::new().await?;
    let ask = async || -> Result<_> {
        let context = desk.test.act(&desk.person).await?;
        Ok(best_times(&context, desk.account).await?)
    };
    let nothing = ask().await?;
    assert!(!nothing.enough && nothing.times.is_empty() && nothing.average.is_none(), "no table of times");
    // Mondays at nine do well, Tuesdays at five do not.
    // Nine in Nairobi, whose clocks do not change.
    let today = desk.test.services.now().date_naive();
    let monday = today - Duration::days(14 + i64::from(today.weekday().num_days_from_monday()));
    let monday = monday.and_time(NaiveTime::MIN).and_utc() + Duration::hours(6);
    desk.test
        .db
        .run("update brand set created_at = created_at - interval '1 year', time_zone = 'Africa/Nairobi'")
        .await?;
    for number in 0..22_i64 {
        let (post, _) = desk.test.post(desk.brand, desk.account, "Hello", &desk.person).await?;
        let (publication, _) = desk.test.publication(desk.brand, post, desk.test.services.now()).await?;
        let good = number % 2 == 0;
        let at = monday - Duration::weeks(number / 2) + if good { Duration::zero() } else { Duration::hours(32) };
        let (likes, early) = (if good { 20 } else { 3 }, at + Duration::hours(2));
        desk.test
            .db
            .run(&format!(
                "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'LIKES', 1, '{early}' from publication where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'LIKES', {likes}, '{}' from publication where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'REPLIES', 1, '{}' from publication where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, id, 'LIKES', 999, '{}' from publication where id = '{publication}'",
                at + Duration::hours(40),
                at + Duration::hours(40),
                at + Duration::days(20),
            ))
            .await?;
    }
    let found = ask().await?;
    assert!(found.enough && found.samples == 22, "{found:?}");
    let best = &found.times[0];
    assert_eq!((best.weekday, best.hour, best.samples, best.engagement), (Weekday::Mon, 9, 11, Some(21.0)));
    // One that was never read does not count.
    desk.test
        .db
        .run("delete from metric_sample where publication_id = (select min(id::text)::uuid from publication)")
        .await?;
    assert_eq!(ask().await?.samples, 21);
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let context = desk.test.act(&junior).await?;
    assert_eq!(code(best_times(&context, desk.account).await)?, Some(Code::Forbidden));
    Ok(())
}

/// The days of a slot over ten years of a zone: each day once, at its time, in order.
fn check(zone: Tz, at: &str) -> Result<usize> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(2033, 12, 31).unwrap_or_default();
    let rule = Recurrence { rule: "FREQ=DAILY".to_owned(), at: time(at), starts_on: first, ends_on: Some(last) };
    let begin = at_wall_clock(zone, first.and_hms_opt(0, 0, 0).unwrap_or_default()) - Duration::days(1);
    // Window by window, as the job of a series asks: nothing is lost between two, and nothing comes twice.
    let mut found = BTreeMap::new();
    let mut from = begin;
    let end = begin + Duration::days(3660);
    while from < end {
        let until = from + Duration::days(97) + Duration::minutes(31);
        for one in occurrences(zone, &rule, from, until) {
            ensure!(found.insert(one.on, one.at).is_none(), "{zone}: {} comes twice", one.on);
        }
        from = until;
    }
    ensure!(found.len() == usize::try_from((last - first).num_days() + 1)?, "{zone} {at}: {} days", found.len());
    let mut before = None;
    for (on, moment) in &found {
        let local = moment.with_timezone(&zone).naive_local();
        let wanted = on.and_time(time(at));
        let skipped = zone.from_local_datetime(&wanted).earliest().is_none();
        ensure!(if skipped { local > wanted } else { local == wanted }, "{zone}: {wanted} became {local}");
        ensure!(before.is_none_or(|before| before < *moment), "{zone}: {local} is not after the one before");
        before = Some(*moment);
    }
    Ok(found.len())
}

fn check_zones(zones: impl Iterator<Item = Tz>) -> Result<()> {
    let (mut tested, mut seen) = (0, 0);
    for zone in zones {
        for at in ["09:00", "02:30", "00:00", "23:45"] {
            seen += check(zone, at)?;
        }
        tested += 1;
    }
    println!("{tested} zones, {seen} days");
    ensure!(tested >= 10);
    Ok(())
}

#[test]
fn no_slot_is_lost_or_doubled_in_zones_that_change_in_odd_ways() -> Result<()> {
    let odd = [
        "Europe/Athens",
        "Asia/Tehran",
        "Asia/Jerusalem",
        "Asia/Beirut",
        "Africa/Cairo",
        "Africa/Casablanca",
        "America/Santiago",
        "America/Nuuk",
        "America/Scoresbysund",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Pacific/Apia",
    ];
    check_zones(TZ_VARIANTS.iter().copied().filter(|zone| odd.contains(&zone.name())))
}

/// By hand, for some minutes: `cargo test -p diwan-domain --test domain -- --ignored every_zone`.
#[test]
#[ignore = "all zones take minutes; those that change in odd ways are tested each time"]
fn no_slot_is_lost_or_doubled_in_every_zone() -> Result<()> {
    check_zones(TZ_VARIANTS.iter().copied())
}
