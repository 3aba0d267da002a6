//! Offers to clients: the tables of this domain, one file each.

pub mod proposal;
pub mod proposal_acceptance;
pub mod proposal_comment;
pub mod proposal_line;
pub mod proposal_template;
pub mod proposal_version;
