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
/// <https://docs.joinmastodon.org/user/posting/#text>
pub(crate) const MASTODON: TextLimit = TextLimit::new(500, TextUnit::MastodonCharacters);

const fn utf16(max: u64) -> TextLimit {
    TextLimit::new(max, TextUnit::Utf16Units)
}

static RULES: &[TextRules] = &[
    // 63,206 is what the network enforces; its documentation names no number. <https://docs.upload-post.com/resources/character-limits>
    TextRules { key: "facebook", name: "Facebook", limits: &[(TextPart::Text, utf16(63_206))] },
    // <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media> (`caption`)
    TextRules {
        key: "instagram",
        name: "Instagram",
        limits: &[
            (TextPart::Caption, utf16(2_200)),
            (TextPart::Caption, TextLimit::new(30, TextUnit::Hashtags)),
            (TextPart::Caption, TextLimit::new(20, TextUnit::Mentions)),
        ],
    },
    // <https://developers.facebook.com/documentation/threads/posts>; links:
    // <https://developers.facebook.com/documentation/threads/create-posts/text-attachments>
    TextRules {
        key: "threads",
        name: "Threads",
        limits: &[
            (TextPart::Text, TextLimit::new(500, TextUnit::ThreadsCharacters)),
            (TextPart::Text, TextLimit::new(5, TextUnit::Links)),
        ],
    },
    // <https://docs.x.com/fundamentals/counting-characters>
    TextRules { key: "x", name: "X", limits: &[(TextPart::Text, TextLimit::new(280, TextUnit::XWeighted))] },
    // <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api> (`commentary`)
    TextRules { key: "linkedin", name: "LinkedIn", limits: &[(TextPart::Text, utf16(3_000))] },
    // "The maximum length is 2200 in UTF-16 runes": the `title` of a video.
    // <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>
    TextRules { key: "tiktok", name: "TikTok", limits: &[(TextPart::Caption, utf16(2_200))] },
    // <https://developers.google.com/youtube/v3/docs/videos> (`snippet.title`, `snippet.description`)
    TextRules {
        key: "youtube",
        name: "YouTube",
        limits: &[(TextPart::Title, utf16(100)), (TextPart::Description, TextLimit::new(5_000, TextUnit::Bytes))],
    },
    // <https://developers.pinterest.com/docs/api/v5/pins-create>
    TextRules {
        key: "pinterest",
        name: "Pinterest",
        limits: &[(TextPart::Title, utf16(100)), (TextPart::Description, utf16(800))],
    },
    // <https://core.telegram.org/bots/api#sendmessage>, <https://core.telegram.org/bots/api#sendphoto>
    TextRules {
        key: "telegram",
        name: "Telegram",
        limits: &[(TextPart::Text, utf16(4_096)), (TextPart::Caption, utf16(1_024))],
    },
    TextRules { key: "mastodon", name: "Mastodon", limits: &[(TextPart::Text, MASTODON)] },
    TextRules { key: "bluesky", name: "Bluesky", limits: &[(TextPart::Text, BLUESKY)] },
    // <https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts> (`summary`)
    TextRules { key: "google_business", name: "Google Business Profile", limits: &[(TextPart::Text, utf16(1_500))] },
];

/// How every network counts, also those to which nothing can be published from here.
pub fn text_rules() -> &'static [TextRules] {
    RULES
}
