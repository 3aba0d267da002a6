//! Alerts over days of a held clock: what is told, once, to whom, and when it is over.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, Utc};
use diwan_domain::insights::alerts::{
    AlertRule, acknowledge_insight_alert_event, create_insight_alert, delete_insight_alert, insight_alerts,
    update_insight_alert,
};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{WebVisits, record_web_analytics};
use diwan_domain::strategy::{Definition, create_kpi, measure_kpi};
use diwan_domain::{Code, jobs};
use diwan_entity::insights::insight_alert::{self, AlertBound, AlertKind};
use diwan_entity::strategy::kpi_version::{KpiDirection, KpiPeriod};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::ids;
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

use super::code;

/// A brand in Athens that has been there for a year, whose link was followed a hundred times a day, a few more or less, from July on.
struct Watch {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    person: Person,
}

impl Watch {
    async fn new(now: &str) -> Result<Self> {
        let clock = Arc::new(ManualClock::new(now.parse()?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let link = Uuid::from_u128(1);
        let sql = format!(
            "update brand set created_at = '2025-10-01';
             insert into tracked_link (id, brand_id, name, code, target_url, destination, created_by, created_at, updated_at)
               values ('{link}', '{brand}', 'Shop', 'abcdefghjk', 'https://nour.example', 'https://nour.example', '{}', '2026-06-01', '2026-06-01');
             insert into link_click select '{brand}', '{link}', d + interval '9 hours', '', 'MOBILE', 98 + extract(day from d)::int % 5
               from generate_series(timestamptz '2026-07-01 00:00:00+00', '2026-11-30 00:00:00+00', interval '1 day') d",
            person.id
        );
        test.db.run(&sql).await?;
        Ok(Self { test, clock, brand, person })
    }

    fn rule(&self, kpi: Kpi, kind: AlertKind) -> AlertRule {
        AlertRule {
            name: "Look here".to_owned(),
            kpi,
            account_id: None,
            kind,
            bound: None,
            threshold: None,
            currency: None,
            window_days: (kind != AlertKind::TargetMissed).then_some(1),
            enabled: true,
            recipient_ids: vec![self.person.id],
        }
    }

    fn below(&self, kpi: Kpi, threshold: &str) -> AlertRule {
        let bound = Some(AlertBound::Below);
        AlertRule { bound, threshold: Some(threshold.to_owned()), ..self.rule(kpi, AlertKind::Threshold) }
    }

    async fn make(&self, rule: AlertRule) -> Result<insight_alert::Model> {
        let context = self.test.act(&self.person).await?;
        let alert = create_insight_alert(&context, self.brand, rule).await?;
        context.commit().await?;
        Ok(alert)
    }

    /// A site of which somebody sent a hundred visits of each of these days.
    async fn site(&self, name: &str, (from, until): (&str, &str)) -> Result<()> {
        let sql = format!(
            "insert into web_source (id, brand_id, name, kind, state, created_by, created_at)
               values (gen_random_uuid(), '{}', '{name}', 'API', 'CONNECTED', '{}', '2026-07-01');
             insert into web_day (brand_id, source_id, day, channel, referrer, sessions, recorded_at)
               select s.brand_id, s.id, d::date, 'DIRECT', '', 100, d
               from web_source s, generate_series(timestamp '{from}', timestamp '{until}', interval '1 day') d where s.name = '{name}'",
            self.brand, self.person.id
        );
        self.test.db.run(&sql).await
    }

    /// Lets time go on until this moment, and does what is due then.
    async fn until(&self, at: &str) -> Result<()> {
        let at: DateTime<Utc> = at.parse()?;
        self.clock.advance(at - self.test.services.now());
        self.test.run_jobs().await?;
        Ok(())
    }

    async fn job(&self) -> Result<Uuid> {
        self.test.db.value("select id from job where kind = 'check_alerts' and state = 'PENDING'").await
    }

    async fn due(&self) -> Result<DateTime<Utc>> {
        self.test.db.value("select due_at from job where kind = 'check_alerts' and state = 'PENDING'").await
    }

    /// How much there is of what an alert writes.
    async fn written(&self) -> Result<[i64; 3]> {
        let db = &self.test.db;
        Ok([db.count("insight_alert").await?, db.count("audit_event").await?, db.count("job").await?])
    }

    /// Each event of an alert by its day, figure and state, oldest first.
    async fn events(&self, alert: Uuid) -> Result<String> {
        let sql = format!(
            "select coalesce(string_agg(concat_ws(' ', day, figure_micro / 1000000, state), ', ' order by id), '')
             from insight_alert_event where alert_id = '{alert}'"
        );
        self.test.db.value(&sql).await
    }
}

#[tokio::test]
async fn a_spike_is_told_once_until_it_is_over() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    // In the last hour of 25 October, which the clocks of Athens have twice before: that day has 25.
    let sql = format!(
        "insert into link_click values ('{}', '{}', '2026-10-25T21:45:00Z', '', 'DESKTOP', 500)",
        watch.brand,
        Uuid::from_u128(1)
    );
    watch.test.db.run(&sql).await?;
    let clicks = watch.make(watch.rule(Kpi::ReferralTraffic, AlertKind::Unusual)).await?;
    // Nobody counts visits: that is no alarm, and no zero.
    let visits = watch.make(watch.rule(Kpi::Sessions, AlertKind::Unusual)).await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.due().await?, "2026-10-24T23:00:00Z".parse::<DateTime<Utc>>()?, "two hours after midnight there");
    watch.until("2026-10-24T23:00:00Z").await?;
    assert_eq!(watch.events(clicks.id).await?, "");
    assert_eq!(watch.due().await?, "2026-10-26T00:00:00Z".parse::<DateTime<Utc>>()?, "after a day of 25 hours");

