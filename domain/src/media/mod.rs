//! The media library: files on their way in, what they truly are, the forms in which they are shown and published, folders,
//! tags, rights and quotas.
//!
//! An asset is what people see. Its bytes are a file, kept once per brand: assets with the same content share it. A file counts
//! once it is whole and was looked at ([`take_in`]); its renditions follow as a job. Only what no post shows is deleted,
//! and what is sent to people or networks does not change behind their back.

mod access;
mod archive;
mod by_link;
mod direct;
mod direct_job;
mod facts;
mod folders;
mod in_posts;
mod keys;
mod pictures;
mod posters;
mod queries;
mod quota;
mod receive;
mod remove_job;
mod renditions_job;
mod request_upload;
mod store_job;
mod take_in;
mod update_asset;

pub use access::{OpenedMedia, media_link, open_media, rendition_link};
pub(crate) use access::{network_link, open_asset};
pub use archive::{archive_asset, delete_asset, restore_asset};
pub use by_link::PATIENCE;
pub(crate) use by_link::{LinkedFile, await_linked_file};
pub use direct::complete_upload;
pub use direct_job::TakeInUpload;
pub use facts::{MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_VIDEO_BYTES};
pub use folders::{FolderChange, create_folder, delete_folder, folders, folders_by_ids, update_folder};
pub(crate) use in_posts::{Shelf, Term, terms_of_posts, unusable, without_rights};
pub use keys::{KINDS, file_key, rendition_key};
pub use pictures::{SCREEN, THUMBNAIL};
pub use queries::{
    AssetFilter, TagCount, assets, files_by_ids, posts_showing, problem_of, renditions_by_ids, renditions_of_files,
    tags,
};
pub use quota::{MediaUse, media_use, set_media_quota};
pub use receive::{Receiver, UploadStatus, declare_upload, drop_upload, receive_upload, resume_upload, upload_status};
pub use remove_job::RemoveFile;
pub use renditions_job::MakeRenditions;
pub use request_upload::{NewUpload, RequestedUpload, UPLOAD_PURPOSE, forget_uploads, request_upload};
pub use store_job::StoreFile;
pub(crate) use update_asset::tags as tidy_tags;
pub use update_asset::{AssetChange, Rights, update_asset};
