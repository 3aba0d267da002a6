//! The bytes of the media library, their renditions, its folders and quotas.

pub mod asset_folder;
pub mod media_file;
pub mod media_quota;
pub mod media_rendition;
