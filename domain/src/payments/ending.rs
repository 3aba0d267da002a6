//! What becomes of deliverables and payments when their contract ends.

use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::payments::payment::PaymentState;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::pay::free_hours;
use crate::approvals;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Permit;
use crate::trust;

/// What is written where a payment was canceled because its contract ended.
const WHY: &str = "CONTRACT_ENDED";

#[derive(FromQueryResult)]
struct Touched {
    id: Uuid,
    contract_id: Uuid,
}

#[derive(FromQueryResult)]
struct Open {
    id: Uuid,
    state: String,
}

/// Contracts of a brand end early: what was not accepted is done without, and what was not sent to the bank is not paid. Refused while
/// payments are on their way to the bank: what comes of them must be known first. The contracts' rows are locked. The number of statements
/// grows neither with the contracts nor with what hangs on them.
pub(crate) async fn contracts_ended(
    context: &Context,
    permit: Permit<'_>,
    contract_ids: &[Uuid],
) -> Result<(), Failure> {
    let values = || -> [sea_orm::Value; 2] { [permit.brand_id.into(), contract_ids.to_vec().into()] };
    let sql = "select id, state from payment
      where brand_id = $1 and contract_id = any ($2) and state not in ('PAID', 'CANCELED') order by id for update";
    let open: Vec<Open> = db::all(permit.tx(), sql, values()).await?;
    let is = |row: &Open, state: PaymentState| row.state == state.to_value();
    if open.iter().any(|row| is(row, PaymentState::Exported)) {
        return Err(UserError::at(Code::PaymentsUnderWay, "contractId").into());
    }
    let asked = open.iter().filter(|row| is(row, PaymentState::InApproval) || is(row, PaymentState::Approved));
    let asked: Vec<Uuid> = asked.map(|row| row.id).collect();
    approvals::void_all(context, permit, ApprovalKind::Payment, &asked).await?;
    let given_up = || {
        let [brand, contracts] = values();
        [brand, contracts, context.now.into(), WHY.into()]
    };
    let sql = "update deliverable set state = 'WITHDRAWN', reason = $4, updated_at = $3, version = version + 1
      where brand_id = $1 and contract_id = any ($2) and state in ('DUE', 'SUBMITTED', 'SENT_BACK') returning id, contract_id";
    let without: Vec<Touched> = db::all(permit.tx(), sql, given_up()).await?;
    let sql = "update payment set state = 'CANCELED', cancel_reason = $4, updated_at = $3, version = version + 1
      where brand_id = $1 and contract_id = any ($2) and state in ('BLOCKED', 'DUE') returning id, contract_id";
    let canceled: Vec<Touched> = db::all(permit.tx(), sql, given_up()).await?;
    let ids: Vec<Uuid> = canceled.iter().map(|row| row.id).collect();
    free_hours(permit, &ids).await?;
    let ended = without.iter().map(|row| (permit, row.id, json!({ "contract": row.contract_id })));
    trust::record_many(permit, context.now, "deliverable.withdraw", ended).await?;
    let ended = canceled.iter().map(|row| (permit, row.id, json!({ "contract": row.contract_id })));
    trust::record_many(permit, context.now, "payment.cancel", ended).await?;
    Ok(())
}

/// How much of a contract is open: deliverables that are not accepted, and payments that are not paid.
pub(crate) async fn open_work(context: &Context, brand_id: Uuid, contract_id: Uuid) -> Result<u64, Failure> {
    #[derive(FromQueryResult)]
    struct Count {
        open: i64,
    }
    let sql = "select (select count(*) from deliverable
        where brand_id = $1 and contract_id = $2 and state in ('DUE', 'SUBMITTED', 'SENT_BACK'))
      + (select count(*) from payment where brand_id = $1 and contract_id = $2 and state not in ('PAID', 'CANCELED')) as open";
    let rows: Vec<Count> = context.rows(sql, [brand_id.into(), contract_id.into()]).await?;
    Ok(rows.first().map_or(0, |row| row.open.unsigned_abs()))
}
