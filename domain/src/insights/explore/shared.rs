//! What posts that did best have in common.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::chance::{fisher, holm};
use super::dimension::Key;
use crate::calendar::LEAST_POSTS;
use crate::finance::divide_half_even;
use crate::strategy::text_of;

/// The least posts in their places whose traits are compared with those of all. With fewer, hardly anything could be told from chance.
pub const LEAST_TOP: i64 = 5;
/// The least posts that have a trait, and that have it not, for it to be looked at.
pub const LEAST_WITH: i64 = 5;
/// How probable it may be that anything at all is told that chance has brought.
pub const ALPHA: f64 = 0.05;

/// In what posts may be alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trait {
    /// The kind of content.
    ContentType,
    /// The day of the week by the brand's clock.
    Weekday,
    /// Six hours of the day by the brand's clock: `NIGHT` from midnight on, `MORNING`, `AFTERNOON`, `EVENING`.
    PartOfDay,
    /// The content pillar.
    Pillar,
    /// The network.
    Network,
    /// Whether there is a link: `YES`.
    Link,
    /// How many hashtags: `NONE`, `FEW` (1 to 3) or `MANY`.
    Hashtags,
    /// How long the text is: `SHORT` (up to 100 characters), `MEDIUM` (up to 280) or `LONG`.
    Length,
}

/// Something that posts that did best have more, or less, often than all: they go together, and neither need be because of the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// In what they are alike.
    pub of: Trait,
    /// What they have.
    pub key: Key,
    /// What that is called, where it has a name of its own.
    pub label: Option<String>,
    /// How many of the posts that are told have it.
    pub among: i64,
    /// The same in hundredths: a decimal of at most four digits behind the point.
    pub share: String,
    /// How many of all posts that have a place have it, those that are told among them.
    pub among_all: i64,
    /// The same in hundredths.
    pub share_of_all: String,
    /// How probable so much of it, or something no more probable, would be by chance, raised for how many traits were looked at.
    pub probability: f64,
}

/// What one trait comes to. The trait `ALL` is every post's.
#[derive(Debug, FromQueryResult)]
pub(super) struct TraitRow {
    of: String,
    value: String,
    label: Option<String>,
    posts: i64,
    counted: i64,
    top: i64,
    lacking: Option<Vec<String>>,
}

/// What is found among posts.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub in_all: i64,
    pub counted: i64,
    pub missing_networks: Vec<String>,
    pub compared: bool,
    pub shared: Vec<Shared>,
}

/// What each trait of the posts as `ranked` comes to, for those up to a place. Where the caller may not read of pillars, these are no trait.
pub(super) fn traits(place: &str, pillars: &str) -> String {
    format!(
        "
select t.of, t.value, t.label, count(*) as posts, count(r.place) as counted, count(*) filter (where r.place <= {place}) as top,
  array_agg(distinct r.network) filter (where r.place is null) as lacking
from ranked r left join content_pillar n on n.id = r.pillar_id and {pillars}::boolean
  cross join lateral (values ('ALL', '', null), ('CONTENT_TYPE', r.content_type, null), ('WEEKDAY', r.weekday::text, null),
    ('PART_OF_DAY', case when r.hour < 6 then 'NIGHT' when r.hour < 12 then 'MORNING' when r.hour < 18 then 'AFTERNOON'
      else 'EVENING' end, null),
    ('PILLAR', n.id::text, n.name), ('NETWORK', r.network, null), ('LINK', case when r.links then 'YES' end, null),
    ('HASHTAGS', case when r.hashtags = 0 then 'NONE' when r.hashtags <= 3 then 'FEW' when r.hashtags > 3 then 'MANY' end, null),
    ('LENGTH', case when r.length <= 100 then 'SHORT' when r.length <= 280 then 'MEDIUM' when r.length > 280 then 'LONG' end, null)
  ) t (of, value, label)
where t.value is not null
group by t.of, t.value, t.label order by t.of, t.value"
    )
}

