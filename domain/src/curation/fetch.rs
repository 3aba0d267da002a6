//! Asking a server for a feed, and reading what it answers.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::curation::source;
use diwan_platform::crypto::sha256;
use diwan_platform::http::{HttpClient, HttpError, Response, is_web};
use feed_rs::model::{Entry, Feed};
use quick_xml::events::Event;
use url::Url;

use super::politeness::retry_after;
use super::text::{line, plain};

/// The most of a feed that is read, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// The most items of a feed that are looked at, the newest.
const MOST_ITEMS: usize = 200;
/// The most redirects that are followed.
const MOST_HOPS: usize = 3;
/// The deepest that elements stand in each other in a feed.
const DEEPEST: usize = 64;

/// Every value of `source.trouble`.
pub const TROUBLES: &[&str] = &["ADDRESS", "AWAY", "GONE", "NOT_A_FEED", "REDIRECTS", "REFUSED", "TOO_LARGE"];

/// What came of asking.
#[derive(Debug)]
pub(super) enum Fetched {
    /// Nothing new.
    Unchanged,
    /// The feed.
    Feed(Read),
    /// It is gone for good, and the server asks not to come again.
    Gone,
    /// It could not be read.
    Failed {
        /// One of [`TROUBLES`].
        trouble: &'static str,
        /// For operators.
        detail: String,
        /// How long the server wants to be left alone.
        retry_after: Option<Duration>,
    },
}

/// A feed, as far as it is kept.
#[derive(Debug)]
pub(super) struct Read {
    pub title: String,
    pub ttl_minutes: Option<u32>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// The oldest first.
    pub items: Vec<Item>,
}

/// An item, in plain text.
#[derive(Debug)]
pub(super) struct Item {
    pub guid_hash: [u8; 32],
    pub url: Option<String>,
    pub title: String,
    pub summary: String,
    pub author: String,
    pub published_at: Option<DateTime<Utc>>,
}

fn failed(trouble: &'static str, detail: impl Into<String>) -> Fetched {
    Fetched::Failed { trouble, detail: detail.into(), retry_after: None }
}

/// Asks for the feed, whether it has changed since it was last read.
pub(super) async fn fetch(http: &HttpClient, source: &source::Model, now: DateTime<Utc>) -> Fetched {
    let Ok(mut url) = Url::parse(&source.url) else { return failed("ADDRESS", "not an address") };
    for _ in 0..=MOST_HOPS {
        let mut request = http
            .get(url.clone())
            .max_response_bytes(MOST_BYTES)
            .header("accept", "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.9, */*;q=0.1");
        if let Some(etag) = &source.etag {
            request = request.header("if-none-match", etag);
        }
        if let Some(since) = &source.last_modified {
            request = request.header("if-modified-since", since);
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return not_answered(&error),
        };
        let status = answer.status.as_u16();
        match status {
            200 => return read(answer, url).await,
            304 => return Fetched::Unchanged,
            301 | 302 | 303 | 307 | 308 => {
                // The client looks at each address on its own: a redirect leads nowhere that could not be called directly.
                match answer.header("location").and_then(|to| url.join(to).ok()) {
                    Some(next) => url = next,
                    None => return failed("REDIRECTS", "a redirect to nowhere"),
                }
            }
            410 => return Fetched::Gone,
            _ => {
                let trouble = if status == 429 || status >= 500 { "AWAY" } else { "REFUSED" };
                let retry_after = answer.header("retry-after").and_then(|header| retry_after(header, now));
                return Fetched::Failed { trouble, detail: format!("status {status}"), retry_after };
            }
        }
    }
    failed("REDIRECTS", "too many redirects")
}

fn not_answered(error: &HttpError) -> Fetched {
    let trouble = match error {
        HttpError::Refused { .. } => "ADDRESS",
        HttpError::TooLarge { .. } => "TOO_LARGE",
        HttpError::NotSent { .. } | HttpError::Unknown { .. } | HttpError::Setup(_) => "AWAY",
    };
    failed(trouble, error.to_string())
}

/// Reads the feed aside, since a large one takes a while.
async fn read(answer: Response, url: Url) -> Fetched {
    let header = |name: &str, most: usize| answer.header(name).filter(|value| value.len() <= most).map(str::to_owned);
    let (etag, last_modified) = (header("etag", 500), header("last-modified", 100));
    let body = answer.body.clone();
    let parsed = tokio::task::spawn_blocking(move || parse(&body, &url)).await;
    match parsed {
        Ok(Ok((title, ttl_minutes, items))) => Fetched::Feed(Read { title, ttl_minutes, etag, last_modified, items }),
        Ok(Err(why)) => failed("NOT_A_FEED", why),
        Err(_) => failed("NOT_A_FEED", "reading it failed"),
    }
}

type Parsed = (String, Option<u32>, Vec<Item>);

