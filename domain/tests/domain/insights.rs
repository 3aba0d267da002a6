//! A brand's figures against what was read, gaps in them, and where numbers are kept.

mod alerts;
mod answers;
mod audience;
mod explore;
mod recomputed;
mod rolled_up;
mod targets;
mod year;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, NaiveDate, TimeZone as _, Utc};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{Against, AskedInsights, Insights, KpiFigure, NoFigure, Period, insights};
use diwan_domain::jobs::{self, Ran};
use diwan_domain::{Code, Failure};
use diwan_entity::insights::metric_gap::GapReason;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::db;
use diwan_testkit::{Person, Settings, TestServices};
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

struct Bench {
    test: TestServices,
    clock: Arc<ManualClock>,
    /// In Athens: its July begins at nine in the evening of 30 June by UTC.
    brand: Uuid,
    mastodon: Uuid,
    x: Uuid,
    person: Person,
}

fn day(text: &str) -> Result<NaiveDate> {
    Ok(text.parse()?)
}

fn told(insights: &Insights, kpi: Kpi) -> Result<&KpiFigure> {
    insights.figures.iter().find(|figure| figure.formula.kpi == kpi).context("a figure")
}

fn code<T>(result: Result<T, Failure>) -> Result<Option<Code>> {
    match result {
        Ok(_) => Ok(None),
        Err(Failure::Refused(errors)) => Ok(errors.first().map(|error| error.code)),
        Err(failure) => Err(failure.into()),
    }
}