fn trait_of(row: &TraitRow) -> Option<(Trait, Key)> {
    let word = || Key::Word(row.value.clone());
    Some(match row.of.as_str() {
        "CONTENT_TYPE" => (Trait::ContentType, word()),
        "WEEKDAY" => (Trait::Weekday, Key::Number(row.value.parse().ok()?)),
        "PART_OF_DAY" => (Trait::PartOfDay, word()),
        "PILLAR" => (Trait::Pillar, Key::Id(row.value.parse::<Uuid>().ok()?)),
        "NETWORK" => (Trait::Network, word()),
        "LINK" => (Trait::Link, word()),
        "HASHTAGS" => (Trait::Hashtags, word()),
        "LENGTH" => (Trait::Length, word()),
        _ => return None,
    })
}

/// What is found: of each trait that enough posts have and enough have not, whether more or fewer of the posts that are told have it than
/// chance gives.
pub(super) fn found(rows: Vec<TraitRow>) -> Found {
    let Some(all) = rows.iter().find(|row| row.of == "ALL") else { return Found::default() };
    let (whole, top) = (all.counted, all.top);
    let mut found = Found {
        in_all: all.posts,
        counted: whole,
        missing_networks: all.lacking.clone().unwrap_or_default(),
        // Posts are compared with all where they are a part of them, and not most.
        compared: usize::try_from(whole).is_ok_and(|whole| whole >= LEAST_POSTS)
            && top >= LEAST_TOP
            && top <= whole / 2,
        shared: Vec::new(),
    };
    if !found.compared {
        return found;
    }
    let mut looked_at = Vec::new();
    for row in rows {
        let Some((of, key)) = trait_of(&row) else { continue };
        if row.counted >= LEAST_WITH && whole - row.counted >= LEAST_WITH {
            looked_at.push((of, key, row));
        }
    }
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let chances: Vec<f64> = looked_at
        .iter()
        .map(|(_, _, row)| fisher(number(whole), number(row.counted), number(top), number(row.top)))
        .collect();
    for ((of, key, row), probability) in looked_at.into_iter().zip(holm(&chances)) {
        if probability < ALPHA {
            found.shared.push(Shared {
                of,
                key,
                label: row.label,
                among: row.top,
                share: hundredths(row.top, top),
                among_all: row.counted,
                share_of_all: hundredths(row.counted, whole),
                probability,
            });
        }
    }
    found.shared.sort_by(|one, other| one.probability.total_cmp(&other.probability));
    found
}

/// A part of a whole that is not zero, in hundredths, rounded as figures are.
fn hundredths(part: i64, whole: i64) -> String {
    text_of(divide_half_even(part, 1_000_000, whole).unwrap_or_default().saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(of: &str, value: &str, counted: i64, top: i64) -> TraitRow {
        TraitRow { of: of.into(), value: value.into(), label: None, posts: counted, counted, top, lacking: None }
    }

    #[test]
    fn only_what_stands_out_is_told() {
        let rows = |top: i64| {
            vec![
                row("ALL", "", 200, 10),
                row("CONTENT_TYPE", "VIDEO", 20, top),
                row("CONTENT_TYPE", "IMAGE", 180, 10 - top),
                row("NETWORK", "x", 200, 10),
                row("WEEKDAY", "6", 30, 2),
                row("LINK", "YES", 4, 4),
            ]
        };
        let told = found(rows(7));
        assert!(told.compared && told.in_all == 200);
        let image = Key::Word("IMAGE".to_owned());
        let images = told.shared.iter().find(|shared| shared.of == Trait::ContentType && shared.key == image).unwrap();
        assert_eq!((images.among, images.share.as_str(), images.share_of_all.as_str()), (3, "30", "90"));
        // Three are looked at: what all have, and what four have, is no trait to compare.
        assert!((images.probability - 3.0 * 3.392_189_516_681_231_3e-6).abs() < 1e-12);
        assert_eq!(told.shared.len(), 2);
        // Twice as many as expected may be chance.
        assert!(found(rows(2)).shared.is_empty());
    }

    #[test]
    fn of_few_nothing_is_told() {
        let few = |whole: i64, top: i64| found(vec![row("ALL", "", whole, top), row("LINK", "YES", top.max(5), top)]);
        assert!(!few(19, 5).compared && !few(40, 4).compared && !few(20, 11).compared);
        assert!(few(20, 10).compared);
        assert!(few(40, 10).shared.len() == 1 && few(19, 5).shared.is_empty());
        assert_eq!(found(Vec::new()).in_all, 0);
        assert_eq!(hundredths(1, 3), "33.3333");
    }
}
