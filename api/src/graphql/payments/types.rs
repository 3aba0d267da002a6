//! Payments and their files as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::Action;
use diwan_domain::payments::{self as domain, Held};
use diwan_entity::contracts::contract;
use diwan_entity::finance::budget_entry;
use diwan_entity::payments::{deliverable, payee, payer, payment, payment_file};

use crate::graphql::approvals::Money;
use crate::graphql::context::Op;
use crate::graphql::contracts::Contract;
use crate::graphql::deliverables::Deliverable;
use crate::graphql::finance::BudgetEntry;
use crate::graphql::insights::Download;
use crate::graphql::media::hex;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::{Brand, User};

/// How far a payment has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "payment::PaymentState")]
pub enum PaymentState {
    /// Something holds it back: `Payment.blockedBy`.
    Blocked,
    /// It can be asked for.
    Due,
    /// It is being decided.
    InApproval,
    /// It was approved, and can go to the bank.
    Approved,
    /// It stands in a file for the bank.
    Exported,
    /// The bank has paid it, and the budget is charged.
    Paid,
    /// It is not paid.
    Canceled,
}

/// For what is paid.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "payment::Milestone", name = "PaymentMilestone")]
pub enum Milestone {
    /// A deliverable that is accepted.
    Deliverable,
    /// A day that has come.
    Date,
    /// Hours that were accepted.
    Hours,
}

/// What holds a payment back.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::PaymentBlock")]
pub enum PaymentBlock {
    /// The contract is not signed, or over.
    NotSigned,
    /// The deliverable is not accepted.
    NotAccepted,
    /// Its day has not come.
    NotYet,
    /// The money is not committed on a line of a budget.
    NotCommitted,
    /// The payments of the contract are more than its fee.
    AboveFee,
}

/// In which form a payment file is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "payment_file::PaymentFormat", name = "PaymentFileFormat")]
pub enum PaymentFormat {
    /// `pain.001.001.09` of ISO 20022, for credit transfers of SEPA: EUR between accounts of its countries.
    Sepa,
    /// CSV by RFC 4180, in UTF-8.
    Csv,
}

/// Whether the payments of a file are on their way.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "payment_file::PaymentFileState")]
pub enum PaymentFileState {
    /// They are, or were paid.
    Exported,
    /// The file was taken back; what of it was paid stays so.
    Canceled,
}

/// Whether the form for the tax office is there.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "payee::TaxForm", name = "TaxFormState")]
pub enum TaxForm {
    /// None is needed.
    NotNeeded,
    /// One is needed, and nobody has asked for it.
    Missing,
    /// It was asked for.
    Requested,
    /// It is there.
    Received,
}

/// An amount in minor units.
pub(super) fn money(minor: i64, currency: &str) -> Money {
    Money { minor: Long(minor), currency: currency.to_owned() }
}

async fn user(op: &Op, id: Option<uuid::Uuid>) -> Result<Option<User>> {
    let Some(id) = id else { return Ok(None) };
    Ok(op.load(id).await?.map(|row| User { op: op.clone(), row }))
}

/// Whom a contract pays. The account itself is shown to nobody.
#[derive(SimpleObject)]
pub struct ContractPayee {
    /// The account's country and its last four characters, such as `DE** **** 3000`.
    pub account: String,
    /// Whether the form for the tax office is there.
    pub tax_form: TaxForm,
    /// Which form it is.
    pub tax_form_note: String,
    /// Which part of each payment is withheld unless a payment says otherwise, in basis points.
    pub withholding_basis_points: i32,
    /// When it was written down.
    pub set_at: DateTime<Utc>,
    /// Counts its changes; a change names the version from which it started.
    pub version: i32,
}

impl From<payee::Model> for ContractPayee {
    fn from(row: payee::Model) -> Self {
        Self {
            account: row.account_shown,
            tax_form: row.tax_form.into(),
            tax_form_note: row.tax_form_note,
            withholding_basis_points: row.withholding_bp,
            set_at: row.set_at,
            version: row.version,
        }
    }
}

/// The account from which is paid for a brand. The account itself is shown to nobody.
#[derive(SimpleObject)]
pub struct BrandPayer {
    /// The account's country and its last four characters.
    pub account: String,
    /// When it was written down.
    pub set_at: DateTime<Utc>,
    /// Counts its changes; a change names the version from which it started.
    pub version: i32,
}

impl From<payer::Model> for BrandPayer {
    fn from(row: payer::Model) -> Self {
        Self { account: row.account_shown, set_at: row.set_at, version: row.version }
    }
}

/// A part of the fee of a contract.
pub struct Payment {
    pub op: Op,
    pub row: payment::Model,
}

impl Payment {
    async fn money(&self, minor: i64) -> Result<Money> {
        let contract: contract::Model = self.op.must_load(self.row.contract_id).await?;
        Ok(money(minor, &contract.currency))
    }
}

