//! What is reported of promotions, and what is booked for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::Duration;
use diwan_domain::campaigns::{Closing, close_campaign, report_of};
use diwan_domain::finance::{Booking, BudgetContent, LineContent, NewBudget, allocate, commit, create_budget, spend};
use diwan_domain::promotion::{
    BoostContent, DayOutcome, DayReport, Recording, end_boost, figures_of_boosts, import_spend, record_spend,
    start_boost,
};
use diwan_domain::tracking::Model as Attribution;
use diwan_domain::{Code, Context};
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_platform::{db, ids};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::promotion::desk::{Desk, day, refusal, report};

#[tokio::test]
async fn the_same_again_is_nothing_and_said_otherwise_the_difference_is_booked() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    let both = || vec![report("2026-06-01", "a", 10_000), report("2026-06-01", "b", 5_000)];
    assert_eq!(desk.recorded(row.id, both()).await?, [DayOutcome::Recorded, DayOutcome::Recorded]);
    assert_eq!(desk.recorded(row.id, both()).await?, [DayOutcome::Known, DayOutcome::Known]);
    assert_eq!(desk.kept().await?, [100_000, 15_000, 15_000]);
    // Less: what came back is set aside again, as far as the plan goes.
    let less = desk.recorded(row.id, vec![report("2026-06-01", "a", 4_000)]).await?;
    assert_eq!(less, [DayOutcome::Restated(10_000)]);
    assert_eq!(desk.kept().await?, [100_000, 21_000, 9_000]);
    // More than planned, because it happened: from what the line has left.
    let more = desk.recorded(row.id, vec![report("2026-06-01", "a", 40_000)]).await?;
    assert_eq!(more, [DayOutcome::Restated(4_000)]);
    assert_eq!(desk.kept().await?, [100_000, 0, 45_000]);
    let less = desk.recorded(row.id, vec![report("2026-06-01", "a", 20_000)]).await?;
    assert_eq!(less, [DayOutcome::Restated(40_000)]);
    assert_eq!(desk.kept().await?, [100_000, 5_000, 25_000]);
    // Results alone book nothing.
    let results = DayReport { clicks: Some(400), impressions: Some(9_000), ..report("2026-06-01", "a", 20_000) };
    assert_eq!(desk.recorded(row.id, vec![results]).await?, [DayOutcome::Restated(20_000)]);
    assert_eq!(desk.boost(row.id).await?.spent_minor, 25_000);
    let figures = desk.must(&desk.mid, async |context| figures_of_boosts(context, &[row.id]).await).await?;
    assert_eq!((figures[0].reports, figures[0].clicks.total, figures[0].clicks.missing), (2, Some(400), 1));
    assert_eq!((figures[0].cpc(), figures[0].cpm(), figures[0].conversions.total), (Some(50), Some(2_222), None));
    let restated: i64 = desk.test.db.value("select sum(restated)::bigint from ad_boost_day").await?;
    assert_eq!(restated, 4);
    desk.verified().await
}

#[tokio::test]
async fn what_goes_beyond_the_line_is_refused_with_what_is_left_and_the_rest_goes_on() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    let other = Booking { line_id: desk.line, minor: 60_000, reason: "Films".to_owned() };
    desk.must(&desk.chief, async |context| commit(context, other).await).await?;
    // 300.00 are set aside and 100.00 are left.
    let reports = || {
        vec![
            report("2026-06-01", "a", 25_000),
            report("2026-06-02", "a", 15_001),
            report("2026-06-02", "b", 15_000),
            report("2026-06-02", "b", 1),
            report("2026-06-02", "c", 1),
            report("2026-06-05", "a", 1),
            report("2026-05-01", "a", 1),
            report("2026-06-01", " ", 1),
            report("2026-06-01", "d", -1),
            DayReport { impressions: Some(5), reach: Some(6), ..report("2026-06-01", "e", 0) },
        ]
    };
    let all = async |context: &Context| {
        let recording = Recording { boost_id: row.id, policy: RowPolicy::RejectEverything, dry_run: false };
        record_spend(context, recording, reports()).await
    };
    desk.refused(&desk.mid, Code::BudgetExceeded, all).await?;
    // A dry run tells the same and writes nothing.
    let before = desk.all().await?;
    let dry = Recording { boost_id: row.id, policy: RowPolicy::RejectEverything, dry_run: true };
    let tried = desk.must(&desk.mid, async |context| record_spend(context, dry, reports()).await).await?;
    assert_eq!((tried.counts(), tried.booked_minor, tried.written), ([2, 0, 0, 8], 40_000, false));
    assert_eq!(desk.all().await?, before);
    let outcomes = desk.recorded(row.id, reports()).await?;
    assert_eq!(outcomes, tried.outcomes.into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>());
    let codes: Vec<_> = outcomes.iter().map(refusal).collect();
    let is = |code: Code, amount: &str| Some((code, amount.to_owned()));
    assert_eq!(
        codes,
        [
            None,
            is(Code::BudgetExceeded, "150.00"),
            None,
            is(Code::AlreadyExists, ""),
            is(Code::BudgetExceeded, "0.00"),
            // Tomorrow somewhere on earth is the last day that can be reported.
            is(Code::Invalid, ""),
            is(Code::Invalid, ""),
            is(Code::Invalid, ""),
            is(Code::Invalid, ""),
            is(Code::Invalid, ""),
        ]
    );
    assert_eq!(desk.kept().await?, [100_000, 60_000, 40_000]);
    desk.verified().await
}

