//! Calendar: the tables of this domain, one file each.

pub mod asset;
pub mod calendar;
pub mod post;
pub mod post_variant;
pub mod variant_asset;
