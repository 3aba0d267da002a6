//! Audiences of several accounts taken together.

use std::collections::BTreeMap;

use diwan_networks::{AudienceDimension, AudienceUnit, UNKNOWN_PART};

use crate::finance::divide_half_even;
use crate::strategy::text_of;

/// Parts of one: how exactly people are reckoned before they are added up.
const MICRO: i64 = 1_000_000;
/// Shares are rounded to ten-thousandths of a hundredth.
const PARTS: i64 = 10_000;
/// The most parts that are told.
const MOST_PARTS: usize = 100;

/// A part of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceShare {
    /// Which, as [`AudienceDimension`] says.
    pub key: String,
    /// Of the people of whom it is known: a decimal in hundredths, rounded half to even.
    pub share: String,
    /// How many followers that are, rounded; of viewers, as many as there would be if they were like the followers. None where nobody knows
    /// how many follow.
    pub people: Option<i64>,
}

/// Audiences taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CombinedAudience {
    /// The parts: ages, genders and sizes of companies in their order, all else by its size; at most 100.
    pub parts: Vec<AudienceShare>,
    /// Of how many of the followers this is known: a decimal in hundredths. None where nobody knows how many follow.
    pub known_percent: Option<String>,
}

/// What is known of one account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    pub followers: Option<i64>,
    pub unit: AudienceUnit,
    pub keys: &'a [String],
    pub amounts: &'a [i64],
}

impl Told<'_> {
    fn sum(self) -> i64 {
        self.amounts.iter().copied().fold(0, i64::saturating_add)
    }

    /// The parts of which it is known what they are.
    fn parts(self) -> impl Iterator<Item = (String, i64)> {
        let known = self.keys.iter().zip(self.amounts).filter(|(key, _)| key.as_str() != UNKNOWN_PART);
        known.map(|(key, amount)| (key.clone(), *amount))
    }

    /// Each part in millionths of people, weighed with the followers.
    fn weighed(self) -> Option<Vec<(String, i64)>> {
        let followers = self.followers?;
        let whole = match self.unit {
            // Both are read at different times: nobody knows more people than there are.
            AudienceUnit::People => self.sum().max(followers),
            AudienceUnit::Views => self.sum(),
            AudienceUnit::Share => self.sum().max(MICRO),
        };
        let part = |(key, amount): (String, i64)| {
            Some((key, divide_half_even(followers.saturating_mul(MICRO), amount, whole)?))
        };
        self.parts().map(part).collect()
    }

    /// Its parts alone.
    pub(super) fn alone(self, dimension: AudienceDimension) -> CombinedAudience {
        let weighed = self.weighed();
        let known = self.followers.zip(weighed.as_deref()).and_then(|(followers, parts)| known(parts, followers));
        let told = match weighed {
            Some(parts) => shares(dimension, parts, true),
            None => shares(dimension, self.parts().collect(), false),
        };
        CombinedAudience { parts: told, known_percent: known }
    }
}

/// Of how many followers the parts are.
fn known(parts: &[(String, i64)], followers: i64) -> Option<String> {
    let sum = parts.iter().map(|(_, people)| *people).fold(0, i64::saturating_add);
    percent(sum, followers.saturating_mul(MICRO))
}

/// A part by a whole, in hundredths; none of nothing.
fn percent(part: i64, whole: i64) -> Option<String> {
    if whole <= 0 {
        return None;
    }
    // Each is rounded: together they can be more than all by a little.
    divide_half_even(part.min(whole), 100 * PARTS, whole).map(|parts| text_of(parts * (MICRO / PARTS)))
}

/// Whether parts are told by their size: they have no order of their own.
fn is_by_size(dimension: AudienceDimension) -> bool {
    match dimension {
        AudienceDimension::Age
        | AudienceDimension::Gender
        | AudienceDimension::AgeGender
        | AudienceDimension::CompanySize => false,
        AudienceDimension::Country
        | AudienceDimension::City
        | AudienceDimension::Industry
        | AudienceDimension::Seniority
        | AudienceDimension::JobFunction => true,
    }
}

/// The number with which a key begins: ages and sizes are told by it.
fn leading_number(key: &str) -> Option<u64> {
    let end = key.find(|c: char| !c.is_ascii_digit()).unwrap_or(key.len());
    key.get(..end)?.parse().ok()
}

fn shares(dimension: AudienceDimension, mut parts: Vec<(String, i64)>, are_people: bool) -> Vec<AudienceShare> {
    let by_size = is_by_size(dimension);
    parts.sort_by(|(key, size), (other, other_size)| {
        let first = if by_size { other_size.cmp(size) } else { leading_number(key).cmp(&leading_number(other)) };
        first.then_with(|| key.cmp(other))
    });
    let sum = parts.iter().map(|(_, size)| *size).fold(0, i64::saturating_add);
    let told = parts.into_iter().take(MOST_PARTS).filter_map(|(key, size)| {
        let people = if are_people { divide_half_even(size, 1, MICRO) } else { None };
        Some(AudienceShare { share: percent(size, sum)?, key, people })
    });
    told.collect()
}

