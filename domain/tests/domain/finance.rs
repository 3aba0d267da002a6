//! Budgets: the ledger and the balances always agree, and nothing takes out more than is there, whoever books at once.

mod sequences;

use std::sync::Arc;

use anyhow::Result;
use diwan_domain::finance::{
    Booking, BudgetContent, Charge, Commitments, LineContent, NewBudget, Source, Transfer, add_budget_lines, adjust,
    allocate, allocate_charge, close_budget, commit, commit_charge, create_budget, forecasts_of_budgets,
    lines_of_budgets, overdraw, refund, release, release_charge, spend, spend_charge, transfer, update_budget,
    verify_budgets,
};
use diwan_domain::{Action, Code, Context, Failure};
use diwan_entity::finance::budget;
use diwan_entity::finance::budget_entry::SourceKind;
use diwan_entity::finance::budget_line::{self, LineCategory};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::{db, ids};
use diwan_testkit::{Person, TestServices};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use uuid::Uuid;

struct Desk {
    test: TestServices,
    brand: Uuid,
    /// A CMO, whose limit covers everything.
    person: Person,
}

fn line(name: &str) -> LineContent {
    LineContent { name: name.to_owned(), category: LineCategory::Ads }
}

fn by_hand(line_id: Uuid, minor: i64) -> Booking {
    Booking { line_id, minor, reason: "Agreed".to_owned() }
}

fn charge(line_id: Uuid, minor: i64, id: Uuid) -> Charge {
    let source = Source { kind: SourceKind::Expense, id, reference: String::new() };
    Charge { line_id, minor, source, reason: "An expense".to_owned() }
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Cmo, UserKind::Staff).await?;
        Ok(Self { test, brand, person })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn try_it<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<Result<T, Code>> {
        self.act(&self.person, command).await
    }

    async fn must<T>(&self, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.try_it(command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    async fn budget(&self, currency: &str, names: &[&str]) -> Result<(budget::Model, Vec<Uuid>)> {
        let period = Some(("2026-01-01".parse()?, "2026-12-31".parse()?));
        let new = NewBudget {
            brand_id: self.brand,
            currency: currency.to_owned(),
            content: BudgetContent { name: "Year".to_owned(), period, campaign_id: None },
            lines: names.iter().map(|name| line(name)).collect(),
        };
        let row = self.must(async |context| create_budget(context, new).await).await?;
        let lines = self.lines(row.id).await?;
        Ok((row, lines.into_iter().map(|line| line.id).collect()))
    }

    async fn lines(&self, budget: Uuid) -> Result<Vec<budget_line::Model>> {
        self.must(async |context| lines_of_budgets(context, &[budget]).await).await
    }

    /// What is kept of lines: allocated, overdraft, committed, spent.
    async fn kept(&self, budget: Uuid) -> Result<Vec<[i64; 4]>> {
        let lines = self.lines(budget).await?;
        Ok(lines.iter().map(|line| [line.allocated, line.overdraft, line.committed, line.spent]).collect())
    }

    /// Everything of budgets, to see that a refusal changed nothing.
    async fn all(&self) -> Result<String> {
        let sql = "select coalesce((select string_agg(b::text, '|' order by id) from budget b), '')
          || coalesce((select string_agg(l::text, '|' order by id) from budget_line l), '')
          || coalesce((select string_agg(e::text, '|' order by id) from budget_entry e), '')
          || (select count(*) from audit_event)";
        self.test.db.value(sql).await
    }

    /// A booking that must be refused and leave nothing.
    async fn refused<T>(&self, code: Code, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<()> {
        let before = self.all().await?;
        assert_eq!(self.try_it(command).await?.err(), Some(code));
        assert_eq!(self.all().await?, before, "{code:?} left something");
        Ok(())
    }

    async fn verified(&self) -> Result<i64> {
        let (lines, astray) = verify_budgets(&self.test.db.owner).await?;
        assert!(astray.is_empty(), "{astray:?}");
        Ok(lines)
    }
}

#[tokio::test]
async fn what_is_booked_by_hand_is_in_the_balance_and_on_the_audit_trail() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, lines) = desk.budget("EUR", &["Boosts", "Films"]).await?;
    let (a, b) = (lines[0], lines[1]);
    desk.must(async |context| allocate(context, by_hand(a, 1000)).await).await?;
    desk.must(async |context| commit(context, by_hand(a, 600)).await).await?;
    desk.must(async |context| spend(context, by_hand(a, 500), 400).await).await?;
    desk.must(async |context| release(context, by_hand(a, 50)).await).await?;
    desk.must(async |context| refund(context, by_hand(a, 100)).await).await?;
    assert_eq!(desk.kept(row.id).await?, [[1000, 0, 150, 400], [0; 4]]);
    let moved = Transfer { from: a, to: b, minor: 450, reason: "Films cost more".to_owned() };
    let moved = desk.must(async |context| transfer(context, moved).await).await?;
    assert_eq!(
        moved.iter().map(|entry| (entry.line_id, entry.amount_minor)).collect::<Vec<_>>(),
        [(a, -450), (b, 450)]
    );
    assert_eq!(desk.kept(row.id).await?, [[550, 0, 150, 400], [450, 0, 0, 0]]);
    desk.must(async |context| overdraw(context, by_hand(b, 50)).await).await?;
    desk.must(async |context| spend(context, by_hand(b, 500), 0).await).await?;
    assert_eq!(desk.kept(row.id).await?, [[550, 0, 150, 400], [450, 50, 0, 500]]);
    assert_eq!(desk.verified().await?, 2);
    let told: i64 = desk.test.db.value("select count(*) from audit_event where action like 'budget.%'").await?;
    assert_eq!(told, 1 + 9, "the budget, and each entry");
    Ok(())
}

