//! The grammar of templates for documents that are kept elsewhere, such as the clauses of a contract: any variable may stand there,
//! and whoever fills it in brings a value for each.

use super::grammar::{MOST_MISTAKES, Mistake, assemble, parse, place};
use crate::error::{Code, Complaints, UserError};

/// The most characters of a wrong name that a message shows.
const SHOWN: usize = 60;

/// Why a text could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfilled {
    /// These variables have no value, once each, in the order of the text.
    Missing(Vec<String>),
    /// It would have so many characters.
    TooLong(usize),
}

/// That a text is one of the grammar.
pub(crate) fn check_grammar(wrong: &mut Complaints, path: &str, text: &str) {
    for mistake in parse(text).1.into_iter().take(MOST_MISTAKES) {
        let (code, name, at) = match mistake {
            Mistake::NotClosed { at } => (Code::VariableNotClosed, None, at),
            Mistake::BadName { name, at } => (Code::VariableNameBad, Some(name), at),
        };
        let place = place(text, at);
        let error = UserError::at(code, path).number("line", place.line).number("column", place.column);
        wrong.add(match name {
            Some(name) => error.text("name", name.chars().take(SHOWN).collect::<String>()),
            None => error,
        });
    }
}

/// A text filled in, of at most so many characters.
pub(crate) fn fill_whole<'v>(
    text: &str,
    most: usize,
    value: impl Fn(&str) -> Option<&'v str>,
) -> Result<String, Unfilled> {
    let filled = assemble(&parse(text).0, most, value);
    if !filled.missing.is_empty() {
        return Err(Unfilled::Missing(filled.missing));
    }
    filled.text.ok_or(Unfilled::TooLong(filled.length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<&'static str> {
        match name {
            "fee" => Some("100.00 EUR"),
            "نام" => Some("سارا {{fee}}"),
            _ => None,
        }
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let filled = fill_whole("{{ نام }} gets {{fee}}.", 100, value);
        assert_eq!(filled, Ok("سارا {{fee}} gets 100.00 EUR.".to_owned()));
    }

    #[test]
    fn what_has_no_value_is_named_once() {
        let missing = Unfilled::Missing(vec!["city".to_owned(), "day".to_owned()]);
        assert_eq!(fill_whole("{{city}} {{day}} {{city}} {{fee}}", 100, value), Err(missing));
        assert_eq!(fill_whole("{{fee}}", 3, value), Err(Unfilled::TooLong(10)));
    }

    #[test]
    fn braces_are_closed_and_hold_a_name() {
        let mut wrong = Complaints::default();
        check_grammar(&mut wrong, "text", "{{fee}} { } }}");
        assert!(wrong.check().is_ok());
        let mut wrong = Complaints::default();
        check_grammar(&mut wrong, "text", "{{fee");
        check_grammar(&mut wrong, "text", "{{1 x}}");
        let errors = match wrong.check() {
            Err(crate::error::Failure::Refused(errors)) => errors,
            _ => Vec::new(),
        };
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, [Code::VariableNotClosed, Code::VariableNameBad]);
    }
}
