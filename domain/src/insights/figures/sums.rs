//! What a brand's figures of a period are made of: six statements, however much there is.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_networks::Metric;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::approvals::Money;
use crate::context::Context;
use crate::error::Failure;
use crate::insights::kpi::Quantity;
use crate::permission::Action;

/// A post counts with what it had gathered so long after it went out, so that posts of all ages are compared alike.
pub const COUNTED_FOR: Duration = Duration::days(7);
/// How old a number of followers may be to stand for a moment.
const FRESH: Duration = Duration::days(7);

/// A period as the statements ask for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub days: (NaiveDate, NaiveDate),
    pub start: DateTime<Utc>,
    /// The moment after its end.
    pub end: DateTime<Utc>,
}

/// What posts of one kind brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentTypeFigures {
    /// `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` or `VIDEO`.
    pub content_type: String,
    /// How many publications of it went out.
    pub posts: i64,
    /// How many of them have a number of interactions.
    pub counted: i64,
    /// Their interactions; none where no network said any.
    pub interactions: Option<i64>,
}

/// The sums of a period.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub known: HashMap<Quantity, i64>,
    /// The networks of which a number is missing.
    pub lacking: HashMap<Quantity, BTreeSet<String>>,
    /// What was spent, and what came of it, once for each currency. None where the caller may not read it.
    pub costs: Option<Vec<Money>>,
    pub values: Option<Vec<Money>>,
    /// Whether the caller may read of links, and of conversions.
    pub links_told: bool,
    pub conversions_told: bool,
    pub content_types: Vec<ContentTypeFigures>,
    /// Publications that have not yet had the time for which they count.
    pub young: i64,
}

impl Sums {
    pub(super) fn get(&self, quantity: Quantity) -> Option<i64> {
        self.known.get(&quantity).copied()
    }

    pub(super) fn lacking(&self, quantity: Quantity) -> impl Iterator<Item = &String> {
        self.lacking.get(&quantity).into_iter().flatten()
    }

    pub(super) fn add(&mut self, quantity: Quantity, value: Option<i64>) {
        if let Some(value) = value {
            let sum = self.known.entry(quantity).or_default();
            *sum = sum.saturating_add(value);
        }
    }

    pub(super) fn lacks(&mut self, quantities: &[Quantity], network: &str) {
        for quantity in quantities {
            self.lacking.entry(*quantity).or_default().insert(network.to_owned());
        }
    }
}

#[derive(FromQueryResult)]
struct Followed {
    id: Uuid,
    network: String,
    before: Option<i64>,
    after: Option<i64>,
}

const FOLLOWERS: &str = "
  select a.id, a.network, b.value as before, e.value as after from social_account a
    left join lateral (select s.value from metric_sample s where s.brand_id = $1 and s.social_account_id = a.id
      and s.publication_id is null and s.metric = 'FOLLOWERS' and s.sampled_at >= $2 and s.sampled_at < $3
      order by s.sampled_at desc limit 1) b on true
    left join lateral (select s.value from metric_sample s where s.brand_id = $1 and s.social_account_id = a.id
      and s.publication_id is null and s.metric = 'FOLLOWERS' and s.sampled_at >= $4 and s.sampled_at < $5
      order by s.sampled_at desc limit 1) e on true
  where a.brand_id = $1 and (a.state <> 'DISCONNECTED' or e.value is not null)
  order by a.id";

#[derive(FromQueryResult)]
struct Posted {
    account_id: Uuid,
    network: String,
    content_type: String,
    posts: i64,
    young: i64,
    counted: i64,
    interactions: Option<i64>,
    reached: i64,
    reach: Option<i64>,
    viewed: i64,
    views: Option<i64>,
    both: i64,
    interactions_of_reached: Option<i64>,
    reach_of_interacted: Option<i64>,
}

