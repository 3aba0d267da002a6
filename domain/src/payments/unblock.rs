//! What holds payments back, and letting go of those that nothing holds back any more.

use chrono::{DateTime, Utc};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::permission::Permit;
use crate::trust;

/// What holds a payment back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

impl PaymentBlock {
    fn of(name: &str) -> Result<Self, Fault> {
        Ok(match name {
            "NOT_SIGNED" => Self::NotSigned,
            "NOT_ACCEPTED" => Self::NotAccepted,
            "NOT_YET" => Self::NotYet,
            "NOT_COMMITTED" => Self::NotCommitted,
            "ABOVE_FEE" => Self::AboveFee,
            other => return Err(Fault::broken(format!("a payment is held back by {other}"))),
        })
    }

    /// Its name, as the database and messages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSigned => "NOT_SIGNED",
            Self::NotAccepted => "NOT_ACCEPTED",
            Self::NotYet => "NOT_YET",
            Self::NotCommitted => "NOT_COMMITTED",
            Self::AboveFee => "ABOVE_FEE",
        }
    }
}

/// One thing that holds a payment back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which payment.
    pub payment_id: Uuid,
    /// By what.
    pub by: PaymentBlock,
}

#[derive(FromQueryResult)]
struct Row {
    payment_id: Uuid,
    block: String,
}

/// What holds these payments back that are blocked, today in their brands' time zones. One statement. For whoever may read budgets.
pub async fn blocks_of_payments(context: &Context, ids: &[Uuid]) -> Result<Vec<Held>, Failure> {
    let sql = "
      with wanted as (
        select p.brand_id, array_agg(p.id) as ids from payment p where p.id = any ($1) and p.state = 'BLOCKED' group by p.brand_id
      )
      select b.payment_id, b.block
      from wanted w join brand r on r.id = w.brand_id
        cross join lateral app.payment_blocks(w.brand_id, w.ids, ($2::timestamptz at time zone r.time_zone)::date) b";
    let rows: Vec<Row> = context.rows(sql, [ids.to_vec().into(), context.now.into()]).await?;
    let held = rows.into_iter().map(|row| Ok(Held { payment_id: row.payment_id, by: PaymentBlock::of(&row.block)? }));
    let mut held: Vec<Held> = held.collect::<Result<_, Fault>>()?;
    held.sort_by_key(|held| (held.payment_id, held.by));
    Ok(held)
}

#[derive(FromQueryResult)]
struct Freed {
    id: Uuid,
}

/// Makes the payments of a contract due that are blocked and that nothing holds back any more. Two statements, and one that records it.
/// The contract's row is locked.
pub(crate) async fn unblock(permit: Permit<'_>, now: DateTime<Utc>, contract_id: Uuid) -> Result<(), Failure> {
    let values = || -> [Value; 2] { [permit.brand_id.into(), contract_id.into()] };
    let lock = "select 1 from contract c where c.brand_id = $1 and c.id = $2 for update";
    permit.tx().execute_raw(db::statement(lock, values())).await?;
    let sql = "
      with waiting as (
        select array_agg(p.id) as ids from payment p where p.brand_id = $1 and p.contract_id = $2 and p.state = 'BLOCKED'
      )
      update payment p set state = 'DUE', updated_at = $3
      from waiting w, brand r
      where r.id = $1 and p.brand_id = $1 and p.id = any (w.ids) and not exists (
        select from app.payment_blocks($1, w.ids, ($3::timestamptz at time zone r.time_zone)::date) b where b.payment_id = p.id)
      returning p.id";
    let [brand, contract] = values();
    let freed: Vec<Freed> = db::all(permit.tx(), sql, [brand, contract, now.into()]).await?;
    let freed = freed.into_iter().map(|freed| (permit, freed.id, json!({ "contract": contract_id })));
    trust::record_many(permit, now, "payment.due", freed).await?;
    Ok(())
}
