//! Templates and hashtag sets: texts with variables that a team writes once and fills in again and again, and hashtags that go
//! together.
//!
//! Decided here:
//! - A template says `{{ name }}` and nothing more: no conditions, no loops, no filters, no files. So there is a parser of a hundred
//!   lines ([`grammar`]) and no template engine: what engines are good at is what the team's texts must not do, and an engine's own
//!   errors would have to be translated into places and codes of ours. Filling in takes one walk over the text, and how long the
//!   result is, is known before it is made.
//! - What is filled in is never read again: a value that has braces shows braces.
//! - A variable is declared by whoever writes the template, or built in. A text with any other is not kept.
//! - They are the team's: freelancers and clients see posts, not what these were made from.

mod clauses;
mod content;
mod fill;
mod grammar;
mod own;
mod plain;
mod queries;
mod sets;
mod shelf;
mod tag_text;
mod variables;

pub(crate) use clauses::{Unfilled, check_grammar, fill_whole};
pub use content::TemplateContent;
pub use fill::{Fill, Filled, filled_template};
pub use grammar::BuiltIn;
pub use own::{archive_content_template, create_content_template, restore_content_template, update_content_template};
pub(crate) use plain::{check_plain, fill_plain};
pub use queries::{content_templates, content_templates_by_ids, hashtag_sets, hashtag_sets_by_ids};
pub use sets::{SetContent, archive_hashtag_set, create_hashtag_set, restore_hashtag_set, update_hashtag_set};
pub use tag_text::{TaggedText, text_with_hashtags};
pub use variables::{UsedVariables, Variable, used_variables};
