//! No sequence of bookings takes out more than is there, and the balances are what the ledger says after each.

use anyhow::Result;
use diwan_domain::finance::{Transfer, adjust, allocate, commit, overdraw, refund, release, spend, transfer};
use proptest::collection::vec;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::{Desk, by_hand};

/// Something to do to one of two lines.
#[derive(Debug, Clone)]
enum Step {
    Allocate(usize, i64),
    Adjust(usize, i64),
    Overdraw(usize, i64),
    Commit(usize, i64),
    Release(usize, i64),
    Spend(usize, i64, i64),
    Refund(usize, i64),
    Transfer(usize, i64),
}

fn steps() -> impl proptest::strategy::Strategy<Value = Vec<Step>> {
    let one = (0..8_u8, 0..2_usize, 1..500_i64, 0..500_i64).prop_map(|(what, on, minor, other)| match what {
        0 => Step::Allocate(on, minor),
        1 => Step::Adjust(on, minor - other),
        2 => Step::Overdraw(on, minor),
        3 => Step::Commit(on, minor),
        4 => Step::Release(on, minor),
        5 => Step::Spend(on, minor, other.min(minor)),
        6 => Step::Refund(on, minor),
        _ => Step::Transfer(on, minor),
    });
    vec(one, 1..40)
}

/// The same, by hand. Answers whether it may be.
fn expected(kept: &mut [[i64; 4]; 2], step: &Step) -> bool {
    let mut after = *kept;
    match *step {
        Step::Allocate(on, minor) | Step::Adjust(on, minor) => after[on][0] += minor,
        Step::Overdraw(on, minor) => after[on][1] += minor,
        Step::Commit(on, minor) => after[on][2] += minor,
        Step::Release(on, minor) => after[on][2] -= minor,
        Step::Spend(on, minor, drawn) => {
            after[on][2] -= drawn;
            after[on][3] += minor;
        }
        Step::Refund(on, minor) => after[on][3] -= minor,
        Step::Transfer(on, minor) => {
            after[on][0] -= minor;
            after[1 - on][0] += minor;
        }
    }
    let sound = |line: &[i64; 4]| line.iter().all(|part| *part >= 0) && line[2] + line[3] <= line[0] + line[1];
    let may = after.iter().all(sound) && !matches!(step, Step::Adjust(_, 0));
    if may {
        *kept = after;
    }
    may
}

#[tokio::test]
async fn whatever_is_booked_the_balances_are_what_the_ledger_says() -> Result<()> {
    let desk = Desk::new().await?;
    let mut runner = TestRunner::deterministic();
    for round in 0..12 {
        let (row, lines) = desk.budget("EUR", &["One", "Two"]).await?;
        let mut kept = [[0_i64; 4]; 2];
        for step in steps().new_tree(&mut runner).map_err(anyhow::Error::msg)?.current() {
            let may = expected(&mut kept, &step);
            let done = desk
                .try_it(async |context| match step {
                    Step::Allocate(on, minor) => allocate(context, by_hand(lines[on], minor)).await.map(drop),
                    Step::Adjust(on, minor) => adjust(context, by_hand(lines[on], minor)).await.map(drop),
                    Step::Overdraw(on, minor) => overdraw(context, by_hand(lines[on], minor)).await.map(drop),
                    Step::Commit(on, minor) => commit(context, by_hand(lines[on], minor)).await.map(drop),
                    Step::Release(on, minor) => release(context, by_hand(lines[on], minor)).await.map(drop),
                    Step::Spend(on, minor, drawn) => spend(context, by_hand(lines[on], minor), drawn).await.map(drop),
                    Step::Refund(on, minor) => refund(context, by_hand(lines[on], minor)).await.map(drop),
                    Step::Transfer(on, minor) => {
                        let moved = Transfer { from: lines[on], to: lines[1 - on], minor, reason: "Moved".to_owned() };
                        transfer(context, moved).await.map(drop)
                    }
                })
                .await?;
            assert_eq!(done.is_ok(), may, "round {round}: {step:?} on {kept:?}: {done:?}");
            assert_eq!(desk.kept(row.id).await?, kept, "round {round}: {step:?}");
        }
    }
    desk.verified().await?;
    Ok(())
}
