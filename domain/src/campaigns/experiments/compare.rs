//! What an experiment shows so far.

use std::collections::HashMap;

use diwan_entity::campaigns::{experiment, experiment_arm};
use diwan_networks::Metric;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::manage::{arms_of_experiments, experiments_by_ids};
use super::statistics::{Difference, Method, Rate, Sample, is_rate, of_means, of_rates, share};
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::permission::Action;

/// What can be said of an arm beside the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It did better: the whole interval is above zero; below it of dislikes.
    Better,
    /// It did worse: the whole interval is below zero; above it of dislikes.
    Worse,
    /// It cannot be told: the interval includes zero, or there is none.
    NotEnough,
}

/// The figures of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmFigures {
    /// Which arm.
    pub arm_id: Uuid,
    /// What it is called.
    pub name: String,
    /// How many of its posts' publications have the number.
    pub publications: i64,
    /// How many are without it.
    pub missing: i64,
    /// What the publications had, all together; for a rate the hits.
    pub sum: i64,
    /// For a rate, of how many; none for a mean.
    pub of: Option<i64>,
    /// The mean or the rate; none where there is no number.
    pub value: Option<f64>,
}

/// An arm beside the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Which arm.
    pub arm_id: Uuid,
    /// Its value less that of the first arm; none where there is too little to say.
    pub difference: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// What can be said.
    pub outcome: Outcome,
}

/// What an experiment shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Of which experiment.
    pub experiment_id: Uuid,
    /// How differences are told.
    pub method: Method,
    /// The arms in their order.
    pub arms: Vec<ArmFigures>,
    /// All but the first, beside the first.
    pub comparisons: Vec<Comparison>,
}

#[derive(FromQueryResult)]
struct Row {
    arm_id: Uuid,
    publications: i64,
    missing: i64,
    hits: Option<i64>,
    trials: Option<i64>,
    mean: Option<f64>,
    variance: Option<f64>,
}

/// Of each publication the newest number, and the newest of what it is a part of; those that have what is wanted count.
const SQL: &str = "
  with figures as (
    select a.arm_id, e.per_metric, n.value as number, d.value as whole
    from experiment e join experiment_post a on a.brand_id = e.brand_id and a.experiment_id = e.id
      join publication b on b.brand_id = a.brand_id and b.post_id = a.post_id and b.state = 'PUBLISHED'
      left join lateral (select s.value from metric_sample s where s.brand_id = b.brand_id and s.publication_id = b.id
        and s.metric = e.metric order by s.sampled_at desc limit 1) n on true
      left join lateral (select s.value from metric_sample s where s.brand_id = b.brand_id and s.publication_id = b.id
        and s.metric = e.per_metric order by s.sampled_at desc limit 1) d on true
    where e.id = any ($1)),
  told as (select *, number is not null and (per_metric is null or whole is not null) as counts from figures)
  select arm_id, count(*) filter (where counts) as publications, count(*) filter (where not counts) as missing,
    sum(number) filter (where counts)::bigint as hits, sum(whole) filter (where counts)::bigint as trials,
    (avg(number) filter (where counts))::float8 as mean, (var_samp(number) filter (where counts))::float8 as variance
  from told group by arm_id";

/// What these experiments show: what was concluded as it was then, what is under way as it is now. In the brands where the caller may
/// read numbers. Three statements, however many experiments.
pub async fn verdicts_of_experiments(context: &Context, ids: &[Uuid]) -> Result<Vec<Verdict>, Failure> {
    let mut rows = experiments_by_ids(context, ids).await?;
    rows.retain(|row| context.may(Action::MetricsRead, row.brand_id));
    let open: Vec<Uuid> = rows.iter().filter(|row| row.verdict.is_none()).map(|row| row.id).collect();
    let (mut arms, mut found) = (Vec::new(), HashMap::new());
    if !open.is_empty() {
        arms = arms_of_experiments(context, &open).await?;
        let figures: Vec<Row> = context.rows(SQL, [open.into()]).await?;
        found = figures.into_iter().map(|row| (row.arm_id, row)).collect();
    }
    let of = |row: experiment::Model| match &row.verdict {
        Some(verdict) => serde_json::from_value(verdict.clone())
            .map_err(|error| Fault::broken(format!("the verdict of experiment {}: {error}", row.id)).into()),
        None => Ok(judge(&row, arms.iter().filter(|arm| arm.experiment_id == row.id), &found)),
    };
    rows.into_iter().map(of).collect()
}

/// What one experiment shows now.
pub async fn verdict_of(context: &Context, row: &experiment::Model) -> Result<Verdict, Failure> {
    let found = verdicts_of_experiments(context, &[row.id]).await?.pop();
    Ok(found.ok_or_else(|| Fault::broken("an experiment without a verdict"))?)
}

fn judge<'a>(
    row: &experiment::Model,
    arms: impl Iterator<Item = &'a experiment_arm::Model>,
    found: &HashMap<Uuid, Row>,
) -> Verdict {
    let is_part = row.per_metric.is_some();
    let less_is_better = row.metric == Metric::Dislikes.as_str();
    let arms: Vec<&experiment_arm::Model> = arms.collect();
    let comparisons = arms.len().saturating_sub(1);
    let told = arms.iter().map(|arm| figures(arm, found.get(&arm.id), is_part)).collect();
    let first = arms.first().and_then(|arm| found.get(&arm.id));
    let beside = arms.iter().skip(1).map(|arm| {
        let difference = first.zip(found.get(&arm.id)).and_then(|(first, other)| {
            if is_part {
                of_rates(rate(first), rate(other), comparisons)
            } else {
                of_means(sample(first), sample(other), comparisons)
            }
        });
        compared(arm.id, difference, less_is_better)
    });
    let method = if is_part { Method::RatesNewcombe } else { Method::MeansWelch };
    Verdict { experiment_id: row.id, method, comparisons: beside.collect(), arms: told }
}

fn rate(row: &Row) -> Rate {
    Rate { hits: row.hits.unwrap_or_default(), trials: row.trials.unwrap_or_default() }
}

fn sample(row: &Row) -> Sample {
    Sample { count: row.publications, mean: row.mean.unwrap_or_default(), variance: row.variance.unwrap_or_default() }
}

fn figures(arm: &experiment_arm::Model, row: Option<&Row>, is_part: bool) -> ArmFigures {
    let value =
        row.and_then(|row| if is_part { Some(rate(row)).filter(|rate| is_rate(*rate)).map(share) } else { row.mean });
    ArmFigures {
        arm_id: arm.id,
        name: arm.name.clone(),
        publications: row.map_or(0, |row| row.publications),
        missing: row.map_or(0, |row| row.missing),
        sum: row.and_then(|row| row.hits).unwrap_or_default(),
        of: if is_part { Some(row.and_then(|row| row.trials).unwrap_or_default()) } else { None },
        value,
    }
}

fn compared(arm_id: Uuid, difference: Option<Difference>, less_is_better: bool) -> Comparison {
    let (above, below) =
        if less_is_better { (Outcome::Worse, Outcome::Better) } else { (Outcome::Better, Outcome::Worse) };
    let outcome = match difference {
        Some(Difference { low, .. }) if low > 0.0 => above,
        Some(Difference { high, .. }) if high < 0.0 => below,
        _ => Outcome::NotEnough,
    };
    Comparison {
        arm_id,
        difference: difference.map(|found| found.by),
        low: difference.map(|found| found.low),
        high: difference.map(|found| found.high),
        outcome,
    }
}