/// A part of the fee of a contract. For MID and above; freelancers see those of their own contracts.
#[Object]
impl Payment {
    /// The payment's id.
    pub async fn id(&self) -> ID {
        Kind::Payment.id(self.row.id)
    }
    /// The contract of which it pays a part.
    async fn contract(&self) -> Result<Contract> {
        Ok(Contract { op: self.op.clone(), row: self.op.must_load(self.row.contract_id).await? })
    }
    /// In a word, 1 to 200 characters.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// For what.
    async fn milestone(&self) -> Milestone {
        self.row.milestone.into()
    }
    /// For which deliverable; null where it is for none, or when the caller does not see it.
    async fn deliverable(&self) -> Result<Option<Deliverable>> {
        let Some(id) = self.row.deliverable_id else { return Ok(None) };
        let row: Option<deliverable::Model> = self.op.load(id).await?;
        Ok(row.map(|row| Deliverable { op: self.op.clone(), row }))
    }
    /// From which day on, in the brand's time zone.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.row.due_on
    }
    /// How much, what is withheld included.
    async fn amount(&self) -> Result<Money> {
        self.money(self.row.amount_minor).await
    }
    /// Which part of it is withheld for the tax office, in basis points.
    async fn withholding_basis_points(&self) -> i32 {
        self.row.withholding_bp
    }
    /// How much that is, rounded half to even.
    async fn withheld(&self) -> Result<Money> {
        self.money(self.row.withheld_minor).await
    }
    /// What the bank transfers: the amount without what is withheld.
    async fn net(&self) -> Result<Money> {
        self.money(self.row.amount_minor - self.row.withheld_minor).await
    }
    /// How far it has come.
    async fn state(&self) -> PaymentState {
        self.row.state.into()
    }
    /// What holds it back; empty where nothing does. Null for those who see no budgets.
    async fn blocked_by(&self) -> Result<Option<Vec<PaymentBlock>>> {
        if !self.op.may(Action::BudgetRead, self.row.brand_id) {
            return Ok(None);
        }
        let held: Vec<Held> = self.op.load_of(self.row.id).await?;
        Ok(Some(held.into_iter().map(|held| held.by.into()).collect()))
    }
    /// To whom; null where nobody was named yet, and for those who see no budgets.
    async fn payee(&self) -> Result<Option<ContractPayee>> {
        let rows: Vec<payee::Model> = self.op.load_of(self.row.contract_id).await?;
        Ok(rows.into_iter().next().map(Into::into))
    }
    /// The file in which it stands; null where it stands in none, and for those who export no payments.
    async fn file(&self) -> Result<Option<PaymentFile>> {
        let Some(id) = self.row.file_id else { return Ok(None) };
        let row: Option<payment_file::Model> = self.op.load(id).await?;
        Ok(row.map(|row| PaymentFile { op: self.op.clone(), row }))
    }
    /// What was booked when it was paid; null until then, and for those who see no budgets.
    async fn entry(&self) -> Result<Option<BudgetEntry>> {
        let Some(id) = self.row.entry_id else { return Ok(None) };
        let row: Option<budget_entry::Model> = self.op.load(id).await?;
        Ok(row.map(|row| BudgetEntry { op: self.op.clone(), row }))
    }
    /// When it was noted as paid.
    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.row.paid_at
    }
    /// Who noted that; null when the caller does not see that person.
    async fn paid_by(&self) -> Result<Option<User>> {
        user(&self.op, self.row.paid_by).await
    }
    /// What it is known by at the bank.
    async fn reference(&self) -> &str {
        &self.row.reference
    }
    /// Why it is not paid; `CONTRACT_ENDED` where its contract ended.
    async fn cancel_reason(&self) -> &str {
        &self.row.cancel_reason
    }
    /// Who planned it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        user(&self.op, Some(self.row.created_by)).await
    }
    /// When it was planned.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Counts what was said of it; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// Payments that went to the bank together.
pub struct PaymentFile {
    pub op: Op,
    pub row: payment_file::Model,
}

/// Payments that went to the bank together. For SENIOR and above.
#[Object]
impl PaymentFile {
    /// The file's id.
    pub async fn id(&self) -> ID {
        Kind::PaymentFile.id(self.row.id)
    }
    /// In which form it is.
    async fn format(&self) -> PaymentFormat {
        self.row.format.into()
    }
    /// Whether its payments are on their way.
    async fn state(&self) -> PaymentFileState {
        self.row.state.into()
    }
    /// On which day the bank pays.
    async fn execute_on(&self) -> NaiveDate {
        self.row.execute_on
    }
    /// How many payments were put into it.
    async fn payment_count(&self) -> i32 {
        self.row.payment_count
    }
    /// What the bank transfers in all.
    async fn total(&self) -> Money {
        money(self.row.total_minor, &self.row.currency)
    }
    /// The payments that stand in it: all of them or, once it was canceled, those that were paid by it.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn payments(&self) -> Result<Vec<Payment>> {
        let rows: Vec<payment::Model> = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| Payment { op: self.op.clone(), row }).collect())
    }
    /// SHA-256 of the file, hexadecimal: it is the same file whenever it is fetched.
    async fn sha256(&self) -> String {
        hex(&self.row.sha256)
    }
    /// A signed link to the file that expires; a new one with every read. Null once it was canceled.
    async fn download(&self) -> Result<Option<Download>> {
        let link = self.op.query(domain::payment_file_link(&self.op, &self.row))?;
        Ok(link.map(|(url, expires_at)| Download { url: url.to_string(), expires_at }))
    }
    /// Who made it; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        user(&self.op, Some(self.row.created_by)).await
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it was taken back.
    async fn canceled_at(&self) -> Option<DateTime<Utc>> {
        self.row.canceled_at
    }
    /// Who took it back; null when the caller does not see that person.
    async fn canceled_by(&self) -> Result<Option<User>> {
        user(&self.op, self.row.canceled_by).await
    }
    /// Why.
    async fn cancel_reason(&self) -> &str {
        &self.row.cancel_reason
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}
