//! Agency, people, brands.

mod agency;
mod brand;
mod brand_mutations;
mod groups;
mod mutations;
mod people;
mod queries;
mod types;

pub use agency::{Agency, AgencyMutation};
pub use brand::Brand;
pub use brand_mutations::BrandMutation;
pub use groups::{BrandGroup, GroupMutation, GroupQuery};
pub use mutations::TenancyMutation;
pub use people::User;
pub use queries::TenancyQuery;
pub use types::Locale;