impl Bench {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 9, 20, 9, 0, 0).single().context("a time")?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let mastodon = test.account(brand, "mastodon", &person).await?;
        let x = test.account(brand, "x", &person).await?;
        Ok(Self { test, clock, brand, mastodon, x, person })
    }

    /// A publication that was due, and went out, at this time.
    async fn published(&self, account: Uuid, at: &str) -> Result<Uuid> {
        let at: DateTime<Utc> = at.parse()?;
        let (post, _) = self.test.post(self.brand, account, "Hello", &self.person).await?;
        let (publication, _) = self.test.publication(self.brand, post, at).await?;
        let sql = format!(
            "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}'"
        );
        self.test.db.run(&sql).await?;
        Ok(publication)
    }

    /// What a network said of an account, or of one of its publications.
    async fn said(&self, account: Uuid, publication: Option<Uuid>, said: &[(&str, i64, &str)]) -> Result<()> {
        let publication = publication.map_or("null".to_owned(), |id| format!("'{id}'"));
        for (metric, value, at) in said {
            let sql = format!(
                "insert into metric_sample values (gen_random_uuid(), '{}', '{account}', {publication}, '{metric}', {value}, '{at}')",
                self.brand
            );
            self.test.db.run(&sql).await?;
        }
        Ok(())
    }

    async fn ask(&self, from: &str, to: &str, against: Against) -> Result<Insights> {
        let context = self.test.act(&self.person).await?;
        let period = Period { from: day(from)?, to: day(to)? };
        Ok(insights(&context, AskedInsights { brand_id: self.brand, period, against }).await?)
    }

    async fn july(&self) -> Result<Insights> {
        self.ask("2026-07-01", "2026-07-31", Against::PeriodBefore).await
    }

    /// Four posts, of which one has no numbers, and followers of two accounts.
    async fn numbers(&self) -> Result<()> {
        let first = self.published(self.mastodon, "2026-06-30T21:30:00Z").await?;
        // A network that restates its numbers is believed; what comes after a week is not counted.
        let said = [
            ("LIKES", 10, "2026-07-01T21:30:00Z"),
            ("LIKES", 8, "2026-07-02T21:30:00Z"),
            ("REPLIES", 2, "2026-07-01T21:30:00Z"),
            ("LIKES", 99, "2026-07-08T21:30:00Z"),
        ];
        self.said(self.mastodon, Some(first), &said).await?;
        let second = self.published(self.x, "2026-07-10T09:00:00Z").await?;
        let at = "2026-07-13T09:00:00Z";
        self.said(
            self.x,
            Some(second),
            &[("LIKES", 20, at), ("VIEWS", 400, at), ("REACH", 200, at), ("DISLIKES", 5, at)],
        )
        .await?;
        self.test
            .db
            .run(&format!(
                "update post_variant set link = 'https://nour.example/' where social_account_id = '{}'",
                self.x
            ))
            .await?;
        // Still June in Athens.
        let third = self.published(self.mastodon, "2026-06-30T20:30:00Z").await?;
        self.said(self.mastodon, Some(third), &[("LIKES", 5, "2026-07-02T09:00:00Z")]).await?;
        self.published(self.mastodon, "2026-07-20T09:00:00Z").await?;
        let failed = self.published(self.mastodon, "2026-07-15T09:00:00Z").await?;
        self.test
            .db
            .run(&format!(
                "update publication set state = 'FAILED', remote_id = null, published_at = null, trouble = 'CONTENT' where id = '{failed}'"
            ))
            .await?;
        let followers = [
            ("FOLLOWERS", 1000, "2026-06-28T09:00:00Z"),
            ("FOLLOWERS", 1100, "2026-07-30T09:00:00Z"),
            ("FOLLOWERS", 5000, "2026-08-02T09:00:00Z"),
        ];
        self.said(self.mastodon, None, &followers).await?;
        self.said(self.x, None, &[("FOLLOWERS", 500, "2026-07-31T12:00:00Z")]).await
    }

    /// 40 clicks and two conversions of July, of which one is a link's and worth 50 EUR; costs of 15 EUR; 60 visits, of which nobody says of
    /// ten whether they ended where they began.
    async fn traffic(&self) -> Result<()> {
        let (brand, person) = (self.brand, self.person.id);
        let [link, budget, line] = [1_u128, 2, 3].map(Uuid::from_u128);
        self.test
            .db
            .run(&format!(
                "insert into tracked_link (id, brand_id, name, code, target_url, destination, created_by, created_at, updated_at)
                   values ('{link}', '{brand}', 'Shop', 'abcdefghjk', 'https://nour.example', 'https://nour.example', '{person}', '2026-06-01', '2026-06-01');
                 insert into link_click values ('{brand}', '{link}', '2026-06-30T21:00:00Z', '', 'MOBILE', 25),
                   ('{brand}', '{link}', '2026-07-31T20:45:00Z', '', 'DESKTOP', 15), ('{brand}', '{link}', '2026-07-31T21:00:00Z', '', 'MOBILE', 1000);
                 insert into conversion (id, brand_id, kind, source, external_id, digest, occurred_at, value_minor, currency, recorded_by, recorded_at)
                   select lpad(n::text, 32, '0')::uuid, '{brand}', 'SALE', 'shop', n::text, sha256('x'), '2026-07-05T09:00:00Z',
                     case n when 1 then 5000 end, case n when 1 then 'EUR' end, '{person}', '2026-07-05T09:00:00Z' from generate_series(1, 2) n;
                 insert into conversion_touch values ('{brand}', lpad('1', 32, '0')::uuid, 1, '{link}', '2026-07-05T08:00:00Z');
                 insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
                   values ('{budget}', '{brand}', 'Year', '2026-01-01', '2026-12-31', 'EUR', 'OPEN', '{person}', '2026-01-01', '2026-01-01');
                 insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
                   values ('{line}', '{brand}', '{budget}', 1, 'Ads', 'ADS', '2026-01-01');
                 insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
                   select gen_random_uuid(), '{brand}', '{budget}', '{line}', e.kind, e.minor, 'MANUAL', gen_random_uuid(), 'Agreed', e.at::timestamptz
                   from (values ('ALLOCATE', 10000, '2026-07-01'), ('SPEND', 2000, '2026-07-05'), ('REFUND', 500, '2026-07-06'),
                     ('SPEND', 700, '2026-08-06')) e (kind, minor, at);
                 insert into web_source (id, brand_id, name, kind, state, created_by, created_at)
                   values ('{link}', '{brand}', 'Shop', 'CSV', 'CONNECTED', '{person}', '2026-06-01');
                 insert into web_day (brand_id, source_id, day, channel, referrer, sessions, bounces, recorded_at)
                   values ('{brand}', '{link}', '2026-06-30', 'DIRECT', '', 8, 2, '2026-08-01'),
                     ('{brand}', '{link}', '2026-07-01', 'DIRECT', '', 30, 15, '2026-08-01'),
                     ('{brand}', '{link}', '2026-07-01', 'SOCIAL', 'mastodon', 20, 5, '2026-08-01'),
                     ('{brand}', '{link}', '2026-07-31', 'SOCIAL', 'x', 10, null, '2026-08-01'),
                     ('{brand}', '{link}', '2026-08-01', 'DIRECT', '', 1000, 1000, '2026-08-02')"
            ))
            .await
    }
}

