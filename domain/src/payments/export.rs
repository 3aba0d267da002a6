//! Sending approved payments to the bank together, and taking a file back.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::payment::{self, PaymentState};
use diwan_entity::payments::payment_file::{self, PaymentFileState, PaymentFormat};
use diwan_entity::payments::{payee, payer, payment_file_item};
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::account::BankAccount;
use super::file::{Entry, file_place, item_place, write};
use super::payee::{open_payee, open_payer};
use super::sepa::{CURRENCY, MOST_MINOR};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most payments of a file.
const MOST: usize = 500;
/// The furthest day on which a bank is asked to pay, in days from now.
const FURTHEST: u64 = 366;

/// Payments to send to the bank together.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// In which form.
    pub format: PaymentFormat,
    /// On which day the bank pays: today in the brand's time zone, or later.
    pub execute_on: NaiveDate,
    /// Which, 1 to 500, all of them approved and in one currency.
    pub payment_ids: Vec<Uuid>,
}

/// A payment with what is needed to pay it.
struct Chosen {
    row: payment::Model,
    contract: contract::Model,
    account: BankAccount,
}

impl Chosen {
    /// What the bank transfers.
    fn net(&self) -> i64 {
        self.row.amount_minor - self.row.withheld_minor
    }
}

/// Locks contracts and then payments, each by their ids. Answers the contracts by id and the payments by id.
async fn lock_all(
    context: &Context,
    brand_id: Uuid,
    ids: &[Uuid],
) -> Result<(HashMap<Uuid, contract::Model>, HashMap<Uuid, payment::Model>), Failure> {
    let seen = payment::Entity::in_brand(brand_id).filter(payment::Column::Id.is_in(ids.iter().copied()));
    let of: Vec<Uuid> = context.all(seen.clone()).await?.into_iter().map(|row| row.contract_id).collect();
    let select = contract::Entity::in_brand(brand_id)
        .filter(contract::Column::Id.is_in(of))
        .order_by_asc(contract::Column::Id)
        .lock_exclusive();
    let contracts = context.all(select).await?.into_iter().map(|row| (row.id, row)).collect();
    let rows = context.all(seen.order_by_asc(payment::Column::Id).lock_exclusive()).await?;
    Ok((contracts, rows.into_iter().map(|row| (row.id, row)).collect()))
}

/// Today in the brand's time zone.
async fn today(context: &Context, permit: Permit<'_>) -> Result<NaiveDate, Failure> {
    let sql = "select time_zone from brand where id = $1";
    let zone: String = db::scalar(permit.tx(), sql, [permit.brand_id.into()]).await?;
    let zone: Tz = zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    Ok(context.now.with_timezone(&zone).date_naive())
}

impl NewFile {
    fn check(&self, wrong: &mut Complaints, today: NaiveDate) {
        if self.payment_ids.is_empty() {
            wrong.add(UserError::at(Code::Invalid, "paymentIds"));
        }
        if self.payment_ids.len() > MOST {
            let error = UserError::at(Code::TooMany, "paymentIds").number("limit", MOST);
            wrong.add(error.number("actual", self.payment_ids.len()));
        }
        if self.execute_on < today {
            wrong.add(UserError::at(Code::TimeInPast, "executeOn"));
        } else if today.checked_add_days(Days::new(FURTHEST)).is_some_and(|last| self.execute_on > last) {
            wrong.add(UserError::at(Code::TimeTooFar, "executeOn"));
        }
    }

