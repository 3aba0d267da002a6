//! What is published, checked before and remembered on the way.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diwan_platform::source::Source;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;
use url::Url;
use uuid::Uuid;

use crate::counting::TextUnit;

/// Settings that only one network knows, by the names of its [`OptionSpec`](crate::OptionSpec)s.
pub type Options = BTreeMap<String, String>;

/// One post, exactly as it is to appear, with what follows it. It never changes between attempts.
#[derive(Debug, Clone)]
pub struct Content {
    /// The text; of a thread, that of its first post.
    pub text: String,
    /// Its language, BCP 47.
    pub language: Option<String>,
    /// Its images and films, or its document, in order; of a thread, those of its first post.
    pub media: Vec<Media>,
    /// The texts of a thread that come after the first, in order: each answers the one before it.
    pub thread: Vec<String>,
    /// What the account itself answers to its post.
    pub first_comment: Option<String>,
    /// The address that is shown as a card below the text: `http` or `https`.
    pub link: Option<String>,
    /// Settings that only this network knows.
    pub options: Options,
    /// The publication's id: one id, one post.
    pub idempotency_key: Uuid,
    /// When the publication was begun; frozen, because it is part of what some networks store.
    pub created_at: DateTime<Utc>,
}

impl Content {
    /// Everything of the content that becomes a post of its own, in the order in which it is sent: the text, the rest of the
    /// thread, the first comment.
    pub(crate) fn pieces(&self) -> Vec<&str> {
        let rest = self.thread.iter().chain(&self.first_comment).map(String::as_str);
        std::iter::once(self.text.as_str()).chain(rest).collect()
    }

    /// Which piece the piece at `index` answers: the one before it in the thread, and the first comment the first post.
    pub(crate) fn parent(&self, index: usize) -> Option<usize> {
        let is_comment = index > self.thread.len();
        if is_comment { Some(0) } else { index.checked_sub(1) }
    }
}

/// One image, film or document with its bytes.
#[derive(Debug, Clone)]
pub struct Media {
    /// Media type, for instance `image/jpeg`, `video/mp4` or `application/pdf`.
    pub mime: String,
    /// Width in pixels; 0 of a document, as its height.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The description for people who do not see it; may be empty.
    pub alt_text: String,
    /// How long a film is, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The bytes. Those of an image may be read into memory, those of a film or a document never.
    pub source: Source,
    /// An address from which the network can fetch the bytes itself, for a day.
    pub link: Url,
}

impl Media {
    /// Whether it is a film.
    pub fn is_video(&self) -> bool {
        is_video(&self.mime)
    }

    /// Whether it is a document.
    pub fn is_document(&self) -> bool {
        is_document(&self.mime)
    }
}

/// Whether the media type is that of films.
fn is_video(mime: &str) -> bool {
    mime.starts_with("video/")
}

/// Whether the media type is that of documents: what is neither an image nor a film.
fn is_document(mime: &str) -> bool {
    mime.starts_with("application/")
}

/// What can be checked of a post before its bytes are at hand.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Facts about its images, in order.
    pub media: Vec<DraftMedia>,
    /// As [`Content::thread`].
    pub thread: Vec<String>,
    /// As [`Content::first_comment`].
    pub first_comment: Option<String>,
    /// As [`Content::link`].
    pub link: Option<String>,
    /// As [`Content::options`].
    pub options: Options,
}

/// Facts about one image, film or document.
#[derive(Debug, Clone)]
pub struct DraftMedia {
    /// Media type.
    pub mime: String,
    /// Size in bytes.
    pub size: u64,
    /// Width in pixels; 0 of a document, as its height.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The description.
    pub alt_text: String,
    /// How long a film is, in milliseconds; none where it is not known.
    pub duration_ms: Option<u64>,
}

impl DraftMedia {
    /// Whether it is a film.
    pub fn is_video(&self) -> bool {
        is_video(&self.mime)
    }

    /// Whether it is a document.
    pub fn is_document(&self) -> bool {
        is_document(&self.mime)
    }
}

