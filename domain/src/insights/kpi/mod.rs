//! KPIs: each formula once, as data, and the one place that reckons it.
//!
//! Decided here:
//! - A KPI is made of sums ([`Quantity`]) by one of a few shapes ([`Shape`]). Rates are made of sums, too, and never of averages of rates:
//!   the rate of two brands together is the rate of their sums.
//! - What nobody said is missing and never zero. Both sides of a rate are summed over the same posts or accounts: those that have both.
//! - Figures are exact decimals of at most four digits behind the point, rounded half to even; costs are whole minor units, likewise.
//!
//! `docs/kpis.md` says the same for people, and a test compares it with the catalogue.

mod catalogue;
mod reckon;

pub use catalogue::{Formula, Kpi, Quantity, Shape, Unit};
pub use reckon::{Untold, change, reckon};
