//! The text of a document before anything parses it. The parser goes down its stack for each bracket that is open. It stops
//! where the stack is about to end; here the end is the same on every machine and in every version of the parser.

use crate::request_error;

/// The most brackets that may be open at once, of all kinds together.
pub const MAX_OPEN_BRACKETS: usize = 64;

/// Refuses a text whose brackets nest too deep. Brackets in strings and in comments do not count.
///
/// What is no string to the parser is none here either. So a string without an end is refused: the parser would look for
/// another meaning of its quotation marks.
pub fn check_brackets(text: &str) -> async_graphql::Result<()> {
    let text = text.as_bytes();
    let (mut at, mut open) = (0, 0_usize);
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'#' => line_length(&text[at..]),
            b'"' => string_length(&text[at..])
                .ok_or_else(|| request_error("BAD_REQUEST", "A string in the document has no end."))?,
            b'{' | b'[' | b'(' => {
                open += 1;
                if open > MAX_OPEN_BRACKETS {
                    let message = format!("At most {MAX_OPEN_BRACKETS} brackets of a document may be open at once.");
                    return Err(request_error("TOO_DEEP", message));
                }
                1
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                1
            }
            _ => 1,
        };
    }
    Ok(())
}

/// Up to the end of the line.
fn line_length(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(text.len())
}

/// From the first quotation mark to behind the last one, if there is a last one.
fn string_length(text: &[u8]) -> Option<usize> {
    let block = text.starts_with(b"\"\"\"");
    let mut at = if block { 3 } else { 1 };
    loop {
        let rest = text.get(at..)?;
        at += match (block, rest.first()?) {
            (true, _) if rest.starts_with(b"\\\"\"\"") => 4,
            (true, _) if rest.starts_with(b"\"\"\"") => return Some(at + 3),
            (false, b'\\') => 2,
            (false, b'"') => return Some(at + 1),
            (false, b'\n' | b'\r') => return None,
            _ => 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;

    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}b{}", "{a".repeat(levels), "}".repeat(levels))
    }

    #[test]
    fn the_deepest_that_is_allowed_is_parsed() {
        let deepest = nested(MAX_OPEN_BRACKETS);
        assert!(check_brackets(&deepest).is_ok());
        assert!(parse_query(&deepest).is_ok());
        assert!(check_brackets(&nested(MAX_OPEN_BRACKETS + 1)).is_err());
    }

    #[test]
    fn every_kind_of_bracket_counts() {
        for (open, close) in [("{a(b:[{c:[", "]}])}"), ("[", "]"), ("(", ")")] {
            assert!(check_brackets(&format!("{{a{}", open.repeat(65))).is_err());
            assert!(check_brackets(&format!("{open}{close}").repeat(65)).is_ok());
        }
    }

    #[test]
    fn strings_and_comments_do_not_count() {
        let many = "{[(".repeat(50);
        for text in [
            format!("{{ a(b: \"{many}\") }}"),
            format!("{{ a(b: \"\\\"{many}\") }}"),
            format!("{{ a(b: \"\"\"{many} \\\"\"\" \" \"\" {many}\"\"\") }}"),
            format!("{{ a # \" {many}\n}}"),
            format!("{{ a # \" {many}\r}}"),
        ] {
            assert!(check_brackets(&text).is_ok(), "{text}");
            assert!(parse_query(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_string_hides_nothing() {
        let many = "{a:".repeat(70);
        for text in [
            // Three quotation marks without an end: to the parser, an empty string and the beginning of another.
            format!("{{ a(b: [\"\"\" \" {many}"),
            format!("{{ a(b: \"\n {many}"),
            format!("{{ a(b: \"\\\" {many}"),
            format!("{{ a # \"\n {many}"),
            format!("{{ a(b: \"\"\"\"\"\" {many}"),
            format!("{{ a(b: \"\\\\\" {many}"),
        ] {
            assert!(check_brackets(&text).is_err(), "{text}");
        }
    }

    proptest! {
        /// Whatever is let through, the parser survives; and whatever it takes within the limit is let through.
        #[test]
        fn any_text_is_survived(parts in prop::collection::vec(
            prop::sample::select(vec!["{", "}", "[", "]", "(", ")", "\"", "\"\"\"", "\\", "#", "\n", "a", ":", " "]), 0..300)
        ) {
            let text = parts.concat();
            let checked = check_brackets(&text).is_ok();
            if checked || parts.len() < 60 {
                let parsed = parse_query(&text).is_ok();
                prop_assert!(checked || !parsed);
            }
        }
    }
}