impl From<&Content> for Draft {
    fn from(content: &Content) -> Self {
        let media = content.media.iter().map(|media| DraftMedia {
            mime: media.mime.clone(),
            size: media.source.size(),
            width: media.width,
            height: media.height,
            alt_text: media.alt_text.clone(),
            duration_ms: media.duration_ms,
        });
        Self {
            text: content.text.clone(),
            media: media.collect(),
            thread: content.thread.clone(),
            first_comment: content.first_comment.clone(),
            link: content.link.clone(),
            options: content.options.clone(),
        }
    }
}

/// One way in which a draft does not fit a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub code: ViolationCode,
    /// What of the draft breaks it.
    pub part: Part,
    /// The most allowed, where the rule is a number.
    pub limit: Option<u64>,
    /// What the draft has.
    pub actual: Option<u64>,
    /// What was counted, where it is of a text.
    pub unit: Option<TextUnit>,
    /// Which image, counted from 0.
    pub media_index: Option<usize>,
}

impl Violation {
    /// Of a rule that is no number.
    pub(crate) fn of(code: ViolationCode, part: Part) -> Self {
        Self { code, part, limit: None, actual: None, unit: None, media_index: None }
    }
}

/// What of a draft a violation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The text, or the images that belong to it.
    Text,
    /// A text of the thread, counted from 0: the first after the text. Of [`ViolationCode::ThreadNotOffered`] and
    /// [`ViolationCode::ThreadTooLong`], the first that is too many.
    Thread(usize),
    /// The first comment.
    FirstComment,
    /// The link.
    Link,
    /// The option of this name.
    Option(String),
}

/// The rules a draft can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationCode {
    /// Neither text nor images, or no text where the network wants one. Also a first comment without text.
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
    /// Nothing to see, and the network wants an image or a film.
    MediaMissing,
    /// Images and films, and the network takes one or the other.
    MediaMixed,
    /// An image or a film that is too wide, too tall or too small for the network. `limit` and `actual` are in pixels where it is too
    /// small, and none otherwise.
    MediaShape,
    /// More films than the limit.
    TooManyVideos,
    /// A film of more bytes than the limit.
    VideoTooLarge,
    /// A film longer than the limit, in seconds.
    VideoTooLong,
    /// A film shorter than the limit, in seconds.
    VideoTooShort,
    /// A document, and the network shows none.
    DocumentNotOffered,
    /// More documents than the limit.
    TooManyDocuments,
    /// A document of more bytes than the limit.
    DocumentTooLarge,
    /// A document and images or films: a post shows one or the other.
    DocumentNotAlone,
    /// A thread, and the network makes none.
    ThreadNotOffered,
    /// More parts than the limit, the first text counted as one.
    ThreadTooLong,
    /// A part of a thread without text.
    ThreadPartEmpty,
    /// A first comment, and the network takes none.
    FirstCommentNotOffered,
    /// A link beside the text, and the network makes its cards from the text alone.
    LinkNotOffered,
    /// No address of a page on the web.
    LinkInvalid,
    /// A link and images: a post shows one or the other.
    LinkWithImages,
    /// An option that the network does not know.
    OptionUnknown,
    /// A value that the option does not take. The limit is the longest text in graphemes, where it is too long.
    OptionInvalid,
    /// A post must have this option.
    OptionMissing,
    /// This option or part does not go together with the others: a story with a text, a poll with images.
    NotTogether,
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
            Self::ThreadNotOffered => "THREAD_NOT_OFFERED",
            Self::ThreadTooLong => "THREAD_TOO_LONG",
            Self::ThreadPartEmpty => "THREAD_PART_EMPTY",
            Self::FirstCommentNotOffered => "FIRST_COMMENT_NOT_OFFERED",
            Self::LinkNotOffered => "LINK_NOT_OFFERED",
            Self::LinkInvalid => "LINK_INVALID",
            Self::LinkWithImages => "LINK_WITH_IMAGES",
            Self::OptionUnknown => "OPTION_UNKNOWN",
            Self::OptionInvalid => "OPTION_INVALID",
            Self::OptionMissing => "OPTION_MISSING",
            Self::NotTogether => "NOT_TOGETHER",
            Self::MediaMissing => "MEDIA_MISSING",
            Self::MediaMixed => "MEDIA_MIXED",
            Self::MediaShape => "MEDIA_SHAPE",
            Self::TooManyVideos => "TOO_MANY_VIDEOS",
            Self::VideoTooLarge => "VIDEO_TOO_LARGE",
            Self::VideoTooLong => "VIDEO_TOO_LONG",
            Self::VideoTooShort => "VIDEO_TOO_SHORT",
            Self::DocumentNotOffered => "DOCUMENT_NOT_OFFERED",
            Self::TooManyDocuments => "TOO_MANY_DOCUMENTS",
            Self::DocumentTooLarge => "DOCUMENT_TOO_LARGE",
            Self::DocumentNotAlone => "DOCUMENT_NOT_ALONE",
        }
    }
}

