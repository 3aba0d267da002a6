//! What a campaign has reached of its targets.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::campaigns::campaign::{self, CampaignState};
use diwan_entity::campaigns::campaign_target;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::pace::{Compared, Pace, PaceReason, elapsed_bp, pace, share_bp};
use super::queries::{campaigns_by_ids, targets_of_campaigns};
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::permission::Action;
use crate::tenancy;

/// Millionths of one.
const MICRO: i64 = 1_000_000;

/// What was reached of one target.
#[derive(Debug, Clone)]
pub struct TargetProgress {
    /// The target.
    pub target: campaign_target::Model,
    /// What was reached, in millionths of the unit; none where nothing was measured.
    pub achieved_micro: Option<i64>,
    /// When the newest of it was measured or stated.
    pub measured_at: Option<DateTime<Utc>>,
    /// Of how many publications, posts or links it is the sum; 0 for what is one value.
    pub counted: i64,
    /// Of how many publications it is missing.
    pub missing: i64,
    /// How much of the target that is, in ten-thousandths.
    pub achieved_bp: Option<i64>,
    /// How much of the campaign's time is gone, in ten-thousandths; none before it begins.
    pub elapsed_bp: Option<i64>,
    /// Where it stands.
    pub pace: Pace,
    /// Why.
    pub reason: PaceReason,
}

#[derive(Debug, Clone, Copy, Default)]
struct Achieved {
    micro: Option<i64>,
    at: Option<DateTime<Utc>>,
    counted: i64,
    missing: i64,
}

#[derive(FromQueryResult)]
struct Summed {
    target_id: Uuid,
    counted: i64,
    missing: i64,
    value: Option<i64>,
    at: Option<DateTime<Utc>>,
}

/// The newest number of each publication of the campaign's posts, added up; those without one are counted.
const NUMBERS: &str = "
  select t.id as target_id, count(n.value) as counted, count(*) - count(n.value) as missing, sum(n.value)::bigint as value,
    max(n.sampled_at) as at
  from campaign_target t join post p on p.brand_id = t.brand_id and p.campaign_id = t.campaign_id
    join publication b on b.brand_id = p.brand_id and b.post_id = p.id and b.state = 'PUBLISHED'
    left join lateral (select s.value, s.sampled_at from metric_sample s where s.brand_id = b.brand_id
      and s.publication_id = b.id and s.metric = t.metric order by s.sampled_at desc limit 1) n on true
  where t.id = any ($1) and t.source = 'METRIC' group by t.id";

/// How many posts of the campaign are published.
const POSTS: &str = "
  select t.id as target_id, count(p.id) as counted, 0::bigint as missing, count(p.id) as value, null::timestamptz as at
  from campaign_target t left join post p on p.brand_id = t.brand_id and p.campaign_id = t.campaign_id
    and p.state in ('PUBLISHED', 'PARTIALLY_PUBLISHED')
  where t.id = any ($1) and t.source = 'PUBLISHED_POSTS' group by t.id";

/// How often the links of the campaign were followed, and the conversions in which they, or landing pages of it, have a part; nothing
/// where it has none of them. A form that a link led to is the link's.
const LINKS: &str = "
  select t.id as target_id, count(l.id) as counted, 0::bigint as missing,
    case when count(l.id) > 0 then coalesce(sum(n.clicks), 0)::bigint end as value, null::timestamptz as at
  from campaign_target t left join tracked_link l on l.brand_id = t.brand_id and l.campaign_id = t.campaign_id
    left join lateral (select sum(k.clicks) as clicks from link_click k where k.brand_id = l.brand_id and k.link_id = l.id) n on true
  where t.id = any ($1) and t.source = 'LINK_CLICKS' group by t.id
  union all
  select t.id, count(distinct x.thing), 0, case when count(x.thing) > 0 then count(distinct x.conversion_id) end, null
  from campaign_target t left join lateral (
      select l.id as thing, o.conversion_id from tracked_link l
        left join conversion_touch o on o.brand_id = l.brand_id and o.link_id = l.id
      where l.brand_id = t.brand_id and l.campaign_id = t.campaign_id
      union all
      select p.id, null from landing_page p
      where p.brand_id = t.brand_id and p.campaign_id = t.campaign_id and p.published_at is not null
      union all
      select s.page_id, c.id from landing_submission s join conversion c on c.brand_id = s.brand_id and c.submission_id = s.id
      where s.brand_id = t.brand_id and s.campaign_id = t.campaign_id
        and not exists (select from conversion_touch o where o.brand_id = c.brand_id and o.conversion_id = c.id)) x on true
  where t.id = any ($1) and t.source = 'CONVERSIONS' group by t.id";

