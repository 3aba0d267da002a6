use std::collections::HashSet;

use super::*;

fn counts(key: &str, text: &str) -> Vec<(TextPart, TextUnit, u64, u64)> {
    let rules = text_rules().iter().find(|rules| rules.key == key).expect("a network");
    rules.count(text).into_iter().map(|count| (count.part, count.unit, count.counted, count.limit)).collect()
}

#[test]
fn every_network_has_its_rules_once() {
    let keys: HashSet<_> = text_rules().iter().map(|rules| rules.key).collect();
    assert_eq!((keys.len(), text_rules().len()), (12, 12));
    // What can be published to counts in the way of the table.
    for network in crate::registry() {
        let capabilities = network.capabilities();
        let rules = text_rules().iter().find(|rules| rules.key == capabilities.key.as_str()).expect("its rules");
        assert_eq!(rules.name, capabilities.name);
        // Its text is a caption or a description where every post has an image or a film.
        assert!(rules.limits.iter().any(|(_, limit)| *limit == capabilities.text), "{}", rules.name);
    }
}

/// Examples of the conformance suite of twitter-text and of <https://docs.x.com/fundamentals/counting-characters>.
#[test]
fn counts_like_x() {
    for (text, expected) in [
        ("", 0),
        ("This is a test.", 15),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("저찀쯿쿿", 8),
        ("\u{10000}\u{10ffff}", 4),
        ("H🐱☺👨‍👩‍👧‍👦", 7),
        ("🙋🏽👨‍🎤", 4),
        ("🇬🇷1️⃣", 4),
        ("©", 1),
        // Composed before it is counted.
        ("e\u{301}", 1),
        ("سلام دنیا", 9),
        ("ᚠᚢ", 4),
        ("‘quotes’ – and… dots", 8 + 1 + 1 + 1 + 3 + 2 + 1 + 4),
        ("HTTPS://www.ExaMPLE.COM/index.html", 23),
        ("http://example.com/Русские_слова", 23),
        ("http://example.com?foo=$bar.;baz?BAZ&c=d-#top/?stories+", 23),
        ("http://☃.net/", 23),
        ("(https://en.wikipedia.org/wiki/Rust_(fungus)).", 1 + 23 + 2),
        ("foo.co.jp", 23),
        ("t.co", 23),
        ("see name.jp", 11),
        ("name.jp/path", 23),
        ("http://otters", 13),
        ("ftp://www.example.com/", 22),
        ("amal@example.com", 16),
        ("@example.com", 12),
        ("file.unknowntop", 15),
        ("https://example.com/日本語", 23 + 6),
        ("https://example.comです", 23 + 4),
    ] {
        assert_eq!(TextUnit::XWeighted.count(text, None), expected, "{text}");
    }
    let full = "の".repeat(140);
    assert_eq!(counts("x", &full), [(TextPart::Text, TextUnit::XWeighted, 280, 280)]);
    let cats = "🐱".repeat(140);
    assert_eq!(TextUnit::XWeighted.count(&cats, None), 280);
}

/// <https://developers.facebook.com/documentation/threads/posts>
#[test]
fn counts_like_threads() {
    assert_eq!(TextUnit::ThreadsCharacters.count("سلام 12#", None), 8);
    assert_eq!(TextUnit::ThreadsCharacters.count("Hi 👋", None), 3 + 4);
    assert_eq!(TextUnit::ThreadsCharacters.count("👩‍👩‍👧", None), "👩‍👩‍👧".len() as u64);
    // The same link twice is one.
    let text = "www.facebook.com www.facebook.com www.instagram.com";
    assert_eq!(counts("threads", text)[1], (TextPart::Text, TextUnit::Links, 2, 5));
}

#[test]
fn counts_like_instagram() {
    let text = "New! #one #two_2 ＃سه #4 a#b &#39; # @amal (@omid) amal@mail.example 😀";
    let found: Vec<_> =
        counts("instagram", text).into_iter().map(|(_, unit, counted, limit)| (unit, counted, limit)).collect();
    let units = text.encode_utf16().count() as u64;
    assert_eq!(found, [(TextUnit::Utf16Units, units, 2_200), (TextUnit::Hashtags, 4, 30), (TextUnit::Mentions, 2, 20)]);
}

#[test]
fn counts_each_part_of_a_network() {
    use TextPart::{Caption, Description, Text, Title};
    use TextUnit::{Bytes, Graphemes, MastodonCharacters, Utf16Units};
    // Two letters of two bytes, an emoji of three characters, five units of UTF-16 and eleven bytes.
    let text = "سل🙋🏽\u{200d}";
    let (utf16, bytes) = (7, 15);
    assert_eq!((text.encode_utf16().count(), text.len()), (7, 15));
    for (key, expected) in [
        ("facebook", vec![(Text, Utf16Units, utf16, 63_206)]),
        ("linkedin", vec![(Text, Utf16Units, utf16, 3_000)]),
        ("tiktok", vec![(Caption, Utf16Units, utf16, 2_200)]),
        ("youtube", vec![(Title, Utf16Units, utf16, 100), (Description, Bytes, bytes, 5_000)]),
        ("pinterest", vec![(Title, Utf16Units, utf16, 100), (Description, Utf16Units, utf16, 800)]),
        ("telegram", vec![(Text, Utf16Units, utf16, 4_096), (Caption, Utf16Units, utf16, 1_024)]),
        ("google_business", vec![(Text, Utf16Units, utf16, 1_500)]),
        ("mastodon", vec![(Text, MastodonCharacters, 3, 500)]),
        ("bluesky", vec![(Text, Graphemes, 3, 300), (Text, Bytes, bytes, 3_000)]),
    ] {
        assert_eq!(counts(key, text), expected, "{key}");
    }
    // A server's own word on what a link counts.
    assert_eq!(MastodonCharacters.count("https://e.io", Some(32)), 32);
}
