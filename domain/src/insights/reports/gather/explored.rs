//! Charts, heat maps and posts in their order: what [`crate::insights::explore`] tells, as a report shows it.

use std::collections::HashMap;

use chrono::{DateTime, Utc, Weekday};
use diwan_reports::report::{
    Block, Chart, ChartKind, HeatCell, HeatMap, Number, Place, Point, Post, PostsBlock, WhyNothing,
};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::super::blocks::{BlockKind, ChartBy, ReportBlock};
use super::figures::unit;
use super::{Ground, network_name, nothing, number};
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::insights::Period;
use crate::insights::explore::{
    AskedGroups, AskedHeatMap, AskedRanking, Dimension, Group, Key, Order, RankedPost, explore, heat_map as hours,
    ranked_posts,
};
use crate::insights::kpi::{Formula, Kpi};
use crate::permission::Action;

/// The longest period, in days, of which a chart shows each day; longer ones are shown by months.
const MOST_DAYS: i64 = 62;
/// The most places on an axis that is no time: those with the most.
const MOST_NAMES: usize = 20;
/// The most times on an axis.
const MOST_TIMES: usize = 366;
/// What is said of posts that have none of what the axis shows.
const NONE: &str = "–";

fn formula_of(kpi: Kpi) -> Result<Formula, Fault> {
    let known = Formula::ALL.into_iter().find(|formula| formula.kpi == kpi);
    known.ok_or_else(|| Fault::broken("a KPI without a formula"))
}

fn metric_of(block: &ReportBlock) -> Result<Kpi, Fault> {
    block.metric.ok_or_else(|| Fault::broken("a block without its KPI"))
}

/// By what explore divides for an axis. Accounts are told with their networks, since a name may be taken on each.
fn dimensions(by: ChartBy, period: Period) -> Vec<Dimension> {
    match by {
        ChartBy::Time if period.days() <= MOST_DAYS => vec![Dimension::Day],
        ChartBy::Time => vec![Dimension::Month],
        ChartBy::Account => vec![Dimension::Account, Dimension::Network],
        ChartBy::Network => vec![Dimension::Network],
        ChartBy::Campaign => vec![Dimension::Campaign],
        ChartBy::Pillar => vec![Dimension::Pillar],
        ChartBy::ContentType => vec![Dimension::ContentType],
        ChartBy::Weekday => vec![Dimension::Weekday],
    }
}

/// A chart of a KPI in the period beside the other. At most eight statements, however much there is.
pub(super) async fn chart(context: &Context, ground: &Ground, block: &ReportBlock) -> Result<Block, Failure> {
    let metric = metric_of(block)?;
    let by = block.by.ok_or_else(|| Fault::broken("a chart without an axis"))?;
    let in_order = matches!(by, ChartBy::Time | ChartBy::Weekday);
    let asked = |period: Period| AskedGroups {
        brand_ids: vec![ground.brand_id],
        period,
        metrics: vec![metric],
        // Both periods by the same length of time, whatever the other one's.
        dimensions: dimensions(by, ground.period),
        filters: Vec::new(),
        order: Order { by: (!in_order).then_some(metric), descending: !in_order },
        most: if in_order { MOST_TIMES } else { MOST_NAMES },
    };
    let now = explore(context, asked(ground.period)).await?.groups;
    // All names of the other period, in whichever order: one that was far behind may be ahead by now.
    let other = AskedGroups { most: crate::insights::explore::MOST_GROUPS, ..asked(ground.compared) };
    let before = explore(context, other).await?.groups;
    let mut known: HashMap<Vec<Option<Key>>, &Group> = HashMap::new();
    for group in &before {
        known.insert(group.keys.iter().map(|key| key.key.clone()).collect(), group);
    }
    let mut points = Vec::with_capacity(now.len());
    for (index, group) in now.iter().enumerate() {
        // Times are compared by their place in the period.
        let beside = if by == ChartBy::Time {
            before.get(index)
        } else {
            known.get(&group.keys.iter().map(|key| key.key.clone()).collect::<Vec<_>>()).copied()
        };
        if let Some(at) = place(group) {
            points.push(Point { at, value: value(group), before: beside.and_then(value) });
        }
    }
    if points.iter().all(|point| point.value.is_none() && point.before.is_none()) {
        return Ok(nothing(BlockKind::Chart, WhyNothing::Empty));
    }
    let formula = formula_of(metric)?;
    let line = by == ChartBy::Time && metric != Kpi::PublishedPosts;
    Ok(Block::Chart(Chart {
        metric: formula.name.to_owned(),
        unit: unit(formula.unit, None),
        kind: if line { ChartKind::Line } else { ChartKind::Bars },
        points,
    }))
}

fn value(group: &Group) -> Option<Number> {
    group.figures.first()?.value.as_deref().and_then(number)
}

/// Where a group stands on the axis.
fn place(group: &Group) -> Option<Place> {
    let first = group.keys.first()?;
    let Some(key) = &first.key else { return Some(Place::Named(NONE.to_owned())) };
    Some(match (first.dimension, key) {
        (Dimension::Day, Key::Day(day)) => Place::Day(*day),
        (_, Key::Day(day)) => Place::Month(super::first_of(*day)),
        (Dimension::Weekday, Key::Number(number)) => Place::Weekday(weekday(*number)?),
        (Dimension::ContentType, Key::Word(word)) => Place::ContentType(word.clone()),
        (Dimension::Network, Key::Word(word)) => Place::Named(network_name(word)),
        (Dimension::Account, _) => Place::Named(account(group)),
        _ => Place::Named(first.label.clone().unwrap_or_else(|| NONE.to_owned())),
    })
}