    watch.until("2026-10-26T00:00:00Z").await?;
    assert_eq!(watch.events(clicks.id).await?, "2026-10-25 598 OPEN");
    assert_eq!(watch.test.db.count("notice").await?, 1);
    let said = "select params ->> 'why' || ' ' || (params ->> 'value') || ' ' || (params ->> 'until') from notice";
    assert_eq!(watch.test.db.value::<String>(said).await?, "UNUSUAL 598 2026-10-25");
    // The same day once more, as after a worker that died.
    watch.test.db.run(&format!("update job set due_at = created_at where id = '{}'", watch.job().await?)).await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.events(clicks.id).await?, "2026-10-25 598 OPEN");
    assert_eq!(watch.test.db.count("notice").await?, 1);

    let context = watch.test.act(&watch.person).await?;
    let shown = insight_alerts(&context, watch.brand).await?;
    let open = shown.iter().find_map(|one| one.open.clone()).context("an event")?;
    let seen = acknowledge_insight_alert_event(&context, open.id).await?;
    context.commit().await?;
    assert_eq!((seen.seen_by, seen.seen_at), (Some(watch.person.id), Some(watch.test.services.now())));

    watch.until("2026-10-27T00:00:00Z").await?;
    assert_eq!(watch.events(clicks.id).await?, "2026-10-25 598 CLEARED");
    assert_eq!(watch.events(visits.id).await?, "");
    assert_eq!(watch.test.db.count("notice").await?, 1);
    let context = watch.test.act(&watch.person).await?;
    assert_eq!(code(acknowledge_insight_alert_event(&context, open.id).await)?, Some(Code::WrongState));
    Ok(())
}

#[tokio::test]
async fn what_is_missing_neither_raises_nor_clears() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    let account = watch.test.account(watch.brand, "mastodon", &watch.person).await?;
    let followers = async |value: i64, at: &str| {
        let sql = format!(
            "insert into metric_sample values (gen_random_uuid(), '{}', '{account}', null, 'FOLLOWERS', {value}, '{at}')",
            watch.brand
        );
        watch.test.db.run(&sql).await
    };
    followers(900, "2026-10-23T12:00:00Z").await?;
    let rule = AlertRule { account_id: Some(account), ..watch.below(Kpi::Followers, "1000") };
    let alert = watch.make(rule).await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.events(alert.id).await?, "2026-10-23 900 OPEN");
    // The number is older than a week: nobody knows. On the days between nobody looked, and the last of them is looked at.
    watch.until("2026-11-03T00:00:00Z").await?;
    assert_eq!(watch.events(alert.id).await?, "2026-10-23 900 OPEN");
    followers(1200, "2026-11-03T12:00:00Z").await?;
    watch.until("2026-11-04T00:00:00Z").await?;
    assert_eq!(watch.events(alert.id).await?, "2026-10-23 900 CLEARED");
    followers(800, "2026-11-04T12:00:00Z").await?;
    watch.until("2026-11-05T00:00:00Z").await?;
    assert_eq!(watch.events(alert.id).await?, "2026-10-23 900 CLEARED, 2026-11-04 800 OPEN");
    assert_eq!(watch.test.db.count("notice").await?, 2, "another time it is told again");

    // Said anew, it is looked at anew.
    let context = watch.test.act(&watch.person).await?;
    let rule = AlertRule { account_id: Some(account), ..watch.below(Kpi::Followers, "500") };
    let alert = update_insight_alert(&context, alert.id, 1, rule).await?;
    context.commit().await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.events(alert.id).await?, "2026-10-23 900 CLEARED, 2026-11-04 800 CLEARED");
    let context = watch.test.act(&watch.person).await?;
    delete_insight_alert(&context, alert.id).await?;
    context.commit().await?;
    assert_eq!(watch.test.db.count("insight_alert_event").await?, 0);
    watch.until("2026-11-06T00:00:00Z").await?;
    let left = "select count(*) from job where kind = 'check_alerts' and state = 'PENDING'";
    assert_eq!(watch.test.db.value::<i64>(left).await?, 0, "there is nothing to look at any more");
    Ok(())
}

