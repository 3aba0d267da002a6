//! Finding words in a text, however they are written.
//!
//! A text is brought into a plain form and cut into words (UAX #29); a banned word or phrase is a run of whole words. The
//! plain form is: NFKC, full case folding, without diacritics (Latin, Greek, Arabic, Hebrew) and without tatweel and
//! invisible characters; the letters of Arabic and Persian that are written one for the other are one, as in Lucene's
//! `ArabicNormalizer` and `PersianNormalizer` (ye, kaf, he and teh marbuta, alef with its marks); Greek has one sigma, by
//! case folding; digits are 0 to 9. In Cyrillic only stress and the dots of ё go, since й is a letter of its own. Other
//! scripts keep their marks, which are vowels there. Scripts that put no space between words are compared by characters.

use std::collections::HashMap;

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};
use unicode_segmentation::UnicodeSegmentation as _;

/// Characters between words at which UAX #29 does not cut when letters stand on both sides: a missing space after a full
/// stop would hide a word.
const CUTS: [char; 4] = ['.', ':', '\u{b7}', '\u{2027}'];

/// The plain form of a text.
fn plain(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc();
    let text = composed.normalize(text);
    let text = CaseMapper::new().fold_string(&text);
    let text = DecomposingNormalizerBorrowed::new_nfkd().normalize(&text);
    let categories = CodePointMapData::<GeneralCategory>::new();
    let scripts = CodePointMapData::<Script>::new();
    let mut out = String::with_capacity(text.len());
    let mut base = (' ', Script::Common);
    for c in text.chars() {
        match categories.get(c) {
            GeneralCategory::NonspacingMark if is_decoration(base, c) => {}
            GeneralCategory::NonspacingMark => out.push(c),
            // A space of no width is a space; what else is invisible is not there.
            GeneralCategory::Format if c != '\u{200b}' => {}
            _ => {
                let c = one_for_all(c);
                base = (c, scripts.get(c));
                if c != TATWEEL {
                    out.push(c);
                }
            }
        }
    }
    composed.normalize(&out).into_owned()
}

/// Makes a line longer and says nothing.
const TATWEEL: char = '\u{640}';

/// Whether a mark only decorates the letter before it.
fn is_decoration((letter, script): (char, Script), mark: char) -> bool {
    if ('\u{fe00}'..='\u{fe0f}').contains(&mark) {
        // Chooses a picture, of an emoji or an ideograph.
        return true;
    }
    match script {
        Script::Latin | Script::Greek | Script::Arabic | Script::Hebrew => true,
        Script::Cyrillic => mark == '\u{301}' || mark == '\u{300}' || (mark == '\u{308}' && letter == 'е'),
        // A tatweel is of no script of its own, and carries marks.
        Script::Common => letter == TATWEEL,
        _ => false,
    }
}

/// One letter for those that are written for each other.
fn one_for_all(c: char) -> char {
    match c {
        // Ye: Arabic, without dots, and the one with a tail.
        'ي' | 'ى' | 'ے' | 'ې' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'ة' | 'ە' | 'ہ' | 'ھ' | 'ۃ' => 'ه',
        'ٱ' => 'ا',
        // The dotless one of Turkish, whose capital is that of the other.
        'ı' => 'i',
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '’' | '‘' | 'ʼ' | '׳' => '\'',
        '״' | '”' | '“' => '"',
        // Joins the words of a hashtag.
        '_' | '\u{200b}' => ' ',
        other => other,
    }
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

/// The words of a text, in their plain form.
pub(crate) fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    // A mark that stands alone, after a cut or a space, is no part of a word.
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_mark = |c: char| GeneralCategoryGroup::Mark.contains(categories.get(c)) || c.is_whitespace();
    let pieces = plain.unicode_words().flat_map(|word| word.split(CUTS)).map(|piece| piece.trim_start_matches(is_mark));
    pieces.filter(|piece| piece.chars().any(char::is_alphanumeric)).map(str::to_owned).collect()
}

/// Finds any of many words or phrases in one walk over a text.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// By their first word: their place in the list, and all of their words.
    by_first: HashMap<String, Vec<(usize, Vec<String>)>>,
}

