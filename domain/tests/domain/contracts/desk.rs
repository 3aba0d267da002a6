//! What the tests of contracts begin from.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::{Days, NaiveDate};
use diwan_domain::approvals::{Decision, approve};
use diwan_domain::contracts::{
    Clause, ContractBody, ContractTerms, NewContract, SigningAct, SigningView, answer_signing, contracts_by_ids,
    create_contract, create_signing_link, send_contract, submit_contract, verify_contract,
};
use diwan_domain::finance::verify_budgets;
use diwan_domain::public_links::{Answered, Caller};
use diwan_domain::{Code, Context, Failure};
use diwan_entity::approvals::approval_request;
use diwan_entity::contracts::contract::{self, ContractKind, ContractState};
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

/// A brand with a budget in EUR, whose one line has 1000.00, and with the people whom a contract needs.
pub struct Desk {
    pub test: TestServices,
    pub brand: Uuid,
    /// Writes contracts.
    pub mid: Person,
    /// Approves up to 500.00, and signs.
    pub senior: Person,
    pub chief: Person,
    pub line: Uuid,
}

impl Desk {
    pub async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Alpha").await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let chief = test.chief().await?;
        let (budget, line) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let by = chief.id;
        test.db
            .run(&format!(
                "insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
                   values ('{budget}', '{brand}', 'Year', '2026-01-01', '2027-12-31', 'EUR', 'OPEN', '{by}', now(), now());
                 insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
                   values ('{line}', '{brand}', '{budget}', 1, 'People', 'INFLUENCERS', now());
                 insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
                   values (gen_random_uuid(), '{brand}', '{budget}', '{line}', 'ALLOCATE', 100000, 'MANUAL', gen_random_uuid(), 'x', now());
                 insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
                   values (gen_random_uuid(), '{brand}', 'SENIOR', 'CONTRACT', 'EUR', 50000, now())"
            ))
            .await?;
        Ok(Self { test, brand, mid, senior, chief, line })
    }

    pub fn today(&self) -> NaiveDate {
        self.test.services.now().date_naive()
    }

    /// What is agreed on: it began yesterday and has no end.
    pub fn terms(&self, fee_minor: i64) -> ContractTerms {
        ContractTerms {
            title: "Spring films".to_owned(),
            influencer_id: None,
            person_id: None,
            party_name: "Sara Karimi".to_owned(),
            party_address: "1 Harbour Road".to_owned(),
            party_email: "sara@example.com".to_owned(),
            locale: Locale::En,
            campaign_id: None,
            fee_minor,
            currency: "EUR".to_owned(),
            line_id: Some(self.line),
            starts_on: self.today().checked_sub_days(Days::new(1)),
            ends_on: None,
            exclusivity: String::new(),
            exclusive_until: None,
            disclosure: "#ad".to_owned(),
            usage_rights: String::new(),
            usage_until: None,
            remind_days: 30,
        }
    }

    pub async fn act<T>(
        &self,
        by: &Person,
        command: impl AsyncFnOnce(&Context) -> Result<T, Failure>,
    ) -> Result<Result<T, Code>> {
        self.test.attempt_code(by, command).await
    }

    pub async fn must<T>(&self, by: &Person, command: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T> {
        self.act(by, command).await?.map_err(|code| anyhow!("refused: {code:?}"))
    }

    pub async fn begin_amending(&self, fee_minor: i64, amends_id: Option<Uuid>) -> Result<contract::Model> {
        let clauses = vec![Clause { heading: "Work".to_owned(), text: "Two films.".to_owned() }];
        let new = NewContract {
            brand_id: self.brand,
            kind: ContractKind::Influencer,
            amends_id,
            terms: self.terms(fee_minor),
            body: ContractBody::Clauses(clauses),
        };
        self.must(&self.mid, async |context| create_contract(context, new).await).await
    }

    pub async fn begin(&self, fee_minor: i64) -> Result<contract::Model> {
        self.begin_amending(fee_minor, None).await
    }

    pub async fn submit(&self, row: &contract::Model) -> Result<approval_request::Model> {
        let (id, version) = (row.id, row.version);
        let submitted = async |context: &Context| submit_contract(context, id, version).await;
        Ok(self.must(&self.mid, submitted).await?.1)
    }

    pub async fn decide(
        &self,
        by: &Person,
        request: &approval_request::Model,
        step: i32,
    ) -> Result<Result<approval_request::Model, Code>> {
        let decision = Decision { request_id: request.id, step: Some(step), comment: None };
        self.act(by, async |context| approve(context, decision).await).await
    }

    /// Has a contract approved by whoever its amount needs.
    pub async fn approved(&self, row: &contract::Model) -> Result<contract::Model> {
        let request = self.submit(row).await?;
        let last = if row.fee_minor > 50_000 { &self.chief } else { &self.senior };
        for (by, step) in [(&self.senior, 1), (last, 2)] {
            // What costs nothing has one step.
            if step == 1 || row.fee_minor > 0 {
                self.decide(by, &request, step).await?.map_err(|code| anyhow!("step {step}: {code:?}"))?;
            }
        }
        self.read(row.id).await
    }

    /// Has an approved contract sent.
    pub async fn sent(&self, row: &contract::Model) -> Result<contract::Model> {
        let (id, version, signer) = (row.id, row.version, self.senior.id);
        self.must(&self.mid, async |context| send_contract(context, (id, version), signer).await).await?;
        self.test.run_jobs().await?;
        self.read(id).await
    }

    /// A new link for a side: its secret.
    pub async fn secret(&self, contract_id: Uuid, side: ContractSide) -> Result<String> {
        let made = async |context: &Context| create_signing_link(context, contract_id, side).await;
        let by = if side == ContractSide::Ours { &self.senior } else { &self.mid };
        let (url, _) = self.must(by, made).await?;
        Ok(url.path().strip_prefix("/sign/").context("a link to sign")?.to_owned())
    }

    /// The digest of what was last sent of a contract.
    pub async fn digest(&self, contract_id: Uuid) -> Result<String> {
        let sql = format!(
            "select encode(sha256, 'hex') from contract_document
             where contract_id = '{contract_id}' and part = 'TO_SIGN' and state = 'READY' order by number desc limit 1"
        );
        self.test.db.value(&sql).await
    }

    pub async fn answer(&self, secret: &str, act: SigningAct, digest: &str) -> Result<Answered<SigningView>> {
        let caller = Caller { address: "192.0.2.7".to_owned(), user_agent: "A phone".to_owned() };
        Ok(answer_signing(&Arc::clone(&self.test.services), secret, (act, digest.to_owned()), caller).await?)
    }

    /// Signs by a link of this side.
    pub async fn sign(&self, contract_id: Uuid, side: ContractSide, name: &str) -> Result<()> {
        let (secret, digest) = (self.secret(contract_id, side).await?, self.digest(contract_id).await?);
        match self.answer(&secret, SigningAct::Sign { name: name.to_owned() }, &digest).await? {
            Answered::Done => Ok(()),
            other => Err(anyhow!("not signed: {other:?}")),
        }
    }

    /// A contract that both sides have signed, with its documents.
    pub async fn signed(&self, fee_minor: i64) -> Result<contract::Model> {
        let row = self.begin(fee_minor).await?;
        self.bring_to_signature(&row).await
    }

    pub async fn bring_to_signature(&self, row: &contract::Model) -> Result<contract::Model> {
        let row = self.approved(row).await?;
        let row = self.sent(&row).await?;
        self.sign(row.id, ContractSide::Theirs, "Sara Karimi").await?;
        self.sign(row.id, ContractSide::Ours, "Sami Senior").await?;
        self.test.run_jobs().await?;
        self.read(row.id).await
    }

    pub async fn read(&self, id: Uuid) -> Result<contract::Model> {
        let mut rows = self.must(&self.chief, async |context| contracts_by_ids(context, &[id]).await).await?;
        rows.pop().context("no contract")
    }

    pub async fn state(&self, id: Uuid) -> Result<ContractState> {
        Ok(self.read(id).await?.state)
    }

    /// What is committed on the line, which is what the ledger says.
    pub async fn committed(&self) -> Result<i64> {
        let (_, astray) = verify_budgets(&self.test.db.owner).await?;
        assert!(astray.is_empty(), "{astray:?}");
        self.test.db.value(&format!("select committed from budget_line where id = '{}'", self.line)).await
    }

    /// What does not hold of a contract.
    pub async fn broken(&self, id: Uuid) -> Result<Vec<String>> {
        let proofs = verify_contract(&self.test.services, (self.brand, id)).await?;
        assert!(!proofs.is_empty());
        Ok(proofs.into_iter().filter(|proof| !proof.holds).map(|proof| proof.what).collect())
    }
}
