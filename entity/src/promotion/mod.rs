//! Paid promotion: the tables of this domain, one file each.

pub mod ad_boost;
pub mod ad_boost_day;
