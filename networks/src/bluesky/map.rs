//! From Diwan's content to a post record, and back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::wire::POST;
use crate::capabilities::Metric;
use crate::content::Content;

/// The record key of a publication: a TID (13 characters of base32-sortable over 53 bits of microseconds and 10 bits
/// of clock id). The second is that of the content's frozen time, everything below comes from the publication's id: the
/// same publication always has the same key, and two publications of one second differ (1 in 10⁹).
/// <https://atproto.com/specs/tid>
pub fn record_key(content: &Content) -> String {
    let hash = Sha256::digest(content.idempotency_key.as_bytes());
    let bits = u64::from_be_bytes([0, 0, 0, 0, hash[0], hash[1], hash[2], hash[3]]);
    let seconds = u64::try_from(content.created_at.timestamp()).unwrap_or(0);
    let micros = seconds * 1_000_000 + (bits >> 10) % 1_000_000;
    tid((micros & ((1 << 53) - 1)) << 10 | (bits & 0x3ff))
}

fn tid(value: u64) -> String {
    const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    (0..13).rev().map(|place| char::from(ALPHABET[(value >> (5 * place) & 31) as usize])).collect()
}

/// The post record. Everything in it is frozen, so that a repeated `putRecord` carries the same bytes.
pub fn record(content: &Content, facets: &[Value], blobs: &[Value]) -> Value {
    let mut record = json!({
        "$type": POST,
        "text": content.text,
        "createdAt": timestamp(content.created_at),
    });
    if let Some(language) = &content.language {
        record["langs"] = json!([language]);
    }
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    if !blobs.is_empty() {
        let images = content.media.iter().zip(blobs).map(|(media, blob)| {
            json!({
                "image": blob,
                "alt": media.alt_text,
                "aspectRatio": { "width": media.width.max(1), "height": media.height.max(1) },
            })
        });
        record["embed"] = json!({ "$type": "app.bsky.embed.images", "images": images.collect::<Vec<_>>() });
    }
    record
}

/// True when the record is the post that `content` describes.
pub fn is_same_post(record: &Value, content: &Content) -> bool {
    record["text"] == content.text.as_str()
        && record["createdAt"] == timestamp(content.created_at).as_str()
        && image_count(record) == content.media.len()
}

/// How many images a post record has.
pub fn image_count(record: &Value) -> usize {
    record["embed"]["images"].as_array().map_or(0, Vec::len)
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

    fn content(second: i64, key: u128) -> Content {
        Content {
            text: "مرحبا".to_owned(),
            language: Some("ar".to_owned()),
            media: Vec::new(),
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
        let one = record_key(&content(1_800_000_000, 1));
        assert_eq!(one.len(), 13);
        assert_eq!(one, record_key(&content(1_800_000_000, 1)));
        assert_ne!(one, record_key(&content(1_800_000_000, 2)));
        assert!(one < record_key(&content(1_800_000_001, 1)), "keys sort by time");
    }

    #[test]
    fn a_record_is_the_same_every_time() {
        let content = content(1_800_000_000, 1);
        let record = record(&content, &[], &[]);
        assert_eq!(record["createdAt"], "2027-01-15T08:00:00.123Z");
        assert_eq!(record["langs"], json!(["ar"]));
        assert!(is_same_post(&record, &content));
        let mut other = content.clone();
        other.text.push('!');
        assert!(!is_same_post(&record, &other));
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
