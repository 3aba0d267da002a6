//! Which post to advertise next: what did better by itself than its account usually does.
//!
//! - Looked at are the publications of the last [`HISTORY_DAYS`] days that are at least two days old, by their newest numbers, and
//!   of what was advertised by the newest before that: what was paid for is not organic.
//! - The engagement rate of a publication is what people did with it (likes, reposts, replies, quotes, bookmarks) by those whom it reached, by
//!   its views where the account has too few numbers of reach, or else by the account's followers: engagement rate by reach, by views
//!   and by followers. An account has one measure for all its publications.
//! - It is compared with the median of its own account, never with other accounts or networks. Candidates are those of the last
//!   [`RECENT_DAYS`] days that are above it; what is further above comes first, what was advertised before comes after that, and what may not
//!   be advertised comes last, with the reason.
//! - Of an account with fewer than [`LEAST_SAMPLES`] such publications nothing is said but that. A missing number is missing.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use diwan_networks::Metric;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::rights::{Forbidden, Rights};
use crate::campaigns::{GROWN, HISTORY_DAYS, LEAST_SAMPLES};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Action;

/// How old a candidate may be, in days.
pub const RECENT_DAYS: i64 = 30;
/// The most candidates that are told at a time.
pub const MOST_CANDIDATES: usize = 50;
/// The most publications that are looked at, the newest of them.
const MOST_LOOKED_AT: i64 = 10_000;

/// By what engagement is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Those whom the publication reached.
    Reach,
    /// How often it was seen.
    Views,
    /// The followers of the account, as the newest number says.
    Followers,
}

/// Something that speaks for or against a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Its rate is so many times the median of its account.
    AboveMedian(f64),
    /// Its account's median is nothing, and its rate is more.
    AboveNothing,
    /// So many whole days old.
    Age(i64),
    /// The median is that of so many publications.
    Samples(i64),
    /// It was advertised so often on this account.
    Advertised(i64),
    /// Whoever made a file of it has not allowed advertising with it there now.
    NotGranted,
    /// A file of it may not be used now.
    OutsideItsTerm,
}

impl Reason {
    /// Whether it forbids to advertise.
    pub fn forbids(self) -> bool {
        matches!(self, Self::NotGranted | Self::OutsideItsTerm)
    }
}

/// A publication that might be advertised.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The publication.
    pub publication_id: Uuid,
    /// Of which post.
    pub post_id: Uuid,
    /// On which account.
    pub account_id: Uuid,
    /// Its variant, unless that was taken out meanwhile.
    pub variant_id: Option<Uuid>,
    /// Its engagement rate: what people did, by one of the basis.
    pub rate: f64,
    /// The median of its account.
    pub median: f64,
    /// By what its account is measured.
    pub basis: Basis,
    /// What speaks for it and against it.
    pub reasons: Vec<Reason>,
}

/// An account of which nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// Which account.
    pub account_id: Uuid,
    /// How many of its publications have the numbers that are needed; [`LEAST_SAMPLES`] are.
    pub publications: i64,
}

/// Which posts to advertise next.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// Accounts with publications of which nothing can be said.
    pub untold: Vec<Untold>,
}

/// A publication with its numbers.
#[derive(Debug, Clone, FromQueryResult)]
struct Grown {
    publication_id: Uuid,
    post_id: Uuid,
    variant_id: Option<Uuid>,
    account_id: Uuid,
    published_at: DateTime<Utc>,
    advertised: i64,
    engagement: Option<i64>,
    reach: Option<i64>,
    views: Option<i64>,
    followers: Option<i64>,
}

const SQL: &str = "
  with advertised as (
    select b.post_id, b.social_account_id, count(*) as times, min(b.starts_on)::timestamp at time zone min(h.time_zone) as since
    from ad_boost b join brand h on h.id = b.brand_id
    where b.brand_id = $1 and b.post_id is not null and b.state in ('RUNNING', 'ENDED')
    group by b.post_id, b.social_account_id),
  grown as (
    select p.id, p.post_id, p.variant_id, p.social_account_id, p.published_at, coalesce(a.times, 0) as times, a.since
    from publication p left join advertised a on a.post_id = p.post_id and a.social_account_id = p.social_account_id
    where p.brand_id = $1 and p.state = 'PUBLISHED' and p.published_at > $2 and p.published_at <= $3
    order by p.published_at desc limit $5),
  newest as (
    select distinct on (s.publication_id, s.metric) s.publication_id, s.metric, s.value
    from grown g join metric_sample s on s.brand_id = $1 and s.publication_id = g.id
    where (s.metric = any ($4) or s.metric in ('REACH', 'VIEWS')) and (g.since is null or s.sampled_at < g.since)
    order by s.publication_id, s.metric, s.sampled_at desc),
  figures as (
    select publication_id, sum(value) filter (where metric = any ($4))::bigint as engagement,
      max(value) filter (where metric = 'REACH') as reach, max(value) filter (where metric = 'VIEWS') as views
    from newest group by publication_id),
  followers as (
    select distinct on (s.social_account_id) s.social_account_id, s.value from metric_sample s
    where s.brand_id = $1 and s.publication_id is null and s.metric = 'FOLLOWERS'
      and s.social_account_id in (select g.social_account_id from grown g)
    order by s.social_account_id, s.sampled_at desc)
  select g.id as publication_id, g.post_id, g.variant_id, g.social_account_id as account_id, g.published_at, g.times as advertised,
    f.engagement, f.reach, f.views, w.value as followers
  from grown g left join figures f on f.publication_id = g.id left join followers w on w.social_account_id = g.social_account_id
  order by g.published_at desc, g.id desc";

