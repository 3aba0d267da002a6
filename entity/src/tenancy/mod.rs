//! Tenancy: the tables of this domain, one file each.

pub mod agency;
pub mod app_user;
pub mod brand;
pub mod brand_group;
pub mod brand_group_brand;
pub mod invitation;
pub mod membership;
