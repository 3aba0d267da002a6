//! Listening: the tables of this domain, one file each.

pub mod listening_monitor;
pub mod mention_day;
pub mod mention_reading;
pub mod mention_source;
