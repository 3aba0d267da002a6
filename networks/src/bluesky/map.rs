//! From Diwan's content to a post record, and back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::wire::POST;
use crate::capabilities::Metric;
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::validate::web_page;

/// The record key of a publication's post: a TID (13 characters of base32-sortable over 53 bits of microseconds and 10 bits
/// of clock id). The second is that of the content's frozen time, everything below comes from the publication's id: the
/// same publication always has the same key, and two publications of one second differ (1 in 10⁹). The further posts of a
/// thread follow by a microsecond each. <https://atproto.com/specs/tid>
pub fn record_key(content: &Content, index: usize) -> String {
    let hash = Sha256::digest(content.idempotency_key.as_bytes());
    let bits = u64::from_be_bytes([0, 0, 0, 0, hash[0], hash[1], hash[2], hash[3]]);
    let seconds = u64::try_from(content.created_at.timestamp()).unwrap_or(0);
    let micros = seconds * 1_000_000 + (bits >> 10) % 1_000_000 + index as u64;
    tid((micros & ((1 << 53) - 1)) << 10 | (bits & 0x3ff))
}

fn tid(value: u64) -> String {
    const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    (0..13).rev().map(|place| char::from(ALPHABET[(value >> (5 * place) & 31) as usize])).collect()
}

/// A post that is there, as an answer to it names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub uri: String,
    /// The hash of its record.
    pub cid: String,
}

/// The record of the next post, behind those that are there. Everything in it is frozen, so that a repeated `putRecord`
/// carries the same bytes.
pub fn record(content: &Content, sent: &[Sent], facets: &[Value], embed: Option<Value>) -> Value {
    let index = sent.len();
    let mut record = json!({
        "$type": POST,
        "text": text(content, index),
        "createdAt": created_at(content, index),
    });
    if let Some(language) = &content.language {
        record["langs"] = json!([language]);
    }
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    if let Some(embed) = embed {
        record["embed"] = embed;
    }
    if let Some((root, parent)) = sent.first().zip(content.parent(index).and_then(|parent| sent.get(parent))) {
        record["reply"] = json!({ "root": root, "parent": parent });
    }
    record
}

/// What is attached to the first post: its images, its film, or the card of its link. The card's title is the link's host, since the page
/// itself is not read.
pub fn embed(content: &Content, blobs: &[Value]) -> Result<Option<Value>, NetworkError> {
    let refused = |code, why: &str| NetworkError::new(ErrorKind::Content, code, why);
    if let Some(link) = &content.link {
        let page = web_page(link).ok_or_else(|| refused("link_invalid", "the link is no address of a page"))?;
        if !content.media.is_empty() {
            return Err(refused("link_with_images", "a post has images, a film or the card of a link"));
        }
        let host = page.host_str().unwrap_or_default();
        let title = host.strip_prefix("www.").unwrap_or(host);
        let external = json!({ "uri": page.as_str(), "title": title, "description": "" });
        return Ok(Some(json!({ "$type": "app.bsky.embed.external", "external": external })));
    }
    if blobs.is_empty() {
        return Ok(None);
    }
    if let Some(film) = content.media.iter().find(|media| media.is_video()) {
        let [blob] = blobs else { return Err(refused("film_with_images", "a post has images or one film")) };
        let mut video = json!({ "$type": "app.bsky.embed.video", "video": blob });
        if !film.alt_text.is_empty() {
            video["alt"] = film.alt_text.as_str().into();
        }
        if film.width > 0 && film.height > 0 {
            video["aspectRatio"] = json!({ "width": film.width, "height": film.height });
        }
        return Ok(Some(video));
    }
    let images = content.media.iter().zip(blobs).map(|(media, blob)| {
        json!({
            "image": blob,
            "alt": media.alt_text,
            "aspectRatio": { "width": media.width.max(1), "height": media.height.max(1) },
        })
    });
    Ok(Some(json!({ "$type": "app.bsky.embed.images", "images": images.collect::<Vec<_>>() })))
}

/// True when the record is the post at `index` that `content` describes.
pub fn is_same_post(record: &Value, content: &Content, index: usize) -> bool {
    let media = if index == 0 { content.media.len() } else { 0 };
    record["text"] == text(content, index)
        && record["createdAt"] == created_at(content, index).as_str()
        && media_count(record) == media
}

/// What the post at `index` says.
pub fn text(content: &Content, index: usize) -> &str {
    content.pieces().get(index).copied().unwrap_or_default()
}

/// Each post of a thread is a millisecond younger than the one before it, so that they stay in order.
fn created_at(content: &Content, index: usize) -> String {
    timestamp(content.created_at + TimeDelta::milliseconds(i64::try_from(index).unwrap_or(i64::MAX)))
}

/// How many images or films a post record has.
pub fn media_count(record: &Value) -> usize {
    let embed = &record["embed"];
    embed["images"].as_array().map_or(0, Vec::len) + usize::from(embed["video"].is_object())
}

fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// When an access token ends, read from its payload; none when it cannot be read.
pub fn expiry(jwt: &str) -> Option<DateTime<Utc>> {
    #[derive(Deserialize)]
    struct Payload {
        exp: i64,
    }
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let Payload { exp } = serde_json::from_slice(&payload).ok()?;
    DateTime::from_timestamp(exp, 0)
}