/// What these accounts come to together, of accounts with so many followers in all. The accounts without a number of followers count for
/// nothing.
pub(super) fn combined(dimension: AudienceDimension, told: &[Told<'_>], followers: i64) -> CombinedAudience {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for (key, people) in told.iter().filter_map(|one| one.weighed()).flatten() {
        let sum = all.entry(key).or_default();
        *sum = sum.saturating_add(people);
    }
    let all: Vec<(String, i64)> = all.into_iter().collect();
    CombinedAudience { known_percent: known(&all, followers), parts: shares(dimension, all, true) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(of: &[&str]) -> Vec<String> {
        of.iter().map(|key| (*key).to_owned()).collect()
    }

    fn line(combined: &CombinedAudience) -> String {
        let parts = combined.parts.iter().map(|part| format!("{} {} {:?}", part.key, part.share, part.people));
        format!("{} | {:?}", parts.collect::<Vec<_>>().join(", "), combined.known_percent.as_deref())
    }

    #[test]
    fn accounts_are_weighed_by_their_followers() {
        let two = keys(&["FEMALE", "MALE"]);
        // 600 and 300 of 1000 followers are told; 25 and 75 of 100 viewers, of a channel with 200 subscribers.
        let people = Told { followers: Some(1000), unit: AudienceUnit::People, keys: &two, amounts: &[600, 300] };
        let shares = Told { followers: Some(200), unit: AudienceUnit::Share, keys: &two, amounts: &[250_000, 750_000] };
        assert_eq!(
            line(&people.alone(AudienceDimension::Gender)),
            "FEMALE 66.6667 Some(600), MALE 33.3333 Some(300) | Some(\"90\")"
        );
        // 650 and 450 of 1100, of accounts with 2000 followers.
        let both = combined(AudienceDimension::Gender, &[people, shares], 2000);
        assert_eq!(line(&both), "FEMALE 59.0909 Some(650), MALE 40.9091 Some(450) | Some(\"55\")");
        let unknown = Told { followers: None, ..people };
        assert_eq!(line(&unknown.alone(AudienceDimension::Gender)), "FEMALE 66.6667 None, MALE 33.3333 None | None");
        let both = combined(AudienceDimension::Gender, &[unknown, shares], 200);
        assert_eq!(line(&both), "FEMALE 25 Some(50), MALE 75 Some(150) | Some(\"100\")");
    }

    #[test]
    fn places_are_told_by_their_size() {
        let places = keys(&["DE", "GR", "IR"]);
        let views = Told { followers: Some(10), unit: AudienceUnit::Views, keys: &places, amounts: &[1, 2, 1] };
        let found = combined(AudienceDimension::Country, &[views], 10);
        assert_eq!(line(&found), "GR 50 Some(5), DE 25 Some(2), IR 25 Some(2) | Some(\"100\")");
        assert_eq!(line(&combined(AudienceDimension::Country, &[], 10)), " | Some(\"0\")");
        assert_eq!(line(&combined(AudienceDimension::Country, &[], 0)), " | None");
    }

    #[test]
    fn what_is_of_nowhere_is_no_place_and_is_not_known() {
        let places = keys(&["GR", "UNKNOWN", "DE"]);
        let views = Told { followers: Some(10), unit: AudienceUnit::Views, keys: &places, amounts: &[2, 1, 1] };
        let found = combined(AudienceDimension::Country, &[views], 10);
        assert_eq!(line(&found), "GR 66.6667 Some(5), DE 33.3333 Some(2) | Some(\"75\")");
        let uncounted = Told { followers: None, ..views };
        assert_eq!(line(&uncounted.alone(AudienceDimension::Country)), "GR 66.6667 None, DE 33.3333 None | None");
    }

    #[test]
    fn sizes_of_companies_are_told_in_their_order_and_jobs_by_how_many_have_them() {
        let sizes = keys(&["10001+", "1001-5000", "11-50", "1", "2-10"]);
        let people = Told { followers: Some(10), unit: AudienceUnit::People, keys: &sizes, amounts: &[1, 2, 3, 1, 1] };
        let found = people.alone(AudienceDimension::CompanySize);
        let order: Vec<&str> = found.parts.iter().map(|part| part.key.as_str()).collect();
        assert_eq!(order, ["1", "2-10", "11-50", "1001-5000", "10001+"]);
        let jobs = keys(&["Engineering", "Sales"]);
        let people = Told { followers: Some(10), unit: AudienceUnit::People, keys: &jobs, amounts: &[2, 5] };
        let found = combined(AudienceDimension::JobFunction, &[people], 10);
        assert_eq!(line(&found), "Sales 71.4286 Some(5), Engineering 28.5714 Some(2) | Some(\"70\")");
    }

    proptest! {
        /// Whatever networks say, no part and no whole is more than all.
        #[test]
        fn nobody_knows_more_than_all(
            followers in 0..1_000_000_000_i64,
            amounts in prop::collection::vec(1..1_000_000_000_i64, 1..20),
            unit in prop::sample::select(vec![AudienceUnit::People, AudienceUnit::Views, AudienceUnit::Share]),
        ) {
            let names: Vec<String> = (0..amounts.len()).map(|n| n.to_string()).collect();
            let told = Told { followers: Some(followers), unit, keys: &names, amounts: &amounts };
            let found = combined(AudienceDimension::City, &[told], followers);
            let value = |text: &str| text.parse::<f64>().unwrap();
            if followers > 0 {
                prop_assert!((0.0..=100.0).contains(&value(found.known_percent.as_deref().unwrap())));
            }
            prop_assert!(found.parts.iter().all(|part| (0.0..=100.0).contains(&value(&part.share))));
            prop_assert!(found.parts.iter().map(|part| value(&part.share)).sum::<f64>() <= 100.01);
        }
    }
}
