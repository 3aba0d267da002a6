//! Accounts at banks: checked, sealed, shown masked.
//!
//! An IBAN is checked as ISO 13616 says, by its two digits (ISO 7064, modulo 97), and where the scheme of SEPA has its country, by that
//! country's length. A BIC has the form of ISO 9362. The holder's name is written in the characters that every bank of SEPA takes, since it
//! is compared with what the bank knows: it is not guessed here from another script.

use diwan_platform::crypto::{Keyring, Place};
use icu_normalizer::DecomposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Complaints, Failure, Fault, UserError};

/// The countries of the SEPA schemes, and how long their IBANs are.
const SEPA: &[(&str, usize)] = &[
    ("AD", 24),
    ("AL", 28),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("VA", 22),
];

/// The longest name of a holder that SEPA carries, in characters.
const MOST_NAME: usize = 70;

/// An account at a bank.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// Whose it is, as the bank knows them: 1 to 70 characters, Latin letters, digits and `/-?:().,'+`.
    pub name: String,
    /// Its IBAN. Spaces do not count.
    pub iban: String,
    /// The bank's BIC; none where it follows from the IBAN.
    pub bic: Option<String>,
}

/// Says nothing of anybody.
impl std::fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BankAccount(..)")
    }
}

/// Whether a character is one of those that every bank of SEPA takes.
fn is_bank_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || " /-?:().,'+".contains(c)
}

/// A text with Latin letters without their marks: `Müller` is `Muller`. What has no such form stays.
fn without_marks(text: &str) -> String {
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'Æ' => out.push_str("AE"),
            'œ' => out.push_str("oe"),
            'Œ' => out.push_str("OE"),
            'ø' => out.push('o'),
            'Ø' => out.push('O'),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'đ' => out.push('d'),
            'Đ' => out.push('D'),
            'ı' => out.push('i'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{2010}'..='\u{2015}' => out.push('-'),
            other => out.push(other),
        }
    }
    out
}

/// What banks take of a text, at most so many characters: other characters are left out, and it begins with a letter or a digit, so that
/// it is neither a path nor a formula anywhere.
pub(super) fn bank_text(text: &str, most: usize) -> String {
    let known = without_marks(text).replace(|c: char| !is_bank_character(c), " ");
    let words: Vec<&str> = known.split_whitespace().collect();
    let mut line = words.join(" ");
    while line.contains("//") {
        line = line.replace("//", "/");
    }
    let line = line.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    line.chars().take(most).collect::<String>().trim_end_matches([' ', '/']).to_owned()
}

/// An IBAN without spaces, in capitals; none where its digits do not fit it.
fn iban_of(text: &str) -> Option<String> {
    let iban: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let bytes = iban.as_bytes();
    if !(15..=34).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let (head, rest) = bytes.split_at(4);
    if !head[..2].iter().all(u8::is_ascii_uppercase) || !head[2..].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length = SEPA.iter().find(|(country, _)| iban.starts_with(country)).map(|(_, length)| *length);
    if length.is_some_and(|length| length != bytes.len()) {
        return None;
    }
    // The country and the digits go to the end, letters count from 10 on, and the number leaves 1 by 97.
    let rest = rest.iter().chain(head).fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    (rest == 1).then_some(iban)
}

/// A BIC without spaces, in capitals; none where it has not the form of one.
fn bic_of(text: &str) -> Option<String> {
    let bic: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let bytes = bic.as_bytes();
    let fits = matches!(bytes.len(), 8 | 11)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[4..6].iter().all(u8::is_ascii_uppercase);
    fits.then_some(bic)
}

impl BankAccount {
    /// The same in the form in which it is kept, with complaints below `path`.
    pub(super) fn check(self, wrong: &mut Complaints, path: &str) -> Self {
        let at = |field: &str| format!("{path}.{field}");
        let name = without_marks(wrong.text(&at("name"), &self.name, MOST_NAME));
        let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        let fits = begins && name.chars().all(is_bank_character) && !name.contains("//");
        if !(name.trim().is_empty() || fits) {
            wrong.add(UserError::at(Code::BankTextOnly, &at("name")));
        } else if name.chars().count() > MOST_NAME && self.name.trim().chars().count() <= MOST_NAME {
            // A letter may have become two.
            let error = UserError::at(Code::TooLong, &at("name")).number("limit", MOST_NAME);
            wrong.add(error.number("actual", name.chars().count()));
        }
        let iban = iban_of(&self.iban);
        if iban.is_none() {
            wrong.add(UserError::at(Code::IbanInvalid, &at("iban")));
        }
        let said = self.bic.as_deref().map(str::trim).filter(|bic| !bic.is_empty());
        let bic = said.and_then(bic_of);
        if said.is_some() && bic.is_none() {
            wrong.add(UserError::at(Code::BicInvalid, &at("bic")));
        }
        Self { name, iban: iban.unwrap_or_default(), bic }
    }

