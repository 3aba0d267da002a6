//! The little text of LinkedIn's posts: plain text in which the marks of mentions, hashtags and formats are escaped,
//! and a hashtag is a template. Every mark that somebody writes is meant as it stands, but for hashtags.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format>

/// Marks that mean something unless they are escaped.
const RESERVED: [char; 15] = ['|', '{', '}', '@', '[', ']', '(', ')', '<', '>', '#', '\\', '*', '_', '~'];

/// What a text is sent as.
pub fn escaped(text: &str) -> String {
    let mut little = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let begins = before.is_none_or(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '&' | '/' | '#' | '＃'));
        let tag = if matches!(c, '#' | '＃') && begins { tag(&rest[c.len_utf8()..]) } else { None };
        let length = c.len_utf8() + tag.map_or(0, str::len);
        match tag {
            Some(tag) => {
                little.push_str("{hashtag|\\");
                little.push(c);
                little.push('|');
                tag.chars().for_each(|c| push(&mut little, c));
                little.push('}');
            }
            None => push(&mut little, c),
        }
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    little
}

fn push(little: &mut String, c: char) {
    if RESERVED.contains(&c) {
        little.push('\\');
    }
    little.push(c);
}

/// The hashtag behind its sign: letters, digits and underscores, not all of them digits.
fn tag(rest: &str) -> Option<&str> {
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let tag = &rest[..end];
    tag.contains(char::is_alphabetic).then_some(tag)
}

/// The text that people see of a little text.
pub fn plain(little: &str) -> String {
    let mut text = String::with_capacity(little.len());
    let mut rest = little;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '\\' => rest[1..].chars().next().map(|escaped| (escaped.to_string(), 1 + escaped.len_utf8())),
            '{' => template(rest),
            '@' => mention(rest),
            _ => None,
        };
        let (shown, length) = taken.unwrap_or_else(|| (c.to_string(), c.len_utf8()));
        text.push_str(&shown);
        rest = &rest[length..];
    }
    text
}

/// `{hashtag|\#|tag}`, and its length.
fn template(rest: &str) -> Option<(String, usize)> {
    let body = rest.strip_prefix("{hashtag|")?;
    let end = unescaped(body, '}')?;
    let (sign, tag) = body[..end].split_once('|')?;
    Some((format!("{}{}", plain(sign), plain(tag)), rest.len() - body.len() + end + 1))
}

/// `@[Name](urn)`, shown as its name.
fn mention(rest: &str) -> Option<(String, usize)> {
    let body = rest.strip_prefix("@[")?;
    let end = unescaped(body, ']')?;
    let urn = body[end + 1..].strip_prefix('(')?;
    let length = rest.len() - urn.len() + urn.find(')')? + 1;
    Some((plain(&body[..end]), length))
}

/// Where the mark stands first without a backslash in front of it.
fn unescaped(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(index, c)| {
        let found = c == mark && !escaped;
        escaped = c == '\\' && !escaped;
        found.then_some(index)
    })
}

/// True when two texts differ in nothing but white space.
pub fn is_same(sent: &str, shown: &str) -> bool {
    sent.split_whitespace().eq(shown.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_escaped_and_hashtags_are_templates() {
        for (text, little) in [
            ("", ""),
            ("سلام", "سلام"),
            ("50% (today) <b>*_~", "50% \\(today\\) \\<b\\>\\*\\_\\~"),
            ("mail @amal [x] {y} a|b \\", "mail \\@amal \\[x\\] \\{y\\} a\\|b \\\\"),
            ("#News and #my_tag!", "{hashtag|\\#|News} and {hashtag|\\#|my\\_tag}!"),
            ("#وسم", "{hashtag|\\#|وسم}"),
            ("＃وسم", "{hashtag|\\＃|وسم}"),
            ("#1 a#b ##c https://e.io/#top", "\\#1 a\\#b \\#\\#c https://e.io/\\#top"),
        ] {
            assert_eq!(escaped(text), little, "{text}");
            assert_eq!(plain(little), text);
        }
    }

    #[test]
    fn what_others_wrote_is_read() {
        assert_eq!(plain("Hi @[Amal \\] H](urn:li:person:1), {hashtag|＃|x} #y"), "Hi Amal ] H, ＃x #y");
        assert_eq!(plain("{open @[open \\"), "{open @[open \\");
        assert!(is_same("a\r\n b", "a b") && !is_same("a b", "ab"));
    }
}
