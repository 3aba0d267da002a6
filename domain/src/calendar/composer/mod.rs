//! Writing posts: everything that they ever said, and what was said before.

mod changes;
mod duplicates;
mod versions;

pub(crate) use changes::pieces as text_pieces;
pub use changes::{ContentChange, PartChange, Piece, PieceKind};
pub(crate) use duplicates::{Said, said_before};
pub use duplicates::{Similar, similar_posts};
pub(super) use versions::save_versions;
pub use versions::{RestorePost, SavedContent, SavedVariant, post_changes, post_versions, restore_post, saved_content};