#[tokio::test]
async fn a_part_that_is_not_known_any_more_is_no_fall() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    let stays = watch.test.account(watch.brand, "mastodon", &watch.person).await?;
    let goes = watch.test.account(watch.brand, "bluesky", &watch.person).await?;
    for (account, followers, until) in [(stays, 10_000, "2026-11-03"), (goes, 5_000, "2026-10-15")] {
        let sql = format!(
            "insert into metric_sample select gen_random_uuid(), '{}', '{account}', null, 'FOLLOWERS', {followers}, d
             from generate_series(timestamptz '2026-08-20 12:00:00+00', timestamptz '{until} 12:00:00+00', interval '1 day') d",
            watch.brand
        );
        watch.test.db.run(&sql).await?;
    }
    let below = watch.make(watch.below(Kpi::Followers, "14000")).await?;
    let unusual = watch.make(watch.rule(Kpi::Followers, AlertKind::Unusual)).await?;
    watch.test.run_jobs().await?;
    let both = async || -> Result<[String; 2]> { Ok([watch.events(below.id).await?, watch.events(unusual.id).await?]) };
    assert_eq!(both().await?, ["", ""], "nobody knows how many follow the second");
    // Whoever takes it away wants to be asked about the others alone, in the weeks before as well.
    watch.test.db.run(&format!("update social_account set state = 'DISCONNECTED' where id = '{goes}'")).await?;
    watch.until("2026-10-24T23:00:00Z").await?;
    assert_eq!(both().await?, ["2026-10-24 10000 OPEN", ""]);
    Ok(())
}

#[tokio::test]
async fn visits_are_looked_at_once_all_days_are_known() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    watch.site("Shop", ("2026-07-01", "2026-10-22")).await?;
    let week = AlertRule { window_days: Some(7), ..watch.rule(Kpi::Sessions, AlertKind::Unusual) };
    let week = watch.make(week).await?;
    let day = watch.make(watch.below(Kpi::Sessions, "50")).await?;
    watch.test.run_jobs().await?;
    assert_eq!((watch.events(week.id).await?, watch.events(day.id).await?), (String::new(), String::new()));
    // Yesterday comes, a bad day: it is looked at then.
    let visits = WebVisits {
        day: "2026-10-23".parse()?,
        channel: None,
        referrer: String::new(),
        sessions: 10,
        bounces: None,
        page_views: None,
    };
    let context = watch.test.act(&watch.person).await?;
    record_web_analytics(&context, (watch.brand, "Shop"), (vec![visits], Vec::new())).await?;
    context.commit().await?;
    watch.until("2026-10-24T12:05:00Z").await?;
    assert_eq!(watch.events(week.id).await?, "2026-10-23 610 OPEN");
    assert_eq!(watch.events(day.id).await?, "2026-10-23 10 OPEN");
    // The next day is not known: that clears nothing.
    watch.until("2026-10-24T23:00:00Z").await?;
    assert_eq!(watch.events(day.id).await?, "2026-10-23 10 OPEN");
    Ok(())
}

#[tokio::test]
async fn visits_without_a_site_that_was_disconnected_are_not_unusual() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    watch.site("Shop", ("2026-07-01", "2026-10-23")).await?;
    watch.site("Blog", ("2026-07-01", "2026-10-20")).await?;
    let gone = "update web_source set kind = 'MATOMO', base_url = 'https://blog.example', site_id = '1', state = 'DISCONNECTED'
                where name = 'Blog'";
    watch.test.db.run(gone).await?;
    let day = watch.make(watch.rule(Kpi::Sessions, AlertKind::Unusual)).await?;
    // Of the last seven days it told four.
    let week = AlertRule { window_days: Some(7), ..watch.rule(Kpi::Sessions, AlertKind::Unusual) };
    let week = watch.make(week).await?;
    let below = watch.make(watch.below(Kpi::Sessions, "150")).await?;
    watch.test.run_jobs().await?;
    assert_eq!((watch.events(day.id).await?, watch.events(week.id).await?), (String::new(), String::new()));
    assert_eq!(watch.events(below.id).await?, "2026-10-23 100 OPEN", "a threshold is beside no other days");
    Ok(())
}

