//! A promotion on its way, and what must be there for it.

use anyhow::Result;
use chrono::Duration;
use diwan_domain::approvals::{Decision, Money, request_changes, withdraw};
use diwan_domain::finance::{Booking, Commitments, close_budget, commit};
use diwan_domain::promotion::{
    BoostContent, DayOutcome, DayReport, Promoted, Recording, STEPS, cancel_boost, create_boost, end_boost,
    figures_of_boosts, goes, promotion_candidates, record_spend, submit_boost, update_boost,
};
use diwan_domain::{Code, Context};
use diwan_entity::promotion::ad_boost::BoostState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tracking::conversion_import::RowPolicy;
use diwan_testkit::TestServices;
use sea_orm::{ActiveEnum as _, Iterable as _};
use uuid::Uuid;

use crate::promotion::desk::{Desk, day, report};

#[tokio::test]
async fn the_steps_are_those_of_the_database() -> Result<()> {
    let test = TestServices::new().await?;
    for from in BoostState::iter() {
        for to in BoostState::iter() {
            let sql = format!("select app.ad_boost_goes('{}', '{}')", from.to_value(), to.to_value());
            assert_eq!(test.db.value::<bool>(&sql).await?, goes(from, to), "{from:?} to {to:?}");
        }
    }
    assert_eq!(STEPS.len(), 8);
    Ok(())
}

#[tokio::test]
async fn a_promotion_is_approved_by_its_amount_runs_on_its_first_day_and_lets_go_of_the_rest() -> Result<()> {
    let desk = Desk::new().await?;
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let limit = format!(
        "insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
           values (gen_random_uuid(), '{}', 'SENIOR', 'BOOST', 'EUR', 30000, now())",
        desk.brand
    );
    desk.test.db.run(&limit).await?;
    let row = desk.create(BoostContent { line_id: None, ..desk.plan(30_000) }).await?;
    desk.refused(&desk.mid, Code::BudgetLineRequired, async |context| submit_boost(context, row.id, 1).await).await?;
    let editor = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let content = desk.plan(30_000);
    let row = desk.must(&editor, async |context| update_boost(context, row.id, 1, content).await).await?;
    let stale = desk.plan(1);
    desk.refused(&desk.mid, Code::ChangedMeanwhile, async |context| update_boost(context, row.id, 1, stale).await)
        .await?;
    let request = desk.submit(&row).await?;
    assert_eq!((request.amount_minor, request.currency.as_deref()), (Some(30_000), Some("EUR")));
    // Whoever wrote at it does not approve it.
    for author in [&desk.mid, &editor] {
        assert_eq!(desk.decide(author, &request, 1).await?.err(), Some(Code::FourEyes));
    }
    let content = desk.plan(1);
    desk.refused(&desk.mid, Code::WrongState, async |context| update_boost(context, row.id, 2, content).await).await?;
    for step in [1, 2] {
        assert_eq!(desk.kept().await?, [100_000, 0, 0]);
        assert!(desk.decide(&senior, &request, step).await?.is_ok());
    }
    assert_eq!(desk.kept().await?, [100_000, 30_000, 0]);
    assert_eq!(desk.boost(row.id).await?.state, BoostState::Approved);
    let early = vec![report("2026-06-01", "all", 1)];
    assert_eq!(desk.record(row.id, RowPolicy::RejectEverything, early).await?.err(), Some(Code::WrongState));

    desk.test.run_jobs().await?;
    assert_eq!(desk.boost(row.id).await?.state, BoostState::Approved, "its first day has not begun");
    desk.clock.advance(Duration::days(10));
    desk.test.run_jobs().await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.boost(row.id).await?.state, BoostState::Running);
    let outcomes = desk.recorded(row.id, vec![report("2026-06-11", "all", 12_000)]).await?;
    assert_eq!(outcomes, [DayOutcome::Recorded]);
    assert_eq!(desk.kept().await?, [100_000, 18_000, 12_000]);
    desk.refused(&desk.mid, Code::WrongState, async |context| cancel_boost(context, row.id, 2, "No").await).await?;
    let row = desk.must(&desk.mid, async |context| end_boost(context, row.id, 2).await).await?;
    assert_eq!((row.state, row.spent_minor), (BoostState::Ended, 12_000));
    assert_eq!(desk.kept().await?, [100_000, 0, 12_000]);
    desk.refused(&desk.mid, Code::WrongState, async |context| end_boost(context, row.id, 2).await).await?;
    // What comes late is spent from what is left, and what is taken back is not set aside again.
    desk.recorded(row.id, vec![report("2026-06-12", "all", 500), report("2026-06-11", "all", 11_000)]).await?;
    assert_eq!(desk.kept().await?, [100_000, 0, 11_500]);
    desk.verified().await
}

