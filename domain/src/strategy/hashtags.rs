//! Hashtags as a team writes them down: what the networks take for one.
//!
//! A hashtag is made of letters and the marks on them, digits, underscores and, for Persian and its like, the joiner of no width
//! (U+200C); it has a letter, since the networks make no hashtag of digits alone. It is kept in the composed form (NFC) and without
//! its sign. Case makes no difference to a network.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use crate::error::{Code, Complaints, UserError};

/// The longest hashtag, in characters.
const LONGEST: usize = 100;

/// The signs that begin a hashtag: also the wide one of East Asian keyboards.
const SIGNS: [char; 2] = ['#', '＃'];

/// Whether a word that has no space in it, as a hashtag, goes on with this character.
pub(crate) fn is_part_of_word(c: char) -> bool {
    let is_mark = || GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c));
    c.is_alphanumeric() || matches!(c, '_' | '\u{200c}') || is_mark()
}

fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// The form in which two hashtags that a network takes for one are the same.
pub(crate) fn folded(tag: &str) -> String {
    composed(&CaseMapper::new().fold_string(&composed(tag)))
}

/// A list of hashtags with or without their signs, none twice in whatever case; answers them without, in their order.
pub(crate) fn hashtags(wrong: &mut Complaints, path: &str, tags: &[String], most: usize) -> Vec<String> {
    if tags.len() > most {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", most).number("actual", tags.len()));
        return Vec::new();
    }
    let mut seen = Vec::with_capacity(tags.len());
    let mut read = Vec::with_capacity(tags.len());
    for (place, tag) in tags.iter().enumerate() {
        let path = format!("{path}.{place}");
        let tag = composed(tag.trim().trim_start_matches(SIGNS));
        let length = tag.chars().count();
        if length > LONGEST {
            wrong.add(UserError::at(Code::TooLong, &path).number("limit", LONGEST).number("actual", length));
        } else if !tag.chars().any(char::is_alphabetic) || !tag.chars().all(is_part_of_word) {
            wrong.add(UserError::at(Code::Invalid, &path));
        }
        let same = folded(&tag);
        if seen.contains(&same) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        }
        seen.push(same);
        read.push(tag);
    }
    read
}

/// The hashtags that a text has, in the form in which they are compared.
pub(crate) fn hashtags_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        // As the networks have it: in the middle of a word, in an entity (`&#39;`) or an address it is no hashtag.
        let begins = before.is_none_or(|before: char| !is_part_of_word(before) && !matches!(before, '&' | '/'));
        if SIGNS.contains(&c) && begins {
            let tag: String = rest.clone().take_while(|c| is_part_of_word(*c)).collect();
            if tag.chars().any(char::is_alphabetic) {
                found.push(folded(&tag));
            }
        }
        before = Some(c);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    fn read(tags: &[&str]) -> Result<Vec<String>, Vec<(Code, String)>> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let mut wrong = Complaints::default();
        let read = hashtags(&mut wrong, "tags", &tags, 5);
        match wrong.check() {
            Ok(()) => Ok(read),
            Err(Failure::Refused(errors)) => {
                Err(errors.into_iter().map(|error| (error.code, error.field.join("."))).collect())
            }
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    }

    #[test]
    fn hashtags_of_every_script_are_kept_composed_and_without_their_sign() {
        let tags = ["#قهوه_تازه", "می\u{200c}خوریم", " ＃Cafe\u{301} ", "कॉफ़ी", "24h"];
        assert_eq!(read(&tags).unwrap(), ["قهوه_تازه", "می\u{200c}خوریم", "Café", "कॉफ\u{93c}ी", "24h"]);
    }

    #[test]
    fn what_no_network_takes_is_refused_where_it_stands() {
        let long = "a".repeat(LONGEST + 1);
        for (tag, code) in [
            ("", Code::Invalid),
            ("#", Code::Invalid),
            ("two words", Code::Invalid),
            ("a#b", Code::Invalid),
            ("a-b", Code::Invalid),
            ("a\0", Code::Invalid),
            ("a\u{202e}", Code::Invalid),
            ("2026", Code::Invalid),
            ("_", Code::Invalid),
            ("☕", Code::Invalid),
            (&long, Code::TooLong),
        ] {
            assert_eq!(read(&["fine", tag]), Err(vec![(code, "tags.1".to_owned())]), "{tag}");
        }
        assert_eq!(read(&["a", "b", "c", "d", "e", "f"]), Err(vec![(Code::TooMany, "tags".to_owned())]));
        for (one, other) in [("Coffee", "#COFFEE"), ("Straße", "strasse"), ("Café", "cafe\u{301}"), ("ΚΑΦΕΣ", "καφες")]
        {
            assert_eq!(read(&[one, other]), Err(vec![(Code::AlreadyExists, "tags.1".to_owned())]), "{one} {other}");
        }
    }

    #[test]
    fn the_hashtags_of_a_text_are_found_as_the_networks_find_them() {
        let text = "#One, (#دو) a#no &#39; https://a.example/#no #2026 ＃Cafe\u{301}#no ##two";
        assert_eq!(hashtags_in(text), ["one", "دو", "café", "two"]);
        assert_eq!(hashtags_in(""), Vec::<String>::new());
        assert_eq!(hashtags_in("#"), Vec::<String>::new());
    }
}
