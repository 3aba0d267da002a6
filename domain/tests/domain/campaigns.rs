//! Campaigns: on their way from a plan to a report; what takes an approval away; what they reached, and what is missing.

mod costs;
mod desk;
mod experiments;
mod figures;
mod life;
mod renaming;
