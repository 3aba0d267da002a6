//! Curation: feeds that a brand follows, and what they brought.
//!
//! RSS, Atom and JSON feeds are read by a job, politely: a server is asked whether anything changed, no oftener than every quarter of
//! an hour, ever more seldom while it fails, and not before it wants to be. Every address on the way, also behind a redirect, has to
//! be one that the outbound client calls. What is kept of an item is plain text, once, whatever the feed does.

mod draft;
mod fetch;
mod fetch_job;
mod idea;
mod items;
mod politeness;
mod source;
mod text;

pub(crate) use draft::name_source;
pub use draft::{NewDraft, curated_posts, draft_from_item};
pub use fetch::TROUBLES;
pub use fetch_job::FetchSource;
pub use idea::save_item_as_idea;
pub use items::{ItemFilter, dismiss_item, items, items_by_ids};
pub(crate) use politeness::retry_after;
pub use politeness::{LEAST_MINUTES, MOST_MINUTES};
pub use source::{
    NewSource, SourceChange, create_source, delete_source, refresh_source, sources, sources_by_ids, update_source,
};
pub(crate) use text::plain;
