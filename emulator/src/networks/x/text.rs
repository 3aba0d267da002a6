//! What X makes of a text: its weighted length, and its short links.
//! <https://docs.x.com/fundamentals/counting-characters>

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What a link counts, of whatever length.
const LINK: u64 = 23;

/// The weighted length: one for what is written with light letters, two for everything else, 23 for a link with its
/// scheme. An emoji that is put together counts as one emoji.
pub fn weight(text: &str) -> u64 {
    text.split_inclusive(char::is_whitespace).map(weight_of_word).sum()
}

fn weight_of_word(word: &str) -> u64 {
    match link_of(word) {
        Some((start, end)) => weight_of(&word[..start]) + LINK + weight_of(&word[end..]),
        None => weight_of(word),
    }
}

fn weight_of(text: &str) -> u64 {
    let mut joined = false;
    let mut total = 0;
    for c in text.chars() {
        let belongs_to_emoji =
            matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{20e3}') || ('\u{1f3fb}'..='\u{1f3ff}').contains(&c);
        let counts = !belongs_to_emoji && !joined;
        joined = c == '\u{200d}';
        total += match u32::from(c) {
            _ if !counts => 0,
            // The last of these are the halves of flags.
            0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 | 0x1_f1e6..=0x1_f1ff => 1,
            _ => 2,
        };
    }
    total
}

/// Where in a word a link with its scheme begins and ends.
fn link_of(word: &str) -> Option<(usize, usize)> {
    let start = ["https://", "http://"].iter().filter_map(|scheme| word.find(scheme)).min()?;
    let link = word[start..].trim_end().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'']);
    let has_host = link.split("://").nth(1).is_some_and(|rest| rest.contains('.') && !rest.starts_with('.'));
    has_host.then_some((start, start + link.len()))
}

/// The text as it is shown, and the links in it: short ones, files behind the text, and the marks of HTML escaped.
pub fn shown(id: &str, text: &str, files: usize, page: &str) -> (String, Vec<Value>) {
    let mut links = Vec::new();
    let mut shorten = |expanded: &str, media_key: Option<String>| {
        let digest = Sha256::digest(format!("{id} {}", links.len()));
        let short = format!("https://t.co/{}", HEXLOWER.encode(digest.get(..5).unwrap_or_default()));
        let mut link = json!({ "url": short, "expanded_url": expanded, "display_url": expanded.split("://").nth(1) });
        if let Some(key) = media_key {
            link["media_key"] = json!(key);
        }
        links.push(link);
        short
    };
    let mut shown = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        match link_of(word) {
            Some((start, end)) => {
                shown.push_str(&escaped(&word[..start]));
                shown.push_str(&shorten(&word[start..end], None));
                shown.push_str(&escaped(&word[end..]));
            }
            None => shown.push_str(&escaped(word)),
        }
    }
    if files > 0 {
        let short = shorten(&format!("{page}/photo/1"), Some(format!("3_{id}0")));
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(&short);
    }
    (shown, links)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_the_guide() {
        for (text, expected) in [
            ("", 0),
            ("café", 4),
            ("مرحبا", 5),
            ("漢字", 4),
            ("👨‍👩‍👧 👍🏽 🇬🇷", 8),
            ("see https://example.com/a/b/c, now", 4 + 23 + 5),
            ("https:// x", 10),
        ] {
            assert_eq!(weight(text), expected, "{text}");
        }
    }

    #[test]
    fn links_are_short_and_marks_escaped() {
        let (text, links) = shown("1", "a & b\nhttps://e.io/x?a=1&b=2.", 1, "https://x.com/amal/status/1");
        let short = |index: usize| links[index]["url"].as_str().unwrap();
        assert_eq!(text, format!("a &amp; b\n{}. {}", short(0), short(1)));
        assert_eq!((links[0]["expanded_url"].as_str(), links.len()), (Some("https://e.io/x?a=1&b=2"), 2));
        assert_eq!(short(0).len(), 23);
    }
}
