//! A text as Mastodon shows it: links without their scheme and cut, mentions without their host, hashtags.
//! <https://github.com/mastodon/mastodon/blob/main/app/lib/text_formatter.rb>

use url::Url;

use super::text::is_closing;
use crate::preview::{Piece, Preview};

/// How many characters of a link are shown, after its scheme.
const SHOWN: usize = 30;

/// What Mastodon makes of a text. Without images it adds a preview of the first link.
pub fn preview(text: &str, images: usize) -> Preview {
    let mut preview = Preview::default();
    let (mut from, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let before = text[..at].chars().next_back();
        let found = match c {
            'h' | 'H' => link(&text[at..], before),
            '@' => mention(&text[at..], before),
            '#' | '＃' => tag(&text[at..], before),
            _ => None,
        };
        if let Some((length, piece)) = found {
            preview.text(&text[from..at]);
            if let Piece::Link { address, .. } = &piece
                && images == 0
            {
                preview.card.get_or_insert_with(|| address.clone());
            }
            preview.pieces.push(piece);
            at += length;
            from = at;
        } else {
            at += c.len_utf8();
        }
    }
    preview.text(&text[from..]);
    preview
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn link(rest: &str, before: Option<char>) -> Option<(usize, Piece)> {
    if before.is_some_and(is_word) {
        return None;
    }
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let address = word.trim_end_matches(is_closing);
    Url::parse(address).ok()?.host_str()?;
    let bare = address[scheme.len()..].strip_prefix("www.").unwrap_or(&address[scheme.len()..]);
    let shown = match bare.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &bare[..end]),
        None => bare.to_owned(),
    };
    Some((address.len(), Piece::Link { shown, address: address.to_owned() }))
}

/// `@name` or `@name@host`; what is shown is `@name`.
fn mention(rest: &str, before: Option<char>) -> Option<(usize, Piece)> {
    if before.is_some_and(|c| is_word(c) || matches!(c, '/' | '=' | '@')) {
        return None;
    }
    let name = rest[1..].split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-')).next()?;
    let name = name.trim_end_matches(['.', '-']);
    if name.is_empty() || name.starts_with(['.', '-']) {
        return None;
    }
    let mut length = 1 + name.len();
    if let Some(host) = rest[length..].strip_prefix('@') {
        let end = host.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-' | ':')).unwrap_or(host.len());
        let host = host[..end].trim_end_matches(['.', '-', ':']);
        length += if host.is_empty() { 0 } else { 1 + host.len() };
    }
    Some((length, Piece::Mention(format!("@{name}"))))
}

fn tag(rest: &str, before: Option<char>) -> Option<(usize, Piece)> {
    if before.is_some_and(|c| is_word(c) || matches!(c, '/' | ')' | '=' | '#')) {
        return None;
    }
    let hash = rest.chars().next()?.len_utf8();
    let joins = |c: char| matches!(c, '_' | '·' | '・' | '\u{200c}');
    let end = rest[hash..].find(|c: char| !c.is_alphanumeric() && !joins(c)).unwrap_or(rest.len() - hash);
    let name = rest[hash..hash + end].trim_end_matches(|c: char| joins(c) && c != '_');
    // `#1` is a number.
    let says_something = name.chars().any(char::is_alphabetic);
    says_something.then(|| (hash + name.len(), Piece::Tag(rest[..hash + name.len()].to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let pieces = preview(text, 0).pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Link { shown, .. } => format!("[{shown}]"),
            Piece::Mention(name) => format!("<{name}>"),
            Piece::Tag(tag) => format!("{{{tag}}}"),
        });
        pieces.collect()
    }

    #[test]
    fn marks_what_mastodon_marks() {
        for (text, expected) in [
            ("", ""),
            ("plain\n\ntext", "plain\n\ntext"),
            ("see https://www.example.com/a, now", "see [example.com/a], now"),
            ("(HTTP://e.io)", "([e.io])"),
            ("https://example.com/a/very/long/path/that/goes/on", "[example.com/a/very/long/path/t…]"),
            ("hi @amal@social.example!", "hi <@amal>!"),
            ("a@b.example @ @@x", "a@b.example @ @@x"),
            ("#Launch #1 #وسم_جديد، (#v2) a#b", "{#Launch} #1 {#وسم_جديد}، ({#v2}) a#b"),
            ("#سال‌نو!", "{#سال‌نو}!"),
            ("http:// https://", "http:// https://"),
        ] {
            assert_eq!(marked(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_link_gets_a_card_unless_there_are_images() {
        let text = "https://a.example https://b.example";
        assert_eq!(preview(text, 0).card.as_deref(), Some("https://a.example"));
        assert_eq!(preview(text, 1).card, None);
        assert_eq!(preview("no link", 0).card, None);
    }
}
