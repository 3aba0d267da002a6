//! Calendars, the media library, posts.

mod mutations;
mod queries;
mod teamwork;
mod types;

pub use mutations::CalendarMutation;
pub use queries::CalendarQuery;
pub use teamwork::{PostAssignment, PostComment, TeamworkMutation};
pub use types::{Asset, Calendar, Post, PostFilterInput, PostVariant, hex};
