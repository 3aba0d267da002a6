//! Where the bytes lie.

use diwan_platform::storage::Key;
use uuid::Uuid;

/// Every kind of object of the library.
pub const KINDS: &[&str] = &["asset", "rendition", "upload"];

/// The bytes of a file, as they came.
pub fn file_key(brand_id: Uuid, file_id: Uuid) -> Key<'static> {
    Key::new("asset", brand_id, file_id)
}

/// Another form of a file.
pub fn rendition_key(brand_id: Uuid, file_id: Uuid, purpose: &str) -> Key<'_> {
    Key { form: Some(purpose), ..renditions_key(brand_id, file_id) }
}

/// All other forms of a file.
pub(super) fn renditions_key(brand_id: Uuid, file_id: Uuid) -> Key<'static> {
    Key::new("rendition", brand_id, file_id)
}

/// A copy of a film here while a still of it is taken: in the folder, and nowhere else.
pub(super) fn film_key(brand_id: Uuid, file_id: Uuid) -> Key<'static> {
    Key::new("film", brand_id, file_id)
}

/// What is on its way to an asset, in the folder or, put there directly, in the bucket.
pub(super) fn upload_key(brand_id: Uuid, asset_id: Uuid) -> Key<'static> {
    Key::new("upload", brand_id, asset_id)
}
