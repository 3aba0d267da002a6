//! Requests for budget and expenses: decided up the ladder of limits, booked once, and seen by those alone whose they are.

use anyhow::Result;
use chrono::NaiveDate;
use diwan_domain::approvals::{Decision, Money, approve, request_changes, withdraw};
use diwan_domain::finance::{
    BudgetContent, Commitments, ExpenseContent, FinanceSummary, LineContent, NewBudget, NewRate, RequestContent,
    close_budget, create_budget, create_expense, create_financial_request, discard_expense, expenses, expenses_by_ids,
    finance_summary, lines_by_ids, pay_expense, record_exchange_rate, set_expense_line, submit_expense,
    submit_financial_request, update_expense, update_financial_request, verify_budgets,
};
use diwan_domain::paging::Page;
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request;
use diwan_entity::finance::budget;
use diwan_entity::finance::budget_line::LineCategory;
use diwan_entity::finance::expense::{self, ExpenseState};
use diwan_entity::finance::financial_request::FinancialRequestState;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

/// A brand with an open budget in EUR, whose one line has nothing yet.
struct Desk {
    test: TestServices,
    brand: Uuid,
    mid: Person,
    chief: Person,
    budget: budget::Model,
    line: Uuid,
    receipt: Uuid,
}

impl Desk {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let chief = test.chief().await?;
        let receipt = test.asset(brand, &mid).await?;
        let context = test.act(&chief).await?;
        let period = Some(("2026-01-01".parse()?, "2027-12-31".parse()?));
        let new = NewBudget {
            brand_id: brand,
            currency: "EUR".to_owned(),
            content: BudgetContent { name: "Year".to_owned(), period, campaign_id: None },
            lines: vec![LineContent { name: "Films".to_owned(), category: LineCategory::Production }],
        };
        let budget = create_budget(&context, new).await?;
        context.commit().await?;
        let line = test.db.value(&format!("select id from budget_line where budget_id = '{}'", budget.id)).await?;
        Ok(Self { test, brand, mid, chief, budget, line, receipt })
    }

    async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    /// Up to which amount a level decides.
    async fn limit(&self, level: &str, kind: &str, minor: i64) -> Result<()> {
        let sql = format!(
            "insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
               values (gen_random_uuid(), '{}', '{level}', '{kind}', 'EUR', {minor}, now())",
            self.brand
        );
        self.test.db.run(&sql).await
    }

    /// Gives the line money.
    async fn give(&self, minor: i64) -> Result<()> {
        let sql = format!(
            "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
               values (gen_random_uuid(), '{}', '{}', '{}', 'ALLOCATE', {minor}, 'MANUAL', gen_random_uuid(), 'x', now())",
            self.brand, self.budget.id, self.line
        );
        self.test.db.run(&sql).await
    }

    /// What is allocated, committed and spent on the line.
    async fn kept(&self) -> Result<[i64; 3]> {
        let id = self.line;
        let lines = self.must(&self.chief, async |context| lines_by_ids(context, &[id]).await).await?;
        Ok([lines[0].allocated, lines[0].committed, lines[0].spent])
    }

    async fn verified(&self) -> Result<()> {
        let (_, astray) = verify_budgets(&self.test.db.owner).await?;
        assert!(astray.is_empty(), "{astray:?}");
        Ok(())
    }

    async fn decide(
        &self,
        by: &Person,
        request: &approval_request::Model,
        step: i32,
    ) -> Result<Result<approval_request::Model, Code>> {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        self.act(by, async |context| approve(context, decision).await).await
    }

    async fn send_back(&self, request: &approval_request::Model) -> Result<()> {
        let decision = Decision { request_id: request.id, step: Some(1), comment: Some("Which film?".to_owned()) };
        self.must(&self.chief, async |context| request_changes(context, decision).await).await?;
        Ok(())
    }

    async fn hand_in(
        &self,
        by: &Person,
        content: ExpenseContent,
    ) -> Result<Result<(expense::Model, approval_request::Model), Code>> {
        let row = self.must(by, async |context| create_expense(context, self.brand, content).await).await?;
        self.act(by, async |context| submit_expense(context, row.id, row.version).await).await
    }

    async fn expense(&self, id: Uuid) -> Result<expense::Model> {
        let mut rows = self.must(&self.chief, async |context| expenses_by_ids(context, &[id]).await).await?;
        rows.pop().ok_or_else(|| anyhow::anyhow!("no expense"))
    }

    fn asked(&self, amount_minor: i64) -> RequestContent {
        RequestContent {
            line_id: self.line,
            title: "A film".to_owned(),
            amount_minor,
            why: "The old one is old".to_owned(),
            expected_result: "More viewers".to_owned(),
            alternatives: String::new(),
            needed_by: None,
        }
    }

    fn spent(&self, minor: i64, currency: &str) -> Result<ExpenseContent> {
        Ok(ExpenseContent {
            spent_on: "2026-03-01".parse()?,
            category: LineCategory::Production,
            vendor: "Printer".to_owned(),
            note: String::new(),
            amount: Money { minor, currency: currency.to_owned() },
            tax_minor: None,
            receipt_asset_id: Some(self.receipt),
            reimburse_to: None,
            line_id: Some(self.line),
        })
    }
}

