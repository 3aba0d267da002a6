//! A brand with money, contracts and people who see to them.

use anyhow::{Context as _, Result};
use diwan_domain::approvals::{Decision, approve};
use diwan_domain::deliverables::{
    DeliverableContent, HandedIn, accept_deliverable, create_deliverable, submit_deliverable,
};
use diwan_domain::finance::verify_budgets;
use diwan_domain::paging::Page;
use diwan_domain::payments::{
    BankAccount, NewFile, PayeeContent, PaymentContent, create_payment, export_payments, payments_by_ids, set_payee,
    submit_payment,
};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request;
use diwan_entity::payments::deliverable::{self, DeliverableKind};
use diwan_entity::payments::payee::TaxForm;
use diwan_entity::payments::payment::{self, PaymentState};
use diwan_entity::payments::payment_file::{self, PaymentFormat};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, Signed, TestServices};
use uuid::Uuid;

const IBAN: &str = "DE89 3704 0044 0532 0130 00";

/// A brand with 10,000.00 EUR on a line, and its people.
pub struct Desk {
    pub test: TestServices,
    pub brand: Uuid,
    pub mid: Person,
    pub senior: Person,
    pub chief: Person,
    pub line: Uuid,
}

pub fn plan(title: &str, amount_minor: i64, deliverable_id: Option<Uuid>) -> Result<PaymentContent> {
    let due_on = if deliverable_id.is_none() { Some("2026-01-01".parse()?) } else { None };
    Ok(PaymentContent { title: title.to_owned(), deliverable_id, due_on, amount_minor, withholding_bp: None })
}

pub fn account(iban: &str) -> BankAccount {
    BankAccount { name: "Lina".to_owned(), iban: iban.to_owned(), bic: None }
}

pub fn page() -> Page {
    Page { size: 50, after: None, before: None, from_end: false }
}

impl Desk {
    pub async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let chief = test.chief().await?;
        let line = test.budget_line(brand, chief.id, 1_000_000).await?;
        Ok(Self { test, brand, mid, senior, chief, line })
    }

    pub async fn contract(&self, fee: i64, committed: bool) -> Result<Uuid> {
        let new = Signed { line: self.line, fee, committed, person: None, disclosure: "" };
        self.test.signed_contract(self.brand, self.chief.id, new).await
    }

    pub async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        act(&self.test, by, command).await
    }

    pub async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow::anyhow!("refused: {code:?}"))
    }

    pub async fn payment(&self, id: Uuid) -> Result<payment::Model> {
        let mut rows = self.must(&self.chief, async |context| payments_by_ids(context, &[id]).await).await?;
        rows.pop().context("no payment")
    }

    pub async fn deliverable(&self, contract: Uuid) -> Result<deliverable::Model> {
        let content = DeliverableContent {
            title: "A film".to_owned(),
            brief: String::new(),
            kind: DeliverableKind::Video,
            due_on: "2027-03-01".parse()?,
            network: None,
            social_account_id: None,
            assignee_id: None,
            alive_days: None,
        };
        self.must(&self.mid, async |context| create_deliverable(context, contract, content).await).await
    }

    /// Hands a file in for a deliverable, and has somebody else accept it.
    pub async fn deliver(&self, row: &deliverable::Model) -> Result<()> {
        let asset = self.test.asset(self.brand, &self.mid).await?;
        let handed = HandedIn { asset_id: Some(asset), ..HandedIn::default() };
        let (id, version) = (row.id, row.version);
        self.must(&self.mid, async |context| submit_deliverable(context, id, version, handed).await).await?;
        self.must(&self.chief, async |context| accept_deliverable(context, id, version + 1).await).await?;
        Ok(())
    }

    pub async fn payee(&self, contract: Uuid) -> Result<()> {
        let content = PayeeContent {
            account: account(IBAN),
            tax_form: TaxForm::Received,
            tax_form_note: "W-8BEN".to_owned(),
            withholding_bp: 2_000,
        };
        self.must(&self.senior, async |context| set_payee(context, contract, None, content).await).await?;
        Ok(())
    }

    pub async fn approve(&self, by: &Person, request: &approval_request::Model, step: i32) -> Result<Result<(), Code>> {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        self.act(by, async |context| approve(context, decision).await.map(drop)).await
    }

    /// A payment for a day that has come, approved by the CMO at both steps.
    pub async fn approved(&self, contract: Uuid, amount: i64) -> Result<payment::Model> {
        let content = plan("At the beginning", amount, None)?;
        let row = self.must(&self.mid, async |context| create_payment(context, contract, content).await).await?;
        assert_eq!(row.state, PaymentState::Due);
        let (id, version) = (row.id, row.version);
        let (_, request) = self.must(&self.mid, async |context| submit_payment(context, id, version).await).await?;
        for step in [1, 2] {
            self.approve(&self.chief, &request, step).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        }
        self.payment(id).await
    }

    pub fn file(&self, format: PaymentFormat, ids: &[Uuid]) -> NewFile {
        NewFile {
            format,
            execute_on: self.test.services.now().date_naive() + chrono::Days::new(3),
            payment_ids: ids.to_vec(),
        }
    }

    pub async fn export(&self, format: PaymentFormat, ids: &[Uuid]) -> Result<Result<payment_file::Model, Code>> {
        let (brand, new) = (self.brand, self.file(format, ids));
        self.act(&self.senior, async |context| export_payments(context, brand, new).await).await
    }

    /// What is committed and spent on the line.
    pub async fn kept(&self) -> Result<(i64, i64)> {
        let kept = |column: &str| format!("select {column} from budget_line where id = '{}'", self.line);
        Ok((self.test.db.value(&kept("committed")).await?, self.test.db.value(&kept("spent")).await?))
    }

    pub async fn verified(&self) -> Result<()> {
        let (_, astray) = verify_budgets(&self.test.db.owner).await?;
        assert!(astray.is_empty(), "{astray:?}");
        Ok(())
    }
}

pub async fn act<T>(
    test: &TestServices,
    by: &Person,
    command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
) -> Result<Result<T, Code>> {
    test.attempt_code(by, command).await
}
