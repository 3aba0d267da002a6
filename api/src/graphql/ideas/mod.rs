//! The ideas board.

mod loading;
mod mutations;
mod queries;
mod types;

pub use loading::OfItem;
pub use mutations::IdeaMutation;
pub use queries::IdeaQuery;
pub use types::Idea;
