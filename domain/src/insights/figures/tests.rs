use super::*;
use crate::approvals::Money;
use crate::insights::kpi::Kpi;

fn money(minor: i64, currency: &str) -> Money {
    Money { minor, currency: currency.to_owned() }
}

/// Sums of somebody who may read everything.
fn of(known: &[(Quantity, i64)], costs: Vec<Money>, values: Vec<Money>) -> Sums {
    let mut sums =
        Sums { costs: Some(costs), values: Some(values), links_told: true, conversions_told: true, ..Sums::default() };
    for (quantity, value) in known {
        sums.add(*quantity, Some(*value));
    }
    sums
}

fn found(kpi: Kpi, now: &Sums, before: &Sums) -> KpiFigure {
    figure(Formula::ALL.into_iter().find(|formula| formula.kpi == kpi).unwrap(), now, before)
}

#[test]
fn a_rate_is_compared_in_points_and_in_hundredths() {
    let sums = |part, whole| {
        let known = [(Quantity::InteractionsOfReached, part), (Quantity::ReachOfInteracted, whole)];
        of(&known, Vec::new(), Vec::new())
    };
    let told = found(Kpi::EngagementRateByReach, &sums(5, 100), &sums(4, 100));
    assert_eq!((told.value.as_deref(), told.before.as_deref()), (Some("5"), Some("4")));
    assert_eq!((told.difference.as_deref(), told.change_percent.as_deref()), (Some("1"), Some("25")));
    assert_eq!((told.no_figure, told.currency), (None, None));
}

#[test]
fn what_is_missing_is_named_and_is_not_zero() {
    let mut sums = Sums::default();
    for network in ["mastodon", "bluesky", "mastodon"] {
        sums.note(&[Quantity::Reach], true, (network, Uuid::nil()));
    }
    let told = found(Kpi::Reach, &sums, &sums);
    assert_eq!((told.value, told.no_figure), (None, Some(NoFigure::Missing)));
    assert_eq!(told.missing_networks, ["bluesky", "mastodon"]);
    // Something is known, and something is not.
    sums.add(Quantity::Reach, Some(7));
    let told = found(Kpi::Reach, &sums, &Sums::default());
    assert_eq!((told.value.as_deref(), told.before, told.change_percent), (Some("7"), None, None));
    assert_eq!(told.missing_networks.len(), 2);
    let none = of(&[(Quantity::LinkClicks, 0), (Quantity::ConversionsFromLinks, 0)], Vec::new(), Vec::new());
    assert_eq!(found(Kpi::ConversionRate, &none, &none).no_figure, Some(NoFigure::NothingToDivideBy));
}

#[test]
fn amounts_are_not_added_across_currencies() {
    let known = [(Quantity::Conversions, 3)];
    let euros = of(&known, vec![money(1_000, "EUR")], vec![money(1_500, "EUR")]);
    let told = found(Kpi::CostPerResult, &euros, &euros);
    assert_eq!((told.value.as_deref(), told.currency.as_deref()), (Some("3.33"), Some("EUR")));
    assert_eq!((told.difference.as_deref(), told.change_percent.as_deref()), (Some("0.00"), Some("0")));
    assert_eq!(found(Kpi::ReturnOnInvestment, &euros, &euros).value.as_deref(), Some("50"));

    let both = of(&known, vec![money(1_000, "EUR"), money(5, "USD")], Vec::new());
    assert_eq!(found(Kpi::CostPerResult, &both, &euros).no_figure, Some(NoFigure::ManyCurrencies));
    let mixed = of(&known, vec![money(1_000, "EUR")], vec![money(5, "USD")]);
    assert_eq!(found(Kpi::CostPerResult, &mixed, &euros).value.as_deref(), Some("3.33"));
    assert_eq!(found(Kpi::ReturnOnInvestment, &mixed, &euros).no_figure, Some(NoFigure::ManyCurrencies));
    let yen = of(&known, vec![money(900, "JPY")], Vec::new());
    let told = found(Kpi::CostPerResult, &yen, &euros);
    assert_eq!((told.value.as_deref(), told.before, told.difference), (Some("300"), None, None));
}

#[test]
fn what_somebody_may_not_read_is_no_figure() {
    let known = [(Quantity::LinkClicks, 3), (Quantity::Conversions, 3), (Quantity::Views, 3)];
    let mut sums = of(&known, vec![money(1_000, "EUR")], vec![money(1_500, "EUR")]);
    (sums.costs, sums.values, sums.links_told, sums.conversions_told) = (None, None, false, false);
    let hidden = |kpi| found(kpi, &sums, &sums).no_figure == Some(NoFigure::NotAllowed);
    assert!(hidden(Kpi::ReferralTraffic) && hidden(Kpi::Conversions) && hidden(Kpi::ConversionRate));
    assert!(hidden(Kpi::CostPerResult) && hidden(Kpi::ReturnOnInvestment));
    assert!(!hidden(Kpi::Views));
}
