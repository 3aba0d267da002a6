//! What the address of a short link ends with.

use diwan_platform::crypto::{CryptoError, random};

/// Digits and letters without look-alikes (base58, as Bitcoin has it).
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// How many characters: 58 bits, so that nobody finds one by trying.
const LENGTH: usize = 10;

/// A new one, at random.
pub(super) fn new_code() -> Result<String, CryptoError> {
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        // Bytes from 232 on would make some characters likelier.
        let fair = random::<16>()?.into_iter().map(usize::from).filter(|byte| *byte < ALPHABET.len() * 4);
        code.extend(fair.take(LENGTH - code.len()).map(|byte| char::from(ALPHABET[byte % ALPHABET.len()])));
    }
    Ok(code)
}

/// Whether it could be one. What could not is looked for nowhere.
pub(super) fn is_code(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_of_the_alphabet_and_none_comes_twice() {
        let codes: BTreeSet<String> = (0..2000).map(|_| new_code().unwrap()).collect();
        assert_eq!(codes.len(), 2000);
        assert!(codes.iter().all(|code| is_code(code)));
        let used: BTreeSet<u8> = codes.iter().flat_map(|code| code.bytes()).collect();
        assert_eq!(used.len(), ALPHABET.len(), "every character is used");
        assert!(!is_code("0OIl000000") && !is_code("abc") && !is_code(""));
    }
}
