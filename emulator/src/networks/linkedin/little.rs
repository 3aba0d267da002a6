//! The little text of posts, as it is shown.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format>

const RESERVED: &str = "|{}@[]()<>#\\*_~";

/// The text that people see. It ends where a reserved character stands that is neither escaped nor part of an element:
/// so much is published, without a word.
pub fn shown(little: &str) -> String {
    let mut text = String::new();
    let mut rest = little;
    while let Some(c) = rest.chars().next() {
        if !RESERVED.contains(c) {
            text.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let Some((shown, length)) = element(rest) else { break };
        text.push_str(&shown);
        rest = &rest[length..];
    }
    text
}

/// An escaped character, a hashtag or a mention at the beginning, and its length.
fn element(rest: &str) -> Option<(String, usize)> {
    if let Some(escaped) = rest.strip_prefix('\\') {
        let c = escaped.chars().next()?;
        return Some((c.to_string(), 1 + c.len_utf8()));
    }
    if let Some(tag) = rest.strip_prefix('#') {
        let end = tag.find(|c: char| !c.is_alphanumeric()).unwrap_or(tag.len());
        return (end > 0).then(|| (format!("#{}", &tag[..end]), 1 + end));
    }
    if let Some(body) = rest.strip_prefix("{hashtag|\\") {
        let sign = body.chars().next().filter(|c| matches!(c, '#' | '＃'))?;
        let name = body[sign.len_utf8()..].strip_prefix('|')?;
        let (tag, length) = until(name, '}')?;
        return Some((format!("{sign}{tag}"), rest.len() - name.len() + length));
    }
    let body = rest.strip_prefix("@[")?;
    let (name, length) = until(body, ']')?;
    let urn = body[length..].strip_prefix('(')?;
    let end = urn.find(')')?;
    let is_known = ["urn:li:person:", "urn:li:organization:"].iter().any(|kind| urn.starts_with(kind));
    is_known.then(|| (name, rest.len() - urn.len() + end + 1))
}

/// What stands before the mark, without backslashes, and how long it is with the mark.
fn until(text: &str, mark: char) -> Option<(String, usize)> {
    let mut plain = String::new();
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => plain.push(chars.next()?.1),
            c if c == mark => return Some((plain, index + c.len_utf8())),
            c => plain.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_escaped_cuts_the_text_off() {
        for (little, text) in [
            ("plain", "plain"),
            ("50% \\(today\\) \\@amal", "50% (today) @amal"),
            ("cut (here)", "cut "),
            ("{hashtag|\\#|my\\_tag} #two \\#three", "#my_tag #two #three"),
            ("{hashtag|#|x} y", ""),
            ("@[Amal](urn:li:person:1)!", "Amal!"),
            ("@amal", ""),
        ] {
            assert_eq!(shown(little), text, "{little}");
        }
    }
}
