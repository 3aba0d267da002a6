//! The media library.

mod folders;
mod inputs;
mod loading;
mod mutations;
mod types;

pub use folders::{AssetFolder, FolderMutation};
pub use inputs::AssetFilterInput;
pub use mutations::MediaMutation;
pub use types::{Asset, MediaLibrary, hex};
