//! Calendar and content: calendars, the media library, posts with one variant per account.
//!
//! A change of what is being approved, or was, takes the request or the approval away: the post is a draft again.
//!
//! A post that is scheduled does not change: it is taken off the schedule first. What a publication does to its post is
//! written by [`follow_publications`] alone.

mod assignments;
mod comments;
mod content;
mod create_calendar;
mod create_post;
mod follow;
mod queries;
mod receive_upload;
mod relation;
mod request_upload;
mod review;
mod update_post;
mod validate;

pub use assignments::{
    NewAssignment, assign_post, assignments_by_ids, assignments_of_posts, my_assignments, unassign_post,
};
pub use comments::{NewComment, comment_on_post, comments, comments_by_ids, delete_comment};
pub use content::{PostContent, Problem, VariantContent};
pub use create_calendar::{create_calendar, first_calendar};
pub use create_post::{NewPost, create_post};
pub use follow::{follow_publications, lock_post, post_state};
pub use queries::{
    PostFilter, assets, assets_by_ids, calendars, calendars_by_ids, posts, posts_by_ids, variant_assets,
    variants_by_ids, variants_of_posts,
};
pub use receive_upload::{MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, Receiver, asset_key, receive_upload};
pub use relation::relation_to;
pub use request_upload::{RequestedUpload, UPLOAD_PURPOSE, request_upload};
pub use review::submit_post;
pub(crate) use review::{check_approved, review_ended, sent_to_client};
pub use update_post::{PostChange, unschedule, update_post};
pub use validate::{check_post, load_post, validate_post};