#[tokio::test]
async fn a_file_is_read_row_by_row() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    let file = "day;id;spend;currency;impressions;clicks\n2026-06-01;ad 1;12.50;EUR;1000;40\n2026-06-02;ad 1;7,50;EUR;;\n\
        2026-06-02;ad 2;2000;;;\n";
    let recording = |policy, dry_run| Recording { boost_id: row.id, policy, dry_run };
    let all = recording(RowPolicy::RejectEverything, false);
    desk.refused(&desk.mid, Code::Invalid, async |context| import_spend(context, all, file).await).await?;
    let before = desk.all().await?;
    let dry = recording(RowPolicy::RejectEverything, true);
    let tried = desk.must(&desk.mid, async |context| import_spend(context, dry, file).await).await?;
    let places: Vec<i64> = tried.outcomes.iter().map(|(line, _)| *line).collect();
    assert_eq!((places, tried.counts()), (vec![2, 3, 4], [1, 0, 0, 2]));
    assert_eq!(refusal(&tried.outcomes[2].1), Some((Code::BudgetExceeded, "987.50".to_owned())));
    assert_eq!(desk.all().await?, before);
    for expected in [[1, 0, 0, 2], [0, 0, 1, 2]] {
        let some = recording(RowPolicy::RejectFailedRows, false);
        let done = desk.must(&desk.mid, async |context| import_spend(context, some, file).await).await?;
        assert_eq!(done.counts(), expected);
    }
    assert_eq!(desk.boost(row.id).await?.spent_minor, 1_250);
    for (file, code) in
        [("", Code::ColumnMissing), ("day,id,spend\n", Code::Invalid), ("day,id\nx,y\n", Code::ColumnMissing)]
    {
        let some = recording(RowPolicy::RejectFailedRows, false);
        desk.refused(&desk.mid, code, async |context| import_spend(context, some, file).await).await?;
    }
    let long = "x".repeat(200_001);
    let some = recording(RowPolicy::RejectFailedRows, false);
    desk.refused(&desk.mid, Code::FileTooLarge, async |context| import_spend(context, some, &long).await).await
}

#[tokio::test]
async fn many_reports_take_as_many_statements_as_one() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    let mut costs = Vec::new();
    for (name, many) in [("one", 1), ("many", 500)] {
        let reports = (0..many).map(|number| report("2026-06-01", &format!("{name} {number}"), 10)).collect();
        let before = desk.test.db.statements();
        desk.recorded(row.id, reports).await?;
        costs.push(desk.test.db.statements() - before);
    }
    assert_eq!(costs[0], costs[1], "statements for one report and for 500");
    assert_eq!(desk.boost(row.id).await?.spent_minor, 5_010);
    Ok(())
}