#[tokio::test]
async fn what_the_line_does_not_have_is_not_approved_and_what_is_given_up_is_free() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.create(desk.plan(90_000)).await?;
    let request = desk.submit(&row).await?;
    let other = Booking { line_id: desk.line, minor: 20_000, reason: "Films".to_owned() };
    desk.must(&desk.chief, async |context| commit(context, other).await).await?;
    assert!(desk.decide(&desk.chief, &request, 1).await?.is_ok());
    let before = desk.all().await?;
    assert_eq!(desk.decide(&desk.chief, &request, 2).await?.err(), Some(Code::BudgetExceeded));
    assert_eq!(desk.all().await?, before);

    // Sent back and taken back it is a draft again.
    let changes = Decision { request_id: request.id, step: Some(2), comment: Some("Less".to_owned()) };
    desk.must(&desk.chief, async |context| request_changes(context, changes).await).await?;
    let content = desk.plan(80_000);
    let row = desk.must(&desk.mid, async |context| update_boost(context, row.id, 1, content).await).await?;
    let request = desk.submit(&row).await?;
    desk.must(&desk.mid, async |context| withdraw(context, request.id).await).await?;
    assert_eq!(desk.boost(row.id).await?.state, BoostState::Draft);
    let request = desk.submit(&row).await?;
    for step in [1, 2] {
        assert!(desk.decide(&desk.chief, &request, step).await?.is_ok());
    }
    assert_eq!(desk.kept().await?, [100_000, 100_000, 0]);
    let cancel = async |context: &Context| cancel_boost(context, row.id, 2, "The shop is closed").await;
    let row = desk.must(&desk.mid, cancel).await?;
    assert_eq!(row.state, BoostState::Canceled);
    assert_eq!(desk.kept().await?, [100_000, 20_000, 0]);
    desk.clock.advance(Duration::days(12));
    desk.test.run_jobs().await?;
    assert_eq!(desk.boost(row.id).await?.state, BoostState::Canceled);

    // What waits for approval is given up with its request.
    let row = desk.create(desk.plan(100)).await?;
    let request = desk.submit(&row).await?;
    desk.must(&desk.mid, async |context| cancel_boost(context, row.id, 1, "No").await).await?;
    assert_eq!(desk.decide(&desk.chief, &request, 1).await?.err(), Some(Code::WrongState));
    desk.verified().await
}

#[tokio::test]
async fn a_closed_budget_books_nothing_more_and_the_promotion_still_ends() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    desk.recorded(row.id, vec![report("2026-06-01", "a", 10_000)]).await?;
    let close = async |context: &Context| close_budget(context, desk.budget.id, 1, Commitments::Release).await;
    desk.must(&desk.chief, close).await?;
    let more = async |context: &Context| {
        let recording = Recording { boost_id: row.id, policy: RowPolicy::RejectFailedRows, dry_run: false };
        record_spend(context, recording, vec![report("2026-06-01", "a", 10_001)]).await
    };
    desk.refused(&desk.mid, Code::BudgetClosed, more).await?;
    let results = DayReport { clicks: Some(3), ..report("2026-06-01", "a", 10_000) };
    assert_eq!(desk.recorded(row.id, vec![results]).await?, [DayOutcome::Restated(10_000)]);
    let ended = desk.must(&desk.mid, async |context| end_boost(context, row.id, row.version).await).await?;
    assert_eq!(ended.state, BoostState::Ended);
    assert_eq!(desk.kept().await?, [100_000, 0, 10_000]);
    desk.verified().await
}

