//! Plain text of what a feed brings, which is HTML of anybody's.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements whose content is no text for readers.
const SILENT: [&str; 7] = ["script", "style", "template", "noscript", "svg", "iframe", "object"];
/// Elements that begin a line of their own.
const BLOCKS: [&str; 20] = [
    "address",
    "article",
    "blockquote",
    "br",
    "dd",
    "div",
    "dt",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "p",
    "pre",
    "section",
    "tr",
];

/// The text of a piece of HTML, as a browser would read it: no tags, no scripts, no comments, entities resolved, at most so many
/// characters.
pub(crate) fn plain(html: &str, most: usize) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut text = String::new();
    let mut silent = 0_usize;
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                if SILENT.contains(&name.as_str()) && !tag.self_closing {
                    silent += 1;
                } else if BLOCKS.contains(&name.as_str()) {
                    text.push('\n');
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                if SILENT.contains(&name.as_str()) {
                    silent = silent.saturating_sub(1);
                } else if BLOCKS.contains(&name.as_str()) {
                    text.push('\n');
                }
            }
            Token::String(string) if silent == 0 => text.push_str(&String::from_utf8_lossy(&string)),
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    tidy(&text, most)
}

/// The same in one line.
pub(super) fn line(html: &str, most: usize) -> String {
    tidy(&plain(html, usize::MAX).replace('\n', " "), most)
}

/// Without control characters, without what turns the direction of the text around it, with single spaces and line breaks.
fn tidy(text: &str, most: usize) -> String {
    let shown = |c: &char| {
        *c == '\n' || !(c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
    };
    let spaced: String = text.chars().map(|c| if c == '\t' || c == '\r' { ' ' } else { c }).filter(shown).collect();
    let lines = spaced.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    cut(&lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"), most)
}

/// At most so many characters; what was cut ends with an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let begin: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", begin.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn html_becomes_what_it_says() {
        for (html, text) in [
            ("Coffee &amp; tea", "Coffee & tea"),
            ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
            ("<script>alert('x')</script>Hello<style>p{}</style>", "Hello"),
            ("<img src=x onerror=alert(1)>Picture", "Picture"),
            ("<a href=\"javascript:x\">Link</a>", "Link"),
            ("5 &lt; 6 &#x26; 1 < 2", "5 < 6 & 1 < 2"),
            ("<!-- hidden -->  much \u{0}  space \t here ", "much space here"),
            ("قهوه و <b>چای</b>", "قهوه و چای"),
            ("evil\u{202e}txt", "eviltxt"),
            ("<svg><text>no</text></svg>yes", "yes"),
            ("<scr<script>ipt>x", "ipt>x"),
        ] {
            assert_eq!(plain(html, 1000), text, "{html}");
        }
        assert_eq!(line("<p>One</p><p>Two</p>", 100), "One Two");
        assert_eq!(plain("abcdefgh", 5), "abcd…");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_the_limit_holds(html in "\\PC{0,200}", most in 1..50_usize) {
            let text = plain(&html, most);
            prop_assert!(text.chars().count() <= most);
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
