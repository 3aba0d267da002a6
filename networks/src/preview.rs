//! A text as a network will show it, for those who look at it before it is there.

use url::Url;

use crate::counting::links;

/// What a network makes of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// The text in order, each part as it is shown.
    pub pieces: Vec<Piece>,
    /// The address of the page of which the network adds a preview of its own, if it does.
    pub card: Option<String>,
}

/// A part of a text. Line breaks stand in it as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Text(String),
    /// A link.
    Link {
        /// What is shown of it.
        shown: String,
        /// Where it leads: `http` or `https`.
        address: String,
    },
    /// A mention of somebody, with its `@`.
    Mention(String),
    /// A hashtag, with its `#`.
    Tag(String),
}

impl Preview {
    /// Adds plain text.
    pub(crate) fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }
}

/// A text of which the network makes links (also without their scheme), mentions (`@name`) and hashtags, and shows all of them as they
/// are written. It adds a preview of the first link where nothing else is to be seen.
pub(crate) fn plain_with_links(text: &str, media: usize) -> Preview {
    let mut preview = Preview::default();
    let mut end = 0;
    for link in links(text) {
        marks(&mut preview, &text[end..link.start]);
        let shown = &text[link.clone()];
        let has_scheme =
            shown.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) && shown.contains("://");
        let address = if has_scheme { shown.to_owned() } else { format!("https://{shown}") };
        if Url::parse(&address).is_ok() {
            if media == 0 {
                preview.card.get_or_insert_with(|| address.clone());
            }
            preview.pieces.push(Piece::Link { shown: shown.to_owned(), address });
        } else {
            preview.text(shown);
        }
        end = link.end;
    }
    marks(&mut preview, &text[end..]);
    preview
}

/// A text of which the network makes mentions and hashtags, and no links.
pub(crate) fn plain_without_links(text: &str) -> Preview {
    let mut preview = Preview::default();
    marks(&mut preview, text);
    preview
}

/// Adds a text without links: its mentions and hashtags, which begin a word.
fn marks(preview: &mut Preview, text: &str) {
    let (mut from, mut at) = (0, 0);
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let begins = before.is_none_or(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '&' | '/' | '@' | '#'));
        let rest = &text[at + c.len_utf8()..];
        let piece = match c {
            '@' if begins => marked(rest, |c| c.is_ascii_alphanumeric() || c == '_', |_| true),
            '#' | '＃' if begins => {
                marked(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '\u{200c}'), char::is_alphabetic)
            }
            _ => None,
        };
        let length = c.len_utf8() + piece.map_or(0, str::len);
        if piece.is_some() {
            preview.text(&text[from..at]);
            let whole = text[at..at + length].to_owned();
            preview.pieces.push(if c == '@' { Piece::Mention(whole) } else { Piece::Tag(whole) });
            from = at + length;
        }
        before = text[at..at + length].chars().next_back();
        at += length;
    }
    preview.text(&text[from..]);
}

/// The name behind a mark; none when nothing of it says something.
fn marked(rest: &str, belongs: fn(char) -> bool, says: fn(char) -> bool) -> Option<&str> {
    let name = &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
    name.chars().any(says).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let pieces = plain_with_links(text, 0).pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Link { shown, address } => format!("[{shown}|{address}]"),
            Piece::Mention(name) => format!("<{name}>"),
            Piece::Tag(tag) => format!("{{{tag}}}"),
        });
        pieces.collect()
    }

    #[test]
    fn links_mentions_and_hashtags_are_marked() {
        for (text, expected) in [
            ("", ""),
            ("see example.com/a, now", "see [example.com/a|https://example.com/a], now"),
            ("(HTTPS://e.io)", "([HTTPS://e.io|HTTPS://e.io])"),
            ("hi @amal, @", "hi <@amal>, @"),
            ("#وسم and #1 and a#b", "{#وسم} and #1 and a#b"),
            ("amal@example.com", "amal@example.com"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_link_has_a_card_unless_there_is_something_to_see() {
        assert_eq!(plain_with_links("a.com and b.com", 0).card.as_deref(), Some("https://a.com"));
        assert_eq!(plain_with_links("a.com", 1).card, None);
    }
}