#[tokio::test]
async fn more_than_is_there_is_refused_and_changes_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, lines) = desk.budget("EUR", &["Boosts", "Films"]).await?;
    let (other, elsewhere) = desk.budget("JPY", &["Boosts"]).await?;
    let (a, b) = (lines[0], lines[1]);
    desk.must(async |context| allocate(context, by_hand(a, 1000)).await).await?;
    desk.must(async |context| commit(context, by_hand(a, 300)).await).await?;
    desk.must(async |context| spend(context, by_hand(a, 200), 0).await).await?;
    let expense = Uuid::from_u128(7);
    desk.refused(Code::BudgetExceeded, async |context| commit(context, by_hand(a, 501)).await).await?;
    desk.refused(Code::BudgetExceeded, async |context| spend(context, by_hand(a, 501), 0).await).await?;
    desk.refused(Code::BudgetExceeded, async |context| spend(context, by_hand(a, 801), 300).await).await?;
    desk.refused(Code::BudgetExceeded, async |context| adjust(context, by_hand(a, -501)).await).await?;
    desk.refused(Code::BudgetExceeded, async |context| commit(context, by_hand(b, 1)).await).await?;
    desk.refused(Code::MoreThanBooked, async |context| release(context, by_hand(a, 301)).await).await?;
    desk.refused(Code::MoreThanBooked, async |context| refund(context, by_hand(a, 201)).await).await?;
    desk.refused(Code::MoreThanBooked, async |context| spend(context, by_hand(a, 301), 301).await).await?;
    for minor in [0, -5, 1_000_000_000_000_001] {
        desk.refused(Code::Invalid, async |context| commit(context, by_hand(a, minor)).await).await?;
    }
    desk.refused(Code::Invalid, async |context| adjust(context, by_hand(a, 0)).await).await?;
    desk.refused(Code::Invalid, async |context| spend(context, by_hand(a, 10), 11).await).await?;
    let unsaid = Booking { line_id: a, minor: 1, reason: " ".to_owned() };
    desk.refused(Code::ReasonRequired, async |context| commit(context, unsaid).await).await?;
    desk.refused(Code::NotFound, async |context| commit(context, by_hand(Uuid::from_u128(1), 1)).await).await?;
    for to in [a, elsewhere[0]] {
        let moved = Transfer { from: a, to, minor: 1, reason: "Moved".to_owned() };
        desk.refused(Code::Invalid, async |context| transfer(context, moved).await).await?;
    }
    // What something else committed is not released by hand, and what is committed by hand not by something else.
    let book = async |context: &Context| {
        let permit = context.permit(Action::BudgetBook, desk.brand).await?;
        commit_charge(context, permit, charge(a, 100, expense)).await
    };
    desk.must(book).await?;
    desk.refused(Code::AlreadyExists, book).await?;
    desk.refused(Code::MoreThanBooked, async |context| release(context, by_hand(a, 301)).await).await?;
    let too_much = async |context: &Context| {
        let permit = context.permit(Action::BudgetBook, desk.brand).await?;
        release_charge(context, permit, charge(a, 101, expense)).await
    };
    desk.refused(Code::MoreThanBooked, too_much).await?;
    let pay = async |context: &Context| {
        let permit = context.permit(Action::BudgetBook, desk.brand).await?;
        spend_charge(context, permit, charge(a, 120, expense), 100).await
    };
    desk.must(pay).await?;
    let kept = desk.kept(row.id).await?;
    assert_eq!((kept[0], desk.kept(other.id).await?), ([1000, 0, 300, 320], vec![[0; 4]]));
    desk.verified().await?;
    Ok(())
}