    /// The account as it may be shown: its country and its last four characters.
    pub(super) fn masked(&self) -> String {
        let (country, last) = (self.iban.get(..2), self.iban.get(self.iban.len().saturating_sub(4)..));
        format!("{}** **** {}", country.unwrap_or_default(), last.unwrap_or_default())
    }

    /// Whether payments of SEPA reach it.
    pub(super) fn is_sepa(&self) -> bool {
        SEPA.iter().any(|(country, _)| self.iban.starts_with(country))
    }

    pub(super) fn seal(&self, keys: &Keyring, place: Place) -> Result<Vec<u8>, Failure> {
        let bytes = serde_json::to_vec(self).map_err(|error| Fault::broken(error.to_string()))?;
        Ok(keys.seal(place, &bytes)?)
    }

    pub(super) fn open(keys: &Keyring, place: Place, sealed: &[u8]) -> Result<Self, Failure> {
        let bytes = keys.open(place, sealed)?;
        // The text of the error would show what was sealed.
        let account = serde_json::from_slice(&bytes).map_err(|_| Fault::broken("an account that cannot be read"))?;
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn examples_of_the_registry_are_taken() {
        for iban in [
            "DE89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "GR16 0110 1250 0000 0001 2300 695",
            "NO93 8601 1117 947",
            "mt84 malt 0110 0001 2345 mtlc ast0 01s",
            "SA03 8000 0000 6080 1016 7519",
            "IR58 0540 1051 8002 1273 1130 07",
        ] {
            let expected: String = iban.split(' ').collect::<String>().to_uppercase();
            assert_eq!(iban_of(iban), Some(expected), "{iban}");
        }
    }

    #[test]
    fn what_is_no_iban_and_no_bic_is_refused() {
        for text in [
            "",
            "DE",
            "DE89 3704 0044 0532 0130 01",
            "DE893704004405320130",
            "8937040044053201300000",
            "DE8937040044053201300Ü",
            "GB29-NWBK-60161331926819",
        ] {
            assert_eq!(iban_of(text), None, "{text}");
        }
        for text in ["", "COBADEFFX", "COBA1EFF", "COBADEFFXXXX", "COBAÖEFF"] {
            assert_eq!(bic_of(text), None, "{text}");
        }
        assert_eq!(bic_of("cobadeff 370").as_deref(), Some("COBADEFF370"));
    }

    #[test]
    fn names_are_written_as_banks_take_them() {
        let mut wrong = Complaints::default();
        let account =
            |name: &str| BankAccount { name: name.to_owned(), iban: "DE89370400440532013000".to_owned(), bic: None };
        assert_eq!(account("  Jörg Müßig-Łuk ").check(&mut wrong, "account").name, "Jorg Mussig-Luk");
        assert!(wrong.check().is_ok());
        for name in ["نور", "=cmd()", "-1", "a//b", "Νίκος"] {
            let mut wrong = Complaints::default();
            account(name).check(&mut wrong, "account");
            let refused = wrong.check();
            assert!(
                matches!(refused, Err(Failure::Refused(ref errors)) if errors[0].code == Code::BankTextOnly),
                "{name}: {refused:?}"
            );
        }
    }

    #[test]
    fn what_banks_do_not_take_is_left_out() {
        for (text, expected) in
            [("Three films, ½ off & <b>", "Three films, 1 2 off b"), ("نور", ""), ("=1+1", "1+1"), ("a // b/", "a / b")]
        {
            assert_eq!(bank_text(text, 140), expected, "{text}");
        }
    }

    #[test]
    fn an_account_shows_its_country_and_its_end() {
        let account = BankAccount { name: "Lina".to_owned(), iban: "DE89370400440532013000".to_owned(), bic: None };
        assert_eq!(account.masked(), "DE** **** 3000");
        assert_eq!(format!("{account:?}"), "BankAccount(..)");
    }

    proptest! {
        /// One character written wrongly is always found, and so are two that changed places.
        #[test]
        fn slips_are_found(at in 4..22_usize, by in 1..10_u8, swap in 4..21_usize) {
            let iban = b"DE89370400440532013000";
            let mut slip = *iban;
            slip[at] = b'0' + (slip[at] - b'0' + by) % 10;
            prop_assert_eq!(iban_of(std::str::from_utf8(&slip).unwrap()), None);
            let mut swapped = *iban;
            swapped.swap(swap, swap + 1);
            let same = swapped == *iban;
            prop_assert_eq!(iban_of(std::str::from_utf8(&swapped).unwrap()).is_some(), same);
        }

        #[test]
        fn whatever_is_written_becomes_text_of_banks(text in ".{0,80}") {
            let written = bank_text(&text, 35);
            prop_assert!(written.len() <= 35 && written.chars().all(is_bank_character));
            prop_assert!(written.is_empty() || written.as_bytes()[0].is_ascii_alphanumeric());
        }
    }
}