#[tokio::test]
async fn figures_are_those_of_the_numbers_that_were_read() -> Result<()> {
    let bench = Bench::new().await?;
    bench.numbers().await?;
    bench.traffic().await?;
    let july = bench.july().await?;
    assert_eq!((july.compared.from, july.compared.to), (day("2026-06-01")?, day("2026-06-30")?));
    assert_eq!(july.young, 0);
    let none: &[&str] = &[];
    let expected: [(Kpi, &str, Option<&str>, &[&str]); 20] = [
        (Kpi::Followers, "1600", Some("1000"), none),
        (Kpi::FollowerGrowth, "100", None, &["x"]),
        (Kpi::AudienceGrowthRate, "10", None, &["x"]),
        (Kpi::PublishedPosts, "3", Some("1"), none),
        (Kpi::Reach, "200", None, &["mastodon"]),
        (Kpi::Views, "400", None, &["mastodon"]),
        (Kpi::Interactions, "30", Some("5"), &["mastodon"]),
        (Kpi::InteractionsPerPost, "15", Some("5"), &["mastodon"]),
        // (10 + 20) / (1100 + 500).
        (Kpi::EngagementRateByFollowers, "1.875", Some("0.5"), &["mastodon"]),
        (Kpi::EngagementRateByReach, "10", None, &["mastodon"]),
        // 5 of 25.
        (Kpi::NegativeFeedbackRate, "20", None, &["mastodon"]),
        (Kpi::ReferralTraffic, "40", Some("0"), none),
        (Kpi::Sessions, "60", Some("8"), none),
        (Kpi::SocialSessions, "30", Some("0"), none),
        // 20 of 50.
        (Kpi::BounceRate, "40", Some("25"), none),
        (Kpi::Conversions, "2", Some("0"), none),
        (Kpi::ConversionRate, "2.5", None, none),
        (Kpi::PostingConsistency, "75", Some("100"), none),
        (Kpi::CostPerResult, "7.50", None, none),
        (Kpi::ReturnOnInvestment, "233.3333", None, none),
    ];
    for (kpi, value, before, missing) in expected {
        let found = told(&july, kpi)?;
        assert_eq!(found.value.as_deref(), Some(value), "{kpi:?}: {found:?}");
        assert_eq!(found.before.as_deref(), before, "{kpi:?}: {found:?}");
        assert_eq!(found.missing_networks, missing, "{kpi:?}");
    }
    // Nobody listened, and nobody read what people wrote.
    let untold = [Kpi::Mentions, Kpi::ShareOfVoice, Kpi::ResponseTime, Kpi::ResponseRate];
    for kpi in untold {
        assert_eq!(told(&july, kpi)?.no_figure, Some(NoFigure::Missing), "{kpi:?}");
    }
    assert_eq!(july.figures.len(), expected.len() + untold.len());
    let interactions = told(&july, Kpi::Interactions)?;
    assert_eq!((interactions.difference.as_deref(), interactions.change_percent.as_deref()), (Some("25"), Some("500")));
    assert_eq!(told(&july, Kpi::CostPerResult)?.currency.as_deref(), Some("EUR"));
    let kinds: Vec<_> =
        july.content_types.iter().map(|kind| (kind.content_type.as_str(), kind.posts, kind.interactions)).collect();
    assert_eq!(kinds, [("TEXT", 2, Some(10)), ("LINK", 1, Some(20))]);
    Ok(())
}

#[tokio::test]
async fn what_nobody_said_is_missing_and_what_nobody_did_is_nothing() -> Result<()> {
    let bench = Bench::new().await?;
    let july = bench.july().await?;
    let figure = |kpi| told(&july, kpi).map(|found| (found.value.as_deref(), found.no_figure));
    assert_eq!(figure(Kpi::Followers)?, (None, Some(NoFigure::Missing)));
    assert_eq!(told(&july, Kpi::Followers)?.missing_networks, ["mastodon", "x"]);
    assert_eq!(figure(Kpi::PublishedPosts)?, (Some("0"), None));
    assert_eq!(figure(Kpi::Interactions)?, (Some("0"), None));
    assert_eq!(figure(Kpi::InteractionsPerPost)?, (None, Some(NoFigure::NothingToDivideBy)));
    assert_eq!(figure(Kpi::PostingConsistency)?, (None, Some(NoFigure::NothingToDivideBy)));
    assert_eq!(figure(Kpi::ReferralTraffic)?, (None, Some(NoFigure::Missing)), "there is no link to follow");
    assert_eq!(figure(Kpi::Conversions)?, (None, Some(NoFigure::Missing)), "nobody ever recorded one");
    for visits in [Kpi::Sessions, Kpi::SocialSessions, Kpi::BounceRate] {
        assert_eq!(figure(visits)?, (None, Some(NoFigure::Missing)), "nobody counts them");
    }
    assert_eq!(figure(Kpi::CostPerResult)?, (None, Some(NoFigure::Missing)));
    // A post without numbers does not make them zero.
    bench.published(bench.mastodon, "2026-07-20T09:00:00Z").await?;
    let july = bench.july().await?;
    let views = told(&july, Kpi::Views)?;
    assert_eq!((views.value.as_deref(), views.no_figure), (None, Some(NoFigure::Missing)));
    assert_eq!(views.missing_networks, ["mastodon"]);
    Ok(())
}

