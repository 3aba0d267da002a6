//! Planning payments.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::deliverable::{self, DeliverableState};
use diwan_entity::payments::payment::{self, Milestone, PaymentState};
use diwan_platform::db;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::ReleasePayment;
use super::payee::withholding_of;
use super::queries::{begin, lock, wrong_state};
use super::unblock::unblock;
use super::withhold::withheld_of;
use crate::approvals::with_author;
use crate::calendar::day_begins;
use crate::context::Context;
use crate::deliverables::{going_on, lock_contract};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::finance::{MOST_MINOR, written};
use crate::jobs::{Job as _, enqueue};
use crate::permission::{Action, Permit};
use crate::strategy::date;
use crate::trust;

/// What is said of a payment: the whole of it.
#[derive(Debug, Clone)]
pub struct PaymentContent {
    /// In a word, 1 to 200 characters.
    pub title: String,
    /// For which deliverable of the contract; none: for a day, or for hours.
    pub deliverable_id: Option<Uuid>,
    /// From which day on, in the brand's time zone; needed where there is no deliverable.
    pub due_on: Option<NaiveDate>,
    /// In minor units of the contract's currency, 1 to [`MOST_MINOR`].
    pub amount_minor: i64,
    /// Which part of it is withheld for the tax office, in basis points, 0 to 10000; none: of a new payment what is said of
    /// whoever is paid, of another as it was.
    pub withholding_bp: Option<i32>,
}

/// When a day begins in the brand's time zone; none where there is no day.
pub(super) async fn due_at(permit: Permit<'_>, due_on: Option<NaiveDate>) -> Result<Option<DateTime<Utc>>, Failure> {
    match due_on {
        Some(day) => Ok(Some(day_begins(permit.tx(), permit.brand_id, day).await?)),
        None => Ok(None),
    }
}

/// That the payments of a contract are no more than its fee with this amount; `except` is the payment whose amount it will be.
pub(super) async fn within_fee(
    permit: Permit<'_>,
    contract: &contract::Model,
    (amount_minor, except): (i64, Option<Uuid>),
    path: &str,
) -> Result<(), Failure> {
    let sql = "select coalesce(sum(amount_minor), 0)::bigint from payment
      where brand_id = $1 and contract_id = $2 and state <> 'CANCELED' and id is distinct from $3";
    let values = [permit.brand_id.into(), contract.id.into(), except.into()];
    let planned: i64 = db::scalar(permit.tx(), sql, values).await?;
    let left = contract.fee_minor.saturating_sub(planned).max(0);
    if amount_minor <= left {
        return Ok(());
    }
    let error = UserError::at(Code::FeeExceeded, path).text("amount", written(left, &contract.currency));
    Err(error.text("currency", contract.currency.clone()).into())
}

impl PaymentContent {
    /// Checks what is said of a payment for this milestone.
    async fn check(
        &self,
        context: &Context,
        contract: &contract::Model,
        milestone: Milestone,
        wrong: &mut Complaints,
    ) -> Result<(), Failure> {
        wrong.text("payment.title", &self.title, 200);
        date(wrong, "payment.dueOn", self.due_on);
        if !(1..=MOST_MINOR).contains(&self.amount_minor) {
            wrong.add(UserError::at(Code::Invalid, "payment.amountMinor"));
        }
        if self.withholding_bp.is_some_and(|share| !(0..=10_000).contains(&share)) {
            wrong.add(UserError::at(Code::Invalid, "payment.withholdingBasisPoints"));
        }
        if (milestone == Milestone::Deliverable) != self.deliverable_id.is_some() {
            wrong.add(UserError::at(Code::Invalid, "payment.deliverableId"));
        } else if let Some(id) = self.deliverable_id {
            let row = context.one(deliverable::Entity::one_in_brand(contract.brand_id, id)).await?;
            match row.filter(|row| row.contract_id == contract.id) {
                None => wrong.add(UserError::at(Code::NotFound, "payment.deliverableId")),
                Some(row) if row.state == DeliverableState::Withdrawn => {
                    wrong.add(UserError::at(Code::WrongState, "payment.deliverableId").text("state", "WITHDRAWN"));
                }
                Some(_) => {}
            }
        }
        if milestone == Milestone::Date && self.due_on.is_none() {
            wrong.add(UserError::at(Code::Invalid, "payment.dueOn"));
        }
        Ok(())
    }
}

/// A payment to write.
pub(super) struct New {
    pub milestone: Milestone,
    pub content: PaymentContent,
}

