//! The parts that the statements of this folder are made of.
//!
//! Nothing that a caller says is part of their text: columns and orders are chosen from what stands here, and all else are values.

use sea_orm::Value;

use super::answers;
use super::dimension::{Dimension, Filter, Key, Kind};
use crate::insights::counting::{content_type, files, newest_followers, newest_numbers};
use crate::insights::kpi::{Formula, Quantity, Shape};

/// `$1` to `$4` are the brands, when each begins and ends to be looked at, and its zone; `$5` and `$6` between which moments numbers are
/// looked for at all, so that few parts of them are opened; `$7` the seconds for which a post counts; `$8` the metrics of interactions;
/// `$9` the moment after which a post is young; `$10` to `$13` the times: of which brand, which key, from when, until when; `$14` the
/// seconds for which a number of followers stands, and `$15` the moment from which on any of them does; `$16` the seconds for which a message is
/// not yet unanswered, and `$17` now.
///
/// Materialized, as in `figures/statements.rs`: of an expression row-level security lets no index be asked. A post's time is found among the
/// moments at which times begin, and not by a date, so that both clocks are the same. And as there, publications are found by when they went
/// out before anything is joined to them.
const TIMES: &str = "
with times as materialized (
  select t.brand_id, t.first_day, t.starts, t.ends, t.starts - make_interval(secs => $14) as starts_fresh,
    t.ends - make_interval(secs => $14) as ends_fresh
  from unnest($10::uuid[], $11::date[], $12::timestamptz[], $13::timestamptz[]) t (brand_id, first_day, starts, ends)),
places as materialized (
  select b.id, b.starts, b.ends, b.zone, k.days, k.bounds, b.starts - interval '30 days' as starts_spoken
  from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[]) b (id, starts, ends, zone)
    join (select brand_id, array_agg(first_day order by starts) as days, array_agg(starts order by starts) as bounds
      from times group by brand_id) k on k.brand_id = b.id),";

/// What is said of a text only where it is asked: reading each costs more than counting.
const TEXTS: &str = ", char_length(v.text) as length, (v.link is not null or v.text ~* 'https?://') as links,
    case when v.text is not null then (select count(*) from regexp_matches(v.text, '(^|[[:space:]])#[^[:space:]#]', 'g')) end as hashtags";