const FIRST: Page = Page { size: 50, after: None, before: None, from_end: false };

#[tokio::test]
async fn a_request_climbs_the_ladder_and_its_line_has_the_money_once() -> Result<()> {
    let desk = Desk::new().await?;
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    desk.limit("SENIOR", "BUDGET", 1_000).await?;
    let create = async |minor| {
        let content = desk.asked(minor);
        let row = desk.must(&desk.mid, async |context| create_financial_request(context, desk.brand, content).await);
        let row = row.await?;
        desk.must(&desk.mid, async |context| submit_financial_request(context, row.id, row.version).await).await
    };
    let (row, request) = create(1_000).await?;
    assert_eq!((request.amount_minor, request.currency.as_deref()), (Some(1_000), Some("EUR")));
    assert_eq!(desk.decide(&desk.mid, &request, 1).await?.err(), Some(Code::FourEyes));
    assert!(desk.decide(&senior, &request, 1).await?.is_ok());
    assert_eq!(desk.kept().await?, [0, 0, 0], "nothing is given before the last step");
    assert!(desk.decide(&senior, &request, 2).await?.is_ok());
    assert_eq!(desk.kept().await?, [1_000, 0, 0]);
    assert_eq!(desk.decide(&senior, &request, 2).await?.err(), Some(Code::WrongState));
    let sql = format!("select state from financial_request where id = '{}' and entry_id is not null", row.id);
    assert_eq!(desk.test.db.value::<String>(&sql).await?, "APPROVED");

    // One more, and the SENIOR's limit does not cover it.
    let (_, request) = create(1_001).await?;
    assert!(desk.decide(&senior, &request, 1).await?.is_ok());
    assert_eq!(desk.decide(&senior, &request, 2).await?.err(), Some(Code::LimitExceeded));
    assert_eq!(desk.kept().await?, [1_000, 0, 0]);
    assert!(desk.decide(&desk.chief, &request, 2).await?.is_ok());
    assert_eq!(desk.kept().await?, [2_001, 0, 0]);
    desk.verified().await
}

#[tokio::test]
async fn what_came_back_is_asked_again_and_what_is_decided_is_not_changed() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.must(&desk.mid, async |context| create_financial_request(context, desk.brand, desk.asked(10)).await);
    let row = row.await?;
    let change = async |version, minor| {
        let content = desk.asked(minor);
        desk.act(&desk.mid, async |context| update_financial_request(context, row.id, version, content).await).await
    };
    assert_eq!(change(2, 20).await?.err(), Some(Code::ChangedMeanwhile));
    let (row, request) =
        desk.must(&desk.mid, async |context| submit_financial_request(context, row.id, 1).await).await?;
    assert_eq!(change(1, 20).await?.err(), Some(Code::WrongState));
    // The database says the same.
    let sql = format!("update financial_request set amount_minor = 1 where id = '{}'", row.id);
    assert!(desk.test.db.run(&sql).await.is_err());
    desk.send_back(&request).await?;
    let row = change(1, 20).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!((row.state, row.version), (FinancialRequestState::SentBack, 2));
    let (_, request) = desk.must(&desk.mid, async |context| submit_financial_request(context, row.id, 2).await).await?;
    desk.must(&desk.mid, async |context| withdraw(context, request.id).await).await?;
    assert_eq!(change(2, 30).await?.err(), Some(Code::WrongState));
    assert_eq!(desk.kept().await?, [0, 0, 0]);

    // Whoever sees no budgets asks for none.
    let junior = desk.test.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let tried = desk.act(&junior, async |context| create_financial_request(context, desk.brand, desk.asked(1)).await);
    assert_eq!(tried.await?.err(), Some(Code::Forbidden));
    Ok(())
}

