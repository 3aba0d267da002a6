//! Figures against a recomputation that goes through every number by itself, with decimals.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, Months, TimeZone as _, Utc};
use chrono_tz::Europe::Athens;
use diwan_domain::insights::Against;
use diwan_domain::insights::kpi::Kpi;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Bench, day, told};

const METRICS: [&str; 5] = ["LIKES", "REPLIES", "REACH", "VIEWS", "DISLIKES"];

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> i64 {
        // Knuth's constants for 64 bits; the upper bits are the better ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % bound).unwrap_or_default()
    }
}

struct Sample {
    metric: &'static str,
    value: i64,
    at: DateTime<Utc>,
}

pub struct Posted {
    pub account: Uuid,
    pub at: DateTime<Utc>,
    samples: Vec<Sample>,
}

impl Posted {
    /// The newest number within a week of its publication.
    pub fn number(&self, metric: &str) -> Option<i64> {
        let counts = |sample: &&Sample| sample.metric == metric && sample.at < self.at + Duration::days(7);
        self.samples.iter().filter(counts).max_by_key(|sample| sample.at).map(|sample| sample.value)
    }

    pub fn interactions(&self) -> Option<i64> {
        match (self.number("LIKES"), self.number("REPLIES")) {
            (None, None) => None,
            (likes, replies) => Some(likes.unwrap_or(0) + replies.unwrap_or(0)),
        }
    }
}

/// All that was read.
pub struct World {
    pub posts: Vec<Posted>,
    followers: HashMap<Uuid, Vec<(DateTime<Utc>, i64)>>,
}

impl World {
    fn followers(&self, account: Uuid, at: DateTime<Utc>) -> Option<i64> {
        let read = self.followers.get(&account)?.iter();
        let fresh = read.filter(|(when, _)| *when < at && *when >= at - Duration::days(7));
        fresh.max_by_key(|(when, _)| *when).map(|(_, count)| *count)
    }

