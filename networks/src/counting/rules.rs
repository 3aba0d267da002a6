//! The networks' limits.

use super::{TextLimit, TextUnit};

/// What a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextPart {
    /// The post's text.
    Text,
    /// The title above it.
    Title,
    /// The description of a video or a pin.
    Description,
    /// The text under a picture or a video, where it may be less than a text alone.
    Caption,
}

/// How one network counts.
#[derive(Debug, Clone, Copy)]
pub struct TextRules {
    /// The network's stable name.
    pub key: &'static str,
    /// The name people know.
    pub name: &'static str,
    /// What it takes, by default; an account's own server may allow more or less.
    pub limits: &'static [(TextPart, TextLimit)],
}

/// Lexicon `app.bsky.feed.post`: `maxGraphemes` 300, `maxLength` 3000.
pub(crate) const BLUESKY: TextLimit = TextLimit { max: 300, unit: TextUnit::Graphemes, max_bytes: Some(3000) };
/// What the network enforces; its documentation names no number. <https://docs.upload-post.com/resources/character-limits>
pub(crate) const FACEBOOK: TextLimit = utf16(63_206);
/// <https://docs.joinmastodon.org/user/posting/#text>
pub(crate) const MASTODON: TextLimit = TextLimit::new(500, TextUnit::MastodonCharacters);
/// The description and the title of a pin. <https://developers.pinterest.com/docs/api/v5/pins-create>
pub(crate) const PINTEREST: TextLimit = utf16(800);
pub(crate) const PINTEREST_TITLE: TextLimit = utf16(100);
/// <https://core.telegram.org/bots/api#sendmessage>, and with media <https://core.telegram.org/bots/api#sendphoto>
pub(crate) const TELEGRAM: TextLimit = utf16(4_096);
pub(crate) const TELEGRAM_CAPTION: TextLimit = utf16(1_024);
/// <https://docs.x.com/fundamentals/counting-characters>
pub(crate) const X: TextLimit = TextLimit::new(280, TextUnit::XWeighted);
/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api> (`commentary`)
pub(crate) const LINKEDIN: TextLimit = utf16(3_000);

/// The text under a film. "The maximum length is 2200 in UTF-16 runes":
/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>
pub(crate) const TIKTOK: TextLimit = utf16(2_200);
/// <https://developers.google.com/youtube/v3/docs/videos> (`snippet.title`)
pub(crate) const YOUTUBE_TITLE: TextLimit = utf16(100);
/// <https://developers.google.com/youtube/v3/docs/videos> (`snippet.description`)
pub(crate) const YOUTUBE_DESCRIPTION: TextLimit = TextLimit::new(5_000, TextUnit::Bytes);
/// <https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts> (`summary`)
pub(crate) const GOOGLE_BUSINESS: TextLimit = utf16(1_500);

/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media> (`caption`)
pub(crate) const INSTAGRAM: TextLimit = utf16(2_200);
pub(crate) const INSTAGRAM_HASHTAGS: TextLimit = TextLimit::new(30, TextUnit::Hashtags);
pub(crate) const INSTAGRAM_MENTIONS: TextLimit = TextLimit::new(20, TextUnit::Mentions);
/// <https://developers.facebook.com/documentation/threads/posts>; links:
/// <https://developers.facebook.com/documentation/threads/create-posts/text-attachments>
pub(crate) const THREADS: TextLimit = TextLimit::new(500, TextUnit::ThreadsCharacters);
pub(crate) const THREADS_LINKS: TextLimit = TextLimit::new(5, TextUnit::Links);

const fn utf16(max: u64) -> TextLimit {
    TextLimit::new(max, TextUnit::Utf16Units)
}

static RULES: &[TextRules] = &[
    TextRules { key: "facebook", name: "Facebook", limits: &[(TextPart::Text, FACEBOOK)] },
    TextRules {
        key: "instagram",
        name: "Instagram",
        limits: &[
            (TextPart::Caption, INSTAGRAM),
            (TextPart::Caption, INSTAGRAM_HASHTAGS),
            (TextPart::Caption, INSTAGRAM_MENTIONS),
        ],
    },
    TextRules {
        key: "threads",
        name: "Threads",
        limits: &[(TextPart::Text, THREADS), (TextPart::Text, THREADS_LINKS)],
    },
    TextRules { key: "x", name: "X", limits: &[(TextPart::Text, X)] },
    TextRules { key: "linkedin", name: "LinkedIn", limits: &[(TextPart::Text, LINKEDIN)] },
    TextRules { key: "tiktok", name: "TikTok", limits: &[(TextPart::Caption, TIKTOK)] },
    TextRules {
        key: "youtube",
        name: "YouTube",
        limits: &[(TextPart::Title, YOUTUBE_TITLE), (TextPart::Description, YOUTUBE_DESCRIPTION)],
    },
    // <https://developers.pinterest.com/docs/api/v5/pins-create>
    TextRules {
        key: "pinterest",
        name: "Pinterest",
        limits: &[(TextPart::Title, PINTEREST_TITLE), (TextPart::Description, PINTEREST)],
    },
    // <https://core.telegram.org/bots/api#sendmessage>, <https://core.telegram.org/bots/api#sendphoto>
    TextRules {
        key: "telegram",
        name: "Telegram",
        limits: &[(TextPart::Text, TELEGRAM), (TextPart::Caption, TELEGRAM_CAPTION)],
    },
    TextRules { key: "mastodon", name: "Mastodon", limits: &[(TextPart::Text, MASTODON)] },
    TextRules { key: "bluesky", name: "Bluesky", limits: &[(TextPart::Text, BLUESKY)] },
    TextRules { key: "google_business", name: "Google Business Profile", limits: &[(TextPart::Text, GOOGLE_BUSINESS)] },
];

/// How every network counts, also those to which nothing can be published from here.
pub fn text_rules() -> &'static [TextRules] {
    RULES
}
