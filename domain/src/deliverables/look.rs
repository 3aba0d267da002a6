//! Looking at a page: whether it answers, and what words it has.

use diwan_platform::http::{HttpClient, HttpError};
use html5gum::{DefaultEmitter, Token, Tokenizer};
use url::Url;

use crate::curation::plain;
use crate::strategy::{hashtags_in, words};

/// The most of a page that is read, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// The most characters of it that are searched.
const MOST_TEXT: usize = 1_000_000;
/// The most redirects that are followed.
const MOST_HOPS: usize = 5;
/// What pages say of themselves to programs: there is the text of a post that its page draws by scripts.
const SAID_TO_PROGRAMS: [&str; 4] = ["description", "og:description", "og:title", "twitter:description"];

/// What is at an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// A page with these words.
    There(String),
    /// Nothing, as its server says.
    Gone,
    /// It cannot be told: one of `ADDRESS`, `AWAY`, `REDIRECTS`, `REFUSED`.
    Unclear(&'static str),
}

/// Asks for a page. Each address on the way is called by the outbound client's policy on its own.
pub(super) async fn look_at(http: &HttpClient, address: &str) -> Page {
    let Ok(mut url) = Url::parse(address) else { return Page::Unclear("ADDRESS") };
    for _ in 0..=MOST_HOPS {
        let request = http.get(url.clone()).max_response_bytes(MOST_BYTES).header("accept", "text/html, */*;q=0.5");
        let answer = match request.send().await {
            Ok(answer) => answer,
            // It is there, and larger than what is read.
            Err(HttpError::TooLarge { status, .. }) if status.is_success() => return Page::There(String::new()),
            Err(HttpError::Refused { .. }) => return Page::Unclear("ADDRESS"),
            Err(_) => return Page::Unclear("AWAY"),
        };
        match answer.status.as_u16() {
            200..=299 => {
                let body = answer.body.clone();
                let text = tokio::task::spawn_blocking(move || text_of(&String::from_utf8_lossy(&body))).await;
                return text.map_or(Page::Unclear("AWAY"), Page::There);
            }
            301 | 302 | 303 | 307 | 308 => match answer.header("location").and_then(|to| url.join(to).ok()) {
                Some(next) => url = next,
                None => return Page::Unclear("REDIRECTS"),
            },
            404 | 410 => return Page::Gone,
            status if status == 429 || status >= 500 => return Page::Unclear("AWAY"),
            _ => return Page::Unclear("REFUSED"),
        }
    }
    Page::Unclear("REDIRECTS")
}

/// The words of a page, and what it says of itself to programs.
fn text_of(html: &str) -> String {
    let mut text = plain(html, MOST_TEXT);
    let mut emitter = DefaultEmitter::default();
    // What stands in a script is no element.
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        let Token::StartTag(tag) = token else { continue };
        if tag.name.as_slice() != b"meta" {
            continue;
        }
        let attribute =
            |name: &str| tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned());
        let name = attribute("name").or_else(|| attribute("property")).unwrap_or_default().to_lowercase();
        if SAID_TO_PROGRAMS.contains(&name.as_str()) {
            text.push('\n');
            text.push_str(&attribute("content").unwrap_or_default());
        }
    }
    text
}

/// Whether a text holds what discloses it: its hashtags, where it has any, otherwise all of its words in their order.
pub(super) fn discloses(disclosure: &str, text: &str) -> bool {
    let tags = hashtags_in(disclosure);
    if !tags.is_empty() {
        let said = hashtags_in(text);
        return tags.iter().all(|tag| said.contains(tag));
    }
    let (wanted, said) = (words(disclosure), words(text));
    if wanted.is_empty() {
        return text.contains(disclosure);
    }
    said.windows(wanted.len()).any(|run| run == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_tag_and_words_are_words() {
        for (disclosure, text, expected) in [
            ("#ad", "Look at this! #AD", true),
            ("#ad", "This is no ad", false),
            ("#ad", "#advice for you", false),
            ("#آگهی", "این یک پست است #آگهی", true),
            ("Paid partnership", "A  PAID partnership, with Nour", true),
            ("Paid partnership", "Partnership, paid", false),
            ("§", "§ 5", true),
        ] {
            assert_eq!(discloses(disclosure, text), expected, "{disclosure} in {text}");
        }
    }

    #[test]
    fn what_a_page_says_of_itself_is_read_and_its_code_is_not() {
        let page = r##"<html><head><meta property="og:description" content="My day &amp; more #ad">
          <meta name="keywords" content="#hidden"><style>.ad {}</style></head>
          <body class="ad"><script>var tag = "#script";</script><p>Hello <b>world</b></p></body></html>"##;
        let text = text_of(page);
        assert!(discloses("#ad", &text) && discloses("Hello world", &text), "{text}");
        assert!(!discloses("#script", &text) && !discloses("#hidden", &text), "{text}");
    }
}
