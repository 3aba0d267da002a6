//! How often hashtags are used: `GET /api/v1/tags/:name`, whose history has the days of the last week by UTC.
//! <https://docs.joinmastodon.org/methods/tags/#get>, <https://docs.joinmastodon.org/entities/Tag/#history>
//!
//! A server counts what it has seen of public posts. Whoever uses two of the hashtags in one post is counted twice, and words cannot be
//! looked for: the search of posts is for those of one's own server who agreed to be found, and has no days.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::wire::Server;
use crate::call::{Step, read};
use crate::error::{ErrorKind, NetworkError};
use crate::mentions::{MentionCount, MentionCounting, MentionDay};

/// Seven days with today, which is not over.
pub const COUNTING: MentionCounting =
    MentionCounting { keywords: false, days: 6, any_clock: false, app: None, pages: None };

#[derive(Deserialize)]
struct Tag {
    #[serde(default)]
    history: Vec<Use>,
}

/// Both are numbers as text: seconds since 1970 at the beginning of the day, and how often.
#[derive(Deserialize)]
struct Use {
    day: String,
    uses: String,
}

impl Use {
    fn count(&self) -> Option<(NaiveDate, i64)> {
        let day = DateTime::from_timestamp(self.day.parse().ok()?, 0)?;
        Some((day.date_naive(), self.uses.parse().ok().filter(|uses| *uses >= 0)?))
    }
}

/// How often the hashtags were used, on each of the days of which the server tells.
pub async fn count(
    server: &Server<'_>,
    hashtags: &[String],
    days: &[MentionDay],
) -> Result<Vec<MentionCount>, NetworkError> {
    let mut told: Vec<BTreeMap<NaiveDate, i64>> = Vec::with_capacity(hashtags.len());
    for hashtag in hashtags {
        // Its letters may be of any script.
        let name: String = byte_serialize(hashtag.as_bytes()).collect();
        let Some(answer) = server.find(&format!("/api/v1/tags/{name}")).await? else { return Err(not_served()) };
        let tag: Tag = read(&answer, Step::Repeatable)?;
        if tag.history.is_empty() {
            return Err(not_served());
        }
        told.push(tag.history.iter().filter_map(Use::count).collect());
    }
    Ok(days.iter().filter_map(|day| sum(&told, day.date)).collect())
}

/// All uses of a day; none where one of the hashtags has no number of it.
fn sum(told: &[BTreeMap<NaiveDate, i64>], date: NaiveDate) -> Option<MentionCount> {
    let mut mentions: i64 = 0;
    for tag in told {
        mentions = mentions.saturating_add(*tag.get(&date)?);
    }
    Some(MentionCount { date, mentions })
}

/// Servers that speak the interface without it, or keep no history.
fn not_served() -> NetworkError {
    NetworkError::new(ErrorKind::Ask, "not_served", "the server tells no history of hashtags")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_known_when_each_hashtag_has_it() {
        let read = |text: &str| -> BTreeMap<NaiveDate, i64> {
            let tag: Tag = serde_json::from_str(text).unwrap();
            tag.history.iter().filter_map(Use::count).collect()
        };
        // 1 and 2 July 2026.
        let first = r#"{"name":"tea","history":[{"day":"1782950400","uses":"7","accounts":"3"},{"day":"1782864000","uses":"2","accounts":"1"}]}"#;
        let second = r#"{"name":"chai","history":[{"day":"1782950400","uses":"4","accounts":"3"},{"day":"1782864000","uses":"many"}]}"#;
        let told = [read(first), read(second)];
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let known = sum(&told, day("2026-07-02")).unwrap();
        assert_eq!((known.date, known.mentions), (day("2026-07-02"), 11));
        assert_eq!(sum(&told, day("2026-07-01")), None, "the second says no number");
        assert_eq!(sum(&told[..1], day("2026-07-01")).unwrap().mentions, 2);
        assert_eq!(sum(&told, day("2026-07-03")), None);
    }
}