/// Writes a payment that was checked, and makes it due where nothing holds it back. The contract's row is locked.
pub(super) async fn insert(
    context: &Context,
    permit: Permit<'_>,
    contract: &contract::Model,
    new: New,
) -> Result<payment::Model, Failure> {
    let New { milestone, content } = new;
    within_fee(permit, contract, (content.amount_minor, None), "payment.amountMinor").await?;
    let share = match content.withholding_bp {
        Some(share) => share,
        None => withholding_of(context, contract).await?,
    };
    let me = permit.person()?;
    let row = payment::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(contract.brand_id),
        contract_id: Set(contract.id),
        title: Set(content.title.trim().to_owned()),
        milestone: Set(milestone),
        deliverable_id: Set(content.deliverable_id),
        due_on: Set(content.due_on),
        amount_minor: Set(content.amount_minor),
        withholding_bp: Set(share),
        withheld_minor: Set(withheld_of(content.amount_minor, share).ok_or(Code::Invalid)?),
        state: Set(PaymentState::Blocked),
        authors: Set(vec![me]),
        reference: Set(String::new()),
        cancel_reason: Set(String::new()),
        created_by: Set(me),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    let row = payment::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "contract": contract.id, "minor": row.amount_minor });
    trust::record(permit, context.now, "payment.create", row.id, detail).await?;
    Ok(row)
}

/// Has what waits for its day looked at again then, and lets go of what nothing holds back. Answers the payment as it is afterwards.
pub(super) async fn settle(
    context: &Context,
    permit: Permit<'_>,
    row: &payment::Model,
) -> Result<payment::Model, Failure> {
    if let Some(at) = due_at(permit, row.due_on).await?.filter(|at| *at > context.now) {
        enqueue(permit, ReleasePayment.kind(), row.id, at, context.now).await?;
    }
    unblock(permit, context.now, row.contract_id).await?;
    lock(context, row.id).await
}

/// Plans a payment of a contract that is not over.
pub async fn create_payment(
    context: &Context,
    contract_id: Uuid,
    content: PaymentContent,
) -> Result<payment::Model, Failure> {
    let seen = context.one(contract::Entity::visible([contract_id])).await?;
    let seen = seen.ok_or_else(|| UserError::at(Code::NotFound, "contractId"))?;
    let permit = context.permit(Action::PaymentWrite, seen.brand_id).await?;
    let contract = lock_contract(context, seen.brand_id, contract_id).await?;
    let milestone = if content.deliverable_id.is_some() { Milestone::Deliverable } else { Milestone::Date };
    let mut wrong = Complaints::default();
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    content.check(context, &contract, milestone, &mut wrong).await?;
    wrong.check()?;
    let row = insert(context, permit, &contract, New { milestone, content }).await?;
    settle(context, permit, &row).await
}

/// Says a payment anew that is not decided about: the whole of it. For what it is stays: a deliverable, a day, or hours, whose amount is
/// what they came to.
pub async fn update_payment(
    context: &Context,
    payment_id: Uuid,
    version: i32,
    content: PaymentContent,
) -> Result<payment::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) = begin(context, Action::PaymentWrite, (payment_id, version), &mut wrong).await?;
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    if !matches!(row.state, PaymentState::Blocked | PaymentState::Due) {
        wrong.add(wrong_state(&row));
    }
    content.check(context, &contract, row.milestone, &mut wrong).await?;
    if row.milestone == Milestone::Hours && content.amount_minor != row.amount_minor {
        wrong.add(UserError::at(Code::Invalid, "payment.amountMinor"));
    }
    wrong.check()?;
    within_fee(permit, &contract, (content.amount_minor, Some(row.id)), "payment.amountMinor").await?;
    let share = content.withholding_bp.unwrap_or(row.withholding_bp);
    let (version, me) = (row.version + 1, permit.person()?);
    let authors = with_author(row.authors.clone(), me);
    let changed = payment::ActiveModel {
        title: Set(content.title.trim().to_owned()),
        deliverable_id: Set(content.deliverable_id),
        due_on: Set(content.due_on),
        amount_minor: Set(content.amount_minor),
        withholding_bp: Set(share),
        withheld_minor: Set(withheld_of(content.amount_minor, share).ok_or(Code::Invalid)?),
        // It is asked anew what holds it back.
        state: Set(PaymentState::Blocked),
        authors: Set(authors),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = json!({ "version": version, "minor": row.amount_minor });
    trust::record(permit, context.now, "payment.update", row.id, detail).await?;
    settle(context, permit, &row).await
}