#[tokio::test]
async fn an_expense_is_set_aside_let_go_set_aside_again_spent_and_paid() -> Result<()> {
    let desk = Desk::new().await?;
    desk.give(1_000).await?;
    let mut content = desk.spent(400, "EUR")?;
    content.receipt_asset_id = None;
    assert_eq!(desk.hand_in(&desk.mid, content).await?.err(), Some(Code::ReceiptRequired));
    assert_eq!(desk.hand_in(&desk.mid, desk.spent(1_001, "EUR")?).await?.err(), Some(Code::BudgetExceeded));
    assert_eq!(desk.kept().await?, [1_000, 0, 0], "what is refused sets nothing aside");

    let handed = desk.hand_in(&desk.mid, desk.spent(400, "EUR")?).await?;
    let (row, request) = handed.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!(desk.kept().await?, [1_000, 400, 0]);
    desk.send_back(&request).await?;
    assert_eq!(desk.kept().await?, [1_000, 0, 0]);
    assert_eq!(desk.expense(row.id).await?.state, ExpenseState::SentBack);
    let change = desk.spent(450, "EUR")?;
    let row = desk.must(&desk.mid, async |context| update_expense(context, row.id, row.version, change).await).await?;
    let (row, request) =
        desk.must(&desk.mid, async |context| submit_expense(context, row.id, row.version).await).await?;
    assert_eq!(desk.kept().await?, [1_000, 450, 0]);
    // The step of everybody, and that of the limit: nobody but the CMO has one.
    assert!(desk.decide(&desk.chief, &request, 1).await?.is_ok());
    assert!(desk.decide(&desk.chief, &request, 2).await?.is_ok());
    assert_eq!(desk.kept().await?, [1_000, 0, 450]);
    assert_eq!(desk.decide(&desk.chief, &request, 2).await?.err(), Some(Code::WrongState));

    let pay = async |by: &Person, version| {
        desk.act(by, async |context| pay_expense(context, row.id, version, "SEPA 7").await).await
    };
    assert_eq!(pay(&desk.mid, row.version + 1).await?.err(), Some(Code::ChangedMeanwhile));
    let paid = pay(&desk.mid, row.version).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    assert_eq!((paid.state, paid.payment_reference.as_str()), (ExpenseState::Paid, "SEPA 7"));
    assert_eq!(pay(&desk.mid, paid.version).await?.err(), Some(Code::WrongState));
    let back = format!("update expense set state = 'APPROVED', paid_at = null, paid_by = null where id = '{}'", row.id);
    assert!(desk.test.db.run(&back).await.is_err());
    assert_eq!(desk.kept().await?, [1_000, 0, 450], "what is paid was spent already");
    desk.verified().await
}

#[tokio::test]
async fn what_was_let_go_when_a_budget_closed_is_not_let_go_again() -> Result<()> {
    let desk = Desk::new().await?;
    desk.give(1_000).await?;
    let handed = desk.hand_in(&desk.mid, desk.spent(400, "EUR")?).await?;
    let (row, request) = handed.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let close = async |context: &Context| close_budget(context, desk.budget.id, 1, Commitments::Release).await;
    desk.must(&desk.chief, close).await?;
    assert!(desk.decide(&desk.chief, &request, 1).await?.is_ok());
    assert_eq!(desk.decide(&desk.chief, &request, 2).await?.err(), Some(Code::BudgetClosed));
    assert_eq!(desk.expense(row.id).await?.state, ExpenseState::InApproval);
    // It can still come back: there is nothing left to let go of.
    desk.must(&desk.mid, async |context| withdraw(context, request.id).await).await?;
    assert_eq!(desk.expense(row.id).await?.state, ExpenseState::Withdrawn);
    assert_eq!(desk.kept().await?, [1_000, 0, 0]);
    desk.verified().await
}

