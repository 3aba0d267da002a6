//! Feeds that a brand follows, and what they brought.

mod mutations;
mod types;

pub use mutations::CurationMutation;
pub use types::{CuratedFrom, Source, SourceItem, SourceItemFilterInput};
