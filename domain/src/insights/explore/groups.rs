//! Figures of groups.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::answers::{self, NOT_ASKED};
use super::ask::{Asked, Ground, formula_of, number_of, of_accounts, of_messages, with_followers};
use super::dimension::{Dimension, Filter, Key, Kind};
use super::figure::{GroupFigure, GroupSums};
use super::statement::{SUMS, sum_column, worth};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::insights::figures::Period;
use crate::insights::kpi::{Formula, Kpi};

/// The most groups of one answer.
pub const MOST_GROUPS: usize = 500;
/// By how many dimensions figures are divided at most.
pub const MOST_DIMENSIONS: usize = 3;

/// What can be asked for. The others are of a brand as a whole.
pub(super) const METRICS: [Kpi; 13] = [
    Kpi::Followers,
    Kpi::FollowerGrowth,
    Kpi::AudienceGrowthRate,
    Kpi::PublishedPosts,
    Kpi::Reach,
    Kpi::Views,
    Kpi::Interactions,
    Kpi::InteractionsPerPost,
    Kpi::EngagementRateByFollowers,
    Kpi::EngagementRateByReach,
    Kpi::NegativeFeedbackRate,
    Kpi::ResponseTime,
    Kpi::ResponseRate,
];

/// In which order groups are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By this KPI, which is among those that are asked for; by the keys unless. Where there is no figure, the group is among the last.
    pub by: Option<Kpi>,
    /// From the greatest on.
    pub descending: bool,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct AskedGroups {
    /// Of which brands: 1 to 20, each once.
    pub brand_ids: Vec<Uuid>,
    /// From its first day to its last, at most 1100, by each brand's clock.
    pub period: Period,
    /// Which KPIs, 1 to 13: followers and their growth, what went out and what it brought, what was asked and answered.
    pub metrics: Vec<Kpi>,
    /// By what they are divided, up to 3, of which one may be a time.
    pub dimensions: Vec<Dimension>,
    /// Of which posts alone.
    pub filters: Vec<Filter>,
    /// In which order.
    pub order: Order,
    /// How many groups, 1 to 500.
    pub most: usize,
}

/// A key of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKey {
    /// Of what kind.
    pub dimension: Dimension,
    /// Which; none for posts that have no such thing.
    pub key: Option<Key>,
    /// What it is called, where it has a name of its own.
    pub label: Option<String>,
}

/// What was asked, of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// A key for each of the dimensions, in their order.
    pub keys: Vec<GroupKey>,
    /// Each of the KPIs that were asked for, in their order.
    pub figures: Vec<GroupFigure>,
    /// How many publications of it went out.
    pub posts: i64,
    /// How many of them have not yet had the time for which they count.
    pub young: i64,
}

/// Groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explored {
    /// The first of them.
    pub groups: Vec<Group>,
    /// How many there are in all.
    pub in_all: i64,
}

#[derive(FromQueryResult)]
struct Row {
    key1: Option<String>,
    key2: Option<String>,
    key3: Option<String>,
    label1: Option<String>,
    label2: Option<String>,
    label3: Option<String>,
    in_all: i64,
    #[sea_orm(nested)]
    sums: GroupSums,
}

/// Figures by dimensions. At most four statements, however much there is.
pub async fn explore(context: &Context, asked: AskedGroups) -> Result<Explored, Failure> {
    let about = Asked {
        brand_ids: &asked.brand_ids,
        field: ("brandIds", true),
        period: asked.period,
        dimensions: &asked.dimensions,
        filters: &asked.filters,
    };
    let ground = Ground::find(context, about).await?;
    let formulas = check(&asked)?;
    let mut statement = ground.statement(context.now);
    let followers = formulas.iter().any(|formula| with_followers(*formula));
    let answers = formulas.iter().any(|formula| of_messages(*formula));
    let most = statement.bind(i64::try_from(asked.most).unwrap_or(i64::MAX));
    let order = order(&asked, &formulas, number_of(ground.week_start()));
    let order = if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
    let parts = [
        statement.counted(false),
        statement.levels(followers),
        if answers { statement.answers(&asked.dimensions) } else { String::new() },
        facts(&asked.dimensions, answers),
        grouped(&asked.dimensions),
        order,
        format!(" limit {most}"),
    ];
    let sql = parts.concat();
    let rows: Vec<Row> = context.rows(&sql, statement.into_values()).await?;
    let in_all = rows.first().map_or(0, |row| row.in_all);
    let group = |row: Row| Group {
        figures: formulas.iter().map(|formula| row.sums.figure(*formula)).collect(),
        posts: row.sums.posts,
        young: row.sums.young,
        keys: keys(&asked.dimensions, row),
    };
    Ok(Explored { groups: rows.into_iter().map(group).collect(), in_all })
}

