//! What people say under posts.

mod types;

pub use types::CommunityQuery;
