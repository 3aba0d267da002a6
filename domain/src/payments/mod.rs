//! Paying for what contracts brought: by milestones and by hours, approved by money limit, exported for the bank, noted as paid.
//!
//! Decided here:
//! - Payments are parts of their contract's fee, in its currency, and never more than it. One waits (`BLOCKED`) until the contract is signed,
//!   the deliverable is accepted or the day has come, and the money is committed; what holds it back is said by one function of the
//!   database (`app.payment_blocks`, migration `m0053`), which refuses whoever would go around it.
//! - Who planned a payment, changed it, or wrote down the account to which it goes does not approve it. An account is not changed while
//!   payments to it are decided about or on their way: recall them first.
//! - What is withheld for the tax office is rounded half to even and written down with the payment. The bank transfers the rest; the budget
//!   is charged with the whole, from what the contract has committed.
//! - A payment is in one file at a time. A file is never stored: it is written from what was recorded each time that it is fetched, the
//!   accounts as they were then, and held against its digest. A file that is canceled gives back what was not noted as paid.
//! - SEPA pays in EUR between accounts of its own countries; anything else goes into a CSV file.
//! - Hours are handed in by whoever worked, accepted by MID and above who neither worked nor wrote them, at the rate of their day. A freelancer's become
//!   a payment of their contract; the team's are a cost of their campaign.
//!
//! Locks are taken in one order: contracts by id, deliverables, payments by id, their approvals and files, then budgets and lines.

mod account;
mod approval;
mod content;
mod csv_file;
mod ending;
mod export;
mod file;
mod hours;
mod hours_decide;
mod hours_paid;
mod pay;
mod payee;
mod queries;
mod rates;
mod release_job;
mod sepa;
mod unblock;
mod withhold;

pub use account::BankAccount;
pub(crate) use approval::{lock_payment, payments_ended};
pub use approval::{recall_payment, submit_payment};
pub use content::{PaymentContent, create_payment, update_payment};
pub(crate) use ending::{contracts_ended, open_work};
pub use export::{NewFile, cancel_payment_file, export_payments};
pub use file::{OpenedFile, open_payment_file, payment_file_link};
pub use hours::{HoursContent, log_hours, update_hours, withdraw_hours};
pub use hours_decide::{accept_hours, send_hours_back};
pub use hours_paid::pay_hours;
pub use pay::{cancel_payment, pay_payment};
pub use payee::{PayeeContent, brand_payer, contract_payee, payees_of_contracts, set_payee, set_payer};
pub use queries::{
    HoursFilter, PaymentFilter, payment_files, payment_files_by_ids, payments, payments_by_ids, payments_of_files,
    time_entries, time_entries_by_ids, work_rates, work_rates_by_ids,
};
pub use rates::{NewWorkRate, set_work_rate};
pub use release_job::ReleasePayment;
pub(crate) use unblock::unblock;
pub use unblock::{Held, PaymentBlock, blocks_of_payments};
pub use withhold::{fee_of, withheld_of};
