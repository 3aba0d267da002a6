//! The social networks Diwan publishes to: one folder per network, one line per network in [`registry`].
//!
//! [`Network`] is the contract. What a network can do is data ([`Capabilities`]); what a server allows one account is
//! data read from that server ([`Limits`]); why something did not work is a type that says what to do next
//! ([`ErrorKind`]). No network is ever asked to make the same post twice: see [`Network::publish`].

mod bluesky;
mod call;
mod capabilities;
mod content;
mod counting;
mod error;
mod mastodon;
mod network;
mod preview;
mod registry;
mod state;
mod validate;

pub use capabilities::{Capabilities, ConnectMethod, Limits, MediaLimits, Metric, NetworkKey, OptionKind, OptionSpec};
pub use content::{
    Checkpoint, Content, Draft, DraftMedia, Media, MediaSource, Options, Part, Violation, ViolationCode,
};
pub use counting::{TextCount, TextLimit, TextPart, TextRules, TextUnit, text_rules};
pub use error::{ErrorKind, NetworkError, ProgressError};
pub use network::{
    Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, Network, PostMetrics, Progress,
    Published, RemotePost,
};
pub use preview::{Piece, Preview};
pub use registry::{network, registry};