/// An account with its network.
fn account(group: &Group) -> String {
    let mut keys = group.keys.iter();
    let handle = keys.next().and_then(|key| key.label.as_deref()).unwrap_or(NONE);
    match keys.next().and_then(|key| key.key.as_ref()) {
        Some(Key::Word(network)) => format!("{handle} · {}", network_name(network)),
        _ => handle.to_owned(),
    }
}

/// The day of this number: 1 is Monday, 7 is Sunday.
fn weekday(number: i32) -> Option<Weekday> {
    Weekday::try_from(u8::try_from(number.checked_sub(1)?).ok()?).ok()
}

/// When posts did best. At most four statements.
pub(super) async fn heat_map(context: &Context, ground: &Ground, block: &ReportBlock) -> Result<Block, Failure> {
    let asked = AskedHeatMap { brand_id: ground.brand_id, period: ground.period, filters: Vec::new() };
    let told = hours(context, asked).await?;
    if told.cells.is_empty() {
        return Ok(nothing(BlockKind::HeatMap, WhyNothing::Empty));
    }
    let cells = told.cells.into_iter().filter_map(|cell| {
        Some(HeatCell {
            weekday: weekday(cell.weekday)?,
            hour: u8::try_from(cell.hour).ok()?,
            value: cell.mean.as_deref().and_then(number),
            posts: u32::try_from(cell.posts).unwrap_or(u32::MAX),
            enough: cell.enough,
        })
    });
    let metric = formula_of(metric_of(block)?)?.name.to_owned();
    Ok(Block::HeatMap(HeatMap { metric, cells: cells.collect() }))
}

#[derive(FromQueryResult)]
struct Posted {
    id: Uuid,
    text: String,
    network: String,
    handle: String,
    published_at: DateTime<Utc>,
    remote_url: Option<String>,
}

/// What these publications say, and where. A post without a text is called by its title.
const POSTED: &str = "
  select p.id, left(coalesce(nullif(btrim(v.text), ''), o.title), 500) as text, s.network, s.handle, p.published_at, p.remote_url
  from publication p join post o on o.brand_id = p.brand_id and o.id = p.post_id
    join social_account s on s.brand_id = p.brand_id and s.id = p.social_account_id
    left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
  where p.brand_id = $1 and p.id = any ($2) and p.published_at is not null";

/// Posts in their order, and which publications these are. At most six statements.
pub(super) async fn posts(
    context: &Context,
    ground: &Ground,
    block: &ReportBlock,
) -> Result<(Block, Vec<Uuid>), Failure> {
    context.permit_some(Action::ContentRead, ground.brand_id).await?;
    let metric = metric_of(block)?;
    let best = block.kind == BlockKind::TopPosts;
    let asked = AskedRanking {
        brand_ids: vec![ground.brand_id],
        period: ground.period,
        metric,
        filters: Vec::new(),
        most: block.count.and_then(|count| usize::try_from(count).ok()).unwrap_or(1),
        best,
    };
    let ranked = ranked_posts(context, asked).await?.posts;
    let ids: Vec<Uuid> = ranked.iter().map(|post| post.publication_id).collect();
    let rows: Vec<Posted> = context.rows(POSTED, [ground.brand_id.into(), ids.clone().into()]).await?;
    let mut rows: HashMap<Uuid, Posted> = rows.into_iter().map(|row| (row.id, row)).collect();
    let (mut told, mut shown_ids) = (Vec::with_capacity(ranked.len()), Vec::with_capacity(ranked.len()));
    for post in ranked {
        if let Some(row) = rows.remove(&post.publication_id) {
            shown_ids.push(row.id);
            told.push(shown(row, measured(post)));
        }
    }
    if told.is_empty() {
        return Ok((nothing(block.kind, WhyNothing::Empty), shown_ids));
    }
    let metric = formula_of(metric)?.name.to_owned();
    Ok((Block::Posts(PostsBlock { metric, best, posts: told }), shown_ids))
}

/// These publications in their order, each with what is told of it; without those that are gone. One statement.
pub(super) async fn posts_with(
    context: &Context,
    brand_id: Uuid,
    wanted: Vec<(Uuid, Metrics)>,
) -> Result<Vec<Post>, Failure> {
    let ids: Vec<Uuid> = wanted.iter().map(|(id, _)| *id).collect();
    let rows: Vec<Posted> = context.rows(POSTED, [brand_id.into(), ids.into()]).await?;
    let mut rows: HashMap<Uuid, Posted> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(wanted.into_iter().filter_map(|(id, metrics)| Some(shown(rows.remove(&id)?, metrics))).collect())
}

/// What is told of a post, by key.
type Metrics = Vec<(String, Option<Number>)>;

fn measured(post: RankedPost) -> Metrics {
    let told = |figure: crate::insights::explore::GroupFigure| {
        (figure.formula.name.to_owned(), figure.value.as_deref().and_then(number))
    };
    post.figures.into_iter().map(told).collect()
}

fn shown(row: Posted, metrics: Metrics) -> Post {
    Post {
        text: row.text,
        network_name: network_name(&row.network),
        account_handle: row.handle,
        published_at: row.published_at,
        url: row.remote_url,
        picture: None,
        metrics,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week_are_counted_from_monday() {
        assert_eq!((weekday(1), weekday(7)), (Some(Weekday::Mon), Some(Weekday::Sun)));
        assert_eq!((weekday(0), weekday(8), weekday(i32::MIN)), (None, None, None));
    }
}