    /// The payments with their contracts and accounts, in the order in which they were named. Locked.
    async fn choose(&self, context: &Context, brand_id: Uuid) -> Result<Vec<Chosen>, Failure> {
        let (contracts, mut rows) = lock_all(context, brand_id, &self.payment_ids).await?;
        let select = payee::Entity::in_brand(brand_id)
            .filter(payee::Column::ContractId.is_in(contracts.keys().copied().collect::<Vec<_>>()));
        let payees = context.all(select).await?;
        let payees: HashMap<Uuid, payee::Model> = payees.into_iter().map(|row| (row.contract_id, row)).collect();
        let (mut wrong, mut chosen) = (Complaints::default(), Vec::<Chosen>::with_capacity(rows.len()));
        for (index, id) in self.payment_ids.iter().enumerate() {
            let at = format!("paymentIds.{index}");
            if self.payment_ids[..index].contains(id) {
                wrong.add(UserError::at(Code::AlreadyExists, &at));
                continue;
            }
            let Some(row) = rows.remove(id) else {
                wrong.add(UserError::at(Code::NotFound, &at));
                continue;
            };
            let contract = contracts.get(&row.contract_id).cloned();
            let contract = contract.ok_or_else(|| Fault::broken("a payment without its contract"))?;
            if row.state != PaymentState::Approved {
                wrong.add(UserError::at(Code::WrongState, &at).text("state", row.state.to_value()));
                continue;
            }
            let Some(payee) = payees.get(&row.contract_id) else {
                wrong.add(UserError::at(Code::PayeeMissing, &at));
                continue;
            };
            let account = open_payee(&context.services, payee)?;
            let each = Chosen { row, contract, account };
            if let Some(error) = self.refusal(&each, chosen.first()) {
                wrong.add(UserError { field: vec!["paymentIds".to_owned(), index.to_string()], ..error });
            }
            chosen.push(each);
        }
        wrong.check()?;
        Ok(chosen)
    }

    /// Why a payment does not go into this file.
    fn refusal(&self, each: &Chosen, first: Option<&Chosen>) -> Option<UserError> {
        let currency = || each.contract.currency.clone();
        if self.format == PaymentFormat::Sepa && each.contract.currency != CURRENCY {
            return Some(UserError::new(Code::CurrencyNotSepa).text("currency", currency()));
        }
        if let Some(first) = first.filter(|first| first.contract.currency != each.contract.currency) {
            return Some(UserError::new(Code::CurrencyDiffers).text("currency", first.contract.currency.clone()));
        }
        if each.net() < 1 || (self.format == PaymentFormat::Sepa && each.net() > MOST_MINOR) {
            return Some(UserError::new(Code::NotTransferable));
        }
        if self.format == PaymentFormat::Sepa && !each.account.is_sepa() {
            return Some(UserError::new(Code::AccountNotSepa));
        }
        None
    }
}

/// The account from which SEPA pays.
async fn payer(context: &Context, brand_id: Uuid) -> Result<BankAccount, Failure> {
    let row = context.one(payer::Entity::in_brand(brand_id)).await?;
    let account = open_payer(&context.services, &row.ok_or(Code::PayerMissing)?)?;
    if account.is_sepa() { Ok(account) } else { Err(Code::AccountNotSepa.into()) }
}

