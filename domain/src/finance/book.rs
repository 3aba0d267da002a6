//! Booking by hand.

use diwan_entity::InBrand as _;
use diwan_entity::finance::budget_entry::{self, BookingKind, SourceKind};
use diwan_entity::finance::budget_line;
use uuid::Uuid;

use super::charge::Source;
use super::ledger::{Hold, Ledger, MOST_MINOR, Posting};
use super::limit::within_limit;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};

/// Something to book on a line.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Which line.
    pub line_id: Uuid,
    /// How much, in minor units of the budget's currency, 1 to [`MOST_MINOR`]; of [`adjust`] also below zero.
    pub minor: i64,
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

/// Something to move from a line to another of the same budget.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// From which line.
    pub from: Uuid,
    /// To which line.
    pub to: Uuid,
    /// How much, in minor units, 1 to [`MOST_MINOR`].
    pub minor: i64,
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

/// The right to book on a line.
async fn permit_on_line<'a>(context: &'a Context, line_id: Uuid, field: &str) -> Result<Permit<'a>, Failure> {
    let line = context.one(budget_line::Entity::visible([line_id])).await?;
    let line = line.ok_or_else(|| UserError::at(Code::NotFound, field))?;
    context.permit(Action::BudgetBook, line.brand_id).await
}

fn check(minor: i64, reason: &str, least: i64) -> Result<String, Failure> {
    let mut wrong = Complaints::default();
    if minor == 0 || !(least..=MOST_MINOR).contains(&minor) {
        wrong.add(UserError::at(Code::Invalid, "amountMinor"));
    }
    if reason.trim().is_empty() {
        wrong.add(UserError::at(Code::ReasonRequired, "reason"));
    } else {
        wrong.text("reason", reason, 1000);
    }
    wrong.check()?;
    Ok(reason.trim().to_owned())
}

async fn by_hand(
    context: &Context,
    booking: Booking,
    kind: BookingKind,
    drawn: i64,
) -> Result<budget_entry::Model, Failure> {
    let permit = permit_on_line(context, booking.line_id, "lineId").await?;
    let Booking { line_id, minor, reason } = booking;
    let reason = check(minor, &reason, if kind == BookingKind::Adjust { -MOST_MINOR } else { 1 })?;
    let gives = minor > 0 && matches!(kind, BookingKind::Allocate | BookingKind::Adjust | BookingKind::Overdraw);
    // What somebody has given in the budget is added up beside their limit.
    let hold = if gives { Hold::Alone } else { Hold::Shared };
    let ledger = Ledger::lock(context, permit, &[line_id], hold).await?;
    if gives {
        within_limit(context, permit, ledger.budget_of(line_id)?, minor).await?;
    }
    ledger.book_one(context, Posting { line_id, kind, minor, drawn, source: None, reason }).await
}

/// Gives a line money, within the caller's own limit. Refused with [`Code::LimitExceeded`] beyond it.
pub async fn allocate(context: &Context, booking: Booking) -> Result<budget_entry::Model, Failure> {
    by_hand(context, booking, BookingKind::Allocate, 0).await
}

/// Corrects what a line was given: upwards within the caller's own limit, downwards by no more than what is left.
pub async fn adjust(context: &Context, booking: Booking) -> Result<budget_entry::Model, Failure> {
    by_hand(context, booking, BookingKind::Adjust, 0).await
}

/// Allows so much more to be committed and spent on a line than it was given, within the caller's own limit.
pub async fn overdraw(context: &Context, booking: Booking) -> Result<budget_entry::Model, Failure> {
    by_hand(context, booking, BookingKind::Overdraw, 0).await
}

/// Commits a part of what is left.
pub async fn commit(context: &Context, booking: Booking) -> Result<budget_entry::Model, Failure> {
    by_hand(context, booking, BookingKind::Commit, 0).await
}

/// Releases what was committed by hand.
pub async fn release(context: &Context, booking: Booking) -> Result<budget_entry::Model, Failure> {
    by_hand(context, booking, BookingKind::Release, 0).await
}

/// Spends; `drawn` of it (in minor units, from zero up to the whole) from what was committed by hand, the rest from what is left.
pub async fn spend(context: &Context, booking: Booking, drawn: i64) -> Result<budget_entry::Model, Failure> {
    if !(0..=booking.minor.max(0)).contains(&drawn) {
        return Err(UserError::at(Code::Invalid, "drawnMinor").into());
    }
    by_hand(context, booking, BookingKind::Spend, drawn).await
}

/// Takes back what was spent.
pub async fn refund(context: &Context, booking: Booking) -> Result<budget_entry::Model, Failure> {
    by_hand(context, booking, BookingKind::Refund, 0).await
}

/// Moves what is left of a line to another line of the budget: two entries. What the budget has stays the same, so nobody's limit is
/// asked. Answers the entry of the line that gave and that of the one that received.
pub async fn transfer(context: &Context, transfer: Transfer) -> Result<Vec<budget_entry::Model>, Failure> {
    let permit = permit_on_line(context, transfer.from, "fromLineId").await?;
    let Transfer { from, to, minor, reason } = transfer;
    let reason = check(minor, &reason, 1)?;
    if context.one(budget_line::Entity::one_in_brand(permit.brand_id, to)).await?.is_none() {
        return Err(UserError::at(Code::NotFound, "toLineId").into());
    }
    let ledger = Ledger::lock(context, permit, &[from, to], Hold::Shared).await?;
    let (giving, receiving) = (ledger.line(from)?, ledger.line(to)?);
    if giving.id == receiving.id || giving.budget_id != receiving.budget_id {
        return Err(UserError::at(Code::Invalid, "toLineId").into());
    }
    let id = context.new_id();
    let posting = |line_id, minor, reference: &str| Posting {
        line_id,
        kind: BookingKind::Adjust,
        minor,
        drawn: 0,
        source: Some(Source { kind: SourceKind::Transfer, id, reference: reference.to_owned() }),
        reason: reason.clone(),
    };
    ledger.book(context, vec![posting(from, -minor, "from"), posting(to, minor, "to")]).await
}
