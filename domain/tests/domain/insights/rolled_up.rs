//! Old numbers rolled up: what is told of every period is what it was, to the last digit.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use diwan_domain::insights::explore::{AskedGroups, Dimension, Order, explore};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::insights::{Against, Period, RollUpOutcome, RolledUp, latest_numbers, roll_up_metrics};
use diwan_platform::db;
use diwan_platform::kept::KeptFor;
use uuid::Uuid;

use super::explore::ALL;
use super::recomputed::summer;
use super::{Bench, day, told};

/// All months that are over.
const AT_ONCE: KeptFor = KeptFor { samples_months: 0, answers_months: 0 };
const MONTHS: [&str; 4] = ["2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01"];

impl Bench {
    /// The parts of the months, before there are numbers of them.
    async fn with_parts() -> Result<Self> {
        let bench = Self::new().await?;
        let make = "select app.make_metric_part(m)
          from generate_series(timestamptz '2026-05-15 00:00Z', '2026-09-15 00:00Z', '1 month') m";
        bench.test.db.run(make).await?;
        Ok(bench)
    }

    async fn roll_up(&self) -> Result<Vec<RolledUp>> {
        let (mut steps, mut left) = (Vec::new(), Vec::new());
        while let Some(step) = roll_up_metrics(&self.test.services, AT_ONCE, &mut left).await? {
            steps.push(step);
        }
        Ok(steps)
    }

    /// What is told of months, weeks, and each account's days.
    async fn all_told(&self) -> Result<String> {
        let first = day("2026-05-20")?;
        let mut text = String::new();
        let week = |week: u64| (first + Days::new(7 * week), first + Days::new(7 * week + 6));
        let mut spans: Vec<(NaiveDate, NaiveDate)> = (0..15).map(week).collect();
        for (from, to) in [("2026-05-01", "2026-05-31"), ("2026-06-01", "2026-06-30"), ("2026-07-01", "2026-07-31")] {
            spans.push((day(from)?, day(to)?));
        }
        for (from, to) in spans {
            let found = self.ask(&from.to_string(), &to.to_string(), Against::PeriodBefore).await?;
            writeln!(text, "{from} {to} {:?} {:?}", found.figures, found.content_types)?;
        }
        let context = self.test.act(&self.person).await?;
        let asked = AskedGroups {
            brand_ids: vec![self.brand],
            period: Period { from: first, to: day("2026-09-10")? },
            metrics: ALL.to_vec(),
            dimensions: vec![Dimension::Account, Dimension::Day],
            filters: Vec::new(),
            order: Order { by: None, descending: false },
            most: 500,
        };
        let explored = explore(&context, asked).await?;
        assert!(explored.groups.len() > 300, "{}", explored.groups.len());
        writeln!(text, "{explored:?}")?;
        Ok(text)
    }

    /// The likes of a publication that are there, in the order in which they were read.
    async fn likes(&self, publication: Uuid) -> Result<String> {
        let sql = format!(
            "select string_agg(value::text, ' ' order by sampled_at) from metric_sample where publication_id = '{publication}'"
        );
        self.test.db.value(&sql).await
    }

    async fn interactions_of_june(&self) -> Result<Option<String>> {
        let june = self.ask("2026-06-01", "2026-06-30", Against::PeriodBefore).await?;
        Ok(told(&june, Kpi::Interactions)?.value.clone())
    }

    /// A post of the end of June, whose week ends in July.
    async fn over_the_end(&self) -> Result<Uuid> {
        let publication = self.published(self.mastodon, "2026-06-28T09:00:00Z").await?;
        let said = [
            ("LIKES", 5, "2026-06-29T09:00:00Z"),
            ("LIKES", 7, "2026-06-30T20:00:00Z"),
            ("LIKES", 9, "2026-07-04T09:00:00Z"),
            // Restated, to less.
            ("LIKES", 8, "2026-07-05T08:59:58Z"),
            ("LIKES", 50, "2026-07-20T09:00:00Z"),
        ];
        self.said(self.mastodon, Some(publication), &said).await?;
        Ok(publication)
    }
}

