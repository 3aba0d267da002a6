//! Counting what stands in a text besides its letters.

/// `#` with a letter or digit after it, at the beginning of a word.
pub(super) fn hashtags(text: &str) -> usize {
    marked(text, |c| matches!(c, '#' | '＃'), |c| c.is_alphanumeric() || c == '_')
}

/// `@` with a name after it, at the beginning of a word: not in a mail address.
pub(super) fn mentions(text: &str) -> usize {
    marked(text, |c| matches!(c, '@' | '＠'), |c| c.is_ascii_alphanumeric() || c == '_')
}

fn marked(text: &str, is_mark: fn(char) -> bool, begins: fn(char) -> bool) -> usize {
    let mut before = None;
    let mut count = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // `&` begins an entity such as `&#39;`, `/` an anchor in an address.
        let starts_a_word =
            before.is_none_or(|before: char| !before.is_alphanumeric() && !matches!(before, '_' | '&' | '/'));
        if is_mark(c) && starts_a_word && chars.peek().copied().is_some_and(begins) {
            count += 1;
        }
        before = Some(c);
    }
    count
}
