//! Making a payment of accepted hours.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::payment::{self, Milestone};
use diwan_entity::payments::time_entry::{self, TimeEntryState};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::content::{New, PaymentContent, insert, settle};
use super::hours_decide::{check_list, lock_entries};
use crate::context::Context;
use crate::deliverables::{going_on, lock_contract};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::finance::MOST_MINOR;
use crate::permission::Action;

/// Makes one payment of accepted hours under a contract, of what they came to. Each hour is paid once.
pub async fn pay_hours(
    context: &Context,
    contract_id: Uuid,
    title: &str,
    ids: &[Uuid],
) -> Result<payment::Model, Failure> {
    let seen = context.one(contract::Entity::visible([contract_id])).await?;
    let seen = seen.ok_or_else(|| UserError::at(Code::NotFound, "contractId"))?;
    let permit = context.permit(Action::PaymentWrite, seen.brand_id).await?;
    let contract = lock_contract(context, seen.brand_id, contract_id).await?;
    let mut wrong = Complaints::default();
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    wrong.text("title", title, 200);
    check_list(&mut wrong, ids);
    wrong.check()?;
    let rows = lock_entries(context, contract.brand_id, ids).await?;
    let (mut wrong, mut sum) = (Complaints::default(), 0_i64);
    for (index, row) in rows.iter().enumerate() {
        let at = format!("timeEntryIds.{index}");
        if row.contract_id != Some(contract_id) {
            wrong.add(UserError::at(Code::NotFound, &at));
        } else if row.state != TimeEntryState::Accepted {
            wrong.add(UserError::at(Code::WrongState, &at).text("state", row.state.to_value()));
        } else if row.payment_id.is_some() {
            wrong.add(UserError::at(Code::AlreadyExists, &at));
        }
        sum = sum.saturating_add(row.fee_minor.unwrap_or(0));
    }
    if !(1..=MOST_MINOR).contains(&sum) {
        wrong.add(UserError::at(Code::Invalid, "timeEntryIds"));
    }
    wrong.check()?;
    let content = PaymentContent {
        title: title.to_owned(),
        deliverable_id: None,
        due_on: None,
        amount_minor: sum,
        withholding_bp: None,
    };
    let row = insert(context, permit, &contract, New { milestone: Milestone::Hours, content }).await?;
    time_entry::Entity::update_many()
        .col_expr(time_entry::Column::PaymentId, Expr::value(row.id))
        .filter(time_entry::Column::BrandId.eq(contract.brand_id))
        .filter(time_entry::Column::Id.is_in(ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    settle(context, permit, &row).await
}