/// Which posts of a brand to advertise next, `first` of them (1 to 50), and of which accounts nothing can be said.
pub async fn promotion_candidates(context: &Context, brand_id: Uuid, first: usize) -> Result<Candidates, Failure> {
    context.permit(Action::PromotionRead, brand_id).await?;
    context.permit(Action::MetricsRead, brand_id).await?;
    if !(1..=MOST_CANDIDATES).contains(&first) {
        return Err(UserError::at(Code::Invalid, "first").into());
    }
    let metrics = Metric::interactions();
    let since = context.now - Duration::days(HISTORY_DAYS);
    let values = [brand_id.into(), since.into(), (context.now - GROWN).into(), metrics.into(), MOST_LOOKED_AT.into()];
    let rows: Vec<Grown> = context.rows(SQL, values).await?;
    let mut told = compare(&rows, context.now);
    let posts: Vec<Uuid> = told.candidates.iter().map(|candidate| candidate.post_id).collect();
    let rights = Rights::load(context, &posts).await?;
    for candidate in &mut told.candidates {
        match rights.forbid((candidate.post_id, candidate.variant_id), context.now) {
            None => {}
            Some(Forbidden::Grant) => candidate.reasons.push(Reason::NotGranted),
            Some(Forbidden::Term(..)) => candidate.reasons.push(Reason::OutsideItsTerm),
        }
    }
    rank(&mut told.candidates);
    told.candidates.truncate(first);
    Ok(told)
}

/// What there is of a publication to divide by.
fn base(row: &Grown, basis: Basis) -> Option<i64> {
    let base = match basis {
        Basis::Reach => row.reach,
        Basis::Views => row.views,
        Basis::Followers => row.followers,
    };
    base.filter(|base| *base > 0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn rate(row: &Grown, basis: Basis) -> Option<f64> {
    let engagement = row.engagement.filter(|engagement| *engagement >= 0)?;
    Some(engagement as f64 / base(row, basis)? as f64)
}

/// The middle of values: of an even number the mean of both in the middle, as PostgreSQL's `percentile_cont`.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*values.get(middle.checked_sub(1)?)?, upper))
}

/// Compares the publications of each account with one another.
fn compare(rows: &[Grown], now: DateTime<Utc>) -> Candidates {
    let mut accounts: Vec<Uuid> = Vec::new();
    let mut of_account: HashMap<Uuid, Vec<&Grown>> = HashMap::new();
    for row in rows {
        let known = of_account.entry(row.account_id).or_default();
        if known.is_empty() {
            accounts.push(row.account_id);
        }
        known.push(row);
    }
    let mut answer = Candidates::default();
    for account_id in accounts {
        let rows = of_account.remove(&account_id).unwrap_or_default();
        let rated =
            |basis| -> Vec<(&Grown, f64)> { rows.iter().filter_map(|row| Some((*row, rate(row, basis)?))).collect() };
        let all = [Basis::Reach, Basis::Views, Basis::Followers].map(|basis| (basis, rated(basis)));
        let most = all.iter().map(|(_, rated)| count(rated.len())).max().unwrap_or_default();
        let chosen = all.into_iter().find(|(_, rated)| count(rated.len()) >= LEAST_SAMPLES);
        let Some((basis, rated)) = chosen else {
            answer.untold.push(Untold { account_id, publications: most });
            continue;
        };
        let samples = count(rated.len());
        let Some(median) = median(rated.iter().map(|(_, rate)| *rate).collect()) else { continue };
        let recent = |row: &Grown| now - row.published_at <= Duration::days(RECENT_DAYS);
        let above = rated.into_iter().filter(|(row, rate)| recent(row) && *rate > median);
        answer.candidates.extend(above.map(|(row, rate)| candidate(row, now, (basis, rate), (median, samples))));
    }
    answer
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn candidate(row: &Grown, now: DateTime<Utc>, (basis, rate): (Basis, f64), (median, samples): (f64, i64)) -> Candidate {
    let above = if median > 0.0 { Reason::AboveMedian(rate / median) } else { Reason::AboveNothing };
    let age = (now - row.published_at).num_days();
    let mut reasons = vec![above, Reason::Age(age), Reason::Samples(samples)];
    if row.advertised > 0 {
        reasons.push(Reason::Advertised(row.advertised));
    }
    Candidate {
        publication_id: row.publication_id,
        post_id: row.post_id,
        account_id: row.account_id,
        variant_id: row.variant_id,
        rate,
        median,
        basis,
        reasons,
    }
}

/// The best first: what may be advertised, what was not yet, what is furthest above its median.
fn rank(candidates: &mut [Candidate]) {
    let times = |candidate: &Candidate| {
        // Nothing is how many times nothing cannot be told; what is above nothing comes after what is above something.
        if candidate.median > 0.0 { candidate.rate / candidate.median } else { 1.0 }
    };
    let has = |candidate: &Candidate, what: fn(&Reason) -> bool| candidate.reasons.iter().any(what);
    candidates.sort_by(|one, other| {
        let key = |candidate: &Candidate| {
            (
                has(candidate, |reason| reason.forbids()),
                has(candidate, |reason| matches!(reason, Reason::Advertised(_))),
            )
        };
        let by_times = times(other).total_cmp(&times(one));
        key(one).cmp(&key(other)).then(by_times).then(other.publication_id.cmp(&one.publication_id))
    });
}

#[cfg(test)]
#[path = "candidates_tests.rs"]
mod tests;
