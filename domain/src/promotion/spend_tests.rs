use proptest::prelude::*;

use super::*;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
}

fn report(number: u32, spend_minor: i64) -> DayReport {
    DayReport {
        day: day(number),
        source_id: "all".to_owned(),
        spend_minor,
        impressions: None,
        clicks: None,
        conversions: None,
        reach: None,
    }
}

fn recorded(number: u32, spend_minor: i64) -> ad_boost_day::Model {
    ad_boost_day::Model {
        id: Uuid::from_u128(number.into()),
        brand_id: Uuid::nil(),
        boost_id: Uuid::nil(),
        day: day(number),
        source_id: "all".to_owned(),
        spend_minor,
        impressions: None,
        clicks: None,
        conversions: None,
        reach: None,
        restated: 2,
        recorded_by: Uuid::nil(),
        recorded_at: DateTime::UNIX_EPOCH,
    }
}

fn known_of(rows: Vec<ad_boost_day::Model>) -> Known {
    rows.into_iter().map(|row| ((row.day, row.source_id.clone()), row)).collect()
}

fn placed(reports: Vec<DayReport>) -> Vec<Placed> {
    (0..).zip(reports).map(|(place, report)| (place, Ok(report))).collect()
}

fn room(open: i64, left: i64, spent: i64) -> Room {
    Room { open, left, spent, currency: "EUR".to_owned() }
}

fn refusal_of(outcome: &DayOutcome) -> Option<(Code, String)> {
    let DayOutcome::Refused(errors) = outcome else { return None };
    let amount = errors[0].args.iter().find_map(|(name, value)| match value {
        crate::error::Arg::Text(text) if *name == "amount" => Some(text.clone().into_owned()),
        _ => None,
    });
    Some((errors[0].code, amount.unwrap_or_default()))
}

#[test]
fn each_report_is_looked_at_with_what_the_ones_before_it_leave() {
    let known = known_of(vec![recorded(1, 100), recorded(2, 50)]);
    let reports =
        placed(vec![report(1, 100), report(2, 30), report(3, 521), report(4, 500), report(5, 20), report(6, 1)]);
    let decided = decide(reports, &known, Some(&room(300, 200, 150)));
    let outcomes: Vec<&DayOutcome> = decided.iter().map(|each| &each.outcome).collect();
    assert_eq!(*outcomes[0], DayOutcome::Known);
    assert_eq!(*outcomes[1], DayOutcome::Restated(50));
    // The twenty that came back are there to be spent.
    assert_eq!(refusal_of(outcomes[2]), Some((Code::BudgetExceeded, "5.20".to_owned())));
    assert_eq!((outcomes[3], outcomes[4]), (&DayOutcome::Recorded, &DayOutcome::Recorded));
    assert_eq!(refusal_of(outcomes[5]), Some((Code::BudgetExceeded, "0.00".to_owned())));
    assert_eq!(decided.iter().map(|each| each.difference).sum::<i64>(), 500);
    let written: Vec<_> = decided.iter().filter_map(|each| Some((each.report.as_ref()?.day, each.restated))).collect();
    assert_eq!(written, [(day(2), 3), (day(4), 0), (day(5), 0)]);
}

#[test]
fn no_more_is_taken_back_than_was_spent_there() {
    let known = known_of(vec![recorded(1, 100)]);
    let decided = decide(placed(vec![report(1, 30)]), &known, Some(&room(0, 1000, 60)));
    assert_eq!(refusal_of(&decided[0].outcome), Some((Code::MoreThanBooked, "0.60".to_owned())));
    let decided = decide(placed(vec![report(1, 40)]), &known, Some(&room(0, 1000, 60)));
    assert_eq!(decided[0].outcome, DayOutcome::Restated(100));
}

#[test]
fn results_alone_need_no_room() {
    let known = known_of(vec![recorded(1, 100)]);
    let results = DayReport { clicks: Some(7), ..report(1, 100) };
    let decided = decide(placed(vec![results]), &known, None);
    assert_eq!((decided[0].outcome.clone(), decided[0].difference), (DayOutcome::Restated(100), 0));
}

proptest! {
    /// Whatever is reported of whatever was known: what is booked fits at every moment, and is what the days come to.
    #[test]
    fn what_is_booked_fits_and_is_what_the_days_say(
        said in proptest::collection::vec((1..28_u32, 0..400_i64), 0..40),
        old in proptest::collection::btree_map(1..28_u32, 0..400_i64, 0..20),
        (open, left, taken) in (0..600_i64, 0..600_i64, 0..600_i64),
    ) {
        // A day is said once at a time.
        let said: std::collections::BTreeMap<u32, i64> = said.into_iter().collect();
        let known = known_of(old.iter().map(|(number, spend)| recorded(*number, *spend)).collect());
        let reports = said.iter().map(|(number, spend)| report(*number, *spend)).collect();
        let room = room(open, left, taken);
        let decided = decide(placed(reports), &known, Some(&room));
        let mut booked = 0;
        for (each, (number, spend)) in decided.iter().zip(&said) {
            let more = spend - old.get(number).copied().unwrap_or_default();
            let fits = more == 0 || (if more > 0 { booked + more <= open + left } else { booked + more >= -taken });
            prop_assert_eq!(!matches!(each.outcome, DayOutcome::Refused(_)), fits);
            prop_assert_eq!(each.difference, if fits { more } else { 0 });
            booked += each.difference;
            prop_assert!((-taken..=open + left).contains(&booked));
        }
    }
}