#[tokio::test]
async fn freelancers_and_juniors_hand_in_without_a_line_and_see_their_own_alone() -> Result<()> {
    let desk = Desk::new().await?;
    desk.give(1_000).await?;
    let handed = desk.hand_in(&desk.mid, desk.spent(100, "EUR")?).await?;
    let (others, _) = handed.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    for kind in [UserKind::Freelancer, UserKind::Staff] {
        let person = desk.test.member(desk.brand, Level::Junior, kind).await?;
        let mut content = desk.spent(300, "EUR")?;
        content.receipt_asset_id = Some(desk.test.asset(desk.brand, &person).await?);
        content.reimburse_to = Some(person.id);
        let tried = content.clone();
        let tried = desk.act(&person, async |context| create_expense(context, desk.brand, tried).await).await?;
        assert_eq!(tried.err(), Some(Code::NotFound), "they name no line that they do not see");
        content.line_id = None;
        let handed = desk.hand_in(&person, content.clone()).await?;
        let (row, request) = handed.map_err(|code| anyhow::anyhow!("{kind:?} {code:?}"))?;
        let page = desk.must(&person, async |context| expenses(context, desk.brand, None, FIRST).await).await?;
        assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [row.id], "{kind:?}");
        let theirs = async |context: &Context| discard_expense(context, others.id, others.version).await;
        assert_eq!(desk.act(&person, theirs).await?.err(), Some(Code::NotFound), "not theirs reads like not there");

        let before = desk.kept().await?;
        assert!(desk.decide(&desk.chief, &request, 1).await?.is_ok());
        assert_eq!(desk.decide(&desk.chief, &request, 2).await?.err(), Some(Code::BudgetLineRequired), "{kind:?}");
        assert_eq!(desk.kept().await?, before);
        let name = async |context: &Context| set_expense_line(context, row.id, row.version, desk.line).await;
        assert!(desk.act(&person, name).await?.is_err());
        let named = desk.must(&desk.mid, name).await?;
        assert_eq!(named.version, row.version + 1);
        assert_eq!(desk.act(&desk.mid, name).await?.err(), Some(Code::ChangedMeanwhile), "somebody has named one");
        assert!(desk.decide(&desk.chief, &request, 2).await?.is_ok());
        assert_eq!(desk.kept().await?, [before[0], before[1], before[2] + 300]);
        let pay = async |context: &Context| pay_expense(context, row.id, named.version, "").await;
        assert_eq!(desk.act(&person, pay).await?.err(), Some(Code::Forbidden), "nobody pays themselves");

        // What they take back was never set aside.
        let handed = desk.hand_in(&person, content).await?;
        let (row, request) = handed.map_err(|code| anyhow::anyhow!("{kind:?} {code:?}"))?;
        desk.must(&person, async |context| withdraw(context, request.id).await).await?;
        assert_eq!(desk.expense(row.id).await?.state, ExpenseState::Withdrawn);
    }
    let client = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let page = desk.act(&client, async |context| expenses(context, desk.brand, None, FIRST).await).await?;
    assert_eq!(page.err(), Some(Code::Forbidden));
    desk.verified().await
}

