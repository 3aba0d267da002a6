//! Reading visits of a brand's sites: as many statements however many days and referrers there are.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::web_day::Channel;
use diwan_entity::insights::web_source;
use diwan_entity::tenancy::brand;
use sea_orm::{FromQueryResult, QueryOrder as _, Value};
use uuid::Uuid;

use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Failure, Fault};
use crate::insights::figures::{Period, possible};
use crate::insights::kpi::{Formula, Kpi, Quantity, reckon};
use crate::permission::Action;
use crate::strategy::text_of;

/// The most referrers, and the most goals, that are told.
const MOST_TOLD: usize = 200;

/// Visits taken together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct WebSums {
    /// How many.
    pub sessions: i64,
    /// How many came from social networks.
    pub social_sessions: i64,
    /// How many ended where they began, of those of which it is known.
    pub bounces: Option<i64>,
    /// Those of which it is known.
    pub bounces_of: Option<i64>,
    /// How many pages were seen, of those of which it is known.
    pub page_views: Option<i64>,
}

impl WebSums {
    /// The share of those that ended where they began, in hundredths, as the KPI of that name: a decimal. None where nobody said any.
    pub fn bounce_rate(&self) -> Option<String> {
        let formula = Formula::ALL.into_iter().find(|formula| formula.kpi == Kpi::BounceRate)?;
        let sum = |quantity| match quantity {
            Quantity::Bounces => self.bounces,
            Quantity::SessionsOfBounces => self.bounces_of,
            _ => None,
        };
        reckon(formula, sum).ok().map(text_of)
    }
}

/// A day with all of its visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebDay {
    /// Which.
    pub day: NaiveDate,
    /// Its visits.
    pub sums: WebSums,
}

/// Visits of a period that came from one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebReferrer {
    /// How they came.
    pub channel: Channel,
    /// From where; empty where nobody says.
    pub referrer: String,
    /// The visits.
    pub sums: WebSums,
}

/// How often a goal was reached in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebGoalSum {
    /// Its name.
    pub goal: String,
    /// How often.
    pub completions: i64,
    /// What that was worth, once for each currency; empty where nobody said.
    pub values: Vec<Money>,
}

/// Visits of a brand's sites in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAnalytics {
    /// The period.
    pub period: Period,
    /// All of them; none where no day is known.
    pub total: Option<WebSums>,
    /// The days that are known, in their order.
    pub days: Vec<WebDay>,
    /// Those of the period before today of which nothing is known, or not of every source that was counting then: a server from its first day
    /// on, what somebody sends from its first to its last.
    pub missing_days: Vec<NaiveDate>,
    /// From where they came, the most visits first, at most 200.
    pub referrers: Vec<WebReferrer>,
    /// Whether there are more.
    pub more_referrers: bool,
    /// The goals that were reached, the most often first, at most 200.
    pub goals: Vec<WebGoalSum>,
}

/// What counts visits of a brand's sites, the oldest first: at most 20. For whoever may read numbers.
pub async fn web_sources(context: &Context, brand_id: Uuid) -> Result<Vec<web_source::Model>, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    Ok(context.all(web_source::Entity::in_brand(brand_id).order_by_asc(web_source::Column::Id)).await?)
}

/// What counts visits, by id, in the brands where the caller may read numbers.
pub async fn web_sources_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<web_source::Model>, Failure> {
    let rows = context.all(web_source::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::MetricsRead, row.brand_id)).collect())
}

/// The sums, for a select of `web_day d`.
const SUMS: &str = "sum(d.sessions)::bigint as sessions,
  coalesce(sum(d.sessions) filter (where d.channel = 'SOCIAL'), 0)::bigint as social_sessions,
  sum(d.bounces)::bigint as bounces, (sum(d.sessions) filter (where d.bounces is not null))::bigint as bounces_of,
  sum(d.page_views)::bigint as page_views";

const WITHIN: &str = "from web_day d where d.brand_id = $1 and d.day between $2 and $3";

const GOALS: &str = "
  select g.goal, sum(g.completions)::bigint as completions, g.currency, sum(g.value_minor)::bigint as value_minor
  from web_goal_day g where g.brand_id = $1 and g.day between $2 and $3
    and g.goal in (select t.goal from web_goal_day t where t.brand_id = $1 and t.day between $2 and $3
      group by t.goal order by sum(t.completions) desc, t.goal limit $4)
  group by g.goal, g.currency order by g.goal, g.currency";

const MISSING: &str = "
  select g.day::date as day from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') g (day)
  where g.day < $4::date and (
    not exists (select from web_day d where d.brand_id = $1 and d.day = g.day::date)
    or exists (
      select from (
        select s.id, min(d.day) as first, case when s.base_url is not null and s.state <> 'DISCONNECTED' then $3::date else max(d.day) end as last
        from web_source s join web_day d on d.brand_id = s.brand_id and d.source_id = s.id
        where s.brand_id = $1 group by s.id, s.base_url, s.state) s
      where g.day::date between s.first and s.last
        and not exists (select from web_day d where d.brand_id = $1 and d.source_id = s.id and d.day = g.day::date)))
  order by g.day";