const POSTS: (&str, &str) = (
    concat!(
        "
posts as materialized (
  select p.id, p.brand_id, p.published_at, p.published_at + make_interval(secs => $7) as until, a.id as account_id, a.network,
    o.campaign_id, o.pillar_id, o.created_by as author_id, b.days[width_bucket(p.published_at, b.bounds)] as first_day,
    extract(isodow from p.published_at at time zone b.zone)::int as weekday,
    extract(hour from p.published_at at time zone b.zone)::int as hour,
    ",
        content_type!(),
        " as content_type"
    ),
    concat!(
        "
  from places b cross join lateral (select p.id, p.brand_id, p.post_id, p.published_at, p.social_account_id, p.variant_id from publication p
      where p.brand_id = b.id and p.state = 'PUBLISHED' and p.published_at >= b.starts and p.published_at < b.ends offset 0) p
    join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
    join post o on o.brand_id = p.brand_id and o.id = p.post_id
    left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
    left join ",
        files!(),
        " f on true),
counted as (
  select p.*, n.interactions, n.reach, n.views, n.dislikes from posts p left join lateral (
    select sum(s.value) filter (where s.metric = any ($8)) as interactions,
      max(s.value) filter (where s.metric = 'REACH') as reach, max(s.value) filter (where s.metric = 'VIEWS') as views,
      max(s.value) filter (where s.metric = 'DISLIKES') as dislikes
    from (",
        newest_numbers!("p.brand_id", "$8", "$5", "$6"),
        ") s) n on true
  where true"
    ),
);

/// Followers of each account at both ends of each time.
const FOLLOWED: &str = concat!(
    "
    left join lateral (",
    newest_followers!("t.brand_id", "t.starts_fresh", "t.starts and s.sampled_at >= $15 and s.sampled_at < $6"),
    ") b on true
    left join lateral (",
    newest_followers!("t.brand_id", "t.ends_fresh", "t.ends and s.sampled_at >= $15 and s.sampled_at < $6"),
    ") e on true"
);

/// The same where nobody asks for it.
const NOT_FOLLOWED: &str = "
    cross join (select null::bigint as value) b
    cross join (select null::bigint as value) e";

/// The sums of which figures are made, of rows of which each is a post, or an account at a time, or a time alone: `post` and `account` say
/// which; or a message that asks, of which `due` is known, or something under which comments were `read` or not. Of nothing that went out, the sums
/// are nothing; of what nobody said, there are none.
pub(super) const SUMS: &str = "count(*) filter (where post) as posts, count(*) filter (where young) as young,
  (case when count(*) filter (where post) = 0 then 0 else sum(interactions) end)::bigint as interactions,
  case when count(*) filter (where post) = 0 then 0 else nullif(count(interactions), 0) end as counted,
  (case when count(*) filter (where post) = 0 then 0 else sum(reach) end)::bigint as reach,
  (case when count(*) filter (where post) = 0 then 0 else sum(views) end)::bigint as views,
  (sum(interactions) filter (where reach is not null))::bigint as interactions_of_reached,
  (sum(reach) filter (where interactions is not null))::bigint as reach_of_interacted,
  (sum(dislikes) filter (where interactions is not null))::bigint as negative_reactions, sum(interactions + dislikes)::bigint as reactions,
  (sum(interactions) filter (where followers is not null))::bigint as interactions_of_followed,
  (sum(followers) filter (where interactions is not null))::bigint as followers_of_posts,
  sum(after)::bigint as followed, (sum(before) filter (where after is not null))::bigint as followed_before,
  (sum(after) filter (where before is not null))::bigint as followed_after,
  (case when bool_or(read) or bool_or(due) then coalesce(sum(seconds) filter (where answered), 0) end)::bigint as seconds_to_answer,
  case when bool_or(read) or bool_or(due) then count(*) filter (where answered) end as answered_messages,
  case when bool_or(read) or bool_or(due) then count(*) filter (where due) end as due_messages,
  array_agg(distinct network) filter (where post and interactions is null) as lacks_interactions,
  array_agg(distinct network) filter (where post and reach is null) as lacks_reach,
  array_agg(distinct network) filter (where post and views is null) as lacks_views,
  array_agg(distinct network) filter (where post and (interactions is null or reach is null)) as lacks_reached,
  array_agg(distinct network) filter (where post and (interactions is null or dislikes is null)) as lacks_reactions,
  array_agg(distinct network) filter (where post and (interactions is null or followers is null)) as lacks_followed,
  array_agg(distinct network) filter (where account and after is null) as lacks_followers,
  array_agg(distinct network) filter (where account and (before is null or after is null)) as lacks_growth,
  array_agg(distinct network) filter (where not read) as lacks_answers";

/// The column of [`SUMS`] that holds a quantity.
pub(super) fn sum_column(quantity: Quantity) -> Option<&'static str> {
    Some(match quantity {
        Quantity::PublishedPosts => "posts",
        Quantity::Interactions => "interactions",
        Quantity::CountedPosts => "counted",
        Quantity::Reach => "reach",
        Quantity::Views => "views",
        Quantity::InteractionsOfReached => "interactions_of_reached",
        Quantity::ReachOfInteracted => "reach_of_interacted",
        Quantity::NegativeReactions => "negative_reactions",
        Quantity::Reactions => "reactions",
        Quantity::InteractionsOfFollowed => "interactions_of_followed",
        Quantity::FollowersOfPosts => "followers_of_posts",
        Quantity::Followers => "followed",
        Quantity::FollowersBefore => "followed_before",
        Quantity::FollowersAfter => "followed_after",
        Quantity::SecondsToAnswer => "seconds_to_answer",
        Quantity::AnsweredMessages => "answered_messages",
        Quantity::DueMessages => "due_messages",
        _ => return None,
    })
}

/// The column of a single post that holds a quantity.
pub(super) fn post_column(quantity: Quantity) -> Option<&'static str> {
    Some(match quantity {
        Quantity::Interactions | Quantity::InteractionsOfReached | Quantity::InteractionsOfFollowed => "interactions",
        Quantity::Reach | Quantity::ReachOfInteracted => "reach",
        Quantity::Views => "views",
        Quantity::FollowersOfPosts => "followers",
        _ => return None,
    })
}

/// What orders by a formula: as [`crate::insights::kpi::reckon`] reckons it, less what is the same for all. Null where there is no figure.
pub(super) fn worth(formula: Formula, column: impl Fn(Quantity) -> Option<&'static str>) -> Option<String> {
    Some(match formula.shape {
        Shape::Total(one) => column(one)?.to_owned(),
        Shape::Change(before, after) => format!("{} - {}", column(after)?, column(before)?),
        Shape::Average(part, whole) | Shape::Share(part, whole) => {
            let (part, whole) = (column(part)?, column(whole)?);
            format!("case when {whole} > 0 then {part}::numeric / {whole} end")
        }
        Shape::Growth(before, after) => {
            let (before, after) = (column(before)?, column(after)?);
            format!("case when {before} > 0 then ({after} - {before})::numeric / {before} end")
        }
    })
}

/// A statement in the making.
#[derive(Debug)]
pub(super) struct Statement {
    values: Vec<Value>,
    /// Of posts as they are counted, `p`.
    of_posts: String,
    /// Of accounts, `a`.
    of_accounts: String,
    /// Of publications under which people speak, `p`, and of what they ask, `s`.
    of_talks: String,
    of_messages: String,
}

impl Statement {
    /// With the values that its parts want, and with conditions for these filters.
    pub(super) fn new(values: Vec<Value>, filters: &[Filter]) -> Self {
        let mut statement = Self {
            values,
            of_posts: String::new(),
            of_accounts: String::new(),
            of_talks: String::new(),
            of_messages: String::new(),
        };
        for filter in filters {
            let list = statement.bind(list(filter));
            let or_none = filter.keys.contains(&None);
            let condition = |column: &str| {
                let none = if or_none { format!(" or {column} is null") } else { String::new() };
                format!(" and ({column} = any ({list}){none})")
            };
            let column = filter.dimension.column();
            statement.of_posts.push_str(&condition(&format!("p.{column}")));
            // A message has an hour of its own.
            if matches!(filter.dimension, Dimension::Weekday | Dimension::Hour) {
                statement.of_messages.push_str(&condition(&format!("s.{column}")));
            } else {
                statement.of_talks.push_str(&condition(&format!("p.{column}")));
            }
            match filter.dimension {
                Dimension::Account => statement.of_accounts.push_str(&condition("a.id")),
                Dimension::Network => statement.of_accounts.push_str(&condition("a.network")),
                _ => {}
            }
        }
        statement
    }

    /// The place of one more value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// Posts and what they brought, as `counted`. With what is said of their texts where that is wanted.
    pub(super) fn counted(&self, texts: bool) -> String {
        let (columns, from) = POSTS;
        let texts = if texts { TEXTS } else { "" };
        format!("{TIMES}{columns}{texts}{from}{})", self.of_posts)
    }

    /// Accounts at each time, as `levels`: those that are connected, and those of which there are numbers. Of followers there are some
    /// only where they are wanted.
    pub(super) fn levels(&self, followers: bool) -> String {
        let followed = if followers { FOLLOWED } else { NOT_FOLLOWED };
        format!(
            ",
levels as materialized (
  select t.brand_id, t.first_day, a.id as account_id, a.network, b.value as before, e.value as after
  from times t join social_account a on a.brand_id = t.brand_id{followed}
  where (a.state <> 'DISCONNECTED' or e.value is not null){})",
            self.of_accounts
        )
    }

    /// What people asked, as `asked`, and where it was read, as `heard`, as far as these dimensions tell it apart.
    pub(super) fn answers(&self, dimensions: &[Dimension]) -> String {
        answers::answers(dimensions, &self.of_talks, &self.of_messages)
    }
}

/// The keys of a filter as a value.
fn list(filter: &Filter) -> Value {
    let mut ids = Vec::new();
    let mut words = Vec::new();
    let mut numbers = Vec::new();
    for key in filter.keys.iter().flatten() {
        match key {
            Key::Id(id) => ids.push(*id),
            Key::Word(word) => words.push(word.clone()),
            Key::Number(number) => numbers.push(*number),
            Key::Day(_) => {}
        }
    }
    match filter.dimension.kind() {
        Kind::Row(..) => ids.into(),
        Kind::Number => numbers.into(),
        Kind::Word | Kind::Day => words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::kpi::Kpi;

    #[test]
    fn what_can_be_asked_for_can_be_ordered_by() {
        for formula in Formula::ALL {
            let here = super::super::groups::METRICS.contains(&formula.kpi);
            assert_eq!(worth(formula, sum_column).is_some(), here, "{}", formula.name);
            let ranked = super::super::ranked::METRICS.contains(&formula.kpi);
            // Each post has counted for itself: what is per post is no order of posts.
            assert_eq!(worth(formula, post_column).is_some(), ranked, "{}", formula.name);
        }
        let formula = Formula::ALL.into_iter().find(|formula| formula.kpi == Kpi::EngagementRateByReach).unwrap();
        assert_eq!(worth(formula, post_column).unwrap(), "case when reach > 0 then interactions::numeric / reach end");
    }
}
