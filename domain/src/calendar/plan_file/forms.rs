//! Threads and options as they stand in a cell, so that both come back as they went out.

use diwan_networks::Options;

/// How many hyphens alone on a line part a thread.
const RULE: usize = 3;

/// The hyphens of a line that holds nothing else but space, if they are as many as part a thread or more.
fn rule(line: &str) -> Option<usize> {
    let marks = line.trim();
    (marks.len() >= RULE && marks.bytes().all(|byte| byte == b'-')).then_some(marks.len())
}

/// A thread as a cell: its parts with a line `---` between them. Such a line within a part gets one hyphen more.
pub(super) fn thread_cell(parts: &[String]) -> String {
    let longer = |line: &str| match rule(line) {
        Some(_) => line.replacen("---", "----", 1),
        None => line.to_owned(),
    };
    let part = |part: &String| part.split('\n').map(longer).collect::<Vec<_>>().join("\n");
    parts.iter().map(part).collect::<Vec<_>>().join("\n---\n")
}

/// The thread of a cell.
pub(super) fn thread(cell: &str) -> Vec<String> {
    if cell.is_empty() {
        return Vec::new();
    }
    let (mut parts, mut lines) = (Vec::new(), Vec::<String>::new());
    for line in cell.split('\n') {
        match rule(line) {
            None => lines.push(line.to_owned()),
            Some(RULE) => {
                let part = std::mem::take(&mut lines).join("\n");
                // Where lines end as on Windows, so does the last of the part.
                let ended = part.strip_suffix('\r').filter(|_| line.ends_with('\r')).map(str::to_owned);
                parts.push(ended.unwrap_or(part));
            }
            Some(_) => lines.push(line.replacen("----", "---", 1)),
        }
    }
    parts.push(lines.join("\n"));
    parts
}

/// Options as a cell: one a line. A line break in a value is written `\n`, a backslash twice.
pub(super) fn options_cell(options: &Options) -> String {
    let escaped = |value: &str| value.replace('\\', r"\\").replace('\n', r"\n").replace('\r', r"\r");
    options.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("\n")
}

/// The options of a cell, without the space around names and values; none where a line is not one, or one is there twice.
pub(super) fn options(cell: &str) -> Option<Options> {
    let mut options = Options::new();
    for line in cell.split('\n').filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.split_once('=')?;
        if options.insert(name.trim().to_owned(), plain(value.trim())).is_some() {
            return None;
        }
    }
    Some(options)
}

/// A value without what stands for line breaks.
fn plain(value: &str) -> String {
    let mut said = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match (c, rest.as_str().chars().next()) {
            ('\\', Some(mark @ ('n' | 'r' | '\\'))) => {
                rest.next();
                said.push(match mark {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => said.push(c),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_thread_and_options_are_read_as_people_write_them() {
        assert_eq!(thread("one\ntwo\n---\nthree"), ["one\ntwo", "three"]);
        assert_eq!(thread("one\r\n --- \r\nthree"), ["one", "three"]);
        assert_eq!(thread("\n---\n"), ["", ""]);
        assert_eq!(thread("one -- two\n--\n----"), ["one -- two\n--\n---"]);
        let known = options("visibility = unlisted\r\n\nspoiler_text=a=b\\nc").unwrap();
        assert_eq!(known["visibility"], "unlisted");
        assert_eq!(known["spoiler_text"], "a=b\nc");
        assert_eq!(options(""), Some(Options::new()));
        for wrong in ["unlisted", "a=1\na=2"] {
            assert_eq!(options(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_goes_out_comes_in(parts in proptest::collection::vec("[-a \r\n]{0,12}[a-]", 1..6)) {
            prop_assert_eq!(thread(&thread_cell(&parts)), parts);
        }

        #[test]
        fn options_come_back(known in proptest::collection::btree_map("[a-z_]{1,6}", "[a=][a\\\\nr=\r\n ]{0,9}[a\\\\nr]", 0..5)) {
            prop_assert_eq!(options(&options_cell(&known)), Some(known));
        }
    }
}