#[tokio::test]
async fn nobody_below_mid_reaches_a_promotion() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.running(30_000).await?;
    for (kind, code) in
        [(UserKind::Staff, Code::Forbidden), (UserKind::Freelancer, Code::NotFound), (UserKind::Client, Code::NotFound)]
    {
        let who = desk.test.member(desk.brand, Level::Junior, kind).await?;
        let record = async |context: &Context| {
            let recording = Recording { boost_id: row.id, policy: RowPolicy::RejectFailedRows, dry_run: true };
            record_spend(context, recording, vec![report("2026-06-01", "a", 1)]).await
        };
        desk.refused(&who, code, record).await?;
        desk.refused(&who, code, async |context| end_boost(context, row.id, row.version).await).await?;
        let content = desk.plan(1);
        desk.refused(&who, Code::Forbidden, async |context| create_boost(context, desk.brand, content).await).await?;
        let candidates = desk.act(&who, async |context| promotion_candidates(context, desk.brand, 5).await).await?;
        assert_eq!(candidates.err(), Some(Code::Forbidden));
        let figures = desk.must(&who, async |context| figures_of_boosts(context, &[row.id]).await).await?;
        assert!(figures.is_empty(), "{kind:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_planned_has_to_be_there() -> Result<()> {
    let desk = Desk::new().await?;
    let (post, _) = desk.test.post(desk.brand, desk.account, "Come in", &desk.mid).await?;
    let elsewhere = desk.test.account(desk.brand, "bluesky", &desk.mid).await?;
    let of_post = |post_id, account_id| BoostContent { what: Promoted::Post { post_id, account_id }, ..desk.plan(100) };
    let set = |network: Option<&str>, account_id| BoostContent {
        what: Promoted::AdSet { name: "Set".to_owned(), network: network.map(str::to_owned), account_id },
        ..desk.plan(100)
    };
    let nobody = Uuid::from_u128(1);
    let money = |minor, currency: &str| Money { minor, currency: currency.to_owned() };
    let cases = [
        (Code::Invalid, BoostContent { name: " ".to_owned(), ..desk.plan(100) }),
        (Code::Invalid, BoostContent { ends_on: day("2026-06-10"), ..desk.plan(100) }),
        (Code::Invalid, BoostContent { ends_on: day("2027-06-13"), ..desk.plan(100) }),
        (Code::Invalid, desk.plan(0)),
        (Code::UnknownCurrency, BoostContent { planned: money(1, "EURO"), line_id: None, ..desk.plan(100) }),
        (Code::BoostCurrencyDiffers, BoostContent { planned: money(1, "USD"), ..desk.plan(100) }),
        (Code::NotFound, BoostContent { line_id: Some(nobody), ..desk.plan(100) }),
        (Code::NotFound, BoostContent { campaign_id: Some(nobody), ..desk.plan(100) }),
        (Code::NotFound, of_post(nobody, desk.account)),
        (Code::NotFound, of_post(post, elsewhere)),
        (Code::Invalid, set(None, None)),
        (Code::Invalid, set(Some("Google Ads"), None)),
        (Code::Invalid, set(Some("bluesky"), Some(desk.account))),
        (Code::NotFound, set(None, Some(nobody))),
    ];
    for (code, content) in cases {
        desk.refused(&desk.mid, code, async |context| create_boost(context, desk.brand, content).await).await?;
    }
    let row = desk.create(of_post(post, desk.account)).await?;
    assert_eq!((row.network.as_str(), row.post_id), ("mastodon", Some(post)));
    let row = desk.create(set(None, Some(elsewhere))).await?;
    assert_eq!((row.network.as_str(), row.ad_set.as_deref()), ("bluesky", Some("Set")));
    Ok(())
}

#[tokio::test]
async fn what_a_user_made_is_advertised_with_a_grant_for_that() -> Result<()> {
    let desk = Desk::new().await?;
    let (post, variant) = desk.test.post(desk.brand, desk.account, "Come in", &desk.mid).await?;
    let asset = desk.test.asset(desk.brand, &desk.mid).await?;
    let (brand, by) = (desk.brand, desk.mid.id);
    let grant = |scope: &str, ends_at: &str| {
        format!(
            "insert into ugc_grant (id, brand_id, asset_id, author_handle, network, message, state, scope, starts_at, ends_at, evidence_url,
                 asked_by, asked_at, answered_by, answered_at)
               values (gen_random_uuid(), '{brand}', '{asset}', 'lina', 'mastodon', 'May we?', 'GRANTED', '{scope}', '2026-01-01', '{ends_at}',
                 'https://mastodon.example/1', '{by}', '2026-01-01', '{by}', '2026-01-02')"
        )
    };
    desk.test
        .db
        .run(&format!(
            "update asset set licence = 'USER_GENERATED' where id = '{asset}';
             insert into variant_asset values ('{brand}', '{variant}', 0, '{asset}')"
        ))
        .await?;
    let what = Promoted::Post { post_id: post, account_id: desk.account };
    let row = desk.create(BoostContent { what, ..desk.plan(100) }).await?;
    let submit = async |context: &Context| submit_boost(context, row.id, 1).await;
    for scope in [None, Some(grant("ORGANIC", "2027-01-01")), Some(grant("PAID", "2026-06-20"))] {
        if let Some(scope) = scope {
            desk.test.db.run(&scope).await?;
        }
        desk.refused(&desk.mid, Code::GrantMissing, submit).await?;
    }
    desk.test.db.run(&grant("BOTH", "2026-06-21")).await?;
    desk.test.db.run(&format!("update asset set usable_until = '2026-06-15' where id = '{asset}'")).await?;
    desk.refused(&desk.mid, Code::AssetExpired, submit).await?;
    desk.test.db.run(&format!("update asset set usable_until = null where id = '{asset}'")).await?;
    desk.must(&desk.mid, submit).await?;
    Ok(())
}