impl Finder {
    /// A finder of these. What has no letter and no digit is never found.
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_first: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
        for (place, phrase) in phrases.into_iter().enumerate() {
            let phrase = words(phrase);
            if let Some(first) = phrase.first() {
                by_first.entry(first.clone()).or_default().push((place, phrase));
            }
        }
        Self { by_first }
    }

    /// The places in the list of those that stand in the text, each once, in the order of the list.
    pub fn find(&self, text: &[String]) -> Vec<usize> {
        let mut found: Vec<usize> = text
            .iter()
            .enumerate()
            .filter_map(|(at, word)| Some((at, self.by_first.get(word)?)))
            .flat_map(|(at, phrases)| {
                phrases.iter().filter(move |(_, phrase)| text[at..].starts_with(phrase)).map(|(place, _)| *place)
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(banned: &str, text: &str) -> bool {
        !Finder::new([banned]).find(&words(text)).is_empty()
    }

    #[test]
    fn a_word_is_found_however_it_is_written() {
        for (banned, text) in [
            ("cheap", "So CHEAP!"),
            ("cheap", "a ｃｈｅａｐ trick"),
            ("cheap", "ch\u{ad}eap, ch\u{2060}eap"),
            ("cheap", "It is over.Cheap as ever"),
            ("café", "Cafe at dawn"),
            ("cafe", "un CAFÉ, s'il vous plaît"),
            ("straße", "STRASSE"),
            ("ISPARTA", "ısparta"),
            ("istanbul", "İSTANBUL"),
            ("bad word", "this #bad_word here"),
            ("best in the world", "the BEST, in the\nworld!"),
            // Persian with Arabic letters, tatweel, marks; a half-space inside a word.
            ("کتاب", "كتاب"),
            ("کتاب", "کـــتاب"),
            ("رایگان", "رايگان است"),
            ("می‌خواهم", "میخواهم"),
            ("۱۰۰", "100"),
            ("100", "تخفیف ١٠٠ درصدی"),
            // Arabic.
            ("مجاني", "مَجَّانِيّ"),
            ("مدرسة", "مدرسه"),
            ("إعلان", "اعلان"),
            ("على", "علي"),
            ("الكتاب", "ٱلْكِتَابُ"),
            // Greek: tonos, final sigma, capitals without either.
            ("φθηνός", "ΦΘΗΝΟΣ"),
            ("φθηνοσ", "φθηνός."),
            ("μάρκες", "ΜΑΡΚΕΣ"),
            ("ΐδιος", "ιδιος"),
            // Hebrew: niqqud, gershayim.
            ("שלום", "שָׁלוֹם"),
            ("צה״ל", "צה\"ל"),
            // Cyrillic.
            ("ёлка", "ЕЛКА"),
            ("за́мок", "замок"),
            ("免费", "全部免费！"),
        ] {
            assert!(found(banned, text), "{banned:?} in {text:?}: {:?} {:?}", words(banned), words(text));
        }
    }

    #[test]
    fn nothing_is_found_inside_another_word() {
        for (banned, text) in [
            ("ass", "a class of its own"),
            ("cheap", "cheaper, cheaply, uncheap"),
            ("کتاب", "کتابخانه و کتاب‌ها"),
            ("אב", "אבא"),
            ("باب", "أبواب"),
            ("φως", "φωσφόρος"),
            ("мои", "мой"),
            ("best in the world", "the best in this world"),
            ("", "anything"),
            ("!?", "what!?"),
            ("कि", "की"),
            ("か", "が"),
        ] {
            assert!(!found(banned, text), "{banned:?} in {text:?}: {:?} {:?}", words(banned), words(text));
        }
    }

    /// How many scripts the words of [`word`] are of.
    const SCRIPTS: usize = 6;

    /// A word of one script, and marks and fillers of it that say nothing.
    fn word_of(script: usize) -> impl Strategy<Value = (String, Vec<char>)> {
        let (letters, fillers) = [
            ("[a-zßéñü]{1,8}", vec!['\u{301}', '\u{308}', '\u{ad}']),
            ("[α-ωάέήίόύώϊΐς]{1,8}", vec!['\u{301}', '\u{308}']),
            ("[ابتثجحخدذرزسشصضطظعغفقكلمنهويى]{1,8}", vec!['\u{640}', '\u{64b}', '\u{651}', '\u{200c}']),
            ("[آبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]{1,8}", vec!['\u{640}', '\u{650}', '\u{200d}']),
            ("[א-ת]{1,8}", vec!['\u{5b0}', '\u{5b8}', '\u{5bc}']),
            ("[а-яё]{1,8}", vec!['\u{301}', '\u{ad}']),
        ][script]
            .clone();
        (letters, Just(fillers))
    }

    fn word() -> impl Strategy<Value = (String, Vec<char>)> {
        (0..SCRIPTS).prop_flat_map(word_of)
    }

    proptest! {
        #[test]
        fn whatever_case_and_marks(
            (word, fillers) in word(),
            choices in proptest::collection::vec((any::<bool>(), any::<proptest::sample::Index>(), any::<bool>()), 9),
            before in "[ .,!«»()#\n]{0,3}", after in "[ .,!«»()\n]{0,3}",
        ) {
            let mut written = String::new();
            for (c, (upper, filler, fill)) in word.chars().zip(&choices) {
                if *upper { written.extend(c.to_uppercase()) } else { written.push(c) }
                if *fill { written.push(fillers[filler.index(fillers.len())]) }
            }
            let text = format!("other {before} {written} {after} words");
            prop_assert!(found(&word, &text), "{:?} in {:?}: {:?} {:?}", word, text, words(&word), words(&text));
            prop_assert!(found(&written, &word), "{:?} the other way round", written);
        }

        #[test]
        fn never_inside_another(
            ((word, _), (other, _)) in (0..SCRIPTS).prop_flat_map(|script| (word_of(script), word_of(script))),
            tail in any::<bool>(),
        ) {
            let joined = if tail { format!("{word}{other}") } else { format!("{other}{word}") };
            prop_assert!(!found(&word, &joined) || words(&joined) == words(&word));
        }

        #[test]
        fn the_plain_form_is_plain(text in "\\PC{0,40}") {
            let once = words(&text);
            prop_assert_eq!(words(&once.join(" ")), once);
        }
    }
}
