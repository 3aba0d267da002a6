//! The ideas board of a brand: what might become a post, in columns and in order.
//!
//! Decided here:
//! - A column is an order without gaps: places are 1, 2, 3 and so on. What gives places does it in one statement, one at a time
//!   in a brand (`app.lock_ideas`), and the database refuses a place twice. A new idea is the first of NEW, so that it is seen.
//! - A version counts what is said of an idea, as everywhere else. Moving it and giving it to somebody leave the version: whoever
//!   writes at an idea loses nothing because somebody else tidies the board. The last move counts.
//! - An idea becomes a post once. From then on it is TAKEN and stays as it was, without a place; the post names the idea, and the
//!   source and the credit of the idea stand with the post for good, as with what was curated.
//! - Put away instead of deleted; what comes back is the first of its column.
//! - The board is the team's. Freelancers and clients see what became of an idea, not the idea, so ideas are given to staff alone.
//!   Who is given one is told by the board, not by a letter: there is no deadline yet.

mod archive;
mod assign;
mod board;
mod content;
mod create;
mod place;
mod shift;
mod turn;

pub use archive::{archive_idea, restore_idea};
pub use assign::assign_idea;
pub(crate) use assign::{Heir, brands_with_ideas_of, hand_over, still_assigned};
pub use board::{Column, IdeaFilter, MOST_SHOWN, idea_board, ideas, ideas_by_ids, ideas_of_items, ideas_of_posts};
pub use content::{IdeaContent, IdeaSource, update_idea};
pub(crate) use content::{LONGEST_NOTE, LONGEST_TITLE};
pub use create::create_idea;
pub(crate) use create::write_idea;
pub use place::MOST_IDEAS;
pub use shift::{NewPlace, move_idea};
pub use turn::turn_idea_into_post;
