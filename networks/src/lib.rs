//! The social networks Diwan publishes to: one folder per network, one line per network in [`registry`].
//!
//! [`Network`] is the contract. What a network can do is data ([`Capabilities`]); what a server allows one account is
//! data read from that server ([`Limits`]); why something did not work is a type that says what to do next
//! ([`ErrorKind`]). No network is ever asked to make the same post twice: see [`Network::publish`].

mod audience;
mod bluesky;
mod call;
mod capabilities;
mod comments;
mod content;
mod counting;
mod error;
mod facebook;
mod google;
mod google_business;
mod history;
mod instagram;
mod linkedin;
mod mastodon;
mod mentions;
mod meta;
mod network;
mod oauth;
mod pinterest;
mod preview;
mod reading;
mod registry;
mod state;
mod steps;
mod telegram;
mod threads;
mod tiktok;
mod validate;
mod x;
mod youtube;

pub use audience::{
    AudienceDimension, AudienceMissing, AudienceOf, AudienceOffer, AudiencePart, AudienceSlice, AudienceUnit,
    UNKNOWN_PART,
};
pub use capabilities::{
    AltText, Capabilities, ConnectMethod, DocumentLimits, Limits, MediaLimits, Metric, NetworkKey, OptionKind,
    OptionSpec, OptionValue, Pace, Quota, QuotaOf, QuotaPeriod, VideoLimits,
};
pub use comments::{Comment, CommentPage, POST_GONE};
pub use content::{Checkpoint, Content, Draft, DraftMedia, Media, Options, Part, Violation, ViolationCode};
pub use counting::{TextCount, TextLimit, TextPart, TextRules, TextUnit, text_rules};
pub use diwan_platform::source::Source;
pub use error::{ErrorKind, MEDIA_PROCESSING, NOT_OFFERED, NetworkError, ProgressError};
pub use history::{AccountHistory, FollowersThen, FollowersTold};
pub use mentions::{MentionCount, MentionCounting, MentionDay, MentionWords};
pub use network::{
    APP_NOT_SET_UP, Account, AccountMetrics, Authorization, Connected, Credentials, LookUp, Missing, NO_ACCOUNT,
    Network, Outside, PostMetrics, Progress, Published, RemotePost,
};
pub use preview::{Piece, Preview};
pub use reading::{RateLimit, RateLimitOf};
pub use registry::{hosts, network, registry};
