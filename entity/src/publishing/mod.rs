//! Publishing: the tables of this domain, one file each.

pub mod account_connection;
pub mod publication;
pub mod publication_attempt;
pub mod publication_change;
pub mod publishing_pause;
pub mod social_account;
