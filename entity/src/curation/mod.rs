//! Curation: the tables of this domain, one file each.

pub mod curated_post;
pub mod source;
pub mod source_item;
