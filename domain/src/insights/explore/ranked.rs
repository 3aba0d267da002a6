//! The posts that did best, or least well, by one of their numbers.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::answers::NOT_ASKED;
use super::ask::{Asked, Ground, formula_of, with_followers};
use super::dimension::Filter;
use super::figure::{GroupFigure, GroupSums};
use super::shared::{Shared, TraitRow, found, traits};
use super::statement::{SUMS, post_column, worth};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::insights::figures::Period;
use crate::insights::kpi::{Formula, Kpi};
use crate::permission::Action;

/// The most posts of one answer.
pub const MOST_RANKED: usize = 50;

/// The numbers that a single post has.
pub(super) const METRICS: [Kpi; 5] =
    [Kpi::Reach, Kpi::Views, Kpi::Interactions, Kpi::EngagementRateByFollowers, Kpi::EngagementRateByReach];

/// What is asked.
#[derive(Debug, Clone)]
pub struct AskedRanking {
    /// Of which brands: 1 to 20, each once.
    pub brand_ids: Vec<Uuid>,
    /// From its first day to its last, at most 1100, by each brand's clock.
    pub period: Period,
    /// By which number: reach, views, interactions, or engagement by followers or reach.
    pub metric: Kpi,
    /// Of which posts alone.
    pub filters: Vec<Filter>,
    /// How many, 1 to 50.
    pub most: usize,
    /// Those that did best; those that did least well unless.
    pub best: bool,
}

/// A post in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedPost {
    /// The publication.
    pub publication_id: Uuid,
    /// Its place, from 1 on. Of equals the newest is first.
    pub place: i64,
    /// Its numbers.
    pub figures: Vec<GroupFigure>,
}

/// Posts in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The first of them.
    pub posts: Vec<RankedPost>,
    /// How many publications went out.
    pub in_all: i64,
    /// How many of them have the number by which they are ordered: the others have no place.
    pub counted: i64,
    /// The networks of these others, in alphabetical order.
    pub missing_networks: Vec<String>,
    /// Whether there are enough posts to say what is in common.
    pub compared: bool,
    /// What these posts have in common that all posts have less, or more, of; the surest first.
    pub shared: Vec<Shared>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    place: i64,
    #[sea_orm(nested)]
    sums: GroupSums,
}

/// The posts that did best, or least well, and what they have in common. At most five statements, however many posts there are.
pub async fn ranked_posts(context: &Context, asked: AskedRanking) -> Result<Ranking, Failure> {
    let about = Asked {
        brand_ids: &asked.brand_ids,
        field: ("brandIds", true),
        period: asked.period,
        dimensions: &[],
        filters: &asked.filters,
    };
    let ground = Ground::find(context, about).await?;
    let mut wrong = Complaints::default();
    let told: Vec<Formula> = METRICS.into_iter().filter_map(formula_of).collect();
    let by = told.iter().find(|formula| formula.kpi == asked.metric).copied();
    if by.is_none() {
        wrong.add(UserError::at(Code::Invalid, "metric"));
    }
    if !(1..=MOST_RANKED).contains(&asked.most) {
        wrong.add(UserError::at(Code::Invalid, "first"));
    }
    wrong.check()?;
    let by = by.ok_or_else(|| Fault::broken("a number without a formula"))?;
    let most = i64::try_from(asked.most).unwrap_or(i64::MAX);

    let ranked = ranked(by, asked.best)?;

    let mut statement = ground.statement(context.now);
    let place = statement.bind(most);
    let first =
        format!("\nselect id, place, {SUMS}\nfrom ranked where place <= {place} group by id, place order by place");
    let followers = told.iter().any(|formula| with_followers(*formula));
    let sql = [statement.counted(false), statement.levels(followers), ranked.clone(), first].concat();
    let rows: Vec<Row> = context.rows(&sql, statement.into_values()).await?;

    let mut statement = ground.statement(context.now);
    let place = statement.bind(most);
    let pillars = statement.bind(ground.may(context, Action::StrategyRead));
    let sql =
        [statement.counted(true), statement.levels(with_followers(by)), ranked, traits(&place, &pillars)].concat();
    let rows_of_traits: Vec<TraitRow> = context.rows(&sql, statement.into_values()).await?;

    let found = found(rows_of_traits);
    let post = |row: Row| RankedPost {
        publication_id: row.id,
        place: row.place,
        figures: told.iter().map(|formula| row.sums.figure(*formula)).collect(),
    };
    Ok(Ranking {
        posts: rows.into_iter().map(post).collect(),
        in_all: found.in_all,
        counted: found.counted,
        missing_networks: found.missing_networks,
        compared: found.compared,
        shared: found.shared,
    })
}

/// Posts with their places, as `ranked`; those without the number have none.
fn ranked(by: Formula, best: bool) -> Result<String, Fault> {
    let worth = worth(by, post_column).ok_or_else(|| Fault::broken("a number that no post has"))?;
    let direction = if best { "desc" } else { "asc" };
    Ok(format!(
        ",
valued as (
  select c.*, true as post, false as account, c.published_at > $9 as young, l.after as followers, null::bigint as before,
    null::bigint as after, {NOT_ASKED}
  from counted c left join levels l on l.brand_id = c.brand_id and l.first_day = c.first_day and l.account_id = c.account_id),
ranked as (
  select r.*, case when r.worth is not null
    then row_number() over (order by r.worth {direction} nulls last, r.published_at desc, r.id) end as place
  from (select v.*, {worth} as worth from valued v) r)"
    ))
}