/// Of each publication the newest number of each metric within its time; then sums by account and kind. Materialized, so that the end
/// of that time is a value when samples are looked for: of an expression row-level security lets no index be asked.
const POSTS: &str = "
  with posts as materialized (
    select p.id, p.published_at, p.published_at + make_interval(secs => $7) as until, a.id as account_id, a.network,
      case when f.film then 'VIDEO' when f.files > 1 then 'CAROUSEL' when f.files = 1 then 'IMAGE'
        when v.link is not null then 'LINK' else 'TEXT' end as content_type
    from publication p join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
      left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
      left join lateral (select count(*) as files, coalesce(bool_or(t.mime_type like 'video/%'), false) as film
        from variant_asset x join asset t on t.brand_id = x.brand_id and t.id = x.asset_id
        where x.brand_id = p.brand_id and x.variant_id = p.variant_id) f on true
    where p.brand_id = $1 and p.state = 'PUBLISHED' and p.published_at >= $2 and p.published_at < $3),
  figures as (
    select p.account_id, p.network, p.content_type, p.published_at,
      sum(n.value) filter (where n.metric = any ($5)) as interactions,
      max(n.value) filter (where n.metric = 'REACH') as reach,
      max(n.value) filter (where n.metric = 'VIEWS') as views
    from posts p left join lateral (
      select m.metric, s.value from unnest($5::text[] || array['REACH', 'VIEWS']) m (metric) cross join lateral (
        select s.value from metric_sample s where s.brand_id = $1 and s.publication_id = p.id and s.metric = m.metric
          and s.sampled_at >= $2 and s.sampled_at < $4 and s.sampled_at < p.until
        order by s.sampled_at desc limit 1) s) n on true
    group by p.id, p.account_id, p.network, p.content_type, p.published_at)
  select account_id, network, content_type, count(*) as posts, count(*) filter (where published_at > $6) as young,
    count(interactions) as counted, sum(interactions)::bigint as interactions,
    count(reach) as reached, sum(reach)::bigint as reach, count(views) as viewed, sum(views)::bigint as views,
    count(*) filter (where interactions is not null and reach is not null) as both,
    (sum(interactions) filter (where reach is not null))::bigint as interactions_of_reached,
    (sum(reach) filter (where interactions is not null))::bigint as reach_of_interacted
  from figures group by account_id, network, content_type order by network, content_type, account_id";

#[derive(FromQueryResult)]
struct Due {
    due: i64,
    kept: i64,
}

const DUE: &str = "
  select count(*) as due, count(*) filter (where state = 'PUBLISHED') as kept from publication
  where brand_id = $1 and due_at >= $2 and due_at < $3 and state in ('PUBLISHED', 'FAILED', 'MISSED', 'NEEDS_ATTENTION')";

#[derive(FromQueryResult)]
struct Links {
    links: i64,
    clicks: Option<i64>,
}

const LINKS: &str = "
  select count(*) as links, sum(n.clicks)::bigint as clicks from tracked_link l
    left join lateral (select sum(c.clicks) as clicks from link_click c where c.brand_id = l.brand_id and c.link_id = l.id
      and c.quarter >= $2 and c.quarter < $3) n on true
  where l.brand_id = $1 and l.created_at < $3";

#[derive(FromQueryResult)]
struct Converted {
    ever: bool,
    currency: Option<String>,
    conversions: i64,
    from_links: i64,
    value: Option<i64>,
}

/// By currency; one row without any where there are none. A brand that never recorded a conversion has none to count.
const CONVERSIONS: &str = "
  select exists (select from conversion c where c.brand_id = $1) as ever, c.currency, count(c.id) as conversions,
    count(c.id) filter (where c.linked) as from_links, (sum(c.value_minor) filter (where c.linked))::bigint as value
  from (select 1) one left join (
    select c.id, c.currency, c.value_minor, exists (select from conversion_touch t where t.brand_id = c.brand_id
      and t.conversion_id = c.id) as linked
    from conversion c where c.brand_id = $1 and c.occurred_at >= $2 and c.occurred_at < $3) c on true
  group by c.currency order by c.currency";

#[derive(FromQueryResult)]
struct Spent {
    currency: String,
    minor: i64,
}

/// What was booked as spent on the brand's budgets, and the team's hours, which are booked on none.
const COSTS: &str = "
  select c.currency, sum(c.minor)::bigint as minor from (
    select b.currency, f.spent as minor from budget_entry e join budget b on b.brand_id = e.brand_id and b.id = e.budget_id
      cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
    where e.brand_id = $1 and e.booked_at >= $2 and e.booked_at < $3 and e.kind in ('SPEND', 'REFUND')
    union all
    select t.currency, t.fee_minor from time_entry t
    where t.brand_id = $1 and t.contract_id is null and t.state = 'ACCEPTED' and t.worked_on between $4 and $5) c
  group by c.currency having sum(c.minor) <> 0 order by c.currency";

/// The sums of a period, as far as the caller may read them; they may read numbers.
pub(super) async fn sums(context: &Context, brand_id: Uuid, span: Span) -> Result<Sums, Failure> {
    let mut sums = Sums::default();
    let followers = followed(context, brand_id, span, &mut sums).await?;
    posted(context, brand_id, span, (&mut sums, &followers)).await?;
    let within = || -> [Value; 3] { [brand_id.into(), span.start.into(), span.end.into()] };
    for Due { due, kept } in context.rows::<Due>(DUE, within()).await? {
        sums.add(Quantity::DuePosts, Some(due));
        sums.add(Quantity::KeptPosts, Some(kept));
    }
    if context.may(Action::TrackedLinkRead, brand_id) {
        sums.links_told = true;
        for Links { links, clicks } in context.rows::<Links>(LINKS, within()).await? {
            sums.add(Quantity::LinkClicks, clicks.or((links > 0).then_some(0)));
        }
    }
    if context.may(Action::ConversionRead, brand_id) {
        sums.conversions_told = true;
        let mut values = Vec::new();
        for row in context.rows::<Converted>(CONVERSIONS, within()).await? {
            sums.add(Quantity::Conversions, row.ever.then_some(row.conversions));
            sums.add(Quantity::ConversionsFromLinks, row.ever.then_some(row.from_links));
            if let (Some(currency), Some(minor)) = (row.currency, row.value) {
                values.push(Money { minor, currency });
            }
        }
        sums.values = Some(values);
    }
    if context.may(Action::BudgetRead, brand_id) {
        let values = [brand_id.into(), span.start.into(), span.end.into(), span.days.0.into(), span.days.1.into()];
        let spent = context.rows::<Spent>(COSTS, values).await?;
        sums.costs = Some(spent.into_iter().map(|row| Money { minor: row.minor, currency: row.currency }).collect());
    }
    Ok(sums)
}

