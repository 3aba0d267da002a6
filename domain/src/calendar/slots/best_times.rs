//! When an account does best, by its own results alone.
//!
//! Of each of its publications of the last year, what people did with it is counted: likes, reposts, replies, quotes and bookmarks,
//! by the last reading of its second and third day, so that all are of about the same age. A publication without such a reading does
//! not count. The hour is that of the brand's wall clock when it went out.
//!
//! A time of the week is only recommended on the ground of enough: three publications at that hour, and twenty in all. Where there
//! are fewer, the answer says how many there are and recommends nothing; there is no table of times that are good in general.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::publishing::social_account;
use diwan_networks::Metric;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::free::zone_of;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Action;

/// The least publications of an account for any time to be recommended.
pub const LEAST_POSTS: usize = 20;
/// The least publications at one hour of the week for that hour to be recommended.
pub const LEAST_PER_TIME: usize = 3;
/// The most publications that are looked at, the newest.
const MOST: i64 = 5000;

/// An hour of the week, and how the account did in it.
#[derive(Debug, Clone, PartialEq)]
pub struct BestTime {
    /// The day of the week by the brand's wall clock.
    pub weekday: Weekday,
    /// The hour, 0 to 23.
    pub hour: u32,
    /// How many publications went out in it.
    pub samples: usize,
    /// What people did with one of them on average; none where there are too few to say.
    pub engagement: Option<f64>,
}

/// When an account does best.
#[derive(Debug, Clone, PartialEq)]
pub struct BestTimes {
    /// How many publications were counted.
    pub samples: usize,
    /// Whether that is enough to recommend anything.
    pub enough: bool,
    /// What people did with a publication on average; none where there are too few to say.
    pub average: Option<f64>,
    /// Every hour of the week in which something went out: first those that can be recommended, the best first.
    pub times: Vec<BestTime>,
}

#[derive(FromQueryResult)]
struct Outcome {
    published_at: DateTime<Utc>,
    engagement: i64,
}

/// When the account does best. One statement reads its results.
pub async fn best_times(context: &Context, account_id: Uuid) -> Result<BestTimes, Failure> {
    let not_there = || UserError::at(Code::NotFound, "socialAccountId");
    let account = context.one(social_account::Entity::visible([account_id])).await?.ok_or_else(not_there)?;
    context.permit(Action::MetricsRead, account.brand_id).await?;
    let zone = zone_of(context, account.brand_id).await?;
    let sql = "select p.published_at, coalesce(sum(n.value), 0)::bigint as engagement from (
        select id, published_at from publication where brand_id = $1 and social_account_id = $2 and state = 'PUBLISHED'
          and published_at > $3 order by published_at desc limit $5) p
      cross join lateral (
        select distinct on (s.metric) s.value from metric_sample s where s.brand_id = $1 and s.publication_id = p.id
          and s.metric = any ($4) and s.sampled_at between p.published_at + interval '1 day' and p.published_at + interval '3 days'
        order by s.metric, s.sampled_at desc) n
      group by p.id, p.published_at";
    let metrics = Metric::interactions();
    let since = context.now - chrono::Duration::days(365);
    let values = [account.brand_id.into(), account.id.into(), since.into(), metrics.into(), MOST.into()];
    let rows: Vec<Outcome> = context.rows(sql, values).await?;
    Ok(weigh(zone, rows.iter().map(|row| (row.published_at, row.engagement))))
}

#[expect(clippy::cast_precision_loss, reason = "an average of counts, far below what a double holds exactly")]
fn mean(sum: i64, samples: usize) -> f64 {
    sum as f64 / samples as f64
}

/// What these results say.
fn weigh(zone: Tz, results: impl Iterator<Item = (DateTime<Utc>, i64)>) -> BestTimes {
    let mut hours = vec![(0_usize, 0_i64); 7 * 24];
    for (at, engagement) in results {
        let local = at.with_timezone(&zone);
        let place = local.weekday().num_days_from_monday() * 24 + local.hour();
        if let Some(hour) = usize::try_from(place).ok().and_then(|place| hours.get_mut(place)) {
            hour.0 += 1;
            hour.1 = hour.1.saturating_add(engagement);
        }
    }
    let samples = hours.iter().map(|(samples, _)| samples).sum();
    let enough = samples >= LEAST_POSTS;
    let total = hours.iter().fold(0_i64, |sum, (_, engagement)| sum.saturating_add(*engagement));
    let mut times: Vec<BestTime> = (0_u32..)
        .zip(&hours)
        .filter(|(_, (samples, _))| *samples > 0)
        .map(|(place, (samples, sum))| BestTime {
            weekday: u8::try_from(place / 24).ok().and_then(|day| Weekday::try_from(day).ok()).unwrap_or(Weekday::Mon),
            hour: place % 24,
            samples: *samples,
            engagement: (enough && *samples >= LEAST_PER_TIME).then(|| mean(*sum, *samples)),
        })
        .collect();
    // Among equals the order of the week stays.
    times.sort_by(|one, other| {
        let rank = |time: &BestTime| time.engagement.unwrap_or(-1.0);
        rank(other).total_cmp(&rank(one))
    });
    BestTimes { samples, enough, average: enough.then(|| mean(total, samples)), times }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_hour_is_that_of_the_wall() {
        let athens: Tz = "Europe/Athens".parse().unwrap();
        let results = |text: &str, n: usize, value: i64| vec![(at(text), value); n];
        let mut all = results("2026-01-05T07:30:00Z", 10, 4);
        // The same local hour, by the summer's clock.
        all.extend(results("2026-07-06T06:10:00Z", 6, 8));
        all.extend(results("2026-01-06T17:00:00Z", 4, 1));
        all.extend(results("2026-01-07T17:00:00Z", 2, 99));
        let found = weigh(athens, all.into_iter());
        assert!(found.enough && found.samples == 22);
        let monday = &found.times[0];
        assert_eq!((monday.weekday, monday.hour, monday.samples), (Weekday::Mon, 9, 16));
        assert_eq!(monday.engagement, Some(5.5));
        assert_eq!(found.times[1].engagement, Some(1.0));
        assert_eq!((found.times[2].samples, found.times[2].engagement), (2, None), "two posts say nothing");
    }

    proptest! {
        #[test]
        fn too_few_recommend_nothing(hours in proptest::collection::vec((0..20_000_i64, 0..1000_i64), 0..60)) {
            let results = hours.iter().map(|(hour, value)| (at("2026-01-01T00:00:00Z") + chrono::Duration::hours(*hour), *value));
            let found = weigh("America/Santiago".parse().unwrap(), results);
            prop_assert_eq!(found.samples, hours.len());
            prop_assert_eq!(found.times.iter().map(|time| time.samples).sum::<usize>(), hours.len());
            prop_assert_eq!(found.enough, hours.len() >= LEAST_POSTS);
            for time in &found.times {
                prop_assert_eq!(time.engagement.is_some(), found.enough && time.samples >= LEAST_PER_TIME);
            }
        }
    }
}
