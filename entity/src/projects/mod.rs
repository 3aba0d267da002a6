//! Work for clients: the tables of this domain, one file each.

pub mod project;
pub mod project_campaign;
pub mod work_item;