/// Sends approved payments to the bank together: each stands in one file at a time, to the account of now. The number of statements does
/// not grow with theirs.
pub async fn export_payments(context: &Context, brand_id: Uuid, new: NewFile) -> Result<payment_file::Model, Failure> {
    let permit = context.permit(Action::PaymentExport, brand_id).await?;
    let mut wrong = Complaints::default();
    new.check(&mut wrong, today(context, permit).await?);
    wrong.check()?;
    let chosen = new.choose(context, brand_id).await?;
    let payer = match new.format {
        PaymentFormat::Sepa => Some(payer(context, brand_id).await?),
        PaymentFormat::Csv => None,
    };
    let first = chosen.first().ok_or(Code::Invalid)?;
    let total = chosen.iter().try_fold(0_i64, |sum, each| sum.checked_add(each.net())).ok_or(Code::NotTransferable)?;
    let (id, keys) = (context.new_id(), &context.services.keys);
    let sealed = payer.as_ref().map(|account| account.seal(keys, file_place(brand_id, id))).transpose()?;
    let mut file = payment_file::Model {
        id,
        brand_id,
        format: new.format,
        currency: first.contract.currency.clone(),
        state: PaymentFileState::Exported,
        execute_on: new.execute_on,
        account: sealed,
        payment_count: i32::try_from(chosen.len()).map_err(|_| Fault::broken("a payment file beyond all limits"))?,
        total_minor: total,
        sha256: Vec::new(),
        created_by: permit.person()?,
        created_at: context.now,
        canceled_by: None,
        canceled_at: None,
        cancel_reason: String::new(),
    };
    let mut items = Vec::with_capacity(chosen.len());
    for (position, each) in (1..).zip(&chosen) {
        let item_id = context.new_id();
        items.push(payment_file_item::ActiveModel {
            id: Set(item_id),
            brand_id: Set(brand_id),
            file_id: Set(id),
            payment_id: Set(each.row.id),
            position: Set(position),
            minor: Set(each.net()),
            account: Set(each.account.seal(keys, item_place(brand_id, item_id))?),
            account_shown: Set(each.account.masked()),
            live: Set(true),
        });
    }
    let ids: Vec<Uuid> = chosen.iter().map(|each| each.row.id).collect();
    let entries = chosen.into_iter().map(|each| Entry {
        payment_id: each.row.id,
        minor: each.net(),
        creditor: each.account,
        about: each.row.title,
    });
    file.sha256 = sha256(&write(&file, payer, entries.collect())?).to_vec();
    let file = payment_file::Entity::insert(every(file)).exec_with_returning(permit.tx()).await?;
    payment_file_item::Entity::insert_many(items).exec_without_returning(permit.tx()).await?;
    payment::Entity::update_many()
        .col_expr(payment::Column::State, Expr::value(PaymentState::Exported))
        .col_expr(payment::Column::FileId, Expr::value(file.id))
        .col_expr(payment::Column::UpdatedAt, Expr::value(context.now))
        .filter(payment::Column::BrandId.eq(brand_id))
        .filter(payment::Column::Id.is_in(ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    let detail =
        json!({ "format": file.format.to_value(), "payments": ids, "minor": total, "currency": file.currency });
    trust::record(permit, context.now, "payment_file.create", file.id, detail).await?;
    Ok(file)
}

/// The same with everything to be written.
fn every(file: payment_file::Model) -> payment_file::ActiveModel {
    file.into_active_model().reset_all()
}

/// Takes a file back, such as one that the bank refused: what it holds and was not noted as paid can be exported anew.
pub async fn cancel_payment_file(
    context: &Context,
    file_id: Uuid,
    reason: &str,
) -> Result<payment_file::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "paymentFileId");
    let seen = context.one(payment_file::Entity::visible([file_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::PaymentExport, seen.brand_id).await?;
    let within = payment::Entity::in_brand(seen.brand_id).filter(payment::Column::FileId.eq(file_id));
    let ids: Vec<Uuid> = context.all(within).await?.into_iter().map(|row| row.id).collect();
    let (_, rows) = lock_all(context, seen.brand_id, &ids).await?;
    let file = context.one(payment_file::Entity::visible([file_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let back: Vec<Uuid> = rows
        .into_values()
        .filter(|row| row.state == PaymentState::Exported && row.file_id == Some(file_id))
        .map(|row| row.id)
        .collect();
    let mut wrong = Complaints::default();
    if file.state != PaymentFileState::Exported || back.is_empty() {
        let state = if back.is_empty() { "PAID".to_owned() } else { file.state.to_value() };
        wrong.add(UserError::at(Code::WrongState, "paymentFileId").text("state", state));
    }
    if reason.trim().is_empty() {
        wrong.add(UserError::at(Code::ReasonRequired, "reason"));
    } else {
        wrong.text("reason", reason, 1000);
    }
    wrong.check()?;
    payment::Entity::update_many()
        .col_expr(payment::Column::State, Expr::value(PaymentState::Approved))
        .col_expr(payment::Column::FileId, Expr::value(Option::<Uuid>::None))
        .col_expr(payment::Column::UpdatedAt, Expr::value(context.now))
        .filter(payment::Column::BrandId.eq(file.brand_id))
        .filter(payment::Column::Id.is_in(back.iter().copied()))
        .exec(permit.tx())
        .await?;
    payment_file_item::Entity::update_many()
        .col_expr(payment_file_item::Column::Live, Expr::value(false))
        .filter(payment_file_item::Column::BrandId.eq(file.brand_id))
        .filter(payment_file_item::Column::FileId.eq(file_id))
        .filter(payment_file_item::Column::PaymentId.is_in(back.iter().copied()))
        .exec(permit.tx())
        .await?;
    let me = permit.person()?;
    let changed = payment_file::ActiveModel {
        state: Set(PaymentFileState::Canceled),
        canceled_by: Set(Some(me)),
        canceled_at: Set(Some(context.now)),
        cancel_reason: Set(reason.trim().to_owned()),
        ..file.into_active_model()
    };
    let file = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "payment_file.cancel", file.id, json!({ "payments": back })).await?;
    Ok(file)
}
