//! Texts as Mastodon counts, renders and compares them.

use url::Url;

use crate::content::graphemes;

/// What a link counts by default (`configuration.statuses.characters_reserved_per_url`).
pub const URL_LENGTH: u64 = 23;

/// The length in Mastodon's way: graphemes, every link as long as `url_length`, mentions without their host.
/// <https://docs.joinmastodon.org/user/posting/#text>
pub fn length(text: &str, url_length: u64) -> u64 {
    let mut length = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        length += match link_start(word) {
            Some(start) => {
                let link = word[start..].trim_end_matches(is_closing);
                graphemes(&word[..start]) + url_length + graphemes(&word[start + link.len()..])
            }
            None => graphemes(&without_host(word)),
        };
        let next = after.find(|c: char| !c.is_whitespace()).unwrap_or(after.len());
        length += graphemes(&after[..next]);
        rest = &after[next..];
    }
    length
}

fn link_start(word: &str) -> Option<usize> {
    ["https://", "http://"].iter().filter_map(|scheme| word.find(scheme)).min()
}

pub fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '"' | '\'' | '»' | '”' | '،' | '؛' | '؟' | '。')
}

/// `@name@host.example` as it is shown: `@name`, with what follows the host.
fn without_host(word: &str) -> String {
    let Some((before, rest)) = word.split_once('@') else { return word.to_owned() };
    let Some((name, host)) = rest.split_once('@') else { return word.to_owned() };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let end = host.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-' | ':')).unwrap_or(host.len());
    let end = host[..end].trim_end_matches(['.', '-', ':']).len();
    if !is_name || end == 0 || before.ends_with(char::is_alphanumeric) {
        return word.to_owned();
    }
    format!("{before}@{name}{}", &host[end..])
}

/// True when a post a server shows is the text that was sent. Servers change a text on the way (links are shortened or
/// completed, mentions lose their host, white space is folded, some read Markdown), so two texts are the same when
/// they are once folded, or once all punctuation is gone as well.
pub fn is_same(sent: &str, shown: &str) -> bool {
    let (sent, shown) = (fold(sent), fold(shown));
    sent == shown || {
        let bones = bones(&sent);
        !bones.is_empty() && bones == self::bones(&shown)
    }
}

