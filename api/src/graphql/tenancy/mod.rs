//! Agency, people, brands.

mod mutations;
mod queries;
mod types;

pub use mutations::TenancyMutation;
pub use queries::TenancyQuery;
pub use types::{Agency, Brand, Locale, User};