#[tokio::test]
async fn every_figure_is_what_it_was_when_old_numbers_are_rolled_up() -> Result<()> {
    let bench = Bench::with_parts().await?;
    summer(&bench).await?;
    let before = bench.all_told().await?;
    let count = bench.test.db.count("metric_sample").await?;

    let steps = bench.roll_up().await?;
    assert_eq!(bench.all_told().await?, before);
    for table in ["metric_sample", "metric_reading"] {
        for month in MONTHS {
            let of = |step: &&RolledUp| step.of_table == table && step.month.to_string() == month;
            let done: Vec<_> = steps.iter().filter(of).map(|step| &step.outcome).collect();
            assert_eq!(done, [&RollUpOutcome::RolledUp], "{table} of {month}");
        }
    }
    let gone: i64 = steps.iter().map(|step| step.rows_before - step.rows_after).sum();
    assert_eq!(bench.test.db.count("metric_sample").await?, count - gone);
    assert!(gone > 300, "{gone} of {count}");
    assert!(bench.roll_up().await?.is_empty(), "once");

    // An hour later nobody can see any more what went.
    bench.clock.advance(Duration::hours(2));
    let too_large = "select count(*) from (select $1::timestamptz as now) n,
      app.roll_up_metrics('-infinity', '-infinity', n.now, -1, '{}') r where r.outcome = 'TOO_LARGE'";
    let now = bench.test.services.now();
    assert_eq!(db::scalar::<i64>(bench.test.services.db.unscoped(), too_large, [now.into()]).await?, 1);
    let packed = bench.roll_up().await?;
    assert_eq!(packed.len(), steps.len());
    assert!(packed.iter().all(|step| step.outcome == RollUpOutcome::Packed), "{packed:?}");
    assert_eq!(bench.all_told().await?, before);
    assert_eq!(bench.test.db.count("metric_sample").await?, count - gone);
    assert!(bench.roll_up().await?.is_empty());

    let guarded = "select bool_and(relrowsecurity and relforcerowsecurity) from pg_class
      where relnamespace = 'parts'::regnamespace and relkind = 'r' and relname ~ '_2026_0[5-8]$'";
    assert!(bench.test.db.value::<bool>(guarded).await?);
    for table in ["metric_sample_2026_07", "rolled_up"] {
        let tx = bench.test.services.db.write().await?;
        assert!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [bench.brand.into()]).await?);
        let direct = db::scalar::<i64>(&tx, &format!("select count(*) from parts.{table}"), []).await;
        assert!(direct.is_err_and(|error| error.to_string().contains("permission denied")), "{table}");
    }
    Ok(())
}

#[tokio::test]
async fn of_a_post_over_the_end_of_a_month_what_counts_stays_and_what_comes_late_counts() -> Result<()> {
    let bench = Bench::with_parts().await?;
    let publication = bench.over_the_end().await?;
    let values = |at: &str, of: &str| {
        format!("(gen_random_uuid(), '{}', '{}', {of}, '{{\"likes\": 9}}', '{at}')", bench.brand, bench.mastodon)
    };
    let (of_post, newest) = (format!("'{publication}'"), "2026-07-20T09:00:00Z");
    let readings = [values("2026-07-04T09:00:00Z", &of_post), values(newest, &of_post), values(newest, "null")];
    bench.test.db.run(&format!("insert into metric_reading values {}", readings.join(", "))).await?;
    assert_eq!(bench.interactions_of_june().await?.as_deref(), Some("8"));

    bench.roll_up().await?;
    assert_eq!(bench.likes(publication).await?, "7 8 50");
    assert_eq!(bench.interactions_of_june().await?.as_deref(), Some("8"));
    // Of what was answered nothing is left but when it was.
    let raw: String = bench.test.db.value("select string_agg(raw::text, ' ') from metric_reading").await?;
    assert_eq!(raw, "null null");
    let context = bench.test.act(&bench.person).await?;
    let latest = latest_numbers(&context, &[publication]).await?;
    let asked = latest.iter().find(|row| row.metric.is_none()).context("when it was asked for")?;
    assert_eq!(asked.sampled_at, newest.parse::<DateTime<Utc>>()?);
    assert!(latest.iter().any(|row| row.value == Some(50)));

    bench.said(bench.mastodon, Some(publication), &[("LIKES", 6, "2026-07-05T08:59:59Z")]).await?;
    assert_eq!(bench.interactions_of_june().await?.as_deref(), Some("6"));
    Ok(())
}

#[tokio::test]
async fn a_total_that_would_change_is_not_committed() -> Result<()> {
    let bench = Bench::with_parts().await?;
    let publication = bench.over_the_end().await?;
    // As if somebody had forgotten that a post counts with its first week.
    let wrong = "create or replace function app.metrics_that_count(p_part regclass) returns table (id uuid)
      language plpgsql stable set search_path = pg_catalog, public, pg_temp as
      $$ begin return query execute format('select distinct on (s.publication_id, s.metric) s.id from %s s
        order by s.publication_id, s.metric, s.sampled_at desc', p_part); end $$";
    bench.test.db.run(wrong).await?;
    let steps = bench.roll_up().await?;
    let failed = |step: &RolledUp| match &step.outcome {
        RollUpOutcome::Failed(error) => Some(error.clone()),
        _ => None,
    };
    let error = steps.iter().find_map(failed).context("it was committed")?;
    assert!(error.contains("the totals of parts.metric_sample_2026_07 would not be what they were"), "{error}");
    assert!(error.contains(&format!("{} WEEK LIKES", bench.brand)), "{error}");
    // It keeps no month behind it waiting.
    let august = day("2026-08-01")?;
    let after = |step: &RolledUp| (step.of_table.as_str(), step.month) == ("metric_sample", august);
    assert!(steps.iter().any(|step| after(step) && step.outcome == RollUpOutcome::RolledUp), "{steps:?}");
    // June, where the newest of all is the newest of the week, was rolled up; July is as it was.
    assert_eq!(bench.likes(publication).await?, "7 9 8 50");
    let done: bool = bench
        .test
        .db
        .value("select exists (select from parts.rolled_up where of_table = 'metric_sample' and month = '2026-07-01')")
        .await?;
    assert!(!done);
    assert_eq!(bench.interactions_of_june().await?.as_deref(), Some("8"));
    Ok(())
}