#[tokio::test]
async fn at_once_the_same_is_booked_once_and_of_many_those_that_fit() -> Result<()> {
    let desk = Arc::new(Desk::new().await?);
    let mut boosts = Vec::new();
    for _ in 0..4 {
        boosts.push(desk.running(10_000).await?.id);
    }
    // 600.00 are left beside the four times 100.00 that are set aside.
    let tasks: Vec<_> = (0..48)
        .map(|number: usize| {
            let (desk, boost) = (Arc::clone(&desk), boosts[number % 4]);
            tokio::spawn(async move {
                // Each report is sent twice; all of them would be 1200.00.
                let source = format!("ad {}", number / 8);
                desk.recorded(boost, vec![report("2026-06-01", &source, 5_000)]).await
            })
        })
        .collect();
    let (mut recorded, mut known) = (0, 0);
    for task in tasks {
        match task.await??.as_slice() {
            [DayOutcome::Recorded] => recorded += 1,
            [DayOutcome::Known] => known += 1,
            [outcome] => assert_eq!(refusal(outcome).map(|(code, _)| code), Some(Code::BudgetExceeded)),
            _ => return Err(anyhow!("one report has one outcome")),
        }
    }
    assert_eq!((recorded, known), (20, 20), "twenty of 50.00 are the 1000.00 of the line");
    assert_eq!(desk.kept().await?, [100_000, 0, 100_000]);
    for boost in boosts {
        let outcomes = desk.recorded(boost, vec![report("2026-06-01", "one more", 1)]).await?;
        assert_eq!(refusal(&outcomes[0]), Some((Code::BudgetExceeded, "0.00".to_owned())));
    }
    desk.verified().await
}

#[tokio::test]
async fn whatever_is_reported_the_days_the_promotion_and_the_ledger_say_the_same() -> Result<()> {
    let desk = Desk::new().await?;
    let mut runner = TestRunner::deterministic();
    // From the day before it began to tomorrow.
    let one = (0..3_i64, 0..5_usize, 0..30_000_i64);
    let batches = proptest::collection::vec(proptest::collection::vec(one, 1..5), 1..8);
    let mut others = 0;
    for round in 0..6 {
        let row = desk.running(20_000).await?;
        let mut days: BTreeMap<(i64, usize), i64> = BTreeMap::new();
        let mut spent = 0;
        for batch in batches.new_tree(&mut runner).map_err(anyhow::Error::msg)?.current() {
            desk.clock.advance(Duration::seconds(1));
            // A day is said once at a time.
            let batch: BTreeMap<(i64, usize), i64> =
                batch.into_iter().map(|(on, source, spend)| ((on, source), spend)).collect();
            let reports = batch.iter().map(|((on, source), spend)| {
                let day = day("2026-05-31") + Duration::days(*on);
                DayReport { day, ..report("2026-05-31", &format!("ad {source}"), *spend) }
            });
            let reports = reports.collect();
            let outcomes = desk.recorded(row.id, reports).await?;
            for ((key, spend), outcome) in batch.iter().zip(&outcomes) {
                let before = days.get(key).copied();
                let more = spend - before.unwrap_or_default();
                match outcome {
                    DayOutcome::Refused(_) => {
                        assert_eq!(refusal(outcome).map(|(code, _)| code), Some(Code::BudgetExceeded));
                        let room = 100_000 - others - spent;
                        assert!(more > room, "round {round}: {more} of {room} was refused");
                        continue;
                    }
                    DayOutcome::Recorded => assert_eq!(before, None),
                    DayOutcome::Restated(minor) => assert_eq!(before, Some(*minor)),
                    DayOutcome::Known => assert_eq!(before, Some(*spend)),
                }
                days.insert(*key, *spend);
                spent += more;
            }
            let boost = desk.boost(row.id).await?;
            assert_eq!((boost.spent_minor, days.values().sum::<i64>()), (spent, spent), "round {round}");
            let [allocated, committed, line_spent] = desk.kept().await?;
            assert_eq!((committed, line_spent), ((20_000 - spent).max(0), others + spent), "round {round}");
            assert!(committed + line_spent <= allocated, "round {round}");
        }
        let ended = desk.must(&desk.mid, async |context| end_boost(context, row.id, row.version).await).await?;
        others += ended.spent_minor;
        if 100_000 - others < 20_000 {
            break;
        }
    }
    desk.verified().await
}