#[tokio::test]
async fn visits_of_a_new_site_are_not_unusual() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    watch.site("Shop", ("2026-07-01", "2026-10-23")).await?;
    watch.site("Blog", ("2026-10-23", "2026-10-23")).await?;
    let day = watch.make(watch.rule(Kpi::Sessions, AlertKind::Unusual)).await?;
    let below = watch.make(watch.below(Kpi::Sessions, "250")).await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.events(day.id).await?, "");
    assert_eq!(watch.events(below.id).await?, "2026-10-23 200 OPEN");
    Ok(())
}

#[tokio::test]
async fn what_is_always_recorded_late_is_not_unusual_for_that() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    let sql = format!(
        "insert into conversion (id, brand_id, kind, source, external_id, digest, occurred_at, recorded_by, recorded_at)
         select gen_random_uuid(), '{}', 'LEAD', 'Till', concat(d, n), sha256('x'), d, '{}', d + interval '3 days'
         from generate_series(timestamptz '2026-08-01 09:00:00+00', timestamptz '2026-10-21 09:00:00+00', interval '1 day') d,
           generate_series(1, 10) n",
        watch.brand, watch.person.id
    );
    watch.test.db.run(&sql).await?;
    let alert = watch.make(watch.rule(Kpi::Conversions, AlertKind::Unusual)).await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.events(alert.id).await?, "");
    Ok(())
}

#[tokio::test]
async fn a_target_is_missed_in_proportion_to_its_time() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    let lead = watch.test.member(watch.brand, Level::Senior, UserKind::Staff).await?;
    let context = watch.test.act(&lead).await?;
    let definition = Definition {
        definition: "Clicks on our links".to_owned(),
        unit: "clicks".to_owned(),
        direction: KpiDirection::AtLeast,
        target: "3100".to_owned(),
        period: KpiPeriod::Month,
    };
    let kpi = create_kpi(&context, watch.brand, "Traffic", None, definition).await?;
    measure_kpi(&context, kpi.id, 1, Some(Kpi::ReferralTraffic)).await?;
    context.commit().await?;
    watch.test.db.run("update kpi_version set created_at = '2026-09-01'").await?;
    let alert = watch.make(watch.rule(Kpi::ReferralTraffic, AlertKind::TargetMissed)).await?;
    watch.test.run_jobs().await?;
    assert_eq!(watch.events(alert.id).await?, "", "a hundred a day are what a month of 31 days asks for");
    // Twenty-four days of three hundred were due, a hundred came on each.
    watch.test.db.run("update kpi_version set target_micro = 9300000000").await?;
    watch.until("2026-10-24T23:00:00Z").await?;
    let expected = "select expected_micro / 1000000 from insight_alert_event";
    assert_eq!(watch.test.db.value::<i64>(expected).await?, 7200);
    Ok(())
}

