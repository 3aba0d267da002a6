//! How often something is spoken of on a network: what is asked, and what a network can tell of it.

use chrono::{DateTime, NaiveDate, Utc};

/// What a network can count, as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MentionCounting {
    /// Whether it finds words and phrases. All of them find hashtags.
    pub keywords: bool,
    /// Of how many whole days before today it still tells.
    pub days: u32,
    /// Whether it counts days of any clock, as they are asked for; else it counts those of UTC.
    pub any_clock: bool,
    /// The key of the application that it wants for this ([`diwan_platform::apps::APPS`]), where that is another one than that of the
    /// account, or wants one at all.
    pub app: Option<&'static str>,
    /// Where each word of each day is a question of its own: how many requests it takes at most. None where all days are told at once.
    pub pages: Option<usize>,
}

/// What is looked for: whatever has any of these in it.
#[derive(Debug, Clone, Copy)]
pub struct MentionWords<'a> {
    /// Words and phrases, as people write them.
    pub keywords: &'a [String],
    /// Hashtags, without their sign.
    pub hashtags: &'a [String],
}

impl MentionWords<'_> {
    /// Whether there is anything to look for on a network that can count so.
    pub fn fit(self, counting: MentionCounting) -> bool {
        !self.hashtags.is_empty() || (counting.keywords && !self.keywords.is_empty())
    }
}

/// A day that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MentionDay {
    /// Its date.
    pub date: NaiveDate,
    /// When it began by the clock that is asked for, and the moment after its end.
    pub start: DateTime<Utc>,
    /// See `start`.
    pub end: DateTime<Utc>,
}

/// How often something was spoken of on one of the days that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MentionCount {
    /// The day.
    pub date: NaiveDate,
    /// How often.
    pub mentions: i64,
}

/// A phrase as search engines take it: between quotes, of which it has none itself.
pub(crate) fn quoted(phrase: &str) -> String {
    format!("\"{}\"", phrase.replace(['"', '\\'], " ").trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_stays_in_its_quotes() {
        assert_eq!(quoted("tea house"), "\"tea house\"");
        assert_eq!(quoted("the \"best\" \\tea"), "\"the  best   tea\"");
    }

    #[test]
    fn words_fit_where_they_can_be_found() {
        let by_tags = MentionCounting { keywords: false, days: 6, any_clock: false, app: None, pages: None };
        let (keywords, hashtags) = (["tea".to_owned()], ["tea".to_owned()]);
        let words = MentionWords { keywords: &keywords, hashtags: &[] };
        assert!(!words.fit(by_tags) && words.fit(MentionCounting { keywords: true, ..by_tags }));
        assert!(MentionWords { keywords: &[], hashtags: &hashtags }.fit(by_tags));
    }
}
