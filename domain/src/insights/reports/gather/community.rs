//! What people said under the brand's posts in the period, and what the brand answered: counts alone, no name and no text of who wrote.
//!
//! Decided here:
//! - A message counts where it was sent, unless it was taken back since; the brand's own are none.
//! - Of a period of which nothing was read, nothing is told: not nought.
//! - Answered and unanswered are told of those messages that ask for an answer, as the KPIs `RESPONSE_TIME` and `RESPONSE_RATE` take them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diwan_reports::report::{Block, Chart, ChartKind, Figure, Number, Place, Point, PostsBlock, Unit, WhyNothing};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::blocks::BlockKind;
use super::{Ground, explored, figures, nothing, number};
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::insights::kpi::Kpi;
use crate::insights::{Insights, Period};
use crate::listening::share_of_voice;
use crate::permission::Action;

/// The most posts that are told, those with the most messages.
const MOST_POSTS: i64 = 5;

#[derive(FromQueryResult)]
struct Counts {
    messages: i64,
    answered: i64,
    unanswered: i64,
    /// Whether anybody looked: under a post of the period, or of the thirty days before it, as `RESPONSE_RATE` asks.
    known: bool,
}

const COUNTS: &str = "
  with wanted (place, since, starts, ends) as materialized (values
    (0, $2::timestamptz - interval '30 days', $2::timestamptz, $3::timestamptz),
    (1, $4::timestamptz - interval '30 days', $4::timestamptz, $5::timestamptz))
  select s.messages, s.answered, s.unanswered, s.messages > 0 or exists (
      select from publication o join comment_reading r on r.brand_id = o.brand_id and r.publication_id = o.id
      where o.brand_id = $1 and o.state = 'PUBLISHED' and o.published_at >= w.since and o.published_at < w.ends
        and r.read_at is not null) as known
  from wanted w cross join lateral (
    select count(*) as messages, count(*) filter (where m.asks and m.answered_at is not null) as answered,
      count(*) filter (where m.asks and m.answered_at is null) as unanswered
    from conversation_message m where m.brand_id = $1 and not m.is_own and m.gone_at is null
      and m.sent_at >= w.starts and m.sent_at < w.ends) s
  order by w.place";

#[derive(FromQueryResult)]
struct Spoken {
    id: Uuid,
    messages: i64,
    unanswered: i64,
}

const SPOKEN: &str = "
  select c.publication_id as id, count(*) as messages,
    count(*) filter (where m.asks and m.answered_at is null) as unanswered
  from conversation_message m join conversation c on c.brand_id = m.brand_id and c.id = m.conversation_id
  where m.brand_id = $1 and not m.is_own and m.gone_at is null and m.sent_at >= $2 and m.sent_at < $3
  group by c.publication_id order by count(*) desc, c.publication_id desc limit $4";

/// Counts with the KPIs about them, on how many days mentions were not counted in full, a chart of the share of voice of each that is
/// compared, and the posts with the most messages. Three statements and those of the share of voice.
pub(super) async fn community(context: &Context, ground: &Ground, insights: &Insights) -> Result<Vec<Block>, Failure> {
    let (starts, ends) = bounds(ground, ground.period)?;
    let (before, until) = bounds(ground, ground.compared)?;
    let values = [ground.brand_id.into(), starts.into(), ends.into(), before.into(), until.into()];
    let counts: Vec<Counts> = context.rows(COUNTS, values).await?;
    let kpis = [Kpi::ResponseTime, Kpi::ResponseRate, Kpi::ShareOfVoice];
    let kpis = figures::some(insights, &kpis, ground.audience);
    let voice = voice(context, ground).await?;
    let known = counts.iter().any(|one| one.known);
    if !known && kpis.iter().all(|figure| figure.value.is_none()) {
        return Ok(vec![nothing(BlockKind::Community, WhyNothing::Empty)]);
    }
    let missing = kpis.iter().find(|figure| figure.kpi == "RESPONSE_RATE");
    let missing = missing.map(|figure| figure.missing_networks.clone()).unwrap_or_default();
    let count = |key: &str, of: fn(&Counts) -> i64| {
        let told = |place: usize| counts.get(place).filter(|one| one.known).map(of);
        Figure { missing_networks: missing.clone(), ..counted(key, [told(0), told(1)]) }
    };
    let mut told = vec![
        count("MESSAGES_RECEIVED", |one| one.messages),
        count("MESSAGES_ANSWERED", |one| one.answered),
        count("MESSAGES_UNANSWERED", |one| one.unanswered),
    ];
    told.extend(kpis);
    let (chart, missing_days) = voice.unzip();
    told.extend(missing_days);
    let posts = spoken(context, ground).await?;
    Ok(std::iter::once(Block::Community(told)).chain(chart).chain(posts).collect())
}

