//! The statements that sums are made of, each about all that is wanted at once.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_platform::db;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::sums::{FRESH, Wanted};
use crate::insights::counting::{content_type, files, newest_followers, newest_numbers};
use crate::listening::compared_days;

/// What is wanted, by its place in the list: `$1` to `$9`, in the order of [`values`], and `$10` the seconds for which a number of
/// followers stands. `known_by` is null where all that is known now counts. Materialized, so that each moment is a value when something is
/// looked for by it: of an expression row-level security lets no index be asked.
macro_rules! wanted {
    () => {
        "
  with wanted as materialized (
    select w.place, w.brand_id, nullif(w.account_id, '00000000-0000-0000-0000-000000000000') as account_id, w.starts, w.ends,
      w.first_day, w.last_day, w.starts - make_interval(secs => $10) as starts_fresh, w.starts - interval '30 days' as starts_spoken, w.until,
      w.until - make_interval(secs => $10) as until_fresh, nullif(w.known_by, 'epoch') as known_by
    from unnest($1::int[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::date[], $7::date[], $8::timestamptz[],
      $9::timestamptz[]) w (place, brand_id, account_id, starts, ends, first_day, last_day, until, known_by))"
    };
}

/// The values of [`wanted!`] for those of the list that this is wanted of; none where it is wanted of none.
pub(super) fn values(wanted: &[Wanted], now: DateTime<Utc>, of: impl Fn(&Wanted) -> bool) -> Option<Vec<Value>> {
    let all: Vec<(i32, &Wanted)> = (0..).zip(wanted).filter(|(_, wanted)| of(wanted)).collect();
    if all.is_empty() {
        return None;
    }
    let ids = |id: fn(&Wanted) -> Uuid| all.iter().map(|(_, wanted)| id(wanted)).collect::<Vec<Uuid>>();
    let times =
        |time: &dyn Fn(&Wanted) -> DateTime<Utc>| all.iter().map(|(_, wanted)| time(wanted)).collect::<Vec<_>>();
    let days = |day: fn(&Wanted) -> NaiveDate| all.iter().map(|(_, wanted)| day(wanted)).collect::<Vec<_>>();
    Some(vec![
        all.iter().map(|(place, _)| *place).collect::<Vec<i32>>().into(),
        ids(|wanted| wanted.brand_id).into(),
        ids(|wanted| wanted.account_id.unwrap_or_default()).into(),
        times(&|wanted| wanted.span.start).into(),
        times(&|wanted| wanted.span.end).into(),
        days(|wanted| wanted.span.days.0).into(),
        days(|wanted| wanted.span.days.1).into(),
        times(&|wanted| wanted.span.end.min(wanted.known_by.unwrap_or(now))).into(),
        times(&|wanted| wanted.known_by.unwrap_or(DateTime::<Utc>::UNIX_EPOCH)).into(),
        db::seconds(FRESH).into(),
    ])
}

#[derive(FromQueryResult)]
pub(super) struct Followed {
    pub place: i32,
    pub id: Uuid,
    pub network: String,
    pub before: Option<i64>,
    pub after: Option<i64>,
}

/// `$11` and `$12` are between which moments numbers are looked for at all, so that few parts of them are opened.
pub(super) const FOLLOWERS: &str = concat!(
    wanted!(),
    "
  select w.place, a.id, a.network, b.value as before, e.value as after
  from wanted w join social_account a on a.brand_id = w.brand_id and (w.account_id is null or a.id = w.account_id)
    left join lateral (",
    newest_followers!("a.brand_id", "w.starts_fresh", "w.starts and s.sampled_at >= $11 and s.sampled_at < $12"),
    ") b on true
    left join lateral (",
    newest_followers!("a.brand_id", "w.until_fresh", "w.until and s.sampled_at >= $11 and s.sampled_at < $12"),
    ") e on true
  where a.state <> 'DISCONNECTED' or e.value is not null
  order by w.place, a.id"
);

#[derive(FromQueryResult)]
pub(super) struct Posted {
    pub place: i32,
    pub account_id: Uuid,
    pub network: String,
    pub content_type: String,
    pub posts: i64,
    pub young: i64,
    pub counted: i64,
    pub interactions: Option<i64>,
    pub reached: i64,
    pub reach: Option<i64>,
    pub viewed: i64,
    pub views: Option<i64>,
    pub both: i64,
    pub interactions_of_reached: Option<i64>,
    pub reach_of_interacted: Option<i64>,
    /// Publications that have interactions and dislikes, and both of them.
    pub disliked: i64,
    pub dislikes: Option<i64>,
    pub reactions: Option<i64>,
}

/// Of each publication the newest number of each metric within its time; then sums by account and kind. Publications are found by when they went
/// out before anything is joined to them (`offset 0`): by way of their accounts, all that a brand ever published would be read. `$11` and `$12` as above, `$13` the
/// metrics of interactions, `$14` the moment after which a post is young, `$15` the seconds for which one counts.
pub(super) const POSTS: &str = concat!(
    wanted!(),
    ",
  posts as materialized (
    select w.place, p.id, p.brand_id, p.published_at, least(p.published_at + make_interval(secs => $15), w.known_by) as until,
      a.id as account_id, a.network, ",
    content_type!(),
    " as content_type
    from wanted w cross join lateral (select p.id, p.brand_id, p.published_at, p.social_account_id, p.variant_id from publication p
        where p.brand_id = w.brand_id and p.state = 'PUBLISHED' and p.published_at >= w.starts and p.published_at < w.ends
          and (w.account_id is null or p.social_account_id = w.account_id) offset 0) p
      join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
      left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
      left join ",
    files!(),
    " f on true),
  figures as (
    select p.place, p.account_id, p.network, p.content_type, p.published_at,
      sum(n.value) filter (where n.metric = any ($13)) as interactions,
      max(n.value) filter (where n.metric = 'REACH') as reach,
      max(n.value) filter (where n.metric = 'VIEWS') as views,
      max(n.value) filter (where n.metric = 'DISLIKES') as dislikes
    from posts p left join lateral (
      ",
    newest_numbers!("p.brand_id", "$13", "$11", "$12"),
    ") n on true
    group by p.place, p.id, p.account_id, p.network, p.content_type, p.published_at)
  select place, account_id, network, content_type, count(*) as posts, count(*) filter (where published_at > $14) as young,
    count(interactions) as counted, sum(interactions)::bigint as interactions,
    count(reach) as reached, sum(reach)::bigint as reach, count(views) as viewed, sum(views)::bigint as views,
    count(*) filter (where interactions is not null and reach is not null) as both,
    (sum(interactions) filter (where reach is not null))::bigint as interactions_of_reached,
    (sum(reach) filter (where interactions is not null))::bigint as reach_of_interacted,
    count(interactions + dislikes) as disliked, (sum(dislikes) filter (where interactions is not null))::bigint as dislikes,
    sum(interactions + dislikes)::bigint as reactions
  from figures group by place, account_id, network, content_type order by place, network, content_type, account_id"
);

#[derive(FromQueryResult)]
pub(super) struct DuePosts {
    pub place: i32,
    pub due: i64,
    pub kept: i64,
}

/// What went out later than was known then had not gone out.
pub(super) const DUE: &str = concat!(
    wanted!(),
    "
  select w.place, count(p.id) as due, count(p.id) filter (where p.state = 'PUBLISHED'
      and (w.known_by is null or p.published_at < w.known_by)) as kept
  from wanted w left join publication p on p.brand_id = w.brand_id and p.due_at >= w.starts and p.due_at < w.ends
    and p.state in ('PUBLISHED', 'FAILED', 'MISSED', 'NEEDS_ATTENTION') and (w.account_id is null or p.social_account_id = w.account_id)
  group by w.place"
);

#[derive(FromQueryResult)]
pub(super) struct Talked {
    pub place: i32,
    pub account_id: Uuid,
    pub network: String,
    pub answered: i64,
    pub seconds: i64,
    /// Messages to which an answer was due.
    pub due: i64,
    /// Publications under which people could speak, and those of them under which it was read what they say.
    pub posts: i64,
    pub read: i64,
}

/// By account. An answer counts for the period in which was asked, whenever it came; what nobody answered counts when it is older than `$11`
/// seconds. Publications count from thirty days before the period on: so long they are read. They are found as those of [`POSTS`].
pub(super) const ANSWERS: &str = concat!(
    wanted!(),
    ",
  posts as materialized (
    select w.place, o.social_account_id as account_id, count(*) as posts, count(r.read_at) as read
    from wanted w cross join lateral (select p.id, p.brand_id, p.social_account_id from publication p
        where p.brand_id = w.brand_id and p.state = 'PUBLISHED' and p.published_at >= w.starts_spoken and p.published_at < w.ends
          and (w.account_id is null or p.social_account_id = w.account_id) offset 0) o
      left join comment_reading r on r.brand_id = o.brand_id and r.publication_id = o.id
    group by w.place, o.social_account_id)
  select w.place, a.id as account_id, a.network, m.answered, m.seconds, m.due, coalesce(p.posts, 0) as posts, coalesce(p.read, 0) as read
  from wanted w join social_account a on a.brand_id = w.brand_id and (w.account_id is null or a.id = w.account_id)
    cross join lateral (
      select count(*) filter (where s.answered) as answered,
        coalesce(sum(s.seconds) filter (where s.answered), 0)::bigint as seconds,
        count(*) filter (where s.answered or s.sent_at + make_interval(secs => $11) <= $12) as due
      from (select k.sent_at, floor(extract(epoch from k.answered_at - k.sent_at)) as seconds,
          k.answered_at is not null and (w.known_by is null or k.answered_at < w.known_by) as answered
        from conversation_message k where k.brand_id = a.brand_id and k.social_account_id = a.id and k.asks
          and k.sent_at >= w.starts and k.sent_at < w.ends and (w.known_by is null or k.read_at < w.known_by)) s) m
    left join posts p on p.place = w.place and p.account_id = a.id
  where p.posts > 0 or m.due > 0
  order by w.place, a.id"
);

#[derive(FromQueryResult)]
pub(super) struct Links {
    pub place: i32,
    pub clicks: Option<i64>,
}

/// Of those that have links.
pub(super) const LINKS: &str = concat!(
    wanted!(),
    "
  select w.place, sum(n.clicks)::bigint as clicks
  from wanted w join tracked_link l on l.brand_id = w.brand_id and l.created_at < w.ends
    left join lateral (select sum(c.clicks) as clicks from link_click c where c.brand_id = l.brand_id and c.link_id = l.id
      and c.quarter >= w.starts and c.quarter < w.ends) n on true
  group by w.place"
);

#[derive(FromQueryResult)]
pub(super) struct Visited {
    pub place: i32,
    pub sessions: Option<i64>,
    pub social: Option<i64>,
    pub bounces: Option<i64>,
    pub of_bounces: Option<i64>,
    pub last_known: Option<NaiveDate>,
    pub lacking: bool,
    /// Each source with how many of the days it said, as one text.
    pub made_of: Option<String>,
}

/// By days of the sites' own clocks, which stand for those of the brand. Of days of which anything is known, nobody from a social network is
/// none.
///
/// Where days are to be compared with others, it is asked which sources said how many of them, those that are disconnected by now, too, and
/// whether a source that counts lacks one of them: one that begins to count within them lacks those before. What somebody sends is over when
/// nothing was sent for a month. It is not asked when a day was read: a server tells its last months when it is connected, and they are as good as
/// what it told in time.
pub(super) const VISITS: &str = concat!(
    wanted!(),
    "
  select w.place, v.sessions, v.social, v.bounces, v.of_bounces, v.last_known, l.lacking, l.made_of
  from wanted w
    cross join lateral (
      select sum(d.sessions)::bigint as sessions, sum(case d.channel when 'SOCIAL' then d.sessions else 0 end)::bigint as social,
        sum(d.bounces)::bigint as bounces, (sum(d.sessions) filter (where d.bounces is not null))::bigint as of_bounces,
        max(d.day) as last_known
      from web_day d where d.brand_id = w.brand_id and d.day between w.first_day and w.last_day) v
    cross join lateral (
      select coalesce(bool_or(k.days < w.last_day - w.first_day + 1) filter (where s.state <> 'DISCONNECTED' and f.first <= w.last_day
          and (s.base_url is not null or f.last > w.last_day - 31)), false) as lacking,
        string_agg(concat_ws(' ', s.id, k.days), ', ' order by s.id) filter (where k.days > 0) as made_of
      from web_source s
        cross join lateral (select min(d.day) as first, max(d.day) as last from web_day d
          where d.brand_id = s.brand_id and d.source_id = s.id) f
        cross join lateral (select count(distinct d.day) as days from web_day d
          where d.brand_id = s.brand_id and d.source_id = s.id and d.day between w.first_day and w.last_day) k
      where w.known_by is not null and s.brand_id = w.brand_id) l
  where v.sessions is not null"
);

#[derive(FromQueryResult)]
pub(super) struct Spoken {
    pub place: i32,
    pub source_id: Uuid,
    pub network: Option<String>,
    /// Of the brand: how often, on how many days, and the last of them.
    pub mentions: Option<i64>,
    pub days: i64,
    pub last_known: Option<NaiveDate>,
    /// Of days on which all that are compared are known: the brand's, those of all, how many days, and of how many monitors.
    pub own: Option<i64>,
    pub whole: Option<i64>,
    pub compared_days: i64,
    pub monitors: Option<i64>,
    /// How many days it should have told by now.
    pub due: i64,
    pub own_due: i64,
}

/// By source. One that counts is due from its first day on: a network as long as the brand has an account there, what somebody sends until
/// nothing was sent for a month. How many days are over by then is told from the time between, an hour of which may be missing where clocks
/// change. It is not asked when a day was said, as with visits.
pub(super) const MENTIONS: &str = concat!(
    wanted!(),
    "
  select w.place, s.id as source_id, s.network, v.mentions, v.days, v.last_known, c.own, c.whole, c.days as compared_days, c.monitors,
    (case when k.counts then greatest(0, k.ended - greatest(f.first, w.first_day)) else 0 end)::bigint as due,
    coalesce(case when s.network is null then
        case when o.last > w.last_day - 31 then greatest(0, k.ended - greatest(o.first, w.first_day)) end
      when k.counts and (o.is_asked or o.last is not null) then greatest(0, (case when o.is_asked then k.ended else least(k.ended, o.last + 1) end) - greatest(o.first, w.first_day))
      end, 0)::bigint as own_due
  from wanted w join mention_source s on s.brand_id = w.brand_id
    join lateral (select min(d.day) as first, max(d.day) as last from mention_day d
      where d.brand_id = s.brand_id and d.source_id = s.id) f on f.first <= w.last_day
    cross join lateral (
      select w.first_day + least(w.last_day - w.first_day + 1, floor((extract(epoch from w.until - w.starts) + 3600) / 86400)::int) as ended,
        case when s.network is null then f.last > w.last_day - 31 else exists (select from social_account a where a.brand_id = s.brand_id
          and a.network = s.network and a.state <> 'DISCONNECTED') end as counts) k
    cross join lateral (select min(d.day) as first, max(d.day) as last,
        exists (select from mention_reading r join listening_monitor a on a.brand_id = r.brand_id and a.id = r.monitor_id and a.kind = 'OWN'
          and a.archived_at is null where r.brand_id = w.brand_id and r.source_id = s.id) as is_asked
      from mention_day d join listening_monitor m on m.brand_id = d.brand_id and m.id = d.monitor_id and m.kind = 'OWN'
      where d.brand_id = w.brand_id and d.source_id = s.id) o
    cross join lateral (
      select sum(d.mentions)::bigint as mentions, count(distinct d.day) as days, max(d.day) as last_known
      from mention_day d join listening_monitor m on m.brand_id = d.brand_id and m.id = d.monitor_id and m.kind = 'OWN'
      where d.brand_id = w.brand_id and d.source_id = s.id and d.day between w.first_day and w.last_day) v
    cross join lateral (
      select sum(u.own)::bigint as own, sum(u.whole)::bigint as whole, count(*) as days, max(u.monitors) as monitors from (",
    compared_days!("w.brand_id", "w.first_day", "w.last_day"),
    ") u where u.source_id = s.id) c
  where v.days > 0 or k.counts
  order by w.place, s.id"
);

#[derive(FromQueryResult)]
pub(super) struct Converted {
    pub place: i32,
    pub ever: bool,
    pub currency: Option<String>,
    pub conversions: i64,
    pub from_links: i64,
    pub value: Option<i64>,
}

/// By currency; one row without any where there are none. A brand that never recorded a conversion has none to count. What was recorded later
/// than was known then had not happened.
pub(super) const CONVERSIONS: &str = concat!(
    wanted!(),
    "
  select w.place, bool_or(e.ever) as ever, c.currency, count(c.id) as conversions, count(c.id) filter (where c.linked) as from_links,
    (sum(c.value_minor) filter (where c.linked))::bigint as value
  from wanted w cross join lateral (select exists (select from conversion k where k.brand_id = w.brand_id
      and (w.known_by is null or k.recorded_at < w.known_by)) as ever) e
    left join lateral (
      select c.id, c.currency, c.value_minor, exists (select from conversion_touch t where t.brand_id = c.brand_id
        and t.conversion_id = c.id) as linked
      from conversion c where c.brand_id = w.brand_id and c.occurred_at >= w.starts and c.occurred_at < w.ends
        and (w.known_by is null or c.recorded_at < w.known_by)) c on true
  group by w.place, c.currency order by w.place, c.currency"
);

#[derive(FromQueryResult)]
pub(super) struct Spent {
    pub place: i32,
    pub currency: String,
    pub minor: i64,
}

/// What was booked as spent on the brand's budgets, and the team's hours, which are booked on none and count from when they are accepted.
pub(super) const COSTS: &str = concat!(
    wanted!(),
    "
  select c.place, c.currency, sum(c.minor)::bigint as minor from (
    select w.place, b.currency, f.spent as minor
    from wanted w join budget_entry e on e.brand_id = w.brand_id and e.booked_at >= w.starts and e.booked_at < w.ends
        and e.kind in ('SPEND', 'REFUND')
      join budget b on b.brand_id = e.brand_id and b.id = e.budget_id
      cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
    union all
    select w.place, t.currency, t.fee_minor
    from wanted w join time_entry t on t.brand_id = w.brand_id and t.worked_on between w.first_day and w.last_day
      and t.contract_id is null and t.state = 'ACCEPTED' and (w.known_by is null or t.decided_at < w.known_by)) c
  group by c.place, c.currency having sum(c.minor) <> 0 order by c.place, c.currency"
);
