//! What publications of an account brought so far, for reckoning what the next ones may bring.
//!
//! Looked at are the publications of the last [`HISTORY_DAYS`] days that are at least two days old, since most of what a post gets it
//! gets in two days, by their newest numbers. Of each figure the quartiles are told with the number of publications that have it: the
//! middle half of what was is the range of what is likely. They are PostgreSQL's `percentile_cont`, which is the method 7 of Hyndman and
//! Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996). Fewer than [`LEAST_SAMPLES`] publications
//! say nothing.

use std::collections::HashMap;

use chrono::Duration;
use diwan_networks::Metric;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;

/// How far back is looked, in days.
pub const HISTORY_DAYS: i64 = 90;
/// The least publications that say anything.
pub const LEAST_SAMPLES: i64 = 10;
/// How old a publication is before its numbers count.
pub(crate) const GROWN: Duration = Duration::days(2);

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// How often a post was seen.
    Views,
    /// Likes, reposts, replies, quotes and bookmarks together.
    Engagement,
    /// Clicks on a post or its link.
    Clicks,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Views, Self::Engagement, Self::Clicks];

    fn name(self) -> &'static str {
        match self {
            Self::Views => "VIEWS",
            Self::Engagement => "ENGAGEMENT",
            Self::Clicks => "CLICKS",
        }
    }
}

/// How a figure of one account was spread, per publication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// How many publications have the figure.
    pub samples: i64,
    /// A quarter of them had no more than this.
    pub lower: f64,
    /// Half of them.
    pub median: f64,
    /// Three quarters of them.
    pub upper: f64,
}

#[derive(FromQueryResult)]
struct Row {
    account_id: Uuid,
    figure: String,
    samples: i64,
    lower: f64,
    median: f64,
    upper: f64,
}

const SQL: &str = "
  with grown as (
    select id, social_account_id from publication where brand_id = $1 and social_account_id = any ($2) and state = 'PUBLISHED'
      and published_at > $3 and published_at <= $4),
  newest as (
    select distinct on (s.publication_id, s.metric) s.publication_id, g.social_account_id, s.metric, s.value
    from grown g join metric_sample s on s.brand_id = $1 and s.publication_id = g.id
    where s.metric = any ($5) or s.metric in ('VIEWS', 'CLICKS')
    order by s.publication_id, s.metric, s.sampled_at desc),
  figures as (
    select social_account_id, case when metric = any ($5) then 'ENGAGEMENT' else metric end as figure,
      sum(value)::float8 as value
    from newest group by publication_id, social_account_id, 2)
  select social_account_id as account_id, figure, count(*) as samples,
    percentile_cont(0.25) within group (order by value) as lower,
    percentile_cont(0.5) within group (order by value) as median,
    percentile_cont(0.75) within group (order by value) as upper
  from figures group by social_account_id, figure";

/// How these accounts of a brand did, by account and figure; what has no numbers is left out. One statement.
pub(super) async fn spreads(
    context: &Context,
    brand_id: Uuid,
    account_ids: &[Uuid],
) -> Result<HashMap<(Uuid, Figure), Spread>, Failure> {
    let metrics = Metric::interactions();
    let since = context.now - Duration::days(HISTORY_DAYS);
    let values =
        [brand_id.into(), account_ids.to_vec().into(), since.into(), (context.now - GROWN).into(), metrics.into()];
    let rows: Vec<Row> = context.rows(SQL, values).await?;
    let of = |row: Row| {
        let figure = Figure::ALL.into_iter().find(|figure| figure.name() == row.figure)?;
        let spread = Spread { samples: row.samples, lower: row.lower, median: row.median, upper: row.upper };
        Some(((row.account_id, figure), spread))
    };
    Ok(rows.into_iter().filter_map(of).collect())
}
