//! Approvals: the tables of this domain, one file each.

pub mod approval_chain;
pub mod approval_entry;
pub mod approval_limit;
pub mod approval_request;
pub mod approval_step;
pub mod brand_approval_limit;
pub mod delegation;
pub mod review_link;