/// The numbers under these names; a name that is absent is no number.
pub fn numbers(view: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    names.iter().filter_map(|(name, metric)| view[*name].as_i64().map(|value| (*metric, value))).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::content::{Media, Options};

    fn content(second: i64, key: u128) -> Content {
        Content {
            text: "مرحبا".to_owned(),
            language: Some("ar".to_owned()),
            media: Vec::new(),
            thread: Vec::new(),
            first_comment: None,
            link: None,
            options: Options::new(),
            idempotency_key: Uuid::from_u128(key),
            created_at: DateTime::from_timestamp(second, 123_456_789).expect("a time"),
        }
    }

    #[test]
    fn writes_tids_like_the_specification() {
        assert_eq!(tid(0), "2222222222222");
        assert_eq!(tid(u64::MAX >> 1), "bzzzzzzzzzzzz");
        // The specification's example.
        let example = "3jzfcijpj2z2a";
        let value = example.bytes().fold(0u64, |value, byte| {
            let digit = "234567abcdefghijklmnopqrstuvwxyz".bytes().position(|b| b == byte).expect("a digit");
            value << 5 | digit as u64
        });
        assert_eq!(tid(value), example);
    }

    #[test]
    fn a_publication_has_one_key_and_two_of_one_moment_have_two() {
        let one = record_key(&content(1_800_000_000, 1), 0);
        assert_eq!(one.len(), 13);
        assert_eq!(one, record_key(&content(1_800_000_000, 1), 0));
        assert_ne!(one, record_key(&content(1_800_000_000, 2), 0));
        assert!(one < record_key(&content(1_800_000_001, 1), 0), "keys sort by time");
        let thread: Vec<_> = (0..50).map(|index| record_key(&content(1_800_000_000, 1), index)).collect();
        assert!(thread.is_sorted_by(|one, next| one < next), "the keys of a thread are in its order: {thread:?}");
    }

    #[test]
    fn a_record_is_the_same_every_time() {
        let content = content(1_800_000_000, 1);
        let record = record(&content, &[], &[], None);
        assert_eq!(record["createdAt"], "2027-01-15T08:00:00.123Z");
        assert_eq!(record["langs"], json!(["ar"]));
        assert!(record.get("reply").is_none());
        assert!(is_same_post(&record, &content, 0));
        let mut other = content.clone();
        other.text.push('!');
        assert!(!is_same_post(&record, &other, 0));
    }

    #[test]
    fn each_post_of_a_thread_names_the_first_and_the_one_that_it_answers() {
        let mut content = content(1_800_000_000, 1);
        content.thread = vec!["two".to_owned(), "three".to_owned()];
        content.first_comment = Some("a comment".to_owned());
        let there = ["one", "two", "three"].map(|uri| Sent { uri: uri.to_owned(), cid: format!("cid {uri}") });
        let reply = |index: usize| {
            let record = record(&content, &there[..index], &[], None);
            assert!(is_same_post(&record, &content, index) && !is_same_post(&record, &content, index - 1));
            (record["reply"]["root"]["uri"].clone(), record["reply"]["parent"].clone())
        };
        assert_eq!(reply(1), (json!("one"), json!({ "uri": "one", "cid": "cid one" })));
        assert_eq!(reply(2), (json!("one"), json!({ "uri": "two", "cid": "cid two" })));
        assert_eq!(reply(3), (json!("one"), json!({ "uri": "one", "cid": "cid one" })), "the first comment");
        assert_eq!(record(&content, &there[..2], &[], None)["createdAt"], "2027-01-15T08:00:00.125Z");
    }

    #[test]
    fn a_link_is_a_card_and_never_beside_images() {
        let mut content = content(1_800_000_000, 1);
        assert_eq!(embed(&content, &[]), Ok(None));
        content.link = Some("https://www.example.com/a?b=1".to_owned());
        let card = json!({ "uri": "https://www.example.com/a?b=1", "title": "example.com", "description": "" });
        let expected = json!({ "$type": "app.bsky.embed.external", "external": card });
        assert_eq!(embed(&content, &[]), Ok(Some(expected)));
        let (mime, alt_text) = ("image/png".to_owned(), String::new());
        content.media = vec![Media {
            mime,
            width: 1,
            height: 1,
            alt_text,
            duration_ms: None,
            source: Vec::new().into(),
            link: "https://example.com/a".parse().expect("an address"),
        }];
        assert_eq!(embed(&content, &[json!({})]).expect_err("both").code, "link_with_images");
        content.media.clear();
        content.link = Some("javascript:alert(1)".to_owned());
        assert_eq!(embed(&content, &[]).expect_err("no page").code, "link_invalid");
    }

    #[test]
    fn reads_when_a_token_ends() {
        let payload = URL_SAFE_NO_PAD.encode(br#"{"sub":"did:plc:x","exp":1800000000}"#);
        assert_eq!(expiry(&format!("e30.{payload}.sig")), DateTime::from_timestamp(1_800_000_000, 0));
        assert_eq!(expiry("opaque"), None);
    }

    #[test]
    fn an_absent_number_is_absent() {
        let view = json!({ "likeCount": 3, "replyCount": 0 });
        let names = [("likeCount", Metric::Likes), ("repostCount", Metric::Reposts), ("replyCount", Metric::Replies)];
        assert_eq!(numbers(&view, &names), [(Metric::Likes, 3), (Metric::Replies, 0)]);
    }
}
