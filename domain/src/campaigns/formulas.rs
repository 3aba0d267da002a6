//! The formulas of [`super::calculate`], which says what they mean.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::calculate::{
    Calculation, ChannelForecast, Lack, Lacking, Part, PartName, PartOrigin, PlannedChannel, Span, Stated,
};
use super::history::{Figure, LEAST_SAMPLES, Spread};

/// The whole of a percentage.
const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

fn single(value: Decimal) -> Span<Decimal> {
    Span { low: value, likely: value, high: value }
}

/// What so many posts bring, if each does as the middle half did.
pub(super) fn forecast(channel: PlannedChannel, spreads: Vec<(Figure, Option<Spread>)>) -> ChannelForecast {
    let posts = f64::from(channel.posts);
    let whole = |value: f64| Decimal::try_from(value.round()).ok()?.to_i64();
    let expected = spreads.iter().map(|(figure, spread)| {
        let enough = spread.filter(|spread| spread.samples >= LEAST_SAMPLES);
        let span = enough.and_then(|spread| {
            let each = Span { low: spread.lower, likely: spread.median, high: spread.upper };
            each.map(|value| whole(value * posts))
        });
        (*figure, span)
    });
    let expected = expected.collect();
    ChannelForecast { account_id: channel.account_id, posts: channel.posts, spreads, expected }
}

/// What the posts bring by themselves.
pub(super) fn of_posts(answer: &mut Calculation, rate: Option<Span<Decimal>>) {
    for (figure, name) in [
        (Figure::Views, PartName::Views),
        (Figure::Engagement, PartName::Engagement),
        (Figure::Clicks, PartName::Clicks),
    ] {
        if answer.channels.is_empty() {
            answer.lack(name, Lack::NoPosts);
            continue;
        }
        let mut sum = Some(Span { low: 0_i64, likely: 0, high: 0 });
        let mut missing = Vec::new();
        for channel in &answer.channels {
            let expected = channel.expected.iter().find(|(known, _)| *known == figure).and_then(|(_, span)| *span);
            match expected {
                Some(span) => sum = sum.and_then(|sum| plus(sum, span)),
                None => missing.push(channel.account_id),
            }
        }
        if missing.is_empty() {
            let span = sum.and_then(|sum| sum.map(|whole| Some(Decimal::from(whole))));
            answer.put(name, PartOrigin::History, span);
        }
        let lack = |id| Lacking { name, account_id: Some(id), why: Lack::TooFewSamples };
        answer.lacking.extend(missing.into_iter().map(lack));
    }
    match (answer.part(PartName::Clicks), rate) {
        (_, None) => answer.lack(PartName::ResultsOfPosts, Lack::NoConversionRate),
        (None, Some(_)) if answer.channels.is_empty() => answer.lack(PartName::ResultsOfPosts, Lack::NoPosts),
        (None, Some(_)) => answer.lack(PartName::ResultsOfPosts, Lack::TooFewSamples),
        (Some(clicks), Some(rate)) => {
            answer.put(PartName::ResultsOfPosts, PartOrigin::Reckoned, converted(clicks, rate));
        }
    }
}

fn plus(a: Span<i64>, b: Span<i64>) -> Option<Span<i64>> {
    Some(Span {
        low: a.low.checked_add(b.low)?,
        likely: a.likely.checked_add(b.likely)?,
        high: a.high.checked_add(b.high)?,
    })
}

/// What becomes of clicks, rounded down.
fn converted(clicks: Span<Decimal>, rate: Span<Decimal>) -> Option<Span<Decimal>> {
    let of = |clicks: Decimal, rate: Decimal| Some(clicks.checked_mul(rate)?.checked_div(HUNDRED)?.floor());
    Some(Span {
        low: of(clicks.low, rate.low)?,
        likely: of(clicks.likely, rate.likely)?,
        high: of(clicks.high, rate.high)?,
    })
}

/// What money buys at a cost, rounded down: the least at the highest cost.
fn bought(money: Decimal, cost: Span<Decimal>) -> Option<Span<Decimal>> {
    let at = |cost: Decimal| Some(money.checked_div(cost)?.floor());
    Some(Span { low: at(cost.high)?, likely: at(cost.likely)?, high: at(cost.low)? })
}