/// Followers at both ends. Answers those at the end, by account.
async fn followed(
    context: &Context,
    brand_id: Uuid,
    span: Span,
    sums: &mut Sums,
) -> Result<HashMap<Uuid, i64>, Failure> {
    let end = span.end.min(context.now);
    let values = [brand_id.into(), (span.start - FRESH).into(), span.start.into(), (end - FRESH).into(), end.into()];
    let mut followers = HashMap::new();
    for row in context.rows::<Followed>(FOLLOWERS, values).await? {
        sums.add(Quantity::Followers, row.after);
        match row.after {
            Some(after) => {
                followers.insert(row.id, after);
            }
            None => sums.lacks(&[Quantity::Followers], &row.network),
        }
        if let (Some(before), Some(after)) = (row.before, row.after) {
            sums.add(Quantity::FollowersBefore, Some(before));
            sums.add(Quantity::FollowersAfter, Some(after));
        } else {
            sums.lacks(&[Quantity::FollowersBefore, Quantity::FollowersAfter], &row.network);
        }
    }
    Ok(followers)
}

async fn posted(
    context: &Context,
    brand_id: Uuid,
    span: Span,
    (sums, followers): (&mut Sums, &HashMap<Uuid, i64>),
) -> Result<(), Failure> {
    let interactions = Metric::interactions();
    let values = [
        brand_id.into(),
        span.start.into(),
        span.end.into(),
        (span.end + COUNTED_FOR).into(),
        interactions.into(),
        (context.now - COUNTED_FOR).into(),
        diwan_platform::db::seconds(COUNTED_FOR).into(),
    ];
    let rows = context.rows::<Posted>(POSTS, values).await?;
    sums.add(Quantity::PublishedPosts, Some(0));
    if rows.is_empty() {
        // Nothing went out: what nothing brought is nothing.
        for quantity in [Quantity::Reach, Quantity::Views, Quantity::Interactions, Quantity::CountedPosts] {
            sums.add(quantity, Some(0));
        }
    }
    for row in rows {
        take_in(&row, sums, followers.get(&row.account_id).copied());
    }
    Ok(())
}

fn take_in(row: &Posted, sums: &mut Sums, followers: Option<i64>) {
    sums.young += row.young;
    sums.add(Quantity::PublishedPosts, Some(row.posts));
    sums.add(Quantity::Interactions, row.interactions);
    sums.add(Quantity::CountedPosts, row.interactions.map(|_| row.counted));
    sums.add(Quantity::Reach, row.reach);
    sums.add(Quantity::Views, row.views);
    sums.add(Quantity::InteractionsOfReached, row.interactions_of_reached);
    sums.add(Quantity::ReachOfInteracted, row.reach_of_interacted);
    if let (Some(interactions), Some(followers)) = (row.interactions, followers) {
        sums.add(Quantity::InteractionsOfFollowed, Some(interactions));
        sums.add(Quantity::FollowersOfPosts, Some(followers.saturating_mul(row.counted)));
    }
    if row.counted < row.posts {
        sums.lacks(&[Quantity::Interactions, Quantity::CountedPosts], &row.network);
    }
    if row.counted < row.posts || followers.is_none() {
        sums.lacks(&[Quantity::InteractionsOfFollowed, Quantity::FollowersOfPosts], &row.network);
    }
    if row.reached < row.posts {
        sums.lacks(&[Quantity::Reach], &row.network);
    }
    if row.viewed < row.posts {
        sums.lacks(&[Quantity::Views], &row.network);
    }
    if row.both < row.posts {
        sums.lacks(&[Quantity::InteractionsOfReached, Quantity::ReachOfInteracted], &row.network);
    }
    let known = sums.content_types.iter().position(|figures| figures.content_type == row.content_type);
    let place = known.unwrap_or(sums.content_types.len());
    if known.is_none() {
        let content_type = row.content_type.clone();
        sums.content_types.push(ContentTypeFigures { content_type, posts: 0, counted: 0, interactions: None });
    }
    if let Some(figures) = sums.content_types.get_mut(place) {
        figures.posts += row.posts;
        figures.counted += row.counted;
        if let Some(more) = row.interactions {
            figures.interactions = Some(figures.interactions.unwrap_or_default().saturating_add(more));
        }
    }
}
