//! When posts do well: each hour of the week by the brand's clock.

use std::collections::BTreeSet;

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::ask::{Asked, Ground, formula_of, number_of};
use super::dimension::Filter;
use crate::calendar::{LEAST_PER_TIME, LEAST_POSTS};
use crate::context::Context;
use crate::error::Failure;
use crate::insights::figures::Period;
use crate::insights::kpi::{Formula, Kpi, Quantity, reckon};
use crate::strategy::text_of;

/// Half of a whole, in millionths.
const HALF: i64 = 500_000;

/// What is asked.
#[derive(Debug, Clone)]
pub struct AskedHeatMap {
    /// Of which brand.
    pub brand_id: Uuid,
    /// From its first day to its last, at most 1100.
    pub period: Period,
    /// Of which posts alone.
    pub filters: Vec<Filter>,
}

/// An hour of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatCell {
    /// The day of the week: 1 is Monday, 7 is Sunday.
    pub weekday: i32,
    /// The hour by the brand's clock, 0 to 23. Where clocks go back, the hour that is there twice is one.
    pub hour: i32,
    /// How many publications went out in it.
    pub posts: i64,
    /// How many of them have a number of interactions.
    pub counted: i64,
    /// Interactions of one of these on average: a decimal of at most four digits behind the point. None where there are too few to say.
    pub mean: Option<String>,
    /// The interactions of the one in the middle, or between the two in the middle. None where there are too few to say.
    pub median: Option<String>,
    /// Whether there are enough: in this hour, and in all.
    pub enough: bool,
}

/// When posts do well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatMap {
    /// Every hour of the week in which something went out, from the brand's first day of the week on.
    pub cells: Vec<HeatCell>,
    /// How many publications went out.
    pub posts: i64,
    /// How many of them have a number of interactions.
    pub counted: i64,
    /// Whether that is enough to say anything of an hour.
    pub enough: bool,
    /// The networks of publications that have no such number, in alphabetical order.
    pub missing_networks: Vec<String>,
}

#[derive(FromQueryResult)]
struct Row {
    weekday: i32,
    hour: i32,
    posts: i64,
    counted: i64,
    interactions: Option<i64>,
    twice_median: Option<i64>,
    lacking: Option<Vec<String>>,
}

const CELLS: &str = "
select weekday, hour, count(*) as posts, count(interactions) as counted, sum(interactions)::bigint as interactions,
  (2 * percentile_cont(0.5) within group (order by interactions::float8))::bigint as twice_median,
  array_agg(distinct network) filter (where interactions is null) as lacking
from counted group by weekday, hour order by weekday, hour";

/// When posts of a brand do well. How many posts it takes to say so is what it takes to recommend a time
/// ([`crate::calendar::best_times`]). At most four statements.
pub async fn heat_map(context: &Context, asked: AskedHeatMap) -> Result<HeatMap, Failure> {
    let about = Asked {
        brand_ids: &[asked.brand_id],
        field: ("brandId", false),
        period: asked.period,
        dimensions: &[],
        filters: &asked.filters,
    };
    let ground = Ground::find(context, about).await?;
    let statement = ground.statement(context.now);
    let mut sql = statement.counted(false);
    sql.push_str(CELLS);
    let rows: Vec<Row> = context.rows(&sql, statement.into_values()).await?;
    Ok(weigh(&rows, number_of(ground.week_start()), formula_of(Kpi::InteractionsPerPost)))
}

/// What these hours say; weeks begin on the day of this number.
fn weigh(rows: &[Row], week_start: i32, per_post: Option<Formula>) -> HeatMap {
    let (posts, counted) = rows.iter().fold((0, 0), |sum, row| (sum.0 + row.posts, sum.1 + row.counted));
    let reaches = |count: i64, least: usize| usize::try_from(count).is_ok_and(|count| count >= least);
    let in_all = reaches(counted, LEAST_POSTS);
    let lacking: BTreeSet<&String> = rows.iter().flat_map(|row| row.lacking.iter().flatten()).collect();
    let cell = |row: &Row| {
        let enough = in_all && reaches(row.counted, LEAST_PER_TIME);
        let sum = |quantity| match quantity {
            Quantity::Interactions => row.interactions,
            Quantity::CountedPosts => Some(row.counted),
            _ => None,
        };
        let mean = per_post.filter(|_| enough).and_then(|formula| reckon(formula, sum).ok());
        let median = row.twice_median.filter(|_| enough).and_then(|twice| twice.checked_mul(HALF));
        HeatCell {
            weekday: row.weekday,
            hour: row.hour,
            posts: row.posts,
            counted: row.counted,
            mean: mean.map(text_of),
            median: median.map(text_of),
            enough,
        }
    };
    let mut cells: Vec<HeatCell> = rows.iter().map(cell).collect();
    cells.sort_by_key(|cell| ((cell.weekday + 7 - week_start) % 7, cell.hour));
    HeatMap { cells, posts, counted, enough: in_all, missing_networks: lacking.into_iter().cloned().collect() }
}