/// What so many cost, rounded up.
fn cost_of(wanted: Decimal, cost: Span<Decimal>) -> Option<Span<Decimal>> {
    cost.map(|cost| Some(wanted.checked_mul(cost)?.ceil()))
}

/// What a result costs by way of clicks: the best rate at the least cost is the least.
fn by_clicks(wanted: Decimal, click: Span<Decimal>, rate: Span<Decimal>) -> Option<Span<Decimal>> {
    // Divided last: what a division leaves over would be rounded up as well.
    let of = |click: Decimal, rate: Decimal| {
        Some(wanted.checked_mul(HUNDRED)?.checked_mul(click)?.checked_div(rate)?.ceil())
    };
    Some(Span {
        low: of(click.low, rate.high)?,
        likely: of(click.likely, rate.likely)?,
        high: of(click.high, rate.low)?,
    })
}

/// What money buys, and what wanted results cost.
pub(super) fn of_money(answer: &mut Calculation, stated: &Stated) {
    let Stated { budget, wanted, click, result, rate } = stated;
    for (name, span) in [
        (PartName::Budget, budget.map(single)),
        (PartName::WantedResults, wanted.map(single)),
        (PartName::CostPerClick, *click),
        (PartName::CostPerResult, *result),
        (PartName::ConversionRate, *rate),
    ] {
        if let Some(span) = span {
            answer.parts.push(Part { name, origin: PartOrigin::Stated, span });
        }
    }
    match (budget, click) {
        (None, _) => answer.lack(PartName::BoughtClicks, Lack::NoBudget),
        (Some(_), None) => answer.lack(PartName::BoughtClicks, Lack::NoCost),
        (Some(budget), Some(click)) => {
            answer.put(PartName::BoughtClicks, PartOrigin::Reckoned, bought(*budget, *click));
        }
    }
    match (budget, result, answer.part(PartName::BoughtClicks), rate) {
        (None, ..) => answer.lack(PartName::BoughtResults, Lack::NoBudget),
        (Some(budget), Some(result), ..) => {
            answer.put(PartName::BoughtResults, PartOrigin::Reckoned, bought(*budget, *result));
        }
        (Some(_), None, Some(clicks), Some(rate)) => {
            answer.put(PartName::BoughtResults, PartOrigin::Reckoned, converted(clicks, *rate));
        }
        (Some(_), None, Some(_), None) => answer.lack(PartName::BoughtResults, Lack::NoConversionRate),
        (Some(_), None, None, _) => answer.lack(PartName::BoughtResults, Lack::NoCost),
    }
    match (wanted, result, click, rate) {
        (Some(wanted), Some(result), ..) => {
            answer.put(PartName::Cost, PartOrigin::Reckoned, cost_of(*wanted, *result));
        }
        (Some(wanted), None, Some(click), Some(rate)) => {
            answer.put(PartName::Cost, PartOrigin::Reckoned, by_clicks(*wanted, *click, *rate));
        }
        (Some(_), None, Some(_), None) => answer.lack(PartName::Cost, Lack::NoConversionRate),
        (Some(_), None, None, _) => answer.lack(PartName::Cost, Lack::NoCost),
        (None, ..) => match budget {
            Some(budget) => answer.put(PartName::Cost, PartOrigin::Stated, Some(single(*budget))),
            None => answer.lack(PartName::Cost, Lack::NoBudget),
        },
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn empty() -> Calculation {
        Calculation {
            channels: Vec::new(),
            parts: Vec::new(),
            lacking: Vec::new(),
            history_since: DateTime::UNIX_EPOCH,
        }
    }

    fn span(low: i64, likely: i64, high: i64) -> Span<Decimal> {
        Span { low: low.into(), likely: likely.into(), high: high.into() }
    }

    fn nothing() -> Stated {
        Stated { budget: None, wanted: None, click: None, result: None, rate: None }
    }

    fn spread(samples: i64) -> Spread {
        Spread { samples, lower: 10.0, median: 20.5, upper: 40.0 }
    }

    #[test]
    fn a_budget_buys_the_least_at_the_highest_cost() {
        let mut answer = empty();
        let stated = Stated {
            budget: Some(100_000.into()),
            click: Some(span(20, 50, 100)),
            rate: Some(span(1, 2, 4)),
            ..nothing()
        };
        of_money(&mut answer, &stated);
        assert_eq!(answer.part(PartName::BoughtClicks), Some(span(1000, 2000, 5000)));
        assert_eq!(answer.part(PartName::BoughtResults), Some(span(10, 40, 200)));
        assert_eq!(answer.part(PartName::Cost), Some(span(100_000, 100_000, 100_000)));
        assert_eq!(answer.lacking, []);
    }

    #[test]
    fn wanted_results_cost_what_their_clicks_cost() {
        let mut answer = empty();
        let stated =
            Stated { wanted: Some(10.into()), click: Some(span(20, 50, 100)), rate: Some(span(1, 2, 4)), ..nothing() };
        of_money(&mut answer, &stated);
        assert_eq!(answer.part(PartName::Cost), Some(span(5000, 25_000, 100_000)));
        assert_eq!(by_clicks(1.into(), span(3, 3, 3), span(60, 60, 60)), Some(span(5, 5, 5)));
        assert_eq!(answer.part(PartName::BoughtResults), None);
    }

    #[test]
    fn what_is_missing_is_named_and_has_no_number() {
        let mut answer = empty();
        of_posts(&mut answer, None);
        of_money(&mut answer, &nothing());
        assert_eq!(answer.parts, []);
        let why = |name| answer.lacking.iter().find(|lacking| lacking.name == name).map(|lacking| lacking.why);
        assert_eq!(why(PartName::Views), Some(Lack::NoPosts));
        assert_eq!(why(PartName::ResultsOfPosts), Some(Lack::NoConversionRate));
        assert_eq!(why(PartName::BoughtResults), Some(Lack::NoBudget));
        assert_eq!(why(PartName::Cost), Some(Lack::NoBudget));
    }

    #[test]
    fn one_account_with_too_few_publications_leaves_the_whole_without_a_number() {
        let channel = |samples, id| {
            let channel = PlannedChannel { account_id: Uuid::from_u128(id), posts: 3 };
            forecast(channel, Figure::ALL.map(|figure| (figure, Some(spread(samples)))).to_vec())
        };
        let mut answer = empty();
        answer.channels = vec![channel(LEAST_SAMPLES, 1)];
        of_posts(&mut answer, None);
        assert_eq!(answer.part(PartName::Views), Some(span(30, 62, 120)));
        let mut answer = empty();
        answer.channels = vec![channel(LEAST_SAMPLES, 1), channel(LEAST_SAMPLES - 1, 2)];
        of_posts(&mut answer, None);
        assert_eq!(answer.part(PartName::Views), None);
        let lacking = Lacking { name: PartName::Views, account_id: Some(Uuid::from_u128(2)), why: Lack::TooFewSamples };
        assert!(answer.lacking.contains(&lacking), "{:?}", answer.lacking);
    }

    fn ranges() -> impl Strategy<Value = Span<Decimal>> {
        proptest::collection::vec(1..1_000_000_i64, 3).prop_map(|mut values| {
            values.sort_unstable();
            span(values[0], values[1], values[2])
        })
    }

    proptest! {
        #[test]
        fn every_range_is_in_order(
            budget in 1..1_000_000_000_i64, wanted in 1..1_000_000_i64, click in ranges(), result in ranges(), rate in ranges()
        ) {
            let rate = rate.map(|rate| Some(rate / Decimal::from(10_000))).unwrap();
            for (result, rate) in [(None, Some(rate)), (Some(result), None)] {
                let mut answer = empty();
                let stated =
                    Stated { budget: Some(budget.into()), wanted: Some(wanted.into()), click: Some(click), result, rate };
                of_money(&mut answer, &stated);
                for part in &answer.parts {
                    prop_assert!(part.span.low <= part.span.likely && part.span.likely <= part.span.high, "{:?}", part);
                }
                prop_assert!(answer.part(PartName::Cost).is_some() && answer.part(PartName::BoughtResults).is_some());
            }
        }
    }
}
