//! Finding what the networks make a link of, as twitter-text does: with `http(s)://` or without, but only under a top level
//! that exists.
//! <https://github.com/twitter/twitter-text>

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};

/// Where the links are, in bytes, in order.
pub(crate) fn links(text: &str) -> Vec<Range<usize>> {
    let mut finder = LinkFinder::new();
    // Mail addresses are looked for so that their hosts are not taken for links.
    finder.url_must_have_scheme(false).kinds(&[LinkKind::Url, LinkKind::Email]);
    let candidates = finder.links(text).filter(|link| *link.kind() == LinkKind::Url);
    let found = candidates.filter_map(|link| {
        let before = text[..link.start()].chars().next_back();
        let end = link.start() + link_length(link.as_str(), before)?;
        Some(link.start()..end)
    });
    found.collect()
}

/// How much of the candidate is a link; none when nothing is.
fn link_length(candidate: &str, before: Option<char>) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| candidate.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if scheme.is_none()
        && (candidate.contains("://") || matches!(before, Some('@' | '#' | '$' | '.' | '-' | '_' | '/')))
    {
        return None;
    }
    let start = scheme.map_or(0, str::len);
    let host_end = candidate[start..].find(['/', '?', '#', ':']).map_or(candidate.len(), |end| start + end);
    let mut host = &candidate[start..host_end];
    if !is_host(host, scheme.is_some()) {
        // Writing without spaces goes on right after a link.
        host = &host[..host.find(|c: char| !c.is_ascii())?];
        return (is_host(host, scheme.is_some()) && may_be_bare(host, scheme, "")).then_some(start + host.len());
    }
    let rest = &candidate[host_end..];
    let path = rest.find(|c: char| !belongs_to_path(c)).unwrap_or(rest.len());
    may_be_bare(host, scheme, rest).then_some(host_end + path)
}

/// A name under a top level that exists.
fn is_host(host: &str, with_scheme: bool) -> bool {
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let labels: Vec<&str> = host.split('.').collect();
    let (Some(top), true) = (labels.last(), labels.len() > 1) else { return false };
    if !labels.iter().all(|label| is_label(label)) || (!with_scheme && !host.is_ascii()) {
        return false;
    }
    // Two labels before it, for the top levels of which only the second level is listed.
    let probe = format!("a.b.{}", top.to_lowercase());
    psl::suffix(probe.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// `name.jp` alone is no link, since so many words end like a country: it takes a scheme, a path or a third label. `.co` and `.tv`
/// are used like `.com`.
fn may_be_bare(host: &str, scheme: Option<&str>, rest: &str) -> bool {
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    let of_a_country = top.len() == 2 && !matches!(top.to_ascii_lowercase().as_str(), "co" | "tv");
    scheme.is_some() || !of_a_country || name.contains('.') || rest.starts_with('/')
}

/// Letters of Latin and Cyrillic may stand in a path; any other writing ends it.
fn belongs_to_path(c: char) -> bool {
    c.is_ascii()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{253}'..='\u{28b}' | '\u{400}'..='\u{4ff}' | '\u{1e00}'..='\u{1eff}')
}
