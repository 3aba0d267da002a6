//! The grammar of templates: text, and `{{ name }}` where something is filled in.
//!
//! Two opening braces always begin a variable; single ones, and closing ones without opening ones, are text. (A text that has to
//! show two opening braces takes them from a variable's default: what is filled in is not read again.)

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::strategy::is_part_of_word;

const OPENING: &str = "{{";
const CLOSING: &str = "}}";

/// The longest name of a variable, in characters.
pub(super) const LONGEST_NAME: usize = 50;

/// The most mistakes that are told at once.
pub(super) const MOST_MISTAKES: usize = 20;

/// What is known wherever a template is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// The brand's name.
    BrandName,
    /// The day on which it is due, by the brand's clock, in its language.
    Date,
    /// The account's name for people, without a leading `@`.
    AccountHandle,
    /// The name that the account shows.
    AccountName,
    /// The network's name.
    Network,
}

impl BuiltIn {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::BrandName, Self::Date, Self::AccountHandle, Self::AccountName, Self::Network];

    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::BrandName => "brand.name",
            Self::Date => "date",
            Self::AccountHandle => "account.handle",
            Self::AccountName => "account.name",
            Self::Network => "network",
        }
    }

    /// The one of this name.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|built_in| built_in.name() == name)
    }
}

/// The name of a variable as it is compared: composed (NFC).
pub(super) fn composed(name: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(name)
}

/// Whether a variable may be called so: a word of any script as a hashtag is one, a letter first.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(char::is_alphabetic) && name.chars().all(is_part_of_word) && name.chars().count() <= LONGEST_NAME
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// What is filled in.
    Variable {
        /// Its name, composed.
        name: Cow<'a, str>,
        /// How it is written, with its braces.
        written: &'a str,
        /// Where it begins, in bytes.
        at: usize,
    },
}

/// What is wrong with a template, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake<'a> {
    /// Two opening braces without two closing ones before the next.
    NotClosed {
        /// Where it begins, in bytes.
        at: usize,
    },
    /// What stands between the braces is no name.
    BadName {
        /// What stands there.
        name: &'a str,
        /// Where it begins, in bytes.
        at: usize,
    },
}

/// Reads a template: its parts, and the first mistakes. One walk over the text.
pub(super) fn parse(text: &str) -> (Vec<Piece<'_>>, Vec<Mistake<'_>>) {
    let (mut pieces, mut mistakes) = (Vec::new(), Vec::new());
    let mut from = 0;
    while let Some(at) = text[from..].find(OPENING).map(|found| from + found) {
        if mistakes.len() == MOST_MISTAKES {
            break;
        }
        if at > from {
            pieces.push(Piece::Text(&text[from..at]));
        }
        let inside = at + OPENING.len();
        // Whichever comes next: nothing is looked for beyond it, however many braces there are.
        let next = text[inside..].match_indices(['{', '}']).map(|(found, _)| inside + found);
        let mut next = next.filter(|found| text[*found..].starts_with(OPENING) || text[*found..].starts_with(CLOSING));
        let Some(end) = next.next().filter(|end| text[*end..].starts_with(CLOSING)) else {
            mistakes.push(Mistake::NotClosed { at });
            from = inside;
            continue;
        };
        from = end + CLOSING.len();
        let name = text[inside..end].trim();
        if BuiltIn::of_name(name).is_some() || is_name(&composed(name)) {
            pieces.push(Piece::Variable { name: composed(name), written: &text[at..from], at });
        } else {
            mistakes.push(Mistake::BadName { name, at });
        }
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    (pieces, mistakes)
}

/// A place in a text, for people and for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Which character, counted from 0.
    pub index: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The character of the line, counted from 1.
    pub column: usize,
}

/// Where in the text a byte is.
pub(super) fn place(text: &str, at: usize) -> Place {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Place {
        index: before.chars().count(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// What came of filling a template in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assembled {
    /// The text; what has no value stands as it is written. None: it would be longer than it may be.
    pub text: Option<String>,
    /// How many characters it has or would have.
    pub length: usize,
    /// What has no value, once each, in the order of the text.
    pub missing: Vec<String>,
}

/// Fills in what has a value, if the whole has at most so many characters. It is measured before anything is written.
pub(super) fn assemble<'v>(pieces: &[Piece<'_>], most: usize, value: impl Fn(&str) -> Option<&'v str>) -> Assembled {
    let mut missing: Vec<String> = Vec::new();
    let mut length = 0_usize;
    for piece in pieces {
        let shown = match piece {
            Piece::Text(text) => *text,
            Piece::Variable { name, written, .. } => value(name).unwrap_or_else(|| {
                if !missing.iter().any(|other| other == name) {
                    missing.push(name.clone().into_owned());
                }
                written
            }),
        };
        length = length.saturating_add(shown.chars().count());
    }
    let written = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => (*text).to_owned(),
        Piece::Variable { name, written, .. } => value(name).unwrap_or(written).to_owned(),
    };
    let text = (length <= most).then(|| pieces.iter().map(written).collect());
    Assembled { text, length, missing }
}

#[cfg(test)]
mod tests;