#[tokio::test]
async fn a_period_that_is_not_over_is_compared_with_as_many_days() -> Result<()> {
    let bench = Bench::new().await?;
    bench.published(bench.mastodon, "2026-09-18T09:00:00Z").await?;
    let september = bench.ask("2026-09-01", "2026-09-30", Against::PeriodBefore).await?;
    assert_eq!((september.compared.from, september.compared.to), (day("2026-08-01")?, day("2026-08-20")?));
    assert_eq!(september.young, 1);
    let year = bench.ask("2026-07-01", "2026-07-31", Against::YearBefore).await?;
    assert_eq!((year.compared.from, year.compared.to), (day("2025-07-01")?, day("2025-07-31")?));
    for (from, to, expected) in [
        ("2026-07-02", "2026-07-01", Code::Invalid),
        ("2026-09-21", "2026-09-22", Code::Invalid),
        ("1999-12-31", "2000-01-01", Code::Invalid),
        ("2020-01-01", "2026-07-01", Code::TooMany),
    ] {
        let context = bench.test.act(&bench.person).await?;
        let period = Period { from: day(from)?, to: day(to)? };
        let asked = AskedInsights { brand_id: bench.brand, period, against: Against::PeriodBefore };
        assert_eq!(code(insights(&context, asked).await)?, Some(expected), "{from} {to}");
    }
    Ok(())
}

#[tokio::test]
async fn figures_are_for_mid_and_above_in_their_own_brands() -> Result<()> {
    let bench = Bench::new().await?;
    let other = bench.test.brand("Beta").await?;
    let period = Period { from: day("2026-07-01")?, to: day("2026-07-31")? };
    let asked = |brand_id| AskedInsights { brand_id, period, against: Against::PeriodBefore };
    let context = bench.test.act(&bench.person).await?;
    assert_eq!(code(insights(&context, asked(other)).await)?, Some(Code::NotFound));
    for (level, kind) in [(Level::Junior, UserKind::Staff), (Level::Junior, UserKind::Client)] {
        let who = bench.test.member(bench.brand, level, kind).await?;
        let context = bench.test.act(&who).await?;
        assert_eq!(code(insights(&context, asked(bench.brand)).await)?, Some(Code::Forbidden), "{kind:?}");
    }
    Ok(())
}

#[tokio::test]
async fn numbers_that_cannot_be_read_are_a_gap() -> Result<()> {
    let bench = Bench::new().await?;
    let publication = bench.published(bench.mastodon, "2026-09-20T08:00:00Z").await?;
    let (brand, account, now) = (bench.brand, bench.mastodon, bench.test.services.now());
    bench
        .test
        .db
        .run(&format!(
            "update social_account set state = 'NEEDS_RECONNECT' where id = '{account}'; delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at) values
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{publication}', '{now}', '{now}'),
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{account}', '{now}', '{now}')"
        ))
        .await?;
    let due = |subject: Uuid| format!("select due_at from job where subject_id = '{subject}' and state = 'PENDING'");
    assert_eq!(bench.test.run_jobs().await?, 2);
    assert_eq!(bench.test.db.value::<DateTime<Utc>>(&due(publication)).await?, now + Duration::hours(1));
    assert_eq!(bench.test.db.value::<DateTime<Utc>>(&due(account)).await?, now + Duration::hours(6));
    bench.clock.advance(Duration::hours(1));
    assert_eq!(bench.test.run_jobs().await?, 1);

    let september = bench.ask("2026-09-01", "2026-09-30", Against::PeriodBefore).await?;
    let mut gaps: Vec<_> =
        september.gaps.iter().map(|gap| (gap.publication_id, gap.reason, gap.tries, gap.ended_at)).collect();
    gaps.sort_by_key(|(publication, ..)| *publication);
    let reason = GapReason::NeedsReconnect;
    assert_eq!(gaps, [(None, reason, 1, None), (Some(publication), reason, 2, None)]);
    assert!(bench.july().await?.gaps.is_empty(), "it began later");
    assert_eq!(bench.test.db.count("metric_sample").await? + bench.test.db.count("metric_reading").await?, 0);

    // Of an account that was disconnected nothing is read any more.
    bench.test.db.run(&format!("update social_account set state = 'DISCONNECTED' where id = '{account}'")).await?;
    bench.clock.advance(Duration::hours(6));
    let job: Uuid = bench.test.db.value(&format!("select id from job where subject_id = '{account}'")).await?;
    assert_eq!(jobs::run(&bench.test.services, job, "test").await?, Ran::Finished);
    let state: String = bench.test.db.value(&format!("select state from job where id = '{job}'")).await?;
    assert_eq!(state, "DONE");
    Ok(())
}

