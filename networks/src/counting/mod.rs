//! How each network counts a text, and how much of it it takes, as data.
//!
//! Most networks write "characters" and do not say which. Where neither the network's documentation nor its own library does,
//! a text is counted in UTF-16 units, as these interfaces are observed to do
//! (<https://developers.buffer.com/guides/character-limits.md>): an emoji is two of them or more, so that nothing passes here
//! which the network refuses.

mod links;
mod rules;
mod things;
mod x;

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::content::graphemes;
use crate::mastodon;

pub(crate) use links::links;
pub(crate) use rules::{
    BLUESKY, FACEBOOK, GOOGLE_BUSINESS, INSTAGRAM, INSTAGRAM_HASHTAGS, INSTAGRAM_MENTIONS, LINKEDIN, MASTODON,
    PINTEREST, PINTEREST_TITLE, TELEGRAM, TELEGRAM_CAPTION, THREADS, THREADS_LINKS, TIKTOK, X, YOUTUBE_DESCRIPTION,
    YOUTUBE_TITLE,
};
pub use rules::{TextPart, TextRules, text_rules};

/// How long a text may be, by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimit {
    /// The most, in `unit`.
    pub max: u64,
    /// How this network counts.
    pub unit: TextUnit,
    /// The most bytes in UTF-8, where the network limits these as well.
    pub max_bytes: Option<u64>,
}

impl TextLimit {
    const fn new(max: u64, unit: TextUnit) -> Self {
        Self { max, unit, max_bytes: None }
    }
}

/// What a network counts in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextUnit {
    /// Extended grapheme clusters (UAX #29).
    Graphemes,
    /// Graphemes, where every link counts the same and a mention counts without its host.
    MastodonCharacters,
    /// Units of UTF-16: a letter is one, most emoji are two or more.
    Utf16Units,
    /// Twitter-text, configuration 3: one for what is written with letters, two for everything else and for an emoji of
    /// whatever length, 23 for a link.
    XWeighted,
    /// Characters, where an emoji counts as many as it has bytes.
    ThreadsCharacters,
    /// Bytes of UTF-8.
    Bytes,
    /// Hashtags.
    Hashtags,
    /// Mentions of accounts.
    Mentions,
    /// Different links.
    Links,
}

impl TextUnit {
    /// How many of this unit the text has. `url_length`: what a link counts, where the account's server tells it and every
    /// link counts the same.
    pub fn count(self, text: &str, url_length: Option<u64>) -> u64 {
        let count = match self {
            Self::Graphemes => return graphemes(text),
            Self::MastodonCharacters => {
                return mastodon::text::length(text, url_length.unwrap_or(mastodon::text::URL_LENGTH));
            }
            Self::XWeighted => return x::weighted_length(text),
            Self::ThreadsCharacters => text.graphemes(true).map(threads_length).sum(),
            Self::Utf16Units => text.encode_utf16().count(),
            Self::Bytes => text.len(),
            Self::Hashtags => things::hashtags(text),
            Self::Mentions => things::mentions(text),
            Self::Links => links(text).iter().map(|link| &text[link.clone()]).collect::<HashSet<_>>().len(),
        };
        count as u64
    }
}

/// "Emojis are counted as the number of UTF-8 bytes": <https://developers.facebook.com/documentation/threads/posts>
fn threads_length(grapheme: &str) -> usize {
    let is_emoji = !grapheme.is_ascii() && emojis::get(grapheme).is_some();
    if is_emoji { grapheme.len() } else { grapheme.chars().count() }
}

/// What a text comes to under one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextCount {
    /// What the limit is for.
    pub part: TextPart,
    /// What was counted.
    pub unit: TextUnit,
    /// How many there are.
    pub counted: u64,
    /// The most that the network takes.
    pub limit: u64,
}

impl TextRules {
    /// What the text comes to under each of the network's limits.
    pub fn count(&self, text: &str) -> Vec<TextCount> {
        let mut counts = Vec::new();
        for &(part, limit) in self.limits {
            let mut add = |unit: TextUnit, limit| {
                counts.push(TextCount { part, unit, counted: unit.count(text, None), limit });
            };
            add(limit.unit, limit.max);
            if let Some(max) = limit.max_bytes {
                add(TextUnit::Bytes, max);
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests;