/// The number of extended grapheme clusters.
pub(crate) fn graphemes(text: &str) -> u64 {
    text.graphemes(true).count() as u64
}

/// The most posts that one publication makes as a thread. The networks themselves name no limit; each post is a request and a
/// checkpoint, and a variant holds no more.
pub(crate) const MOST_PARTS: u64 = 50;

/// How far a publication has come: ids the network gave, which of its posts are there, and whether a request that makes
/// another visible may have left. Stored by the caller between attempts, understood by the network that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint(pub Value);

impl Checkpoint {
    /// The stage in which nothing is on its way that makes something visible.
    pub(crate) const PREPARING: &'static str = "preparing";
    /// The stage that is saved before a request that makes something visible.
    pub(crate) const SENDING: &'static str = "sending";

    /// True when a request that makes something visible may have left: look up before publishing again.
    pub fn may_have_been_sent(&self) -> bool {
        self.0.get("stage").and_then(Value::as_str) == Some(Self::SENDING)
    }

    /// How many posts of the publication certainly are on the network: the first ones of its thread, while the rest is still
    /// to come. Every network keeps them in the list `sent`.
    pub fn parts_there(&self) -> usize {
        self.0.get("sent").and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// What a publication of so many posts goes on from when a person wants it sent, whatever became of the request that may have
    /// left: behind the posts that are there, after a look for the one in doubt. None where the publication begins anew: it is one
    /// post, of which the person knows that it is not there, or none of its posts can be there.
    #[must_use]
    pub fn to_go_on_from(self, posts: usize) -> Option<Self> {
        let begun = self.parts_there() > 0 || self.may_have_been_sent();
        (posts > 1 && begun).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(thread: &[&str], first_comment: Option<&str>) -> Content {
        Content {
            text: "one".to_owned(),
            language: None,
            media: Vec::new(),
            thread: thread.iter().map(|text| (*text).to_owned()).collect(),
            first_comment: first_comment.map(str::to_owned),
            link: None,
            options: Options::new(),
            idempotency_key: Uuid::nil(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_thread_is_a_chain_and_the_first_comment_answers_its_beginning() {
        let all = content(&["two", "three"], Some("a comment"));
        assert_eq!(all.pieces(), ["one", "two", "three", "a comment"]);
        assert_eq!([0, 1, 2, 3].map(|index| all.parent(index)), [None, Some(0), Some(1), Some(0)]);
        let commented = content(&[], Some("a comment"));
        assert_eq!(commented.pieces(), ["one", "a comment"]);
        assert_eq!([0, 1].map(|index| commented.parent(index)), [None, Some(0)]);
    }

    #[test]
    fn a_thread_goes_on_from_what_is_there_or_in_doubt_and_one_post_begins_anew() {
        let prepared = Checkpoint(json!({ "stage": "preparing", "media": ["a file"] }));
        assert_eq!(prepared.to_go_on_from(3), None);
        let in_doubt = Checkpoint(json!({ "stage": "sending", "sent": [] }));
        assert_eq!(in_doubt.clone().to_go_on_from(1), None);
        assert_eq!(in_doubt.clone().to_go_on_from(3), Some(in_doubt), "the first post is looked for");
        let two = Checkpoint(json!({ "stage": "sending", "sent": ["one", "two"], "more": 1 }));
        assert_eq!(two.parts_there(), 2);
        assert_eq!(two.clone().to_go_on_from(3), Some(two), "the third is looked for before it is sent");
    }
}