/// How many rows of publications a transaction has read so far.
#[derive(FromQueryResult)]
struct RowsRead {
    rows: i64,
}

#[tokio::test]
async fn a_month_is_read_without_what_was_published_before() -> Result<()> {
    let bench = Bench::new().await?;
    bench.numbers().await?;
    let before = bench.july().await?;
    let history = "begin;
      set local session_replication_role = replica;
      insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at, remote_id, published_at)
        select gen_random_uuid(), p.brand_id, p.post_id, gen_random_uuid(), p.social_account_id, 'PUBLISHED', t.at, t.at, t.at,
          concat(p.id, n), t.at
        from publication p cross join generate_series(1, 2000) n
          cross join lateral (select timestamptz '2026-05-01' - n * interval '1 hour' as at) t;
      commit";
    bench.test.db.run(history).await?;
    bench.test.db.run("analyze publication").await?;
    let context = bench.test.act(&bench.person).await?;
    let read = async || -> Result<i64> {
        let sql = "select (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as rows
          from pg_stat_xact_user_tables where relname = 'publication'";
        Ok(context.rows::<RowsRead>(sql, []).await?.first().context("the table")?.rows)
    };
    let first = read().await?;
    let period = Period { from: day("2026-07-01")?, to: day("2026-07-31")? };
    let asked = AskedInsights { brand_id: bench.brand, period, against: Against::PeriodBefore };
    let after = insights(&context, asked).await?;
    let rows = read().await? - first;
    assert!((1..100).contains(&rows), "{rows} rows of publications were read");
    for kpi in [Kpi::PublishedPosts, Kpi::Interactions, Kpi::Reach] {
        assert_eq!(told(&after, kpi)?.value, told(&before, kpi)?.value);
    }
    Ok(())
}

#[tokio::test]
async fn numbers_are_kept_by_months_and_none_twice() -> Result<()> {
    let bench = Bench::new().await?;
    let publication = bench.published(bench.mastodon, "2031-05-03T09:00:00Z").await?;
    let part = "select tableoid::regclass::text from metric_sample where value = ";
    bench.said(bench.mastodon, Some(publication), &[("LIKES", 1, "2031-04-30T23:59:59Z")]).await?;
    assert_eq!(bench.test.db.value::<String>(&format!("{part}1")).await?, "parts.metric_sample_rest");
    // April stays where its numbers are; the months after it have their parts, made once, by the application's role.
    let make = "select app.make_metric_parts('2031-04-20')";
    let app = bench.test.services.db.unscoped();
    assert_eq!(db::scalar::<i32>(app, make, []).await?, 7, "three months of samples and four of readings");
    assert_eq!(db::scalar::<i32>(app, make, []).await?, 0);
    bench.said(bench.mastodon, Some(publication), &[("LIKES", 2, "2031-05-01T00:00:00Z")]).await?;
    assert_eq!(bench.test.db.value::<String>(&format!("{part}2")).await?, "parts.metric_sample_2031_05");

    let again = "insert into metric_sample select gen_random_uuid(), brand_id, social_account_id, publication_id, metric, value, sampled_at
      from metric_sample on conflict do nothing";
    assert_eq!(bench.test.db.owner.execute_unprepared(again).await?.rows_affected(), 0);
    let tx = bench.test.services.db.write().await?;
    assert!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [bench.brand.into()]).await?);
    assert_eq!(db::scalar::<i64>(&tx, "select count(*) from metric_sample", []).await?, 2);
    let direct = db::scalar::<i64>(&tx, "select count(*) from parts.metric_sample_2031_05", []).await;
    assert!(direct.is_err_and(|error| error.to_string().contains("permission denied")));
    Ok(())
}