#[tokio::test]
async fn the_database_holds_promotions_and_the_ledger_together() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    desk.recorded(row.id, vec![report("2026-06-01", "a", 10_000)]).await?;
    let draft = desk.create(desk.plan(100)).await?;
    let (brand, boost, by) = (desk.brand, row.id, desk.mid.id);
    let insert = |spend: i64| {
        format!(
            "insert into ad_boost_day (id, brand_id, boost_id, day, source_id, spend_minor, recorded_by, recorded_at)
               values (gen_random_uuid(), '{brand}', '{boost}', '2026-06-02', 'x', {spend}, '{by}', now())"
        )
    };
    let forbidden = [
        "update ad_boost set spent_minor = 0".to_owned(),
        "delete from ad_boost".to_owned(),
        "delete from ad_boost_day".to_owned(),
        "update ad_boost_day set day = '2026-06-03'".to_owned(),
        // What was spent without being booked is not there when the transaction ends.
        insert(1),
        "update ad_boost_day set spend_minor = 9999".to_owned(),
        insert(-1),
        format!(
            "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
               select gen_random_uuid(), '{brand}', budget_id, id, 'SPEND', 1, 'BOOST', '{boost}', 'x', now() from budget_line"
        ),
        format!("update ad_boost set planned_minor = 1 where id = '{boost}'"),
        format!("update ad_boost set state = 'ENDED', ended_at = now() where id = '{boost}'"),
        format!("update ad_boost set state = 'DRAFT', started_at = null where id = '{boost}'"),
        format!("update ad_boost set state = 'RUNNING', started_at = now() where id = '{}'", draft.id),
        format!("update ad_boost set currency = 'USD' where id = '{}'", draft.id),
        format!("update ad_boost set post_id = null, ad_set = null where id = '{}'", draft.id),
    ];
    let before = desk.all().await?;
    for sql in forbidden {
        let tx = desk.test.db.app.write().await?;
        assert!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?);
        if tx.execute_unprepared(&sql).await.is_ok() {
            assert!(tx.commit().await.is_err(), "{sql}");
        } else {
            tx.rollback().await?;
        }
        assert_eq!(desk.all().await?, before, "{sql}");
    }
    let tx = desk.test.db.app.write().await?;
    assert!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?);
    tx.execute_unprepared(&insert(0)).await?;
    tx.commit().await?;
    Ok(())
}

#[tokio::test]
async fn what_promotions_of_a_campaign_spent_is_among_its_costs_once() -> Result<()> {
    let desk = Desk::new().await?;
    let (brand, by) = (desk.brand, desk.mid.id);
    let [campaign, other]: [Uuid; 2] = std::array::from_fn(|_| ids::new_id(desk.test.services.now()));
    desk.test
        .db
        .run(&format!(
            "insert into campaign (id, brand_id, name, objective, brief, starts_on, ends_on, state, created_by, authors, created_at, updated_at,
                 activated_at)
               select id, '{brand}', id::text, '', '', '2026-06-01', '2026-06-30', 'ACTIVE', '{by}', array['{by}']::uuid[], now(), now(), now()
               from unnest(array['{campaign}', '{other}']::uuid[]) id"
        ))
        .await?;
    // The first campaign has a budget of its own, on which both campaigns advertise; and it advertises on the year's budget, too.
    let new = NewBudget {
        brand_id: brand,
        currency: "EUR".to_owned(),
        content: BudgetContent { name: "Campaign".to_owned(), period: None, campaign_id: Some(campaign) },
        lines: vec![LineContent { name: "All".to_owned(), category: LineCategory::Production }],
    };
    let budget = desk.must(&desk.chief, async |context| create_budget(context, new).await).await?;
    let own: Uuid =
        desk.test.db.value(&format!("select id from budget_line where budget_id = '{}'", budget.id)).await?;
    let given = Booking { line_id: own, minor: 50_000, reason: "Agreed".to_owned() };
    desk.must(&desk.chief, async |context| allocate(context, given).await).await?;
    let films = Booking { line_id: own, minor: 700, reason: "Films".to_owned() };
    desk.must(&desk.chief, async |context| spend(context, films, 0).await).await?;
    for (campaign_id, line_id, minor) in [
        (Some(campaign), own, 1_000),
        (Some(campaign), desk.line, 200),
        (Some(other), own, 30),
        (None, own, 4),
        (None, desk.line, 5_000),
    ] {
        let plan = BoostContent { campaign_id, line_id: Some(line_id), ..desk.plan(5_000) };
        let row = desk.approved(plan).await?;
        desk.must(&desk.mid, async |context| start_boost(context, row.id, row.version).await).await?;
        desk.recorded(row.id, vec![report("2026-06-01", "a", minor)]).await?;
    }
    for (id, expected) in [(campaign, vec![("ADS", 1_200), ("PRODUCTION", 704)]), (other, vec![("ADS", 30)])] {
        let closing =
            Closing { campaign_id: id, version: 1, lessons: "Begin earlier".to_owned(), model: Attribution::LastTouch };
        let closed = desk.must(&desk.mid, async |context| close_campaign(context, closing).await).await?;
        let report = report_of(&closed)?.context("a report")?;
        let costs: Vec<_> = report.returned.costs.iter().map(|one| (one.category.as_str(), one.amount.minor)).collect();
        assert_eq!(costs, expected);
    }
    Ok(())
}
