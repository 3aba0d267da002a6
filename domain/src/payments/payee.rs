//! The accounts between which is paid: that of whoever a contract pays, and the brand's own.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::payee::{self, TaxForm};
use diwan_entity::payments::payer;
use diwan_platform::crypto::Place;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::account::BankAccount;
use crate::context::{Context, Services};
use crate::deliverables::{going_on, lock_contract};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::strategy::maybe_text;
use crate::trust;

/// Whom a contract pays.
#[derive(Debug, Clone)]
pub struct PayeeContent {
    /// To which account.
    pub account: BankAccount,
    /// Whether the form for the tax office is there.
    pub tax_form: TaxForm,
    /// Which form it is, up to 200 characters.
    pub tax_form_note: String,
    /// Which part of each payment is withheld unless a payment says otherwise, in basis points, 0 to 10000.
    pub withholding_bp: i32,
}

fn payee_place(brand_id: Uuid, id: Uuid) -> Place {
    Place { brand_id, row_id: id, column: "payee.account" }
}

fn payer_place(brand_id: Uuid) -> Place {
    Place { brand_id, row_id: brand_id, column: "payer.account" }
}

/// The account of whoever is paid.
pub(super) fn open_payee(services: &Services, row: &payee::Model) -> Result<BankAccount, Failure> {
    BankAccount::open(&services.keys, payee_place(row.brand_id, row.id), &row.account)
}

/// The account from which is paid.
pub(super) fn open_payer(services: &Services, row: &payer::Model) -> Result<BankAccount, Failure> {
    BankAccount::open(&services.keys, payer_place(row.brand_id), &row.account)
}

/// Whom a contract pays; none where nobody was named yet.
pub(super) async fn payee_of(context: &Context, contract: &contract::Model) -> Result<Option<payee::Model>, Failure> {
    let select = payee::Entity::in_brand(contract.brand_id).filter(payee::Column::ContractId.eq(contract.id));
    Ok(context.one(select).await?)
}

/// Which part of the payments of a contract is withheld, in basis points.
pub(super) async fn withholding_of(context: &Context, contract: &contract::Model) -> Result<i32, Failure> {
    Ok(payee_of(context, contract).await?.map_or(0, |row| row.withholding_bp))
}

/// That no payment of the contract is decided about or on its way to the account that stands there now.
async fn nothing_under_way(permit: Permit<'_>, contract_id: Uuid) -> Result<(), Failure> {
    let sql = "select exists (select from payment
      where brand_id = $1 and contract_id = $2 and state in ('IN_APPROVAL', 'APPROVED', 'EXPORTED'))";
    if db::scalar(permit.tx(), sql, [permit.brand_id.into(), contract_id.into()]).await? {
        return Err(UserError::at(Code::PaymentsUnderWay, "contractId").into());
    }
    Ok(())
}

/// That this is the version that was read: none where nothing was there.
fn version_of(wrong: &mut Complaints, there: Option<i32>, read: Option<i32>) {
    match there {
        Some(current) => wrong.version(current, read.unwrap_or(0)),
        None if read.is_some() => wrong.version(0, read.unwrap_or(0)),
        None => {}
    }
}

