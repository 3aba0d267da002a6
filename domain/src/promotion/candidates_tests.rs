use proptest::prelude::*;

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(20_000)
}

/// A publication of an account, so many days old.
fn grown(account: u128, number: u128, days: i64, engagement: Option<i64>) -> Grown {
    Grown {
        publication_id: Uuid::from_u128(account * 1000 + number),
        post_id: Uuid::from_u128(number),
        variant_id: None,
        account_id: Uuid::from_u128(account),
        published_at: now() - Duration::days(days),
        advertised: 0,
        engagement,
        reach: Some(1000),
        views: Some(4000),
        followers: None,
    }
}

fn numbers(found: &Candidates) -> Vec<u128> {
    found.candidates.iter().map(|candidate| candidate.publication_id.as_u128() % 1000).collect()
}

#[test]
fn what_did_better_than_its_account_usually_does_comes_first() {
    let engagement = [10, 20, 30, 40, 50, 60, 70, 80, 90, 400];
    let mut rows: Vec<Grown> = (0..).zip(engagement).map(|(number, did)| grown(1, number, 5, Some(did))).collect();
    rows[8].published_at = now() - Duration::days(RECENT_DAYS + 1);
    rows[7].advertised = 2;
    let mut found = compare(&rows, now());
    rank(&mut found.candidates);
    assert_eq!((numbers(&found), found.untold.len()), (vec![9, 6, 5, 7], 0), "the one that is old is none");
    let best = &found.candidates[0];
    assert_eq!(best.basis, Basis::Reach);
    assert!((best.median - 0.055).abs() < 1e-9, "{}", best.median);
    let Reason::AboveMedian(times) = best.reasons[0] else { panic!("{:?}", best.reasons) };
    assert!((times - 400.0 / 55.0).abs() < 1e-9, "{times}");
    assert_eq!(best.reasons[1..], [Reason::Age(5), Reason::Samples(10)]);
    assert_eq!(found.candidates[3].reasons[3..], [Reason::Advertised(2)]);
}

#[test]
fn of_too_few_nothing_is_said_and_what_is_missing_is_no_zero() {
    let mut rows: Vec<Grown> = (0..10).map(|number| grown(1, number, 5, Some(10))).collect();
    rows[0].engagement = None;
    rows.extend((0..10).map(|number| grown(2, number, 5, Some(if number == 0 { 50 } else { 10 }))));
    let found = compare(&rows, now());
    assert_eq!(found.untold, [Untold { account_id: Uuid::from_u128(1), publications: 9 }]);
    assert_eq!(numbers(&found), [0]);
}

#[test]
fn an_account_is_measured_by_what_it_has_enough_of() {
    let mut rows: Vec<Grown> = (0..10).map(|number| grown(1, number, 5, Some(10))).collect();
    rows[3].reach = Some(0);
    rows[0].views = Some(1000);
    let found = compare(&rows, now());
    assert_eq!((numbers(&found), found.candidates[0].basis), (vec![0], Basis::Views));
    for row in &mut rows {
        (row.reach, row.views, row.followers) = (None, None, Some(500));
    }
    rows[5].engagement = Some(11);
    let found = compare(&rows, now());
    assert_eq!((numbers(&found), found.candidates[0].basis), (vec![5], Basis::Followers));
}

#[test]
fn above_nothing_there_is_no_number_of_times() {
    let mut rows: Vec<Grown> = (0..10).map(|number| grown(1, number, 5, Some(0))).collect();
    rows[0].engagement = Some(3);
    let found = compare(&rows, now());
    assert_eq!(found.candidates[0].reasons[0], Reason::AboveNothing);
}

#[test]
fn what_may_not_be_advertised_comes_last() {
    let rows: Vec<Grown> =
        (0..).zip([1, 1, 1, 1, 1, 1, 1, 2, 3, 4]).map(|(n, did)| grown(1, n, 5, Some(did))).collect();
    let mut found = compare(&rows, now());
    found
        .candidates
        .iter_mut()
        .filter(|one| one.post_id.as_u128() == 9)
        .for_each(|one| one.reasons.push(Reason::NotGranted));
    rank(&mut found.candidates);
    assert_eq!(numbers(&found), [8, 7, 9]);
}

proptest! {
    /// No more than half of an account's publications are above its median, and each that is told is.
    #[test]
    fn candidates_are_above_the_median(did in proptest::collection::vec(0..1000_i64, 10..60)) {
        let rows: Vec<Grown> = (0..).zip(&did).map(|(number, did)| grown(1, number, 5, Some(*did))).collect();
        let found = compare(&rows, now());
        prop_assert!(found.candidates.len() * 2 <= rows.len());
        prop_assert!(found.candidates.iter().all(|one| one.rate > one.median));
    }
}