#[tokio::test]
async fn whoever_is_left_is_told_and_all_alerts_cost_as_much_as_one() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    let other = watch.test.member(watch.brand, Level::Mid, UserKind::Staff).await?;
    let webhook = format!(
        "insert into webhook_endpoint (id, agency_id, brand_id, url, secret, kinds, created_by, created_at)
         select gen_random_uuid(), agency_id, id, 'https://hooks.example/in', 'x', array['INSIGHT_ALERT'], '{}', created_at from brand",
        other.id
    );
    watch.test.db.run(&webhook).await?;
    let rule = AlertRule { recipient_ids: vec![other.id], ..watch.below(Kpi::ReferralTraffic, "1000") };
    let alert = watch.make(rule).await?;
    let gone = format!("update membership set ended_at = '2026-10-24T12:00:00Z' where user_id = '{}'", other.id);
    watch.test.db.run(&gone).await?;
    let before = watch.test.db.statements();
    jobs::run(&watch.test.services, watch.job().await?, "test").await?;
    let of_one = watch.test.db.statements() - before;
    let told = "select string_agg(recipient_id::text, ' ') from notice";
    assert_eq!(watch.test.db.value::<String>(told).await?, watch.person.id.to_string(), "whoever looks after it");
    let outside = "select data #>> '{alerts,0,insightAlertId}' from webhook_delivery where kind = 'INSIGHT_ALERT'";
    assert_eq!(watch.test.db.value::<String>(outside).await?, ids::encode("insightalert", alert.id));

    for window in 1..=12 {
        let rule = AlertRule {
            recipient_ids: vec![watch.person.id],
            window_days: Some(window),
            ..watch.below(Kpi::ReferralTraffic, "1000000")
        };
        watch.make(rule).await?;
    }
    let before = watch.test.db.statements();
    jobs::run(&watch.test.services, watch.job().await?, "test").await?;
    assert_eq!(watch.test.db.statements() - before, of_one);
    assert_eq!(watch.test.db.count("insight_alert_event").await?, 13);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_looked_at_or_told_is_refused() -> Result<()> {
    let watch = Watch::new("2026-10-24T12:00:00Z").await?;
    let junior = watch.test.member(watch.brand, Level::Junior, UserKind::Staff).await?;
    let elsewhere = watch.test.brand("Beta").await?;
    let stranger = watch.test.member(elsewhere, Level::Cmo, UserKind::Staff).await?;
    let account = watch.test.account(watch.brand, "mastodon", &watch.person).await?;
    let foreign = watch.test.account(elsewhere, "mastodon", &stranger).await?;
    let before = watch.written().await?;
    let good = watch.below(Kpi::Views, "1000");
    let unusual = watch.rule(Kpi::Views, AlertKind::Unusual);
    let target = watch.rule(Kpi::Views, AlertKind::TargetMissed);
    let costs = watch.below(Kpi::CostPerResult, "5");
    let euros = Some("EUR".to_owned());
    for (rule, expected) in [
        (AlertRule { name: " ".to_owned(), ..good.clone() }, Code::Invalid),
        (AlertRule { account_id: Some(account), ..watch.below(Kpi::Mentions, "1") }, Code::Invalid),
        (AlertRule { threshold: Some("1e3".to_owned()), ..good.clone() }, Code::Invalid),
        (AlertRule { bound: None, ..good.clone() }, Code::Invalid),
        (AlertRule { window_days: Some(32), ..good.clone() }, Code::Invalid),
        (AlertRule { window_days: None, ..good.clone() }, Code::Invalid),
        (AlertRule { currency: euros, ..good.clone() }, Code::Invalid),
        (costs.clone(), Code::Invalid),
        (AlertRule { currency: Some("EURO".to_owned()), ..costs }, Code::UnknownCurrency),
        (AlertRule { threshold: Some("1".to_owned()), ..unusual }, Code::Invalid),
        (AlertRule { window_days: Some(7), ..target.clone() }, Code::Invalid),
        (AlertRule { account_id: Some(account), ..target }, Code::Invalid),
        (AlertRule { account_id: Some(account), ..watch.below(Kpi::ReferralTraffic, "1") }, Code::Invalid),
        (AlertRule { account_id: Some(foreign), ..good.clone() }, Code::NotFound),
        (AlertRule { recipient_ids: Vec::new(), ..good.clone() }, Code::Invalid),
        (AlertRule { recipient_ids: vec![junior.id], ..good.clone() }, Code::NotFound),
        (AlertRule { recipient_ids: vec![watch.person.id, stranger.id], ..good.clone() }, Code::NotFound),
        (AlertRule { recipient_ids: (0..21).map(Uuid::from_u128).collect(), ..good.clone() }, Code::TooMany),
    ] {
        let context = watch.test.act(&watch.person).await?;
        let what = format!("{rule:?}");
        assert_eq!(code(create_insight_alert(&context, watch.brand, rule).await)?, Some(expected), "{what}");
    }
    for (person, expected) in [(&junior, Code::Forbidden), (&stranger, Code::NotFound)] {
        let context = watch.test.act(person).await?;
        assert_eq!(code(create_insight_alert(&context, watch.brand, good.clone()).await)?, Some(expected));
        assert_eq!(code(insight_alerts(&context, watch.brand).await)?, Some(expected));
    }
    assert_eq!(watch.written().await?, before, "nothing was written");

    let alert = watch.make(good.clone()).await?;
    let context = watch.test.act(&stranger).await?;
    assert_eq!(code(delete_insight_alert(&context, alert.id).await)?, Some(Code::NotFound));
    let context = watch.test.act(&junior).await?;
    assert_eq!(code(update_insight_alert(&context, alert.id, 1, good.clone()).await)?, Some(Code::Forbidden));
    let context = watch.test.act(&watch.person).await?;
    assert_eq!(code(update_insight_alert(&context, alert.id, 2, good).await)?, Some(Code::ChangedMeanwhile));
    context.roll_back().await?;
    let kept = "select name || version from insight_alert";
    assert_eq!(watch.test.db.value::<String>(kept).await?, "Look here1");
    assert_eq!(watch.due().await? - watch.test.services.now(), Duration::zero());
    Ok(())
}