#[derive(FromQueryResult)]
struct Missing {
    day: NaiveDate,
}

#[derive(FromQueryResult)]
struct OfDay {
    day: NaiveDate,
    #[sea_orm(nested)]
    sums: WebSums,
}

#[derive(FromQueryResult)]
struct OfReferrer {
    channel: Channel,
    referrer: String,
    #[sea_orm(nested)]
    sums: WebSums,
}

#[derive(FromQueryResult)]
struct OfGoal {
    goal: String,
    completions: i64,
    currency: Option<String>,
    value_minor: Option<i64>,
}

/// Visits of a brand's sites in a period of up to 1100 days. A day counts as the site's own clock counts it. For whoever may read numbers.
pub async fn web_analytics(context: &Context, brand_id: Uuid, period: Period) -> Result<WebAnalytics, Failure> {
    context.permit(Action::MetricsRead, brand_id).await?;
    possible(period)?;
    let brand = context.one(brand::Entity::in_brand(brand_id)).await?.ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let today = context.now.with_timezone(&zone).date_naive();
    let within = || -> [Value; 3] { [brand_id.into(), period.from.into(), period.to.into()] };

    let sql = format!("select d.day, {SUMS} {WITHIN} group by d.day order by d.day");
    let known: Vec<OfDay> = context.rows(&sql, within()).await?;
    let known: Vec<WebDay> = known.into_iter().map(|OfDay { day, sums }| WebDay { day, sums }).collect();
    let sql = format!(
        "select d.channel, d.referrer, {SUMS} {WITHIN} group by d.channel, d.referrer having sum(d.sessions) > 0
         order by sum(d.sessions) desc, d.channel, d.referrer limit {}",
        MOST_TOLD + 1
    );
    let mut referrers: Vec<OfReferrer> = context.rows(&sql, within()).await?;
    let more_referrers = referrers.len() > MOST_TOLD;
    referrers.truncate(MOST_TOLD);
    let referrer = |OfReferrer { channel, referrer, sums }| WebReferrer { channel, referrer, sums };

    let missing: Vec<Missing> = context.rows(MISSING, within().into_iter().chain([today.into()])).await?;
    Ok(WebAnalytics {
        period,
        total: total(&known),
        missing_days: missing.into_iter().map(|missing| missing.day).collect(),
        days: known,
        referrers: referrers.into_iter().map(referrer).collect(),
        more_referrers,
        goals: goals(context, within()).await?,
    })
}

fn total(days: &[WebDay]) -> Option<WebSums> {
    let both = |one: Option<i64>, other: Option<i64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    };
    days.iter().map(|day| day.sums).reduce(|all, day| WebSums {
        sessions: all.sessions.saturating_add(day.sessions),
        social_sessions: all.social_sessions.saturating_add(day.social_sessions),
        bounces: both(all.bounces, day.bounces),
        bounces_of: both(all.bounces_of, day.bounces_of),
        page_views: both(all.page_views, day.page_views),
    })
}

async fn goals(context: &Context, within: [Value; 3]) -> Result<Vec<WebGoalSum>, Failure> {
    let most = i64::try_from(MOST_TOLD).unwrap_or(i64::MAX);
    let rows: Vec<OfGoal> = context.rows(GOALS, within.into_iter().chain([most.into()])).await?;
    let mut goals: BTreeMap<String, (i64, Vec<Money>)> = BTreeMap::new();
    for OfGoal { goal, completions, currency, value_minor } in rows {
        let (times, values) = goals.entry(goal).or_default();
        *times = times.saturating_add(completions);
        values.extend(currency.zip(value_minor).map(|(currency, minor)| Money { minor, currency }));
    }
    let of = |(goal, (completions, values))| WebGoalSum { goal, completions, values };
    let mut goals: Vec<WebGoalSum> = goals.into_iter().map(of).collect();
    goals.sort_by(|one, other| other.completions.cmp(&one.completions).then_with(|| one.goal.cmp(&other.goal)));
    Ok(goals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_visits_of_which_it_is_known() {
        let day = |day: &str, sessions, bounces: Option<i64>| WebDay {
            day: day.parse().unwrap(),
            sums: WebSums { sessions, bounces, bounces_of: bounces.map(|_| sessions), ..WebSums::default() },
        };
        let sums =
            total(&[day("2026-07-01", 10, Some(4)), day("2026-07-02", 90, None), day("2026-07-03", 20, Some(8))]);
        let sums = sums.unwrap();
        assert_eq!((sums.sessions, sums.bounces_of, sums.bounce_rate().as_deref()), (120, Some(30), Some("40")));
        assert_eq!((total(&[]), WebSums::default().bounce_rate()), (None, None));
    }
}
