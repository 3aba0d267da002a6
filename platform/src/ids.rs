//! Ids: `UUIDv7` inside, opaque, prefixed text outside (`post_0672...`).

use chrono::{DateTime, Utc};
use data_encoding::{Encoding, Specification};
use std::sync::{LazyLock, Mutex};
use uuid::{ContextV7, Timestamp, Uuid};

/// Crockford's base 32 in lower case (<https://www.crockford.com/base32.html>), which keeps the order of the bytes.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    #[expect(clippy::expect_used, reason = "the alphabet is a constant and right")]
    specification.encoding().expect("a valid alphabet")
});

/// Counts the ids of one instant, so that they sort in the order in which they were made.
static COUNTER: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));

/// A new id that sorts by the time it was made, after every id that this process made before.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&*COUNTER, seconds, now.timestamp_subsec_nanos()))
}

/// The outside form of an id: `prefix_` and 26 characters.
pub fn encode(prefix: &str, id: Uuid) -> String {
    format!("{prefix}_{}", BASE32.encode(id.as_bytes()))
}

/// The id inside `text`, if it has this prefix and the right form.
pub fn decode(prefix: &str, text: &str) -> Option<Uuid> {
    let (found, id) = split(text)?;
    (found == prefix).then_some(id)
}

/// Any id's prefix and the id.
pub fn split(text: &str) -> Option<(&str, Uuid)> {
    let (prefix, body) = text.rsplit_once('_')?;
    let bytes = BASE32.decode(body.as_bytes()).ok()?;
    Some((prefix, Uuid::from_slice(&bytes).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_of_one_instant_keep_their_order() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ids: Vec<Uuid> = (0..1000).map(|_| new_id(now)).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(bytes: [u8; 16]) {
            let id = Uuid::from_bytes(bytes);
            let text = encode("social_account", id);
            prop_assert_eq!(decode("social_account", &text), Some(id));
            prop_assert_eq!(decode("post", &text), None);
        }

        #[test]
        fn no_text_is_read_as_an_id_that_would_be_written_otherwise(text in "\\PC{0,40}") {
            if let Some((prefix, id)) = split(&text) {
                prop_assert_eq!(encode(prefix, id), text);
            }
        }

        #[test]
        fn order_is_kept(a: [u8; 16], b: [u8; 16]) {
            prop_assert_eq!(a.cmp(&b), encode("x", Uuid::from_bytes(a)).cmp(&encode("x", Uuid::from_bytes(b))));
        }
    }
}
