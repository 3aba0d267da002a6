//! What is published, checked before and remembered on the way.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;
use uuid::Uuid;

use crate::capabilities::{Capabilities, Limits};
use crate::counting::TextUnit;

/// The bytes of one image. Images are small (10 MB at most), so they are held in memory.
pub type MediaSource = Bytes;

/// One post, exactly as it is to appear. It never changes between attempts.
#[derive(Debug, Clone)]
pub struct Content {
    /// The text.
    pub text: String,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Its images, in order.
    pub media: Vec<Media>,
    /// The publication's id: one id, one post.
    pub idempotency_key: Uuid,
    /// When the publication was begun; frozen, because it is part of what some networks store.
    pub created_at: DateTime<Utc>,
}

/// One image with its bytes.
#[derive(Debug, Clone)]
pub struct Media {
    /// Media type, for instance `image/jpeg`.
    pub mime: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The description for people who do not see it; may be empty.
    pub alt_text: String,
    /// The image.
    pub bytes: MediaSource,
}

/// What can be checked of a post before its bytes are at hand.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Facts about its images, in order.
    pub media: Vec<DraftMedia>,
}

/// Facts about one image.
#[derive(Debug, Clone)]
pub struct DraftMedia {
    /// Media type.
    pub mime: String,
    /// Size in bytes.
    pub size: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The description.
    pub alt_text: String,
}

impl From<&Content> for Draft {
    fn from(content: &Content) -> Self {
        let media = content.media.iter().map(|media| DraftMedia {
            mime: media.mime.clone(),
            size: media.bytes.len() as u64,
            width: media.width,
            height: media.height,
            alt_text: media.alt_text.clone(),
        });
        Self { text: content.text.clone(), media: media.collect() }
    }
}

/// One way in which a draft does not fit a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub code: ViolationCode,
    /// The most allowed, where the rule is a number.
    pub limit: Option<u64>,
    /// What the draft has.
    pub actual: Option<u64>,
    /// What was counted, where it is of a text.
    pub unit: Option<TextUnit>,
    /// Which image, counted from 0.
    pub media_index: Option<usize>,
}

/// The rules a draft can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationCode {
    /// Neither text nor images, or no text where the network wants one.
    TextEmpty,
    /// More than the limit in the network's unit.
    TextTooLong,
    /// More than the limit in bytes of UTF-8.
    TextTooManyBytes,
    /// More images than the limit.
    TooManyImages,
    /// An image of more bytes than the limit.
    ImageTooLarge,
    /// An image of more pixels than the limit.
    ImageTooManyPixels,
    /// An image of a type the network does not take.
    ImageTypeUnsupported,
    /// A description longer than the limit.
    AltTextTooLong,
}

impl ViolationCode {
    /// The name used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TextEmpty => "TEXT_EMPTY",
            Self::TextTooLong => "TEXT_TOO_LONG",
            Self::TextTooManyBytes => "TEXT_TOO_MANY_BYTES",
            Self::TooManyImages => "TOO_MANY_IMAGES",
            Self::ImageTooLarge => "IMAGE_TOO_LARGE",
            Self::ImageTooManyPixels => "IMAGE_TOO_MANY_PIXELS",
            Self::ImageTypeUnsupported => "IMAGE_TYPE_UNSUPPORTED",
            Self::AltTextTooLong => "ALT_TEXT_TOO_LONG",
        }
    }
}

/// Checks a draft against an account's limits, its text counted in the network's own unit.
pub(crate) fn violations(capabilities: &Capabilities, limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = Vec::new();
    let unit = capabilities.text.unit;
    let length = unit.count(&draft.text, limits.url_length);
    let mut add = |code, limit, actual, media_index| {
        let unit = match code {
            ViolationCode::TextTooLong => Some(unit),
            ViolationCode::TextTooManyBytes => Some(TextUnit::Bytes),
            ViolationCode::AltTextTooLong => Some(TextUnit::Graphemes),
            _ => None,
        };
        found.push(Violation { code, limit, actual, unit, media_index });
    };
    let over = |actual: u64, limit: Option<u64>| limit.filter(|limit| actual > *limit);
    if draft.text.trim().is_empty() && (draft.media.is_empty() || !capabilities.allows_empty_text_with_media) {
        add(ViolationCode::TextEmpty, None, None, None);
    }
    if let Some(limit) = over(length, Some(limits.max_text)) {
        add(ViolationCode::TextTooLong, Some(limit), Some(length), None);
    }
    let bytes = draft.text.len() as u64;
    if let Some(limit) = over(bytes, limits.max_text_bytes) {
        add(ViolationCode::TextTooManyBytes, Some(limit), Some(bytes), None);
    }
    let images = draft.media.len() as u64;
    if let Some(limit) = over(images, Some(limits.max_images)) {
        add(ViolationCode::TooManyImages, Some(limit), Some(images), None);
    }
    for (index, media) in draft.media.iter().enumerate() {
        let index = Some(index);
        if !limits.mime_types.contains(&media.mime) {
            add(ViolationCode::ImageTypeUnsupported, None, None, index);
        }
        if let Some(limit) = over(media.size, Some(limits.max_image_bytes)) {
            add(ViolationCode::ImageTooLarge, Some(limit), Some(media.size), index);
        }
        let pixels = u64::from(media.width) * u64::from(media.height);
        if let Some(limit) = over(pixels, limits.max_image_pixels) {
            add(ViolationCode::ImageTooManyPixels, Some(limit), Some(pixels), index);
        }
        let alt = graphemes(&media.alt_text);
        if let Some(limit) = over(alt, Some(limits.max_alt_text)) {
            add(ViolationCode::AltTextTooLong, Some(limit), Some(alt), index);
        }
    }
    found
}

/// The number of extended grapheme clusters.
pub(crate) fn graphemes(text: &str) -> u64 {
    text.graphemes(true).count() as u64
}

/// How far a publication has come: ids the network gave, and whether the request that makes the post visible may have
/// left. Stored by the caller between attempts, understood by the network that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint(pub Value);

impl Checkpoint {
    /// The stage that is saved before the request that makes the post visible.
    pub(crate) const SENDING: &'static str = "sending";

    /// True when the request that makes the post visible may have left: look up before publishing again.
    pub fn may_have_been_sent(&self) -> bool {
        self.0.get("stage").and_then(Value::as_str) == Some(Self::SENDING)
    }
}
