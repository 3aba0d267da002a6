//! A payment on its way through approval.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::payments::payment::{self, Milestone, PaymentState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, IntoActiveModel as _,
    QueryFilter as _,
};
use serde_json::json;
use uuid::Uuid;

use super::payee::payee_of;
use super::queries::{begin, lock, not_there, wrong_state};
use super::unblock::{blocks_of_payments, unblock};
use crate::approvals::{self, Money, NewRequest};
use crate::context::Context;
use crate::deliverables::lock_contract;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit, Relation};
use crate::trust;

#[derive(FromQueryResult)]
struct Worked {
    person_id: Uuid,
}

/// A payment that is due: one that nothing holds back any more is so from now on.
async fn due(context: &Context, permit: Permit<'_>, row: payment::Model) -> Result<payment::Model, Failure> {
    let row = if row.state == PaymentState::Blocked {
        unblock(permit, context.now, row.contract_id).await?;
        lock(context, row.id).await?
    } else {
        row
    };
    match row.state {
        PaymentState::Due => Ok(row),
        PaymentState::Blocked => {
            let held = blocks_of_payments(context, &[row.id]).await?;
            let why = held.first().map_or("", |held| held.by.name());
            Err(UserError::at(Code::PaymentBlocked, "paymentId").text("why", why).into())
        }
        _ => Err(wrong_state(&row).into()),
    }
}

/// Asks for a payment that is due: it climbs the ladder of limits. Nobody decides about it who planned it, who named the account to which
/// it goes, or whose hours it pays.
pub async fn submit_payment(
    context: &Context,
    payment_id: Uuid,
    version: i32,
) -> Result<(payment::Model, approval_request::Model), Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) = begin(context, Action::PaymentWrite, (payment_id, version), &mut wrong).await?;
    wrong.check()?;
    let row = due(context, permit, row).await?;
    let payee = payee_of(context, &contract).await?;
    let payee = payee.ok_or_else(|| UserError::at(Code::PayeeMissing, "paymentId"))?;
    let mut authors = row.authors.clone();
    authors.push(payee.set_by);
    authors.extend(contract.person_id);
    if row.milestone == Milestone::Hours {
        let sql = "select distinct person_id from time_entry where brand_id = $1 and payment_id = $2";
        let worked: Vec<Worked> = db::all(permit.tx(), sql, [row.brand_id.into(), row.id.into()]).await?;
        authors.extend(worked.into_iter().map(|worked| worked.person_id));
    }
    let changed = payment::ActiveModel {
        state: Set(PaymentState::InApproval),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let request = NewRequest {
        kind: ApprovalKind::Payment,
        subject_id: row.id,
        subject_version: row.version,
        authors,
        amount: Some(Money { minor: row.amount_minor, currency: contract.currency }),
        title: row.title.clone(),
    };
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "payment.submit", row.id, json!({ "version": row.version })).await?;
    Ok((row, request))
}

/// Takes a payment back that is decided about or approved, so that it can be said anew.
pub async fn recall_payment(context: &Context, payment_id: Uuid, version: i32) -> Result<payment::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, _, row) = begin(context, Action::PaymentWrite, (payment_id, version), &mut wrong).await?;
    if !matches!(row.state, PaymentState::InApproval | PaymentState::Approved) {
        wrong.add(wrong_state(&row));
    }
    wrong.check()?;
    let row = void(context, permit, row).await?;
    trust::record(permit, context.now, "payment.recall", row.id, json!({})).await?;
    Ok(row)
}

/// Ends the approval of a payment, or the request for it: the payment is due again.
pub(super) async fn void(
    context: &Context,
    permit: Permit<'_>,
    row: payment::Model,
) -> Result<payment::Model, Failure> {
    approvals::void(context, permit, ApprovalKind::Payment, row.id).await?;
    lock(context, row.id).await
}

/// Locks the payment that an approval is about, for the approval engine: its contract first.
pub(crate) async fn lock_payment(context: &Context, payment_id: Uuid) -> Result<Relation, Failure> {
    let seen = context.one(payment::Entity::visible([payment_id])).await?.ok_or_else(not_there)?;
    lock_contract(context, seen.brand_id, seen.contract_id).await?;
    lock(context, payment_id).await?;
    Ok(Relation::default())
}

/// What came of the approvals of these payments: given, they can be exported; otherwise they are due again.
pub(crate) async fn payments_ended(
    context: &Context,
    permit: Permit<'_>,
    payment_ids: &[Uuid],
    state: RequestState,
) -> Result<(), Failure> {
    let state = match state {
        RequestState::Approved => PaymentState::Approved,
        RequestState::ChangesRequested | RequestState::Withdrawn | RequestState::Voided => PaymentState::Due,
        RequestState::Pending => return Err(Fault::broken("a pending request has not ended").into()),
    };
    let mut ids = payment_ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let changed = payment::Entity::update_many()
        .col_expr(payment::Column::State, Expr::value(state))
        .col_expr(payment::Column::UpdatedAt, Expr::value(context.now))
        .filter(payment::Column::BrandId.eq(permit.brand_id))
        .filter(payment::Column::Id.is_in(ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    if usize::try_from(changed.rows_affected).is_ok_and(|changed| changed == ids.len()) {
        Ok(())
    } else {
        Err(Fault::broken("an approval without its payment").into())
    }
}
