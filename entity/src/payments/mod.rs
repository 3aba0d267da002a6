//! Deliverables, payments and hours: the tables of this domain, one file each.

pub mod deliverable;
pub mod deliverable_check;
pub mod payee;
pub mod payer;
pub mod payment;
pub mod payment_file;
pub mod payment_file_item;
pub mod time_entry;
pub mod work_rate;
