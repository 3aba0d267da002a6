use super::*;

const ATHENS: Place = Place {
    id: Uuid::nil(),
    zone: chrono_tz::Europe::Athens,
    week_start: Weekday::Mon,
    since: NaiveDate::MIN,
    archived: false,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn days(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn formula(kpi: Kpi) -> Formula {
    Formula::ALL.into_iter().find(|formula| formula.kpi == kpi).unwrap()
}

fn meaning(written: &str, target: &str, period: KpiPeriod) -> Meaning {
    let target_micro = micro_of(target).unwrap();
    Meaning {
        written_at: at(written),
        direction: KpiDirection::AtLeast,
        target_micro,
        unit: "posts".to_owned(),
        period,
    }
}

fn measured(kpi: Kpi, meanings: Vec<Meaning>) -> Measured {
    let insight = formula(kpi).name.to_owned();
    Measured { kpi_id: Uuid::nil(), brand_id: Uuid::nil(), insight, archived_at: None, meanings }
}

fn ceiling(mut one: Measured) -> Measured {
    one.meanings.iter_mut().for_each(|meaning| meaning.direction = KpiDirection::AtMost);
    one
}

/// After September is over.
const AFTER: &str = "2026-10-05T09:00:00Z";

fn of(one: &[Measured], kpi: Kpi, value: &str, period: Period, now: &str) -> Option<KpiTarget> {
    target_of(one, (formula(kpi), Some(value), None), (ATHENS, period), (at(now), at(now)))
}

fn standing_of(one: &Measured, value: &str, now: &str) -> Option<Standing> {
    let kpi = kpi_of_name(&one.insight).unwrap();
    of(std::slice::from_ref(one), kpi, value, days("2026-09-01", "2026-09-30"), now).unwrap().standing
}

#[test]
fn a_twentieth_of_the_target_is_on_track_on_either_side() {
    let floor = measured(Kpi::Views, vec![meaning("2026-08-01T09:00:00Z", "1000", KpiPeriod::Month)]);
    let rate = measured(Kpi::EngagementRateByReach, vec![meaning("2026-08-01T09:00:00Z", "4", KpiPeriod::Month)]);
    let most = ceiling(measured(Kpi::BounceRate, vec![meaning("2026-08-01T09:00:00Z", "40", KpiPeriod::Month)]));
    for (one, value, expected) in [
        (&floor, "1051", Standing::Ahead),
        (&floor, "1050", Standing::OnTrack),
        (&floor, "950", Standing::OnTrack),
        (&floor, "949", Standing::Behind),
        (&rate, "4.21", Standing::Ahead),
        (&rate, "4.2", Standing::OnTrack),
        (&rate, "3.8", Standing::OnTrack),
        (&rate, "3.79", Standing::Behind),
        (&most, "37.9", Standing::Ahead),
        (&most, "38", Standing::OnTrack),
        (&most, "42", Standing::OnTrack),
        (&most, "42.1", Standing::Behind),
    ] {
        assert_eq!(standing_of(one, value, AFTER), Some(expected), "{} {value}", one.insight);
    }
}

#[test]
fn sums_are_due_in_proportion_and_rates_are_not() {
    // Noon of the sixteenth in Athens: fifteen days and a half of thirty.
    let now = "2026-09-16T09:00:00Z";
    let period = days("2026-09-01", "2026-09-30");
    let sum = [measured(Kpi::Views, vec![meaning("2026-08-01T09:00:00Z", "600", KpiPeriod::Month)])];
    let told = of(&sum, Kpi::Views, "310", period, now).unwrap();
    assert_eq!((told.target.as_str(), told.expected.as_str()), ("600", "310"));
    assert_eq!((told.standing, told.basis), (Some(Standing::OnTrack), TargetBasis::ShareOfTime));
    let rate = [measured(Kpi::EngagementRateByReach, vec![meaning("2026-08-01T09:00:00Z", "4", KpiPeriod::Month)])];
    let told = of(&rate, Kpi::EngagementRateByReach, "2", period, now).unwrap();
    assert_eq!((told.expected.as_str(), told.basis), ("4", TargetBasis::Level));
    assert_eq!(told.standing, Some(Standing::Behind));
    // Of ten days of it a third is asked for; of a quarter, a month of thirty and two others.
    assert_eq!(of(&sum, Kpi::Views, "1", days("2026-09-01", "2026-09-10"), AFTER).unwrap().target, "200");
    assert_eq!(of(&sum, Kpi::Views, "1", days("2026-07-01", "2026-09-30"), AFTER).unwrap().target, "1800");
}

#[test]
fn each_day_has_the_target_that_was_in_force() {
    let both = vec![
        meaning("2026-09-03T09:00:00Z", "300", KpiPeriod::Month),
        // The eleventh in Athens.
        meaning("2026-09-10T21:30:00Z", "600", KpiPeriod::Month),
    ];
    let september = days("2026-09-01", "2026-09-30");
    let sum = [measured(Kpi::Views, both.clone())];
    // Ten days of ten each and twenty of twenty each.
    assert_eq!(of(&sum, Kpi::Views, "500", september, AFTER).unwrap().target, "500");
    // What was in force at the end counts for a level, and what came later says nothing of August.
    let level = [measured(Kpi::Followers, both)];
    assert_eq!(of(&level, Kpi::Followers, "500", september, AFTER).unwrap().target, "600");
    assert_eq!(of(&level, Kpi::Followers, "500", days("2026-09-01", "2026-09-10"), AFTER).unwrap().target, "300");
    assert_eq!(of(&level, Kpi::Followers, "500", days("2026-08-01", "2026-08-31"), AFTER), None);
    // Put away on the last day of September: it holds for August's end only.
    let away = [Measured { archived_at: Some(at("2026-09-30T09:00:00Z")), ..level[0].clone() }];
    assert_eq!(of(&away, Kpi::Followers, "500", september, AFTER), None);
    assert!(of(&away, Kpi::Followers, "500", days("2026-09-01", "2026-09-29"), AFTER).is_some());
}

#[test]
fn of_several_targets_the_longest_that_fits_counts() {
    let long_ago = "2025-01-01T09:00:00Z";
    let all = [
        measured(Kpi::Views, vec![meaning(long_ago, "36500", KpiPeriod::Year)]),
        measured(Kpi::Views, vec![meaning(long_ago, "70", KpiPeriod::Week)]),
        measured(Kpi::Views, vec![meaning(long_ago, "300", KpiPeriod::Month)]),
    ];
    let period = |from, to| of(&all, Kpi::Views, "1", days(from, to), AFTER).unwrap().period;
    assert_eq!(period("2026-09-01", "2026-09-30"), KpiPeriod::Month);
    assert_eq!(period("2026-09-07", "2026-09-13"), KpiPeriod::Week);
    assert_eq!(period("2026-09-07", "2026-09-07"), KpiPeriod::Week);
    assert_eq!(period("2025-09-01", "2026-08-31"), KpiPeriod::Year);
    let day = "2026-09-09".parse().unwrap();
    assert_eq!(running(&all, formula(Kpi::Views), ATHENS, day), Some(days("2026-09-07", "2026-09-13")));
}

#[test]
fn what_cannot_be_compared_stands_nowhere() {
    let mut euros = measured(Kpi::CostPerResult, vec![meaning("2026-08-01T09:00:00Z", "5", KpiPeriod::Month)]);
    euros.meanings[0].unit = "EUR".to_owned();
    let told = |value, currency| {
        let period = days("2026-09-01", "2026-09-30");
        let figure = (formula(Kpi::CostPerResult), value, currency);
        target_of(std::slice::from_ref(&euros), figure, (ATHENS, period), (at(AFTER), at(AFTER))).unwrap().standing
    };
    assert_eq!(told(Some("5.00"), Some("EUR")), Some(Standing::OnTrack));
    assert_eq!((told(Some("5.00"), Some("USD")), told(None, None)), (None, None));
    // Nothing of it was wanted: it is kept or not.
    let none = ceiling(measured(Kpi::BounceRate, vec![meaning("2026-08-01T09:00:00Z", "0", KpiPeriod::Month)]));
    assert_eq!(standing_of(&none, "0", AFTER), Some(Standing::OnTrack));
    assert_eq!(standing_of(&none, "0.1", AFTER), Some(Standing::Behind));
}

#[test]
fn visits_are_due_until_the_last_day_that_was_read() {
    let week = [measured(Kpi::Sessions, vec![meaning("2026-08-01T09:00:00Z", "700", KpiPeriod::Week)])];
    // The afternoon of Wednesday: Monday and Tuesday were read.
    let told = |visits_until: Option<&str>| {
        let mut figures = [KpiFigure {
            formula: formula(Kpi::Sessions),
            currency: None,
            value: Some("200".to_owned()),
            no_figure: None,
            before: None,
            difference: None,
            change_percent: None,
            missing_networks: Vec::new(),
            target: None,
        }];
        let sums = Sums { visits_until: visits_until.map(|day| day.parse().unwrap()), ..Sums::default() };
        let at = (at("2026-09-09T15:00:00Z"), &sums);
        compare(&mut figures, &week, (ATHENS, days("2026-09-07", "2026-09-13")), at);
        let [figure] = figures;
        figure.target.map(|target| (target.expected, target.standing))
    };
    assert_eq!(told(Some("2026-09-08")), Some(("200".to_owned(), Some(Standing::OnTrack))));
    assert_eq!(told(None), Some(("275".to_owned(), Some(Standing::Behind))));
}