/// Which formulas are wanted; refuses what does not go together.
fn check(asked: &AskedGroups) -> Result<Vec<Formula>, Failure> {
    let mut wrong = Complaints::default();
    let mut formulas: Vec<Formula> = Vec::new();
    for (place, kpi) in asked.metrics.iter().enumerate() {
        let formula = formula_of(*kpi).filter(|formula| METRICS.contains(kpi) && !formulas.contains(formula));
        match formula {
            Some(formula) => formulas.push(formula),
            None => wrong.add(UserError::at(Code::Invalid, &format!("metrics.{place}"))),
        }
    }
    if asked.metrics.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "metrics"));
    }
    let times = asked.dimensions.iter().filter(|dimension| dimension.grain().is_some()).count();
    for (place, dimension) in asked.dimensions.iter().enumerate() {
        let twice = asked.dimensions.iter().take(place).any(|other| other == dimension);
        if twice || (times > 1 && dimension.grain().is_some()) {
            wrong.add(UserError::at(Code::Invalid, &format!("dimensions.{place}")));
        }
    }
    if asked.dimensions.len() > MOST_DIMENSIONS {
        let many = UserError::at(Code::TooMany, "dimensions").number("limit", MOST_DIMENSIONS);
        wrong.add(many.number("actual", asked.dimensions.len()));
    }
    let named = asked.dimensions.iter().chain(asked.filters.iter().map(|filter| &filter.dimension));
    let of_posts: Vec<Dimension> = named.copied().filter(|dimension| !dimension.divides_accounts()).collect();
    for (place, kpi) in asked.metrics.iter().enumerate() {
        let Some(formula) = formulas.iter().find(|formula| formula.kpi == *kpi && of_accounts(**formula)) else {
            continue;
        };
        if let Some(dimension) = of_posts.first() {
            let error = UserError::at(Code::NotByDimension, &format!("metrics.{place}"));
            wrong.add(error.text("metric", formula.name).text("dimension", dimension.name()));
        }
    }
    if asked.order.by.is_some_and(|kpi| !asked.metrics.contains(&kpi)) {
        wrong.add(UserError::at(Code::Invalid, "orderBy.metric"));
    }
    if !(1..=MOST_GROUPS).contains(&asked.most) {
        wrong.add(UserError::at(Code::Invalid, "first"));
    }
    wrong.check()?;
    Ok(formulas)
}

