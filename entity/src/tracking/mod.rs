//! Tracked links, landing pages, conversions, leads.

pub mod conversion;
pub mod conversion_endpoint;
pub mod conversion_import;
pub mod conversion_touch;
pub mod landing_page;
pub mod landing_submission;
pub mod lead;
pub mod link_click;
pub mod tracked_link;
pub mod utm_convention;