/// The newest statement; and the value of a KPI of the newest period that shares a day with the campaign, under its newest meaning.
const STATED: &str = "
  select t.id as target_id, 0::bigint as counted, 0::bigint as missing, r.value_micro as value, r.stated_at as at
  from campaign_target t cross join lateral (select * from campaign_result r where r.brand_id = t.brand_id
    and r.target_id = t.id order by r.stated_at desc, r.id desc limit 1) r
  where t.id = any ($1) and t.source = 'STATED'
  union all
  select t.id, 0, 0, v.value_micro, v.recorded_at
  from campaign_target t join campaign c on c.brand_id = t.brand_id and c.id = t.campaign_id
    cross join lateral (select k.value_micro, k.recorded_at
      from kpi_version m join kpi_value k on k.brand_id = m.brand_id and k.kpi_version_id = m.id
      where m.brand_id = t.brand_id and m.kpi_id = t.kpi_id and k.period_start <= c.ends_on
        and k.period_start + case m.period when 'WEEK' then interval '7 days' when 'MONTH' then interval '1 month'
          when 'QUARTER' then interval '3 months' else interval '1 year' end > c.starts_on
      order by k.period_start desc, m.number desc limit 1) v
  where t.id = any ($1) and t.source = 'KPI'";

async fn achieved(context: &Context, target_ids: &[Uuid]) -> Result<HashMap<Uuid, Achieved>, Failure> {
    let mut found = HashMap::new();
    for (sql, unit) in [(NUMBERS, MICRO), (POSTS, MICRO), (LINKS, MICRO), (STATED, 1)] {
        let rows: Vec<Summed> = context.rows(sql, [target_ids.to_vec().into()]).await?;
        for Summed { target_id, counted, missing, value, at } in rows {
            let micro = value.map(|value| value.saturating_mul(unit));
            found.insert(target_id, Achieved { micro, at, counted, missing });
        }
    }
    Ok(found)
}

/// How much of a campaign's time is gone.
fn gone(row: &campaign::Model, zone: chrono_tz::Tz, now: DateTime<Utc>) -> Option<i64> {
    if !matches!(row.state, CampaignState::Active | CampaignState::Closed) {
        return None;
    }
    let after: NaiveDate = row.ends_on.succ_opt().unwrap_or(row.ends_on);
    // What is begun by hand before its first day has that day's time ahead of it.
    let start = day_start(zone, row.starts_on).min(row.activated_at.unwrap_or(now));
    let until = row.closed_at.unwrap_or(now);
    elapsed_bp((until - start).num_seconds(), (day_start(zone, after) - start).num_seconds())
}

/// What these campaigns reached so far, in the order of their targets; in the brands where the caller may read numbers. Seven
/// statements, however many campaigns.
pub async fn progress_of_campaigns(context: &Context, ids: &[Uuid]) -> Result<Vec<TargetProgress>, Failure> {
    let mut rows = campaigns_by_ids(context, ids).await?;
    rows.retain(|row| context.may(Action::MetricsRead, row.brand_id));
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut brand_ids: Vec<Uuid> = rows.iter().map(|row| row.brand_id).collect();
    brand_ids.sort_unstable();
    brand_ids.dedup();
    let mut zones: HashMap<Uuid, chrono_tz::Tz> = HashMap::new();
    for brand in tenancy::brands_by_ids(context, &brand_ids).await? {
        let zone = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        zones.insert(brand.id, zone);
    }
    let targets = targets_of_campaigns(context, &ids).await?;
    let target_ids: Vec<Uuid> = targets.iter().map(|target| target.id).collect();
    let found = achieved(context, &target_ids).await?;
    let mut elapsed: HashMap<Uuid, Option<i64>> = HashMap::new();
    for row in &rows {
        let zone = zones.get(&row.brand_id).ok_or_else(|| Fault::broken("a campaign without its brand"))?;
        elapsed.insert(row.id, gone(row, *zone, context.now));
    }
    let of = |target: campaign_target::Model| {
        let found = found.get(&target.id).copied().unwrap_or_default();
        let elapsed_bp = elapsed.get(&target.campaign_id).copied().flatten();
        let (pace, reason) = pace(Compared {
            source: target.source,
            direction: target.direction,
            target_micro: target.target_micro,
            achieved_micro: found.micro,
            elapsed_bp,
        });
        TargetProgress {
            achieved_bp: found.micro.map(|micro| share_bp(micro, target.target_micro)),
            achieved_micro: found.micro,
            measured_at: found.at,
            counted: found.counted,
            missing: found.missing,
            elapsed_bp,
            pace,
            reason,
            target,
        }
    };
    Ok(targets.into_iter().map(of).collect())
}
