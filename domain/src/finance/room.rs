//! What something else in the product may still book, told before it books.

use diwan_entity::finance::budget_entry::SourceKind;
use diwan_platform::db;
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use super::ledger::{Hold, Ledger, available};
use super::open::committed_for;
use crate::context::Context;
use crate::error::Failure;
use crate::permission::Permit;

/// What a source may still book on a line. All amounts are minor units of the budget's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    /// What the source has set aside and neither spent nor released.
    pub(crate) open: i64,
    /// What is left of the line for everybody: neither committed nor spent.
    pub(crate) left: i64,
    /// What the source has spent on this line, less what it took back: no more is taken back.
    pub(crate) spent: i64,
    /// The currency of the budget.
    pub(crate) currency: String,
}

const SPENT: &str = "
  select coalesce(sum(f.spent), 0)::bigint from budget_entry e
    cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
  where e.brand_id = $1 and e.source_kind = $2 and e.source_id = $3 and e.line_id = $4";

/// What a source may still book on a line, which stays as it is until the transaction ends: the line is locked. Refused with
/// [`crate::Code::BudgetClosed`] where nothing is booked any more.
pub(crate) async fn room_for(
    context: &Context,
    permit: Permit<'_>,
    line_id: Uuid,
    source: (SourceKind, Uuid),
) -> Result<Room, Failure> {
    let ledger = Ledger::lock(context, permit, &[line_id], Hold::Shared).await?;
    let line = ledger.line(line_id)?;
    let (kind, id) = source;
    let values = [permit.brand_id.into(), kind.to_value().into(), id.into(), line.id.into()];
    let spent = db::scalar(permit.tx(), SPENT, values).await?;
    let open = committed_for(context, permit.brand_id, source).await?;
    Ok(Room { open, left: available(line), spent, currency: ledger.budget_of(line_id)?.currency.clone() })
}
