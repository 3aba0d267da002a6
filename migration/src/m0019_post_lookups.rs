//! Keys by which what belongs to a post is found.
//!
//! The API reads it for many posts at once, of whatever brands, by the posts alone.

pub(crate) const UP: &str = r"
create index post_variant_by_post on post_variant (post_id);
drop index publication_by_post;
create index publication_by_post on publication (post_id);
create index variant_asset_by_variant on variant_asset (variant_id);
";