/// Rows of which each is a post, or an account at a time; with `answers` also what people asked. Where groups are of accounts and times alone,
/// all of them are there.
fn facts(dimensions: &[Dimension], answers: bool) -> String {
    let mut sql = format!(
        ",
facts as (
  select true as post, false as account, c.published_at > $9 as young, c.brand_id, c.account_id, c.network, c.campaign_id, c.pillar_id, c.content_type,
    c.author_id, c.weekday, c.hour, c.first_day, c.interactions, c.reach, c.views, c.dislikes, l.after as followers, null::bigint as before,
    null::bigint as after, {NOT_ASKED}
  from counted c left join levels l on l.brand_id = c.brand_id and l.first_day = c.first_day and l.account_id = c.account_id"
    );
    if dimensions.iter().all(|dimension| dimension.divides_accounts()) {
        // By account or network, only those that there are; by time alone each time, be there no account.
        let by_account = [Dimension::Account, Dimension::Network].iter().any(|one| dimensions.contains(one));
        let join = if by_account { "join" } else { "left join" };
        let rest = format!(
            "
  union all
  select false, l.account_id is not null, false, t.brand_id, l.account_id, l.network, null::uuid, null::uuid, null::text, null::uuid, null::int, null::int,
    t.first_day, null::numeric, null::bigint, null::bigint, null::bigint, null::bigint, l.before, l.after, {NOT_ASKED}
  from times t "
        );
        sql.push_str(&rest);
        sql.push_str(join);
        sql.push_str(" levels l on l.brand_id = t.brand_id and l.first_day = t.first_day");
    }
    if answers {
        sql.push_str(&answers::facts(dimensions));
    }
    sql.push(')');
    sql
}

/// The groups, with the names of their keys.
fn grouped(dimensions: &[Dimension]) -> String {
    let (mut keys, mut joins) = (Vec::new(), Vec::new());
    let mut names = vec!["g.*".to_owned()];
    for (place, dimension) in (1..=MOST_DIMENSIONS).zip(dimensions.iter().map(Some).chain(std::iter::repeat(None))) {
        let Some(dimension) = dimension else {
            names.push(format!("null::text as key{place}, null::text as label{place}"));
            continue;
        };
        keys.push(format!("{} as k{place}, ", dimension.column()));
        let label = match dimension.kind() {
            Kind::Row(table, name) => {
                joins.push(format!(" left join {table} n{place} on n{place}.id = g.k{place}"));
                format!("n{place}.{name}")
            }
            Kind::Word | Kind::Number | Kind::Day => "null::text".to_owned(),
        };
        names.push(format!("g.k{place}::text as key{place}, {label} as label{place}"));
    }
    let columns: Vec<&str> = dimensions.iter().map(|dimension| dimension.column()).collect();
    let mut by = if columns.is_empty() { String::new() } else { format!(" group by {}", columns.join(", ")) };
    if dimensions.iter().any(|dimension| !dimension.divides_accounts()) {
        // Where nothing went out and nobody asked, that comments could be read makes no group.
        by.push_str(" having bool_or(post or due is not null)");
    }
    let (keys, names, joins) = (keys.concat(), names.join(", "), joins.concat());
    format!(
        ",
groups as (
  select {keys}{SUMS}
  from facts{by})
select {names}, count(*) over () as in_all
from groups g{joins}"
    )
}

/// What groups are ordered by.
fn order(asked: &AskedGroups, formulas: &[Formula], week_start: i32) -> Vec<String> {
    let direction = if asked.order.descending { "desc" } else { "asc" };
    let mut order = Vec::new();
    let by = asked.order.by.and_then(|kpi| formulas.iter().find(|formula| formula.kpi == kpi));
    if let Some(worth) = by.and_then(|formula| worth(*formula, sum_column)) {
        order.push(format!("{worth} {direction} nulls last"));
    }
    // Among equals by their keys.
    let direction = if asked.order.by.is_some() { "asc" } else { direction };
    for (dimension, place) in asked.dimensions.iter().zip(1..) {
        let key = match (dimension.kind(), dimension) {
            (Kind::Row(_, name), _) => format!("lower(n{place}.{name}) {direction} nulls last, g.k{place}"),
            (Kind::Number, Dimension::Weekday) => format!("(g.k{place} + 7 - {week_start}) % 7"),
            _ => format!("g.k{place}"),
        };
        order.push(format!("{key} {direction} nulls last"));
    }
    order
}

fn keys(dimensions: &[Dimension], row: Row) -> Vec<GroupKey> {
    let told = [(row.key1, row.label1), (row.key2, row.label2), (row.key3, row.label3)];
    let keys = dimensions.iter().zip(told).map(|(dimension, (key, label))| GroupKey {
        dimension: *dimension,
        key: key.and_then(|text| dimension.key(&text)),
        label,
    });
    keys.collect()
}
