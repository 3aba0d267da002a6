//! The grammar of templates for short texts that are kept elsewhere, such as the parameters of links.

use super::grammar::{MOST_MISTAKES, Mistake, Piece, assemble, parse, place};
use crate::error::{Code, Complaints, UserError};

/// The most characters of a wrong name that a message shows.
const SHOWN: usize = 60;

/// That a text is one of the grammar and uses no variable but these.
pub(crate) fn check_plain(wrong: &mut Complaints, path: &str, text: &str, known: &[&str]) {
    let (pieces, mistakes) = parse(text);
    let unknown = pieces.iter().filter_map(|piece| match piece {
        Piece::Variable { name, at, .. } if !known.contains(&&**name) => {
            Some((Code::VariableNotDeclared, Some(&**name), *at))
        }
        _ => None,
    });
    let mistaken = mistakes.iter().map(|mistake| match *mistake {
        Mistake::NotClosed { at } => (Code::VariableNotClosed, None, at),
        Mistake::BadName { name, at } => (Code::VariableNameBad, Some(name), at),
    });
    for (code, name, at) in mistaken.chain(unknown).take(MOST_MISTAKES) {
        let place = place(text, at);
        let error = UserError::at(code, path).number("line", place.line).number("column", place.column);
        wrong.add(match name {
            Some(name) => error.text("name", name.chars().take(SHOWN).collect::<String>()),
            None => error,
        });
    }
}

/// A text filled in. None where a variable has no value, or the whole would have more than so many characters.
pub(crate) fn fill_plain<'v>(text: &str, most: usize, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    let filled = assemble(&parse(text).0, most, value);
    filled.text.filter(|_| filled.missing.is_empty())
}
