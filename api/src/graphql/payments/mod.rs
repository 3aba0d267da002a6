//! Payments, the files by which they are paid, and hours.

mod file_mutations;
mod hours;
mod hours_mutations;
mod loading;
mod payee_mutations;
mod payment_mutations;
mod queries;
mod types;

pub use file_mutations::PaymentFileMutation;
pub use hours::{HoursQuery, TimeEntry};
pub use hours_mutations::HoursMutation;
pub use payee_mutations::PayeeMutation;
pub use payment_mutations::PaymentMutation;
pub use queries::PaymentQuery;
pub use types::{Payment, PaymentFile};