#[tokio::test]
async fn what_somebody_gives_by_themselves_is_within_their_limit_all_together() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, lines) = desk.budget("EUR", &["Boosts"]).await?;
    let line = lines[0];
    let mid = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let give = async |minor| desk.act(&mid, async |context| allocate(context, by_hand(line, minor)).await).await;
    assert_eq!(give(1).await?.err(), Some(Code::LimitExceeded), "no limit is none at all");
    desk.test
        .db
        .run(&format!(
            "insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
               values ('{}', '{}', 'MID', 'BUDGET', 'EUR', 1000, now())",
            ids::new_id(desk.test.services.now()),
            desk.brand
        ))
        .await?;
    assert!(give(600).await?.is_ok());
    assert_eq!(give(401).await?.err(), Some(Code::LimitExceeded), "in parts it is no less");
    assert!(give(400).await?.is_ok());
    let more = desk.act(&mid, async |context| overdraw(context, by_hand(line, 1)).await).await?;
    assert_eq!(more.err(), Some(Code::LimitExceeded));
    let more = desk.act(&mid, async |context| adjust(context, by_hand(line, 1)).await).await?;
    assert_eq!(more.err(), Some(Code::LimitExceeded));
    assert!(desk.act(&mid, async |context| adjust(context, by_hand(line, -100)).await).await?.is_ok());
    assert!(desk.act(&mid, async |context| commit(context, by_hand(line, 900)).await).await?.is_ok());
    desk.must(async |context| allocate(context, by_hand(line, 1_000_000)).await).await?;
    assert_eq!(desk.kept(row.id).await?, [[1_000_900, 0, 900, 0]]);
    for (level, kind) in [(Level::Junior, UserKind::Staff), (Level::Junior, UserKind::Freelancer)] {
        let other = desk.test.member(desk.brand, level, kind).await?;
        let refused = desk.act(&other, async |context| commit(context, by_hand(line, 1)).await).await?.err();
        let expected = if kind == UserKind::Staff { Code::Forbidden } else { Code::NotFound };
        assert_eq!(refused, Some(expected));
    }
    Ok(())
}

#[tokio::test]
async fn of_two_hundred_commitments_at_once_the_hundred_that_fit_are_there() -> Result<()> {
    let desk = Arc::new(Desk::new().await?);
    let (row, lines) = desk.budget("EUR", &["Boosts"]).await?;
    let line = lines[0];
    desk.must(async |context| allocate(context, by_hand(line, 1000)).await).await?;
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.try_it(async |context| commit(context, by_hand(line, 10)).await).await })
        })
        .collect();
    let (mut done, mut refused) = (0, 0);
    for task in tasks {
        match task.await?? {
            Ok(_) => done += 1,
            Err(Code::BudgetExceeded) => refused += 1,
            Err(code) => anyhow::bail!("{code:?}"),
        }
    }
    assert_eq!((done, refused), (100, 100));
    assert_eq!(desk.kept(row.id).await?, [[1000, 0, 1000, 0]]);
    desk.verified().await?;
    Ok(())
}

/// A transaction of the application's role under the scope of a brand.
async fn as_application(desk: &Desk) -> Result<DatabaseTransaction> {
    let tx = desk.test.db.app.write().await?;
    let entered: bool = db::scalar(&tx, "select app.enter_brand($1)", [desk.brand.into()]).await?;
    assert!(entered);
    Ok(tx)
}