fn bounds(
    ground: &Ground,
    period: Period,
) -> Result<(chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>), Failure> {
    let after = period.to.succ_opt().ok_or_else(|| Fault::broken("a period beyond the calendar"))?;
    Ok((day_start(ground.zone, period.from), day_start(ground.zone, after)))
}

/// A count of the period, and of the other.
fn counted(key: &str, [value, before]: [Option<i64>; 2]) -> Figure {
    Figure {
        kpi: key.to_owned(),
        unit: Unit::Count,
        value: value.map(whole),
        before: before.map(whole),
        change_percent: None,
        target: None,
        standing: None,
        missing_networks: Vec::new(),
    }
}

fn whole(mantissa: i64) -> Number {
    Number { mantissa, places: 0 }
}

/// The share of each that is compared, by the names that the brand gave them, and on how many days not every source knew all of them. None
/// where nothing is compared, or whoever asked may not read it.
async fn voice(context: &Context, ground: &Ground) -> Result<Option<(Block, Figure)>, Failure> {
    if !context.may(Action::MetricsRead, ground.brand_id) {
        return Ok(None);
    }
    let found = share_of_voice(context, ground.brand_id, ground.period).await?;
    let of_sources = found.sources.iter().flat_map(|source| &source.missing_days);
    let missing: BTreeSet<NaiveDate> = found.missing_days.iter().chain(of_sources).copied().collect();
    let missing = i64::try_from(missing.len()).map_err(|_| Fault::broken("more days than a period has"))?;
    let point = |one: crate::listening::ComparedMonitor| {
        let value = Some(number(one.share.as_deref()?)?);
        Some(Point { at: Place::Named(one.monitor.name), value, before: None })
    };
    let points: Vec<Point> = found.monitors.into_iter().filter_map(point).collect();
    if points.is_empty() {
        return Ok(None);
    }
    let chart = Chart { metric: "SHARE_OF_VOICE".to_owned(), unit: Unit::Percent, kind: ChartKind::Bars, points };
    Ok(Some((Block::Chart(chart), counted("SHARE_OF_VOICE_MISSING_DAYS", [Some(missing), None]))))
}

/// None where nobody wrote, or whoever asked may not read the posts.
async fn spoken(context: &Context, ground: &Ground) -> Result<Option<Block>, Failure> {
    if !context.may(Action::ContentRead, ground.brand_id) {
        return Ok(None);
    }
    let (starts, ends) = bounds(ground, ground.period)?;
    let values = [ground.brand_id.into(), starts.into(), ends.into(), MOST_POSTS.into()];
    let rows: Vec<Spoken> = context.rows(SPOKEN, values).await?;
    let wanted = rows.into_iter().map(|row| {
        let counts = [("MESSAGES_RECEIVED", row.messages), ("MESSAGES_UNANSWERED", row.unanswered)];
        (row.id, counts.map(|(key, count)| (key.to_owned(), Some(whole(count)))).to_vec())
    });
    let posts = explored::posts_with(context, ground.brand_id, wanted.collect()).await?;
    let metric = "MESSAGES_RECEIVED".to_owned();
    Ok((!posts.is_empty()).then_some(Block::Posts(PostsBlock { metric, best: true, posts })))
}