fn parse(body: &[u8], url: &Url) -> Result<Parsed, String> {
    if too_deep(body) {
        return Err("its elements stand too deep in each other".to_owned());
    }
    let parser = feed_rs::parser::Builder::new().base_uri(Some(url.as_str())).sanitize_content(false).build();
    let feed = parser.parse(body).map_err(|error| error.to_string())?;
    let title = feed.title.as_ref().map(|title| line(&title.content, 300)).unwrap_or_default();
    let mut entries: Vec<&Entry> = feed.entries.iter().collect();
    // A feed lists the newest first; where it dates its items, their dates say so.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published.or(entry.updated)));
    entries.truncate(MOST_ITEMS);
    let items = entries.into_iter().rev().filter_map(|entry| item(&feed, entry)).collect();
    Ok((title, feed.ttl, items))
}

/// Whether elements stand deeper in each other than in any feed: the parser of feeds goes down with them. What is no XML is left to
/// it.
fn too_deep(body: &[u8]) -> bool {
    if body.iter().find(|byte| matches!(byte, b'<' | b'{')) != Some(&b'<') {
        return false;
    }
    let mut reader = quick_xml::Reader::from_reader(body);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) if depth == DEEPEST => return true,
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

fn item(feed: &Feed, entry: &Entry) -> Option<Item> {
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let url = link.or(entry.links.first()).and_then(|link| Url::parse(&link.href).ok());
    let url = url.filter(|url| is_web(url) && url.as_str().len() <= 2000).map(String::from);
    let content = entry.content.as_ref().and_then(|content| content.body.as_deref());
    let summary = entry.summary.as_ref().map(|text| text.content.as_str()).or(content).unwrap_or_default();
    let summary = plain(summary, 5000);
    let title = entry.title.as_ref().map(|title| line(&title.content, 300)).unwrap_or_default();
    let title = [title, line(&summary.replace('<', "&lt;"), 120), url.clone().unwrap_or_default()];
    let title: String = title.into_iter().find(|title| !title.is_empty())?.chars().take(300).collect();
    let people = if entry.authors.is_empty() { &feed.authors } else { &entry.authors };
    let names: Vec<&str> = people.iter().filter_map(|person| person.name.as_deref()).take(5).collect();
    Some(Item {
        guid_hash: sha256(entry.id.as_bytes()),
        url,
        title,
        summary,
        author: line(&names.join(", "), 300),
        published_at: entry.published.or(entry.updated).filter(|at| at.timestamp() > 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url() -> Url {
        Url::parse("https://news.example/feed").unwrap()
    }

    fn titles(body: &str) -> Vec<String> {
        parse(body.as_bytes(), &url()).unwrap().2.into_iter().map(|item| item.title).collect()
    }

    #[test]
    fn the_three_kinds_are_read() {
        let rss = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>News &amp; more</title><ttl>90</ttl>
          <item><title>Second</title><link>https://news.example/2</link><guid>b</guid><pubDate>Tue, 06 Jan 2026 09:00:00 GMT</pubDate></item>
          <item><title>First &lt;b&gt;bold&lt;/b&gt;</title><link>/1</link><guid>a</guid><pubDate>Mon, 05 Jan 2026 09:00:00 GMT</pubDate>
            <description><![CDATA[<p>Hello<script>x</script></p>]]></description></item>
        </channel></rss>"#;
        let (title, ttl, items) = parse(rss.as_bytes(), &url()).unwrap();
        assert_eq!((title.as_str(), ttl), ("News & more", Some(90)));
        assert_eq!(items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["First bold", "Second"]);
        assert_eq!(items[0].summary, "Hello");
        assert_eq!(items[0].url.as_deref(), Some("https://news.example/1"));
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><author><name>Sami</name></author>
          <entry><id>1</id><title>One</title><link href="https://news.example/one"/><updated>2026-01-05T09:00:00Z</updated></entry></feed>"#;
        let (.., items) = parse(atom.as_bytes(), &url()).unwrap();
        assert_eq!((items[0].title.as_str(), items[0].author.as_str()), ("One", "Sami"));
        let json = r#"{ "version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
          { "id": "1", "url": "https://news.example/j", "content_text": "Only text" },
          { "id": "2", "url": "javascript:alert(1)", "title": "No address" }, { "id": "3" }] }"#;
        assert_eq!(titles(json), ["No address", "Only text"]);
    }

    #[test]
    fn what_is_no_feed_is_refused() {
        let deep = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(1_000_000));
        let hidden = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><content type=\"xhtml\">{}",
            "<div>".repeat(500_000)
        );
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><rss version=\"2.0\"><channel><title>&b;</title></channel></rss>";
        for body in [
            "",
            "hello",
            "<html><body>Not found</body></html>",
            "<rss",
            "{ \"version\": 3 }",
            "[1, 2]",
            "\u{0}\u{1}",
            &deep,
            &hidden,
        ] {
            assert!(parse(body.as_bytes(), &url()).is_err(), "{}", &body[..body.len().min(40)]);
        }
        // Entities of its own are not resolved.
        let read = parse(bomb.as_bytes(), &url());
        assert!(read.is_err() || read.is_ok_and(|(title, ..)| title.len() < 20));
    }

    proptest! {
        #[test]
        fn nothing_panics_whatever_is_sent(body in proptest::collection::vec(any::<u8>(), 0..400), xml in "(<(item|rss version=\"2.0\"|channel|title|/item|link)>|[a-z&;<>]){0,60}") {
            let _anything = parse(&body, &url());
            let _nearly = parse(xml.as_bytes(), &url());
        }
    }
}