#[tokio::test]
async fn the_database_refuses_what_the_application_must_not_do() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, lines) = desk.budget("EUR", &["Boosts"]).await?;
    let line = lines[0];
    let given = desk.must(async |context| allocate(context, by_hand(line, 1000)).await).await?;
    let brand = desk.brand;
    let entry = |kind: &str, minor: i64| {
        format!(
            "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
               values (gen_random_uuid(), '{brand}', '{}', '{line}', '{kind}', {minor}, 'EXPENSE', gen_random_uuid(), 'x', now())",
            row.id
        )
    };
    let forbidden = [
        format!("update budget_entry set amount_minor = 1 where id = '{}'", given.id),
        format!("delete from budget_entry where id = '{}'", given.id),
        "truncate budget_entry".to_owned(),
        format!("update budget_line set allocated = 5 where id = '{line}'"),
        format!("update budget_line set spent = 0 where id = '{line}'"),
        format!("delete from budget_line where id = '{line}'"),
        format!(
            "insert into budget_line (id, brand_id, budget_id, position, name, category, allocated, created_at)
               values (gen_random_uuid(), '{brand}', '{}', 9, 'x', 'ADS', 5, now())",
            row.id
        ),
        format!("update budget set currency = 'USD' where id = '{}'", row.id),
        format!("delete from budget where id = '{}'", row.id),
        "select app.verify_budgets()".to_owned(),
        entry("COMMIT", 1001),
        entry("SPEND", 1001),
        entry("RELEASE", 1),
        entry("REFUND", 1),
        entry("ADJUST", -1001),
        entry("COMMIT", -1),
        entry("ALLOCATE", 0),
    ];
    let before = desk.all().await?;
    for sql in forbidden {
        let tx = as_application(&desk).await?;
        assert!(tx.execute_unprepared(&sql).await.is_err(), "{sql}");
        tx.rollback().await?;
        assert_eq!(desk.all().await?, before, "{sql}");
    }
    let tx = as_application(&desk).await?;
    tx.execute_unprepared(&entry("COMMIT", 1000)).await?;
    tx.commit().await?;
    assert_eq!(desk.kept(row.id).await?, [[1000, 0, 1000, 0]]);
    Ok(())
}

#[tokio::test]
async fn a_balance_that_is_not_what_the_ledger_says_is_found() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, lines) = desk.budget("EUR", &["Boosts", "Films"]).await?;
    desk.must(async |context| allocate(context, by_hand(lines[0], 1000)).await).await?;
    assert_eq!(desk.verified().await?, 2);
    desk.test.db.run(&format!("update budget_line set allocated = 1001 where id = '{}'", lines[0])).await?;
    let (count, astray) = verify_budgets(&desk.test.db.owner).await?;
    assert_eq!((count, astray.len()), (2, 1));
    assert_eq!((astray[0].line, astray[0].budget, astray[0].brand), (lines[0], row.id, desk.brand));
    assert_eq!((astray[0].kept, astray[0].reckoned), ([1001, 0, 0, 0], [1000, 0, 0, 0]));
    Ok(())
}

#[tokio::test]
async fn a_closed_budget_books_nothing_and_commitments_go_on_where_they_were_carried() -> Result<()> {
    let desk = Desk::new().await?;
    let (old, lines) = desk.budget("EUR", &["Boosts", "Films"]).await?;
    let (next, following) = desk.budget("EUR", &["films", "boosts"]).await?;
    let (yen, _) = desk.budget("JPY", &["Boosts"]).await?;
    let expense = Uuid::from_u128(7);
    desk.must(async |context| allocate(context, by_hand(lines[0], 1000)).await).await?;
    desk.must(async |context| commit(context, by_hand(lines[0], 200)).await).await?;
    desk.must(async |context| {
        let permit = context.permit(Action::BudgetBook, desk.brand).await?;
        commit_charge(context, permit, charge(lines[0], 300, expense)).await
    })
    .await?;
    let close = |how| async move |context: &Context| close_budget(context, old.id, 1, how).await;
    desk.refused(Code::BudgetCommitted, close(Commitments::Refuse)).await?;
    desk.refused(Code::BudgetExceeded, close(Commitments::CarryOver(next.id))).await?;
    desk.refused(Code::CurrencyDiffers, close(Commitments::CarryOver(yen.id))).await?;
    desk.refused(Code::NotFound, close(Commitments::CarryOver(Uuid::from_u128(1)))).await?;
    desk.refused(Code::ChangedMeanwhile, async |context| close_budget(context, old.id, 2, Commitments::Release).await)
        .await?;
    desk.must(async |context| allocate(context, by_hand(following[1], 500)).await).await?;
    let closed = desk.must(close(Commitments::CarryOver(next.id))).await?;
    assert!(closed.closed_at.is_some());
    assert_eq!(desk.kept(old.id).await?, [[1000, 0, 0, 0], [0; 4]]);
    assert_eq!(desk.kept(next.id).await?, [[0; 4], [500, 0, 500, 0]]);

    // The expense goes on where its commitment went; nothing else is booked on what is closed.
    desk.must(async |context| {
        let permit = context.permit(Action::BudgetBook, desk.brand).await?;
        spend_charge(context, permit, charge(lines[0], 300, expense), 300).await
    })
    .await?;
    desk.must(async |context| spend(context, by_hand(following[1], 200), 200).await).await?;
    assert_eq!(desk.kept(next.id).await?, [[0; 4], [500, 0, 0, 500]]);
    desk.refused(Code::BudgetClosed, async |context| allocate(context, by_hand(lines[1], 1)).await).await?;
    desk.refused(Code::BudgetClosed, async |context| add_budget_lines(context, old.id, vec![line("New")]).await)
        .await?;
    desk.refused(Code::BudgetClosed, async |context| close_budget(context, old.id, 2, Commitments::Refuse).await)
        .await?;
    let content = BudgetContent { name: "Again".to_owned(), period: None, campaign_id: None };
    desk.refused(Code::BudgetClosed, async |context| update_budget(context, old.id, 2, content).await).await?;
    // Nor by whoever goes round the domain.
    let insert = format!(
        "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
           values (gen_random_uuid(), '{}', '{}', '{}', 'ALLOCATE', 1, 'EXPENSE', gen_random_uuid(), 'x', now())",
        desk.brand, old.id, lines[1]
    );
    assert!(desk.test.db.run(&insert).await.is_err());
    let reopen = format!("update budget set state = 'OPEN', closed_at = null where id = '{}'", old.id);
    assert!(desk.test.db.run(&reopen).await.is_err());
    desk.verified().await?;
    Ok(())
}

