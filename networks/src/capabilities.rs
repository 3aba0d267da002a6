//! What a network can do, as plain data, and what one server allows one account.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::audience::AudienceOffer;
use crate::counting::TextLimit;
use crate::history::AccountHistory;
use crate::mentions::MentionCounting;
use crate::reading::RateLimit;
use crate::registry;

/// A network's stable name, as stored and as written in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkKey(pub(crate) &'static str);

impl NetworkKey {
    /// The name: `bluesky`, `mastodon`.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The key of a registered network; none for any other text.
    pub fn parse(key: &str) -> Option<Self> {
        registry::network(key).map(|network| network.capabilities().key)
    }
}

impl fmt::Display for NetworkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What a network offers, whichever account or server it is. The limits are the network's defaults; what counts for an
/// account is in its [`Limits`].
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that a network offers or does not")]
pub struct Capabilities {
    /// The stable name.
    pub key: NetworkKey,
    /// The name people know.
    pub name: &'static str,
    /// How an account is connected.
    pub connect: ConnectMethod,
    /// The server of a network that has only one, such as `https://api.example.com/`; none where every account has its own.
    pub home: Option<&'static str>,
    /// Every host of the network: those that are called, and those where people see what is there.
    pub hosts: &'static [&'static str],
    /// The key of the application that whoever runs this installation registers at the network ([`diwan_platform::apps::APPS`]); none
    /// where none is needed.
    pub app: Option<&'static str>,
    /// How long a text may be.
    pub text: TextLimit,
    /// How long it may be with images or a film, where that is less.
    pub caption: Option<TextLimit>,
    /// What else of a text is limited: its hashtags, its links.
    pub text_also: &'static [TextLimit],
    /// What may be attached.
    pub media: MediaLimits,
    /// True when a post may consist of media alone.
    pub allows_empty_text_with_media: bool,
    /// The most posts of one thread, the first of them counted; none where the network makes no threads.
    pub thread: Option<u64>,
    /// True when the account can answer its own post right after it.
    pub first_comment: bool,
    /// True when a link is handed over beside the text and shown as a card. False where the network makes its cards from the
    /// text alone, or none.
    pub link: bool,
    /// Settings that only this network knows.
    pub options: &'static [OptionSpec],
    /// The numbers this network can report. A server may report fewer: then they are absent, never zero.
    pub metrics: &'static [Metric],
    /// How often something is spoken of there, where the network can be asked that.
    pub mentions: Option<MentionCounting>,
    /// Whether comments on the account's posts can be read.
    pub comments: bool,
    /// What it tells of who follows an account, or sees what it publishes.
    pub audience: Option<AudienceOffer>,
    /// How a post is kept from being made twice, for people.
    pub idempotency: &'static str,
    /// True when the network can be asked whether an attempt whose outcome is unknown made its post.
    pub look_up: bool,
    /// True when a post can be taken back through the network's interface. A server may still not offer it.
    pub delete: bool,
    /// True when the words of a post can be changed through the network's interface.
    pub edit: bool,
    /// How many posts an account may publish in a period; what one account may is in its [`Limits`].
    pub quota: Option<Quota>,
    /// How fast requests of one account may follow each other.
    pub pace: Option<Pace>,
    /// How far back it tells how many followed an account, where it does.
    pub history: Option<AccountHistory>,
    /// How often its numbers may be read, where its documentation says so; none where it does not.
    pub reads: &'static [RateLimit],
}

/// So many posts in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The most; a thread and its first comment count as one.
    pub most: u32,
    /// The period.
    pub period: QuotaPeriod,
    /// Who has them.
    pub of: QuotaOf,
    /// The only posts that count: those with this value of this option. None where all do.
    pub only: Option<(&'static str, &'static str)>,
}

/// Who has a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaOf {
    /// Each account its own.
    Account,
    /// All accounts together that are connected through the installation's application.
    Application,
}

/// The period in which a network counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaPeriod {
    /// The hours before, at every moment.
    RollingHours(u32),
    /// A calendar day in this IANA time zone.
    DayIn(&'static str),
}

/// So many publications of one account in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The most.
    pub most: u32,
    /// In this time.
    pub per: std::time::Duration,
}

/// A setting of a post that only one network knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its stable name, `lower_snake`.
    pub name: &'static str,
    /// What people read, in English.
    pub label: &'static str,
    /// Which values it takes.
    pub kind: OptionKind,
    /// True when a post must have it.
    pub required: bool,
}

/// Which values an option takes. Values are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// One of these.
    Choice(&'static [&'static str]),
    /// A text that says something.
    Text {
        /// The longest, in graphemes.
        max: u64,
    },
    /// `true` or `false`.
    Flag,
    /// One of the account's own, as its [`Limits::choices`] has them: its boards, the circles that may see it.
    OfAccount,
    /// Lines of text, one below the other: the answers of a poll.
    Lines {
        /// The fewest.
        least: u64,
        /// The most.
        most: u64,
        /// The longest of them, in graphemes.
        max: u64,
    },
    /// A whole number.
    Number {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
}

/// A value that an option takes on one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionValue {
    /// As it is sent.
    pub value: String,
    /// What people read: the name of a board.
    pub label: String,
}

/// How an account is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectMethod {
    /// The person makes a password for applications at the network and hands it over.
    AppPassword,
    /// The person makes a bot, and hands over its token and the chat in which it posts.
    BotToken,
    /// The person agrees at the network, which sends them back with a code.
    OAuthCode {
        /// True when there are many servers and the person names theirs.
        needs_instance: bool,
    },
}

impl ConnectMethod {
    /// The name used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppPassword => "APP_PASSWORD",
            Self::BotToken => "BOT_TOKEN",
            Self::OAuthCode { .. } => "OAUTH_CODE",
        }
    }
}