    fn figures(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> HashMap<Kpi, Option<Decimal>> {
        let posts: Vec<&Posted> = self.posts.iter().filter(|post| post.at >= start && post.at < end).collect();
        let sum = |all: Vec<i64>| (!all.is_empty()).then(|| Decimal::from(all.iter().sum::<i64>()));
        // What nothing brought is nothing; what nobody said of something is missing.
        let all = |brought: Vec<i64>| if posts.is_empty() { Some(Decimal::ZERO) } else { sum(brought) };
        let per = |part: Option<Decimal>, whole: Option<Decimal>| {
            Some((part? * Decimal::from(100)).checked_div(whole?)?.round_dp(4).normalize())
        };
        let of = |number: &dyn Fn(&Posted) -> Option<i64>| -> Vec<i64> {
            posts.iter().filter_map(|post| number(post)).collect()
        };
        let reached = |post: &Posted| Some((post.interactions()?, post.number("REACH")?));
        let disliked = |post: &Posted| {
            let dislikes = post.number("DISLIKES")?;
            Some((dislikes, post.interactions()? + dislikes))
        };
        let followed = |post: &Posted| Some((post.interactions()?, self.followers(post.account, end)?));
        let both: Vec<(i64, i64)> = self
            .followers
            .keys()
            .filter_map(|account| Some((self.followers(*account, start)?, self.followers(*account, end)?)))
            .collect();
        let before = sum(both.iter().map(|(before, _)| *before).collect());
        let grown = sum(both.iter().map(|(before, after)| after - before).collect());
        let counted = of(&Posted::interactions);
        let each = |brought: Decimal| brought.checked_div(Decimal::from(counted.len()));
        HashMap::from([
            (Kpi::PublishedPosts, Some(Decimal::from(posts.len()))),
            (Kpi::Interactions, all(counted.clone())),
            (Kpi::InteractionsPerPost, sum(counted.clone()).and_then(each).map(|mean| mean.round_dp(4).normalize())),
            (Kpi::Reach, all(of(&|post| post.number("REACH")))),
            (Kpi::Views, all(of(&|post| post.number("VIEWS")))),
            (
                Kpi::EngagementRateByReach,
                per(
                    sum(of(&|post| reached(post).map(|(part, _)| part))),
                    sum(of(&|post| reached(post).map(|(_, whole)| whole))),
                ),
            ),
            (
                Kpi::NegativeFeedbackRate,
                per(
                    sum(of(&|post| disliked(post).map(|(part, _)| part))),
                    sum(of(&|post| disliked(post).map(|(_, whole)| whole))),
                ),
            ),
            (
                Kpi::EngagementRateByFollowers,
                per(
                    sum(of(&|post| followed(post).map(|(part, _)| part))),
                    sum(of(&|post| followed(post).map(|(_, whole)| whole))),
                ),
            ),
            (Kpi::Followers, sum(self.followers.keys().filter_map(|account| self.followers(*account, end)).collect())),
            (Kpi::FollowerGrowth, grown),
            (Kpi::AudienceGrowthRate, per(grown, before)),
        ])
    }
}

/// A summer of three accounts: posts of which some have no numbers, numbers that are restated, weeks in which nothing was read.
pub async fn summer(bench: &Bench) -> Result<World> {
    let mut chance = Chance(20_260_820);
    let first = Utc.with_ymd_and_hms(2026, 5, 20, 0, 0, 0).single().context("a day")?;
    let accounts = [bench.mastodon, bench.x, bench.test.account(bench.brand, "bluesky", &bench.person).await?];
    let mut rows = String::new();
    let mut world = World { posts: Vec::new(), followers: HashMap::new() };
    let mut row = |account: Uuid, publication: Option<Uuid>, (metric, value): (&str, i64), at: DateTime<Utc>| {
        let publication = publication.map_or("null".to_owned(), |id| format!("'{id}'"));
        let comma = if rows.is_empty() { "" } else { ", " };
        write!(
            rows,
            "{comma}(gen_random_uuid(), '{}', '{account}'::uuid, {publication}::uuid, '{metric}', {value}, '{at}'::timestamptz)",
            bench.brand
        )
    };
    for account in accounts {
        let mut count = 500 + chance.below(500);
        let mut read = Vec::new();
        for days in 0..110 {
            count += chance.below(21) - 8;
            // Now and then there are two weeks without a number.
            if (days / 14) % 4 == chance.below(8) {
                continue;
            }
            let at = first + Duration::days(days) + Duration::minutes(chance.below(1440));
            row(account, None, ("FOLLOWERS", count), at)?;
            read.push((at, count));
        }
        world.followers.insert(account, read);
    }
    for _ in 0..60 {
        let account = accounts[usize::try_from(chance.below(3))?];
        let at = first + Duration::minutes(chance.below(100 * 1440));
        let publication = bench.published(account, &at.to_rfc3339()).await?;
        let mut samples = Vec::new();
        for metric in METRICS {
            // Some posts have no number of some kinds.
            if chance.below(4) == 0 {
                continue;
            }
            let mut value = 0;
            for hours in [1, 24, 72, 167, 168, 300] {
                // A network restates what it said, now and then to less.
                value = (value + chance.below(60) - 6).max(0);
                let when = at + Duration::hours(hours);
                row(account, Some(publication), (metric, value), when)?;
                samples.push(Sample { metric, value, at: when });
            }
        }
        world.posts.push(Posted { account, at, samples });
    }
    bench.test.db.run(&format!("insert into metric_sample values {rows}")).await?;
    Ok(world)
}

#[tokio::test]
async fn figures_agree_with_a_recomputation_to_the_last_digit() -> Result<()> {
    let bench = Bench::new().await?;
    let world = summer(&bench).await?;
    let mut told_of = 0;
    for (from, to) in [
        ("2026-06-01", "2026-06-30"),
        ("2026-07-01", "2026-07-31"),
        ("2026-08-01", "2026-08-31"),
        ("2026-06-10", "2026-06-16"),
        ("2026-07-15", "2026-08-14"),
    ] {
        let found = bench.ask(from, to, Against::PeriodBefore).await?;
        let begins = |date: chrono::NaiveDate| {
            let midnight = date.and_hms_opt(0, 0, 0).and_then(|local| Athens.from_local_datetime(&local).single());
            midnight.map(|local| local.to_utc()).context("a midnight")
        };
        let after = |date: chrono::NaiveDate| date.succ_opt().context("a day");
        let expected = world.figures(begins(day(from)?)?, begins(after(day(to)?)?)?);
        let before = world.figures(begins(found.compared.from)?, begins(after(found.compared.to)?)?);
        for (kpi, value) in expected {
            let figure = told(&found, kpi)?;
            let text = |value: Option<Decimal>| value.map(|value| value.normalize().to_string());
            assert_eq!(figure.value, text(value), "{kpi:?} from {from} to {to}");
            assert_eq!(figure.before, text(before.get(&kpi).copied().flatten()), "{kpi:?} before {from}");
            told_of += usize::from(value.is_some());
        }
    }
    assert!(told_of >= 40, "only {told_of} figures were compared");
    // The first of the months is compared with May, of which the last days alone are known.
    let may = day("2026-06-01")?.checked_sub_months(Months::new(1)).context("May")?;
    assert_eq!(bench.ask("2026-06-01", "2026-06-30", Against::PeriodBefore).await?.compared.from, may);
    Ok(())
}