#[tokio::test]
async fn another_currency_is_converted_by_a_rate_that_is_named() -> Result<()> {
    let desk = Desk::new().await?;
    desk.give(100_000).await?;
    let senior = desk.test.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    assert_eq!(desk.hand_in(&desk.mid, desk.spent(10_000, "JPY")?).await?.err(), Some(Code::ExchangeRateMissing));
    let record = async |base: &str, rate: &str, day: &str| -> Result<()> {
        let (base, quote, source) = (base.to_owned(), "EUR".to_owned(), "ECB".to_owned());
        let new = NewRate { base, quote, rate: rate.to_owned(), source, day: day.parse()? };
        desk.must(&senior, async |context| record_exchange_rate(context, desk.brand, new).await).await?;
        Ok(())
    };
    // Too old, and of the next day: none of these is the rate of 1 March.
    record("JPY", "0.0070", "2026-01-28").await?;
    record("JPY", "0.0080", "2026-03-02").await?;
    assert_eq!(desk.hand_in(&desk.mid, desk.spent(10_000, "JPY")?).await?.err(), Some(Code::ExchangeRateMissing));
    record("JPY", "0.0060", "2026-02-27").await?;
    record("JPY", "0.0061", "2026-02-27").await?;
    record("KWD", "3.0125", "2026-03-01").await?;
    for (minor, currency, booked) in [(10_000, "JPY", 6_100), (10_001, "KWD", 3_013)] {
        let handed = desk.hand_in(&desk.mid, desk.spent(minor, currency)?).await?;
        let (row, request) = handed.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        assert_eq!((row.amount_minor, row.booked_minor), (minor, Some(booked)), "{currency}");
        assert!(row.rate_id.is_some());
        assert_eq!((request.amount_minor, request.currency.as_deref()), (Some(minor), Some(currency)));
    }
    assert_eq!(desk.kept().await?, [100_000, 9_113, 0]);
    assert_eq!(desk.hand_in(&desk.mid, desk.spent(1, "JPY")?).await?.map(|(row, _)| row.booked_minor), Ok(Some(1)));

    // A rate in the other direction is none in this one.
    let other = async |context: &Context| finance_summary(context, desk.brand).await;
    let summary = desk.must(&desk.mid, other).await?;
    assert_eq!(summary.totals.len(), 1);
    assert_eq!(summary.sum.map(|sum| sum.allocated), (summary.base == "EUR").then_some(100_000));
    desk.test.db.run(&format!("update brand set base_currency = 'KWD' where id = '{}'", desk.brand)).await?;
    let summary = desk.must(&desk.mid, other).await?;
    assert_eq!((summary.sum, summary.missing()), (None, vec!["EUR".to_owned()]));
    desk.verified().await
}

#[tokio::test]
async fn whoever_changed_it_does_not_approve_it_and_whoever_may_not_ask_does_not_withdraw() -> Result<()> {
    let desk = Desk::new().await?;
    desk.give(1_000).await?;
    let editor = desk.test.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let made = async |context: &Context| create_financial_request(context, desk.brand, desk.asked(10)).await;
    let made = desk.must(&desk.mid, made).await?;
    let change = async |context: &Context| update_financial_request(context, made.id, 1, desk.asked(20)).await;
    desk.must(&editor, change).await?;
    let submit = async |context: &Context| submit_financial_request(context, made.id, 2).await;
    let (asked, request) = desk.must(&desk.mid, submit).await?;
    assert_eq!(desk.decide(&editor, &request, 1).await?.err(), Some(Code::FourEyes));

    let content = desk.spent(400, "EUR")?;
    let made = async |context: &Context| create_expense(context, desk.brand, content).await;
    let made = desk.must(&desk.mid, made).await?;
    let content = desk.spent(500, "EUR")?;
    desk.must(&editor, async |context| update_expense(context, made.id, 1, content).await).await?;
    let (spent, of_expense) = desk.must(&desk.mid, async |context| submit_expense(context, made.id, 2).await).await?;
    assert_eq!(desk.decide(&editor, &of_expense, 1).await?.err(), Some(Code::FourEyes));
    assert_eq!(desk.kept().await?, [1_000, 500, 0]);
    // The database lets nobody cease to be an author.
    for (table, id) in [("financial_request", asked.id), ("expense", spent.id)] {
        let sql = format!("update {table} set authors = array[created_by] where id = '{id}'");
        assert!(desk.test.db.run(&sql).await.is_err(), "{table}");
    }

    // A JUNIOR asks for no budget, so one who was above that takes none back, but still their own expense.
    let sql = format!("update membership set level = 'JUNIOR' where user_id = '{}'", desk.mid.id);
    desk.test.db.run(&sql).await?;
    let back = desk.act(&desk.mid, async |context| withdraw(context, request.id).await).await?;
    assert_eq!(back.err(), Some(Code::Forbidden));
    let state = format!("select state from financial_request where id = '{}'", asked.id);
    assert_eq!(desk.test.db.value::<String>(&state).await?, "IN_APPROVAL");
    desk.must(&desk.mid, async |context| withdraw(context, of_expense.id).await).await?;
    assert_eq!(desk.kept().await?, [1_000, 0, 0]);
    desk.verified().await
}

