//! Money: the tables of this domain, one file each.

pub mod budget;
pub mod budget_entry;
pub mod budget_line;
pub mod exchange_rate;
pub mod expense;
pub mod financial_request;