#[tokio::test]
async fn commitments_are_released_when_a_budget_is_closed_so() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, lines) = desk.budget("EUR", &["Boosts"]).await?;
    desk.must(async |context| {
        let permit = context.permit(Action::BudgetBook, desk.brand).await?;
        allocate_charge(context, permit, charge(lines[0], 1000, Uuid::from_u128(9))).await
    })
    .await?;
    for _ in 0..2 {
        desk.must(async |context| commit(context, by_hand(lines[0], 200)).await).await?;
    }
    desk.must(async |context| spend(context, by_hand(lines[0], 150), 150).await).await?;
    desk.must(async |context| close_budget(context, row.id, 1, Commitments::Release).await).await?;
    assert_eq!(desk.kept(row.id).await?, [[1000, 0, 0, 150]]);
    desk.verified().await?;
    Ok(())
}

#[tokio::test]
async fn lines_are_unlike_and_a_budget_has_a_period_or_a_campaign() -> Result<()> {
    let desk = Desk::new().await?;
    let (row, _) = desk.budget("EUR", &["Boosts"]).await?;
    let add =
        |name: &'static str| async move |context: &Context| add_budget_lines(context, row.id, vec![line(name)]).await;
    desk.refused(Code::AlreadyExists, add(" BOOSTS ")).await?;
    desk.refused(Code::Invalid, add(" ")).await?;
    desk.refused(Code::TooMany, async |context| {
        let lines = (0..200).map(|n| line(&format!("Line {n}"))).collect();
        add_budget_lines(context, row.id, lines).await
    })
    .await?;
    let (first, last) = ("2026-02-01".parse()?, "2026-01-31".parse()?);
    let (third, currency) = (Uuid::from_u128(3), |currency: &str, period, campaign_id| NewBudget {
        brand_id: desk.brand,
        currency: currency.to_owned(),
        content: BudgetContent { name: "Year".to_owned(), period, campaign_id },
        lines: Vec::new(),
    });
    let cases = [
        (Code::UnknownCurrency, currency("EURO", Some((last, first)), None)),
        (Code::Invalid, currency("EUR", Some((first, last)), None)),
        (Code::Invalid, currency("EUR", None, None)),
        (Code::NotFound, currency("EUR", None, Some(third))),
    ];
    for (code, new) in cases {
        desk.refused(code, async |context| create_budget(context, new).await).await?;
    }
    let content = BudgetContent { name: "Half".to_owned(), period: Some((last, first)), campaign_id: None };
    let stale = content.clone();
    desk.must(async |context| update_budget(context, row.id, 1, content).await).await?;
    desk.refused(Code::ChangedMeanwhile, async |context| update_budget(context, row.id, 1, stale).await).await?;
    let forecast = desk.must(async |context| forecasts_of_budgets(context, &[row.id]).await).await?;
    assert_eq!((forecast.len(), forecast[0].days), (1, 2));
    Ok(())
}
