//! Booking for something else in the product: an expense, a contract, a request. Each happening is booked once, whoever asks again.
//!
//! The caller has asked for its own right and locked its own row before; budget and line are locked here.

use diwan_entity::finance::budget_entry::{self, BookingKind, SourceKind};
use uuid::Uuid;

use super::ledger::{Hold, Ledger, Posting};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Permit;

/// What an entry is for. The same source, reference and kind of entry are there once.
#[derive(Debug, Clone)]
pub struct Source {
    /// Of which kind.
    pub kind: SourceKind,
    /// Which.
    pub id: Uuid,
    /// Which time, up to 200 characters, where the same may happen more than once.
    pub reference: String,
}

/// Something to book on a line.
#[derive(Debug, Clone)]
pub struct Charge {
    /// Which line.
    pub line_id: Uuid,
    /// How much, in minor units of the budget's currency, above zero.
    pub minor: i64,
    /// What it is for.
    pub source: Source,
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

async fn book(
    context: &Context,
    permit: Permit<'_>,
    charge: Charge,
    (kind, drawn): (BookingKind, i64),
) -> Result<budget_entry::Model, Failure> {
    if charge.minor <= 0 {
        return Err(UserError::at(Code::Invalid, "amountMinor").into());
    }
    let ledger = Ledger::lock(context, permit, &[charge.line_id], Hold::Shared).await?;
    let Charge { line_id, minor, source, reason } = charge;
    let posting = Posting { line_id, kind, minor, drawn, source: Some(source), reason };
    ledger.book_one(context, posting).await
}

/// Commits a charge: refused with [`Code::BudgetExceeded`] where the line has not so much left, with [`Code::BudgetClosed`] where
/// nothing is booked any more, and, as all of these, with [`Code::AlreadyExists`] where it was booked before.
pub async fn commit_charge(
    context: &Context,
    permit: Permit<'_>,
    charge: Charge,
) -> Result<budget_entry::Model, Failure> {
    book(context, permit, charge, (BookingKind::Commit, 0)).await
}

/// Releases what the charge's source has committed: refused with [`Code::MoreThanBooked`] where that is less.
pub async fn release_charge(
    context: &Context,
    permit: Permit<'_>,
    charge: Charge,
) -> Result<budget_entry::Model, Failure> {
    book(context, permit, charge, (BookingKind::Release, 0)).await
}

/// Spends a charge, `drawn` of it (in minor units, from zero up to the whole) from what its source has committed.
pub async fn spend_charge(
    context: &Context,
    permit: Permit<'_>,
    charge: Charge,
    drawn: i64,
) -> Result<budget_entry::Model, Failure> {
    if !(0..=charge.minor).contains(&drawn) {
        return Err(UserError::at(Code::Invalid, "drawnMinor").into());
    }
    book(context, permit, charge, (BookingKind::Spend, drawn)).await
}

/// Takes back what was spent: refused with [`Code::MoreThanBooked`] where less was spent on the line.
pub(crate) async fn refund_charge(
    context: &Context,
    permit: Permit<'_>,
    charge: Charge,
) -> Result<budget_entry::Model, Failure> {
    book(context, permit, charge, (BookingKind::Refund, 0)).await
}

/// Allocates what was approved elsewhere: nobody's limit is asked here.
pub async fn allocate_charge(
    context: &Context,
    permit: Permit<'_>,
    charge: Charge,
) -> Result<budget_entry::Model, Failure> {
    book(context, permit, charge, (BookingKind::Allocate, 0)).await
}
