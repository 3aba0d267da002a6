//! What users made, and what they allowed to be done with it.

mod loading;
mod mutations;
mod queries;
mod types;

pub use mutations::UgcMutation;
pub use queries::UgcQuery;
pub use types::UgcGrant;