/// Words with single spaces between them, links and mentions in one notation.
fn fold(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match link_start(word) {
        Some(start) => {
            let link = word[start..].trim_end_matches(is_closing);
            let closing = &word[start + link.len()..];
            let canonical = Url::parse(link).map_or_else(|_| link.to_owned(), String::from);
            format!("{}{}{closing}", &word[..start], canonical.trim_end_matches('/'))
        }
        None => without_host(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What is left without white space, ASCII punctuation, and characters nobody sees.
fn bones(text: &str) -> String {
    let unseen = |c: char| {
        matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{ad}' | '\u{61c}' | '\u{feff}')
            || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{2026}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_punctuation() && !unseen(*c)).collect()
}

/// The text of rendered HTML: tags gone, blocks on their own lines, entities decoded; a link is its address, a mention
/// or hashtag what is shown.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    // Where the text of the open link begins, and the link's address.
    let mut link: Option<(usize, String)> = None;
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some(end) = tag_end(rest)
        {
            let tag = &rest[1..end];
            rest = &rest[end + 1..];
            let name: String =
                tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect::<String>().to_lowercase();
            match name.trim_end_matches('/') {
                "a" => link = attribute(tag, "href").map(|href| (text.len(), href)),
                "/a" => {
                    if let Some((start, href)) = link.take()
                        && !text[start..].trim_start().starts_with(['#', '＃', '@'])
                    {
                        text.truncate(start);
                        text.push_str(&href);
                    }
                }
                "/p" => text.push_str("\n\n"),
                "br" | "/div" | "/li" | "/h1" | "/h2" | "/h3" | "/blockquote" | "/pre" => text.push('\n'),
                _ => {}
            }
        } else if c == '&'
            && let Some((decoded, length)) = entity(rest)
        {
            text.push(decoded);
            rest = &rest[length..];
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    text.trim().to_owned()
}

/// Where a tag ends: the first `>` outside quotes.
fn tag_end(text: &str) -> Option<usize> {
    let begins_tag = text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    if !begins_tag {
        return None;
    }
    let mut quote = None;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(index),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// An attribute's value, entities decoded.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}="))? + name.len() + 2;
    let quote = tag[start..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = tag[start + 1..].split(quote).next()?;
    let mut text = String::new();
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let (decoded, length) = entity(rest).unwrap_or((c, c.len_utf8()));
        text.push(decoded);
        rest = &rest[length..];
    }
    Some(text)
}

/// The character of the entity at the beginning of `text`, and the entity's length; none when there is none.
fn entity(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(12).position(|byte| byte == b';')?;
    let name = &body[..end];
    let decoded = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "hellip" => '…',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((decoded, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_like_mastodon() {
        for (text, expected) in [
            ("", 0),
            ("مرحبا", 5),
            ("👩‍👩‍👧", 1),
            ("a\n\nb", 4),
            ("https://example.com/a/very/long/path/that/goes/on", 23),
            ("see https://e.io, now", 4 + 23 + 5),
            ("(https://example.com/)", 1 + 23 + 1),
            ("@amal@social.example hi", 8),
            ("(@amal@social.example)", 7),
            ("amal@social.example", 19),
            ("www.example.com", 15),
        ] {
            assert_eq!(length(text, URL_LENGTH), expected, "{text}");
        }
        assert_eq!(length("https://e.io", 32), 32);
    }

    #[test]
    fn reads_rendered_text() {
        for (html, expected) in [
            ("<p>One &amp; two<br />three</p><p>four</p>", "One & two\nthree\n\nfour"),
            ("&#128578; &lt;3 &#x2764; a&b &unknown; 1 < 2", "🙂 <3 ❤ a&b &unknown; 1 < 2"),
            (
                "<a href=\"https://example.com/a?x=1&amp;y=2\" rel='x > y'><span class=\"invisible\">https://</span>\
                 <span class=\"ellipsis\">example.com/a</span><span class=\"invisible\">?x=1&amp;y=2</span></a>",
                "https://example.com/a?x=1&y=2",
            ),
            ("<a href=\"https://h/tags/x\" class=\"hashtag\">#<span>وسم</span></a>", "#وسم"),
            ("<span><a href=\"https://h/@amal\">@<span>amal</span></a></span>", "@amal"),
            ("open <a href=\"https://e.io", "open <a href=\"https://e.io"),
        ] {
            assert_eq!(plain(html), expected, "{html}");
        }
    }

    #[test]
    fn knows_its_own_text_again() {
        for (sent, html) in [
            ("مرحبًا  بالعالم\r\n\r\nسطر ثانٍ", "<p>مرحبًا بالعالم</p><p>سطر ثانٍ</p>"),
            ("Hi 👩‍👩‍👧 ❤️", "<p>Hi 👩‍👩‍👧 ❤</p>"),
            ("👋", "<p>👋</p>"),
            ("See https://Example.com.", "<p>See <a href=\"https://example.com/\">example.com</a>.</p>"),
            ("@amal@social.example hi", "<p><a href=\"https://social.example/@amal\">@<span>amal</span></a> hi</p>"),
            ("#وسم جديد", "<p><a href=\"https://h/tags/x\">#<span>وسم</span></a> جديد</p>"),
            (
                "# Head\n- *bold* `code`\n> said",
                "<h2>Head</h2>- <i>bold</i> <code>code</code><br><blockquote>said</blockquote>",
            ),
            ("https://مثال.example/س", "<a href=\"https://xn--mgbh0fb.example/%D8%B3\">x</a>"),
        ] {
            assert!(is_same(sent, &plain(html)), "{sent} / {}", plain(html));
        }
    }

    #[test]
    fn does_not_take_another_text_for_its_own() {
        for (sent, shown) in [
            ("one", "two"),
            ("Hi 👋", "Hi 👏"),
            ("!!!", "???"),
            ("https://example.com/a", "https://example.com/b"),
            ("مرحبا", "مرحبا بك"),
        ] {
            assert!(!is_same(sent, shown), "{sent} / {shown}");
        }
    }
}
