//! Strategy: what a brand is, wants and measures, and what is checked on its posts.

pub mod brand_profile;
pub mod challenge;
pub mod channel_choice;
pub mod content_checks;
pub mod content_pillar;
pub mod content_plan;
pub mod kpi;
pub mod kpi_value;
pub mod kpi_version;
pub mod objective;
pub mod persona;