#[tokio::test]
async fn whom_somebody_else_has_named_stays_and_days_are_such_as_calendars_have() -> Result<()> {
    let desk = Desk::new().await?;
    let person = desk.test.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let said = |reimburse_to: Option<Uuid>| -> Result<ExpenseContent> {
        Ok(ExpenseContent { receipt_asset_id: None, line_id: None, reimburse_to, ..desk.spent(300, "EUR")? })
    };
    let content = said(None)?;
    let row = desk.must(&person, async |context| create_expense(context, desk.brand, content).await).await?;
    let content = said(Some(desk.mid.id))?;
    let row = desk.must(&desk.mid, async |context| update_expense(context, row.id, row.version, content).await).await?;
    let content = said(Some(desk.mid.id))?;
    let row = desk.must(&person, async |context| update_expense(context, row.id, row.version, content).await).await?;
    assert_eq!((row.version, row.reimburse_to), (3, Some(desk.mid.id)));
    let content = said(Some(desk.chief.id))?;
    let other = desk.act(&person, async |context| update_expense(context, row.id, row.version, content).await).await?;
    assert_eq!(other.err(), Some(Code::NotFound));

    let content = RequestContent { needed_by: NaiveDate::from_ymd_opt(10_000, 1, 1), ..desk.asked(10) };
    let far = async |context: &Context| create_financial_request(context, desk.brand, content).await;
    assert_eq!(desk.act(&desk.mid, far).await?.err(), Some(Code::Invalid));
    let period = NaiveDate::from_ymd_opt(9999, 12, 1).zip(NaiveDate::from_ymd_opt(10_000, 1, 1));
    let content = BudgetContent { name: "Far".to_owned(), period, campaign_id: None };
    let new = NewBudget { brand_id: desk.brand, currency: "EUR".to_owned(), content, lines: Vec::new() };
    let far = desk.act(&desk.chief, async |context| create_budget(context, new).await).await?;
    assert_eq!(far.err(), Some(Code::Invalid));
    Ok(())
}

#[tokio::test]
async fn many_currencies_take_no_more_statements_than_one() -> Result<()> {
    let desk = Desk::new().await?;
    desk.test.db.run(&format!("update brand set base_currency = 'EUR' where id = '{}'", desk.brand)).await?;
    let summary = async || -> Result<(usize, FinanceSummary)> {
        let before = desk.test.db.statements();
        let found = desk.must(&desk.mid, async |context| finance_summary(context, desk.brand).await).await?;
        Ok((desk.test.db.statements() - before, found))
    };
    let (one, _) = summary().await?;
    let day = desk.test.services.now().date_naive();
    for currency in ["JPY", "KWD", "USD"] {
        let period = Some((day, day));
        let new = NewBudget {
            brand_id: desk.brand,
            currency: currency.to_owned(),
            content: BudgetContent { name: currency.to_owned(), period, campaign_id: None },
            lines: vec![LineContent { name: "Films".to_owned(), category: LineCategory::Production }],
        };
        desk.must(&desk.chief, async |context| create_budget(context, new).await).await?;
        let (base, quote, source) = (currency.to_owned(), "EUR".to_owned(), "ECB".to_owned());
        let new = NewRate { base, quote, rate: "0.5".to_owned(), source, day };
        desk.must(&desk.chief, async |context| record_exchange_rate(context, desk.brand, new).await).await?;
    }
    let (many, found) = summary().await?;
    assert_eq!((found.totals.len(), found.missing()), (4, Vec::new()));
    assert_eq!(many, one);
    Ok(())
}

#[tokio::test]
async fn a_budget_with_thousands_of_commitments_is_closed() -> Result<()> {
    let desk = Desk::new().await?;
    desk.give(6_000).await?;
    let sql = format!(
        "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
           select gen_random_uuid(), '{}', '{}', '{}', 'COMMIT', 1, 'CONTRACT', gen_random_uuid(), 'x', now()
           from generate_series(1, 6000)",
        desk.brand, desk.budget.id, desk.line
    );
    desk.test.db.run(&sql).await?;
    assert_eq!(desk.kept().await?, [6_000, 6_000, 0]);
    let close = async |context: &Context| close_budget(context, desk.budget.id, 1, Commitments::Release).await;
    desk.must(&desk.chief, close).await?;
    assert_eq!(desk.kept().await?, [6_000, 0, 0]);
    desk.verified().await
}
