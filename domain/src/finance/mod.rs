//! Money: budgets, their lines, and the ledger.
//!
//! Decided here:
//! - Amounts are whole minor units of one ISO 4217 currency. A budget has one, for good; nothing is added across currencies.
//!   Exponents and rounding are in [`exponent`] and `money.rs`.
//! - The ledger is only written at its end. A line's balance follows it in the same transaction, and the database refuses what would
//!   take more out than was allocated and allowed above that (migration `m0044`). What is asked here first is asked under the line's lock,
//!   so that a refusal comes in words.
//! - A commitment is drawn on and released by what made it: an expense by that expense, what was committed by hand by hand.
//! - What somebody gives by themselves (ALLOCATE, ADJUST upwards, OVERDRAW) is bounded by their limit for budgets, taken together per
//!   budget, so that parts of it are no way around. More is asked for by a request.
//! - Nothing is booked on a closed budget. What was committed on it is released or carried over; what is booked on a line that was
//!   carried over is booked where it went.
//! - More money than one may give by oneself is asked for by a financial request, which gives it when it is approved, once.
//! - An expense sets its amount aside on its line when it is handed in and spends it when it is approved; sent back or taken back, it
//!   lets go of it. Juniors and freelancers see no budgets, so they hand in without a line: whoever decides names it, and then the
//!   expense is spent from what is left.
//! - Money is converted by a rate that somebody recorded with its source and day (`rates.rs`). Without one there is no amount, never 1.
//!
//! Locks are taken in one order: an expense or a request, its approval, then budgets by id, then lines by id. Whoever gives by
//! themselves, adds lines or closes has the budget alone.

mod agreed;
mod book;
mod budgets;
mod charge;
mod close;
mod expense_content;
mod expenses;
mod expenses_approval;
mod forecast;
mod ledger;
mod limit;
mod lines;
mod money;
mod open;
mod queries;
mod rates;
mod requests;
mod room;
mod summary;
mod verify;

pub(crate) use agreed::{AgreedBudget, open_agreed};
pub use book::{Booking, Transfer, adjust, allocate, commit, overdraw, refund, release, spend, transfer};
pub use budgets::{BudgetContent, NewBudget, create_budget, update_budget};
pub(crate) use charge::refund_charge;
pub use charge::{Charge, Source, allocate_charge, commit_charge, release_charge, spend_charge};
pub use close::{Commitments, close_budget};
pub use expense_content::ExpenseContent;
pub use expenses::{
    create_expense, discard_expense, expenses, expenses_by_ids, pay_expense, set_expense_line, submit_expense,
    update_expense,
};
pub(crate) use expenses_approval::{expense_ended, lock_expense};
pub use forecast::{BudgetForecast, LineForecast, Outlook, Position, forecasts_of_budgets};
pub use ledger::MOST_MINOR;
pub use lines::{LineContent, add_budget_lines, update_budget_line};
pub use money::{divide_half_even, exponent, is_currency};
pub(crate) use money::{minor_of_text, written};
pub(crate) use open::committed_for;
pub use queries::{
    BudgetFilter, budget_entries, budgets, budgets_by_ids, entries_by_ids, lines_by_ids, lines_of_budgets,
};
pub(crate) use queries::{costs_of_campaign, costs_of_campaigns};
pub(crate) use rates::not_ahead;
pub use rates::{NewRate, exchange_rates, rate_text, rates_by_ids, record_exchange_rate};
pub use requests::{
    RequestContent, create_financial_request, discard_financial_request, financial_requests, financial_requests_by_ids,
    submit_financial_request, update_financial_request,
};
pub(crate) use requests::{check_line, lock_request, request_ended};
pub(crate) use room::{Room, room_for};
pub use summary::{CurrencyTotal, FinanceSummary, InBase, finance_summary};
pub use verify::{Astray, verify_budgets};
