//! Links, mentions and hashtags in a text, by offsets in bytes of UTF-8.
//! <https://docs.bsky.app/docs/advanced-guides/post-richtext>

use std::ops::Range;

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::preview::{Piece, Preview};

/// The longest hashtag in graphemes and in bytes (lexicon `app.bsky.richtext.facet#tag`).
const MAX_TAG: (usize, usize) = (64, 640);

/// Something in a text that means more than its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub feature: Feature,
}

/// What a span means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feature {
    /// A web address.
    Link(String),
    /// A handle, without `@`; becomes a facet when it resolves.
    Mention(String),
    /// A hashtag, without `#`.
    Tag(String),
}

impl Feature {
    /// The lexicon's form; a mention needs its resolved identifier.
    pub fn to_json(&self, did: Option<&str>) -> Option<Value> {
        match self {
            Self::Link(uri) => Some(json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri })),
            Self::Tag(tag) => Some(json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag })),
            Self::Mention(_) => did.map(|did| json!({ "$type": "app.bsky.richtext.facet#mention", "did": did })),
        }
    }
}

/// The text as Bluesky shows it. It adds no preview of a link that it is not sent.
pub fn preview(text: &str) -> Preview {
    let mut preview = Preview::default();
    let mut from = 0;
    for Span { range, feature } in spans(text) {
        preview.text(&text[from..range.start]);
        from = range.end;
        let shown = text[range].to_owned();
        preview.pieces.push(match feature {
            Feature::Link(address) => Piece::Link { shown, address },
            Feature::Mention(_) => Piece::Mention(shown),
            Feature::Tag(_) => Piece::Tag(shown),
        });
    }
    preview.text(&text[from..]);
    preview
}

/// Finds every span, in order, none inside another.
pub fn spans(text: &str) -> Vec<Span> {
    words(text).filter_map(|(start, word)| span(start, word)).collect()
}

/// Words with their offsets. White space ends a word, and so do the marks that set the direction of writing, which
/// stand around links and handles in right-to-left texts; brackets and quotes in front of a word are left out.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_border = |c: char| c.is_whitespace() || is_direction_mark(c);
    text.split(is_border).map(|word| {
        let bare = word.trim_start_matches(['(', '[', '"', '\'', '«', '“', '‘']);
        (bare.as_ptr() as usize - text.as_ptr() as usize, bare)
    })
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn span(start: usize, word: &str) -> Option<Span> {
    let (length, feature) = link(word).or_else(|| mention(word)).or_else(|| tag(word))?;
    Some(Span { range: start..start + length, feature })
}

fn link(word: &str) -> Option<(usize, Feature)> {
    let lower = word.get(..8).unwrap_or(word).to_ascii_lowercase();
    if !lower.starts_with("https://") && !lower.starts_with("http://") {
        return None;
    }
    let mut address = without_closing_punctuation(word);
    // A bracket belongs to the address only when it is opened inside it.
    while address.ends_with(')') && address.matches(')').count() > address.matches('(').count() {
        address = without_closing_punctuation(&address[..address.len() - 1]);
    }
    let url = url::Url::parse(address).ok()?;
    url.host_str()?;
    Some((address.len(), Feature::Link(address.to_owned())))
}

/// A handle is a host name: <https://atproto.com/specs/handle>.
fn mention(word: &str) -> Option<(usize, Feature)> {
    let rest = word.strip_prefix('@')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').unwrap_or(rest.len());
    let handle = rest[..end].trim_end_matches(['.', '-']);
    let labels: Vec<&str> = handle.split('.').collect();
    let is_label =
        |label: &&str| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
    let ends_in_letter = labels.last()?.starts_with(|c: char| c.is_ascii_alphabetic());
    // `@name@host` is an address of another network.
    let is_foreign = rest[end..].starts_with('@');
    let is_handle = labels.len() > 1 && handle.len() <= 253 && ends_in_letter && labels.iter().all(is_label);
    (is_handle && !is_foreign).then(|| (1 + handle.len(), Feature::Mention(handle.to_ascii_lowercase())))
}

fn tag(word: &str) -> Option<(usize, Feature)> {
    let hash = word.chars().next().filter(|c| matches!(c, '#' | '＃'))?;
    let rest = &word[hash.len_utf8()..];
    let end = rest.find(['#', '＃', '\u{ad}', '\u{2060}', '\u{200b}']).unwrap_or(rest.len());
    let tag = rest[..end].trim_end_matches(|c: char| is_closing_punctuation(c) || matches!(c, ')' | ']'));
    let fits = tag.graphemes(true).count() <= MAX_TAG.0 && tag.len() <= MAX_TAG.1;
    // `#1` is a number and `#️⃣` an emoji.
    let says_something = !tag.starts_with('\u{fe0f}') && tag.chars().any(|c| !c.is_numeric() && c != '_');
    (!tag.is_empty() && fits && says_something).then(|| (hash.len_utf8() + tag.len(), Feature::Tag(tag.to_owned())))
}

fn without_closing_punctuation(text: &str) -> &str {
    text.trim_end_matches(is_closing_punctuation)
}

fn is_closing_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '…' | '"' | '\'' | '»' | '”' | '’' | '،' | '؛' | '؟' | '۔' | '。' | '，'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, Feature)> {
        spans(text).into_iter().map(|span| (&text[span.range], span.feature)).collect()
    }

    fn link(uri: &str) -> Feature {
        Feature::Link(uri.to_owned())
    }

    fn tag(tag: &str) -> Feature {
        Feature::Tag(tag.to_owned())
    }

    #[test]
    fn finds_links_mentions_and_tags() {
        let text = "Look (https://example.com/a_(b)?x=1#y), @Amal.test! #Launch, #2026 #v2.";
        assert_eq!(
            found(text),
            [
                ("https://example.com/a_(b)?x=1#y", link("https://example.com/a_(b)?x=1#y")),
                ("@Amal.test", Feature::Mention("amal.test".to_owned())),
                ("#Launch", tag("Launch")),
                ("#v2", tag("v2")),
            ]
        );
    }

    #[test]
    fn offsets_are_bytes_in_right_to_left_text_with_emoji() {
        let text = "مرحبًا 👩‍👩‍👧 #وسم_جديد، \u{2066}https://مثال.example/س\u{2069}؟";
        assert_eq!(
            found(text),
            [("#وسم_جديد", tag("وسم_جديد")), ("https://مثال.example/س", link("https://مثال.example/س")),]
        );
        let first = &spans(text)[0].range;
        assert_eq!(first.start, text.find('#').expect("a tag"));
        assert!(first.start > text.chars().position(|c| c == '#').expect("a tag"), "bytes, not characters");
    }

    #[test]
    fn a_preview_is_the_whole_text_in_pieces() {
        let text = "Look (https://e.io), @amal.test\n#Launch!";
        let text_of = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            preview(text).pieces,
            [
                text_of("Look ("),
                Piece::Link { shown: "https://e.io".to_owned(), address: "https://e.io".to_owned() },
                text_of("), "),
                Piece::Mention("@amal.test".to_owned()),
                text_of("\n"),
                Piece::Tag("#Launch".to_owned()),
                text_of("!"),
            ]
        );
        assert_eq!(preview(text).card, None);
    }

    #[test]
    fn leaves_plain_what_only_looks_alike() {
        for text in ["a@b.example", "@home", "@name@host.example", "@a..b", "#", "#1", "# x", "#️⃣", "http://", "x#y"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