/// Names whom a contract pays, or says it anew: the whole of it. `version` is the one that was read, none where nobody was named yet.
pub async fn set_payee(
    context: &Context,
    contract_id: Uuid,
    version: Option<i32>,
    content: PayeeContent,
) -> Result<payee::Model, Failure> {
    let seen = context.one(contract::Entity::visible([contract_id])).await?;
    let seen = seen.ok_or_else(|| UserError::at(Code::NotFound, "contractId"))?;
    let permit = context.permit(Action::PayeeManage, seen.brand_id).await?;
    let contract = lock_contract(context, seen.brand_id, contract_id).await?;
    let before = payee_of(context, &contract).await?;
    let mut wrong = Complaints::default();
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    version_of(&mut wrong, before.as_ref().map(|row| row.version), version);
    let account = content.account.check(&mut wrong, "payee.account");
    let tax_form_note = maybe_text(&mut wrong, "payee.taxFormNote", &content.tax_form_note, 200);
    if !(0..=10_000).contains(&content.withholding_bp) {
        wrong.add(UserError::at(Code::Invalid, "payee.withholdingBasisPoints"));
    }
    wrong.check()?;
    nothing_under_way(permit, contract_id).await?;
    let id = before.as_ref().map_or_else(|| context.new_id(), |row| row.id);
    let sealed = account.seal(&context.services.keys, payee_place(permit.brand_id, id))?;
    let number = before.as_ref().map_or(1, |row| row.version + 1);
    let row = payee::ActiveModel {
        account: Set(sealed),
        account_shown: Set(account.masked()),
        tax_form: Set(content.tax_form),
        tax_form_note: Set(tax_form_note),
        withholding_bp: Set(content.withholding_bp),
        set_by: Set(permit.person()?),
        set_at: Set(context.now),
        version: Set(number),
        ..before.clone().map(IntoActiveModel::into_active_model).unwrap_or_default()
    };
    let row = if before.is_some() {
        row.update(permit.tx()).await?
    } else {
        let new =
            payee::ActiveModel { id: Set(id), brand_id: Set(permit.brand_id), contract_id: Set(contract_id), ..row };
        payee::Entity::insert(new).exec_with_returning(permit.tx()).await?
    };
    // The trail tells that an account was changed and what is shown of it, never the account.
    let detail = json!({ "contract": contract_id, "account": row.account_shown, "tax_form": row.tax_form.to_value() });
    trust::record(permit, context.now, "payee.set", row.id, detail).await?;
    Ok(row)
}

/// Names the account from which is paid for a brand, or another. `version` is the one that was read, none where none was named yet.
pub async fn set_payer(
    context: &Context,
    brand_id: Uuid,
    version: Option<i32>,
    account: BankAccount,
) -> Result<payer::Model, Failure> {
    let permit = context.permit(Action::PayeeManage, brand_id).await?;
    let before = context.one(payer::Entity::in_brand(brand_id).lock_exclusive()).await?;
    let mut wrong = Complaints::default();
    version_of(&mut wrong, before.as_ref().map(|row| row.version), version);
    let account = account.check(&mut wrong, "account");
    wrong.check()?;
    let sealed = account.seal(&context.services.keys, payer_place(brand_id))?;
    let number = before.as_ref().map_or(1, |row| row.version + 1);
    let row = payer::ActiveModel {
        account: Set(sealed),
        account_shown: Set(account.masked()),
        set_by: Set(permit.person()?),
        set_at: Set(context.now),
        version: Set(number),
        ..before.clone().map(IntoActiveModel::into_active_model).unwrap_or_default()
    };
    let row = if before.is_some() {
        row.update(permit.tx()).await?
    } else {
        let new = payer::ActiveModel { brand_id: Set(brand_id), ..row };
        payer::Entity::insert(new).exec_with_returning(permit.tx()).await?
    };
    let detail = json!({ "account": row.account_shown });
    trust::record(permit, context.now, "payer.set", brand_id, detail).await?;
    Ok(row)
}

/// Whom these contracts pay.
pub async fn payees_of_contracts(context: &Context, contract_ids: &[Uuid]) -> Result<Vec<payee::Model>, Failure> {
    let select = payee::Entity::find().filter(payee::Column::ContractId.is_in(contract_ids.iter().copied()));
    Ok(context.all(select).await?)
}

/// Whom a contract pays; none where nobody was named yet. For whoever may read budgets.
pub async fn contract_payee(context: &Context, contract_id: Uuid) -> Result<Option<payee::Model>, Failure> {
    let row = context.one(contract::Entity::visible([contract_id])).await?;
    let row = row.ok_or_else(|| UserError::at(Code::NotFound, "contractId"))?;
    context.permit(Action::BudgetRead, row.brand_id).await?;
    payee_of(context, &row).await
}

/// The account from which is paid for a brand; none where none was named yet. For whoever may read budgets.
pub async fn brand_payer(context: &Context, brand_id: Uuid) -> Result<Option<payer::Model>, Failure> {
    context.permit(Action::BudgetRead, brand_id).await?;
    Ok(context.one(payer::Entity::in_brand(brand_id)).await?)
}
