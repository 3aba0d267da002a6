//! What people ask under posts, and what is answered: rows beside those of posts.
//!
//! Decided here:
//! - A message that asks counts as in a period's figures (`ANSWERS` in `figures/statements.rs`): for the time at which was asked, whenever the
//!   post went out and the answer came. So do its weekday and hour. All else is that of the publication under which it is.
//! - Whether comments were read is known of publications, and of all hours alike: a publication counts for each time that begins within thirty
//!   days after it went out. So long comments are read.

use super::dimension::Dimension;
use crate::insights::counting::{content_type, files};

/// The columns of answers where there is nothing of them.
pub(super) const NOT_ASKED: &str =
    "null::boolean as answered, null::numeric as seconds, null::boolean as due, null::boolean as read";

/// Messages that ask, found by when they did (`said`), and publications under which people could speak, with those under which they did
/// (`talks`), found as those of `posts`.
const TALKS: &str = concat!(
    ",
said as materialized (
  select c.brand_id, c.publication_id, b.days[width_bucket(k.sent_at, b.bounds)] as first_day,
    extract(isodow from k.sent_at at time zone b.zone)::int as weekday,
    extract(hour from k.sent_at at time zone b.zone)::int as hour,
    k.answered_at is not null as answered, floor(extract(epoch from k.answered_at - k.sent_at)) as seconds,
    (k.answered_at is not null or k.sent_at + make_interval(secs => $16) <= $17) as due
  from places b join social_account a on a.brand_id = b.id
    cross join lateral (select k.conversation_id, k.sent_at, k.answered_at from conversation_message k
      where k.brand_id = a.brand_id and k.social_account_id = a.id and k.asks
        and k.sent_at >= b.starts and k.sent_at < b.ends offset 0) k
    join conversation c on c.brand_id = a.brand_id and c.id = k.conversation_id),
talks as materialized (
  select p.* from (
    select p.id, p.brand_id, p.state, p.published_at, a.id as account_id, a.network, o.campaign_id, o.pillar_id, o.created_by as author_id,
      ",
    content_type!(),
    " as content_type, r.read_at is not null as read
    from (
        select p.id, p.brand_id, p.post_id, p.state, p.published_at, p.social_account_id, p.variant_id
        from places b cross join lateral (select p.id, p.brand_id, p.post_id, p.state, p.published_at, p.social_account_id, p.variant_id
          from publication p where p.brand_id = b.id and p.state = 'PUBLISHED'
            and p.published_at >= b.starts_spoken and p.published_at < b.ends offset 0) p
        union
        select p.id, p.brand_id, p.post_id, p.state, p.published_at, p.social_account_id, p.variant_id
        from (select distinct brand_id, publication_id from said) s
          join publication p on p.brand_id = s.brand_id and p.id = s.publication_id) p
      join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
      join post o on o.brand_id = p.brand_id and o.id = p.post_id
      left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
      left join ",
    files!(),
    " f on true
      left join comment_reading r on r.brand_id = p.brand_id and r.publication_id = p.id) p
  where true"
);

const ASKED: &str = "),
asked as materialized (
  select p.brand_id, p.account_id, p.network, p.campaign_id, p.pillar_id, p.content_type, p.author_id, s.weekday, s.hour, s.first_day,
    s.answered, s.seconds, s.due
  from said s join talks p on p.brand_id = s.brand_id and p.id = s.publication_id
  where true";

/// Columns of a publication `p` at the time `n` of its brand `b`, with what they are where nobody asks for them.
const KEYS: [(&str, &str, &str); 6] = [
    ("account_id", "p.account_id", "null::uuid"),
    ("campaign_id", "p.campaign_id", "null::uuid"),
    ("pillar_id", "p.pillar_id", "null::uuid"),
    ("content_type", "p.content_type", "null::text"),
    ("author_id", "p.author_id", "null::uuid"),
    ("first_day", "b.days[n.place]", "null::date"),
];

/// Each message that asks, as `asked`; and where comments were read and where they were not, as `heard`: once for what these dimensions tell
/// apart, so that a day of many posts is no more than one of few. With the conditions of filters on publications `p` and messages `s`.
pub(super) fn answers(dimensions: &[Dimension], of_talks: &str, of_messages: &str) -> String {
    let keys = KEYS.map(|(column, told, untold)| {
        let is_key = dimensions.iter().any(|dimension| dimension.column() == column);
        format!("{} as {column}", if is_key { told } else { untold })
    });
    let keys = keys.join(", ");
    format!(
        "{TALKS}{of_talks}{ASKED}{of_messages}),
heard as materialized (
  select distinct p.brand_id, p.network, {keys}, p.read
  from talks p join places b on b.id = p.brand_id
    cross join lateral generate_series(greatest(1, width_bucket(p.published_at, b.bounds)),
      width_bucket(p.published_at + interval '30 days', b.bounds)) n (place)
  where p.state = 'PUBLISHED')"
    )
}

/// What [`answers`] told, as further rows of `facts`. By hours, comments were read, or not, at each hour at which anything was.
pub(super) fn facts(dimensions: &[Dimension]) -> String {
    let hours = [Dimension::Weekday, Dimension::Hour].map(|one| (one.column(), dimensions.contains(&one)));
    let of_hours = hours.map(|(column, is_key)| if is_key { format!("h.{column}") } else { "null::int".to_owned() });
    let of_hours = of_hours.join(", ");
    let used: Vec<&str> = hours.iter().filter(|(_, is_key)| *is_key).map(|(column, _)| *column).collect();
    let used = used.join(", ");
    let join = if used.is_empty() {
        String::new()
    } else {
        format!(
            " join (select brand_id, {used} from counted union select brand_id, {used} from asked) h on h.brand_id = r.brand_id"
        )
    };
    format!(
        "
  union all
  select false, false, false, q.brand_id, q.account_id, q.network, q.campaign_id, q.pillar_id, q.content_type, q.author_id, q.weekday, q.hour,
    q.first_day, null::numeric, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint,
    q.answered, q.seconds, q.due, null::boolean
  from asked q
  union all
  select false, false, false, r.brand_id, r.account_id, r.network, r.campaign_id, r.pillar_id, r.content_type, r.author_id, {of_hours},
    r.first_day, null::numeric, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint, null::bigint,
    null::boolean, null::numeric, null::boolean, r.read
  from heard r{join}"
    )
}
