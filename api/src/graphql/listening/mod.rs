//! How often brands are spoken of.

mod mutations;
mod types;

pub use mutations::ListeningMutation;
pub use types::ListeningQuery;