/// What may be attached, by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaLimits {
    /// The most images in one post; with films beside them where the network mixes them, the most of both.
    pub max_images: u64,
    /// The most bytes of one image.
    pub max_image_bytes: u64,
    /// The media types taken, those of films too.
    pub mime_types: &'static [&'static str],
    /// The longest description of an image, in graphemes.
    pub max_alt_text: u64,
    /// What has its description beside it where people see the post.
    pub alt_text: AltText,
    /// Films, where the network takes them.
    pub video: Option<VideoLimits>,
    /// Documents, where the network shows their pages. No server says otherwise of its own, so an account's limits do not tell.
    pub document: Option<DocumentLimits>,
    /// True when a post must have an image or a film.
    pub required: bool,
    /// True when a post may have images and films beside each other.
    pub mixed: bool,
}

impl MediaLimits {
    /// Of a network that takes none.
    pub const NONE: Self = Self {
        max_images: 0,
        max_image_bytes: 0,
        mime_types: &[],
        max_alt_text: 0,
        alt_text: AltText::Nothing,
        video: None,
        document: None,
        required: false,
        mixed: false,
    };
}

/// Of what a network takes the description for people who do not see it. None takes that of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AltText {
    /// Of images and films.
    ImagesAndFilms,
    /// Of images alone.
    Images,
    /// Of nothing.
    Nothing,
}

/// What a film may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoLimits {
    /// The most in one post.
    pub max_videos: u64,
    /// The most bytes of one.
    pub max_bytes: u64,
    /// The shortest, in milliseconds.
    pub min_ms: u64,
    /// The longest, in milliseconds.
    pub max_ms: u64,
}

/// What a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLimits {
    /// The most in one post. Nothing else is shown beside them.
    pub max_documents: u64,
    /// The most bytes of one.
    pub max_bytes: u64,
    /// The most pages of one, for people: nothing here counts them, the network does.
    pub max_pages: u64,
}

/// What one server allows one account: read when the account is connected, stored with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest text, in the network's unit.
    pub max_text: u64,
    /// The most bytes of text in UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_text_bytes: Option<u64>,
    /// What a link counts, where all links count the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_length: Option<u64>,
    /// The most images in one post.
    pub max_images: u64,
    /// The most bytes of one image.
    pub max_image_bytes: u64,
    /// The most pixels of one image, width times height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_image_pixels: Option<u64>,
    /// The media types taken.
    pub mime_types: Vec<String>,
    /// The longest description of an image, in graphemes.
    pub max_alt_text: u64,
    /// Films, where it takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoLimits>,
    /// How many posts it may publish in the network's period, where it says another number than the network's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<u32>,
    /// The network's id of the person in whose name the account is asked, where it counts the requests of persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_as: Option<String>,
    /// The values of the options that are the account's own, by the option's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, Vec<OptionValue>>,
}

impl Limits {
    /// The network's defaults.
    pub fn defaults(capabilities: &Capabilities) -> Self {
        Self {
            max_text: capabilities.text.max,
            max_text_bytes: capabilities.text.max_bytes,
            url_length: None,
            max_images: capabilities.media.max_images,
            max_image_bytes: capabilities.media.max_image_bytes,
            max_image_pixels: None,
            mime_types: capabilities.media.mime_types.iter().map(|mime| (*mime).to_owned()).collect(),
            max_alt_text: capabilities.media.max_alt_text,
            video: capabilities.media.video,
            quota: None,
            asks_as: None,
            choices: BTreeMap::new(),
        }
    }
}

/// A number a network reports of a post or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Likes or favourites of a post.
    Likes,
    /// Reposts or boosts of a post.
    Reposts,
    /// Replies to a post.
    Replies,
    /// Quotes of a post.
    Quotes,
    /// Times people saved a post for themselves.
    Bookmarks,
    /// Times a post or a film was seen, as the network counts it.
    Views,
    /// People or accounts that saw a post.
    Reach,
    /// Clicks on a post or its link.
    Clicks,
    /// Times people said that they do not like a post.
    Dislikes,
    /// Accounts that follow the account.
    Followers,
    /// Accounts that the account follows.
    Following,
    /// Posts of the account.
    Posts,
}

impl Metric {
    /// Every metric there is.
    pub const ALL: &'static [Self] = &[
        Self::Likes,
        Self::Reposts,
        Self::Replies,
        Self::Quotes,
        Self::Bookmarks,
        Self::Views,
        Self::Reach,
        Self::Clicks,
        Self::Dislikes,
        Self::Followers,
        Self::Following,
        Self::Posts,
    ];

    /// What people do with a post: together they are its interactions, or engagement. The one place that says it.
    pub const INTERACTIONS: [Self; 5] = [Self::Likes, Self::Reposts, Self::Replies, Self::Quotes, Self::Bookmarks];

    /// The names of what people do with a post, as they are stored.
    pub fn interactions() -> Vec<String> {
        Self::INTERACTIONS.iter().map(|metric| metric.as_str().to_owned()).collect()
    }

    /// The name as stored and as used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Likes => "LIKES",
            Self::Reposts => "REPOSTS",
            Self::Replies => "REPLIES",
            Self::Quotes => "QUOTES",
            Self::Bookmarks => "BOOKMARKS",
            Self::Views => "VIEWS",
            Self::Reach => "REACH",
            Self::Clicks => "CLICKS",
            Self::Dislikes => "DISLIKES",
            Self::Followers => "FOLLOWERS",
            Self::Following => "FOLLOWING",
            Self::Posts => "POSTS",
        }
    }

    /// The metric of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.as_str() == name)
    }
}
