//! Calendar: the tables of this domain, one file each.

pub mod asset;
#[expect(clippy::module_inception, reason = "the table is named like its domain")]
pub mod calendar;
pub mod calendar_feed;
pub mod checklist_item;
pub mod checklist_template;
pub mod checklist_template_item;
pub mod comment_mention;
pub mod content_export;
pub mod content_import;
pub mod content_import_row;
pub mod content_promise;
pub mod content_template;
pub mod evergreen_item;
pub mod evergreen_queue;
pub mod hashtag_set;
pub mod idea;
pub mod post;
pub mod post_assignment;
pub mod post_comment;
pub mod post_contributor;
pub mod post_series;
pub mod post_variant;
pub mod post_version;
pub mod repeated_post;
pub mod slot;
pub mod slot_use;
pub mod special_day;
pub mod variant_asset;
